"""What a published text must not hold: characters that hide or reorder text, and what looks like a key."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from agsite.findings import Finding

UNSEEN = "\ufdd0-\ufdef\U000e0000-\U000e007f" + "".join(
    chr(plane << 16 | tail) for plane in range(17) for tail in (0xFFFE, 0xFFFF)
)
"""Noncharacters and tag characters, as ranges of a pattern."""

FORBIDDEN = f"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff{UNSEEN}"
"""Controls (tab and line feed excepted), line ends other than LF, bidi overrides and isolates, tag characters (which
can carry a hidden prompt), a byte order mark inside, surrogates and noncharacters, as ranges of a pattern."""

ZERO_WIDTH = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064"
"""What may stand in a text and nobody sees: web pages hold these as places for a line break, and copies of them too."""

# Forms of a character that only an ideograph has: behind anything else they show nothing, and each can stand for a byte
# of a hidden prompt. So can rows of whatever is not seen; emoji and copies of web pages have fewer of them together.
_FORMS = "\U000e0100-\U000e01ef"
_IDEOGRAPH = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NOT_SEEN = f"{ZERO_WIDTH}{_FORMS}\ufe00-\ufe0f\u115f\u1160\u3164\uffa0\u17b4\u17b5\u180b-\u180f\u2065-\u206f"
_ROW = 5

HIDING = re.compile(f"[{_NOT_SEEN}]{{{_ROW},}}|(?<![{_IDEOGRAPH}])[{_FORMS}]")
"""What is not seen, where nobody would write it."""

_FORBIDDEN = re.compile(f"[{FORBIDDEN}]|{HIDING.pattern}")
_MAY_HIDE = re.compile(f"[{_FORMS}]|[{_NOT_SEEN}]{{{_ROW}}}")

# Markdown can spell any character in ASCII: what is not seen may stand so beside others that are written as they are.
_REFERENCE = re.compile("&#?[0-9A-Za-z]{1,31};")
_SPELT = re.compile(rf"(?:{_REFERENCE.pattern}|[{_NOT_SEEN}])+")

_PLAIN_ASCII = b"\t\n" + bytes(range(0x20, 0x7F))

# Unicode has no names for controls.
_CONTROLS = {
    "\x00": "NUL",
    "\t": "TAB",
    "\x0b": "VERTICAL TAB",
    "\x0c": "FORM FEED",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
}

# Shapes of credentials that people paste by mistake; what matched is never repeated in a message. Each holds one of the
# marks or the tail, which are looked for first, because that is much quicker.
_KEY_MARKS = (b"sk-ant-", b"AKIA", b"-----BEGIN ", b"@")
_KEY_TAIL = re.compile(r"_[A-Za-z0-9_]{22}")
_KEY_LIKE = re.compile(
    r"sk-ant-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}"
    r"|AKIA[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|(?<=://)[^\s\"'<>/?#@:]{1,80}:[^\s\"'<>/?#@]{1,200}@"
)


CODES = frozenset({"AG104", "AG142"})
"""The codes of findings about suspects, in whatever file they stand."""


class Suspect(NamedTuple):
    """A stretch of text that may not be published: the code of its rule, where it starts, and what it is."""

    code: str
    offset: int
    message: str


def suspects(text: str, data: bytes | None = None) -> list[Suspect]:
    """Return what may not be published: forbidden characters, and what looks like a key; `data` is it as UTF-8."""
    data = text.encode("utf-8", "surrogatepass") if data is None else data
    found = []
    if _may_have_forbidden(data):
        found += [
            Suspect("AG104", match.start(), f"{_described(match[0])} may not stand here")
            for match in _FORBIDDEN.finditer(text)
        ]
    if _REFERENCE.search(text):
        found += _spelt(text)
    if any(map(data.__contains__, _KEY_MARKS)) or _KEY_TAIL.search(text):
        message = "this looks like a key or a password"
        found += [Suspect("AG142", match.start(), message) for match in _KEY_LIKE.finditer(text)]
    return found


def _spelt(text: str) -> Iterator[Suspect]:
    """Find what may not stand in a text and would, once `&#x202E;` or `&zwj;` are the characters that they spell."""
    for match in _SPELT.finditer(text):
        hidden = _FORBIDDEN.search(html.unescape(match[0])) if "&" in match[0] else None
        if hidden:
            yield Suspect("AG104", match.start(), f"{_described(hidden[0])} may not be spelt here either")


def located(text: str, found: Iterable[Suspect], path: str = "") -> Iterator[Finding]:
    """Return the finding for each suspect stretch of a text, with its line and column."""
    line, start, seen = 1, 0, 0
    for code, offset, message in sorted(found, key=lambda suspect: suspect.offset):
        # Counted on from the one before: a binary file has a hundred thousand of them.
        line += text.count("\n", seen, offset)
        start = text.rfind("\n", seen, offset) + 1 or start
        seen = offset
        yield Finding.of(code, message, path=path, line=line, column=offset - start + 1)


def _may_have_forbidden(data: bytes) -> bool:
    # Nearly all of a text is plain ASCII, and deleting that takes a tenth of the time of the search.
    rest = data.translate(None, _PLAIN_ASCII).decode("utf-8", "surrogatepass")
    # Nothing else that is forbidden is printable, though a few harmless characters are not either, such as thin spaces.
    return _MAY_HIDE.search(rest) is not None or (not rest.isprintable() and _FORBIDDEN.search(rest) is not None)


def _described(chars: str) -> str:
    row = f", one of {len(chars)} unseen in a row," if len(chars) > 1 else ""
    return f"{named(chars[0])}{row}"


def named(char: str) -> str:
    """Return number and name of a character, as a finding tells of one that cannot be seen."""
    return f"U+{ord(char):04X} ({_name(char)})"


def _name(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        return "half of a character"
    return _CONTROLS.get(char, unicodedata.name(char, "a control or a noncharacter"))
