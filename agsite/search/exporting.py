"""The shards of an index, kept beside it: made when the index changed, and otherwise there already."""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from agsite import files, urls
from agsite.archive import Archive
from agsite.config import Match
from agsite.errors import OutputError
from agsite.search.documents import Document, Stored, documents, stored_of
from agsite.search.index import Changes, Index, Manifest, locked, read_kept, read_manifest

if TYPE_CHECKING:
    from agsite.search.searcher import Searcher
    from agsite.search.shards import File

_FOLDER = "export"
_COMMIT = ".commit"

# With more edits than this, gathering everything anew takes no longer than patching.
_FEW = 20


# Percents where the lines of an answer's strip get heavier, unless a site says otherwise.
_STEPS = Match().steps


def refresh(archive: Archive, folder: str | Path, stamped: str = "", steps: Sequence[int] = _STEPS) -> None:
    """Bring the index in a folder and its shards up to date with an archive."""
    with _alone(Path(folder)):
        _refresh(archive, folder, stamped, steps)


def refreshed(archive: Archive, folder: str | Path, steps: Sequence[int] = _STEPS) -> list[tuple[str, bytes]]:
    """Bring index and shards up to date, and return those of this archive, whoever else uses the folder."""
    with _alone(Path(folder)):
        _refresh(archive, folder, "", steps)
        return list(exported(folder))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the shards and what they are made from; where that cannot be written, it is an OutputError."""
    try:
        with locked(folder, "shards.lock"):
            yield
    except OSError as error:
        raise OutputError(f"the search index in {folder} cannot be written: {error.strerror}") from error


def _refresh(archive: Archive, folder: str | Path, stamped: str, steps: Sequence[int]) -> None:
    from agsite.search.searcher import Searcher

    index, target = Index(folder), Path(folder) / _FOLDER
    held = sorted(documents(archive), key=attrgetter("place"))
    before = read_manifest(Path(folder))
    old = _stored(index, _edited(before, held)) if before and _is_of(target, before, steps) else {}
    changes = index.update(held, stamped)
    now = read_manifest(Path(folder))
    if now is None or _is_of(target, now, steps):
        return
    with Searcher(index.reader()) as searcher:
        _write(target, _patch(target, held, changes, old, searcher, steps) or _gather(searcher, steps))
    files.write_text(target / _COMMIT, _commit(now, steps) + _inventory(target))


def exported(folder: str | Path) -> Iterator[tuple[str, bytes]]:
    """Yield (path below the site, bytes) of the shards that `refresh` made."""
    for path in files.find(Path(folder) / _FOLDER, ("",))[0]:
        yield f"{urls.SEARCH}{Path(path).name}", files.read_bytes(path)


def exported_file(folder: str | Path, path: str) -> bytes | None:
    """Return one of the shards by its path below the site; None where there is none of this name."""
    name = path.removeprefix(urls.SEARCH)
    place = Path(folder) / _FOLDER / name
    return files.read_bytes(place) if re.fullmatch(r"[a-z0-9-]+\.(bin|json)", name) and place.is_file() else None


def _is_of(target: Path, manifest: Manifest, steps: Sequence[int]) -> bool:
    """Say whether the shards are there, whole, and those of this commit."""
    return read_kept(target / _COMMIT) == _commit(manifest, steps) + _inventory(target)


def _inventory(target: Path) -> str:
    """A line for each file and its checksum."""
    if not target.is_dir():
        return ""
    found = sorted(path for path in target.iterdir() if not path.name.startswith("."))
    return "".join(f"{path.name} {zlib.crc32(path.read_bytes()):08x}\n" for path in found)


def _commit(manifest: Manifest, steps: Sequence[int]) -> str:
    from agsite.search.shards import FORMAT

    return f"{FORMAT} {manifest.data} {manifest.generation} {tuple(steps)}\n"


def _edited(before: Manifest, held: Iterable[Document]) -> list[str]:
    """The documents that were there and are not the same any more, if they are few."""
    digests = before.digests
    edited = [document.key for document in held if digests.get(document.key, document.digest) != document.digest]
    return edited if len(edited) <= _FEW else []


def _stored(index: Index, keys: Iterable[str]) -> dict[str, Stored]:
    try:
        with contextlib.closing(index.reader()) as reader:
            return {key: stored_of(reader.stored(reader.postings("key", key).docs[0])) for key in keys}
    except Exception:  # noqa: BLE001 - a damaged cache can raise anything, and the update makes it again
        return {}


def _gather(searcher: Searcher, steps: Sequence[int]) -> Iterator[File]:
    from agsite.search.gathering import export

    return export(searcher, steps)


def _patch(
    target: Path,
    held: Sequence[Document],
    changes: Changes,
    old: Mapping[str, Stored],
    searcher: Searcher,
    steps: Sequence[int],
) -> Iterator[File] | None:
    """The shards after a few edits, from those before; None where the edits are not of that kind."""
    from agsite.search.patching import Edit, patched
    from agsite.search.shards import Exported, assemble

    if not old or old.keys() != set(changes.changed) or changes.added or changes.removed or changes.rebuilt:
        return None
    keys = [document.key for document in held]
    read = searcher.reader.postings
    edits = [Edit(old[key], searcher.stored(read("key", key).docs[0])) for key in changes.changed]
    before = Exported({Path(path).name: files.read_bytes(path) for path in files.find(target, ("",))[0]})
    parts = patched(before.parts(), edits, keys, searcher, steps)
    return assemble(parts, before.packed) if parts else None


def _write(target: Path, shards: Iterable[File]) -> None:
    """Write what is not there yet, and delete what is there no more."""
    made = {path.removeprefix(urls.SEARCH): data for path, data in shards}
    target.mkdir(parents=True, exist_ok=True)
    (target / _COMMIT).unlink(missing_ok=True)
    old = {path.name for path in target.iterdir()}
    for name, data in made.items():
        if name not in old or files.read_bytes(target / name) != data:
            (target / name).write_bytes(data)
    for name in old - made.keys():
        (target / name).unlink()
