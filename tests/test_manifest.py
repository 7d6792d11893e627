"""A manifest or any other thing kept between runs is believed only if it is whole, ours, and of this version."""

from __future__ import annotations

import os
import pickle
import random
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


@pytest.mark.parametrize("what", ["kind", "version"])
def test_what_another_kind_or_version_sealed_is_not_there(monkeypatch: pytest.MonkeyPatch, what: str):
    sealed = b"".join(seal.seal([1, 2], "soup"))
    if what == "version":
        monkeypatch.setattr(seal, "_KIND", "agsite 99")
    assert seal.unseal(sealed, "stew" if what == "kind" else "soup") is None
