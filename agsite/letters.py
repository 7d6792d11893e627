"""Letters written with plain ones: Greek letters by name, and Latin letters that Unicode does not take apart."""

from __future__ import annotations

# From U+03B1 on, as TeX has them; sigma has a second form, at the end of words.
_GREEK = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon
    phi chi psi omega"""

GREEK = {chr(code): name for code, name in enumerate(_GREEK.split(), 0x3B1)}
"""The names of the small Greek letters."""

PLAIN = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "\u0131": "i"}
"""Letters that are no other letter with an accent, as people write them who have no key for them."""
