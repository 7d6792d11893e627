"""Questions that are almost the same, found among ten thousand without comparing each with each.

Two questions are compared letter by letter only where they share three quarters of their pairs of neighbouring words;
one changed word costs two pairs. Such questions have one of their rarest pairs in common (of n pairs, n / 4 + 1), so a
list of questions for every rare pair finds them. A pair that many questions have is one of a template and tells
nothing; where that leaves too few, questions are found that are the same but for the spelling of one rare word.

Where each has a rare word that the other lacks, and the two are not one word in two spellings or inflections, they ask
about different things, however much the rest agrees.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain, count, pairwise

from agsite.checks.place import Reading, at_line, quoted
from agsite.findings import Finding
from agsite.ids import question_key

ALIKE = 0.9

# A pair that more questions have is passed over.
_MANY = 25

# A word is rare that few questions have, or a small share of them: nearly all but “the” and “does” in a large archive.
_FEW = 5
_SHARE = 10

_WORD = re.compile(r"\w+")
# Words are inflections of one another that begin with as many letters and end in no more.
_STEM, _ENDING = 4, 3

Pairs = frozenset[int]
"""The pairs of words of a question, each by its number: numbers are compared quicker than texts."""


def check(readings: Sequence[Reading]) -> list[Finding]:
    """Find questions that are almost, but not quite, an older one; the finding stands at the newer."""
    oldest: dict[str, Reading] = {}
    for reading in sorted(readings, key=lambda reading: (reading.answer.date, reading.path)):
        oldest.setdefault(question_key(reading.answer.question), reading)
    return [_finding(oldest[key], oldest[older]) for key, older in similar_keys(list(oldest))]


def _finding(newer: Reading, older: Reading) -> Finding:
    message = f"the question {quoted(newer.answer.question)} is almost {quoted(older.answer.question)} in {older.path}"
    return at_line(newer, newer.origin.question, "AG305", message)


class _Words:
    """The words of all questions, and which of them are rare."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.of = [_WORD.findall(key) for key in keys]
        counts = Counter(chain.from_iterable(map(set, self.of)))
        self._rare = {word for word, count in counts.items() if count <= _FEW or count * _SHARE < len(keys)}

    def differ(self, one: int, other: int) -> bool:
        """Say whether each of two questions has a word that the other lacks in any spelling, one of them rare."""
        ours, theirs = Counter(self.of[one]), Counter(self.of[other])
        lacking, added = [*(ours - theirs)], [*(theirs - ours)]
        if _one_word("".join(lacking), "".join(added)):
            return False
        left = [word for word in lacking if not any(_one_word(word, near) for near in added)]
        right = [word for word in added if not any(_one_word(word, near) for near in lacking)]
        return bool(left and right) and not self._rare.isdisjoint([*left, *right])

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
        best = max(((_ratio(keys[earlier], key), -earlier) for earlier in near), default=(0.0, 0))
        if best[0] >= ALIKE:
            found.append((key, keys[-best[1]]))
        for some in lists:
            if len(some) < _MANY:
                some.append(index)
    return found


def _one_word(one: str, other: str) -> bool:
    """Say whether two words are one in two inflections, or but for one letter that is not the first."""
    if one == other:
        return True
    if one[:1] != other[:1] or not (one + other).isalpha() or min(len(one), len(other)) < _STEM:
        return False
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if same >= _STEM and max(len(one), len(other)) - same <= _ENDING:
        return True
    rest, others = one[same:], other[same:]
    return rest[1:] in {others, others[1:]} or rest == others[1:] or rest[1::-1] + rest[2:] == others


def _rarest(pairs: Pairs, counts: Counter[int]) -> list[int]:
    # Of n pairs fewer than n / 4 + 1 may differ, and a pair that occurs once does. The order is the same for all.
    by_rarity = sorted((pair for pair in pairs if counts[pair] > 1), key=lambda pair: (counts[pair], pair))
    return by_rarity[: max(0, len(pairs) // 4 + 1 - (len(pairs) - len(by_rarity)))]


def _share_most(one: Pairs, other: Pairs) -> bool:
    return 4 * len(one & other) >= 3 * max(len(one), len(other))


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()
