"""The page of an answer: what stands beside a paragraph, how gaps and unlisted papers show, what lies around."""

from __future__ import annotations

import dataclasses

import pytest

from agsite.config import Config
from agsite.pages import repository
from agsite.pages.answers import AnswerPage, answer_page
from agsite.pages.facts import Facts
from agsite.pages.overview import Overview
from tests.archives import answer_text, archive

SOURCES = """
AG-2025.03-1 hep-ph 61 First
AG-2025.03-2 hep-ph 52 Second
AG-2025.03-3 hep-ex 47 Third
"""


def page(
    body: str = "One [AG-2025.03-1].", others: dict[str, str] | None = None, question: str = "Why?", **more
) -> AnswerPage:
    """The page of an answer to a question, in an archive with others."""
    files = {"a.md": answer_text(question, body, sources=more.pop("sources", SOURCES), **more)} | (others or {})
    plan = Overview(archive(files), Config())
    return answer_page(Facts(plan), next(entry for entry in plan.archive.entries if entry.id == "a"))


def margins(body: str) -> list[list[tuple[int, bool]] | None]:
    """For each block, the numbers beside it and whether they stand there again."""
    return [block.evidence and [(e.number, e.again) for e in block.evidence] for block in page(body).blocks]


def test_a_source_stands_in_full_where_it_is_first_mentioned_and_on_one_line_later():
    assert margins("One [AG-2025.03-1].\n\nTwo [AG-2025.03-2, AG-2025.03-1].") == [
        [(1, False)],
        [(2, False), (1, True)],
    ]


def test_a_paragraph_without_a_source_says_so():
    assert [block.evidence for block in page("Nothing.").blocks] == [()]


def test_headings_formulas_rules_code_and_lists_of_one_line_have_no_margin():
    body = "## A heading\n\n$$x = 1$$\n\n---\n\n```\ncode\n```\n\n- One line [AG-2025.03-1]."
    assert [block.evidence for block in page(body).blocks] == [None] * 5


def test_longer_lists_quotations_and_tables_have_one():
    body = "- One [AG-2025.03-1].\n- Two.\n\n> Quoted [AG-2025.03-2].\n\n| a |\n|---|\n| b [AG-2025.03-3] |"
    assert [[e.number for e in block.evidence or ()] for block in page(body).blocks] == [[1], [2], [3]]


def test_a_paragraph_that_begins_with_a_gap_is_a_gap_and_needs_no_source():
    (block,) = page("The archive has no study of this. More would help.").blocks
    assert (block.gap, block.names_gap, block.evidence) == (True, False, None)


def test_a_gap_further_on_is_named_beside_the_paragraph():
    (block,) = page("A claim [AG-2025.03-1]. The archive has no study of this.").blocks
    assert (block.gap, block.names_gap) == (False, True)
    assert [e.number for e in block.evidence or ()] == [1]


def test_a_paragraph_that_begins_with_a_gap_and_cites_is_not_all_a_gap():
    (block,) = page("The archive has no study of this. A claim [AG-2025.03-1].").blocks
    assert (block.gap, block.names_gap) == (False, True)
    assert [e.number for e in block.evidence or ()] == [1]


def test_a_paragraph_without_a_gap_names_none():
    (block,) = page("A claim [AG-2025.03-1]. Another one.").blocks
    assert (block.gap, block.names_gap) == (False, False)


def test_a_text_without_a_sentence_has_no_description():
    assert page("```\ncode\n```").head.description == ""


def test_a_source_row_counts_the_answers_that_cite_the_paper():
    others = {f"{n}.md": answer_text(f"How {n}?", "So [AG-2025.03-1].", sources=SOURCES) for n in "bc"}
    rows = page("One [AG-2025.03-1]. Two [AG-2025.03-2]. None [AG-2020.01-9].", others).sources
    assert [(row.paper, row.answers) for row in rows] == [
        ("AG-2025.03-1", 3),
        ("AG-2025.03-2", 1),
        ("AG-2025.03-3", 0),
        ("AG-2020.01-9", 1),
    ]


def test_a_source_row_says_what_the_answer_lists_and_else_what_the_archive_knows():
    others = {
        "b.md": answer_text("How?", "So.", sources="AG-2025.03-1 hep-th 40 Otherwise\nAG-2020.01-9 hep-lat 30 Ninth")
    }
    rows = page("One [AG-2025.03-1]. None [AG-2020.01-9]. Nobody [AG-2020.01-8].", others).sources
    assert [(row.paper, row.title, row.category, row.similarity) for row in rows] == [
        ("AG-2025.03-1", "First", "hep-ph", 61),
        ("AG-2025.03-2", "Second", "hep-ph", 52),
        ("AG-2025.03-3", "Third", "hep-ex", 47),
        ("AG-2020.01-9", "Ninth", "hep-lat", None),
        ("AG-2020.01-8", None, None, None),
    ]


def test_only_what_has_no_answer_can_be_answered():
    files = {
        "a.md": answer_text("Why?", "One.", follow_ups=("How?", "Is this open?")),
        "b.md": answer_text("How?", "So.", follow_ups=("Is this open?",)),
    }
    plan = Overview(archive(files), Config(repository="https://example.org/owner/name"))
    shown = answer_page(Facts(plan), next(entry for entry in plan.archive.entries if entry.id == "a"))
    answered, still_open = shown.follow_ups
    assert ([row.id for row in answered.answers], answered.answer_this) == (["b"], None)
    assert (still_open.answers, still_open.askers) == ((), 2)
    assert still_open.answer_this.startswith("https://example.org/owner/name/new/")
    assert [follow_up.answer_this for follow_up in page(follow_ups=("Is this open?",)).follow_ups] == [None]


def test_sources_stand_by_number_then_the_unused_then_the_unlisted():
    rows = page("Two [AG-2025.03-3]. One [AG-2025.03-1]. None [AG-2020.01-9].").sources
    assert [(row.number, row.paper, row.listed) for row in rows] == [
        (1, "AG-2025.03-3", True),
        (2, "AG-2025.03-1", True),
        (0, "AG-2025.03-2", True),
        (0, "AG-2020.01-9", False),
    ]


def test_a_source_row_leads_back_to_each_sentence_once():
    rows = page("One [AG-2025.03-1] and again [AG-2025.03-1]. Two [AG-2025.03-1].").sources
    assert rows[0].anchors == (1, 2)


def test_a_variant_of_an_id_gets_the_number_and_the_page_of_its_paper():
    marks = dict(page("One [AG-2025.03-001].").marks)
    assert (marks["AG-2025.03-001"].number, marks["AG-2025.03-001"].title) == (1, "First")


def test_a_first_heading_that_repeats_the_question_is_left_out_of_text_and_axis():
    shown = page("# why\n\nOne.\n\n## Because of a reason\n\n" + "A sentence of some length. " * 9)
    assert [block.block.kind for block in shown.blocks] == ["p", "h", "p"]
    assert [title for _, title, _ in shown.plate.ticks] == ["Because of a reason"]


def test_a_first_paragraph_that_repeats_the_question_stays():
    assert [block.block.kind for block in page("Why?\n\nOne.").blocks] == ["p", "p"]


def test_titles_on_the_axis_are_plain_and_cut_at_a_word():
    long = (
        "A heading with **bold** words that goes on for much longer than the axis has any room for it, "
        + "on and on " * 12
    )
    shown = page(f"One.\n\n## {long}\n\n" + "A sentence of some length. " * 9)
    ((_, title, _),) = shown.plate.ticks
    assert title.startswith("A heading with bold words")
    assert title.endswith("…")
    assert long.replace("*", "").startswith(title[:-1])
    assert long.replace("*", "")[len(title) - 1] == " "


def test_the_record_says_when_there_are_no_sources():
    shown = page("One.", sources="")
    assert (shown.coverage.sources, shown.years, shown.sources) == (0, (), ())


def test_years_are_those_of_the_listed_papers():
    assert page(sources="AG-2024.01-1 hep-ph 61 A\nAG-2026.01-1 hep-ph 60 B").years == ("2024", "2026")
    assert page().years == ("2025",)


def test_an_answered_follow_up_shows_its_answers_and_an_open_one_how_many_ask():
    others = {
        "b.md": answer_text("Answered?", "Yes."),
        "c.md": answer_text("Else?", "No.", follow_ups=("Open?",)),
    }
    answered, open_ = page(others=others, follow_ups=("Answered?", "Open?")).follow_ups
    assert [row.id for row in answered.answers] == ["b"]
    assert (open_.answers, open_.askers) == ((), 2)


def test_an_answer_does_not_offer_its_own_question_as_open():
    asks = page(question="What is it?", follow_ups=("what is it", "Open?")).follow_ups
    assert [follow_up.question for follow_up in asks] == ["Open?"]


def test_who_asked_is_shown_three_at_once():
    others = {f"b{n}.md": answer_text(f"Question {n}?", "Text.", follow_ups=("Why?",)) for n in range(5)}
    shown = page(others=others)
    assert (len(shown.asked_by), len(shown.asked_more), shown.asked_rest) == (3, 2, 0)


def test_a_page_does_not_grow_with_those_who_ask_its_question():
    others = {f"b{n:02}.md": answer_text(f"Question {n}?", "Text.", follow_ups=("Why?",)) for n in range(40)}
    shown = page(others=others)
    assert (len(shown.asked_by), len(shown.asked_more), shown.asked_rest) == (3, 24, 13)


def test_other_answers_to_the_question_stand_beside_this_one():
    others = {"b.md": answer_text("why", "Two [AG-2025.03-1] and [AG-2025.03-2].", sources=SOURCES, date="2026-04-01")}
    shown = page(others=others)
    assert [(row.id, common) for row, common in shown.same_question] == [("b", 1)]
    assert shown.row.id == "a"


def test_who_asks_a_question_is_gathered_once_for_all_pages():
    others = {f"b{n}.md": answer_text(f"Question {n}?", "Text.", follow_ups=("Why?",)) for n in range(3)}
    plan = Overview(archive({"a.md": answer_text("Why?", "Text."), **others}), Config())
    assert plan.askers("why") is plan.askers("why")
    assert len(plan.askers("why")) == 3


def test_an_unrelated_answer_leaves_the_page_as_it_is():
    other = {"z.md": answer_text("Something else?", "Else [AG-2026.01-7].", sources="AG-2026.01-7 cs.LG 50 Else")}
    assert page() == page(others=other)


def test_a_withdrawn_answer_is_not_for_search_engines():
    shown = page(more="status: withdrawn")
    assert (shown.status, shown.head.indexed) == ("withdrawn", False)


def test_the_description_is_the_first_sentence_that_cites():
    assert page("Preamble. A claim [AG-2025.03-1]. Another.").head.description == "A claim."


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("answers/a.md", "https://example.org/soup/edit/main/answers/a.md"),
        ("./.answers/a b.md", "https://example.org/soup/edit/main/.answers/a%20b.md"),
        ("../answers/a.md", None),
        ("/srv/answers/a.md", None),
    ],
)
def test_a_file_is_edited_where_it_lies_in_the_repository(path: str, address: str | None):
    config = Config(repository="https://example.org/soup/")
    entry = dataclasses.replace(archive({"a.md": answer_text("Why?", "One.")}).entries[0], path=path)
    assert repository.edit_url(config, entry) == address
    assert repository.report_url(config, entry)


def test_a_formula_on_the_axis_is_read_out():
    shown = page("Because.\n\n## Where $x^2 \\to \\infty$ and on\n\nText. " + "More text. " * 20)
    assert [title for _, title, _ in shown.plate.ticks] == ["Where x^2→∞ and on"]
