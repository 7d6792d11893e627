"""Writing so that it lasts: whole, synced, and only where there is room for all of it."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

from agsite.errors import JournalError

LARGEST_REPLY = 1024 * 1024
_RECORD_ROOM = 64 * 1024


class Slot:
    """Room on disk for one reply, given back if none comes."""

    def __init__(self, path: Path, largest: int = LARGEST_REPLY) -> None:
        self._path = path
        self._largest = largest
        self._part = path.with_suffix(".part")
        try:
            self._file = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
            try:
                _reserve(self._file, largest + _RECORD_ROOM)
            except OSError:
                self.free()
                raise
        except OSError as error:
            raise cannot_write(path, error) from error

    def store(self, data: bytes) -> None:
        """Put the bytes of a reply on disk under their name; what is more than there is room for is cut off.

        Whatever comes between, what was written is left where the next run looks for it.
        """
        data = data[: self._largest]
        file, self._file = self._file, -1
        try:
            try:
                os.lseek(file, 0, os.SEEK_SET)
                write_all(file, data)
            finally:
                os.close(file)
            _name_part(self._part, self._path, len(data))
        except OSError as error:
            raise cannot_write(self._path, error) from error

    def free(self) -> None:
        """Give the room back."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            self._part.unlink(missing_ok=True)


def save(path: Path, data: bytes) -> None:
    """Put bytes on disk under their name, whole."""
    Slot(path, len(data)).store(data)


def finish_parts(folder: Path) -> None:
    """Keep the replies that a killed process had written but not named yet, and drop the room it had reserved."""
    for part in folder.glob("*.part"):
        data = part.read_bytes().rstrip(b"\0")
        if data and _is_json(data):
            _name_part(part, part.with_suffix(".json"), len(data))
        else:
            part.unlink()


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _name_part(part: Path, path: Path, size: int) -> None:
    """Give what was written into reserved room its name, once it is safe; needs no room of its own."""
    with part.open("r+b") as file:
        file.truncate(size)
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def _reserve(file: int, room: int) -> None:
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file, 0, room)
        except OSError as error:
            if error.errno not in {errno.EOPNOTSUPP, errno.EINVAL}:
                raise
        else:
            return
    write_all(file, bytes(room))


def write_all(file: int, data: bytes) -> None:
    """Write all of it, however often the system stops short."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def cannot_write(path: Path, error: OSError) -> JournalError:
    """Return the error that says what could not be written, and that nothing was sent for it."""
    help_ = (
        "Nothing is sent that could not be kept: make room or name another folder with --journal, then use --resume."
    )
    return JournalError(f"{path} cannot be written: {error.strerror}", help_)
