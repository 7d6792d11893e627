"""TeX to MathML at build time; what cannot be read stays visible as its source."""

from __future__ import annotations

import functools
import html
import re

_MARKS = re.compile(r"\$\$(.*)\$\$|\$(.*)\$|\\\((.*)\\\)|\\\[(.*)\\\]", re.DOTALL)
_DECLARATION = re.compile(r'^<math[^>]*>|</math>$|\s(?:displaystyle|xmlns)="[^"]*"')


def formula(source: str) -> tuple[str, bool]:
    """Return the TeX of a formula without its marks, and whether it is set on a line of its own."""
    match = _MARKS.fullmatch(source)
    if match is None:
        return source, False
    tex = next(group for group in match.groups() if group is not None)
    return tex.strip(), match[1] is not None or match[4] is not None


@functools.lru_cache(maxsize=4096)
def to_mathml(source: str) -> str | None:
    """Return MathML for a formula with its marks, or None where the TeX cannot be read."""
    tex, display = formula(source)
    inner = _convert(tex)
    if inner is None:
        return None
    return f'<math display="block">{inner}</math>' if display else f"<math>{inner}</math>"


def _convert(tex: str) -> str | None:
    from latex2mathml.converter import convert  # noqa: PLC0415 - loaded only where a formula is set

    try:
        markup = convert(tex)
    except Exception:  # noqa: BLE001 - the library raises whatever its parser stumbles over
        return None
    # An unknown command comes through as text with its backslash: that is no formula.
    if re.search(r"<(?:mi|mo|mtext)[^>]*>\\[A-Za-z]", markup):
        return None
    return _DECLARATION.sub("", markup)


def formula_html(source: str) -> str:
    """Return MathML, or the source in `<code>` where there is none."""
    return to_mathml(source) or f'<code class="tex">{html.escape(source)}</code>'


def unreadable_formulas(sources: list[str]) -> list[str]:
    """Return those of the formulas that cannot be set."""
    return [source for source in sources if to_mathml(source) is None]
