"""The machine-readable side: JSON and Markdown beside each page, and the whole archive as lines of JSON."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from agsite import answerfile
from agsite.archive import Archive, Entry, PaperEntry
from agsite.encoding import to_json
from agsite.markup import plain_text
from agsite.pages.facts import Facts
from agsite.pages.overview import coverage
from agsite.pages.page import AnswerRow
from agsite.pages.provenance import Made


def answer_markdown(entry: Entry) -> str:
    """The answer as its canonical file."""
    return answerfile.canonical(entry.answer)


def answer_json(facts: Facts, entry: Entry, made: Made, related: Iterable[AnswerRow]) -> dict[str, Any]:
    """The answer as `/ask/<id>/index.json` publishes it; absent values are null or empty, never missing."""
    answer = entry.answer
    citing = entry.body.alone(attrgetter("groups"))
    texts = {leaf.sentences[0].anchor: plain_text(leaf.text, leaf.sentences, ids=True) for leaf in citing}
    counted = coverage(entry)
    return {
        "id": entry.id,
        "question": answer.question,
        "model": answer.model,
        "date": answer.date.isoformat(),
        "status": answer.status,
        "category": entry.category,
        "body": answer.body,
        "note": answer.note,
        "sources": [
            {
                "id": facts.canonical[source.id],
                "category": source.category,
                "title": source.title,
                "similarity": source.similarity,
                "cited": facts.canonical[source.id] in entry.numbers,
            }
            for source in answer.sources
        ],
        "citations": [
            {
                "paper_id": facts.canonical[citation.paper],
                "sentence": texts.get(citation.anchor, ""),
                "anchor": f"s-{citation.anchor}",
                "listed": facts.canonical[citation.paper] in entry.listed,
                "line": citation.line,
                "column": citation.column,
            }
            for citation in entry.citations
        ],
        "follow_ups": [
            {
                "question": question,
                "answers": [found.id for found in facts.answers_to(question)],
            }
            for question in answer.follow_ups
        ],
        "related": [row.id for row in related],
        "coverage": {
            "sentences": counted.sentences,
            "cited": counted.cited,
            "gaps": counted.gaps,
            "sources_used": counted.used,
            "quotations": made.quotes,
            "quotations_found": made.quotes_found,
            "numbers": made.numbers,
            "numbers_found": made.numbers_found,
        },
        "provenance": answer.provenance,
        "review": answer.review,
    }


def paper_json(paper: PaperEntry) -> dict[str, Any]:
    """The paper as `/paper/<AG-ID>/index.json` and a line of `/data/papers.jsonl` publish it."""
    record = paper.metadata
    return {
        "id": paper.id,
        "title": paper.title,
        "category": paper.category,
        "authors": [author.name for author in record.authors],
        "abstract": record.abstract,
        "arxiv_id": record.arxiv_id,
        "doi": record.doi,
        "published": record.published,
        "cited_in": [
            {"answer": context.entry.id, "sentences": [f"s-{anchor}" for anchor in context.anchors]}
            for context in paper.contexts
        ],
        "retrieved_in": [{"answer": found.entry.id, "similarity": found.similarity} for found in paper.retrieved],
    }


def line(facts: Any) -> bytes:
    """Facts as a line of JSON."""
    return to_json(facts) + b"\n"


def lines(objects: Iterable[Any]) -> bytes:
    """Objects as lines of JSON; as bytes, for as a string the whole archive would take twice the memory or more."""
    text = io.BytesIO()
    for facts in objects:
        text.write(line(facts))
    return text.getvalue()


def citation_lines(archive: Archive) -> Iterator[dict[str, Any]]:
    """Every citation that counts: which answer cites which paper in which sentence."""
    for entry in archive.live:
        for citation in entry.citations:
            paper = archive.canonical[citation.paper]
            yield {
                "answer": entry.id,
                "paper": paper,
                "anchor": f"s-{citation.anchor}",
                "listed": paper in entry.listed,
            }
