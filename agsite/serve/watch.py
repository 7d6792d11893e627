"""Waits for changes: of folders by the system's own notices, of single files and of what comes and goes by looking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from agsite import files
from agsite.files import Seen

_LOOK_AGAIN_MS = 250
_QUIET_MS = 10
"""How long nothing more may change before a change counts as whole."""
_LONGEST_MS = 200
_AFTER_TROUBLE = 2.0
"""Seconds."""


def watch(
    paths: Sequence[str],
    stop: threading.Event,
    changed: Callable[[set[str] | None], None],
    seen: list[Seen] | None = None,
) -> None:
    """Call `changed` after every change at or below the paths, until `stop` is set; a path need not exist yet.

    It is told which files were touched, named as the paths are, or None where others may have been as well. `seen` is
    the state of the paths before they were read: what changed until watching began is a change too.
    """
    while not stop.is_set():
        try:
            seen = _follow(paths, stop, changed, seen)
        except (OSError, RuntimeError):
            # A folder went while it was looked at, a link leads in a circle, the system has no more notices to give.
            seen = files.snapshot(paths)
            changed(None)
            stop.wait(_AFTER_TROUBLE)


def _follow(
    paths: Sequence[str], stop: threading.Event, changed: Callable[[set[str] | None], None], seen: list[Seen] | None
) -> list[Seen] | None:
    """Tell of changes until other folders have to be watched; return the state of the paths as it was then."""
    from watchfiles import watch as notices

    folders = [path for path in paths if Path(path).is_dir()]
    roots = {str(Path(folder).absolute()) for folder in folders}
    single = _look(paths)
    waiting = (
        notices(
            *folders,
            stop_event=stop,
            debounce=_LONGEST_MS,
            step=_QUIET_MS,
            rust_timeout=_LOOK_AGAIN_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        if folders
        else _pauses(stop)
    )
    for changes in waiting:
        # A folder that was removed and made again may have the number of the old one, but not its notices.
        is_other = _look(paths) != single or any(path in roots for _, path in changes)
        missed = is_other or (seen is not None and files.snapshot(paths) != seen)
        # What is watched is chosen anew after this: what changes until then is found by looking.
        seen = files.snapshot(paths) if is_other else None
        if changes or missed:
            changed(None if missed else {_named(path, folders) for _, path in changes})
        if is_other:
            break
    return seen


def _named(path: str, folders: Sequence[str]) -> str:
    """A path as the folder that it lies in was named: notices have it from the root."""
    for folder in folders:
        if Path(path).is_relative_to(root := Path(folder).absolute()):
            return f"{folder.rstrip('/')}/{Path(path).relative_to(root)}"
    return path


def _pauses(stop: threading.Event) -> list[set[tuple[object, str]]]:
    stop.wait(_LOOK_AGAIN_MS / 1000)
    return [set()]


def _look(paths: Sequence[str]) -> list[object]:
    """The state of what the system's notices do not cover: single files, and which folders there are.

    An editor that replaces a file, or a folder that vanishes and comes back, leaves notices with the old one.
    """
    folders = [(path, Path(path).stat().st_ino) for path in paths if Path(path).is_dir()]
    return [folders, files.snapshot([path for path in paths if not Path(path).is_dir()])]
