"""The lines of a log: checksum, length and JSON, so that a damaged one is known and costs no other."""

from __future__ import annotations

import json
import os
import zlib
from decimal import Decimal
from pathlib import Path

from agsite.counted import counted
from agsite.llm.disk import sync_folder
from agsite.llm.ledger import Record


def read_log(data: bytes) -> tuple[list[Record], list[bytes]]:
    """Return the records of a log in order, and the lines that are none."""
    records: list[Record] = []
    damaged: list[bytes] = []
    for line in data.removesuffix(b"\n").split(b"\n") if data else []:
        record = _record(line)
        if record is None:
            damaged.append(line)
        else:
            records.append(record)
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
    return record if isinstance(record, dict) else None


def set_aside(path: Path, records: list[Record], damaged: list[bytes], worst: Decimal) -> str:
    """Move damaged lines to a file of their own, and leave a record of each in their place."""
    aside = next(p for p in (path.with_suffix(f".damaged-{n}") for n in range(1, 1000)) if not p.exists())
    aside.write_bytes(b"\n".join(damaged) + b"\n")
    mended = path.with_suffix(".mended")
    marks = [{"kind": "damaged", "worst": str(worst), "file": aside.name}] * len(damaged)
    with mended.open("wb") as file:
        file.write(b"".join(map(line_of, [*records, *marks])))
        file.flush()
        os.fsync(file.fileno())
    mended.replace(path)
    sync_folder(path.parent)
    lost = counted(len(damaged), "record")
    return f"{lost} of {path} cannot be read; set aside as {aside.name} and counted at the worst a call can cost"
