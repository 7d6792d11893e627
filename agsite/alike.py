"""Questions that are almost the same, found among ten thousand without comparing each with each.

Two questions are compared letter by letter only where they share three quarters of their pairs of neighbouring words;
one changed word costs two pairs. Such questions have one of their rarest pairs in common (of n pairs, n / 4 + 1), so a
list of questions for every rare pair finds them. A pair that many questions have is one of a template and tells
nothing; where that leaves too few, questions are found that are the same but for the spelling of one rare word.

Where each has a word that the other lacks, and the two are not one word in two spellings or inflections, they ask
about different things, however much the rest agrees. Words of grammar do not count, nor do frequent ones among many.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain, count, pairwise

from agsite.likeness import shared_start, within_one

ALIKE = 0.9

# A pair that more questions have is passed over.
_MANY = 25

# A word is rare that few questions have, or a small share of them: nearly all but “the” and “does” in a large archive.
_FEW = 5
_SHARE = 10

_WORD = re.compile(r"\w+")
_GRAMMAR = """
    a an and are as at be by can could did do does for from has have in into is it its may might of on or should the
    their to was were will with would"""
_SILENT = frozenset(_GRAMMAR.split())
# Words are inflections of one another that begin with as many letters and end in no more.
_STEM, _ENDING = 4, 3

Pairs = frozenset[int]
"""The pairs of words of a question, each by its number: numbers are compared quicker than texts."""


def is_near(key: str, known: Collection[str]) -> bool:
    """Say whether a question's key is one of the known keys or almost one of them.

    >>> is_near("how long does a charged pion live", ["how long do charged pions live"])
    True
    >>> is_near("how long does a charged pion live", ["how long does a charged kaon live"])
    False
    """
    words = _WORD.findall(key)
    ratios = zip(known, _ratios(key, known), strict=True)
    return any(ratio >= ALIKE and not _differing(words, _WORD.findall(other)) for other, ratio in ratios)


class _Words:
    """The words of all questions, and which of them are rare."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.of = [_WORD.findall(key) for key in keys]
        counts = Counter(chain.from_iterable(map(set, self.of)))
        self._rare = {word for word, count in counts.items() if count <= _FEW or count * _SHARE < len(keys)}

    def differ(self, one: int, other: int) -> bool:
        """Say whether two questions differ in a rare word."""
        return not self._rare.isdisjoint(_differing(self.of[one], self.of[other]))

    def spellings(self, index: int) -> Iterator[int]:
        """Yield a number for the question with each spelling of each rare word: its stem, and it without one letter.

        One more is for its letters, whatever parts them.
        """
        yield hash("".join(self.of[index]))
        whole = sum(map(hash, self.of[index]))
        for word in self._rare.intersection(self.of[index]):
            rest = whole - hash(word)
            for spelling in {word, word[:_STEM], *(word[:n] + word[n + 1 :] for n in range(1, len(word)))}:
                yield hash((rest, spelling))


def similar_keys(keys: list[str]) -> list[tuple[str, str]]:
    """Return (key, the most similar earlier key) for every key that has one."""
    numbers: defaultdict[tuple[str, str], int] = defaultdict(count().__next__)
    pairs = [frozenset([numbers[pair] for pair in pairwise(["", *key.split(), ""])]) for key in keys]
    counts = Counter(chain.from_iterable(pairs))
    words = _Words(keys)
    seen: defaultdict[int, list[int]] = defaultdict(list)
    spelt: defaultdict[int, list[int]] = defaultdict(list)
    found = []
    for index, key in enumerate(keys):
        rarest = _rarest(pairs[index], counts)
        telling = [pair for pair in rarest if counts[pair] <= _MANY]
        spellings = [*words.spellings(index)] if len(telling) < len(rarest) else []
        lists = [*(seen[pair] for pair in telling), *(spelt[spelling] for spelling in spellings)]
        close = [earlier for earlier in sorted({*chain(*lists)}) if _share_most(pairs[index], pairs[earlier])]
        near = [earlier for earlier in close if not words.differ(earlier, index)]
        ratios = _ratios(key, [keys[earlier] for earlier in near])
        best = max(((ratio, -earlier) for ratio, earlier in zip(ratios, near, strict=True)), default=(0.0, 0))
        if best[0] >= ALIKE:
            found.append((key, keys[-best[1]]))
        for some in lists:
            if len(some) < _MANY:
                some.append(index)
    return found


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


def _rarest(pairs: Pairs, counts: Counter[int]) -> list[int]:
    # Of n pairs fewer than n / 4 + 1 may differ, and a pair that occurs once does. The order is the same for all.
    by_rarity = sorted((pair for pair in pairs if counts[pair] > 1), key=lambda pair: (counts[pair], pair))
    return by_rarity[: max(0, len(pairs) // 4 + 1 - (len(pairs) - len(by_rarity)))]


def _share_most(one: Pairs, other: Pairs) -> bool:
    return 4 * len(one & other) >= 3 * max(len(one), len(other))


def _ratios(key: str, others: Collection[str]) -> Iterator[float]:
    """Yield which part of the letters a key and each other one share, in their order; 0 where it is below ALIKE."""
    if not others:
        return  # What `key` needs to be compared takes long, and most keys have nobody near.
    matcher = SequenceMatcher(None, b=key, autojunk=False)
    for other in others:
        matcher.set_seq1(other)
        can_be = matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE
        yield matcher.ratio() if can_be else 0.0
