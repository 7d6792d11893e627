"""Prose to HTML: citations as chips or named ids, formulas, sentences in their spans; `weaving` does the Markdown.

Citations and formulas are taken out before markdown-it reads the text and put back where it leaves their marks, so
that nothing in a text can turn a citation into something else. Sentences are told apart by line ends.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
from bisect import bisect_left
from typing import Any

from agsite.body import Group, Leaf, Sentence
from agsite.markup.breaks import has_breaks, with_breaks
from agsite.markup.chips import Cite, chips
from agsite.markup.citations import WIDE_STOPS, trails
from agsite.markup.maths import find_formulas, formula_html, kept_together
from agsite.markup.weaving import BREAK, CITE, MATH, STRAY, Span, as_it_stands, full, simple

_TAKEN = re.compile("\\{\ufdd0\\}|\\$\ufdd1\\$")
_BREAK_SHOWN = re.compile(rf"(?:(?<! ) ++)?{BREAK}((?:</[a-z]+>)*) *")

# A citation stays in the brackets in which it stands.
_TERMINAL = re.compile(rf"[*_\"”’]*[.!?…{WIDE_STOPS}]+[*_\"”’)]*")
# What something has to follow, and what stands on both sides of something.
_OPEN = (*"([{“‘„«‹,;:-–—.!?…", *WIDE_STOPS)  # noqa: RUF001
_AROUND = ("*", "_", '"')


NO_CHIPS = chips({})


def leaf_html(leaf: Leaf, cite: Cite, *, anchors: bool = True, gap_label: str = "", base: str = "") -> str:
    """Return the HTML of a leaf's prose.

    Unless `anchors` is off, a sentence that cites becomes `span.cs#s-N`, and one that names a gap `span.gs#g-N`. Of
    gaps that follow on one another, the first begins with the label, which is HTML. `base` is the address of the answer
    where that is not the page's own: what the answer links to follows from it.
    """
    if not leaf.text:
        return ""
    spans = _spans(leaf.sentences, gap_label) if anchors else no_spans(leaf)
    return kept_together(Prose(leaf.text, leaf.sentences, cite, spans, base).html())


def portable_html(leaf: Leaf, base: str = "") -> str:
    """Return the HTML of a leaf's prose for readers far from the site: citations as written, no anchors, no classes."""
    if not leaf.text:
        return ""
    return _unmarked_html(leaf) or _Portable(leaf.text, leaf.sentences, NO_CHIPS, no_spans(leaf), base).html()


def has_place(leaf: Leaf) -> bool:
    """Say whether HTML has a place for all of a leaf's prose: it has none for a citation in the words of a link."""
    return Prose(leaf.text, leaf.sentences, NO_CHIPS, no_spans(leaf)).is_markup()


# What may be Markdown or a formula, and what stands in for what was taken out.
_ANY_MARK = re.compile(r"[`\\<_!&*$]")
_RUNS = ("://", "\ufdd0", "\ufdd1")


def _unmarked_html(leaf: Leaf) -> str:
    """Return the HTML of prose that has no marks but the brackets of its citations; empty where it has more."""
    text = leaf.text
    cited = "".join([text[group.start : group.end] for sentence in leaf.sentences for group in sentence.groups])
    if text.count("[") != cited.count("[") or text.count("]") != cited.count("]") or "\n" in cited:
        return ""
    if _ANY_MARK.search(text) or any(map(text.__contains__, _RUNS)) or has_breaks(text):
        return ""
    lines = [text[sentence.start : sentence.end].replace("\n", " ").strip() for sentence in leaf.sentences]
    return html.escape(
        "".join([line + space for line, space in zip(lines, _spaces(leaf.sentences), strict=True)]), quote=False
    )


def title_html(text: str) -> str:
    """Return a plain title as HTML: formulas are set, everything else is text."""
    pieces, last = [], 0
    for run in find_formulas(text):
        pieces += [html.escape(text[last : run.start()]), formula_html(run[0])]
        last = run.end()
    return kept_together("".join([*pieces, html.escape(text[last:])]))


class Prose:
    """One leaf on its way to HTML: `taken` holds the HTML of citations and formulas in the order of their marks."""

    def __init__(
        self, text: str, sentences: tuple[Sentence, ...], cite: Cite, spans: list[Span], base: str = ""
    ) -> None:
        self.text = text
        self.sentences = sentences
        self.cite = cite
        self.spans = spans
        self.base = base
        self.taken: list[str] = []
        self.shown = with_breaks(text.replace(BREAK, " "), BREAK) if has_breaks(text) else text

    def _lines(self) -> str:
        """Return the Markdown, a sentence on each line, with marks for what was taken out."""
        lines = [*map(self._line, self.sentences, _by_sentence(find_formulas(self.text), self.sentences))]
        if self.shown is not self.text:
            lines = [line + self._break_behind(index) for index, line in enumerate(lines)]
        return "\n".join(lines)

    def html(self) -> str:
        """Return the HTML; text whose marks lead where HTML has no place for it is shown as it stands."""
        text = self._lines()
        shown = self._marked_up(text) or self._put_back(as_it_stands(text, self.spans))
        return _BREAK_SHOWN.sub(r"\1<br>", shown) if self.shown is not self.text else shown

    def is_markup(self) -> bool:
        """Say whether the marks of the text can be followed."""
        return bool(self._marked_up(self._lines()))

    def _marked_up(self, text: str) -> str:
        return self._put_back(simple(text, self.spans) or full(text, self.spans, self.base))

    def _break_behind(self, index: int) -> str:
        """Return the marks of the line breaks between a sentence and the next."""
        after = self.sentences[index + 1 : index + 2]
        between = self.shown[self.sentences[index].end : after[0].start] if after else ""
        return f" {BREAK}" * between.count(BREAK)

    def _line(self, sentence: Sentence, formulas: list[re.Match[str]]) -> str:
        """Return a sentence's Markdown on one line, with marks for what was taken out."""
        if sentence.groups or formulas:
            line = self._marked(sentence, formulas)
        else:
            line = self._piece(sentence.start, sentence.end)
        if self.shown is not self.text:
            line = line.replace(BREAK, f" {BREAK} ")
        return line.replace("\n", " ").strip()

    def _marked(self, sentence: Sentence, formulas: list[re.Match[str]]) -> str:
        parts: list[str] = []
        position = sentence.start
        things: list[tuple[int, int, Any]] = [(g.start, g.end, g) for g in sentence.groups]
        things += [(f.start(), f.end(), f) for f in formulas]
        for start, end, thing in sorted(things, key=_by_place) if len(things) > 1 else things:
            parts.append(self._piece(position, start))
            position = end
            if isinstance(thing, Group):
                position = self._take_group(thing, parts, sentence.end)
            else:
                self.taken.append(self._formula(thing[0]))
                parts.append(MATH)
        parts.append(self._piece(position, sentence.end))
        return "".join(parts)

    def _formula(self, source: str) -> str:
        return formula_html(source)

    def _piece(self, start: int, end: int) -> str:
        piece = self.shown[start:end]
        return piece if piece.isascii() else piece.translate(STRAY)

    def _take_group(self, group: Group, parts: list[str], end: int) -> int:
        """Put the marks of a group where its chips go, and return where the text goes on."""
        if group.named:
            self.taken.append(_named(self.text[group.start : group.end], group, self.cite))
            parts.append(CITE)
            return group.end
        self.taken.append("".join([self.cite(paper, False) for paper in group.papers]))  # noqa: FBT003
        parts[-1] = parts[-1].rstrip()
        # “… found [AG-x].” shows the number after the stop; “… phase [AG-x], and” leaves it where it is.
        stop = _TERMINAL.match(self.text, group.end, end)
        ends = stop and (stop.end() == end or (self.text[stop.end()].isspace() and not trails(self.text, group)))
        if stop and ends and not _leaves_a_hole(parts, stop[0]):
            parts.append(stop[0] + CITE)
            return stop.end()
        parts.append(CITE)
        return group.end

    def _put_back(self, markup: str) -> str:
        """Put back what was taken out; empty where a mark was lost, as in the address of a link."""
        if not self.taken:
            return markup
        # Most often only citations were taken out, and a plain split is far quicker.
        pieces = _TAKEN.split(markup) if MATH in markup else markup.split(CITE)
        if len(pieces) != len(self.taken) + 1:
            return ""
        return pieces[0] + "".join([thing + piece for thing, piece in zip(self.taken, pieces[1:], strict=True)])


def _leaves_a_hole(parts: list[str], stop: str) -> bool:
    """Say whether nothing would be left to stop at: “… et al. [AG-x].”, “… in “[AG-x]”.” and “… *[AG-x]*.”."""
    before = parts[-1]
    if not before:
        return len(parts) == 1
    return before.endswith(_OPEN) or (before.endswith(_AROUND) and before[-1] == stop[0])


def _spaces(sentences: tuple[Sentence, ...]) -> list[str]:
    """Return what is after each sentence: a space, but nothing after the last and where the next adheres to it."""
    return ["" if s.end == after.start else " " for s, after in itertools.pairwise(sentences)] + [""]


def _by_sentence(formulas: list[re.Match[str]], sentences: tuple[Sentence, ...]) -> list[list[re.Match[str]]]:
    """Return the formulas that start in each sentence; a text may hold ten thousand of both."""
    if not formulas:
        return [formulas] * len(sentences)
    starts = [formula.start() for formula in formulas]
    return [formulas[bisect_left(starts, s.start) : bisect_left(starts, s.end)] for s in sentences]


def _by_place(item: tuple[int, int, Any]) -> tuple[int, int]:
    return item[:2]


class _Portable(Prose):
    """One leaf on its way to readers far from the site, where ids say more than numbers."""

    def _take_group(self, group: Group, parts: list[str], end: int) -> int:
        del end
        self.taken.append(html.escape(self.text[group.start : group.end]))
        parts.append(CITE)
        return group.end


def _named(text: str, group: Group, cite: Cite) -> str:
    """Return the ids as words, with the words between them, without the brackets."""
    pieces: list[str] = []
    last = 0
    for paper, offset in zip(group.papers, group.offsets, strict=True):
        at = offset - group.start
        if pieces:
            between = re.sub(r"[\[\]()]", "", text[last:at])
            pieces.append(html.escape(between) if between.strip() else " ")
        pieces.append(cite(paper, True))  # noqa: FBT003
        last = at + len(paper)
    return "".join(pieces)


def no_spans(leaf: Leaf) -> list[Span]:
    """Return what is around the sentences of a leaf that are not targets: the spaces between them."""
    return [("", space) for space in _spaces(leaf.sentences)]


def _spans(sentences: tuple[Sentence, ...], gap_label: str) -> list[Span]:
    labels = ["" if before and before.gap else gap_label for before in (None, *sentences[:-1])]
    return [
        _span(sentence.anchor, sentence.gap, label, space)
        for sentence, label, space in zip(sentences, labels, _spaces(sentences), strict=True)
    ]


@functools.lru_cache(maxsize=1024)
def _span(cited: int, gap: int, gap_label: str, space: str) -> Span:
    """Return the tags around a sentence that cites or names a gap, which makes it a target of links."""
    if not (cited or gap):
        return "", space
    anchor = f"s-{cited}" if cited else f"g-{gap}"
    classes = ("cs gs" if gap else "cs") if cited else "gs"
    label = f'<span class="label">{gap_label}</span> ' if gap and gap_label else ""
    return f'<span class="{classes}" id="{anchor}">{label}', f"</span>{space}"
