"""Calls, several at once: announced before they are sent, within the budget, tried again where that is free."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import NamedTuple

from agsite.config import ModelPrice
from agsite.errors import AgsiteError
from agsite.grounding import NoReply, Request, Usage, read_usage
from agsite.llm import prices
from agsite.llm.client import Client, Sent
from agsite.llm.disk import LARGEST_REPLY
from agsite.llm.failures import Failure
from agsite.llm.gate import FIRST_PAUSE, TRIES, Gate
from agsite.llm.journal import Journal


class BudgetReached(AgsiteError):  # noqa: N818 - a run that ends so did what it was told
    """The next call could pass the cap."""

    exit_code = 3


class Bought(NamedTuple):
    """The bytes of a reply and what it cost in this run: nothing where it was there already."""

    raw: bytes
    cost: Decimal
    usage: Usage | None
    request_id: str = ""


class Caller:
    """Buys replies for one run."""

    def __init__(
        self,
        client: Client,
        journal: Journal,
        price: ModelPrice,
        *,
        cap: Decimal | None,
        retry_unknown: bool = False,
        gate: Gate | None = None,
        go_on: str = "--resume",
    ) -> None:
        self.client = client
        self.journal = journal
        self.price = price
        self.cap = cap
        self.gate = gate or Gate()
        self._retry_unknown = retry_unknown
        self._go_on = go_on
        self._under_way = 0
        """How many calls of this process are announced and have not ended; they may free a part of the budget."""

    def recover(self) -> None:
        """Enter replies that are on disk but in no record, and calls whose end nobody knows."""
        for key in list(self.journal.ledger.open):
            if key in self.journal.ledger.in_batches:
                continue
            raw = self.journal.reply(key)
            if raw is None:
                self.journal.append("unknown", key=key, reason="the run was interrupted before the reply came")
            else:
                self._enter(key, raw, "")

    def call(self, request: Request, of: str = "") -> Bought:
        """Return the reply to a request, `of` the key of another where it asks for the follow-ups of that.

        Raises Failure, BudgetReached or Stopped where there is none.
        """
        self.make_way(request.key)
        kept = self.kept(request)
        if kept is not None:
            return kept
        self.refuse(request.key, of)
        for number in range(1, TRIES + 1):
            try:
                return self._try(request)
            except Failure as failure:
                if failure.kind == "stop":
                    self.gate.stop(failure)
                if failure.kind not in {"again", "busy"}:
                    raise
                self.gate.wait(failure, number)
        raise AssertionError  # pragma: no cover - the last try raises

    def kept(self, request: Request) -> Bought | None:
        """Return the reply to a request where it is there already."""
        stored = self.journal.reply(request.key)
        if stored is None:
            return None
        return Bought(stored, Decimal(0), _usage_of(stored), self._request_id(request.key))

    def asks_again(self, key: str) -> bool:
        """Say whether the reply that is there is no message, and another is wanted."""
        stored = self.journal.reply(key) if self._retry_unknown else None
        return stored is not None and _usage_of(stored) is None

    def make_way(self, key: str) -> None:
        """Put a reply away that is not a message, where another is wanted."""
        if self.asks_again(key):
            self.journal.put_away(key)

    def _request_id(self, key: str) -> str:
        paid = self.journal.paid(key)
        return str(paid[0].get("request_id", "")) if paid else ""

    def refuses(self, key: str) -> bool:
        """Say whether a key may not be asked for now."""
        try:
            self.refuse(key)
        except Failure:
            return True
        return False

    def refuse(self, key: str, of: str = "") -> None:
        """Raise Failure where a reply is under way, or may have been paid for already."""
        if key in self.journal.in_batches():
            raise Failure("pending", "a batch may bring it: agsite pregenerate --batch collect")
        place = self.journal.doubt(key, of)
        if place is not None and not self._retry_unknown:
            message = f"records of runs/{place} cannot be read, and one may tell of a call for it"
            raise Failure("unknown", f"{message}; --retry-unknown sends it again")
        earlier = self.journal.find(key)
        lost = key in self.journal.ledger.unknown or (earlier is not None and earlier[0] == "unknown")
        if lost and not self._retry_unknown:
            message = "an earlier call for it may have been paid for; --retry-unknown sends it again"
            raise Failure("unknown", message)
        if self.journal.paid(key) and not self._retry_unknown and self.journal.reply(key) is None:
            message = f"its reply was paid for, and the journal has lost raw/{key}.json; --retry-unknown buys it again"
            raise Failure("unknown", message)

    def _try(self, request: Request) -> Bought:
        self.gate.enter()
        slot = self.journal.slot(request.key)
        try:
            with self._announced(request.key, prices.at_most(request.params, self.price)):
                sent = self._send(request, slot.store)
                self.gate.succeeded()
                if sent.remaining == 0:
                    self.gate.pause(FIRST_PAUSE)
                return self._enter(request.key, sent.raw, sent.request_id)
        finally:
            slot.free()

    @contextmanager
    def _announced(self, key: str, worst: Decimal) -> Iterator[None]:
        """Let a call be under way, from its announcement to the record of its end."""
        self._announce(key, worst)
        try:
            yield
        finally:
            with self.journal.changed:
                self._under_way -= 1
                self.journal.changed.notify_all()

    def _announce(self, key: str, worst: Decimal) -> None:
        """Write down that a call is about to be made, once it fits into the budget, which others may free."""
        with self.journal.changed:
            while self.cap is not None and self.journal.ledger.committed + worst > self.cap:
                # Batches keep room as well, but not for as long as anybody would wait here.
                if not self._under_way or self.gate.stopped:
                    left = self.journal.ledger.left(self.cap)
                    message = f"the next call can cost up to ${worst:.4f}, and ${left:.4f} of ${self.cap} are left"
                    needed = prices.budget(self.journal.ledger.committed + worst)
                    help_ = (
                        f"Go on with: agsite pregenerate {self._go_on} --max-usd {needed} (for the next call, or more)"
                    )
                    reached = BudgetReached(message, help_)
                    self.gate.stop(reached)
                    raise reached
                self.journal.changed.wait(1.0)
            self.journal.append("intent", key=key, worst=str(worst))
            self._under_way += 1

    def _send(self, request: Request, store: Callable[[bytes], None]) -> Sent:
        try:
            return self.client.send(request.params, store)
        except Failure as failure:
            if failure.kind == "busy":
                # Before anything else, so that no other call slips through meanwhile.
                self.gate.pause(failure.wait or FIRST_PAUSE)
            kind = "unknown" if failure.kind == "unknown" else "refused"
            facts = {"reason": failure.message, "status": failure.status, "request_id": failure.request_id}
            self.journal.append(kind, key=request.key, **facts)
            raise

    def _enter(self, key: str, raw: bytes, request_id: str) -> Bought:
        raw = raw[:LARGEST_REPLY]
        usage, cost = enter_paid(self.journal, key, raw, self.price, request_id=request_id, mode="direct")
        return Bought(raw, cost, usage, request_id)


def enter_paid(
    journal: Journal, key: str, raw: bytes, price: ModelPrice, part: Decimal = Decimal(1), **facts: str
) -> tuple[Usage | None, Decimal]:
    """Write down what a reply used and cost; one that does not say is counted at its worst."""
    usage = _usage_of(raw)
    cost = journal.ledger.open.get(key, Decimal(0)) if usage is None else prices.cost(usage, price, part)
    journal.append("paid", key=key, cost=str(cost), usage=usage._asdict() if usage else None, **facts)
    return usage, cost


def _usage_of(raw: bytes) -> Usage | None:
    """Return the tokens that a stored reply used, or None where it does not say."""
    try:
        message = json.loads(raw)
        return read_usage(message) if isinstance(message, dict) else None
    except (ValueError, NoReply, RecursionError):
        return None
