"""The index of an archive: brought up to date by digest, readable while it is written, made anew when in doubt.

    .agsite/index/manifest.json    what the data holds: versions, key → digest; written last
    .agsite/index/data-XXXX/       Whoosh's files
    .agsite/index/lock             held by whoever writes

The folder is a cache. Whatever is wrong with it (missing, damaged, of another version, left by a run that was killed),
the answer is to make it again. Nobody else's is ever opened, nor what is not as it was written, because Whoosh's files
are pickles.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json
import os
import secrets
import shutil
import sys
import zlib
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from agsite import __version__, files
from agsite.errors import AgsiteError, OutputError
from agsite.search import analysis
from agsite.search.documents import Document

if TYPE_CHECKING:
    from agsite.search.engine import Reader, Store

# Raise it when documents or fields change their form.
SCHEMA = 3

# Above this share of changed documents, or after so many commits, a new index is made: it is no slower, and smaller.
_REBUILD_SHARE = 0.05
_REBUILD_COMMITS = 30

_MANIFEST = "manifest.json"
_STAMP = "stamp"

# Whoosh's table of contents, which it unpickles to see what there is.
_OPENED_FIRST = ".toc"


class Changes(NamedTuple):
    """What an update did, by key; `rebuilt` says that the index was made anew, `why` for which reason."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    rebuilt: bool
    why: str


class Manifest(NamedTuple):
    """What the data of an index holds."""

    data: str
    generation: int
    commits: int
    digests: dict[str, str]
    sums: dict[str, int]
    """The checksum of every file of the data: Whoosh believes whatever it finds."""


def stamp(paths: Iterable[str]) -> str:
    """Return a digest of names, sizes and times of the files below some paths, to tell whether any has changed."""
    names = sorted(name for path in paths if Path(path).exists() for name in files.find(path, ("",))[0])
    facts = [
        (name, status.st_size, status.st_mtime_ns) for name, status in zip(names, map(os.stat, names), strict=True)
    ]
    return blake2b(repr((identity(), facts)).encode(errors="surrogatepass"), digest_size=9).hexdigest()


def identity() -> str:
    """Return what an index must agree with to be used: versions of schema, analysis, agsite, Whoosh and Python."""
    from agsite.search import engine

    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{SCHEMA}/{analysis.VERSION}/{__version__}/{engine.VERSION}/{python}"


class Index:
    """An index in a folder, or in memory for this run where there is none."""

    def __init__(self, folder: str | Path | None) -> None:
        self.folder = None if folder is None else Path(folder)
        self._memory: tuple[Store, dict[str, str]] | None = None

    def update(self, documents: Iterable[Document], stamped: str = "") -> Changes:
        """Make the index hold exactly these documents; a document whose digest is the same is not looked at again.

        `stamped` is kept with it: what `stamp` said of the files before they were read.

        Raises OutputError where the folder cannot be written or another process is writing it.
        """
        # In the order of their places, so that an index that was made in one go is exported without sorting.
        wanted = {document.key: document for document in sorted(documents, key=attrgetter("place"))}
        if self.folder is None:
            return self._fill_memory(wanted)
        try:
            with locked(self.folder):
                changes = self._update(self.folder, wanted)
                _tidy(self.folder)
                files.write_text(self.folder / _STAMP, stamped)
                return changes
        except OSError as error:
            raise OutputError(f"the search index in {self.folder} cannot be written: {error.strerror}") from error

    def stamp(self) -> str:
        """Return what the index was stamped with; empty where there is none that can be used."""
        usable = self.folder is not None and read_manifest(self.folder) is not None
        return read_kept(self.folder / _STAMP) if self.folder is not None and usable else ""

    def reader(self) -> Reader:
        """Return a view of the index as it is now; raise FileNotFoundError where there is none that can be used."""
        if self._memory is not None:
            return self._memory[0].reader()
        folder = self.folder
        manifest = read_manifest(folder) if folder else None
        if folder is None or manifest is None:
            raise FileNotFoundError(f"there is no search index in {folder}")
        return _open(folder, manifest).reader()

    def _fill_memory(self, wanted: dict[str, Document]) -> Changes:
        from agsite.search.engine import Store

        store = Store(None, create=True)
        store.write(_records(wanted.values()))
        self._memory = store, {}
        return Changes(tuple(wanted), (), (), rebuilt=True, why="in memory")

    def _update(self, folder: Path, wanted: dict[str, Document]) -> Changes:
        old = read_manifest(folder)
        if old is None or not _is_whole(folder, old):
            return self._rebuild(folder, wanted, None, "there was none that could be used")
        added = tuple(key for key in wanted if key not in old.digests)
        changed = tuple(
            key for key, document in wanted.items() if old.digests.get(key, document.digest) != document.digest
        )
        removed = tuple(key for key in old.digests if key not in wanted)
        touched = len(added) + len(changed) + len(removed)
        if not touched:
            return Changes((), (), (), rebuilt=False, why="")
        if touched > max(100, _REBUILD_SHARE * len(wanted)) or old.commits >= _REBUILD_COMMITS:
            return self._rebuild(folder, wanted, old, "much has changed")
        try:
            _commit(folder, old, wanted, (*added, *changed), (*changed, *removed))
        except OutputError:
            raise
        except Exception:  # noqa: BLE001 - a damaged cache can raise anything, and making it again mends all of it
            return self._rebuild(folder, wanted, old, "it was damaged")
        return Changes(added, changed, removed, rebuilt=False, why="")

    def _rebuild(self, folder: Path, wanted: dict[str, Document], old: Manifest | None, why: str) -> Changes:
        from agsite.search.engine import Store

        data = f"data-{secrets.token_hex(4)}"
        try:
            store = Store(folder / data, create=True)
            store.write(_records(wanted.values()))
            _write_manifest(folder, data, store.generation, 1, wanted)
        except BaseException:
            shutil.rmtree(folder / data, ignore_errors=True)  # the disk may be full of it
            raise
        before = old.digests if old else {}
        return Changes(
            tuple(key for key in wanted if key not in before),
            tuple(key for key, document in wanted.items() if before.get(key, document.digest) != document.digest),
            tuple(key for key in before if key not in wanted),
            rebuilt=True,
            why=why,
        )


def _commit(
    folder: Path, old: Manifest, wanted: dict[str, Document], write: Iterable[str], drop: Iterable[str]
) -> None:
    store = _open(folder, old)
    reader = store.reader()
    try:
        stale = [reader.postings("key", key).docs[0] for key in drop]
    finally:
        reader.close()
    # Until the manifest follows, the data is ahead of it; a run that is killed here leaves an index that is made anew.
    store.write(_records(wanted[key] for key in write), stale)
    _write_manifest(folder, old.data, store.generation, old.commits + 1, wanted)


def _records(documents: Iterable[Document]) -> Iterator[Any]:
    from agsite.search.engine import Record

    for document in documents:
        made = document.make()
        yield Record(made.terms, made.fields, tuple(made.stored))


def _open(folder: Path, manifest: Manifest) -> Store:
    from agsite.search.engine import Store

    return Store(folder / manifest.data, create=False)


def read_manifest(folder: Path) -> Manifest | None:
    """Return what an index holds, or None where there is no index that can be used."""
    try:
        status = (folder / _MANIFEST).stat()
        found = _parsed(folder / _MANIFEST, status.st_ino, status.st_mtime_ns, status.st_size)
        ours = found["identity"] == identity() and found["owner"] == os.getuid()
        manifest = Manifest(found["data"], found["generation"], found["commits"], found["digests"], found["sums"])
        whole = ours and _is_whole(folder, manifest, _OPENED_FIRST)
        return manifest if whole and _open(folder, manifest).generation == manifest.generation else None
    except Exception:  # noqa: BLE001 - whatever is wrong with a cache, the answer is the same
        return None


@functools.lru_cache(maxsize=1)
def _parsed(path: Path, *_: int) -> dict[str, Any]:
    """The manifest as it is now: inode, time and size tell it from the one before."""
    found: dict[str, Any] = json.loads(files.read_text(path) or "null")
    return found


def _is_whole(folder: Path, manifest: Manifest, suffix: str = "") -> bool:
    """Say whether the files of the data are those that were written, all or those whose names end so."""
    written = {name: sum_ for name, sum_ in manifest.sums.items() if name.endswith(suffix)}
    return _sums(folder / manifest.data, suffix) == written


def _sums(folder: Path, suffix: str = "") -> dict[str, int]:
    # A folder is what a killed run left of Whoosh's work.
    return {
        path.name: zlib.crc32(path.read_bytes()) if path.is_file() else -1
        for path in folder.iterdir()
        if path.name.endswith(suffix)
    }


def read_kept(path: Path) -> str:
    """Return a text that is kept beside the index; empty where it is missing or damaged."""
    try:
        return files.read_text(path) or ""
    except AgsiteError:
        return ""


def _write_manifest(folder: Path, data: str, generation: int, commits: int, held: dict[str, Document]) -> None:
    for path in (folder / data).iterdir():
        _sync(path)
    digests = {key: document.digest for key, document in held.items()}
    manifest = Manifest(data, generation, commits, digests, _sums(folder / data))
    facts = {"identity": identity(), "owner": os.getuid(), **manifest._asdict()}
    files.write_text(folder / _MANIFEST, json.dumps(facts))


def _sync(path: Path) -> None:
    # Whoosh never asks the system to put its files on the disk; the manifest vouches for them, so it must come after.
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _tidy(folder: Path) -> None:
    """Delete data that the manifest does not name, and what killed runs had begun to write."""
    manifest = read_manifest(folder)
    for place in folder.glob("data-*"):
        if manifest is None or place.name != manifest.data:
            shutil.rmtree(place, ignore_errors=True)
    for name in (_MANIFEST, _STAMP):
        for path in folder.glob(f".{name}.*"):
            path.unlink()


@contextlib.contextmanager
def locked(folder: Path, name: str = "lock") -> Iterator[None]:
    """Wait until no other process holds the lock of a folder, and hold it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
