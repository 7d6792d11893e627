"""Prose as plain text: the text of its HTML, with formulas as TeX, and with citations only on request."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from agsite.body import Group, Leaf, Sentence
from agsite.markup.inline import NO_CHIPS, Prose, no_spans
from agsite.markup.reading import read_line
from agsite.markup.weaving import CITE

# Without these, text is as plain as it can be.
_MARKS = re.compile(r"[*_`\\<&\[$]")
_TAGS = re.compile(r"<[^<>]*>")

# Emphasis that begins or ends in another sentence than the one that stands alone; stars in code are none.
_UNPAIRED = re.compile(r"(<code>.*?</code>)|\*{2,}|(?<![^\s(\[“\"'])\*(?=[\w<])|(?<=[.!?…])\*")


def plain_text(text: str, sentences: tuple[Sentence, ...] | None = None, *, ids: bool = False) -> str:
    """Return prose without Markdown's marks, with citations left out or, with `ids`, as `[AG-…]`."""
    if "AG-" not in text and not _MARKS.search(text):
        return " ".join(text.split())
    leaf = Leaf("", text, "", 0, 0, read_line(text).sentences if sentences is None else sentences)
    return " ".join(_plain(leaf, ids=ids).split())


def plain_body(leaves: Iterable[Leaf]) -> str:
    """Return a whole text without Markdown's marks and citations, a leaf to a line."""
    return "\n".join([_plain(leaf) for leaf in leaves if leaf.text])


def _plain(leaf: Leaf, *, ids: bool = False) -> str:
    without = _without_ids(leaf)
    if not _MARKS.search(without):
        return leaf.text if ids else without
    shown = _Plain(leaf, ids=ids).html().replace("<br>", "\n")
    return html.unescape(_TAGS.sub("", shown))


def _without_ids(leaf: Leaf) -> str:
    """Leave out citations that are not words of their sentence, with the space before them."""
    pieces, last = [], 0
    for sentence in leaf.sentences:
        for group in sentence.groups:
            if not group.named:
                pieces.append(leaf.text[last : group.start].rstrip())
                last = group.end
    return "".join([*pieces, leaf.text[last:]])


class _Plain(Prose):
    """One leaf on its way to plain text, by way of the HTML that has nothing in it but the marks of Markdown."""

    def __init__(self, leaf: Leaf, *, ids: bool) -> None:
        super().__init__(leaf.text, leaf.sentences, NO_CHIPS, no_spans(leaf))
        self.ids = ids

    def _take_group(self, group: Group, parts: list[str], end: int) -> int:
        del end
        if self.ids or group.named:
            self.taken.append(html.escape(self.text[group.start : group.end], quote=False))
            parts.append(CITE)
        else:
            parts[-1] = parts[-1].rstrip()
        return group.end

    def _formula(self, source: str) -> str:
        return html.escape(source, quote=False)

    def _put_back(self, markup: str) -> str:
        if "*" in markup and "\\*" not in self.text:
            markup = _UNPAIRED.sub(lambda found: found[1] or "", markup)
        return super()._put_back(markup)
