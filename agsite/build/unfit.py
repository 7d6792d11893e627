"""Pages of Markdown whose files are named so that they cannot be published, for checks and builds alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from agsite import addresses, files, urls
from agsite.findings import Finding
from agsite.look import TextFile
from agsite.pages import Facts, Overview, Section

# The files of a site that no section plans, or that lie far from the others of theirs.
_FILES = (urls.ANSWER_LINES, urls.PAPER_LINES, urls.URLS, urls.REDIRECTS, urls.BUILD, urls.OPENSEARCH)


def unfit_pages(texts: Mapping[str, TextFile], sections: Sequence[Section], overview: Overview) -> Iterator[Finding]:
    """Find pages that have no address, or that of another one; `texts` are what they are made of, by address.

    Of two that want one address, the finding is about the later one.
    """
    taken = _taken(texts, sections, overview)
    for url, (path, _) in reversed([*texts.items()]):
        taken[_place(url)].remove(url)
        others = [other for place in _places(url) for other in taken[place]]
        if others:
            yield Finding.of("AG511", _in_the_way(url, others[0]), path=path)
        # Percent signs are how an address writes what it cannot hold.
        if "%" in url or not addresses.is_address(url):
            yield Finding.of("AG512", f"/{url} is no address that links and redirects can name", path=path)


def _in_the_way(url: str, other: str) -> str:
    one, two = url.rstrip("/"), other.rstrip("/")
    if one == two:
        return f"it would take the address /{other} from another page"
    if files.without_case(one) == files.without_case(two):
        return f"/{url} differs from /{other} by case alone, and would be the same file on some disks"
    return f"it would lie in /{urls.file_of(other)}, which is a file"


def _taken(texts: Collection[str], sections: Sequence[Section], overview: Overview) -> Mapping[str, list[str]]:
    """Return the addresses of all pages and files that are where a text needs a place, by these places."""
    needed = {place for url in texts for place in _places(url)}
    taken: dict[str, list[str]] = defaultdict(list)
    for url in _planned(sections, needed, overview):
        if _place(url) in needed:
            taken[_place(url)].append(url)
    return taken


def _planned(sections: Sequence[Section], needed: Collection[str], overview: Overview) -> Iterator[str]:
    """Yield the addresses of what may be in some places, in so far as there is anything to plan."""
    yield from _FILES
    # Feeds and the like take long, and names of pages hardly ever are like theirs.
    are_like_files = any("." in url for url in overview.texts)
    for section in sections:
        if section.url in overview.texts:
            yield section.url
        elif files.without_case(_goes_on_in(section)) in needed if section.url.endswith("/") else are_like_files:
            yield from {page.url for page in section.pages(Facts(overview))}


def _place(url: str) -> str:
    """Return the place of an address, which is one for all that are one file on some disks."""
    return files.without_case(urls.file_of(url))


def _places(url: str) -> list[str]:
    """Return the place of a page and those of the folders that it needs, in none of which a file may be."""
    place = _place(url)
    return [place, *(place[: slash.start()] for slash in re.finditer("/", place))]


def _goes_on_in(section: Section) -> str:
    """Return the folder in which the later pages of a section lie: branches of a thread lie beside it."""
    return (urls.MAP if section.url.startswith(urls.MAP) else section.url).rstrip("/")
