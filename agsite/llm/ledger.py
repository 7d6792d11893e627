"""What the records of a journal add up to: what was paid, what may have been, what is still open.

The same fold makes the state of a run that goes on and of one that is read again, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

Record = Mapping[str, Any]

UNDER_WAY = frozenset({"intended", "created"})
"""The states of a batch that may still bring replies."""
MISSING = "missing"
"""The state of a batch that has ended and of which replies are missing; they may still be found."""
DONE = frozenset({"written", "rejected"})
"""The results that a reply is needed for."""
UNSETTLED = frozenset({"failed", "unknown"})
"""The results after which a question is still to be answered."""
NEEDED: Mapping[str, frozenset[str]] = {
    "planned": frozenset({"key", "question"}),
    "intent": frozenset({"key", "worst"}),
    "refused": frozenset({"key"}),
    "unknown": frozenset({"key"}),
    "paid": frozenset({"at", "key", "cost", "mode"}),
    "outcome": frozenset({"question", "key", "result", "row"}),
    "batch_intent": frozenset({"at", "batch", "keys", "worst"}),
    "batch_created": frozenset({"at", "batch", "id"}),
    "batch_mistaken": frozenset({"batch", "id"}),
    "batch_closed": frozenset({"batch", "state"}),
    "doubtful": frozenset({"key", "file"}),
}
"""What a record of a kind says at least, by whatever version it was written; without it, it counts as damaged."""


class Ledger:
    """The state of one run: money, and for each key how far it has come."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.spent = Decimal(0)
        self.open: dict[str, Decimal] = {}
        """Calls that were announced and whose end is not known yet, with what they can cost."""
        self.unknown: dict[str, str] = {}
        """Calls that may have been paid for without an answer, with the reason; their worst case is spent."""
        self.doubtful: dict[str, str] = {}
        """Calls for a key or its follow-ups that lost records may have told of, with the file where they are."""
        self.paid: dict[str, Record] = {}
        self.planned: dict[str, Record] = {}
        self.outcomes: dict[str, Record] = {}
        """What became of a question, and of the key of its request: written, rejected, declined or failed."""
        self.batches: dict[str, dict[str, Any]] = {}
        self.run: Record = {}
        self.ended = False
        self.damaged = ""
        """The file with records that cannot be read, the newest one."""
        self.largest = Decimal(0)
        """The worst that a call of the run can cost, for records that cannot be read."""
        for record in records:
            self.apply(record)

    @property
    def committed(self) -> Decimal:
        """What was spent, and what the calls under way can still cost."""
        return self.spent + sum(self.open.values())

    def left(self, cap: Decimal) -> Decimal:
        """Return what a budget has left; a run that goes on may be given less than it has spent."""
        return max(cap - self.committed, Decimal(0))

    @property
    def in_batches(self) -> set[str]:
        """The keys in batches that were announced or handed in, and whose results are not there yet."""
        batches = self.batches.values()
        return {key for batch in batches if batch["state"] in UNDER_WAY for key in batch["keys"]}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all requests that a record tells of."""
        batches = (key for batch in self.batches.values() for key in batch["keys"])
        ended = (*self.unknown, *self.doubtful, *self.paid)
        return tuple(dict.fromkeys((*self.planned, *batches, *self.open, *ended)))

    def may_be_paid(self, key: str) -> bool:
        """Say whether a reply to a key was paid for, may have been, or may still be."""
        return key in self.paid or self.is_unknown(key) or key in self.open

    def is_unknown(self, key: str) -> bool:
        """Say whether a reply to a key may have been paid for and has not come."""
        return key in self.unknown or key in self.doubtful

    def apply(self, record: Record) -> None:
        """Take a record into account; kinds of later versions change nothing."""
        handler = getattr(self, f"_{record.get('kind')}", None)
        if handler is not None:
            handler(record)

    def _run(self, record: Record) -> None:
        # A run that is taken up again may have another cap; everything else stays as it was.
        self.run = {**self.run, **record}
        self.ended = False

    def _planned(self, record: Record) -> None:
        self.planned[record["key"]] = record
        self.largest = max(self.largest, Decimal(record.get("worst", 0)))

    def _intent(self, record: Record) -> None:
        worst = Decimal(record["worst"])
        self.open[record["key"]] = worst
        self.largest = max(self.largest, worst)

    def _settle(self, key: str) -> None:
        self.unknown.pop(key, None)
        self.doubtful.pop(key, None)

    def _refused(self, record: Record) -> None:
        self.open.pop(record["key"], None)
        self._settle(record["key"])

    def _unknown(self, record: Record) -> None:
        self.spent += self.open.pop(record["key"], Decimal(0))
        self._settle(record["key"])
        self.unknown[record["key"]] = record.get("reason", "")

    def _paid(self, record: Record) -> None:
        announced = self.open.pop(record["key"], None)
        self._settle(record["key"])
        # A reply that was found again is the same one; where another call was announced, it is another.
        if record["key"] in self.paid and announced is None:
            return
        self.spent += Decimal(record["cost"])
        self.paid[record["key"]] = record

    def _outcome(self, record: Record) -> None:
        # One record for the question and for its request, so that no interrupt comes between the two.
        self.outcomes[record["question"]] = record
        if record["key"]:
            self.outcomes[record["key"]] = record
        if record["result"] in DONE:
            self._settle(record["key"])

    def _batch_intent(self, record: Record) -> None:
        for key, worst in record["worst"].items():
            self.open[key] = Decimal(worst)
            self.largest = max(self.largest, self.open[key])
            self._settle(key)
        self.batches[record["batch"]] = {**record, "id": None, "state": "intended", "adopted": False, "strangers": []}

    def _batch_created(self, record: Record) -> None:
        if record["batch"] not in self.batches:
            # The record that announced it is damaged; of a batch of an older version, nothing else says what it holds.
            if not record.keys() >= NEEDED["batch_intent"]:
                return
            self._batch_intent(record)
        self.batches[record["batch"]] |= {"id": record["id"], "state": "created", "created": record["at"]}
        self.batches[record["batch"]]["adopted"] = record.get("adopted", False)

    def _batch_mistaken(self, record: Record) -> None:
        """The batch that was taken for this one is another program's: its own is still to be found."""
        batch = self.batches.get(record["batch"])
        if batch is None:
            return
        batch |= {"id": None, "state": "intended", "strangers": [*batch["strangers"], record["id"]]}

    def _batch_closed(self, record: Record) -> None:
        """The batch was collected, or never came to be: what it has not paid for is open no more."""
        batch = self.batches.get(record["batch"])
        if batch is None:
            return
        batch["state"] = record["state"]
        for key in batch["keys"]:
            self.open.pop(key, None)

    def _damaged(self, record: Record) -> None:
        # A record that cannot be read may have announced a call, for an answer or for its follow-ups.
        self.spent += Decimal(record.get("worst", 0))
        self.damaged = record.get("file", "")
        done = {key for key, outcome in self.outcomes.items() if outcome["result"] in DONE}
        self.doubtful |= dict.fromkeys(self.planned.keys() - done - self.open.keys(), self.damaged)

    def _doubtful(self, record: Record) -> None:
        self.doubtful[record["key"]] = record["file"]

    def _end(self, _: Record) -> None:
        self.ended = True
