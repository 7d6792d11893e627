"""What became of each question, and of the run."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from agsite.ids import question_key

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
    go_on: str = "--resume"
    """What takes it up where it stopped."""

    def with_(self, newer: Outcome) -> Outcome:
        """Return both together; of a question the newer run's word counts, unless an earlier one has settled it."""
        rows = {question_key(row.question): row for row in self.rows}
        for row in newer.rows:
            if row.result != "skipped" or question_key(row.question) not in rows:
                rows[question_key(row.question)] = row
        stopped = self if self.stopped else newer
        return Outcome(
            tuple(rows.values()),
            self.spent + newer.spent,
            self.cap + newer.cap if self.cap is not None and newer.cap is not None else None,
            newer.run,
            tuple(dict.fromkeys(self.notes + newer.notes)),
            stopped.stopped,
            stopped.exit_code if stopped.stopped else code_of(rows.values()),
            go_on=stopped.go_on,
        )

    def count(self, *results: Result) -> int:
        """How many questions ended in one of these ways."""
        return sum(row.result in results for row in self.rows)


def code_of(rows: Iterable[Row]) -> int:
    """Return the exit code of a run that came to its end."""
    results = {row.result for row in rows}
    bad = {"rejected", "declined", "failed", "unknown", "planned"}
    return 5 if "pending" in results else 1 if results & bad else 0
