"""Texts cut to a length for where there is little room."""

from __future__ import annotations


def cut(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters, at a word if one ends there, with an ellipsis for what is missing."""
    if len(text) <= limit:
        return text
    end = text.rfind(" ", 0, limit)
    return text[: end if end > 0 else limit - 1].rstrip(" ,;:.·–—-") + "…"


def clip(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters, wherever that is, with an ellipsis for what is missing.

    >>> clip("spoons", 6), clip("spoons", 5)
    ('spoons', 'spoo…')
    """
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def quoted(text: str, limit: int = 80) -> str:
    """Return a text as a message quotes it: between quote marks, on one line, and cut where it is long."""
    return f"“{clip(' '.join(text.split()), limit)}”"
