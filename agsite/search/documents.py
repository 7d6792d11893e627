"""What is searched for: answers, papers and open questions as documents, made only where they changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

from agsite import urls
from agsite.archive import Archive, Entry, OpenQuestion, PaperEntry
from agsite.ids import PaperId
from agsite.records import Paper
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
    text: str
    terms: str
    """All terms in order: ` title . text . titles of cited papers `."""
    category: str
    date: str
    model: str
    counts: tuple[int, ...]
    """answer: sentences that cite, sentences, gaps; paper: answers that cite it; question: answers that ask it."""


def place(stored: Stored) -> tuple[int, str, str]:
    """Return what documents are numbered by: kind, date, key."""
    return ORDER.index(stored.kind), stored.date, stored.key


class Document(NamedTuple):
    """A document that the index should hold: its key, a digest of all it is made of, and how to make it."""

    key: str
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
    for paper in papers:
        facts = (paper.title, paper.abstract, paper.summary)
        yield Document(f"{PAPER}/{paper.id}", _digest(facts), lambda paper=paper: _record(paper))  # type: ignore[misc]


def _digest(facts: object) -> str:
    return blake2b(repr((VERSION, facts)).encode(errors="surrogatepass"), digest_size=9).hexdigest()


def _make(
    stored: Stored,
    extra: str = "",
    papers: Iterable[str] = (),
    evidence: tuple[str, ...] = (),
    ids: tuple[str, ...] = (),
) -> Made:
    title = terms(stored.title)
    text = terms(stored.text)
    counts = Counter(text)
    counts.update(terms(extra))
    for term in title:
        counts[term] += TITLE_WEIGHT
    sequence = f" {' '.join(title)} {GAP} {' '.join(text)} {GAP} {' '.join(terms(extra))} "
    fields = {
        "key": (stored.key,),
        "kind": (stored.kind,),
        "category": (stored.category,) if stored.category else (),
        "model": (stored.model,) if stored.model else (),
        "month": (stored.date[:7],) if stored.date else (),
        "date": (stored.date,) if stored.date else (),
        "evidence": evidence,
        "paper": (*papers, *ids),
        "title": tuple(dict.fromkeys(title)),
        "words": tuple(dict.fromkeys(words(stored.title))),
    }
    return Made(dict(counts), fields, stored._replace(terms=sequence))


def _answer(entry: Entry) -> Document:
    answer = entry.answer
    titles = tuple(entry.listed[paper].title for paper in entry.cited if paper in entry.listed)
    counts = (entry.body.cited, entry.body.sentences, entry.body.gaps)
    facts = (answer.question, answer.body, answer.model, answer.date, entry.category, entry.cited, titles, counts)

    def make() -> Made:
        stored = Stored(
            f"{ANSWER}/{entry.id}", ANSWER, urls.answer(entry.id), answer.question, clean(answer.body), "",
            entry.category or "", answer.date.isoformat(), answer.model, counts,
        )  # fmt: skip
        evidence = (*(("half",) if 2 * counts[0] >= counts[1] > 0 else ()), *(("gap",) if counts[2] else ()))
        return _make(stored, " ".join(titles), entry.cited, evidence)

    return Document(f"{ANSWER}/{entry.id}", _digest(facts), make)


def _paper(paper: PaperEntry) -> Document:
    record = paper.record
    authors = " ".join(author.family for author in record.authors) if record else ""
    text = (record.abstract or record.summary or "") if record else ""
    arxiv = (record.arxiv_id or "") if record else ""
    facts = (paper.title, paper.category, text, authors, arxiv, paper.spellings, len(paper.contexts))

    def make() -> Made:
        stored = Stored(
            f"{PAPER}/{paper.id}", PAPER, urls.paper(paper.id), paper.title or str(paper.id), clean(text), "",
            paper.category or "", paper.id.month, "", (len(paper.contexts),),
        )  # fmt: skip
        spellings = (paper.id, *paper.spellings, *((f"arxiv:{arxiv}",) if arxiv else ()))
        return _make(stored, authors, ids=tuple(dict.fromkeys(spellings)))

    return Document(f"{PAPER}/{paper.id}", _digest(facts), make)


def _question(question: OpenQuestion) -> Document:
    key = f"{QUESTION}/{blake2b(question.key.encode(errors='surrogatepass'), digest_size=6).hexdigest()}"
    oldest = min(entry.answer.date for entry in question.askers).isoformat()
    asker = question.askers[0].id
    facts = (question.text, question.category, oldest, asker, len(question.askers))

    def make() -> Made:
        stored = Stored(
            key, QUESTION, f"{urls.answer(asker)}#keep-exploring", question.text, "", "",
            question.category or "", oldest, "", (len(question.askers),),
        )  # fmt: skip
        return _make(stored)

    return Document(key, _digest(facts), make)


def _record(paper: Paper) -> Made:
    stored = Stored(
        f"{PAPER}/{paper.id}", PAPER, str(paper.id), paper.title or str(paper.id),
        clean(paper.abstract or paper.summary or ""), "",
        paper.categories[0] if paper.categories else "", PaperId(paper.id).month, "", (),
    )  # fmt: skip
    return _make(stored, ids=(paper.id,))


def stored_of(values: tuple[Any, ...]) -> Stored:
    """Return what `Reader.stored` gives as the record it is."""
    return Stored(*values)
