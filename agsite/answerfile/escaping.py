r"""Page text is half-rendered Markdown: what was never markup there is escaped, so that Markdown shows it as it stood.

`escape` and `unescape` are inverse to each other for one line without `\n`.
"""

from __future__ import annotations

import re

from agsite.verbatim import CODE, MATHS

_OPAQUE = rf"(?P<opaque>{CODE}|{MATHS})"
_PUNCTUATION = r"[!-/:-@\[-`{-~]"
# Backslashes that would escape something, links, addresses in angle brackets, and names of characters.
# Both look at the next sign first, which spares most places the attempt to read any of them.
_TO_ESCAPE = re.compile(
    rf"(?=[`$\\\]<&])(?:{_OPAQUE}|\\(?={_PUNCTUATION})|\](?=\()|<(?=[^\s<>]*[:@])|&(?=#?[A-Za-z0-9]+;))"
)
_TO_UNESCAPE = re.compile(rf"(?=[`$\\&])(?:{_OPAQUE}|\\(?P<char>{_PUNCTUATION})|&#(?P<code>32|9);)")

# What would open a block of Markdown at the start of a line but is plain text in page text: quotes, bullets, headings
# without text, fences, rules other than `---`. A number gets its mark escaped instead.
_BLOCK_START = re.compile(
    r">|[-+*](?=\s|$)|#{1,6}(?=\s|$)|`{3,}[^`]*$|~{3}|(?=(?P<rule>[-*_])[ \t]*(?:(?P=rule)[ \t]*){2,}$)"
)
_NUMBER = re.compile(r"([0-9]{1,9})(?=[.)](?:\s|$))")


def escape(line: str) -> str:
    """Return a paragraph of Markdown that shows `line`, keeping emphasis, code, formulas and citations as they are."""
    return _escape_start(escape_inline(line))


def escape_inline(line: str) -> str:
    """Do what `escape` does for text that does not start a block, such as a heading's."""
    if "\\" in line or "<" in line or "&" in line or "](" in line:
        return _TO_ESCAPE.sub(lambda match: match[0] if match["opaque"] else "\\" + match[0], line)
    return line


def _escape_start(line: str) -> str:
    first = line[:1]
    if first.isalpha():
        return line
    if first in {" ", "\t"}:
        return f"&#{ord(first)};{line[1:]}"
    if number := _NUMBER.match(line):
        return f"{number[1]}\\{line[number.end() :]}"
    if _BLOCK_START.match(line):
        return "\\" + line
    return line


def unescape(line: str) -> str:
    """Return the line of page text that `escape` made this Markdown from."""
    return _TO_UNESCAPE.sub(_plain, line) if "\\" in line or "&" in line else line


def _plain(match: re.Match[str]) -> str:
    if match["opaque"]:
        return match[0]
    return match["char"] or chr(int(match["code"]))


def inserted(markdown: str) -> list[int]:
    """Return the columns, from 1, of the characters that `escape` put into a line."""
    columns: list[int] = []
    for match in _TO_UNESCAPE.finditer(markdown):
        columns += range(match.start() + 1, match.end() + 1 - len(_plain(match)))
    return columns
