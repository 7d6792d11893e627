"""`.txt`: page text as copied from an answer page, one block a line, with the marks of headings and bold lost.

The skeleton: site name, question, model and date, “Answer”, the text, “Sources · N” and the sources, “Keep exploring”
and the follow-ups, a closing line. `blocks` reads the text itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from pydantic import ValidationError

from agsite.answerfile import blocks
from agsite.answerfile.limits import too_many
from agsite.answerfile.oddspace import in_plain, odd_space
from agsite.answerfile.parsed import Origin, Parsed
from agsite.answerfile.rest import readable
from agsite.categories import CATEGORIES, PREFIX, split_prefix
from agsite.errors import AnswerFileError
from agsite.findings import Finding
from agsite.ids import PAPER_ID, PAPER_ID_SHAPE, PaperId
from agsite.records import Answer, Source

FIRST_LINE = "Antigravity Q&A"
CLOSING = "This is a research aid"
CLOSING_LINE = "This is a research aid — not a peer review. Verify sources before citing."
_ANSWER, _EXPLORE = "Answer", "Keep exploring"
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
# A leading zero would not survive being written again.
_BYLINE = re.compile(
    rf"Answered by (?P<model>\S(?:.*\S)?) · (?P<day>[1-9][0-9]?) (?P<month>{'|'.join(_MONTHS)}) (?P<year>[0-9]{{4}})"
)
_PERCENT = re.compile(r"- (0|[1-9][0-9]?|100)%")
# Nothing parts the four: the id is taken from the end, because a title may end in a digit; then the percent, and of the
# rest the longest prefix that is a category.
_SOURCE = re.compile(rf"{_PERCENT.pattern}(?>({PREFIX.pattern})|)(?=\S)(.*\S)({PAPER_ID_SHAPE})")
_BEGINS_SOURCE = re.compile(r"- |[0-9]{1,3}%")
_ENDS_SOURCE = re.compile(rf"{PAPER_ID_SHAPE}\Z")
_SOURCES = re.compile(r"Sources · [0-9]+\Z")
# What somebody may have made of the two fixed lines after the text.
_LIKE_SOURCES = re.compile(r"\W{0,9}sources?\W{0,9}([0-9]{0,9})\W{0,9}", re.IGNORECASE)
_LIKE_EXPLORE = re.compile(r"\W{0,9}keep\s{1,9}exploring\W{0,9}", re.IGNORECASE)
# Lines of a list that are left out of it.
_UNREADABLE = {"AG117": "sources", "AG119": "follow_ups"}
_LATEST_BYLINE = 8


class _Parts(NamedTuple):
    """The lines of a page, and the indexes (from 0) of those that part it; `end` is the closing line's."""

    lines: list[str]
    head: tuple[int, ...]
    """The site's name, the question, model and date, and “Answer”."""
    sources: int
    explore: int
    end: int

    @property
    def body(self) -> int:
        """Where the text starts."""
        return self.head[-1] + 1


def read(text: str, id: str) -> Parsed:
    """Read page text into the record `id`."""
    findings: list[Finding] = []
    lines = text.split("\n")
    end = len(lines)
    lines = _without_end(lines)
    parts = _find_parts(lines)
    # What is not page text need not end as page text does.
    if len(lines) < end and not (isinstance(parts, Finding) and parts.code == "AG110"):
        findings.append(Finding.of("AG107", "the file ends with a line end", line=len(lines)))
    if isinstance(parts, Finding):
        return Parsed(None, (*findings, parts))
    findings += _check_closing(parts)
    _trim(parts, findings)
    _, question, byline, _ = parts.head
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
    findings = _double_spaced(lines, findings)
    lacks = frozenset([_UNREADABLE[finding.code] for finding in findings if finding.code in _UNREADABLE])
    if "date" not in values:
        return Parsed(None, tuple(findings), origin, readable(values).answer, lacks)
    try:
        answer = Answer.model_validate(values)
    except ValidationError as error:
        problems = [f"{problem['loc'][0]}: {problem['msg']}" for problem in error.errors()]
        return Parsed(None, (*findings, *(Finding.of("AG136", problem, line=1) for problem in problems)), origin)
    return Parsed(answer, tuple(findings), origin, lacks=lacks)


# --- The skeleton ----------------------------------------------------------------------------------------------------


def _without_end(lines: list[str]) -> list[str]:
    """Return the lines without the blank ones at the end."""
    end = next((index for index in range(len(lines), 1, -1) if lines[index - 1].strip()), 1)
    return lines[:end]


def _find_parts(lines: list[str]) -> _Parts | Finding:
    """Find the lines that part a page, or say which is missing."""
    head = tuple(islice((index for index, line in enumerate(lines) if line.strip()), _LATEST_BYLINE))
    if broken := _check_head(lines, head):
        return broken
    head = head[:4]
    body, size = head[-1] + 1, len(lines)
    # The last ones count: a text may hold “Sources · 3” or “Keep exploring” as headings of its own.
    sources = next((i for i in range(size - 1, body - 1, -1) if _SOURCES.match(lines[i].strip())), 0)
    if not sources:
        return _no_sources(lines, body)
    if not any(line.strip() for line in lines[body:sources]):
        return Finding.of("AG113", f"there is no text between “{_ANSWER}” and the sources", line=body)
    explore = next((i for i in range(size - 1, sources, -1) if lines[i].strip() == _EXPLORE), 0)
    if not explore:
        return _no_explore(lines, sources)
    closing = lines[-1].strip()
    if not closing.startswith(CLOSING) or (closing != CLOSING_LINE and CLOSING_LINE.startswith(closing)):
        return _no_closing(lines)
    return _Parts(lines, head, sources, explore, size - 1)


def _check_head(lines: list[str], filled: tuple[int, ...]) -> Finding | None:
    """Look for what is wrong with the lines above the text; `filled` are those of the first that are not blank."""
    head = [lines[index].strip() for index in filled]
    if head[:1] != [FIRST_LINE]:
        return _no_page_text(lines, filled[0] if filled else 0)
    if len(head) < 2 or _BYLINE.fullmatch(head[1]):
        return Finding.of("AG111", "there is no question", line=min(filled[0] + 2, len(lines)))
    if len(head) < 3 or head[2] == _ANSWER:
        message = "there is no line that names model and date"
        return Finding.of("AG112", message, line=min(filled[1] + 2, len(lines)))
    byline = next((n for n, line in enumerate(head[2:], 2) if _BYLINE.fullmatch(line)), 2)
    if byline > 2:
        message = f"model and date stand in line {filled[byline] + 1}, and not here below the question"
        help_ = "Write the question on one line, and model and date on the next."
        return Finding.of("AG112", message, line=filled[2] + 1, column=1, help=help_)
    return None if head[3:4] == [_ANSWER] else _no_answer(lines, filled[:4][-1])


def _no_answer(lines: list[str], index: int) -> Finding:
    """Say what is wrong with the line that should be “Answer”, or with the last one if there is none."""
    if in_plain(lines[index]) == _ANSWER:
        return odd_space("AG113", lines[index], index + 1)
    return Finding.of("AG113", f"there is no line “{_ANSWER}” below model and date", line=index + 1, column=1)


def _no_page_text(lines: list[str], first: int) -> Finding:
    """Say what is wrong with the first line, which is not the name of the site."""
    if in_plain(lines[first]) == FIRST_LINE:
        return odd_space("AG110", lines[first], first + 1)
    below = next((number for number, line in enumerate(lines, 1) if line.strip() == FIRST_LINE), 0)
    help_ = f"Delete what stands above line {below}, which is that line." if below else None
    return Finding.of("AG110", f"the first line is not “{FIRST_LINE}”", line=1, column=1, help=help_)


def _no_sources(lines: list[str], body: int) -> Finding:
    """Point at the line above the sources that is not quite as it must be, or at the end of the file."""
    for index in range(len(lines) - 2, body - 1, -1):
        meant = _LIKE_SOURCES.fullmatch(lines[index])
        if meant and _SOURCES.match(in_plain(lines[index])):
            return odd_space("AG114", lines[index], index + 1)
        if meant and (_PERCENT.match(lines[index + 1]) or _LIKE_EXPLORE.fullmatch(lines[index + 1])):
            help_ = (
                f"Write “Sources · {meant[1] or 'N'}”: the number of sources after a point in the middle of the line."
            )
            message = f"“{lines[index]}” is not the line “Sources · N”"
            return Finding.of("AG114", message, line=index + 1, column=1, help=help_)
    return _cut_off("AG114", "there is no line “Sources · N” below the text", lines)


def _no_explore(lines: list[str], sources: int) -> Finding:
    """Point at the line above the follow-ups that is not quite as it must be, or at the end of the file."""
    meant = next((i for i in range(len(lines) - 1, sources, -1) if _LIKE_EXPLORE.fullmatch(lines[i])), 0)
    if not meant:
        return _cut_off("AG115", f"there is no line “{_EXPLORE}” below the sources", lines)
    if in_plain(lines[meant]) == _EXPLORE:
        return odd_space("AG115", lines[meant], meant + 1)
    help_ = f"Write “{_EXPLORE}”, in these letters and alone on the line."
    return Finding.of("AG115", f"“{lines[meant]}” is not the line “{_EXPLORE}”", line=meant + 1, column=1, help=help_)


def _no_closing(lines: list[str]) -> Finding:
    """Point at the last line, which is not the closing one but may read like it, or at its end."""
    if in_plain(lines[-1]).startswith(CLOSING_LINE):
        return odd_space("AG116", lines[-1], len(lines))
    return _cut_off("AG116", f"the file does not end with the line “{CLOSING} …”", lines)


def _cut_off(code: str, message: str, lines: list[str]) -> Finding:
    return Finding.of(code, message, line=len(lines), column=len(lines[-1]) + 1)


def _check_closing(parts: _Parts) -> list[Finding]:
    """Look for a second page below the first, and for a closing line that is not the usual one."""
    for ending in (CLOSING_LINE, CLOSING_LINE + FIRST_LINE):
        if ending in parts.lines[parts.body : parts.end]:
            line = parts.lines.index(ending, parts.body) + 1
            return [Finding.of("AG123", "the page ends here, but the file goes on", line=line, column=1)]
    closing = parts.lines[-1].strip()
    if closing == CLOSING_LINE:
        return []
    if FIRST_LINE in closing:
        column = closing.index(FIRST_LINE) + 1
        return [Finding.of("AG123", "a second page starts here", line=parts.end + 1, column=column)]
    if in_plain(closing) == CLOSING_LINE:
        return [odd_space("AG121", parts.lines[-1], parts.end + 1)]
    return [Finding.of("AG121", f"the last line is not “{CLOSING_LINE}”", line=parts.end + 1, column=1)]


# --- Its lines -------------------------------------------------------------------------------------------------------


def _trimmed(line: str, number: int, findings: list[Finding]) -> str:
    trimmed = line.strip()
    if trimmed != line:
        findings.append(Finding.of("AG122", "there is space at the start or the end of the line", line=number))
    return trimmed


def _trim(parts: _Parts, findings: list[Finding]) -> None:
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


def _items(lines: list[str], start: int, stop: int, findings: list[Finding]) -> Iterator[tuple[int, str]]:
    """Yield the lines between two others with their numbers, and leave out blank ones."""
    for index in range(start + 1, stop):
        if line := lines[index].strip():
            yield index + 1, line if line == lines[index] else _trimmed(lines[index], index + 1, findings)
        else:
            findings.append(Finding.of("AG120", "blank line in a list", line=index + 1))


def _read_byline(line: str, number: int, findings: list[Finding]) -> dict[str, Any]:
    byline = _BYLINE.fullmatch(line)
    if byline is None and _BYLINE.fullmatch(in_plain(line)):
        findings.append(odd_space("AG112", line, number))
        return {}
    if byline is None:
        findings.append(Finding.of("AG112", "the line does not name model and date", line=number, column=1))
        return {}
    try:
        date = dt.date(int(byline["year"]), _MONTHS.index(byline["month"]) + 1, int(byline["day"]))
    except ValueError:
        day = line[byline.start("day") :]
        findings.append(Finding.of("AG112", f"there is no {day}", line=number, column=byline.start("day") + 1))
        return {}
    return {"model": byline["model"], "date": date}


def _read_sources(parts: _Parts, findings: list[Finding]) -> tuple[tuple[int, ...], list[dict[str, Any]]]:
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
    percent = _PERCENT.match(line)
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


def _read_follow_ups(parts: _Parts, findings: list[Finding]) -> tuple[tuple[int, ...], list[str]]:
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
            f"Answered by {answer.model} · {date.day} {_MONTHS[date.month - 1]} {date.year:04d}",
            _ANSWER,
            *blocks.write(answer.body),
            f"Sources · {len(answer.sources)}",
            *map(_write_source, answer.sources),
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
