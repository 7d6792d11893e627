"""An answer's strip in a few dozen characters, for the cards of results; `site_src/search.js` draws it.

Two words: runs of cited, uncited and gap columns, a character each; then the citations, a character each for how far
it stands from the one before and how close the match is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from agsite.plates import Plate

COLUMNS = 128

# Everything printable that JSON leaves as it is: thirty for each of three kinds, and one that skips thirty columns.
_ALPHABET = "".join(chr(code) for code in range(35, 127) if chr(code) != "\\")
_STEPS = 30
_SKIP = _ALPHABET[3 * _STEPS]

_KINDS = "bug"

Mark = tuple[int, str]
"""The column of a citation, and the paper."""


def runs(plate: Plate) -> str:
    """Return the columns of a plate; each sentence reaches to the next one, the first from the left edge."""
    scale = COLUMNS / plate.width
    starts = [round(band.x * scale) for band in plate.bands[1:]]
    reach = zip(plate.bands, pairwise([0, *starts, COLUMNS]), strict=False)
    kinds = "".join(band.kind * (end - start) for band, (start, end) in reach)
    return "".join(_run(_KINDS.index(kind), len(list(run))) for kind, run in groupby(kinds))


def _run(kind: int, length: int) -> str:
    whole, rest = divmod(length, _STEPS)
    last = _ALPHABET[_STEPS * kind + rest - 1] if rest else ""
    return _ALPHABET[_STEPS * kind + _STEPS - 1] * whole + last


def columns(plate: Plate) -> Iterator[Mark]:
    """Yield where each citation stands."""
    scale = COLUMNS / plate.width
    return ((min(round(line.x * scale), COLUMNS), line.paper) for line in plate.lines)


def lines(cited: Iterable[tuple[int, int]], steps: Sequence[int]) -> str:
    """Return the citations, given by column and percent of the match; `steps` are where lines get heavier."""
    return "".join(_distances(cited, steps))


def _distances(cited: Iterable[tuple[int, int]], steps: Sequence[int]) -> Iterator[str]:
    before = 0
    for column, percent in cited:
        skips, distance = divmod(column - before, _STEPS)
        yield _SKIP * skips + _ALPHABET[_STEPS * sum(percent >= step for step in steps) + distance]
        before = column
