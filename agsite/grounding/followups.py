"""The three questions at the end of an answer: what they must be like, and how a second reply gives them."""

from __future__ import annotations

import re

from agsite.ellipsis import quoted
from agsite.grounding.reply import decoded, questions_of
from agsite.ids import QUESTION_MARKS, question_key
from agsite.near_duplicates import KnownQuestions
from agsite.records import FOLLOW_UPS

_MOST_WORDS = 30

_NOUN = "(?:approach|method|model|technique|framework|work|paper|preprint|stud(?:y|ie)|result|answer|finding)"
# A question that leans on the answer says “this approach” or “in [1]”, and names no subject of its own. A “that” points
# at something after such words only: “processes that result in jets” and “evidence that models fail” do not.
_LEANING = re.compile(
    rf"\b(?:this|these|those|(?:as|by|can|do|does|for|from|in|is|of|on|than|to|with) that"
    rf"|the (?:above|proposed|presented|described|same))\s+(?:\w+\s+)?{_NOUN}s?\b"
    r"|\bthe (?:model|method|approach|paper|preprint|authors|answer|archive)\b(?!\s+(?:of|for|by|in|that)\b)"
    r"|\[(?:AG-|\d+\])",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"`|https?:|www\.|\*\*|(?<!\w)@\w")


def check_follow_ups(questions: tuple[str, ...], question: str, known: KnownQuestions) -> list[str]:
    """Return what is wrong with follow-ups, each as a sentence; `known` are the questions of the archive."""
    if len(questions) != FOLLOW_UPS:
        return [f"there are {len(questions)} follow-up questions, not {FOLLOW_UPS}"]
    problems = [problem for text in questions for problem in _problems(text)]
    keys = [question_key(text) for text in questions]
    itself = KnownQuestions([question_key(question)])
    if len(set(keys)) < FOLLOW_UPS or any(itself.nearest(key) is not None for key in keys):
        problems.append("a follow-up asks the same as another or as the question itself")
    return problems + [
        f"“{text}” is asked in the archive already"
        for text, key in zip(questions, keys, strict=True)
        if known.nearest(key) is not None
    ]


def _problems(text: str) -> list[str]:
    words = len(text.split())
    return [
        f"{quoted(text, 120)} {problem}"
        for problem, wrong in (
            ("does not end in a question mark", not text.endswith((*QUESTION_MARKS, ";"))),
            (f"has {words} words, more than {_MOST_WORDS}", words > _MOST_WORDS),
            ("is not a question", words < 4),
            ("cannot be understood on its own", _LEANING.search(text) is not None),
            ("holds markup or an address", _MARKUP.search(text) is not None),
        )
        if wrong
    ]


def read_repair(text: str) -> tuple[str, ...]:
    """Return the questions of the reply to a repair; none where it cannot be read."""
    try:
        return questions_of(decoded(text))
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()
