"""What the data of an index is, sealed beside it: a manifest vouches for files, whose checksums it has."""

from __future__ import annotations

import os
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from agsite import __version__, seal
from agsite.search import analysis

if TYPE_CHECKING:
    from agsite.search.engine import Store

# Raise it when documents or fields change their form.
SCHEMA = 7

MANIFEST = "manifest"
HELD = "bundles"

# Whoosh's table of contents, which it unpickles to see what there is.
_OPENED_FIRST = ".toc"


Held = dict[str, tuple[str, dict[str, str]]]
"""By the name of a bundle its digest, and those of its documents by key."""


class Manifest(NamedTuple):
    """What the data of an index is."""

    data: str
    generation: int
    commits: int
    sums: dict[str, int]
    """The checksum of every file of the data: Whoosh believes whatever it finds."""


def identity() -> str:
    """Return what an index must agree with to be used: versions of schema, analysis, agsite, Whoosh and Python."""
    from agsite.search import engine

    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{SCHEMA}/{analysis.VERSION}/{__version__}/{engine.VERSION}/{python}"


def open_data(folder: Path, manifest: Manifest) -> Store:
    """Open the data that a manifest names."""
    from agsite.search.engine import Store

    return Store(folder / manifest.data, create=False)


def read_manifest(folder: Path) -> Manifest | None:
    """Return what an index holds, or None where there is no index that can be used."""
    sealed = kept(folder, MANIFEST)
    if sealed is None:
        return None
    try:
        manifest = Manifest(*sealed)
        whole = is_whole(folder, manifest, _OPENED_FIRST)
        return manifest if whole and open_data(folder, manifest).generation == manifest.generation else None
    except Exception:  # noqa: BLE001 - whatever is wrong with a cache, the answer is the same
        return None


def is_whole(folder: Path, manifest: Manifest, suffix: str = "") -> bool:
    """Say whether the files of the data are those that were written, all or those whose names end so."""
    written = {name: sum_ for name, sum_ in manifest.sums.items() if name.endswith(suffix)}
    return _sums(folder / manifest.data, suffix) == written


def _sums(folder: Path, suffix: str = "") -> dict[str, int]:
    return {path.name: _sum(path) for path in folder.iterdir() if path.name.endswith(suffix)}


def _sum(path: Path) -> int:
    # A folder is what a killed run left of Whoosh's work.
    return zlib.crc32(path.read_bytes()) if path.is_file() else -1


def read_held(folder: Path, manifest: Manifest) -> Held | None:
    """Return the digests that go with a manifest; None where there are none."""
    of, held = kept(folder, HELD) or ((), None)
    return held if of == (manifest.data, manifest.generation) else None


def keep(folder: Path, name: str, value: Any) -> None:
    """Keep a value beside the data, for as long as the versions of all that it is about are these."""
    seal.store(folder / name, value, f"search {name} {identity()}")


def kept(folder: Path, name: str) -> Any | None:
    """Return what was kept under a name; None where there is none that can be believed."""
    return seal.fetch(folder / name, f"search {name} {identity()}")


def write_manifest(folder: Path, manifest: Manifest, held: Held) -> None:
    """Vouch for the data; a file of Whoosh's never changes, so those whose sums the manifest has are not read again."""
    data, known = folder / manifest.data, manifest.sums
    for path in data.iterdir():
        if path.name not in known:
            _sync(path)
    sums = {path.name: known.get(path.name) or _sum(path) for path in data.iterdir()}
    keep(folder, HELD, ((manifest.data, manifest.generation), held))
    keep(folder, MANIFEST, tuple(manifest._replace(sums=sums)))


def _sync(path: Path) -> None:
    # Whoosh never asks the system to put its files on the disk; the manifest vouches for them, so it must come after.
    with path.open("rb") as file:
        os.fsync(file.fileno())
