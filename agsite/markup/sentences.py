"""Where sentences end: a kept splitter on text whose citations, code and formulas are masked, and a few repairs."""

from __future__ import annotations

import re

from agsite.body import Group
from agsite.markup.citations import trails

_MAY_END = re.compile(r"[.!?…][\"'”’)\]*_]*\s")
_CLOSERS = "*_\"'”’)]"

# The splitter does not know these; what follows is never a new sentence.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\[*_“\"])(?:Eqs?|Figs?|Refs?|Secs?|Sects?|Tabs?|Chs?|Apps?|Thms?|Props?|Defs?|Lems?|Cors?|Vols?|Nos?|"
    r"eqs?|figs?|refs?|secs?|e\.g|i\.e|cf|vs|approx|resp|ca|viz|et al|[A-Z]|[0-9]{1,2})\.[*_]*$"
)
_ENDS = re.compile(r"[.!?…][\"'”’)\]*_]*$")


def split(text: str, opaque: list[re.Match[str]], groups: list[Group]) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence of a leaf, without the space between them."""
    stripped = text.strip()
    if not stripped:
        return []
    first = len(text) - len(text.lstrip())
    last = first + len(stripped)
    if not _MAY_END.search(text):
        return [(first, last)]
    cuts = _repaired(text, _mask(text, opaque, groups), groups)
    spans, start = [], first
    for cut in cuts:
        end = start + len(text[start:cut].rstrip())
        if end > start:
            spans.append((start, end))
            start = cut
    if text[start:last].strip():
        spans.append((start, last))
    return spans


def _mask(text: str, opaque: list[re.Match[str]], groups: list[Group]) -> str:
    """Replace what cannot end a sentence by letters, and a citation behind the stop by space, in equal length."""
    masked = text.replace("\n", " ")
    for run in opaque:
        masked = _cover(masked, run.start(), run.end(), "X")
    for group in groups:
        masked = _cover(masked, group.start, group.end, " " if trails(text, group) else "X")
    return masked


def _cover(text: str, start: int, end: int, mark: str) -> str:
    # A capital first: a sentence may start with a citation or a formula.
    cover = " " * (end - start) if mark == " " else "X" + "x" * (end - start - 1)
    return text[:start] + cover + text[end:]


def _repaired(text: str, masked: str, groups: list[Group]) -> list[int]:
    """Return the offsets at which sentences start, the first left out."""
    from sentencex import segment  # noqa: PLC0415 - compiled, and loaded only where a text is read

    cuts, offset, segments = [], 0, list(segment("en", masked))
    for piece in segments[:-1]:
        offset += len(piece)
        cut = _past_closers(masked, offset)
        if cut is not None and (not cuts or cut > cuts[-1]) and _starts_sentence(masked, cuts[-1] if cuts else 0, cut):
            cuts.append(cut)
    return cuts


def _past_closers(masked: str, cut: int) -> int | None:
    """Move a cut behind closing marks, as in `*only here.* And`; None where no space follows them."""
    end = cut
    while end < len(masked) and masked[end] in _CLOSERS and not masked[end - 1].isspace():
        end += 1
    while end < len(masked) and masked[end].isspace():
        end += 1
    if end >= len(masked) or not masked[end - 1].isspace():
        return None
    return end


def _starts_sentence(masked: str, start: int, cut: int) -> bool:
    before = masked[max(start, cut - 24) : cut].rstrip()
    if not _ENDS.search(before) or _ABBREVIATED.search(before):
        return False
    return not masked[cut].islower() and bool(before.strip("*_\"'”’)([. "))
