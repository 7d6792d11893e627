"""The gate for bytes: strict UTF-8, a bounded size, and no character that hides text or reorders it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from agsite.answerfile.limits import MAX_BYTES
from agsite.findings import Finding

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

# Controls (tab and line feed excepted), line ends other than LF, bidi overrides and isolates, tag characters (which can
# carry a hidden prompt), a byte order mark inside, surrogates and noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef"
    + "\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | tail) for plane in range(17) for tail in (0xFFFE, 0xFFFF))
    + "]"
)

_PLAIN_ASCII = b"\t\n" + bytes(range(0x20, 0x7F))

# Unicode has no names for controls.
_CONTROLS = {
    "\x00": "NUL",
    "\x0b": "VERTICAL TAB",
    "\x0c": "FORM FEED",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
}

# Shapes of credentials that people paste by mistake; what matched is never repeated in a message. Each holds one of the
# marks or the tail, which are looked for first, because that is much quicker.
_KEY_MARKS = (b"sk-ant-", b"AKIA", b"-----BEGIN ")
_KEY_TAIL = re.compile(r"_[A-Za-z0-9_]{22}")
_KEY_LIKE = re.compile(
    r"sk-ant-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}"
    r"|AKIA[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY"
)


class Suspect(NamedTuple):
    """A stretch of text that may not be published: the code of its rule, where it starts, and what it is."""

    code: str
    offset: int
    message: str


def decode(data: bytes) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the text with LF line ends, or None and why not; marks and line ends that do no harm are notes."""
    if len(data) > MAX_BYTES:
        return None, (Finding.of("AG101", f"the file has {len(data):,} bytes, more than {MAX_BYTES:,}", line=1),)
    notes: list[Finding] = []
    if data.startswith(_BOM):
        data = data[len(_BOM) :]
        notes.append(Finding.of("AG105", "the file starts with a byte order mark", line=1, column=1))
    if not data.strip():
        return None, (*notes, Finding.of("AG103", "the file is empty", line=1))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (*notes, _not_utf8(data, error))
    if "\r" in text and "\r\n" in text:
        text = text.replace("\r\n", "\n")
        notes.append(Finding.of("AG106", "lines end with CR LF", line=1))
    errors = tuple(_located(text, _suspects(text, data)))
    return (None if errors else text), (*notes, *errors)


def suspects(text: str) -> list[Suspect]:
    """Return what may not be published: forbidden characters, and what looks like a key."""
    return _suspects(text, text.encode("utf-8", "surrogatepass"))


def _suspects(text: str, data: bytes) -> list[Suspect]:
    found = []
    if _may_have_forbidden(data):
        found += [
            Suspect("AG104", match.start(), f"U+{ord(match[0]):04X} ({_name(match[0])}) may not stand here")
            for match in _FORBIDDEN.finditer(text)
        ]
    if any(map(data.__contains__, _KEY_MARKS)) or _KEY_TAIL.search(text):
        message = "this looks like a key or a password"
        found += [Suspect("AG142", match.start(), message) for match in _KEY_LIKE.finditer(text)]
    return found


def _may_have_forbidden(data: bytes) -> bool:
    # Nearly all of a text is plain ASCII, and deleting that takes a tenth of the time of the search.
    rest = data.translate(None, _PLAIN_ASCII).decode("utf-8", "surrogatepass")
    # Nothing forbidden is printable, though a few harmless characters are not either, such as thin spaces.
    return not rest.isprintable() and _FORBIDDEN.search(rest) is not None


def _name(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        return "half of a character"
    return _CONTROLS.get(char, unicodedata.name(char, "a control or a noncharacter"))


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Finding:
    before = data[: error.start]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    if data.startswith(_UTF_16):
        what = "the file is UTF-16"
    elif error.reason == "unexpected end of data":
        what = "the file stops in the middle of a character; it may be cut off"
    else:
        what = f"the byte 0x{data[error.start]:02X} is not UTF-8"
    return Finding.of("AG102", what, line=line, column=column)


def _located(text: str, found: list[Suspect]) -> Iterator[Finding]:
    line, start, seen = 1, 0, 0
    for code, offset, message in sorted(found, key=lambda suspect: suspect.offset):
        # Counted on from the one before: a binary file has a hundred thousand of them.
        line += text.count("\n", seen, offset)
        start = text.rfind("\n", seen, offset) + 1 or start
        seen = offset
        yield Finding.of(code, message, line=line, column=offset - start + 1)
