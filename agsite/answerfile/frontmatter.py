"""`.md`: YAML front matter and Markdown, the form that people write and review.

Written files have one form (key order, quoting, one source a line), so that a diff shows what changed.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from agsite.answerfile import faults, fences, lists, yamlsubset
from agsite.answerfile.faults import FIELDS, SOURCE_FIELDS
from agsite.answerfile.fences import FENCE
from agsite.answerfile.limits import MAX_BYTES, MAX_FRONT_MATTER, too_many
from agsite.answerfile.parsed import Origin, Parsed
from agsite.answerfile.rest import LISTS, readable
from agsite.answerfile.yamlsubset import Node
from agsite.ellipsis import clip, quoted
from agsite.errors import AnswerFileError
from agsite.findings import Finding
from agsite.ids import answer_id
from agsite.records import Answer, Source

_ANY_DATA = ("provenance", "review")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERCENT = re.compile(r"0|[1-9][0-9]?|100")

# Front matter in the middle of a text: two files were joined.
_SECOND_FILE = re.compile(r"^---\n(?:[a-z_]+:.*\n)*?question: ", re.MULTILINE)


def read(text: str, id: str) -> Parsed:
    """Read front matter and Markdown into a record; `id` counts where the front matter names none."""
    split = fences.split(text)
    if isinstance(split, Finding):
        return Parsed(None, (split,))
    yaml_text, body, body_line, ends = split
    root, findings = yamlsubset.read(yaml_text, first_line=2)
    findings += ends
    if root is None or not isinstance(root.value, dict):
        if not findings:
            help_ = "Write question, model and date, each on a line of its own: “question: Why?”."
            findings.append(Finding.of("AG131", "the front matter holds no fields", line=2, help=help_))
        findings += _check_body(body, body_line)
        answer = readable({"id": id, "body": body or "-"}).answer
        return Parsed(None, tuple(findings), _origin({}, body, body_line), answer, LISTS)
    fields, lines = root.value, yaml_text.split("\n")
    # Two sources without a “- ” before them are not a field that is given twice.
    sources = faults.undashed(fields.get("sources"), lines)
    findings = [finding for finding in findings if finding.code != "AG133" or finding.line not in sources]
    findings += _check_body(body, body_line) + _check_counts(fields, body, body_line)
    findings += _check_comments(fields, lines) if " #" in yaml_text else []
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
        if key in _ANY_DATA:
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


# --- Writing ---------------------------------------------------------------------------------------------------------

# Safe unquoted in every YAML reader: starts with a letter, holds nothing that YAML gives a meaning to, and is no word
# that a reader with types would take for something else. Between brackets more has a meaning (a question mark for some
# readers only).
_PLAIN = re.compile(r"[A-Za-z][^\x00-\x1f\x7f-\x9f:#]*(?:(?::(?=\S)|(?<=\S)#)[^\x00-\x1f\x7f-\x9f:#]*)*(?<!\s)")
_MEANT = r"\x00-\x1f\x7f-\x9f:#,?\[\]{}\"'\\"
_PLAIN_IN_FLOW = re.compile(rf"[A-Za-z][^{_MEANT}]*(?:(?::(?=\S)|'(?=\w))[^{_MEANT}]*)*(?<!\s)")
_TYPED = re.compile(r"(?i)(y|n|yes|no|on|off|true|false|null|nan|inf)")


def write(answer: Answer, stem: str) -> str:
    """Write the record in its canonical form; the id only where the file's stem does not say it."""
    return "\n".join([FENCE, *_fields(answer, stem), FENCE, answer.body, ""])


def too_long(answer: Answer) -> list[Finding]:
    """Return a finding for each limit that the record passes once it is written in its canonical form."""
    head = len("\n".join(_fields(answer, answer.id)).encode())
    whole = head + len(answer.body.encode()) + len(f"{FENCE}\n\n{FENCE}\n\n")
    sizes = ((head, MAX_FRONT_MATTER, "its front matter"), (whole, MAX_BYTES, "the file"))
    return [
        Finding.of("AG138", f"written as .md, {what} would be longer than {limit // 1024} KiB", line=1)
        for size, limit, what in sizes
        if size > limit
    ]


def _fields(answer: Answer, stem: str) -> list[str]:
    """Return the lines of the front matter."""
    lines = [] if answer_id(stem) == answer.id else [f"id: {scalar(answer.id)}"]
    lines += [
        f"question: {scalar(answer.question)}",
        f"model: {scalar(answer.model)}",
        f"date: {answer.date.isoformat()}",
    ]
    if answer.status != "published":
        lines.append(f"status: {answer.status}")
    lines += _list("aliases", map(scalar, answer.aliases))
    lines += _list("sources", map(_source, answer.sources))
    lines += _list("follow_ups", map(scalar, answer.follow_ups))
    if answer.note is not None:
        lines.append(f"note: {scalar(answer.note)}")
    for key in _ANY_DATA:
        value = getattr(answer, key)
        if value is not None:
            lines += _mapping(key, value, "")
    return lines


def _list(key: str, items: Iterable[str]) -> list[str]:
    lines = [f"  - {item}" for item in items]
    return [f"{key}:", *lines] if lines else []


def _source(source: Source) -> str:
    pairs = [f"id: {source.id}"]
    if source.category is not None:
        pairs.append(f"category: {scalar(source.category, flow=True)}")
    pairs.append(f"title: {scalar(source.title, flow=True)}")
    if source.similarity is not None:
        pairs.append(f"similarity: {source.similarity}")
    return "{" + ", ".join(pairs) + "}"


def scalar(text: str, *, flow: bool = False) -> str:
    """Write a string as a YAML scalar that every reader takes for that string; quoted only where it must be."""
    plain = _PLAIN_IN_FLOW if flow else _PLAIN
    if plain.fullmatch(text) and not _TYPED.fullmatch(text):
        return text
    # JSON's strings are YAML's double-quoted ones.
    return json.dumps(text, ensure_ascii=False)


def _mapping(key: str, value: Any, indent: str) -> list[str]:
    """Write nested values, as provenance has them, one to a line."""
    head = f"{indent}{scalar(key)}:"
    if isinstance(value, dict) and value:
        return [head, *(line for k, v in value.items() for line in _mapping(str(k), v, indent + "  "))]
    if isinstance(value, list | tuple) and value:
        return [head, *(f"{indent}  - {_flow(item)}" for item in value)]
    return [f"{head} {_flow(value)}"]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(str(k), flow=True)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return scalar(value, flow=True)
    try:
        return json.dumps(value)
    except TypeError:
        help_ = "Provenance and review hold text, numbers, true, false, null, and lists and mappings of these."
        raise AnswerFileError(f"{value!r} cannot be written to an answer file", help_) from None
