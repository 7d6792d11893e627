"""Citations: every id in the text is one, is listed among the sources, and nothing that was meant as one is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agsite.body import Leaf
from agsite.checks.place import Reading, in_text
from agsite.findings import Finding
from agsite.ids import ALMOST_PAPER_ID, PAPER_ID, PaperId
from agsite.markup import Cover, find_opaque

# A part of every id, and of all that is almost one. Two searches, each for a letter, are quicker than one for either.
_LIKE_AN_ID = [re.compile(letter + r"[-\u2010-\u2015\u2212 _]?[0-9]{4}[.,\-\u2013]") for letter in "Gg"]
_DIGITS = re.compile(r"[0-9]+")


def check(reading: Reading) -> Iterator[Finding]:
    """Find citations without a source, answers without citations, and what is almost a citation."""
    sources = tuple([source.id for source in reading.answer.sources])
    listed = frozenset(sources)
    cited = 0
    for leaf, sentence in reading.body.citing():
        for group in sentence.groups:
            cited += len(group.papers)
            for paper, offset in zip(group.papers, group.offsets, strict=True):
                if paper not in listed:
                    yield from _unlisted(reading, leaf, offset, PaperId.parse(paper), sources)
    # Where no more looks like an id than is cited, there is nothing that is almost one.
    if sum([len(pattern.findall(reading.answer.body)) for pattern in _LIKE_AN_ID]) > cited:
        for leaf in reading.body.leaves():
            yield from _almost(reading, leaf, sources)
    if sources and not cited:
        message = f"the text cites none of its {len(sources)} sources"
        yield Finding.of("AG204", message, path=reading.path, line=max(1, reading.origin.in_body(1, 1)[0]))


def _unlisted(
    reading: Reading, leaf: Leaf, offset: int, paper: PaperId, sources: tuple[PaperId, ...]
) -> Iterator[Finding]:
    if any(paper.key == source.key for source in sources):
        return
    near = next((source for source in sources if _one_edit_apart(paper, source)), None)
    help_ = f"{near} is listed: correct the id if you mean that paper, or list {paper} too." if near else None
    yield in_text(reading, leaf, offset, "AG201", f"cites {paper}, which is not among the sources", help_)


def _one_edit_apart(one: str, other: str) -> bool:
    """Say whether one character was changed, added, left out or swapped with the next."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[start:], other[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return rest[1:] == other_rest[1:] or rest[1:] == other_rest or rest == other_rest[1:] or swapped == other_rest


def _almost(reading: Reading, leaf: Leaf, sources: tuple[PaperId, ...]) -> Iterator[Finding]:
    almost = [match for match in ALMOST_PAPER_ID.finditer(leaf.text) if not PAPER_ID.fullmatch(match[0])]
    covered = Cover(find_opaque(leaf.text) if almost else ())
    for match in almost:
        if match.start() in covered:
            continue
        message = f"“{match[0]}” is almost a paper id: {_fault(match[0])}"
        meant = _meant(match[0], sources)
        yield in_text(reading, leaf, match.start(), "AG207", message, f"Write [{meant}]." if meant else None)


def _fault(text: str) -> str:
    _, month, number = _DIGITS.findall(text)
    if not text.startswith("AG"):
        return "its letters are not the capitals A and G"
    if not text.isascii():
        return "its dashes are not plain hyphens"
    if len(month) != 2:
        return f"the month {month} lacks a digit"
    if not 1 <= int(month) <= 12:
        return f"there is no month {month}"
    if len(number) > 6:
        return "its number has more than six digits"
    return "it does not read AG-YYYY.MM-N"


def _meant(text: str, sources: tuple[PaperId, ...]) -> str | None:
    """Return the listed paper whose id this is but for its marks and zeros, or but for one character."""
    year, month, number = _DIGITS.findall(text)
    spelt = f"AG-{year}.{month:0>2}-{number}"
    same = (source for source in sources if source.key == (int(year), int(month), int(number)))
    near = (source for source in sources if _one_edit_apart(spelt, source))
    return next(same, None) or next(near, None)
