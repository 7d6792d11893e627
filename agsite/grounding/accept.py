"""A reply is accepted or it is not: what it says, what forbids to publish it, what a reviewer should look at."""

from __future__ import annotations

from typing import NamedTuple

from agsite.grounding import rules
from agsite.grounding.compose import Request
from agsite.grounding.draft import Draft, read_draft
from agsite.grounding.followups import check_follow_ups, read_repair
from agsite.grounding.reply import NoReply, Reply, read_reply
from agsite.grounding.rules import Metrics, Remark
from agsite.near_duplicates import KnownQuestions
from agsite.suspects import suspects


class Judged(NamedTuple):
    """A reply with everything that is to be said about it; without a draft there was nothing to read."""

    reply: Reply | None
    draft: Draft | None
    metrics: Metrics | None
    blocks: tuple[Remark, ...]
    warnings: tuple[Remark, ...] = ()

    @property
    def accepted(self) -> bool:
        """Nothing forbids to write it."""
        return not self.blocks

    @property
    def needs_follow_ups(self) -> bool:
        """Only the follow-ups are wrong, which a second call can mend."""
        return bool(self.blocks) and {remark.rule for remark in self.blocks} == {"B8"}


def judge(request: Request, raw: bytes, known: KnownQuestions) -> Judged:
    """Judge the bytes of a reply; `known` are the questions that the archive has."""
    reply: Reply | None = None
    try:
        reply = read_reply(raw)
        draft = read_draft(request, reply)
    except NoReply as error:
        return Judged(reply, None, None, (_unreadable(reply, error),))
    return _judged(request, reply, draft, known)


def mend(request: Request, judged: Judged, raw: bytes, known: KnownQuestions) -> Judged:
    """Judge again with the follow-ups of a second reply."""
    assert judged.reply is not None  # noqa: S101 - a reply without a draft needs no follow-ups
    assert judged.draft is not None  # noqa: S101
    try:
        repair = read_reply(raw)
    except NoReply as error:
        return judged._replace(blocks=(Remark("B8", f"the second reply cannot be used: {error}"),))
    cut = next(rules.stopped(repair), None)
    if cut is not None:
        return judged._replace(blocks=(Remark("B8", f"for the follow-ups, {cut.message}"),))
    return _judged(request, judged.reply, judged.draft._replace(follow_ups=read_repair(repair.text)), known)


def _judged(request: Request, reply: Reply, draft: Draft, known: KnownQuestions) -> Judged:
    metrics = rules.measure(draft)
    blocks = list(rules.blocks(request, reply, draft, metrics))
    problems = check_follow_ups(draft.follow_ups, request.question, known)
    blocks += [Remark("B8", problem) for problem in (*problems, *rules.faults_of_follow_ups(request, draft))]
    warnings = tuple(rules.warnings(request, reply, draft, metrics))
    return Judged(reply, draft, metrics, *(tuple(dict.fromkeys(map(_told, found))) for found in (blocks, warnings)))


def _told(remark: Remark) -> Remark:
    """Return a remark that ends before what looks like a key in what it quotes."""
    offsets = [suspect.offset for suspect in suspects(remark.message) if suspect.code == "AG142"]
    return remark._replace(message=f"{remark.message[: offsets[0]]}[…]") if offsets else remark


def _unreadable(reply: Reply | None, error: NoReply) -> Remark:
    """Say of a reply that was stopped that it was, rather than what is missing for that reason."""
    cut = next(rules.stopped(reply), None) if reply is not None else None
    return cut or Remark("B0", f"{error}")
