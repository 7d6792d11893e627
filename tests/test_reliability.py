"""Whatever happens to a build, the published site is a whole one, and what is wrong is said.

Shortened: `bench/kill.py` takes every point where these tests take some.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.building import tree, write_answers
from tests.faults import Builds, Call, Ended

BUILD = ("build", "--no-search", "--jobs", "1")


@pytest.fixture(scope="module")
def builds() -> Iterator[Builds]:
    """What starts builds and does things to them."""
    with Builds() as running:
        yield running


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

    def build(self, call: Call | None = None, *more: str) -> Ended:
        self.edit()
        return self.builds.run(self.folder, *BUILD, *more, call=call)

    def is_mended_by_the_next_build(self) -> bool:
        assert self.builds.run(self.folder, *BUILD).status == 0
        state = sorted(path.name for path in (self.folder / ".agsite/_site").iterdir())
        lies_about = [name for name in state if not name.endswith(".manifest")]
        return tree(self.site) == self.new and lies_about == ["build.lock", "last", "next"] and len(state) == 5

    def some(self, count: int) -> range:
        """Calls of a build, from the first to the last."""
        return range(1, self.calls + 1, max(1, self.calls // count))


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory, builds: Builds) -> Edited:
    """An archive for all tests here: whatever one of them did to it, the next build mends."""
    return Edited(tmp_path_factory.mktemp("edited"), builds)


# --- a build that is stopped, or refused something


def test_a_build_that_is_killed_at_any_call_leaves_a_whole_site(edited: Edited):
    for at in edited.some(10):
        assert edited.build(Call(at)).status == -signal.SIGKILL
        assert tree(edited.site) in (edited.old, edited.new)
        assert edited.is_mended_by_the_next_build()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_at_any_call_ends_a_build_with_one_line(edited: Edited, number: int, code: int):
    for at in edited.some(3):
        ended = edited.build(Call(at, signal=number))
        assert ended.status == code
        assert ended.said.splitlines()[-1] == f"agsite: stopped by {signal.Signals(number).name}"
        assert "Traceback" not in ended.said
        assert tree(edited.site) in (edited.old, edited.new)
        assert edited.is_mended_by_the_next_build()


REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE)


def test_an_error_at_any_call_is_said_and_leaves_the_old_site(edited: Edited):
    refused = 0
    for turn, at in enumerate(edited.some(12)):
        code = REFUSALS[turn % len(REFUSALS)]
        ended = edited.build(Call(at, error=code))
        assert "Traceback" not in ended.said
        if ended.status:
            refused += 1
            assert (ended.status, tree(edited.site)) == (3, edited.old), (at, ended.said)
            assert str(edited.folder) in ended.said
            assert os.strerror(code) in ended.said
            assert not [path for path in (edited.folder / ".agsite/_site").iterdir() if path.name.startswith(".")]
        else:  # it could do without
            assert tree(edited.site) == edited.new
        assert edited.is_mended_by_the_next_build()
    assert refused > 6
