"""The normal form of a title: two titles with the same one are titles of one paper."""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Collection

from agsite import letters
from agsite.papers.latex import to_plain

_MARKUP = re.compile(r"</?(?:i|b|em|sub|sup|sc|span|mml:[a-z]+)(?: [^<>]{0,200})?>")
_RAISING = re.compile(r"<sup(?: [^<>]{0,200})?>")

# One paper is “τ decays” here and “tau decays” there.
_FOLDED = str.maketrans({**letters.GREEK, **letters.PLAIN, "ħ": "h", "&": "and"})

# Marks that tell particles and algebras apart become words: a `Z'` is no Z, a B⁺ no B⁻, a D* no D, C++ no C. Signs that
# are only ever marks are raised, so that they count whatever follows them; dashes are typography, often `''` too.
_MARKS = {"+": "plus", "-": "minus", "*": "star", "'": "prime"}
_WORDS = str.maketrans(_MARKS)
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2019\u00b4", "'"),  # as an apostrophe is typed
        **dict.fromkeys("\u2018`", "\u2018"),  # what opens a quotation
        **dict.fromkeys("\u2217\u22c6", "*"),  # what LaTeX makes of `\\ast` and `\\star`
        "\u2032": "^'",
        "\u2033": "^'^'",
        "\u207a": "^+",
        "\u207b": "^-",
        "\u2212": "-",
        **dict.fromkeys("${}", None),
    }
)
_TYPOGRAPHY = re.compile("--+|''|\u2018\u2018")
_QUOTED = re.compile(r"(?<![\w)*^])['\u2018]([^'\u2018]{1,200})'(?!\w)")

# A mark counts where it is raised, or stands at a symbol: a letter alone, a Greek letter or its name, with an index or
# not, or a closing bracket. Before a letter an apostrophe is not a prime (`L'Hôpital`), and before a letter or digit a
# hyphen is not a minus, unless that is a charged particle (`e-e+`).
_SYMBOL = rf"(?:(?<![^\W\d_])(?:[a-z]|{'|'.join(sorted(set(letters.GREEK.values())))})|[\u03b1-\u03c9]|\))_?[0-9]?"
# A row of carets is looked at from its first on, or a title of nothing else would take for ever.
_RAISED = r"(?<!\^)\^+"
_MARKED = re.compile(
    rf"{_RAISED}[-'](?![0-9])|(?:{_RAISED}|{_SYMBOL})(?:[*+]|'(?![a-z])|-(?!\w)|-(?=[^\W\d_]\+))+|[\u03b1-\u03c9]'"
)

# Two primes at a symbol, unless the title opens a quotation, which they may then close. In a formula nothing is quoted.
_OPENING = re.compile(r"[\"\u201c\u201e\u00ab\u2018]|(?<!\w)(?:''|\u201d)(?=\w)")
_DOUBLE_PRIME = re.compile(rf"({_RAISED}|{_SYMBOL})(?:''|\u201d)(?![a-z'])")
_FORMULA = re.compile(r"\$[^$]+\$")


@functools.lru_cache(maxsize=200_000)
def title_key(title: str) -> str:
    r"""Return the letters, digits and marks of a title, which neither LaTeX, case, accents, dashes nor spaces change.

    >>> title_key(r"{M}\"uon–$\tau$ \emph{Dip-hunting} & more") == title_key("muon-tau dip hunting and more")
    True
    >>> title_key(r"Search for $Z^\prime$"), title_key("Search for Z")
    ('searchforzprime', 'searchforz')
    """
    text = _FORMULA.sub(lambda match: match[0].replace("''", "\u2033"), title) if "''" in title else title
    text = to_plain(text) if "\\" in text else text
    if "&" in text or "<" in text:
        text = _MARKUP.sub("", _RAISING.sub("^", html.unescape(text)))
    # Compatibility forms first: they turn “²” into “2” and “ϕ” into “φ”. Twice, since a case can bring back an accent.
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.translate(_ALIKE)).casefold())
    text = _spelt_out(text).translate(_FOLDED)
    return "".join(character for character in text if character.isalnum())


def is_another(title: str, known: Collection[str]) -> bool:
    """Tell whether none of the known titles is this one, in whatever letters they write it."""
    return title not in known and title_key(title) not in map(title_key, known)


def _spelt_out(text: str) -> str:
    """Write the marks at symbols as words, in a text that is folded."""
    if ("''" in text or "\u201d" in text) and not _OPENING.search(text):
        text = _DOUBLE_PRIME.sub(r"\1^'^'", text)
    if not any(mark in text for mark in _MARKS):
        return text
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = _QUOTED.sub(r"\1", _TYPOGRAPHY.sub(" ", text))
    text = _MARKED.sub(lambda match: match[0].translate(_WORDS), text)
    # A plus is never a hyphen, and `W + jets` is `W+jets`.
    return text.replace("+", "plus")
