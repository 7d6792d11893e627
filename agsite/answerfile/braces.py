"""A source on one line that lacks a brace around its fields: the line as it was meant."""

from __future__ import annotations

import re

from agsite.answerfile.quotes import in_quotes

_NAME = r"[\"']?(id|category|title|similarity)[\"']? *:(?: +|$)"
_FIELD = re.compile(rf"(?:\A|[,;] *){_NAME}")
_START = re.compile(rf"( *)(?:- *)?(?=[(\[{{]? *{_NAME})")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_MEANT_IN_BRACES = re.compile(r"[,\[\]{}?]|: |\A[\"'&*!|>%@`-]")


def braced(lines: list[str], number: int) -> tuple[int, str] | None:
    """Return where the fields of a source on one line start, and that line with braces around them.

    None where the line holds no two such fields; the line is empty where a comment may end it, or the next one goes on.

    >>> braced(["  - id: AG-2025.03-1, title: Soup}"], 0)
    (4, '  - {id: AG-2025.03-1, title: Soup}')
    """
    start = _START.match(lines[number])
    if start is None:
        return None
    text = _without_brackets(lines[number][start.end() :].strip())
    fields = list(_FIELD.finditer(text))
    if len(fields) < 2:
        return None
    ends = [field.start() for field in fields[1:]] + [len(text)]
    pairs = [f"{field[1]}: {_value(text[field.end() : end])}" for field, end in zip(fields, ends, strict=True)]
    meant = f"{start[1] or '  '}- {{{', '.join(pairs)}}}"
    return start.end(), "" if " #" in text or _goes_on(lines, number) else meant


def _without_brackets(text: str) -> str:
    """Take off a bracket or a brace at the start, and one at the end to which none belongs then."""
    text = text[1:].lstrip() if text[:1] in _PAIRS.values() else text
    opening = _PAIRS.get(text[-1:])
    return text[:-1].rstrip() if opening and text.count(text[-1]) > text.count(opening) else text


def _value(text: str) -> str:
    text = text.strip(" ,;")
    is_plain = text[:1] + text[-1:] in {'""', "''"} or not _MEANT_IN_BRACES.search(text)
    return text if is_plain else in_quotes(text)


def _goes_on(lines: list[str], number: int) -> bool:
    """Say whether the next line is indented further than this one, and so belongs to the same item."""
    here, below = lines[number], lines[number + 1] if number + 1 < len(lines) else ""
    return len(below) - len(below.lstrip()) > len(here) - len(here.lstrip())
