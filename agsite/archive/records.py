"""The records of an archive: answers, papers with the answers that cite them, and open questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from agsite.body import Block, Body, Citation
from agsite.ids import PaperId, PaperKey, question_key
from agsite.records import Answer, Paper, Source


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer in the archive, with what follows from its file once every paper has one spelling."""

    id: str
    answer: Answer
    body: Body
    path: str
    key: str
    cited: tuple[PaperId, ...]
    """Canonical ids by first appearance in the text."""
    numbers: Mapping[str, int]
    """The number that the answer gives a paper, by every spelling; papers that are not listed have none."""
    listed: Mapping[PaperId, Source]
    category: str | None
    citing: Mapping[PaperId, tuple[int, ...]]
    """The sentences that cite each paper, by N of their anchors `#s-N`."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of its text, in order."""
        return self.body.citations

    @property
    def month(self) -> str:
        """The month of the answer as YYYY-MM."""
        return self.answer.date.isoformat()[:7]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of the text, without a first heading that repeats the question."""
        blocks = self.body.blocks
        repeats = blocks and blocks[0].kind == "h" and question_key(blocks[0].leaves[0].text) == self.key
        return blocks[1:] if repeats else blocks

    @property
    def is_live(self) -> bool:
        """Whether its citations and questions count: those of an answer that was withdrawn do not."""
        return self.answer.status != "withdrawn"

    @property
    def is_published(self) -> bool:
        """Whether feeds and search engines show it; drafts and withdrawn answers are not shown there."""
        return self.answer.status == "published"

    @property
    def similarities(self) -> dict[str, int | None]:
        """How well each cited source matches, in percent, by every spelling that the text has for it."""
        numbers = self.numbers
        percents = {numbers[paper]: source.similarity for paper, source in self.listed.items() if paper in numbers}
        return {paper: percents[number] for paper, number in numbers.items()}

    @property
    def unlisted(self) -> tuple[PaperId, ...]:
        """Papers that the text cites and the sources lack."""
        return tuple(paper for paper in self.cited if paper not in self.listed)


class Context(NamedTuple):
    """An answer that cites a paper, and the sentences in which it does."""

    entry: Entry
    anchors: tuple[int, ...]
    """N of the anchors `#s-N` of the sentences."""


class Retrieved(NamedTuple):
    """An answer that lists a paper among its sources, cited or not."""

    entry: Entry
    similarity: int | None
    cited: bool


@dataclass(frozen=True, slots=True)
class PaperEntry:
    """A paper of the archive: what answers say of it, and what a bibliography knows."""

    id: PaperId
    title: str | None
    category: str | None
    record: Paper | None
    contexts: tuple[Context, ...]
    retrieved: tuple[Retrieved, ...]
    titles: tuple[tuple[str, str], ...]
    """Titles that differ from the one shown, each with the answer that gives it."""
    categories: tuple[tuple[str, str], ...]
    spellings: tuple[PaperId, ...]

    @property
    def all_titles(self) -> tuple[str, ...]:
        """The title that is shown, and those that differ."""
        return (*((self.title,) if self.title else ()), *(title for title, _ in self.titles))

    @property
    def metadata(self) -> Paper:
        """What a bibliography knows of it: nothing but its id, where none does."""
        return self.record or Paper(id=self.id)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A follow-up question that no answer answers."""

    key: str
    text: str
    askers: tuple[Entry, ...]
    category: str | None


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything that pages are made of, sorted: answers newest first, papers and questions by their own order."""

    entries: tuple[Entry, ...]
    papers: Mapping[PaperId, PaperEntry]
    by_question: Mapping[str, tuple[Entry, ...]]
    asked_by: Mapping[str, tuple[Entry, ...]]
    open_questions: tuple[OpenQuestion, ...]
    canonical: Mapping[str, PaperId] = field(repr=False)
    abstracts: Mapping[PaperKey, str] = field(repr=False, default_factory=dict)
    """Title and abstract of the papers whose abstract is known, by the key of their id."""

    @property
    def live(self) -> tuple[Entry, ...]:
        """The answers that count, newest first."""
        return tuple(entry for entry in self.entries if entry.is_live)
