"""Files are read carefully, and a folder is published in one step or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agsite import files
from agsite.errors import LockedError, OutputError
from agsite.files import MARK, Generation, Stamp, State, generation, publishing, stamps
from tests.building import built, write_answers
from tests.counting import grows_with_its_input


def grown(tmp_path: Path, contents: dict[str, bytes], old: dict[str, Stamp] | None = None) -> Generation:
    """A generation with these files, on its way to be published as `site`."""
    root = tmp_path / "next"
    root.mkdir(exist_ok=True)
    made = Generation(str(root), str(tmp_path / "site"), old or {}, {})
    for path, data in contents.items():
        made.place(path, data.decode(), data.__bytes__)
    return made


def test_a_file_of_an_equal_fingerprint_is_linked_and_not_made(tmp_path: Path):
    (tmp_path / "site/a").mkdir(parents=True)
    page = tmp_path / "site/a/index.html"
    page.write_bytes(b"pea")
    facts = page.stat()
    made = grown(tmp_path, {}, {"a/index.html": Stamp("pea", facts.st_mtime_ns, facts.st_size)})
    placed = made.place("a/index.html", "pea", lambda: pytest.fail("it need not be made"))
    assert not placed.written
    assert (tmp_path / "next/a/index.html").samefile(page)


def test_two_pages_that_want_one_place_are_an_error(tmp_path: Path):
    made = grown(tmp_path, {"open/index.html": b"pea"})
    with pytest.raises(OutputError, match="two pages want the place open/"):
        made.place("open/index.html", "bean", b"bean".__bytes__)


def test_to_keep_many_folders_the_published_files_are_looked_through_once(tmp_path: Path):
    def keep(size: int) -> object:
        folders = [f"ask/{n}/" for n in range(size)]
        made = grown(tmp_path, {}, {f"{folder}index.html": Stamp("pea", 1, 1) for folder in folders})
        return [made.keep_below(folder) for folder in folders]

    assert grows_with_its_input(keep)


@pytest.mark.parametrize("change", ["edited", "touched", "deleted"])
def test_a_published_file_that_somebody_changed_is_made_again(tmp_path: Path, change: str):
    (tmp_path / "site").mkdir()
    page = tmp_path / "site/page.html"
    page.write_bytes(b"pea")
    facts = page.stat()
    if change == "edited":
        page.write_bytes(b"bean")
    elif change == "touched":
        os.utime(page, ns=(1, 1))
    else:
        page.unlink()
    made = grown(tmp_path, {}, {"page.html": Stamp("pea", facts.st_mtime_ns, facts.st_size)})
    assert made.place("page.html", "pea", b"pea".__bytes__).written
    assert (tmp_path / "next/page.html").read_bytes() == b"pea"


def test_a_published_file_is_never_written_through(tmp_path: Path):
    (tmp_path / "site").mkdir()
    (tmp_path / "next").mkdir()
    page = tmp_path / "site/page.html"
    page.write_bytes(b"old")
    os.link(page, tmp_path / "next/page.html")
    facts = page.stat()
    kept = {"page.html": Stamp("old", facts.st_mtime_ns, facts.st_size)}
    Generation(str(tmp_path / "next"), str(tmp_path / "site"), {}, kept).place("page.html", "new", b"new".__bytes__)
    assert page.read_bytes() == b"old"
    assert (tmp_path / "next/page.html").read_bytes() == b"new"


def test_files_are_kept_together_or_not_at_all(tmp_path: Path):
    stamps = {}
    for name in "abc":
        (tmp_path / "site" / name).mkdir(parents=True)
        (tmp_path / "site" / name / "index.html").write_text(name)
        facts = (tmp_path / "site" / name / "index.html").stat()
        stamps[f"{name}/index.html"] = Stamp(name, facts.st_mtime_ns, facts.st_size)
    wanted = [(path, stamp.fingerprint) for path, stamp in stamps.items()]
    assert [item.written for item in grown(tmp_path, {}, stamps).keep_all(wanted) or ()] == [False] * 3
    shutil.rmtree(tmp_path / "next")
    (tmp_path / "site/c/index.html").unlink()
    made = grown(tmp_path, {}, stamps)
    assert made.keep_all(wanted) is None
    assert not [path for path in (tmp_path / "next").rglob("*") if path.is_file()]
    assert [made.place(path, name, name.encode).written for path, name in wanted] == [False, False, True]


def test_files_that_no_build_wrote_are_carried_along(tmp_path: Path):
    site = tmp_path / "site"
    (site / "own/deep").mkdir(parents=True)
    (site / "empty").mkdir()
    (site / "own/deep/notes.txt").write_bytes(b"mine")
    (site / "link").symlink_to("/nowhere")
    made = grown(tmp_path, {"index.html": b"x"})
    carried = made.carry({"index.html"})
    assert sorted(carried) == ["empty/", "link", "own/deep/notes.txt"]
    assert (tmp_path / "next/own/deep/notes.txt").read_bytes() == b"mine"
    assert (tmp_path / "next/link").readlink() == Path("/nowhere")
    assert (tmp_path / "next/empty").is_dir()


@pytest.mark.parametrize(
    "obstacle", ["a file for a folder", "a link for a file", "a folder for a file", "an empty one"]
)
def test_what_stands_in_the_way_is_an_error(tmp_path: Path, obstacle: str):
    site = tmp_path / "site"
    site.mkdir()
    if obstacle == "a file for a folder":
        (site / "ask").write_bytes(b"mine")
    elif obstacle == "a link for a file":
        (site / "index.html").symlink_to("/etc/hostname")
    elif obstacle == "an empty one":
        (site / "index.html").mkdir()
    else:
        (site / "index.html/deep").mkdir(parents=True)
        (site / "index.html/deep/mine.txt").write_bytes(b"mine")
    made = grown(tmp_path, {"index.html": b"x", "ask/a/index.html": b"y"})
    with pytest.raises(OutputError, match="stands where the site needs a place"):
        made.carry({"index.html", "ask/a/index.html"})


def test_two_names_that_are_one_where_case_is_ignored_are_found():
    assert files.clashes(["model/Pea/", "model/pea/", "ask/a/"]) == [("model/Pea/", "model/pea/")]
    assert files.clashes(["caf\u00e9", "cafe\u0301"]) == [("cafe\u0301", "caf\u00e9")]


def folder(path: Path, text: str) -> Path:
    path.mkdir(parents=True)
    (path / MARK).write_text(text)
    return path


@pytest.mark.parametrize("by", [publishing.exchange, publishing.exchange_by_renaming])
def test_two_folders_change_places(tmp_path: Path, by):
    one, other = folder(tmp_path / "one", "1"), folder(tmp_path / "other", "2")
    by(one, other)
    assert ((one / MARK).read_text(), (other / MARK).read_text()) == ("2", "1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other"]


def test_a_system_without_exchange_renames_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(publishing, "_rename_exchange", lambda one, other: False)
    one, other = folder(tmp_path / "one", "1"), folder(tmp_path / "other", "2")
    publishing.exchange(one, other)
    assert (other / MARK).read_text() == "1"


def test_an_exchange_by_renaming_that_was_cut_off_is_mended(tmp_path: Path):
    state = State(tmp_path / "_site")
    folder(state.next.with_name("next.old"), "old")
    publishing.mend_exchange(state, is_known=True)
    assert (state.target / MARK).read_text() == "old"


def test_a_system_without_hard_links_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EPERM, "not here")

    (tmp_path / "a").write_bytes(b"x")
    times = (tmp_path / "a").stat().st_mtime_ns
    monkeypatch.setattr(os, "link", refuse)
    generation.link(str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_bytes() == b"x"
    assert (tmp_path / "b").stat().st_mtime_ns == times


def test_a_file_that_is_not_there_yet_is_written_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    assert [files.create_text(tmp_path / "a.md", text) for text in ("one", "two")] == [True, False]
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.md": "one"}


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_files_that_belong_together_are_all_there_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int):
    left = iter(range(moves))
    move = os.replace

    def fill_up(source: object, target: object) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        move(source, target)

    monkeypatch.setattr(os, "replace", fill_up)
    contents = {"agsite.yml": ("title: A", False), "answers/a.md": ("", False), "Makefile": ("", False)}
    (tmp_path / "archive/.git").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"No space left on device(.|\n)*Nothing was left there"):
        files.create_all(tmp_path / "archive", contents)
    assert [path.name for path in (tmp_path / "archive").iterdir()] == [".git"]


def test_the_lock_names_its_holder_and_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files.lock, "_PATIENCE", 0.1)
    hold = (
        "import sys, time, pathlib; from agsite import files\n"
        "with files.locked(pathlib.Path(sys.argv[1]), 'x'):\n"
        "    print(1, flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", hold, tmp_path / "lock"], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.read(1)
    try:
        with (
            pytest.raises(LockedError, match=f"_site is locked by process {holder.pid}"),
            files.locked(tmp_path / "lock", "_site"),
        ):
            pytest.fail("two at once")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    with files.locked(tmp_path / "lock", "_site"):
        pass


@pytest.mark.parametrize(
    ("lay", "said"),
    [
        (lambda path: path.write_text("x"), "is a file"),
        (lambda path: path.symlink_to("elsewhere"), "is a symbolic link"),
        (lambda path: (path.mkdir(), (path / "thesis.tex").write_text("x")), "holds files that no build wrote"),
    ],
)
def test_an_output_that_is_no_site_of_ours_is_refused(tmp_path: Path, lay, said: str):
    lay(tmp_path / "_site")
    with pytest.raises(OutputError, match=said), files.publication(State(tmp_path / "_site")):
        pytest.fail("it was not refused")


def test_a_refused_output_costs_nothing_and_leaves_nothing(tmp_path: Path):
    write_answers(tmp_path)
    (tmp_path / "_site").mkdir()
    (tmp_path / "_site/thesis.tex").write_text("x")
    with pytest.raises(OutputError, match="holds files that no build wrote"):
        built(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_site", "answers"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("answers/_site", "lies in"),
        ("answers/x/../_site", "lies in"),
        ("link/_site", "lies in"),
        ("templates/_site", "lies in"),
        ("papers", "is"),
        ("site_src/new", "lies in"),
        ("site", "holds"),
    ],
)
def test_an_output_in_what_is_read_or_around_it_is_refused(tmp_path: Path, output: str, said: str):
    write_answers(tmp_path / "site").rename(tmp_path / "answers")
    (tmp_path / "link").symlink_to("answers")
    (tmp_path / "site" / MARK).touch()
    with pytest.raises(OutputError, match=rf"{said} .*, which a build reads\n  Name a folder beside it "):
        built(tmp_path, output=str(tmp_path / output), assets=(str(tmp_path / "site_src"), str(tmp_path / "site/more")))
    assert not list(tmp_path.rglob("index.html"))


def test_an_output_that_is_hidden_or_only_begins_like_a_folder_is_not_read(tmp_path: Path):
    write_answers(tmp_path)
    for output in ("answers/.site", "answers-site"):
        for _ in range(2):
            assert built(tmp_path, output=str(tmp_path / output)).counts["answers"] == 4


def test_a_folder_that_cannot_be_read_is_said_with_what_to_do():
    assert files.refusal("unreadable (Permission denied)") == (
        "it is unreadable (Permission denied)",
        "Let it be read, or move it away.",
    )
    assert files.refusal("a symbolic link")[0] == "it is a symbolic link, which is not read"


def test_folders_may_lie_deeper_in_each_other_than_calls_may(tmp_path: Path):
    """Python's own making and deleting of folders calls itself for each."""
    deepest = f"{tmp_path}/{'d/' * 1_200}"
    subprocess.run(["mkdir", "-p", deepest], check=True)
    try:
        Path(f"{deepest}a.md").touch()
        assert files.find(tmp_path, (".md",)) == ([f"{deepest}a.md"], [])
        assert [path for path, *_ in files.snapshot([str(tmp_path)])] == [f"{deepest}a.md"]
        assert stamps.foreign(str(tmp_path), {}) == [f"{'d/' * 1_200}a.md"]
    finally:
        subprocess.run(["rm", "-r", tmp_path / "d"], check=True)


def test_a_link_that_leads_in_a_circle_is_refused_and_the_others_are_found(tmp_path: Path):
    (tmp_path / "one.md").touch()
    (tmp_path / "loop").symlink_to("loop")
    assert files.find(tmp_path, (".md",)) == ([str(tmp_path / "one.md")], [(str(tmp_path / "loop"), "a symbolic link")])


def test_a_snapshot_leaves_out_what_nobody_wrote(tmp_path: Path):
    (tmp_path / "__pycache__").mkdir()
    before = files.snapshot([str(tmp_path)])
    (tmp_path / "__pycache__/x.pyc").touch()
    (tmp_path / ".x.swp").touch()
    assert files.snapshot([str(tmp_path)]) == before


def test_a_snapshot_sees_every_change(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x").write_text("1")
    seen = [files.snapshot([str(tmp_path / "a"), str(tmp_path / "gone")])]
    for change in (
        lambda: (tmp_path / "a/x").write_text("12"),
        (tmp_path / "a/y").touch,
        (tmp_path / "gone").touch,
    ):
        change()
        seen.append(files.snapshot([str(tmp_path / "a"), str(tmp_path / "gone")]))
    assert len({str(state) for state in seen}) == 4


def test_a_file_that_is_touched_up_to_look_the_same_is_seen(tmp_path: Path):
    page = tmp_path / "x"
    page.write_text("pea")
    before, facts = files.snapshot([str(tmp_path)]), page.stat()
    time.sleep(0.02)  # the clock of some systems ticks in steps
    page.write_text("bee")
    os.utime(page, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert page.stat().st_mtime_ns == facts.st_mtime_ns
    assert files.snapshot([str(tmp_path)]) != before


def test_two_generations_never_have_one_name_whatever_the_clock_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The disk keeps whole seconds, and the clock stands still."""
    write = generation._write_new

    def stand_still(path: str, data: bytes) -> os.stat_result:
        write(path, data)
        os.utime(path, (7, 7))
        return Path(path).stat()

    monkeypatch.setattr(generation, "_write_new", stand_still)
    first = grown(tmp_path, {"index.html": b"1"}).mark(b"{}")
    files.exchange(tmp_path / "next", tmp_path / "site")
    second = grown(tmp_path, {"index.html": b"2"}).mark(b"{}")
    assert first.stamp.mtime_ns != second.stamp.mtime_ns == (tmp_path / "next" / MARK).stat().st_mtime_ns


def test_a_disk_that_is_full_is_named_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(handle: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    made = grown(tmp_path, {})
    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(OSError, match=r"No space left on device: .*/next/a/b.html"):
        made.place("a/b.html", "x", b"x".__bytes__)
