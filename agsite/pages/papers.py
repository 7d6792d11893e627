"""The page of a paper: what is known of it, and every sentence of the archive that cites it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple
from urllib.parse import quote

from agsite import plates, urls
from agsite.archive import Context, Entry, PaperEntry, Retrieved
from agsite.body import Leaf, Sentence, each_once
from agsite.config import Config
from agsite.ids import PaperId
from agsite.markup import CiteMark
from agsite.pages.facts import Facts
from agsite.pages.page import AnswerRow, Crumb, Head, Link, PaperRow, answer_link, category_crumbs
from agsite.pages.pagination import Pagination, head_of, paginate
from agsite.papers import Reference, is_another

# Answers that cite the paper, on one page, and as many that do not: those that do bring their sentences and a strip, so
# fewer fit than rows of a list.
_ROWS = 20
_TOGETHER = 8
_VARIANTS = 10


class CitedSentence(NamedTuple):
    """A sentence that cites the paper, the N of its anchor, and where its chips lead."""

    leaf: Leaf
    anchor: int
    marks: tuple[tuple[str, CiteMark], ...]


class CitedIn(NamedTuple):
    """An answer that cites the paper, with the sentences in which it does."""

    row: AnswerRow
    number: int
    sentences: tuple[CitedSentence, ...]


class Variant(NamedTuple):
    """What some answer calls the paper, or where it puts it, unlike the newest one; without one, the bibliography."""

    text: str
    answer: Link | None


class PaperPage(NamedTuple):
    """Everything that a paper's page shows."""

    head: Head
    crumbs: tuple[Crumb, ...]
    id: str
    title: str | None
    category: str | None
    month: str
    authors: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    """The authors as (family, given), for references."""
    abstract: str | None
    summary: str | None
    published: str | None
    arxiv_id: str | None
    doi: str | None
    answers: int
    sentences: int
    retrieved: int
    matches: tuple[int, int] | None
    cited_in: tuple[CitedIn, ...]
    together: tuple[PaperRow, ...]
    not_cited: tuple[tuple[AnswerRow, int | None], ...]
    not_cited_more: int
    """How many of these further pages have."""
    title_from: Link | None
    """The answer whose title is shown, where others differ."""
    titles: tuple[Variant, ...]
    other_categories: tuple[Variant, ...]
    find_url: str | None
    part: Pagination


def paper_pages(facts: Facts, paper: PaperEntry) -> list[PaperPage]:
    """Gather what a paper's page shows; a paper that many answers cite or were given goes on at `page/2/`."""
    together = _together(facts, paper)
    shown = [_Shown(context.entry, _sentences(context)) for context in paper.contexts]
    unused = [found for found in paper.retrieved if not found.cited]
    found = paginate(urls.paper(paper.id), range(max(len(shown), len(unused))), _ROWS)
    count = sum(len(context.leaves) for context in shown)
    return [
        _paper_page(facts, paper, shown[start:end], unused[start:], count, part, together) for start, end, part in found
    ]


class _Shown(NamedTuple):
    """An answer that cites a paper, and the sentences in which it does as they are shown."""

    entry: Entry
    leaves: list[Leaf]


def _sentences(context: Context) -> list[Leaf]:
    """Return the sentences that cite a paper; a row of a table is one, however many of its cells do."""
    return list(each_once(context.entry.body.alone(lambda sentence: sentence.anchor in context.anchors)))


def _paper_page(
    facts: Facts,
    paper: PaperEntry,
    shown: list[_Shown],
    unused: list[Retrieved],
    sentences: int,
    part: Pagination,
    together: tuple[PaperRow, ...],
) -> PaperPage:
    record = paper.metadata
    matches = [found.similarity for found in paper.retrieved if found.similarity is not None]
    first = part.number == 1
    titles = (*_variants(paper, paper.titles), *_imported_title(paper))
    return PaperPage(
        head=_head(paper, part),
        crumbs=(Crumb("papers", "", urls.PAPERS), *category_crumbs(paper.category)),
        id=paper.id,
        title=paper.title,
        category=paper.category,
        month=paper.id.month,
        authors=tuple(author.name for author in record.authors),
        names=tuple((author.family, author.given) for author in record.authors),
        abstract=record.abstract,
        summary=record.summary,
        published=record.published,
        arxiv_id=record.arxiv_id,
        doi=record.doi,
        answers=len(paper.contexts),
        sentences=sentences,
        retrieved=len(paper.retrieved),
        matches=(min(matches), max(matches)) if matches else None,
        cited_in=tuple(
            _cited_in(facts, paper, context, urls.numbered(urls.paper(paper.id), part.number)) for context in shown
        ),
        together=together if first else (),
        not_cited=tuple((facts.row(found.entry), found.similarity) for found in unused[:_ROWS]),
        not_cited_more=max(0, len(unused) - _ROWS),
        title_from=_title_from(paper) if titles else None,
        titles=titles,
        other_categories=_variants(paper, paper.categories),
        find_url=None if record.arxiv_id or not paper.title else _find_url(paper.title),
        part=part,
    )


def _title_from(paper: PaperEntry) -> Link | None:
    shown = (found.entry for found in paper.retrieved if found.entry.listed[paper.id].title == paper.title)
    return next(map(answer_link, shown), None)


def _variants(paper: PaperEntry, variants: tuple[tuple[str, str], ...]) -> tuple[Variant, ...]:
    if not variants:
        return ()
    questions = {found.entry.id: found.entry.answer.question for found in paper.retrieved}
    return tuple(Variant(text, Link(questions.get(id_, id_), urls.answer(id_))) for text, id_ in variants[:_VARIANTS])


def _imported_title(paper: PaperEntry) -> tuple[Variant, ...]:
    title = paper.metadata.title
    return (Variant(title, None),) if title and is_another(title, paper.all_titles) else ()


def reference(paper: PaperEntry, config: Config) -> Reference:
    """Return what a bibliography is told of a paper; authors only where they were imported."""
    known = paper.metadata
    return Reference(
        id=paper.id,
        title=paper.title,
        authors=known.authors,
        arxiv_id=known.arxiv_id,
        doi=known.doi,
        published=known.published,
        category=paper.category,
        url=config.absolute(urls.paper(paper.id)),
    )


def _head(paper: PaperEntry, part: Pagination) -> Head:
    title = paper.title or paper.id
    head = head_of(urls.paper(paper.id), part, title, f"{title} ({paper.id})")
    return head._replace(indexed=head.indexed and bool(paper.contexts))


def _find_url(title: str) -> str:
    return f"https://arxiv.org/search/?query={quote(title[:200])}&searchtype=title"


def _cited_in(facts: Facts, paper: PaperEntry, shown: _Shown, url: str) -> CitedIn:
    entry = shown.entry
    row = facts.row(entry)
    row = row._replace(plate=plates.only(row.plate, facts.plate(entry), frozenset(paper.spellings)))
    root = urls.to_root(url)
    sentences = tuple(
        [
            CitedSentence(leaf, leaf.sentences[0].anchor, _marks(facts, paper, entry, leaf.sentences[0], root))
            for leaf in shown.leaves
        ]
    )
    return CitedIn(row, entry.numbers.get(paper.id, 0), sentences)


def _marks(
    facts: Facts, paper: PaperEntry, entry: Entry, sentence: Sentence, root: str
) -> tuple[tuple[str, CiteMark], ...]:
    """The chips of one sentence: the paper's own leads to the sentence in its answer, the others to their papers."""
    marks = {}
    for spelling in sorted(set(sentence.papers)):
        canonical = facts.canonical[spelling]
        own = canonical == paper.id
        address = urls.sentence(urls.answer(entry.id), sentence.anchor) if own else urls.paper(canonical)
        known = facts.known(canonical)
        title = (known.title if known else None) or str(canonical)
        marks[spelling] = CiteMark(str(canonical), entry.numbers.get(canonical, 0), root + address, title)
    return tuple(marks.items())


def _together(facts: Facts, paper: PaperEntry) -> tuple[PaperRow, ...]:
    """Return the papers that are cited in the same answers, those in most of them first, with how many these are."""
    counts: Counter[PaperId] = Counter()
    for context in paper.contexts:
        counts.update(other for other in context.entry.cited if other != paper.id)
    best = sorted(counts, key=lambda other: (-counts[other], other.key))[:_TOGETHER]
    rows = ((facts.known(other), counts[other]) for other in best)
    return tuple(row._replace(number=count) for row, count in rows if row)
