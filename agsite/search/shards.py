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
import sys
import zlib
from array import array
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import accumulate
from operator import sub
from typing import Any, NamedTuple

from agsite.ellipsis import cut
from agsite.encoding import to_json
from agsite.search.packing import Scale, pack, scale_of, unpack
from agsite.search.scoring import K1, LENGTHS, B
from agsite.search.stored import ANSWER, FACETS, KINDS, ORDER, PAPER, QUESTION, Stored
from agsite.search.strips import lines

FORMAT = 3

# A term in more documents keeps its best ones only: those in which it is most frequent. Its entry says so.
CAP = 20_000

# Sizes that came out best: about 5 KB over the wire for a shard, 2 KB for a block of cards.
_SHARD_BYTES = 20_000
CARDS = {ANSWER: 9, PAPER: 120, QUESTION: 120}

SNIPPET = 150

# Blocks of cards that share a hash, for a thousand hashes would be half of the catalogue.
_GROUP = 16

# Letters of a file's hash: a change of content keeps its name once in thirty million times.
_HASH = 5

COLUMNS = FACETS[1:]
"""The facets that are columns of a file; kinds follow from the numbers of documents."""

ITSELF = "="

File = tuple[str, bytes]
"""A name below the folder of the search, and what the file holds."""


class Term(NamedTuple):
    """A term as its shard lists it: the word that stands for it, how many documents hold it, and its postings.

    The word is one of titles: `ITSELF` where that is the term, and empty where no title has any.
    """

    term: str
    word: str
    holding: int
    width: int
    kept: int
    data: bytes


class Parts(NamedTuple):
    """What the shards are made of."""

    terms: list[Term]
    lengths: bytes
    facets: bytes
    values: Mapping[str, Sequence[str]]
    """The values of each facet, numbered from 1 in its column; of `evidence`, the meanings of its bits."""
    ids: bytes
    blocks: list[bytes]
    counts: Mapping[str, int]
    """How many documents of each kind there are."""
    averages: Mapping[str, float]


def assemble(parts: Parts, packed: Mapping[bytes, bytes] | None = None) -> Iterator[File]:
    """Yield (name, bytes) of every file; `packed` are contents as deflated before."""
    made = _Files(packed or {})
    stretches = list(_stretches(parts.terms))
    shards = [made.take(f"t{i}", _shard(stretch)) for i, stretch in enumerate(stretches)]
    lengths = list(_by_kind(parts.lengths, parts.counts))
    scales = [scale_of(own) for own in lengths]
    catalogue = {
        "format": FORMAT,
        "k1": K1,
        "b": B,
        "averages": parts.averages,
        "lengths": LENGTHS[: max(parts.lengths, default=0) + 1],
        "kinds": [[kind, parts.counts[kind], CARDS[kind], *scale] for kind, scale in zip(ORDER, scales, strict=True)],
        "docs": made.take("docs", b"".join(map(pack, lengths, scales))),
        "facets": {"file": made.take("facets", parts.facets), "values": parts.values},
        "ids": made.take("ids", parts.ids),
        "terms": " ".join(_borders(stretches)),
        "shards": "".join(shards),
        "cards": "".join(made.take_group(start, parts.blocks) for start in range(0, len(parts.blocks), _GROUP)),
        "cards_in_group": _GROUP,
        "hash": _HASH,
    }
    hash_ = made.take("catalogue", to_json(catalogue))
    yield from made.files
    meta = {"format": FORMAT, "catalogue": f"catalogue-{hash_}.bin", "documents": len(parts.lengths)}
    yield "meta.json", (json.dumps(meta) + "\n").encode()


def _by_kind(lengths: bytes, counts: Mapping[str, int]) -> Iterator[bytes]:
    ends = list(accumulate(counts[kind] for kind in ORDER))
    return (lengths[end - counts[kind] : end] for kind, end in zip(ORDER, ends, strict=True))


class _Files:
    """The files so far."""

    def __init__(self, packed: Mapping[bytes, bytes]) -> None:
        self.files: list[File] = []
        self._packed = packed

    def take(self, name: str, data: bytes) -> str:
        """Take a file, and return the hash in its name."""
        hash_ = _hash(data)
        self._put(f"{name}-{hash_}", data)
        return hash_

    def take_group(self, start: int, blocks: Sequence[bytes]) -> str:
        """Take blocks of cards that share a hash."""
        group = blocks[start : start + _GROUP]
        hash_ = _hash(b"".join(group))
        for number, data in enumerate(group, start):
            self._put(f"c{number}-{hash_}", data)
        return hash_

    def _put(self, name: str, data: bytes) -> None:
        # Level 9 takes twice the time of level 6 and saves two percent.
        packed = self._packed.get(data) or zlib.compress(data, 6)
        self.files.append((f"{name}.bin", packed))


def _hash(data: bytes) -> str:
    return b32encode(blake2b(data, digest_size=5).digest()).decode().lower()[:_HASH]


def _hashes(joined: str) -> list[str]:
    return [joined[at : at + _HASH] for at in range(0, len(joined), _HASH)]


# --- Terms


def _stretches(terms: Iterable[Term]) -> Iterator[list[Term]]:
    """Cut the terms into stretches; where, a term's own hash and the size of its postings say.

    So a word more or less moves the borders beside it only, and no other shard changes.
    """
    stretch: list[Term] = []
    for term in terms:
        if stretch and (_is_border(term) or len(stretch[-1].data) > _SHARD_BYTES // 2):
            yield stretch
            stretch = []
        stretch.append(term)
    if stretch:
        yield stretch


def _borders(stretches: Iterable[Sequence[Term]]) -> Iterator[str]:
    """Yield the least that tells each stretch's first term from the last one before it."""
    before = ""
    for stretch in stretches:
        first = stretch[0].term
        yield next(border for end in range(1, len(first) + 1) if (border := first[:end]) > before)
        before = stretch[-1].term


def _is_border(term: Term) -> bool:
    """Say whether a stretch begins with this term: the likelier, the more bytes it has, and always for a large one."""
    chance = (len(term.data) + len(term.term) + 12) / _SHARD_BYTES
    return int.from_bytes(blake2b(term.term.encode(), digest_size=4).digest(), "big") < chance * 2**32


def _shard(terms: Sequence[Term]) -> bytes:
    """Length of the header, header (JSON: term, word, holding, width, kept), then all postings."""
    header = to_json([term[:-1] for term in terms])
    return len(header).to_bytes(4, "little") + header + b"".join(term.data for term in terms)


def _read_shard(data: bytes) -> Iterator[Term]:
    """Yield the terms of a shard."""
    at = 4 + int.from_bytes(data[:4], "little")
    for term, word, holding, width, kept in json.loads(data[4:at]):
        end = at + width * kept + kept
        yield Term(term, word, holding, width, kept, data[at:end])
        at = end


_CODES = {1: "B", 2: "H", 4: "I"}


def make_term(term: str, word: str, docs: Sequence[int], weights: Sequence[int]) -> Term:
    """Return a term with its postings: gaps in the fewest bytes that hold the largest, then a byte for each weight."""
    holding = len(docs)
    if holding > CAP:
        docs, weights = _best(docs, weights)
    gaps = [docs[0], *map(sub, docs[1:], docs)]
    largest = max(gaps)
    width = 1 if largest < 1 << 8 else 2 if largest < 1 << 16 else 4
    return Term(term, word, holding, width, len(docs), _little(array(_CODES[width], gaps)).tobytes() + bytes(weights))


def postings_of(term: Term) -> tuple[list[int], list[int]]:
    """Return the documents and weights of a term."""
    end = term.width * term.kept
    gaps = array(_CODES[term.width], term.data[:end])
    return list(accumulate(_little(gaps))), list(term.data[end:])


def _little(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _best(docs: Sequence[int], weights: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    best = sorted(sorted(range(len(docs)), key=lambda i: (-weights[i], -docs[i]))[:CAP])
    return [docs[i] for i in best], [weights[i] for i in best]


# --- Cards


def card(stored: Stored, steps: Sequence[int]) -> list[Any]:
    """What is shown of a document: url, title, category, date, model, counts, beginning of its text, strip, rejection.

    What it lacks at the end is left away.
    """
    strip = stored.strip and f"{stored.strip} {lines(stored.cites, steps)}"
    facts: list[Any] = [stored.url, stored.heading, stored.category, stored.date, stored.model, stored.counts]
    facts += [cut(stored.text, SNIPPET), strip, stored.rejected]
    while not facts[-1]:
        facts.pop()
    return facts


# --- Reading what was written


class Exported:
    """The files of an export, by name below the folder of the search."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.raw = {name: zlib.decompress(data) for name, data in files.items() if name.endswith(".bin")}

    @cached_property
    def packed(self) -> dict[bytes, bytes]:
        """Contents as they were deflated."""
        return {data: self._files[name] for name, data in self.raw.items()}

    def parts(self) -> Parts:
        """Return what the files were made of."""
        catalogue = json.loads(self.raw[json.loads(self._files["meta.json"])["catalogue"]])
        blocks = sum(-(-count // size) for _, count, size, _, _ in catalogue["kinds"])
        shards = (f"t{i}-{hash_}.bin" for i, hash_ in enumerate(_hashes(catalogue["shards"])))
        groups = _hashes(catalogue["cards"])
        facets = catalogue["facets"]
        return Parts(
            terms=[term for name in shards for term in _read_shard(self.raw[name])],
            lengths=b"".join(_lengths(self.raw[f"docs-{catalogue['docs']}.bin"], catalogue["kinds"])),
            facets=self.raw[f"facets-{facets['file']}.bin"],
            values=facets["values"],
            ids=self.raw[f"ids-{catalogue['ids']}.bin"],
            blocks=[self.raw[f"c{i}-{groups[i // _GROUP]}.bin"] for i in range(blocks)],
            counts={kind: count for kind, count, *_ in catalogue["kinds"]},
            averages={kind: catalogue["averages"][kind] for kind in KINDS},
        )


def _lengths(data: bytes, kinds: Sequence[tuple[str, int, int, int, int]]) -> Iterator[bytes]:
    """Yield the length bytes of each kind."""
    for _, count, _, low, span in kinds:
        scale = Scale(low, span)
        size = -(-count // scale.each)
        yield unpack(data[:size], scale, count)
        data = data[size:]
