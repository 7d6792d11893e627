"""One question: its reply is bought, judged, and written as an answer file or kept aside with the reasons."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from agsite import files
from agsite.errors import AgsiteError
from agsite.generate import answers
from agsite.generate.options import Options
from agsite.generate.outcome import Result, Row, row_of
from agsite.generate.planning import Declined, Plan, Planner
from agsite.generate.questions import Item
from agsite.generate.together import Together
from agsite.generate.whereabouts import Whereabouts, holds
from agsite.grounding import Asking, Judged, Remark, Request, Usage, compose_repair, judge, mend
from agsite.llm import Bought, BudgetReached, Caller, Failure, Journal, Stopped
from agsite.near_duplicates import KnownQuestions

STOPS = (BudgetReached, Failure, Stopped)
"""What ends a run that did what could be done; how far it came is in its outcome."""
_ALONE: dict[str, Result] = {"item": "failed", "unknown": "unknown", "pending": "pending"}
"""The failures that concern one question alone, and what becomes of it."""


class Repair(NamedTuple):
    """A second call, for the follow-ups alone; never part of a batch."""

    key: str
    usage: Usage


class Answering:
    """Answers questions for a run, from several threads; `rows` says what became of each, by the question's key."""

    def __init__(
        self, options: Options, journal: Journal, caller: Caller, planner: Planner, rows: dict[str, Row], total: int
    ) -> None:
        self.options = options
        self.journal = journal
        self.caller = caller
        self.planner = planner
        self.rows = rows
        self.total = total
        self.known = KnownQuestions(options.archive.by_question)
        self.whereabouts = Whereabouts(options.archive, options.given_up)
        self._writing = threading.Lock()
        self._retrieving = threading.Lock()

    @property
    def asking(self) -> Asking:
        """How the model is asked."""
        return self.planner.asking

    def is_open(self, plan: Plan) -> bool:
        """Say whether a question would be asked now, or a reply to it that is there be used."""
        return self._earlier(plan) is None and not self.caller.refuses(plan.request.key)

    def _earlier(self, plan: Plan) -> Row | None:
        """Return what an earlier run made of a question, if it is done with it."""
        earlier = self.journal.find(plan.request.key)
        bought = plan.request.key in self.journal.ledger.paid
        if earlier is None or earlier[0] == "unknown" or bought or self.caller.asks_again(plan.request.key):
            return None
        if earlier[0] == "rejected" and self._passes_today(plan):
            return None
        return self.whereabouts.of(plan.request.key, row_of(earlier[1]["row"]), plan.item, plan.supersedes)

    def _passes_today(self, plan: Plan) -> bool:
        """Say whether a reply that was rejected would be an answer by the rules and the archive of today."""
        kept = self.caller.kept(plan.request)
        if kept is None:
            return False
        judged = judge(plan.request, kept.raw, self.known)
        try:
            return self._with_follow_ups(plan.request, judged, self.caller.kept)[0].accepted
        except Failure:
            return False

    def settled(self, plan: Plan) -> bool:
        """Enter a question that an earlier run has settled: what it wrote or refused is not bought again."""
        row = self._earlier(plan)
        if row is None:
            return False
        if row.result == "written":
            row = row._replace(result="skipped", reasons=("it was written by an earlier run",))
        self.done(plan, row._replace(cost=Decimal(0)))
        return True

    def has_reply(self, plan: Plan) -> bool:
        """Say whether the reply to a question is there."""
        return self.journal.reply(plan.request.key) is not None

    def answer_all(self, plans: Iterable[Plan]) -> None:
        """Answer several questions at once; an interrupt lets the calls under way come to their end.

        What stops the run stops none that has its reply: that is paid for, and becomes an answer.
        """
        together = Together(self.options.concurrency, STOPS)
        together.do((partial(self.answer, plan) for plan in plans), self._stop)

    def _stop(self, reason: BaseException) -> None:
        self.caller.gate.stop(reason if isinstance(reason, AgsiteError) else Stopped("it was interrupted"))

    def answer(self, plan: Plan) -> None:
        """Buy the reply to one question, judge it, and write what it deserves."""
        if self.settled(plan):
            return
        blocks: tuple[Remark, ...] = ()
        try:
            bought = self.caller.call(plan.request)
            judged = judge(plan.request, bought.raw, self.known)
            # Where no second reply comes, the answer itself is paid for: whoever goes on asks for its follow-ups alone.
            blocks = judged.blocks
            judged, repair = self._with_follow_ups(plan.request, judged, partial(self.caller.call, of=plan.request.key))
        except Failure as failure:
            self._unanswered(plan, failure, blocks)
            return
        self._finish(plan, judged, bought, repair)

    def refused(self, plan: Plan) -> bool:
        """Enter a question that may not be asked now: its reply is under way, or may have been paid for."""
        try:
            self.caller.refuse(plan.request.key)
        except Failure as failure:
            self._unanswered(plan, failure)
            return True
        return False

    def _unanswered(self, plan: Plan, failure: Failure, blocks: Iterable[Remark] = ()) -> None:
        """Enter what became of a question whose call brought no reply; raise what concerns the others as well."""
        if failure.kind not in _ALONE:
            raise failure
        reasons = (*reasons_of(blocks), failure.message)
        cost = self._paid(plan.request.key)["cost"]
        row = Row(plan.item.question, _ALONE[failure.kind], reasons=reasons, cost=cost, sources=sources_of(plan))
        if failure.kind == "pending":
            self.rows[plan.item.key] = row  # nothing became of it yet
        else:
            self.done(plan, row)

    def failed(self, plan: Plan, reason: str) -> None:
        """Enter a question that a batch brought no reply to; it can be asked again."""
        self.done(plan, Row(plan.item.question, "failed", reasons=(reason,), sources=sources_of(plan)))

    def lost(self, plan: Plan, reason: str) -> None:
        """Enter a question whose reply a batch may have made and does not bring."""
        self.done(plan, Row(plan.item.question, "unknown", reasons=(reason,), sources=sources_of(plan)))

    def _with_follow_ups(
        self, request: Request, judged: Judged, reply: Callable[[Request], Bought | None]
    ) -> tuple[Judged, Repair | None]:
        """Judge again where follow-ups alone are wrong, with those of a second reply; raise Failure where none came."""
        if judged.draft is None or not judged.needs_follow_ups:
            return judged, None
        repair = compose_repair(self.asking, request, judged.draft.text)
        second = reply(repair)
        if second is None or second.usage is None:
            raise Failure("unknown", "the second reply is not a message; --retry-unknown asks for another")
        return mend(request, judged, second.raw, self.known), Repair(repair.key, second.usage)

    def _finish(self, plan: Plan, judged: Judged, bought: Bought, repair: Repair | None) -> None:
        """Write the answer, or keep it aside with the reasons."""
        paid = self._paid(plan.request.key)
        # What it cost when it was bought: a file that is written again says the same.
        cost = paid["cost"] + (self._paid(repair.key)["cost"] if repair else 0)
        usage = bought.usage.plus(repair.usage) if bought.usage and repair else bought.usage
        row = Row(
            plan.item.question,
            "rejected",
            covered=judged.metrics.covered if judged.metrics else 0,
            substantive=judged.metrics.substantive if judged.metrics else 0,
            warnings=reasons_of(judged.warnings),
            input=usage.input + usage.cache_write + usage.cache_read if usage else 0,
            output=usage.output if usage else 0,
            cost=cost,
            sources=sources_of(plan),
        )
        blocks = judged.blocks
        if judged.accepted:
            call = answers.Call(
                paid["at"], paid["mode"], usage, cost, bought.request_id, paid.get("batch"), repaired=repair is not None
            )
            path, blocks = self._write(plan, judged, call)
            if path is not None:
                # Of a reply that was rejected before the rules or the archive changed.
                files.delete(self._kept_at(plan))
                self.done(plan, row._replace(result="written", file=str(path)))
                return
        reasons = reasons_of(blocks)
        self._keep_rejected(plan, bought.raw, reasons)
        self.done(plan, row._replace(reasons=reasons))

    def _paid(self, key: str) -> dict[str, Any]:
        """Return what the journal says of a reply, from this run or an earlier one."""
        paid = self.journal.paid(key)
        if paid is None:
            return {"at": self.options.now(), "mode": "direct", "cost": Decimal(0)}
        record, ledger = paid
        batch = next((b["id"] for b in ledger.batches.values() if key in b["keys"]), None)
        return {"at": record["at"], "mode": record["mode"], "cost": Decimal(record["cost"]), "batch": batch}

    def _write(self, plan: Plan, judged: Judged, call: answers.Call) -> tuple[Path | None, tuple[Remark, ...]]:
        assert judged.draft is not None  # noqa: S101 - it was accepted
        with self._retrieving:
            thin = [self.planner.is_thin(question) for question in judged.draft.follow_ups]
        circumstances = answers.Circumstances(
            {"version": self.asking.prompt.version, "sha256": self.asking.prompt.sha256},
            plan.corpus or self.planner.corpus,
            self.options.prices.date,
            self.caller.client.version,
            self.caller.client.api_version,
        )
        answer = answers.make_answer(plan, judged, call, circumstances, thin)
        with self._writing:
            for name in answers.file_names(answer):
                path = self.options.out / name
                text, remarks = answers.write_text(answer, name)
                if text is None:
                    return None, remarks
                # A run that was interrupted just after this line has written it.
                if files.create_text(path, text) or holds(path, answer.id):
                    return path, ()
        return None, (Remark("B11", f"{path} is there already and is another answer"),)

    def _keep_rejected(self, plan: Plan, raw: bytes, reasons: tuple[str, ...]) -> None:
        kept = {"question": plan.item.question, "reasons": reasons, "key": plan.request.key}
        kept["reply"] = raw.decode("utf-8", "replace")
        files.write_text(self._kept_at(plan), json.dumps(kept, ensure_ascii=True, indent=1) + "\n")

    def _kept_at(self, plan: Plan) -> Path:
        return self.options.state / "rejected" / f"{plan.request.key}.json"

    def done(self, plan: Plan | Declined, row: Row) -> None:
        """Write down what became of a question."""
        key = plan.request.key if isinstance(plan, Plan) else ""
        self.journal.append("outcome", question=journal_key(plan.item), key=key, result=row.result, row=row.facts())
        # What holds today alone is shown and not kept.
        remarks = (plan.remark,) if isinstance(plan, Plan) and plan.remark else ()
        self.rows[plan.item.key] = row._replace(reasons=(*row.reasons, *remarks))
        self.options.progress(len(self.rows), self.total, self.journal.ledger.spent, row.result)


def journal_key(item: Item) -> str:
    """Return the name under which the journal keeps what became of a question."""
    return f"question:{item.key}"


def reasons_of(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """Return what rules say, each with its number."""
    return tuple(f"{remark.rule}: {remark.message}" for remark in remarks)


def sources_of(plan: Plan | Declined) -> tuple[tuple[str, int], ...]:
    """Return the papers that were found, each with its percent."""
    return tuple((str(hit.id), hit.percent) for hit in plan.hits)
