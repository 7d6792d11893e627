"""Answer files are read and written: the cases of `cases/answerfile`, the archive's own, and what Hypothesis finds."""

from __future__ import annotations

import datetime as dt
import itertools
import time
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agsite import answerfile
from agsite.answerfile import Parsed
from agsite.answerfile.keyless import keyless
from agsite.answerfile.lists import itemless
from agsite.answerfile.unread import unread
from agsite.errors import AnswerFileError
from agsite.findings import CATALOGUE, fails
from agsite.records import Answer, Source
from agsite.suspects import ZERO_WIDTH
from tests import strategies

CASES = Path(__file__).parent / "cases" / "answerfile"
GOOD = sorted(path for path in CASES.glob("*.*") if not path.name.endswith((".expected.md", ".findings")))
BAD = sorted(path for path in (CASES / "bad").iterdir() if path.suffix != ".findings")
SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
OWN = sorted((Path(__file__).parents[1] / "answers").iterdir())

PAGE = strategies.page(
    "Does a made-up effect survive a change of spoon?",
    dt.date(2026, 5, 3),
    ["Soupe à l’oignon 🍲 turns", "It turns, as they say [AG-2025.03-1234], 10⁻³ times a day.", "- slowly", "- *fast*"],
    ["- 61%hep-phSoup TemperatureAG-2025.03-1234", "- 58%gr-qcA Kettle in Free FallAG-2024.11-077"],
    ["How slow is too slow?"],
)
MARKDOWN = """---
question: Does a made-up effect survive a change of spoon?
model: claude-haiku-4-5
date: 2026-05-03
sources:
  - {id: AG-2025.03-1234, category: hep-ph, title: Soup Temperature, similarity: 61}
---
Soupe à l’oignon 🍲 turns [AG-2025.03-1234].
"""


def places(parsed: Parsed) -> list[str]:
    return [f"{finding.line}:{finding.column} {finding.code}" for finding in parsed.findings]


def expected_places(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def check_promises(parsed: Parsed) -> None:
    """What holds for every file, good or bad."""
    assert (parsed.answer is None) == fails(parsed.findings)
    assert parsed.answer is None or parsed.rest is None
    for finding in parsed.findings:
        assert finding.severity == CATALOGUE[finding.code].severity
        assert finding.line > 0
        assert finding.message.isprintable()
        assert 9 < len(finding.message) <= 240
        assert finding.help.endswith((".", "?"))


# --- Cases -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_good_file_gives_the_expected_record(path: Path):
    parsed = answerfile.parse(path.read_bytes(), path.name)
    check_promises(parsed)
    assert parsed.answer is not None, parsed.findings
    expected = path.with_name(f"{path.stem}.expected.md").read_text(encoding="utf-8")
    assert answerfile.dumps(parsed.answer, "md", f"{path.stem}.md") == expected
    assert places(parsed) == expected_places(path.with_suffix(".findings"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_bad_file_is_refused_where_it_is_wrong(path: Path):
    parsed = answerfile.parse(path.read_bytes(), path.name)
    check_promises(parsed)
    assert parsed.answer is None
    assert places(parsed) == expected_places(path.with_name(f"{path.name}.findings"))


@pytest.mark.parametrize("path", [path for path in GOOD if path.suffix == ".txt"], ids=lambda path: path.name)
def test_page_text_without_findings_is_written_byte_for_byte(path: Path):
    parsed = answerfile.parse(path.read_bytes(), path.name)
    assert parsed.answer is not None
    if not parsed.findings:
        assert answerfile.dumps(parsed.answer, "txt", path.name).encode() == path.read_bytes()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("model：claude", "“model” has U+FF1A (FULLWIDTH COLON) after it and no colon"),  # noqa: RUF001
        ("model = claude", "“model” has “=” after it and no colon"),
        ("model:claude", "there is no space after “model:”"),
        ("model:\xa0claude", "the space after “model:” is U+00A0 (NO-BREAK SPACE)"),
        ("model", "there is no colon after “model”"),
        ("by claude", "“by claude” has no name with a colon before it"),
    ],
)
def test_a_line_without_a_field_is_told_what_it_lacks(line: str, message: str):
    parsed = answerfile.parse(MARKDOWN.replace("model: claude-haiku-4-5", line).encode(), "soup.md")
    check_promises(parsed)
    assert [(f.line, f.column, f.code, f.message) for f in parsed.findings] == [(3, 1, "AG131", message)]
    assert parsed.findings[0].help.startswith("Write “model: …”" if "model" in line else "Write “name: value”")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  - {id: ", "\xa0\xa0- {id: ", "6:1 AG131"),
        ("  - {id: ", "  -\xa0{id: ", "6:4 AG131"),
        ("  - {id: ", "  \xa0- {id: ", "6:3 AG131"),
        ("---\nSoupe", "follow_ups:\n  -\xa0Hot?\n  -\xa0Cold?\n---\nSoupe", "8:4 AG136"),
    ],
)
def test_a_space_before_an_item_that_is_not_plain_is_what_is_told(old: str, new: str, place: str):
    parsed = answerfile.parse(MARKDOWN.replace(old, new).encode(), "soup.md")
    check_promises(parsed)
    assert places(parsed) == [place]
    assert parsed.findings[0].message == "U+00A0 (NO-BREAK SPACE) stands in the place of a plain space"
    assert parsed.findings[0].help == "Write a plain space there."


@pytest.mark.parametrize(
    "note", ['"It is,\n  \u3000as we saw,\n  hot." x', ">\n  \u3000It is\n  hot.\n  x: [", "|\n  \u3000Hot.\n x: y"]
)
def test_a_space_that_a_text_of_several_lines_may_hold_is_not_taken_for_what_is_wrong(note: str):
    """Paragraphs in Chinese and Japanese begin with one."""
    whole = answerfile.parse(
        MARKDOWN.replace("sources:", 'note: "It is,\n  \u3000as we saw."\nsources:').encode(), "soup.md"
    )
    assert whole.findings == ()
    parsed = answerfile.parse(MARKDOWN.replace("sources:", f"note: {note}\nsources: ]").encode(), "soup.md")
    check_promises(parsed)
    assert "U+3000" not in parsed.findings[0].message


@pytest.mark.parametrize(
    ("old", "new", "message", "help"),
    [
        (
            "title: Soup Temperature",
            "title: Soup, Temperature, and Part 2: Motion",
            "sources 1, title: the comma after “Soup” ends it",
            'Put quotes around the whole title: title: "Soup, Temperature, and Part 2: Motion".',
        ),
        (
            "sources:",
            "follow_ups:\n  - The pot: does it matter?\nsources:",
            "follow_ups 1: the colon after “The pot” makes a field of it",
            'Put quotes around the whole text: - "The pot: does it matter?".',
        ),
        (
            "sources:",
            f"note:\n  Erratum: the pot {'was very ' * 20}cold.\nsources:",
            "note: the colon after “Erratum” makes a field of it",
            "Put quotes around the whole text.",
        ),
    ],
)
def test_a_text_that_lacks_quotes_is_shown_with_them(old: str, new: str, message: str, help: str):
    parsed = answerfile.parse(MARKDOWN.replace(old, new, 1).encode(), "soup.md")
    check_promises(parsed)
    assert [(f.code, f.message, f.help) for f in parsed.findings] == [("AG136", message, help)]


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "help"),
    [
        (
            "date:",
            "status: done\ndate:",
            (4, 9),
            "status: must be draft, published or withdrawn",
            "Write one of the three",
        ),
        (
            "date:",
            "body: so\ndate:",
            (4, 1),
            "there is no field “body”",
            "Known fields: id, question, model, date, sou",
        ),
        (
            "claude-haiku-4-5",
            '"claude\\nhaiku"',
            (3, 8),
            "model: must be one line",
            "Take the line break out; where TeX",
        ),
        ("claude-haiku-4-5", '""', (3, 8), "model: is empty", "Fill it in."),
        (
            "claude-haiku-4-5",
            "[a]",
            (3, 8),
            "model: must be text",
            "Write it as one text; in quotes, if it starts with",
        ),
        (
            "date:",
            "aliases: a\ndate:",
            (4, 10),
            "aliases: must be a list, with one “- ” for each item",
            "Put each item",
        ),
        (
            "date:",
            "review: yes\ndate:",
            (4, 9),
            "review: must be fields, each “name: value”",
            "Write one “name: value”",
        ),
        (
            ": 61",
            ": 61%",
            (6, 82),
            "sources 1, similarity: must be a whole number from 0 to 100",
            "Write the number alone",
        ),
    ],
)
def test_a_value_that_a_field_cannot_have_is_told_what_it_must_be(
    old: str, new: str, place: tuple[int, int], message: str, help: str
):
    (finding,) = answerfile.parse(MARKDOWN.replace(old, new, 1).encode(), "soup.md").findings
    assert (finding.line, finding.column, finding.message) == (*place, message)
    assert finding.help.startswith(help)


ELSEWHERE = "this item of the list is indented differently from the one above"
MORE = "the text ends at its second quote mark, and more follows"


@pytest.mark.parametrize(
    "source",
    [
        "id: AG-2025.03-1, category: hep-ph, title: Soup, similarity: 61",
        "id: AG-2025.03-1, category: hep-ph, title: Soup, similarity: 61}",
        "(id: AG-2025.03-1, category: hep-ph, title: Soup, similarity: 61)",
        "id: AG-2025.03-1; category: hep-ph; title: Soup; similarity: 61",
        'id: AG-2025.03-1, category: hep-ph, title: "Soup, Part 2: Spoons", similarity: 61',
        "id: AG-2025.03-1, category: hep-ph, title: Soup, Part 2: Spoons, similarity: 61",
        'title: "Soup (hot)", id: AG-2025.03-1, category: hep-ph',
        '"id": "AG-2025.03-1", "title": "Soup"',
    ],
)
def test_a_source_on_one_line_without_braces_is_shown_with_them(source: str):
    def text(line: str) -> bytes:
        return MARKDOWN.replace("---\nSoupe", f"{line}\n---\nSoupe").encode()

    (finding,) = answerfile.parse(text(f"  - {source}"), "soup.md").findings
    assert (finding.code, finding.line, finding.column) == ("AG131", 7, 5)
    assert finding.message == "the fields of a source on one line stand between braces"
    assert finding.help.startswith("Put “{” before the first and “}” after the last: “  - {")
    parsed = answerfile.parse(text(finding.help.partition("“  -")[2].removesuffix("”.").join(["  -", ""])), "soup.md")
    assert parsed.findings == ()
    assert parsed.answer is not None
    assert (parsed.answer.sources[1].id, parsed.answer.sources[1].title[:4]) == ("AG-2025.03-1", "Soup")


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("– ", "an item of a list begins with “- ”, not with U+2013 (EN DASH)"),
        ("— ", "an item of a list begins with “- ”, not with U+2014 (EM DASH)"),
        ("• ", "an item of a list begins with “- ”, not with U+2022 (BULLET)"),
        ("·   ", "an item of a list begins with “- ”, not with U+00B7 (MIDDLE DOT)"),
        ("\uf0b7 ", "an item of a list begins with “- ”, not with U+F0B7"),
        ("+ ", "an item of a list begins with “- ”, not with “+”"),
        ("2. ", "an item of a list begins with “- ”, not with “2.”"),
        ("-", "there is no space after the “-” of this item"),
    ],
)
@pytest.mark.parametrize(
    ("field", "item", "above"),
    [
        ("sources", "{id: AG-2025.03-1, title: Soup}", ""),
        ("sources", "{id: AG-2025.03-1, title: Soup}", "  - {id: AG-2025.03-2, title: Stew}\n"),
        ("follow_ups", "Is it hot?", ""),
        ("follow_ups", "Is it hot: or cold?", ""),
        ("follow_ups", "Is it hot?", "  - Is it\n    cold?\n"),
        ("aliases", "hot", ""),
    ],
)
def test_an_item_that_begins_with_another_sign_is_shown_with_a_hyphen(
    field: str, item: str, above: str, mark: str, message: str
):
    items = f"{field}:\n{above}  {mark}{item}\n  {mark}{item.replace('hot', 'warm')}"
    text = f"---\nquestion: Why?\nmodel: m\ndate: 2026-05-03\n{items}\n---\nIt is.\n"
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.line, finding.column) == (6 + above.count("\n"), 3)
    assert finding.message.removeprefix(f"{field}: ") == message
    assert finding.help == f"Begin it so: “  - {item}”."


@pytest.mark.parametrize("below", ["", "  {id: AG-2025.03-2, title: Stew}\n"])
def test_a_source_in_braces_without_a_hyphen_is_shown_with_one(below: str):
    fields = f"sources:\n  {{id: AG-2025.03-1, title: Soup}}\n{below}"
    text = f"---\nquestion: Why?\nmodel: m\ndate: 2026-05-03\n{fields}---\nIt is.\n"
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert finding.message.endswith("there is no “- ” before this item")
    assert (finding.line, finding.help) == (6, "Begin it so: “  - {id: AG-2025.03-1, title: Soup}”.")


@pytest.mark.parametrize(
    ("sources", "where"),
    [
        ("  id: AG-2025.03-1\n  title: Soup", "line 6"),
        ("  id: AG-2025.03-1\n  title: Soup\n\n  id: AG-2025.03-2\n  title: Stew", "lines 6 and 9"),
        (
            "  title: A\n  id: AG-2025.03-1\n  title: B\n  id: AG-2025.03-2\n  title: C\n  id: AG-2025.03-3",
            "lines 6, 8 and 10",
        ),
    ],
)
def test_sources_without_hyphens_are_told_once_and_where_each_begins(sources: str, where: str):
    text = f"---\nquestion: Why?\nmodel: m\ndate: 2026-05-03\nsources:\n{sources}\nnote: a\nnote: b\n---\nIt is.\n"
    finding, twice = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.line, finding.column, finding.code) == (6, 3, "AG136")
    assert finding.message == "sources: there is no “- ” before a source"
    assert (
        finding.help == f"Put “- ” before the first field of each source, in {where}, and two spaces before the others."
    )
    assert (twice.code, twice.line) == ("AG133", text.count("\n") - 2)


@pytest.mark.parametrize("more", ["", "\n  - category: hep-ph", "\n  - id: AG-2025.03-2\n  - title: Stew"])
def test_a_source_each_field_of_which_has_a_hyphen_is_told_of_once(more: str):
    fields = f"sources:\n  - id: AG-2025.03-1\n  - title: Soup{more}"
    text = f"---\nquestion: Why?\nmodel: m\ndate: 2026-05-03\n{fields}\n---\nIt is.\n"
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.line, finding.column, finding.code) == (7, 3, "AG136")
    assert finding.message == "sources: each field has a “- ” before it, and so stands as a source of its own"
    assert finding.help.endswith("the first field of a source, and two spaces before the others: “    title: Soup”.")


@pytest.mark.parametrize("text", ["  - Hot\n    – or cold?", "  - -5 °C?", "  - 1. Hot?\n  - 2. Cold?"])
def test_another_sign_within_a_follow_up_is_text(text: str):
    parsed = answerfile.parse(MARKDOWN.replace("sources:", f"follow_ups:\n{text}\nsources:").encode(), "soup.md")
    assert parsed.findings == ()


def test_a_source_on_two_lines_without_braces_is_not_shown_by_half():
    lines = "  - id: AG-2025.03-1, category: hep-ph,\n    title: Soup\n---\nSoupe"
    (finding,) = answerfile.parse(MARKDOWN.replace("---\nSoupe", lines).encode(), "soup.md").findings
    assert (finding.line, finding.help) == (7, "Put “{” before the first and “}” after the last.")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("“Soup, and Spoons”", '"Soup, and Spoons"'),
        ("„Soup [hot]“", '"Soup [hot]"'),
        ("‘Soup: hot’", '"Soup: hot"'),
        ("”The 'Hot': Soup”", "\"The 'Hot': Soup\""),
    ],
)
def test_typographic_quotes_give_way_to_plain_ones(text: str, meant: str):
    (finding,) = answerfile.parse(MARKDOWN.replace("Soup Temperature", text).encode(), "soup.md").findings
    said = f"{text[0]} and {text[-1]} are typographic quotes; put plain ones in their place: title: {meant}."
    assert finding.help == said
    assert answerfile.parse(MARKDOWN.replace("Soup Temperature", meant).encode(), "soup.md").findings == ()


def test_typographic_quotes_around_a_part_of_a_text_stay():
    text = MARKDOWN.replace("Soup Temperature", "“Soup”, and “Spoons”")
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert finding.help == 'Put quotes around the whole title: title: "“Soup”, and “Spoons”".'


@pytest.mark.parametrize("field", ["question", "model", "date", "note"])
@pytest.mark.parametrize(
    "source",
    [
        '{id: AG-2025.03-1, category: hep-ph, title: "Big Dipper", similarity: 62}',
        '{"id": "AG-2025.03-1", "title": "*Big* Dipper"}',
        '{id: AG-2025.03-1, title: "Big: Dipper"}',
        '{id: AG-2025.03-1, title: The "Big" Dipper}',
    ],
)
def test_a_quote_mark_that_is_not_closed_is_told_where_it_opens(source: str, field: str):
    lines = {"question": "Is it hot?", "model": "m", "date": "2026-05-03", "note": "Don't"}
    lines[field] = f'"{lines[field]}'
    fields = "\n".join(f"{name}: {value}" for name, value in lines.items())
    text = f"---\n{fields}\nsources:\n  - {{id: AG-2025.03-2, title: A}}\n  - {source}\n---\nIt is.\n"
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    place = (2 + list(lines).index(field), len(field) + 3)
    assert (finding.line, finding.column, finding.message) == (*place, "the quote mark that opens here is not closed")


@pytest.mark.parametrize(
    ("fields", "place", "message", "help"),
    [
        (
            "sources:\n  - {id: AG-2025.03-1}\n - {id: AG-2025.03-2}",
            (7, 2),
            ELSEWHERE,
            "Begin it where the first item begins: “  - {id: AG-2025.03-2}”.",
        ),
        (
            "follow_ups:\n   - Hot?\n  - Cold?\n   - Mild?",
            (7, 3),
            ELSEWHERE,
            "Begin it where the first item begins: “   - Cold?”.",
        ),
        (
            "follow_ups:\n  - Hot?\n   - Cold?\n - Mild?",
            (7, 4),
            ELSEWHERE,
            "Begin it where the first item begins: “  - Cold?”.",
        ),
        (
            "follow_ups:\n  - Hot?\n   - Cold: is it?",
            (7, 4),
            ELSEWHERE,
            "Begin it where the first item begins: “  - Cold: is it?”.",
        ),
        (
            "sources:\n  - id: AG-2025.03-1\n    title: B\n    - id: AG-2025.03-2\n      title: C",
            (8, 5),
            ELSEWHERE,
            "Begin it where the first item begins: “  - id: AG-2025.03-2”.",
        ),
        (
            "provenance:\n  runs:\n    - a\n   - b",
            (8, 4),
            ELSEWHERE,
            "Begin it where the first item begins: “    - b”.",
        ),
        ("follow_ups:\n  - Hot?\n - Cold?", (7, 2), ELSEWHERE, "Begin it where the first item begins: “  - Cold?”."),
        (
            'sources:\n  - {id: AG-2025.03-1, title: "B" and}',
            (6, 35),
            MORE,
            "Put quotes around the whole text: title: '\"B\" and'.",
        ),
        ('note: "B" and more', (5, 11), MORE, "Put quotes around the whole text: note: '\"B\" and more'."),
        ("follow_ups:\n  - 'B's end?'", (6, 8), MORE, 'Put quotes around the whole text: - "B\'s end?".'),
        (
            "sources:\n  - {id: AG-2025.03-1, title: 'B's end', similarity: 61}",
            (6, 34),
            MORE,
            'Put quotes around the whole text: title: "B\'s end".',
        ),
        (
            "sources:\n  - {id: AG-2025.03-1, title: B's [erratum], similarity: 61}\n  - {title: C's}",
            (6, 35),
            "“[” has a meaning within braces",
            'Put quotes around the whole text: title: "B\'s [erratum]".',
        ),
        (
            "sources:\n  - {id: AG-2025.03-1, title: B [erratum], similarity: 61}",
            (6, 33),
            "“[” has a meaning within braces",
            'Put quotes around the whole text: title: "B [erratum]".',
        ),
        (
            "sources:\n  - {title: Why? Because, id: AG-2025.03-1}",
            (6, 16),
            "“?” has a meaning within braces",
            'Put quotes around the whole text: title: "Why? Because".',
        ),
        (
            "sources:\n  - {id: AG-2025.03-1 title: B}",
            (6, 23),
            "there is no comma before “title”",
            "Put one there, or quotes around the whole text if it belongs to it.",
        ),
        (
            "sources:\n  - {id: AG-2025.03-1, title: B #2, similarity: 61}\nnote: Late",
            (6, 33),
            "“#2, similarity: 61}” is left out: without quotes, what follows “ #” is a comment",
            'Put quotes around the whole text: title: "B #2".',
        ),
        (
            "sources:\n  - {id: AG-2025.03-1, title: B #2, similarity: 61}",
            (6, 33),
            "“#2, similarity: 61}” is left out: without quotes, what follows “ #” is a comment",
            'Put quotes around the whole text: title: "B #2".',
        ),
        (
            "sources:\n  - {id: AG-2025.03-1, similarity: 61, title: B #2}\n  - {id: AG-2025.03-2, title: C}",
            (6, 49),
            "“#2}” is left out: without quotes, what follows “ #” is a comment",
            'Put quotes around the whole text: title: "B #2".',
        ),
        (
            "sources:\n  - {\n    id: AG-2025.03-1,\n    title: B #2,\n    similarity: 61\n  }",
            (8, 14),
            "“#2,” is left out: without quotes, what follows “ #” is a comment",
            "Put quotes around the whole text.",
        ),
        (
            "follow_ups: [Hot #2, Cold]",
            (5, 18),
            "“#2, Cold]” is left out: without quotes, what follows “ #” is a comment",
            "Put quotes around the whole text.",
        ),
        (
            'sources:\n  - {id: AG-2025.03-1, title: "B #2", similarity: 61  # the best\nnote: Late',
            (6, 5),
            "the brace that opens here is not closed",
            "Put “}” at the end of what belongs to it.",
        ),
        (
            'sources:\n  - {id: AG-2025.03-1, title: "B" similarity: 61}',
            (6, 35),
            "there is no comma before “similarity”",
            "Put one there, or quotes around the whole text if it belongs to it.",
        ),
        (
            "sources:\n  - {\n    id: AG-2025.03-1,\n    title: B\n    similarity: 61\n  }",
            (9, 5),
            "there is no comma before “similarity”",
            "Put one at the end of the line above.",
        ),
        (
            'sources: [\n  {"id": "AG-2025.03-1", "title": "B"}\n  {"id": "AG-2025.03-2", "title": "C"}\n]',
            (7, 3),
            'there is no comma before “{"id": "AG-2025.03-2", "title": "C"}”',
            "Put one at the end of the line above.",
        ),
        (
            'follow_ups: [\n  "Hot?",\n  "Cold?"\n  "Mild?"\n]\nnote: Late',
            (8, 3),
            'there is no comma before “"Mild?"”',
            "Put one at the end of the line above.",
        ),
        (
            'follow_ups: ["Hot?" "Cold?"]',
            (5, 21),
            'there is no comma before “"Cold?"]”',
            "Put one there, or quotes around the whole text if it belongs to it.",
        ),
        (
            "note: [B] and more",
            (5, 11),
            "“[” at the start begins a list or fields, and more follows them",
            'Put quotes around the whole text: note: "[B] and more".',
        ),
        (
            "  note: Late",
            (5, 3),
            "“note” is indented further than the fields around it",
            "Begin it where the others begin: “note: Late”.",
        ),
        (
            "sources:\n  - id: AG-2025.03-1\n   title: B",
            (7, 4),
            "“title” is indented less than the fields around it",
            "Begin it where the others begin: “    title: B”.",
        ),
        (
            "sources:\n  - id: AG-2025.03-1\n  title: B",
            (7, 3),
            "“title” is indented less than the fields around it",
            "Begin it where the others begin: “    title: B”.",
        ),
        (
            "sources:\n  - id: AG-2025.03-1\n     title: B",
            (7, 6),
            "“title” is indented further than the fields around it",
            "Begin it where the others begin: “    title: B”.",
        ),
        (
            "sources:\n  - {id: AG-2025.03-1, title: B\n  - {id: AG-2025.03-2, title: C}",
            (6, 5),
            "the brace that opens here is not closed",
            "Put “}” at the end of what belongs to it: “  - {id: AG-2025.03-1, title: B}”.",
        ),
        (
            "sources:\n  - {id: AG-2025.03-1, title: B [Erratum]]\n",
            (6, 5),
            "the brace that opens here is not closed",
            'Put “}” at the end of what belongs to it: “  - {id: AG-2025.03-1, title: "B [Erratum]"}”.',
        ),
        (
            'note: "Late',
            (5, 7),
            "the quote mark that opens here is not closed",
            "Put a second one at the end of the text, or take this one out.",
        ),
        (
            "note: 't Hooft was right",
            (5, 7),
            "the quote mark that opens here is not closed",
            "Put a second one at the end of the text; if it is an apostrophe, double quotes around the whole:"
            """ note: "'t Hooft was right".""",
        ),
        (
            "sources:\n  - {id: AG-2025.03-1, title: 't Hooft anomalies, similarity: 61}",
            (6, 31),
            "the quote mark that opens here is not closed",
            "Put a second one at the end of the text; if it is an apostrophe, double quotes around the whole:"
            """ title: "'t Hooft anomalies".""",
        ),
        (
            "follow_ups:\n  - Hot?\n  Cold?\n  - Mild?",
            (7, 3),
            "there is no “- ” before this item",
            "Begin it so: “  - Cold?”.",
        ),
        (
            "follow_ups:\n  - Hot?\n  Cold?",
            (7, 3),
            "there is no “- ” before this item",
            "Begin it so: “  - Cold?”.",
        ),
        (
            'note: "Late\nfollow_ups:\n  - "Hot?"',
            (5, 7),
            "the quote mark that opens here is not closed",
            "Put a second one at the end of the text, or take this one out.",
        ),
        (
            "follow_ups:\n  * Hot?",
            (6, 3),
            "an item of a list begins with “- ”",
            "Begin it so: “  - Hot?”.",
        ),
        (
            "follow_ups: []\n  - Hot?",
            (6, 3),
            "items stand below “follow_ups: []”, an empty list",
            "Take “[]” out: “follow_ups:”.",
        ),
        (
            "follow_ups: []\n- Hot?",
            (6, 1),
            "items stand below “follow_ups: []”, an empty list",
            "Take “[]” out: “follow_ups:”.",
        ),
        (
            "follow_ups: [Is it hot?, Is it cold?]",
            (5, 23),
            "“?” cannot stand here, within the brackets of a list",
            "Put each item on a line of its own below the field's name: “  - Is it hot?”.",
        ),
        (
            "follow_ups: [Hot\nnote: Late",
            (5, 13),
            "the bracket that opens here is not closed",
            "Put “]” at the end of what belongs to it.",
        ),
        (
            'follow_ups: ["What of the interval (0, 1]?", "b"',
            (5, 13),
            "the bracket that opens here is not closed",
            "Put “]” at the end of what belongs to it.",
        ),
        (
            'follow_ups: ["What of the interval (0, 1]?", "b"\nnote: Late',
            (5, 13),
            "the bracket that opens here is not closed",
            "Put “]” at the end of what belongs to it.",
        ),
        (
            'follow_ups: ["Is it ]?", ["b"]',
            (5, 13),
            "the bracket that opens here is not closed",
            "Put “]” at the end of what belongs to it.",
        ),
        (
            'sources:\n  - {id: AG-2025.03-1, title: "B}"',
            (6, 5),
            "the brace that opens here is not closed",
            'Put “}” at the end of what belongs to it: “  - {id: AG-2025.03-1, title: "B}"}”.',
        ),
        (
            'sources:\n  - {id: AG-2025.03-1, title: "B}"\nnote: Late',
            (6, 5),
            "the brace that opens here is not closed",
            'Put “}” at the end of what belongs to it: “  - {id: AG-2025.03-1, title: "B}"}”.',
        ),
        (
            "aliases: [a-b, !<%zz> c]",
            (5, 19),
            "not readable as YAML: expected URI escape sequence of 2 hexadecimal numbers, but found 'z'",
            "Correct the line; put quotes around a value that holds “: ” or “ #”, or starts with a sign such as "
            "* & ! [ or {.",
        ),
        (
            "sources:\n  - {id: AG-2025.03-1, title: B}}",
            (6, 33),
            "“}” stands after the end of the value",
            "Take it out.",
        ),
        (f"note: '{'B' * 200}'s end'", (5, 209), MORE, "Put quotes around the whole text."),
    ],
)
def test_where_yaml_stops_the_fault_itself_is_named(fields: str, place: tuple[int, int], message: str, help: str):
    text = f"---\nquestion: Is it hot?\nmodel: test\ndate: 2026-05-03\n{fields}\n---\nIt is.\n"
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.code, finding.line, finding.column, finding.message, finding.help) == (
        "AG131",
        *place,
        message,
        help,
    )


_PIECES = ["question: ", "aliases: ", "- ", "  - ", ": ", "!<%zz>", " #", "id: x", "\\x", "\\U", "\n", "\n  ", "\n- "]
_PIECES += list("\"'[]{},:?!&*>#\\%@`a~")


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_whatever_yaml_stops_at_the_search_for_the_fault_does_not_fail(text: str):
    try:
        list(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        lines = text.split("\n")
        found = itemless(lines, 1, error) or keyless(lines, 1, error) or unread(lines, 1, error)
        assert found is None or 1 <= found.line <= len(lines)


@pytest.mark.parametrize(
    ("field", "message", "meant"),
    [
        (r'"The $\sigma$ of soup"', r"“\s” is not an escape", r"'The $\sigma$ of soup'"),
        (r'"A cook\'s \xi"'.replace(r"\'", "'"), r"“\x” is not an escape", r'"A cook' + r"'s \\xi" + '"'),
        (r'"Soup of \"\upsilon\""', r"“\u” is not an escape", r'"Soup of \"\\upsilon\""'),
        ("Corrected: it is hot", "the colon after “Corrected” makes a field of it", '"Corrected: it is hot"'),
        ("*Hot* soup", "a text that begins with “*” needs quotes", '"*Hot* soup"'),
        ("@cook says so", "a text that begins with “@” needs quotes", '"@cook says so"'),
        ("`hot` soup", "a text that begins with “`” needs quotes", '"`hot` soup"'),
        (">5 sigma", "a text that begins with “>” needs quotes", '">5 sigma"'),
        ("|V| is small", "a text that begins with “|” needs quotes", '"|V| is small"'),
        ("- hot", "a text that begins with “-” needs quotes", '"- hot"'),
        ('"Soup": hot', MORE, "'\"Soup\": hot'"),
        (r'"$\\mu$" is hot', MORE, r"""'"$\mu$" is hot'"""),
        (r'"$\\mu$ is "hot" here"', MORE, r"""'$\mu$ is "hot" here'"""),
        ('"A cook\'s $\\\\mu$" is hot', MORE, '"\\"A cook\'s $\\\\mu$\\" is hot"'),
    ],
)
def test_where_yaml_stops_in_a_text_the_line_to_write_is_read(field: str, message: str, meant: str):
    def text(note: str) -> bytes:
        return f"---\nquestion: Is it hot?\nmodel: test\ndate: 2026-05-03\nnote: {note}\n---\nIt is.\n".encode()

    (finding,) = answerfile.parse(text(field), "soup.md").findings
    assert (finding.code, finding.line, message in finding.message) == ("AG131", 5, True), finding
    assert finding.help.endswith(f": note: {meant}.")
    assert answerfile.parse(text(meant), "soup.md").findings == ()


def test_a_source_with_tex_between_double_quotes_is_shown_as_it_was_meant():
    source = r'  - {id: AG-2025.03-1, category: hep-ph, title: "A $\mu$, hot", similarity: 61}'
    text = f"---\nquestion: Is it hot?\nmodel: test\ndate: 2026-05-03\nsources:\n{source}\n---\nIt is.\n"
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.line, finding.column, finding.help) == (6, 53, r"Use single quotes: title: 'A $\mu$, hot'.")


def test_tex_that_spells_a_forbidden_character_is_told_from_one_that_was_pasted():
    text = '---\nquestion: Is it hot?\nmodel: test\ndate: 2026-05-03\nnote: "$\\beta$"\n---\nIt is.\n'
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.code, finding.line, "use single quotes" in finding.help) == ("AG104", 5, True)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("model: claude", "Model: claude", ["3:1 AG134 there is no field “Model”; Did you mean “model”?"]),
        ("question: ", "title: ", ["2:1 AG134 there is no field “title”; Did you mean “question”?"]),
        ("model: claude", "modle: claude", ["3:1 AG134 there is no field “modle”; Did you mean “model”?"]),
        ("{id: AG", "{id:AG", [
            "6:6 AG134 there is no space after “id:”; Write “id: AG-2025.03-1234”.",
        ]),
        ("question: Does", "question: # Does", [
            "2:1 AG135 “question” is empty; Write its value after the colon; in quotes, where it starts with a hash.",
        ]),
        ("title: Soup Temperature", "title: ", [
            "6:45 AG135 sources 1: “title” is empty; "
            "Write its value after the colon; in quotes, where it starts with a hash.",
        ]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_field_is_said_once_and_where_it_stands(old: str, new: str, expected: list[str]):
    assert old in MARKDOWN
    findings = answerfile.parse(MARKDOWN.replace(old, new, 1).encode(), "soup.md").findings
    assert [f"{f.line}:{f.column} {f.code} {f.message}; {f.help}" for f in findings] == expected


@pytest.mark.parametrize("name", ["tags", "layout", "description", "author", "title"])
def test_a_field_that_resembles_none_is_told_with_all(name: str):
    (finding,) = answerfile.parse(MARKDOWN.replace("date:", f"{name}: x\ndate:", 1).encode(), "soup.md").findings
    assert (finding.code, finding.help[:19]) == ("AG134", "Known fields: id, q")


@pytest.mark.parametrize("day", ["2026/05/03", "2026-5-3", "2026–05–03", "2026.05.03", "2026-05-03T10:00:00Z"])
def test_a_day_with_other_signs_is_shown_as_it_must_be_written(day: str):
    (finding,) = answerfile.parse(MARKDOWN.replace("2026-05-03", day, 1).encode(), "soup.md").findings
    assert (finding.code, finding.help[-17:]) == ("AG136", "date: 2026-05-03.")


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ("\n" + MARKDOWN, "the file starts with “---” in its line 2 only", "Delete what stands above that line."),
        (
            "Here it is:\n\n" + MARKDOWN,
            "the file starts with “---” in its line 3 only",
            "Delete what stands above that line.",
        ),
        (
            f"```markdown\n{MARKDOWN}```\n",
            "the file starts with “---” in its line 2 only",
            "Delete what stands above that line, and the “```” at the end of the file.",
        ),
        (" " + MARKDOWN, "the first line is “ ---”", "Write three hyphens there, and nothing else."),
        (MARKDOWN.replace("---", "—", 1), "the first line is “—”", "Write three hyphens there, and nothing else."),
        (PAGE, "this is page text, as it was copied from an answer's page", "End the file's name in “.txt”."),
        (
            MARKDOWN.replace("---", "-----", 1),
            "the first line is “-----”",
            "Write three hyphens there, and nothing else.",
        ),
    ],
    ids=["blank", "chat", "fence", "indented", "dash", "page text", "long"],
)
def test_what_stands_above_the_front_matter_is_named(text: str, message: str, help: str):
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.code, finding.line, finding.message, finding.help) == ("AG130", 1, message, help)


@pytest.mark.parametrize("line", ["—", "----", " ---", "...", "–––", "***", "```"])
@pytest.mark.parametrize("below", ["", "\n\n---\n\nNote: late\n"], ids=["text", "rule"])
def test_a_line_that_does_not_end_the_front_matter_as_it_should_is_named(line: str, below: str):
    text = MARKDOWN.replace("---\nSoupe", f"{line}\n# Soup\n\nSoupe") + below
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.code, finding.line, finding.column) == ("AG130", 7, 1)
    assert finding.message == f"the front matter ends with “{line}”"
    assert finding.help == "Write three hyphens there, and nothing else."


def test_what_stands_above_and_below_a_wrong_end_of_the_front_matter_is_told_too():
    text = MARKDOWN.replace("---\nSoupe", "----\nSoupe").replace("model:", "modle:")
    parsed = answerfile.parse(text.encode(), "soup.md")
    assert places(parsed) == ["3:1 AG134", "7:1 AG130"]
    assert parsed.rest is not None
    assert parsed.rest.body == "Soupe à l’oignon 🍲 turns [AG-2025.03-1234]."


@pytest.mark.parametrize(
    "text",
    [
        "---\nquestion: Why?\n\nIt is.\n\n...\n\nMore.\n",
        "---\nquestion: Why?\nIt is, they say:\n- so\n\n----\nMore.\n",
        "---\n----\nA text.\n",
    ],
)
def test_a_rule_in_the_text_is_not_taken_for_the_end_of_front_matter(text: str):
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.code, finding.line) == ("AG130", text.count("\n") + 1)


@pytest.mark.parametrize("note", ["|\n  Late.\n  ----\n  Very.", "Late\n  ...\nid: soup", '"Late\n----\n  Very"'])
def test_a_rule_in_a_value_does_not_end_the_front_matter(note: str):
    parsed = answerfile.parse(MARKDOWN.replace("sources:", f"note: {note}\nsources:").encode(), "soup.md")
    assert "AG130" not in {finding.code for finding in parsed.findings}


@pytest.mark.parametrize("text", ["A text.\n---", "A text.\n---\nMore.\n", "question: Why?\n---\n"])
def test_a_rule_in_the_text_is_not_taken_for_the_start_of_front_matter(text: str):
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.code, finding.message) == ("AG130", "the file does not start with “---”")


LINES = st.sampled_from(
    ["---", "```", "question: Why?", "sources:", "- x", "A text [AG-2025.03-1].", "", *PAGE.split("\n")]
)


@given(st.lists(LINES).map("\n".join))
def test_lines_in_any_order_are_read_or_refused(text: str):
    for name in ("soup.md", "soup.txt"):
        check_promises(answerfile.parse(text.encode(), name))


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "help"),
    [
        (
            "3 May",
            "3\xa0May",
            "3:33 AG112",
            "U+00A0 (NO-BREAK SPACE) stands in the place of a plain space",
            "Write a plain space there.",
        ),
        (
            "· 3 May",
            "·\t3 May",
            "3:31 AG112",
            "U+0009 (TAB) stands in the place of a plain space",
            "Write a plain space there.",
        ),
        ("3 May", "3  May", "3:33 AG112", "there are two spaces in a row", "Delete one of them."),
        (
            "vity Q",
            "vity\u2009Q",
            "1:12 AG110",
            "U+2009 (THIN SPACE) stands in the place of a plain space",
            "Write a plain space there.",
        ),
        (
            "Answer\n",
            "Answer\u200b\n",
            "4:7 AG113",
            "U+200B (ZERO WIDTH SPACE) is in the line and cannot be seen",
            "Delete it.",
        ),
        (
            "Sources ·",
            "Sources\xa0·",
            "9:8 AG114",
            "U+00A0 (NO-BREAK SPACE) stands in the place of a plain space",
            "Write a plain space there.",
        ),
        (
            "Keep ",
            "Keep\u202f",
            "12:5 AG115",
            "U+202F (NARROW NO-BREAK SPACE) stands in the place of a plain space",
            "Write a plain space there.",
        ),
        (
            "Keep ",
            "  Keep\xa0",
            "12:7 AG115",
            "U+00A0 (NO-BREAK SPACE) stands in the place of a plain space",
            "Write a plain space there.",
        ),
        ("research ", "research  ", "14:19 AG116", "there are two spaces in a row", "Delete one of them."),
    ],
)
def test_space_that_only_looks_plain_is_named_where_it_stands(old: str, new: str, place: str, message: str, help: str):
    assert PAGE.count(old) == 1
    parsed = answerfile.parse(PAGE.replace(old, new).encode(), "soup.txt")
    check_promises(parsed)
    assert places(parsed) == [place]
    assert (parsed.findings[0].message, parsed.findings[0].help) == (message, help)


def test_odd_space_further_on_in_the_closing_line_is_noted():
    parsed = answerfile.parse(PAGE.replace("peer review", "peer\xa0review").encode(), "soup.txt")
    assert parsed.answer == SOUP
    assert places(parsed) == ["14:36 AG121"]


def test_what_follows_the_closing_line_is_to_be_deleted():
    (finding,) = answerfile.parse(f"{PAGE}\n\nShare this page".encode(), "soup.txt").findings
    assert (finding.code, finding.line, finding.column) == ("AG116", 16, 1)
    assert finding.message == "the file goes on below its closing line"
    assert finding.help == "Delete what stands below line 14, which is that line."


@pytest.mark.parametrize("end", [" ", "\t", "\xa0", " \xa0"], ids=ascii)
def test_space_around_any_line_of_page_text_is_left_out(end: str):
    lines = PAGE.split("\n")
    for number in (1, 2, 3, 4, 9, 10, 11, 12, 13, 14):
        spaced = [*lines[: number - 1], f"{end}{lines[number - 1]}{end}", *lines[number:]]
        parsed = answerfile.parse("\n".join(spaced).encode(), "soup.txt")
        assert parsed.answer == SOUP
        assert places(parsed) == [f"{number}:0 AG122"]


@pytest.mark.parametrize(("before", "after"), [("  ", ""), ("", " "), ("\t", "\t")])
def test_space_around_all_lines_of_page_text_is_noted_once(before: str, after: str):
    page = "\n".join(f"{before}{line}{after}" for line in PAGE.split("\n"))
    parsed = answerfile.parse(page.encode(), "soup.txt")
    (finding,) = parsed.findings
    assert (finding.code, finding.line) == ("AG122", 1)
    assert finding.message == "there is space at the start or the end of this line and of 9 others"
    assert parsed.answer is not None
    assert (parsed.answer.question, parsed.answer.sources) == (SOUP.question, SOUP.sources)


@pytest.mark.parametrize("gap", ["", " ", "\xa0"], ids=ascii)
def test_blank_lines_between_those_of_page_text_change_nothing(gap: str):
    parsed = answerfile.parse(PAGE.replace("\n", f"\n{gap}\n").encode(), "soup.txt")
    assert parsed.answer == SOUP
    assert [(f.line, f.code, f.message) for f in parsed.findings] == [(2, "AG120", "every second line is blank")]
    assert (parsed.origin.question, parsed.origin.model, parsed.origin.sources) == (3, 5, (19, 21))


@pytest.mark.parametrize("text", ["\xa0", "\xa0\n\n", "\u2009\nAnswer"], ids=ascii)
def test_space_alone_is_no_page_text(text: str):
    parsed = answerfile.parse(text.encode(), "soup.txt")
    check_promises(parsed)
    assert "1:1 AG110" in places(parsed)


def test_what_stands_above_page_text_is_to_be_deleted():
    (finding,) = answerfile.parse(("Home\nSign in\n" + PAGE).encode(), "soup.txt").findings
    assert (finding.code, finding.help) == ("AG110", "Delete what stands above line 3, which is that line.")


def test_the_first_field_may_be_the_one_that_is_indented():
    text = "---\n  question: Is it hot?\nmodel: test\ndate: 2026-05-03\n---\nIt is.\n"
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.line, finding.column) == (2, 3)
    assert finding.help == "Begin it where the others begin: “question: Is it hot?”."


# Bytes that no editor shows stand here and not in files.
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ["1:0 AG103"]),
        (b" \n\n\t", ["1:0 AG103"]),
        (b"\xef\xbb\xbf", ["1:0 AG103", "1:1 AG105"]),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ["1:1 AG102"]),
        (PAGE.encode("utf-16"), ["1:1 AG102"]),
        (PAGE.encode("latin-1", "replace"), ["3:30 AG102"]),
        (PAGE.encode()[: PAGE.encode().index("🍲".encode()) + 2], ["5:18 AG102"]),
        (PAGE.encode().replace(b"turns", b"\xfft", 1), ["5:20 AG102"]),
        (b"\n" * 50_000_000, ["1:0 AG101"]),
    ],
    ids=["empty", "blank", "only-a-mark", "image", "utf-16", "latin-1", "cut-in-a-character", "odd-byte", "50-MB"],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, expected: list[str]):
    parsed = answerfile.parse(data, "soup.txt")
    check_promises(parsed)
    assert (parsed.answer, places(parsed)) == (None, expected)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "a PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xd3word/document.xml", "a packed file, as those of Word are,"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "binary"),
    ],
    ids=["pdf", "docx", "doc"],
)
def test_a_file_that_was_never_text_is_told_so(data: bytes, kind: str):
    for name in ("soup.md", "soup.txt"):
        (finding,) = answerfile.parse(data, name).findings
        assert (finding.line, finding.column, finding.code) == (1, 1, "AG102")
        assert finding.message == f"the file is {kind} and no text"
        assert finding.help == "Save its text as UTF-8, from the program that it was written with."


@pytest.mark.parametrize("text", [PAGE, MARKDOWN], ids=["txt", "md"])
@pytest.mark.parametrize(
    "char",
    "\x00\x07\x0b\x0c\r\x1b\x1c\x7f\x85\x9f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\ufdd0\ufffe\U0010ffff\U000e0041\U000e007f",
    ids=ascii,
)
def test_characters_that_hide_or_reorder_are_refused(text: str, char: str):
    line = next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith("Soupe"))
    parsed = answerfile.parse(
        text.replace(" 🍲 ", f" 🍲{char} ").encode(), "soup.md" if text is MARKDOWN else "soup.txt"
    )
    check_promises(parsed)
    assert (parsed.answer, places(parsed)) == (None, [f"{line}:19 AG104"])


@pytest.mark.parametrize("char", ZERO_WIDTH, ids=ascii)
def test_whatever_nobody_sees_is_found_in_a_line_of_fixed_words(char: str):
    (found,) = answerfile.parse(PAGE.replace("Answer\n", f"Answer{char}\n").encode(), "soup.txt").findings
    assert (found.code, found.line, found.column) == ("AG113", 4, 7)
    assert found.message == f"U+{ord(char):04X} ({unicodedata.name(char)}) is in the line and cannot be seen"


@pytest.mark.parametrize("char", ["\xa0", "\u202f", "\u2009", "\xad", "\u200b", "\u200d", "\ufe0f"], ids=ascii)
def test_harmless_characters_pass(char: str):
    parsed = answerfile.parse(PAGE.replace(" 🍲 ", f" 🍲{char} ").encode(), "soup.txt")
    assert parsed.findings == ()


@pytest.mark.parametrize(("text", "name"), [(PAGE, "soup.txt"), (MARKDOWN, "soup.md")], ids=["txt", "md"])
def test_marks_and_line_ends_that_do_no_harm_are_noted(text: str, name: str):
    plain = answerfile.loads(text, name)
    marked = answerfile.parse(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), name)
    assert marked.answer == plain
    assert places(marked) == ["1:0 AG106", "1:1 AG105"]
    assert {finding.severity for finding in marked.findings} == {"note"}


def test_a_line_end_behind_page_text_is_noted():
    parsed = answerfile.parse((PAGE + "\n\n").encode(), "soup.txt")
    assert parsed.answer == answerfile.loads(PAGE, "soup.txt")
    assert places(parsed) == ["14:0 AG107"]


def test_a_number_of_sources_that_differs_is_told_with_the_right_one():
    (finding,) = answerfile.parse(PAGE.replace("· 2", "· 1").encode(), "soup.txt").findings
    assert (finding.code, finding.line, finding.column) == ("AG118", 9, 11)
    assert finding.message == "the line says 1, but the number of sources is 2"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("{0}\n{0}\n{1}", []),
        ("{0}\n{0}0\n{1}\n{1}", ["9:11 AG118"]),
        ("{0}\n- 60%hep-phSoup\nand PotsAG-2025.03-9\n{1}", ["11:16 AG117"]),
        ("{0}\n- 60%hep-phSoup\nand\nPotsAG-2025.03-9\nStewAG-2025.03-8\n{1}", ["11:16 AG117", "14:1 AG117"]),
        (
            "{0}\n- 60%hep-phSoup\n60%hep-phPotsAG-2025.03-9\n- 59%hep-phAG-2025.03-7\n{1}",
            ["11:16 AG117", "12:1 AG117", "13:12 AG117"],
        ),
        ("{0}", ["9:11 AG118"]),
    ],
)
def test_the_number_of_sources_is_not_told_where_a_source_itself_is_wrong(rows: str, expected: list[str]):
    lines = PAGE.split("\n")
    text = "\n".join([*lines[:9], rows.format(*lines[9:11]), *lines[11:]])
    parsed = answerfile.parse(text.encode(), "soup.txt")
    check_promises(parsed)
    assert places(parsed) == expected


def test_of_front_matter_in_a_txt_file_nothing_else_is_told():
    assert places(answerfile.parse(MARKDOWN.encode(), "soup.txt")) == ["1:1 AG110"]
    assert places(answerfile.parse((PAGE.replace("Answer\n", "") + "\n").encode(), "soup.txt")) == [
        "4:1 AG113",
        "13:0 AG107",
    ]


@pytest.mark.parametrize(
    "name", ["soup", "soup.html", "soup.TXT", ".txt", "page.txt", "-soup.md", "x" * 81 + ".md", ""]
)
def test_a_name_that_gives_no_id_is_refused(name: str):
    parsed = answerfile.parse((MARKDOWN if name.endswith(".md") else PAGE).encode(), name)
    check_promises(parsed)
    assert (parsed.answer, places(parsed)) == (None, ["1:0 AG140"])


@pytest.mark.parametrize("name", ["日本語.md", "page.md", "-soup.md", "x" * 81 + ".md"])
def test_an_id_in_the_file_wins_over_a_name_that_gives_none(name: str):
    text = "---\nid: soup\nquestion: Why?\nmodel: m\ndate: 2026-05-03\n---\nBecause.\n"
    parsed = answerfile.parse(text.encode(), name)
    assert (parsed.answer and parsed.answer.id, parsed.findings) == ("soup", ())
    nameless = answerfile.parse(text.replace("id: soup\n", "").encode(), name)
    assert (nameless.answer, places(nameless)) == (None, ["1:0 AG140"])


@pytest.mark.parametrize("name", ["index.md", "answers/page.txt"])
def test_a_name_that_the_site_needs_is_said_to_be_one(name: str):
    (finding,) = answerfile.parse((MARKDOWN if name.endswith(".md") else PAGE).encode(), name).findings
    assert (finding.message, finding.help) == (f"“{name}” has a name that the site needs itself", "Take another one.")


def test_the_stem_is_the_id():
    assert answerfile.loads(PAGE, "answers/042_Soup é.txt").id == "042-soup--"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("question: Why?", "question: What is #4 of the C # list?", "2:19 AG139"),
        ("question: Why?", "question: Why?   # and how", "2:18 AG139"),
        ("question: Why?", "note: Long ago #1\nquestion: Why?", "2:16 AG139"),
        ("follow_ups: []", "follow_ups:\n  - Is it # one?\n  - What?", "6:11 AG139"),
        ("question: Why?", 'question: "What is #4 of the C # list?"', None),
        ("question: Why?", "question: Why is C# so?", None),
        ("follow_ups: []", "follow_ups: []  # none yet", None),
        ("follow_ups: []", "sources:\n  - id: AG-2025.03-1\n    title: Optimal #2 Anomaly", "7:20 AG139"),
        ("follow_ups: []", "sources:\n  - {id: AG-2025.03-1,\n    title: Optimal #2 Anomaly\n    }", "7:20 AG139"),
        ("follow_ups: []", "sources:\n  - id: AG-2025.03-1  # the best\n    title: Optimal", None),
        ("follow_ups: []", "sources:\n  - {id: AG-2025.03-1, # the best,\n    title: Optimal}", None),
        ("model: m", "model: m  # the small one", None),
    ],
)
def test_a_text_that_yaml_cuts_at_a_hash_is_told_of(old: str, new: str, place: str | None):
    text = "---\nquestion: Why?\nmodel: m\ndate: 2026-05-03\nfollow_ups: []\n---\nIt is.\n"
    parsed = answerfile.parse(text.replace(old, new).encode(), "soup.md")
    assert parsed.answer is not None
    assert places(parsed) == ([place] if place else [])


@pytest.mark.parametrize(
    ("items", "place"),
    [
        ("  - Hot?\n   - Cold?\n  - Mild?", (7, 4)),
        ("- Hot?\n - Cold?", (7, 2)),
        ("  - Hot?\n  - Is it\n    so?\n      - Cold?", (9, 7)),
    ],
)
def test_a_follow_up_that_yaml_takes_for_more_of_the_one_above_is_told_of(items: str, place: tuple[int, int]):
    text = f"---\nquestion: Why?\nmodel: m\ndate: 2026-05-03\nfollow_ups:\n{items}\n---\nIt is.\n"
    (finding,) = answerfile.parse(text.encode(), "soup.md").findings
    assert (finding.line, finding.column, finding.code, finding.message) == (*place, "AG136", ELSEWHERE)
    assert finding.help == f"Begin it where the first item begins: “{items[: items.index('-')]}- Cold?”."


@pytest.mark.parametrize(
    "items", ["  - Is it hot - or\n    cold?", '  - "Hot\n    - cold"', "  - Hot - cold\n  - Mild"]
)
def test_a_dash_within_a_follow_up_begins_no_item(items: str):
    text = f"---\nquestion: Why?\nmodel: m\ndate: 2026-05-03\nfollow_ups:\n{items}\n---\nIt is.\n"
    assert answerfile.parse(text.encode(), "soup.md").findings == ()


# --- Limits ----------------------------------------------------------------------------------------------------------


def long_page(body: int = 1, sources: int = 1, follow_ups: int = 1) -> bytes:
    rows = [f"- 61%hep-phSoupAG-2025.03-{number}" for number in range(sources)]
    text = "Soup [AG-2025.03-1] is hot. " * body
    return strategies.page("Why?", dt.date(2026, 5, 3), [text], rows, ["Why not?"] * follow_ups).encode()


@pytest.mark.parametrize(("part", "limit"), [("body", 2_000), ("sources", 200), ("follow_ups", 200)])
def test_page_text_has_limits(part: str, limit: int):
    assert answerfile.parse(long_page(**{part: limit}), "soup.txt").answer is not None
    parsed = answerfile.parse(long_page(**{part: limit + 1}), "soup.txt")
    assert [finding.code for finding in parsed.findings] == ["AG138"]
    assert f"more than {limit:,}" in parsed.findings[0].message


def test_front_matter_has_limits():
    rows = "".join(f"  - {{id: AG-2025.03-{number}, title: A}}\n" for number in range(201))
    text = MARKDOWN.replace("---\nSoupe", f"{rows}---\nSoupe")
    assert places(answerfile.parse(text.encode(), "a.md")) == ["6:0 AG138"]
    note = f"note: {'a' * 64 * 1024}\n"
    assert places(answerfile.parse(MARKDOWN.replace("sources:", f"{note}sources:").encode(), "a.md")) == ["1:0 AG138"]


def test_many_findings_of_a_kind_are_counted():
    text = PAGE.replace("\n- slowly", "\n" * 1000 + "- slowly")
    parsed = answerfile.parse(text.encode(), "soup.txt")
    assert len(parsed.findings) == 20
    assert parsed.findings[-1].message == "blank line in the text; and 979 more like this"


@pytest.mark.parametrize("shape", ["sources:\n  - {{id: AG-2025.03-1, title: A, {0}}}\n", "{1}"])
def test_thousands_of_fields_that_there_are_not_take_no_longer_to_tell(shape: str):
    names = ["".join(letters) for letters in itertools.product("abcdefghijklmnopqr", repeat=3)]
    fields = shape.format(", ".join(names), "".join(f"{name}: 1\n" for name in names))
    start = time.process_time()
    text = f"---\nquestion: Why?\nmodel: m\ndate: 2026-05-03\n{fields}---\nText.\n"
    parsed = answerfile.parse(text.encode(), "a.md")
    assert parsed.answer is None
    assert time.process_time() - start < 0.8


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape", ["\\(", "\\[", "\\$", "`", "$$", "<", "](", "- ", "a\n", "\n", "1. a\n", "\0", "AG-", "- - "]
)
def test_no_shape_of_text_takes_long(shape: str):
    start = time.process_time()
    answerfile.parse(PAGE.replace("- slowly", "$" + shape * (250_000 // len(shape))).encode(), "soup.txt")
    assert time.process_time() - start < 10


# --- Laws ------------------------------------------------------------------------------------------------------------


def check_laws(answer: Answer) -> None:
    text = answerfile.dumps(answer, "md")
    again = answerfile.loads(text, f"{answer.id}.md")
    assert again == answer
    assert answerfile.dumps(again, "md") == answerfile.canonical(again) == text


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_the_answers_of_this_archive_survive(path: Path):
    text = path.read_bytes().decode()
    answer = answerfile.loads(text, path.name)
    check_laws(answer)
    if path.suffix == ".txt":
        assert answerfile.dumps(answer, "txt", path.name) == text


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"the real page texts are not in {SEEDS.name}/ beside this repository")
def test_real_page_texts_survive():
    paths = sorted(SEEDS.glob("*.txt"))
    assert paths
    for path in paths:
        text = path.read_bytes().decode()
        parsed = answerfile.parse(path.read_bytes(), path.name)
        assert parsed.findings == ()
        assert parsed.answer is not None
        check_laws(parsed.answer)
        assert answerfile.dumps(parsed.answer, "txt", path.name) == text


@given(strategies.answers())
def test_reading_what_was_written_gives_the_same_record(answer: Answer):
    check_laws(answer)


@given(strategies.pages())
def test_page_text_comes_back_byte_for_byte(text: str):
    parsed = answerfile.parse(text.encode(), "soup.txt")
    check_promises(parsed)
    if not parsed.findings:
        assert parsed.answer is not None
        assert answerfile.dumps(parsed.answer, "txt", "soup.txt") == text
        check_laws(parsed.answer)


@pytest.mark.parametrize(("text", "name"), [(PAGE, "soup.txt"), (MARKDOWN, "soup.md")], ids=["txt", "md"])
def test_a_cut_file_never_raises(text: str, name: str):
    data = text.encode()
    for end in range(len(data)):
        parsed = answerfile.parse(data[:end], name)
        check_promises(parsed)
        # Nothing says where the text of Markdown ends.
        assert parsed.answer is None or (name == "soup.md" and end > data.index(b"---\nSoupe") + 4)


@given(st.data())
def test_a_damaged_file_never_raises(data: st.DataObject):
    path = data.draw(st.sampled_from([*GOOD, *BAD]))
    content = bytearray(path.read_bytes())
    pieces = st.one_of(st.binary(max_size=3), strategies.texts(max_size=2, controls="\n\t").map(str.encode))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 8))] = data.draw(pieces)
    check_promises(answerfile.parse(bytes(content), path.name))


@given(
    st.sampled_from((b"", b"---\n", b"Antigravity Q&A\n")), st.binary(max_size=200), st.sampled_from(("a.md", "a.txt"))
)
def test_arbitrary_bytes_never_raise(head: bytes, tail: bytes, name: str):
    check_promises(answerfile.parse(head + tail, name))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(strategies.large_pages())
def test_what_was_read_can_be_written_however_large_it_is(text: str):
    parsed = answerfile.parse(text.encode(), "soup.txt")
    if parsed.answer is not None:
        assert answerfile.loads(answerfile.canonical(parsed.answer), "soup.md") == parsed.answer


def test_page_text_that_would_be_too_large_as_markdown_is_refused():
    day = dt.date(2026, 5, 3)
    titles = [f"- 61%hep-ph{'t' * 420}AG-2025.03-{n}" for n in range(200)]
    pages = [
        strategies.page("Why?", day, body, rows, []) for body, rows in ((["It is."], titles), (["a"] * 87_370, []))
    ]
    found = [answerfile.parse(page.encode(), "soup.txt").findings for page in pages]
    assert [[str(f.message) for f in findings if f.severity == "error"] for findings in found] == [
        ["written as .md, its front matter would be longer than 64 KiB"],
        ["written as .md, the file would be longer than 256 KiB"],
    ]


def test_markdown_that_would_grow_over_a_limit_when_written_is_refused():
    items = ",".join("1" * 12_000)
    nested = "provenance: {a: {b: {c: {d: [" + items + "]}}}}\n"
    parsed = answerfile.parse(MARKDOWN.replace("sources:", f"{nested}sources:").encode(), "soup.md")
    assert [finding.code for finding in parsed.findings] == ["AG138"]


# --- Positions -------------------------------------------------------------------------------------------------------


def check_positions(text: str, name: str) -> None:
    """Every character of the body, but those that were put in, is found where the file has it."""
    parsed = answerfile.parse(text.encode(), name)
    if parsed.answer is None:
        return
    lines = text.split("\n")
    for number, content in enumerate(parsed.answer.body.split("\n"), 1):
        shift = parsed.origin.shifts[number - 1] if parsed.origin.shifts else 0
        for column in range(shift + 1, len(content) + 1):
            # The last sign of `&#32;` is where the space stands.
            stands_for_space = content.startswith("&#") and content[column - 1] == ";"
            if (number, column) not in parsed.origin.inserted and not stands_for_space:
                line, file_column = parsed.origin.in_body(number, column)
                assert lines[line - 1][file_column - 1] == content[column - 1]


@given(strategies.pages())
def test_positions_in_page_text_are_exact(text: str):
    check_positions(text, "soup.txt")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_positions_in_cases_are_exact(path: Path):
    check_positions(path.read_bytes().decode(), path.name)


def test_a_position_behind_escapes_is_moved():
    body = [
        "Pots & <lids@home> \\{",
        "A line that is long enough to be taken for prose, with [a link](x) and AG-2025.03-1234.",
    ]
    parsed = answerfile.parse(strategies.page("Why?", dt.date(2026, 5, 3), body, [], []).encode(), "soup.txt")
    assert parsed.answer is not None
    assert parsed.answer.body.split("\n")[0] == "## Pots & \\<lids@home> \\\\{"
    assert parsed.origin.in_body(1, 1) == (5, 1)
    assert parsed.origin.in_body(1, parsed.answer.body.index("{") + 1) == (5, body[0].index("{") + 1)
    column = parsed.answer.body.split("\n")[2].index("AG-") + 1
    assert parsed.origin.in_body(3, column) == (6, body[1].index("AG-") + 1)
    assert parsed.origin.in_body(4, 1) == (0, 0)


def test_parts_are_found_where_they_stand():
    page = answerfile.parse(PAGE.encode(), "soup.txt").origin
    assert (page.question, page.model, page.date, page.sources, page.follow_ups) == (2, 3, 3, (10, 11), (13,))
    markdown = answerfile.parse(MARKDOWN.encode(), "soup.md").origin
    assert (markdown.question, markdown.model, markdown.date, markdown.sources) == (2, 3, 4, (6,))
    assert markdown.in_body(1, 7) == (8, 7)


# --- Errors ----------------------------------------------------------------------------------------------------------


def test_loads_says_what_is_wrong_and_where_and_how_to_mend_it():
    with pytest.raises(AnswerFileError) as caught:
        answerfile.loads(PAGE.replace("Sources · 2", "Papers"), "soup.txt")
    assert str(caught.value) == (
        "soup.txt:14:74: error AG114 there is no line “Sources · N” below the text\n"
        "  The text must be followed by a line “Sources · 8” and the sources; the file may be cut off."
    )
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "Sources · 2",
            "Sources (2)",
            "soup.txt:9:1: error AG114 “Sources (2)” is not the line “Sources · N”\n"
            "  Write “Sources · 2”: the number of sources after a point in the middle of the line.",
        ),
        (
            "Keep exploring",
            "Keep Exploring",
            "soup.txt:12:1: error AG115 “Keep Exploring” is not the line “Keep exploring”\n"
            "  Write “Keep exploring”, in these letters and alone on the line.",
        ),
        (
            "survive a",
            "survive\na",
            "soup.txt:3:1: error AG112 model and date stand in line 4, and not here below the question\n"
            "  Write the question on one line, and model and date on the next.",
        ),
    ],
)
def test_a_line_that_is_nearly_right_is_told_where_it_stands(old: str, new: str, said: str):
    with pytest.raises(AnswerFileError) as caught:
        answerfile.loads(PAGE.replace(old, new, 1), "soup.txt")
    assert str(caught.value) == said


def test_loads_refuses_text_that_no_file_can_hold():
    with pytest.raises(AnswerFileError, match="AG102"):
        answerfile.loads(PAGE.replace("🍲", "\ud83c"), "soup.txt")


SOUP = answerfile.loads(PAGE, "soup.txt")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"note": "Tasted."}, "soup cannot be written as .txt without a change of: note"),
        ({"body": "One line\nand another."}, "soup cannot be written as .txt without a change of: body"),
        (
            {"status": "draft", "aliases": ("pot",)},
            "soup cannot be written as .txt without a change of: status, aliases",
        ),
        ({"model": "a · 3 May"}, None),
        ({"sources": (Source(id="AG-2025.03-1", title="Soup"),)}, "the source AG-2025.03-1 has no similarity"),
        ({"body": "A\n\nSources · 3"}, None),
    ],
)
def test_page_text_refuses_what_it_cannot_hold(changes: dict[str, object], message: str | None):
    answer = SOUP.model_copy(update=changes)
    if message is None:
        assert answerfile.loads(answerfile.dumps(answer, "txt"), "soup.txt") == answer
        return
    with pytest.raises(AnswerFileError) as caught:
        answerfile.dumps(answer, "txt")
    assert caught.value.message == message
    assert caught.value.help


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("It is.\n\n| a | b |\n|---|---|\n| 1 | 2 |", "|---|---|"),
        ("It is.\n\n- so\n  - and so", "- and so"),
        ("It is.\n\n> so", "> so"),
        ("It is.\n\nThat\nis all.", "That"),
    ],
)
def test_page_text_names_the_line_that_it_cannot_hold(body: str, line: str):
    with pytest.raises(AnswerFileError) as caught:
        answerfile.dumps(SOUP.model_copy(update={"body": body}), "txt")
    assert f"“{line}”" in str(caught.value.help)


def test_markdown_refuses_what_it_cannot_hold():
    for changes in (
        {"provenance": {"when": dt.date(2026, 5, 3)}},
        {"body": "a\rb"},
        {"body": "\na"},
        {"note": "\u202e"},
    ):
        with pytest.raises(AnswerFileError):
            answerfile.dumps(SOUP.model_copy(update=changes), "md")
