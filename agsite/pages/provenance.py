"""How an answer was made, as its page says it: what was searched, asked, checked and reviewed, what backs each claim.

Provenance comes from a file that anybody may have written, so a fact is shown only where it has the type it should.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from agsite import urls
from agsite.archive import Entry
from agsite.evidence import claiming, count_backed, read_claims, verify
from agsite.pages.facts import Facts
from agsite.records import body_digest
from agsite.review import Verdict, read_review


class Support(NamedTuple):
    """What a cited sentence rests on: words of a paper."""

    anchor: int
    paper: str
    url: str
    text: str


class How(NamedTuple):
    """How a generated answer was made; what the file does not say is empty or 0."""

    at: str
    origin: str
    parent: str
    batch: bool
    repaired: bool
    """The follow-ups come from a second call."""
    prompt: str
    prompt_digest: str
    searched: int
    method: str
    with_abstract: int
    title_only: int
    claiming: int
    backed: int
    cost: str
    read: int
    written: int
    warnings: tuple[str, ...]
    edited: bool
    """The text is not the one that was made."""


class Made(NamedTuple):
    """What is known of an answer's making, and what was looked up in the papers it cites."""

    quotes: int
    quotes_found: int
    numbers: int
    numbers_found: int
    how: How | None
    review: Verdict | None
    reviewer: str


def made(facts: Facts, entry: Entry) -> Made:
    """Gather what an answer's page says of how it was made."""
    found = verify(entry.body, facts.abstracts(entry.cited))
    review = read_review(entry.answer)
    return Made(
        quotes=len(found.quotes),
        quotes_found=found.quotes_found,
        numbers=len(found.numbers),
        numbers_found=found.numbers_found,
        how=_how(entry, supports(facts, entry)) if entry.answer.provenance else None,
        review=review.verdict if review else None,
        reviewer=review.by if review else "",
    )


def supports(facts: Facts, entry: Entry) -> dict[int, list[Support]]:
    """Return the evidence of sentences by anchor; evidence for papers that it does not cite is left out."""
    found: dict[int, list[Support]] = {}
    root = urls.to_root(urls.answer(entry.id))
    for claim in read_claims(entry.answer.provenance)[0]:
        paper = facts.spelt(claim.paper)
        if paper in entry.cited:
            address = root + urls.paper(paper)
            support = Support(claim.sentence, paper, address, claim.text)
            found.setdefault(claim.sentence, []).append(support)
    return found


def _how(entry: Entry, shown: Collection[int]) -> How:
    """Gather how an answer was made; `shown` are the sentences beside which its page shows evidence."""
    facts = entry.answer.provenance or {}
    retrieval, usage = _mapping(facts, "retrieval"), _mapping(facts, "usage")
    sources = [source for source in _items(retrieval, "sources") if isinstance(source, Mapping)]
    digest = _text(facts, "body_sha256")
    claims = claiming(entry.body)
    return How(
        at=_date(_text(facts, "answered_at")[:10]) or entry.answer.date.isoformat(),
        origin=_text(facts, "origin"),
        parent=_text(facts, "parent"),
        batch=facts.get("mode") == "batch",
        repaired=facts.get("follow_ups_repaired") is True,
        prompt=_text(_mapping(facts, "prompt"), "version"),
        prompt_digest=_text(_mapping(facts, "prompt"), "sha256")[:12],
        searched=_number(_mapping(facts, "corpus"), "papers"),
        method=_text(retrieval, "method"),
        with_abstract=sum(source.get("abstract") is True for source in sources),
        title_only=sum(source.get("abstract") is False for source in sources),
        claiming=len(claims),
        backed=count_backed(claims, shown),
        cost=_dollars(facts.get("cost_usd")),
        read=_number(usage, "input") + _number(usage, "cache_write") + _number(usage, "cache_read"),
        written=_number(usage, "output"),
        warnings=tuple(_warnings(facts)),
        edited=bool(digest) and digest != body_digest(entry.answer.body),
    )


def _warnings(facts: Mapping[str, Any]) -> Iterable[str]:
    for warning in _items(facts, "warnings"):
        if isinstance(warning, Mapping) and _text(warning, "message"):
            yield _text(warning, "message")


def _mapping(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = values.get(name)
    return value if isinstance(value, Mapping) else {}


def _items(values: Mapping[str, Any], name: str) -> Iterable[Any]:
    value = values.get(name)
    return value if isinstance(value, list | tuple) else ()


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _dollars(value: Any) -> str:
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1_000_000
    return f"${value:.4f}" if known else ""
