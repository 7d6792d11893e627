"""The search index and its shards, made in a process of their own while this one makes pages."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

from agsite.archive import Archive
from agsite.build.making import may_fork
from agsite.config import Config
from agsite.files import CacheFolder
from agsite.options import Options

# With fewer answers, to start a process takes longer than it saves.
_FEW = 300

Shards = list[tuple[str, bytes]]


class Searching:
    """The search of a site in the making, if the site is to have one."""

    def __init__(self, archive: Archive, options: Options, config: Config) -> None:
        self._archive = archive
        self._steps = config.match.steps
        self._wanted = options.search
        self._folder = options.search_index
        self._apart = options.jobs > 1 and len(archive.entries) >= _FEW and may_fork()
        self._process: Any = None
        self._receiving: Connection | None = None

    def __enter__(self) -> Searching:
        if self._wanted and self._apart:
            context = multiprocessing.get_context("fork")
            self._receiving, sending = context.Pipe(duplex=False)
            self._process = context.Process(target=self._refresh_apart, args=(self._receiving, sending), daemon=True)
            self._process.start()
            # Held open by that process alone, the pipe ends when the process does.
            sending.close()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.join()
        if self._receiving is not None:
            self._receiving.close()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield (path, bytes) of every file of the search, once they are there."""
        if self._wanted:
            yield from self._received() or self._made_here()

    def _received(self) -> Shards | None:
        """What the process hands over; None where there is no such process, or it failed."""
        try:
            return self._receiving.recv() if self._receiving is not None else None
        except (EOFError, OSError):
            return None

    def _made_here(self) -> Shards:
        return CacheFolder(self._folder).use(self._refreshed)

    def _refreshed(self, folder: str) -> Shards:
        from agsite import search

        return search.refreshed(self._archive, folder, self._steps)

    def _refresh_apart(self, receiving: Connection, sending: Connection) -> None:
        """Do it in a process whose signals and failures are nobody's affair: what it does not give is made later."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Otherwise it would wait for ever to hand something over to a build that is dead.
        receiving.close()
        with contextlib.suppress(Exception):
            sending.send(self._refreshed(self._folder))
