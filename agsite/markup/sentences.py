"""Where sentences end: a kept splitter on text whose citations, code and formulas are masked, and a few repairs."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator

from agsite.body import Group
from agsite.markup.breaks import with_breaks
from agsite.markup.citations import WIDE_STOPS, trails

_MAY_END = re.compile(rf"[.!?…][\"'”’)\]*_]*[\s(\[]|[{WIDE_STOPS}]")
_CLOSERS = "*_\"'”’)]"

# The splitter does not know these; what follows is never a new sentence.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\[*_“\"])(?:Eqs?|Figs?|Refs?|Secs?|Sects?|Tabs?|Chs?|Apps?|Thms?|Props?|Defs?|Lems?|Cors?|Vols?|Nos?|"
    r"eqs?|figs?|refs?|secs?|e\.g|i\.e|cf|vs|approx|resp|ca|viz|et al|[A-Z])\.[*_]*$"
)
_NUMBERED = re.compile(r"[*_(]*[0-9]{1,2}\.[*_]*")

# No abbreviation has so many letters.
_PLAIN_CUT = re.compile(r"[a-z]{7}[.!?] [A-Z]")
_PLAIN_BEFORE = 9

# An abbreviation with its stop, marks after it and the sign before it is shorter than this.
_LONGEST = 12
# No stop has more marks and space after it; without an end of the look a text of nothing else would take for ever.
_FARTHEST = 1_000
_CONTENT = re.compile(r"[^*_\"'”’)(\[.\s]")
_WINDOW = 20_000
_STOPS = (".", "!", "?", "…", *WIDE_STOPS)

# What may stand between a wide stop and the next sentence where no space does: marks of emphasis that end there. What
# goes on with the same sentence is another stop, or a mark that parts less.
_EMPHASIS = re.compile(r"\*+|_+")
_GOES_ON = (*_STOPS, *"，、；：,;:")  # noqa: RUF001


def split(text: str, opaque: list[re.Match[str]], groups: list[Group]) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence of a leaf, without the space between them."""
    text = with_breaks(text, "\n")
    stripped = text.strip()
    if not stripped:
        return []
    first = text.find(stripped[0])
    last = first + len(stripped)
    # The usual end is found far quicker than any.
    if ". " not in stripped and not _MAY_END.search(stripped):
        return [(first, last)]
    spans, start = [], first
    for cut in _cuts(_mask(text, opaque, groups)):
        end = start + len(text[start:cut].rstrip())
        if end > start:
            spans.append((start, end))
            start = cut
    if start < last:
        spans.append((start, last))
    return spans


def _mask(text: str, opaque: list[re.Match[str]], groups: list[Group]) -> str:
    """Replace what cannot end a sentence by letters, and a citation after the stop by space, in equal length."""
    masked = text.replace("\n", " ")
    if not (opaque or groups):
        return masked
    covers = [(*run.span(), "x") for run in opaque]
    covers += [(group.start, group.end, " " if trails(text, group) else "x") for group in groups]
    parts, last = [], 0
    for start, end, sign in sorted(covers):
        # A capital first: a sentence may start with a citation or a formula.
        parts += [masked[last:start], " " if sign == " " else "X", sign * (end - start - 1)]
        last = end
    return "".join([*parts, masked[last:]])


@functools.cache
def _splitter() -> Callable[[str, str], Iterable[str]]:
    from sentencex import segment

    split_text: Callable[[str, str], Iterable[str]] = segment
    return split_text


def _cuts(masked: str) -> list[int]:
    """Return the offsets at which sentences start, the first left out."""
    cuts: list[int] = []
    offset = previous = 0
    for piece in _pieces(masked)[:-1]:
        offset += len(piece)
        cut = offset if _is_plain_cut(masked, offset) else _repaired(masked, previous, offset)
        if cut:
            cuts.append(cut)
            previous = cut
    return cuts


def _is_plain_cut(masked: str, cut: int) -> bool:
    """Say whether a long word and a stop stand before the cut and a capital after it: nothing to repair."""
    return bool(_PLAIN_CUT.fullmatch(masked, cut - _PLAIN_BEFORE, cut + 1))


def _repaired(masked: str, start: int, cut: int) -> int:
    """Return where the sentence after a cut of the splitter starts, or 0 where it should not have cut."""
    moved = _past_closers(masked, cut) or _past_emphasis(masked, start, cut)
    return moved if moved > start and _starts_sentence(masked, start, moved) else 0


def _pieces(masked: str) -> list[str]:
    """Return what the splitter takes for sentences, each with the space after it."""
    return list(_windows(masked)) if len(masked) > _WINDOW else list(_splitter()("en", masked))


def _windows(masked: str) -> Iterator[str]:
    """Yield the pieces of a very long text, window by window: the splitter's time grows with the square of some texts.

    Windows end at a space or a wide stop.
    """
    start = 0
    while len(masked) - start > _WINDOW:
        ends = [masked.rfind(sign, start, start + _WINDOW) + 1 for sign in (" ", *WIDE_STOPS)]
        end = max(ends) or masked.find(" ", start + _WINDOW) + 1 or len(masked)
        window = masked[start:end]
        # Without space and wide stops there is no end of a sentence.
        yield from _splitter()("en", window) if len(window) <= _WINDOW else (window,)
        start = end
    yield from _splitter()("en", masked[start:])


def _past_closers(masked: str, cut: int) -> int:
    """Move a cut after closing marks, as in `*only here.* And`; 0 where no space follows them, or nothing else."""
    end, size = cut, len(masked)
    while end < size and masked[end] in _CLOSERS and not masked[end - 1].isspace():
        end += 1
    while end < size and masked[end].isspace():
        end += 1
    return end if end < size and masked[end - 1].isspace() else 0


def _past_emphasis(masked: str, start: int, cut: int) -> int:
    """Move a cut right after a wide stop after the marks of emphasis that end there; 0 where it is no such cut."""
    if masked[cut - 1] not in WIDE_STOPS:
        return 0
    marks = _EMPHASIS.match(masked, cut)
    # An odd number of them with those before: these end what the last one began.
    end = marks.end() if marks and masked.count(marks[0], start, cut) % 2 else cut
    return end if end < len(masked) and not masked.startswith(_GOES_ON, end) else 0


def _starts_sentence(masked: str, start: int, cut: int) -> bool:
    if masked[cut].islower():
        return False
    before = masked[max(start, cut - _FARTHEST) : cut].rstrip()
    if not before.rstrip(_CLOSERS).endswith(_STOPS):
        return False
    if _ABBREVIATED.search(before[-_LONGEST:]) or _NUMBERED.fullmatch(before):
        return False
    return _content(masked, start) < cut


@functools.lru_cache(maxsize=1)
def _content(masked: str, start: int) -> int:
    """Return where the first sign stands that is more than a mark; it is asked for again until a cut holds."""
    found = _CONTENT.search(masked, start)
    return found.start() if found else len(masked)
