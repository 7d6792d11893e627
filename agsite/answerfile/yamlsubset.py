"""The part of YAML that people write by hand, and nothing that surprises: maps, lists and strings with their places.

Anchors, aliases, merge keys, tags, repeated keys and further documents are refused (merge keys alone can take a
minute to load 400 bytes). Every scalar stays the string that was written: the record's types decide what it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from agsite.findings import Finding

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 8

Value: TypeAlias = "str | None | list[Node] | dict[str, Node]"


class Node(NamedTuple):
    """A value and where it starts, counted from 1 within the YAML text; `key` is where its key starts."""

    value: Value
    line: int
    column: int
    key_line: int = 0

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class _Refused(Exception):  # noqa: N818 - it is caught in this module
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def read(text: str) -> tuple[Node | None, list[Finding]]:
    """Read one document; the findings carry lines of `text`. None where it cannot be used at all."""
    import yaml  # noqa: PLC0415 - loaded only where YAML is read

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    repeated: list[Finding] = []
    try:
        builder = _Builder(yaml.parse(text, Loader=loader), repeated)
        root = builder.document()
    except _Refused as refused:
        return None, [refused.finding]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        reason = error.problem or error.context or "it does not parse"
        return None, [Finding.of("AG131", f"not readable as YAML: {reason}", line=line, column=column)]
    except yaml.YAMLError as error:
        return None, [Finding.of("AG131", f"not readable as YAML: {str(error).splitlines()[0]}", line=1)]
    return root, repeated


class _Builder:
    def __init__(self, events: Iterator[yaml.Event], repeated: list[Finding]) -> None:
        self.events = events
        self.repeated = repeated

    def document(self) -> Node | None:
        import yaml  # noqa: PLC0415

        root = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise _refused(event, "only one document is allowed")
            if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent | yaml.AliasEvent):
                root = self.node(event, 0)
        return root

    def node(self, event: Any, depth: int) -> Node:
        import yaml  # noqa: PLC0415

        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _refused(event, "anchors and aliases (& and *) are not allowed; quote the value if it starts so")
        if event.tag:
            raise _refused(event, f"the tag {event.tag} is not allowed")
        if depth > MAX_DEPTH:
            raise _refused(event, f"values are nested deeper than {MAX_DEPTH}")
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.ScalarEvent):
            empty = event.style is None and event.value in {"", "~", "null"}
            return Node(None if empty else event.value, line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self.items(depth), line, column)
        return Node(self.pairs(depth), line, column)

    def items(self, depth: int) -> list[Node]:
        import yaml  # noqa: PLC0415

        nodes = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            nodes.append(self.node(event, depth + 1))
        return nodes

    def pairs(self, depth: int) -> dict[str, Node]:
        import yaml  # noqa: PLC0415

        nodes: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key.value, str) or key.value == "<<":
                raise _refused(event, "a key must be plain text")
            if key.value in nodes:
                first = nodes[key.value].key_line
                message = f"“{key.value}” stands here and in line {first}"
                self.repeated.append(Finding.of("AG133", message, line=key.line, column=key.column))
                continue
            nodes[key.value] = value._replace(key_line=key.line)
        return nodes


def _refused(event: Any, message: str) -> _Refused:
    mark = event.start_mark
    return _Refused(Finding.of("AG132", message, line=mark.line + 1, column=mark.column + 1))
