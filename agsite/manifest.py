"""What is known of the files that a build published: what each was made from, and how to see that nobody touched it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agsite import files, seal
from agsite.files import Stamp, State

# Nothing here depends on versions of agsite: a later one must know the files of an earlier one, to delete them.
_KIND = "manifest 3"


def load(path: Path | None) -> dict[str, Stamp]:
    """Read a manifest; one that is missing, damaged or not ours is empty."""
    return {name: Stamp(*facts) for name, *facts in zip(*_columns(path), strict=True)}


def save(path: Path, stamps: Mapping[str, Stamp]) -> None:
    """Write a manifest so that it outlasts a power cut: it is believed later."""
    rows = [(name, *stamp) for name, stamp in stamps.items()]
    # Columns are read in half the time of rows.
    seal.store(path, list(zip(*rows, strict=True)), _KIND, durable=True)


def is_intact(state: State) -> bool:
    """Say whether the published site is as it was when it was published."""
    columns = _columns(state.manifest(state.target))
    return bool(columns) and files.all_intact(str(state.target), zip(*columns, strict=True))


def _columns(path: Path | None) -> list[Any]:
    """Names, fingerprints, times and sizes."""
    return seal.fetch(path, _KIND) or []
