"""The search index and its shards, made in a process of their own while this one makes pages."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from agsite import search
from agsite.archive import Archive
from agsite.build.inputs import Options
from agsite.build.making import may_fork
from agsite.config import Config

# With fewer answers, to start a process takes longer than it saves.
_FEW = 300


class Searching:
    """The search of a site in the making, if the site is to have one."""

    def __init__(self, archive: Archive, options: Options, config: Config) -> None:
        self._archive = archive
        self._steps = config.match.steps
        self._wanted = options.search
        self._folder = options.search_index
        self._apart = options.jobs > 1 and len(archive.entries) >= _FEW and may_fork()
        self._process: Any = None

    def __enter__(self) -> Searching:
        if self._wanted and self._apart:
            context = multiprocessing.get_context("fork")
            self._process = context.Process(target=self._refresh, daemon=True)
            self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.terminate()
            self._process.join()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield (path, bytes) of every file of the search, once they are there."""
        if not self._wanted:
            return
        if self._process is not None:
            self._process.join()
        # Where the process did all, this finds nothing to do; where it failed, the error is raised here.
        self._refresh()
        yield from search.exported(self._folder)

    def _refresh(self) -> None:
        search.refresh(self._archive, self._folder, steps=self._steps)
