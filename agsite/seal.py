"""Values kept on disk between runs: sealed with a digest, so that what is damaged or of another version is not there.

Plain values only (`marshal`), and nothing is looked at before the digest fits: a damaged file is never an error. The
digest holds off accidents; against malice a file must be one's own.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from pathlib import Path
from typing import Any

from agsite import __version__, files
from agsite.errors import AgsiteError

_SIZE = 16
_KIND = f"agsite {__version__} {sys.implementation.cache_tag} {sys.version_info.micro}"


def seal(value: Any, kind: str) -> tuple[bytes, bytes]:
    """Return the digest and the bytes of a value made of tuples, lists, dicts, strings, bytes and numbers."""
    # Without references to what occurs twice: to look for it takes more memory than it saves.
    data = marshal.dumps(value, 2)
    return _digest(data, kind), data


def unseal(data: bytes, kind: str) -> Any | None:
    """Return the value, or None where the bytes are damaged, of another kind or of another version."""
    value = memoryview(data)[_SIZE:]
    if not value or _digest(value, kind) != data[:_SIZE]:
        return None
    return marshal.loads(value)  # noqa: S302 - only bytes whose digest fits get here


def store(path: Path, value: Any, kind: str, *, durable: bool = False) -> None:
    """Write a sealed value to a file in one step."""
    files.write_bytes(path, *seal(value, kind), durable=durable)


def fetch(path: Path | None, kind: str) -> Any | None:
    """Read a sealed value from a file; None where there is none that can be believed."""
    try:
        return unseal(files.read_own_bytes(path), kind) if path else None
    except AgsiteError:
        return None


def _digest(data: bytes | memoryview, kind: str) -> bytes:
    person = hashlib.sha256(f"{_KIND} {kind}".encode()).digest()[: hashlib.blake2b.PERSON_SIZE]
    return hashlib.blake2b(data, digest_size=_SIZE, person=person).digest()
