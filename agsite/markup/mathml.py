"""MathML cut down to MathML Core: what browsers set, and nothing that could carry a style, a link or a script."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from xml.etree.ElementTree import Element, fromstring, tostring

# Elements, with how many parts they must have where that is fixed.
_PARTS = {
    **dict.fromkeys(
        ("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msqrt", "mstyle", "mpadded", "mphantom"), None
    ),
    **dict.fromkeys(("mtable", "mtr", "mtd", "mmultiscripts", "mprescripts"), None),
    **dict.fromkeys(("msub", "msup", "munder", "mover", "mfrac", "mroot"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
# No two of its parts take the same digits, or a long row of them would take for ever.
_LENGTH = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:em|ex|pt|px|cm|mm|in)|0")
_KEYWORD = re.compile(r"true|false|prefix|infix|postfix|[0-9]")
_ATTRIBUTES = {
    **dict.fromkeys(("width", "height", "depth", "lspace", "rspace", "voffset", "minsize", "maxsize"), _LENGTH),
    "linethickness": _LENGTH,
    **dict.fromkeys(
        ("stretchy", "fence", "form", "largeop", "movablelimits", "symmetric", "accent", "accentunder"), _KEYWORD
    ),
    **dict.fromkeys(("displaystyle", "scriptlevel", "columnspan", "rowspan"), _KEYWORD),
}
_LIMITS = frozenset({"min", "max", "lim", "sup", "inf", "lim sup", "lim inf", "argmin", "argmax", "det", "gcd", "Pr"})
_WITH_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_CLOSING = frozenset(")]}|∣‖⟩⌉⌋!′")  # noqa: RUF001 - signs of mathematics
_BARS = frozenset("|‖")
_SPACED = frozenset({"form", "lspace"})
_WITH_SCRIPTS = frozenset({"msub", "msup", "msubsup"})
# What Core leaves to a style sheet: where in its column a cell stands, if not in the middle.
_SIDES = frozenset({"left", "right"})
# What TeX draws over or below a letter, as a mark that combines with it; with more than one letter it is left out.
_ACCENTS = {
    **dict.fromkeys("\u00af\u203e\u2015", "\u0304"),
    **dict.fromkeys("\u02dc\u223c", "\u0303"),
    **dict.fromkeys("^\u02c6", "\u0302"),
    **dict.fromkeys("\u23de\u23df", ""),
} | {"\u2192": "\u20d7", "\u02d9": "\u0307", "\u00a8": "\u0308"}
# Primes and degrees, which need no sign that raises them.
_RAISED = {sign: sign for sign in "\u2032\u2033\u2034\u2057"} | {"\u2218": "\u00b0"}
_SCRIPT_SIGNS = {"mover": "^", "msub": "_", "msup": "^", "msubsup": "_^", "munder": "_", "munderover": "_^"}
_LEAVES = frozenset({"mi", "mn", "mo", "mtext"})
_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]{1,6});")


class NotCoreError(ValueError):
    """The formula has a part that MathML Core lacks and that cannot be left out."""


def to_core(root: Element) -> str:
    """Return what stands inside the tree's `<math>`; raise NotCoreError where it cannot be said in MathML Core."""
    _clean(root)
    return "".join(tostring(child, encoding="unicode", short_empty_elements=False) for child in root)


def on_one_line(markup: str) -> str:
    """Return what MathML of ours says on one line of text, with signs for powers, indexes, fractions and roots.

    >>> on_one_line("<math><msup><mn>10</mn><mrow><mo>-</mo><mn>4</mn></mrow></msup></math>")
    '10^-4'
    """
    return _on_one_line(fromstring(markup))  # noqa: S314 - our own markup, made from a tree


def _on_one_line(element: Element) -> str:
    parts = [_on_one_line(child) for child in element]
    if element.tag == "mfrac":
        return "/".join(map(_grouped, parts))
    if element.tag == "msqrt":
        return f"√{_grouped(''.join(parts))}"
    if element.tag == "mroot":
        return f"{_grouped(parts[1])}√{_grouped(parts[0])}"
    if element.tag in _SCRIPT_SIGNS:
        return _scripted(*parts, signs=_SCRIPT_SIGNS[element.tag])
    return (element.text or "") + "".join(parts)


def _scripted(base: str, *scripts: str, signs: str) -> str:
    for sign, script in zip(signs, scripts, strict=True):
        if script in _ACCENTS:
            base = unicodedata.normalize("NFC", f"{base}{_ACCENTS[script]}") if len(base) == 1 else base
        elif script in _RAISED:
            base += _RAISED[script]
        else:
            base += f"{sign}{_grouped(script)}"
    return base


def _grouped(text: str) -> str:
    """Put what is more than a word or a number, perhaps with a sign before it, between brackets."""
    plain = text[1:] if text[:1] in {"+", "-", "−"} else text
    return text if len(text) < 2 or plain.replace(".", "").isalnum() else f"({text})"


def _clean(element: Element) -> None:
    if element.tag == "menclose" and element.get("notation") == "box":
        element.tag = "mrow"
    if element.tag not in _PARTS:
        raise NotCoreError(f"<{element.tag}> is not in MathML Core")
    if _PARTS[element.tag] not in {None, len(element)}:
        raise NotCoreError(f"<{element.tag}> has {len(element)} parts")
    if element.get("linebreak") == "newline":
        raise NotCoreError("a line ends outside of a table")
    variant, side = element.get("mathvariant", ""), element.get("columnalign")
    kept = {
        name: value for name, value in element.items() if name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value)
    }
    element.attrib.clear()
    element.attrib.update(kept)
    if element.tag == "mtd" and side in _SIDES:
        element.set("class", side)
    if element.tag in _LEAVES:
        _clean_leaf(element, variant)
    for child in element:
        _clean(child)
    _set_limits(element)
    _set_bars(element)
    _set_signs(element)
    _join_upright(element)


def _set_limits(element: Element) -> None:
    """Put what belongs under *min* there in a displayed formula, and beside it within a line."""
    if element.tag in _WITH_LIMITS and element[0].tag == "mo" and element[0].text in _LIMITS:
        element.tag = _WITH_LIMITS[element.tag]
        element[0].set("movablelimits", "true")


def _set_bars(element: Element) -> None:
    """Set bars as brackets, without space around them: as TeX does with all that are not written as relations.

    One at the start or after an operation opens; so does one after a bar that closed all that was open.
    """
    if element.tag in _WITH_SCRIPTS:
        return
    before: Element | None = None
    depth = 0
    for child in element:
        bar = child[0] if child.tag in _WITH_SCRIPTS else child
        if bar.tag == "mo" and bar.text in _BARS and not _SPACED.intersection(bar.keys()):
            opens = child is bar and (_starts_operand(before) or (_is_bar(before) and not depth))
            depth = max(0, depth + (1 if opens else -1))
            bar.set("form", "prefix" if opens else "postfix")
            bar.attrib.setdefault("stretchy", "false")
        if child.tag != "mspace":
            before = child


def _is_bar(element: Element | None) -> bool:
    return element is not None and element.tag == "mo" and element.text in _BARS


def _starts_operand(before: Element | None) -> bool:
    """Say whether what follows is the first of an operand: at the start, after an operation or an opening bracket."""
    if before is None or before.get("form") == "prefix":
        return True
    return before.tag == "mo" and (before.text or "") not in _CLOSING


def _set_signs(element: Element) -> None:
    """Set a minus after an opening bracket or a relation as a sign, and not as an operation."""
    for before, child in itertools.pairwise(element):
        sign = child.tag == "mo" and child.text in {"−", "-", "+", "±"}
        if sign and _starts_operand(before):
            child.set("form", "prefix")


def _clean_leaf(element: Element, variant: str) -> None:
    # The converter writes its symbols as references, for whoever prints the tree without escaping.
    text = _REFERENCE.sub(lambda match: chr(int(match[1], 16)), element.text or "")
    if re.match(r"\\[A-Za-z]", text):
        raise NotCoreError(f"{text} is an unknown command")
    if text == "~":
        # The converter takes `\sim` for a letter.
        element.tag, text = "mo", "\N{TILDE OPERATOR}"
    element.text = "".join(_alphabets().get((variant, char), char) for char in text)
    if variant == "normal" and element.tag == "mi" and len(element.text) == 1:
        element.set("mathvariant", "normal")


def _join_upright(element: Element) -> None:
    """Make one word of upright letters that follow one another, as TeV is written."""
    previous = None
    for child in list(element) if element.tag in {"mrow", "math", "mtd", "mstyle"} else ():
        upright = child.tag == "mi" and child.get("mathvariant") == "normal" and (child.text or "").isalpha()
        if upright and previous is not None:
            previous.text = f"{previous.text}{child.text}"
            element.remove(child)
        else:
            previous = child if upright else None
    for child in element:
        # A style sheet slants variables, and cannot tell a word from a letter but by this.
        if child.tag == "mi" and len(child.text or "") > 1:
            child.set("mathvariant", "normal")


@functools.cache
def _alphabets() -> dict[tuple[str, str], str]:
    """Map (MathML's name of an alphabet, plain letter) to the letter of Unicode that Core wants for it."""
    pattern = re.compile(r"(?:MATHEMATICAL )?([A-Z -]+?) (?:CAPITAL|SMALL|DIGIT) [A-Z]+(?: SYMBOL)?")
    found = {}
    for code in (*range(0x2100, 0x2150), *range(0x1D400, 0x1D800)):
        match = pattern.fullmatch(unicodedata.name(chr(code), ""))
        if match:
            alphabet = match[1].lower().replace(" ", "-").replace("black-letter", "fraktur")
            found[alphabet, unicodedata.normalize("NFKC", chr(code))] = chr(code)
    return found
