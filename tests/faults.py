"""Builds in processes of their own to which something happens at a chosen call to the system.

A server with everything loaded forks a child for each build, so that a build costs what it does and not what it takes
to start one. The calls are counted in Python, where `os` changes something on disk; or strace counts them and sees all.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

COUNTED = ("open", "write", "fsync", "link", "mkdir", "rename", "replace", "unlink", "rmdir", "chmod", "ftruncate")


class Call(NamedTuple):
    """The call at which something happens: an error where a number of one is given, a signal otherwise."""

    at: int
    error: int = 0
    signal: int = signal.SIGKILL


class Ended(NamedTuple):
    """How a build ended: what a shell would see of it (negative: the signal), what it said, how many calls it made."""

    status: int
    said: str
    calls: int


class Builds:
    """The server; `with Builds() as builds: builds.run(folder, "build")`."""

    def __enter__(self) -> Builds:
        root = str(Path(__file__).parents[1])
        environment = os.environ | {"PYTHONPATH": root, "CI": "1"}
        command = [sys.executable, "-m", "tests.faults"]
        self._server: Any = subprocess.Popen(
            command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stdin.close()
        self._server.wait(30)
        self._server.stdout.close()

    def run(self, folder: Path, *arguments: str, call: Call | None = None, strace: Sequence[str] = ()) -> Ended:
        """Run agsite with these arguments in a folder; `strace` are the arguments of a strace that watches it."""
        return self._ask(folder, arguments, call=call, strace=list(strace))[0]

    def run_together(self, folder: Path, count: int, *arguments: str, kill_after: float | None = None) -> list[Ended]:
        """Run agsite several times at once; the first is killed after some seconds, if any are given."""
        return self._ask(folder, arguments, count=count, kill_after=kill_after)

    def _ask(self, folder: Path, arguments: Sequence[str], **more: Any) -> list[Ended]:
        self._server.stdin.write(json.dumps({"folder": str(folder), "arguments": arguments, **more}) + "\n")
        self._server.stdin.flush()
        return [Ended(*ended) for ended in json.loads(self._server.stdout.readline())]


# --- the server


def serve() -> None:
    """Do what is asked for, a line at a time."""
    from agsite.build import making

    making.FEW = 0  # small archives are made by several processes, where several are asked for
    with tempfile.TemporaryDirectory() as name:
        _load_everything(Path(name))
    for line in sys.stdin:
        asked = json.loads(line)
        children = [_Child(asked) for _ in range(asked.get("count", 1))]
        if asked.get("kill_after") is not None:
            time.sleep(asked["kill_after"])
            os.kill(children[0].id, signal.SIGKILL)
        sys.stdout.write(json.dumps([child.wait() for child in children]) + "\n")
        sys.stdout.flush()


def _load_everything(folder: Path) -> None:
    from agsite import cli, search, unchanged  # noqa: F401
    from agsite.cli import build  # noqa: F401
    from tests.building import built, write_answers

    write_answers(folder)
    built(folder, search=True, search_index=str(folder / "index"))


class _Child:
    """A build under way."""

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._said, self._counted = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 - closed in `wait`
        waiting, go = os.pipe()
        self.id = os.fork()
        if self.id == 0:
            os.close(go)
            os.read(waiting, 1)
            _become(asked, self._said.fileno(), self._counted.fileno())
        os.close(waiting)
        self._watcher = _watch(self.id, asked["strace"]) if asked.get("strace") else None
        os.close(go)

    def wait(self) -> Ended:
        _, status = os.waitpid(self.id, 0)
        if self._watcher:
            self._watcher.wait(30)
        with self._said as said, self._counted as counted:
            said.seek(0)
            counted.seek(0)
            return Ended(os.waitstatus_to_exitcode(status), said.read().decode(), int(counted.read() or 0))


def _watch(child: int, strace: Sequence[str]) -> subprocess.Popen[bytes]:
    watcher = subprocess.Popen(["strace", "-qq", *strace, "-p", str(child)], stderr=subprocess.DEVNULL)
    status = Path(f"/proc/{child}/status")
    while "TracerPid:\t0" in status.read_text() and watcher.poll() is None:
        time.sleep(0.001)
    return watcher


def _become(asked: Mapping[str, Any], said: int, counted: int) -> None:
    """Be the build, and end."""
    from agsite import cli

    write, leave = os.write, os._exit
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(said, 2)
    os.chdir(asked["folder"])
    calls = [0]
    if not asked.get("strace"):
        _arm(Call(*(asked.get("call") or (0,))), calls)
    status = 99
    try:
        cli.main(asked["arguments"])
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - a shell would see it
        sys.excepthook(*sys.exc_info())
    sys.stderr.flush()
    write(counted, str(calls[0]).encode())
    leave(status)


def _arm(call: Call, calls: list[int]) -> None:
    """Count the calls that change what is on disk from here on; at the chosen one, something happens."""
    from agsite.files import publishing

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*arguments: Any, **options: Any) -> Any:
            calls[0] += 1
            if calls[0] == call.at and call.error:
                named = arguments[0] if arguments and isinstance(arguments[0], (str, Path)) else None
                raise OSError(call.error, os.strerror(call.error), named)
            if calls[0] == call.at:
                os.kill(os.getpid(), call.signal)
            return function(*arguments, **options)

        return counting

    for name in COUNTED:
        setattr(os, name, counted(getattr(os, name)))
    publishing._rename_exchange = counted(publishing._rename_exchange)


if __name__ == "__main__":
    serve()
