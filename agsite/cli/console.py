"""What people see on a terminal or in a log: findings, progress, closing lines. Everything goes to stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import Any

import click

from agsite.findings import Finding

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}

# A message may quote a file, and a log or a terminal obeys what it reads: controls are shown, never sent.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_LONGEST = 400


def clean(text: str) -> str:
    """Return a text that is safe to print: one line, no control characters, not endless."""
    shown = _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\n", " "))
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def show_findings(findings: Iterable[Finding]) -> None:
    """Print each finding with a line of help."""
    for finding in findings:
        where = ":".join(str(part) for part in (finding.path, finding.line, finding.column) if part)
        severity = click.style(finding.severity, fg=_COLOURS[finding.severity], bold=True)
        click.echo(f"{clean(where) or 'archive'}: {severity} {finding.code} {clean(finding.message)}", err=True)
        if finding.help:
            click.echo(f"    {clean(finding.help)}", err=True)


def tally(counts: dict[str, int]) -> str:
    """Say how many findings of each severity there are."""
    parts = [f"{n} {severity}{'s' if n != 1 else ''}" for severity, n in counts.items() if n]
    return ", ".join(parts) or "nothing to mend"


class Progress:
    """A bar on a terminal, a line a stage in a log, nothing where the output is for programs."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty() and not os.environ.get("CI")
        self._bar: Any = None
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage has come."""
        if self._quiet:
            return
        if not self._terminal:
            if done == total:
                click.echo(f"{stage}: {total:,}", err=True)
            return
        if stage != self._stage:
            self.close()
            self._stage = stage
            step = max(1, total // 200)
            self._bar = click.progressbar(length=total, label=f"{stage:<7}", file=sys.stderr, update_min_steps=step)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def close(self) -> None:
        """Finish the bar."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
