"""An earlier state of the archive, as git has it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agsite.errors import ConfigError


@contextmanager
def checked_out(revision: str) -> Iterator[tuple[Path, frozenset[str]]]:
    """Give a folder with the files of `revision`, and the paths that have changed since; the folder goes afterwards.

    The paths are relative to the current folder. Neither the work tree nor the index of the repository is touched.
    Raises ConfigError where git does not know the revision.
    """
    commit = _git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").strip()
    prefix = _git("rev-parse", "--show-prefix").strip()
    changed = _git("diff", "--name-only", "--relative", "-z", commit).split("\0")
    new = _git("ls-files", "--others", "--exclude-standard", "-z").split("\0")
    with tempfile.TemporaryDirectory(prefix="agsite-") as folder:
        environment = {**os.environ, "GIT_INDEX_FILE": f"{folder}/index"}
        _git("read-tree", commit, environment=environment)
        _git("checkout-index", "--all", f"--prefix={folder}/files/", environment=environment, cwd=_root())
        place = Path(folder) / "files" / prefix
        place.mkdir(parents=True, exist_ok=True)
        yield place, frozenset(filter(None, [*changed, *new]))


def _root() -> str:
    return _git("rev-parse", "--show-toplevel").strip()


def _git(*arguments: str, environment: dict[str, str] | None = None, cwd: str | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - arguments go to git one by one, and revisions after --end-of-options
            ["git", *arguments],  # noqa: S607 - the git that people use
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            env=environment,
            cwd=cwd,
        )
    except FileNotFoundError as error:
        raise ConfigError("there is no git on this machine", "Install git, or leave --changed-since out.") from error
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it says nothing"
        raise ConfigError(
            f"git {arguments[0]} failed: {reason}", "Name a revision of the repository that this folder lies in."
        )
    return done.stdout
