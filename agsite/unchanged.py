"""The quick way out: where nothing was touched since the last build, its report still holds.

This is looked at before anything heavy is loaded; whatever is not exactly as it was leads to a build.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from agsite import __version__, files, manifest, seal
from agsite.errors import AgsiteError
from agsite.files import Seen, State
from agsite.shipped import default_folder

_KIND = f"last build 3 {__version__} {sys.version}"


class Situation(NamedTuple):
    """What a build was asked to do, and the state of every file that it could have read."""

    request: tuple[Any, ...]
    files: list[Seen]


def look_around(request: tuple[Any, ...], inputs: Sequence[str]) -> Situation:
    """Note the state of everything that a build depends on; take it before the build reads anything."""
    ours = (Path(__file__).parent, default_folder("templates"), default_folder("site_src"))
    return Situation((*request, _packages()), files.snapshot([*inputs, *map(str, ours)]))


def _packages() -> tuple[str, int]:
    """The folder of installed packages and when something was installed or removed there."""
    spec = find_spec("pydantic")
    folder = Path(spec.origin or "").parents[1] if spec else Path()
    return str(folder), folder.stat().st_mtime_ns


def recall(output: str, now: Situation) -> dict[str, Any] | None:
    """Return the facts of the last build if they still hold: same request, same inputs, the site as it was left."""
    state = State(output)
    last = seal.fetch(state.folder / "last", _KIND)
    if last is None or (tuple(last["request"]), last["files"]) != (now.request, now.files):
        return None
    if last["generation"] != state.generation(state.target) or last["touched"] != _touched(state):
        return None
    facts: dict[str, Any] = last["facts"]
    return facts if manifest.is_intact(state) else None


def _touched(state: State) -> int:
    """When something was last put beside the files of the site, or taken away: `CNAME` stands at its root."""
    return state.target.lstat().st_mtime_ns


def remember(output: str, before: Situation, generation: str, facts: dict[str, Any]) -> None:
    """Keep the facts of a build for the next one; where that cannot be written, the next one takes the long way.

    They hold for the generation that it published, which another build may have replaced meanwhile.
    """
    state = State(output)
    try:
        value = {**before._asdict(), "generation": generation, "touched": _touched(state), "facts": facts}
        # With the lock, so that whoever comes next finds and deletes what this leaves if it is killed.
        with files.locked(state.lock, str(state.target)):
            seal.store(state.folder / "last", value, _KIND)
    except (AgsiteError, OSError):
        return
