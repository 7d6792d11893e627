"""A manifest or any other thing kept between runs is believed only if it is whole, ours, and of its kind."""

from __future__ import annotations

import os
import pickle
import random
import shutil
import stat
from pathlib import Path

import pytest

from agsite import manifest, seal
from agsite.files import Stamp

STAMPS = {f"ask/{n}/index.html": Stamp(f"{n:024x}", 1_700_000_000_000_000_000 + n, n) for n in range(50)}


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path):
    manifest.save(tmp_path / "m", STAMPS)
    assert manifest.load(tmp_path / "m") == STAMPS


def test_a_manifest_that_is_not_there_is_empty(tmp_path: Path):
    assert manifest.load(tmp_path / "m") == manifest.load(None) == {}


def test_a_damaged_manifest_is_empty_and_never_an_error(tmp_path: Path):
    path = tmp_path / "m"
    manifest.save(path, STAMPS)
    whole = path.read_bytes()
    chance = random.Random(5)
    cut = [whole[: len(whole) * n // 16] for n in range(16)]
    flipped = []
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        flipped.append(bytes(damaged))
    for data in (*cut, *flipped, b"", b"garbage" * 100, whole + b"x"):
        path.write_bytes(data)
        assert manifest.load(path) == {}


class Canary:
    """Unpickling it would leave a trace."""

    def __reduce__(self):
        return Path.touch, (Path(self.trace),)


def test_nothing_that_lies_in_the_cache_is_ever_run(tmp_path: Path):
    canary = Canary()
    canary.trace = str(tmp_path / "trace")
    (tmp_path / "m").write_bytes(pickle.dumps(canary))
    assert manifest.load(tmp_path / "m") == {}
    assert not (tmp_path / "trace").exists()


def test_what_another_user_wrote_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    manifest.save(tmp_path / "m", STAMPS)
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    assert manifest.load(tmp_path / "m") == {}


def test_what_came_with_a_repository_is_not_there(tmp_path: Path):
    """A checkout gives the bytes and not the times, which are those of the checkout."""
    manifest.save(tmp_path / "made" / "m", STAMPS)
    shutil.copytree(tmp_path / "made", tmp_path / "checkout", copy_function=shutil.copyfile)
    assert manifest.load(tmp_path / "checkout" / "m") == {}
    manifest.save(tmp_path / "checkout" / "m", STAMPS)
    assert manifest.load(tmp_path / "checkout" / "m") == STAMPS


def test_what_came_in_an_archive_of_a_commit_is_not_there(tmp_path: Path):
    """Such an archive gives all files the time of the commit, which whoever makes it can choose."""
    manifest.save(tmp_path / "m", STAMPS)
    time = (tmp_path / "key").stat().st_mtime
    os.utime(tmp_path / "m", (time, time))
    assert manifest.load(tmp_path / "m") == {}
    manifest.save(tmp_path / "m", STAMPS)
    assert manifest.load(tmp_path / "m") == STAMPS


def test_what_was_put_beside_a_key_is_not_there(tmp_path: Path):
    for name in ("own", "other"):
        manifest.save(tmp_path / name / "m", STAMPS)
    shutil.copy2(tmp_path / "other" / "m", tmp_path / "own" / "m")
    assert manifest.load(tmp_path / "own" / "m") == {}


def test_a_copy_that_keeps_times_is_still_ones_own(tmp_path: Path):
    manifest.save(tmp_path / "made" / "m", STAMPS)
    shutil.copytree(tmp_path / "made", tmp_path / "copy")
    assert manifest.load(tmp_path / "copy" / "m") == STAMPS


def test_a_key_is_nobody_elses_to_read(tmp_path: Path):
    manifest.save(tmp_path / "m", STAMPS)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_what_was_sealed_as_another_kind_is_not_there(tmp_path: Path):
    seal.store(tmp_path / "pot", [1, 2], "soup")
    assert seal.fetch(tmp_path / "pot", "soup") == [1, 2]
    assert seal.fetch(tmp_path / "pot", "stew") is None
