"""All that pages are planned from: the archive, the settings, and the rows of lists, which several pages show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from agsite import encoding, plates, threads, urls
from agsite.archive import Archive, Entry, OpenQuestion, PaperEntry, usual_models
from agsite.config import Config
from agsite.ids import PaperId, question_key
from agsite.pages import repository
from agsite.pages.gaps import Gap, gaps
from agsite.pages.page import AnswerRow, Coverage, Link, OpenRow, PaperRow, QuestionRow, answer_link
from agsite.related import Candidate, Related
from agsite.review import was_rejected
from agsite.threads import Answered, Thread

# How much of what goes with a list stands beside it.
ASIDE = 8

# How many of those that ask an open question stand in its row.
_ASKERS = 3

# For how many questions their askers are kept: a page needs few, and an archive has many.
_ASKED = 100


class Listing(NamedTuple):
    """What a category, a month or a model has: its answers, and a category's most cited papers and open questions."""

    entries: Sequence[Entry]
    papers: tuple[PaperRow, ...] = ()
    opens: tuple[OpenRow, ...] = ()


class WholeThread(NamedTuple):
    """A thread with what its pages say of its questions, by their keys."""

    thread: Thread
    questions: Mapping[str, QuestionRow]

    @property
    def title(self) -> str:
        """The question that the thread began with."""
        return self.questions[self.thread.roots[0]].text


class Overview:
    """The archive and the settings, and the rows of lists, each made at most once.

    `texts` are the Markdown pages that the site adds, by address.
    """

    def __init__(self, archive: Archive, config: Config, texts: Mapping[str, str] = MappingProxyType({})) -> None:
        self.archive = archive
        self.config = config
        self.texts = texts
        self._plates: dict[str, bytes] = {}
        self._rows: dict[str, AnswerRow] = {}
        self._papers: dict[str, PaperRow] = {}
        # A question that thousands ask is asked by the pages of all of them.
        self.askers = lru_cache(maxsize=_ASKED)(self._askers)

    @cached_property
    def related(self) -> Related:
        """Which answers lie near which."""
        return Related(Candidate(e.id, e.answer.question, e.cited, e.answer.date.toordinal()) for e in self.live)

    def prepare(self) -> None:
        """Make what many pages need, before processes share the work and each makes it for itself."""
        self.related  # noqa: B018 - it is kept
        self.thread_of  # noqa: B018
        self.open_by_category  # noqa: B018
        self.gaps  # noqa: B018
        for entry in self.archive.entries:
            self.row(entry)

    def reworded(self, archive: Archive) -> Overview:
        """Return the overview of an archive in which only the words of answers differ: who is near whom stays."""
        overview = Overview(archive, self.config, self.texts)
        kept = ("related", "threads", "thread_of")
        overview.__dict__.update({name: self.__dict__[name] for name in kept if name in self.__dict__})
        return overview

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The answers by id."""
        return {entry.id: entry for entry in self.archive.entries}

    @cached_property
    def live(self) -> tuple[Entry, ...]:
        """The answers that count, newest first."""
        return self.archive.live

    @cached_property
    def gaps(self) -> Sequence[Gap]:
        """What the archive lacks, the newest answer's gaps first."""
        return gaps(self.live)

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, Sequence[Entry]]]:
        """The answers of each category, month and model."""
        models = usual_models(entry.answer for entry in self.live)
        groups = {
            "category": _grouped(self.live, _CATEGORY),
            "month": _grouped(self.live, attrgetter("month")),
            "model": _grouped(self.live, lambda entry: models[entry.answer.model.casefold()].model),
        }
        # Papers and withdrawn answers link to their category, also where no answer that counts belongs to it.
        linked = chain(self.archive.papers.values(), self.archive.entries)
        named: dict[str, list[Entry]] = {category: [] for category in map(_CATEGORY, linked) if category}
        return groups | {"category": dict(sorted((named | groups["category"]).items()))}

    @cached_property
    def asks(self) -> bool:
        """Whether any answer ends on a question."""
        return any(entry.answer.follow_ups for entry in self.live)

    @cached_property
    def open_rows(self) -> Sequence[OpenRow]:
        """All open questions as rows."""
        return [self.open_row(question) for question in self.archive.open_questions]

    @cached_property
    def open_by_category(self) -> Mapping[str, list[OpenRow]]:
        """The open questions of each category, those of none under an empty name."""
        rows: defaultdict[str, list[OpenRow]] = defaultdict(list)
        for row in self.open_rows:
            rows[row.category or ""].append(row)
        return dict(sorted(rows.items()))

    def listing(self, kind: str, name: str) -> Listing:
        """What a category, a month or a model has."""
        entries = self.groups[kind][name]
        if kind != "category":
            return Listing(entries)
        rows = map(self.paper_row, self._papers_by_category.get(name, ()))
        cited = sorted((row for row in rows if row.number), key=lambda row: (-row.number, row.id))
        return Listing(entries, tuple(cited[:ASIDE]), tuple(self.open_by_category.get(name, ())[:ASIDE]))

    @cached_property
    def _papers_by_category(self) -> Mapping[str, list[PaperEntry]]:
        papers: defaultdict[str, list[PaperEntry]] = defaultdict(list)
        for paper in self.archive.papers.values():
            papers[paper.category or ""].append(paper)
        return papers

    def plate(self, entry: Entry) -> plates.Plate:
        """An answer's plate."""
        packed = self._plates.get(entry.id)
        if packed is None:
            plate = plates.draw(entry.body, entry.similarities, self.config.match.steps)
            packed = self._plates[entry.id] = encoding.pack(plate)
        return _unpacked(packed)

    def row(self, entry: Entry) -> AnswerRow:
        """An answer as a row."""
        if entry.id not in self._rows:
            self._rows[entry.id] = AnswerRow(
                id=entry.id,
                url=urls.answer(entry.id),
                question=entry.answer.question,
                date=entry.answer.date.isoformat(),
                category=entry.category,
                model=entry.answer.model,
                coverage=coverage(entry),
                plate=plates.mini(self.plate(entry)),
                rejected=was_rejected(entry.answer),
            )
        return self._rows[entry.id]

    def paper_row(self, paper: PaperEntry) -> PaperRow:
        """A paper as a row that counts the answers citing it."""
        if paper.id not in self._papers:
            self._papers[paper.id] = PaperRow(
                paper.id, urls.paper(paper.id), paper.title, paper.category, paper.id.month, len(paper.contexts)
            )
        return self._papers[paper.id]

    def known(self, id: PaperId) -> PaperRow | None:
        """A paper as a row, if the archive has it."""
        paper = self.archive.papers.get(id)
        return self.paper_row(paper) if paper else None

    def _askers(self, key: str) -> tuple[Link, ...]:
        """The answers that ask a question, by the question's key."""
        return tuple(map(answer_link, self.archive.asked_by.get(key, ())))

    def open_row(self, question: OpenQuestion) -> OpenRow:
        """An open question as a row."""
        return OpenRow(
            question=question.text,
            category=question.category,
            askers=len(question.askers),
            since=min(entry.answer.date for entry in question.askers).isoformat(),
            after=tuple(map(answer_link, question.askers[:_ASKERS])),
            answer_this=repository.answer_this(self.config, question.text, question.askers[0]),
            asker=question.askers[0].id,
        )

    @cached_property
    def threads(self) -> tuple[Thread, ...]:
        """The threads of follow-up questions, largest first."""
        return threads.find_threads(_answered(self.archive))

    @cached_property
    def thread_of(self) -> Mapping[str, Thread]:
        """The thread that a question belongs to, by the question's key."""
        return {key: thread for thread in self.threads for key in thread.questions}

    @cached_property
    def _threads_by_id(self) -> Mapping[str, Thread]:
        return {thread.id: thread for thread in self.threads}

    def whole_thread(self, id: str) -> WholeThread:
        """The thread that is named after an answer."""
        return self.whole(self._threads_by_id[id])

    def whole(self, thread: Thread) -> WholeThread:
        """A thread with its questions as they are worded."""
        return WholeThread(thread, {key: self.question(key) for key in thread.questions})

    def thread_link(self, key: str) -> Link | None:
        """The thread that a question belongs to, with the question that it began with."""
        thread = self.thread_of.get(key)
        return Link(self.question(thread.roots[0]).text, urls.thread(thread.id)) if thread else None

    @cached_property
    def _open_texts(self) -> Mapping[str, str]:
        return {question.key: question.text for question in self.archive.open_questions}

    def question(self, key: str) -> QuestionRow:
        """A question as its newest answer words it, or an open one as it is asked."""
        answers = self.archive.by_question.get(key, ())
        return QuestionRow(
            answers[0].answer.question if answers else self._open_texts[key],
            urls.answer(answers[0].id) if answers else None,
            tuple(dict.fromkeys(entry.category for entry in answers if entry.category)),
            tuple(sorted(entry.answer.date.isoformat() for entry in answers)),
            bool(answers) and was_rejected(answers[0].answer),
        )


# As numbers and texts, the plates of an archive would take eight times the room.
_unpacked = encoding.unpacker(plates.Plate)


def coverage(entry: Entry) -> Coverage:
    """Count what an answer's text rests on."""
    body = entry.body
    used = sum(1 for paper in entry.listed if paper in entry.numbers)
    return Coverage(body.sentences, body.cited, len(entry.listed), used, body.gaps)


def _answered(archive: Archive) -> Iterator[Answered]:
    for entry in archive.live:
        asks = tuple(question_key(question) for question in entry.answer.follow_ups)
        yield Answered(entry.id, entry.answer.date.isoformat(), entry.key, asks)


_CATEGORY = attrgetter("category")


def _grouped(entries: Iterable[Entry], name_of: Callable[[Entry], str | None]) -> dict[str, list[Entry]]:
    """Group answers by category, month or model; groups in order of name, answers in the archive's order."""
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if name := name_of(entry):
            groups[name].append(entry)
    return dict(sorted(groups.items()))
