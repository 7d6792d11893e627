"""Builds in processes of their own to which something happens at a chosen call to the system.

A server with everything loaded forks a child for each build, so that a build costs what it does and not what it takes
to start one. The calls are counted in Python, where `os` changes something on disk; or strace counts them and sees all.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.building import tree, write_answers

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

    def run(
        self,
        folder: Path,
        *arguments: str,
        call: Call | None = None,
        strace: Sequence[str] = (),
        memory: int | None = None,
    ) -> Ended:
        """Run agsite with these arguments in a folder.

        `strace` are the arguments of a strace that watches it; `memory` is how many more bytes it may have.
        """
        return self._ask(folder, arguments, call=call, strace=list(strace), memory=memory)[0]

    def run_together(self, folder: Path, count: int, *arguments: str, kill_after: float | None = None) -> list[Ended]:
        """Run agsite several times at once; the first is killed after some seconds, if any are given."""
        return self._ask(folder, arguments, count=count, kill_after=kill_after)

    def _ask(self, folder: Path, arguments: Sequence[str], **more: Any) -> list[Ended]:
        self._server.stdin.write(json.dumps({"folder": str(folder), "arguments": arguments, **more}) + "\n")
        self._server.stdin.flush()
        return [Ended(*ended) for ended in json.loads(self._server.stdout.readline())]


NEEDED = {"build.lock", "key", "last", "next"}
"""What builds keep beside a site, with two manifests."""

SAVES_TIME = {"compiled", "readings", "traces"}
"""What they keep too where they can."""

BUILD = ("build", "--no-search", "--jobs", "1")


class Edited:
    """A published archive that is edited again and again, and the bytes that a clean build gives after each edit.

    Three texts by turns: with two, the generation before the published one would hold what the next build is to make.
    """

    def __init__(self, folder: Path, builds: Builds, answers: int = 3) -> None:
        self.folder, self.builds, self.turn = folder, builds, 0
        self.site = folder / "_site"
        write_answers(folder, answers)
        (folder / "agsite.yml").write_text("share_images: false\n")
        self.clean = []
        for turn in range(3):
            self._write(turn)
            assert builds.run(folder, *BUILD, "--output", f"clean/{turn}").status == 0
            self.clean.append(tree(folder / f"clean/{turn}"))
        self.calls = [self.build().calls for _ in range(4)][-1]

    def _write(self, turn: int) -> None:
        for path in (self.folder / "answers").iterdir():
            text = path.read_text("utf-8").partition("\nTurn ")[0]
            path.write_text(f"{text}\nTurn {turn} has come.\n", "utf-8")

    @property
    def old(self) -> dict[str, str]:
        return self.clean[(self.turn - 1) % 3]

    @property
    def new(self) -> dict[str, str]:
        return self.clean[self.turn % 3]

    def edit(self) -> None:
        self.turn += 1
        self._write(self.turn % 3)

    def build(self, call: Call | None = None, strace: Sequence[str] = ()) -> Ended:
        """Edit and build."""
        self.edit()
        return self.builds.run(self.folder, *BUILD, call=call, strace=strace)

    def is_whole(self) -> bool:
        """Say whether the published site is the one before the edit, or the one after it."""
        return tree(self.site) in (self.old, self.new)

    def is_mended_by_the_next_build(self) -> bool:
        assert self.builds.run(self.folder, *BUILD).status == 0
        folder = self.folder / ".agsite/_site"
        state = {path.name for path in folder.iterdir() if path.suffix != ".manifest"}
        left = [path.name for path in folder.iterdir() if path.suffix == ".manifest"][2:]
        left += [path.name for path in (folder / "readings").iterdir() if path.name.startswith(".")]
        return tree(self.site) == self.new and NEEDED <= state <= NEEDED | SAVES_TIME and not left

    def some(self, count: int) -> range:
        """Calls of a build, from the first to the last."""
        return range(1, self.calls + 1, max(1, self.calls // count))


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
    from tests.building import built

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
    if asked.get("memory") is not None:
        had = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (had + asked["memory"],) * 2)
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
