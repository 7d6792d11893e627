"""A pickle that tells that somebody opened it, and indexes that hold one."""

from __future__ import annotations

import zlib
from pathlib import Path

from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage

from agsite import seal
from agsite.search.manifest import identity, read_manifest


class Canary:
    """Unpickling it leaves a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


def put_in(data: Path, canary: Path) -> Path:
    """Put the canary into the table of contents of an index's data, and return the place of that."""
    storage = FileStorage(str(data))
    contents = whoosh_index.TOC.read(storage, "MAIN")
    contents.segments = [Canary(canary)]
    place = next(data.glob("_MAIN_*.toc"))
    place.unlink()
    contents.write(storage, "MAIN")
    return place


def seal_in(folder: Path, canary: Path) -> None:
    """Put the canary into an index, and seal it, as somebody can who makes an index for others."""
    manifest = read_manifest(folder)
    contents = put_in(folder / manifest.data, canary)
    sums = manifest.sums | {contents.name: zlib.crc32(contents.read_bytes())}
    seal.store(folder / "manifest", tuple(manifest._replace(sums=sums)), f"search manifest {identity()}")
