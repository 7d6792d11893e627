"""Line breaks that a writer asked for: a line that ends in two spaces or in a backslash, with another below."""

from __future__ import annotations

import re

from agsite.markup.opaque import cover_verbatim

_SPACES, _BACKSLASH = "  \n", "\\\n"
# Two backslashes are a sign, and no break.
_BREAK = re.compile(r"(?<! ) {2,}+\n|(?<!\\)(?:\\\\)*+(?P<backslash>\\\n)")


def has_breaks(text: str) -> bool:
    """Say whether a text may hold line breaks; nearly none does."""
    return _SPACES in text or _BACKSLASH in text


def with_breaks(text: str, sign: str) -> str:
    """Return the text, as long as it was, with space and a sign for each break that is not in code or a formula."""
    if not has_breaks(text):
        return text
    covered = cover_verbatim(text)
    pieces, last = [], 0
    for match in _BREAK.finditer(text):
        start, end = match.span("backslash" if match["backslash"] else 0)
        if start not in covered:
            pieces += [text[last:start], " " * (end - start - 1), sign]
            last = end
    return "".join([*pieces, text[last:]])
