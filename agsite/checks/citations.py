"""Citations: every id in the text is one, is listed among the sources, and nothing that was meant as one is lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from agsite.answerfile import Reading
from agsite.body import Leaf
from agsite.checks.place import in_text
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.ids import ALMOST_PAPER_ID, LIKE_PAPER_IDS, PAPER_ID, PaperId
from agsite.likeness import within_one
from agsite.markup import cover_opaque

_DIGITS = re.compile(r"[0-9]+")

# A bracket at the end of a block that begins an id: in page text a line break ends the block.
_BEGUN = re.compile(r"\[AG(?:-(?:[0-9]{4}(?:\.(?:[0-9]{2}-?)?)?)?)?\s*")

# Where such a bracket may be, as it stands in a file.
_MAY_BE_BEGUN = re.compile(rf"{_BEGUN.pattern}(?:$|\|)", re.MULTILINE)

# Web pages hold these as places for a line break, and copies of them too. Nobody sees them, and an id with one is none.
_ZERO_WIDTH = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064"


def check(reading: Reading) -> Iterator[Finding]:
    """Find citations without a source, answers without citations, and what is almost a citation."""
    sources = tuple([source.id for source in reading.answer.sources])
    listed = frozenset(sources)
    cited = 0
    for leaf, _, paper, offset in reading.body.cites():
        cited += 1
        if paper not in listed:
            yield from _unlisted(reading, leaf, offset, PaperId.parse(paper), sources)
    meant = list(_meant_as_ids(reading, sources)) if _may_have_almost(reading.answer.body, cited) else []
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
    if likes > cited or _MAY_BE_BEGUN.search(body):
        return True
    return not body.isascii() and any(map(body.__contains__, _ZERO_WIDTH))


def _unlisted(
    reading: Reading, leaf: Leaf, offset: int, paper: PaperId, sources: tuple[PaperId, ...]
) -> Iterator[Finding]:
    if any(paper.key == source.key for source in sources):
        return
    near = next((source for source in sources if within_one(paper, source)), None)
    help_ = f"{near} is listed: correct the id if you mean that paper, or list {paper} too." if near else None
    yield in_text(reading, leaf, offset, "AG201", f"cites {paper}, which is not among the sources", help_)


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
    if text.isascii() or not any(map(text.__contains__, _ZERO_WIDTH)):
        for match in ALMOST_PAPER_ID.finditer(text):
            if not PAPER_ID.fullmatch(match[0]):
                yield match.start(), match[0], match[0]
        return
    offsets = [offset for offset, char in enumerate(text) if char not in _ZERO_WIDTH]
    for match in ALMOST_PAPER_ID.finditer("".join([text[offset] for offset in offsets])):
        start = offsets[match.start()]
        written = text[start : offsets[match.end() - 1] + 1]
        if not PAPER_ID.fullmatch(written):
            yield start, written, match[0]


def _begun(reading: Reading, leaf: Leaf) -> Iterator[Finding]:
    start = leaf.text.rfind("[AG")
    if start >= 0 and _BEGUN.fullmatch(leaf.text, start) and start not in cover_opaque(leaf.text):
        message = f"{quoted(leaf.text[start:])} begins a paper id, and the text ends there"
        help_ = "Write the whole id on one line, as in [AG-2026.03-1712]."
        yield in_text(reading, leaf, start, "AG207", message, help_)


def _fault(written: str, seen: str) -> str:
    year, month, number = _DIGITS.findall(seen)
    if unseen := next((char for char in written if char in _ZERO_WIDTH), None):
        return f"U+{ord(unseen):04X} ({unicodedata.name(unseen)}) is in it and cannot be seen"
    faults = (
        ("\n" in seen, "it goes over a line break"),
        (any(map(str.isspace, seen)), "there is space in it"),
        (not seen.startswith("AG"), "its letters are not the capitals A and G"),
        (not seen.isascii(), "its marks are not a plain hyphen, a full stop and a hyphen"),
        _miscounted("year", year, 4),
        _miscounted("month", month, 2),
        (not 1 <= int(month) <= 12, f"there is no month {month}"),
        (len(number) > 6, "its number has more than six digits"),
    )
    return next((fault for holds, fault in faults if holds), "it does not read AG-YYYY.MM-N")


def _miscounted(what: str, digits: str, right: int) -> tuple[bool, str]:
    fault = "lacks a digit" if len(digits) < right else "has a digit too many"
    return len(digits) != right, f"the {what} {digits} {fault}"


def _meant(text: str, sources: tuple[PaperId, ...]) -> str | None:
    """Return the listed paper whose id this is but for its marks and zeros, or but for one character."""
    year, month, number = _DIGITS.findall(text)
    spelt = f"AG-{year}.{month:0>2}-{number}"
    same = (source for source in sources if source.key == (int(year), int(month), int(number)))
    near = (source for source in sources if within_one(spelt, source))
    return next(same, None) or next(near, None)
