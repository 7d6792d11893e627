"""Whether a question is almost one that is known: nine letters in ten, in their order."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

ALIKE = 0.9


def is_near(key: str, known: Iterable[str]) -> bool:
    """Say whether a question's key is one of the known keys or almost one of them."""
    return nearest(key, known) is not None


def nearest(key: str, known: Iterable[str]) -> str | None:
    """Return the first known key that is almost `key`; keys of very different length are not looked at."""
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(key)
    for other in known:
        if other == key:
            return other
        # The ratio is at most twice the shorter over the sum of both.
        if 2 * min(len(other), len(key)) < ALIKE * (len(other) + len(key)):
            continue
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE:
            return other
    return None
