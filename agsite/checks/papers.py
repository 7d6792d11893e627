"""Papers across files: one spelling of the id, one title, one category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agsite.answerfile import Reading
from agsite.archive import Archive, newest_first
from agsite.categories import CATEGORIES
from agsite.checks.place import at_line, in_body, line_of
from agsite.checks.sources import category_in_title
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.ids import PaperId, PaperKey
from agsite.papers import is_another
from agsite.records import Source

_SAME_PAPER = "Is it the same paper? Correct the title here or in papers/, or the id."


class _Named(NamedTuple):
    """A source as one file gives it."""

    source: Source
    reading: Reading
    line: int


def check(readings: Sequence[Reading], archive: Archive) -> Iterator[Finding]:
    """Find papers that two files describe differently, or spell differently."""
    differing = _differing(readings)
    named: defaultdict[PaperKey, list[_Named]] = defaultdict(list)
    for reading in sorted(readings, key=_as_archive) if differing else ():
        seen: set[PaperKey] = set()
        for index, source in enumerate(reading.answer.sources):
            is_first = source.id.key not in seen
            seen.add(source.id.key)
            # What is listed twice is told as such (AG202), and what a title is, once the category is out of it (AG205).
            if is_first and source.id.key in differing and not category_in_title(source):
                line = line_of(reading.origin.sources, index)
                named[source.id.key].append(_Named(source, reading, line))
    for group in named.values():
        yield from _differences(group)
    yield from _unlike_the_bibliography(readings, archive)
    yield from _spellings(readings, archive)


def _differing(readings: Sequence[Reading]) -> set[PaperKey]:
    """Return the papers that are not described in the same way everywhere, which are few."""
    first: dict[PaperKey, Source] = {}
    differing = set()
    for reading in readings:
        for source in reading.answer.sources:
            known = first.setdefault(source.id.key, source)
            if source.title != known.title or source.category != known.category:
                differing.add(source.id.key)
    return differing


def _as_archive(reading: Reading) -> tuple[int, int, str]:
    """Sort as the archive does, newest first, so that the first to name a paper says what it is called."""
    return ("published", "withdrawn", "draft").index(reading.answer.status), *newest_first(reading.answer)


def _differences(group: list[_Named]) -> Iterator[Finding]:
    newest = group[0]
    # A category that arXiv does not have is told as such (AG205).
    first = next((named for named in group if named.source.category in CATEGORIES), newest)
    for named in group[1:]:
        if named.source.title != newest.source.title:
            message = (
                f"{named.source.id} is called {quoted(named.source.title)} here"
                f" and {quoted(newest.source.title)} in {newest.reading.path}:{newest.line}"
            )
            yield at_line(named.reading, named.line, "AG401", message)
        if named.source.category in CATEGORIES and named.source.category != first.source.category:
            message = (
                f"{named.source.id} has the category “{named.source.category}” here"
                f" and “{first.source.category}” in {first.reading.path}:{first.line}"
            )
            yield at_line(named.reading, named.line, "AG402", message)


def _unlike_the_bibliography(readings: Sequence[Reading], archive: Archive) -> Iterator[Finding]:
    """Find papers that the bibliography calls otherwise, where the title that is shown stands."""
    titles = _two_titles(archive)
    for reading in sorted(readings, key=_as_archive) if titles else ():
        for index, source in enumerate(reading.answer.sources):
            shown, imported = titles.get(source.id.key, ("", ""))
            if source.title == shown and not category_in_title(source):
                del titles[source.id.key]
                message = f"{source.id} is called {quoted(shown)} here and {quoted(imported)} in the bibliography"
                yield at_line(reading, line_of(reading.origin.sources, index), "AG401", message, _SAME_PAPER)


def _two_titles(archive: Archive) -> dict[PaperKey, tuple[str, str]]:
    """Return the title that is shown and the imported one of the papers of which no answer gives the imported one."""
    titles = {}
    for paper in archive.papers.values():
        shown, imported = paper.title, paper.metadata.title
        if shown and imported and is_another(imported, paper.all_titles):
            titles[paper.id.key] = shown, imported
    return titles


def _spellings(readings: Sequence[Reading], archive: Archive) -> Iterator[Finding]:
    """Find zero-padded variants of an id; each file names each of them once."""
    variants: defaultdict[PaperKey, list[PaperId]] = defaultdict(list)
    for paper in map(PaperId.parse, {paper for reading in readings for paper in _ids(reading)}):
        variants[paper.key].append(paper)
    usual = {paper: _usual(group, archive) for group in variants.values() for paper in group}
    unusual = {paper: canonical for paper, canonical in usual.items() if paper != canonical}
    if unusual:
        first = _first_named(readings)
        for reading in readings:
            yield from _unusual(reading, unusual, first)


def _first_named(readings: Sequence[Reading]) -> dict[str, str]:
    """Return the file that is the first, by path, to have each spelling."""
    first: dict[str, str] = {}
    for reading in sorted(readings, key=lambda reading: reading.path, reverse=True):
        first |= dict.fromkeys(_ids(reading), reading.path)
    return first


def _usual(variants: list[PaperId], archive: Archive) -> PaperId:
    return next((archive.canonical[paper] for paper in variants if paper in archive.canonical), min(variants))


def _ids(reading: Reading) -> list[str]:
    return [*(source.id for source in reading.answer.sources), *(citation.paper for citation in reading.body.citations)]


def _unusual(reading: Reading, unusual: Mapping[PaperId, PaperId], first: Mapping[str, str]) -> Iterator[Finding]:
    seen = set()
    for index, source in enumerate(reading.answer.sources):
        if source.id in unusual and source.id not in seen:
            seen.add(source.id)
            line = line_of(reading.origin.sources, index)
            yield at_line(reading, line, "AG206", *_texts(source.id, unusual[source.id], first))
    for paper, line, column, _ in reading.body.citations:
        if paper in unusual and paper not in seen:
            seen.add(paper)
            yield in_body(reading, line, column, "AG206", *_texts(paper, unusual[paper], first))


def _texts(paper: PaperId, usual: PaperId, first: Mapping[str, str]) -> tuple[str, str]:
    return f"{paper} is spelt {usual} in {first.get(usual, 'the bibliography')}", f"Write {usual} everywhere."
