"""Ids are types: verbatim, ordered by what they mean, and strict about what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite.ids import PAPER_ID, PaperId, answer_id, file_stem, is_answer_id, question_key, slug


def test_papers_are_ordered_by_year_month_and_number():
    spelt = ["AG-2026.01-1031", "AG-2026.01-735", "AG-2025.12-9", "AG-2026.01-0735"]
    assert sorted(map(PaperId.parse, spelt)) == ["AG-2025.12-9", "AG-2026.01-0735", "AG-2026.01-735", "AG-2026.01-1031"]


def test_zero_padding_does_not_make_another_paper():
    assert PaperId("AG-2024.03-003").key == PaperId("AG-2024.03-3").key
    assert PaperId("AG-2024.03-003") != PaperId("AG-2024.03-3")


@pytest.mark.parametrize(
    "text",
    [
        "AG-2024.13-1",
        "AG-2024.00-1",
        "ag-2024.01-1",
        "AG-2024.1-1",
        "AG-2024.01-",
        "AG-2024.01-1234567",
        "AG–2024.01-1",
    ],
)
def test_what_is_almost_an_id_is_none(text):
    with pytest.raises(ValueError, match="is not a paper id"):
        PaperId.parse(text)


@pytest.mark.parametrize(
    "text", ["xAG-2024.01-1", "AG-2024.01-1a", "AG-2024.01-1_", "www.AG-2024.01-1", "AG-2024.01-٣"]
)
def test_an_id_is_found_only_as_a_whole_word(text):
    assert not PAPER_ID.search(text)


@given(st.integers(1000, 9999), st.integers(1, 12), st.integers(0, 999_999))
def test_an_id_keeps_its_spelling_and_tells_its_month(year, month, number):
    text = f"AG-{year}.{month:02d}-{number:03d}"
    paper = PaperId.parse(text)
    assert (str(paper), paper.key, paper.month) == (text, (year, month, number), f"{year}-{month:02d}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Does it hold?", "does  it hold"),
        ("Is “this” so?", 'Is "this" so?'),
        ("A model's space — why?", "A model’s space – why"),
        ("Is it so ?", "Is it so?"),
        ("Why doesn´t it hold?", "Why doesn't it hold?"),  # noqa: RUF001
        ("Is ″this″ so?", 'Is "this" so?'),
        ("لماذا؟", "لماذا"),
        ("Ինչու՞", "Ինչու"),
        ("Γιατί;", "Γιατί"),
        ("Γιατί\u037e", "Γιατί"),
        ("为什么？", "为什么"),  # noqa: RUF001
    ],
)
def test_questions_that_differ_in_dress_only_are_the_same(one, other):
    assert question_key(one) == question_key(other)


def test_questions_that_differ_in_a_word_are_not_the_same():
    assert question_key("Does it hold for jets?") != question_key("Does it hold for muons?")


@given(st.text())
def test_the_normal_form_of_a_question_is_its_own_normal_form(text):
    assert question_key(question_key(text)) == question_key(text)


def test_an_answer_is_called_after_its_file():
    assert answer_id("000_00298ab36adef874") == "000-00298ab36adef874"
    assert is_answer_id("000-00298ab36adef874")


@pytest.mark.parametrize("text", ["page", "index", "-x", "", "a" * 81, "Ä", "a/b", "constructor"])
def test_some_names_cannot_be_addresses(text):
    assert not is_answer_id(text)


def test_a_slug_is_cut_at_a_word():
    assert slug("What does a background teach a detector?", 20) == "what-does-a"
    assert slug("Größe & Σ") == "groe"


@given(st.text())
def test_a_slug_is_ascii_or_nothing(text):
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("question", "stem"),
    [
        ("Does a made-up effect survive a change of detector?", "does-a-made-up-effect-survive-a-change-of-detector"),
        ("Où naît l’étoile ?", "ou-nait-letoile"),
        ("Как дела?", "n1nstygt26"),
        ("Почему H2O синее?", "h2o-0nt8vbxmol"),
        ("page?", "page-83oeljm86s"),
        ("Why β, and what is γ for?", "why-and-what-is-for"),  # noqa: RUF001
    ],
)
def test_a_file_is_named_after_its_question_for_good(question: str, stem: str):
    assert file_stem(question) == stem
    assert file_stem(f" {question.lower()}".replace("?", "")) == stem


@given(st.text(min_size=1).filter(question_key))
def test_any_question_can_name_a_file(question: str):
    assert is_answer_id(file_stem(question))
