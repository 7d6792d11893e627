"""Text that wraps without a browser: widths of letters measured in the fonts that the site ships."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Advance widths of STIX Two Text in thousandths of its size, from U+0020 to U+007E: the wider of roman and italic.
_ASCII = (
    235, 283, 334, 573, 495, 692, 736, 187, 343, 343, 410, 720, 245, 315, 245, 387,
    495, 495, 495, 495, 495, 495, 495, 495, 495, 495, 245, 245, 701, 720, 701, 411,
    916, 718, 618, 670, 730, 626, 588, 720, 777, 357, 398, 702, 585, 895, 742, 737,
    569, 737, 659, 534, 610, 752, 680, 944, 664, 647, 606, 347, 415, 347, 480, 512,
    222, 534, 522, 446, 541, 464, 307, 484, 577, 285, 272, 542, 283, 852, 576, 514,
    537, 521, 383, 395, 315, 570, 481, 749, 479, 483, 458, 312, 267, 312, 557,
)  # fmt: skip
_OTHER, _WIDE = 700, 1000


class _Widths(dict[str, int]):
    """The widths of letters; those of other alphabets are estimated when they are first seen."""

    def __missing__(self, letter: str) -> int:
        wide = unicodedata.east_asian_width(letter) in "WF"
        self[letter] = 0 if unicodedata.combining(letter) else _WIDE if wide else _OTHER
        return self[letter]


_width_of = _Widths(zip(map(chr, range(32, 127)), _ASCII, strict=True)).__getitem__


def width(text: str) -> int:
    """Return the width of a text in thousandths of the size of its letters."""
    return sum(map(_width_of, text))


# Words come again and again, and a thread has thousands of questions.
_word = lru_cache(maxsize=20_000)(width)


def wrap(text: str, room: int, most: int) -> tuple[str, ...]:
    """Break a text into at most `most` lines of `room` thousandths; what does not fit gives way to an ellipsis."""
    lines: list[str] = []
    left = -1
    for word in text.split():
        for piece in [word] if _word(word) <= room else _pieces(word, room):
            taken = _word(piece)
            if taken + _ASCII[0] <= left:
                lines[-1] += f" {piece}"
                left -= taken + _ASCII[0]
            else:
                lines.append(piece)
                left = room - taken
    return tuple(lines) if len(lines) <= most else (*lines[: most - 1], _ended(lines[most - 1], room))


def _ended(line: str, room: int) -> str:
    """Put an ellipsis at the end of a line, in the place of words where there is no room for it."""
    while line and width(f"{line}…") > room:
        line = line.rpartition(" ")[0] or line[:-1]
    return f"{line.rstrip(' ,;:–—')}…"


def _pieces(word: str, room: int) -> list[str]:
    """Cut a word that is wider than a line."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and width(pieces[-1] + letter) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces
