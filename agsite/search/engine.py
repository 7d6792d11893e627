"""The door to Whoosh: inverted lists in a folder, written in one step, read while they are written.

Whoosh keeps pickles, and opening one that somebody else made runs their code: only ever open what this machine wrote.
It is loaded with this module, so nothing imports this module before something is to be searched.

Of Whoosh are used its storage, segments, codec and atomic commit. Postings are handed to the codec a block at a time
and read the same way: posting by posting, as Whoosh's own writer and matchers do it, both take three times as long.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from operator import sub
from pathlib import Path
from typing import Any, NamedTuple

import whoosh  # noqa: TID253 - this module is the door; it is imported inside functions only
from whoosh import index as whoosh_index  # noqa: TID253
from whoosh.codec.whoosh3 import W3Codec, W3PostingsWriter  # noqa: TID253
from whoosh.fields import STORED, FieldType, Schema  # noqa: TID253
from whoosh.formats import Existence  # noqa: TID253
from whoosh.lang.snowball.english import EnglishStemmer  # noqa: TID253
from whoosh.reading import TermNotFound  # noqa: TID253
from whoosh.writing import LockError, SegmentWriter  # noqa: TID253

from agsite.errors import AgsiteError
from agsite.search.stored import FACETS, Record, Stored

VERSION = f"whoosh-{'.'.join(map(str, whoosh.__version__))}"

# Scored is `text`: terms of title (counted twice) and text, with how often they occur. `words` are those of titles as
# they are spelt, for suggestions.
_FIELDS = ("shelf", "text", *FACETS, "date", "paper", "title", "words", "length")
# Every document has one posting here, whose weight is the length of its text: one list tells all lengths at once.
_LENGTH = ("length", "all")

_BLOCK = 2048

# Lists of postings that are worth deflating are longer.
_SHORT = 64

LOCK_SECONDS = 10.0


class IndexBusyError(AgsiteError):
    """Another process is writing the index."""

    exit_code = 3


# Whoosh's Porter stemmer, the one of its StemmingAnalyzer, is wrong for one word in thirty: it makes `stopp` of
# “stopping” and `runn` of “running”. Its Snowball one is right, but for a last step that it forgets after some endings:
# “quantization” gives `quantize` where “quantize” gives `quantiz`. With it mended, all of 160,615 words have the stem
# that the browser's stemmer gives.
_snowball = EnglishStemmer().stem
_FORGETFUL = re.compile(r"iz(?:ations?|ers?)$|ation?al(?:ly|ity)$")


def stem(word: str) -> str:
    """Return the Snowball stem of a word in lower case."""
    found: str = _snowball(word)
    return found[:-1] if found.endswith(("ize", "ate")) and found != word and _FORGETFUL.search(word) else found


class Posted(FieldType):  # type: ignore[misc]
    """A field whose terms and weights are given, not analysed."""

    def __init__(self) -> None:
        self.format = Existence()
        self.analyzer = self.vector = self.column_type = None
        self.scorable = self.stored = self.unique = False


class _Pool:
    """Postings of a segment in the making, by field and term, in memory: documents, and weights."""

    def __init__(self) -> None:
        self.fields: dict[str, defaultdict[str, tuple[array[int], array[int]]]] = {
            name: defaultdict(lambda: (array("I"), array("I"))) for name in _FIELDS
        }

    def post(self, field: str, doc: int, weights: Mapping[str, int]) -> None:
        """Add the terms of a document with their weights; documents come in ascending order."""
        lists = self.fields[field]
        for term, weight in weights.items():
            docs, found = lists[term]
            docs.append(doc)
            found.append(weight)

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """Take a posting of a segment that Whoosh merges into this one."""
        field, term, doc, weight, _ = item
        self.post(field, doc, {term.decode(): int(weight)})

    def cleanup(self) -> None:
        """Nothing was put on disk."""


class _Blocks(W3PostingsWriter):  # type: ignore[misc]
    """Whoosh's writer of lists, with its loops over postings left to functions in C."""

    def _mini_ids(self) -> tuple[int, ...]:
        return tuple(map(sub, self._ids, chain((0,), self._ids)))

    def _mini_weights(self) -> tuple[float, ...] | float | None:
        first = self._weights[0]
        if self._weights.count(first) < len(self._weights):
            return tuple(self._weights)
        return None if first == 1 else float(first)


class _Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's format, written quickly."""

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> _Blocks:  # noqa: FBT001, FBT002 - Whoosh's own
        return _Blocks(dbfile, self._blocklimit, byteids, self._compression, self._inlinelimit)


class _Writer(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer with postings kept in memory and handed to the codec in blocks."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.pool = _Pool()

    def add_record(self, record: Record) -> None:
        doc, writer = self.docnum, self.perdocwriter
        writer.start_doc(doc)
        self.pool.post("text", doc, record.terms)
        for field, terms in record.fields.items():
            self.pool.post(field, doc, dict.fromkeys(terms, 1))
        field, term = _LENGTH
        self.pool.post(field, doc, {term: sum(record.terms.values())})
        writer.add_field("stored", self.schema["stored"], tuple(record.stored), 0)
        writer.finish_doc()
        self.docnum += 1
        self._added = True

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        for field in sorted(self.pool.fields):
            self.fieldwriter.start_field(field, self.schema[field])
            lists = self.pool.fields[field]
            for term in sorted(lists, key=str.encode):
                self._write_term(term.encode(), *lists[term])
            self.fieldwriter.finish_field()
        self.fieldwriter.close()

    def _write_term(self, term: bytes, docs: array[int], weights: array[int]) -> None:
        self.fieldwriter.start_term(term)
        postings = self.fieldwriter._postwriter
        # Most terms are in a few documents, and to deflate their lists takes longer than all else and saves nothing.
        postings._compression = int(len(docs) > _SHORT)
        for start in range(0, len(docs), _BLOCK):
            postings._ids = docs[start : start + _BLOCK]
            postings._weights = array("f", weights[start : start + _BLOCK])
            postings._maxweight = max(postings._weights)
            postings._minlength = postings._maxlength = 1
            if start + _BLOCK < len(docs):
                postings._write_block()
        self.fieldwriter.finish_term()


def _schema() -> Schema:
    return Schema(stored=STORED, **{name: Posted() for name in _FIELDS})


class Postings(NamedTuple):
    """The documents that hold a term, ascending, and how often each does."""

    docs: list[int]
    weights: list[float]


_NONE = Postings([], [])


class Store:
    """A Whoosh index in a folder."""

    def __init__(self, folder: Path, *, create: bool) -> None:
        if create:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = whoosh_index.create_in(str(folder), _schema())
        else:
            self._index = whoosh_index.open_dir(str(folder))

    @property
    def generation(self) -> int:
        """Which commit this is."""
        return int(self._index.latest_generation())

    def write(self, records: Iterable[Record], removed: Iterable[int] = ()) -> None:
        """Take documents away and add others, in one step; raise IndexBusyError where somebody else is writing."""
        try:
            writer = _Writer(self._index, timeout=LOCK_SECONDS, codec=_Codec(blocklimit=_BLOCK))
        except LockError as error:
            raise IndexBusyError("another process is writing the search index", "Wait until it is done.") from error
        try:
            for doc in removed:
                writer.delete_document(doc)
            for record in records:
                writer.add_record(record)
        except BaseException:
            writer.cancel()
            raise
        writer.commit()

    def reader(self) -> Reader:
        """Return a view of the last commit, which later commits do not change."""
        return Reader(self._index.reader())


class Reader:
    """The documents of one commit. Numbers of documents hold for this reader only."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._leaves = [
            (leaf, offset, _deleted(leaf)) for leaf, offset in reader.leaf_readers() if leaf.doc_count_all()
        ]
        self._cache: dict[tuple[str, str], Postings] = {}

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()

    def postings(self, field: str, term: str) -> Postings:
        """Return where a term stands in a field; empty where it stands nowhere."""
        found = self._cache.get((field, term))
        if found is None:
            found = self._cache[field, term] = self._read(field, term)
        return found

    def _read(self, field: str, term: str) -> Postings:
        docs: list[int] = []
        weights: list[float] = []
        for leaf, offset, deleted in self._leaves:
            for ids, values in _blocks(leaf, field, term):
                if deleted:
                    kept = [pair for pair in zip(ids, values, strict=True) if pair[0] not in deleted]
                    docs += [doc + offset for doc, _ in kept]
                    weights += [weight for _, weight in kept]
                else:
                    docs += [doc + offset for doc in ids] if offset else ids
                    weights += values
        return Postings(docs, weights) if docs else _NONE

    def lengths(self) -> Postings:
        """Return all documents, and the lengths of their texts."""
        return self.postings(*_LENGTH)

    def lexicon(self, field: str, prefix: str = "") -> Iterator[str]:
        """Yield the terms of a field that start so, in the order of their bytes; some may have lost all documents."""
        for found in self._reader.expand_prefix(field, prefix):
            yield found.decode()

    def stored(self, doc: int) -> Stored:
        """Return what was stored with a document."""
        return Stored(*self._reader.stored_fields(doc)["stored"])


def _deleted(leaf: Any) -> set[int]:
    return set(leaf.segment().deleted_docs()) if leaf.has_deletions() else set()


def _blocks(leaf: Any, field: str, term: str) -> Iterator[tuple[Any, Any]]:
    try:
        matcher = leaf.postings(field, term)
    except TermNotFound:
        return
    # Where documents were deleted, Whoosh wraps the list into a filter that looks at each posting.
    matcher = getattr(matcher, "child", matcher)
    while matcher.is_active():
        matcher._read_ids()
        matcher._read_weights()
        yield matcher._ids, matcher._weights
        matcher._next_block()
