"""What is searched for: answers, papers and open questions as documents, made only where they changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

from agsite import plates, urls
from agsite.archive import Archive, Entry, OpenQuestion, PaperEntry
from agsite.encoding import to_json
from agsite.records import Paper
from agsite.search import strips
from agsite.search.analysis import VERSION, clean, terms, words

ANSWER, PAPER, QUESTION = "answer", "paper", "question"
KINDS = (ANSWER, PAPER, QUESTION)

# Documents are numbered for readers in this order of kinds; of equally good ones, the later is shown first.
ORDER = (QUESTION, PAPER, ANSWER)

# What a title weighs against the text: measured on five test collections (docs/search.md).
TITLE_WEIGHT = 2

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


def place(stored: Stored) -> tuple[int, str, str]:
    """Return what documents are numbered by: kind, date, key."""
    return ORDER.index(stored.kind), stored.date, stored.key


class Document(NamedTuple):
    """A document that the index should hold: its key and place, a digest of all it is made of, and how to make it."""

    key: str
    place: tuple[int, str, str]
    digest: str
    make: Callable[[], Made]


class Made(NamedTuple):
    """A document made: weighted terms, exact terms by field, and what is stored."""

    terms: dict[str, int]
    fields: dict[str, tuple[str, ...]]
    stored: Stored


def documents(archive: Archive) -> Iterator[Document]:
    """Yield every document of an archive; withdrawn answers are not found by searching."""
    for entry in archive.entries:
        if entry.answer.status != "withdrawn":
            yield _answer(entry)
    for paper in archive.papers.values():
        yield _paper(paper)
    for question in archive.open_questions:
        yield _question(question)


def paper_documents(papers: Iterable[Paper]) -> Iterator[Document]:
    """Yield papers as retrieval sees them: title and abstract."""
    return map(_record, papers)


def _digest(*facts: object) -> str:
    return blake2b(to_json((VERSION, facts)), digest_size=9).hexdigest()


def _make(stored: Stored, extra: str = "") -> Made:
    title, text, others = (terms(part) for part in (stored.title, stored.text, extra))
    sequence = f" {' '.join(title)} {GAP} {' '.join(text)} {GAP} {' '.join(others)} "
    fields = {
        "key": (stored.key,),
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
    return Made(dict(weights_of(sequence)), fields, stored._replace(terms=sequence))


def _answer(entry: Entry) -> Document:
    answer = entry.answer
    key, date = f"{ANSWER}/{entry.id}", answer.date.isoformat()
    facts: list[object] = [answer.question, answer.body, answer.model, date, entry.category, *entry.cited]
    for source in answer.sources:
        facts += (source.id, source.title, source.similarity)

    def make() -> Made:
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

    return Document(key, (ORDER.index(ANSWER), date, key), _digest(*facts), make)


def _evidence(cited: int, sentences: int, gaps: int) -> Iterator[str]:
    if 2 * cited >= sentences > 0:
        yield "half"
    if gaps:
        yield "gap"


def _paper(paper: PaperEntry) -> Document:
    key, record = f"{PAPER}/{paper.id}", paper.record
    authors = " ".join(author.family for author in record.authors) if record else ""
    text = (record.abstract or record.summary or "") if record else ""
    arxiv = (f"arxiv:{record.arxiv_id}",) if record and record.arxiv_id else ()
    month = paper.id.month
    facts = (paper.title, paper.category, text, authors, arxiv, paper.spellings, len(paper.contexts))

    def make() -> Made:
        stored = Stored(
            key=key,
            kind=PAPER,
            url=urls.paper(paper.id),
            title=paper.title or str(paper.id),
            text=clean(text),
            category=paper.category or "",
            date=month,
            ids=tuple(dict.fromkeys((paper.id, *paper.spellings, *arxiv))),
            counts=(len(paper.contexts),),
        )
        return _make(stored, authors)

    return Document(key, (ORDER.index(PAPER), month, key), _digest(*facts), make)


def _question(question: OpenQuestion) -> Document:
    key = f"{QUESTION}/{blake2b(question.key.encode(errors='surrogatepass'), digest_size=6).hexdigest()}"
    oldest = min(entry.answer.date for entry in question.askers).isoformat()
    asker = question.askers[0].id
    facts = (question.text, question.category, oldest, asker, len(question.askers))

    def make() -> Made:
        stored = Stored(
            key=key,
            kind=QUESTION,
            url=f"{urls.answer(asker)}#keep-exploring",
            title=question.text,
            category=question.category or "",
            date=oldest,
            counts=(len(question.askers),),
        )
        return _make(stored)

    return Document(key, (ORDER.index(QUESTION), oldest, key), _digest(*facts), make)


def _record(paper: Paper) -> Document:
    key, text = f"{PAPER}/{paper.id}", paper.abstract or paper.summary or ""

    def make() -> Made:
        title = paper.title or str(paper.id)
        return _make(Stored(key, PAPER, str(paper.id), title, clean(text), date=paper.id.month, ids=(paper.id,)))

    return Document(key, (ORDER.index(PAPER), paper.id.month, key), _digest(paper.title, text), make)


def weights_of(sequence: str) -> Counter[str]:
    """Return how much each term of `Stored.terms` weighs."""
    title, text, extra = (part.split() for part in sequence.split(f" {GAP} ", 2))
    weights = Counter(text)
    weights.update(extra)
    for term in title:
        weights[term] += TITLE_WEIGHT
    # The shards have a byte for it, and the curve of scores is flat long before.
    return Counter({term: min(weight, 255) for term, weight in weights.items()})


def stored_of(values: tuple[Any, ...]) -> Stored:
    """Return what `Reader.stored` gives as the record it is."""
    return Stored(*values)
