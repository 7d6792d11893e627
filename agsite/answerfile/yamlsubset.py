"""The part of YAML that people write by hand, and nothing that surprises: maps, lists and strings with their places.

Anchors, aliases, merge keys, tags, repeated keys and further documents are refused (merge keys alone can take a
minute to load 400 bytes). Every scalar stays the string that was written: the record's types decide what it means.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from agsite.answerfile.keyless import keyless
from agsite.answerfile.lists import itemless
from agsite.answerfile.oddspace import odd_indent, plain_indents
from agsite.answerfile.unread import unread
from agsite.findings import Finding
from agsite.suspects import CODES, located, suspects

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 8

# In letters; YAML reads no key of more than 1,024, quotes and backslashes counted, where it stands on a line.
_MAX_KEY = 200

Value: TypeAlias = "str | list[Node] | dict[str, Node] | None"

_EMPTY = frozenset({"", "~", "null"})
# PyYAML's two parsers differ over tabs, `? ` before a key, and marks of documents; with these the slow one decides.
_DOUBTFUL = re.compile(r"\t|^[- ]*\?(?:\s|$)|^(?:---|\.\.\.|%)", re.MULTILINE)
_TOO_LARGE = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")
_JSON_SCALAR = re.compile(r"true|false|-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")

_ESCAPED = {
    "AG104": "Delete the escape that spells it; where it was meant as TeX, as in “\\beta”, use single quotes or write "
    "two backslashes for one."
}


class Node(NamedTuple):
    """A value with the places, in the file and counted from 1, where it and its key start."""

    value: Value
    line: int
    column: int
    bare: bool = False
    """It is text that was written without quotes."""
    key_line: int = 0
    key_column: int = 0

    def plain(self) -> Any:
        """The value without places; text stays text."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return tuple(node.plain() for node in self.value)
        return self.value

    def data(self) -> Any:
        """The value without places, where any data may stand: what JSON reads as a number is one, unless quoted."""
        if isinstance(self.value, dict):
            return {key: node.data() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.data() for node in self.value]
        if self.bare and isinstance(self.value, str) and _JSON_SCALAR.fullmatch(self.value):
            read = json.loads(self.value)
            return read if math.isfinite(read) else self.value
        return self.value

    def follow(self, path: Iterable[int | str]) -> Node:
        """Walk along keys and indexes as far as they go."""
        node = self
        for step in path:
            value = node.value
            if isinstance(value, dict) and step in value:
                node = value[str(step)]
            elif isinstance(value, list) and isinstance(step, int):
                node = value[step]
        return node


def items(fields: Mapping[str, Node], key: str) -> list[Node]:
    """Return the items of the list that a field holds; none where it is absent or holds something else."""
    value = fields[key].value if key in fields else None
    return value if isinstance(value, list) else []


class _Refused(Exception):  # noqa: N818 - no error of the program: it carries a finding out of the recursion below
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def read(text: str, first_line: int = 1) -> tuple[Node | None, list[Finding]]:
    """Read one document that starts in line `first_line` of its file; None where it cannot be used at all."""
    import yaml

    if hasattr(yaml, "CSafeLoader") and not _DOUBTFUL.search(text):
        # Ten times quicker, but not on every machine; what it refuses the other one judges, so that all say the same.
        with contextlib.suppress(yaml.YAMLError):
            return _read(text, first_line, yaml.CSafeLoader)
    try:
        return _read(text, first_line, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return None, [_stopped(text, first_line, error)]
    except yaml.YAMLError as error:
        reason = str(error).partition("\n")[0]
        return None, [Finding.of("AG131", f"not readable as YAML: {reason}", line=first_line)]
    except (ValueError, OverflowError):
        return None, [_no_character(text, first_line)]


def _stopped(text: str, first_line: int, error: Any) -> Finding:
    """Return the finding for what made PyYAML stop at a mark."""
    mark = _mark(error)
    line, column = (first_line + mark.line, mark.column + 1) if mark else (first_line, 1)
    if mark and text[mark.index : mark.index + 1] == "\t":
        message, help = "a tab stands where YAML allows spaces only", "Replace the tab by spaces."
        return Finding.of("AG131", message, line=line, column=column, help=help)
    lines = text.split("\n")
    # Both guess what was meant, in a text that may hold anything: where that fails, YAML's own words have to do.
    with contextlib.suppress(LookupError, ValueError):
        finding = odd_indent("AG131", lines, mark.line, first_line) if mark else None
        if finding and not _stops_alike(plain_indents(text), error):
            return finding
        known = (judge(lines, first_line, error) for judge in (itemless, keyless, unread))
        if finding := next(filter(None, known), None):
            return finding
    reason = error.problem or error.context or "it does not parse"
    return Finding.of("AG131", f"not readable as YAML: {reason}", line=line, column=column)


def _mark(error: Any) -> Any:
    return error.problem_mark or error.context_mark


def _stops_alike(text: str, error: Any) -> bool:
    """Say whether PyYAML stops in another text at the same place, for the same reason."""
    import yaml

    try:
        deque(yaml.parse(text, Loader=yaml.SafeLoader), maxlen=0)
    except yaml.MarkedYAMLError as other:
        places = {(mark.line, mark.column) for mark in (_mark(error), _mark(other)) if mark}
        return other.problem == error.problem and len(places) == 1
    except (yaml.YAMLError, ValueError, OverflowError):
        pass  # it got further, to something else
    return False


def _no_character(text: str, first_line: int) -> Finding:
    """Return the finding for the number of an escape, which PyYAML takes for one of a character."""
    escape = _TOO_LARGE.search(text)
    if escape is None:
        return Finding.of("AG131", "not readable as YAML: a number is too large", line=first_line)
    line, column = text.count("\n", 0, escape.start()), escape.start() - text.rfind("\n", 0, escape.start())
    message, help = f"“{escape[0]}” is the number of no character", "Write the character itself."
    return Finding.of("AG131", message, line=first_line + line, column=column, help=help)


def read_file(text: str, code: str, path: str) -> tuple[Node | None, list[Finding]]:
    """Read a whole file; what no text may hold keeps its code, everything else that is wrong has the given one."""
    text = text.replace("\r\n", "\n")
    if found := suspects(text):
        return None, list(located(text, found, path))
    root, problems = read(text)
    return root, [
        problem._replace(code=problem.code if problem.code in CODES else code, path=path) for problem in problems
    ]


def _read(text: str, first_line: int, loader: Any) -> tuple[Node | None, list[Finding]]:
    import yaml

    builder = _Builder(yaml.parse(text, Loader=loader), first_line)
    try:
        root = builder.document()
    except _Refused as refused:
        return None, [*builder.findings, refused.finding]
    # What may not be published is not quoted in findings about other faults either.
    hidden = any(finding.code != "AG133" for finding in builder.findings)
    return None if hidden else root, builder.findings


class _Builder:
    """Makes nodes of the parser's events; what does not end the reading is added to `findings`."""

    def __init__(self, events: Iterator[yaml.Event], first_line: int) -> None:
        import yaml

        self.events = events
        self.first_line = first_line
        self.brackets = 0
        self.findings: list[Finding] = []
        self.scalar, self.alias = yaml.ScalarEvent, yaml.AliasEvent
        self.sequence, self.mapping = yaml.SequenceStartEvent, yaml.MappingStartEvent
        self.ends = (yaml.SequenceEndEvent, yaml.MappingEndEvent)
        self.error = yaml.YAMLError
        self.document_start = yaml.DocumentStartEvent

    def document(self) -> Node | None:
        root = None
        for event in self.events:
            if isinstance(event, self.document_start) and root is not None:
                raise self.refused(event, "only one document is allowed")
            if isinstance(event, (self.scalar, self.sequence, self.mapping, self.alias)):
                root = self.node(event, 0)
        return root

    def node(self, event: Any, depth: int) -> Node:
        if isinstance(event, self.alias) or event.anchor:
            raise self.refused(event, "anchors and aliases (& and *) are not allowed; quote the value if it starts so")
        if event.tag:
            raise self.refused(event, "tags (!) are not allowed; quote the value if it starts so")
        if depth > MAX_DEPTH:
            raise self.refused(event, f"values are nested deeper than {MAX_DEPTH}")
        mark = event.start_mark
        line, column = self.first_line + mark.line, mark.column + 1
        if isinstance(event, self.scalar):
            return self.text(event, line, column)
        self.brackets += bool(event.flow_style)
        value = self.items(depth) if isinstance(event, self.sequence) else self.pairs(depth)
        self.brackets -= bool(event.flow_style)
        return Node(value, line, column)

    def text(self, event: Any, line: int, column: int) -> Node:
        value, style = event.value, event.style
        if not style:
            if self.brackets and "?" in value:
                # One parser of PyYAML takes it for text, the other refuses it.
                raise self.error
            return Node(None if value in _EMPTY else value, line, column, bare=True)
        if style == '"':
            # Escapes can spell what the gate for bytes has kept out, and commands of TeX are taken for escapes.
            self.findings += [
                Finding.of(suspect.code, suspect.message, line=line, column=column, help=_ESCAPED.get(suspect.code))
                for suspect in suspects(value)
            ]
        return Node(value, line, column)

    def items(self, depth: int) -> list[Node]:
        nodes = []
        while not isinstance(event := next(self.events), self.ends):
            nodes.append(self.node(event, depth + 1))
        return nodes

    def pairs(self, depth: int) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        while not isinstance(event := next(self.events), self.ends):
            key = self.node(event, depth + 1)
            if not isinstance(key.value, str):
                raise self.refused(event, "a key must be plain text")
            if len(key.value) > _MAX_KEY:
                raise self.refused(event, f"a key is longer than {_MAX_KEY} characters")
            if key.value == "<<":
                raise self.refused(event, "merge keys (<<) are not allowed")
            value = self.node(next(self.events), depth + 1)
            if value.value is None:
                # An empty value stands nowhere.
                value = value._replace(line=key.line, column=key.column)
            if (first := nodes.get(key.value)) is not None:
                message = f"“{key.value}” stands here and in line {first.key_line}"
                self.findings.append(Finding.of("AG133", message, line=key.line, column=key.column))
            else:
                nodes[key.value] = Node(value.value, value.line, value.column, value.bare, key.line, key.column)
        return nodes

    def refused(self, event: Any, message: str) -> _Refused:
        mark = event.start_mark
        return _Refused(Finding.of("AG132", message, line=self.first_line + mark.line, column=mark.column + 1))
