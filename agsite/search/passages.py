"""The passage of a text that shows best why it was found; `site_src/search-passage.js` chooses the same.

Of all stretches that begin with a word that was asked for, the one with the most different such words is the best; of
equals, the one in which they stand closest together; of equals, the first. The passage begins a few words before, with
a sentence if one begins there, and is cut between words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from agsite.search.analysis import stem_of, words

# How many characters an excerpt has on the command line.
ROOM = 200

# What may stand before the first word asked for: one part in four.
_LEAD = 4

_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"[.?!·][\"')\]\u2019\u201d]*\Z")

Piece = tuple[str, bool]


class Asked(NamedTuple):
    """What a query asks for, to be marked: terms, and beginnings of words."""

    terms: frozenset[str]
    starts: tuple[str, ...] = ()


# Words repeat, within a text and among those that were found.
@lru_cache(maxsize=8192)
def _part(asked: Asked, word: str) -> str:
    """Return the term or beginning that a word of a text stands for; empty where it was not asked for."""
    for part in words(word):
        stem = stem_of(part)
        found = stem if stem in asked.terms else next(filter(part.startswith, asked.starts), "")
        if found:
            return found
    return ""


def passage(text: str, asked: Asked, room: int = ROOM) -> list[Piece]:
    """Return the best passage of a text in pieces, each with whether it was asked for; else the text's beginning."""
    if not text:
        return []
    tokens = text.split(" ")
    at = list(accumulate((len(token) + 1 for token in tokens), initial=0))
    lead = room // _LEAD
    best = _best([_parts(token, asked) for token in tokens], at, room - lead)
    # What is left of the room at the end of a text is filled from before.
    first = min(_beginning(tokens, at, best, lead), bisect_left(at, at[-1] - 1 - room))
    end = max(first + 1, bisect_right(at, at[first] + room + 1) - 1)
    shown = " ".join(tokens[first:end])
    if end < len(tokens) or len(shown) > room:
        shown = shown[:room].rstrip(" ,;:.·") + "…"
    return list(_marked(f"…{shown}" if first else shown, asked))


def _parts(token: str, asked: Asked) -> frozenset[str]:
    return frozenset(filter(None, [_part(asked, word) for word in _WORD.findall(token)]))


def _best(parts: Sequence[frozenset[str]], at: Sequence[int], reach: int) -> int:
    """Where the best stretch begins; at the beginning of the text if nothing was asked for."""
    marked = [number for number, own in enumerate(parts) if own]
    best, most, apart = 0, 0, 0
    for index, number in enumerate(marked):
        found, last = parts[number], number
        for after in range(index + 1, len(marked)):
            other = marked[after]
            if at[other + 1] - 1 - at[number] > reach:
                break
            if not parts[other] <= found:
                found, last = found | parts[other], other
        if (len(found), number - last) > (most, -apart):
            best, most, apart = number, len(found), last - number
    return best


def _beginning(tokens: Sequence[str], at: Sequence[int], best: int, lead: int) -> int:
    """Where the passage begins: with the nearest sentence that begins so shortly before, or just as far before."""
    farthest = bisect_left(at, at[best] - lead)
    sentences = (n for n in range(best, farthest - 1, -1) if n == 0 or _SENTENCE_END.search(tokens[n - 1]))
    return next(sentences, farthest)


def _marked(text: str, asked: Asked) -> Iterator[Piece]:
    at = 0
    for word in _WORD.finditer(text):
        if _part(asked, word[0]):
            if at < word.start():
                yield text[at : word.start()], False
            yield word[0], True
            at = word.end()
    if at < len(text):
        yield text[at:], False
