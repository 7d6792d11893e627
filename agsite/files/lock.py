"""One build or run at a time: a lock that a dead process cannot hold."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agsite.errors import LockedError, OutputError

# Workers of a build that was killed notice it within a moment, and hold its lock until then.
_PATIENCE = 2.0
_PAUSE = 0.05

_OURS = ".agsite"


def refuse_links(folder: Path) -> None:
    """Raise OutputError where a link lies in a folder of what is kept between runs, or on the way to it.

    Whoever can add files to a repository can add such a link, and what is written here would land where it leads.
    """
    way = [place for place in (folder, *folder.parents) if _OURS in place.parts]
    for place in (*way, *(folder.iterdir() if folder.is_dir() else ())):
        if place.is_symlink():
            raise OutputError(
                f"{place} is a symbolic link", "Delete it: what is kept there is no part of a repository."
            )


@contextmanager
def locked(path: Path, what: str, *, patient: bool = True) -> Iterator[None]:
    """Hold the lock file `path`; raise LockedError naming the process that has it, if `patient` after a moment.

    The system lets go of the lock when its holder dies, however it dies.
    """
    refuse_links(path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _take(handle, what, _PATIENCE if patient else 0.0)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _take(handle: int, what: str, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(_PAUSE)
                continue
            holder = os.pread(handle, 20, 0).decode("ascii", "replace") or "another process"
            raise LockedError(
                f"{what} is locked by process {holder}", "Wait until that build has ended, or stop it."
            ) from None
        return
