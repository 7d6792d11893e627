"""The two lines `---` around the fields, and what stands in their place."""

from __future__ import annotations

import re
from typing import NamedTuple

from agsite.answerfile.limits import MAX_FRONT_MATTER
from agsite.answerfile.skeleton import FIRST_LINE
from agsite.findings import Finding

FENCE = "---"

_DASHES = r"[-\u2010-\u2015\u2212]"
# Where front matter does not begin as it should: other dashes, or a few lines from a chat above it.
_OPENING = re.compile(rf" *{_DASHES}+\s*")
_FIELD = re.compile(r"[A-Za-z_]+:")
_PREFACE = 20
# Where it does not end as it should. A hyphen alone is an item of a list.
_CLOSING = re.compile(rf" *(?:{_DASHES}{{2,}}|[\u2012-\u2015]|\.\.\.|\u2026|[_*=~`]{{3,}})\s*")
_OF_FIELDS = re.compile(r"\s|- |#|[A-Za-z_]+\s*:|[\]}]|\Z")
_GOES_ON = re.compile(r"\s|[a-z_]+\s*:|\Z")
_THREE_HYPHENS = "Write three hyphens there, and nothing else."


class Split(NamedTuple):
    """A file in two: its fields, its text without the blank lines around it, and in which line that starts."""

    fields: str
    body: str
    body_line: int
    findings: tuple[Finding, ...] = ()


def split(text: str) -> Split | Finding:
    """Return the YAML and the text below it; or why there are no two."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return _no_front_matter(lines)
    end = next((index for index in range(1, len(lines)) if lines[index].rstrip() == FENCE), None)
    findings: tuple[Finding, ...] = ()
    if (meant := _meant_as_end(lines, end)) is not None:
        end = meant
        message = f"the front matter ends with “{lines[end].rstrip()}”"
        findings = (Finding.of("AG130", message, line=end + 1, column=1, help=_THREE_HYPHENS),)
    if end is None:
        help_ = "End the front matter with another line “---”; if the file is cut off, copy it again."
        return Finding.of("AG130", "the front matter has no closing “---”", line=len(lines), help=help_)
    fields = "\n".join(lines[1:end])
    if len(fields.encode()) > MAX_FRONT_MATTER:
        return Finding.of("AG138", f"the front matter is longer than {MAX_FRONT_MATTER // 1024} KiB", line=1)
    start, stop = end + 1, len(lines)
    while start < stop and not lines[start].strip():
        start += 1
    while start < stop and not lines[stop - 1].strip():
        stop -= 1
    return Split(fields, "\n".join(lines[start:stop]), (start if start < stop else end) + 1, findings)


def _meant_as_end(lines: list[str], end: int | None) -> int | None:
    """Return the line above `end` that was meant as the end of the front matter: nothing but fields stands above it."""
    for index in range(1, len(lines) if end is None else end):
        line = lines[index]
        if index > 1 and _CLOSING.fullmatch(line) and (end is None or _text_follows(lines[index + 1 : end])):
            return index
        if not _OF_FIELDS.match(line):
            return None
    return None


def _text_follows(lines: list[str]) -> bool:
    """Say whether what comes next is not a part of fields, as it is where a value goes on below a line of dashes."""
    following = next(filter(str.strip, lines), "")
    return not _GOES_ON.match(following)


def _no_front_matter(lines: list[str]) -> Finding:
    """Return the finding for a file whose first line is not a fence: of other dashes, or what stands above it."""
    message, help_ = "the file does not start with “---”", None
    below = next((n for n, line in enumerate(lines[1:_PREFACE], 2) if line.rstrip() == FENCE), len(lines))
    if _OPENING.fullmatch(lines[0]):
        message, help_ = f"the first line is “{lines[0].rstrip()}”", _THREE_HYPHENS
    elif lines[0].strip() == FIRST_LINE:
        message, help_ = "this is page text, as it was copied from an answer's page", "End the file's name in “.txt”."
    elif below < len(lines) and _FIELD.match(lines[below]):
        fence = ", and the “```” at the end of the file" if lines[0].startswith("```") else ""
        message = f"the file starts with “---” in its line {below} only"
        help_ = f"Delete what stands above that line{fence}."
    return Finding.of("AG130", message, line=1, column=1, help=help_)
