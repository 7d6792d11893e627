"""The words of the interface, from one catalogue: `templates/words.yml`, or a site's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any, NamedTuple

from agsite.errors import TemplateError
from agsite.spelling import nearest_name


class Words:
    """A catalogue of phrases: `words("cited_in", n=3)` gives the phrase for three, with the number in its place.

    A phrase is a text, or one text for each of `one` and `other`. Values are escaped, the phrase itself is trusted: it
    belongs to the site, not to its content.
    """

    def __init__(self, phrases: Mapping[str, Any]) -> None:
        from markupsafe import Markup, escape

        self.months: list[str] = list(phrases["months"])
        self.months_short: list[str] = list(phrases["months_short"])
        self._thousands = str(phrases["thousands"])
        self._phrases = {key: _forms(value) for key, value in phrases.items() if not isinstance(value, list)}
        self._markup = Markup
        self._escape = escape

    def pattern(self, key: str) -> str:
        """Return a phrase with its places unfilled, as `str.format` takes it, for text put together elsewhere."""
        return "".join([_bare(text) if name is None else f"{{{name}}}" for text, name in self._phrases[key]["other"]])

    def __call__(self, key: str, **values: Any) -> Any:
        """Return a phrase; raise TemplateError where there is none of this name, or a value is missing."""
        try:
            forms = self._phrases[key]
        except KeyError:
            raise TemplateError(f"the catalogue has no phrase “{key}”", "Add it to words.yml.") from None
        pieces = forms["one" if values.get("n") == 1 else "other"]
        try:
            filled = [piece if name is None else self._shown(values[name]) for piece, name in pieces]
        except KeyError as error:
            name = error.args[0]
            raise TemplateError(f"the phrase “{key}” needs a value for {{{name}}}", f"Give it {name}=….") from None
        return self._markup("".join(filled))

    def number(self, value: int) -> str:
        """Write a number with the mark of this language between thousands."""
        return f"{value:,}".replace(",", self._thousands)

    def _shown(self, value: Any) -> str:
        return self.number(value) if isinstance(value, int) else self._escape(value)


# A phrase cut at its fields: (text, None) or ("", name of the value that stands there).
_Pieces = list[tuple[str, str | None]]


def _bare(text: str) -> str:
    """Double the braces of a text, which stand for themselves, not for a value."""
    return text.replace("{", "{{").replace("}", "}}")


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


class Fault(NamedTuple):
    """Why a phrase cannot be shown: in which of its forms, if it is one, what is wrong, and what to do."""

    form: str
    message: str
    help: str


FORMS = ("one", "other")


def faults(key: str, phrase: Any, ours: Any) -> Iterator[Fault]:
    """Find what is wrong with a site's own phrase; `ours` is the shipped one of this key, None where there is none."""
    if isinstance(ours, tuple):
        if not isinstance(phrase, list) or len(phrase) != len(ours):
            help = f"Write it as {key}: [{ours[0]}, {ours[1]}, …], with {len(ours)} texts."
            yield Fault("", f"“{key}” is not a list of {len(ours)} texts", help)
        return
    forms = phrase if isinstance(phrase, dict) else {"": phrase}
    if isinstance(phrase, dict):
        yield from _faults_of_forms(key, phrase)
    for form, text in forms.items():
        if not isinstance(text, str):
            yield Fault(form, f"“{key}” is not text", f"Put quotes around it: {key}: {_example(ours)}")
        elif form in ("", *FORMS):
            yield from _faults_of_places(key, form, text, ours)
            yield from _faults_of_parts(key, text, ours)


def _faults_of_forms(key: str, phrase: Mapping[str, Any]) -> Iterator[Fault]:
    for form in FORMS:
        if form not in phrase:
            yield Fault("", f"“{key}” has no form “{form}”", f'Write both: {key}: {{one: "…", other: "…"}}')
    for form in phrase:
        if form not in FORMS:
            yield Fault(form, f"“{key}” has a form “{form}”, which is never used", "The forms are “one” and “other”.")


def _faults_of_places(key: str, form: str, text: str, ours: Any) -> Iterator[Fault]:
    try:
        names = _names(text)
    except ValueError:
        yield Fault(form, f"a brace in “{key}” has no partner", "Write {{ or }} where the brace itself is to be shown.")
        return
    if ours is None:
        return
    known = _names_of(ours) | ({"n"} if isinstance(ours, dict) else set())
    for name in sorted(names - known):
        yield Fault(form, f"“{key}” has no value {{{name}}}", _which(name, sorted(known)))


def _faults_of_parts(key: str, text: str, ours: Any) -> Iterator[Fault]:
    """Find where a phrase that scripts cut at its bars has not as many parts as the shipped one."""
    parts = ours.count("|") + 1 if isinstance(ours, str) else 1
    if parts > 1 and text.count("|") + 1 != parts:
        yield Fault("", f"“{key}” does not have {parts} parts", f"Write {parts} with a bar between them: {key}: {ours}")


def _which(name: str, known: list[str]) -> str:
    if not known:
        return "There is no value to show in this phrase; delete it."
    near = nearest_name(name, known)
    start = f"Did you mean {{{near}}}? " if near else ""
    return f"{start}It may hold {', '.join(f'{{{value}}}' for value in known)}."


def _names_of(phrase: Any) -> set[str]:
    texts = phrase.values() if isinstance(phrase, dict) else [phrase]
    return set().union(*(_names(text) for text in texts))


def _names(text: str) -> set[str]:
    """The values that a text has places for; raise ValueError where a brace stands alone."""
    return {name for _, name in _pieces(text) if name is not None}


def _example(ours: Any) -> str:
    if isinstance(ours, dict):
        return "{" + ", ".join(f'{form}: "{text}"' for form, text in ours.items()) + "}"
    return f'"{ours or "…"}"'
