"""TeX to MathML at build time; what cannot be read stays visible as its source."""

from __future__ import annotations

import functools
import html
import re

from agsite.markup.mathml import NotCoreError, on_one_line, to_core
from agsite.markup.opaque import find_opaque
from agsite.suspects import suspects
from agsite.verbatim import MATHS

_FORMULA = re.compile(MATHS, re.DOTALL)
_MARKS = re.compile(r"\$\$(.*)\$\$|\$(.*)\$|\\\((.*)\\\)|\\\[(.*)\\\]", re.DOTALL)

# Deeper than any formula that people write, and far from where recursion ends.
_MAX_DEPTH = 50

# A formula of more signs may be wider than the text on a phone, and one of that many more than a sheet.
_NARROW, _WIDE = 20, 80
_TAG = re.compile(r"<[^>]*>")

# Macros that authors take for granted because their journal's style has them, and common short forms. What a paper
# defines for itself is not guessed: its formulas stay TeX.
_MACROS = {
    **{unit: rf"\,\mathrm{{{unit}}}" for unit in ("eV", "keV", "MeV", "GeV", "TeV", "fb", "pb", "kpc", "Mpc", "Gpc")},
    "kms": r"\,\mathrm{km\,s^{-1}}",
    **{body + "sun": rf"{body.upper()}_\odot" for body in "mrlz"},
    **{body + "sun": rf"{body}_\odot" for body in "MRLZ"},
    **dict.fromkeys(("la", "lsim", "lta", "simlt"), r"\lesssim"),
    **dict.fromkeys(("ga", "gsim", "gta", "simgt"), r"\gtrsim"),
    **{letter: rf"\mathbb{{{letter}}}" for letter in "CNQRZ"},
    "al": r"\alpha",
    "de": r"\delta",
    "eps": r"\epsilon",
    "veps": r"\varepsilon",
    "vp": r"\varphi",
    "lam": r"\lambda",
    "Lam": r"\Lambda",
    "si": r"\sigma",
    "sig": r"\sigma",
    "om": r"\omega",
    "Om": r"\Omega",
    "half": r"\frac{1}{2}",
    "micron": r"\,\mathrm{\mu m}",
    "AA": r"\text{Å}",
    "angstrom": r"\text{Å}",
    "arcmin": r"{}^{\prime}",
    "arcsec": r"{}^{\prime\prime}",
    **{name: rf"\operatorname{{{name}}}" for name in ("Tr", "tr", "diag", "sgn", "rank")},
}
# The converter knows one of two names of the same table.
_ALIGNED = re.compile(r"\\(begin|end)\s*\{aligned\}")
# The sign itself; any other that is left parts the cells of a table that was not understood.
_AND_SIGN = re.compile(r"(?<!\\)(?:\\\\)*\\&")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
# One after a backslash is a sign.
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


def formula(source: str) -> tuple[str, bool]:
    """Return the TeX of a formula without its marks, and whether it is set on a line of its own."""
    match = _MARKS.fullmatch(source)
    if match is None:
        return source, False
    tex = next(group for group in match.groups() if group is not None)
    return tex.strip(), match[1] is not None or match[4] is not None


@functools.lru_cache(maxsize=4096)
def to_mathml(source: str) -> str | None:
    """Return MathML Core for a formula with its marks, or None where the TeX cannot be read."""
    tex, display = formula(source)
    inner = _convert(_COMMAND.sub(_expand, tex))
    if inner is None:
        return None
    return f'<math display="block">{inner}</math>' if display else f"<math>{inner}</math>"


def _expand(match: re.Match[str]) -> str:
    macro = _MACROS.get(match[1])
    return f"{{{macro}}}" if macro else match[0]


def _convert(tex: str) -> str | None:
    from latex2mathml.converter import convert_to_element

    depth = _depth(tex)
    if depth is None or depth > _MAX_DEPTH:
        return None
    try:
        inner = to_core(convert_to_element(_ALIGNED.sub(r"\\\1{split}", tex)))
    except NotCoreError:
        return None
    except Exception:  # noqa: BLE001 - the library raises whatever its parser stumbles over
        return None
    # It may name any character by its number.
    hidden = "\\unicode" in tex and suspects(inner)
    return None if hidden or inner.count("<mi>&amp;</mi>") > len(_AND_SIGN.findall(tex)) else inner


def _depth(tex: str) -> int | None:
    """Return how deep the braces nest, or None where one lacks its partner, which the converter would not mind."""
    deepest = depth = 0
    for brace in _BRACE.finditer(tex):
        depth += (brace[0] == "{") - (brace[0] == "}")
        if depth < 0:
            return None
        deepest = max(deepest, depth)
    return None if depth else deepest


def find_formulas(text: str) -> list[re.Match[str]]:
    """Return the formulas of a text, those in the words of a link among them."""
    found: list[re.Match[str]] = []
    # All formulas start with one of two signs.
    for run in find_opaque(text) if "$" in text or "\\" in text else ():
        if run["maths"]:
            found.append(run)
        elif run["link"]:  # An address in angle brackets has no words.
            found += _FORMULA.finditer(text, run.start(), text.find("](", run.start(), run.end()))
    return found


@functools.lru_cache(maxsize=4096)
def formula_html(source: str) -> str:
    """Return MathML, or the source in `<code>` where there is none; what may be too wide for its column scrolls."""
    shown = to_mathml(source)
    if shown is None:
        return f'<code class="tex">{html.escape(source)}</code>'
    signs = len(html.unescape(_TAG.sub("", shown)))
    if not shown.startswith("<math>"):
        return f'<span class="{"scroll wide" if signs > _WIDE else "scroll"}">{shown}</span>'
    return f'<span class="eq">{shown}</span>' if signs > _NARROW else shown


def readable(text: str) -> str:
    r"""Return a title as plain text that can be read aloud: the signs of a formula in place of its TeX.

    >>> readable("Limits at $10^{12}$ GeV for spin $1\\over 2$")
    'Limits at 10^12 GeV for spin 1/2'
    """
    pieces, last = [], 0
    for run in find_formulas(text):
        shown = to_mathml(run[0])
        pieces += [text[last : run.start()], run[0] if shown is None else on_one_line(shown)]
        last = run.end()
    return "".join([*pieces, text[last:]])


# What stands at a formula without a space, be it emphasised or not: brackets, marks and hyphens on both sides, and the
# citation after it. More than a few signs before it are none of these, and to look for the end of each run of them
# would take for ever.
_WITH_SIGNS = re.compile(
    r"([^\w\s>;]{0,9})((?:<(em|strong)>)?(<span class=\"eq\">)?<math>.*?</math>(?(4)</span>)(?(3)</\3>))"
    r"([^\w\s<&]*(?:<a class=\"cite.*?</a>)?)",
    re.DOTALL,
)


def kept_together(markup: str) -> str:
    """Keep a comma from starting a line: a browser may break on both sides of a formula, whatever stands there."""
    return _WITH_SIGNS.sub(_together, markup) if "<math>" in markup else markup


def _together(match: re.Match[str]) -> str:
    return f'<span class="nb">{match[0]}</span>' if match[1] or match[5] else match[0]
