"""Page text is half-rendered Markdown: what was never markup there is escaped, so that Markdown shows it as it stood.

`escape` and `unescape` are inverse to each other for one line without `\\n`.
"""

from __future__ import annotations

import re

# Code and formulas are taken over letter by letter: markup has no meaning inside. `opaque` is written in one place for
# both directions; the scanner of `markup` uses the same shapes.
_OPAQUE = (
    r"(?P<opaque>(?P<tick>`+)(?!`)(?:.*?[^`])?(?P=tick)(?!`)"
    r"|\$\$[^$]+\$\$|\$(?![\s$])(?:[^$\\]|\\.)*?(?<![\s\\])\$(?![0-9$])"
    r"|\\\((?:[^\\]|\\(?!\)).)*?\\\)|\\\[(?:[^\\]|\\(?!\]).)*?\\\])"
)
_PUNCTUATION = r"[!-/:-@\[-`{-~]"
_TO_ESCAPE = re.compile(
    _OPAQUE + rf"|\\(?={_PUNCTUATION})|\](?=\()|<(?=[A-Za-z][A-Za-z0-9+.-]*[:@])|&(?=#?[A-Za-z0-9]+;)"
)
_TO_UNESCAPE = re.compile(_OPAQUE + rf"|\\(?P<char>{_PUNCTUATION})|&#(?P<code>32|9);")

# What would open a block of Markdown at the start of a line but is plain text in page text: quotes, bullets, headings
# without text, fences, rules other than `---`. A number gets its mark escaped instead.
_BLOCK_START = re.compile(r">|[-+*](?=\s|$)|#{1,6}(?=\s|$)|`{3}|~{3}|(?=([-*_])[ \t]*(?:\1[ \t]*){2,}$)")
_NUMBER = re.compile(r"([0-9]{1,9})(?=[.)](?:\s|$))")


def escape(line: str) -> str:
    """Return a paragraph of Markdown that shows `line`, keeping emphasis, code, formulas and citations as they are."""
    return _escape_start(escape_inline(line))


def escape_inline(line: str) -> str:
    """Do what `escape` does for text that does not start a block, such as a heading's."""
    if not any(mark in line for mark in ("\\", "](", "<", "&")):
        return line
    return _TO_ESCAPE.sub(lambda match: match[0] if match["opaque"] else "\\" + match[0], line)


def _escape_start(line: str) -> str:
    if line[:1] in {" ", "\t"}:
        return f"&#{ord(line[0])};{line[1:]}"
    if number := _NUMBER.match(line):
        return f"{number[1]}\\{line[number.end() :]}"
    if _BLOCK_START.match(line):
        return "\\" + line
    return line


def unescape(line: str) -> str:
    """Return the line of page text that `escape` made this Markdown from."""

    def plain(match: re.Match[str]) -> str:
        if match["opaque"]:
            return match[0]
        return match["char"] or chr(int(match["code"]))

    return _TO_UNESCAPE.sub(plain, line) if "\\" in line or "&" in line else line
