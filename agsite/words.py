"""The words of the interface, from one catalogue: `templates/words.yml`, or a site's own."""

from __future__ import annotations

from typing import Any

from agsite.errors import TemplateError


class Words:
    """A catalogue of phrases: `words("cited_in", n=3)` gives the phrase for three, with the number in its place.

    A phrase is a text, or one text for each of `one` and `other`. Values are escaped, the phrase itself is trusted: it
    belongs to the site, not to its content.
    """

    def __init__(self, phrases: dict[str, Any]) -> None:
        from markupsafe import Markup  # noqa: PLC0415 - comes with Jinja2, loaded only where something is rendered

        self.months: list[str] = list(phrases["months"])
        self.months_short: list[str] = list(phrases["months_short"])
        self._phrases = {
            key: {form: Markup(text) for form, text in value.items()} if isinstance(value, dict) else Markup(value)  # noqa: S704 - the site's own words
            for key, value in phrases.items()
            if not isinstance(value, list)
        }

    def __call__(self, key: str, **values: Any) -> Any:
        """Return a phrase; raise TemplateError where there is none of this name."""
        try:
            phrase = self._phrases[key]
        except KeyError:
            raise TemplateError(f"the catalogue has no phrase “{key}”", "Add it to words.yml.") from None
        if isinstance(phrase, dict):
            phrase = phrase["one" if values.get("n") == 1 else "other"]
        return phrase.format(**{key: f"{v:,}" if isinstance(v, int) else v for key, v in values.items()}) if values else phrase
