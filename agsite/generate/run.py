"""A run: questions, the papers for them, calls, files; what is done is in the journal, so that it can go on later."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from decimal import Decimal
from pathlib import Path
from typing import Any

from agsite import files
from agsite.errors import AgsiteError, ConfigError
from agsite.generate import answers
from agsite.generate.options import Options
from agsite.generate.outcome import Outcome, Result, Row, row_of
from agsite.generate.planning import Plan, Planner, restored, restored_item, stored
from agsite.generate.questions import Item
from agsite.grounding import Asking, Judged, Remark, Request, compose_repair, judge, load_prompt, mend
from agsite.llm import Batches, Bought, BudgetReached, Caller, Client, Failure, Gate, Journal, Stopped
from agsite.llm.calls import usage_of
from agsite.search import Retriever


def run(options: Options) -> Outcome:
    """Answer questions, or do what is to be done about their batches."""
    with (
        Journal(options.journal, options.now) as journal,
        Retriever(options.papers, options.state / "papers") as retriever,
    ):
        _refuse_interrupted(journal, options)
        client = options.connect()
        try:
            return _Run(options, journal, client, retriever).execute()
        finally:
            client.close()


def _refuse_interrupted(journal: Journal, options: Options) -> None:
    if options.resume and not journal.earlier:
        raise ConfigError(f"there is no run to resume in {options.journal}", "Start one without --resume.")
    if journal.interrupted and not options.resume:
        message = f"the run {journal.interrupted} was interrupted"
        raise ConfigError(message, "Go on with it: agsite pregenerate --resume")


class _Run:
    """One run with everything that it needs."""

    def __init__(self, options: Options, journal: Journal, client: Client, retriever: Retriever) -> None:
        self.options = options
        self.journal = journal
        self.client = client
        self.gate = Gate()
        self.items = options.items
        self.model, self.price, self.citations = options.model, options.price, options.citations
        self.retriever = retriever
        self._enter_journal()
        self.caller = Caller(
            client, journal, self.price, cap=self.cap, retry_unknown=options.retry_unknown, gate=self.gate
        )
        self.batches = Batches(client, journal, self.price, options.prices.batch, cap=self.cap)
        self.known = tuple(options.archive.by_question)
        self.writing = threading.Lock()
        self.retrieving = threading.Lock()
        self.rows: dict[str, Row] = {}
        self.notes: list[str] = list(journal.set_aside)

    # --- Beginning ---------------------------------------------------------------------------------------------------

    def _enter_journal(self) -> None:
        self.cap = self.options.cap
        if not self.options.resume:
            items = [item._asdict() for item in self.items]
            cap = str(self.cap) if self.cap is not None else None
            self.journal.begin(items=items, cap=cap, model=self.model, citations=self.citations)
            return
        changed = {"cap": str(self.cap)} if self.cap is not None else {"cap": None} if self.options.uncapped else {}
        self.journal.resume(_with_batches(self.journal) if self.options.batch else None, **changed)
        facts = self.journal.ledger.run
        self.cap = Decimal(facts["cap"]) if facts["cap"] is not None else None
        self.items = tuple(map(restored_item, facts["items"]))
        self.model, self.citations = facts["model"], facts["citations"]
        price = self.options.prices.of(self.model)
        if price is None:
            raise ConfigError(f"there is no price for {self.model}", "Add it to `prices` in agsite.yml.")
        self.price = price

    def _mode(self) -> Any:
        """Say how citations come, as the model can; settled once for a run."""
        settled = self.journal.ledger.run.get("mode")
        if settled is None:
            settled = self.citations
            if settled == "auto":
                settled = "native" if self.client.cites(self.model) else "markers"
            self.journal.append("run", mode=settled)
        return settled

    # --- Doing -------------------------------------------------------------------------------------------------------

    def execute(self) -> Outcome:
        """Do what was asked for; however it stops, the outcome says what was done."""
        stopped: AgsiteError | None = None
        pending = False
        try:
            self.asking = Asking(self.model, self.price, load_prompt(), self._mode())
            self.planner = Planner(self.options.papers, self.retriever, self.asking)
            plans = list(self._plans())
            self.caller.recover()
            if self.options.batch:
                pending = self._batch(plans)
            else:
                self._direct(plans)
        except (BudgetReached, Failure, Stopped) as error:
            stopped = self.gate.stopped or error
        if stopped is None and self.gate.stopped is not None:
            stopped = self.gate.stopped
        self.journal.append("end", reason=str(stopped) if stopped else "")
        return self._outcome(stopped, pending=pending)

    def _plans(self) -> Iterator[Plan]:
        """Yield what is still to be done; questions that were planned before keep their request."""
        planned = {record["question"]: key for key, record in self.journal.ledger.planned.items()}
        for item in self.items:
            done = self.journal.ledger.outcomes.get(_item_key(item))
            if done is not None and not (done["result"] in {"failed", "unknown"} and self.options.resume):
                self.rows[item.key] = row_of(done["row"])
                continue
            key = planned.get(item.key)
            plan = restored(key, self.journal.request(key)) if key else self._plan(item)
            if plan is not None:
                yield plan

    def _plan(self, item: Item) -> Plan | None:
        previous = self.options.archive.by_question.get(item.key, ())
        plan = self.planner.plan(item)
        if previous and plan.request is not None:
            again = self._times_bought(item, previous[0].id)
            plan = self.planner.plan(item, again=again, supersedes=previous[0].id)
        if plan.request is None:
            self._done(plan, Row(item.question, "declined", reasons=plan.reasons, sources=_sources(plan)))
            return None
        self.journal.save_request(plan.request.key, stored(plan))
        self.journal.append("planned", key=plan.request.key, question=item.key)
        return plan

    def _times_bought(self, item: Item, newest: str) -> int:
        """Count the requests for a question until one that did not bring the answer that is there now."""
        for again in range(100):
            request = self.planner.plan(item, again=again).request
            if request is None or (self.journal.find(request.key) is None and answers.made_id(request.key) != newest):
                return again
        raise ConfigError(f"“{item.question}” was answered a hundred times", "Delete some of its answers.")

    def _direct(self, plans: list[Plan]) -> None:
        """Answer several questions at once; an interrupt lets the calls under way come to their end."""
        pool = ThreadPoolExecutor(max_workers=self.options.concurrency, thread_name_prefix="pregenerate")
        futures: set[Future[None]] = {pool.submit(self._answer, plan) for plan in plans}
        try:
            _finish(futures)
        except BaseException as error:
            self.gate.stop(error if isinstance(error, AgsiteError) else Stopped("it was interrupted"))
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _batch(self, plans: list[Plan]) -> bool:
        """Hand in, fetch or cancel; return whether the service still works on something."""
        if self.options.batch == "cancel":
            self.notes += [
                f"asked the service to end {id}; collect what it has answered" for id in self.batches.cancel()
            ]
            return bool(self.journal.ledger.batches)
        if self.options.batch == "submit":
            fresh = [plan for plan in plans if not self._settled(plan)]
            ids = self.batches.submit([plan.request for plan in fresh if plan.request is not None])
            self.notes += [f"handed in {id}" for id in ids]
            self._show_pending(plans)
            return True
        pending = self._collect()
        for plan in plans:
            if plan.request is not None and self.journal.reply(plan.request.key) is not None:
                self._answer(plan)
        self._show_pending(plans)
        return pending

    def _collect(self) -> bool:
        while True:
            collected = self.batches.collect()
            self.notes += [note for note in collected.notes if note not in self.notes]
            self.notes += [f"{self._question_of(key)}: {reason}" for key, reason in collected.failed]
            if not collected.pending or self.options.wait is None:
                return bool(collected.pending)
            time.sleep(self.options.wait)

    def _question_of(self, key: str) -> str:
        return str(self.journal.ledger.planned.get(key, {}).get("question", key))

    def _show_pending(self, plans: Iterable[Plan]) -> None:
        for plan in plans:
            self.rows.setdefault(plan.item.key, Row(plan.item.question, "pending", sources=_sources(plan)))

    # --- One question ------------------------------------------------------------------------------------------------

    def _settled(self, plan: Plan) -> bool:
        """Enter a question that an earlier run has settled: what it wrote or refused is not bought again."""
        assert plan.request is not None  # noqa: S101 - what is declined is no plan
        earlier = self.journal.find(plan.request.key)
        if earlier is None or earlier[0] == "unknown":
            return False
        row = row_of(earlier[1]["row"])
        if row.result == "written" and not Path(row.file).exists():
            return False
        reasons = ("it was written by an earlier run",) if row.result == "written" else row.reasons
        result: Result = "skipped" if row.result == "written" else "rejected"
        self._done(plan, row._replace(result=result, reasons=reasons, cost=Decimal(0)))
        return True

    def _answer(self, plan: Plan) -> None:
        """Buy the reply to one question, judge it, and write what it deserves."""
        assert plan.request is not None  # noqa: S101
        if self._settled(plan):
            return
        try:
            bought = self.caller.call(plan.request)
        except Failure as failure:
            if failure.kind in {"item", "unknown"}:
                result: Result = "unknown" if failure.kind == "unknown" else "failed"
                self._done(plan, Row(plan.item.question, result, reasons=(failure.message,), sources=_sources(plan)))
                return
            raise
        judged = judge(plan.request, bought.raw, self.known)
        if judged.needs_follow_ups:
            judged, repair = self._repair(plan.request, judged)
        else:
            repair = None
        self._finish(plan, judged, bought, repair)

    def _repair(self, request: Request, judged: Judged) -> tuple[Judged, Bought | None]:
        """Ask once more for the follow-ups alone."""
        assert judged.draft is not None  # noqa: S101
        repair = compose_repair(self.asking, request, judged.draft.text)
        try:
            bought = self.caller.call(repair)
        except Failure as failure:
            if failure.kind in {"item", "unknown"}:
                return judged, None
            raise
        return mend(request, judged, bought.raw, self.known), bought

    def _finish(self, plan: Plan, judged: Judged, bought: Bought, repair: Bought | None) -> None:
        """Write the answer, or keep it aside with the reasons."""
        assert plan.request is not None  # noqa: S101
        paid = self._paid(plan.request.key)
        cost = paid.get("cost", Decimal(0)) + (repair.cost if repair else 0)
        usage = usage_of(bought.raw)
        row = Row(
            plan.item.question,
            "rejected",
            covered=judged.metrics.covered if judged.metrics else 0,
            substantive=judged.metrics.substantive if judged.metrics else 0,
            warnings=tuple(f"{remark.rule}: {remark.message}" for remark in judged.warnings),
            input=usage.input + usage.cache_write + usage.cache_read if usage else 0,
            output=usage.output if usage else 0,
            cost=cost,
            sources=_sources(plan),
        )
        blocks = judged.blocks
        if judged.accepted:
            call = answers.Call(
                paid["at"], paid["mode"], usage, cost, bought.request_id, paid.get("batch"), repaired=repair is not None
            )
            path, blocks = self._write(plan, judged, call)
            if path is not None:
                self._done(plan, row._replace(result="written", file=str(path)))
                return
        reasons = tuple(f"{remark.rule}: {remark.message}" for remark in blocks)
        self._keep_rejected(plan, bought.raw, reasons)
        self._done(plan, row._replace(reasons=reasons))

    def _paid(self, key: str) -> dict[str, Any]:
        """Return what the journal says of a reply, from this run or an earlier one."""
        for ledger in (self.journal.ledger, *self.journal.earlier.values()):
            if key in ledger.paid:
                record = ledger.paid[key]
                batch = next((b["id"] for b in ledger.batches.values() if key in b["keys"]), None)
                return {"at": record["at"], "mode": record["mode"], "cost": Decimal(record["cost"]), "batch": batch}
        return {"at": self.options.now(), "mode": "direct", "cost": Decimal(0)}

    def _write(self, plan: Plan, judged: Judged, call: answers.Call) -> tuple[Path | None, tuple[Remark, ...]]:
        assert judged.draft is not None  # noqa: S101 - it was accepted
        with self.retrieving:
            thin = [self.planner.is_thin(question) for question in judged.draft.follow_ups]
        circumstances = answers.Circumstances(
            {"version": self.asking.prompt.version, "sha256": self.asking.prompt.sha256},
            self.planner.corpus,
            self.options.prices.date,
            self.client.version,
            self.client.api_version,
        )
        answer = answers.make_answer(plan, judged, call, circumstances, thin)
        with self.writing:
            for name in answers.file_names(answer):
                path = self.options.out / name
                text, remarks = answers.write_text(answer, name)
                if text is None:
                    return None, remarks
                if files.create_text(path, text) or _holds(path, answer.id):
                    return path, ()
        return None, (Remark("B11", f"{path} is there already and is another answer"),)

    def _keep_rejected(self, plan: Plan, raw: bytes, reasons: tuple[str, ...]) -> None:
        assert plan.request is not None  # noqa: S101
        kept = {"question": plan.item.question, "reasons": reasons, "key": plan.request.key}
        kept["reply"] = raw.decode("utf-8", "replace")
        path = self.options.state / "rejected" / f"{plan.request.key}.json"
        files.write_text(path, json.dumps(kept, ensure_ascii=True, indent=1) + "\n")

    def _done(self, plan: Plan, row: Row) -> None:
        """Write down what became of a question."""
        key = plan.request.key if plan.request is not None else ""
        self.journal.append("outcome", question=_item_key(plan.item), key=key, result=row.result, row=row.facts())
        self.rows[plan.item.key] = row
        self.options.progress(len(self.rows), len(self.items), self.journal.ledger.committed, row.result)

    # --- Ending ------------------------------------------------------------------------------------------------------

    def _outcome(self, stopped: AgsiteError | None, *, pending: bool) -> Outcome:
        for item in self.items:
            self.rows.setdefault(item.key, Row(item.question, "planned"))
        rows = tuple(self.rows[item.key] for item in self.items)
        ledger = self.journal.ledger
        bad = any(row.result in {"rejected", "declined", "failed", "unknown"} for row in rows)
        code = stopped.exit_code if stopped else 5 if pending else 1 if bad else 0
        lost = [key for key in ledger.unknown if key in ledger.planned]
        if lost:
            self.notes.append(f"{len(lost)} calls may have been paid for without an answer; they count at their worst")
        return Outcome(
            rows,
            ledger.committed,
            self.cap,
            self.journal.name,
            tuple(self.notes),
            str(stopped) if stopped else None,
            code,
        )


def _with_batches(journal: Journal) -> str | None:
    """Return the newest run that has batches under way, if there is one."""
    under_way = {"intended", "created"}
    names = (n for n, run in journal.earlier.items() if any(b["state"] in under_way for b in run.batches.values()))
    return max(names, default=None)


def _finish(futures: set[Future[None]]) -> None:
    """Wait for all; the first that fails for more than its own question ends the waiting."""
    left = futures
    while left:
        done, left = wait(left, timeout=0.5, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()


def _item_key(item: Item) -> str:
    return f"question:{item.key}"


def _sources(plan: Plan) -> tuple[tuple[str, int], ...]:
    return tuple((str(hit.id), hit.percent) for hit in plan.hits)


def _holds(path: Path, id: str) -> bool:
    """Say whether a file is the answer of this id, as one that was written just before the run was interrupted is."""
    text = files.read_text(path) or ""
    return f"\nid: {id}\n" in text
