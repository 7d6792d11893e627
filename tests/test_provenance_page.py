"""A page says how its answer was made, whatever a file claims, and shows nothing of it as more than text."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agsite import answerfile, markup, papers
from agsite.archive import Entry, build_archive
from agsite.build import Options, plan, read
from agsite.config import Config
from agsite.ids import PaperId
from agsite.pages.answers import answer_page
from agsite.pages.facts import Facts
from agsite.pages.overview import Overview
from agsite.pages.provenance import Made, made, supports
from agsite.records import Answer, Paper, Source
from agsite.render import Renderer

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


Shown = Callable[..., dict[str, str]]


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    """What the page of an answer in a file says: its notice, and its section on how it was made, without tags."""

    def show(*args: Any, **kwargs: Any) -> dict[str, str]:
        answer = planned(*args, **kwargs)[1].answer
        (tmp_path / "a.md").write_text(answerfile.dumps(answer, "md", "a.md"), encoding="utf-8")
        (tmp_path / "p.jsonl").write_text(
            papers.dumps([Paper(id=PAPER, title="T", abstract=ABSTRACT)]), encoding="utf-8"
        )
        options = Options(answers=(str(tmp_path / "a.md"),), papers=(str(tmp_path / "p.jsonl"),))
        site = plan(options, Config(), read(options, Config()))
        every = (page for section in site.sections for page in section.pages(Facts(site.overview)))
        html = Renderer(site.look).render(next(page for page in every if page.url == "ask/a/")).decode()
        parts = {"made": r'<section [^>]*id="made">(.*?)</section>', "notice": r'<p class="notice">(.*?)</p>'}
        found = {name: re.search(pattern, html, re.DOTALL) for name, pattern in parts.items()}
        return {
            name: " ".join(re.sub("<[^>]*>", " ", match[1]).split()) if match else "" for name, match in found.items()
        }

    return show


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


def test_a_sentence_rests_on_passages_that_are_shown_alone(shown: Shown):
    seen = {"sentence": 1, "paper": str(PAPER), "text": "Grains stick."}
    unseen = [{**seen, "sentence": 2, "paper": "AG-2024.01-9"}, {**seen, "sentence": 9}]
    made = shown({"evidence": [seen, *unseen], "coverage": {"substantive": 2}})["made"]
    assert "Of 2 sentences that claim something, 1 rest on passages shown above." in made


def test_headings_and_a_few_words_claim_nothing():
    few = f"These are only five words.\n\nThese here are just six words.\n\nSo [{PAPER}]."
    body = f"## A heading that has more than six words\n\n{few}"
    assert page({"mode": "direct"}, body=body).how.claiming == 2


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


def test_what_a_file_plainly_says_of_its_making_is_shown_and_nothing_else():
    sources = [{"abstract": True}, {"abstract": False}, {"abstract": False}, {"abstract": "yes"}, "x"]
    plain = page(
        {
            "answered_at": "2026-05-02T23:59:00Z",
            "mode": "batch",
            "prompt": {"version": "3", "sha256": "0123456789abcdef"},
            "usage": {"input": 5, "cache_write": 20, "cache_read": 300, "output": 7},
            "retrieval": {"sources": sources},
            "cost_usd": 0.01234,
        }
    ).how
    assert (plain.at, plain.batch, plain.prompt_digest) == ("2026-05-02", True, "0123456789ab")
    assert (plain.read, plain.written, plain.cost) == (325, 7, "$0.0123")
    assert (plain.with_abstract, plain.title_only) == (1, 2)
    odd = page({"mode": "x", "follow_ups_repaired": 1, "usage": {"output": -7}, "cost_usd": 1_000_000}).how
    assert (odd.batch, odd.repaired, odd.written, odd.cost) == (False, False, 0, "")


def test_a_text_that_was_changed_by_hand_says_so():
    same = hashlib.sha256(BODY.strip().encode()).hexdigest()
    assert [page({"body_sha256": digest}).how.edited for digest in ("0" * 64, same, "")] == [True, False, False]


def test_who_reviewed_an_answer_is_said_once_it_was_accepted(shown: Shown):
    assert shown({"mode": "direct"}, {"status": "accepted", "by": "A Reader"})["made"].startswith(
        "How this answer was made Reviewed by A Reader."
    )
    for status in ("pending", "Accepted", "approved", None, ["accepted"]):
        assert "Reviewed by" not in shown({"mode": "direct"}, {"status": status, "by": "A Reader"})["made"]


@pytest.mark.parametrize(
    ("review", "words"),
    [
        ({"status": "pending"}, "No one has reviewed this answer yet."),
        (None, "No one has reviewed this answer yet."),
        ({"status": "accepted"}, "No one has accepted this answer yet."),
        ({"status": "accepted", "by": " "}, "No one has accepted this answer yet."),
        ({"status": "Accepted", "by": "A Reader"}, "No one has accepted this answer yet."),
        ({"status": "approved", "by": "A Reader"}, "No one has accepted this answer yet."),
        ({"saw": "the second claim"}, "No one has accepted this answer yet."),
        ({"status": "rejected", "by": "A Reader"}, "A reviewer has rejected this answer."),
    ],
)
def test_a_generated_answer_that_nobody_accepted_says_so(shown: Shown, review: Any, words: str):
    assert shown({"mode": "direct"}, review)["made"].startswith(f"How this answer was made {words} Made from titles")


def test_a_second_call_for_follow_ups_is_told_of(shown: Shown):
    assert "asked for in a second call" in shown({"mode": "batch", "follow_ups_repaired": True})["made"]
    assert "second call" not in shown({"mode": "batch"})["made"]


def test_a_review_is_shown_of_an_answer_of_which_nothing_else_is_recorded(shown: Shown):
    assert shown(None, {"status": "pending"})["made"] == "Review No one has reviewed this answer yet."
    assert shown(None, {"status": "accepted", "by": "A Reader"})["made"] == "Review Reviewed by A Reader."
    assert shown(None, None)["made"] == ""
    assert shown(None, {"who": "A Reader", "saw": "two claims"})["made"] == ""


def test_how_answers_are_made_promises_no_more_than_their_pages_say():
    text = (Path(__file__).parents[1] / "site_src/pages/about/how.md").read_text(encoding="utf-8")
    assert "reviews the file before it is published" not in text
    assert "more often than whole papers" not in text
    assert "who accepted it, that a reviewer rejected it, or that no one has reviewed or accepted it yet" in text


def test_a_published_answer_that_was_rejected_says_so_at_the_top(shown: Shown):
    assert shown({"mode": "direct"}, {"status": "rejected"})["notice"] == "A reviewer has rejected this answer."
    assert shown({"mode": "direct"}, {"status": "pending"})["notice"] == ""
