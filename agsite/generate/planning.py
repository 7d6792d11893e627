"""A question becomes a request: the papers for it, or why there are too few, and the exact words that are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from agsite import papers
from agsite.counted import counted
from agsite.generate.questions import Item
from agsite.grounding import Asking, Passage, Request, TooLargeError, compose, passage
from agsite.ids import PaperId
from agsite.records import Paper
from agsite.search import Retrieval, Retrieved, Retriever

LEAST_PASSAGES = 3
_NO_PAPERS = ("there are no papers to answer from; import them with `agsite papers import`",)


class Plan(NamedTuple):
    """What is to be asked about a question."""

    item: Item
    hits: tuple[Retrieved, ...]
    request: Request
    supersedes: str | None = None
    corpus: Mapping[str, Any] | None = None
    """The papers that it was chosen from, where that was kept."""
    remark: str = ""
    """What is to be said of a request that was bought before papers changed."""


class Declined(NamedTuple):
    """A question that nothing is asked about, and why."""

    item: Item
    hits: tuple[Retrieved, ...]
    reasons: tuple[str, ...]


class Planner:
    """Finds papers for questions and composes requests; `corpus` names the papers that it chose from."""

    def __init__(self, records: Iterable[Paper], retriever: Retriever, asking: Asking) -> None:
        known = [record for record in records if record.title]
        self.records = {record.id.key: record for record in known}
        self.corpus = {"papers": len(known), "sha256": hashlib.sha256(papers.dumps(known).encode()).hexdigest()}
        self.retriever = retriever
        self.asking = asking

    def plan(self, item: Item, *, again: int = 0, supersedes: str | None = None) -> Plan | Declined:
        """Return what is to be done about a question."""
        found = self.retriever.retrieve(item.question)
        passages = tuple(passage(self.records[hit.id.key]) for hit in found.hits if hit.id.key in self.records)
        reasons = _too_thin(found, passages) if self.records else _NO_PAPERS
        if reasons:
            return Declined(item, found.hits, reasons)
        try:
            request = compose(self.asking, item.question, passages, parent=item.parent, again=again)
        except TooLargeError as error:
            return Declined(item, found.hits, (error.message,))
        return Plan(item, found.hits, request, supersedes, self.corpus)

    def is_thin(self, question: str) -> bool:
        """Say whether the papers could not answer a question."""
        return self.retriever.retrieve(question).thin


def _too_thin(found: Retrieval, passages: tuple[Passage, ...]) -> tuple[str, ...]:
    if found.thin:
        return found.reasons
    if not any(passage.has_abstract for passage in passages):
        return ("no abstract of the papers found is known; import them with `agsite papers import`",)
    if len(passages) < LEAST_PASSAGES:
        return (f"only {counted(len(passages), 'paper was', 'papers were')} found",)
    return ()


# --- On disk ---------------------------------------------------------------------------------------------------------


def stored(plan: Plan) -> dict[str, Any]:
    """Return a plan as the journal keeps it."""
    request = plan.request
    return {
        "item": plan.item._asdict(),
        "hits": [hit._asdict() for hit in plan.hits],
        "params": request.params,
        "mode": request.mode,
        "passages": [shown._asdict() for shown in request.passages],
        "supersedes": plan.supersedes,
        "corpus": plan.corpus,
    }


def restored(key: str, value: dict[str, Any]) -> Plan:
    """Return the plan that the journal kept under a key."""
    item = restored_item(value["item"])
    hits = tuple(Retrieved(**{**hit, "id": PaperId.parse(hit["id"])}) for hit in value["hits"])
    passages = tuple(
        Passage(**{**shown, "paper": PaperId.parse(shown["paper"]), "sentences": tuple(shown["sentences"])})
        for shown in value["passages"]
    )
    request = Request(key, value["params"], value["mode"], item.question, passages)
    return Plan(item, hits, request, value["supersedes"], value.get("corpus"))


def restored_item(value: dict[str, Any]) -> Item:
    """Return an item from what the journal kept of it."""
    return Item(**{**value, "asked_by": tuple(value["asked_by"])})
