"""Misspelt words and ids: how far two are apart, and which known one may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

# A name is compared with others letter by letter, and what stands in its place may be a whole text. Ids are no longer.
_LONGEST = 80


def within_one(one: str, other: str) -> bool:
    """Say whether two words are equal but for one letter that is added, missing, wrong, or swapped with its neighbour.

    >>> within_one("regres", "regress"), within_one("muon", "moun"), within_one("muon", "pion")
    (True, True, False)
    """
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    same = shared_start(short, long)
    if len(short) == len(long):
        swapped = short[same : same + 2] == long[same : same + 2][::-1] and short[same + 2 :] == long[same + 2 :]
        return short[same + 1 :] == long[same + 1 :] or swapped
    return short[same:] == long[same + 1 :]


def shared_start(one: str, other: str) -> int:
    """Return how many letters two words begin with in common.

    >>> shared_start("regress", "regret"), shared_start("muon", "pion")
    (5, 0)
    """
    letters = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(letters) if a != b), min(len(one), len(other)))


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


def nearest_word(word: str, lexicon: Iterable[str], count: Callable[[str], int]) -> str | None:
    """Return the word of a lexicon that may have been meant: the nearest, then the most frequent; None if none is near.

    A word of four letters or more may have one slip, one of eight or more two.
    """
    slips = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    near = ((distance(word, other), other) for other in lexicon if abs(len(other) - len(word)) <= slips)
    ranked = [(far, -count(other), other) for far, other in near if 0 < far <= slips]
    return min((found for found in ranked if found[1]), default=(0, 0, None))[2]


def nearest_name(name: str, known: Iterable[str], cutoff: float = 0.5) -> str | None:
    """Return the known name that is most like another; None where less than `cutoff` of the letters agree.

    >>> nearest_name("colour", ["colours", "title"]), nearest_name("x", ["colours", "title"])
    ('colours', None)
    """
    return next(iter(difflib.get_close_matches(name[:_LONGEST], known, n=1, cutoff=cutoff)), None)


def suggestion(near: str | None, what: str, known: Iterable[str]) -> str:
    """Return a sentence of help: the name that may have been meant, or else all that are known, as `what` they are.

    >>> suggestion("title", "fields", ()), suggestion(None, "fields", ["id", "title"])
    ('Did you mean “title”?', 'Known fields: id, title.')
    """
    return f"Did you mean “{near}”?" if near else f"Known {what}: {', '.join(known)}."
