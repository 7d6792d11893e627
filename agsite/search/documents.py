"""Answers, papers and open questions as documents of the index, made only where they changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from operator import attrgetter

from agsite import plates, urls
from agsite.archive import Archive, Entry, OpenQuestion, PaperEntry
from agsite.records import Paper
from agsite.review import was_rejected
from agsite.search import strips
from agsite.search.analysis import clean, terms, words
from agsite.search.bundles import Bundle, Kind, bundled
from agsite.search.stored import ANSWER, GAP, PAPER, QUESTION, Record, Stored, shelf, weights_in


def documents(archive: Archive) -> Iterator[Bundle]:
    """Yield the documents of an archive in bundles; withdrawn answers are not found by searching."""
    yield from bundled(_ANSWERS, archive.live)
    yield from bundled(_PAPERS, archive.papers.values())
    yield from bundled(_QUESTIONS, archive.open_questions)


def paper_documents(papers: Iterable[Paper]) -> Iterator[Bundle]:
    """Yield papers as retrieval sees them: title and abstract."""
    return bundled(_RECORDS, papers)


def _make(stored: Stored, extra: str = "") -> Record:
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
    return Record(weights_in(title, text, others), fields, stored._replace(terms=sequence))


def _answer_facts(entry: Entry) -> tuple[object, ...]:
    answer, sources = entry.answer, entry.answer.sources
    cited, listed = " ".join(entry.cited), " ".join([source.id for source in sources])
    shown = [source.title for source in sources], [source.similarity for source in sources]
    facts = answer.question, answer.body, answer.model, answer.date, entry.category, was_rejected(answer)
    return *facts, cited, listed, *shown


def _answer_place(entry: Entry) -> tuple[str, str]:
    return entry.answer.date.isoformat(), f"{ANSWER}/{entry.id}"


def _answer(entry: Entry) -> Record:
    answer = entry.answer
    date, key = _answer_place(entry)
    titles = (entry.listed[paper].title for paper in entry.cited if paper in entry.listed)
    counts = (entry.body.cited, entry.body.sentences, entry.body.gaps)
    plate, percents = plates.draw(entry.body, {}, (0, 0)), entry.similarities
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
        cites=tuple((column, percents.get(paper) or 0) for column, paper in strips.columns(plate)),
        rejected=was_rejected(answer),
    )
    return _make(stored, " ".join(titles))


def _evidence(cited: int, sentences: int, gaps: int) -> Iterator[str]:
    if 2 * cited >= sentences > 0:
        yield "half"
    if gaps:
        yield "gap"


def _paper_facts(paper: PaperEntry) -> tuple[object, ...]:
    record = paper.metadata
    known = _text(record), _authors(record), _arxiv(record)
    return paper.title, paper.category, " ".join(paper.spellings), len(paper.contexts), *known


def _paper_place(paper: PaperEntry | Paper) -> tuple[str, str]:
    return paper.id.month, f"{PAPER}/{paper.id}"


def _paper(paper: PaperEntry) -> Record:
    record = paper.metadata
    date, key = _paper_place(paper)
    stored = Stored(
        key=key,
        kind=PAPER,
        url=urls.paper(paper.id),
        title=paper.title or str(paper.id),
        text=clean(_text(record)),
        category=paper.category or "",
        date=date,
        ids=tuple(dict.fromkeys((paper.id, *paper.spellings, *_arxiv(record)))),
        counts=(len(paper.contexts),),
    )
    return _make(stored, _authors(record))


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


def _question(question: OpenQuestion) -> Record:
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


def _record(paper: Paper) -> Record:
    date, key = _paper_place(paper)
    title, text = paper.title or str(paper.id), clean(_text(paper))
    return _make(Stored(key, PAPER, str(paper.id), title, text, date=date, ids=(paper.id,)))


_ANSWERS = Kind[Entry](ANSWER, attrgetter("id"), _answer_facts, _answer_place, _answer)
_PAPERS = Kind[PaperEntry](PAPER, attrgetter("id"), _paper_facts, _paper_place, _paper)
_QUESTIONS = Kind[OpenQuestion](QUESTION, attrgetter("key"), _question_facts, _question_place, _question)
_RECORDS = Kind[Paper](PAPER, attrgetter("id"), _record_facts, _paper_place, _record)
