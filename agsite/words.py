"""The words of the interface, from one catalogue: `templates/words.yml`, or a site's own."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from agsite.errors import TemplateError


class Words:
    """A catalogue of phrases: `words("cited_in", n=3)` gives the phrase for three, with the number in its place.

    A phrase is a text, or one text for each of `one` and `other`. Values are escaped, the phrase itself is trusted: it
    belongs to the site, not to its content.
    """

    def __init__(self, phrases: Mapping[str, Any]) -> None:
        from markupsafe import Markup, escape

        self.months: list[str] = list(phrases["months"])
        self.months_short: list[str] = list(phrases["months_short"])
        self._phrases = {key: _forms(value) for key, value in phrases.items() if not isinstance(value, list)}
        self._markup = Markup
        self._escape = escape

    def pattern(self, key: str) -> str:
        """Return a phrase with its places unfilled, as `str.format` takes it, for text put together elsewhere."""
        return "".join([piece if name is None else f"{{{name}}}" for piece, name in self._phrases[key]["other"]])

    def __call__(self, key: str, **values: Any) -> Any:
        """Return a phrase; raise TemplateError where there is none of this name."""
        try:
            forms = self._phrases[key]
        except KeyError:
            raise TemplateError(f"the catalogue has no phrase “{key}”", "Add it to words.yml.") from None
        pieces = forms["one" if values.get("n") == 1 else "other"]
        return self._markup("".join([piece if name is None else self._shown(values[name]) for piece, name in pieces]))

    def _shown(self, value: Any) -> str:
        return f"{value:,}" if isinstance(value, int) else self._escape(value)


# A phrase cut at its fields: (text, None) or ("", name of the value that stands there).
_Pieces = list[tuple[str, str | None]]


def _forms(phrase: Any) -> dict[str, _Pieces]:
    if isinstance(phrase, dict):
        return {form: _pieces(str(text)) for form, text in phrase.items()}
    pieces = _pieces(str(phrase))
    return {"one": pieces, "other": pieces}


def _pieces(text: str) -> _Pieces:
    """Cut a phrase once, because it is filled in for every row of every page."""
    pieces: _Pieces = []
    for literal, name, _, _ in Formatter().parse(text):
        if literal:
            pieces.append((literal, None))
        if name is not None:
            pieces.append(("", name))
    return pieces
