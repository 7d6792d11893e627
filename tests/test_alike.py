"""Questions that ask the same in other words are found, those about other things are not, and quickly."""

from __future__ import annotations

import random
import time
from difflib import SequenceMatcher

import pytest

from agsite.alike import ALIKE, is_near, similar_keys
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
    assert is_near(asked, ["is there life on mars", other])


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
    assert not is_near(one, [other])
    assert similar_keys([one, other]) == []


def test_similar_questions_are_those_that_comparing_all_would_find():
    words = ["soup", "spoon", "pot", "stew", "ladle", "broth", "stock", "salt", "heat", "time"]
    shape = (
        "does the {} in the kitchen change the taste of the {} when nobody stirs it and the {} is on the table".format
    )
    keys = [shape(one, two, three) for one in words for two in words[:3] for three in words[:2]]
    found = dict(similar_keys(keys))
    for index, key in enumerate(keys):
        alike = [SequenceMatcher(None, other, key, autojunk=False).ratio() for other in keys[:index]]
        assert (key in found) == (max(alike, default=0) >= ALIKE)


TEMPLATE = "what limits does the archive give on the mass of the {} from searches at hadron colliders".format
NAMES = [
    a + b + c
    for a in ("br", "gl", "st", "w", "dr")
    for b in ("abo", "ecu", "iga", "odi", "ufe")
    for c in ("mbix", "ldon", "ffut", "ssek")
]


def test_questions_of_one_template_about_different_things_are_not_alike():
    assert similar_keys([TEMPLATE(name) for name in NAMES]) == []


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
    assert similar_keys([*map(TEMPLATE, NAMES), other]) == [(other, TEMPLATE("brabombix"))]


def test_questions_of_one_template_are_not_compared_each_with_each():
    names = [a + b for a in NAMES for b in ("ir", "eo", "ua", "yp")]
    assert grows_with_its_input(lambda size: similar_keys([TEMPLATE(name) for name in names[:size]]), 50)


def test_ten_thousand_questions_are_compared_in_seconds():
    chance = random.Random(1)
    words = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in ("rn", "lt", "x", "th", "m", "sk", "p", "z")]
    shape = "does the {} {} still bound the {} of a {} {} once the {} is {}".format
    keys = [shape(*chance.choices(words, k=7)) for _ in range(10_000)]
    start = time.process_time()
    similar_keys(keys)
    assert time.process_time() - start < 10
