"""Answers and papers linked both ways: a pure function of readings and metadata, whatever their order."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from agsite.archive.order import newest_first
from agsite.archive.records import Archive, Context, Entry, OpenQuestion, PaperEntry, Retrieved
from agsite.body import Body, Citation
from agsite.ids import PaperId, PaperKey, question_key
from agsite.records import Answer, Paper, Source


def build_archive(
    readings: Iterable[tuple[Answer, Body, str]], metadata: Iterable[Paper] = (), *, drafts: bool = False
) -> Archive:
    """Link answers and papers both ways; `readings` are (answer, body, path), `metadata` imported records.

    Drafts are left out unless asked for; withdrawn answers stay, but their citations and questions do not count.
    """
    shown = [reading for reading in readings if drafts or reading[0].status != "draft"]
    records = {record.id.key: record for record in metadata}
    canonical = _canonical_ids(shown, records.values())
    entries = sorted((entry_of(*reading, canonical) for reading in shown), key=lambda entry: newest_first(entry.answer))
    live = [entry for entry in entries if entry.is_live]
    by_question = _grouped((entry.key, entry) for entry in live)
    asked_by = _grouped((question_key(q), entry) for entry in live for q in dict.fromkeys(entry.answer.follow_ups))
    return Archive(
        entries=tuple(entries),
        papers=_papers(live, entries, records, canonical),
        by_question=by_question,
        asked_by=asked_by,
        open_questions=_open_questions(live, by_question, asked_by),
        canonical=canonical,
        abstracts={key: f"{r.title or ''} {r.abstract}" for key, r in records.items() if r.abstract},
    )


def _grouped(pairs: Iterable[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    groups: defaultdict[str, dict[str, Entry]] = defaultdict(dict)
    for key, entry in pairs:
        groups[key][entry.id] = entry
    return {key: tuple(group.values()) for key, group in groups.items()}


def _canonical_ids(readings: Iterable[tuple[Answer, Body, str]], records: Iterable[Paper]) -> dict[str, PaperId]:
    """Choose one spelling for each paper: the imported one, else that of the oldest answer, so that addresses stay."""
    first: dict[str, tuple[dt.date, str]] = {}
    for answer, body, _ in sorted(readings, key=lambda shown: (shown[0].date, shown[0].id), reverse=True):
        cited = [citation.paper for citation in body.citations]
        first |= dict.fromkeys([*(source.id for source in answer.sources), *cited], (answer.date, answer.id))
    spellings: defaultdict[PaperKey, set[PaperId]] = defaultdict(set)
    for spelling in first:
        identity = PaperId.parse(spelling)
        spellings[identity.key].add(identity)
    chosen = {record.id.key: record.id for record in records}
    return {
        str(spelling): chosen.get(key) or min(group, key=lambda paper: (first[paper], paper))
        for key, group in spellings.items()
        for spelling in group
    } | {str(identity): identity for identity in chosen.values()}


def entry_of(answer: Answer, body: Body, path: str, canonical: Mapping[str, PaperId]) -> Entry:
    """Return an answer's entry; raise KeyError where `canonical` lacks a paper that it names."""
    by_paper = _anchors_by_paper(body.citations, canonical)
    cited = tuple(by_paper)
    listed: dict[PaperId, Source] = {}
    for source in answer.sources:
        listed.setdefault(canonical[source.id], source)
    return Entry(
        id=answer.id,
        answer=answer,
        body=body,
        path=path,
        key=question_key(answer.question),
        cited=cited,
        numbers=_numbers(cited, listed, body.citations, canonical),
        listed=listed,
        category=_category(cited, listed),
        citing=by_paper,
    )


def _anchors_by_paper(
    citations: Iterable[Citation], canonical: Mapping[str, PaperId]
) -> dict[PaperId, tuple[int, ...]]:
    found: dict[PaperId, tuple[int, ...]] = {}
    for paper, _, _, anchor in citations:
        anchors = found.get(canonical[paper], ())
        if anchor not in anchors:
            found[canonical[paper]] = (*anchors, anchor)
    return found


def _numbers(
    cited: tuple[PaperId, ...],
    listed: Mapping[PaperId, Source],
    citations: tuple[Citation, ...],
    canonical: Mapping[str, PaperId],
) -> dict[str, int]:
    """Number the listed papers by first appearance, under every spelling that the text has for them."""
    numbers: dict[str, int] = {paper: number for number, paper in enumerate(filter(listed.__contains__, cited), 1)}
    for citation in citations:
        if citation.paper not in numbers and canonical[citation.paper] in numbers:
            numbers[citation.paper] = numbers[canonical[citation.paper]]
    return numbers


def _category(cited: tuple[PaperId, ...], listed: Mapping[PaperId, Source]) -> str | None:
    """The category that most of the cited sources share, or most of the listed ones where none is cited."""
    sources = [listed[paper] for paper in cited if paper in listed] or list(listed.values())
    counts = Counter([source.category for source in sources if source.category])
    # Counter keeps the order of first appearance, and `max` takes the first of equals.
    return max(counts, key=counts.__getitem__, default=None)


def _papers(
    live: list[Entry],
    entries: list[Entry],
    records: Mapping[PaperKey, Paper],
    canonical: Mapping[str, PaperId],
) -> dict[PaperId, PaperEntry]:
    contexts: defaultdict[PaperId, list[Context]] = defaultdict(list)
    retrieved: defaultdict[PaperId, list[Retrieved]] = defaultdict(list)
    for entry in live:
        for paper, anchors in entry.citing.items():
            contexts[paper].append(Context(entry, anchors))
        for paper, source in entry.listed.items():
            retrieved[paper].append(Retrieved(entry, source.similarity, paper in entry.citing))
    # What a withdrawn answer calls a paper is believed where no other names it.
    named = _named([entry for entry in entries if not entry.is_live], canonical) | _named(live, canonical)
    spellings = defaultdict(set)
    for spelling, identity in canonical.items():
        spellings[identity].add(PaperId.parse(spelling))
    # A record that no answer names is kept in `papers/` for retrieval, but it is not a paper of the archive yet.
    cited = {paper for entry in entries for paper in entry.cited}
    found = sorted(cited | named.keys(), key=lambda paper: (paper.key, str(paper)))
    return {
        paper: _paper(
            paper, named.get(paper, []), records.get(paper.key), contexts[paper], retrieved[paper], spellings[paper]
        )
        for paper in found
    }


def _named(entries: Iterable[Entry], canonical: Mapping[str, PaperId]) -> dict[PaperId, list[tuple[Source, Entry]]]:
    """Return the sources that answers list, by their papers."""
    named: defaultdict[PaperId, list[tuple[Source, Entry]]] = defaultdict(list)
    for entry in entries:
        for source in entry.answer.sources:
            named[canonical[source.id]].append((source, entry))
    return dict(named)


def _paper(
    identity: PaperId,
    named: list[tuple[Source, Entry]],
    record: Paper | None,
    contexts: list[Context],
    retrieved: list[Retrieved],
    spellings: set[PaperId],
) -> PaperEntry:
    # Entries come newest first, so the first to name a paper says what it is called.
    title = named[0][0].title if named else record.title if record else None
    category = next((source.category for source, _ in named if source.category), None)
    if category is None and record and record.categories:
        category = record.categories[0]
    return PaperEntry(
        id=identity,
        title=title,
        category=category,
        record=record,
        contexts=tuple(contexts),
        retrieved=tuple(retrieved),
        titles=_others((source.title, entry) for source, entry in named if source.title != title),
        categories=_others(
            (source.category, entry) for source, entry in named if source.category not in {category, None}
        ),
        spellings=tuple(sorted(spellings)),
    )


def _others(pairs: Iterable[tuple[str | None, Entry]]) -> tuple[tuple[str, str], ...]:
    """Return each value once, with the newest answer that gives it."""
    newest: dict[str, str] = {}
    for value, entry in pairs:
        if value is not None:
            newest.setdefault(value, entry.id)
    return tuple(newest.items())


def _open_questions(
    live: list[Entry], by_question: Mapping[str, tuple[Entry, ...]], asked_by: Mapping[str, tuple[Entry, ...]]
) -> tuple[OpenQuestion, ...]:
    texts: dict[str, str] = {}
    for entry in live:
        for question in entry.answer.follow_ups:
            texts.setdefault(question_key(question), question)
    found = [
        OpenQuestion(key, text, asked_by[key], asked_by[key][0].category)
        for key, text in texts.items()
        if key not in by_question
    ]
    # Most asked first, then the one that has waited longest.
    return tuple(sorted(found, key=lambda q: (-len(q.askers), min(e.answer.date for e in q.askers), q.key)))
