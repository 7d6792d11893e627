"""What became of each question, and of the run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, NamedTuple

Result = Literal["written", "rejected", "declined", "failed", "unknown", "skipped", "pending", "planned"]


class Row(NamedTuple):
    """What became of a question."""

    question: str
    result: Result
    file: str = ""
    covered: int = 0
    substantive: int = 0
    warnings: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    input: int = 0
    output: int = 0
    cost: Decimal = Decimal(0)
    sources: tuple[tuple[str, int], ...] = ()
    """Papers found, each with its percent; shown by a dry run."""
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)

    def facts(self) -> dict[str, Any]:
        """The row as JSON."""
        facts = self._asdict() | {"cost": str(self.cost), "low": str(self.low), "high": str(self.high)}
        return facts | {name: list(facts[name]) for name in ("warnings", "reasons", "sources")}


def row_of(facts: dict[str, Any]) -> Row:
    """Return the row that `facts` were made of."""
    sources = tuple((str(paper), int(percent)) for paper, percent in facts["sources"])
    tuples = {"warnings": tuple(facts["warnings"]), "reasons": tuple(facts["reasons"]), "sources": sources}
    return Row(**{**facts, **tuples, **{name: Decimal(facts[name]) for name in ("cost", "low", "high")}})


class Outcome(NamedTuple):
    """What became of a run."""

    rows: tuple[Row, ...]
    spent: Decimal = Decimal(0)
    cap: Decimal | None = None
    run: str = ""
    notes: tuple[str, ...] = ()
    stopped: str | None = None
    """Why the run stopped before its end."""
    exit_code: int = 0
    enough: tuple[Decimal, Decimal] | None = None
    """Of a dry run, budgets that its calls cannot reach before their end: one by one, and as a batch."""

    def count(self, *results: Result) -> int:
        """How many questions ended in one of these ways."""
        return sum(row.result in results for row in self.rows)
