"""Checks say what is wrong, in which file, line and column, and how to mend it; and nothing where nothing is wrong."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite import checks, corpus, markup, papers
from agsite.answerfile import Reading, parse
from agsite.archive import build_archive
from agsite.checks import citations, foreign, links, markdown, tables
from agsite.findings import Finding
from agsite.ids import PaperId
from agsite.records import Paper
from tests.counting import grows_with_its_input
from tests.strategies import page

ROOT = Path(__file__).parents[1]
SEEDS = ROOT.parent / "shared" / "seeds"
TODAY = dt.date(2026, 6, 1)

FIELDS = {
    "question": "question: Does a spoon change the sound of soup?",
    "model": "model: claude-haiku-4-5",
    "date": "date: 2026-05-03",
    "sources": "sources:\n  - {id: AG-2025.03-1234, category: hep-ph, title: Soup and Spoons, similarity: 61}",
    "follow_ups": "follow_ups:\n  - Does the pot matter?\n  - How slow is too slow?\n  - Is a ladle a spoon?",
}


def answer(body: str = "It does [AG-2025.03-1234].", path: str = "answers/soup.md", **fields: str) -> Reading:
    """An answer with which nothing is wrong, but for what is given."""
    return read(answer_text(body, **fields), path)


def answer_text(body: str = "It does [AG-2025.03-1234].", **fields: str) -> str:
    lines = FIELDS | {key: f"{key}: {value}" for key, value in fields.items()}
    return "\n".join(["---", *lines.values(), "---", body, ""])


def read(text: str, path: str) -> Reading:
    parsed = parse(text.encode(), path)
    assert parsed.answer is not None, parsed.findings
    return Reading(parsed.answer, markup.read(parsed.answer.body), path, parsed.origin)


def check(*readings: Reading, metadata: tuple[Paper, ...] = ()) -> tuple[Finding, ...]:
    archive = build_archive(((r.answer, r.body, r.path) for r in readings), metadata)
    return checks.check(readings, archive, TODAY)


def codes(*readings: Reading) -> list[str]:
    return [finding.code for finding in check(*readings)]


def only(*readings: Reading, metadata: tuple[Paper, ...] = ()) -> Finding:
    (finding,) = check(*readings, metadata=metadata)
    return finding


_IDS = "AG-2025.03-1 [AG-2025.03-1] [AG-2025.03-1,AG-2025.03-2] (AG-2025.03-1) ag-2025.03-1 AG2025.3-1 `AG-2025.3-1`"
_AROUND = [" ", "x", "> ", "- ", "\n", "\n\n", "$", "`", "| a |\n|-|\n", "AG 2025.03\N{EN DASH}1"]
_AROUND += [
    "AG-2025/03-1",
    "AG-2025.03- 1",
    "AG -\n2025 .03-1",
    "> AG-\n> 2025.03-1",
    "AG-2025.\u200b03-1",
    "AG-2025.03-1\u200b2",
    "[AG",
    "[AG-2025",
    "> [AG-2025.03-",
    "| [AG- |",
    "[AG-2025.03-1v2]",
    "[AG-202503-1]",
    "AG.2025.03-1",
    "[",
    "]",
]


@given(st.lists(st.sampled_from(_IDS.split() + _AROUND), min_size=1, max_size=9).map("".join))
def test_where_leaves_need_no_look_nothing_is_almost_an_id(body: str):
    reading = answer(f"x {body}")
    almost = list(citations._meant_as_ids(reading, ()))
    found = [finding for finding in citations.check(reading) if finding.code == "AG207"]
    assert [(f.line, f.column) for f in found] == [(f.line, f.column) for f in almost]


# --- Nothing is found where nothing is wrong --------------------------------------------------------------------------


def test_nothing_is_wrong_with_a_good_answer():
    assert check(answer()) == ()


def test_the_archives_own_answers_have_neither_errors_nor_warnings():
    found = corpus.read([str(ROOT / "answers")])
    archive = build_archive((r.answer, r.body, r.path) for r in found.readings)
    findings = (*found.findings, *checks.check(found.readings, archive, dt.date(2027, 1, 1)))
    assert [str(finding) for finding in findings if finding.severity != "note"] == []


@pytest.mark.skipif(not SEEDS.is_dir(), reason="needs the five real answers, which are not part of the repository")
def test_real_answers_have_neither_errors_nor_warnings():
    found = corpus.read([str(SEEDS)])
    archive = build_archive((r.answer, r.body, r.path) for r in found.readings)
    findings = (*found.findings, *checks.check(found.readings, archive, TODAY))
    assert [(finding.code, finding.line) for finding in findings] == [("AG306", 2)]


def test_every_finding_names_a_file_and_a_line():
    broken = answer(
        "A <b>spoon</b> [AG-2025.3-1] [AG-2025.03-9] [x](ftp://y) $\\nosuch$.",
        question="You are a `cook`",
        date="2027-01-01",
        sources="\n  - {id: AG-2025.03-77, category: soup, title: T}\n  - {id: AG-2025.03-077, title: U}",
        follow_ups="\n  - You are a `cook`\n  - You are a `cook`",
    )
    findings = check(broken)
    assert {finding.code for finding in findings} >= {
        *("AG201", "AG202", "AG205", "AG206", "AG207", "AG208", "AG209", "AG210"),
        *("AG301", "AG302", "AG306", "AG307", "AG308", "AG309"),
    }
    assert all(finding.path == "answers/soup.md" and finding.line > 0 and finding.column >= 0 for finding in findings)
    assert list(findings) == sorted(findings, key=lambda f: (f.path, f.line, f.column, f.code))


# --- Citations --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "side"),
    [
        ("It does [AG-2025.03-1234.", 10, "before"),
        ("It does [AG-2025.03-1234. So it does [AG-2025.03-1234].", 10, "before"),
        ("It does [AG-2025.03-1234) and [1].", 10, "before"),
        ("It does AG-2025.03-1234].", 9, "behind"),
        ("It [1] does (AG-2025.03-1234].", 14, "behind"),
        ("[AG-2025.03-1234", 2, "before"),
    ],
)
def test_half_a_bracket_at_an_id_is_told(text: str, column: int, side: str):
    finding = only(answer(text))
    assert (finding.code, finding.line, finding.column) == ("AG221", 12, column)
    assert finding.message == f"the bracket {side} AG-2025.03-1234 has no partner"


@pytest.mark.parametrize(
    "text",
    [
        "[see AG-2025.03-1234], [AG-2025.03-1234, p. 5] [[AG-2025.03-1234]]",
        "[see [1] and AG-2025.03-1234]",
        "AG-2025.03-1234 [1]",
        r"\[AG-2025.03-1234\]",
        "[AG-2025.03-1234,\nAG-2025.03-1234]",
        "Up to $(0, 1]$ [AG-2025.03-1234, AG-2025.03-1234].",
        "Up to (0, 1] in both [AG-2025.03-1234, AG-2025.03-1234].",
        "Up to `a]` [AG-2025.03-1234, AG-2025.03-1234].",
        "It does [AG-2025.03-1234, but see [notes](https://example.org) and AG-2025.03-1234].",
        "It does [AG-2025.03-1234 where $x$ is in $[0, 1)$].",
    ],
)
def test_brackets_with_a_partner_are_no_finding(text: str):
    assert codes(answer(text)) == []


def test_no_file_brings_more_findings_of_a_kind_than_anybody_reads():
    """The first ones are told, with the number of those left out; the severity stays, and so does the exit code."""
    found = check(answer("\n\n".join(["<i> It does [AG-2025.03-1234][^1]."] * 500)), answer(path="answers/stew.md"))
    assert Counter(finding.code for finding in found) == {"AG209": 20, "AG213": 20}
    assert [finding.message for finding in found if "more like this" in finding.message] == [
        "“<i>” is HTML, and is shown as text; and 480 more like this",
        "the footnote “[^1]” is shown as text; and 480 more like this",
    ]
    metadata = papers.loads("{\n" * 100, "papers/x.jsonl")[1]
    assert (len(metadata), metadata[-1].message.endswith("; and 80 more like this")) == (20, True)


def test_a_citation_that_is_not_listed_is_an_error_where_it_stands():
    finding = only(answer("It does [AG-2025.03-1234].\n\nAnd so [AG-2024.01-7] on."))
    assert str(finding) == "answers/soup.md:14:9: error AG201 cites AG-2024.01-7, which is not among the sources"
    assert finding.help == "Add it under the sources, or correct the id."


@pytest.mark.parametrize("cited", ["AG-2025.03-1235", "AG-2025.03-124", "AG-2025.03-12234", "AG-2025.03-1324"])
def test_a_citation_one_stroke_from_a_source_names_it(cited: str):
    finding = only(answer(f"It does [AG-2025.03-1234], see [{cited}]."))
    assert finding.help == f"AG-2025.03-1234 is listed: correct the id if you mean that paper, or list {cited} too."


def test_a_citation_in_a_quote_or_a_list_has_its_column():
    body = "[AG-2025.03-1234] is.\n\n> A quote\n> of [AG-2024.01-7].\n\n- a\n- b [AG-2024.01-8]\n"
    assert [(f.line, f.column) for f in check(answer(body))] == [(15, 7), (18, 6)]


def test_a_citation_in_a_table_has_its_column():
    body = (
        "[AG-2025.03-1234] is.\n\n| a | b |\n|---|---|\n| [AG-2024.01-7] | [AG-2024.01-7] |\n"
        "| `x\\|y` | `x\\|y` and [AG-2024.01-8] |\n> | AG-2024.01-9 | AG-2024.01-9 |\n> |---|---|\n"
    )
    assert [(f.line, f.column) for f in check(answer(body))] == [(16, 4), (16, 21), (17, 24), (18, 5), (18, 20)]


def test_a_citation_behind_bars_that_part_no_cells_has_its_column():
    body = "[AG-2025.03-1234] is.\n\nThe norm |x| of [AG-2024.01-7].\n\nSo |y|\nis | [AG-2024.01-8].\n"
    assert [(f.line, f.column) for f in check(answer(body))] == [(14, 18), (17, 7)]


def test_a_formula_on_lines_of_its_own_has_its_column():
    body = "It does [AG-2025.03-1234].\n\n  $$\\frac{a$$\n\n- so\n\n  $$\\frac{b$$\n"
    assert [(f.code, f.line, f.column) for f in check(answer(body))] == [("AG210", 14, 3), ("AG210", 18, 3)]


def test_a_citation_in_page_text_has_its_column_in_the_file():
    lines = [
        *("Antigravity Q&A", "Does it?", "Answered by m · 3 May 2026", "Answer"),
        *("A heading", "It does [AG-2025.03-1234].", "# On [AG-2024.01-7]", "Sources · 1"),
        *(
            "- 61%hep-phSoup and SpoonsAG-2025.03-1234",
            "Keep exploring",
            "- A?",
            "- B?",
            "- C?",
            "This is a research aid.",
        ),
    ]
    text = "\n".join(lines)
    assert [(f.code, f.line, f.column) for f in check(read(text, "answers/soup.txt")) if f.code == "AG201"] == [
        ("AG201", 7, 7)
    ]


def test_an_answer_that_cites_none_of_its_sources_is_told_once():
    finding = only(answer("It does."))
    assert str(finding) == "answers/soup.md:12: warning AG204 the text cites none of its sources"


def test_an_answer_without_sources_is_told_once():
    finding = only(answer("It does.", sources="[]"))
    assert (finding.code, finding.line) == ("AG203", 2)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[AG-2025.13-1234]", "“AG-2025.13-1234” is almost a paper id: there is no month 13"),
        ("[AG-2025.3-1234]", "“AG-2025.3-1234” is almost a paper id: the month 3 lacks a digit"),
        ("[AG-202.03-1234]", "“AG-202.03-1234” is almost a paper id: the year 202 lacks a digit"),
        ("[AG-02025.03-1234]", "“AG-02025.03-1234” is almost a paper id: the year 02025 has a digit too many"),
        ("[AG-2025.003-1234]", "“AG-2025.003-1234” is almost a paper id: the month 003 has a digit too many"),
        ("[ag-2025.03-1234]", "“ag-2025.03-1234” is almost a paper id: its letters are not the capitals A and G"),
        ("[AG2025.03-1234]", "“AG2025.03-1234” is almost a paper id: it does not read AG-YYYY.MM-N"),
        ("[AG_2025.03_123456]", "“AG_2025.03_123456” is almost a paper id: it does not read AG-YYYY.MM-N"),
        (
            "[AG–2025.03–1234]",
            "“AG–2025.03–1234” is almost a paper id: its marks are not a plain hyphen, a full stop and a hyphen",
        ),
        ("[AG-2025/03-1234]", "“AG-2025/03-1234” is almost a paper id: it does not read AG-YYYY.MM-N"),
        ("[AG/2025.12/1234]", "“AG/2025.12/1234” is almost a paper id: it does not read AG-YYYY.MM-N"),
        ("[AG- 2025.03-1234]", "“AG- 2025.03-1234” is almost a paper id: there is space in it"),
        ("[AG-2025. 03 -1234]", "“AG-2025. 03 -1234” is almost a paper id: there is space in it"),
        ("[AG-2025.03-\N{NO-BREAK SPACE}1234]", "“AG-2025.03- 1234” is almost a paper id: there is space in it"),
        ("[AG-2025.\n03-1234]", "“AG-2025. 03-1234” is almost a paper id: it goes over a line break"),
        (
            "[AG-2025.\u200b03-1234]",
            "“AG-2025.03-1234” is almost a paper id: U+200B (ZERO WIDTH SPACE) is in it and cannot be seen",
        ),
        (
            "[AG\u00ad-2025.03-1234]",
            "“AG-2025.03-1234” is almost a paper id: U+00AD (SOFT HYPHEN) is in it and cannot be seen",
        ),
        ("[AG-2025-03-1234]", "“AG-2025-03-1234” is almost a paper id: it does not read AG-YYYY.MM-N"),
        ("[AG-2025.03-1234v2]", "“AG-2025.03-1234v2” is almost a paper id: “v2” follows its number"),
        ("[AG-2025.03-1234a]", "“AG-2025.03-1234a” is almost a paper id: “a” follows its number"),
        ("[AG-202503-1234]", "“AG-202503-1234” is almost a paper id: it does not read AG-YYYY.MM-N"),
        ("[AG-2025.031234]", "“AG-2025.031234” is almost a paper id: it does not read AG-YYYY.MM-N"),
        ("[AG-25.03-1234]", "“AG-25.03-1234” is almost a paper id: the year 25 lacks 2 digits"),
        ("[AG-2O25.03-1234]", "“AG-2O25.03-1234” is almost a paper id: “O” in it is a letter and not a digit"),
        ("[AG-2025.03-I234]", "“AG-2025.03-I234” is almost a paper id: “I” in it is a letter and not a digit"),
        ("[AG.2025.03-1234]", "“AG.2025.03-1234” is almost a paper id: it does not read AG-YYYY.MM-N"),
        ("[AG-2025.03]", "“AG-2025.03” is almost a paper id: it does not read AG-YYYY.MM-N"),
        ("AG-2025.01-1234567", "“AG-2025.01-1234567” is almost a paper id: its number has more than six digits"),
    ],
)
def test_what_is_almost_an_id_is_told_with_its_fault(text: str, fault: str):
    finding = only(answer(f"It does [AG-2025.03-1234], {text}."))
    assert (finding.code, finding.message) == ("AG207", fault)
    assert finding.column == 28 + text.startswith("[")


@pytest.mark.parametrize(
    "id", ["AG-{}.01-12", "AG-2025.{}-12", "AG-2025.1-{}", "AG-2025.01-{}", "AG 2025.01 {}", "AG-{}"]
)
def test_what_is_almost_an_id_may_have_any_number_of_digits(id: str):
    finding = only(answer(f"It does [AG-2025.03-1234], [{id.format('1' * 9999)}]."))
    assert finding.code == "AG207"
    assert len(finding.message) < 200


@pytest.mark.parametrize(
    "text",
    [
        *("AG-2025.3-1234", "ag-2025.03-1234", "AG_2025.03_01234", "AG-2025.3-1235", "AG–2025.03–124"),
        *("[AG-2025.03-1234v2]", "[AG-2025.03-1234a]", "[AG-202503-1234]", "[AG-2025.031234]", "[AG-25.03-1234]"),
        *("[AG-2O25.03-1234]", "[AG-2025.03-I234]", "[AG.2025.03-1234]", "[see AG-2025.03-l234, p. 3]"),
        "[AG-2o25.o3-I234]",
    ],
)
def test_what_is_almost_a_listed_id_names_it(text: str):
    sources = source("AG-2025.03-12341") + source()
    assert only(answer(f"It does [AG-2025.03-1234], {text}.", sources=sources)).help == "Write [AG-2025.03-1234]."


def test_an_id_that_is_stuck_to_a_word_is_told():
    finding = only(answer("It does [AG-2025.03-1234], as soup doesAG-2025.03-1234."))
    assert finding.message == "“AG-2025.03-1234” is almost a paper id: no space stands before it"
    assert (finding.code, finding.column, finding.help) == ("AG207", 40, "Write [AG-2025.03-1234].")
    finding = only(answer("It does [AG-2025.03-1234] \U0001f469\u200d\U0001f373, as doesAG-2025.03-1234."))
    assert (finding.code, finding.column) == ("AG207", 39)


def test_a_good_id_beside_one_in_the_same_brackets_is_not_told():
    finding = only(answer("It does [AG-2025.03-1234, AG-2025.03-1234v2; p. 3]."))
    assert (finding.code, finding.column) == ("AG207", 27)


@pytest.mark.parametrize(
    "text",
    [
        "[AG Group] [AGN-2024] [AG-2] [AG-2024] [AG-Group 2024.04] [AG, 2024.04-12] [FLAG-2024.04]",
        "AG-2025.03-1234v2, AG-202503-1234, AG.2025.03-1234, [0, 1) AG-25.03-1234 and [AG-2025.03-1234]",
        "AG-25.03-1234 in (0, 1] of a TAG-2025.03-1234",
        "`[AG-202503-1234]` and $[AG-202503-1234]$ and [x](../AG-202503-1234)",
    ],
)
def test_in_other_words_and_outside_of_brackets_nothing_is_almost_an_id(text: str):
    assert [f for f in check(answer(f"It does [AG-2025.03-1234] {text}.")) if f.code == "AG207"] == []


def test_an_id_with_an_unseen_character_among_its_digits_is_not_taken_for_another():
    found = check(answer("It does [AG-2025.03-1234], [AG-2025.03-1\u200b234]."))
    assert [(f.code, f.help) for f in found if f.code == "AG207"] == [("AG207", "Write [AG-2025.03-1234].")]


def test_an_id_over_a_line_break_is_found_in_a_list_and_in_a_quote():
    body = "It does [AG-2025.03-1234].\n\n- It [AG-2025.\n  03-1234].\n\n> It [AG-\n> 2025.03-1234]."
    assert [(f.code, f.line, f.column) for f in check(answer(body))] == [("AG207", 14, 7), ("AG207", 17, 7)]


@pytest.mark.parametrize(("begun", "rest"), [("[AG-2025.", "03-1234]."), ("[AG-", "2025.03-1234].")])
def test_an_id_that_a_line_end_parts_in_page_text_is_told_where_it_begins(begun: str, rest: str):
    lines = ["It does [AG-2025.03-1234].", f"It does {begun}", rest]
    text = page(
        "Does it?", dt.date(2026, 5, 3), lines, ["- 61%hep-phSoup and SpoonsAG-2025.03-1234"], ["A?", "B?", "C?"]
    )
    finding = only(read(text, "answers/soup.txt"))
    assert (finding.code, finding.line, finding.column) == ("AG207", 6, 9)
    assert finding.message == f"“{begun}” begins a paper id, and the text ends there"


@pytest.mark.parametrize("begun", ["[AG", "[AG-", "[AG-2025", "[AG-2025.", "[AG-2025.03", "[AG-2025.03-"])
@pytest.mark.parametrize("text", ["It does {}", "- It does {}\n- More.", "> It does {}", "|It|\n|-|\n|{}|"])
def test_an_id_that_a_text_ends_in_is_told(begun: str, text: str):
    (finding,) = [finding for finding in check(answer(text.format(begun))) if finding.code == "AG207"]
    assert finding.message == f"“{begun}” begins a paper id, and the text ends there"


def test_what_is_almost_an_id_is_nothing_in_code_or_an_address():
    body = "It does [AG-2025.03-1234], `AG-2025.3-1`, https://x.org/AG-2025.3-1, $AG-2025.3-1$."
    assert check(answer(body)) == ()


def test_words_are_not_almost_ids():
    text = "at Ag 2024, in AG-2, FLAG-2024.1-3, stage 2024.5-6, by the AG 2024, 12-14 May, AG - 2025, ag 2024 / 05 / 6."
    assert check(answer(f"It does [AG-2025.03-1234] {text}")) == ()


@pytest.mark.parametrize("char", "\u00ad\u200b\u200d\u2060", ids=ascii)
def test_a_character_that_nobody_sees_is_nothing_outside_ids(char: str):
    ids = "[AG-2025.03-1234]{char}, [AG-2025.03-1234{char}] and [AG-2025.03-7]"
    assert check(answer(f"It{char} does {ids.format(char=char)}.", sources=source() + source("AG-2025.03-7"))) == ()


# --- Sources and papers -----------------------------------------------------------------------------------------------


def source(id: str = "AG-2025.03-1234", category: str = "hep-ph", title: str = "Soup and Spoons") -> str:
    return f"\n  - {{id: {id}, category: {category}, title: {title}}}"


def test_a_source_listed_twice_names_the_first():
    finding = only(answer(sources=source() + source()))
    assert (finding.code, finding.message) == ("AG202", "AG-2025.03-1234 is already listed in line 6")
    assert finding.line == 7
    spelling, twice = check(answer(sources=source() + source("AG-2025.03-01234")))
    assert (spelling.code, spelling.line) == ("AG206", 6)
    assert twice.message == "AG-2025.03-01234 is already listed in line 6, spelt AG-2025.03-1234"


def test_an_id_that_stands_at_two_titles_of_one_list_is_told_once():
    finding = only(answer(sources=source() + source(category="cs.LG", title="Pots")))
    assert (finding.code, finding.line) == ("AG202", 7)
    assert finding.help == "Their titles differ: correct the id of one of the two lines, or delete it."


def test_an_unknown_category_names_the_nearest():
    finding = only(answer(sources=source(category="hepph")))
    assert finding.message == "“hepph”, the category of AG-2025.03-1234, is not one of arXiv's"
    assert finding.help == "Did you mean “hep-ph”?"
    assert "mean" not in only(answer(sources=source(category="soup"))).help


def test_a_category_in_other_letters_names_the_one_that_is_meant():
    assert only(answer(sources=source(category="HEP-PH"))).help == "Did you mean “hep-ph”?"
    assert only(answer(sources=source(category="cs.lg"))).help == "Did you mean “cs.LG”?"


def test_one_paper_spelt_two_ways_is_told_in_each_file_that_spells_it_so():
    one = answer("It does [AG-2025.03-077] [AG-2025.03-077].", "answers/a.md", sources=source("AG-2025.03-077"))
    two = answer("It does [AG-2025.03-77].", "answers/b.md", sources=source("AG-2025.03-77"))
    assert [(f.code, f.path, f.message) for f in check(one, two)] == [
        ("AG206", "answers/b.md", "AG-2025.03-77 is spelt AG-2025.03-077 in answers/a.md")
    ]


def test_a_spelling_is_told_once_a_file_and_of_those_of_a_draft_the_padded_one_is_usual():
    body = "It does [AG-2025.03-77] [AG-2025.03-077].\n\nSo [AG-2025.03-77]."
    draft = answer(body, status="draft", sources=source("AG-2025.03-077"))
    assert only(draft).message == "AG-2025.03-77 is spelt AG-2025.03-077 in answers/soup.md"
    listed = answer(body, status="draft", sources=source("AG-2025.03-77") * 2)
    assert codes(listed) == ["AG206", "AG202"]


def test_a_citation_spelt_otherwise_than_its_source_is_told_where_it_stands():
    sources = source("AG-2025.03-077") + source("AG-2025.04-5")
    finding = only(answer("It is [AG-2025.03-077].\n\nIt does [AG-2025.03-77].", sources=sources))
    assert (finding.code, finding.line, finding.column) == ("AG206", 15, 10)
    assert finding.message == "AG-2025.03-77 is spelt AG-2025.03-077 in answers/soup.md"


def test_of_files_that_spell_a_paper_as_usual_the_first_is_named():
    as_usual = [answer("It does [AG-2025.03-077].", f"answers/{n}.md", sources=source("AG-2025.03-077")) for n in "bac"]
    other = answer("It does [AG-2025.03-77].", "answers/d.md", sources=source("AG-2025.03-77"))
    assert only(*as_usual, other).message == "AG-2025.03-77 is spelt AG-2025.03-077 in answers/a.md"


def test_the_bibliography_says_how_a_paper_is_spelt():
    one = answer("It does [AG-2025.03-077].", sources=source("AG-2025.03-077"))
    finding = only(one, metadata=(Paper(id=PaperId("AG-2025.03-77")),))
    assert finding.message == "AG-2025.03-077 is spelt AG-2025.03-77 in the bibliography"


def test_differing_titles_name_both_files_and_both_titles():
    old = answer(path="answers/a.md", date="2026-05-01", sources=source(title="Soup And Spoons"))
    new = answer(path="answers/b.md")
    finding = only(old, new)
    assert (finding.code, finding.path, finding.line) == ("AG401", "answers/a.md", 6)
    assert finding.message == (
        "AG-2025.03-1234 is called “Soup And Spoons” here and “Soup and Spoons” in answers/b.md:6"
    )
    archive = build_archive((r.answer, r.body, r.path) for r in (old, new))
    assert archive.papers[PaperId("AG-2025.03-1234")].title == "Soup and Spoons"


def test_the_title_of_a_withdrawn_answer_differs_from_what_is_shown():
    old = answer(path="answers/a.md", date="2026-05-01")
    gone = answer(path="answers/b.md", sources=source(title="Soup And Spoons"), status="withdrawn")
    finding = only(old, gone)
    assert (finding.code, finding.path) == ("AG401", "answers/b.md")


@pytest.mark.parametrize("title", ["{SOUP} and spoons", "Soup--and Spoons", "Soup and Spoons", None])
def test_a_bibliography_may_write_a_title_in_other_letters(title: str | None):
    assert check(answer(), metadata=(Paper(id=PaperId("AG-2025.03-1234"), title=title),)) == ()


def test_another_title_in_the_bibliography_is_told_where_the_shown_one_stands():
    old = answer(path="answers/a.md", date="2026-05-01", sources=source(title="Soup And Spoons"))
    record = Paper(id=PaperId("AG-2025.03-1234"), title="A Ladle")
    same = answer(path="answers/aa.md", date="2026-05-02")
    older, shown = check(old, same, answer(path="answers/b.md"), metadata=(record,))
    assert (older.code, older.path, shown.code, shown.path, shown.line) == (
        *("AG401", "answers/a.md"),
        *("AG401", "answers/b.md", 6),
    )
    assert shown.message == "AG-2025.03-1234 is called “Soup and Spoons” here and “A Ladle” in the bibliography"


def test_of_a_title_that_another_answer_and_the_bibliography_have_is_told_once():
    old = answer(path="answers/a.md", date="2026-05-01", sources=source(title="A Ladle"))
    record = Paper(id=PaperId("AG-2025.03-1234"), title="A {L}adle")
    assert only(old, answer(path="answers/b.md"), metadata=(record,)).path == "answers/a.md"


def test_differing_categories_name_both():
    old = answer(path="answers/a.md", date="2026-05-01", sources=source(category="hep-th"))
    finding = only(old, answer(path="answers/b.md"))
    assert finding.message == "AG-2025.03-1234 has the category “hep-th” here and “hep-ph” in answers/b.md:6"


@pytest.mark.parametrize("day", ["2026-05-01", "2026-05-09"])
def test_an_unknown_category_is_told_once_and_never_as_the_one_to_agree_with(day: str):
    unknown = answer(path="answers/a.md", date=day, sources=source(category="hepph"))
    finding = only(unknown, answer(path="answers/b.md"))
    assert (finding.code, finding.path) == ("AG205", "answers/a.md")


def test_of_answers_that_give_a_category_the_newest_counts():
    newest = answer(path="answers/a.md", date="2026-05-09", sources=source().replace("category: hep-ph, ", ""))
    newer = answer(path="answers/b.md", date="2026-05-08")
    old = answer(path="answers/c.md", date="2026-05-01", sources=source(category="hep-th"))
    found = [finding for finding in check(newest, newer, old) if finding.code == "AG402"]
    assert [finding.message for finding in found] == [
        "AG-2025.03-1234 has the category “hep-th” here and “hep-ph” in answers/b.md:6"
    ]


def test_a_draft_is_checked_and_never_says_what_a_paper_is_called():
    draft = answer(
        "So [AG-1999.01-1].", "answers/a.md", status="draft", date="2026-05-20", sources=source(title="Soups")
    )
    found = check(draft, answer(path="answers/b.md"))
    assert [(f.code, f.path) for f in found] == [("AG401", "answers/a.md"), ("AG201", "answers/a.md")]


# --- Text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    ["<b>", "</b>", "<script>", "<img src=x>", "<br/>", "<!-- x", "<DIV CLASS=a>", "<!DOCTYPE html>", "<details open>"],
)
def test_html_is_told_where_it_stands(html: str):
    finding = only(answer(f"It does [AG-2025.03-1234] {html}."))
    assert (finding.code, finding.line, finding.column) == ("AG209", 12, 27)


@pytest.mark.parametrize(
    "text", ["$a<b>c$", "`<b>`", "<https://x.org>", "<N>", "a<b and c>d", "\\<b>", "x < b > y", "<x@y.org>"]
)
def test_what_only_looks_like_html_is_not(text: str):
    assert check(answer(f"It does [AG-2025.03-1234] {text}.")) == ()


def test_a_refused_link_is_told_where_its_address_stands():
    finding = only(answer("It does [AG-2025.03-1234], [x](javascript:alert(1))."))
    assert (finding.code, finding.severity, finding.column) == ("AG208", "note", 32)
    assert finding.message == "the link to “javascript:alert(1)” is shown as text"
    finding = only(answer("It does [AG-2025.03-1234], <ftp://example.org/a>."))
    assert (finding.code, finding.column) == ("AG208", 29)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        *(("https://arxiv.org@evil.example/", "evil.example"), ("https://arxiv.org\\@evil.example", "evil.example")),
        *(("https://arxiv.org&#64;evil.example:80/", "evil.example:80"), ("https://a@[::1]/", "[::1]")),
        *(("https://\u0430rxiv.org/abs/1", "xn--rxiv-43d.org"), ("https://%D0%B0rxiv.org", "xn--rxiv-43d.org")),
        *(("https://arxiv\u2024org/", "xn--arxivorg-9r3d"), ("https://arxiv\uff0eorg/", "arxiv.org")),
        *(("https://arxiv.org\u200f/", "arxiv.xn--org-on0a"), ("mailto:a@\u0430rxiv.org", "xn--rxiv-43d.org")),
    ],
)
def test_an_address_that_hides_its_host_is_told_with_the_real_one(address: str, host: str):
    for text in (f"See [it]({address}), and", f"See <{address}>, and"):
        found = check(answer(f"{text} it does [AG-2025.03-1234]."))
        assert [(finding.code, finding.message) for finding in found] == [
            ("AG220", f"the link to “{address}” leads to “{host}”")
        ]


@pytest.mark.parametrize(
    "address",
    [
        *("https://arxiv.org/abs/2403.00001v1", "http://x.example:8080?a@b", "https://x.example/@user/\u0430"),
        *("https://xn--rxiv-63d.org/", "https://[2001:db8::1]:80/", "mailto:a.b@x.example?subject=a@b"),
    ],
)
def test_an_address_that_says_where_it_leads_is_good(address: str):
    assert codes(answer(f"See [it]({address}), it does [AG-2025.03-1234].")) == []


def test_a_formula_that_cannot_be_set_is_told_where_it_stands():
    finding = only(answer("It does [AG-2025.03-1234] at $x$.\n\n$$\n\\nosuch\n$$"))
    assert (finding.code, finding.line, finding.message) == ("AG210", 14, "the formula “$$ \\nosuch $$” cannot be set")
    assert only(answer("It does [AG-2025.03-1234] at $x^$.")).message == "the formula “$x^$” cannot be set"
    finding = only(answer(r"It does [AG-2025.03-1234] at \(\nosuch\)."))
    assert (finding.code, finding.column, finding.message) == ("AG210", 30, r"the formula “\(\nosuch\)” cannot be set")


def test_a_citation_in_the_words_of_a_link_is_told_where_it_stands():
    finding = only(answer("It does [AG-2025.03-1234].\n\n- see [what [AG-2025.03-1234] says](https://x.org)"))
    assert (finding.code, finding.severity, finding.line, finding.column) == ("AG216", "warning", 14, 35)
    assert codes(answer("It does [AG-2025.03-1234], and [what it says](https://x.org) holds [AG-2025.03-1234].")) == []


@pytest.mark.parametrize(
    ("text", "code", "column", "message"),
    [
        ("![a pot](https://x.org/a.png)", "AG212", 27, "the picture “![a pot]” is not shown"),
        ('![](pot.png "title")', "AG212", 27, "the picture “![]” is not shown"),
        ("so[^1].", "AG213", 29, "the footnote “[^1]” is shown as text"),
        ("\n\n[^note]: More.", "AG213", 1, "the footnote “[^note]” is shown as text"),
        (
            "\n\n[ref]: <https://x.org> 'Title'",
            "AG214",
            1,
            "“[ref]: <https://x.org>” is shown as text, and so are links that name it",
        ),
        ("\n[a b]: ../x/", "AG214", 1, "“[a b]: ../x/” is shown as text, and so are links that name it"),
        ("[x](stew.md).", "AG215", 31, "“stew.md” is not a page of the site"),
        ("[x](./Stew.txt#s-1).", "AG215", 31, "“./Stew.txt#s-1” is not a page of the site"),
        ("[x](../answers/stew.md).", "AG215", 31, "“../answers/stew.md” is not a page of the site"),
        ("[x](../stew.md).", "AG215", 31, "“../stew.md” is not a page of the site"),
        ("[x](/answers/stew.txt).", "AG215", 31, "“/answers/stew.txt” is not a page of the site"),
        ("[x](answers/stew.txt).", "AG215", 31, "“answers/stew.txt” is not a page of the site"),
    ],
)
def test_markdown_that_is_not_set_is_told_where_it_stands(text: str, code: str, column: int, message: str):
    finding = only(answer(f"It does [AG-2025.03-1234] {text}"))
    assert (finding.code, finding.severity, finding.column, finding.message) == (code, "warning", column, message)


@pytest.mark.parametrize(
    ("text", "place", "written"),
    [
        ("\n\n##Why", (14, 1), "“##Why” is not a heading"),
        ("\n\n##why\nSo.", (14, 1), "“##why” is not a heading"),
        ("\n\n#Soups of spring\nThey are hot.", (14, 1), "“#Soups of spring” is not a heading"),
        ("\n\n| a | b |\n| 1 | 2 |", (14, 1), "the table that begins with “| a | b |” is shown as text"),
        ("\n\n| --- | --- |\n| 1 | 2 |", (14, 1), "the table that begins with “| --- | --- |” is shown as text"),
        ("\n\n$$\n\na = b", (14, 1), "“$$” has no partner in its paragraph"),
        ("at $ x = 1 $.", (12, 30), "the formula “$ x = 1 $” is shown as text"),
        ("at $ x = 1$.", (12, 30), "the formula “$ x = 1$” is shown as text"),
        ("at $x_1 $.", (12, 30), "the formula “$x_1 $” is shown as text"),
        (r"\textbf{so}.", (12, 27), r"“\textbf{so}” is TeX outside of a formula"),
        (r"of \alpha.", (12, 30), r"“\alpha” is TeX outside of a formula"),
        ("~~so~~.", (12, 27), "“~~so~~” is not struck through"),
        ("[[stew]].", (12, 27), "“[[stew]]” is not a link"),
        ("[x] (https://x.org).", (12, 27), "“[x] (https://x.org)” is not a link"),
        ("[x](https://x.org/a b).", (12, 27), "“[x](https://x.org/a b)” is not a link"),
        ("【4†source】.", (12, 27), "“【4†source】” was left by a chat program"),
        (":contentReference[oaicite:0]{index=0}", (12, 27), "“:contentReference[oaicite:0]{index=0}” was left by"),
        ("[cite: 1, 2].", (12, 27), "“[cite: 1, 2]” was left by a chat program"),
        ("so [AG-YYYY.MM-N].", (12, 30), "“[AG-YYYY.MM-N]” is the placeholder of a new file"),
    ],
)
def test_marks_of_other_programs_are_told_where_they_stand(text: str, place: tuple[int, int], written: str):
    finding = only(answer(f"It does [AG-2025.03-1234] {text}"))
    assert (finding.code, finding.line, finding.column) == ("AG218", *place)
    assert finding.message.startswith(written)


@pytest.mark.parametrize("fence", ["```", "~~~", "````", "   ```"])
@pytest.mark.parametrize("rest", ["", "x = 1\n\n## Why\n\nSo [AG-2025.03-1234].", "x\n``", "x\n ``` y"])
def test_code_without_an_end_is_told_where_it_begins(fence: str, rest: str):
    finding = only(answer(f"It does [AG-2025.03-1234].\n\n{fence}\n{rest}"))
    assert (finding.code, finding.line, finding.column) == ("AG218", 14, 1)
    assert finding.help == f"Write “{fence.strip()}” on a line of its own where it ends."


@pytest.mark.parametrize("end", ["```", "`````", "  ```", "``` \n\nMore.", "```\n\n    code"])
def test_code_with_its_end_is_no_finding(end: str):
    assert codes(answer(f"It does [AG-2025.03-1234].\n\n```python\nx = 1\n{end}")) == []


@pytest.mark.parametrize(("end", "expected"), [("```\n", []), ("```\n\n  \n", []), ("\n", ["AG218"])])
def test_code_at_the_end_of_a_page_that_ends_as_files_do_may_have_its_end(end: str, expected: list[str]):
    found = checks.check_texts({"pages/soup.md": f"# Soup\n\n```\nx = 1\n{end}"}, None)
    assert [finding.code for finding in found] == expected


def test_a_long_fence_without_its_end_is_quoted_in_part():
    finding = only(answer(f"It does [AG-2025.03-1234].\n\n{'`' * 1_000}\nx = 1"))
    assert finding.code == "AG218"
    assert len(finding.message) < 200


@pytest.mark.parametrize(
    "text",
    [
        "\n\n## Why\n\n#1 of 2, and C#",
        "\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        r"at $x = 1$ and $y = 2$, \(\alpha\), `\alpha [[x]] ~~y~~`",
        "$$\n\\alpha = b\n$$",
        "for $5 and $6, about ~6% to ~~ 7%",
        r"\~~so~~ \[[x]] \\alpha",
        "[x](https://x.org/a 'A title') [y](<https://x.org/a b>) (https://x.org)",
        "[[AG-2025.03-1234]] 【so】",
        "\n\n```\n#x\n\\alpha $ x_1 $\n```",
        "a [[7,1,3]] code, an [[n, k, d]] code, [[0]], a[[1]], list[[name]], [[Steane]]_2",
        'a frame[["name"]], [["name"]], and [[ -n $x ]] of a shell',
        "[[12]](https://x.org) and [[more]](https://x.org)",
        "\n\n| code | of |\n|---|---|\n| Steane | [[7,1,3]] |",
        "\n\n#P-hard for graphs",
        "\n\n#SAT is #P-complete.",
        "\n\n#Clique is hard to approximate, even where all that is asked for is a factor.",
        "\n\n#Clique is hard.",
        "\n\nIt counts as\n#Clique does",
        "\n\n#include <vector>",
        "$HOME = /data and $PATH",
        "$ 5 (x = 3) or US$ 6, AU$5 (x = 3) or $ 6",
        "$10_000 and $ 20_000",
        "[AG-2025.03-1234] (https://arxiv.org/abs/1) and [1] (https://x.org), [2, 3] (https://x.org)",
        r"in \data\raw, \Users\me\x.txt",
        r"by \bab+ or \bab*",
        "\n\n|x| is less than |y|\n|z| is not",
        "\n\n|x| < |y|\n|z| < |x|",
    ],
)
def test_what_is_markdown_is_no_mark_of_another_program(text: str):
    assert list(foreign.check(answer(f"It does [AG-2025.03-1234] {text}"))) == []


def test_tex_of_which_yaml_made_a_tab_is_told_in_its_line():
    follow_ups = "\n  - Is $\\theta$ it?\n  - " + r'"Is $\theta$ it?"' + "\n  - Is it?"
    found = check(answer(question=r'"Is it $\theta$?"', follow_ups=follow_ups))
    assert [(f.code, f.line) for f in found] == [("AG219", 2), ("AG219", 9)]
    title = r"""[{id: AG-2025.03-1234, category: hep-ph, title: "Of $\tau$ soup", similarity: 61}]"""
    assert [(f.code, f.message) for f in check(answer(sources=title))] == [
        ("AG219", "there is a tab in “Of $ au$ soup”")
    ]


def test_a_paper_that_is_not_on_arxiv_needs_no_category():
    sources = "\n  - {id: AG-2025.03-1234, title: Ice on wet surfaces, similarity: 61}"
    assert check(answer(sources=sources)) == ()
    row = "- 61%Ice on wet surfacesAG-2025.03-1234"
    text = page("Why?", TODAY, ["So [AG-2025.03-1234]."], [row], ["a?", "b?", "c?"])
    finding = only(read(text, "answers/stew.txt"))
    assert (finding.code, "taken for a part of the title" in finding.help) == ("AG205", False)


@pytest.mark.parametrize(
    "row", ["- 61% hep-ph SoupAG-2025.03-1", "- 61%\thep-ph\tSoup\tAG-2025.03-1", "- 61% hep-phAG-2025.03-1"]
)
@pytest.mark.parametrize("day", [TODAY, TODAY - dt.timedelta(days=9)])
def test_a_category_of_page_text_with_a_space_before_it_is_told_once(row: str, day: dt.date):
    text = page("Why?", day, ["So [AG-2025.03-1]."], [row], ["a?", "b?", "c?"])
    good = answer("So [AG-2025.03-1].", sources=source("AG-2025.03-1", title="Soup"))
    finding = only(read(text, "answers/stew.txt"), good)
    assert (finding.code, finding.path, finding.help) == (
        "AG205",
        "answers/stew.txt",
        "“hep-ph” is taken for a part of the title: in page text no space stands before a category.",
    )
    record = Paper(id=PaperId("AG-2025.03-1"), title="Hot Soup")
    assert only(read(text, "answers/stew.txt"), metadata=(record,)).code == "AG205"


def test_a_tab_further_on_in_such_a_title_is_told():
    row = "- 61% hep-ph Soup\tand StewAG-2025.03-1"
    text = page("Why?", TODAY, ["So [AG-2025.03-1]."], [row], ["a?", "b?", "c?"])
    assert codes(read(text, "answers/stew.txt")) == ["AG205", "AG219"]


def test_what_is_almost_cited_is_not_also_said_to_be_cited_nowhere():
    assert [finding.code for finding in check(answer("It does [ag-2025.03-1234]."))] == ["AG207"]


PAGES = {"ask/soup/", "ask/pea-stew/", "paper/AG-2025.03-1234/", "paper/AG-2025.03-77/"}


@pytest.mark.parametrize(
    ("address", "help"),
    [
        ("../pea-stew/", None),
        ("../pea-stew/#s-1", None),
        ("../pea-stew/index.md", None),
        ("/archive/ask/pea-stew/", None),
        ("../../paper/AG-2025.03-77/", None),
        ("../../category/hep-ph/", None),
        ("../../assets/pot.png", None),
        ("../", None),
        ("../?p=1", None),
        ("../pea-stew/?p=1#s-1", None),
        ("/elsewhere/answers/stew.md", None),
        ("../page/2/", None),
        ("../../paper/page/2/", None),
        ("../../paper/", None),
        ("../../ask/index.html", None),
        ("/archive/ask/", None),
        ("/archive/paper/index.html", None),
        ("#s-1", None),
        ("/elsewhere/", None),
        ("https://example.org/ask/x/", None),
        ("../pea-stew", "Did you mean ../pea-stew/?"),
        ("../pea-stwe/", "Did you mean ../pea-stew/?"),
        ("../Pea-Stew/", "Did you mean ../pea-stew/?"),
        ("pea-stew/", "Did you mean ../pea-stew/?"),
        ("ask/pea-stew", "Did you mean ../pea-stew/?"),
        ("/archive/ask/pea-stews/", "Did you mean ../pea-stew/?"),
        ("../../paper/AG-2025.03-077/", "Did you mean ../../paper/AG-2025.03-77/?"),
        ("../../paper/AG-2025.03-78/", "Did you mean ../../paper/AG-2025.03-77/?"),
        ("../soups/", "Correct the address: an answer is at ../its-name/, a paper at ../../paper/its-id/."),
        ("../page/", "Correct the address: an answer is at ../its-name/, a paper at ../../paper/its-id/."),
        ("../ragout/", "Correct the address: an answer is at ../its-name/, a paper at ../../paper/its-id/."),
        ("www.example.org/x", "Outside of the site an address begins so: https://www.example.org/x."),
        ("arxiv.org/abs/1", "Outside of the site an address begins so: https://arxiv.org/abs/1."),
    ],
)
def test_a_link_to_an_answer_or_a_paper_that_is_not_there_names_what_was_meant(address: str, help: str | None):
    reading = answer(f"It does [AG-2025.03-1234], see [more]({address}).")
    found = list(links.check(reading, links.Places(PAGES, "/archive/")))
    assert [(f.code, f.line, f.column, f.help) for f in found] == ([("AG217", 12, 39, help)] if help else [])
    assert list(links.check(reading, links.Places((), "/archive/"))) == []


@pytest.mark.parametrize("sub_path", ["/é/", "/%C3%A9/", "/%c3%a9/"])
def test_a_link_below_a_sub_path_of_another_script_is_looked_up_however_it_is_written(sub_path: str):
    reading = answer(f"It does [AG-2025.03-1234], see [one]({sub_path}ask/pea-stew/), [two]({sub_path}ask/pea-stwe/).")
    (found,) = links.check(reading, links.Places(PAGES, "/%C3%A9/"))
    assert (found.code, found.help) == ("AG217", "Did you mean ../pea-stew/?")


def test_only_drafts_may_link_to_drafts_and_to_their_papers():
    body = "It does [AG-2025.03-1234], see [one](../one/), [its paper](../../paper/AG-2025.03-7/) and [none](../none/)."
    one = answer(path="answers/one.md", status="draft", sources=source("AG-2025.03-7"))
    draft, published = answer(body, "answers/a.md", status="draft"), answer(body, "answers/b.md")
    places = links.Places({"ask/b/", "paper/AG-2025.03-1234/"}, "/", (one, draft, published))
    assert [finding.message[9:20] for finding in links.check(draft, places)] == ["to “../none"]
    assert [finding.code for finding in links.check(published, places)] == ["AG217"] * 3


def test_of_many_dead_links_the_first_are_told_what_was_meant():
    numbers = range(50)
    reading = answer(" ".join(f"[x](../bean-stew-{number})" for number in numbers))
    found = list(links.check(reading, links.Places({f"ask/bean-stew-{number}/" for number in numbers})))
    meant = [finding.help for finding in found if finding.help.startswith("Did you mean")]
    assert meant == [f"Did you mean ../bean-stew-{number}/?" for number in numbers[:20]]
    assert [finding.code for finding in found] == ["AG217"] * len(numbers)


@pytest.mark.parametrize(
    "text",
    [
        r"\![a](b) and \[^1]",
        "`![a](b) [^1] [x](y.md)`",
        "$a[^2]$",
        "[x](../stew/) [y](index.md) [z](https://x.org/a.md)",
        "[x](/urls.txt) [y](../../llms.txt) [z](/robots.txt) [a](../../static/table.txt) [b](/notes.md)",
        "\n\n[Note]: this holds.",
        "\n\n[Note]: a/b is no c.",
        "\n\n[AG-2025.03-1234]: https://x.org",
        "so [1]: https://x.org",
        "![a] (b)",
    ],
)
def test_what_only_looks_like_unknown_markdown_is_not(text: str):
    assert check(answer(f"It does [AG-2025.03-1234] {text}")) == ()


TABLE = "It does [AG-2025.03-1234].\n\n| a | b |\n|---|--:|\n"


@pytest.mark.parametrize(
    ("before", "row", "cells", "surplus", "column"),
    [
        ("", "| 1 | 2 | 3 | 4 |", 4, "3 | 4", 11),
        ("", "| 1 | 2 | 3 |  ", 3, "3", 11),
        ("", "1 | 2 | 3", 3, "3", 9),
        ("> ", "> | 1 | 2 | 3 |", 3, "3", 13),
        ("- ", "  | 1 | 2 | 3", 3, "3", 13),
    ],
)
def test_cells_that_a_table_leaves_out_are_told_where_they_stand(
    before: str, row: str, cells: int, surplus: str, column: int
):
    rest = before.replace("-", " ")
    finding = only(answer(f"It does [AG-2025.03-1234].\n\n{before}| a | b |\n{rest}|---|--:|\n{row}\n{rest}| 1 | 2 |"))
    assert (finding.code, finding.line, finding.column) == ("AG211", 16, column)
    assert finding.message == f"the row has {cells} cells, its header 2: “{surplus}” is left out"


@pytest.mark.parametrize("row", ["| 1 | 2 |", "| 1 | 2 | |", "1", "|", r"| $\|x\|$ | `a\|b` |", r"1 \| 2 | 3"])
def test_a_row_that_loses_nothing_is_no_finding(row: str):
    assert check(answer(TABLE + row)) == ()


@pytest.mark.parametrize(
    ("cell", "help_"),
    [
        ("$|x|$", r"The bar in “$|x|$” ends a cell: write \vert or \mid for it in a formula."),
        ("`a|b`", r"The bar in “`a|b`” ends a cell: write it as \|."),
        ("`b` $c$ `a|b`", r"The bar in “`a|b`” ends a cell: write it as \|."),
    ],
)
def test_a_bar_in_a_formula_or_in_code_is_told_to_end_a_cell(cell: str, help_: str):
    row = only(answer(f"{TABLE}| {cell} | 2 |"))
    header = only(answer(f"It does [AG-2025.03-1234].\n\n{cell} | b\n-|-\n1 | 2"))
    assert (row.code, row.help, header.code, header.line, header.help) == ("AG211", help_, "AG211", 14, help_)


def test_a_table_whose_header_does_not_fit_is_told_to_be_text():
    finding = only(answer("It does [AG-2025.03-1234]:\n| a | b |\n|---|---|---| \n| 1 | 2 | 3 |"))
    assert (finding.code, finding.line, finding.column) == ("AG211", 13, 1)
    assert finding.message == "the header has 2 cells, the line below it 3: the table is shown as text"


def test_a_row_is_measured_by_the_header_of_its_own_table():
    finding = only(answer(f"{TABLE}| 1 | 2 |\n\nAnd:\n\n| `a` |\n|---|\n| `1` | 2 |"))
    assert (finding.line, finding.message) == (22, "the row has 2 cells, its header 1: “2” is left out")
    assert "The bar in" not in finding.help


def test_one_cell_is_not_told_as_several():
    finding = only(answer("It does [AG-2025.03-1234]:\n| a |\n|---|---|\n| 1 | 2 |"))
    assert finding.message == "the header has 1 cell, the line below it 2: the table is shown as text"


def test_cells_are_looked_for_in_one_walk():
    assert grows_with_its_input(lambda size: list(tables.check(answer(TABLE + "|1|2|3|\n" * size))))


# --- Questions --------------------------------------------------------------------------------------------------------

LONG = "Does a spoon change the sound of soup, and if so, " + "how " * 40 + "much?"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Does it hold", ["AG301"]),
        ("Ինչու՞ է այդպես", []),
        ("Γιατί;", []),
        ("Is it “dark?”", []),
        ("What is it (and why)?", []),
        ("Does a spoon that you are using matter?", []),
        ("Explain why soup is hot?", []),
        ("Why do people give answers?", []),
        ("Is 'soup' a word and is 'spoon'?", []),
        ("“Soup” or “stew”?", []),
        ("Is 2*3*4 more than 5 * 4?", []),
        ("Does snake_case_name matter?", []),
        ("**A clear claim** with reasons?", ["AG302"]),
        ('"Does a spoon matter?"', ["AG302"]),
        ("“Does a spoon matter?”", ["AG302"]),
        ("You are a cook. Does a spoon matter?", ["AG302"]),
        ("Act as a cook: does a spoon matter?", ["AG302"]),
        ("Answer the following: does a spoon matter?", ["AG302"]),
        ("Question: does a spoon matter?", ["AG302"]),
        ("Does a spoon matter? Answer in one sentence.", ["AG302"]),
        ("Does a spoon matter? Do not use jargon.", ["AG302"]),
        ("Please say whether a spoon matters?", ["AG302"]),
        ("Write a summary of soup.", ["AG301", "AG302"]),
        ("Does a *spoon* matter?", ["AG303"]),
        ("Does a `spoon` matter?", ["AG303"]),
        ("# Does a spoon matter?", ["AG303"]),
        ("Does a [spoon](https://x.org) matter?", ["AG303"]),
        (LONG, ["AG304"]),
        ("W" + "h" * 198 + "?", []),
        ("W" + "h" * 199 + "?", ["AG304"]),
    ],
)
def test_a_question_reads_as_a_question(question: str, expected: list[str]):
    quoted = '"' + question.replace('"', '\\"') + '"'
    assert codes(answer(question=quoted)) == expected


def test_a_long_question_is_quoted_in_part():
    finding = check(answer(question=LONG.replace("?", "")))[0]
    assert len(finding.message) < 140
    assert "…”" in finding.message


def test_a_date_after_today_is_told():
    assert only(answer(date="2026-06-02")).message == "the answer is dated 2026-06-02, and today is 2026-06-01"
    assert check(answer(date="2026-06-01")) == ()


def test_follow_ups_other_than_three_are_a_note():
    assert only(answer(follow_ups="[]")).message == "the answer has no follow-up questions"
    assert only(answer(follow_ups="\n  - One?")).message == "the answer has 1 follow-up question"


@pytest.mark.parametrize(
    ("asked", "message", "line"),
    [
        ([], "the answer has no follow-up questions", 2),
        (["Does it matter?"], "the answer has 1 follow-up question", 8),
        (["Why?", "How?", "Where?", "When?"], "the answer has 4 follow-up questions", 8),
    ],
)
def test_an_answer_asks_three_questions_in_the_end(asked: list[str], message: str, line: int):
    finding = only(answer(follow_ups="[]" if not asked else "\n" + "\n".join(f"  - {question}" for question in asked)))
    assert (finding.code, finding.severity, finding.message, finding.line) == ("AG306", "note", message, line)


def test_a_follow_up_asked_twice_names_the_first():
    finding = only(answer(follow_ups="\n  - One?\n  - Two?\n  - one"))
    assert (finding.code, finding.line) == ("AG308", 10)
    assert finding.message == "the follow-up “one” stands in line 8 already"


def test_a_follow_up_that_is_the_question_itself_is_a_note():
    finding = only(answer(follow_ups="\n  - One?\n  - Two?\n  - does a spoon change the sound of soup"))
    assert (finding.code, finding.severity) == ("AG309", "note")


def test_the_note_that_answer_this_fills_in_is_a_note_where_it_stands():
    finding = only(answer(note="Asked by another-soup"))
    assert (finding.code, finding.severity, finding.line) == ("AG311", "note", 11)
    assert finding.message == "the note “Asked by another-soup” is shown above the answer"


def test_a_note_of_ones_own_is_none():
    assert not check(answer(note="Asked by many readers, and by another soup."))


def test_a_model_spelt_two_ways_names_both_and_the_oldest_answer():
    old = answer(path="answers/b.md", date="2026-05-02", model="GPT-x", question="Why soup?")
    finding = only(answer(path="answers/a.md", model="gpt-x"), old)
    assert (finding.code, finding.path, finding.line) == ("AG310", "answers/a.md", 3)
    assert finding.message == "the model “gpt-x” is spelt “GPT-x” in answers/b.md"
    assert codes(answer(path="answers/a.md", model="gpt-x", question="Why stew?"), answer(model="gpt-y")) == []


def test_a_question_almost_the_same_names_the_older_file():
    new = answer(path="answers/a.md", question="Does a spoon change the sounds of soup?", date="2026-05-04")
    finding = only(new, answer(path="answers/b.md"))
    assert (finding.code, finding.path) == ("AG305", "answers/a.md")
    assert finding.message == (
        "the question “Does a spoon change the sounds of soup?” is almost "
        "“Does a spoon change the sound of soup?” in answers/b.md"
    )


def test_what_is_almost_an_id_is_looked_for_in_code_once():
    def look(size: int) -> None:
        reading = answer("AG-2026.13-1 " * size + "`AG-2026.13-1` " * size)
        assert [finding.code for finding in citations.check(reading)].count("AG207") == size

    assert grows_with_its_input(look)


@pytest.mark.parametrize("shape", ["`a` <b> ", "`a` [x](a:b) ", "`a` <b>\n", "> <b>\n", "- <b>\n"])
def test_what_is_shown_as_text_is_found_and_placed_in_one_walk(shape: str):
    def look(size: int) -> None:
        assert len(list(markdown.check(answer(shape * size)))) == size

    assert grows_with_its_input(look)


def test_a_tag_without_an_end_is_soon_passed_over():
    reading = answer(f"It does [AG-2025.03-1234] <b {'a=' * 30_000}.")
    began = time.process_time()
    assert list(markdown.check(reading)) == []
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "sign", ["【", "【†", "[[x", "[x] (", "[x](../a ", "\\ab{", "~~a", "$ a_", "| a\n", "$$\n", "#a\n", "\ue200"]
)
def test_marks_of_other_programs_are_looked_for_in_one_walk(sign: str):
    assert grows_with_its_input(lambda size: list(foreign.check(answer(f"x {sign * size}"))))


def test_places_behind_escapes_are_found_without_counting_all_escapes():
    def look(size: int) -> None:
        reading = read(page("Why?", TODAY, ["<b><a:b>" * size], [], []), "answers/soup.txt")
        assert [finding.column for finding in markdown.check(reading)] == [1 + 8 * n for n in range(size)]

    assert grows_with_its_input(look)


def test_the_same_question_in_other_signs_is_no_finding():
    other = answer(path="answers/a.md", question="does a spoon — CHANGE  the 'sound' of soup ?")
    same = answer(path="answers/b.md", question="Does a spoon - change the ‘sound’ of soup?")
    assert check(other, same) == ()


# --- What could be read of a file that gave no answer -----------------------------------------------------------------

# Mistakes that leave the other lines where they are: what stands in the file, and what does instead.
REFUSED = {
    "no day": ("date: 2026-05-03", "date: 3 May 2026"),
    "no model": ("model: claude-haiku-4-5", "modle: claude-haiku-4-5"),
    "no question": ("question: Does", "question: [Does]  #"),
    "no such field": ("date: 2026-05-03", "date: 2026-05-03\nlayout: answer"),
    "no share": ("similarity: 61", "similarity: 0.61"),
    "a comma": ("title: Soup and Spoons", "title: Soup, and Spoons"),
    "no title": ("title: Soup and Spoons, ", ""),
    "no such part": ("similarity: 61", "similarty: 61"),
    "no status": ("model: claude-haiku-4-5", "model: claude-haiku-4-5\nstatus: done"),
    "no category": ("category: hep-ph", "categroy: hep-ph"),
    "no such category": ("category: hep-ph", "category: [hep-ph]"),
    "several categories": ("category: hep-ph", "categories: hep-ph"),
    "no end": ("\n---\n", "\n----\n"),
    "twice": ("model: claude-haiku-4-5", "model: claude-haiku-4-5\nmodel: m"),
    "twice within": ("model: claude-haiku-4-5", "model: claude-haiku-4-5\nprovenance: {a: b, a: c}"),
    "no mapping": ("model: claude-haiku-4-5", "model: claude-haiku-4-5\nprovenance: x"),
}
# Those after which nobody can say what a list would have held: what is missing there is not told.
DOUBTFUL = {
    "other sources": ("sources:", "references:"),
    "no sources": ("sources:\n", "sources: none\nreview:\n"),
    "no id": ("id: AG-2025.03-1234", "id: 2025.03-1234"),
    "no YAML": ("question: Does", "question: @Does"),
    "a list twice": ("follow_ups:", "sources: []\nfollow_ups:"),
    "a part twice": ("similarity: 61", "similarity: 61, id: AG-2025.03-9"),
    "no hyphen": ("  - {id", "  {id"),
    "another sign": ("  - {id", "  • {id"),
    "fields of a source": (
        "  - {id: AG-2025.03-1234, category",
        "  id: AG-2025.03-1234\n  title: Soup\n  id: AG-2025.03-9  # ",
    ),
    "a hyphen each": ("  - {id: AG-2025.03-1234, category", "  - id: AG-2025.03-1234\n  - title: Soup  # "),
    "further in": ("  - Does", "  - Is it hot?\n   - Does"),
    "no list": ("follow_ups:\n  - Does", "follow_ups: Does"),
}
WRONG_TEXTS = (
    "It does [AG-2025.03-1234].",
    "It does <b>so</b> [AG-2025.03-1234] and [AG-2025.3-1234], [here](ftp://x) [AG-2025.03-1235].\n\n$x $",
    "It cites nothing, and has a ~~mark~~.",
)
MISSED = {"AG201", "AG203", "AG204", "AG306"}

# What else may stand among the sources: two have no category of arXiv.
MORE_SOURCES = (
    "",
    "\n  - {id: AG-2025.03-7, category: hep-soup, title: Stew, similarity: 60}"
    "\n  - {id: AG-2025.03-8, title: Pots, similarity: 60}",
)


def found_in(folder: Path, text: str, stem: str = "soup") -> tuple[Finding, ...]:
    """What reading and checks find in a file."""
    folder.mkdir(exist_ok=True)
    (folder / f"{stem}.md").write_text(text, "utf-8")
    found = corpus.read([str(folder)])
    archive = build_archive((r.answer, r.body, r.path) for r in found.readings)
    return (*found.findings, *checks.check(found.readings, archive, TODAY, rests=found.rests))


def told(folder: Path, text: str, stem: str = "soup") -> Counter[tuple[str, str]]:
    """What is found in a file, wherever it stands: code and message of each."""
    return Counter((finding.code, finding.message) for finding in found_in(folder, text, stem))


def written(body: str, sources: str = "") -> str:
    """A file with this text, and with these sources after the one that is right."""
    fields = FIELDS | {"sources": FIELDS["sources"] + sources}
    return "\n".join(["---", *fields.values(), "---", body, ""])


@pytest.mark.parametrize("sources", MORE_SOURCES, ids=["one", "several"])
@pytest.mark.parametrize("body", WRONG_TEXTS)
@pytest.mark.parametrize("mistake", REFUSED)
def test_a_mistake_in_the_front_matter_hides_no_other(mistake: str, body: str, sources: str, tmp_path: Path):
    mistaken = written(body, sources).replace(*REFUSED[mistake], 1)
    assert mistaken != written(body, sources)
    own = told(tmp_path, written(WRONG_TEXTS[0]).replace(*REFUSED[mistake], 1))
    assert {code for code, _ in own} <= {"AG130", "AG133", "AG134", "AG135", "AG136"}
    assert told(tmp_path, mistaken) == own + told(tmp_path, written(body, sources))


LOST = {
    "{id: 2025.03-9, category: hep-ph, title: Lids}": "AG136",
    "{idd: AG-2025.03-9, category: hep-ph, title: Lids}": "AG134",
    "Lids": "AG136",
}
KEPT = {
    "{id: AG-2025.03-10, category: hep-ph, titel: Lids}": "AG134",
    "{id: AG-2025.03-10, category: hep-ph}": "AG135",
    "{id: AG-2025.03-10, categroy: hep-ph, title: Lids}": "AG134",
}


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize("mistaken", [*LOST, *KEPT])
def test_a_source_that_cannot_be_read_hides_no_mistakes_in_the_others(mistaken: str, index: int, tmp_path: Path):
    sources = [
        *(
            "{id: AG-2025.03-1234, category: hep-ph, title: Soup}",
            "{id: AG-2025.03-7, category: hep-soup, title: Stew}",
        ),
        *("{id: AG-2025.03-8, category: hep-ph, title: Pots}", "{id: AG-2025.03-8, category: hep-ph, title: Pots}"),
    ]
    sources.insert(index, mistaken)
    lines = {source: number for number, source in enumerate(sources, 6)}
    text = answer_text("It does [AG-2025.03-1234], [AG-2025.03-9].", sources="".join(f"\n  - {s}" for s in sources))
    expected = Counter(
        [
            (lines[mistaken], (LOST | KEPT)[mistaken]),
            (next(line for source, line in lines.items() if "Stew" in source), "AG205"),
            # The second of the two.
            (next(line for source, line in lines.items() if "Pots" in source), "AG202"),
            *([(16, "AG201")] if mistaken in KEPT else []),
        ]
    )
    assert Counter((finding.line, finding.code) for finding in found_in(tmp_path, text)) == expected


@pytest.mark.parametrize("index", range(4))
def test_a_follow_up_that_cannot_be_read_hides_no_mistakes_in_the_others(index: int, tmp_path: Path):
    follow_ups = ["One?", "Two?", "one?"]
    follow_ups.insert(index, "[Three]")
    text = answer_text(follow_ups="".join(f"\n  - {question}" for question in follow_ups))
    found = [(finding.line, finding.code) for finding in found_in(tmp_path, text)]
    assert sorted(found) == sorted([(8 + index, "AG136"), (8 + follow_ups.index("one?"), "AG308")])


@pytest.mark.parametrize("body", WRONG_TEXTS)
@pytest.mark.parametrize("mistake", DOUBTFUL)
def test_nothing_is_missed_in_a_list_that_could_not_be_read(mistake: str, body: str, tmp_path: Path):
    mistaken = written(body).replace(*DOUBTFUL[mistake], 1)
    assert mistaken != written(body)
    own = told(tmp_path, written(WRONG_TEXTS[0]).replace(*DOUBTFUL[mistake], 1))
    assert not {code for code, _ in own} & MISSED
    of_both, of_text = told(tmp_path, mistaken), told(tmp_path, written(body))
    assert of_both <= own + of_text
    assert {code for code, _ in (own + of_text) - of_both} <= MISSED


def test_a_line_of_page_text_that_cannot_be_read_hides_no_mistakes_in_the_text(tmp_path: Path):
    page = "\n".join(
        [
            "Antigravity Q&A",
            "Does a spoon change the sound of soup?",
            "Answered by claude-haiku-4-5 on 3 May 2026",
            "Answer",
            "It does [AG-2025.3-1234] and [AG-2025.03-9].",
            "Sources · 1",
            "- 61%hep-phSoup and SpoonsAG-2025.03-1234",
            "Keep exploring",
            "- Does the pot matter?",
            "- How slow is too slow?",
            "- Is a ladle a spoon?",
            "This is a research aid — not a peer review. Verify sources before citing.",
        ]
    )
    (tmp_path / "soup.txt").write_text(page, "utf-8")
    (tmp_path / "stew.txt").write_text(page.replace("- 61%", "61%").replace("- Is", "Is"), "utf-8")
    found = corpus.read([str(tmp_path)])
    archive = build_archive(())
    findings = (*found.findings, *checks.check(found.readings, archive, TODAY, rests=found.rests))
    places = [f"{Path(f.path).stem}:{f.line} {f.code}" for f in findings]
    assert places == [
        *("soup:3 AG112", "stew:3 AG112", "stew:7 AG117", "stew:11 AG119"),
        *("soup:5 AG207", "soup:5 AG201", "stew:5 AG207"),
    ]


def test_an_answer_whose_id_is_taken_is_checked_too(tmp_path: Path):
    told(tmp_path, written("It does [AG-2025.03-1234]."))
    (tmp_path / "sub").mkdir()
    both = told(tmp_path, written("It does [AG-2025.03-9]."), "sub/soup")
    assert [code for code, _ in both] == ["AG141", "AG201"]


@pytest.mark.parametrize("text", ["", "Key sk-ant-api03-abcdefghijklmnop [AG-2025.3-1].", "---\nquestion: Two?\n---\n"])
def test_of_a_file_without_a_text_of_its_own_nothing_else_is_told(text: str, tmp_path: Path):
    codes = {code for code, _ in told(tmp_path, written(text).replace("2026-05-03", "May"))}
    assert codes <= {"AG123", "AG136", "AG137", "AG142"}
