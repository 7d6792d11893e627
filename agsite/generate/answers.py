"""An accepted reply becomes an answer file that says how it was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from agsite import __version__, answerfile
from agsite.errors import AgsiteError
from agsite.generate.planning import Plan
from agsite.grounding import Judged, Remark, Usage, cited_papers
from agsite.ids import PaperKey, file_stem, made_id
from agsite.records import Answer, Source, body_digest


class Call(NamedTuple):
    """What is known of the call that brought a reply; `usage` and `cost` are with those of a second one."""

    at: str
    mode: str
    usage: Usage | None
    cost: Decimal
    request_id: str
    batch: str | None = None
    repaired: bool = False


class Circumstances(NamedTuple):
    """What all answers of a run have in common."""

    prompt: Mapping[str, str]
    corpus: Mapping[str, Any]
    price_date: str
    sdk: str
    api_version: str


def make_answer(plan: Plan, judged: Judged, call: Call, run: Circumstances, thin: Iterable[bool]) -> Answer:
    """Return the answer that an accepted reply is."""
    assert judged.draft is not None  # noqa: S101 - it was accepted
    assert judged.reply is not None  # noqa: S101
    passages = plan.request.papers
    return Answer(
        id=made_id(plan.request.key),
        question=plan.item.question,
        model=judged.reply.model,
        date=dt.datetime.fromisoformat(call.at).date(),
        body=judged.draft.text,
        sources=tuple(
            Source(id=hit.id, category=passages[hit.id].category, title=passages[hit.id].title, similarity=hit.percent)
            for hit in plan.hits
            if hit.id in passages
        ),
        follow_ups=judged.draft.follow_ups,
        provenance=_provenance(plan, judged, call, run, thin),
        review={"status": "pending"},
    )


def _provenance(plan: Plan, judged: Judged, call: Call, run: Circumstances, thin: Iterable[bool]) -> dict[str, Any]:
    request, draft, reply, metrics = plan.request, judged.draft, judged.reply, judged.metrics
    assert draft is not None and reply is not None and metrics is not None  # noqa: S101, PT018
    cited = {paper.key for paper in cited_papers(draft)}
    facts: dict[str, Any] = {
        "agsite": __version__,
        "answered_at": call.at,
        "origin": plan.item.origin,
        "parent": plan.item.parent,
        "asked_by": list(plan.item.asked_by) or None,
        "depth": plan.item.depth,
        "model_requested": request.params["model"],
        "mode": call.mode,
        "batch": call.batch,
        "prompt": dict(run.prompt),
        "citations": request.mode,
        "corpus": dict(run.corpus),
        "retrieval": _retrieval(plan, cited),
        "evidence": [
            {"sentence": c.sentence, "paper": str(c.paper), "first": c.first, "last": c.last, "text": c.text}
            for c in sorted(draft.claims)
        ],
        "coverage": {**metrics._asdict(), "part": metrics.coverage},
        "follow_ups": [
            {"question": text, "thin": is_thin} for text, is_thin in zip(draft.follow_ups, thin, strict=True)
        ],
        "follow_ups_repaired": call.repaired or None,
        "usage": call.usage._asdict() if call.usage else None,
        "cost_usd": round(float(call.cost), 6),
        "prices_of": run.price_date,
        "request_id": call.request_id or None,
        "message_id": reply.id,
        "stop_reason": reply.stop_reason,
        "sdk": run.sdk,
        "api_version": run.api_version,
        "journal_key": request.key,
        "body_sha256": body_digest(draft.text),
        "warnings": [remark._asdict() for remark in judged.warnings],
        "supersedes": plan.supersedes,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _retrieval(plan: Plan, cited: set[PaperKey]) -> dict[str, Any]:
    passages = plan.request.papers
    return {
        "method": plan.hits[0].method,
        "sources": [
            {
                "id": str(hit.id),
                "rank": hit.rank,
                "score": round(hit.score, 4),
                "percent": hit.percent,
                "abstract": passages[hit.id].has_abstract,
                "cited": hit.id.key in cited,
            }
            for hit in plan.hits
            if hit.id in passages
        ],
    }


def file_names(answer: Answer) -> tuple[str, str]:
    """Return the name that an answer's file should have, and the one it gets where that is taken."""
    stem = file_stem(answer.question)
    return f"{stem}.md", f"{stem}-{answer.id}.md"


def write_text(answer: Answer, name: str) -> tuple[str | None, tuple[Remark, ...]]:
    """Return the text of an answer's file, or None and why `agsite check` would refuse it."""
    try:
        return answerfile.dumps(answer, "md", name), ()
    except (AgsiteError, ValueError) as error:
        return None, (Remark("B11", str(error)),)
