"""Citations: every id in the text is one, is listed among the sources, and nothing that was meant as one is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from agsite.answerfile import Reading
from agsite.body import Citation, Leaf
from agsite.checks.place import in_body, in_text
from agsite.ellipsis import cut, quoted
from agsite.findings import Finding
from agsite.ids import ALMOST_IN_BRACKETS, ALMOST_PAPER_ID, LIKE_PAPER_IDS, PAPER_ID, STUCK_PAPER_ID, PaperId
from agsite.markup import cover_opaque
from agsite.spelling import within_one
from agsite.suspects import ZERO_WIDTH, named

_DIGITS = re.compile(r"[0-9]+")
# What follows the number, and letters that are taken for digits.
_TAIL = re.compile(r"(?<=[0-9])[A-HJ-NP-Zabc-km-np-z][A-Za-z0-9]*\Z")
_LETTERS = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1"})
_LONGEST_BRACKET = 300
_LONGEST_NUMBER = 20
_NO_ID = "it does not read AG-YYYY.MM-N"

# A bracket at the end of a block that begins an id: in page text a line break ends the block.
_BEGUN = re.compile(r"\[AG(?:-(?:[0-9]{4}(?:\.(?:[0-9]{2}-?)?)?)?)?\s*")

# Where such a bracket may be, as it stands in a file.
_MAY_BE_BEGUN = re.compile(rf"{_BEGUN.pattern}(?:$|\|)", re.MULTILINE)


def check(reading: Reading) -> Iterator[Finding]:
    """Find citations without a source, answers without citations, and what is almost a citation."""
    sources = tuple([source.id for source in reading.answer.sources])
    listed = frozenset(sources)
    cited = reading.body.citations
    for citation in cited:
        if citation.paper not in listed:
            yield from _unlisted(reading, citation, sources)
    yield from _lone_brackets(reading)
    meant = list(_meant_as_ids(reading, sources)) if _may_have_almost(reading.answer.body, len(cited)) else []
    yield from meant
    if sources and not cited and not meant:
        line = max(1, reading.origin.in_body(1, 1)[0])
        yield Finding.of("AG204", "the text cites none of its sources", path=reading.path, line=line)


def _meant_as_ids(reading: Reading, sources: tuple[PaperId, ...]) -> Iterator[Finding]:
    for leaf in reading.body.leaves():
        yield from _almost(reading, leaf, sources)
        yield from _begun(reading, leaf)


def _may_have_almost(body: str, cited: int) -> bool:
    """Say whether a text may hold what is almost an id: more that looks like one than is cited, or what is not seen."""
    likes = sum([len(pattern.findall(body)) for pattern in LIKE_PAPER_IDS])
    if likes > cited or _MAY_BE_BEGUN.search(body) or ALMOST_IN_BRACKETS.search(body):
        return True
    return not body.isascii() and any(map(body.__contains__, ZERO_WIDTH))


def _unlisted(reading: Reading, citation: Citation, sources: tuple[PaperId, ...]) -> Iterator[Finding]:
    paper, line, column, _ = citation
    if any(paper.key == source.key for source in sources):
        return
    near = next((source for source in sources if within_one(paper, source)), None)
    help_ = f"{near} is listed: correct the id if you mean that paper, or list {paper} too." if near else None
    yield in_body(reading, line, column, "AG201", f"cites {paper}, which is not among the sources", help_)


def _lone_brackets(reading: Reading) -> Iterator[Finding]:
    for leaf, sentences in groupby(reading.body.citing(), itemgetter(0)):
        lone = _without_partner(leaf.text)
        for _, sentence in sentences if lone else ():
            for paper, offset in sentence.places:
                if side := _lone_side(lone, offset, offset + len(paper)):
                    yield in_text(reading, leaf, offset, "AG221", f"the bracket {side} {paper} has no partner")


def _without_partner(text: str) -> frozenset[int]:
    """Return where in a text square brackets stand alone, as in “[AG-x.” or “AG-x].”, outside of code and formulas."""
    covered = cover_opaque(text)
    opened: list[int] = []
    lone: list[int] = []
    for bracket in re.finditer(r"[\[\]]", text):
        at = bracket.start()
        if at in covered:
            continue
        if bracket[0] == "[":
            opened.append(at)
        elif opened:
            opened.pop()
        else:
            lone.append(at)
    return frozenset((*opened, *lone))


def _lone_side(lone: frozenset[int], start: int, end: int) -> str | None:
    """Say on which side of an id a square bracket stands alone."""
    if start - 1 in lone:
        return "before"
    return "behind" if end in lone else None


def _almost(reading: Reading, leaf: Leaf, sources: tuple[PaperId, ...]) -> Iterator[Finding]:
    almost = list(_almost_ids(leaf.text))
    covered = cover_opaque(leaf.text if almost else "")
    for start, written, seen in almost:
        if start in covered:
            continue
        message = f"{quoted(seen)} is almost a paper id: {_fault(written, seen)}"
        meant = _meant(seen, sources)
        yield in_text(reading, leaf, start, "AG207", message, f"Write [{meant}]." if meant else None)


def _almost_ids(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield where each stretch starts that is almost an id, how it is written, and what readers see of it."""
    if text.isascii() or not any(map(text.__contains__, ZERO_WIDTH)):
        for match in _matches(text):
            if not PAPER_ID.fullmatch(text, *match.span()):
                yield match.start(), match[0], match[0]
        return
    offsets = [offset for offset, char in enumerate(text) if char not in ZERO_WIDTH]
    for match in _matches("".join([text[offset] for offset in offsets])):
        start = offsets[match.start()]
        end = offsets[match.end() - 1] + 1
        if not PAPER_ID.fullmatch(text, start, end):
            yield start, text[start:end], match[0]


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Yield what looks like an id, right or not, and within brackets what only may have been meant as one."""
    bracketed = {match.start(): match for match in ALMOST_IN_BRACKETS.finditer(text) if _in_brackets(text, match)}
    for match in ALMOST_PAPER_ID.finditer(text):
        yield max(match, bracketed.pop(match.start(), match), key=re.Match.end)
    yield from bracketed.values()
    yield from STUCK_PAPER_ID.finditer(text)


def _in_brackets(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    before, after = text[max(0, start - _LONGEST_BRACKET) : start], text[end : end + _LONGEST_BRACKET]
    return before.rfind("[") > before.rfind("]") and -1 < after.find("]") < (after + "[").find("[")


def _begun(reading: Reading, leaf: Leaf) -> Iterator[Finding]:
    start = leaf.text.rfind("[AG")
    if _BEGUN.fullmatch(leaf.text, start) and start not in cover_opaque(leaf.text):
        message = f"{quoted(leaf.text[start:])} begins a paper id, and the text ends there"
        help_ = "Write the whole id on one line, as in [AG-2026.03-1712]."
        yield in_text(reading, leaf, start, "AG207", message, help_)


def _fault(written: str, seen: str) -> str:
    if unseen := next((char for char in written if char in ZERO_WIDTH), None):
        return f"{named(unseen)} is in it and cannot be seen"
    if PAPER_ID.fullmatch(written):
        return "no space stands before it"
    if tail := _TAIL.search(seen):
        return f"{quoted(tail[0])} follows its number"
    if letter := next((char for char in seen if char in "OoIl"), None):
        return f"“{letter}” in it is a letter and not a digit"
    if len(parts := _DIGITS.findall(seen)) != 3:
        return _NO_ID
    year, month, number = parts
    faults = (
        ("\n" in seen, "it goes over a line break"),
        (any(map(str.isspace, seen)), "there is space in it"),
        (not seen.startswith("AG"), "its letters are not the capitals A and G"),
        (not seen.isascii(), "its marks are not a plain hyphen, a full stop and a hyphen"),
        _miscounted("year", year, 4),
        _miscounted("month", month, 2),
        (not "01" <= month <= "12", f"there is no month {month}"),
        (len(number) > 6, "its number has more than six digits"),
    )
    return next((fault for holds, fault in faults if holds), _NO_ID)


def _miscounted(what: str, digits: str, right: int) -> tuple[bool, str]:
    lacking = right - len(digits)
    fault = f"lacks {'a digit' if lacking == 1 else f'{lacking} digits'}" if lacking > 0 else "has a digit too many"
    return lacking != 0, f"the {what} {cut(digits, _LONGEST_NUMBER)} {fault}"


def _meant(text: str, sources: tuple[PaperId, ...]) -> str | None:
    """Return the listed paper whose id this is but for its marks and zeros, or but for one character."""
    year, month, number = _read(text)
    if len(max(year, month, number, key=len)) > _LONGEST_NUMBER:
        return None
    spelt = f"AG-{year}.{month:0>2}-{number}"
    same = (source for source in sources if source.key == (int(year), int(month), int(number or -1)))
    near = (source for source in sources if within_one(spelt, source))
    return next(same, None) or next(near, None)


def _read(text: str) -> tuple[str, str, str]:
    """Return year, month and number of what is almost an id, as well as they can be told; the number may be missing."""
    parts = _DIGITS.findall(_TAIL.sub("", text).translate(_LETTERS))
    if len(parts) != 3:
        digits = "".join(parts)
        return digits[:4], digits[4:6], digits[6:]
    year, month, number = parts
    return f"20{year}" if len(year) == 2 else year, month, number
