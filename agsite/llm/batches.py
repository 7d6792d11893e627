"""Batches: half the price, within a day, on any machine that has the journal.

A batch is announced before it is handed in. Where nobody knows whether it arrived, the account's list of batches is
looked at before anything is handed in again.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from agsite.config import ModelPrice
from agsite.counted import counted
from agsite.grounding import Request
from agsite.llm import prices
from agsite.llm.calls import BudgetReached, enter_paid
from agsite.llm.client import Client
from agsite.llm.failures import Failure
from agsite.llm.gate import TRIES, Gate
from agsite.llm.journal import RESULTS_KEPT, Journal
from agsite.llm.ledger import MISSING
from agsite.llm.results import FREE, custom_id, is_whole, read_results, reason_of

# Each has less than 0.1 MB, and a batch may have 256.
MOST_REQUESTS = 1_000
_ID = re.compile("msgbatch_[A-Za-z0-9_-]{1,100}")
_MAYBE_OURS = "may be this run's or another program's, which its results will tell"
_KNOWN_AFTER = dt.timedelta(minutes=5)
_CLOCKS_DIFFER = dt.timedelta(hours=1)


class Collected(NamedTuple):
    """What became of the batches that were looked at."""

    pending: tuple[str, ...] = ()
    """A sentence for each batch that the service still works on."""
    failed: tuple[tuple[str, str], ...] = ()
    """Keys that brought an error, with the reason; they can be asked for again."""
    lost: tuple[tuple[str, str], ...] = ()
    """Keys of which the batch does not say what became, with the reason; they may have been paid for."""
    notes: tuple[str, ...] = ()

    def with_(self, other: Collected) -> Collected:
        """Return both together."""
        return Collected(
            self.pending + other.pending, self.failed + other.failed, self.lost + other.lost, self.notes + other.notes
        )


class Batches:
    """The batches of one run."""

    def __init__(
        self,
        client: Client,
        journal: Journal,
        price: ModelPrice,
        part: Decimal,
        *,
        cap: Decimal | None,
        gate: Gate | None = None,
    ) -> None:
        self.client = client
        self.journal = journal
        self.price = price
        self.part = part
        self.cap = cap
        self.gate = gate or Gate()
        self.handed_in: list[str] = []
        """The ids of the batches that were handed in, also where a later one was refused."""

    def submit(self, requests: list[Request]) -> list[str]:
        """Hand in what is not under way or answered yet; return the ids of the new batches."""
        self.adopt()
        waiting = self.journal.in_batches()
        fresh = [r for r in requests if r.key not in waiting and self.journal.reply(r.key) is None]
        for part in _parts(fresh):
            self.handed_in.append(self._create(part))
        return self.handed_in

    def _create(self, requests: list[Request]) -> str:
        worst = {request.key: prices.at_most(request.params, self.price, self.part) for request in requests}
        needed = sum(worst.values(), Decimal(0))
        if self.cap is not None and self.journal.ledger.committed + needed > self.cap:
            left = self.journal.ledger.left(self.cap)
            message = f"the batch can cost up to ${needed:.4f}, and ${left:.4f} of ${self.cap} are left"
            raise BudgetReached(message, "Raise --max-usd, or hand in fewer questions with --limit.")
        amounts = {key: str(amount) for key, amount in worst.items()}
        for number in range(1, TRIES + 1):
            name = self._free_name()
            self.journal.append("batch_intent", batch=name, keys=list(worst), worst=amounts)
            try:
                return self._hand_in(name, requests)
            except Failure as failure:
                if not failure.made_nothing or failure.kind not in {"again", "busy"}:
                    raise
                self.gate.wait(failure, number)
        raise AssertionError  # pragma: no cover - the last try raises

    def _free_name(self) -> str:
        """Return a name for another batch; a record that is damaged may have told of one with a number between."""
        taken = self.journal.ledger.batches
        names = (f"{self.journal.name}-{number}" for number in count(len(taken) + 1))
        return next(name for name in names if name not in taken)

    def _hand_in(self, name: str, requests: list[Request]) -> str:
        """Hand in a batch that was announced; look for it where nobody knows whether it arrived."""
        asked = [{"custom_id": custom_id(request.key), "params": request.params} for request in requests]
        self.gate.enter()
        try:
            created = self.client.create_batch(asked)
        except Failure as failure:
            if not failure.made_nothing:
                return self._find(name, failure)
            self.journal.append("batch_closed", batch=name, state="refused", reason=failure.message)
            raise
        self.gate.succeeded()
        return self._created(name, created)

    def _created(self, name: str, batch: dict[str, Any], *, adopted: bool = False) -> str:
        id = str(batch.get("id", ""))
        # It becomes the name of a file, and is shown.
        if not _ID.fullmatch(id):
            raise Failure("stop", "the service took the batch and gave it no name")
        announced = self.journal.ledger.batches[name]
        facts = {"keys": announced["keys"], "worst": announced["worst"]}
        self.journal.append("batch_created", batch=name, id=id, adopted=adopted, **facts)
        return id

    def _find(self, name: str, failure: Failure) -> str:
        """Look for a batch of which nobody knows whether it arrived."""
        found = self._match(self.journal.ledger.batches[name])
        if found is None:
            # A list may be behind: it stays announced, and is looked for once more before anything is handed in again.
            raise failure
        return self._created(name, found, adopted=True)

    def adopt(self) -> None:
        """Find the batches that were announced and of which no answer came."""
        for name, batch in list(self.journal.ledger.batches.items()):
            if batch["state"] != "intended":
                continue
            found = self._match(batch)
            if found is None:
                self.journal.append("batch_closed", batch=name, state="never", reason="the service has no such batch")
            else:
                self._created(name, found, adopted=True)

    def _match(self, batch: dict[str, Any]) -> dict[str, Any] | None:
        """Return the service's batch of the same size from about that time that is none of ours, if there is one."""
        ours = {other["id"] for ledger in self.journal.ledgers() for other in ledger.batches.values()}
        known = ours | {*batch["strangers"]}
        since = dt.datetime.fromisoformat(batch["at"]) - _CLOCKS_DIFFER
        listed = self._listed(since)
        found = [b for b in listed if b.get("id") not in known and _fits(b, len(batch["keys"]))]
        # The oldest is it: later ones of the same size were handed in after it.
        return min(found, key=lambda b: str(b.get("created_at")), default=None)

    def _listed(self, since: dt.datetime) -> list[dict[str, Any]]:
        """Return the account's batches since then, page by page, for other programs may have made many meanwhile."""
        found: dict[str, dict[str, Any]] = {}
        behind, goes_on = "", True
        while goes_on:
            page, has_more = self.gate.insist(partial(self.client.batches, behind))
            fresh = {id: b for b in page if (id := str(b.get("id"))) not in found and _is_since(b, since)}
            found |= fresh
            # The newest come first.
            behind = str(page[-1].get("id")) if page else ""
            goes_on = has_more and behind in fresh
        return list(found.values())

    def collect(self) -> Collected:
        """Fetch the results of the batches that have ended."""
        self.adopt()
        found = Collected()
        for name, batch in list(self.journal.ledger.batches.items()):
            looked_at = ""
            # Behind one that was another's, ours may be found.
            while batch["id"] and batch["id"] != looked_at:
                looked_at = batch["id"]
                found = found.with_(self._look(name, batch))
        return found

    def _look(self, name: str, batch: dict[str, Any]) -> Collected:
        """Look at one batch that may still bring replies."""
        if not self.journal.awaited(self.journal.ledger, batch):
            return Collected()
        try:
            state = self.gate.insist(lambda: self.client.batch(batch["id"]))
            if state.get("processing_status") == "ended" and state.get("results_url"):
                return self._take(name, batch, self._fetch(batch, str(state["results_url"])))
        except Failure as failure:
            if failure.status != 404:
                raise
            # One that was just made may not be known everywhere yet.
            if self.journal.age(batch) > _KNOWN_AFTER:
                return self._give_up(name, batch, "the service does not know it (any more, or under this key)")
            return Collected(pending=(_deadline(batch),))
        if state.get("archived_at"):
            return self._give_up(name, batch, "its results were kept for 29 days")
        return Collected(pending=(_deadline(batch),))

    def _give_up(self, name: str, batch: dict[str, Any], why: str) -> Collected:
        """Enter that a batch brings nothing: what it was to bring may have been paid for."""
        reason = f"batch {batch['id']} is lost: {why}"
        return self._close(name, batch, dict.fromkeys(self.journal.awaited(self.journal.ledger, batch), reason))

    def _close(self, name: str, batch: dict[str, Any], lost: dict[str, str], failed: int = 0) -> Collected:
        """End a batch; where replies are missing, later looks may still find them."""
        if batch["state"] == "created" or not lost:
            for key, reason in lost.items():
                self.journal.append("unknown", key=key, reason=reason)
            self.journal.append("batch_closed", batch=name, state=MISSING if lost else "collected", failed=failed)
        advice = "so it may have been paid for; --batch collect looks again, --retry-unknown asks again"
        return Collected(lost=tuple((key, f"{reason}, {advice}") for key, reason in lost.items()))

    def _fetch(self, batch: dict[str, Any], url: str) -> bytes:
        """Return the results of a batch, whose bytes are on disk; where some are missing, as they are fetched anew."""
        for _ in range(2):
            raw = self.gate.insist(lambda: self.client.results(batch["id"], url))
            self.journal.save_batch(batch["id"], raw)
            results, _ = read_results(raw)
            if all(is_whole(results.get(custom_id(key), {})) for key in batch["keys"]):
                break
        return raw

    def _take(self, name: str, batch: dict[str, Any], raw: bytes) -> Collected:
        """Enter the results of one batch; where it is another's, look for ours."""
        awaited = self.journal.awaited(self.journal.ledger, batch)
        results, notes = read_results(raw)
        ours = {custom_id(key) for key in batch["keys"]}
        strangers = sum(1 for id in results if id not in ours)
        if strangers:
            strange = counted(strangers, "result")
            notes.append(f"batch {batch['id']} holds {strange} that nobody asked for; they are kept and not used")
        if batch["adopted"] and not results.keys() & ours:
            self.journal.append("batch_mistaken", batch=name, id=batch["id"])
            self.adopt()
            found = batch["state"] == "created"
            failed = () if found else tuple((key, "the service has no such batch") for key in awaited)
            return Collected(failed=failed, notes=tuple(notes))
        by_key = {key: results.get(custom_id(key), {}) for key in awaited}
        for key, result in by_key.items():
            self._enter(key, result)
        failed = tuple((key, reason_of(result)) for key, result in by_key.items() if result.get("type") in FREE)
        lost = {key: "its batch ended without a word of it" for key, result in by_key.items() if not is_whole(result)}
        return self._close(name, batch, lost, len(failed)).with_(Collected(failed=failed, notes=tuple(notes)))

    def _enter(self, key: str, result: dict[str, Any]) -> None:
        """Enter the reply that a result holds, or that there is none and it cost nothing."""
        if result.get("type") in FREE:
            self.journal.append("refused", key=key, reason=reason_of(result))
        elif is_whole(result):
            raw = json.dumps(result["message"], ensure_ascii=False).encode("utf-8", "surrogatepass")
            self.journal.keep(key, raw)
            enter_paid(self.journal, key, raw, self.price, self.part, request_id="", mode="batch")

    def cancel(self) -> list[str]:
        """Ask the service to end what is under way; return a sentence for each batch."""
        self.adopt()
        under_way = [batch for batch in self.journal.ledger.batches.values() if batch["state"] == "created"]
        return [self._cancel(batch) for batch in under_way]

    def _cancel(self, batch: dict[str, Any]) -> str:
        id = batch["id"]
        if batch["adopted"]:
            # What a batch holds is not told before its end, and another program may have one of this size.
            return f"{id} goes on: it {_MAYBE_OURS}; if it is yours, end it in the service's console"
        try:
            self.gate.insist(lambda: self.client.cancel_batch(id))
        except Failure as failure:
            if failure.status != 404:
                raise
            return f"the service does not know {id} (any more, or under this key)"
        return f"asked the service to end {id}; collect what it has answered"

    def told(self, id: str) -> str:
        """Return what is to be said of a batch that `submit` brought about."""
        adopted = any(batch["adopted"] for batch in self.journal.ledger.batches.values() if batch["id"] == id)
        return f"no answer came to the batch; {id} {_MAYBE_OURS}" if adopted else f"handed in {id}"


def _parts(requests: list[Request]) -> Iterator[list[Request]]:
    """Part requests so that no batch has too many; each key once."""
    once = [*{custom_id(request.key): request for request in requests}.values()]
    for first in range(0, len(once), MOST_REQUESTS):
        yield once[first : first + MOST_REQUESTS]


def _fits(batch: dict[str, Any], size: int) -> bool:
    counts = batch.get("request_counts")
    return isinstance(counts, dict) and sum(n for n in counts.values() if isinstance(n, int)) == size


def _is_since(batch: dict[str, Any], since: dt.datetime) -> bool:
    try:
        created = dt.datetime.fromisoformat(str(batch.get("created_at")).replace("Z", "+00:00"))
    except ValueError:
        return False
    return (created if created.tzinfo else created.replace(tzinfo=dt.UTC)) >= since


def _deadline(batch: dict[str, Any]) -> str:
    until = dt.datetime.fromisoformat(batch["created"]) + RESULTS_KEPT
    return f"batch {batch['id']} is not done yet; its results must be collected before {until:%-d %B %Y}"
