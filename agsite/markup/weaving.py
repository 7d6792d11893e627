"""The Markdown of a leaf, a sentence on each line, to HTML: emphasis, code and links, each sentence in its span.

What stands for citations, formulas and line breaks goes through as it is.
"""

from __future__ import annotations

import functools
import html
import re
from typing import TYPE_CHECKING

from agsite.markup.links import is_safe, leaves_site, shown

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Noncharacters stand for what was taken out. The signs around them are punctuation, as the brackets and dollars were,
# so that emphasis beside them opens and closes as it would; braces and dollars have no other meaning in Markdown.
CITE, MATH = "{\ufdd0}", "$\ufdd1$"
STRAY = str.maketrans("", "", "\ufdd0\ufdd1")

# The same for line breaks, which are space to what stands beside them and come after the tags that end there.
BREAK = "\ufdd2"
_BREAK_IN_ADDRESS = "%EF%B7%92"


Span = tuple[str, str]
"""What comes before and after a sentence: its tags, and the space between it and the next."""

_NEEDS_PARSER = re.compile(r"[`\\<_!&\[\]]")
_WORD = r"[A-Za-z0-9]"
# It starts with the mark itself, not with a look behind: one sign is quickly searched for.
_PLAIN_EMPHASIS = re.compile(
    rf"(?P<mark>\*(?<![\w*\ufdd0]\*)\*?)(?P<text>{_WORD}(?:[^*\n]*[A-Za-z0-9])?)(?P=mark)(?![\w*])", re.ASCII
)


def simple(text: str, spans: list[Span]) -> str:
    """Render text whose only markup is plain emphasis around words; empty where it has more."""
    if _NEEDS_PARSER.search(text) or "://" in text or "****" in text:
        return ""
    if "*" in text and "*" in _PLAIN_EMPHASIS.sub("", text):
        return ""
    # Of what HTML escapes, nothing else can be left.
    lines = text.replace(">", "&gt;").split("\n")
    if "*" in text:
        lines = [_PLAIN_EMPHASIS.sub(_emphasis, line) for line in lines]
    return _in_spans(lines, spans)


def as_it_stands(text: str, spans: list[Span]) -> str:
    """Show text as it stands: the last resort, in which nothing can be lost."""
    return _in_spans(html.escape(text, quote=False).split("\n"), spans)


def _in_spans(lines: list[str], spans: list[Span]) -> str:
    return "".join([start + line + end for line, (start, end) in zip(lines, spans, strict=True)])


def _emphasis(match: re.Match[str]) -> str:
    tag = "strong" if match["mark"] == "**" else "em"
    return f"<{tag}>{match['text']}</{tag}>"


@functools.cache
def _inline_parser(*, links: bool) -> MarkdownIt:
    """Return the parser of inline Markdown; without `links` it spends no time on brackets that begin none."""
    from markdown_it import MarkdownIt

    unused = ["image", "html_inline"] if links else ["image", "html_inline", "link"]
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable(unused)
    parser.validateLink = is_safe  # type: ignore[method-assign,assignment]
    parser.normalizeLinkText = shown  # type: ignore[method-assign,assignment]
    return parser


_TAGS = {"em_open": "em", "strong_open": "strong", "link_open": "a"}


def full(text: str, spans: list[Span], base: str = "") -> str:
    """Render through markdown-it; empty where it would put something where HTML has no place for it."""
    weaver = _Weaver(spans, base)
    for token in _inline_parser(links=_may_link(text)).parseInline(text)[0].children or ():
        weaver.add(token)
    return weaver.html()


def _may_link(text: str) -> bool:
    return 0 <= text.find("](") < text.rfind(")")


class _Weaver:
    """Tokens to HTML, a sentence in each span: a tag that is open at a sentence's end closes there and opens again."""

    def __init__(self, spans: list[Span], base: str) -> None:
        self.spans = spans
        self.base = base
        self.sentence = 0
        self.pieces: list[str] = []
        self.open_tags: list[tuple[str, str]] = []
        self.misplaced = False
        self._begin()

    def add(self, token: Token) -> None:
        if token.type in {"softbreak", "hardbreak"}:
            self._end()
            self.sentence += 1
            self._begin()
        elif token.type in _TAGS:
            self.misplaced |= _BREAK_IN_ADDRESS in str(token.attrGet("href"))
            self._open(
                _link(token, self.base) if token.type == "link_open" else f"<{_TAGS[token.type]}>", _TAGS[token.type]
            )
        elif token.nesting < 0:
            self.pieces.append(self.open_tags.pop()[1])
        else:
            # A citation is a link, and HTML has none within another.
            self.misplaced |= "\ufdd0" in token.content and self._in_link()
            content = html.escape(token.content, quote=False)
            self.pieces.append(f"<code>{content}</code>" if token.type == "code_inline" else content)

    def html(self) -> str:
        """Return the HTML; empty where a link stands within a link, or a sentence within code."""
        self._end()
        return "" if self.misplaced or self.sentence != len(self.spans) - 1 else "".join(self.pieces)

    def _open(self, start: str, tag: str) -> None:
        self.misplaced |= tag == "a" and self._in_link()
        self.pieces.append(start)
        self.open_tags.append((start, f"</{tag}>"))

    def _in_link(self) -> bool:
        return any(end == "</a>" for _, end in self.open_tags)

    def _begin(self) -> None:
        if self.sentence < len(self.spans):
            self.pieces.append(self.spans[self.sentence][0])
        self.pieces.extend(start for start, _ in self.open_tags)

    def _end(self) -> None:
        self.pieces.extend(end for _, end in reversed(self.open_tags))
        if self.sentence < len(self.spans):
            self.pieces.append(self.spans[self.sentence][1])


def _link(token: Token, base: str) -> str:
    href = str(token.attrGet("href"))
    outside = leaves_site(href)
    if not (outside or href.startswith("/")):
        href = base + href
    # An id or a formula has no place in an attribute: without its mark, the leaf is shown as it stands.
    title = str(token.attrGet("title") or "").translate(STRAY).replace(BREAK, "")
    rel = ' rel="nofollow ugc noopener"' if outside else ""
    return f'<a href="{html.escape(href)}"' + (f' title="{html.escape(title)}"' if title else "") + rel + ">"
