"""Which answers lie near each other: those that rest on the same papers, then those whose questions share words.

Only counts decide, never shares of the archive: an answer more or less elsewhere changes no list, so a small edit stays
a small change of the site. What many answers share tells nothing of nearness and is passed over, which keeps the work
for each answer within bounds however large the archive grows.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

# What more answers share is passed over: a paper, or a pair of words.
_MANY_CITE = 200
_MANY_ASK = 25

# Two papers in common are enough, or one and two words, or three words.
_PAPERS = 2
_WORDS_WITH_PAPER = 2
_WORDS = 3

_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 6
_UNSPECIFIC = """
    about after also among between cannot could does doing during from have into more most much only other over same
    should some such than that their them then there these they this those under upon very were what when where which
    while will with without would"""
_SILENT = frozenset(_UNSPECIFIC.split())


class Candidate(NamedTuple):
    """An answer as far as nearness goes; `day` is its date as a number."""

    id: str
    question: str
    papers: Sequence[str]
    day: int


class Near(NamedTuple):
    """An answer near another, with how many papers and how many words of the question the two share."""

    id: str
    papers: int
    words: int


class Related:
    """Finds the answers near an answer; made once for an archive."""

    def __init__(self, answers: Iterable[Candidate]) -> None:
        self._answers = {answer.id: answer for answer in answers}
        self._words = {answer.id: _words(answer.question) for answer in self._answers.values()}
        self._citing = _lists((answer.id, answer.papers) for answer in self._answers.values())
        self._asking = _lists((id_, _pairs(words)) for id_, words in self._words.items())

    def near(self, id: str, skip: Collection[str] = (), limit: int = 5) -> tuple[Near, ...]:
        """Return the answers near an answer, the nearest first."""
        avoid = {id, *skip}
        papers = _shared(self._answers[id].papers, self._citing, _MANY_CITE)
        close = self._close(id, papers.keys() - avoid, papers)
        if len(close) < limit:
            others = _shared(_pairs(self._words[id]), self._asking, _MANY_ASK).keys() - papers.keys() - avoid
            close += self._close(id, others, papers)
        close.sort(key=lambda near: (-near.papers, -near.words, -self._answers[near.id].day, near.id))
        return tuple(close[:limit])

    def _close(self, id: str, others: Iterable[str], papers: Counter[str]) -> list[Near]:
        words = self._words[id]
        found = (Near(other, papers[other], len(words & self._words[other])) for other in others)
        return [near for near in found if _is_close(near)]


def _shared(keys: Iterable[str], lists: Mapping[str, list[str]], many: int) -> Counter[str]:
    shared: Counter[str] = Counter()
    for key in keys:
        if len(lists[key]) <= many:
            shared.update(lists[key])
    return shared


def _is_close(near: Near) -> bool:
    if near.papers:
        return near.papers >= _PAPERS or near.words >= _WORDS_WITH_PAPER
    return near.words >= _WORDS


def _lists(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for id_, keys in pairs:
        for key in keys:
            lists[key].append(id_)
    return lists


def _words(question: str) -> frozenset[str]:
    """The beginnings of the words that say what a question is about: “generalise” and “generalisation” are one."""
    return frozenset(word[:_STEM] for word in _WORD.findall(question.lower()) if word not in _SILENT)


def _pairs(words: Collection[str]) -> Iterator[str]:
    return (f"{one} {other}" for one, other in combinations(sorted(words), 2))
