"""The gate for bytes: strict UTF-8, a bounded size, no character that hides text or reorders it, and no conflict."""

from __future__ import annotations

import re

from agsite.answerfile.limits import MAX_BYTES
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.suspects import Suspect, located, suspects

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# How files begin that people rename in the hope that their text is read.
_OTHERS = {b"%PDF-": "a PDF", b"PK\x03\x04": "a packed file, as those of Word are,"}

# What git writes into a file where two versions of it differ. The marks in the middle may be a heading's or a table's.
_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?= |$).*", re.MULTILINE)
_CONFLICT_ENDS = ("<" * 7, ">" * 7)


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
    text, wrong = as_utf_8(data)
    if text is None:
        return None, (*notes, *wrong)
    if "\r" in text and "\r\n" in text:
        text = text.replace("\r\n", "\n")
        notes.append(Finding.of("AG106", "lines end with CR LF", line=1))
    errors = tuple(located(text, suspects(text, data) + _conflicts(text)))
    return (None if errors else text), (*notes, *errors)


def as_utf_8(data: bytes) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the text that the bytes of any file spell, or None and why they spell none."""
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return None, (_not_utf8(data, error),)


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Finding:
    if kind := _binary(data):
        help_ = "Save its text as UTF-8, from the program that it was written with."
        return Finding.of("AG102", f"the file is {kind} and no text", line=1, column=1, help=help_)
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


def _binary(data: bytes) -> str | None:
    """Say what bytes are that were never meant as text; None where they may have been."""
    kind = next((kind for start, kind in _OTHERS.items() if data.startswith(start)), None)
    return kind or ("binary" if b"\0" in data and not data.startswith(_UTF_16) else None)


def _conflicts(text: str) -> list[Suspect]:
    """Return git's marks of a conflict, one of which is an outer one."""
    marks = list(_CONFLICT.finditer(text)) if any(map(text.__contains__, _CONFLICT_ENDS)) else []
    if not any(mark[0].startswith(_CONFLICT_ENDS) for mark in marks):
        return []
    return [Suspect("AG143", mark.start(), f"{quoted(mark[0])} is git's mark of a conflict") for mark in marks]
