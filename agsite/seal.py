"""Values kept on disk between runs: sealed with a digest, so that what is damaged or of another kind is not there.

Plain values only (`marshal`), and nothing is looked at before the digest fits: a damaged file is never an error. The
digest is keyed with the key of the folder, so that what another user or a repository put there is not there either.
A kind names the versions of all that its values are made with; other versions of agsite and Python can read the rest.
"""

from __future__ import annotations

import hashlib
import marshal
from pathlib import Path
from typing import Any

from agsite import files
from agsite.errors import AgsiteError

_SIZE = 16


def store(path: Path, value: Any, kind: str, *, durable: bool = False) -> None:
    """Write a value made of tuples, lists, dicts, strings, bytes and numbers to a file in one step."""
    files.refuse_links(path.parent)
    key = files.read_key(path.parent) or files.make_key(path.parent)
    # In a form that every Python reads, and without references to what occurs twice: to look for it takes more memory
    # than it saves.
    data = marshal.dumps(value, 2)
    files.write_bytes(path, _digest(data, kind, key), data, durable=durable)


def fetch(path: Path | None, kind: str) -> Any | None:
    """Read a value from a file; None where there is none, or one that is damaged, not ours, or of another kind."""
    key = files.key_of(path) if path else None
    if path is None or key is None:
        return None
    try:
        data = files.read_bytes(path)
    except AgsiteError:
        return None
    value = memoryview(data)[_SIZE:]
    if not value or _digest(value, kind, key) != data[:_SIZE]:
        return None
    return marshal.loads(value)  # noqa: S302 - only bytes whose digest fits get here


def _digest(data: bytes | memoryview, kind: str, key: bytes) -> bytes:
    person = hashlib.sha256(kind.encode()).digest()[: hashlib.blake2b.PERSON_SIZE]
    return hashlib.blake2b(data, digest_size=_SIZE, key=key, person=person).digest()
