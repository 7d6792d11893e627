"""What is searched for: answers, papers and open questions as documents, made only where they changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar
from zlib import crc32

from agsite import plates, urls
from agsite.archive import Archive, Entry, OpenQuestion, PaperEntry
from agsite.encoding import to_json
from agsite.records import Paper
from agsite.search import strips
from agsite.search.analysis import VERSION, clean, terms, words

T = TypeVar("T")

ANSWER, PAPER, QUESTION = "answer", "paper", "question"
KINDS = (ANSWER, PAPER, QUESTION)

# Documents are numbered for readers in this order of kinds; of equally good ones, the later is shown first.
ORDER = (QUESTION, PAPER, ANSWER)

# What a title weighs against the text: measured on five test collections (docs/search.md).
TITLE_WEIGHT = 2

# The shards have a byte for it, and the curve of scores is flat long before.
_HEAVIEST = 255

# Into how many bundles the documents of a kind are put, by their keys.
_BUNDLES = 256

_SHELVES = 1024

# Between the terms of the title and those of the text in `Stored.terms`, where no phrase may reach across.
GAP = "."


class Stored(NamedTuple):
    """What the index keeps of a document to show and to look into."""

    key: str
    kind: str
    url: str
    title: str
    text: str = ""
    terms: str = ""
    """All terms in order: ` title . text . titles of cited papers, or authors `."""
    category: str = ""
    date: str = ""
    model: str = ""
    evidence: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    """paper: its spellings and its arXiv id; answer: the papers that it cites."""
    counts: tuple[int, ...] = ()
    """answer: sentences that cite, sentences, gaps; paper: answers that cite it; question: answers that ask it."""
    strip: str = ""
    """answer: how it is drawn, without its citations."""
    cites: tuple[tuple[int, int], ...] = ()
    """answer: where in the strip each citation stands, and the percent of the match."""


def shelf(key: str) -> str:
    """Return the list in which the index looks for a key; one for each key would be half of all its lists."""
    return f"{crc32(key.encode(errors='surrogatepass')) % _SHELVES}"


def place(stored: Stored) -> tuple[int, str, str]:
    """Return what documents are numbered by: kind, date, key."""
    return ORDER.index(stored.kind), stored.date, stored.key


class Document(NamedTuple):
    """A document that the index should hold: its key and place, a digest of all it is made of, and how to make it."""

    key: str
    place: tuple[int, str, str]
    digest: str
    make: Callable[[], Made]


class Bundle(NamedTuple):
    """Some documents of a kind: while the digest of all they are made of is the same, none of them is looked at.

    A document is always in the bundle that its key says.
    """

    name: str
    digest: str
    documents: Callable[[], list[Document]]


class Edit(NamedTuple):
    """A document before and after."""

    before: Stored
    after: Stored


class Made(NamedTuple):
    """A document made: weighted terms, exact terms by field, and what is stored."""

    terms: dict[str, int]
    fields: dict[str, tuple[str, ...]]
    stored: Stored


def documents(archive: Archive) -> Iterator[Bundle]:
    """Yield the documents of an archive in bundles; withdrawn answers are not found by searching."""
    live = (entry for entry in archive.entries if entry.answer.status != "withdrawn")
    yield from _bundled(_ANSWERS, live)
    yield from _bundled(_PAPERS, archive.papers.values())
    yield from _bundled(_QUESTIONS, archive.open_questions)


def paper_documents(papers: Iterable[Paper]) -> Iterator[Bundle]:
    """Yield papers as retrieval sees them: title and abstract."""
    return _bundled(_RECORDS, papers)


class _Kind(NamedTuple, Generic[T]):
    """How things become documents of a kind."""

    name: str
    identity: Callable[[T], str]
    facts: Callable[[T], tuple[object, ...]]
    """All that a document is made of, as JSON can hold it."""
    place: Callable[[T], tuple[str, str]]
    """Date and key."""
    make: Callable[[T], Made]


def _bundled(kind: _Kind[T], things: Iterable[T]) -> Iterator[Bundle]:
    groups: defaultdict[int, list[T]] = defaultdict(list)
    for thing in things:
        groups[crc32(kind.identity(thing).encode(errors="surrogatepass")) % _BUNDLES].append(thing)
    for number, group in groups.items():
        # One digest of many facts takes a third of the time that one of each would take.
        digest = _digest([(kind.identity(thing), kind.facts(thing)) for thing in group])
        yield Bundle(f"{kind.name}/{number}", digest, partial(_documents, kind, group))


def _documents(kind: _Kind[T], things: Iterable[T]) -> list[Document]:
    return [_document(kind, thing) for thing in things]


def _document(kind: _Kind[T], thing: T) -> Document:
    date, key = kind.place(thing)
    return Document(key, (ORDER.index(kind.name), date, key), _digest(kind.facts(thing)), partial(kind.make, thing))


def _digest(facts: object) -> str:
    return blake2b(to_json((VERSION, facts)), digest_size=9).hexdigest()


def _make(stored: Stored, extra: str = "") -> Made:
    title, text, others = (terms(part) for part in (stored.title, stored.text, extra))
    sequence = f" {' '.join(title)} {GAP} {' '.join(text)} {GAP} {' '.join(others)} "
    fields = {
        "shelf": (shelf(stored.key),),
        "kind": (stored.kind,),
        "category": (stored.category,) if stored.category else (),
        "model": (stored.model,) if stored.model else (),
        "month": (stored.date[:7],) if stored.date else (),
        "date": (stored.date,) if stored.date else (),
        "evidence": stored.evidence,
        "paper": stored.ids,
        "title": tuple(dict.fromkeys(title)),
        "words": tuple(dict.fromkeys(words(stored.title))),
    }
    return Made(_weights(title, text, others), fields, stored._replace(terms=sequence))


def _answer_facts(entry: Entry) -> tuple[object, ...]:
    answer, sources = entry.answer, entry.answer.sources
    cited, listed = " ".join(entry.cited), " ".join([source.id for source in sources])
    shown = [source.title for source in sources], [source.similarity for source in sources]
    return answer.question, answer.body, answer.model, answer.date, entry.category, cited, listed, *shown


def _answer_place(entry: Entry) -> tuple[str, str]:
    return entry.answer.date.isoformat(), f"{ANSWER}/{entry.id}"


def _answer(entry: Entry) -> Made:
    answer = entry.answer
    date, key = _answer_place(entry)
    titles = (entry.listed[paper].title for paper in entry.cited if paper in entry.listed)
    counts = (entry.body.cited, entry.body.sentences, entry.body.gaps)
    plate, percents = plates.draw(entry.body, {}, (0, 0)), {str(s.id): s.similarity or 0 for s in answer.sources}
    stored = Stored(
        key=key,
        kind=ANSWER,
        url=urls.answer(entry.id),
        title=answer.question,
        text=clean(answer.body),
        category=entry.category or "",
        date=date,
        model=answer.model,
        evidence=tuple(_evidence(*counts)),
        ids=entry.cited,
        counts=counts,
        strip=strips.runs(plate),
        cites=tuple((column, percents.get(paper, 0)) for column, paper in strips.columns(plate)),
    )
    return _make(stored, " ".join(titles))


def _evidence(cited: int, sentences: int, gaps: int) -> Iterator[str]:
    if 2 * cited >= sentences > 0:
        yield "half"
    if gaps:
        yield "gap"


def _paper_facts(paper: PaperEntry) -> tuple[object, ...]:
    known = (_text(paper.record), _authors(paper.record), _arxiv(paper.record)) if paper.record else ()
    return paper.title, paper.category, " ".join(paper.spellings), len(paper.contexts), *known


def _paper_place(paper: PaperEntry | Paper) -> tuple[str, str]:
    return paper.id.month, f"{PAPER}/{paper.id}"


def _paper(paper: PaperEntry) -> Made:
    record = paper.record
    date, key = _paper_place(paper)
    stored = Stored(
        key=key,
        kind=PAPER,
        url=urls.paper(paper.id),
        title=paper.title or str(paper.id),
        text=clean(_text(record)) if record else "",
        category=paper.category or "",
        date=date,
        ids=tuple(dict.fromkeys((paper.id, *paper.spellings, *(_arxiv(record) if record else ())))),
        counts=(len(paper.contexts),),
    )
    return _make(stored, _authors(record) if record else "")


def _text(record: Paper) -> str:
    return record.abstract or record.summary or ""


def _authors(record: Paper) -> str:
    return " ".join(author.family for author in record.authors)


def _arxiv(record: Paper) -> tuple[str, ...]:
    return (f"arxiv:{record.arxiv_id}",) if record.arxiv_id else ()


def _question_facts(question: OpenQuestion) -> tuple[object, ...]:
    return question.text, question.category, _oldest(question), question.askers[0].id, len(question.askers)


def _question_place(question: OpenQuestion) -> tuple[str, str]:
    digest = blake2b(question.key.encode(errors="surrogatepass"), digest_size=6).hexdigest()
    return _oldest(question).isoformat(), f"{QUESTION}/{digest}"


def _oldest(question: OpenQuestion) -> dt.date:
    return min([entry.answer.date for entry in question.askers])


def _question(question: OpenQuestion) -> Made:
    date, key = _question_place(question)
    stored = Stored(
        key=key,
        kind=QUESTION,
        url=f"{urls.answer(question.askers[0].id)}#keep-exploring",
        title=question.text,
        category=question.category or "",
        date=date,
        counts=(len(question.askers),),
    )
    return _make(stored)


def _record_facts(paper: Paper) -> tuple[object, ...]:
    return paper.title, _text(paper)


def _record(paper: Paper) -> Made:
    date, key = _paper_place(paper)
    title, text = paper.title or str(paper.id), clean(_text(paper))
    return _make(Stored(key, PAPER, str(paper.id), title, text, date=date, ids=(paper.id,)))


_ANSWERS = _Kind[Entry](ANSWER, attrgetter("id"), _answer_facts, _answer_place, _answer)
_PAPERS = _Kind[PaperEntry](PAPER, attrgetter("id"), _paper_facts, _paper_place, _paper)
_QUESTIONS = _Kind[OpenQuestion](QUESTION, attrgetter("key"), _question_facts, _question_place, _question)
_RECORDS = _Kind[Paper](PAPER, attrgetter("id"), _record_facts, _paper_place, _record)


def weights_of(sequence: str) -> Counter[str]:
    """Return how much each term of `Stored.terms` weighs."""
    return _weights(*(part.split() for part in sequence.split(f" {GAP} ", 2)))


def _weights(title: Iterable[str], text: Iterable[str], others: Iterable[str]) -> Counter[str]:
    weights = Counter(text)
    weights.update(others)
    for term in title:
        weights[term] += TITLE_WEIGHT
    if max(weights.values(), default=0) <= _HEAVIEST:
        return weights
    return Counter({term: min(weight, _HEAVIEST) for term, weight in weights.items()})


def stored_of(values: tuple[Any, ...]) -> Stored:
    """Return what `Reader.stored` gives as the record it is."""
    return Stored(*values)
