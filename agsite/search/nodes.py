"""The syntax tree of a query: boolean operators, with words and conditions at its leaves."""

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
    """Terms that begin with these letters."""

    start: str


class Fuzzy(NamedTuple):
    """Terms that differ from this one by one letter at most."""

    term: str


class Field(NamedTuple):
    """A field that has a value; for `date`, anything between the two values."""

    name: str
    value: str
    until: str = ""


class Not(NamedTuple):
    """The documents that a node does not match."""

    node: Node


class And(NamedTuple):
    """The documents that every node matches."""

    nodes: tuple[Node, ...]


class Or(NamedTuple):
    """The documents that at least one node matches."""

    nodes: tuple[Node, ...]


Node: TypeAlias = Words | Phrase | Prefix | Fuzzy | Field | Not | And | Or


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


def positive_leaves(node: Node) -> Iterator[Words | Phrase | Prefix | Fuzzy | Field]:
    """Yield the leaves of a query, without those below a `Not`."""
    match node:
        case And(nodes) | Or(nodes):
            for inner in nodes:
                yield from positive_leaves(inner)
        case Not():
            return
        case _:
            yield node
