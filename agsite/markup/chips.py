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
    needs_list: bool = True
    """Whether there are sources among which it should be: a page that is not an answer lists none."""


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
    """Return a function that makes the chips of papers for all the prose of a page, each of them once."""
    made: dict[tuple[str, bool], str] = {}

    def cite(paper: str, named: bool) -> str:  # noqa: FBT001 - a fact about the group
        chip = made.get((paper, named))
        if chip is None:
            chip = made[paper, named] = _chip(paper, marks.get(paper), labels, named=named)
        return chip

    return cite


def _chip(paper: str, mark: CiteMark | None, labels: CiteLabels, *, named: bool) -> str:
    id, number, href, title, needs_list = mark or CiteMark(paper, 0, "", paper)
    named, unlisted = named or not number, needs_list and not number
    pattern = labels.unlisted if unlisted else labels.named if named else labels.source
    label = html.escape(pattern.format(n=number, paper=paper, title=readable(title)))
    classes = "cite" + (" named" if named else "") + (" unlisted" if unlisted else "")
    shown = paper if named else str(number)
    aria = f' {"title" if unlisted else "aria-label"}="{label}"'
    ring = '<span class="ring" aria-hidden="true"></span>' if unlisted else ""
    # A paper without a page is not a link: an empty address would lead back to where the reader is.
    where = f' href="{html.escape(href)}"' if href else ""
    return f'<a class="{classes}"{where} data-paper="{id}"{aria}>{ring}{shown}</a>'
