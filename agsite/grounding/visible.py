"""Text from outside, made fit to be shown to a model: one line, nothing invisible, nothing that reorders it."""

from __future__ import annotations

import re
import unicodedata

# Format characters (zero-width, bidi, tags), surrogates, private use and noncharacters mean nothing in an abstract, and
# have carried hidden instructions. Variation selectors are marks by class and can spell bytes.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]")


def as_seen(text: str, limit: int = 20_000) -> str:
    r"""Return the text as a reader sees it: on one line, without characters that nobody sees, no longer than `limit`.

    >>> as_seen("A\u200b plain\n\u202etext")
    'A plain text'
    """
    spaced = "".join(" " if character in "\t\n\r\x0b\x0c\x85\u2028\u2029" else character for character in text)
    seen = "".join(character for character in spaced if unicodedata.category(character) not in _HIDDEN)
    return " ".join(_SELECTORS.sub("", seen).split())[:limit]


def hides_something(text: str) -> bool:
    """Say whether a text holds characters that nobody sees."""
    return "".join(as_seen(text, len(text)).split()) != "".join(text.split())
