"""Spellings: how far words are from one another, and which of many are worth showing."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def best_first(words: Iterable[str], count: Callable[[str], int], limit: int) -> list[str]:
    """Return the words that occur, the most frequent first, at most `limit`."""
    counted = [(count(word), word) for word in words]
    return [word for holding, word in sorted(counted, key=lambda pair: (-pair[0], pair[1]))[:limit] if holding]


def distance(one: str, other: str) -> int:
    """Return how many letters must be added, taken away, changed or swapped to turn one word into the other.

    >>> distance("regresion", "regression"), distance("anihilaton", "annihilation")
    (1, 2)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row = row, [i]
        for j, same in enumerate(other, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != same))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == same:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]


def suggestion(word: str, lexicon: Iterable[str], count: Callable[[str], int]) -> str | None:
    """Return the word that is likeliest meant: the nearest, then the most frequent; None where none is near.

    A word of four letters or more may have one slip, one of eight or more two.
    """
    slips = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    near = ((distance(word, other), other) for other in lexicon if abs(len(other) - len(word)) <= slips)
    ranked = [(far, -count(other), other) for far, other in near if 0 < far <= slips]
    return min((found for found in ranked if found[1]), default=(0, 0, None))[2]
