"""`.md`: YAML front matter and Markdown, the form that people write and review.

Written files have one form (key order, quoting, one source a line), so that a diff shows what changed.
"""

from __future__ import annotations

import difflib
import json
import re
from typing import Any

from pydantic import ValidationError

from agsite.answerfile import yamlsubset
from agsite.answerfile.guard import MAX_BYTES
from agsite.answerfile.parsed import Origin, Parsed
from agsite.answerfile.yamlsubset import Node
from agsite.findings import Finding
from agsite.ids import answer_id, is_answer_id
from agsite.records import Answer, Source

MAX_FRONT_MATTER = 64 * 1024
assert MAX_FRONT_MATTER < MAX_BYTES  # noqa: S101 - a limit that could never be met would be a mistake here

_FENCE = "---"
_KEYS = tuple(key for key in Answer.model_fields if key != "body")
_REQUIRED = ("question", "model", "date")


def read(text: str, id: str) -> Parsed:
    """Read front matter and Markdown into a record; `id` counts where the front matter names none."""
    split = _split(text)
    if isinstance(split, Finding):
        return Parsed(None, (split,))
    yaml_text, body, body_line = split
    root, problems = yamlsubset.read(yaml_text)
    findings = [problem._replace(line=problem.line + 1 if problem.line else 1) for problem in problems]
    if root is None or not isinstance(root.value, dict):
        if not findings:
            findings.append(Finding.of("AG131", "the front matter holds no fields", line=2))
        return Parsed(None, tuple(findings))
    fields = root.value
    findings += _unknown_keys(fields)
    findings += [Finding.of("AG135", f"“{key}” is missing", line=1) for key in _REQUIRED if not _given(fields, key)]
    if not body:
        findings.append(Finding.of("AG137", "there is no text below the front matter", line=body_line))
    origin = _origin(fields, body, body_line)
    if findings and any(finding.severity == "error" for finding in findings):
        return Parsed(None, tuple(findings), origin)
    values = {key: node.plain() for key, node in fields.items() if node.value is not None}
    try:
        answer = Answer(**{"id": id, "body": body, **values})
    except ValidationError as error:
        findings += [_invalid(problem, fields) for problem in error.errors()]
        return Parsed(None, tuple(findings), origin)
    findings += _bad_ids(answer, fields)
    return Parsed(answer, tuple(findings), origin)


def _split(text: str) -> tuple[str, str, int] | Finding:
    """Return the YAML, the body without the blank lines around it, and the body's first line; or why not."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return Finding.of("AG130", "the file does not start with “---”", line=1, column=1)
    end = next((index for index in range(1, len(lines)) if lines[index].rstrip() == _FENCE), None)
    if end is None:
        return Finding.of("AG130", "the front matter has no closing “---”", line=len(lines))
    yaml_text = "\n".join(lines[1:end])
    if len(yaml_text.encode()) > MAX_FRONT_MATTER:
        return Finding.of("AG138", f"the front matter is longer than {MAX_FRONT_MATTER // 1024} KiB", line=1)
    start = end + 1
    while start < len(lines) and not lines[start].strip():
        start += 1
    return yaml_text, "\n".join(lines[start:]).rstrip("\n \t"), start + 1


def _given(fields: dict[str, Node], key: str) -> bool:
    return key in fields and fields[key].value is not None


def _unknown_keys(fields: dict[str, Node]) -> list[Finding]:
    findings = [_unknown(key, node, _KEYS) for key, node in fields.items() if key not in _KEYS]
    sources = fields["sources"].value if "sources" in fields else None
    for source in sources if isinstance(sources, list) else ():
        if isinstance(source.value, dict):
            known = tuple(Source.model_fields)
            findings += [_unknown(key, node, known) for key, node in source.value.items() if key not in known]
    return findings


def _unknown(key: str, node: Node, known: tuple[str, ...]) -> Finding:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    help_ = f"Did you mean “{near[0]}”?" if near else f"Known fields: {', '.join(known)}."
    return Finding.of("AG134", f"there is no field “{key}”", line=node.key_line + 1, column=1, help=help_)


def _invalid(problem: Any, fields: dict[str, Node]) -> Finding:
    """Point at the value that pydantic refuses, as deep as the front matter has it."""
    path = problem["loc"]
    node = Node(fields, 1, 1)
    for step in path:
        value = node.value
        if isinstance(value, dict) and step in value:
            node = value[step]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            node = value[step]
        else:
            break
    name = ".".join(str(step + 1) if isinstance(step, int) else str(step) for step in path)
    reason = problem["msg"].removeprefix("Value error, ")
    return Finding.of("AG136", f"{name}: {reason[:1].lower()}{reason[1:]}", line=node.line + 1, column=node.column)


def _bad_ids(answer: Answer, fields: dict[str, Node]) -> list[Finding]:
    bad = [("id", answer.id)] if "id" in fields and not is_answer_id(answer.id) else []
    bad += [("aliases", alias) for alias in answer.aliases if not is_answer_id(alias)]
    message = "{}: “{}” cannot be part of an address; use a-z, 0-9 and hyphens, at most 80"
    return [Finding.of("AG136", message.format(key, value), line=fields[key].line + 1) for key, value in bad]


def _origin(fields: dict[str, Node], body: str, body_line: int) -> Origin:
    def line(key: str) -> int:
        return fields[key].line + 1 if key in fields else 0

    def lines(key: str) -> tuple[int, ...]:
        value = fields[key].value if key in fields else None
        return tuple(node.line + 1 for node in value) if isinstance(value, list) else ()

    return Origin(
        question=line("question"),
        date=line("date"),
        model=line("model"),
        sources=lines("sources"),
        follow_ups=lines("follow_ups"),
        body=tuple(range(body_line, body_line + body.count("\n") + 1)),
    )


# --- Writing ---------------------------------------------------------------------------------------------------------

# Safe unquoted in every YAML reader: starts with a letter, holds nothing that YAML gives a meaning to, and no word or
# number that a reader with types would take for something else.
_PLAIN = re.compile(r"[A-Za-z](?:[^\x00-\x1f\x7f-\x9f:#,\[\]{}\"'\\]|:(?=\S)|'(?=\w))*(?<!\s)")
_TYPED = re.compile(r"(?i)(y|n|yes|no|on|off|true|false|null|nan|inf)")


def write(answer: Answer, stem: str) -> str:
    """Write the record in its canonical form; the id only where the file's stem does not say it."""
    lines = [_FENCE]
    if answer_id(stem) != answer.id:
        lines.append(f"id: {_scalar(answer.id)}")
    lines += [
        f"question: {_scalar(answer.question)}",
        f"model: {_scalar(answer.model)}",
        f"date: {answer.date.isoformat()}",
    ]
    if answer.status != "published":
        lines.append(f"status: {answer.status}")
    if answer.note is not None:
        lines.append(f"note: {_scalar(answer.note)}")
    lines += _list("aliases", (_scalar(alias) for alias in answer.aliases))
    lines += _list("sources", map(_source, answer.sources))
    lines += _list("follow_ups", map(_scalar, answer.follow_ups))
    for key in ("provenance", "review"):
        value = getattr(answer, key)
        if value is not None:
            lines += _mapping(key, value, "")
    return "\n".join([*lines, _FENCE, answer.body, ""])


def _list(key: str, items: Any) -> list[str]:
    lines = [f"  - {item}" for item in items]
    return [f"{key}:", *lines] if lines else []


def _source(source: Source) -> str:
    pairs = [f"id: {source.id}"]
    if source.category is not None:
        pairs.append(f"category: {_scalar(source.category)}")
    pairs.append(f"title: {_scalar(source.title, flow=True)}")
    if source.similarity is not None:
        pairs.append(f"similarity: {source.similarity}")
    return "{" + ", ".join(pairs) + "}"


def _scalar(text: str, *, flow: bool = False) -> str:
    # A question mark is plain text in YAML 1.2, but not in every reader's flow mappings.
    if _PLAIN.fullmatch(text) and not _TYPED.fullmatch(text) and not (flow and "?" in text):
        return text
    # JSON's strings are YAML's double-quoted ones; what is not printable stays escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _mapping(key: str, value: Any, indent: str) -> list[str]:
    """Write nested values, as provenance has them, one to a line."""
    head = f"{indent}{_scalar(str(key))}:"
    if isinstance(value, dict) and value:
        return [head, *(line for k, v in value.items() for line in _mapping(k, v, indent + "  "))]
    if isinstance(value, list | tuple) and value:
        return [head, *(f"{indent}  - {_flow(item)}" for item in value)]
    return [f"{head} {_flow(value)}"]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(str(k), flow=True)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return "null" if value is None else _scalar(value if isinstance(value, str) else json.dumps(value), flow=True)
