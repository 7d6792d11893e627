"""The only reader, writer and deleter of files; a site is published in one step.

A folder is written beside its place and exchanged with what stood there, so a reader sees the old one or the new one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from agsite.errors import AgsiteError, OutputError


class TooLarge(AgsiteError):
    """A file is larger than whoever reads it allows."""


class Unreadable(AgsiteError):
    """A file or folder cannot be read."""


def read_bytes(path: str | Path, limit: int | None = None) -> bytes:
    """Return a file's bytes; its size is looked at before it is read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a third quicker than Path.open, for every answer
            if limit is not None and (size := os.fstat(file.fileno()).st_size) > limit:
                raise TooLarge(f"the file has {size:,} bytes, more than {limit:,}")
            return file.read()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from error


def read_text(path: str | Path) -> str | None:
    """Return a file's text, or None where there is no such file."""
    if not Path(path).exists():
        return None
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not UTF-8 (byte {error.start})", "Save it as UTF-8 text.") from error


def find(folder: str | Path, suffixes: tuple[str, ...]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the regular files below a folder with one of the suffixes, and what was refused with the reason.

    Hidden files and folders are left alone; links are not followed. A folder that is a file is that file.
    """
    root = Path(folder)
    if root.is_file():
        return [str(folder)], []
    if not root.is_dir():
        raise Unreadable(f"there is no folder {folder}", "Name an existing folder.")
    found: list[str] = []
    refused: list[tuple[str, str]] = []
    _walk(str(folder), suffixes, found, refused)
    return sorted(found), sorted(refused)


def _walk(folder: str, suffixes: tuple[str, ...], found: list[str], refused: list[tuple[str, str]]) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        refused.append((folder, f"unreadable ({error.strerror})"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            if entry.name.endswith(suffixes) or entry.is_dir():
                refused.append((entry.path, "a symbolic link"))
        elif entry.is_dir():
            _walk(entry.path, suffixes, found, refused)
        elif entry.name.endswith(suffixes):
            if entry.is_file():
                found.append(entry.path)
            else:
                refused.append((entry.path, "no regular file"))


def write_text(path: str | Path, text: str) -> None:
    """Write a file in one step: readers see the old text or the new one."""
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error


# --- Publishing ------------------------------------------------------------------------------------------------------

_MARK = "build.json"


def publish(site: Iterable[tuple[str, bytes]], output: str | Path, on_file: Callable[[str], None] = lambda path: None) -> int:
    """Write (path, bytes) pairs as the folder `output`, in one step; return how many.

    What stood there is replaced only if it is a site of ours or empty. Whatever fails, the old folder stays as it was.
    """
    target = Path(output)
    _refuse_foreign(target)
    parent = target.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=parent, prefix=f".{target.name}.new-"))
    except OSError as error:
        raise OutputError(f"{parent} cannot be written: {error.strerror}") from error
    try:
        fresh.chmod(0o755)
        count = _write_all(site, fresh, on_file)
        _exchange(fresh, target.absolute())
        return count
    except OSError as error:
        what = f"{error.filename or target}: {error.strerror}"
        raise OutputError(f"the site cannot be written ({what})", "The published site is untouched.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_foreign(target: Path) -> None:
    if target.is_symlink():
        raise OutputError(f"{target} is a symbolic link", "Name the folder itself as the output.")
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file", "Name a folder as the output, or move the file away.")
    if target.is_dir() and not (target / _MARK).exists() and any(target.iterdir()):
        raise OutputError(f"{target} holds files that no build wrote", "Name another folder, or empty this one.")


def _write_all(site: Iterable[tuple[str, bytes]], root: Path, on_file: Callable[[str], None]) -> int:
    made = {""}
    count = 0
    base = str(root)
    for path, data in site:
        folder = path.rpartition("/")[0]
        if folder not in made:
            os.makedirs(f"{base}/{folder}", exist_ok=True)  # noqa: PTH103 - called for every page
            made.add(folder)
        with open(f"{base}/{path}", "xb") as file:  # noqa: PTH123 - called for every page
            file.write(data)
        on_file(path)
        count += 1
    return count


def _exchange(fresh: Path, target: Path) -> None:
    """Put `fresh` where `target` is; afterwards `fresh` holds what stood there, if anything."""
    if not target.exists():
        fresh.rename(target)
        return
    if _rename_exchange(fresh, target):
        return
    # No exchange on this system: for a moment there is no folder, but never half of one.
    aside = fresh.with_name(fresh.name + ".old")
    target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        aside.rename(target)
        raise
    aside.rename(fresh)


_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def _rename_exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step where the system can (Linux's renameat2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    done = libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    if done == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
        return False
    raise OSError(code, os.strerror(code), str(other))


def is_regular(path: str | Path) -> bool:
    """Say whether a path is a regular file, links not followed."""
    try:
        return stat.S_ISREG(Path(path).lstat().st_mode)
    except OSError:
        return False
