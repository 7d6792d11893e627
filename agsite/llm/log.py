"""The lines of a log: checksum, length and JSON, so that a damaged one is known and costs no other."""

from __future__ import annotations

import json
import os
import zlib
from decimal import Decimal
from pathlib import Path

from agsite.counted import counted
from agsite.llm.disk import sync_folder
from agsite.llm.ledger import NEEDED, Record

DAMAGED = "damaged"
"""The kind of a record that stands for a line that cannot be read."""
_SHORTEST_CALL = 140
"""How many bytes of a log announce one call, of a batch too, at least."""


def read_log(data: bytes) -> tuple[list[Record], list[bytes]]:
    """Return the records of a log in order, one of the kind `damaged` for each line that is none, and those lines."""
    records: list[Record] = []
    damaged: list[bytes] = []
    for line in data.removesuffix(b"\n").split(b"\n") if data else []:
        record = _record(line)
        if record is None:
            damaged.append(line)
        records.append(record or {"kind": DAMAGED})
    return records, damaged


def line_of(record: Record) -> bytes:
    """Return the line that holds a record."""
    text = json.dumps(record, ensure_ascii=True, separators=(",", ":")).encode()
    return b"%08x %d %s\n" % (zlib.crc32(text), len(text), text)


def _record(line: bytes) -> Record | None:
    checksum, _, rest = line.partition(b" ")
    length, _, text = rest.partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(text) or int(length) != len(text):
            return None
        record = json.loads(text)
    except ValueError:
        return None
    return record if isinstance(record, dict) and record.keys() >= NEEDED.get(str(record.get("kind")), set()) else None


def set_aside(path: Path, records: list[Record], damaged: list[bytes], worst: Decimal, most: int) -> str:
    """Move damaged lines to a file of their own, and complete the record of each in its place.

    A call costs `worst` at most, and no more than `most` of them may have been announced there.
    """
    aside = next(p for p in (path.with_suffix(f".damaged-{n}") for n in range(1, 1000)) if not p.exists())
    aside.write_bytes(b"\n".join(damaged) + b"\n")
    mended = path.with_suffix(".mended")
    # Where the ends of lines are damaged as well, one may be several.
    calls = iter([max(1, min(len(line) // _SHORTEST_CALL, most)) for line in damaged])
    whole = [
        {**record, "worst": str(next(calls) * worst), "file": aside.name} if record == {"kind": DAMAGED} else record
        for record in records
    ]
    with mended.open("wb") as file:
        file.write(b"".join(map(line_of, whole)))
        file.flush()
        os.fsync(file.fileno())
    mended.replace(path)
    sync_folder(path.parent)
    lost = counted(len(damaged), "record")
    return f"{lost} of {path} cannot be read; set aside as {aside.name} and counted at the worst a call can cost"
