"""Lists that go on over several pages: what each page shows of its list, and where the other pages are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agsite import urls
from agsite.pages.page import Head


class Pagination(NamedTuple):
    """Where a page stands in its list: page `number` of `total`, and the pages that it links to by their numbers."""

    number: int
    total: int
    previous: str | None
    next: str | None
    pages: tuple[tuple[int, str], ...]


def paginate(url: str, items: Sequence[object], size: int) -> list[tuple[int, int, Pagination]]:
    """Cut a list into pages of a size, each as the start and the end of its items, and its pagination."""
    found = [pagination(url, len(items), size, number) for number in range(1, count_pages(len(items), size) + 1)]
    return [((one.number - 1) * size, one.number * size, one) for one in found]


def count_pages(length: int, size: int) -> int:
    """Return how many pages a list has; an empty one has a page that says so."""
    return max(1, -(-length // size))


def pagination(url: str, length: int, size: int, number: int) -> Pagination:
    """Return the pagination of page `number` of a list of so many items."""
    total = count_pages(length, size)
    return Pagination(
        number,
        total,
        urls.numbered(url, number - 1) if number > 1 else None,
        urls.numbered(url, number + 1) if number < total else None,
        tuple((n, urls.numbered(url, n)) for n in _shown(number, total)),
    )


def _shown(number: int, total: int) -> list[int]:
    """The page numbers worth a link: the first, the last and the ones around; few, so that a new page changes few."""
    return sorted({1, total, *range(max(1, number - 2), min(total, number + 2) + 1)})


def head_of(url: str, part: Pagination, title: str = "", description: str = "") -> Head:
    """Return the head of one page of a list; only the first page is for search engines."""
    return Head(
        urls.numbered(url, part.number),
        title,
        description,
        indexed=part.number == 1,
        previous=part.previous,
        next=part.next,
    )
