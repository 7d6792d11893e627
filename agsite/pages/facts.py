"""What the pages of one section see of the archive, asked for fact by fact; each fact has a version.

Pages are planned from facts alone, so where all facts that they asked for have the versions that they had, the pages
are the same and need not be planned. Versions are digests of what a fact says, or of more, never of less.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from agsite.archive import Entry, PaperEntry
from agsite.config import Config
from agsite.encoding import to_json
from agsite.ids import PaperId, PaperKey, question_key
from agsite.pages.overview import Listing, Overview, WholeThread
from agsite.pages.page import AnswerRow, Link, PaperRow
from agsite.plates import Plate

Fact = str
"""A kind of fact and what it is about: `known AG-2026.03-1712`."""

_SIZE = 8

_NOTHING = b""
"""The version of a fact that says nothing."""


class Facts:
    """What the pages of one section see of the archive: the facts that they ask for, or all of it."""

    __slots__ = ("_overview", "asked")

    def __init__(self, overview: Overview) -> None:
        self._overview = overview
        self.asked: set[Fact] | None = set()
        """The facts that were asked for; None where pages saw the whole archive."""

    @property
    def whole(self) -> Overview:
        """The whole archive: pages that look at it depend on all of it, and on no facts that could be named."""
        self.asked = None
        return self._overview

    def _note(self, *facts: Fact) -> None:
        if self.asked is not None:
            self.asked.update(facts)

    @property
    def config(self) -> Config:
        """The settings, which all pages see."""
        return self._overview.config

    @property
    def canonical(self) -> Mapping[str, PaperId]:
        """The paper of each spelling of an id, for an answer's own spellings, which its `entry` covers."""
        return self._overview.archive.canonical

    # What follows from an answer alone, and the settings.

    def row(self, entry: Entry) -> AnswerRow:
        """An answer as a row."""
        return self._overview.row(entry)

    def plate(self, entry: Entry) -> Plate:
        """An answer's plate."""
        return self._overview.plate(entry)

    # What is asked of the archive, and noted.

    def entry(self, id: str) -> Entry:
        """An answer with all that is said of it alone."""
        self._note(f"entry {id}")
        return self._overview.entries[id]

    def paper(self, id: PaperId) -> PaperEntry:
        """A paper with the answers that name it."""
        self._note(f"paper {id}")
        return self._overview.archive.papers[id]

    def known(self, id: PaperId) -> PaperRow | None:
        """What the archive calls a paper, where it puts it, and how many answers cite it."""
        self._note(f"known {id}")
        return self._overview.known(id)

    def abstracts(self, ids: Collection[PaperId]) -> Mapping[PaperKey, str]:
        """The abstracts of papers, as far as they are known."""
        known = self._overview.archive.abstracts
        if not known:
            self._note("abstracts of any")
            return {}
        self._note(*[f"abstract {id}" for id in ids])
        return {id.key: known[id.key] for id in ids if id.key in known}

    def text(self, url: str) -> str:
        """The Markdown of a page that the site adds."""
        self._note(f"text {url}")
        return self._overview.texts[url]

    def spelt(self, spelling: str) -> PaperId | None:
        """The paper that a spelling of its id names, for spellings that are not an answer's own."""
        self._note(f"spelt {spelling}")
        return self._overview.archive.canonical.get(spelling)

    def answers_to(self, question: str) -> tuple[Entry, ...]:
        """The answers to a question, newest first."""
        key = question_key(question)
        self._note(f"answers {key}")
        return self._overview.archive.by_question.get(key, ())

    def askers_of(self, question: str) -> tuple[Link, ...]:
        """The answers that ask a question."""
        key = question_key(question)
        self._note(f"askers {key}")
        return self._overview.askers(key)

    def thread_of(self, entry: Entry) -> Link | None:
        """The thread that an answer belongs to."""
        self._note(f"thread {entry.key}")
        return self._overview.thread_link(entry.key)

    def near(self, id: str, skip: Collection[str]) -> list[tuple[Entry, int]]:
        """The answers near an answer, each with how many papers the two share."""
        self._note(f"near {id}")
        return [(self.entry(near.id), near.papers) for near in self._overview.related.near(id, skip)]

    def listing(self, kind: str, name: str) -> Listing:
        """What a category, a month or a model has."""
        self._note(f"listing {kind} {name}")
        return self._overview.listing(kind, name)

    def answers_from(self, kind: str, name: str, start: int, end: int) -> tuple[int, Sequence[Entry]]:
        """How many answers a category, a month or a model has, and some of them."""
        self._note(f"listed {kind} {start} {end} {name}")
        entries = self._overview.groups[kind][name]
        return len(entries), entries[start:end]

    def whole_thread(self, id: str) -> WholeThread:
        """A thread with what is said of its questions."""
        self._note(f"whole {id}")
        return self._overview.whole_thread(id)


class Versions:
    """Makes the versions of the facts of one state of the archive."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview
        self._entries: dict[str, bytes] = {}
        self._makers: Mapping[str, Callable[[str], Any]] = {
            "entry": self._entry,
            "paper": self._paper,
            "known": lambda id: overview.known(PaperId(id)),
            "abstracts": lambda _: bool(overview.archive.abstracts),
            "abstract": lambda id: overview.archive.abstracts.get(PaperId(id).key),
            "text": overview.texts.get,
            "spelt": overview.archive.canonical.get,
            "answers": lambda key: [self._of_entry(entry.id) for entry in overview.archive.by_question.get(key, ())],
            "askers": overview.askers,
            "thread": overview.thread_link,
            "near": overview.related.version,
            "listing": self._listing,
            "listed": self._listed,
            "whole": overview.whole_thread,
        }

    def of(self, fact: Fact) -> bytes:
        """Return the version of a fact."""
        kind, name = fact.split(" ", 1)
        return self._of_entry(name) if kind == "entry" else self._made(kind, name)

    def _made(self, kind: str, name: str) -> bytes:
        try:
            told = self._makers[kind](name)
        except KeyError:
            told = None  # There is no such answer, paper or thread any more.
        # Most questions have no answer, and nobody asks most of them.
        return _digest(told) if told else _NOTHING

    def _of_entry(self, id: str) -> bytes:
        """The version of an answer, which is a part of those of all facts that show it."""
        made = self._entries.get(id)
        if made is None:
            made = self._entries[id] = self._made("entry", id)
        return made

    def _entry(self, id: str) -> Any:
        entry = self._overview.entries[id]
        spelt = [self._overview.archive.canonical[citation.paper] for citation in entry.citations]
        return entry.path, vars(entry.answer), spelt, list(entry.listed)

    def _listing(self, of: str) -> Any:
        entries, *more = self._overview.listing(*of.split(" ", 1))
        return [self._of_entry(entry.id) for entry in entries], more

    def _listed(self, of: str) -> Any:
        kind, start, end, name = of.split(" ", 3)
        entries = self._overview.groups[kind][name]
        return len(entries), [self._of_entry(entry.id) for entry in entries[int(start) : int(end)]]

    def _paper(self, id: str) -> Any:
        paper = self._overview.archive.papers[PaperId(id)]
        # Where an answer cites the paper, and how well the two match, is said of the answer.
        contexts = [self._of_entry(context.entry.id) for context in paper.contexts]
        retrieved = [self._of_entry(found.entry.id) for found in paper.retrieved]
        record = paper.record.model_dump_json() if paper.record else None
        named = (paper.title, paper.category, paper.titles, paper.categories, paper.spellings)
        return named, record, contexts, retrieved


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(to_json(value), digest_size=_SIZE).digest()
