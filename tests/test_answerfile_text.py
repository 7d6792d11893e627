"""The text of a page becomes Markdown that shows it, and comes back letter by letter."""

from __future__ import annotations

from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

from agsite.answerfile import blocks, escaping, pagetext
from tests import strategies

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["reference", "html_block"])


@given(strategies.texts())
@example("```\\*```")
@example("``` a `` \\{")
@example("\\\\(x\\)")
@example("$a\\$ \\{ b$")
@example("\t&#9; \\")
def test_a_line_comes_back_letter_by_letter(line: str):
    assert escaping.unescape(escaping.escape(line)) == line
    assert escaping.unescape(escaping.escape_inline(line)) == line


@given(strategies.texts())
def test_inserted_characters_are_known(line: str):
    markdown = escaping.escape(line)
    columns = escaping.inserted(markdown)
    kept = [char for column, char in enumerate(markdown, 1) if column not in columns]
    # `&#32;` stands for a space with the place of its last character.
    assert len(kept) == len(line)
    assert all(a == b or (a, position) == (";", 0) for position, (a, b) in enumerate(zip(kept, line, strict=True)))


@given(strategies.filled_lines())
def test_a_line_without_emphasis_code_and_formulas_is_shown_as_it_stands(line: str):
    assume(not any(mark in line for mark in "*_`$") and "\\(" not in line and "\\[" not in line)
    page = MARKDOWN.render(escaping.escape(line))
    assert page.startswith("<p>")
    # Space at both ends is not a part of a paragraph.
    assert page.strip().removeprefix("<p>").removesuffix("</p>").strip() == escapeHtml(line.strip())


@given(strategies.bodies())
def test_blocks_are_written_as_they_were_read(text: str):
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("## ")]
    assume(lines)
    body = blocks.read(lines, 5, [])
    assert blocks.write(body.text) == lines
    assert len(body.numbers) == len(body.shifts) == body.text.count("\n") + 1


def test_every_number_that_is_printed_is_the_one_that_stands_there():
    lines = ["1. a", "2. b", "2. c", "- d", "7. e", "Then a line of prose.", "8. f"]
    page = MARKDOWN.render(blocks.read(lines, 1, []).text)
    assert page.count("<ol") == 3
    assert '<ol start="7">' in page
    assert '<ol start="8">' in page
    assert "<p>2. c</p>" in page


_IDS = ("AG-2025.03-1234", "AG-2025.13-1", "AG-")
_PIECES = (*_IDS, "- ", "61%", "07%", "hep-ph", "hep-", "hep-th", "cs.LG", "A Title", " ", "x", "3", "$a$")


@given(st.lists(st.sampled_from(_PIECES) | st.text("aA 1-", max_size=3), max_size=8).map("".join))
@example("- 61%hep-phAG-2025.03-1234")
@example("- 61%hep-ph AG-2025.03-1234")
@example("- 61%hep-phAG-2025.03-1AG-2025.03-1234")
def test_the_usual_line_of_a_source_is_read_as_any_other(line: str):
    for text in (line, f"- 61%{line}AG-2025.03-1234"):
        whole, parts = [], []
        assert pagetext._read_source(text, 7, whole) == pagetext._read_odd_source(text, 7, parts)
        assert whole == parts
