"""The index as static files that a script in the reader's browser can search: only what a query needs is fetched.

    search/meta.json           the one fixed name: which catalogue is the current one
    search/catalogue-H.bin     numbers of the scorer, first terms and names of all other files, values of facets
    search/docs-H.bin          a length byte for every document
    search/facets-H.bin        category, model, month and evidence of every document
    search/tN-H.bin            terms of one stretch of the alphabet, with their postings
    search/cN-H.bin            what is shown of some dozens of documents
    search/ids-H.bin           the addresses of papers, by archive id and arXiv id

H is a hash of the content, so a file that did not change keeps its name and stays in caches. All but `meta.json` are
deflated here, since hosts do not compress what they do not know. `docs/search.md` gives the format byte by byte. The
bytes depend on the documents alone: they are numbered by kind, date and key, whatever order Whoosh keeps them in.

A phrase is checked against the texts that the site publishes anyway: positions would add 2.8 MB to 4.9 MB for 10,000
answers.
"""

from __future__ import annotations

import json
import zlib
from array import array
from base64 import b32encode
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from operator import sub
from typing import Any, NamedTuple

from agsite import urls
from agsite.ids import PaperId
from agsite.search.documents import ANSWER, KINDS, ORDER, PAPER, QUESTION, Stored, place, stored_of
from agsite.search.scoring import K1, LENGTHS, B
from agsite.search.searcher import Searcher

FORMAT = 1

# A term in more documents keeps its best ones only: those in which it is most frequent. The catalogue says so.
CAP = 20_000

# Sizes that came out best: about 5 KB over the wire for a shard, 2 KB for a block of cards.
_SHARD_BYTES = 18_000
_CARDS = {ANSWER: 12, PAPER: 100, QUESTION: 100}

SNIPPET = 200

# Blocks of cards that share a hash.
_GROUP = 16

# Letters of a file's hash: a change of content keeps its name once in a million times.
_HASH = 4

File = tuple[str, bytes]


class _Term(NamedTuple):
    """A term as its shard lists it."""

    term: str
    word: str
    holding: int
    width: int
    kept: int
    data: bytes


def export(searcher: Searcher) -> Iterator[File]:
    """Yield (path below the site, bytes) of every file; the same documents give the same bytes."""
    export = _Export(searcher)
    files: list[File] = []
    catalogue = export.catalogue(files)
    data = json.dumps(catalogue, ensure_ascii=False, separators=(",", ":")).encode()
    _, digest = _Keeper(files)("catalogue", data)
    yield from files
    meta = {"format": FORMAT, "catalogue": f"catalogue-{digest}.bin", "documents": searcher.count}
    yield f"{urls.SEARCH}meta.json", (json.dumps(meta) + "\n").encode()


class _Export:
    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        docs = searcher.reader.lengths().docs
        stored = [(doc, stored_of(searcher.reader.stored(doc))) for doc in docs]
        stored.sort(key=lambda pair: place(pair[1]))
        self.stored = [record for _, record in stored]
        self.docs = [doc for doc, _ in stored]
        self.number = dict(zip(self.docs, range(len(docs)), strict=True))
        self.in_order = self.docs == docs

    def catalogue(self, files: list[File]) -> dict[str, Any]:
        """Make all files, and the catalogue that names them."""
        keep = _Keeper(files)
        counts = Counter(stored.kind for stored in self.stored)
        terms = [keep(f"t{i}", data, first) for i, (first, data) in enumerate(self._shards())]
        return {
            "format": FORMAT,
            "k1": K1,
            "b": B,
            "averages": dict(zip(KINDS, self.searcher.averages, strict=True)),
            "lengths": LENGTHS,
            "kinds": [[kind, counts[kind], _CARDS[kind]] for kind in ORDER],
            "cap": CAP,
            "docs": keep("docs", self._docs())[1],
            "facets": self._facets(keep),
            "ids": keep("ids", self._ids())[1],
            "terms": [first for first, _ in terms],
            "shards": [digest for _, digest in terms],
            "cards": self._keep_cards(keep),
            "cards_in_group": _GROUP,
        }

    # --- terms

    def _shards(self) -> Iterator[tuple[str, bytes]]:
        """Yield (first term, bytes) of each stretch; a stretch ends where a term's own hash says so.

        So a word more or less moves the borders beside it only, and no other shard changes.
        """
        stretch: list[_Term] = []
        for term in self._terms():
            if stretch and (_is_border(term) or len(stretch[-1].data) > _SHARD_BYTES // 2):
                yield stretch[0].term, _shard(stretch)
                stretch = []
            stretch.append(term)
        if stretch:
            yield stretch[0].term, _shard(stretch)

    def _terms(self) -> Iterator[_Term]:
        words = self._words()
        for term in self.searcher.reader.lexicon("text"):
            docs, weights = self._numbered(term)
            if docs:
                holding = len(docs)
                docs, weights = _capped(docs, weights)
                width, data = _encoded(docs, weights)
                yield _Term(term, words.get(term, ""), holding, width, len(docs), data)

    def _numbered(self, term: str) -> tuple[Sequence[int], Sequence[int]]:
        docs, weights = self.searcher.reader.postings("text", term)
        number = self.number
        if self.in_order:
            return [number[doc] for doc in docs], [int(weight) for weight in weights]
        pairs = sorted((number[doc], int(weight)) for doc, weight in zip(docs, weights, strict=True))
        return [doc for doc, _ in pairs], [weight for _, weight in pairs]

    def _words(self) -> dict[str, str]:
        """Term → the word of titles that most often stands for it, where it is not the term itself."""
        from agsite.search.analysis import stem_of

        best: dict[str, tuple[int, str]] = {}
        for word in self.searcher.reader.lexicon("words"):
            term = stem_of(word)
            count = len(self.searcher.reader.postings("words", word).docs)
            if term and count > best.get(term, (0, ""))[0]:
                best[term] = count, word
        return {term: word for term, (_, word) in best.items() if word != term}

    # --- documents

    def _docs(self) -> bytes:
        return bytes(self.searcher.length_bytes[doc] for doc in self.docs)

    def _ids(self) -> bytes:
        """The addresses of papers by month and number, whatever the zeros, and by arXiv id."""
        papers = {stored.key: stored.url for stored in self.stored if stored.kind == PAPER}
        names = {f"{id_.month.replace('-', '.')}-{id_.key[2]}": url for id_, url in _paper_ids(papers)}
        for name in self.searcher.reader.lexicon("paper", "arxiv:"):
            for doc in self.searcher.reader.postings("paper", name).docs:
                names[name] = self.searcher.stored(doc).url
        return json.dumps(dict(sorted(names.items())), separators=(",", ":")).encode()

    def _facets(self, keep: _Keeper) -> dict[str, Any]:
        """The values of each facet and, in one file, an array a facet with the number of each document's value."""
        values: dict[str, list[str]] = {}
        data = b""
        for name in ("category", "model", "month", "evidence"):
            column, values[name] = self._column(name)
            data += column
        return {"file": keep("facets", data)[1], "values": values}

    def _column(self, name: str) -> tuple[bytes, list[str]]:
        """Numbers of values from 1, 0 for none; of `evidence`, which may have several, the sum of powers of two."""
        read = self.searcher.reader.postings
        values = [value for value in self.searcher.reader.lexicon(name) if read(name, value).docs]
        column = array("H", bytes(2 * len(self.docs)))
        for index, value in enumerate(values):
            for doc in read(name, value).docs:
                column[self.number[doc]] += 1 << index if name == "evidence" else index + 1
        low, high = bytes(value & 255 for value in column), bytes(value >> 8 for value in column)
        return low + high, values

    def _keep_cards(self, keep: _Keeper) -> list[str]:
        """Write the blocks of cards; some share a hash, for 1,000 hashes would be half of the catalogue."""
        blocks = list(self._cards())
        digests = []
        for start in range(0, len(blocks), _GROUP):
            group = blocks[start : start + _GROUP]
            digests.append(_digest(b"".join(group)))
            for number, data in enumerate(group, start):
                keep.put(f"c{number}-{digests[-1]}.bin", data)
        return digests

    def _cards(self) -> Iterator[bytes]:
        for kind in ORDER:
            own = [stored for stored in self.stored if stored.kind == kind]
            for start in range(0, len(own), _CARDS[kind]):
                cards = [_card(stored) for stored in own[start : start + _CARDS[kind]]]
                yield json.dumps(cards, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _paper_ids(papers: dict[str, str]) -> Iterator[tuple[PaperId, str]]:
    for key, url in papers.items():
        yield PaperId(key.partition("/")[2]), url


class _Keeper:
    """Collects files; called with a name and bytes it returns what the catalogue needs to find the file."""

    def __init__(self, files: list[File]) -> None:
        self.files = files

    def __call__(self, name: str, data: bytes, label: str = "") -> tuple[str, str]:
        digest = _digest(data)
        self.put(f"{name}-{digest}.bin", data)
        return label, digest

    def put(self, name: str, data: bytes) -> None:
        """Take a file by its full name."""
        self.files.append((f"{urls.SEARCH}{name}", zlib.compress(data, 9)))


def _digest(data: bytes) -> str:
    return b32encode(blake2b(data, digest_size=5).digest()).decode().lower()[:_HASH]


def _is_border(term: _Term) -> bool:
    """Say whether a stretch begins with this term: the likelier, the more bytes it has, and always for a large one."""
    chance = (len(term.data) + len(term.term) + 12) / _SHARD_BYTES
    return int.from_bytes(blake2b(term.term.encode(), digest_size=4).digest(), "big") < chance * 2**32


def _shard(terms: list[_Term]) -> bytes:
    """Length of the header, header (JSON: term, word, holding, width, kept), then all postings."""
    header = json.dumps([term[:-1] for term in terms], ensure_ascii=False, separators=(",", ":")).encode()
    return len(header).to_bytes(4, "little") + header + b"".join(term.data for term in terms)


def _capped(docs: Sequence[int], weights: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    if len(docs) <= CAP:
        return docs, weights
    best = sorted(range(len(docs)), key=lambda i: (-weights[i], -docs[i]))[:CAP]
    best.sort()
    return [docs[i] for i in best], [weights[i] for i in best]


def _encoded(docs: Sequence[int], weights: Sequence[int]) -> tuple[int, bytes]:
    """Gaps between documents in the fewest bytes that hold the largest (1, 2 or 4), then a byte for each frequency."""
    gaps = [docs[0], *map(sub, docs[1:], docs)]
    largest = max(gaps)
    width, code = (1, "B") if largest < 1 << 8 else (2, "H") if largest < 1 << 16 else (4, "I")
    return width, array(code, gaps).tobytes() + bytes([weight if weight < 256 else 255 for weight in weights])


def _card(stored: Stored) -> list[Any]:
    """What is shown of a document: url, title, category, date, model, counts, beginning of its text."""
    facts = [stored.url, stored.title, stored.category, stored.date, stored.model, stored.counts]
    return [*facts, cut(stored.text)] if stored.text else facts


def cut(text: str) -> str:
    """Cut a text at a word, with an ellipsis where something is missing."""
    if len(text) <= SNIPPET:
        return text
    return text[: text.rfind(" ", 0, SNIPPET) if " " in text[:SNIPPET] else SNIPPET].rstrip(" ,;:.") + "…"
