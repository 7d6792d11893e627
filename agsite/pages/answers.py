"""The page of an answer: its text with the evidence beside it, its sources, and where to go from there."""

from __future__ import annotations

from typing import NamedTuple

from agsite import plates, urls
from agsite.archive import Entry
from agsite.body import Block
from agsite.ids import PaperId, question_key
from agsite.markup import CiteMark, plain_text
from agsite.pages.page import AnswerRow, Coverage, Crumb, Head, Link
from agsite.pages.provenance import Made, Support, made, supports
from agsite.pages.site import SitePlan, coverage, is_live

_LONG_QUESTION = 140
_DESCRIPTION = 155
_THREAD_TITLE = 60
_ASKERS = 3
_NEARBY = 5


class Evidence(NamedTuple):
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
    evidence: tuple[Evidence, ...] | None
    gap: bool
    """The block is a paragraph that begins by naming a gap."""
    names_gap: bool
    """A sentence further on in the block names one."""
    supports: tuple[Support, ...]
    """What its sentences rest on, where the making of the answer is known."""


class SourceRow(NamedTuple):
    """A source as the list shows it; number 0 is a source that is never cited, or one that is not listed."""

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
    long: bool
    model: str
    date: str
    years: tuple[str, ...]
    asked_by: tuple[Link, ...]
    asked_more: tuple[Link, ...]
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
    nearby: tuple[tuple[AnswerRow, int], ...]
    edit_url: str | None
    report_url: str | None
    again_url: str | None
    made: Made


def answer_page(plan: SitePlan, entry: Entry) -> AnswerPage:
    """Gather what the page of an answer shows."""
    answer = entry.answer
    url = urls.answer(entry.id)
    sources = _sources(plan, entry)
    years = sorted({row.month[:4] for row in sources if row.listed})
    askers = _asked_by(plan, entry)
    blocks = _without_title(entry)
    return AnswerPage(
        head=Head(
            url,
            answer.question,
            _description(entry),
            twins=True,
            indexed=answer.status == "published",
            date=answer.date.isoformat(),
        ),
        crumbs=(Crumb("answers", "", urls.ANSWERS), *_field_crumb(entry.category), *_thread_crumb(plan, entry)),
        id=entry.id,
        question=answer.question,
        long=len(answer.question) > _LONG_QUESTION,
        model=answer.model,
        date=answer.date.isoformat(),
        years=tuple(dict.fromkeys((years[0], years[-1]))) if years else (),
        asked_by=askers[:_ASKERS],
        asked_more=askers[_ASKERS:],
        status=answer.status,
        note=answer.note,
        plate=_plate_view(plan.plate(entry), {block.anchor for block in blocks}),
        coverage=coverage(entry),
        blocks=_prose(blocks, {row.paper: row for row in sources}, plan, supports(plan, entry)),
        marks=tuple(sorted(_marks(entry, plan).items())),
        sources=sources,
        follow_ups=tuple(_follow_up(plan, entry, question) for question in answer.follow_ups),
        row=plan.row(entry),
        same_question=_same_question(plan, entry),
        nearby=_nearby(plan, entry),
        edit_url=plan.edit_url(entry),
        report_url=plan.report_url(entry),
        again_url=plan.answer_this(answer.question, entry),
        made=made(plan, entry),
    )


def _field_crumb(category: str | None) -> tuple[Crumb, ...]:
    return (Crumb("category", category, urls.category(category)),) if category else ()


def _thread_crumb(plan: SitePlan, entry: Entry) -> tuple[Crumb, ...]:
    thread = plan.thread_of.get(entry.key)
    if thread is None:
        return ()
    return (Crumb("thread", cut(plan.thread_title(thread), _THREAD_TITLE), urls.thread(thread.id)),)


def _description(entry: Entry) -> str:
    """The first sentence that cites, else the first of all, cut at a word."""
    chosen = ""
    for leaf, sentence in entry.body.all_sentences():
        if sentence.groups or not chosen:
            piece = leaf.text[sentence.start : sentence.end]
            chosen = plain_text(piece)
            if sentence.groups:
                break
    return cut(chosen, _DESCRIPTION)


def cut(text: str, limit: int) -> str:
    """Cut a text at a word, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    return text[: text.rfind(" ", 0, limit)].rstrip(" ,;:–—-") + "…"


def _asked_by(plan: SitePlan, entry: Entry) -> tuple[Link, ...]:
    askers = plan.archive.asked_by.get(entry.key, ())
    return tuple(Link(asker.answer.question, urls.answer(asker.id)) for asker in askers if asker.id != entry.id)


def _plate_view(plate: plates.Plate, anchors: set[str]) -> PlateView:
    ticks = [
        (f"{100 * tick.x / plate.width:.1f}%", cut(plain_text(tick.text), room), tick.anchor)
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


def _sources(plan: SitePlan, entry: Entry) -> tuple[SourceRow, ...]:
    """Cited sources by number, then the ones never cited as listed, then what is cited and not listed."""
    anchors: dict[PaperId, dict[int, None]] = {}
    for citation in entry.citations:
        anchors.setdefault(plan.archive.canonical[citation.paper], {})[citation.anchor] = None
    papers = [
        *(p for p in entry.cited if p in entry.listed),
        *(p for p in entry.listed if p not in entry.numbers),
        *entry.unlisted,
    ]
    return tuple(
        [_source(plan, entry, paper, place, tuple(anchors.get(paper, ()))) for place, paper in enumerate(papers, 1)]
    )


def _source(plan: SitePlan, entry: Entry, paper: PaperId, place: int, anchors: tuple[int, ...]) -> SourceRow:
    listed = entry.listed.get(paper)
    known = plan.archive.papers.get(paper)
    return SourceRow(
        place=place,
        number=entry.numbers.get(paper, 0),
        paper=paper,
        url=urls.paper(paper),
        title=listed.title if listed else known.title if known else None,
        category=listed.category if listed else known.category if known else None,
        month=paper.month,
        similarity=listed.similarity if listed else None,
        anchors=anchors,
        listed=listed is not None,
        answers=len(known.contexts) if known else 0,
    )


def _marks(entry: Entry, plan: SitePlan) -> dict[str, CiteMark]:
    root = urls.to_root(urls.answer(entry.id))
    marks = {}
    for citation in entry.citations:
        paper = plan.archive.canonical[citation.paper]
        source = entry.listed.get(paper)
        known = plan.archive.papers.get(paper)
        title = source.title if source else (known.title if known else None) or str(paper)
        marks[str(citation.paper)] = CiteMark(entry.numbers.get(paper, 0), root + urls.paper(paper), title)
    return marks


def _without_title(entry: Entry) -> tuple[Block, ...]:
    """The blocks of the text, without a first heading that repeats the question."""
    blocks = entry.body.blocks
    repeats = blocks and blocks[0].kind == "h" and question_key(blocks[0].leaves[0].text) == entry.key
    return blocks[1:] if repeats else blocks


def _prose(
    blocks: tuple[Block, ...], rows: dict[str, SourceRow], plan: SitePlan, found: dict[int, list[Support]]
) -> tuple[ProseBlock, ...]:
    seen: set[str] = set()
    prose = []
    for block in blocks:
        sentences = [sentence for leaf in block.leaves for sentence in leaf.sentences]
        papers = dict.fromkeys([plan.archive.canonical[p] for s in sentences for g in s.groups for p in g.papers])
        gap = block.kind == "p" and bool(sentences) and sentences[0].gap > 0
        evidence = None
        if _has_margin(block, len(sentences)) and (papers or not gap):
            evidence = tuple([_evidence(rows[paper], again=paper in seen) for paper in papers])
            seen.update(papers)
        names_gap = not gap and any(sentence.gap for sentence in sentences)
        claims = tuple([claim for sentence in sentences for claim in found.get(sentence.anchor, ())]) if found else ()
        prose.append(ProseBlock(block, evidence, gap, names_gap, claims))
    return tuple(prose)


def _has_margin(block: Block, sentences: int) -> bool:
    """Headings, formulas, rules, code and lists of one line have nothing beside them."""
    return block.kind in {"p", "quote", "table"} or (block.kind == "list" and sentences > 1)


def _evidence(row: SourceRow, *, again: bool) -> Evidence:
    return Evidence(row.number, row.title or row.paper, row.category, row.month, row.similarity, again)


def _follow_up(plan: SitePlan, entry: Entry, question: str) -> FollowUp:
    answers = tuple(plan.row(found) for found in plan.archive.answers_to(question) if found.id != entry.id)
    address = plan.answer_this(question, entry) if not answers else None
    return FollowUp(question, answers, len(plan.archive.asked_by.get(question_key(question), ())), address)


def _same_question(plan: SitePlan, entry: Entry) -> tuple[tuple[AnswerRow, int], ...]:
    others = (other for other in plan.archive.by_question.get(entry.key, ()) if other.id != entry.id)
    return tuple((plan.row(other), len(set(entry.cited) & set(other.cited))) for other in others)


def _nearby(plan: SitePlan, entry: Entry) -> tuple[tuple[AnswerRow, int], ...]:
    """Answers near this one that it does not lead to already, each with how many papers the two share."""
    if not is_live(entry.answer):
        return ()
    linked = {found.id for question in entry.answer.follow_ups for found in plan.archive.answers_to(question)}
    skip = {*linked, *(other.id for other in plan.archive.by_question.get(entry.key, ()))}
    return tuple((plan.row(plan.entries[near.id]), near.papers) for near in plan.related.near(entry.id, skip, _NEARBY))
