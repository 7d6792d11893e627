"""Marks of other programs: what people paste from a chat, a paper or a wiki, and Markdown does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agsite.answerfile import Reading
from agsite.body import Leaf
from agsite.checks.place import in_body, in_text
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.markup import cover_verbatim


class _Mark(NamedTuple):
    """A mark: a sign without which there is none, its pattern with what a message quotes as group, and what to do."""

    sign: str
    pattern: re.Pattern[str]
    message: str
    help: str


# One mark may stand before a problem of counting (#P, #SAT): what is a heading then is a few words and no sentence.
_FEW_WORDS = r"[A-Z][a-z]{3}[^\n]{0,46}(?<![\].,:;])$"
_HEADING = _Mark(
    "#",
    re.compile(rf"((?:^#{{2,6}}(?=[^\W\d_])|\A#(?={_FEW_WORDS}))[^\n]*)", re.MULTILINE),
    "{} is not a heading",
    "Put a space after the marks of a heading.",
)
# Nearly all texts have headings, and it takes long to look at all line ends for one that is none.
_HASH_AT_LETTER = re.compile(r"#(?=[^\W\d_])")

_MARKS = (
    _Mark(
        "|",
        # Bars without space inside are those of an absolute value.
        re.compile(r"\A(\|(?:[ \t][^|\n]*[ \t]\|){2,})[ \t]*\n\|(?![ \t:|-]*$)", re.MULTILINE),
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
        # Sums of money and names of a shell have dollars, too.
        re.compile(
            r"(?<![\\$\w])(\$(?![ \t][0-9])(?=[^$\n]*[\\^_={])(?:[ \t][^$\n]*|[^$\n]*[ \t])\$)(?![\w$]|[ \t][0-9])"
        ),
        "the formula {} is shown as text",
        "Take the space after the first dollar and before the last out.",
    ),
    _Mark(
        "\\",
        # Not a path, in which another such word follows, and no pattern such as \bab+.
        re.compile(r"(?<![\\\w:])(\\[A-Za-z]{2,}+(?![\\+*])(?:\{[^{}\n]*\})?)"),
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
        # Not [[7,1,3]], which is a code, nor what programs have between such brackets.
        re.compile(r"(?<![\\\[\w])(\[\[(?!\s|AG-)(?=[^\[\]\n]*[^\W\d_]{2})[^\[\],\"\n]+\]\])(?![(\w])"),
        "{} is not a link",
        "Link to the page of an answer: [words](../its-name/).",
    ),
    _Mark(
        "] (",
        # What stands between the brackets may be a citation or a number.
        re.compile(r"(?<!\\)(\[(?!\s*AG-|[\d\s,\u2013-]+\])[^\[\]\n]+\] \((?:https?://|\.\./)[^()\s]*\))"),
        "{} is not a link",
        "Take the space between the brackets out.",
    ),
    _Mark(
        "](",
        re.compile(r"(?<!\\)(\[[^\[\]\n]+\]\((?:https?://|\.\./)[^()<>\"'\s]*[ \t][^()<>\"'\n]*\))"),
        "{} is not a link",
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
            ("oaicite", r":?contentReference\[oaicite:[^\[\]\n]*\](?:\{[^{}\n]*\})?"),
            ("[cite", r"\[cite(?:_start|:[ ]?[0-9, ]+)\]"),
            ("\ue200", "\ue200[^\ue200\ue201\n]*\ue201"),
        )
    ),
)


# The line that begins a block of code: its fence may stand a little further in.
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def check(reading: Reading) -> Iterator[Finding]:
    """Find marks that readers see as they were written."""
    text = reading.answer.body
    if "```" in text or "~~~" in text:
        yield from _open_code(reading)
    marks = [mark for mark in _MARKS if mark.sign in text]
    if _HASH_AT_LETTER.search(text):
        marks.append(_HEADING)
    if not marks:
        return
    for leaf in reading.body.leaves():
        yield from _in_leaf(reading, leaf, marks)


def _open_code(reading: Reading) -> Iterator[Finding]:
    """Find that the last block is code without its end, and so has taken all that follows."""
    last = reading.body.blocks[-1]
    if last.kind != "code":
        return
    first, *others = reading.answer.body.rstrip().split("\n")[last.leaves[0].line - 1 :]
    fence = _FENCE.match(first)
    if fence and not (others and re.fullmatch(rf" {{0,3}}{fence[1]}{fence[1][0]}*[ \t]*", others[-1])):
        help_ = f"Write {quoted(fence[1])} on a line of its own where it ends."
        message = f"the code that begins with {quoted(fence[1])} has no end, and takes all that follows"
        yield in_body(reading, last.leaves[0].line, 1, "AG218", message, help_)


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
