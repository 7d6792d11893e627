"""The names of the small Greek letters, as TeX has them."""

from __future__ import annotations

# From U+03B1 on; sigma has a second form, at the end of words.
_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon
    phi chi psi omega"""

NAMES = {chr(code): name for code, name in enumerate(_NAMES.split(), 0x3B1)}
