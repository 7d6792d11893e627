"""What reading the answer files gave, kept between builds by the digest of a file: the same bytes are not read twice.

Only bytes decide, never dates. Readings lie in shards by path, so an edit writes some of them again and not all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from pathlib import Path
from typing import Any, NamedTuple

from agsite import encoding, seal
from agsite.answerfile import Origin, Reading
from agsite.body import Body
from agsite.corpus import Result
from agsite.errors import AgsiteError
from agsite.findings import Finding
from agsite.ids import PaperId
from agsite.records import Answer, Source, Status

_KIND = "readings 4"
_SHARDS = 16


class _Record(NamedTuple):
    """The fields of an answer."""

    id: str
    question: str
    model: str
    date: dt.date
    body: str
    sources: tuple[Source, ...]
    follow_ups: tuple[str, ...]
    status: Status
    note: str | None
    aliases: tuple[str, ...]
    provenance: Any
    review: Any


class _Kept(NamedTuple):
    """A result as it is kept; a file of which nothing can be read has findings only."""

    answer: _Record | None
    body: Body | None
    origin: Origin | None
    findings: list[Finding]
    lacks: frozenset[str] = frozenset()
    is_rest: bool = False


class _Shard:
    """Some of the readings: those kept from before that nobody asked for yet, and the results of this run."""

    def __init__(self, kept: dict[bytes, bytes]) -> None:
        self.kept = kept
        self.results: dict[bytes, Result] = {}
        self.is_new = False


class KeptReadings:
    """The readings kept in a folder; `salt` differs where anything differs that they were made with.

    `fresh` is to read all files, whatever is kept.
    """

    def __init__(self, folder: Path, salt: bytes, *, fresh: bool = False) -> None:
        self._folder = folder
        self._kind = f"{_KIND} {salt!r}"
        self._unpack = encoding.unpacker(_Kept, {PaperId: PaperId.parse})
        places = map(self._place, range(_SHARDS))
        self._shards = [_Shard({} if fresh else seal.fetch(place, self._kind) or {}) for place in places]

    def get(self, path: str, data: bytes) -> Result | None:
        """Return what reading these bytes gave before; None where they are new."""
        shard, key = self._shard(path), _key(path, data)
        packed = shard.kept.pop(key, None)
        if packed is None:
            return None
        kept: _Kept = self._unpack(packed)
        result = _result(kept, path)
        shard.results[key] = result
        return result

    def note(self, path: str, data: bytes, result: Result) -> None:
        """Note what reading these bytes gave."""
        shard = self._shard(path)
        shard.results[_key(path, data)] = result
        shard.is_new = True

    def save(self) -> None:
        """Keep the readings of this run; where that fails, the next one reads all files."""
        for number, shard in enumerate(self._shards):
            if shard.is_new or shard.kept:  # what is left in `kept` belongs to files that are gone
                value = {key: _pack(result) for key, result in shard.results.items()}
                try:
                    seal.store(self._place(number), value, self._kind)
                except AgsiteError:
                    return

    def _shard(self, path: str) -> _Shard:
        return self._shards[zlib.crc32(path.encode()) % _SHARDS]

    def _place(self, number: int) -> Path:
        return self._folder / f"{number:02}"


def _key(path: str, data: bytes) -> bytes:
    # The path counts too: it gives an answer its id, and findings their place.
    return hashlib.blake2b(path.encode() + b"\0" + data, digest_size=16).digest()


def _pack(result: Result) -> bytes:
    reading = result.reading or result.rest
    if reading is None:
        return encoding.pack(_Kept(None, None, None, result.findings))
    record = _Record(**vars(reading.answer))
    is_rest = result.reading is None
    return encoding.pack(_Kept(record, reading.body, reading.origin, result.findings, reading.lacks, is_rest))


def _result(kept: _Kept, path: str) -> Result:
    if kept.answer is None or kept.body is None or kept.origin is None:
        return Result(None, kept.findings)
    # Validated when it was read from its file, and sealed since.
    answer = Answer.model_construct(**kept.answer._asdict())
    reading = Reading(answer, kept.body, path, kept.origin, kept.lacks)
    return Result(None, kept.findings, reading) if kept.is_rest else Result(reading, kept.findings)
