"""What is wrong with settings: what stands there, what is expected, and how it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agsite.config.model import ADDRESS, COLOUR, LANGUAGE, TARGET, Config, Link, Settings
from agsite.ellipsis import quoted
from agsite.errors import ConfigError
from agsite.spelling import nearest_name, suggestion

Place = tuple[int | str, ...]
"""The names and numbers that lead to a value from the top of the file; numbers count from 0."""


class Mistake(NamedTuple):
    """A mistake as a finding's code, message and help, and the place of the value that it is about."""

    code: str
    place: Place
    message: str
    help: str


_EXPECTED = {
    "string_type": "a text",
    "string_too_short": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
}

_PATTERNS = {
    COLOUR: "a colour such as #0b5c4a",
    ADDRESS: "an address such as https://example.org/",
    TARGET: "an address such as https://example.org/, mailto:me@example.org or /about/",
    LANGUAGE: "the code of a language such as en or pt-BR",
}


def parse(values: Any) -> tuple[Config, tuple[Mistake, ...]]:
    """Return settings from what the file holds; where a mistake is below a setting, that keeps its default."""
    given = _filled_in(values)
    try:
        return Config.model_validate(given), ()
    except ValidationError as error:
        problems = error.errors(include_url=False)
    wrong = {problem["loc"][0] for problem in problems}
    config = Config.model_validate({key: value for key, value in given.items() if key not in wrong})
    pairs = _pairs(problems)
    return config, tuple(dict.fromkeys(pairs.get(problem["loc"][:-1]) or _mistake(problem) for problem in problems))


def _pairs(problems: Iterable[ErrorDetails]) -> dict[Place, Mistake]:
    """Return one mistake for each link that is written “label: address”, by its place: all of its names are wrong."""
    links = {problem["loc"][:-1]: problem["input"] for problem in problems if problem["type"] == "missing"}
    return {
        place: _pair(place, label, address)
        for place, link in links.items()
        if place[:1] == ("footer",) and isinstance(link, dict) and len(link) == 1
        for label, address in link.items()
        if label not in Link.model_fields and isinstance(address, str)
    }


def _pair(place: Place, label: str, address: str) -> Mistake:
    message = f"{_name(place)} must be a label and an href, and is {_shown(f'{label}: {address}')}"
    label, address = (json.dumps(text, ensure_ascii=False) for text in (label, address))
    return Mistake("AG502", place, message, f"Write it as “{{label: {label}, href: {address}}}”.")


def checked(values: Any) -> Config:
    """Return settings that do not come from a file; raise ConfigError with the first mistake."""
    config, mistakes = parse(values)
    for mistake in mistakes:
        raise ConfigError(mistake.message, mistake.help)
    return config


def _filled_in(value: Any) -> Any:
    """Leave out names without a value: they say no more than if they were not there."""
    if isinstance(value, dict):
        return {key: _filled_in(part) for key, part in value.items() if part is not None}
    return tuple(map(_filled_in, value)) if isinstance(value, tuple) else value


def _mistake(problem: ErrorDetails) -> Mistake:
    place = problem["loc"]
    if problem["type"] == "extra_forbidden":
        return _unknown(place)
    if problem["type"] == "missing":
        place = place[:-1]  # what is missing stands nowhere
    setting = str(place[0])
    return Mistake("AG502", place, _message(problem), f"Write it as in “{setting}: {example(setting)}”.")


def _message(problem: ErrorDetails) -> str:
    kind, place, value, facts = problem["type"], problem["loc"], problem["input"], problem.get("ctx", {})
    if kind == "missing" and isinstance(place[-1], str):
        return f"{_name(place[:-1])} has no “{place[-1]}”"
    if kind == "missing":
        return f"{_name(place[:-1])} must be a list of two values, and has {len(value)}"
    if kind == "too_long":
        return f"{_name(place)} must be a list of two values, and has {len(value)}"
    if kind == "string_pattern_mismatch":
        expected = _PATTERNS[facts["pattern"]]
    elif kind in _EXPECTED:
        expected = _EXPECTED[kind].format_map(facts).replace("'", "")
    else:
        return f"{_name(place)}: {problem['msg'].removeprefix('Value error, ')}"
    return f"{_name(place)} must be {expected}, and is {_shown(value)}"


def _name(place: Place) -> str:
    """Spell a place as `href of item 1 of footer`, names below names as `colours.accent`."""
    parts: list[str] = []
    for step, after_name in zip(place, (False, *(isinstance(step, str) for step in place)), strict=False):
        if isinstance(step, int):
            parts.append(f"item {step + 1}")
        elif after_name:
            parts[-1] += f".{step}"
        else:
            parts.append(step)
    return " of ".join(reversed(parts))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, tuple):
        return "a list"
    return quoted(str(value), 60) if value else "empty"


def _unknown(place: Place) -> Mistake:
    *outer, key = place
    known = _owner(place).model_fields
    below = f" in {_name(tuple(outer))}" if outer else ""
    help = suggestion(nearest_name(str(key), known), f"settings{below}", known)
    return Mistake("AG501", place, f"there is no setting “{key}”{below}", help)


def _owner(place: Place) -> type[Settings]:
    """Return the settings that the last name of a place is to be one of."""
    kind: Any = Config
    for step in place[:-1]:
        kind = kind.model_fields[step].annotation if _is_settings(kind) else next(filter(_is_settings, get_args(kind)))
    return kind  # type: ignore[no-any-return]


def _is_settings(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Settings)


def example(setting: str) -> str:
    """Return a value of a setting as it is written."""
    field = Config.model_fields[setting]
    if field.examples:
        return str(field.examples[0])
    return field.default if isinstance(field.default, str) else json.dumps(field.default)
