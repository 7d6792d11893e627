"""`.txt`: page text as copied from an answer page, one block a line, with the marks of headings and bold lost.

The skeleton: site name, question, model and date, “Answer”, the text, “Sources · N” and the sources, “Keep exploring”
and the follow-ups, a closing line. `skeleton` finds these lines, and `blocks` reads the text itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from agsite.answerfile import blocks
from agsite.answerfile.limits import too_many
from agsite.answerfile.oddspace import in_plain, odd_space
from agsite.answerfile.parsed import Origin, Parsed
from agsite.answerfile.rest import readable
from agsite.answerfile.skeleton import (
    ANSWER,
    BYLINE,
    CLOSING_LINE,
    EXPLORE,
    FIRST_LINE,
    MONTHS,
    PERCENT,
    Skeleton,
    check_closing,
    find_skeleton,
    without_end,
)
from agsite.categories import CATEGORIES, PREFIX, split_prefix
from agsite.errors import AnswerFileError
from agsite.findings import Finding
from agsite.ids import PAPER_ID, PAPER_ID_SHAPE, PaperId
from agsite.records import Answer, Source

# Nothing parts the four: the id is taken from the end, because a title may end in a digit; then the percent, and of the
# rest the longest prefix that is a category.
_SOURCE = re.compile(rf"{PERCENT.pattern}(?>({PREFIX.pattern})|)(?=\S)(.*\S)({PAPER_ID_SHAPE})")
_BEGINS_SOURCE = re.compile(r"- |[0-9]{1,3}%")
_ENDS_SOURCE = re.compile(rf"{PAPER_ID_SHAPE}\Z")
# So many lines with space around them are one mistake, and not one each.
_MANY_SPACED = 8
# Lines of a list that are left out of it.
_UNREADABLE = {"AG117": "sources", "AG119": "follow_ups"}


def read(text: str, id: str) -> Parsed:
    """Read page text into the record `id`."""
    written = text.split("\n")
    lines = without_end(written)
    page = find_skeleton(lines)
    findings = []
    # What is not page text need not end as page text does.
    if len(lines) < len(written) and not (isinstance(page, Finding) and page.code == "AG110"):
        findings.append(Finding.of("AG107", "the file ends with a line end", line=len(lines)))
    if isinstance(page, Finding):
        return Parsed(None, (*findings, page))
    return _read_parts(page, id, [*findings, *check_closing(page)])


def _read_parts(parts: Skeleton, id: str, findings: list[Finding]) -> Parsed:
    """Read the parts of a page; `findings` are those of the page as a whole."""
    _trim(parts, findings)
    lines, (_, question, byline, _) = parts.lines, parts.head
    values: dict[str, Any] = {"id": id, "question": lines[question]}
    values |= _read_byline(lines[byline], byline + 1, findings)
    source_lines, values["sources"] = _read_sources(parts, findings)
    follow_up_lines, values["follow_ups"] = _read_follow_ups(parts, findings)
    body = blocks.read(lines[parts.body : parts.sources], parts.body + 1, findings)
    values["body"] = body.text
    starts = (parts.sources + 1, parts.explore + 1, parts.body + 1)
    findings += too_many(len(source_lines), len(follow_up_lines), body.text, starts)
    head_lines = (question + 1, byline + 1, byline + 1)
    origin = Origin(*head_lines, source_lines, follow_up_lines, body.numbers, body.shifts, body.inserted)
    findings = _spaced_throughout(_double_spaced(lines, findings))
    lacks = frozenset([_UNREADABLE[finding.code] for finding in findings if finding.code in _UNREADABLE])
    if "date" not in values:
        return Parsed(None, tuple(findings), origin, readable(values).answer, lacks)
    try:
        answer = Answer.model_validate(values)
    except ValidationError as error:
        problems = [f"{problem['loc'][0]}: {problem['msg']}" for problem in error.errors()]
        return Parsed(None, (*findings, *(Finding.of("AG136", problem, line=1) for problem in problems)), origin)
    return Parsed(answer, tuple(findings), origin, lacks=lacks)


# --- Its lines -------------------------------------------------------------------------------------------------------


def _trimmed(line: str, number: int, findings: list[Finding]) -> str:
    trimmed = line.strip()
    if trimmed != line:
        findings.append(Finding.of("AG122", "there is space at the start or the end of the line", line=number))
    return trimmed


def _trim(parts: Skeleton, findings: list[Finding]) -> None:
    """Take the space around the lines that part a page out of them, and note it as well as blank lines between them."""
    blank = [index for index in range(parts.body) if index not in parts.head]
    findings += [Finding.of("AG120", "blank line above the text", line=index + 1) for index in blank]
    for index in (*parts.head, parts.sources, parts.explore, parts.end):
        parts.lines[index] = _trimmed(parts.lines[index], index + 1, findings)


def _double_spaced(lines: list[str], findings: list[Finding]) -> list[Finding]:
    """Say once that every second line is blank, where that is so."""
    if len(lines) % 2 == 0 or any(line.strip() for line in lines[1::2]):
        return findings
    once = Finding.of("AG120", "every second line is blank", line=2, help="Page text has no blank lines; delete them.")
    return [once, *(finding for finding in findings if finding.code != "AG120")]


def _spaced_throughout(findings: list[Finding]) -> list[Finding]:
    """Say once that there is space around many lines, as where the page was copied with an indentation."""
    spaced = [finding for finding in findings if finding.code == "AG122"]
    if len(spaced) < _MANY_SPACED:
        return findings
    message = f"there is space at the start or the end of this line and of {len(spaced) - 1} others"
    once = Finding.of("AG122", message, line=spaced[0].line)
    return [once, *(finding for finding in findings if finding.code != "AG122")]


def _items(lines: list[str], start: int, stop: int, findings: list[Finding]) -> Iterator[tuple[int, str]]:
    """Yield the lines between two others with their numbers, and leave out blank ones."""
    for index in range(start + 1, stop):
        if line := lines[index].strip():
            yield index + 1, line if line == lines[index] else _trimmed(lines[index], index + 1, findings)
        else:
            findings.append(Finding.of("AG120", "blank line in a list", line=index + 1))


def _read_byline(line: str, number: int, findings: list[Finding]) -> dict[str, Any]:
    byline = BYLINE.fullmatch(line)
    if byline is None and BYLINE.fullmatch(in_plain(line)):
        findings.append(odd_space("AG112", line, number))
        return {}
    if byline is None:
        findings.append(Finding.of("AG112", "the line does not name model and date", line=number, column=1))
        return {}
    try:
        date = dt.date(int(byline["year"]), MONTHS.index(byline["month"]) + 1, int(byline["day"]))
    except ValueError:
        day = line[byline.start("day") :]
        findings.append(Finding.of("AG112", f"there is no {day}", line=number, column=byline.start("day") + 1))
        return {}
    return {"model": byline["model"], "date": date}


def _read_sources(parts: Skeleton, findings: list[Finding]) -> tuple[tuple[int, ...], list[dict[str, Any]]]:
    numbers, sources = [], []
    lines = list(_items(parts.lines, parts.sources, parts.explore, findings))
    is_cut = False
    for number, line in lines:
        if is_cut and not _BEGINS_SOURCE.match(line):
            is_cut = not _ENDS_SOURCE.search(line)
            continue  # the rest of a source that is broken over lines, which is told of where it begins
        source = _read_source(line, number, findings)
        is_cut = source is None and not _ENDS_SOURCE.search(line)
        if source is not None:
            numbers.append(number)
            sources.append(source)
    stated = parts.lines[parts.sources].removeprefix("Sources · ")
    # Where one cannot be read or stands twice, it is that which is wrong, and not the number.
    if len(sources) == len(lines) and stated != str(len(sources)):
        papers = {PaperId.parse(source["id"]).key for source in sources}
        if stated != str(len(papers)):
            message = f"the line says {stated}, but the number of sources is {len(papers)}"
            findings.append(Finding.of("AG118", message, line=parts.sources + 1, column=len("Sources · ") + 1))
    return tuple(numbers), sources


def _read_source(line: str, number: int, findings: list[Finding]) -> dict[str, Any] | None:
    if whole := _SOURCE.fullmatch(line):
        percent, category, title, paper = whole.groups()
        shared = CATEGORIES[category].id if category else None
        return {"id": paper, "category": shared, "title": title, "similarity": int(percent)}
    return _read_odd_source(line, number, findings)


def _read_odd_source(line: str, number: int, findings: list[Finding]) -> dict[str, Any] | None:
    """Read any source's line part by part, and say what is wrong with it."""
    percent = PERCENT.match(line)
    start, at = percent.end() if percent else 0, line.rfind("AG-")
    paper = line[at:] if at >= 0 else ""
    category, title = split_prefix(line[start:at])
    if percent and title.strip() and PAPER_ID.fullmatch(paper):
        title = _trimmed(title, number, findings)
        return {"id": paper, "category": category, "title": title, "similarity": int(percent[1])}
    column, message = _why_no_source(line, start, at)
    findings.append(Finding.of("AG117", message, line=number, column=column))
    return None


def _why_no_source(line: str, start: int, at: int) -> tuple[int, str]:
    """Say what is wrong with a source's line, and in which column."""
    if not start:
        return 1, "the line does not start with a percent such as “- 61%”"
    if at < start:
        return len(line) + 1, "the line does not end with the id of a paper"
    if not PAPER_ID.fullmatch(line[at:]):
        return at + 1, f"the line ends with “{line[at:]}”, which is not the id of a paper"
    return at + 1, "there is no title between category and id"


def _read_follow_ups(parts: Skeleton, findings: list[Finding]) -> tuple[tuple[int, ...], list[str]]:
    numbers, follow_ups = [], []
    for number, line in _items(parts.lines, parts.explore, parts.end, findings):
        question = line.removeprefix("- ")
        if question == line:
            findings.append(Finding.of("AG119", "the line does not start with “- ”", line=number, column=1))
        else:
            numbers.append(number)
            follow_ups.append(_trimmed(question, number, findings))
    return tuple(numbers), follow_ups


# --- Writing ---------------------------------------------------------------------------------------------------------


def write(answer: Answer) -> str:
    """Write the record as page text, without a line end at the end of the file.

    Raises AnswerFileError where the record has what page text has no place for; `answerfile.dumps` checks the rest.
    """
    date = answer.date
    return "\n".join(
        [
            FIRST_LINE,
            answer.question,
            f"Answered by {answer.model} · {date.day} {MONTHS[date.month - 1]} {date.year:04d}",
            ANSWER,
            *blocks.write(answer.body),
            f"Sources · {len(answer.sources)}",
            *map(_write_source, answer.sources),
            EXPLORE,
            *(f"- {question}" for question in answer.follow_ups),
            CLOSING_LINE,
        ]
    )


def _write_source(source: Source) -> str:
    if source.similarity is None:
        help_ = "Page text gives a percent for every source; keep the answer as .md."
        raise AnswerFileError(f"the source {source.id} has no similarity", help_)
    return f"- {source.similarity}%{source.category or ''}{source.title}{source.id}"
