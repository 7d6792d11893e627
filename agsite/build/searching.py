"""The search index and its shards, made in a process of their own while this one makes pages."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from agsite import search
from agsite.archive import Archive
from agsite.build.inputs import Options
from agsite.build.making import may_fork
from agsite.config import Config
from agsite.errors import OutputError

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
            self._process = context.Process(target=self._refresh_apart, daemon=True)
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
        # Where the process did all, this finds nothing to do; where it failed, it is done here.
        try:
            yield from self._refreshed(self._folder)
        except OutputError:
            # The index is a cache: where it cannot be kept, the site has a search all the same.
            with tempfile.TemporaryDirectory() as folder:
                yield from self._refreshed(folder)

    def _refreshed(self, folder: str) -> list[tuple[str, bytes]]:
        return search.refreshed(self._archive, folder, self._steps)

    def _refresh_apart(self) -> None:
        """Do it in a process whose signals and failures are nobody's affair: what it leaves undone is done later."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with contextlib.suppress(Exception):
            search.refresh(self._archive, self._folder, steps=self._steps)
