"""Quotes around a text that YAML would otherwise not take for one."""

from __future__ import annotations

import json

_LONGEST_EXAMPLE = 120
_TYPOGRAPHIC = frozenset(map(tuple, ("“”", "””", "„“", "„”", "‘’", "’’", "\u201a‘", "«»", "»«")))


def in_quotes(text: str) -> str:
    """Write a text in quotes, of a kind that does not stand in it where there is one."""
    return f"'{text}'" if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)


def advice(what: str, lead: str, text: str) -> str:
    """Advise quotes around the whole of a text, and show them where it is short; typographic ones give way to them.

    >>> advice("title", "title: ", "“Soup, Hot”")
    '“ and ” are typographic quotes; put plain ones in their place: title: "Soup, Hot".'
    """
    inner = text[1:-1]
    if (text[:1], text[-1:]) in _TYPOGRAPHIC and text[0] not in inner and text[-1] not in inner:
        return with_line(
            f"{text[0]} and {text[-1]} are typographic quotes; put plain ones in their place", lead + in_quotes(inner)
        )
    return with_line(f"Put quotes around the whole {what}", lead + in_quotes(text))


def with_line(what: str, line: str) -> str:
    """Return the advice with what to write, where that is short."""
    return f"{what}: {line}." if 0 < len(line) <= _LONGEST_EXAMPLE else f"{what}."
