"""Citations as chips: the number of a source, or an id that is a word of its sentence."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import NamedTuple

from agsite.markup.maths import readable


class CiteMark(NamedTuple):
    """How an answer shows one of its papers: number (0 where it is not listed), address of its page, title.

    `paper` is its canonical id, whichever spelling of it the answer cites.
    """

    paper: str
    number: int
    href: str
    title: str


class CiteLabels(NamedTuple):
    """What a screen reader says of a number and of an id, and the tooltip of an id without a source.

    They take `{n}`, `{paper}` and `{title}`.
    """

    source: str = "Source {n}: {title}"
    named: str = "{paper}: {title}"
    unlisted: str = "Cited, not listed: {title}"


Cite = Callable[[str, bool], str]
"""Makes the chip of a paper; whether it is named, as a word of its sentence, decides what it shows."""

_ENGLISH = CiteLabels()


def chips(marks: Mapping[str, CiteMark], labels: CiteLabels = _ENGLISH) -> Cite:
    """Return what makes the chip of a paper, each at most once for all the prose of a page."""
    made: dict[tuple[str, bool], str] = {}

    def cite(paper: str, named: bool) -> str:  # noqa: FBT001 - a fact about the group
        chip = made.get((paper, named))
        if chip is None:
            chip = made[paper, named] = _chip(paper, marks.get(paper), labels, named=named)
        return chip

    return cite


def _chip(paper: str, mark: CiteMark | None, labels: CiteLabels, *, named: bool) -> str:
    id, number, href, title = mark or CiteMark(paper, 0, "", paper)
    pattern = labels.unlisted if not number else labels.named if named else labels.source
    label = html.escape(pattern.format(n=number, paper=paper, title=readable(title)))
    classes = "cite" + (" named" if named or not number else "") + ("" if number else " unlisted")
    shown = paper if named or not number else str(number)
    aria = f' {"aria-label" if number else "title"}="{label}"'
    ring = "" if number else '<span class="ring" aria-hidden="true"></span>'
    # A paper without a page is not a link: an empty address would lead back to where the reader is.
    where = f' href="{html.escape(href)}"' if href else ""
    return f'<a class="{classes}"{where} data-paper="{id}"{aria}>{ring}{shown}</a>'
