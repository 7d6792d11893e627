"""Sources: there are some, each is listed once, each has a category that arXiv knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agsite.answerfile import Reading
from agsite.categories import CATEGORIES
from agsite.checks.place import at_line, line_of
from agsite.findings import Finding
from agsite.ids import PaperKey
from agsite.records import Source
from agsite.spelling import nearest_name

_ONE_ID_TOO_MANY = "Their titles differ: correct the id of one of the two lines, or delete it."

_LOWER = {name.lower(): name for name in CATEGORIES}


def check(reading: Reading) -> Iterator[Finding]:
    """Find what is wrong in the list of sources."""
    sources, lines = reading.answer.sources, reading.origin.sources
    if not sources:
        yield at_line(reading, 0, "AG203", "the answer lists no sources")
    first: dict[PaperKey, int] = {}
    for index, source in enumerate(sources):
        line = line_of(lines, index)
        earlier = first.setdefault(source.id.key, index)
        if earlier != index:
            help_ = _ONE_ID_TOO_MANY if source.title != sources[earlier].title else None
            yield at_line(reading, line, "AG202", _twice(source, sources[earlier], line_of(lines, earlier)), help_)
        # A paper that is not on arXiv has none; a line of page text without one was read otherwise than it was meant.
        if source.category not in CATEGORIES and (source.category is not None or reading.path.endswith(".txt")):
            yield _category(reading, source, line)


def check_axis(readings: Iterable[Reading], axis: tuple[int, int]) -> Iterator[Finding]:
    """Find that the plots of matches are made for another search: beyond the axis, every dot stands at its end."""
    matches = [s.similarity for reading in readings for s in reading.answer.sources if s.similarity is not None]
    beyond = sum(not axis[0] <= match <= axis[1] for match in matches)
    if beyond * 4 > len(matches):
        yield Finding.of(
            "AG510",
            f"{beyond} of {len(matches)} matches lie beyond the axis of their plots, {axis[0]} to {axis[1]}: "
            f"they go from {min(matches)} to {max(matches)}",
        )


def _twice(source: Source, earlier: Source, line: int) -> str:
    spelling = "" if source.id == earlier.id else f", spelt {earlier.id}"
    return f"{source.id} is already listed in line {line}{spelling}"


def _category(reading: Reading, source: Source, line: int) -> Finding:
    if source.category is None:
        first = category_in_title(source)
        why = f"“{first}” is taken for a part of the title: in page text no space stands before a category."
        return at_line(reading, line, "AG205", f"{source.id} has no category of arXiv", why if first else None)
    near = _LOWER.get(source.category.lower()) or nearest_name(source.category, CATEGORIES, 0.6)
    message = f"“{source.category}”, the category of {source.id}, is not one of arXiv's"
    return at_line(reading, line, "AG205", message, f"Did you mean “{near}”?" if near else None)


def category_in_title(source: Source) -> str | None:
    """Return the category with which the title of a source without one begins, as where space was put around it."""
    if source.category is not None:
        return None
    first = next(iter(source.title.split(maxsplit=1)), "")
    return first if first in CATEGORIES else None
