"""What is wrong in an archive whose files can be read: citations, sources, text, evidence, questions, papers.

Pure functions of what was read: no disk, no clock. `docs/findings.md` explains every code with an example.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence

from agsite.answerfile import Reading
from agsite.archive import Archive
from agsite.checks import (
    citations,
    evidence,
    foreign,
    links,
    markdown,
    models,
    papers,
    questions,
    similar,
    sources,
    tables,
    tabs,
)
from agsite.checks.links import Places
from agsite.checks.sources import check_axis
from agsite.checks.texts import check as check_texts
from agsite.findings import Finding, few_of_a_kind, in_order

__all__ = ["Places", "check", "check_alone", "check_axis", "check_texts"]

_MISSED_IN = {"AG201": "sources", "AG203": "sources", "AG306": "follow_ups"}
"""What says that something is missing, and from which list."""


def check(
    readings: Sequence[Reading],
    archive: Archive,
    today: dt.date,
    pages: Collection[str] = (),
    base_path: str = "/",
    rests: Iterable[Reading] = (),
) -> tuple[Finding, ...]:
    """Return all findings in the readings, drafts included, in the order in which a person reads them.

    `pages` are the addresses to which answers and papers may be linked; without them links are not looked up. `rests`
    is what could be read of files that gave no answer.
    """
    places = Places(pages, base_path, readings)
    findings = [finding for reading in (*readings, *rests) for finding in check_alone(reading, archive, today, places)]
    findings += similar.check(readings)
    findings += papers.check(readings, archive)
    findings += models.check(readings)
    return in_order(findings)


def check_alone(reading: Reading, archive: Archive, today: dt.date, places: Places) -> tuple[Finding, ...]:
    """Return what is wrong with one reading, whatever the others say; `places` are those that it may link to.

    What is missed in a list of which not all could be read is not told.
    """
    found = _check_alone(reading, archive, today, places)
    return few_of_a_kind(finding for finding in found if _MISSED_IN.get(finding.code) not in reading.lacks)


def _check_alone(reading: Reading, archive: Archive, today: dt.date, places: Places) -> Iterator[Finding]:
    yield from citations.check(reading)
    yield from sources.check(reading)
    yield from markdown.check(reading)
    yield from foreign.check(reading)
    yield from links.check(reading, places)
    yield from tables.check(reading)
    yield from tabs.check(reading)
    yield from questions.check(reading, today)
    yield from evidence.check(reading, archive)
