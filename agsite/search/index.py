"""The index of an archive: brought up to date by digest, readable while it is written, made anew when in doubt.

    .agsite/index/data-XXXX/    Whoosh's files
    .agsite/index/bundles       the digests of bundles and documents
    .agsite/index/manifest      which data there is, and its checksums; written last
    .agsite/index/stamp         which files the documents were read from
    .agsite/index/lock          held by whoever writes
    .agsite/index/export/       the shards of the site
    .agsite/index/shards        which data the shards were made from, and their checksums
    .agsite/index/shards.lock   held by whoever makes them
    .agsite/index/key           what manifest, bundles, stamp and shards are sealed with

The folder is a cache. Whatever is wrong with it (missing, damaged, of another version, left by a run that was killed),
the answer is to make it again. Nobody else's is ever opened, nor what is not as it was written, because Whoosh's files
are pickles: only the data that a sealed manifest names, by a name that nobody can guess.
"""

from __future__ import annotations

import contextlib
import fcntl
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agsite import files
from agsite.errors import OutputError
from agsite.search.bundles import Bundle, Document
from agsite.search.manifest import (
    HELD,
    MANIFEST,
    Held,
    Manifest,
    identity,
    is_whole,
    keep,
    kept,
    open_data,
    read_held,
    read_manifest,
    write_manifest,
)
from agsite.search.stored import Edit, Stored, shelf

if TYPE_CHECKING:
    from agsite.search.engine import Reader

# Above this share of changed documents, or after so many commits, a new index is made: it is no slower, and smaller.
_REBUILD_SHARE = 0.05
_REBUILD_COMMITS = 30

_STAMP = "stamp"


class Changes(NamedTuple):
    """The keys of the documents that an update added, changed and removed."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    edits: tuple[Edit, ...] = ()
    """The changed documents before and after; none where the index was made anew."""


def stamp(paths: Iterable[str]) -> str:
    """Return a digest of what is seen of the files below some paths, to tell whether any has changed."""
    return blake2b(repr((identity(), files.snapshot(paths))).encode(errors="surrogatepass"), digest_size=9).hexdigest()


class Index:
    """An index in a folder."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def update(self, bundles: Iterable[Bundle], stamped: str = "") -> Changes:
        """Make the index hold exactly these documents; a bundle whose digest is the same is not looked at again.

        `stamped` is kept with it: what `stamp` said of the files before they were read.

        Raises OutputError where the folder cannot be written or another process is writing it.
        """
        wanted = {bundle.name: bundle for bundle in bundles}
        try:
            with in_turn(self.folder):
                changes = _update(self.folder, wanted)
                keep(self.folder, _STAMP, stamped)
                _tidy(self.folder)
                return changes
        except OSError as error:
            raise OutputError(f"the search index in {self.folder} cannot be written: {error.strerror}") from error

    def stamp(self) -> str:
        """Return what the index was stamped with; empty where there is none that can be used."""
        return (kept(self.folder, _STAMP) or "") if read_manifest(self.folder) is not None else ""

    def reader(self) -> Reader:
        """Return a view of the index as it is now; raise FileNotFoundError where there is none that can be used."""
        manifest = read_manifest(self.folder)
        if manifest is None:
            raise FileNotFoundError(f"there is no search index in {self.folder}")
        return open_data(self.folder, manifest).reader()


def _update(folder: Path, wanted: Mapping[str, Bundle]) -> Changes:
    old = read_manifest(folder)
    held = read_held(folder, old) if old is not None and is_whole(folder, old) else None
    if old is None or held is None:
        return _rebuild(folder, wanted, {})
    same = {name: before for name, before in held.items() if name in wanted and wanted[name].digest == before[0]}
    opened = {name: bundle.documents() for name, bundle in wanted.items() if name not in same}
    documents = _in_order(opened)
    changes = _changes(documents, _digests({name: held[name] for name in held.keys() - same}))
    count = len(changes.added) + len(changes.changed) + len(changes.removed)
    if not count:
        return changes
    if count > max(100, _REBUILD_SHARE * len(_digests(held))) or old.commits >= _REBUILD_COMMITS:
        return _rebuild(folder, wanted, held)
    try:
        edits = _commit(folder, old, documents, changes, same | _held(wanted, opened))
    except OutputError:
        raise
    except Exception:  # noqa: BLE001 - a damaged cache can raise anything, and making it again mends all of it
        return _rebuild(folder, wanted, held)
    return changes._replace(edits=edits)


def _rebuild(folder: Path, wanted: Mapping[str, Bundle], before: Held) -> Changes:
    from agsite.search.engine import Store

    opened = {name: bundle.documents() for name, bundle in wanted.items()}
    documents, data = _in_order(opened), f"data-{secrets.token_hex(4)}"
    try:
        store = Store(folder / data, create=True)
        store.write(document.make() for document in documents.values())
        write_manifest(folder, Manifest(data, store.generation, 1, {}), _held(wanted, opened))
    except BaseException:
        shutil.rmtree(folder / data, ignore_errors=True)  # the disk may be full of it
        raise
    return _changes(documents, _digests(before))


def _in_order(opened: Mapping[str, Sequence[Document]]) -> dict[str, Document]:
    """Documents by key in the order of their places, so that an index made in one go is exported without sorting."""
    found = [document for documents in opened.values() for document in documents]
    return {document.key: document for document in sorted(found, key=attrgetter("place"))}


def _held(wanted: Mapping[str, Bundle], opened: Mapping[str, Sequence[Document]]) -> Held:
    return {name: (wanted[name].digest, {d.key: d.digest for d in documents}) for name, documents in opened.items()}


def _digests(held: Held) -> dict[str, str]:
    return {key: digest for _, digests in held.values() for key, digest in digests.items()}


def _changes(wanted: Mapping[str, Document], before: Mapping[str, str]) -> Changes:
    """Return the changes that lead from the documents before, given by their digests, to those that are wanted."""
    return Changes(
        tuple(key for key in wanted if key not in before),
        tuple(key for key, document in wanted.items() if before.get(key, document.digest) != document.digest),
        tuple(key for key in before if key not in wanted),
    )


def _commit(
    folder: Path, old: Manifest, documents: Mapping[str, Document], changes: Changes, held: Held
) -> tuple[Edit, ...]:
    """Write what changed into the data; return what was edited."""
    store = open_data(folder, old)
    with contextlib.closing(store.reader()) as reader:
        stale = _found(reader, (*changes.changed, *changes.removed))
    made = [documents[key].make() for key in (*changes.changed, *changes.added)]
    # Until the manifest follows, the data is ahead of it; a run that is killed here leaves an index that is made anew.
    store.write(made, [doc for doc, _ in stale])
    write_manifest(folder, old._replace(generation=store.generation, commits=old.commits + 1), held)
    edited = len(changes.changed)
    return tuple(Edit(one, other.stored) for (_, one), other in zip(stale[:edited], made[:edited], strict=True))


def _found(reader: Reader, keys: Sequence[str]) -> list[tuple[int, Stored]]:
    """The documents that have these keys, with their numbers."""
    docs = {doc for name in set(map(shelf, keys)) for doc in reader.postings("shelf", name).docs}
    found = {(stored := reader.stored(doc)).key: (doc, stored) for doc in docs}
    return [found[key] for key in keys]


def _tidy(folder: Path) -> None:
    """Delete data that the manifest does not name, and what killed runs had begun to write.

    Raises OutputError where the manifest just written cannot be believed, as on disks that know no owners.
    """
    manifest = read_manifest(folder)
    for place in folder.glob("data-*"):
        if manifest is None or place.name != manifest.data:
            shutil.rmtree(place, ignore_errors=True)
    if manifest is None:
        raise OutputError(f"the search index in {folder} cannot be kept: files get another owner or time there")
    for name in (MANIFEST, HELD, _STAMP, "key"):
        for path in folder.glob(f".{name}.*"):
            path.unlink()


@contextlib.contextmanager
def in_turn(folder: Path, name: str = "lock") -> Iterator[None]:
    """Wait until no other process holds the lock of a folder, and hold it."""
    files.refuse_links(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
