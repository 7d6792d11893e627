"""The key of a folder: what is sealed with it was written there by the same user, and came with no checkout.

Whoever can add files to a repository can add some to the cache that lies in its folder. What they cannot choose is the
time of a file, which is when it was checked out; so the key has a time long past. Other users of the machine are told
apart by whose file it is, and cannot read it.
"""

from __future__ import annotations

import os
from pathlib import Path

from agsite.errors import OutputError

_NAME = "key"
_SIZE = 32

# The second of January 1980, which every disk can keep.
_TIME = 315_619_200


def read_key(folder: Path) -> bytes | None:
    """Return the key of a folder; None where there is none, or one that we did not make."""
    try:
        with (folder / _NAME).open("rb") as file:
            facts = os.fstat(file.fileno())
            is_ours = facts.st_uid == os.getuid() and int(facts.st_mtime) == _TIME
            key = file.read(_SIZE + 1) if is_ours else b""
    except OSError:
        return None
    return key if len(key) == _SIZE else None


def key_of(path: Path) -> bytes | None:
    """Return the key of the folder that a sealed file lies in, where the file has another time.

    An archive of a commit, which hosts offer for download, gives all its files the time that the commit claims.
    """
    try:
        is_younger = int(path.stat().st_mtime) != _TIME
    except OSError:
        return None
    return read_key(path.parent) if is_younger else None


def make_key(folder: Path) -> bytes:
    """Give a folder a new key, so that nothing holds that was sealed there before."""
    key, draft = os.urandom(_SIZE), folder / f".{_NAME}.{os.urandom(4).hex()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with open(draft, "xb", opener=_for_us_alone) as file:
                file.write(key)
            os.utime(draft, (_TIME, _TIME))
            draft.replace(folder / _NAME)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{folder / _NAME} cannot be written: {error.strerror}") from error
    return key


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)
