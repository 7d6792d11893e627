"""Arbitrary records and page texts for Hypothesis: whatever an answer file may hold."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence

from hypothesis import strategies as st

from agsite.categories import CATEGORIES
from agsite.ids import is_answer_id
from agsite.records import Answer, Source
from agsite.suspects import suspects

# What Markdown, YAML and page text give a meaning to, and what only looks so.
MARKS = (
    *"#*_`~$\\[](){}<>!|&;:-+=.,?'\"/%@^0123456789 ",
    *("\\(", "\\)", "$$", "```", "](", "- ", "1. ", "2. ", "## ", ": ", " #", "&amp;", "&#32;", "---", "—", "\xa0"),
    *("AG-2025.03-1234", "[AG-2024.11-077]", "https://", "<b>", "hep-ph", "astro-ph.GA", "Sources · 3", "Answer"),
    *("no", "null", "010", "true", "1e3", "question: ", "Keep exploring"),
)


def texts(*, min_size: int = 0, max_size: int = 30, controls: str = "\t") -> st.SearchStrategy[str]:
    """Any text that may be published, with more marks in it than usual, and with `controls`."""
    letters = st.characters(codec="utf-8", exclude_categories=("Cc",))
    pieces = st.one_of(letters, st.sampled_from(MARKS), st.sampled_from(("a", "Soup", " ", *controls)))
    several = st.lists(pieces, min_size=min_size, max_size=max_size).map("".join)
    return several.filter(lambda text: not suspects(text))


def lines(*, max_size: int = 30) -> st.SearchStrategy[str]:
    """One line of text as a record holds it: not empty, and no space around it."""
    return texts(min_size=1, max_size=max_size).map(str.strip).filter(bool)


def filled_lines(*, max_size: int = 30) -> st.SearchStrategy[str]:
    """One line that is not blank, short or longer than a heading, perhaps with space around it."""
    short = texts(min_size=1, max_size=max_size).filter(lambda line: bool(line.strip()))
    sentence = "The soup was stirred again and again, and every cook who came by had something else to say: "
    return st.one_of(short, short.map(lambda line: sentence + line))


def bodies() -> st.SearchStrategy[str]:
    """A record's body: any lines, the first and the last not blank."""
    middle = st.lists(texts(), max_size=4)
    parts = st.tuples(filled_lines(), middle, filled_lines())
    return st.one_of(filled_lines(), parts.map(lambda part: "\n".join((part[0], *part[1], part[2]))))


def paper_ids() -> st.SearchStrategy[str]:
    """Ids of papers, padded with zeros or not."""
    numbers = st.one_of(st.integers(0, 999_999).map(str), st.integers(0, 99).map("{:03d}".format))
    return st.builds("AG-{:04d}.{:02d}-{}".format, st.integers(0, 9999), st.integers(1, 12), numbers)


def sources() -> st.SearchStrategy[Source]:
    """Any source."""
    categories = st.one_of(st.none(), st.sampled_from(sorted(CATEGORIES)), texts(max_size=4))
    percents = st.one_of(st.none(), st.integers(0, 100))
    return st.builds(Source, id=paper_ids(), category=categories, title=lines(), similarity=percents)


def answer_ids() -> st.SearchStrategy[str]:
    """Ids that can be part of an address."""
    return st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True).filter(is_answer_id)


def fields() -> st.SearchStrategy[dict[str, object]]:
    """What provenance and review may be."""
    keys = texts(max_size=8).filter(lambda key: key != "<<")
    numbers = st.one_of(st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False))
    values: st.SearchStrategy[object] = st.one_of(
        st.none(), st.booleans(), numbers, texts(max_size=10, controls="\t\n")
    )
    for _ in range(3):
        values = st.one_of(values, st.lists(values, max_size=3), st.dictionaries(keys, values, max_size=3))
    return st.dictionaries(keys, values, max_size=3)


def answers() -> st.SearchStrategy[Answer]:
    """Any answer."""
    return st.builds(
        Answer,
        id=answer_ids(),
        question=lines(),
        model=lines(max_size=8),
        date=st.dates(),
        body=bodies(),
        sources=st.lists(sources(), max_size=3).map(tuple),
        follow_ups=st.lists(lines(), max_size=3).map(tuple),
        status=st.sampled_from(("draft", "published", "withdrawn")),
        note=st.one_of(st.none(), texts(max_size=10, controls="\t\n")),
        aliases=st.lists(answer_ids(), max_size=2).map(tuple),
        provenance=st.one_of(st.none(), fields()),
        review=st.one_of(st.none(), fields()),
    )


def pages() -> st.SearchStrategy[str]:
    """Page texts with any lines in their four parts."""
    row = "- {}%{}{}{}".format
    rows = st.builds(row, st.integers(0, 100), st.sampled_from(sorted(CATEGORIES)), lines(), paper_ids())
    body = st.lists(filled_lines(), min_size=1, max_size=6)
    return st.builds(page, lines(), st.dates(), body, st.lists(rows, max_size=3), st.lists(lines(), max_size=3))


def large_pages() -> st.SearchStrategy[str]:
    """Page texts near the limits of size: some lines, each many times as long or as often as usual."""
    times = st.sampled_from((1, 5, 30, 150, 600))
    many = st.builds(lambda line, length: [" ".join([line] * length)], lines(max_size=6), times)
    title = st.builds(lambda line, length: " ".join([line] * length), lines(max_size=6), times)
    rows = st.builds(
        lambda title, count: [f"- 61%hep-ph{title}AG-2025.03-{n}" for n in range(count)], title, st.integers(0, 200)
    )
    body = st.builds(lambda part, count: part * count, many, st.sampled_from((1, 20, 400, 20_000)))
    follow_ups = st.builds(lambda part, count: part * count, many, st.integers(0, 200))
    return st.builds(page, lines(), st.dates(), body, rows, follow_ups)


def page(question: str, day: dt.date, body: Sequence[str], rows: Sequence[str], follow_ups: Sequence[str]) -> str:
    """Put a page together, as the site that it would be copied from does."""
    byline = f"Answered by claude-haiku-4-5 · {day.day} {calendar.month_name[day.month]} {day.year:04d}"
    head = ["Antigravity Q&A", question, byline, "Answer", *body]
    tail = [f"Sources · {len(rows)}", *rows, "Keep exploring", *(f"- {follow_up}" for follow_up in follow_ups)]
    return "\n".join([*head, *tail, "This is a research aid — not a peer review. Verify sources before citing."])
