"""Pages of Markdown and redirects whose addresses leave no place for a page, for checks and builds alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from agsite import addresses, files, urls
from agsite.addresses import Redirect
from agsite.findings import Finding
from agsite.look import TextFile
from agsite.pages import Facts, Overview, Section

# The files of a site that no section plans, or that lie far from the others of theirs.
_FILES = (
    *(urls.ANSWER_LINES, urls.PAPER_LINES, urls.URLS, urls.REDIRECTS, urls.BUILD, urls.OPENSEARCH, urls.NOT_FOUND),
    urls.SEARCH_FILES,
)
# How these files, and those that sections plan, end; assets may have any name.
_ENDINGS = (".bib", ".html", ".json", ".jsonl", ".md", ".png", ".ris", ".txt", ".xml", urls.REDIRECTS)


class Planned(NamedTuple):
    """What a site is to have, as far as it is known before pages are planned: sections, and the names of assets."""

    sections: Sequence[Section]
    assets: Collection[str]
    overview: Overview


def unfit(texts: Mapping[str, TextFile], rules: Mapping[str, Redirect], planned: Planned) -> Iterator[Finding]:
    """Find pages and redirects that have no place; `texts` are what pages are made of, by address."""
    yield from _unfit_pages(texts, planned) if texts else ()
    yield from _unfit_redirects(rules, planned)


def _unfit_pages(texts: Mapping[str, TextFile], planned: Planned) -> Iterator[Finding]:
    """Find pages that have no address, or that of another one; of two, the finding is about the later one."""
    taken = _taken(texts, planned)
    for url, (path, _) in reversed([*texts.items()]):
        taken[_place(url)].remove(url)
        others = [other for place in _places(url) for other in taken[place]]
        if others:
            yield Finding.of("AG511", _in_the_way(url, others[0]), path=path)
        # Percent signs are how an address writes what it cannot hold.
        if "%" in url or not addresses.is_address(url):
            yield Finding.of("AG512", f"/{url} is no address that links and redirects can name", path=path)


def _unfit_redirects(rules: Mapping[str, Redirect], planned: Planned) -> Iterator[Finding]:
    """Find redirects of which the page that leads on would lie in a file."""
    moves = {url: rule for url, rule in rules.items() if rule.target is not None and _may_lie_in_file(url)}
    taken = _taken(moves, planned) if moves else {}
    for url, rule in moves.items():
        others = [other for place in _places(url)[1:] for other in taken.get(place, ())]
        if others:
            message = f"/{url} would lie in /{urls.file_of(others[0])}, which is a file"
            yield Finding.of("AG606", message, path=rule.path, line=rule.line, help="Delete the line.")


def _may_lie_in_file(url: str) -> bool:
    """Say whether a page could lie in a file: most redirects are of pages that nothing has to be planned for."""
    folders = _places(url)[1:] if url.endswith("/") else ()
    return any(folder.endswith(_ENDINGS) or folder.startswith(urls.asset("")) for folder in folders)


def _in_the_way(url: str, other: str) -> str:
    one, two = url.rstrip("/"), other.rstrip("/")
    if one == two:
        return f"it would take the address /{other} from another page"
    if files.without_case(one) == files.without_case(two):
        return f"/{url} differs from /{other} by case alone, and would be the same file on some disks"
    return f"it would lie in /{urls.file_of(other)}, which is a file"


def _taken(wanted: Collection[str], planned: Planned) -> Mapping[str, list[str]]:
    """Return the addresses of all pages and files that are where one of the wanted needs a place, by these places."""
    needed = {place for url in wanted for place in _places(url)}
    taken: dict[str, list[str]] = defaultdict(list)
    for url in _planned(planned, needed):
        if _place(url) in needed:
            taken[_place(url)].append(url)
    return taken


def _planned(planned: Planned, needed: Collection[str]) -> Iterator[str]:
    """Yield the addresses of what may be in some places, in so far as there is anything to plan."""
    yield from _FILES
    yield from (urls.of_file(urls.asset(name)) for name in planned.assets)
    # Feeds and the like take long, and names of pages hardly ever are like theirs.
    are_like_files = any(place.endswith(_ENDINGS) and not place.endswith(urls.file_of("/")) for place in needed)
    for section in planned.sections:
        if section.url in planned.overview.texts:
            yield section.url
        elif files.without_case(_goes_on_in(section)) in needed if section.url.endswith("/") else are_like_files:
            yield from {page.url for page in section.pages(Facts(planned.overview))}


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
