"""`agsite check`."""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from agsite import __version__, files
from agsite import build as builder
from agsite.annotations import to_markdown, to_sarif, to_workflow_commands
from agsite.build.memory import collector_paused
from agsite.cli.console import say, show_data, show_findings, tally
from agsite.cli.options import ANSWERS, config_option, make_options, never_empty, papers_option, read_config
from agsite.cli.summary import add_to_summary
from agsite.errors import AgsiteError, ConfigError
from agsite.findings import Finding, fails, in_order
from agsite.revision import checked_out
from agsite.settings import load_config
from agsite.sitecheck import check_site


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…", callback=never_empty)
@papers_option
@config_option
@click.option(
    "--format",
    type=click.Choice(["text", "github", "json", "sarif"]),
    default="text",
    show_default=True,
    help="For a person, a workflow's log, a program, a code scanner.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail the check as well.")
@click.option("--changed-since", metavar="REV", help="Report only what has changed since this revision.")
@click.option("--site", metavar="DIR", help="Check a built site instead: links, policy, sizes.")
@click.option("--base-url", metavar="URL", help="With --site: address that it was built for.  [the configured one]")
def command(
    paths: tuple[str, ...],
    papers: tuple[str, ...],
    config: str,
    format: str,
    *,
    strict: bool,
    changed_since: str | None,
    site: str | None,
    base_url: str | None,
) -> None:
    """Say what is wrong with answer files, and how to mend it.

    Without a path, the whole archive is checked; a file in `answers/` is judged among the other answers, and a page
    of Markdown as the page it is. Ends with exit code 1 if there is an error.

    \b
    Examples:
      agsite check answers/why-it-works.md
      agsite check --changed-since origin/main --format github
      agsite check --site _site
    """
    if site is not None:
        if paths or papers or changed_since is not None:
            raise ConfigError("--site checks a built site and nothing else", "Check answers in a run of their own.")
        findings = _check_built(site, read_config(config, base_url=base_url).base_path)
    elif base_url is not None:
        raise ConfigError("--base-url says for which address a site was built", "Name the site, with --site.")
    else:
        findings = _check_archive(paths, papers, config)
        if changed_since is not None:
            findings = _only_new(findings, changed_since, paths, papers, config)
    _show(findings, format)
    sys.exit(fails(findings, strict=strict))


def _check_archive(paths: tuple[str, ...], papers: tuple[str, ...], config: str) -> tuple[Finding, ...]:
    settings, problems = load_config(config)
    options = make_options(ANSWERS, papers)
    # Pages, records of papers, templates: what an archive has besides answers is looked at with any of them.
    besides = (config, *options.around)
    named = tuple(path for path in paths if not (Path(path).exists() and _lies_in(path, besides)))
    inside = all(_lies_in(path, ANSWERS) for path in named)
    answers = (*ANSWERS, *map(os.path.relpath, named)) if inside else named
    whole = any(os.path.relpath(path) in ANSWERS for path in answers)
    with collector_paused():
        found = builder.read(options._replace(answers=answers, whole=whole), settings).findings
    return in_order((*problems, *(_asked_for(found, paths) if inside and paths else found)))


def _asked_for(findings: tuple[Finding, ...], paths: tuple[str, ...]) -> Iterator[Finding]:
    """Yield the findings that belong to the given paths or name one of them, and those that belong to no answer."""
    names = "|".join(re.escape(os.path.relpath(path)) for path in paths)
    asked = re.compile(rf"(?<![\w./-])(?:{names})(?![\w-]|\.\w)")
    for finding in findings:
        if not _lies_in(finding.path, ANSWERS) or asked.match(finding.path) or asked.search(finding.message):
            yield finding


def _lies_in(path: str, places: Iterable[str]) -> bool:
    """Say whether a path is one of the places, or below one."""
    own = os.path.relpath(path or ".")
    return any(own == place or own.startswith(f"{place}{os.sep}") for place in map(os.path.relpath, places))


def _only_new(
    findings: tuple[Finding, ...], revision: str, paths: tuple[str, ...], papers: tuple[str, ...], config: str
) -> tuple[Finding, ...]:
    """Leave out what the revision has as well, wherever its line was; files that changed come first."""
    here = Path.cwd()
    paths, papers = (tuple(os.path.relpath(path) for path in group) for group in (paths, papers))
    with checked_out(revision) as (folder, changed):
        os.chdir(folder)
        try:
            before = {_identity(finding) for finding in _check_archive(paths, papers, config)}
        finally:
            os.chdir(here)
    new = [finding for finding in findings if _identity(finding) not in before]
    return tuple(sorted(new, key=lambda finding: os.path.relpath(finding.path or ".") not in changed))


def _identity(finding: Finding) -> tuple[str, str, str]:
    """What stays the same about a finding when lines are put in above it."""
    return finding.code, os.path.relpath(finding.path) if finding.path else "", finding.message


def _check_built(site: str, base_path: str) -> tuple[Finding, ...]:
    root = Path(site)
    if not files.is_regular(str(root / "index.html")):
        raise ConfigError(f"there is no index.html in {site}", "Name the folder of a built site.")
    names = [Path(name).relative_to(root).as_posix() for name in files.find(root, ("",))[0]]
    found = check_site(names, lambda name: files.read_bytes(root / name), base_path)
    return tuple(finding.at(str(root / finding.path)) for finding in found)


def _show(findings: tuple[Finding, ...], format: str) -> None:
    if format == "json":
        show_data({"findings": [finding._asdict() for finding in findings]})
    elif format == "sarif":
        show_data(to_sarif(findings, __version__))
    elif format == "github":
        click.echo(to_workflow_commands(findings), nl=False)
        add_to_summary(f"## Findings\n\n{to_markdown(findings)}\n")
    else:
        show_findings(findings, _source_line)
    say(f"{tally(findings)}.")


def _source_line(path: str, number: int) -> str | None:
    lines = _lines(path)
    return lines[number - 1] if 0 < number <= len(lines) else None


@functools.lru_cache(maxsize=64)
def _lines(path: str) -> list[str]:
    try:
        text = files.read_bytes(path, limit=1_000_000).decode("utf-8-sig", "replace")
        return text.replace("\r\n", "\n").split("\n")
    except AgsiteError:
        return []
