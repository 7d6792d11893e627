"""`agsite check`."""

from __future__ import annotations

import json
import sys

import click

from agsite import build as builder
from agsite.cli.console import show_findings, tally
from agsite.cli.options import make_options
from agsite.findings import worst
from agsite.report import Report
from agsite.settings import load_config


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--papers", multiple=True, metavar="PATH", help="Folder or file of paper metadata.  [papers]")
@click.option("--config", default="agsite.yml", show_default=True, metavar="FILE", help="Settings of the archive.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of the findings.")
@click.option("--strict", is_flag=True, help="Let warnings fail the check as well.")
def command(paths: tuple[str, ...], papers: tuple[str, ...], config: str, format: str, *, strict: bool) -> None:
    """Say what is wrong with answer files, and how to mend it.

    Without a path, the whole of `answers/` is checked. Ends with exit code 1 if there is an error.

    \b
    Example:
      agsite check answers/why-it-works.md
    """
    report = Report()
    _, problems = load_config(config)
    report.add(*problems, *builder.read(make_options(paths, papers), report).findings)
    if format == "json":
        click.echo(json.dumps({"findings": [finding._asdict() for finding in report.findings]}, ensure_ascii=False))
    else:
        show_findings(report.findings)
        click.echo(f"{tally(report.tally())}.", err=True)
    failing = {"error", "warning"} if strict else {"error"}
    sys.exit(1 if worst(report.findings) in failing else 0)
