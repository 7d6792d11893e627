"""Questions that ask the same in other words are found, those about other things are not, and quickly."""

from __future__ import annotations

import random
import time
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite.near_duplicates import KnownQuestions
from tests.counting import grows_with_its_input


@pytest.mark.parametrize(
    "other",
    [
        "does compact ice stick to porous ice in the outermost discs",
        "does compact ice stick to porous ice in the outermost disc at all",
        "will compact ice stick to porous ice in an outermost disc",
        "does compact ice stick to porous ice in an outer-most disc",
        "does compact ice stick to prous ice in the outermost disc",
    ],
)
def test_a_question_in_almost_the_same_words_is_near(other: str):
    asked = "does compact ice stick to porous ice in an outermost disc"
    assert KnownQuestions(["is there life on mars", other]).nearest(asked) == other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("does ice stick to ice in discs", "does dust stick to dust in rings of gas"),
        ("what is the lifetime of the charged pion", "what is the lifetime of the charged kaon"),
        ("what is the width of the w boson", "what is the width of the z boson"),
        ("which limits hold at 13 tev in searches", "which limits hold at 14 tev in searches"),
    ],
)
def test_a_question_about_another_thing_is_not(one: str, other: str):
    assert KnownQuestions([one]).nearest(other) is None
    assert KnownQuestions([other]).nearest(one) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("how long does a charged pion live", "how long do charged pions live"),
        ("what are the masses of dark photons", "which are the masses of dark photons"),
        ("does the charged pion decay", "does the charged poin decay"),
    ],
)
def test_a_short_question_in_almost_the_same_words_is_near(one: str, other: str):
    assert KnownQuestions([one]).nearest(other) == one
    assert KnownQuestions([other]).nearest(one) == other


@st.composite
def questions(draw: st.DrawFn) -> str:
    """A question as others are asked, with or without a slip."""
    thing = st.sampled_from(["ladle", "ladles", "spoon", "spoons", "spon", "pot", "wooden spoon", "tea-spoon"])
    shape = draw(st.sampled_from(["does the {} change the taste of {}", "is soup in the {} hotter than soup in a {}"]))
    text = shape.format(draw(thing), draw(thing))
    cut = draw(st.integers(0, len(text)))
    return text[:cut] + draw(st.sampled_from(["", "", "s", " the ", " "])) + text[cut + draw(st.integers(0, 1)) :]


@given(st.lists(questions(), max_size=20, unique=True), questions())
def test_the_nearest_question_is_the_one_that_comparing_each_would_find(keys: list[str], key: str):
    alike = [other for other in keys if KnownQuestions([other]).nearest(key)]
    ratios = [SequenceMatcher(None, other, key, autojunk=False).ratio() for other in alike]
    nearest = alike[ratios.index(max(ratios))] if alike else None
    assert KnownQuestions(keys).nearest(key) == nearest


TEMPLATE = "what limits does the archive give on the mass of the {} from searches at hadron colliders".format
NAMES = [
    a + b + c
    for a in ("br", "gl", "st", "w", "dr")
    for b in ("abo", "ecu", "iga", "odi", "ufe")
    for c in ("mbix", "ldon", "ffut", "ssek")
]


def test_questions_of_one_template_about_different_things_are_not_alike():
    asked = KnownQuestions()
    for name in NAMES:
        assert asked.nearest(TEMPLATE(name)) is None
        asked.add(TEMPLATE(name))


@pytest.mark.parametrize(
    ("changed", "into"),
    [
        ("brabombix", "brabomibx"),
        ("brabombix", "brabombixes"),
        ("brabombix", "brabom-bix"),
        ("limits", "limit"),
        ("hadron colliders", "hadron-colliders"),
        ("at hadron", "at the hadron"),
        ("does the archive give", "the archive does give"),
    ],
)
def test_one_question_of_a_template_in_other_words_is_found_among_many(changed: str, into: str):
    other = TEMPLATE("brabombix").replace(changed, into)
    assert KnownQuestions(map(TEMPLATE, NAMES)).nearest(other) == TEMPLATE("brabombix")


def test_words_that_many_questions_have_tell_two_apart_all_the_same():
    about = "which limits on the decay of {} follow from searches for the {}".format
    keys = [about(thing, name) for thing in ("pions", "kaons") for name in NAMES]
    asked = KnownQuestions(keys[:-1])
    assert about("pions", NAMES[-1]) in keys
    assert asked.nearest(keys[-1]) is None


def test_a_question_is_near_to_itself_however_many_are_asked_like_it():
    names = [*NAMES, *(f"gluon {name}" for name in NAMES)]
    assert KnownQuestions(map(TEMPLATE, names)).nearest(TEMPLATE("gluon brabombix")) == TEMPLATE("gluon brabombix")


def ask_all(keys: list[str]) -> None:
    """Look for each question among those before it."""
    asked = KnownQuestions()
    for key in keys:
        asked.nearest(key)
        asked.add(key)


def test_questions_of_one_template_are_not_compared_each_with_each():
    names = [a + b for a in NAMES for b in ("ir", "eo", "ua", "yp")]
    assert grows_with_its_input(lambda size: ask_all([TEMPLATE(name) for name in names[:size]]), 50)


def test_ten_thousand_questions_are_compared_in_seconds():
    chance = random.Random(1)
    words = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in ("rn", "lt", "x", "th", "m", "sk", "p", "z")]
    shape = "does the {} {} still bound the {} of a {} {} once the {} is {}".format
    keys = [shape(*chance.choices(words, k=7)) for _ in range(10_000)]
    start = time.process_time()
    ask_all(keys)
    assert time.process_time() - start < 10
