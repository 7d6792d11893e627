"""Texts compared with one another: their words in one normal form, their numbers, and whether one contains another."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from agsite.ids import ALMOST_PAPER_ID, folded

# Marks within a quotation change with those around it, and TeX writes two single ones for a double one.
_QUOTES = re.compile("[\"']+")
# Who quotes says so where a letter was large in the source, or small: “[t]he grains”.
_OTHER_CASE = re.compile(r"(?<!\w)\[([^\W\d_])\](?=\w)")
_MARKS = re.compile(r"[*_$\\{}]|\[(?:AG-[^\]]*)\]")

# A number with its decimals and thousands, or a power of ten; not the digits of a name such as “CO2” or “H1”.
_NUMBER = re.compile(r"(?<![a-z0-9.])(?:10\^-?\d+|(?:\d+(?:,\d{3})*)?\.\d+|\d+(?:,\d{3})*)(?!\d)")
# Thousands may be parted by a space that keeps a line together, or by any where no further number stands beside it;
# not those of “Run 3 300 fb⁻¹”.
_THOUSANDS = re.compile(
    r"(?<![\d.])\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)"
    r"|(?<![\w.,])(?<![\d.,] )(?!(?<=[Rr]un )\d )[1-9]\d{0,2}(?: \d{3})+(?!\w|,\d| \d)"
)
# “1.5e-13”, and what stands before a power of ten without changing it.
_SCIENTIFIC = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([-+−]?\d+)(?!\w)", re.IGNORECASE)
_ONCE = re.compile(r"(?<![\w.,])1(?:\.0+)?[\s$]*(?:×|\\times|\\cdot|·)[\s$]*(?=10[\s$]*[\^⁺⁻⁰¹²³⁴-⁹])")
# What stands raised: in TeX behind a caret, in Unicode as small digits. Only above a ten is it part of a number.
_RAISED = re.compile(
    r"(?P<ten>(?<![\d.,])10\s*(?:\$\s*)?)?"
    r"(?:\^\s*(?:\{(?P<braced>(?:[^{}]|\{[^{}]*\})*)\}|(?P<bare>[-+−]?\d+|\\[a-zA-Z]+|\S))|(?P<small>[⁺⁻]?[⁰¹²³⁴-⁹]+))"
)
# Behind these a number stands without a space in TeX; behind other commands it is a part of a name.
_RELATION = re.compile(
    r"\\(?:approx|cdot|cong|equiv|geq?|geqslant|gg|gt|gtrsim|leq?|leqslant|lesssim|ll|lt|mp|neq?|pm|propto|sim|simeq|times|to)"
    r"(?=[.\d])"
)
_POWER = re.compile(r"\+?(-?\d+)")
_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = dict(zip((*_ONES, *_TEENS, *_TENS), (*range(20), *range(20, 100, 10)), strict=True))
# Not those that are a part of a larger one, as in “two hundred and twenty” and “twenty-first”.
_NAMED = re.compile(
    r"(?<!hundred )(?<!hundred and )(?<!thousand )(?<!thousand and )\b"
    rf"(?:({'|'.join(_TENS)})(?:-({'|'.join(_ONES[1:])})\b|(?!-(?:fir|seco|thi|four|fif|six|seven|eigh|nin)))"
    rf"|({'|'.join((*_ONES, *_TEENS))}))\b(?! hundred\b)"
)
_WORD = re.compile(r"[a-z][a-z0-9-]{3,}")
_STOP_WORDS = """
    about above after again also although among another because been before being between both could does doing down
    during each either from further have having here into itself just more most much must neither only other otherwise
    over perhaps rather same should since some such than that their them then there these they this those though through
    thus under until upon very were what when where whether which while will with within without would your
"""
_STOP = frozenset(_STOP_WORDS.split())


@functools.lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Return the text without marks, in the form in which words are compared.

    >>> plain("A *“large”*  effect [AG-2024.01-1031]")
    'a "large" effect'
    """
    return folded(_MARKS.sub("", text))


def contains(text: str, piece: str) -> bool:
    """Say whether the words of `piece` stand in `text` one after the other, whole words only."""
    return contains_all(text, (piece,))


def contains_all(text: str, pieces: Iterable[str]) -> bool:
    """Say whether a text contains all pieces, each behind the one before it."""
    text, end = _compared(text), 0
    for piece in pieces:
        end = _end_of(_compared(_OTHER_CASE.sub(r"\1", piece)).strip(" .,;:!?'"), text, end)
        if end < 0:
            return False
    return True


def _end_of(wanted: str, text: str, start: int) -> int:
    """Return where words end in a text, looked for from `start` on; -1 where they do not stand there."""
    # No regular expression: an answer may have thousands of quotations, and this goes through a text much faster.
    start = text.find(wanted, start) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        if not (text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum()):
            return end
        start = text.find(wanted, start + 1)
    return -1


@functools.lru_cache(maxsize=20_000)
def _compared(text: str) -> str:
    return _QUOTES.sub("'", plain(text))


@functools.lru_cache(maxsize=20_000)
def numbers_in(text: str) -> frozenset[str]:
    """Return the numbers of a text, small ones written in letters too; the digits of paper ids are none.

    >>> sorted(numbers_in("Of 1,200 events, three pass [AG-2024.01-1031]"))
    ['1200', '3']
    """
    # Raised ones too, for an answer may write “5 +0.3” where its source has “5^{+0.3}”.
    text = _prepared(text)
    masked = plain(_RAISED.sub(_apart, text))
    named = {str(sum(_VALUES[name] for name in match.groups() if name)) for match in _NAMED.finditer(masked)}
    return _digits(text) | _figures(masked) | named


def figures_in(text: str) -> frozenset[str]:
    """Return the numbers that are written in digits, which a reader would expect to find in the source.

    Exponents and mass numbers are none by themselves.

    >>> sorted(figures_in("4 × $10^{-13}$ of the $^{76}$Ge"))
    ['10^-13', '4']
    """
    return _digits(_prepared(text))


def _prepared(text: str) -> str:
    """Return a text without ids of papers and signs in TeX before a number, its thousands parted by commas.

    Powers of ten are written as such.
    """
    powers = _ONCE.sub("", _SCIENTIFIC.sub(r"\1 × 10^\2", ALMOST_PAPER_ID.sub(" ", text)))
    apart = _RELATION.sub(" ", powers)
    return _THOUSANDS.sub(lambda number: ",".join(number[0].split()), apart)


def _digits(prepared: str) -> frozenset[str]:
    return _figures(plain(_RAISED.sub(_as_power, prepared)))


def _as_power(raised: re.Match[str]) -> str:
    """Return a power of ten in one form, and what else is raised without it."""
    if not raised["ten"]:
        return ""
    exponent = _POWER.fullmatch(plain(raised["braced"] or raised["bare"] or raised["small"] or ""))
    return f" 10^{exponent[1]}" if exponent else " 10"


def _apart(raised: re.Match[str]) -> str:
    """Return a number behind another that it stands above, and a power of ten, which is one with it, not at all."""
    power = _as_power(raised)
    return " " if "^" in power else raised[0].replace("^", " ")


def _figures(masked: str) -> frozenset[str]:
    return frozenset(_canonical(match[0]) for match in _NUMBER.finditer(masked))


def _canonical(number: str) -> str:
    if "^" in number:
        return number
    whole, _, decimals = number.replace(",", "").partition(".")
    return ".".join(filter(None, (whole.lstrip("0") or "0", decimals.rstrip("0"))))


def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, cut to their first six letters so that forms of one agree."""
    return frozenset(word[:6] for word in _WORD.findall(plain(text)) if word not in _STOP)
