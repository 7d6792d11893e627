"""Reading a text: blocks, then the sentences of each leaf, their citations and gaps, numbered through."""

from __future__ import annotations

from agsite.body import Block, Body, Group, Leaf, Sentence
from agsite.markup.blocks import read_shapes
from agsite.markup.citations import find_groups
from agsite.markup.gaps import gap_words, names_gap
from agsite.markup.headings import END_TAGS, Headings
from agsite.markup.opaque import find_opaque, has_any, opaque_signs
from agsite.markup.scanning import Piece
from agsite.markup.sentences import split

_SILENT = frozenset({"math", "hr", "code"})

# A heading of more letters may take more than three lines in the rail, and so more room than a paragraph of one line.
_TALL = 45


def read(markdown: str, *, gaps: bool = True) -> Body:
    """Return the structure of a text; only that of an answer has `gaps`."""
    # Half of a surrogate pair is not text, and cannot be kept as such; it becomes a question mark.
    markdown = markdown.encode("utf-8", "replace").decode()
    reader = _Reader(markdown, gap_words(markdown) if gaps else ())
    blocks = tuple([reader.block(*shape) for shape in read_shapes(markdown)])
    return Body.of(markdown, blocks, sentences=reader.sentences, cited=reader.cited, gaps=reader.gaps)


def read_line(text: str) -> Leaf:
    """Return a single line of prose, such as a title, as a leaf that is one sentence."""
    groups = tuple(find_groups(text, find_opaque(text)))
    return Leaf("", text, "", 1, 1, (Sentence(0, len(text), len(text), 0, 0, groups),))


class _Reader:
    """Goes through a text from its first block to its last, and counts what is numbered."""

    __slots__ = ("anchor", "cited", "gap_words", "gaps", "headings", "opaque_signs", "sentences")

    def __init__(self, markdown: str, gap_words: tuple[str, ...]) -> None:
        self.headings = Headings()
        self.anchor = self.sentences = self.cited = self.gaps = 0
        # What the text as a whole lacks, none of its leaves need be asked for.
        self.opaque_signs = opaque_signs(markdown)
        self.gap_words = gap_words

    def block(self, kind: str, level: int, pieces: list[Piece]) -> Block:
        if kind == "h":
            return self._heading(level, *pieces[0])
        read = self._line if kind in _SILENT else self._prose
        sentences, cited = self.sentences, self.cited
        leaves = [
            Leaf(opening, text, closing, line, column, read(text) if text else ())
            for opening, text, closing, line, column in pieces
        ]
        block = Block(kind, tuple(leaves))
        if block.has_rows:
            rows = list(block.rows())
            self.sentences = sentences + len(rows)
            self.cited = cited + sum(any(sentence.groups for _, sentence in row) for row in rows)
        return block

    def _heading(self, level: int, _opening: str, text: str, _closing: str, line: int, column: int) -> Block:
        level, anchor = self.headings.place(level, text)
        sentences = self._line(text) if text else ()
        tall = ' class="tall"' if len(text) > _TALL else ""
        leaf = Leaf(f'<h{level} id="{anchor}"{tall}>', text, END_TAGS[level], line, column, sentences)
        return Block("h", (leaf,), anchor)

    def _line(self, text: str) -> tuple[Sentence, ...]:
        """Read what is not prose: one sentence that counts for nothing, though it may cite."""
        groups = tuple(find_groups(text, find_opaque(text))) if "AG-" in text else ()
        self.anchor += bool(groups)
        length = _length(text, 0, len(text), groups)
        return (Sentence(0, len(text), length, self.anchor if groups else 0, 0, groups),)

    def _prose(self, text: str) -> tuple[Sentence, ...]:
        opaque = find_opaque(text) if self.opaque_signs and has_any(self.opaque_signs, text) else []
        groups = find_groups(text, opaque) if "AG-" in text else []
        spans = split(text, opaque, groups)
        self.sentences += len(spans)
        if groups or "*" in text or "`" in text:
            sentences = self._counted(text, spans, groups)
        else:
            sentences = [Sentence(start, end, end - start, 0, 0, ()) for start, end in spans]
        if self.gap_words and has_any(self.gap_words, text.lower()):
            sentences = [self._with_gap(text, sentence) for sentence in sentences]
        return tuple(sentences)

    def _counted(self, text: str, spans: list[tuple[int, int]], groups: list[Group]) -> list[Sentence]:
        """Make the sentences of a leaf, and number those that cite onwards."""
        sentences = []
        first = last = 0
        for start, end in spans:
            while last < len(groups) and groups[last].start < end:
                last += 1
            if first == last:
                sentences.append(Sentence(start, end, _length(text, start, end), 0, 0, ()))
                continue
            self.anchor += 1
            self.cited += 1
            own = tuple(groups[first:last])
            sentences.append(Sentence(start, end, _length(text, start, end, own), self.anchor, 0, own))
            first = last
        return sentences

    def _with_gap(self, text: str, sentence: Sentence) -> Sentence:
        """Number a sentence that names a gap onwards."""
        if not names_gap(text[sentence.start : sentence.end]):
            return sentence
        self.gaps += 1
        return sentence._replace(gap=self.gaps)


def _length(text: str, start: int, end: int, groups: tuple[Group, ...] = ()) -> int:
    """Count the characters of a sentence that readers see as text: no citations, no marks; never none."""
    shown = end - start - text.count("*", start, end) - text.count("`", start, end)
    for group in groups:
        shown -= group.end - group.start
    return shown if shown > 0 else 1
