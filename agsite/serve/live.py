"""What the preview adds to pages: the script that reloads them, and pages of its own for what cannot be shown."""

from __future__ import annotations

import hashlib
from html import escape
from pathlib import Path

# At the root, whatever the base path of the site: that may change, and is known only when the archive has been read.
_OWN = "/__agsite__/"
EVENTS = f"{_OWN}events"
_FILES = ("live.js", "live.css", "news.js", "page.css", "stream.js")


def own_file(path: str) -> bytes | None:
    """Return a script or a style of the preview's own; None where the path is not that of one."""
    name = path.removeprefix(_OWN)
    return Path(__file__).with_name("browser").joinpath(name).read_bytes() if name in _FILES else None


def followed(page: bytes) -> bytes:
    """Return a page as it is published, with the script at its end that listens for news."""
    body, end, rest = page.rpartition(b"</body>")
    digest = hashlib.blake2b(page, digest_size=8).hexdigest()
    script = f'<script type="module" src="{_OWN}live.js" data-page="{digest}"></script>'.encode()
    return body + script + end + rest if end else page + script


def broken(error: Exception) -> bytes:
    """Return a page that says why there is none, and waits for better."""
    return followed(_page("This page cannot be made", f"<pre>{escape(str(error))}</pre>"))


def being_read() -> bytes:
    """Return a page that stands where the site will be."""
    return followed(
        _page("The archive is being read", "<p>This page appears by itself, as soon as it can be shown.</p>")
    )


def nothing_here() -> bytes:
    """Return a page for an address without one, on a site that has none for that."""
    return followed(_page("Nothing here"))


def _page(title: str, text: str = "") -> bytes:
    head = f'''<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="{_OWN}page.css">'''
    return f"{head}<body><main><h1>{title}</h1>{text}</main></body>".encode()
