"""Marks of other programs: what people paste from a chat, a paper or a wiki, and Markdown does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agsite.answerfile import Reading
from agsite.body import Leaf
from agsite.checks.place import in_text, quoted
from agsite.findings import Finding
from agsite.markup import cover_verbatim


class _Mark(NamedTuple):
    """A mark: a sign without which there is none, its pattern with what a message quotes as group, and what to do."""

    sign: str
    pattern: re.Pattern[str]
    message: str
    help: str


_HEADING = _Mark(
    "#",
    re.compile(r"^(#{1,6}(?=[^\W\d_])[^\n]*)", re.MULTILINE),
    "{} is no heading",
    "Put a space behind the marks of a heading.",
)
# Nearly all texts have headings, and it takes long to look at all line ends for one that is none.
_HASH_AT_LETTER = re.compile(r"#(?=[^\W\d_])")

_MARKS = (
    _Mark(
        "|",
        re.compile(r"\A(\|[^\n]*\|)[ \t]*\n\|(?![ \t:|-]*$)", re.MULTILINE),
        "the table that begins with {} is shown as text",
        "A table begins with a header, and below that stands a line with as many cells: | --- | --- |.",
    ),
    _Mark(
        "$$",
        re.compile(r"^[ \t]*(\$\$)[ \t]*$", re.MULTILINE),
        "{} has no partner in its paragraph",
        "Take blank lines within the formula out; it goes from $$ to $$.",
    ),
    _Mark(
        "$",
        re.compile(r"(?<![\\$\w])(\$(?=[^$\n]*[\\^_={])(?:[ \t][^$\n]*|[^$\n]*[ \t])\$)(?![0-9$])"),
        "the formula {} is shown as text",
        "Take the space behind the first dollar and before the last out.",
    ),
    _Mark(
        "\\",
        re.compile(r"(?<![\\\w:])(\\[A-Za-z]{2,}(?:\{[^{}\n]*\})?)"),
        "{} is TeX outside of a formula",
        "Put a formula between $ and $; all else is written in Markdown, such as **bold** and [AG-2026.03-1712].",
    ),
    _Mark(
        "~~",
        re.compile(r"(?<![\\~])(~~(?=[^\s~])[^~\n]+~~)"),
        "{} is not struck through",
        "Delete what does not hold any more.",
    ),
    _Mark(
        "[[",
        re.compile(r"(?<![\\\[])(\[\[(?!\s*AG-)[^\[\]\n]+\]\])"),
        "{} is no link",
        "Link to the page of an answer: [words](../its-name/).",
    ),
    _Mark(
        "] (",
        re.compile(r"(?<!\\)(\[[^\[\]\n]+\] \((?:https?://|\.\./)[^()\s]*\))"),
        "{} is no link",
        "Take the space between the brackets out.",
    ),
    _Mark(
        "](",
        re.compile(r"(?<!\\)(\[[^\[\]\n]+\]\((?:https?://|\.\./)[^()<>\"'\s]*[ \t][^()<>\"'\n]*\))"),
        "{} is no link",
        "An address holds no space: write %20 for it.",
    ),
    _Mark(
        "AG-YYYY",
        re.compile(r"(\[?AG-YYYY\.MM-N+\]?)"),
        "{} is the placeholder of a new file",
        "Cite the paper that supports the sentence, as [AG-2026.03-1712].",
    ),
    *(
        _Mark(
            sign,
            re.compile(f"({pattern})"),
            "{} was left by a chat program",
            "Delete it, and cite the paper as [AG-2026.03-1712].",
        )
        for sign, pattern in (
            ("【", "【[^【】†\n]*†[^【】†\n]*】"),
            ("oaicite", r":?contentReference\[oaicite:[^\]\n]*\](?:\{[^}\n]*\})?"),
            ("[cite", r"\[cite(?:_start|:[ ]?[0-9, ]+)\]"),
            ("\ue200", "\ue200[^\ue200\ue201\n]*\ue201"),
        )
    ),
)


def check(reading: Reading) -> Iterator[Finding]:
    """Find marks that readers see as they were written."""
    text = reading.answer.body
    marks = [mark for mark in _MARKS if mark.sign in text]
    if _HASH_AT_LETTER.search(text):
        marks.append(_HEADING)
    if not marks:
        return
    for leaf in reading.body.leaves():
        yield from _in_leaf(reading, leaf, marks)


def _in_leaf(reading: Reading, leaf: Leaf, marks: list[_Mark]) -> Iterator[Finding]:
    found = [
        (match.start(1), match.end(1), mark, match[1])
        for mark in marks
        if mark.sign in leaf.text
        for match in mark.pattern.finditer(leaf.text)
    ]
    covered = cover_verbatim(leaf.text if found else "")
    end = 0
    for start, stop, mark, written in sorted(found, key=lambda item: item[:2]):
        if start >= end and start not in covered:
            end = stop
            yield in_text(reading, leaf, start, "AG218", mark.message.format(quoted(written)), mark.help)
