"""The shards of an index, kept beside it: made when the index changed, and otherwise there already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from agsite import files, urls
from agsite.archive import Archive
from agsite.search.documents import documents
from agsite.search.index import Index, read_manifest

_FOLDER = "export"
_COMMIT = ".commit"


def refresh(archive: Archive, folder: str | Path, stamped: str = "") -> None:
    """Bring the index in a folder and its shards up to date with an archive."""
    from agsite.search.searcher import Searcher
    from agsite.search.shards import FORMAT, export

    index = Index(folder)
    index.update(documents(archive), stamped)
    target = Path(folder) / _FOLDER
    manifest = read_manifest(Path(folder))
    commit = f"{FORMAT} {manifest.data} {manifest.generation}" if manifest else ""
    if commit and files.read_text(target / _COMMIT) == commit:
        return
    with Searcher(index.reader()) as searcher:
        _write(target, export(searcher))
    files.write_text(target / _COMMIT, commit)


def exported(folder: str | Path) -> Iterator[tuple[str, bytes]]:
    """Yield (path below the site, bytes) of the shards that `refresh` made."""
    for path in files.find(Path(folder) / _FOLDER, ("",))[0]:
        yield f"{urls.SEARCH}{Path(path).name}", files.read_bytes(path)


def exported_file(folder: str | Path, path: str) -> bytes | None:
    """Return one of the shards by its path below the site; None where there is none of this name."""
    name = path.removeprefix(urls.SEARCH)
    place = Path(folder) / _FOLDER / name
    return files.read_bytes(place) if re.fullmatch(r"[a-z0-9-]+\.(bin|json)", name) and place.is_file() else None


def _write(target: Path, shards: Iterator[tuple[str, bytes]]) -> None:
    """Write what is not there yet, for a name holds its content's hash; delete what is there no more."""
    target.mkdir(parents=True, exist_ok=True)
    (target / _COMMIT).unlink(missing_ok=True)
    old = {path.name for path in target.iterdir()}
    fresh = set()
    for path, data in shards:
        name = path.removeprefix(urls.SEARCH)
        fresh.add(name)
        place = target / name
        if name not in old or name == "meta.json" or place.stat().st_size != len(data):
            place.write_bytes(data)
    for name in old - fresh:
        (target / name).unlink()
