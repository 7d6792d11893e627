"""A generation of a site: a folder that grows beside the published one, and what is known of every file in it.

A file of the new generation is kept (where the folder held it already), linked (where the published site holds the
same) or written; a file that exists is never written through, for its bytes may be published under another name.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from agsite.errors import OutputError
from agsite.files.reading import read_bytes
from agsite.files.stamps import STRANGER, Stamp, foreign, is_intact

MARK = "build.json"
"""The file that every build writes anew and last."""


NO_LINKS = frozenset({errno.EPERM, errno.EMLINK, errno.EXDEV, errno.ENOTSUP, errno.ENOSYS, errno.EACCES})
"""What a system says that cannot give a file a second name."""


class Placed(NamedTuple):
    """A file of the new generation: where, what is known of it, and whether the published site has another there."""

    path: str
    stamp: Stamp
    written: bool


class Generation:
    """The folder `root` on its way to be published.

    `published` is the folder of the site as it stands and `old` what is known of it; `kept` is known of `root`.
    """

    def __init__(self, root: str, published: str, old: Mapping[str, Stamp], kept: Mapping[str, Stamp]) -> None:
        self.root = root
        self.published = published
        self.old = old
        self.kept = kept
        self.strangers: list[str] = []
        """What stands in the published site and was not put there by a build, once `carry` has looked."""
        self._folders: set[str] = set()

    def place(self, path: str, fingerprint: str, make: Callable[[], bytes]) -> Placed:
        """Put a file into the generation; `make` is called only where no file of this fingerprint is at hand."""
        return self.keep(path, fingerprint) or self._put(path, fingerprint, (make(),))

    def join(self, path: str, fingerprint: str, parts: Iterable[str]) -> Placed:
        """Put a file into the generation that consists of others of it, one after the other."""
        contents = (read_bytes(f"{self.root}/{part}") for part in parts)
        return self.keep(path, fingerprint) or self._put(path, fingerprint, contents)

    def _put(self, path: str, fingerprint: str, contents: Iterable[bytes]) -> Placed:
        if ".." in path.split("/") or path.startswith("/"):
            raise OutputError(f"{path} would lie outside the site", "Rename what leads there.")
        if path in self.kept:
            _remove(f"{self.root}/{path}")
        self._make_folder(path)
        return Placed(path, self._write(path, fingerprint, contents), written=True)

    def keep_all(self, files: Iterable[tuple[str, str]]) -> list[Placed] | None:
        """Put files, given as (path, fingerprint), into the generation; none of them where one is not at hand."""
        placed: list[Placed] = []
        for path, fingerprint in files:
            kept = self.keep(path, fingerprint)
            if kept is None:
                for other in placed:
                    _remove(f"{self.root}/{other.path}")
                return None
            placed.append(kept)
        return placed

    def keep_below(self, folder: str) -> list[Placed] | None:
        """Put the published files below a folder into the generation as they stand; None where one was touched."""
        paths = self._published_paths
        below = paths[bisect_left(paths, folder) : bisect_left(paths, f"{folder}\U0010ffff")]
        return self.keep_all([(path, self.old[path].fingerprint) for path in below])

    @cached_property
    def _published_paths(self) -> list[str]:
        return sorted(path for path, stamp in self.old.items() if not stamp.is_foreign)

    def keep(self, path: str, fingerprint: str) -> Placed | None:
        """Keep or link a file of this fingerprint, if there is one."""
        old = self.old.get(path)
        fresh = old is None or old.fingerprint != fingerprint or not is_intact(f"{self.published}/{path}", old)
        here = self.kept.get(path)
        if here is not None and here.fingerprint == fingerprint and is_intact(f"{self.root}/{path}", here):
            return Placed(path, here, fresh)
        if old is None or fresh:
            return None
        if here is not None:
            _remove(f"{self.root}/{path}")
        self._make_folder(path)
        link(f"{self.published}/{path}", f"{self.root}/{path}")
        return Placed(path, old, written=False)

    def mark(self, data: bytes) -> Placed:
        """Write the mark, always anew: its time is the generation's name, and never that of the published one."""
        fingerprint = hashlib.sha256(data).hexdigest()[:24]
        _remove(f"{self.root}/{MARK}")
        stamp = self._write(MARK, fingerprint, (data,))
        stamp = stamp._replace(mtime_ns=_move_apart(f"{self.root}/{MARK}", f"{self.published}/{MARK}"))
        old = self.old.get(MARK)
        return Placed(MARK, stamp, old is None or old.fingerprint != fingerprint)

    def _write(self, path: str, fingerprint: str, contents: Iterable[bytes]) -> Stamp:
        place = f"{self.root}/{path}"
        try:
            facts = _write_new(place, contents)
        except FileExistsError:
            raise OutputError(f"two pages want the place {path}", "Rename one of the two.") from None
        except OSError as error:
            error.filename = place  # a disk that is full says so, but not where
            raise
        return Stamp(fingerprint, facts.st_mtime_ns, facts.st_size)

    def _make_folder(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            _make_folder(f"{self.root}/{folder}")
            self._folders.add(folder)

    def prune(self, placed: Mapping[str, Stamp]) -> None:
        """Delete what the folder held before and the new generation lacks."""
        for path in self.kept.keys() - placed.keys() - {MARK}:
            _remove(f"{self.root}/{path}")
            _remove_empty(self.root, path.rpartition("/")[0])

    def carry(self, placed: Collection[str]) -> dict[str, Stamp]:
        """Link files into the generation that stand in the published site and were not put there by a build.

        Raises OutputError where such a file stands in the way of one of ours. An empty folder that the site has as
        well is what is left where somebody deleted our files.
        """
        carried = {}
        found = foreign(self.published, self.old)
        folders = _folders_of(placed) if found else frozenset()
        self.strangers = [path for path in found if not (path.endswith("/") and path.rstrip("/") in folders)]
        for path in self.strangers:
            if (
                path in folders
                or any(parent in placed for parent in _parents(path))
                or _is_link_to(self.published, path, placed)
            ):
                raise OutputError(
                    f"{self.published}/{path} stands where the site needs a place",
                    "Move it away; the published site is untouched.",
                )
            if path not in placed:
                self._carry(path)
                carried[path] = STRANGER
        return carried

    def _carry(self, path: str) -> None:
        if path.endswith("/"):
            _make_folder(f"{self.root}/{path}")
            return
        self._make_folder(path)
        _remove(f"{self.root}/{path}")
        link(f"{self.published}/{path}", f"{self.root}/{path}")


def _make_folder(place: str) -> None:
    try:
        # Nearly always the folder is new and the one around it is there, so nothing is asked first.
        os.mkdir(place)  # noqa: PTH102 - called for every page
    except (FileExistsError, FileNotFoundError):
        os.makedirs(place, exist_ok=True)  # noqa: PTH103


def _parents(path: str) -> Iterable[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _folders_of(paths: Iterable[str]) -> set[str]:
    return {parent for path in paths for parent in _parents(path)}


def _is_link_to(root: str, path: str, placed: Collection[str]) -> bool:
    return path in placed and os.path.islink(f"{root}/{path}")  # noqa: PTH114


def link(source: str, target: str) -> None:
    """Give a file a second name, or copy it where the system cannot do that."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        shutil.copy2(source, target, follow_symlinks=False)


def _write_new(path: str, contents: Iterable[bytes]) -> os.stat_result:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        for data in contents:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
        return os.fstat(handle)
    finally:
        os.close(handle)


# No disk that is in use keeps times less finely.
_COARSEST = 2_000_000_000


def _move_apart(path: str, other: str) -> int:
    """Return a file's time, which is made another one first where it is that of the other file.

    Clocks are set back, and some disks keep whole seconds.
    """
    time = os.lstat(path).st_mtime_ns
    if Path(other).exists() and os.lstat(other).st_mtime_ns == time:
        os.utime(path, ns=(time, time + _COARSEST))
        time = os.lstat(path).st_mtime_ns
    return time


def _remove(path: str) -> None:
    try:
        os.rmdir(path) if path.endswith("/") else os.unlink(path)  # noqa: PTH106, PTH108
    except OSError as error:
        if error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ENOTEMPTY}:
            raise


def _remove_empty(root: str, folder: str) -> None:
    while folder:
        try:
            os.rmdir(f"{root}/{folder}")  # noqa: PTH106
        except OSError:
            return
        folder = folder.rpartition("/")[0]
