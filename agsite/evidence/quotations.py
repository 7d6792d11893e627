"""The quotations of a text: what stands between marks of many languages, and in block quotes.

A quotation is five words or more; fewer are a name, or a word that is held at arm's length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agsite.body import Body, Leaf
from agsite.evidence.texts import contains_all, plain

_LEAST_WORDS = 5

# No blank line is between them; an apostrophe in a word ends nothing, and “'t Hooft” and “'90s” begin nothing.
# No two of the alternatives match the same character, or a row of apostrophes would take for ever.
_LINE_END = r"\n(?![ \t]*\n)"
_BEGINS = r"(?=[^\W\d])(?!(?:t|n|s|em|tis|til)\b)"
_QUOTED = re.compile(
    r"“([^“”]+)”|(?<![\w\"])\"([^\"]+)\"(?![\w\"])|„([^„“”]+)[“”]|«([^«»]+)»|»(?=\S)([^«»]+)(?<=\S)«|‹([^‹›]+)›"  # noqa: RUF001
    r"|「([^「」]+)」|『([^『』]+)』|‚(?=\S)([^‚‘]+)‘"  # noqa: RUF001
    rf"|(?<!\w)‘{_BEGINS}((?:[^‘’\n]|{_LINE_END}|(?<=\w)’(?=\w))+)(?<=\S)’(?!\w)"
    rf"|(?<![\w'])'{_BEGINS}((?:[^'\n]|{_LINE_END}|(?<=\w)'(?=\w))+)(?<=\S)'(?![\w'])"
)
# Without the space around it, which `contains` leaves out: to look for that first takes ages in a long row of spaces.
_ELLIPSIS = re.compile(r"\[?(?:…|\.\.\.)\]?")
# What leaves out more than that is no quotation.
_MOST_PIECES = 20
# What whoever quotes put in, unless it says the opposite.
_INSERTED = re.compile(
    r"\[(?!(?:not?|never|nor|none|without|hardly|barely)\b)[^\W\d_]+(?:[ '’-][^\W\d_]+){0,2}\]", re.IGNORECASE
)
_LEAST_WORDS_OF_SOURCE = 4
"""How many words a quotation has of its source, at least, for each that was put in."""
_ATTRIBUTION = re.compile(r"\s*(?:[—–―]|--)")


def is_long(quote: str) -> bool:
    """Say whether a quotation has enough words to be looked up; marks and citations do not count as words."""
    return len(plain(quote).split()) >= _LEAST_WORDS


def between_marks(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """Yield what is quoted between marks in a stretch of text, each with its place."""
    for match in _QUOTED.finditer(text, start, end):
        yield match[match.lastindex or 0], match.start()


def set_off(body: Body) -> Iterator[Leaf]:
    """Yield the leaves of block quotes, without those that only say whose words they are."""
    depth = 0
    for leaf in body.leaves():
        depth += leaf.open.count("<blockquote")
        if depth and not _ATTRIBUTION.match(leaf.text):
            yield leaf
        depth -= leaf.close.count("</blockquote")


def quotes_in(text: str, body: Body) -> list[str]:
    """Return the quotations of a text that are long enough to be looked up; `body` is what was read of it."""
    sentences = [leaf.text[s.start : s.end] for leaf in set_off(body) for s in leaf.sentences]
    inline = [quote for quote, _ in between_marks(text, 0, len(text))]
    return list(filter(is_long, inline + sentences))


def is_quoted_from(quote: str, texts: Iterable[str]) -> bool:
    """Say whether one of the texts has the quotation, its ellipses and a few words in brackets left out."""
    texts = tuple(texts)
    return _stands_in(texts, quote) or (_has_few_put_in(quote) and _stands_in(texts, _INSERTED.sub(" ", quote)))


def _has_few_put_in(quote: str) -> bool:
    inserted = sum(len(match[0].split()) for match in _INSERTED.finditer(quote))
    return 0 < inserted * (_LEAST_WORDS_OF_SOURCE + 1) <= len(plain(quote).split())


def _stands_in(texts: Iterable[str], quote: str) -> bool:
    pieces = [piece for piece in _ELLIPSIS.split(quote) if piece.strip(" .,;")]
    return len(pieces) <= _MOST_PIECES and any(contains_all(text, pieces) for text in texts)
