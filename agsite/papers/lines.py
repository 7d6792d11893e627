"""Clean text on one line, as which every field of a bibliography is read."""

from __future__ import annotations

import re
import unicodedata

from agsite.suspects import HIDING, UNSEEN

_UNWANTED = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls; those that are white space become a space below
    "\ud800-\udfff"  # lone surrogates, which UTF-8 cannot hold
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of the text around them
    "\ufeff"  # the byte order mark
    f"{UNSEEN}]"
)


def one_line(text: str) -> str:
    r"""Return the text in NFC on one line: runs of space are one space, and what cannot be seen is gone.

    >>> one_line("Jets and\n  showers")
    'Jets and showers'
    """
    plain = _UNWANTED.sub("", text if text.isascii() else unicodedata.normalize("NFC", text))
    return " ".join((plain if plain.isascii() else HIDING.sub("", plain)).split())
