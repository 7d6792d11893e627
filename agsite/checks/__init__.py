"""What is wrong in an archive whose files can be read: citations, sources, text, evidence, questions, papers.

Pure functions of what was read: no disk, no clock. `docs/findings.md` explains every code with an example.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from agsite.answerfile import Reading
from agsite.archive import Archive
from agsite.checks import (
    citations,
    evidence,
    foreign,
    links,
    markings,
    models,
    papers,
    questions,
    similar,
    sources,
    tables,
    tabs,
)
from agsite.checks.sources import check_axis
from agsite.findings import Finding, in_order

__all__ = ["check", "check_axis"]


def check(
    readings: Sequence[Reading],
    archive: Archive,
    today: dt.date,
    pages: Collection[str] = (),
    base_path: str = "/",
) -> tuple[Finding, ...]:
    """Return all findings in the readings, drafts included, in the order in which a person reads them.

    `pages` are the addresses to which answers and papers may be linked; without them links are not looked up.
    """
    findings: list[Finding] = []
    places = links.Places(pages, base_path, readings)
    for reading in readings:
        findings += citations.check(reading)
        findings += sources.check(reading)
        findings += markings.check(reading)
        findings += foreign.check(reading)
        findings += links.check(reading, places)
        findings += tables.check(reading)
        findings += tabs.check(reading)
        findings += questions.check(reading, today)
        findings += evidence.check(reading, archive)
    findings += similar.check(readings)
    findings += papers.check(readings, archive)
    findings += models.check(readings)
    return in_order(findings)
