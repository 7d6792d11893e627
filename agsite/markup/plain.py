"""Prose as plain text: no marks of Markdown, and citations only where they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agsite.body import Leaf, Sentence
from agsite.markup.maths import find_formulas
from agsite.markup.reading import read_line

_MARKUP = re.compile(r"\*+|`+|\\(?=[!-/:-@\[-`{-~\n])")


def plain_text(text: str, sentences: tuple[Sentence, ...] | None = None, *, ids: bool = False) -> str:
    """Return prose without Markdown's marks, with citations left out or, with `ids`, as `[AG-…]`."""
    if not ids and "AG-" in text:
        text = _without_ids(text, sentences or read_line(text).sentences)
    return " ".join(_unmarked(text).split())


def plain_body(leaves: Iterable[Leaf]) -> str:
    """Return a whole text without Markdown's marks and citations, a leaf to a line."""
    texts = [_without_ids(leaf.text, leaf.sentences) if "AG-" in leaf.text else leaf.text for leaf in leaves]
    return "\n".join([_unmarked(text) for text in texts if text])


def _without_ids(text: str, sentences: tuple[Sentence, ...]) -> str:
    """Leave out citations that are no words of their sentence, with the space before them."""
    pieces, last = [], 0
    for sentence in sentences:
        for group in sentence.groups:
            if not group.named:
                pieces.append(text[last : group.start].rstrip())
                last = group.end
    return "".join([*pieces, text[last:]])


def _unmarked(text: str) -> str:
    """Take Markdown's marks away; what looks like them in formulas and code is none."""
    if "$" not in text and "`" not in text and "\\" not in text:
        return text.replace("*", "")
    pieces, last = [], 0
    for run in find_formulas(text):
        pieces += [_MARKUP.sub("", text[last : run.start()]), run[0]]
        last = run.end()
    return "".join([*pieces, _MARKUP.sub("", text[last:])])
