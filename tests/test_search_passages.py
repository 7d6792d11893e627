"""The passage that an excerpt shows: most different words, closest together, first; cut between words."""

from __future__ import annotations

import pytest

from agsite.search import find
from agsite.search.passages import Asked, passage
from tests.archives import answer_text, archive
from tests.searching import indexed

FILLER = " ".join(["Nothing of use is said in this sentence."] * 8)


def shown(text: str, *terms: str, starts: tuple[str, ...] = (), room: int = 100) -> str:
    """The passage with its marks in brackets."""
    pieces = passage(text, Asked(frozenset(terms), starts), room)
    return "".join(f"<{piece}>" if mark else piece for piece, mark in pieces)


def test_a_text_that_has_room_is_shown_whole():
    assert shown("The Muons decay.", "muon") == "The <Muons> decay."
    assert shown("", "muon") == ""


def test_a_text_without_the_words_shows_its_beginning():
    found = shown(FILLER, "muon")
    assert (
        found == "Nothing of use is said in this sentence. Nothing of use is said in this sentence. Nothing of use is…"
    )
    assert len(found) <= 101


def test_it_begins_with_the_sentence_where_that_is_near():
    assert shown(f"{FILLER} Here a muon decays. {FILLER}", "muon").startswith("…Here a <muon> decays. Nothing")


def test_it_begins_some_words_before_where_the_sentence_is_far():
    text = f"{FILLER} And so, after many a word that leads to nothing, the muon decays. {FILLER}"
    assert shown(text, "muon").startswith("…leads to nothing, the <muon> decays. Nothing")


def test_more_different_words_win_over_the_same_word_again():
    text = f"Muon, muon, muon. {FILLER} A muon and a pion. {FILLER}"
    assert "<muon> and a <pion>" in shown(text, "muon", "pion")


def test_of_equals_the_one_with_its_words_closest_together_wins():
    text = f"A muon is here and there a pion. {FILLER} The muon pion. {FILLER}"
    assert "The <muon> <pion>." in shown(text, "muon", "pion")


def test_of_equals_the_first_wins():
    assert shown(f"A muon comes first. {FILLER} A muon again.", "muon").startswith("A <muon> comes first.")


def test_the_end_of_a_text_fills_the_room_from_before():
    found = shown(f"{FILLER} One muon.", "muon")
    assert found.startswith("…")
    assert found.endswith("this sentence. One <muon>.")
    assert 80 < len(found) <= 103


def test_a_word_longer_than_the_room_is_cut():
    assert shown("x" * 300, "muon") == "x" * 100 + "…"


def test_beginnings_are_marked_as_whole_words():
    assert shown("Supercurrents meet a superconductor.", starts=("supercond",)) == (
        "Supercurrents meet a <superconductor>."
    )


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("muon", ["muons"]),
        ("muo*", ["muons"]),
        ("muons*", ["muons"]),
        ("muom~", ["muons"]),
        ('"muons decay"', ["muons", "decay"]),
    ],
)
def test_what_a_query_finds_far_down_is_in_its_excerpt(query: str, marked: list[str]):
    body = f"{FILLER}\n\nAt last **the muons** decay [AG-2026.01-1].\n\n{FILLER}"
    with indexed(archive({"a.md": answer_text("Why?", body, sources="AG-2026.01-1 hep-ph 60 A title")})) as searcher:
        excerpt = next(hit for hit in find(searcher, query).hits if hit.kind == "answer").excerpt
    assert [text for text, mark in excerpt if mark] == marked
    assert "At last the muons decay. Nothing" in "".join(text for text, _ in excerpt)


def test_what_a_query_does_not_want_is_not_marked():
    with indexed(archive({"a.md": answer_text("Why?", "A muon, no pion.")})) as searcher:
        excerpt = find(searcher, "muon OR (NOT pion)").hits[0].excerpt
    assert [text for text, mark in excerpt if mark] == ["muon"]
