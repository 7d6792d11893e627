"""Compiled templates, kept between builds: to compile them takes as long as to make a hundred pages."""

from __future__ import annotations

import contextlib
from pathlib import Path

from agsite import seal
from agsite.errors import AgsiteError

_KIND = "templates 1"


class Compiled(dict[str, bytes]):
    """The templates that were compiled with one look, by Jinja2's keys; `salt` differs where looks do.

    `fresh` is to compile all of them, whatever is kept.
    """

    def __init__(self, path: Path, salt: str, *, fresh: bool = False) -> None:
        self._path = path
        self._kind = f"{_KIND} {salt}"
        super().__init__((not fresh and seal.fetch(path, self._kind)) or {})
        self._known = len(self)

    def save(self) -> None:
        """Keep what was compiled in this build; where that fails, the next one compiles it again."""
        if len(self) > self._known:
            with contextlib.suppress(AgsiteError):
                seal.store(self._path, dict(self), self._kind)
