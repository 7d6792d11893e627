"""Numbers with what they count, as messages say them."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun; `many` is the noun for several where an s does not make it.

    >>> counted(1, "answer"), counted(1200, "entry", "entries")
    ('1 answer', '1,200 entries')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
