"""Single files, written in one step: readers see the old bytes or the new ones."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from agsite.errors import OutputError


def write_text(path: str | Path, text: str) -> None:
    """Write a text as UTF-8 in one step."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: str | Path, *parts: bytes, durable: bool = False) -> None:
    """Write bytes, in parts, in one step; `durable` waits until they would outlast a power cut."""
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(parts)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error


def create_text(path: str | Path, text: str) -> bool:
    """Write a file that is not there yet, whole or not at all, and make it last; return False where there is one."""
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            target.hardlink_to(temporary)
        except FileExistsError:
            return False
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    return True
