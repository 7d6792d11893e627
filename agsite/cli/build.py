"""`agsite build`."""

from __future__ import annotations

import sys

import click

from agsite import build as builder
from agsite.cli.console import Progress, show_findings, tally
from agsite.cli.options import archive_options, make_options, read_config
from agsite.report import Report


@click.command()
@archive_options
@click.option("--output", default="_site", show_default=True, metavar="DIR", help="Folder to write the site into.")
@click.option("--base-url", metavar="URL", help="Address at which the site is published, instead of the configured one.")
@click.option("--strict", is_flag=True, help="Publish nothing if there is an error or a warning.")
@click.option("--drafts", is_flag=True, help="Include drafts.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object on stdout.")
def command(
    answers: tuple[str, ...],
    papers: tuple[str, ...],
    config: str,
    output: str,
    base_url: str | None,
    *,
    strict: bool,
    drafts: bool,
    as_json: bool,
) -> None:
    """Build the site from a folder of answer files.

    A file that cannot be read is left out with a finding that says where and why; the others are published, and the
    command ends with exit code 1. With --strict, nothing is published then.

    \b
    Example:
      agsite build --answers answers --output _site --base-url https://example.org/archive/
    """
    settings = read_config(config, base_url=base_url)
    progress = Progress(quiet=as_json)
    report = Report(progress=progress)
    builder.build(make_options(answers, papers, output=output, strict=strict, drafts=drafts), settings, report)
    progress.close()
    show_findings(report.findings)
    if as_json:
        click.echo(report.as_json())
    _close(report, output)
    sys.exit(report.strict_exit_code() if strict else report.exit_code)


def _close(report: Report, output: str) -> None:
    """Say in one line what was built, and where to look."""
    found = tally(report.tally())
    if not report.published:
        click.echo(f"Nothing was published ({found}); {output} is as it was before.", err=True)
        return
    counts = report.counts
    seconds = sum(report.seconds.values())
    click.echo(
        f"{counts['answers']} answers, {counts['papers']} papers, {counts['pages']} pages in {output} "
        f"({seconds:.1f} s; {found}).",
        err=True,
    )
