"""A site is published in one step: a reader of its folder sees the old generation or the new one, never half of both.

`.agsite/<name>/` beside the output holds what builds need: the lock, the generation that was published before (the next
one grows in it, so that an edit costs what it changes), and what is known of both generations.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agsite.errors import OutputError
from agsite.files.generation import MARK
from agsite.files.lock import locked

# What is known of generations, and what a build was writing when it was killed.
_LEFTOVERS = ("*.manifest", ".*.manifest.*", ".last.*", ".traces.*", ".key.*", "readings/.*")


class State:
    """Where things lie that belong to one output folder."""

    def __init__(self, output: str | Path) -> None:
        self.target = Path(os.path.abspath(output))  # noqa: PTH100 - links in the path stay as they are
        self.folder = self.target.parent / ".agsite" / self.target.name
        self.next = self.folder / "next"
        self.aside = self.folder / "next.old"
        # Not `lock`: that is the search index's, whose folder is this one where the output is called `index`.
        self.lock = self.folder / "build.lock"

    def generation(self, root: Path) -> str:
        """The name of the generation in a folder; empty where there is no finished one."""
        try:
            return str((root / MARK).lstat().st_mtime_ns)
        except OSError:
            return ""

    def manifest(self, root: Path) -> Path | None:
        """The place of what is known of the generation in a folder; None where there is no finished one."""
        name = self.generation(root)
        return self.folder / f"{name}.manifest" if name else None

    def forget(self, keep: set[Path | None]) -> None:
        """Delete manifests of generations that are gone, and what killed builds had begun to write."""
        for path in (file for pattern in _LEFTOVERS for file in self.folder.glob(pattern)):
            if path not in keep:
                path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Delete the folder that the next generation grows in."""
        shutil.rmtree(self.next, ignore_errors=True)


@contextmanager
def publication(state: State) -> Iterator[None]:
    """Hold the lock on an output while a generation is made for it.

    Whatever fails is an OutputError that names the place, and the published site is as it was.
    """
    refuse_foreign(state.target)
    with _as_output_error(state.target), locked(state.lock, str(state.target)):
        try:
            yield
        except BaseException:
            state.clear()
            raise


@contextmanager
def _as_output_error(target: Path) -> Iterator[None]:
    """Turn what the system cannot do into an OutputError that names the place."""
    try:
        yield
    except OSError as error:
        what = f"{error.filename or target}: {error.strerror}"
        raise OutputError(f"the site cannot be written ({what})", "The published site is untouched.") from error


def refuse_foreign(target: Path) -> None:
    """Raise OutputError where the output is something else than a site of ours, or an empty folder."""
    with _as_output_error(target):
        if target.is_symlink():
            raise OutputError(f"{target} is a symbolic link", "Name the folder itself as the output.")
        if target.exists() and not target.is_dir():
            raise OutputError(f"{target} is a file", "Name a folder as the output, or move the file away.")
        if target.is_dir() and not (target / MARK).exists() and any(target.iterdir()):
            raise OutputError(f"{target} holds files that no build wrote", "Name another folder, or empty this one.")
        for folder in target.parents:
            known = State(folder).manifest(folder)
            if known and known.exists():
                raise OutputError(f"{target} lies in {folder}, which is a built site", "Name a folder beside it.")


def refuse_sources(target: Path, sources: Iterable[str]) -> None:
    """Raise OutputError where the output and what a build reads lie in each other.

    The next build would take pages for answers, or sources would be exchanged with the site that holds them.
    """
    output = Path(os.path.realpath(target))
    for source in sources:
        read = Path(os.path.realpath(source))
        how = "is" if read == output else "holds" if output in read.parents else "lies in"
        if how != "lies in" or _is_found_in(read, output):
            raise OutputError(f"{target} {how} {source}, which a build reads", "Name a folder beside it as the output.")


def _is_found_in(folder: Path, path: Path) -> bool:
    """Say whether somebody who reads a folder comes to a path; what is hidden is left alone."""
    below = path.relative_to(folder).parts if path.is_relative_to(folder) else (".",)
    return not any(part.startswith(".") for part in below)


def exchange(fresh: Path, target: Path) -> None:
    """Put `fresh` where `target` is; afterwards `fresh` holds what stood there, if anything."""
    if not target.exists():
        fresh.rename(target)
    elif not _rename_exchange(fresh, target):
        exchange_by_renaming(fresh, target)


def exchange_by_renaming(fresh: Path, target: Path) -> None:
    """Exchange two folders on a system that cannot do it in one step.

    For a moment there is no folder, but never half of one.
    """
    aside = fresh.with_name(fresh.name + ".old")
    target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        aside.rename(target)
        raise
    aside.rename(fresh)


def mend_exchange(state: State, *, is_known: bool) -> None:
    """Finish or undo an exchange by renaming that was cut off, so that there is a published site again.

    The folder that stood aside is put back only where it is known to be one that a build published: a branch can bring
    another of this name.
    """
    if not state.aside.is_dir():
        return
    if is_known and not state.target.exists():
        state.aside.rename(state.target)
    else:
        shutil.rmtree(state.aside, ignore_errors=True)


_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}


def _rename_exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step where the system can (Linux's renameat2)."""
    renameat2: Callable[..., int] | None = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))
