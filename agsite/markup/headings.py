"""Headings: levels that never skip one, and anchors that no two of a page share."""

from __future__ import annotations

import re

from agsite.ids import slug

# Ids of parts of the pages that show texts, and of what their scripts look for.
_TAKEN = frozenset(
    {
        *("main", "answer", "sources", "keep-exploring", "nearby", "asked-before", "cite", "made"),
        *("blank", "card", "palette", "pq"),
    }
)

# `s-1` and `src-1` are sentences and sources.
_NUMBERED = re.compile(r"(?:s|src|g)-[0-9]+")

_HIGHEST, _LOWEST = 2, 4
END_TAGS = {level: f"</h{level}>" for level in range(_HIGHEST, _LOWEST + 1)}


class Headings:
    """Numbers the headings of one text, from the first to the last."""

    __slots__ = ("_asked", "_level")

    def __init__(self) -> None:
        self._level = _HIGHEST - 1
        self._asked = dict.fromkeys(_TAKEN, 1)

    def place(self, level: int, text: str) -> tuple[int, str]:
        """Return level and anchor of the next heading."""
        self._level = min(max(level, _HIGHEST), self._level + 1, _LOWEST)
        return self._level, self._anchor(slug(text) or "section")

    def _anchor(self, name: str) -> str:
        """Return the name, numbered where it is taken; `_asked` says how often each was asked for."""
        if _NUMBERED.fullmatch(name):
            name = f"{name}-section"
        anchor, number = name, self._asked.get(name, 0)
        while anchor in self._asked:
            number += 1
            anchor = f"{name}-{number}"
        self._asked[name] = number
        self._asked[anchor] = max(1, number if anchor == name else 1)
        return anchor
