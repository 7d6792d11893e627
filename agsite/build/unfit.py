"""Pages of Markdown whose files are named so that they cannot be published, for checks and builds alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from agsite import addresses, files, urls
from agsite.findings import Finding
from agsite.pages import Facts, Overview, Section

# What stands beside the pages that are planned.
_FILES = (urls.ANSWER_LINES, urls.PAPER_LINES, urls.URLS, urls.REDIRECTS, urls.BUILD)


def unfit_pages(texts: Mapping[str, str], sections: Sequence[Section], overview: Overview) -> Iterator[Finding]:
    """Find pages that have no address, or that of another one; `texts` are the paths of their files by address.

    Of two of them, the later one is told of.
    """
    taken = _taken(texts, sections, overview)
    for url, path in reversed([*texts.items()]):
        others = taken[_place(url)]
        others.remove(url)
        if others:
            yield Finding.of("AG511", _in_the_way(url, others[0]), path=path)
        # Percent signs are how an address writes what it cannot hold.
        if "%" in url or not addresses.is_address(url):
            yield Finding.of("AG512", f"/{url} is no address that links and redirects can name", path=path)


def _in_the_way(url: str, other: str) -> str:
    if url.rstrip("/") == other.rstrip("/"):
        return f"it would take the address /{other} from another page"
    return f"/{url} differs from /{other} by case alone, and would be the same file on some disks"


def _taken(texts: Mapping[str, str], sections: Sequence[Section], overview: Overview) -> Mapping[str, list[str]]:
    """Return the addresses of all pages that are where a text is, the texts among them, by their places."""
    places = set(map(_place, texts))
    folders = {_place(url[: slash.end()]) for url in texts for slash in re.finditer("/", url)}
    taken: dict[str, list[str]] = defaultdict(list)
    for url in _planned(sections, places, folders, overview):
        if _place(url) in places:
            taken[_place(url)].append(url)
    return taken


def _planned(sections: Sequence[Section], places: set[str], folders: set[str], overview: Overview) -> Iterator[str]:
    """Yield the addresses of what may be in some places, or in folders, in so far as there is anything to plan."""
    yield from _FILES
    # Feeds and the like take long, and names of pages hardly ever are like theirs.
    are_like_files = any("." in place for place in places)
    for section in sections:
        if _place(section.url) in places:
            yield section.url
        elif _place(_goes_on_in(section)) in folders if section.url.endswith("/") else are_like_files:
            yield from {page.url for page in section.pages(Facts(overview))}


def _place(url: str) -> str:
    """Return what a page has in common with another, or a file, that it cannot be beside."""
    return files.spot(url.rstrip("/"))


def _goes_on_in(section: Section) -> str:
    """Return the folder in which the later pages of a section lie: branches of a thread lie beside it."""
    return urls.MAP if section.url.startswith(urls.MAP) else section.url
