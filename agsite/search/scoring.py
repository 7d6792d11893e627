"""BM25 with the numbers that were measured; `site_src/search-scorer.js` does the same in the same order.

score = Σ count · idf · tf·(K1+1) / (tf + K1·(1-B + B·length/average)), idf = log(1 + (N - n + ½)/(n + ½))

`count` is how often the question has the term, which Whoosh's own scorer leaves out; `average` is that of the
document's own kind, so that an answer is not blamed for being longer than a title.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

K1 = 1.6
B = 0.75

# Lengths are kept in steps of 30 %: finer ones find no better (docs/search.md), and are more for readers to fetch.
_STEP = 1.3
LENGTHS = tuple(round(_STEP**step) for step in range(60))
"""The length that each byte stands for."""


def length_byte(length: float) -> int:
    """Return the byte for a length."""
    return min(round(math.log(max(length, 1)) / math.log(_STEP)), len(LENGTHS) - 1)


# Sums of floats differ in the last digits from one machine to the next; what is equal to six decimals is a tie.
_DECIMALS = 1e6
ROUNDING = 1 / _DECIMALS


def idf(documents: int, holding: int) -> float:
    """Return how much a term tells that `holding` of `documents` have; never negative."""
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def norm(length: float, average: float) -> float:
    """Return what a document's length does to its term frequencies."""
    return K1 * (1 - B + B * length / average)


def add_scores(
    scores: dict[int, float], docs: Iterable[int], weights: Iterable[float], norms: list[float], factor: float
) -> None:
    """Add the scores of one term's postings; `factor` is count · idf."""
    factor *= K1 + 1
    get = scores.get
    for doc, tf in zip(docs, weights, strict=True):
        scores[doc] = get(doc, 0.0) + factor * tf / (tf + norms[doc])


def rounded(score: float) -> float:
    """Return a score such that ties are ties on every machine."""
    return math.floor(score * _DECIMALS + 0.5) / _DECIMALS
