"""The shards of an index, which are kept beside it and made again only when it changed."""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agsite import files, seal, urls
from agsite.archive import Archive
from agsite.errors import OutputError
from agsite.search.documents import documents
from agsite.search.index import Index, in_turn
from agsite.search.manifest import Manifest, identity, read_manifest
from agsite.search.stored import Edit

if TYPE_CHECKING:
    from agsite.search.searcher import Searcher

_FOLDER = "export"
_COMMIT = "shards"

# With more edits than this, gathering everything anew takes no longer than patching.
_FEW = 20


def refreshed(archive: Archive, folder: str | Path, steps: Sequence[int]) -> list[tuple[str, bytes]]:
    """Bring index and shards up to date, and return those of this archive by path, whoever else uses the folder.

    `steps` are the percents where the lines of an answer's strip get heavier.
    """
    with _alone(Path(folder)):
        shards = _refreshed(archive, Path(folder), steps)
    return [(f"{urls.SEARCH}{name}", data) for name, data in sorted(shards.items())]


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of the shards; raise OutputError where their folder cannot be written."""
    try:
        with in_turn(folder, "shards.lock"):
            yield
    except OSError as error:
        raise OutputError(f"the search index in {folder} cannot be written: {error.strerror}") from error


def _refreshed(archive: Archive, folder: Path, steps: Sequence[int]) -> Mapping[str, bytes]:
    from agsite.search.searcher import Searcher

    index = Index(folder)
    changes = index.update(documents(archive))
    now, kept = read_manifest(folder), _Kept(folder)
    if now is None or kept.are_of(now, steps):
        return kept.shards
    before = now._replace(generation=now.generation - 1)
    few = 0 < len(changes.edits) <= _FEW and not changes.added and not changes.removed
    with Searcher(index.reader()) as searcher:
        patched = _patched(kept.shards, changes.edits, searcher, steps) if few and kept.are_of(before, steps) else None
        shards = patched or _gathered(searcher, steps)
    kept.replace(shards, now, steps)
    return shards


class _Kept:
    """The shards beside an index, and what they were made from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER
        self._commit = folder / _COMMIT
        names = list(self._folder.iterdir()) if self._folder.is_dir() else []
        self.shards = {path.name: path.read_bytes() for path in names}
        self._kind = f"{_COMMIT} {identity()}"
        self._kept = seal.fetch(self._commit, self._kind)

    def are_of(self, manifest: Manifest, steps: Sequence[int]) -> bool:
        """Say whether they are whole, and those of this commit."""
        return self._kept is not None and self._kept == (*_commit(manifest, steps), self._sums)

    @cached_property
    def _sums(self) -> dict[str, int]:
        return _sums(self.shards)

    def replace(self, shards: Mapping[str, bytes], manifest: Manifest, steps: Sequence[int]) -> None:
        """Write what is not there yet, and delete what is there no more."""
        files.refuse_links(self._folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._commit.unlink(missing_ok=True)
        for name, data in shards.items():
            if self.shards.get(name) != data:
                (self._folder / name).write_bytes(data)
        for name in self.shards.keys() - shards.keys():
            (self._folder / name).unlink()
        seal.store(self._commit, (*_commit(manifest, steps), _sums(shards)), self._kind)


def _sums(shards: Mapping[str, bytes]) -> dict[str, int]:
    return {name: zlib.crc32(data) for name, data in shards.items()}


def _commit(manifest: Manifest, steps: Sequence[int]) -> tuple[int, str, int, tuple[int, ...]]:
    from agsite.search.shards import FORMAT

    return FORMAT, manifest.data, manifest.generation, tuple(steps)


def _gathered(searcher: Searcher, steps: Sequence[int]) -> dict[str, bytes]:
    from agsite.search.gathering import export

    return dict(export(searcher, steps))


def _patched(
    shards: Mapping[str, bytes], edits: Sequence[Edit], searcher: Searcher, steps: Sequence[int]
) -> dict[str, bytes] | None:
    """The shards after a few edits, from those before; None where the edits are not of that kind."""
    from agsite.search.patching import patched
    from agsite.search.shards import Exported, assemble

    before = Exported(shards)
    parts = patched(before.parts(), edits, searcher, steps)
    return dict(assemble(parts, before.packed)) if parts else None


def exported_file(folder: str | Path, path: str) -> bytes | None:
    """Return one of the shards by its path below the site; None where there is none of this name."""
    name = path.removeprefix(urls.SEARCH)
    place = Path(folder) / _FOLDER / name
    return files.read_bytes(place) if re.fullmatch(r"[a-z0-9-]{1,80}\.(bin|json)", name) and place.is_file() else None
