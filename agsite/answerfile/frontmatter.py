"""`.md`: YAML front matter and Markdown, the form that people write and review, read into a record."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from agsite.answerfile import faults, fences, lists, yamlsubset
from agsite.answerfile.faults import FIELDS, SOURCE_FIELDS
from agsite.answerfile.fences import FENCE, Split
from agsite.answerfile.limits import too_many
from agsite.answerfile.parsed import Origin, Parsed
from agsite.answerfile.rest import LISTS, readable
from agsite.answerfile.yamlsubset import Node
from agsite.ellipsis import clip, quoted
from agsite.findings import Finding
from agsite.records import Answer

ANY_DATA = ("provenance", "review")
"""The fields that may hold any data."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERCENT = re.compile(r"0|[1-9][0-9]?|100")

# Front matter in the middle of a text: two files were joined.
_SECOND_FILE = re.compile(r"^---\n(?:[a-z_]+:.*\n)*?question: ", re.MULTILINE)


def read(text: str, id: str) -> Parsed:
    """Read front matter and Markdown into a record; `id` counts where the front matter names none."""
    split = fences.split(text)
    if isinstance(split, Finding):
        return Parsed(None, (split,))
    root, findings = yamlsubset.read(split.fields, first_line=2)
    findings += split.findings
    if root is None or not isinstance(root.value, dict):
        return _without_fields(split, id, findings)
    return _with_fields(split, id, root, root.value, findings)


def _without_fields(split: Split, id: str, findings: list[Finding]) -> Parsed:
    """Read the text of a file whose front matter gives nothing."""
    if not findings:
        help_ = "Write question, model and date, each on a line of its own: “question: Why?”."
        findings.append(Finding.of("AG131", "the front matter holds no fields", line=2, help=help_))
    findings += _check_body(split.body, split.body_line)
    rest = readable({"id": id, "body": split.body or "-"}).answer
    return Parsed(None, tuple(findings), _origin({}, split.body, split.body_line), rest, LISTS)


def _with_fields(split: Split, id: str, root: Node, fields: dict[str, Node], findings: list[Finding]) -> Parsed:
    """Read a file whose front matter is that of `root`; `findings` are what its YAML gave."""
    body, body_line, lines = split.body, split.body_line, split.fields.split("\n")
    # Two sources without a “- ” before them are not a field that is given twice.
    sources = faults.undashed(fields.get("sources"), lines)
    findings = [finding for finding in findings if finding.code != "AG133" or finding.line not in sources]
    findings += _check_body(body, body_line) + _check_counts(fields, body, body_line)
    findings += _check_comments(fields, lines) if " #" in split.fields else []
    strays = _check_items(fields, lines)
    findings += strays
    origin = _origin(fields, body, body_line)
    if "body" in fields:
        findings.append(faults.unknown("body", fields["body"], FIELDS))
    doubtful = _given_twice(root, fields, findings, lines) | ({"follow_ups"} if strays else set())
    values = {"id": id, **_values(fields), "body": body or "-"}
    try:
        answer = Answer.model_validate(values)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        findings += faults.invalid(problems, root, lines)
        rest = readable(values, problems)
        return Parsed(None, tuple(findings), rest.placed(origin), rest.answer, rest.lacks | doubtful)
    findings += faults.bad_ids(fields)
    return Parsed(answer, tuple(findings), origin, lacks=doubtful)


def _given_twice(root: Node, fields: dict[str, Node], findings: Iterable[Finding], lines: list[str]) -> frozenset[str]:
    """Return the lists that stand twice, or in which something does.

    Of what is given twice the first is read, and nobody knows whether that is the one that was meant.
    """
    twice = [finding for finding in findings if finding.code == "AG133"]
    if twice and not faults.is_block(root):
        return LISTS
    return LISTS & {_field_of(finding, root, fields, lines) for finding in twice}


def _field_of(twice: Finding, root: Node, fields: dict[str, Node], lines: list[str]) -> str:
    """Return the field that stands twice, or the one in which something does."""
    if twice.column == root.column:
        return lines[twice.line - 2].partition(":")[0].strip(" \"'")
    return max((node.key_line, key) for key, node in fields.items() if node.key_line <= twice.line)[1]


def _check_body(body: str, body_line: int) -> list[Finding]:
    if not body:
        return [Finding.of("AG137", "there is no text below the front matter", line=body_line)]
    if FENCE in body and (second := _SECOND_FILE.search(body)):
        line = body_line + body.count("\n", 0, second.start())
        return [Finding.of("AG123", "a second front matter starts here", line=line, column=1)]
    return []


def _check_comments(fields: dict[str, Node], lines: list[str]) -> list[Finding]:
    """Find texts of which YAML took the end for a comment."""
    texts = [fields[key] for key in ("question", "note") if key in fields] + yamlsubset.items(fields, "follow_ups")
    sources = (source.value for source in yamlsubset.items(fields, "sources"))
    texts += [source["title"] for source in sources if isinstance(source, dict) and "title" in source]
    found = []
    for node in texts:
        written = lines[node.line - 2][node.column - 1 :]
        comment = written.removeprefix(node.value) if node.bare and isinstance(node.value, str) else ""
        if comment != written and comment.lstrip().startswith("#"):
            column = node.column + len(written) - len(comment.lstrip())
            message = f"{quoted(comment)} is left out: without quotes, what follows “ #” is a comment"
            found.append(Finding.of("AG139", message, line=node.line, column=column))
    return found


def _check_items(fields: dict[str, Node], lines: list[str]) -> list[Finding]:
    """Find follow-ups of which YAML has made one text with the one above, as they are indented further."""
    found = []
    for node in yamlsubset.items(fields, "follow_ups"):
        is_one = node.bare and isinstance(node.value, str) and " - " in node.value
        stray = lists.swallowed(lines, node.line - 2) if is_one and lists.ITEM.match(lines[node.line - 2]) else None
        if stray is not None:
            column = lists.indent(lines[stray])
            help_ = f"{lists.ADVICE}: “{' ' * lists.indent(lines[node.line - 2])}{clip(lines[stray].strip(), 80)}”."
            found.append(Finding.of("AG136", lists.APART, line=stray + 2, column=column + 1, help=help_))
    return found


def _check_counts(fields: dict[str, Node], body: str, body_line: int) -> list[Finding]:
    sources, follow_ups = (len(yamlsubset.items(fields, key)) for key in ("sources", "follow_ups"))
    return too_many(sources, follow_ups, body, (_line(fields, "sources"), _line(fields, "follow_ups"), body_line))


def _values(fields: dict[str, Node]) -> dict[str, Any]:
    """Return the values as the record's types want them; text that cannot be made one is left for them to refuse."""
    values = {}
    for key, node in fields.items():
        if node.value is None and key in FIELDS:
            continue
        if key in ANY_DATA:
            values[key] = node.data()
        elif key == "sources" and isinstance(node.value, list):
            values[key] = tuple(map(_source_values, node.value))
        else:
            values[key] = _date(node.value) if key == "date" else node.plain()
    return values


def _source_values(source: Node) -> Any:
    if not isinstance(source.value, dict):
        return source.plain()
    values = {
        key: node.plain() for key, node in source.value.items() if node.value is not None or key not in SOURCE_FIELDS
    }
    percent = values.get("similarity")
    if isinstance(percent, str) and _PERCENT.fullmatch(percent):
        values["similarity"] = int(percent)
    return values


def _date(value: yamlsubset.Value) -> Any:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _origin(fields: dict[str, Node], body: str, body_line: int) -> Origin:
    sources, follow_ups, aliases = (
        tuple(node.line for node in yamlsubset.items(fields, key)) for key in ("sources", "follow_ups", "aliases")
    )
    return Origin(
        question=_line(fields, "question"),
        date=_line(fields, "date"),
        model=_line(fields, "model"),
        sources=sources,
        follow_ups=follow_ups,
        body=tuple(range(body_line, body_line + body.count("\n") + 1)),
        id=_line(fields, "id"),
        note=_line(fields, "note"),
        aliases=aliases,
    )


def _line(fields: dict[str, Node], key: str) -> int:
    return fields[key].line if key in fields else 0
