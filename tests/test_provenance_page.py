"""A page says how its answer was made, whatever a file claims, and shows nothing of it as more than text."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest

from agsite import markup
from agsite.archive import Entry, build_archive
from agsite.config import Config
from agsite.ids import PaperId
from agsite.pages.answers import answer_page
from agsite.pages.facts import Facts
from agsite.pages.overview import Overview
from agsite.pages.provenance import Made, made, supports
from agsite.records import Answer, Paper, Source

PAPER = PaperId.parse("AG-2025.01-101")
BODY = f"Grains stick [{PAPER}].\n\nThey “stick at speeds up to four metres” at 60% [{PAPER}].\n"
ABSTRACT = "Grains stick. They stick at speeds up to four metres per second above 60%."


def planned(provenance: Any = None, review: Any = None, body: str = BODY) -> tuple[Facts, Entry]:
    answer = Answer(
        id="a", question="Why?", model="m", date=dt.date(2026, 5, 3), body=body.strip(),
        sources=(Source(id=PAPER, category="hep-ph", title="T", similarity=60),), provenance=provenance, review=review,
    )  # fmt: skip
    archive = build_archive(
        [(answer, markup.read(answer.body), "a.md")], [Paper(id=PAPER, title="T", abstract=ABSTRACT)]
    )
    return Facts(Overview(archive, Config())), archive.entries[0]


def page(*args: Any, **kwargs: Any) -> Made:
    return made(*planned(*args, **kwargs))


def test_quotations_and_numbers_are_counted_for_every_answer():
    found = page()
    assert (found.quotes, found.quotes_found, found.numbers, found.numbers_found) == (1, 1, 1, 1)
    assert found.how is None


def test_evidence_stands_beside_the_paragraph_it_belongs_to():
    entry = {"sentence": 2, "paper": str(PAPER), "first": 2, "last": 2, "text": "They stick."}
    found = supports(*planned({"evidence": [entry]}))
    assert list(found) == [2]
    assert [(s.anchor, s.paper, s.text) for s in found[2]] == [(2, PAPER, "They stick.")]
    facts, answer = planned({"evidence": [entry]})
    assert [len(item.supports) for item in answer_page(facts, answer).blocks] == [0, 1]


def test_evidence_of_a_paper_that_the_answer_does_not_cite_is_not_shown():
    entry = {"sentence": 1, "paper": "AG-2024.01-9", "text": "Something."}
    assert supports(*planned({"evidence": [entry]})) == {}


@pytest.mark.parametrize(
    "value", [None, "x", 5, -1, 1.5, True, [], [1], {}, {"a": {"b": []}}, "\ud800", float("1e300")]
)
def test_provenance_of_any_shape_makes_a_page(value: Any):
    names = (
        "agsite answered_at origin parent depth mode prompt corpus retrieval evidence coverage usage cost_usd "
        "body_sha256 warnings"
    )
    found = page(dict.fromkeys(names.split(), value), {"status": value, "by": value})
    assert found.how is not None
    assert found.how.at == "2026-05-03"
    nested = {"prompt": {"version": value}, "retrieval": {"sources": value}, "coverage": {"substantive": value}}
    assert page({**nested, "usage": {"input": value}, "warnings": [value, {"message": value}]}).how is not None


def test_a_text_that_was_changed_by_hand_says_so():
    same = hashlib.sha256(BODY.strip().encode()).hexdigest()
    assert [page({"body_sha256": digest}).how.edited for digest in ("0" * 64, same, "")] == [True, False, False]


def test_who_reviewed_an_answer_is_said_once_it_was_accepted():
    assert page({"mode": "direct"}, {"status": "accepted", "by": "A Reader"}).reviewer == "A Reader"
    assert page({"mode": "direct"}, {"status": "pending", "by": "A Reader"}).reviewer == ""
    assert page({"mode": "direct"}, {"status": "pending"}).pending
