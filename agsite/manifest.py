"""What is known of the files that a build published: what each was made from, and how to see that nobody touched it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agsite import files, seal
from agsite.files import Stamp, State

# Nothing here depends on versions of agsite: a later one must know the files of an earlier one, to delete them.
_KIND = "manifest 2"


def load(path: Path | None) -> dict[str, Stamp]:
    """Read a manifest; one that is missing, damaged or not ours is empty."""
    return {name: Stamp(*facts) for name, facts in _fetch(path).items()}


def save(path: Path, stamps: Mapping[str, Stamp]) -> None:
    """Write a manifest so that it outlasts a power cut: it is believed later."""
    seal.store(path, {name: tuple(stamp) for name, stamp in stamps.items()}, _KIND, durable=True)


def is_intact(state: State) -> bool:
    """Say whether the published site is as it was when it was published."""
    stamps = _fetch(state.manifest(state.target))
    return bool(stamps) and files.all_intact(str(state.target), stamps)


def _fetch(path: Path | None) -> dict[str, tuple[str, int, int]]:
    return seal.fetch(path, _KIND) or {}
