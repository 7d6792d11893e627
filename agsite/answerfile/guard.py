"""The gate for bytes: strict UTF-8, a bounded size, and no character that hides text or reorders it."""

from __future__ import annotations

import re
import unicodedata

from agsite.findings import Finding

MAX_BYTES = 256 * 1024

_MAX_REPORTED = 20

# Controls (tab and line feed excepted), line ends other than LF, bidi overrides and isolates, tag characters (which can
# carry a hidden prompt), a byte order mark inside, surrogates and noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | tail) for plane in range(17) for tail in (0xFFFE, 0xFFFF))
    + "]"
)

# Shapes of credentials that people paste by mistake; what matched is never repeated in a message.
_KEY_LIKE = re.compile(r"sk-ant-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY")


def decode(data: bytes) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the text with LF line ends, or None and why not; marks and line ends that do no harm are notes."""
    if len(data) > MAX_BYTES:
        return None, (Finding.of("AG101", f"the file has {len(data):,} bytes, more than {MAX_BYTES:,}"),)
    if not data.strip():
        return None, (Finding.of("AG103", "the file is empty", line=1),)
    notes: list[Finding] = []
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        notes.append(Finding.of("AG105", "the file starts with a byte order mark", line=1, column=1))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (*notes, _not_utf8(data, error))
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
        notes.append(Finding.of("AG106", "lines end with CR LF", line=1))
    errors = _forbidden_characters(text)
    return (None if errors else text), (*notes, *errors)


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Finding:
    before = data[: error.start]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    what = "stops in the middle of a character" if error.end >= len(data) else f"byte 0x{data[error.start]:02x} is no UTF-8"
    return Finding.of("AG102", what, line=line, column=column)


def _forbidden_characters(text: str) -> list[Finding]:
    found = []
    # Nothing forbidden is printable, and asking that is fifty times quicker than the search.
    suspicious = not text.replace("\n", "").replace("\t", "").isprintable()
    for match in [*_FORBIDDEN.finditer(text)][:_MAX_REPORTED] if suspicious else ():
        line, column = _position(text, match.start())
        name = unicodedata.name(match[0], "a control or noncharacter")
        found.append(Finding.of("AG104", f"U+{ord(match[0]):04X} ({name}) may not stand here", line=line, column=column))
    for match in _KEY_LIKE.finditer(text):
        line, column = _position(text, match.start())
        found.append(Finding.of("AG142", "this looks like a key or a password", line=line, column=column))
    return found


def _position(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
