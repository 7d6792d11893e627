"""Runs of text in which nothing is markup: code spans and formulas; and links, in which nothing is a citation."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from agsite.verbatim import CODE, MATHS

# An id in brackets is a citation, whatever follows it: `[AG-2026.03-1712](https://…)` leads nobody elsewhere.
LINK = (
    r"(?<!\\)\[(?!\s*AG-[0-9.,;AG\s-]+\])[^\[\]]*\]"
    r"\((?:<[^<>\n]*>|[^()\s<][^()\s]*(?:\([^()\s]*\)[^()\s]*)*|)(?:\s+(?:\"[^\"]*\"|'[^']*'))?\)"
    r"|<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\s]*>"
)

# The stop or bracket after an address is not part of it, and neither is a citation.
URL = r"(?<![A-Za-z0-9_])https?://(?:[^\s<>\"\[]|\[(?!\s*AG-))*[^\s<>\".,;:!?)\[\]}'’”*_]"

# A look at the next sign spares most places the attempt to read any of them.
OPAQUE = re.compile(
    rf"(?=[`$\\\[<h])(?:(?P<code>{CODE})|(?P<maths>{MATHS})|(?P<link>{LINK})|(?P<url>{URL}))", re.DOTALL
)

_SIGNS = ("`", "$", "\\", "<", "](", "://")


def opaque_signs(text: str) -> tuple[str, ...]:
    """Return signs of which every opaque run of a text holds one; none where there can be no such run."""
    return tuple(filter(text.__contains__, _SIGNS))


def find_opaque(text: str) -> list[re.Match[str]]:
    """Return the runs of `text` that are code, formulas, links or addresses."""
    return list(OPAQUE.finditer(text)) if opaque_signs(text) else []


def has_any(signs: tuple[str, ...], text: str) -> bool:
    """Say whether a text holds one of the signs."""
    return any(map(text.__contains__, signs))


class Cover:
    """The places of a text that lie within some of its runs, of which there may be very many."""

    def __init__(self, runs: Iterable[re.Match[str]]) -> None:
        spans = [run.span() for run in runs]
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def __contains__(self, offset: int) -> bool:
        before = bisect_right(self._starts, offset)
        return before > 0 and offset < self._ends[before - 1]


def cover_opaque(text: str) -> Cover:
    """Cover the code, formulas, links and addresses of a text."""
    return Cover(find_opaque(text))


def cover_verbatim(text: str) -> Cover:
    """Cover the code and the formulas of a text."""
    return Cover(run for run in OPAQUE.finditer(text) if run["code"] or run["maths"])
