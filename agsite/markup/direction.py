"""Which way a block of text runs, where it may not run as its page does."""

from __future__ import annotations

import re

from agsite.body import Leaf

# Hebrew, Arabic, Syriac and their like, in the ranges that Unicode keeps for scripts that run from right to left.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")


def open_tag(leaf: Leaf) -> str:
    """Return the tags before a leaf; where it has letters that run from right to left, its first letter decides.

    Else the full stop of an Arabic sentence, and the number of its source, would stand at the wrong end of it.
    """
    if leaf.text.isascii() or not leaf.open or not _RIGHT_TO_LEFT.search(leaf.text):
        return leaf.open
    return f'{leaf.open.removesuffix(">")} dir="auto">'
