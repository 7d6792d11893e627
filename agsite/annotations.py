"""Findings for each of their readers: a terminal, a pull request's page, a program, a code scanner.

A message may quote a stranger's file, and terminals and logs obey what they read: whatever goes out here has lost its
control characters, and can neither start nor end a command of a workflow log. Such a log takes a line for a command
that starts with `::` after any space, or holds `##[` anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from agsite.findings import CATALOGUE, SEVERITIES, Finding
from agsite.suspects import FORBIDDEN

_REPOSITORY = "https://github.com/agsite/agsite"
DOCUMENTATION = f"{_REPOSITORY}/blob/main/docs/findings.md"

SourceLine = Callable[[str, int], str | None]
"""Gives a line of a file by path and number, or None where there is none."""

_CONTROLS = re.compile(f"[{FORBIDDEN}\u061c\u200e\u200f]")
_COMMAND = re.compile(r"\A\s*(?=::)|##(?=\[)")
_LONGEST = 400

# A line with a key in it is not repeated: logs are read by many and kept for long.
_SECRET = frozenset({"AG142"})
_WIDEST = 100


def explained(code: str) -> str:
    """Return the address of the documentation of a code; GitHub makes the anchor of the whole heading."""
    rule = CATALOGUE[code]
    heading = f"{code} {rule.severity}: {rule.title}".lower()
    return f"{DOCUMENTATION}#{re.sub(r'[^a-z0-9 -]', '', heading).replace(' ', '-')}"


def clean(text: str, limit: int = _LONGEST) -> str:
    r"""Return a text that is safe to print: one line, no control characters, no command, not endless.

    >>> clean("::add-mask::x")
    '\\::add-mask::x'
    """
    shown = _COMMAND.sub(r"\g<0>\\", _escape_controls(text.replace("\n", " ").replace("\t", " ")))
    return shown if len(shown) <= limit else shown[:limit] + "…"


def escape(text: str) -> str:
    """Escape what steers a terminal or a workflow's log within JSON, which stays the same data."""
    return _escape_controls(text).replace("##[", r"##\u005b")


def _escape_controls(text: str) -> str:
    return _CONTROLS.sub(lambda match: json.dumps(match[0])[1:-1], text)


def place(finding: Finding) -> str:
    """Return `path:line:column`, as far as they are known."""
    return clean(finding.place)


def by_gravity(findings: Sequence[Finding]) -> list[Finding]:
    """Sort findings with the most serious first."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def excerpt(finding: Finding, source_line: SourceLine) -> list[str]:
    """Return the line that a finding is about and a caret under its column; nothing where there is no such line."""
    line = source_line(finding.path, finding.line) if finding.line and finding.code not in _SECRET else None
    if line is None:
        return []
    start = max(0, finding.column - 1 - _WIDEST // 2) if len(line) > _WIDEST else 0
    shown = clean(line[start : start + _WIDEST], _WIDEST)
    head = f"{finding.line:>6} | "
    lead = "…" if start else ""
    rows = [head + lead + shown]
    if finding.column:
        # What is spelt out is longer than it was.
        before = len(clean(line[start : finding.column - 1], _WIDEST * 6))
        rows.append(" " * (len(head) + len(lead) + min(before, len(shown))) + "^")
    return rows


# --- A workflow's log ------------------------------------------------------------------------------------------------

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
ANNOTATIONS = 10
"""A host shows at most ten annotations of a step."""


def to_workflow_commands(findings: Sequence[Finding]) -> str:
    """Return at most ten annotations as commands of a workflow log, the most serious first."""
    return "".join(_command(finding) for finding in by_gravity(findings)[:ANNOTATIONS])


def _command(finding: Finding) -> str:
    values = {
        "file": finding.path,
        "line": finding.line,
        "col": finding.column,
        "title": f"{finding.code} {CATALOGUE[finding.code].title}",
    }
    properties = ",".join(f"{key}={_escape_property(clean(str(value)))}" for key, value in values.items() if value)
    return f"::{_LEVELS[finding.severity]} {properties}::{_escape(_in_full(finding))}\n"


def _in_full(finding: Finding) -> str:
    return clean(f"{finding.message}. {finding.help}" if finding.help else finding.message)


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


# --- A summary in Markdown -------------------------------------------------------------------------------------------

SUMMARY_BYTES = 1024 * 1024
"""A host refuses a step's summary of one MiB and more."""
_ROOM_AROUND = 4096


def to_markdown(findings: Sequence[Finding]) -> str:
    """Return all findings as a table; rows that do not fit are counted at its end."""
    if not findings:
        return "Nothing to mend.\n"
    head = "| where | what | how to mend it |\n|---|---|---|\n"
    rows, size = [], len(head)
    ordered = by_gravity(findings)
    for finding in ordered:
        what = f"**{finding.severity}** [{finding.code}]({explained(finding.code)}) {cell(finding.message)}"
        row = f"| `{place(finding).replace('`', '’').replace('|', '/')}` | {what} | {cell(finding.help)} |\n"
        size += len(row.encode())
        if size > SUMMARY_BYTES - _ROOM_AROUND:
            break
        rows.append(row)
    left = len(ordered) - len(rows)
    more = f"\n… and {left:,} more.\n" if left else ""
    return head + "".join(rows) + more


def cell(text: str) -> str:
    """Return a text for a cell of a Markdown table, in which nothing is markup."""
    return re.sub(r"([\\`*_{}\[\]<>|#!&~@])", r"\\\1", clean(text, 200))


# --- SARIF, whose levels have the names of our severities ------------------------------------------------------------


def to_sarif(findings: Sequence[Finding], version: str) -> dict[str, Any]:
    """Return the findings as a log of SARIF 2.1.0, which code scanners read."""
    used = sorted({finding.code for finding in findings})
    rules = [_rule(code) for code in used]
    driver = {
        "name": "agsite",
        "version": version,
        "informationUri": _REPOSITORY,
        "rules": rules,
    }
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(finding, used) for finding in findings]}],
    }


def _rule(code: str) -> dict[str, Any]:
    rule = CATALOGUE[code]
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.help},
        "helpUri": explained(code),
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": finding.severity,
        "message": {"text": _in_full(finding)},
    }
    if finding.path:
        region = {"startLine": finding.line} if finding.line else {}
        if finding.line and finding.column:
            region["startColumn"] = finding.column
        location: dict[str, Any] = {
            "artifactLocation": {"uri": quote(finding.path.replace("\\", "/").removeprefix("./"))}
        }
        if region:
            location["region"] = region
        result["locations"] = [{"physicalLocation": location}]
    return result
