"""Single files, written in one step: readers see the old bytes or the new ones."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from agsite.errors import OutputError
from agsite.files.generation import NO_LINKS

_ELSEWHERE = "Make room there, let it be written, or name another place."


def write_text(path: str | Path, text: str) -> None:
    """Write a text as UTF-8 in one step."""
    write_bytes(path, text.encode("utf-8"))


def delete(path: str | Path) -> None:
    """Delete a file, if there is one that may be deleted: nothing depends on its being gone."""
    with suppress(OSError):
        Path(path).unlink()


def write_bytes(path: str | Path, *parts: bytes, durable: bool = False) -> None:
    """Write bytes, in parts, in one step; `durable` waits until they would outlast a power cut."""
    with _draft(Path(path), parts, durable=durable) as draft:
        draft.replace(path)


def write_output(path: str | Path, text: str) -> None:
    """Write a text where somebody said: straight into a device or a pipe such as /dev/stdout, and through links."""
    if not is_stream(path):
        write_text(behind_links(path), text)
        return
    try:
        with open(path, "wb") as file:  # noqa: PTH123 - not a draft beside it, which would take its place
            file.write(text.encode("utf-8"))
    except OSError as error:
        raise unwritable(path, error.strerror) from error


def unwritable(path: str | Path, why: str | None) -> OutputError:
    """Return the error that says that a file cannot be written, and why."""
    return OutputError(f"{path} cannot be written: {why}", _ELSEWHERE)


def behind_links(path: str | Path) -> Path:
    """Return where a path leads, for what is moved into its place takes that of a link."""
    return Path(os.path.realpath(path)) if Path(path).is_symlink() else Path(path)


def is_stream(path: str | Path) -> bool:
    """Say whether a path leads to a device or a pipe, which is written into and never replaced."""
    place = Path(path)
    return place.exists() and not place.is_file() and not place.is_dir()


def create_text(path: str | Path, text: str) -> bool:
    """Write a file that is not there yet, whole or not at all, and make it last; return False where there is one."""
    with _draft(Path(path), (text.encode("utf-8"),), durable=True) as draft:
        try:
            Path(path).hardlink_to(draft)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            if Path(path).exists():
                return False
            draft.replace(path)
    return True


def create_all(folder: Path, contents: Mapping[str, tuple[str, bool]]) -> None:
    """Write files into a folder that has none of these names, all of them or none; each with whether it can be run."""
    was_there = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new.") as draft:
            for name, (text, executable) in contents.items():
                path = Path(draft) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode("utf-8"))
                path.chmod(0o755 if executable else 0o644)
            _move_all(Path(draft), folder)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}", "Nothing was left there.") from error
    finally:
        if not was_there:
            with suppress(OSError):  # it is not empty, as it should be
                folder.rmdir()


def _move_all(draft: Path, folder: Path) -> None:
    """Move what a folder holds into one that has none of these names, all of it or nothing."""
    moved: list[Path] = []
    try:
        for path in list(draft.iterdir()):
            moved.append(path.replace(folder / path.name))  # noqa: PERF401 - what was moved is known when one fails
    except OSError:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def refuse_unwritable(folder: str | Path) -> None:
    """Raise OutputError where no file could be written into a folder, which is made if it is missing."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"nothing can be written into {folder}: {error.strerror}", _ELSEWHERE) from error


@contextmanager
def _draft(target: Path, parts: Iterable[bytes], *, durable: bool) -> Iterator[Path]:
    """Give a file beside the target that holds the bytes; what is still there at the end is deleted."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        draft = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(parts)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            draft.chmod(0o644)
            yield draft
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(target, error.strerror) from error
