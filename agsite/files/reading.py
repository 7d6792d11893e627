"""Files and folders as they are read: sizes are looked at first, links are not followed, refusals are said."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from agsite.errors import AgsiteError


class Unreadable(AgsiteError):  # noqa: N818 - read as `except files.Unreadable`
    """A file or folder cannot be read; `reason` says why, for whoever names the place by itself."""

    def __init__(self, path: str | Path, reason: str, help: str = "Name a file that may be read.") -> None:
        super().__init__(f"{path}: {reason}", help)
        self.reason = reason


class TooLarge(Unreadable):
    """A file is larger than whoever reads it allows."""


def read_bytes(path: str | Path, limit: int | None = None) -> bytes:
    """Return a file's bytes; its size is looked at before it is read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a third quicker than Path.open, for every answer
            if limit is not None and (size := os.fstat(file.fileno()).st_size) > limit:
                raise TooLarge(path, f"the file has {size:,} bytes, more than {limit:,}", "Shorten it.")
            return file.read()
    except OSError as error:
        raise Unreadable(path, str(error.strerror)) from error


def read_text(path: str | Path, limit: int | None = None) -> str | None:
    """Return a file's text without a byte order mark, or None where there is no such file."""
    if not Path(path).exists():
        return None
    try:
        return read_bytes(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(path, f"it is not UTF-8 (byte {error.start})", "Save it as UTF-8 text.") from error


def find(
    folder: str | Path, suffixes: tuple[str, ...], seen: set[str] | None = None
) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the regular files below a folder with one of the suffixes, and what was refused with the reason.

    Capitals in a suffix make no difference. Hidden files and folders are left alone; links are not followed. A folder
    that is a file is that file. What was `seen` before is left out, and what is found is added: it makes no difference
    how a folder is named, nor whether it lies in another one.
    """
    root = Path(folder)
    found: list[str] = []
    refused: list[tuple[str, str]] = []
    if root.is_file():
        found.append(str(folder))
    elif root.is_dir():
        _walk(str(folder), suffixes, found, refused)
    else:
        raise AgsiteError(f"there is no file or folder {folder}", "Name an existing one.")
    if seen is not None:
        new = _unseen(str(folder), [*found, *(path for path, _ in refused)], seen)
        found = [path for path in found if path in new]
        refused = [(path, why) for path, why in refused if path in new]
    return sorted(found), sorted(refused)


def _unseen(folder: str, paths: Iterable[str], seen: set[str]) -> set[str]:
    """Return those of the paths below a folder that were not seen before, and add them."""
    root = os.path.realpath(folder)
    places = {f"{root}/{path[len(folder) :].lstrip('/')}".rstrip("/"): path for path in paths}
    new = {path for place, path in places.items() if place not in seen}
    seen.update(places)
    return new


def refusal(why: str) -> tuple[str, str]:
    """Return what to say of something that was refused, and what to do about it."""
    if why.startswith("unreadable"):
        return f"it is {why}", "Let it be read, or move it away."
    return f"it is {why}, which is not read", "Put the file itself there."


def find_all(folder: str | Path, suffixes: tuple[str, ...]) -> list[str]:
    """Return the regular files below a folder with one of the suffixes, none where there is no folder.

    Raises Unreadable where there is one that would be refused: its place would be taken by another.
    """
    found, refused = find(folder, suffixes) if Path(folder).is_dir() else ([], [])
    for path, why in refused:
        raise Unreadable(path, *refusal(why))
    return found


def _walk(folder: str, suffixes: tuple[str, ...], found: list[str], refused: list[tuple[str, str]]) -> None:
    waiting = [folder]  # no recursion: folders may lie deeper in each other than calls
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            refused.append((folder, f"unreadable ({error.strerror})"))
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith("."):
                    waiting.append(entry.path)
            else:
                _take(entry, suffixes, found, refused)


def _take(entry: os.DirEntry[str], suffixes: tuple[str, ...], found: list[str], refused: list[tuple[str, str]]) -> None:
    if entry.name.startswith("."):
        return
    fits = entry.name.lower().endswith(suffixes)
    if entry.is_symlink():
        if fits or _leads_to_folder(entry):
            refused.append((entry.path, "a symbolic link"))
    elif fits:
        shown = os.fsencode(entry.path).decode("utf-8", "backslashreplace")
        if shown != entry.path:
            # Nothing that is written could name it.
            refused.append((shown, "a file whose name is not UTF-8"))
        elif entry.is_file():
            found.append(entry.path)
        else:
            refused.append((entry.path, "no regular file"))


def _leads_to_folder(link: os.DirEntry[str]) -> bool:
    """Say whether a link leads to a folder, or in a circle or behind a closed door, where nobody can say."""
    try:
        return link.is_dir()
    except OSError:
        return True


def irregular(path: str) -> str | None:
    """Say why a path that is there is not read, links not followed; None where it is a regular file."""
    if os.path.islink(path):  # noqa: PTH114 - pathlib costs the command line a start
        return "a symbolic link"
    return None if is_regular(path) else "no regular file"


def is_regular(path: str | Path) -> bool:
    """Say whether a path is a regular file, links not followed."""
    try:
        return stat.S_ISREG(Path(path).lstat().st_mode)
    except OSError:
        return False


Seen = tuple[str, int, int, int]
"""A path, and what tells that its file is another: times of change of its bytes and of its entry, and its size.

The first time can be set by anyone, as programs that unpack and copy do; the second only by the system's clock.
"""


def seen_at(path: str) -> Seen:
    """Return what is seen of a file, links not followed."""
    try:
        return _seen(path, os.lstat(path))
    except OSError:
        return path, 0, 0, -1


def _seen(path: str, facts: os.stat_result) -> Seen:
    return path, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size


def snapshot(paths: Iterable[str]) -> list[Seen]:
    """Return what is seen of every file at or below the paths, hidden ones and compiled ones left out; in order.

    A path that is given twice is looked at once, for answers and papers may lie in one folder.
    """
    seen: list[Seen] = []
    for path in dict.fromkeys(paths):
        try:
            facts = os.stat(path)  # noqa: PTH116 - called before pathlib is needed
        except OSError:
            seen.append((path, 0, 0, -1))
            continue
        if stat.S_ISDIR(facts.st_mode):
            _snap(path, seen)
        else:
            seen.append(_seen(path, facts))
    seen.sort()
    return seen


def _snap(folder: str, seen: list[Seen]) -> None:
    waiting = [folder]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name == "__pycache__":
                        continue
                    facts = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(facts.st_mode):
                        waiting.append(entry.path)
                    else:
                        seen.append(_seen(entry.path, facts))
        except OSError:
            seen.append((folder, 0, 0, -2))
