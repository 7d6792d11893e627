"""Questions that are almost the same, found among ten thousand without comparing each with each.

Two questions are compared letter by letter only where they share three quarters of their pairs of neighbouring words;
one changed word costs two pairs. Such questions have one of their rarest pairs in common (of n pairs, n / 4 + 1), so a
list of questions for every rare pair finds them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import chain, count, pairwise

from agsite.checks.place import Reading, at_line, quoted
from agsite.findings import Finding
from agsite.ids import question_key

ALIKE = 0.9

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


def similar_keys(keys: list[str]) -> list[tuple[str, str]]:
    """Return (key, the most similar earlier key) for every key that has one."""
    numbers: defaultdict[tuple[str, str], int] = defaultdict(count().__next__)
    pairs = [frozenset([numbers[pair] for pair in pairwise(["", *key.split(), ""])]) for key in keys]
    counts = Counter(chain.from_iterable(pairs))
    seen: defaultdict[int, list[int]] = defaultdict(list)
    found = []
    for index, key in enumerate(keys):
        rare = _rarest(pairs[index], counts)
        candidates = sorted({earlier for pair in rare for earlier in seen[pair]})
        close = [earlier for earlier in candidates if _share_most(pairs[index], pairs[earlier])]
        best = max(((_ratio(keys[earlier], key), -earlier) for earlier in close), default=(0.0, 0))
        if best[0] >= ALIKE:
            found.append((key, keys[-best[1]]))
        for pair in rare:
            seen[pair].append(index)
    return found


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
