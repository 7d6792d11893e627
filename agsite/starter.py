"""A complete archive to begin with: settings, answers, their papers, and what checks and publishes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from agsite import __version__, files
from agsite.answerfile import scalar
from agsite.config import Config
from agsite.errors import OutputError
from agsite.shipped import default_folder

# Folders whose files an archive begins with, and where they go; those of the starter win over those that we use too.
_FOLDERS = {".github": ".github", "scripts": "scripts", "starter": ""}

# Ours alone: what writes our documentation.
_LEFT_OUT = frozenset({"scripts/reference.py"})

# What nobody in particular owns; any other file may run in a workflow or shape every page, whatever its name.
_ANYBODYS = ("/answers/", "/papers/")


class Starter(NamedTuple):
    """What is known of a new archive: its title, its address, and its repository."""

    title: str
    base_url: str
    repository: str | None = None


def write(folder: Path, starter: Starter) -> list[str]:
    """Write a new archive and return the paths of its files; raise OutputError where there is something already."""
    if folder.exists() and (not folder.is_dir() or any(path.name != ".git" for path in folder.iterdir())):
        raise OutputError(f"{folder} is there already, and not empty", "Name a new folder.")
    written = {"agsite.yml": settings(starter), ".github/CODEOWNERS": owners(starter)}
    contents = {**_shipped(starter), **{name: (text, False) for name, text in written.items()}}
    files.create_all(folder, contents)
    return sorted(contents)


def settings(starter: Starter) -> str:
    """Return the `agsite.yml` of a new archive."""
    lines = [
        "# Settings of this archive; every other one has a default. docs/configuration.md of agsite explains them all.",
        f"title: {scalar(starter.title)}",
        f"base_url: {scalar(starter.base_url)}",
    ]
    if starter.repository:
        lines.append(f"repository: {scalar(starter.repository)}")
    return "\n".join([*lines, ""])


def owners(starter: Starter) -> str:
    """Return the `.github/CODEOWNERS` of a new archive; where nobody is known to own it, its lines are comments."""
    match = re.match(r"https?://[^/]+/([^/]+)/[^/]", starter.repository or "")
    lines = [
        "# Every change waits for its owner: a person or, in an organisation, a team (@organisation/team). An answer,",
        "# or what is known of a paper, may be reviewed by anybody who may merge it.",
    ]
    if match is None:
        lines.append("# Nobody is named yet: put a name in the place of @OWNER, and take the marks off these lines.")
    rules = [f"* @{match[1] if match else 'OWNER'}", *_ANYBODYS]
    return "\n".join([*lines, *(rule if match else f"# {rule}" for rule in rules), ""])


def _shipped(starter: Starter) -> Mapping[str, tuple[str, bool]]:
    """The files that come along, by the path they get: their text, and whether they can be run."""
    # scripts/ci/address.sh takes nobody's example for an address either.
    is_set = starter.base_url != Config().base_url
    address = starter.base_url if is_set else "the repository's project page until you set another"
    marks = {"@TITLE@": starter.title, "@ADDRESS@": address, "@VERSION@": __version__}
    found: dict[str, tuple[str, bool]] = {}
    for source, target in _FOLDERS.items():
        for path in _below(default_folder(source)):
            name = (Path(target) / path.relative_to(default_folder(source))).as_posix()
            text = files.read_text(path) or ""
            for mark, value in marks.items() if source == "starter" else ():
                text = text.replace(mark, value)
            found[name] = (text, path.suffix == ".sh")
    return {name: entry for name, entry in found.items() if name not in _LEFT_OUT}


def _below(folder: Path) -> Iterator[Path]:
    """All files of a folder, hidden ones too, without what Python and desktops leave behind."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not _is_stray(path))


def _is_stray(path: Path) -> bool:
    return path.parent.name == "__pycache__" or path.name == ".DS_Store" or path.name.endswith("~")
