"""The fixed lines that part a page of text, and what is said where one is missing or not quite as it must be."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from agsite.answerfile.oddspace import in_plain, odd_space
from agsite.findings import Finding

FIRST_LINE = "Antigravity Q&A"
ANSWER, EXPLORE = "Answer", "Keep exploring"
CLOSING_LINE = "This is a research aid — not a peer review. Verify sources before citing."
CLOSING = "This is a research aid"
MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
# A leading zero would not survive being written again.
BYLINE = re.compile(
    rf"Answered by (?P<model>\S(?:.*\S)?) · (?P<day>[1-9][0-9]?) (?P<month>{'|'.join(MONTHS)}) (?P<year>[0-9]{{4}})"
)
PERCENT = re.compile(r"- (0|[1-9][0-9]?|100)%")
_SOURCES = re.compile(r"Sources · [0-9]+\Z")
# What somebody may have made of the two fixed lines after the text.
_LIKE_SOURCES = re.compile(r"\W{0,9}sources?\W{0,9}([0-9]{0,9})\W{0,9}", re.IGNORECASE)
_LIKE_EXPLORE = re.compile(r"\W{0,9}keep\s{1,9}exploring\W{0,9}", re.IGNORECASE)
_LATEST_BYLINE = 8


class Skeleton(NamedTuple):
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


def without_end(lines: list[str]) -> list[str]:
    """Return the lines without the blank ones at the end."""
    end = next((index for index in range(len(lines), 1, -1) if lines[index - 1].strip()), 1)
    return lines[:end]


def find_skeleton(lines: list[str]) -> Skeleton | Finding:
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
        return Finding.of("AG113", f"there is no text between “{ANSWER}” and the sources", line=body)
    explore = next((i for i in range(size - 1, sources, -1) if lines[i].strip() == EXPLORE), 0)
    if not explore:
        return _no_explore(lines, sources)
    closing = lines[-1].strip()
    if not closing.startswith(CLOSING) or (closing != CLOSING_LINE and CLOSING_LINE.startswith(closing)):
        return _no_closing(lines, explore)
    return Skeleton(lines, head, sources, explore, size - 1)


def _check_head(lines: list[str], filled: tuple[int, ...]) -> Finding | None:
    """Look for what is wrong with the lines above the text; `filled` are those of the first that are not blank."""
    head = [lines[index].strip() for index in filled]
    if head[:1] != [FIRST_LINE]:
        return _no_page_text(lines, filled[0] if filled else 0)
    if len(head) < 2 or BYLINE.fullmatch(head[1]):
        return Finding.of("AG111", "there is no question", line=min(filled[0] + 2, len(lines)))
    if len(head) < 3 or head[2] == ANSWER:
        message = "there is no line that names model and date"
        return Finding.of("AG112", message, line=min(filled[1] + 2, len(lines)))
    byline = next((n for n, line in enumerate(head[2:], 2) if BYLINE.fullmatch(line)), 2)
    if byline > 2:
        message = f"model and date stand in line {filled[byline] + 1}, and not here below the question"
        help_ = "Write the question on one line, and model and date on the next."
        return Finding.of("AG112", message, line=filled[2] + 1, column=1, help=help_)
    return None if head[3:4] == [ANSWER] else _no_answer(lines, filled[:4][-1])


def _no_answer(lines: list[str], index: int) -> Finding:
    """Say what is wrong with the line that should be “Answer”, or with the last one if there is none."""
    if in_plain(lines[index]) == ANSWER:
        return odd_space("AG113", lines[index], index + 1)
    return Finding.of("AG113", f"there is no line “{ANSWER}” below model and date", line=index + 1, column=1)


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
        if meant and (PERCENT.match(lines[index + 1]) or _LIKE_EXPLORE.fullmatch(lines[index + 1])):
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
        return _cut_off("AG115", f"there is no line “{EXPLORE}” below the sources", lines)
    if in_plain(lines[meant]) == EXPLORE:
        return odd_space("AG115", lines[meant], meant + 1)
    help_ = f"Write “{EXPLORE}”, in these letters and alone on the line."
    return Finding.of("AG115", f"“{lines[meant]}” is not the line “{EXPLORE}”", line=meant + 1, column=1, help=help_)


def _no_closing(lines: list[str], explore: int) -> Finding:
    """Point at what follows the closing line, or at the last line, which may read like it, or at its end."""
    closing = next((i for i in range(explore + 1, len(lines)) if lines[i].strip() == CLOSING_LINE), 0)
    if closing:
        return _goes_on(lines, closing)
    if in_plain(lines[-1]).startswith(CLOSING_LINE):
        return odd_space("AG116", lines[-1], len(lines))
    return _cut_off("AG116", f"the file does not end with the line “{CLOSING} …”", lines)


def _goes_on(lines: list[str], closing: int) -> Finding:
    below = next(i for i in range(closing + 1, len(lines)) if lines[i].strip())
    if lines[below].strip() == FIRST_LINE:
        return Finding.of("AG123", "a second page starts here", line=below + 1, column=1)
    help_ = f"Delete what stands below line {closing + 1}, which is that line."
    message = "the file goes on below its closing line"
    return Finding.of("AG116", message, line=below + 1, column=1, help=help_)


def _cut_off(code: str, message: str, lines: list[str]) -> Finding:
    return Finding.of(code, message, line=len(lines), column=len(lines[-1]) + 1)


def check_closing(parts: Skeleton) -> list[Finding]:
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
