"""Where calls wait: before the next try, and all of them where the service asks one to; and where they are stopped."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from agsite.errors import AgsiteError
from agsite.llm.failures import LONGEST_PAUSE, Failure

TRIES = 5
FAILURES_IN_A_ROW = 5
FIRST_PAUSE = 1.0

T = TypeVar("T")


class Stopped(AgsiteError):  # noqa: N818 - another call has failed, not this one
    """Another call has stopped the run."""

    exit_code = 4


class Gate:
    """Where calls wait: all of them when one was told to, and none goes through once the run is stopped."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._until = 0.0
        self._in_a_row = 0
        self.stopped: AgsiteError | None = None
        # Spreads calls that were refused together; nothing that is kept depends on it.
        self._chance = random.Random()  # noqa: S311 - no secret

    def pause(self, seconds: float) -> None:
        """Let nobody through for some time."""
        with self._changed:
            self._until = max(self._until, time.monotonic() + seconds)

    def stop(self, reason: AgsiteError) -> None:
        """Let nobody through any more; the first reason counts."""
        with self._changed:
            self.stopped = self.stopped or reason
            self._changed.notify_all()

    def enter(self) -> None:
        """Wait until a call may be made; raise Stopped where none may."""
        with self._changed:
            while self.stopped is None and (left := self._until - time.monotonic()) > 0:
                self._changed.wait(left)
            if self.stopped is not None:
                raise Stopped(self.stopped.message)

    def sleep(self, seconds: float) -> None:
        """Wait alone, but no longer than the run goes on."""
        with self._changed:
            self._changed.wait_for(lambda: self.stopped is not None, seconds)

    def succeeded(self) -> None:
        """Note that the service has answered."""
        with self._changed:
            self._in_a_row = 0

    def failed(self) -> int:
        """Note that the service failed, and return how often in a row, over all threads."""
        with self._changed:
            self._in_a_row += 1
            return self._in_a_row

    def wait(self, failure: Failure, number: int) -> None:
        """Wait before the next try; raise where there is to be none."""
        in_a_row = self.failed() if failure.kind == "again" else 0
        if number == TRIES or in_a_row >= FAILURES_IN_A_ROW:
            message = f"{failure.message}; it did so {max(number, in_a_row)} times in a row"
            stopped = Failure("stop", message, status=failure.status)
            self.stop(stopped)
            raise stopped
        pause = FIRST_PAUSE * 2 ** (number - 1) * self._chance.uniform(0.75, 1.25)
        if failure.wait is not None:
            pause = max(pause if failure.kind == "again" else 0.0, failure.wait)
        if failure.kind == "busy":
            self.pause(pause)
        else:
            self.sleep(min(pause, LONGEST_PAUSE))

    def insist(self, ask: Callable[[], T]) -> T:
        """Ask for what costs nothing, as often as it may help."""
        for number in range(1, TRIES + 1):
            self.enter()
            try:
                answer = ask()
            except Failure as failure:
                if failure.kind not in {"again", "busy"}:
                    raise
                self.wait(failure, number)
            else:
                self.succeeded()
                return answer
        raise AssertionError  # pragma: no cover - the last try raises
