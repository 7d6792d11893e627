"""`.txt`: page text as copied from an answer page, one block a line, with the marks of headings and bold lost.

The skeleton: site name, question, model and date, “Answer”, the text, “Sources · N” and the sources, “Keep exploring”
and the follow-ups, a closing line.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from pydantic import ValidationError

from agsite.answerfile import inert
from agsite.answerfile.parsed import Origin, Parsed
from agsite.categories import split_prefix
from agsite.errors import AnswerFileError
from agsite.findings import Finding
from agsite.ids import PAPER_ID
from agsite.records import Answer, Source

FIRST_LINE = "Antigravity Q&A"
CLOSING = "This is a research aid"
CLOSING_LINE = "This is a research aid — not a peer review. Verify sources before citing."
_ANSWER, _EXPLORE = "Answer", "Keep exploring"
_BYLINE = re.compile(r"Answered by (?P<model>.+) · (?P<day>[0-9]{1,2}) (?P<month>[A-Z][a-z]+) (?P<year>[0-9]{4})")
_SOURCES = re.compile(r"Sources · ([0-9]+)")
_SOURCE = re.compile(r"- ([0-9]{1,3})%(.*?)(AG-[0-9]{4}\.[0-9]{2}-[0-9]+)")
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_BODY_START = 5


class _Skeleton(NamedTuple):
    """Line indexes (from 0) of the parts; `end` is the closing line's."""

    lines: list[str]
    sources: int
    explore: int
    end: int


def read(text: str, id: str) -> Parsed:
    """Read page text into the record `id`."""
    skeleton, findings = _find_parts(text)
    if skeleton is None:
        return Parsed(None, tuple(findings))
    byline = _BYLINE.fullmatch(skeleton.lines[2])
    date = _read_date(byline)
    if byline is None or date is None:
        findings.append(Finding.of("AG112", "the line names no model and date", line=3, column=1))
        return Parsed(None, tuple(findings))
    sources = _read_sources(skeleton, findings)
    follow_ups = _read_follow_ups(skeleton, findings)
    body = _read_body(skeleton, findings)
    origin = Origin(
        question=2,
        date=3,
        model=3,
        sources=tuple(range(skeleton.sources + 2, skeleton.explore + 1)),
        follow_ups=tuple(range(skeleton.explore + 2, skeleton.end + 1)),
        body=tuple(line for line, _, _ in body),
        shifts=tuple(shift for _, _, shift in body),
    )
    try:
        answer = Answer.model_validate(
            {
                "id": id,
                "question": skeleton.lines[1],
                "model": byline["model"],
                "date": date,
                "body": "\n".join(line for _, line, _ in body),
                "sources": sources,
                "follow_ups": follow_ups,
            }
        )
    except ValidationError as error:
        findings += [_invalid(problem, origin) for problem in error.errors()]
        return Parsed(None, tuple(findings), origin)
    return Parsed(answer, tuple(findings), origin)


def _invalid(problem: object, origin: Origin) -> Finding:
    field, *index = problem["loc"]  # type: ignore[index]
    lines = getattr(origin, field, 0)
    line = lines[index[0]] if isinstance(lines, tuple) and index else lines
    return Finding.of("AG136", f"{field}: {problem['msg']}", line=line if isinstance(line, int) else 0)  # type: ignore[index]


def _find_parts(text: str) -> tuple[_Skeleton | None, list[Finding]]:
    findings = []
    if text.endswith("\n"):
        text = text.rstrip("\n")
        findings.append(Finding.of("AG107", "the file ends with a line end", line=text.count("\n") + 1))
    lines = text.split("\n")
    size = len(lines)
    broken = None
    if lines[0] != FIRST_LINE:
        broken = Finding.of("AG110", f"the first line is not “{FIRST_LINE}”", line=1, column=1)
    elif size < 2 or not lines[1].strip():
        broken = Finding.of("AG111", "there is no question", line=min(2, size))
    elif size < 3 or not _BYLINE.fullmatch(lines[2]):
        broken = Finding.of("AG112", "the line names no model and date", line=min(3, size), column=1)
    elif size < 5 or lines[3] != _ANSWER:
        broken = Finding.of("AG113", "there is no line “Answer” with a text after it", line=min(4, size))
    if broken:
        return None, [*findings, broken]
    # The last ones count: a text may hold “Sources” or “Keep exploring” as headings of its own.
    sources = max((i for i in range(4, size) if _SOURCES.fullmatch(lines[i])), default=0)
    if not sources:
        return None, [*findings, Finding.of("AG114", "there is no line “Sources · N” after the text", line=size)]
    if sources == 4:
        return None, [*findings, Finding.of("AG113", "there is no text between “Answer” and the sources", line=4)]
    explore = max((i for i in range(sources, size) if lines[i] == _EXPLORE), default=0)
    if not explore:
        return None, [*findings, Finding.of("AG115", "there is no line “Keep exploring” after the sources", line=size)]
    if not lines[-1].startswith(CLOSING):
        return None, [*findings, Finding.of("AG116", f"the last line does not start with “{CLOSING}”", line=size)]
    return _Skeleton(lines, sources, explore, size - 1), findings


def _read_date(byline: re.Match[str] | None) -> dt.date | None:
    if byline is None or byline["month"] not in _MONTHS:
        return None
    try:
        return dt.date(int(byline["year"]), _MONTHS.index(byline["month"]) + 1, int(byline["day"]))
    except ValueError:
        return None


def _read_sources(skeleton: _Skeleton, findings: list[Finding]) -> list[dict[str, object]]:
    sources = []
    for index in range(skeleton.sources + 1, skeleton.explore):
        line = skeleton.lines[index]
        source = _read_source(line)
        if source is None:
            findings.append(Finding.of("AG117", "the line is no source", line=index + 1, column=1))
        else:
            sources.append(source)
    stated = int(_SOURCES.fullmatch(skeleton.lines[skeleton.sources])[1])  # type: ignore[index]
    found = skeleton.explore - skeleton.sources - 1
    if stated != found:
        message = f"says {stated} sources, but {found} follow"
        findings.append(Finding.of("AG118", message, line=skeleton.sources + 1, column=len("Sources · ") + 1))
    return sources


def _read_source(line: str) -> dict[str, object] | None:
    # A title may end in a digit, so the id is taken from the end of the line: greedy up to the last “AG-”.
    match = _SOURCE.fullmatch(line)
    if not match:
        return None
    percent, glued, paper = match.groups()
    category, title = split_prefix(glued)
    if not title.strip() or title != title.strip() or not PAPER_ID.fullmatch(paper) or int(percent) > 100:
        return None
    return {"id": paper, "category": category, "title": title, "similarity": int(percent)}


def _read_follow_ups(skeleton: _Skeleton, findings: list[Finding]) -> list[str]:
    follow_ups = []
    for index in range(skeleton.explore + 1, skeleton.end):
        line = skeleton.lines[index]
        if line.startswith("- ") and line[2:].strip():
            follow_ups.append(line[2:])
        else:
            findings.append(Finding.of("AG119", "the line is no follow-up question", line=index + 1, column=1))
    return follow_ups


# --- The text: lines of page text to blocks of Markdown and back -----------------------------------------------------

_ITEM = re.compile(r"(- |[0-9]{1,9}\. )(?=\S)")
_MARKED_HEADING = re.compile(r"#{1,6} (?=\S)")
_RULE = re.compile(r"-{3,}")
_HEADING_LENGTH = range(3, 81)
_NO_HEADING_END = tuple(".:;,!…#")


def _read_body(skeleton: _Skeleton, findings: list[Finding]) -> list[tuple[int, str, int]]:
    """Return (file line, line of Markdown, column shift) for every line of the record's body."""
    numbered = []
    for index in range(4, skeleton.sources):
        if skeleton.lines[index].strip():
            numbered.append((index + 1, skeleton.lines[index]))
        else:
            findings.append(Finding.of("AG120", "blank line in the text", line=index + 1))
    lines = [line for _, line in numbered]
    out: list[tuple[int, str, int]] = []
    previous = ""
    for position, (number, _) in enumerate(numbered):
        kind, markdown = _to_markdown(lines, position)
        if out and not (kind == previous and kind in {"-", "1"}):
            out.append((number, "", 0))
        out.append((number, markdown, len(markdown) - len(lines[position]) if kind == "##" else 0))
        previous = kind
    return out


def _to_markdown(lines: list[str], position: int) -> tuple[str, str]:
    """Return the kind of the block that a line is, and its Markdown."""
    line = lines[position]
    if _is_bare_heading(lines, position):
        return "##", "## " + inert.escape_inline(line)
    if marked := _MARKED_HEADING.match(line):
        return "#", marked[0] + inert.escape_inline(line[marked.end() :])
    if item := _ITEM.match(line):
        return "-" if item[0] == "- " else "1", item[0] + inert.escape(line[item.end() :])
    if _RULE.fullmatch(line):
        return "---", line
    return "p", inert.escape(line)


def _is_bare_heading(lines: list[str], position: int) -> bool:
    """Say whether a line was a `## ` heading: short, no final stop, and something that it can head comes next."""
    line = lines[position]
    if position + 1 == len(lines) or len(line) not in _HEADING_LENGTH or line.endswith(_NO_HEADING_END):
        return False
    if line != line.strip() or _RULE.fullmatch(line) or line.startswith(("#", "- ", "$", "\\", "|", ">", "`")) or PAPER_ID.search(line):
        return False
    if _RULE.fullmatch(lines[position + 1]):
        return False
    if not _ITEM.match(line):
        return True
    # “1. Heat loss” heads a paragraph where it stands alone; beside other numbered lines it is an item of a list.
    neighbours = lines[max(0, position - 1) : position] + lines[position + 1 : position + 2]
    return not any(_ITEM.match(neighbour) for neighbour in neighbours)


def write(answer: Answer) -> str:
    """Write the record as page text, without a line end at the end of the file.

    Raises AnswerFileError where the record has what page text has no place for; `answerfile.dumps` checks the rest.
    """
    date = answer.date
    return "\n".join(
        [
            FIRST_LINE,
            answer.question,
            f"Answered by {answer.model} · {date.day} {_MONTHS[date.month - 1]} {date.year:04d}",
            _ANSWER,
            *(_to_page_text(line) for line in answer.body.split("\n") if line),
            f"Sources · {len(answer.sources)}",
            *(_write_source(source) for source in answer.sources),
            _EXPLORE,
            *(f"- {question}" for question in answer.follow_ups),
            CLOSING_LINE,
        ]
    )


def _write_source(source: Source) -> str:
    if source.similarity is None:
        help_ = "Page text gives a percent for every source; keep the answer as .md."
        raise AnswerFileError(f"the source {source.id} has no similarity", help_)
    return f"- {source.similarity}%{source.category or ''}{source.title}{source.id}"


def _to_page_text(line: str) -> str:
    if line.startswith("## "):
        return inert.unescape(line[3:])
    return inert.unescape(line)
