"""Markdown that does not come out as it was meant: links, HTML, formulas, pictures, footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agsite.answerfile import Reading
from agsite.body import Leaf
from agsite.checks.place import in_text
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.markup import (
    cover_opaque,
    cover_verbatim,
    find_formulas,
    find_links,
    has_place,
    hidden_host,
    refused_links,
    to_mathml,
)
from agsite.tags import TAG

_TAG = re.compile(rf"(?<!\\)(?:{TAG}|<!--|<!doctype\b)", re.IGNORECASE)

# What agsite does not set; the group is what a message quotes, and its place.
_UNKNOWN = (
    (re.compile(r"(?<!\\)(!\[[^\[\]\n]*\])\("), "AG212", "the picture {} is not shown"),
    (re.compile(r"(?<!\\)(\[\^[^\[\]\s]+\])"), "AG213", "the footnote {} is shown as text"),
    (
        re.compile(
            r"^ {0,3}(\[(?![\^\s]|AG-)[^\[\]\n]+\]:[ \t]*(?=\S*[/#:])(?:<[^<>\n]*>|\S+))[ \t]*(?:[\"'(].*)?$", re.M
        ),
        "AG214",
        "{} is shown as text, and so are links that name it",
    ),
)

# Without these there is nothing to find in a text, and most texts have none.
_SIGNS = ("](", "<", "$", "\\", "[^", "]:")


def check(reading: Reading) -> Iterator[Finding]:
    """Find what is shown as text and was meant as a link, a note, a tag or a formula; and pictures."""
    if not any(map(reading.answer.body.__contains__, _SIGNS)):
        return
    for leaf in reading.body.leaves():
        text = leaf.text
        if "](" in text or "<" in text:
            yield from _links(reading, leaf)
        if "](" in text or "[^" in text or "]:" in text:
            yield from _unknown(reading, leaf)
        if "<" in text:
            yield from _tags(reading, leaf)
        if "$" in text or "\\" in text:
            yield from _formulas(reading, leaf)


def _unknown(reading: Reading, leaf: Leaf) -> Iterator[Finding]:
    found = [(match, code, message) for pattern, code, message in _UNKNOWN for match in pattern.finditer(leaf.text)]
    covered = cover_verbatim(leaf.text if found else "")
    for match, code, message in found:
        if match.start(1) not in covered:
            yield in_text(reading, leaf, match.start(1), code, message.format(quoted(match[1])))


def _links(reading: Reading, leaf: Leaf) -> Iterator[Finding]:
    for offset, address in refused_links(leaf.text):
        yield in_text(reading, leaf, offset, "AG208", f"the link to {quoted(address)} is shown as text")
    for offset, address in find_links(leaf.text):
        if host := hidden_host(address):
            yield in_text(reading, leaf, offset, "AG220", f"the link to {quoted(address)} leads to {quoted(host)}")
    if "](" in leaf.text and not has_place(leaf):
        message = "a citation stands in the words or the title of a link, so all of this text is shown with its marks"
        yield in_text(reading, leaf, leaf.text.index("]("), "AG216", message)


def _tags(reading: Reading, leaf: Leaf) -> Iterator[Finding]:
    covered = cover_opaque(leaf.text)
    for match in _TAG.finditer(leaf.text):
        if match.start() not in covered:
            yield in_text(reading, leaf, match.start(), "AG209", f"{quoted(match[0])} is HTML, and is shown as text")


def _formulas(reading: Reading, leaf: Leaf) -> Iterator[Finding]:
    for run in find_formulas(leaf.text):
        if to_mathml(run[0]) is None:
            yield in_text(reading, leaf, run.start(), "AG210", f"the formula {quoted(run[0])} cannot be set")
