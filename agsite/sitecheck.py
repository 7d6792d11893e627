"""A built site, looked at from outside: do its links lead somewhere, is its policy strict, is it light enough."""

from __future__ import annotations

import html
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from agsite import urls
from agsite.findings import Finding, in_order

# Text never holds a raw `<`, so this finds tags and nothing else.
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_NAME = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")
_ATTRIBUTE = re.compile(r"\s([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_LOADS = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "object": "data",
    "embed": "src",
}
_LOADING_RELS = frozenset({"stylesheet", "icon", "preload", "modulepreload", "manifest"})

_KILOBYTE = 1024
# Of HTML: an answer's page and the pages of lists. Of what a page loads before it can be read, by kind.
_ANSWER_LIMIT, _LIST_LIMIT = 45, 90
_LOAD_LIMITS = {".css": 20, ".js": 8, ".woff2": 100}

_ANSWER = re.compile(rf"{urls.ANSWERS}[^/]+/index\.html")


class Tag(NamedTuple):
    """The links of a tag, what it loads, its id, and the policy that it sets; most tags have none of these."""

    links: tuple[str, ...]
    load: str | None
    id: str | None
    policy: str | None


class Target(NamedTuple):
    """The file of the site that a link leads to, and the place in it."""

    path: str
    fragment: str


class Site:
    """The files of a site by their paths, and a function that reads one."""

    def __init__(self, names: Sequence[str], read: Callable[[str], bytes], base_path: str) -> None:
        self.names = names
        self.known = frozenset(names)
        self.read = read
        # As links are once they are read: those of a name in another script are percent-encoded.
        self.base_path = unquote(base_path)
        self.sizes: dict[str, int] = {}
        # The same links stand on every page of a folder, so each is resolved once for it.
        self.target = lru_cache(maxsize=1 << 17)(self._target)

    def _target(self, folder: str, link: str) -> Target | None:
        """Return where a link in a page of a folder leads to; None where it leads out of the site."""
        try:
            parts = urlsplit(link)
        except ValueError:
            return None
        if parts.scheme or parts.netloc:
            return None
        path = unquote(parts.path)
        if path.startswith("/") and not path.startswith(self.base_path):
            # It stays a path from the host's root, which no file of the site has.
            return Target(path, unquote(parts.fragment))
        joined = path.removeprefix(self.base_path) if path.startswith("/") else posixpath.join(folder, path)
        joined = posixpath.normpath(joined).lstrip("/") if joined else ""
        if joined == "." or path.endswith(("/", "/.", "/..")) or path in {".", ".."}:
            joined = posixpath.join("" if joined == "." else joined, "index.html")
        return Target(joined or "index.html", unquote(parts.fragment))

    def size(self, name: str) -> int:
        """Return how many bytes a file has."""
        if name not in self.sizes:
            self.sizes[name] = len(self.read(name)) if name in self.known else 0
        return self.sizes[name]


class Page:
    """A page: the links, loads, ids and policy that its tags hold."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.folder = posixpath.dirname(name)
        self.size = len(data)
        self.text = data.decode("utf-8", "replace")
        tags = [(_read_tag(match[0]), match.start()) for match in _TAG.finditer(self.text)]
        telling = [(tag, offset) for tag, offset in tags if tag is not None]
        self.links = [(link, offset) for tag, offset in telling for link in tag.links]
        self.loads = [(tag.load, offset) for tag, offset in telling if tag.load is not None]
        self.ids = tuple(tag.id for tag, _ in telling if tag.id is not None)
        self.policy = next((tag.policy for tag, _ in telling if tag.policy is not None), "")

    def finding(self, code: str, message: str, offset: int = 0) -> Finding:
        """Return a finding in this page, with the line of an offset of its text."""
        return Finding.of(code, message, path=self.name, line=self.text.count("\n", 0, offset) + 1)


def check_site(names: Sequence[str], read: Callable[[str], bytes], base_path: str) -> tuple[Finding, ...]:
    """Check the files of a site, given by their paths and a function that reads one; paths in findings are theirs."""
    site = Site(names, read, base_path)
    ids: dict[str, tuple[str, ...]] = {}
    places: dict[Target, list[Finding]] = {}
    findings: list[Finding] = []
    loads: dict[tuple[str, ...], str] = {}
    for name in names:
        if not name.endswith(".html"):
            continue
        page = Page(name, read(name))
        ids[name] = page.ids
        findings += _check_page(page)
        findings += _check_links(page, site, places)
        loads.setdefault(_local_loads(page, site), name)
    findings += _check_places(places, ids)
    findings += _check_weights(loads, site)
    return in_order(findings)


@lru_cache(maxsize=1 << 17)
def _read_tag(text: str) -> Tag | None:
    """Read a tag; None where it has nothing that matters here."""
    named = _NAME.match(text)
    name = named[1].lower() if named else ""
    attributes = {key.lower(): html.unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(text)}
    links = tuple(attributes[key] for key in ("href", "action") if key in attributes)
    load = attributes.get(_LOADS[name]) if _is_load(name, attributes) else None
    policy = (
        attributes.get("content") if attributes.get("http-equiv", "").lower() == "content-security-policy" else None
    )
    tag = Tag(links, load, attributes.get("id"), policy)
    return tag if tag != _NOTHING else None


_NOTHING = Tag((), None, None, None)


def _is_load(name: str, attributes: dict[str, str]) -> bool:
    if name == "link":
        return bool(_LOADING_RELS & set(attributes.get("rel", "").split()))
    return name in _LOADS


def _check_page(page: Page) -> Iterator[Finding]:
    if len(set(page.ids)) < len(page.ids):
        for id_, count in Counter(page.ids).items():
            if count > 1:
                yield page.finding("AG803", f"the id “{id_}” stands there {count} times")
    if "default-src 'none'" not in page.policy or "unsafe" in page.policy:
        yield page.finding("AG804", "the page has no strict Content-Security-Policy")
    for url, offset in page.loads:
        if "//" in url and urlsplit(url).netloc:
            yield page.finding("AG805", f"the page loads {url}", offset)
    limit = _ANSWER_LIMIT if _ANSWER.fullmatch(page.name) else _LIST_LIMIT
    if page.size > limit * _KILOBYTE:
        yield page.finding("AG806", f"the page has {page.size / _KILOBYTE:.0f} KB, more than {limit}")


def _check_links(page: Page, site: Site, places: dict[Target, list[Finding]]) -> Iterator[Finding]:
    """Yield what leads nowhere; links to a place in a page wait in `places` until all pages are read."""
    for link, offset in (*page.links, *page.loads):
        target = _here(page, link) if link.startswith("#") or not link else site.target(page.folder, link)
        if target is None:
            continue
        if target.path not in site.known:
            outside = f": the site is at {site.base_path}" if target.path.startswith("/") else ""
            yield page.finding("AG801", f"the link {link} leads nowhere{outside}", offset)
        elif target.fragment and target.path == page.name and target.fragment not in page.ids:
            yield page.finding("AG802", f"the link {link} leads to a place that the page does not have", offset)
        elif target.fragment and target.path != page.name:
            waiting = places.setdefault(target, [])
            if not waiting:
                waiting.append(page.finding("AG802", f"the link {link} leads to a page without that place", offset))


def _here(page: Page, link: str) -> Target:
    return Target(page.name, unquote(link[1:]))


def _check_places(places: dict[Target, list[Finding]], ids: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    for target, waiting in places.items():
        if target.path in ids and target.fragment not in ids[target.path]:
            yield from waiting


def _local_loads(page: Page, site: Site) -> tuple[str, ...]:
    targets = (site.target(page.folder, url) for url, _ in page.loads)
    return tuple(sorted({target.path for target in targets if target is not None}))


def _check_weights(loads: dict[tuple[str, ...], str], site: Site) -> Iterator[Finding]:
    """Check what pages load; pages that load the same are one. Search is a program, not a page to read."""
    for paths, name in loads.items():
        for suffix, limit in _LOAD_LIMITS.items() if not name.startswith(urls.SEARCH) else ():
            size = sum(site.size(path) for path in paths if path.endswith(suffix))
            if size > limit * _KILOBYTE:
                message = f"the page loads {size / _KILOBYTE:.1f} KB of {suffix} files, more than {limit}"
                yield Finding.of("AG806", message, path=name, line=1, help="Cut the files in site_src/ down.")
