"""Progress with what it costs: a bar on a terminal, a line a question in a log."""

from __future__ import annotations

from decimal import Decimal

from agsite.cli.console import Bar, say
from agsite.generate.tables import dollars


class Spending(Bar):
    """Shows how many questions are done and what was spent so far, out of how much."""

    def __init__(self, cap: Decimal | None, *, quiet: bool = False) -> None:
        super().__init__(quiet=quiet)
        self._of = f" of {dollars(cap)}" if cap is not None else ""

    def __call__(self, done: int, total: int, spent: Decimal, last: str) -> None:
        """Show that a question is done."""
        if self.quiet:
            return
        if not self.terminal:
            say(f"{done} of {total}: {last}, {dollars(spent)}{self._of} so far")
            return
        if self._bar is None:
            self.open(total, "answers", item_show_func=lambda item: item)
        self.move(done, f"{dollars(spent)}{self._of}")
