"""The questions of a run in batches: handed in, or what came back is made answers of, or cancelled."""

from __future__ import annotations

import time

from agsite.generate.answering import Answering
from agsite.generate.asked import Asked
from agsite.generate.planning import Plan
from agsite.llm import Batches, Collected

_ASK_AGAIN = "what the batch brought no reply to is asked for again in another one with: agsite pregenerate"
_WITHOUT_BATCH = "(and without --batch one by one, at the full price)"


class Batching:
    """Does with batches what a run was asked to do; `notes` gets what is to be said of them."""

    def __init__(self, batches: Batches, answering: Answering, asked: Asked, notes: list[str]) -> None:
        self.options = answering.options
        self.journal = answering.journal
        self.batches = batches
        self.answering = answering
        self.asked = asked
        self.notes = notes

    def do(self, plans: list[Plan]) -> None:
        """Hand in, fetch or cancel."""
        if self.options.batch != "submit" and not self.journal.ledger.in_batches and not self._is_brought(plans):
            self.notes.append("no batch is under way")
        if self.options.batch == "cancel":
            self.notes += self.batches.cancel()
        elif self.options.batch == "submit":
            self._submit(plans)
        else:
            self._use(self._collect(), plans)

    def _is_brought(self, plans: list[Plan]) -> bool:
        """Say whether replies are to be used that batches brought before a run stopped."""
        return self.options.batch == "collect" and any(self.asked.is_bought(plan.request.key) for plan in plans)

    def _submit(self, plans: list[Plan]) -> None:
        """Hand in what is not settled, under way, or bought already."""
        # A batch that never arrived keeps nothing from being handed in.
        self.batches.adopt()
        fresh = [plan for plan in plans if not self.answering.settled(plan) and not self.answering.refused(plan)]
        for plan in fresh:
            self.answering.caller.make_way(plan.request.key)
        self.answering.answer_all([*filter(self.answering.has_reply, fresh)])
        try:
            self.batches.submit([plan.request for plan in fresh])
        finally:
            self.notes += map(self.batches.told, self.batches.handed_in)

    def _collect(self) -> Collected:
        """Fetch what batches brought, as often as it is waited for."""
        try:
            collected = self.batches.collect()
            while collected.pending and self.options.wait is not None:
                time.sleep(self.options.wait)
                collected = collected._replace(pending=()).with_(self.batches.collect())
        except Exception:
            raise
        except BaseException:
            # Only waiting was interrupted: whoever looks next goes on, and other runs may begin.
            self.journal.append("end", reason="nobody waits for it any more")
            raise
        self.notes += collected.pending
        return collected

    def _use(self, collected: Collected, plans: list[Plan]) -> None:
        """Make answers of what was fetched, and enter why there is no reply to the others."""
        failed, lost = dict(collected.failed), dict(collected.lost)
        self.notes += collected.notes
        if failed:
            # --resume takes up the newest run.
            how = "--resume" if self.journal.name > (self.journal.newest or "") else "QUESTION…"
            self.notes.append(f"{_ASK_AGAIN} {how} --batch submit {_WITHOUT_BATCH}")
        for plan in plans:
            key = plan.request.key
            if self.answering.has_reply(plan):
                continue
            if key in failed:
                self.answering.failed(plan, failed[key])
            elif key in lost:
                self.answering.lost(plan, lost[key])
        # Last, for the calls for follow-ups may stop the run.
        self.answering.answer_all([*filter(self.answering.has_reply, plans)])
