"""Several things at once, in threads: what has begun comes to its end, however often the wait for it is interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from agsite.errors import AgsiteError

Act = Callable[[], None]


class Together:
    """Does things at once, each until its end; one that raises what `waits` names lets the others go on."""

    def __init__(self, at_once: int, waits: tuple[type[AgsiteError], ...]) -> None:
        self._pool = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="pregenerate")
        self._waits = waits
        self._changed = threading.Condition()
        self._under_way = 0
        self._closed = False

    def do(self, acts: Iterable[Act], stop: Callable[[BaseException], None]) -> None:
        """Do all; `stop` is told why not, before what is under way is waited for and the reason raised."""
        try:
            # An interrupt may come while they are handed out, when the first of them is under way.
            self._finish({self._pool.submit(self._do, act) for act in acts})
        except BaseException as error:
            stop(error)
            raise
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._end()

    def _do(self, act: Act) -> None:
        with self._changed:
            if self._closed:
                return
            self._under_way += 1
        try:
            act()
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _finish(self, futures: set[Future[None]]) -> None:
        """Wait for all, and raise the first reason that let the others go on; any other at once."""
        first: AgsiteError | None = None
        left = futures
        while left:
            done, left = wait(left, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    future.result()
                except self._waits as error:
                    first = first or error
        if first is not None:
            raise first

    def _end(self) -> None:
        # The threads are not joined: one whose join was interrupted counts as ended for Python, and is not.
        try:
            with self._changed:
                self._closed = True
                self._changed.wait_for(lambda: not self._under_way)
        except BaseException:
            self._end()
            raise
