"""What is wrong with the fields of the front matter, where, and how to mend it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Sequence

from pydantic_core import ErrorDetails

from agsite.answerfile import lists
from agsite.answerfile.oddspace import odd_indent
from agsite.answerfile.quotes import advice
from agsite.answerfile.yamlsubset import Node, items
from agsite.findings import Finding
from agsite.ids import RESERVED_IDS, is_answer_id
from agsite.records import Answer, Source
from agsite.spelling import nearest_name, suggestion

FIELDS = tuple(key for key in Answer.model_fields if key != "body")
SOURCE_FIELDS = tuple(field.name for field in dataclasses.fields(Source))

_LIKE_A_FIELD = re.compile(r"[a-z_]+")
# How much of a name must be that of a field for which it is taken.
_ALIKE = 0.7
# How many unknown names of a file are compared with those of the fields, which takes a while: nobody mistypes so many.
_MOST_MISTYPED = 100
# A day whose parts stand in order, between signs that are not the hyphens they should be.
_YEAR_FIRST = re.compile(r"([0-9]{4})[^\w\s]([0-9]{1,2})[^\w\s]([0-9]{1,2})(?![0-9])")

Place = tuple[int | str, ...]
"""The names and numbers that lead to a value from the top of the front matter; numbers count from 0."""

UNKNOWN = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
"""What pydantic calls a field that there is not."""

_REASONS = {
    "date_type": "must be a day of the calendar such as 2026-05-03",
    "dict_type": "must be fields, each “name: value”",
    "int_type": "must be a whole number from 0 to 100",
    "literal_error": "must be draft, published or withdrawn",
    "dataclass_type": "must be fields such as {id: AG-2026.03-1712, category: hep-ph, title: A Title, similarity: 61}",
    "string_pattern_mismatch": "must be one line",
    "string_too_short": "is empty",
    "string_type": "must be text",
    "tuple_type": "must be a list, with one “- ” for each item",
}

# What to do about it, where the reason does not say so by itself.
_REMEDIES = {
    "date_type": "Write year, month and day with hyphens and zeros, and nothing else: date: 2026-05-03.",
    "dict_type": "Write one “name: value” a line, each two spaces further in than the field's own name.",
    "int_type": "Write the number alone, without a percent sign or a fraction: similarity: 61.",
    "literal_error": "Write one of the three words, or delete the line: published is what an answer is without it.",
    "dataclass_type": "Write the source as in the example, on one line after “- ”.",
    "string_pattern_mismatch": "Take the line break out; where TeX was meant, as in “\\nu”, use single quotes.",
    "string_too_short": "Fill it in.",
    "string_type": "Write it as one text; in quotes, if it starts with a bracket or a brace that belongs to it.",
    "tuple_type": "Put each item on a line of its own below the field's name, after two spaces and “- ”.",
    "value_error": "Write AG-, the year, a full stop, the month, a hyphen and a number, as it stands in the archive.",
}


def invalid(problems: Iterable[ErrorDetails], root: Node, lines: Sequence[str]) -> list[Finding]:
    """Point at what pydantic refuses, as deep as the front matter has it; `lines` are all that it has."""
    findings = []
    problems = list(problems)
    if apart := _each_a_source(root.follow(("sources",)), lines):
        findings.append(apart)
        problems = [problem for problem in problems if problem["type"] != "missing" or len(problem["loc"]) == 1]
    if titled := _titled(root):
        findings.append(titled)
        problems = [problem for problem in problems if problem["loc"] not in {("title",), ("question",)}]
    unknowns = [problem["loc"] for problem in problems if problem["type"] in UNKNOWN]
    likely, others = unknowns[:_MOST_MISTYPED], unknowns[_MOST_MISTYPED:]
    cut = _cut_off_titles(likely, root)
    findings += [_cut_at_commas(path, root.follow(path), keys) for path, keys in cut.items()]
    findings += [
        _no_field(str(path[-1]), root.follow(path), _known(path[:-1]), None) for path in others if path[:-1] not in cut
    ]
    told = {*others, *((*path, key) for path, keys in cut.items() for key in keys)}
    # What has another name is not missing as well.
    renamed = {(*path[:-1], meant) for path in likely if (meant := _meant(str(path[-1]), _known(path[:-1])))}
    for problem in problems:
        is_renamed = problem["type"] == "missing" and problem["loc"] in renamed
        if not is_renamed and problem["loc"] not in told:
            findings.append(_unmarked(problem, root, lines) or _invalid(problem, root))
    return findings


def _titled(root: Node) -> Finding | None:
    """Point at a title in the place of a question, as other sites call it."""
    fields = root.value if isinstance(root.value, dict) else {}
    is_one = "title" in fields and "question" not in fields
    return _no_field("title", fields["title"], FIELDS, "question") if is_one else None


def _cut_off_titles(unknowns: Iterable[Place], root: Node) -> dict[Place, list[str]]:
    """Return the unknown fields that commas have cut off the title of a source, by the place of the source."""
    cut: dict[Place, list[str]] = {}
    for *outer, key in unknowns:
        if outer and _is_of_the_title(root.follow(outer), str(key)):
            cut.setdefault(tuple(outer), []).append(str(key))
    return cut


def _known(outer: Sequence[int | str]) -> tuple[str, ...]:
    """Return the fields that there are at the top, or in a source."""
    return SOURCE_FIELDS if outer else FIELDS


def _is_of_the_title(source: Node, key: str) -> bool:
    """Say whether an unknown field of a source in braces is what a comma has cut off its title."""
    fields = source.value
    if not isinstance(fields, dict) or is_block(source):
        return False
    keys = list(fields)
    before = next((name for name in reversed(keys[: keys.index(key)]) if name in SOURCE_FIELDS), "")
    if before != "title" or not isinstance(fields[key].value, str | None):
        return False
    return not _LIKE_A_FIELD.fullmatch(key) or (fields[key].value is None and not nearest_name(key, SOURCE_FIELDS))


def _cut_at_commas(path: Place, source: Node, keys: list[str]) -> Finding:
    fields = source.value if isinstance(source.value, dict) else {}
    title = fields["title"]
    pieces = [key if fields[key].value is None else f"{key}: {fields[key].value}" for key in keys]
    message = f"{_name((*path, 'title'))}: the comma after “{title.value}” ends it"
    help_ = advice("title", "title: ", ", ".join([str(title.value), *pieces]))
    return Finding.of("AG136", message, line=title.line, column=title.column, help=help_)


def _invalid(problem: ErrorDetails, root: Node) -> Finding:
    path = problem["loc"]
    node = root.follow(path)
    if problem["type"] in UNKNOWN:
        return unknown(str(path[-1]), node, _known(path[:-1]))
    if problem["type"] == "missing":
        return _missing(path, node)
    if problem["type"] == "string_type" and isinstance(node.value, dict) and is_block(node):
        return _made_a_field(path, node.value)
    reason = _REASONS.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
    help_ = _day(node) or _REMEDIES["date_type"] if problem["type"] == "date_type" else _REMEDIES.get(problem["type"])
    return Finding.of("AG136", f"{_name(path)}: {reason}", line=node.line, column=node.column, help=help_)


def _each_a_source(sources: Node, lines: Sequence[str]) -> Finding | None:
    """Point at the second field of a source where each has the mark of an item before it."""
    listed = sources.value if isinstance(sources.value, list) else []
    names = [next(iter(item.value)) for item in listed if isinstance(item.value, dict) and len(item.value) == 1]
    is_one = len(names) == len(listed) > 1 and len(set(names)) > 1 and set(names) <= set(SOURCE_FIELDS)
    if not is_one or not all(map(is_block, listed)):
        return None
    line, column = listed[1].line, listed[1].column
    meant = f"{' ' * (column - 1)}{lines[line - 2][column - 1 :].strip()}"
    help_ = f"Write “- ” before the first field of a source, and two spaces before the others: “{meant}”."
    message = "sources: each field has a “- ” before it, and so stands as a source of its own"
    return Finding.of("AG136", message, line=line, column=max(1, column - 2), help=help_)


def undashed(sources: Node | None, lines: Sequence[str]) -> range:
    """Return the lines of a file in which fields of sources stand below `sources:` without “- ” before any."""
    if sources is None or not isinstance(sources.value, dict) or not is_block(sources):
        return range(0)
    if not sources.value.keys() & set(SOURCE_FIELDS):
        return range(0)
    below = range(sources.line, len(lines) + 2)
    outside = (n for n in below if lines[n - 2].strip() and lists.indent(lines[n - 2]) < sources.column - 1)
    return range(sources.line, next(outside, below.stop))


def _undashed(sources: Node, lines: Sequence[str]) -> Finding | None:
    """Point at the first of such fields, and name the lines in which sources begin."""
    span = undashed(sources, lines)
    if not span:
        return None
    name = _LIKE_A_FIELD.match(lines[span[0] - 2].lstrip())
    begins = [n for n in span if name and re.match(rf" *{name[0]} *:", lines[n - 2])]
    where = f"lines {', '.join(map(str, begins[:-1]))} and {begins[-1]}" if len(begins) > 1 else f"line {span[0]}"
    help_ = f"Put “- ” before the first field of each source, in {where}, and two spaces before the others."
    message = "sources: there is no “- ” before a source"
    return Finding.of("AG136", message, line=sources.line, column=sources.column, help=help_)


def _unmarked(problem: ErrorDetails, root: Node, lines: Sequence[str]) -> Finding | None:
    """Point at the first item of what would be a list, had its items another sign before them."""
    node = root.follow(problem["loc"])
    if problem["type"] != "tuple_type" or node.value is None:
        return None
    if finding := odd_indent("AG136", lines, node.line - 2, 2):
        return finding
    if problem["loc"] == ("sources",) and (finding := _undashed(node, lines)):
        return finding
    # The front matter begins in the second line of the file.
    found = lists.unmarked(lines, node.line - 2)
    if found is None:
        return None
    _, message, help_ = found
    return Finding.of("AG136", f"{_name(problem['loc'])}: {message}", line=node.line, column=node.column, help=help_)


def _day(node: Node) -> str | None:
    """Advise how to write a day of which only the signs between its parts are wrong, or zeros are missing."""
    match = _YEAR_FIRST.match(node.value) if isinstance(node.value, str) else None
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    try:
        return f"Write it with plain hyphens and zeros, and nothing else: date: {dt.date(year, month, day)}."
    except ValueError:
        return None


def is_block(node: Node) -> bool:
    """Say whether fields stand without braces, where the first begins where all of them do."""
    first = next(iter(node.value.values()), None) if isinstance(node.value, dict) else None
    return first is not None and (first.key_line, first.key_column) == (node.line, node.column)


def _made_a_field(path: Place, fields: dict[str, Node]) -> Finding:
    """Point at a text without quotes of which a colon has made a field."""
    key, node = next(iter(fields.items()))
    message = f"{_name(path)}: the colon after “{key}” makes a field of it"
    lead = "- " if isinstance(path[-1], int) else f"{path[-1]}: "
    help_ = advice("text", lead, f"{key}: {node.value or ''}".strip())
    return Finding.of("AG136", message, line=node.key_line, column=node.key_column, help=help_)


def _missing(path: Place, node: Node) -> Finding:
    *outer, key = path
    if node.value is None:
        message = f"{_name(tuple(outer))}: “{key}” is empty" if outer else f"“{key}” is empty"
        help_ = "Write its value after the colon; in quotes, where it starts with a hash."
        return Finding.of("AG135", message, line=node.key_line, column=node.key_column, help=help_)
    if not outer:
        help_ = f"Add a line “{key}: …” below the “---”."
        return Finding.of("AG135", f"“{key}” is missing", line=1, column=1, help=help_)
    message = f"{_name(tuple(outer))}: “{key}” is missing"
    return Finding.of(
        "AG135", message, line=node.line, column=node.column, help=f"Add it to the source: {{…, {key}: …}}."
    )


def _name(path: Place) -> str:
    """Spell a path as `sources 2, title`."""
    return ", ".join(str(step + 1) if isinstance(step, int) else step for step in path).replace(", ", " ", 1)


def unknown(key: str, node: Node, known: tuple[str, ...]) -> Finding:
    """Point at a field that there is not, and name the one that may be meant."""
    return _no_field(key, node, known, _meant(key, known))


def _no_field(key: str, node: Node, known: tuple[str, ...], meant: str | None) -> Finding:
    message = f"there is no field “{key}”"
    help_ = suggestion(meant, "fields", known)
    if meant and key.startswith(f"{meant}:"):
        message = f"there is no space after “{meant}:”"
        help_ = f"Write “{meant}: {key.removeprefix(f'{meant}:')}”."
    return Finding.of("AG134", message, line=node.key_line, column=node.key_column, help=help_)


def _meant(key: str, known: tuple[str, ...]) -> str | None:
    """Return the field that is written without the space after its colon or in capitals, or nearly so."""
    name = key.partition(":")[0].lower()
    return name if name in known else nearest_name(name, known, _ALIKE)


def bad_ids(fields: dict[str, Node]) -> list[Finding]:
    """Point at what cannot be an answer's id, though it is text."""
    nodes = [("id", fields["id"])] if "id" in fields else []
    nodes += [("aliases", node) for node in items(fields, "aliases")]
    return [
        _bad_id(key, node.value, node)
        for key, node in nodes
        if isinstance(node.value, str) and not is_answer_id(node.value)
    ]


def _bad_id(key: str, value: str, node: Node) -> Finding:
    reserved = value in RESERVED_IDS
    message = (
        f"{key}: “{value}” {'is a name that the site needs itself' if reserved else 'cannot be part of an address'}"
    )
    help_ = (
        "Take another one." if reserved else "Use a to z, 0 to 9 and hyphens, a letter or a digit first, at most 80."
    )
    return Finding.of("AG136", message, line=node.line, column=node.column, help=help_)
