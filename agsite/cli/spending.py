"""Progress with what it costs: a bar on a terminal, a line a question in a log."""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from typing import Any

import click

from agsite.generate.tables import dollars


class Spending:
    """Shows how many questions are done and what was spent so far, out of how much."""

    def __init__(self, cap: Decimal | None, *, quiet: bool = False) -> None:
        self._of = f" of {dollars(cap)}" if cap is not None else ""
        self._quiet = quiet
        self._terminal = sys.stderr.isatty() and not os.environ.get("CI")
        self._bar: Any = None

    def __call__(self, done: int, total: int, spent: Decimal, last: str) -> None:
        """Show that a question is done."""
        if self._quiet:
            return
        if not self._terminal:
            click.echo(f"{done} of {total}: {last}, {dollars(spent)}{self._of} so far", err=True)
            return
        if self._bar is None:
            self._bar = click.progressbar(
                length=total, label="answers", file=sys.stderr, item_show_func=lambda item: item
            )
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos, f"{dollars(spent)}{self._of}")

    def close(self) -> None:
        """Finish the bar."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
