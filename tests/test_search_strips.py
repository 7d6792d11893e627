"""A strip in characters says what the plate says, to a column."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agsite.plates import Band, Line, Plate
from agsite.search.strips import COLUMNS, columns, lines, runs

ALPHABET = [chr(code) for code in range(35, 127) if chr(code) != "\\"]

bands = st.lists(st.tuples(st.sampled_from("bug"), st.integers(1, 400), st.integers(0, 20)), min_size=1, max_size=60)
percents = st.integers(0, 100)


def laid_out(given_bands) -> tuple[Band, ...]:
    x, found = 14, []
    for kind, width, gap in given_bands:
        found.append(Band(x, width, kind))
        x += width + gap
    return tuple(found)


def unpacked(text: str) -> str:
    """The kind of every column, by the rule that the module describes."""
    return "".join("bug"[ALPHABET.index(char) // 30] * (ALPHABET.index(char) % 30 + 1) for char in text)


def placed(text: str) -> list[tuple[int, int]]:
    """Column and weight of every citation."""
    at, found = 0, []
    for char in text:
        weight, distance = divmod(ALPHABET.index(char), 30)
        at += 30 if weight == 3 else distance
        found += [(at, weight + 1)] if weight < 3 else []
    return found


@given(bands)
def test_every_column_is_of_the_sentence_that_stands_there(given_bands):
    found = laid_out(given_bands)
    width = found[-1].x + found[-1].width
    kinds = unpacked(runs(Plate(width, found, (), ())))
    assert len(kinds) == COLUMNS
    for band in found:
        # Between the columns that its ends fall into, a sentence has all to itself.
        first, last = round(band.x * COLUMNS / width), round((band.x + band.width) * COLUMNS / width)
        assert set(kinds[first:last]) <= {band.kind}


@given(st.lists(st.tuples(st.floats(0, 1), percents), max_size=40), st.tuples(percents, percents).map(sorted))
def test_every_citation_stands_in_its_column_and_is_as_heavy_as_its_match_is_close(cited, steps):
    cited = sorted(cited)
    plate = Plate(500.0, (), tuple(Line(500 * x, f"AG-2025.01-{i}", 1) for i, (x, _) in enumerate(cited)), ())
    where = [(column, percent) for (column, _), (_, percent) in zip(columns(plate), cited, strict=True)]
    expected = [(round(x * COLUMNS), 1 + sum(percent >= step for step in steps)) for x, percent in cited]
    assert placed(lines(where, steps)) == expected


def test_an_answer_without_a_sentence_has_no_strip():
    assert runs(Plate(1.0, (), (), ())) == ""
