"""Pages of Markdown that a site adds: their text comes out as it was meant, and a paper that one cites is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from agsite.answerfile import Origin, Reading
from agsite.archive import Archive
from agsite.checks import foreign, markdown, tables
from agsite.checks.place import in_body
from agsite.ellipsis import quoted
from agsite.findings import Finding, few_of_a_kind
from agsite.markup import read
from agsite.records import Answer


def check(texts: Mapping[str, str], archive: Archive | None) -> Iterator[Finding]:
    """Find what is wrong in texts, given by the paths of their files; without an archive no paper is looked up."""
    for path, text in texts.items():
        yield from few_of_a_kind(_check(_reading(path, text.replace("\r\n", "\n")), archive))


def _check(reading: Reading, archive: Archive | None) -> Iterator[Finding]:
    yield from markdown.check(reading)
    yield from foreign.check(reading)
    yield from tables.check(reading)
    if archive is not None:
        yield from _unknown_papers(reading, archive)


def _reading(path: str, text: str) -> Reading:
    """Return the text of a page as a reading, which is what checks take."""
    answer = Answer.model_construct(id="", question="", model="", date=dt.date.min, body=text)
    return Reading(answer, read(text, gaps=False), path, Origin(body=tuple(range(1, text.count("\n") + 2))))


def _unknown_papers(reading: Reading, archive: Archive) -> Iterator[Finding]:
    for paper, line, column, _ in reading.body.citations:
        if archive.canonical.get(paper) not in archive.papers:
            message = f"{quoted(paper)} is no paper of the archive, so it is shown without a link"
            help = "Correct the id, or name the paper in an answer."
            yield in_body(reading, line, column, "AG217", message, help)
