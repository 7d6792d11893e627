"""A built site as tests look at it: its pages, the ids in them, and where their links lead."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "path",
        "rect",
        "line",
        "circle",
        "use",
    ]
)


@dataclass
class Seen(HTMLParser):
    """What stands in a page: tags with attributes, ids, links, text, and tags that do not match."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_startendtag(self, tag, attrs):
        self._see(tag, attrs)

    def handle_starttag(self, tag, attrs):
        self._see(tag, attrs)
        if tag not in VOID:
            self.stack.append(tag)

    def _see(self, tag, attrs):
        values = {key: value or "" for key, value in attrs}
        self.tags.append((tag, values))
        if "id" in values:
            self.ids.append(values["id"])
        self.links += [values[key] for key in ("href", "src", "action") if key in values]

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        self.text.append(data)

    def find(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """The attributes of every such tag; `class_` matches one of the classes."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            values
            for name, values in self.tags
            if name == tag
            and all(
                value in values.get(key, "").split() if key == "class" else values.get(key) == value
                for key, value in wanted.items()
            )
        ]


def see(path: Path) -> Seen:
    """Read a page."""
    seen = Seen()
    seen.feed(path.read_text(encoding="utf-8"))
    seen.close()
    return seen


def pages(site: Path) -> dict[str, Seen]:
    """Every HTML page of a site by its path."""
    return {path.relative_to(site).as_posix(): see(path) for path in sorted(site.rglob("*.html"))}


def broken_links(site: Path, base_path: str = "/") -> list[str]:
    """Every link within the site that leads nowhere, fragments included."""
    found = pages(site)
    broken = []
    for name, page in found.items():
        for link in page.links:
            target = _target(name, link, base_path)
            if target is None:
                continue
            path, fragment = target
            if not (site / path).is_file():
                broken.append(f"{name}: {link}")
            elif fragment and path in found and fragment not in found[path].ids:
                broken.append(f"{name}: {link}: no such id")
    return broken


def _target(page: str, link: str, base_path: str) -> tuple[str, str] | None:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    if path.startswith("/"):
        assert path.startswith(base_path), f"{page} links outside the site: {link}"
        joined = path[len(base_path) :]
    else:
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        joined = "" if joined == "." else joined
    assert not joined.startswith(".."), f"{page} links outside the site: {link}"
    if path.endswith("/") or path in {".", ".."} or not joined:
        joined = posixpath.join(joined, "index.html")
    return joined, unquote(parts.fragment)
