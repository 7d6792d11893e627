"""What a query comes to: a tree of what it asks for, the words and conditions at its leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias


class Words(NamedTuple):
    """Terms with how often they were asked for; any of them may occur."""

    counts: tuple[tuple[str, int], ...]


class Phrase(NamedTuple):
    """Terms that stand one after the other."""

    terms: tuple[str, ...]


class Prefix(NamedTuple):
    """Terms that begin so."""

    start: str


class Fuzzy(NamedTuple):
    """Terms that are spelt so but for one letter."""

    term: str


class Field(NamedTuple):
    """A field that has a value; for `date`, anything between the two values."""

    name: str
    value: str
    until: str = ""


class Not(NamedTuple):
    """Everything else."""

    node: Node


class All(NamedTuple):
    """What all of them hold."""

    nodes: tuple[Node, ...]


class Any_(NamedTuple):  # noqa: N801 - `Any` is Python's
    """What at least one of them holds."""

    nodes: tuple[Node, ...]


Node: TypeAlias = Words | Phrase | Prefix | Fuzzy | Field | Not | All | Any_


class Query(NamedTuple):
    """A query and what it was made from.

    `words` are its plain words as typed, for suggestions; `unknown` what stands before a colon and is not a field;
    `last` is the term of the plain word that it ends with, if that may be the beginning of another.
    """

    text: str
    node: Node
    words: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    last: str = ""


def wanted(node: Node) -> Iterator[Words | Phrase | Prefix | Fuzzy | Field]:
    """Yield what a query wants of a text, and none of what it does not want."""
    match node:
        case All(nodes) | Any_(nodes):
            for inner in nodes:
                yield from wanted(inner)
        case Not():
            return
        case _:
            yield node
