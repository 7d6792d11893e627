"""What people see on a terminal or in a log: findings, progress, closing lines. Everything goes to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

import click

from agsite.annotations import SourceLine, clean, escape, excerpt, place
from agsite.cli import streams
from agsite.counted import counted
from agsite.findings import SEVERITIES, Finding

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


_LONGEST_LINE = 10_000

# Notes that the end of a build shows: among a thousand nobody finds an error.
_NOTES = 10


def say(line: str, *, err: bool = True, **style: Any) -> None:
    """Print a line for people: what it quotes can neither break it nor steer a terminal or a workflow's log."""
    text = click.style(clean(line, _LONGEST_LINE), **style)
    _tell(text) if err else click.echo(text)


def _tell(text: str) -> None:
    """Print for people on stderr; where nobody can read it, that is no reason to end."""
    try:
        click.echo(text, err=True)
    except OSError:
        streams.fall_silent()


def say_marked(pieces: Iterable[tuple[str, bool]]) -> None:
    """Print a line of which some pieces are marked."""
    shown = ((clean(text), mark) for text, mark in pieces)
    click.echo("".join(click.style(text, bold=True, fg="yellow") if mark else text for text, mark in shown))


def show_data(value: Any, indent: int | None = None) -> None:
    """Print a value as JSON for programs; a workflow's log finds no command in it."""
    click.echo(escape(json.dumps(value, ensure_ascii=False, indent=indent)))


def _no_line(path: str, line: int) -> None:
    """Show no lines of files."""


def show_findings(findings: Iterable[Finding], source_line: SourceLine = _no_line) -> None:
    """Print each finding with the line that it is about and a line of help."""
    for finding in findings:
        severity = click.style(finding.severity, fg=_COLOURS[finding.severity], bold=True)
        lines = [f"{place(finding)}: {severity} {finding.code} {clean(finding.message)}"]
        lines += excerpt(finding, source_line)
        if finding.help:
            lines.append(f"    {clean(finding.help)}")
        _tell("\n".join(lines))


def show_gravest(findings: Iterable[Finding]) -> None:
    """Print errors and warnings, but of many notes the first ones only: among a thousand nobody finds an error."""
    notes = 0
    for finding in findings:
        notes += finding.severity == "note"
        if notes <= _NOTES or finding.severity != "note":
            show_findings([finding])
    if notes > _NOTES:
        say(f"… and {counted(notes - _NOTES, 'more note')}, which `agsite check` lists.")


def tally(findings: Iterable[Finding]) -> str:
    """Say how many findings of each severity there are."""
    counts = Counter([finding.severity for finding in findings])
    parts = [counted(n, severity) for severity in SEVERITIES if (n := counts[severity])]
    return ", ".join(parts) or "nothing to mend"


class Bar:
    """A bar on a terminal; `quiet` where the output is for programs."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.terminal = sys.stderr.isatty() and not os.environ.get("CI")
        self._bar: Any = None

    def open(self, total: int, label: str, **options: Any) -> None:
        """Begin a bar that ends at `total`."""
        self._bar = click.progressbar(length=total, label=label, file=sys.stderr, **options)
        self._bar.__enter__()

    def move(self, done: int, item: str | None = None) -> None:
        """Show how much is done, and what it was last."""
        self._bar.update(done - self._bar.pos, item)

    def close(self) -> None:
        """Finish the bar."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


class Progress(Bar):
    """A bar for each stage on a terminal, a line for each in a log."""

    _stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage has come."""
        if self.quiet:
            return
        if not self.terminal:
            if done == total:
                say(f"{stage}: {total:,}")
            return
        if stage != self._stage:
            self.close()
            self._stage = stage
            self.open(total, f"{stage:<7}", update_min_steps=max(1, total // 200))
        self.move(done)
        if done == total:
            self.close()  # what is said next begins a line
