"""LaTeX to Unicode and back; the only door to pylatexenc.

The text that agsite keeps is Unicode, except that a formula stays TeX source between dollar signs, which pages set.
"""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable

from agsite.papers.lines import one_line

# The four ways to mark a formula, and digits right after it, as in `$\sim$10`: these move inside, because pages would
# take the mark before them for a currency sign. Lengths are bounded, so that a stray opening mark costs little.
_MARKED = re.compile(
    r"(?:(?<!\\)\$\$(.{1,2000}?)(?<!\\)\$\$"
    r"|(?<!\\)\$((?:\\.|[^$\\]){1,2000})\$"
    r"|(?<!\\)\\\((.{1,2000}?)\\\)"
    r"|(?<!\\)\\\[(.{1,2000}?)\\\])([0-9]*)"
)

# A formula in kept text, by the rule that pages follow: no space inside its marks, no digit after it.
FORMULA = re.compile(r"\$(?![\s$])(?:\\.|[^$\\]){1,2000}(?<!\s)\$(?![0-9])")

# Bibliographies use these as plain characters; to LaTeX the first would start a comment, the second a new column.
_BARE = re.compile(r"(?<!\\)[%&#]")

# A tie is a space, but before a digit authors mean “about” (`z~2`), unless it follows an abbreviation or a formula.
_TIE = re.compile(r"(?<!\\)~(?![0-9])|(?<=[.$})])~")

# What a formula has no use for, and TeX does more with than set it: files are read and written, programs run, commands
# made anew; `\begin{input}` is `\input`. Whoever sets a bibliography from here runs what stands in it. Two carets spell
# any letter otherwise.
_DOES_MORE = re.compile(
    r"\^\^|\\(?:@|(?:input|include|open|close|read|write|verbatiminput|lst|lua|pdf|xdef|every|new|renew|provide|usepackage"
    r"|Input|IfFile|Require)[A-Za-z]*|(?:immediate|special|csname|catcode|[ge]?def|let|futurelet|expandafter|scantokens"
    r"|directlua|latelua|loop|font|jobname|makeatletter|batchmode|dump|begin|href|hypersetup)(?![A-Za-z]))"
)

_TYPOGRAPHY = {"---": "—", "--": "–", "``": "“", "''": "”"}
_TYPED = re.compile("|".join(map(re.escape, _TYPOGRAPHY)))

_ESCAPES = str.maketrans(
    {
        **{character: f"\\{character}" for character in "&%#_$"},
        "\\": r"\textbackslash{}",
        # Not `\{`: BibTeX counts braces without looking at the backslash.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)

_SPELT_OUT = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
}


def to_text(tex: str) -> str:
    r"""Return the text that the LaTeX sets, on one line, with its formulas as `$TeX$`.

    >>> to_text(r"Gr\"obner {B}ases \& the limit \(x_1\)")
    'Gröbner Bases & the limit $x_1$'
    """
    tex = one_line(tex)
    if "$" not in tex and "\\" not in tex:
        return one_line(_prose(tex))
    text, end = "", 0
    for marked in _MARKED.finditer(tex):
        *inside, digits = marked.groups("")
        formula = "".join(inside).strip() + (f"{{}}{digits}" if digits else "")
        text += f"{_prose(tex[end : marked.start()])}${formula}$"
        end = marked.end()
    return one_line(text + _prose(tex[end:]))


def to_plain(tex: str) -> str:
    r"""Return the text with its formulas in Unicode characters, to compare rather than to read.

    >>> to_plain(r"$B\to\pi$ decays")
    'B→π decays'
    """
    return one_line(_convert(_BARE.sub(r"\\\g<0>", one_line(tex)), "text"))


def from_text(text: str) -> str:
    """Return LaTeX that sets the text and does no more, formulas as they are; its braces balance whatever the text."""
    latex, end = "", 0
    for formula in FORMULA.finditer(text):
        if _balanced(formula[0]) and not _DOES_MORE.search(formula[0]):
            latex += text[end : formula.start()].translate(_ESCAPES) + _BARE_IN_FORMULA.sub(r"\\\g<0>", formula[0])
            end = formula.end()
    return latex + text[end:].translate(_ESCAPES)


_BARE_IN_FORMULA = re.compile(r"(?<!\\)[%#]")


def _balanced(text: str) -> bool:
    depth = 0
    for brace in re.findall(r"[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _prose(tex: str) -> str:
    """Convert a stretch without formulas."""
    tex = _TYPED.sub(lambda match: _TYPOGRAPHY[match[0]], _TIE.sub(" ", tex))
    if "\\" not in tex:
        return tex.replace("{", "").replace("}", "")
    text = _convert(_BARE.sub(r"\\\g<0>", tex), "verbatim")
    # A command swallows the space after it; before a formula that space was meant.
    return f"{text} " if tex[-1:].isspace() and not text[-1:].isspace() else text


def _convert(tex: str, maths: str) -> str:
    try:
        return _converter(maths)(tex)
    except Exception:  # noqa: BLE001 - the library fails in many ways on what is not LaTeX, and the text is all we have
        return tex.replace("{", "").replace("}", "")


@functools.cache
def _converter(maths: str) -> Callable[[str], str]:
    from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

    # The library reports oddities of its input to the log, which without any handler would be printed.
    logging.getLogger("pylatexenc").addHandler(logging.NullHandler())
    context = get_default_latex_context_db()
    spelt_out = [MacroTextSpec(name, character) for name, character in _SPELT_OUT.items()]
    context.add_context_category("agsite", macros=spelt_out, prepend=True)
    convert: Callable[[str], str] = LatexNodes2Text(latex_context=context, math_mode=maths).latex_to_text
    return convert
