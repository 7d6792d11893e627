"""An edit of words gives the archive that linking everything again would give; any other edit is left to that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite.archive import build_archive, reworded
from tests.archives import answer_text, reading
from tests.building import SOURCES

BODIES = (
    "One [AG-2025.03-1234]. Two.",
    "One.\n\nTwo, *at last* [AG-2025.04-7]. The archive has no study of pots.",
    "None.",
)
QUESTIONS = ("Why soup?", "Why stew?", "Why soup?", "Why not?")


def answer(number: int, body: str, **more: object):
    given_ = {"date": f"2026-0{number + 1}-03", "sources": SOURCES, "follow_ups": ("Why stew?", "What else?")} | more
    return reading(f"a{number}.md", answer_text(QUESTIONS[number], body, **given_))


@given(st.lists(st.sampled_from(BODIES), min_size=4, max_size=4), st.integers(0, 3), st.data())
def test_an_edit_of_words_gives_what_linking_gives(bodies: list[str], number: int, data: st.DataObject):
    readings = [answer(n, body) for n, body in enumerate(bodies)]
    words = data.draw(
        st.sampled_from(["Some {} words.", "{}\n\n## A title\n\nMore: {}", "{} The archive lacks a ladle."])
    )
    edited = answer(number, words.format(bodies[number], bodies[number]))
    fresh = reworded(build_archive(readings), *edited)
    readings[number] = edited
    assert fresh == build_archive(readings)


BOTH = "One [AG-2025.03-1234]. Two [AG-2025.04-7]."
CITATIONS = ("[AG-2025.03-1234]", "[AG-2025.03-01234]", "[AG-2025.04-7]", "[AG-2025.04-007]")


@given(st.permutations(CITATIONS), st.permutations(CITATIONS), st.integers(2, 4))
def test_citations_in_another_order_give_what_linking_gives_or_are_left_to_it(
    before: list[str], after: list[str], count: int
):
    """Where as many papers are of one category as of another, the first to be cited decides what an answer is about."""
    readings = [answer(n, f"So it is {', '.join(before[:count])}.") for n in range(3)]
    edited = answer(1, f"So it is {', '.join(after[:count])}.")
    fresh = reworded(build_archive(readings), *edited)
    readings[1] = edited
    assert fresh in (None, build_archive(readings))


@pytest.mark.parametrize(
    "edited",
    [
        answer(0, BODIES[0]),
        answer(0, BOTH + " And [AG-2025.09-9]."),
        answer(0, "Two [AG-2025.04-7]. One [AG-2025.03-1234]."),
        answer(0, BOTH, follow_ups=("Why bread?",)),
        answer(0, BOTH, date="2026-01-04"),
        answer(0, BOTH, more="status: withdrawn"),
        reading("new.md", answer_text("Why?", "Because.")),
        (answer(0, BOTH)[0], answer(0, BOTH)[1], "answers/elsewhere.md"),
    ],
    ids=[
        "other citation",
        "unknown paper",
        "other category",
        "other follow-up",
        "other date",
        "other status",
        "new answer",
        "moved file",
    ],
)
def test_any_other_edit_is_left_to_linking(edited):
    assert reworded(build_archive([answer(n, BOTH) for n in range(3)]), *edited) is None
