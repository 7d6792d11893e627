"""Documents in bundles, so that what did not change is passed over many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from typing import Generic, NamedTuple, TypeVar
from zlib import crc32

from agsite.encoding import to_json
from agsite.search.analysis import VERSION
from agsite.search.stored import ORDER, Record

T = TypeVar("T")

# Into how many bundles the documents of a kind are put, by their keys.
_BUNDLES = 256


class Document(NamedTuple):
    """A document that the index should hold: its key and place, a digest of all it is made of, and how to make it."""

    key: str
    place: tuple[int, str, str]
    digest: str
    make: Callable[[], Record]


class Bundle(NamedTuple):
    """Some documents of a kind: while the digest of all they are made of is the same, none of them is looked at.

    A document is always in the bundle that its key says.
    """

    name: str
    digest: str
    documents: Callable[[], list[Document]]


class Kind(NamedTuple, Generic[T]):
    """How things become documents of a kind."""

    name: str
    identity: Callable[[T], str]
    """What tells it from others of its kind; its key follows from it."""
    facts: Callable[[T], tuple[object, ...]]
    """All that its document is made of, as JSON can hold it."""
    place: Callable[[T], tuple[str, str]]
    """Date and key."""
    make: Callable[[T], Record]


def bundled(kind: Kind[T], things: Iterable[T]) -> Iterator[Bundle]:
    """Yield things of a kind as documents in bundles."""
    groups: defaultdict[int, list[T]] = defaultdict(list)
    for thing in things:
        groups[crc32(kind.identity(thing).encode(errors="surrogatepass")) % _BUNDLES].append(thing)
    for number, group in groups.items():
        # One digest of many facts takes half the time that one of each would take.
        digest = _digest([(kind.identity(thing), kind.facts(thing)) for thing in group])
        yield Bundle(f"{kind.name}/{number}", digest, partial(_documents, kind, group))


def _documents(kind: Kind[T], things: Iterable[T]) -> list[Document]:
    return [_document(kind, thing) for thing in things]


def _document(kind: Kind[T], thing: T) -> Document:
    date, key = kind.place(thing)
    return Document(key, (ORDER.index(kind.name), date, key), _digest(kind.facts(thing)), partial(kind.make, thing))


def _digest(facts: object) -> str:
    return blake2b(to_json((VERSION, facts)), digest_size=9).hexdigest()
