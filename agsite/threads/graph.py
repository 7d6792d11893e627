"""The follow-up graph: which questions hang together, and under which question each is drawn.

Answers are taken in day by day, oldest first, and nothing that a day has settled is changed by a later one: a question
stands under the first answer that asked it, and a thread is named after its oldest answer. So a thread that grows keeps
its address and its shape, and a new answer adds to the drawing without moving what was there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple


class Answered(NamedTuple):
    """An answer as threads see it: its id, its date as YYYY-MM-DD, what it answers and what it asks."""

    id: str
    date: str
    question: str
    asks: tuple[str, ...]


class Question(NamedTuple):
    """A question of a thread: its answers, oldest first, and the questions that they ask."""

    key: str
    answers: tuple[str, ...]
    """Ids, oldest first; none where the question is open."""
    depth: int
    children: tuple[str, ...]
    """Questions that were first asked here."""
    again: tuple[str, ...]
    """Questions that are asked here too, and stand elsewhere in the thread."""


class Thread(NamedTuple):
    """A connected part of the graph with at least two answered questions."""

    id: str
    former: tuple[str, ...]
    """Ids of threads that have become parts of this one."""
    roots: tuple[str, ...]
    questions: Mapping[str, Question]
    answered: tuple[str, ...]
    """The questions that have answers, in the order in which they were answered."""

    @property
    def open(self) -> int:
        """How many of the questions are open."""
        return len(self.questions) - len(self.answered)


def find_threads(answers: Iterable[Answered]) -> tuple[Thread, ...]:
    """Return the threads of an archive, largest first."""
    growth = _Growth()
    for date, day in groupby(
        sorted(answers, key=lambda answer: (answer.date, answer.id)), key=lambda answer: answer.date
    ):
        growth.add_day(date, list(day))
    return growth.threads()


@dataclass(slots=True)
class _Node:
    number: int
    depth: int
    answers: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


# (date, asked by an answer of that day or before, id): the least of these in a thread gives it its name. Among answers
# of one day, one that nobody had asked for comes first, so that the thread is named after where it begins.
_Rank = tuple[str, bool, str]
_NEVER: _Rank = ("~", True, "")


@dataclass(slots=True)
class _Group:
    """A connected part: what it is named after, what its parts were named, whether a site with that name was built."""

    first: _Rank = _NEVER
    answered: int = 0
    known: bool = False
    former: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)


class _Growth:
    """Forest and groups while the archive is read, oldest day first."""

    def __init__(self) -> None:
        self.nodes: dict[str, _Node] = {}
        self.groups: dict[str, _Group] = {}
        self.answered: dict[str, int] = {}

    def add_day(self, date: str, day: list[Answered]) -> None:
        today: dict[str, list[Answered]] = {}
        for answer in day:
            today.setdefault(answer.question, []).append(answer)
        asked = {key for answer in day for key in answer.asks if key != answer.question}
        waiting = dict.fromkeys(sorted(today, key=lambda key: key in asked))
        while waiting:
            self._spread(next(iter(waiting)), today, waiting, asked, date)
        for key in today:
            group = self.groups[key]
            group.known = group.known or group.answered > 1

    def _spread(
        self, start: str, today: Mapping[str, list[Answered]], waiting: dict[str, None], asked: set[str], date: str
    ) -> None:
        """Take in an answered question, then those of the same day that it leads to."""
        queue = deque([start])
        while queue:
            key = queue.popleft()
            if key not in waiting:
                continue
            del waiting[key]
            known = key in self.nodes
            self._place(key, None)
            self._answer(key, today[key], (date, known or key in asked, today[key][0].id))
            for answer in today[key]:
                for question in answer.asks:
                    self._ask(key, question)
                    queue.append(question)

    def _place(self, key: str, parent: _Node | None) -> bool:
        if key in self.nodes:
            return False
        self.nodes[key] = _Node(len(self.nodes), parent.depth + 1 if parent else 0)
        self.groups[key] = _Group(members=[key])
        return True

    def _answer(self, key: str, answers: list[Answered], rank: _Rank) -> None:
        node, group = self.nodes[key], self.groups[key]
        if not node.answers:
            self.answered[key] = len(self.answered)
            group.answered += 1
            if rank < group.first:
                group.first, group.known = rank, False
        node.answers += [answer.id for answer in answers]

    def _ask(self, asker: str, key: str) -> None:
        node = self.nodes[asker]
        if key == asker or key in node.children or key in node.again:
            return
        (node.children if self._place(key, node) else node.again).append(key)
        self._join(self.groups[asker], self.groups[key])

    def _join(self, one: _Group, other: _Group) -> None:
        if one is other:
            return
        into, gone = sorted((one, other), key=lambda group: -len(group.members))
        elder, younger = sorted((one, other), key=lambda group: group.first)
        into.former = elder.former + younger.former + ([younger.first[2]] if younger.known else [])
        into.first, into.known = elder.first, elder.known
        into.answered = one.answered + other.answered
        into.members += gone.members
        for key in gone.members:
            self.groups[key] = into

    def threads(self) -> tuple[Thread, ...]:
        groups = {id(group): group for group in self.groups.values()}.values()
        found = [self._thread(group) for group in groups if group.answered > 1]
        return tuple(sorted(found, key=lambda thread: (-len(thread.questions), thread.id)))

    def _thread(self, group: _Group) -> Thread:
        # In the order of growth a question comes after the one it stands under.
        members = sorted(group.members, key=lambda key: self.nodes[key].number)
        questions = {key: self._question(key) for key in members}
        roots = [key for key, question in questions.items() if not question.depth]
        # The thread begins with the answer that names it.
        roots.sort(key=lambda key: group.first[2] not in questions[key].answers)
        answered = sorted(self.answered.keys() & questions.keys(), key=self.answered.__getitem__)
        return Thread(group.first[2], tuple(group.former), tuple(roots), questions, tuple(answered))

    def _question(self, key: str) -> Question:
        node = self.nodes[key]
        return Question(key, tuple(node.answers), node.depth, tuple(node.children), tuple(node.again))
