"""`agsite impact`."""

from __future__ import annotations

from pathlib import Path

import click
from pydantic import BaseModel, ValidationError

from agsite import files, impact
from agsite.cli.options import config_option, read_config
from agsite.cli.summary import add_to_summary
from agsite.errors import ConfigError
from agsite.findings import Finding


@click.command()
@click.argument("before", metavar="BEFORE", type=click.Path(path_type=Path))
@click.argument("after", metavar="AFTER", type=click.Path(path_type=Path))
@click.option(
    "--findings",
    nargs=2,
    metavar="BEFORE.json AFTER.json",
    help="What `agsite check --format json` said of both, to show what is new and what is mended.",
)
@config_option
@click.option(
    "--base-url", metavar="URL", help="Address that links in the report lead to, instead of the configured one."
)
def command(before: Path, after: Path, findings: tuple[str, str] | None, config: str, base_url: str | None) -> None:
    """Say in Markdown what a change does to the site, from two built sites.

    BEFORE may also hold no more than the `build.json` and the `data/` of an earlier site; pages are not compared then.
    In a workflow of GitHub, the report is added to the step's summary too.

    \b
    Examples:
      agsite impact _before _site
      agsite impact _before _site --findings before.json after.json
    """
    settings = read_config(config, base_url=base_url)
    found = (_read_findings(findings[0]), _read_findings(findings[1])) if findings else None
    text = impact.report(impact.read(before), impact.read(after), found, settings.absolute)
    click.echo(text, nl=False)
    add_to_summary(text)


class _Checked(BaseModel):
    findings: list[Finding]


def _read_findings(path: str) -> list[Finding]:
    """Read the findings that `agsite check` or `agsite build` wrote as JSON."""
    try:
        return _Checked.model_validate_json(files.read_bytes(path)).findings
    except ValidationError as error:
        raise ConfigError(f"{path}:1: {impact.damage(error)}", "Write it with `agsite check --format json`.") from error
