"""Which addresses a text may link to: http, https, mailto, places within the site; all others are shown as text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from agsite.markup.opaque import cover_verbatim

_SAFE = re.compile(
    r"https?://[^/\s\\]|mailto:[^\s]+@|#|\.{0,2}/(?![/\\])|[^:/?#\\\s]+(?:[/?#]|$)",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

_INLINE = r"(?<!\\)\]\(\s*(?:<(?P<pointed>[^<>\n]+)>|(?P<plain>[^\s()<]+(?:\([^\s()]*\)[^\s()]*)*))"
_AUTOMATIC = r"(?<!\\)<(?P<auto>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>"
_ADDRESS = re.compile(f"{_INLINE}|{_AUTOMATIC}")


_HOST = re.compile(r"(?:https?://|mailto:[^?]*@)([^/?#]*)", re.IGNORECASE)
_PLAIN_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")


def is_safe(address: str) -> bool:
    """Say whether a text may link to the address: an allow list, so that a scheme nobody thought of is refused."""
    return bool(_SAFE.match(address))


def leaves_site(address: str) -> bool:
    """Say whether the address names a scheme of its own."""
    return bool(_OUTSIDE.match(address))


def find_links(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, address) of the links of a text."""
    covered = cover_verbatim(text)
    for match in _ADDRESS.finditer(text):
        if match.start() not in covered:
            yield match.start(match.lastgroup or 0), match["pointed"] or match["plain"] or match["auto"]


def refused_links(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, address) of the links of a text that are shown as text, because of where they lead."""
    for offset, address in find_links(text):
        # As markdown-it does before it asks.
        if not is_safe(html.unescape(address).replace("\\", "%5C")):
            yield offset, address


def hidden_host(address: str) -> str | None:
    """Return the host that a link leads to, in ASCII, where the address does not plainly say so; None where it does.

    It may have another host before an @, letters of another script, signs that look like its dots and slashes, or
    percent signs.
    """
    written = _HOST.match(html.unescape(_ESCAPE.sub("", address)))
    if written is None or _PLAIN_HOST.fullmatch(written[1]):
        return None
    from markdown_it.common.normalize_url import normalizeLink

    return urlsplit(normalizeLink(f"https://{unquote(written[1].rpartition('@')[2])}/")).netloc


def shown(address: str) -> str:
    """Return the text of a link that is its own address: as written, or normalised where that hides its host."""
    if hidden_host(address) is None:
        return address
    from markdown_it.common.normalize_url import normalizeLink

    return normalizeLink(address)
