"""`agsite build`."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from agsite import unchanged
from agsite.cli.console import Progress, say, show_data, show_gravest, tally
from agsite.cli.options import archive_options, make_options, read_config
from agsite.counted import counted
from agsite.errors import AgsiteError
from agsite.findings import Finding, fails
from agsite.options import Options
from agsite.report import Report


@click.command()
@archive_options
@click.option("--output", default="_site", show_default=True, metavar="DIR", help="Folder to write the site into.")
@click.option(
    "--base-url", metavar="URL", help="Address at which the site is published, instead of the configured one."
)
@click.option("--strict", is_flag=True, help="Publish nothing if there is an error or a warning.")
@click.option("--drafts", is_flag=True, help="Include drafts.")
@click.option("--no-search", is_flag=True, help="Build the site without search.")
@click.option("--full", is_flag=True, help="Make every file anew, also where nothing changed.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="How many processes make pages.  [one per processor]"
)
@click.option(
    "--cluster", metavar="ADDRESS", help="Make pages on the Dask cluster of this scheduler (tcp://host:port)."
)
@click.option("--previous", metavar="FILE", help="urls.txt of the site as it is published.  [the one in the output]")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object on stdout.")
def command(
    answers: tuple[str, ...],
    papers: tuple[str, ...],
    config: str,
    output: str,
    base_url: str | None,
    jobs: int | None,
    cluster: str | None,
    previous: str | None,
    *,
    strict: bool,
    drafts: bool,
    no_search: bool,
    full: bool,
    as_json: bool,
) -> None:
    """Build the site from a folder of answer files.

    A file that cannot be read is left out with a finding that says where and why; the others are published, a page
    that was published of it before stays as it is, and the command ends with exit code 1. With --strict, nothing is
    published then. Pages that would be the same are left as they are. An address that was published and has no page
    any more fails the build, unless redirects.yml says where it leads now or that it is gone.

    \b
    Example:
      agsite build --answers answers --output _site --base-url https://example.org/archive/
    """
    options = make_options(
        answers, papers, output=output, previous=previous, strict=strict, drafts=drafts, full=full,
        jobs=jobs or _processors(), cluster=cluster, search=not no_search,
    )  # fmt: skip
    asked = (answers, options.papers, drafts, strict, previous, options.search, config, base_url, str(options.today))
    before = unchanged.look_around(
        (*asked, os.getcwd()),  # noqa: PTH109
        [*answers, *options.around, config, *filter(None, [previous])],
    )
    report = None if full else _recall(output, before)
    if report is None:
        progress = Progress(quiet=as_json)
        report = Report(progress=progress)
        try:
            _build(options, config, base_url, report)
        except AgsiteError as error:
            if as_json:
                report.add(*_found_by(error))
                show_data(report.facts())
            raise
        finally:
            progress.close()  # else the terminal keeps a hidden cursor
        if report.published:
            unchanged.remember(output, before, report.generation, _facts(report))
    show_gravest(report.findings)
    if as_json:
        show_data(report.facts())
    _close(report, output)
    sys.exit(fails(report.findings, strict=strict))


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _build(options: Options, config: str, base_url: str | None, report: Report) -> None:
    from agsite.build import build

    build(options, read_config(config, base_url=base_url), report)


def _found_by(error: AgsiteError) -> tuple[Finding, ...]:
    from agsite.settings import MistakesError

    return error.findings if isinstance(error, MistakesError) else ()


def _facts(report: Report) -> dict[str, Any]:
    return {"counts": report.counts, "findings": [tuple(finding) for finding in report.findings]}


def _recall(output: str, now: unchanged.Situation) -> Report | None:
    """The report of a build that has nothing to do; None where there is something."""
    report = Report(published=True)
    with report.stage("compare"):
        facts = unchanged.recall(output, now)
    if facts is None:
        return None
    counts = facts["counts"]
    report.counts |= counts | {"written": 0, "unchanged": counts["written"] + counts["unchanged"], "deleted": 0}
    report.add(*(Finding(*row) for row in facts["findings"]))
    return report


def _close(report: Report, output: str) -> None:
    """Say in one line what was built, and where to look."""
    found = tally(report.findings)
    if not report.published:
        left = f"{output} is as it was before" if os.path.exists(output) else f"there is still no {output}"  # noqa: PTH110
        say(f"Nothing was published ({found}); {left}.")
        return
    counts = report.counts
    seconds = sum(report.seconds.values())
    carried = f", {foreign:,} carried along" if (foreign := counts["foreign"]) else ""
    say(
        f"{', '.join(counted(counts[f'{kind}s'], kind) for kind in ('answer', 'paper', 'page'))} in {output}: "
        f"{counts['written']:,} written, {counts['unchanged']:,} unchanged, {counts['deleted']:,} deleted{carried} "
        f"({seconds:.1f} s; {found})."
    )
