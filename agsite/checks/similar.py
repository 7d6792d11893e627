"""Questions of the archive that are almost the same, each with the older one."""

from __future__ import annotations

from collections.abc import Sequence

from agsite.answerfile import Reading
from agsite.checks.place import at_line
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.ids import question_key
from agsite.near_duplicates import KnownQuestions


def check(readings: Sequence[Reading]) -> list[Finding]:
    """Find questions that are almost, but not quite, an older one; the finding stands at the newer."""
    oldest: dict[str, Reading] = {}
    for reading in sorted(readings, key=lambda reading: (reading.answer.date, reading.path)):
        oldest.setdefault(question_key(reading.answer.question), reading)
    known = KnownQuestions()
    findings = []
    for key, reading in oldest.items():
        older = known.nearest(key)
        if older is not None:
            findings.append(_finding(reading, oldest[older]))
        known.add(key)
    return findings


def _finding(newer: Reading, older: Reading) -> Finding:
    message = f"the question {quoted(newer.answer.question)} is almost {quoted(older.answer.question)} in {older.path}"
    return at_line(newer, newer.origin.question, "AG305", message)
