"""Processes that work through tasks; one that dies is an error that names the page it was at, never a wait."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from ctypes import c_char
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar, cast

from agsite.errors import AgsiteError

T = TypeVar("T")

_LONGEST_NAME = 512

Work = Callable[[Any, Callable[[str], None]], Any]
"""Does a task; it calls its second argument with the name of whatever it begins, a page's address."""


class WorkerError(AgsiteError):
    """A worker died or failed."""

    exit_code = 3


class Pool:
    """A few processes that share tasks; `method` is how they start, `fork` or `spawn`.

    Forked workers inherit everything that `work` refers to. Spawned ones are sent it, so it must be picklable.
    """

    def __init__(self, jobs: int, method: str, work: Work) -> None:
        self._context: Any = multiprocessing.get_context(method)
        self._work = work
        self._jobs = jobs
        self._at: dict[Connection, Any] = {}
        self._processes: list[Any] = []

    def map(self, tasks: Iterable[T]) -> Iterator[tuple[T, Any]]:
        """Yield every task with its result, in the order in which they are done."""
        waiting = iter(tasks)
        busy: dict[Connection, T] = {}
        try:
            for _ in range(self._jobs):
                self._give(self._start(), waiting, busy)
            while busy:
                for worker in cast("list[Connection]", wait(list(busy))):
                    task = busy.pop(worker)
                    result = self._result(worker)
                    self._give(worker, waiting, busy)
                    yield task, result
        finally:
            self._stop()

    def _start(self) -> Connection:
        ours, theirs = self._context.Pipe()
        at = self._context.RawArray(c_char, _LONGEST_NAME)
        # A worker must not hold the other workers' pipes open: a closed pipe is how it learns that the build is dead.
        inherited = [*self._at, ours] if self._context.get_start_method() == "fork" else []
        process = self._context.Process(target=_serve, args=(theirs, inherited, at, self._work), daemon=True)
        process.start()
        theirs.close()
        self._at[ours] = at
        self._processes.append(process)
        return ours  # type: ignore[no-any-return]

    def _give(self, worker: Connection, waiting: Iterator[T], busy: dict[Connection, T]) -> None:
        for task in waiting:
            busy[worker] = task
            try:
                worker.send(task)
            except BrokenPipeError:
                raise self._died(worker) from None
            return

    def _result(self, worker: Connection) -> Any:
        try:
            failure, result = worker.recv()
        except (EOFError, ConnectionResetError):
            raise self._died(worker) from None
        if failure:
            raise result
        return result

    def _died(self, worker: Connection) -> WorkerError:
        page = self._at[worker].value.decode("utf-8", "replace")
        process = self._processes[list(self._at).index(worker)]
        process.join(1)
        return WorkerError(
            f"a worker process ended with status {process.exitcode} while it made “{page or '/'}”",
            "Is the memory of this machine large enough? --jobs 1 builds in one process.",
        )

    def _stop(self) -> None:
        for connection in self._at:
            connection.close()
        for process in self._processes:
            process.join(0.5)
            if process.is_alive():
                process.kill()
                process.join()


def _serve(tasks: Connection, inherited: list[Connection], at: Any, work: Work) -> None:
    """Do tasks until there are none; the build's own signals are the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for connection in inherited:
        connection.close()

    def begin(name: str) -> None:
        at.value = name.encode()[: _LONGEST_NAME - 1]

    try:
        while True:
            tasks.send(_attempt(work, tasks.recv(), begin))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(0)


def _attempt(work: Work, task: Any, begin: Callable[[str], None]) -> tuple[bool, Any]:
    try:
        return False, work(task, begin)
    except Exception as error:  # noqa: BLE001 - it is raised again where somebody can report it
        if not isinstance(error, (AgsiteError, OSError)):
            error.add_note(traceback.format_exc())
        return True, error
