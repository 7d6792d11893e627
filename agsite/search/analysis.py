r"""Markdown to prose and text to terms: alike for the index, queries and (`site_src/search-terms.js`) the browser.

A term is the Snowball stem of a word of letters and digits: `nu`, `CP` and `1t` stay words, accents are dropped, Greek
letters get their names (as `\nu` has it in TeX), and words that say nothing are left out.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from agsite import letters

# Part of the index's identity: raise it whenever the same text would give other terms or other prose.
VERSION = 4

_SILENT = """
    a an and are as at be been but by can could did do does for from had has have how if in into is it its may might
    more no not of on only or our s should so such t than that the their them then there these they this those to us
    was we were what when where which who why will with would yet you your"""
STOP_WORDS = frozenset(_SILENT.split())

LONGEST_TERM = 40

_NAMES = {ord(letter): f" {name} " for letter, name in letters.GREEK.items()} | {
    0x2019: "'",
    0x3D5: " phi ",
    0x3F5: " epsilon ",
}
_NAMES |= {ord(letter): plain for letter, plain in letters.PLAIN.items()}

_WORD = re.compile(r"[^\W_]+")
_OWNER = re.compile(r"'s\b", re.ASCII)


class _Letters(dict[int, str | None]):
    """What becomes of a letter that was taken apart and is in lower case: a Greek one gets its name, accents go."""

    def __missing__(self, code: int) -> str | None:
        accent = unicodedata.category(chr(code))[0] == "M"
        letter = self[code] = None if accent else _NAMES.get(code, chr(code))
        return letter


_letters = _Letters()


def fold(text: str) -> str:
    """Return a text in lower case, without accents, Greek letters by name, no `'s`."""
    text = text.lower() if text.isascii() else unicodedata.normalize("NFKD", text).lower().translate(_letters)
    return _OWNER.sub("", text) if "'" in text else text


def words(text: str) -> list[str]:
    r"""Return the words of a text as they are indexed, not yet stemmed.

    >>> words("The CP phase of \\nu_e")
    ['the', 'cp', 'phase', 'of', 'nu', 'e']
    """
    return _WORD.findall(fold(text))


class _Stems(dict[str, str]):
    """Word → stem; empty for words that are not terms. Words repeat, so each is stemmed once."""

    def __missing__(self, word: str) -> str:
        from agsite.search import engine

        none = word in STOP_WORDS or len(word) > LONGEST_TERM
        stem = self[word] = "" if none else engine.stem(word)
        return stem


_stems = _Stems()


def terms(text: str) -> list[str]:
    """Return the terms of a text in order, repeats included.

    >>> terms("Stopping neutrinos that stopped")
    ['stop', 'neutrino', 'stop']
    """
    return [stem for word in words(text) if (stem := _stems[word])]


def stem_of(word: str) -> str:
    """Return the term that a word of `words` is indexed as; empty where it is none."""
    return _stems[word]


# None is longer than these, or thousands of brackets that nothing closes would each be followed to the end of the text.
_CITATION = re.compile(r"[\[(]AG-[^\])]{0,2000}+[\])]")
_LINK = re.compile(r"!?\[([^\]]{0,1000}+)\]\([^)\s]{0,2000}+(?:\s\"[^\"]{0,1000}+\")?\)")
# A break of line to begin with is found in no time, where the beginning of a line would be looked for at every letter.
_BEGINNING = re.compile(
    r"\n(?:[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\d+[.)][ \t]+|```.*(?=\n)|-{3,}(?=\n))"
    # The line below the header of a table: no two parts take the same signs, or a long row of them would take for ever.
    r"|(?:[ \t]*\t)?[ :|-][ :-]*\|[ :|-]*(?=\n))"
)
_HEADING = re.compile(r"(\n[ \t]*#{1,6}[ \t][^\n]*)(?=\n)")
_ROW = re.compile(r"\n[ \t]*\|([^\n]*)")
_CELL_END = re.compile(r"(?<!\\)\|")
_MARKS = re.compile(r"[`$|]+")
# A star alone, as in `K*`, is none of emphasis.
_EMPHASIS = re.compile(r"\*{2,}|\*(?![ \t])([^*\n]*[^ \t*\n])\*")
_FORMATTING = re.compile(
    r"\\(?:mathrm|mathbf|mathcal|mathbb|mathit|text|textrm|textit|textbf|operatorname|left|right|frac|dfrac|tfrac|sqrt|quad|qquad"
    r"|begin|end|label|rm|bf|it|big|Big|bigl|bigr|[,;:! ])(?![A-Za-z])"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)")


@functools.lru_cache(maxsize=1024)
def clean(markdown: str) -> str:
    r"""Return Markdown as prose to find and quote: no citations or marks, a dot after headings and cells, TeX as words.

    >>> clean("## Why **it** works\nBecause $\\nu_e$ mixes [AG-2026.01-735].")
    'Why it works · Because nu_e mixes.'
    """
    text = _uncited(markdown) if "AG-" in markdown else markdown
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    text = _HEADING.sub(r"\1 ·", f"\n{text}\n")
    text = _BEGINNING.sub("\n", text)
    if "|" in text:
        text = _ROW.sub(_cells, text)
    text = _MARKS.sub("", _EMPHASIS.sub(r"\1", text))
    if "\\" in text:
        text = _COMMAND.sub(r"\1", _FORMATTING.sub(" ", text)).replace("{", "").replace("}", "")
    return " ".join(text.split())


def _cells(row: re.Match[str]) -> str:
    """Return a row of a table with a dot after each of its cells, as its sentence has on the page of a paper."""
    return "".join([f"\n{cell} ·" for cell in _CELL_END.split(row[1]) if cell.strip(" \t`$")])


def _uncited(markdown: str) -> str:
    """Leave citations out, and the space before each."""
    *before, last = _CITATION.split(markdown)
    return "".join([text.rstrip(" \t") for text in before]) + last
