"""Whatever happens to a build, the published site is a whole one, and what is wrong is said.

Shortened: `bench/kill.py` takes every point where these tests take some.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from agsite import unchanged
from tests.archives import answer_text
from tests.building import built, tree, write_answers
from tests.canary import Canary
from tests.faults import BUILD, Builds, Call, Edited


@pytest.fixture(scope="module")
def builds() -> Iterator[Builds]:
    """What starts builds and does things to them."""
    with Builds() as running:
        yield running


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory, builds: Builds) -> Edited:
    """An archive for all tests here: whatever one of them did to it, the next build mends."""
    return Edited(tmp_path_factory.mktemp("edited"), builds)


# --- a build that is stopped, or refused something


def test_a_build_that_is_killed_at_any_call_leaves_a_whole_site(edited: Edited):
    for at in edited.some(8):
        assert edited.build(Call(at)).status == -signal.SIGKILL
        assert edited.is_whole()
        assert edited.is_mended_by_the_next_build()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_at_any_call_ends_a_build_with_one_line(edited: Edited, number: int, code: int):
    for at in edited.some(3):
        ended = edited.build(Call(at, signal=number))
        assert ended.status == code
        assert ended.said.splitlines()[-1] == f"agsite: stopped by {signal.Signals(number).name}"
        assert "Traceback" not in ended.said
        assert edited.is_whole()
        assert edited.is_mended_by_the_next_build()


REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE)


def test_an_error_at_any_call_is_said_and_leaves_the_old_site(edited: Edited):
    refused = 0
    for turn, at in enumerate(edited.some(15)):
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
    assert refused > 4


# --- several at once


@pytest.mark.parametrize("count", [2, 4, 8])
def test_builds_at_once_end_in_the_bytes_of_one(edited: Edited, count: int):
    edited.edit()
    ended = edited.builds.run_together(edited.folder, count, *BUILD)
    assert {build.status for build in ended} <= {0, 3}
    assert 0 in {build.status for build in ended}
    for build in ended:
        assert ("is locked by process" in build.said) == (build.status == 3)
        assert "Traceback" not in build.said
    assert tree(edited.site) == edited.new


def test_a_build_that_waits_for_one_that_is_killed_goes_on(edited: Edited):
    edited.edit()
    first, *others = edited.builds.run_together(edited.folder, 3, *BUILD, kill_after=0.05)
    assert first.status == -signal.SIGKILL
    assert 0 in {build.status for build in others}
    assert tree(edited.site) == edited.new


# --- what cannot be written, or is too little


def run(folder: Path, *arguments: str, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*prefix, sys.executable, "-m", "agsite", *arguments]
    environment = os.environ | {"CI": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run_with_read_only(folder: Path, places: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run agsite where some folders cannot be written: by modes, or by mounts for root, whom modes do not stop."""
    if os.geteuid() == 0:
        mount = "mount --bind {0} {0} && mount -o remount,ro,bind {0} || exit 77; "
        script = "".join(mount.format(place) for place in places) + 'exec "$@"'
        done = run(folder, *arguments, prefix=("unshare", "-m", "sh", "-c", script, "sh"))
        if done.returncode == 77 or "unshare" in done.stderr:
            pytest.skip("root may not mount here")
        return done
    inside = [path for place in places for path in (folder / place, *(folder / place).rglob("*")) if path.is_dir()]
    for path in inside:
        path.chmod(0o555)
    try:
        return run(folder, *arguments)
    finally:
        for path in inside:
            path.chmod(0o755)


def test_what_is_read_and_the_cache_need_not_be_writable(tmp_path: Path):
    write_answers(tmp_path)
    (tmp_path / "papers").mkdir()
    assert run(tmp_path, "build", "--jobs", "1").returncode == 0
    write_answers(tmp_path, 5)
    assert run(tmp_path, "build", "--jobs", "1", "--output", "other/_site").returncode == 0
    shutil.rmtree(tmp_path / ".agsite/index/export")  # what is cached is of no use, and cannot be made there
    (tmp_path / ".agsite/index/manifest").unlink()
    done = run_with_read_only(tmp_path, ["answers", "papers", ".agsite/index"], "build", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "_site") == tree(tmp_path / "other/_site")


def test_an_output_that_cannot_be_written_is_said_and_stays(tmp_path: Path):
    write_answers(tmp_path)
    to = ("--no-search", "--jobs", "1", "--output", "sealed/_site")
    assert run(tmp_path, "build", *to).returncode == 0
    before = tree(tmp_path / "sealed")
    write_answers(tmp_path, 5)
    done = run_with_read_only(tmp_path, ["sealed"], "build", *to)
    assert done.returncode == 3
    assert "sealed" in done.stderr
    assert "Read-only file system" in done.stderr or "Permission denied" in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(tmp_path / "sealed") == before


def test_twenty_four_open_files_are_enough(tmp_path: Path):
    write_answers(tmp_path)
    done = run(tmp_path, "build", "--jobs", "2", prefix=("sh", "-c", 'ulimit -n 24; exec "$@"', "sh"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "_site/search/meta.json").exists()


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux says how much memory a process has, and holds it to a limit"
)
def test_too_little_memory_is_said_and_leaves_the_old_site(tmp_path: Path, builds: Builds):
    answers = write_answers(tmp_path)
    assert builds.run(tmp_path, *BUILD).status == 0
    before = tree(tmp_path / "_site")
    for number in range(3):
        (answers / f"long-{number}.md").write_text(answer_text(f"Why {number}?", "It hums a lot. " * 16_000))
    ended = builds.run(tmp_path, *BUILD, memory=2**20)
    assert ended.status == 3
    assert "too little memory" in ended.said
    assert "Traceback" not in ended.said
    assert tree(tmp_path / "_site") == before
    assert builds.run(tmp_path, *BUILD).status == 0


# --- what is kept between builds


def test_a_damaged_last_report_is_none_and_the_site_is_built(edited: Edited):
    assert edited.build().status == 0
    last, trace = edited.folder / ".agsite/_site/last", edited.folder / "trace"
    whole, chance = last.read_bytes(), random.Random(6)
    flipped = []
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        flipped.append(bytes(damaged))
    cut = [whole[: len(whole) * number // 16] for number in range(16)]
    for data in (*cut, *flipped, b"garbage" * 99, whole + b"x", pickle.dumps(Canary(trace))):
        last.write_bytes(data)
        assert unchanged.recall(str(edited.site), unchanged.Situation((), [])) is None
    assert edited.build().status == 0
    assert tree(edited.site) == edited.new
    assert not trace.exists()


@pytest.mark.parametrize("harm", ["cut", "flipped", "garbage", "of another version", "a pickle"])
def test_a_damaged_cache_gives_the_bytes_of_a_cold_build(edited: Edited, harm: str):
    assert edited.build().status == 0
    trace, chance = edited.folder / "trace", random.Random(harm)
    for path in (edited.folder / ".agsite/_site").rglob("*"):
        if path.is_file() and "next" not in path.parts:
            whole = path.read_bytes() or b"x"
            flipped = bytearray(whole)
            flipped[chance.randrange(len(whole))] ^= 1
            other = {
                "cut": whole[:-7],
                "flipped": flipped,
                "garbage": b"soup" * 100,
                "a pickle": pickle.dumps(Canary(trace)),
            }
            path.write_bytes(other.get(harm, b"agsite 0.0.1" + whole))
    assert edited.build().status == 0
    assert edited.is_mended_by_the_next_build()
    assert not trace.exists()


@pytest.mark.parametrize("more", [(), ("--full",)])
def test_another_version_replaces_and_deletes_what_the_one_before_made(
    tmp_path: Path, root: Path, more: tuple[str, ...]
):
    answers, other = write_answers(tmp_path), tmp_path / "other"
    for name in ("agsite", "templates", "site_src"):
        shutil.copytree(root / name, other / name, ignore=shutil.ignore_patterns("__pycache__"))
    (other / "agsite/__init__.py").write_text('"""Another."""\n\n__version__ = "99.0"\n')
    assert run(tmp_path, "build").returncode == 0
    (answers / "spoon-2.md").unlink()
    (tmp_path / "redirects.yml").write_text("ask/spoon-2/: gone\n")
    later = ("env", f"PYTHONPATH={other}")
    done = run(tmp_path, "build", *more, prefix=later)
    assert done.returncode == 0, done.stderr
    shutil.copy(tmp_path / "_site/urls.txt", tmp_path / "previous.txt")
    assert run(tmp_path, "build", "--output", "clean", "--previous", "previous.txt", prefix=later).returncode == 0
    assert not (tmp_path / "_site/ask/spoon-2").exists()
    assert tree(tmp_path / "_site") == tree(tmp_path / "clean")


# --- where and when


CENTURIES = (0, 946_684_800, 2**31 + 7, 4_102_444_800)


def test_neither_the_date_nor_times_of_files_change_a_byte(tmp_path: Path):
    answers = write_answers(tmp_path)
    built(tmp_path)
    wanted = tree(tmp_path / "_site")
    for time in CENTURIES:
        for path in (answers, *answers.iterdir()):
            os.utime(path, (time, time))
        today = dt.datetime.fromtimestamp(time, tz=dt.UTC).date()
        built(tmp_path, output=str(tmp_path / str(time)), today=today)
        assert tree(tmp_path / str(time)) == wanted


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_was_set_between_builds_changes_nothing(edited: Edited, hours: int):
    """To the next build it looks as if files of the published site, its mark too, were of another time."""
    for path in (
        edited.site / "build.json",
        edited.site / "about/index.html",
        edited.folder / ".agsite/_site/next/build.json",
    ):
        time = path.stat().st_mtime + hours * 3600
        os.utime(path, (time, time))
    assert edited.build().status == 0
    assert edited.is_mended_by_the_next_build()


PLACES = {
    "spaces": "a place  of my own",
    "composed": unicodedata.normalize("NFC", "soupière"),
    "decomposed": unicodedata.normalize("NFD", "soupière"),
    "emoji": "🥣 stew 👩\u200d🍳",
    "from right to left": "מרק שלום",
    "long": "é" * 100,
    "signs": "a'b\"c$d`e;f#g%41&h",
}


def test_a_site_is_the_same_whatever_its_folder_is_called(tmp_path: Path, builds: Builds):
    trees = {}
    for kind, name in PLACES.items():
        write_answers(tmp_path / name)
        ended = builds.run(tmp_path / name, *BUILD)
        assert ended.status == 0, ended.said
        trees[kind] = tree(tmp_path / name / "_site")
    (tmp_path / "link").symlink_to(PLACES["emoji"])
    roads = {
        "through a link": ("--answers", "link/answers", "--output", "link/new"),
        "relative": ("--output", "soup/../bowl"),
    }
    (tmp_path / "soup").mkdir()
    shutil.copytree(tmp_path / PLACES["long"] / "answers", tmp_path / "answers")
    for road in roads.values():
        assert builds.run(tmp_path, *BUILD, *road).status == 0
    trees |= {"through a link": tree(tmp_path / PLACES["emoji"] / "new"), "relative": tree(tmp_path / "bowl")}
    assert [kind for kind, found in trees.items() if found != trees["spaces"]] == []


SURROUNDINGS = (
    ("0", "C", "UTC", 0o022, "1", "cold"),
    ("1", "C.UTF-8", "Pacific/Kiritimati", 0o077, "2", "warm"),
    ("77", "de_DE.UTF-8", "America/St_Johns", 0o000, "8", "cold"),
    ("4242", "tr_TR.UTF-8", "UTC", 0o027, "1", "cold"),
    ("4294967295", "C", "Pacific/Kiritimati", 0o022, "8", "edited"),
)
MAIN = "from agsite.build import making; making.FEW = 0; from agsite.cli import main; main()"


def test_a_site_with_its_search_is_the_same_bytes_in_all_surroundings(tmp_path: Path):
    trees = []
    for number, (seed, locale, zone, umask, jobs, state) in enumerate(SURROUNDINGS):
        folder = tmp_path / f"place {number}"
        answers = write_answers(folder)
        (folder / "agsite.yml").write_text("share_images: false\n")
        output = str(folder / "_site") if number % 2 else "_site"
        command = [sys.executable, "-c", MAIN, "build", "--jobs", jobs, "--output", output]
        environment = os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone, "HOME": str(folder)}
        texts = {path: path.read_text("utf-8") for path in answers.iterdir()}
        for time in range(1 if state == "cold" else 2):
            for path, text in texts.items():
                path.write_text(text.replace("hums", "sings") if state == "edited" and not time else text, "utf-8")
            subprocess.run(command, cwd=folder, env=environment, umask=umask, check=True, capture_output=True)
        trees.append(tree(folder / "_site"))
    assert all(found == trees[0] for found in trees)
    assert "search/meta.json" in trees[0]


# --- much at once


BROKEN = {
    "no question": b"---\nmodel: test-model\ndate: 2026-01-01\n---\nSoup.\n",
    "an unknown field": b"---\nquestion: Why?\nmodel: m\ndate: 2026-01-01\nsoup: yes\n---\nSoup.\n",
    "no UTF-8": b"---\nquestion: Why?\nmodel: m\ndate: 2026-01-01\n---\nSoup \xff.\n",
    "no front matter": b"Soup.\n",
    "no date": b"---\nquestion: Why?\nmodel: m\ndate: someday\n---\nSoup.\n",
}


def test_every_bad_file_among_two_thousand_is_named_in_one_run(tmp_path: Path, builds: Builds):
    answers = write_answers(tmp_path, 2_000)
    bad = {f"bad-{number:02}.md": list(BROKEN.values())[number % len(BROKEN)] for number in range(20)}
    for name, data in bad.items():
        (answers / name).write_bytes(data)
    ended = builds.run(tmp_path, "check")
    assert ended.status == 1
    errors = {line.split(":")[0] for line in ended.said.splitlines() if ": error " in line}
    assert errors == {f"answers/{name}" for name in bad}
