"""The normal form in which two titles are those of one paper."""

from __future__ import annotations

import functools
import html
import re
import unicodedata

from agsite.papers.latex import to_plain

_MARKUP = re.compile(r"</?(?:i|b|em|sub|sup|sc|span|mml:[a-z]+)(?: [^<>]{0,200})?>")

# One paper is “τ decays” here and “tau decays” there.
_GREEK_NAMES = (
    *(
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
    ),
    *("omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
_GREEK = {chr(0x3B1 + place): name for place, name in enumerate(_GREEK_NAMES)}

# Letters that Unicode does not take apart into a base and an accent.
_FOLDED = str.maketrans(
    {
        **_GREEK,
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
        "ħ": "h",
        "&": "and",
    }
)


@functools.lru_cache(maxsize=200_000)
def title_key(title: str) -> str:
    r"""Return the letters and digits of a title, which neither LaTeX, case, accents, dashes nor spaces change.

    >>> title_key(r"{M}\"uon–$\tau$ \emph{Dip-hunting} & more") == title_key("muon-tau dip hunting and more")
    True
    """
    text = to_plain(title) if "\\" in title else title
    if "&" in text or "<" in text:
        text = _MARKUP.sub("", html.unescape(text))
    # Compatibility forms first: they turn “²” into “2” and “ϕ” into “φ”. Twice, since a case can bring back an accent.
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in text.translate(_FOLDED) if character.isalnum())
