"""The page of an answer: its text with the evidence beside it, its sources, and where to go from there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from agsite import plates, urls
from agsite.archive import Entry
from agsite.body import Block
from agsite.ellipsis import cut
from agsite.ids import PaperId, question_key
from agsite.markup import CiteMark, plain_text, readable
from agsite.pages import repository
from agsite.pages.facts import Facts
from agsite.pages.overview import coverage
from agsite.pages.page import DESCRIPTION, AnswerRow, Coverage, Crumb, Head, Link, category_crumbs
from agsite.pages.provenance import Made, Support, made, supports
from agsite.records import HAND_WRITTEN, Answer

_THREAD_TITLE = 60
_ASKERS = 3

# How many other answers to its question a page names, and how many that ask it. Each of them has such a page, so that
# without a limit the site would grow with the square of their number.
_OTHERS = 24


class MarginNote(NamedTuple):
    """A source beside a paragraph: in full where it is first mentioned, on one line later."""

    number: int
    title: str
    category: str | None
    month: str
    similarity: int | None
    again: bool


class ProseBlock(NamedTuple):
    """A block of the text with what stands in the margin beside it; None where nothing belongs there."""

    block: Block
    evidence: tuple[MarginNote, ...] | None
    gap: bool
    """The block is a paragraph that begins by naming a gap, and cites nothing."""
    names_gap: bool
    """A sentence of the block names one, and the block is not set as a gap."""
    supports: tuple[Support, ...]
    """What its sentences rest on, where the making of the answer is known."""


class SourceRow(NamedTuple):
    """A source as the list shows it; its number is 0 where it is never cited, or cited but not listed."""

    place: int
    """From 1, in the list."""
    number: int
    paper: str
    url: str
    title: str | None
    category: str | None
    month: str
    similarity: int | None
    anchors: tuple[int, ...]
    listed: bool
    answers: int
    """How many answers of the archive cite the paper."""


class FollowUp(NamedTuple):
    """A question that the answer ends on: the answers it has, or how many ask it and how to answer it."""

    question: str
    answers: tuple[AnswerRow, ...]
    askers: int
    answer_this: str | None


class PlateView(NamedTuple):
    """The large plate, and the headings on its axis as (place in percent, title, anchor)."""

    strip: plates.Strip
    ticks: tuple[tuple[str, str, str], ...]


class AnswerPage(NamedTuple):
    """Everything that an answer's page shows."""

    head: Head
    crumbs: tuple[Crumb, ...]
    id: str
    question: str
    model: str
    date: str
    years: tuple[str, ...]
    asked_by: tuple[Link, ...]
    asked_more: tuple[Link, ...]
    asked_rest: int
    status: str
    note: str | None
    plate: PlateView
    coverage: Coverage
    blocks: tuple[ProseBlock, ...]
    marks: tuple[tuple[str, CiteMark], ...]
    sources: tuple[SourceRow, ...]
    follow_ups: tuple[FollowUp, ...]
    row: AnswerRow
    """The answer itself, beside others to its question."""
    same_question: tuple[tuple[AnswerRow, int], ...]
    same_more: int
    nearby: tuple[tuple[AnswerRow, int], ...]
    edit_url: str | None
    report_url: str | None
    again_url: str | None
    made: Made

    @property
    def by_hand(self) -> bool:
        """Whether a person wrote the answer."""
        return self.model == HAND_WRITTEN


def answer_page(facts: Facts, entry: Entry) -> AnswerPage:
    """Gather what the page of an answer shows."""
    answer = entry.answer
    url = urls.answer(entry.id)
    sources = _sources(facts, entry)
    years = sorted({row.month[:4] for row in sources if row.listed})
    askers = _asked_by(facts, entry)
    others = [other for other in facts.answers_to(answer.question) if other.id != entry.id]
    blocks = entry.blocks
    return AnswerPage(
        head=Head(
            url,
            answer.question,
            _description(entry),
            indexed=entry.is_published,
            date=answer.date.isoformat(),
        ),
        crumbs=(Crumb("answers", "", urls.ANSWERS), *category_crumbs(entry.category), *_thread_crumb(facts, entry)),
        id=entry.id,
        question=answer.question,
        model=answer.model,
        date=answer.date.isoformat(),
        years=tuple(dict.fromkeys((years[0], years[-1]))) if years else (),
        asked_by=askers[:_ASKERS],
        asked_more=askers[_ASKERS : _ASKERS + _OTHERS],
        asked_rest=max(0, len(askers) - _ASKERS - _OTHERS),
        status=answer.status,
        note=answer.note,
        plate=_plate_view(facts.plate(entry), {block.anchor for block in blocks}),
        coverage=coverage(entry),
        blocks=_prose(blocks, {row.paper: row for row in sources}, facts, supports(facts, entry)),
        marks=tuple(sorted(_marks(entry, facts).items())),
        sources=sources,
        follow_ups=tuple(_follow_up(facts, entry, question) for question in _others_asked(answer)),
        row=facts.row(entry),
        same_question=tuple([(facts.row(other), _in_common(entry, other)) for other in others[:_OTHERS]]),
        same_more=max(0, len(others) - _OTHERS),
        nearby=nearby(facts, entry),
        edit_url=repository.edit_url(facts.config, entry),
        report_url=repository.report_url(facts.config, entry),
        again_url=repository.answer_this(facts.config, answer.question, entry),
        made=made(facts, entry),
    )


def _thread_crumb(facts: Facts, entry: Entry) -> tuple[Crumb, ...]:
    thread = facts.thread_of(entry)
    return (Crumb("thread", cut(thread.text, _THREAD_TITLE), thread.url),) if thread else ()


def _description(entry: Entry) -> str:
    """The first sentence that cites, else the first of all, cut at a word."""
    body = entry.body
    chosen = next(chain(body.alone(attrgetter("groups")), body.alone(lambda _: True)), None)
    return cut(plain_text(chosen.text, chosen.sentences), DESCRIPTION) if chosen else ""


def _asked_by(facts: Facts, entry: Entry) -> tuple[Link, ...]:
    own = urls.answer(entry.id)
    return tuple(asker for asker in facts.askers_of(entry.answer.question) if asker.url != own)


def _plate_view(plate: plates.Plate, anchors: set[str]) -> PlateView:
    ticks = [
        (f"{100 * tick.x / plate.width:.1f}%", cut(readable(plain_text(tick.text)), room), tick.anchor)
        for index, tick in enumerate(plate.ticks)
        if tick.anchor in anchors and (room := _room(plate, index))
    ]
    return PlateView(plates.large(plate), tuple(ticks))


# How many letters of the axis fit into the whole width of the plate.
_AXIS_LETTERS = 165
_SHORTEST_LABEL = 8


def _room(plate: plates.Plate, index: int) -> int:
    """How many letters of a heading fit on the axis before the next one; 0 where it is not worth it."""
    end = plate.ticks[index + 1].x if index + 1 < len(plate.ticks) else plate.width
    letters = int(_AXIS_LETTERS * (end - plate.ticks[index].x) / plate.width) - 2
    return letters if letters >= min(_SHORTEST_LABEL, len(plate.ticks[index].text)) else 0


def _sources(facts: Facts, entry: Entry) -> tuple[SourceRow, ...]:
    """Cited sources by number, then the ones never cited as listed, then what is cited and not listed."""
    papers = [
        *(p for p in entry.cited if p in entry.listed),
        *(p for p in entry.listed if p not in entry.numbers),
        *entry.unlisted,
    ]
    return tuple([_source(facts, entry, paper, place) for place, paper in enumerate(papers, 1)])


def _source(facts: Facts, entry: Entry, paper: PaperId, place: int) -> SourceRow:
    listed = entry.listed.get(paper)
    known = facts.known(paper)
    return SourceRow(
        place=place,
        number=entry.numbers.get(paper, 0),
        paper=paper,
        url=urls.paper(paper),
        title=listed.title if listed else known.title if known else None,
        category=listed.category if listed else known.category if known else None,
        month=paper.month,
        similarity=listed.similarity if listed else None,
        anchors=entry.citing.get(paper, ()),
        listed=listed is not None,
        answers=known.number if known else 0,
    )


def _marks(entry: Entry, facts: Facts) -> dict[str, CiteMark]:
    root = urls.to_root(urls.answer(entry.id))
    marks = {}
    for citation in entry.citations:
        paper = facts.canonical[citation.paper]
        source = entry.listed.get(paper)
        known = facts.known(paper)
        title = source.title if source else (known.title if known else None) or str(paper)
        marks[str(citation.paper)] = CiteMark(str(paper), entry.numbers.get(paper, 0), root + urls.paper(paper), title)
    return marks


def _prose(
    blocks: tuple[Block, ...], rows: dict[str, SourceRow], facts: Facts, found: dict[int, list[Support]]
) -> tuple[ProseBlock, ...]:
    seen: set[str] = set()
    prose = []
    for block in blocks:
        sentences = [sentence for leaf in block.leaves for sentence in leaf.sentences]
        papers = dict.fromkeys([facts.canonical[paper] for sentence in sentences for paper in sentence.papers])
        # A paragraph is set as a gap with what it says of the gap; where it cites as well, its gaps are marked in it.
        gap = block.kind == "p" and bool(sentences) and sentences[0].gap > 0 and not papers
        evidence = None
        if _has_margin(block, len(sentences)) and not gap:
            evidence = tuple([_margin_note(rows[paper], again=paper in seen) for paper in papers])
            seen.update(papers)
        names_gap = not gap and any(sentence.gap for sentence in sentences)
        claims = tuple([claim for sentence in sentences for claim in found.get(sentence.anchor, ())]) if found else ()
        prose.append(ProseBlock(block, evidence, gap, names_gap, claims))
    return tuple(prose)


def _has_margin(block: Block, sentences: int) -> bool:
    """Headings, formulas, rules, code and lists of one line have nothing beside them."""
    return block.kind in {"p", "quote", "table"} or (block.kind == "list" and sentences > 1)


def _margin_note(row: SourceRow, *, again: bool) -> MarginNote:
    return MarginNote(row.number, row.title or row.paper, row.category, row.month, row.similarity, again)


def _others_asked(answer: Answer) -> Iterator[str]:
    """Yield the follow-ups that are not the answer's own question once more: to that, this page is the answer."""
    own = question_key(answer.question)
    return (question for question in answer.follow_ups if question_key(question) != own)


def _follow_up(facts: Facts, entry: Entry, question: str) -> FollowUp:
    answers = tuple([facts.row(found) for found in facts.answers_to(question)[: 1 + _OTHERS]])
    address = repository.answer_this(facts.config, question, entry) if not answers else None
    return FollowUp(question, answers, len(facts.askers_of(question)), address)


def _in_common(one: Entry, other: Entry) -> int:
    return len(set(one.cited) & set(other.cited))


def nearby(facts: Facts, entry: Entry) -> tuple[tuple[AnswerRow, int], ...]:
    """Return answers near this one that it does not lead to already, each with how many papers the two share."""
    if not entry.is_live:
        return ()
    questions = (*entry.answer.follow_ups, entry.answer.question)
    skip = {found.id for question in questions for found in facts.answers_to(question)}
    return tuple((facts.row(near), papers) for near, papers in facts.near(entry.id, skip))
