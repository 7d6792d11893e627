"""A plate is the answer to scale: bands in order, nothing overlapping, lines within their sentence."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from agsite import markup, plates
from agsite.plates import Band, Line

STEPS = (51, 59)


def plate(text: str, similarity: dict[str, int | None] | None = None) -> plates.Plate:
    return plates.draw(markup.read(text), similarity or {}, STEPS)


def test_sentences_are_cited_bare_or_gaps():
    text = "This is so [AG-2024.01-1]. This is not. The archive has no study of it."
    assert [band.kind for band in plate(text).bands] == ["b", "u", "g"]


def test_neighbouring_gaps_are_one():
    text = "The archive has no study of it. The preprints do not cover that either."
    assert [band.kind for band in plate(text).bands] == ["g"]


def test_a_closer_match_is_a_heavier_line():
    text = "One [AG-2024.01-1]. Two [AG-2024.01-2]. Three [AG-2024.01-3]. Four [AG-2024.01-4]."
    lines = plate(text, {"AG-2024.01-1": 50, "AG-2024.01-2": 51, "AG-2024.01-3": 59, "AG-2024.01-4": None}).lines
    assert [line.weight for line in lines] == [1, 2, 3, 1]


def test_citations_of_one_bracket_stand_side_by_side():
    first, second = plate("Shown twice [AG-2024.01-1, AG-2024.01-2].").lines
    assert 0 < second.x - first.x < 4


def test_headings_stand_on_the_axis():
    drawn = plate("Before it.\n\n## A turn\n\nAfter it.")
    (tick,) = drawn.ticks
    assert (tick.text, tick.anchor) == ("A turn", "a-turn")
    assert drawn.bands[0].x + drawn.bands[0].width < tick.x <= drawn.bands[1].x


def test_a_mini_draws_other_papers_pale():
    drawn = plate("One [AG-2024.01-1]. Two [AG-2024.01-2].", {"AG-2024.01-1": 60, "AG-2024.01-2": 60})
    small = plates.only(plates.mini(drawn), drawn, frozenset({"AG-2024.01-1"}))
    assert small.l3.count("M") == small.m.count("M") == 1


def test_a_mini_is_small():
    text = "\n\n".join(
        "A sentence of a usual length that says what it says [AG-2024.01-1]. And another one." for _ in range(9)
    )
    assert len("".join(plates.mini(plate(text)))) < 900


def test_sentences_of_a_kind_that_touch_are_drawn_as_one():
    bands = (Band(0, 100, "b"), Band(100.5, 99.5, "b"), Band(300, 1, "u"), Band(301, 99, "u"))
    assert plates.mini(plates.Plate(800.0, bands, (), ()))[:2] == ("M0 0v28h100V0z", "M0 14m150 0h50")


def test_lines_of_a_weight_in_one_place_are_drawn_once():
    lines = tuple(Line(100.0 + shift, "AG-2024.01-1", weight) for shift, weight in ((0, 3), (0.2, 3), (0.2, 1)))
    small = plates.mini(plates.Plate(800.0, (), lines, ()))
    assert (small.l1, small.l3) == ("M50 0v28", "M50 0v28")


def test_the_large_plate_is_the_small_one_in_finer_units():
    drawn = plate("One [AG-2024.01-1]. Two.\n\nThe archive has no study of it.")
    large, small = plates.large(drawn), plates.mini(drawn)
    assert [path.count("M") for path in large] == [path.count("M") for path in small]
    assert large != small


sentence = st.sampled_from(
    [
        "It holds.",
        "It holds [AG-2024.01-1].",
        "[AG-2024.01-1]",
        "The archive has no study of it.",
        "Why so?",
        "## Turn",
        "- item one",
        "| A |\n|---|\n| It holds [AG-2024.01-1]. Or not. |\n| Not here |",
    ]
)


def test_a_row_of_a_table_is_one_band_and_its_header_none():
    rows = (
        "| A | B |",
        "|---|---|",
        "| One | Two. Three [AG-2024.01-1] |",
        "| Four | Five |",
        "| Six | No preprint measures it |",
    )
    table = "\n".join(rows)
    drawn = plate(f"Before it.\n\n{table}")
    assert [band.kind for band in drawn.bands] == ["u", "b", "u", "g"]
    assert drawn.bands[1].x < drawn.lines[0].x <= drawn.bands[1].x + drawn.bands[1].width
    quoted = table.replace("\n", "\n> ")
    assert [band.kind for band in plate(f"Before it.\n\n> And so:\n>\n> {quoted}").bands] == ["u", "u", "b", "u", "g"]


@given(st.lists(sentence, min_size=1, max_size=30).map("\n\n".join))
def test_bands_follow_one_another_and_lines_stay_on_the_plate(text):
    drawn = plate(text)
    ends = [0.0]
    for band in drawn.bands:
        assert band.x >= ends[-1]
        ends.append(band.x + band.width)
    assert max(ends) <= drawn.width
    small = plates.mini(drawn)
    numbers = [float(x) for path in small for x in re.findall(r"M([0-9.]+)", path)]
    assert all(0 <= number <= plates.MINI_WIDTH for number in numbers)
    # What is drawn from the end of what came before must not run off either.
    assert sum(map(int, re.findall(r"[mh](\d+)", small.u))) <= plates.MINI_WIDTH
