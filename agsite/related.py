"""Which answers lie near each other: those that rest on the same papers, then those whose questions share words.

Only counts decide, never shares of the archive: an answer more or less elsewhere changes no list, so a small edit stays
a small change of the site. What many answers share tells nothing of nearness and is passed over, which keeps the work
for each answer within bounds however large the archive grows.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import chain, combinations
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


_Rank = tuple[int, int, int, str]
"""Minus the papers in common, minus the words, minus the day, and the id: the least is the nearest."""


class Related:
    """Finds the answers near an answer; made once for an archive."""

    def __init__(self, answers: Iterable[Candidate]) -> None:
        self._answers = {answer.id: answer for answer in answers}
        self._words = {answer.id: _words(answer.question) for answer in self._answers.values()}
        self._citing = _lists(((answer.id, answer.papers) for answer in self._answers.values()), _MANY_CITE)
        self._asking = _lists(((id_, _pairs(words)) for id_, words in self._words.items()), _MANY_ASK)

    def near(self, id: str, skip: Collection[str] = (), limit: int = 5) -> tuple[Near, ...]:
        """Return the answers near an answer, the nearest first."""
        avoid = {id, *skip}
        close: list[_Rank] = []
        for papers, others in self._by_papers(id):
            close += self._close(id, papers, others - avoid)
            if len(close) >= limit:
                break
        return tuple([Near(other, -papers, -words) for papers, words, _, other in sorted(close)[:limit]])

    def version(self, id: str) -> tuple[int, ...]:
        """Return numbers that change whenever the answers near this one may have changed."""
        citing, asking = self._states
        papers, pairs = self._answers[id].papers, _pairs(self._words[id])
        return (*[citing.get(paper, 0) for paper in papers], *[asking.get(pair, 0) for pair in pairs])

    @cached_property
    def _states(self) -> tuple[Mapping[Hashable, int], Mapping[Hashable, int]]:
        """A number for each list of answers that tells it from any other list: the sum of a number for each answer."""
        numbers = {answer.id: _number(answer) for answer in self._answers.values()}
        citing, asking = (
            {key: sum([numbers[id] for id in ids]) for key, ids in lists.items()}
            for lists in (self._citing, self._asking)
        )
        return citing, asking

    def _by_papers(self, id: str) -> Iterator[tuple[int, set[str]]]:
        """Yield how many papers others share with an answer, from the most on, and which do; those with words last."""
        shared = Counter(chain.from_iterable(_found(self._answers[id].papers, self._citing)))
        for papers in sorted(set(shared.values()), reverse=True):
            yield papers, {other for other, number in shared.items() if number == papers}
        yield 0, set().union(*_found(_pairs(self._words[id]), self._asking)) - shared.keys()

    def _close(self, id: str, papers: int, others: Iterable[str]) -> list[_Rank]:
        words, of, enough = self._words[id], self._words, _enough_words(papers)
        shared = [(len(words & of[other]), other) for other in others]
        return [(-papers, -number, -self._answers[o].day, o) for number, o in shared if number >= enough]


def _number(answer: Candidate) -> int:
    """Return a number for an answer as others see it."""
    seen = f"{answer.id} {answer.day} {answer.question}".encode("utf-8", "replace")
    return int.from_bytes(blake2b(seen, digest_size=8).digest())


def _found(keys: Iterable[Hashable], lists: Mapping[Hashable, list[str]]) -> list[list[str]]:
    return [lists[key] for key in keys if key in lists]


def _enough_words(papers: int) -> int:
    if papers >= _PAPERS:
        return 0
    return _WORDS_WITH_PAPER if papers else _WORDS


def _lists(pairs: Iterable[tuple[str, Iterable[Hashable]]], many: int) -> dict[Hashable, list[str]]:
    """List the answers that have a key, for the keys that several have, and not too many.

    Most keys are one answer's alone, and a list for each would fill the memory.
    """
    only: dict[Hashable, str] = {}
    lists: dict[Hashable, list[str]] = {}
    for id_, keys in pairs:
        for key in keys:
            if key in lists:
                lists[key].append(id_)
            elif (first := only.setdefault(key, id_)) != id_:
                lists[key] = [first, id_]
    return {key: ids for key, ids in lists.items() if len(ids) <= many}


def _words(question: str) -> frozenset[str]:
    """The beginnings of the words that say what a question is about: “generalise” and “generalisation” are one."""
    # The same word is the same object in every set: sets of the same objects are compared far quicker.
    return frozenset(sys.intern(word[:_STEM]) for word in _WORD.findall(question.lower()) if word not in _SILENT)


def _pairs(words: Collection[str]) -> Iterator[tuple[str, str]]:
    return combinations(sorted(words), 2)
