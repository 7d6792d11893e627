"""An answer as an `.md` file in its one form (key order, quoting, one source a line): a diff shows what changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from agsite.answerfile.fences import FENCE
from agsite.answerfile.frontmatter import ANY_DATA
from agsite.answerfile.limits import MAX_BYTES, MAX_FRONT_MATTER
from agsite.errors import AnswerFileError
from agsite.findings import Finding
from agsite.ids import answer_id
from agsite.records import Answer, Source

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
    for key in ANY_DATA:
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
