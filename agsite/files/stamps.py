"""What is known of each published file, and how to see what somebody else did to the folder of a site."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple


class Stamp(NamedTuple):
    """What is known of a file: what it was made from, and how to see that nobody touched it since."""

    fingerprint: str
    mtime_ns: int
    size: int

    @property
    def is_foreign(self) -> bool:
        """Whether no build wrote the file, which is carried along."""
        return not self.fingerprint


STRANGER = Stamp("", 0, 0)


def is_intact(path: str, stamp: Stamp) -> bool:
    """Say whether a file is as it was when the stamp was made."""
    try:
        facts = os.lstat(path)
    except OSError:
        return False
    return facts.st_mtime_ns == stamp.mtime_ns and facts.st_size == stamp.size


def all_intact(root: str, stamps: Iterable[tuple[str, str, int, int]]) -> bool:
    """Say whether all files of a folder are as they were when the stamps were made; each begins with its path."""
    lstat = os.lstat
    try:
        for path, fingerprint, mtime_ns, size in stamps:
            if fingerprint:
                facts = lstat(f"{root}/{path}")
                if facts.st_mtime_ns != mtime_ns or facts.st_size != size:
                    return False
    except OSError:
        return False
    return True


def foreign(root: str, known: Mapping[str, Stamp]) -> list[str]:
    """Return what stands below a folder and is not known: files, links, and empty folders with a slash at the end."""
    found: list[str] = []
    waiting = [""] if Path(root).is_dir() else []
    while waiting:
        folder = waiting.pop()
        with os.scandir(f"{root}/{folder}") as scanned:
            entries = list(scanned)
        for entry in entries:
            path = folder + entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{path}/")
            elif known.get(path, STRANGER).is_foreign:
                found.append(path)
        if not entries and folder:
            found.append(folder)
    return sorted(found)
