"""The archive links answers, papers and questions both ways, whatever order its files come in."""

from __future__ import annotations

import random

import pytest

from agsite.archive import Context, build_archive
from agsite.ids import PaperId, question_key
from agsite.pages.twins import citation_lines
from agsite.records import Author, Paper
from tests.archives import answer_text, archive, reading

SOURCES = "AG-2024.01-1 hep-ph 61 One study\nAG-2024.02-22 hep-ex 58 Another study"

FILES = {
    "jets.md": answer_text(
        "Do jets remember?",
        "They do, it seems [AG-2024.01-1]. Nobody knows why.\n\nLater [AG-2024.01-1] was confirmed [AG-2024.02-22].",
        sources=SOURCES,
        follow_ups=("Do muons remember?", "For how long?"),
    ),
    "muons.md": answer_text(
        "Do muons  remember ?",
        "Not at all [AG-2024.01-001], and see [AG-2025.07-9].",
        date="2026-06-01",
        sources="AG-2024.01-001 hep-ph 50 One study, revised",
        follow_ups=("For how long?", "Do jets remember?"),
    ),
    "muons-again.md": answer_text("Do muons remember?", "Perhaps [AG-2024.02-22].", date="2026-07-01", sources=SOURCES),
}


def sentences(context: Context) -> tuple[str, ...]:
    """The sentences of a context as Markdown."""
    found = context.entry.body.citing()
    return tuple(leaf.text[s.start : s.end] for leaf, s in found if s.anchor in context.anchors)


def test_a_paper_knows_the_sentences_that_cite_it():
    paper = archive(FILES).papers[PaperId("AG-2024.01-1")]
    assert [(c.entry.id, c.anchors, sentences(c)) for c in paper.contexts] == [
        ("muons", (1,), ("Not at all [AG-2024.01-001], and see [AG-2025.07-9].",)),
        (
            "jets",
            (1, 2),
            ("They do, it seems [AG-2024.01-1].", "Later [AG-2024.01-1] was confirmed [AG-2024.02-22]."),
        ),
    ]


def test_zero_padded_variants_are_one_paper_as_the_oldest_answer_spells_it():
    built = archive(FILES)
    assert built.canonical["AG-2024.01-1"] == built.canonical["AG-2024.01-001"] == "AG-2024.01-1"
    assert built.papers[built.canonical["AG-2024.01-1"]].spellings == ("AG-2024.01-001", "AG-2024.01-1")


def test_the_newest_answer_says_what_a_paper_is_called_and_the_others_are_named():
    paper = archive(FILES).papers[PaperId("AG-2024.01-1")]
    assert paper.title == "One study"
    assert paper.titles == (("One study, revised", "muons"),)


def test_a_cited_paper_that_is_not_listed_is_a_paper_all_the_same():
    built = archive(FILES)
    paper = built.papers[PaperId("AG-2025.07-9")]
    assert (paper.title, paper.category, paper.retrieved) == (None, None, ())
    muons = next(entry for entry in built.entries if entry.id == "muons")
    assert muons.unlisted == ("AG-2025.07-9",)
    assert "AG-2025.07-9" not in muons.numbers


def test_a_source_that_is_never_cited_was_retrieved_all_the_same():
    paper = archive(FILES).papers[PaperId("AG-2024.01-1")]
    assert [(found.entry.id, found.similarity, found.cited) for found in paper.retrieved] == [
        ("muons-again", 61, False),
        ("muons", 50, True),
        ("jets", 61, True),
    ]


def test_numbers_follow_the_first_appearance_in_the_text():
    jets = next(entry for entry in archive(FILES).entries if entry.id == "jets")
    assert {paper: jets.numbers[paper] for paper in ("AG-2024.01-1", "AG-2024.02-22")} == {
        "AG-2024.01-1": 1,
        "AG-2024.02-22": 2,
    }


def test_a_follow_up_finds_all_answers_to_its_question_newest_first():
    found = archive(FILES).by_question[question_key("do muons remember")]
    assert [entry.id for entry in found] == ["muons-again", "muons"]


def test_an_open_question_names_everyone_who_asks_it():
    (question,) = archive(FILES).open_questions
    assert (question.text, [entry.id for entry in question.askers]) == ("For how long?", ["muons", "jets"])


def test_citations_keep_their_line_and_column():
    jets = next(entry for entry in archive(FILES).entries if entry.id == "jets")
    body = jets.answer.body.split("\n")
    assert [body[c.line - 1][c.column - 1 :].startswith(c.paper) for c in jets.citations] == [True, True, True]
    assert [c.anchor for c in jets.citations] == [1, 2, 2]


def test_citations_in_quotes_lists_and_tables_have_their_line_and_column():
    body = (
        "> A quote\n> of [AG-2024.01-1].\n\n- One\n  and [AG-2024.01-1]\n\n"
        "| a | b |\n|---|---|\n| `x\\|y` | x \\| y [AG-2024.01-1] |\n"
    )
    (entry,) = archive({"soup.md": answer_text("Is it?", body, sources=SOURCES)}).entries
    lines = entry.answer.body.split("\n")
    assert [lines[c.line - 1][c.column - 1 :].startswith(c.paper) for c in entry.citations] == [True, True, True]


def test_the_order_of_the_files_does_not_matter():
    readings = [reading(name, text) for name, text in FILES.items()]
    expected = build_archive(readings)
    for seed in range(6):
        shuffled = random.Random(seed).sample(readings, len(readings))
        assert build_archive(shuffled) == expected


def test_a_withdrawn_answer_stays_but_counts_for_nothing():
    files = FILES | {"jets.md": FILES["jets.md"].replace("date:", "status: withdrawn\ndate:", 1)}
    built = archive(files)
    assert "jets" in {entry.id for entry in built.entries}
    assert {context.entry.id for context in built.papers[built.canonical["AG-2024.01-1"]].contexts} == {"muons"}
    assert question_key("Do jets remember?") not in built.by_question
    assert "jets" not in {line["answer"] for line in citation_lines(built)}
    assert "muons" in {line["answer"] for line in citation_lines(built)}


def test_a_draft_is_left_out_unless_asked_for():
    files = FILES | {"jets.md": FILES["jets.md"].replace("date:", "status: draft\ndate:", 1)}
    assert "jets" not in {entry.id for entry in archive(files).entries}
    assert "jets" in {entry.id for entry in archive(files, drafts=True).entries}


def test_imported_metadata_join_the_paper_whatever_the_padding():
    record = Paper(id=PaperId("AG-2024.01-0001"), title="One study (v2)", authors=(Author(family="Oda", given="Mei"),))
    paper = archive(FILES, (record,)).papers[PaperId("AG-2024.01-0001")]
    assert (paper.id, paper.record, paper.title) == ("AG-2024.01-0001", record, "One study")


def test_the_first_category_of_its_metadata_is_that_of_a_paper_to_which_no_source_gives_one():
    record = Paper(id=PaperId("AG-2025.07-9"), title="Nine", categories=("hep-ex", "cs.LG"))
    assert archive(FILES, [record]).papers[PaperId("AG-2025.07-9")].category == "hep-ex"


def test_open_questions_come_with_the_most_asked_first_then_the_one_that_waits_longest():
    files = {
        "a.md": answer_text("A?", "Text.", follow_ups=("Late?", "Often?"), date="2026-05-02"),
        "b.md": answer_text("B?", "Text.", follow_ups=("Often?", "Early?"), date="2026-05-01"),
    }
    assert [question.text for question in archive(files).open_questions] == ["Often?", "Early?", "Late?"]


def test_metadata_of_a_paper_that_nobody_names_make_no_paper():
    record = Paper(id=PaperId("AG-2020.01-1"), title="Unread")
    assert PaperId("AG-2020.01-1") not in archive(FILES, (record,)).papers


@pytest.mark.parametrize(("sources", "category"), [("", None), (SOURCES, "hep-ph")])
def test_an_answer_belongs_to_the_category_of_most_of_its_cited_papers(sources, category):
    built = archive({"a.md": answer_text("Why?", "So [AG-2024.01-1]." if sources else "So.", sources=sources)})
    assert built.entries[0].category == category
