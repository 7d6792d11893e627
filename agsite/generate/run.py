"""A run: questions, the papers for them, calls, files; what is done is in the journal, so that it can go on later."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from typing import Any

from agsite.counted import counted
from agsite.errors import AgsiteError, ConfigError
from agsite.generate import resuming
from agsite.generate.answering import STOPS, Answering, journal_key, sources_of
from agsite.generate.asked import Asked
from agsite.generate.batching import Batching
from agsite.generate.options import GO_ON, Options
from agsite.generate.outcome import Outcome, Row, code_of, row_of
from agsite.generate.planning import Declined, Plan, Planner, restored, restored_item, stored
from agsite.generate.questions import Item, State, choose, passed_over
from agsite.generate.whereabouts import holds
from agsite.grounding import Asking, load_prompt
from agsite.ids import made_id
from agsite.llm import UNSETTLED, Batches, Caller, Client, Gate, Journal, Record
from agsite.search import Retriever


def run(options: Options) -> Outcome:
    """Answer questions, or do what is to be done about their batches."""
    with (
        Journal(options.journal, options.now) as journal,
        Retriever(options.papers, options.state / "papers", embed=options.embed) as retriever,
    ):
        resuming.refuse(journal, options)
        client = options.connect()
        try:
            names = resuming.chosen(journal, options) or [""]
            # Each is begun once the one before it has ended.
            outcomes = (_Run(options, journal, client, retriever, name).execute() for name in names)
            return reduce(Outcome.with_, outcomes)
        finally:
            client.close()


class _Run:
    """One run with everything that it needs, taken up by its name, or begun."""

    def __init__(self, options: Options, journal: Journal, client: Client, retriever: Retriever, name: str) -> None:
        self.options = options
        self.journal = journal
        self.client = client
        self.gate = Gate()
        self.items = options.items
        self.model, self.price, self.citations = options.model, options.price, options.citations
        self.retriever = retriever
        self.notes: list[str] = list(journal.set_aside)
        self._enter_journal(name)
        self.caller = Caller(
            client,
            journal,
            self.price,
            cap=self.cap,
            retry_unknown=options.retry_unknown,
            gate=self.gate,
            go_on=GO_ON[options.batch],
        )
        self.asked = Asked(options, journal, self.caller)
        self.batches = Batches(client, journal, self.price, options.prices.batch, cap=self.cap, gate=self.gate)
        self.rows: dict[str, Row] = {}
        self.written_again = 0

    # --- Beginning ---------------------------------------------------------------------------------------------------

    def _enter_journal(self, name: str) -> None:
        self.cap = self.options.cap
        if not name:
            self.notes += resuming.left_behind(self.journal)
            items = [item._asdict() for item in self.items]
            cap = str(self.cap) if self.cap is not None else None
            self.journal.begin(items=items, cap=cap, model=self.model, citations=self.citations)
            return
        facts, notes = resuming.resume(self.journal, self.options, name)
        self.notes += notes
        self.cap = Decimal(facts["cap"]) if facts["cap"] is not None else None
        self.items = tuple(map(restored_item, facts["items"]))
        self.model, self.citations = facts["model"], facts["citations"]
        price = self.options.prices.of(self.model)
        assert price is not None  # noqa: S101 - else it would not have been taken up
        self.price = price

    def _mode(self) -> Any:
        """Say how citations come, as the model can; settled once for a run."""
        settled = self.journal.ledger.run.get("mode")
        if settled is None:
            settled = self.citations
            if settled == "auto":
                settled = "native" if self.gate.insist(lambda: self.client.cites(self.model)) else "markers"
            self.journal.append("run", mode=settled)
        return settled

    # --- Doing -------------------------------------------------------------------------------------------------------

    def execute(self) -> Outcome:
        """Do what was asked for; however it stops, the outcome says what was done."""
        stopped: AgsiteError | None = None
        try:
            asking = Asking(self.model, self.price, load_prompt(), self._mode())
            self.planner = Planner(self.options.papers, self.retriever, asking)
            self.answering = Answering(
                self.options, self.journal, self.caller, self.planner, self.rows, len(self.items)
            )
            self._choose()
            plans = list(self._plans())
            self.caller.recover()
            if self.options.batch:
                Batching(self.batches, self.answering, self.asked, self.notes).do(plans)
            else:
                self.answering.answer_all(plans)
        except STOPS as error:
            stopped = self.gate.stopped or error
        if stopped is None and self.gate.stopped is not None:
            stopped = self.gate.stopped
        self.journal.append("end", reason=str(stopped) if stopped else "")
        return self._outcome(stopped)

    def _choose(self) -> None:
        """Let questions about which nothing would be asked give way to others; a run that goes on has chosen."""
        if self.options.more is None or self.options.resume:
            return
        self.items, passed = choose(self.items, self.options.more, self._state)
        self.answering.total = len(self.items)
        if self.items != self.options.items:
            self.journal.append("run", items=[item._asdict() for item in self.items])
        self.notes += passed_over(passed)

    def _state(self, item: Item) -> State:
        plan = self._kept(item) or self._composed(item)
        if isinstance(plan, Declined) or not self.answering.is_open(plan):
            return "settled"
        return "bought" if self.asked.is_bought(plan.request.key) else "open"

    def _plans(self) -> Iterator[Plan]:
        """Yield what is still to be done; questions that were planned before keep their request."""
        for item in self.items:
            done = self.journal.ledger.outcomes.get(journal_key(item))
            if done is not None and self._is_done(done):
                plan = self._enter_done(item, done)
            else:
                plan = self._kept(item) or self._plan(item, lost=self.asked.key(item))
            if plan is not None and plan.request.key not in self.journal.ledger.planned:
                resuming.announce(self.journal, plan, self.options.prices)
            if plan is not None:
                yield plan

    def _kept(self, item: Item) -> Plan | None:
        """Return the plan that a question keeps from this run or an earlier one, if it does."""
        key = self.asked.key(item)
        plan = self._restored(key)
        if plan is None or (self.asked.is_sent(key) and plan.request.params["model"] != self.model):
            return None
        if self.journal.ledger.may_be_paid(key) or not self.asked.is_bought(key):
            return plan
        composed = self._composed(item)
        is_same = isinstance(composed, Plan) and composed.request.key == key
        return plan if is_same else plan._replace(remark=self.asked.remark(key, plan.request.params["model"]))

    def _is_done(self, done: Record) -> bool:
        key = done["key"]
        is_asked = key in self.journal.ledger.in_batches or self.caller.asks_again(key)
        return done["result"] not in UNSETTLED and not is_asked

    def _enter_done(self, item: Item, done: Record) -> Plan | None:
        """Enter a question that this run is done with; an answer that is missing is written from its reply.

        Where that is missing as well and wanted anew, return what is to be asked.
        """
        row, key = row_of(done["row"]), done["key"]
        if row.result == "written" and not holds(row.file, made_id(key)):
            plan = self._restored(key)
            now = self.answering.whereabouts.of(key, row, item, plan.supersedes if plan else None)
            if now is None:
                return self._write_again(item, plan or self._plan(item, lost=key))
            row = now
        self.rows[item.key] = row
        return None

    def _write_again(self, item: Item, plan: Plan | None) -> Plan | None:
        if plan is None:
            return None
        if not self.answering.has_reply(plan):
            return None if self.answering.refused(plan) else plan
        self.answering.answer(plan)
        self.written_again += self.rows[item.key].result == "written"
        return None

    def _restored(self, key: str) -> Plan | None:
        """Return the plan whose request the journal keeps under a key."""
        request = self.journal.request(key)
        return restored(key, request) if request is not None else None

    def _composed(self, item: Item) -> Plan | Declined:
        """Compose the request for a question; another one than before where it is to be answered again."""
        previous = self.options.archive.by_question.get(item.key, ())
        plan = self.planner.plan(item)
        if previous and isinstance(plan, Plan):
            again = self._times_bought(item, previous[0].id)
            plan = self.planner.plan(item, again=again, supersedes=previous[0].id)
        return plan

    def _plan(self, item: Item, *, lost: str = "") -> Plan | None:
        """Plan a question; what was paid for under another key, whose request is lost, is not asked for unawares."""
        plan = self._composed(item)
        is_found_again = isinstance(plan, Plan) and plan.request.key == lost
        if not is_found_again and not self.options.retry_unknown and self.journal.may_be_paid(lost):
            self.answering.done(plan, Row(item.question, "unknown", reasons=(_lost(lost),), sources=sources_of(plan)))
            return None
        if isinstance(plan, Declined):
            self.answering.done(plan, Row(item.question, "declined", reasons=plan.reasons, sources=sources_of(plan)))
            return None
        self.journal.save_request(plan.request.key, stored(plan))
        return plan

    def _times_bought(self, item: Item, newest: str) -> int:
        """Count the requests for a question until one that did not bring the answer that is there now."""
        for again in range(100):
            plan = self.planner.plan(item, again=again)
            if isinstance(plan, Declined):
                return again
            key = plan.request.key
            if self.journal.find(key) is None and made_id(key) != newest:
                return again
        raise ConfigError(f"“{item.question}” was answered a hundred times", "Delete some of its answers.")

    # --- Ending ------------------------------------------------------------------------------------------------------

    def _outcome(self, stopped: AgsiteError | None) -> Outcome:
        ledger = self.journal.ledger
        in_batches = self.journal.in_batches()
        under_way = {record["question"] for key, record in ledger.planned.items() if key in in_batches}
        for item in self.items:
            self.rows.setdefault(item.key, self._row_now(item, is_under_way=item.key in under_way))
        rows = tuple(self.rows[item.key] for item in self.items)
        if self.written_again:
            missing = counted(self.written_again, "answer was", "answers were")
            self.notes.append(f"{missing} missing: written again from the journal, for nothing")
        if ledger.unknown:
            self.notes.append(_may_be_paid(len(ledger.unknown)))
        return Outcome(
            rows,
            ledger.committed,
            self.cap,
            self.journal.name,
            tuple(self.notes),
            " ".join(filter(None, (f"{stopped.message.rstrip('.')}.", stopped.help))) if stopped else None,
            stopped.exit_code if stopped else code_of(rows),
            go_on=GO_ON[self.options.batch],
        )

    def _row_now(self, item: Item, *, is_under_way: bool) -> Row:
        """How things stand with a question to which nothing happened in this run."""
        if is_under_way:
            return Row(item.question, "pending")
        done = self.journal.ledger.outcomes.get(journal_key(item))
        return row_of(done["row"]) if done is not None else Row(item.question, "planned")


def _lost(key: str) -> str:
    return (
        f"it may have been paid for, the journal has lost requests/{key}.json, and its papers are others by now;"
        " --retry-unknown asks anew"
    )


def _may_be_paid(calls: int) -> str:
    worst = "it counts at its worst" if calls == 1 else "they count at their worst"
    return f"{counted(calls, 'call')} may have been paid for without an answer; {worst}"
