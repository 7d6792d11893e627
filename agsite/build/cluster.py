"""Rendering on a Dask cluster: pages with all that they show go out, bytes come back, a worker that dies is replaced.

Scheduler and workers are started with Dask's own commands, and have the same agsite installed; see docs/scale.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from agsite.build.making import render_pages
from agsite.build.pool import WorkerError
from agsite.errors import ConfigError
from agsite.fingerprints import code_digest
from agsite.look import Look
from agsite.pages import Page

_CHUNKS_A_WORKER = 4
_PATIENCE = 10
_ATTEMPTS = 3


class _Chunk(NamedTuple):
    """Pages that were sent to a worker, and which attempt this is."""

    pages: list[Page]
    attempt: int = 1


class Cluster:
    """The workers of a Dask scheduler, as `Workers`."""

    def __init__(self, address: str, look: Look) -> None:
        self._look = look
        self._client = _connect(address)
        try:
            self._refuse_strangers()
            self._share()
        except BaseException:
            self._client.close()
            raise

    def _share(self) -> None:
        """Send templates and words once to each worker, not with every chunk."""
        self._shared = self._client.scatter(self._look, broadcast=True, hash=False)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def map(self, tasks: Iterable[list[Page]]) -> Iterator[tuple[list[Page], list[bytes]]]:
        """Yield chunks of pages with their bytes, in the order in which they come back."""
        from distributed import as_completed

        waiting = map(_Chunk, tasks)
        sent: dict[Any, _Chunk] = {}
        done = as_completed(loop=self._client.loop)  # type: ignore[no-untyped-call]
        self._send(waiting, sent, done, _CHUNKS_A_WORKER * max(1, len(self._client.scheduler_info()["workers"])))
        while sent:
            future = next(done)
            chunk = sent.pop(future)
            if future.cancelled() and chunk.attempt < _ATTEMPTS:
                # The look was lost with the only worker that had it by then.
                self._share()
                self._send(iter([chunk._replace(attempt=chunk.attempt + 1)]), sent, done, 1)
                continue
            yield chunk.pages, self._result(future, chunk.pages)
            self._send(waiting, sent, done, 1)

    def _send(self, waiting: Iterator[_Chunk], sent: dict[Any, _Chunk], done: Any, count: int) -> None:
        for chunk in itertools.islice(waiting, count):
            future = self._client.submit(render_pages, self._shared, chunk.pages, pure=False)
            sent[future] = chunk
            done.add(future)

    def _result(self, future: Any, pages: list[Page]) -> list[bytes]:
        from distributed import CancelledError, KilledWorker

        try:
            result: list[bytes] = future.result()
        except (CancelledError, KilledWorker) as error:
            raise WorkerError(
                f"workers died again and again while they made /{pages[0].url} and the {len(pages) - 1} pages after it",
                "Look at the workers' logs; their memory may be too small.",
            ) from error
        return result

    def _refuse_strangers(self) -> None:
        """Other code makes other bytes: every worker must have ours."""
        ours = code_digest()
        strangers = [worker for worker, theirs in self._client.run(code_digest).items() if theirs != ours]
        if strangers:
            raise ConfigError(
                f"the worker {strangers[0]} has another agsite or Python than this one",
                "Install the same versions on all of them.",
            )


def _connect(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ConfigError(
            "--cluster needs Dask, which is not installed", "Install it: pip install 'agsite[cluster]'"
        ) from None
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"there is no Dask scheduler at {address}", "Start one: dask scheduler --host 127.0.0.1"
        ) from error
