"""Questions that are almost the same, found among ten thousand without comparing each with each.

Two questions are near duplicates where nine letters in ten agree, unless each has a word that the other lacks: then
they ask about different things, however much the rest agrees. Two spellings or inflections of a word are one word here,
and words of grammar do not count.

To be compared at all, two questions must share half of their pairs of neighbouring words, taken by their stems and
without words of grammar. So of the n pairs of a question, any n / 2 + 1 hold one that the other has, and it is enough
to compare it with the questions that have one of its n / 2 + 1 rarest pairs. A pair that many questions have belongs to
a template, and is passed over.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain, pairwise

from agsite.spelling import shared_start, within_one

ALIKE = 0.9

# A pair that more questions have is passed over.
_MANY = 25

_WORD = re.compile(r"\w+")
_GRAMMAR = """
    a an and are as at be by can could did do does for from has have in into is it its may might of on or should the
    their to was were what which will with would"""
_SILENT = frozenset(_GRAMMAR.split())
# Words are inflections of one another that begin with as many letters and end in no more.
_STEM, _ENDING = 4, 3

Pairs = frozenset[str]


class KnownQuestions:
    """The keys of questions, among which the nearest to another is found.

    >>> known = KnownQuestions(["how long do charged kaons live", "how long do charged pions live"])
    >>> known.nearest("how long does a charged pion live")
    'how long do charged pions live'
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._keys: list[str] = []
        self._pairs: dict[str, Pairs] = {}
        # By pair, the places in `_keys` of the questions that have it; one more than `_MANY` tells that they are many.
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        for key in keys:
            self.add(key)

    def add(self, key: str) -> None:
        """Add a question to those that are searched."""
        if key in self._pairs:
            return
        self._pairs[key] = _pairs(key)
        for pair in self._pairs[key]:
            if len(self._having[pair]) <= _MANY:
                self._having[pair].append(len(self._keys))
        self._keys.append(key)

    def nearest(self, key: str) -> str | None:
        """Return the question itself, or else the one that it almost is; of equally near ones, the first."""
        if key in self._pairs:
            return key
        words = _WORD.findall(key)
        near = [other for other in self._close(_pairs(key)) if not _differing(words, _WORD.findall(other))]
        ratios = [*_ratios(key, near)]
        best = max(ratios, default=0.0)
        return near[ratios.index(best)] if best >= ALIKE else None

    def _close(self, pairs: Pairs) -> Iterator[str]:
        """Yield the questions that share half of the pairs, in their order."""
        rarest = sorted((self._having.get(pair, ()) for pair in pairs), key=len)[: len(pairs) // 2 + 1]
        for place in sorted({*chain(*(some for some in rarest if len(some) <= _MANY))}):
            key = self._keys[place]
            if 2 * len(pairs & self._pairs[key]) >= max(len(pairs), len(self._pairs[key])):
                yield key


def _pairs(key: str) -> Pairs:
    stems = [word[:_STEM] for word in _WORD.findall(key) if word not in _SILENT]
    return frozenset(map(" ".join, pairwise(["", *stems, ""])))


def _differing(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return the words in which two questions differ; none unless each has one that the other lacks in any spelling."""
    ours, theirs = Counter(one), Counter(other)
    lacking, added = [*(ours - theirs)], [*(theirs - ours)]
    if _one_word("".join(lacking), "".join(added)):
        return []
    left, right = _without(lacking, added), _without(added, lacking)
    return [*left, *right] if left and right else []


def _without(words: Sequence[str], others: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _SILENT and not any(_one_word(word, other) for other in others)]


def _one_word(one: str, other: str) -> bool:
    """Say whether two words are one in two inflections, or but for one letter that is not the first."""
    if one == other:
        return True
    if one[:1] != other[:1] or not (one + other).isalpha() or min(len(one), len(other)) < _STEM:
        return False
    same = shared_start(one, other)
    if same >= _STEM and max(len(one), len(other)) - same <= _ENDING:
        return True
    return within_one(one, other)


def _ratios(key: str, others: Collection[str]) -> Iterator[float]:
    """Yield which part of the letters a key and each other one share, in their order; 0 where it is below ALIKE."""
    if not others:
        return  # What `key` needs to be compared takes long, and most keys have nobody near.
    matcher = SequenceMatcher(None, b=key, autojunk=False)
    for other in others:
        matcher.set_seq1(other)
        can_be = matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE
        yield matcher.ratio() if can_be else 0.0
