"""What the preview adds to pages: the script that reloads them, and pages of its own for what cannot be shown."""

from __future__ import annotations

import hashlib
from html import escape
from pathlib import Path

# At the root, whatever the base path of the site: that may change, and is known only when the archive has been read.
OWN = "/__agsite__/"
_FILES = ("live.js", "live.css", "news.js", "stream.js")


def own_file(name: str) -> bytes | None:
    """Return a script or a style of the preview's own."""
    return Path(__file__).with_name("browser").joinpath(name).read_bytes() if name in _FILES else None


def followed(page: bytes) -> bytes:
    """Return a page as it is published, with the script at its end that listens for news."""
    body, end, rest = page.rpartition(b"</body>")
    digest = hashlib.blake2b(page, digest_size=8).hexdigest()
    script = f'<script type="module" src="{OWN}live.js" data-page="{digest}"></script>'.encode()
    return body + script + end + rest if end else page + script


def broken(error: Exception) -> bytes:
    """Return a page that says why there is none, and waits for better."""
    return followed(_page("This page cannot be made", f"<pre>{escape(str(error))}</pre>"))


def nothing_here() -> bytes:
    """Return a page for an address without one, on a site that has none for that."""
    return followed(_page("Nothing here"))


def _page(title: str, text: str = "") -> bytes:
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    return f"{head}<body><h1>{title}</h1>{text}</body>".encode()
