"""Paths that are one and the same on disks that ignore case or compose characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def clashes(paths: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of paths that are one on such a disk."""
    seen: dict[str, str] = {}
    found = []
    for path in sorted(paths):
        first = seen.setdefault(without_case(path), path)
        if first != path:
            found.append((first, path))
    return found


def without_case(path: str) -> str:
    """Return a path without what such disks ignore: two that are equal then are one."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
