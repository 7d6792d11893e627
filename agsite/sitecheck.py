"""A built site, looked at from outside: do its links lead somewhere, is its policy in place, does it keep its budgets."""

from __future__ import annotations

import html
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from agsite.findings import Finding, in_order

# Text never holds a raw `<`, so this finds tags and nothing else.
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}
_LOADING_RELS = frozenset({"stylesheet", "icon", "preload", "modulepreload", "manifest"})

# Kilobytes of HTML: an answer's page and the pages of lists.
_ANSWER_LIMIT, _LIST_LIMIT = 45, 90


class _Page(NamedTuple):
    """What a page links to, loads and is called by; lines count from 1."""

    links: tuple[tuple[str, int], ...]
    loads: tuple[tuple[str, int], ...]
    ids: tuple[str, ...]
    policy: str
    size: int


def check_site(names: Sequence[str], read: Callable[[str], bytes], base_path: str) -> tuple[Finding, ...]:
    """Check the files of a site, given by their paths and a function that reads one; paths in findings are theirs."""
    pages = {name: _read_page(read(name)) for name in names if name.endswith(".html")}
    known = frozenset(names)
    findings = [finding for name, page in pages.items() for finding in _check_page(name, page)]
    findings += [finding for name, page in pages.items() for finding in _check_links(name, page, pages, known, base_path)]
    return in_order(findings)


def _read_page(data: bytes) -> _Page:
    text = data.decode("utf-8", "replace")
    links, loads, ids = [], [], []
    policy = ""
    line, last = 1, 0
    for tag in _TAG.finditer(text):
        line += text.count("\n", last, tag.start())
        last = tag.start()
        name = tag[1].lower()
        attributes = {key.lower(): html.unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(tag[2])}
        if "id" in attributes:
            ids.append(attributes["id"])
        links += [(attributes[key], line) for key in ("href", "action") if key in attributes]
        if _loads(name, attributes):
            loads.append((attributes.get(_LOADS[name], ""), line))
        if attributes.get("http-equiv", "").lower() == "content-security-policy":
            policy = attributes.get("content", "")
    return _Page(tuple(links), tuple(loads), tuple(ids), policy, len(data))


def _loads(name: str, attributes: Mapping[str, str]) -> bool:
    if name == "link":
        return bool(_LOADING_RELS & set(attributes.get("rel", "").split()))
    return name in _LOADS and _LOADS[name] in attributes


def _check_page(name: str, page: _Page) -> Iterator[Finding]:
    for id_, count in Counter(page.ids).items():
        if count > 1:
            yield Finding.of("AG803", f"the id “{id_}” stands there {count} times", path=name, line=1)
    if "default-src 'none'" not in page.policy or "unsafe" in page.policy:
        yield Finding.of("AG804", "the page has no strict Content-Security-Policy", path=name, line=1)
    for url, line in page.loads:
        if urlsplit(url).netloc:
            yield Finding.of("AG805", f"the page loads {url}", path=name, line=line)
    limit = _ANSWER_LIMIT if name.startswith("ask/") and name.count("/") == 2 else _LIST_LIMIT  # noqa: PLR2004 - ask/ID/index.html
    if page.size > limit * 1024:
        yield Finding.of("AG806", f"the page has {page.size / 1024:.0f} KB, more than {limit}", path=name, line=1)


def _check_links(
    name: str, page: _Page, pages: Mapping[str, _Page], known: frozenset[str], base_path: str
) -> Iterator[Finding]:
    for link, line in (*page.links, *page.loads):
        target = _target(name, link, base_path)
        if target is None:
            continue
        path, fragment = target
        if path not in known:
            yield Finding.of("AG801", f"the link {link} leads nowhere", path=name, line=line)
        elif fragment and path in pages and fragment not in pages[path].ids:
            yield Finding.of("AG802", f"the link {link} leads to a page without that place", path=name, line=line)


def _target(page: str, link: str, base_path: str) -> tuple[str, str] | None:
    """Return the file and the fragment that a link within the site leads to; None where it leads out of it."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    if path.startswith("/"):
        path = path.removeprefix(base_path)
        joined = path
    else:
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    if not joined or joined == "." or path.endswith("/"):
        joined = posixpath.join("" if joined == "." else joined, "index.html")
    return joined.lstrip("/"), unquote(parts.fragment)
