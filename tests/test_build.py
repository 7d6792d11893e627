"""The same site by every road, published in one step, whatever happens on the way."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agsite import files, search, unchanged
from agsite.addresses import Redirect
from agsite.archive import build_archive
from agsite.build import build, making, pool, searching
from agsite.build.making import Maker
from agsite.build.pool import WorkerError
from agsite.build.unfit import Planned, unfit
from agsite.config import Config
from agsite.errors import ConfigError, OutputError, TemplateError
from agsite.look import TextFile
from agsite.pages import Overview, plan_sections
from agsite.render import Renderer
from agsite.report import Report
from tests.archives import answer_text
from tests.building import built, options, tree, write_answers
from tests.sites import broken_links

CONFIG = Config(share_images=False)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of four answers."""
    write_answers(tmp_path)
    return tmp_path


def counts(report: Report) -> tuple[int, int, int]:
    return tuple(report.counts[key] for key in ("written", "unchanged", "deleted"))


# --- the same site by every road


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_several_processes_make_the_same_bytes(archive: Path, monkeypatch: pytest.MonkeyPatch, start: str):
    built(archive, output=str(archive / "one"))
    monkeypatch.setattr(making, "FEW", 0)
    monkeypatch.setattr(making, "may_fork", lambda: start == "fork")
    built(archive, output=str(archive / "several"), jobs=3)
    assert tree(archive / "one") == tree(archive / "several")


def test_an_edit_makes_the_same_few_files_by_every_road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What was noted on one road is believed on the others."""
    answers = write_answers(tmp_path, 6)
    monkeypatch.setattr(making, "FEW", 0)
    roads = {"here": (1, True), "fork": (2, True), "spawn": (2, False)}
    written = {}
    for first in roads:
        for then in roads:
            text = f"Turn {len(written)}"
            for road in (first, then):
                (answers / "spoon-1.md").write_text(f"{(answers / 'spoon-1.md').read_text('utf-8')}{text} {road}.\n")
                jobs, forks = roads[road]
                monkeypatch.setattr(making, "may_fork", lambda forks=forks: forks)
                written[first, then] = built(tmp_path, jobs=jobs).counts["written"]
    built(tmp_path, output=str(tmp_path / "clean"), previous=str(tmp_path / "_site/urls.txt"))
    assert tree(tmp_path / "_site") == tree(tmp_path / "clean")
    assert len(set(written.values())) == 1
    assert set(written.values()) < set(range(20))


def searched(folder: Path, name: str, **more: object) -> dict[str, str]:
    """A site with its search, and an index of its own."""
    built(folder, output=str(folder / name), search=True, search_index=str(folder / f"{name}-index"), **more)
    return tree(folder / name)


def test_a_search_that_is_made_apart_is_handed_over_and_not_made_twice(archive: Path, monkeypatch: pytest.MonkeyPatch):
    expected, parent = searched(archive, "one"), os.getpid()
    made, refreshed = [], search.refreshed
    monkeypatch.setattr(searching, "_FEW", 0)
    monkeypatch.setattr(searching, "may_fork", lambda: True)  # other tests may have left threads behind
    monkeypatch.setattr(search, "refreshed", lambda *given: made.append(os.getpid() == parent) or refreshed(*given))
    assert searched(archive, "other", jobs=2) == expected
    assert not made


@pytest.mark.parametrize("end", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: 1 / 0])
def test_a_search_whose_process_dies_or_fails_is_made_here(archive: Path, monkeypatch: pytest.MonkeyPatch, end):
    expected, parent, refreshed = searched(archive, "one"), os.getpid(), search.refreshed
    monkeypatch.setattr(searching, "_FEW", 0)
    monkeypatch.setattr(search, "refreshed", lambda *given: refreshed(*given) if os.getpid() == parent else end())
    assert searched(archive, "other", jobs=2) == expected


def test_times_of_files_locale_hash_seed_and_place_change_nothing(tmp_path: Path):
    surroundings = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "HOME": "/nowhere"},
    ]
    trees = []
    for name, environment in zip(("plain", "with space é", "🥣 ü"), surroundings, strict=True):
        folder = tmp_path / name
        names = sorted(path.name for path in write_answers(tmp_path / "source", 6).iterdir())
        (folder / "answers").mkdir(parents=True)
        for file in names if name == "plain" else reversed(names):
            shutil.copy(tmp_path / "source/answers" / file, folder / "answers")
            os.utime(folder / "answers" / file, (0, 0) if name == "plain" else (4_102_444_800, 4_102_444_800))
        command = [sys.executable, "-m", "agsite", "build", "--no-search", "--jobs", "1"]
        umask = 0o022 if name == "plain" else 0o077
        subprocess.run(command, cwd=folder, env=os.environ | environment, check=True, umask=umask, capture_output=True)
        trees.append(tree(folder / "_site"))
    assert trees[0] == trees[1] == trees[2]


# --- what a build leaves alone


def test_nothing_changed_means_nothing_written(archive: Path):
    first = built(archive)
    second = built(archive)
    assert counts(second) == (0, sum(counts(first)[:2]), 0)


def test_the_last_report_is_given_again_where_nothing_was_touched(archive: Path):
    command = [sys.executable, "-m", "agsite", "build", "--no-search", "--json"]
    said = [subprocess.run(command, cwd=archive, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert '"compare"' not in said[0]
    assert '"seconds": {"compare"' in said[1]
    (archive / "_site/index.html").write_text("by hand")
    again = subprocess.run(command, cwd=archive, capture_output=True, text=True, check=True).stdout
    assert '"compare"' not in again
    assert (archive / "_site/index.html").read_text() != "by hand"


def test_whatever_was_added_or_asked_for_since_is_built(archive: Path):
    def is_built(*options: str) -> bool:
        command = [sys.executable, "-m", "agsite", "build", "--no-search", "--json", *options]
        said = subprocess.run(command, cwd=archive, capture_output=True, check=True).stdout
        return b'"compare"' not in said

    added = {
        "answers/new.md": answer_text("Who is new?", "So."),
        "papers/one.jsonl": '{"id": "AG-2025.03-1234", "title": "Soup & <Spoons>"}',
        "templates/words.yml": "sources: Quellen",
        "site_src/pages/us.md": "# Us",
        "redirects.yml": "ask/old/: ask/spoon-1/",
        "agsite.yml": "title: Soup",
    }
    assert is_built()
    for name, text in added.items():
        (archive / name).parent.mkdir(parents=True, exist_ok=True)
        (archive / name).write_text(text, "utf-8")
        assert is_built(), name
    assert [is_built("--drafts"), is_built("--drafts"), is_built()] == [True, False, True]


def test_the_page_of_an_answer_leads_to_its_file_where_that_is_moved_to_another_folder(archive: Path):
    (archive / "agsite.yml").write_text("repository: https://github.com/somebody/archive\n", "utf-8")
    command = [sys.executable, "-m", "agsite", "build", "--no-search"]
    for place in ("answers/spoon-1.md", "answers/more/spoon-1.md"):
        (archive / place).parent.mkdir(exist_ok=True)
        (archive / "answers/spoon-1.md").rename(archive / place)
        subprocess.run(command, cwd=archive, capture_output=True, check=True)
        page = (archive / "_site/ask/spoon-1/index.html").read_text("utf-8")
        assert f"https://github.com/somebody/archive/edit/main/{place}" in page


def test_a_report_of_a_build_that_another_one_overtook_is_not_given_again(archive: Path):
    """Two builds at once: the one that read the newer answers publishes first and notes its report last."""
    request, inputs, output = (1,), [str(archive / "answers")], str(archive / "_site")
    slow = built(archive, output=output)
    edit(archive)
    newer = unchanged.look_around(request, inputs)
    fast = built(archive, output=output)
    unchanged.remember(output, newer, fast.generation, {"of": "fast"})
    assert unchanged.recall(output, newer) == {"of": "fast"}
    built(archive, output=output, drafts=True, config=Config(share_images=False, title="Of the slow one"))
    assert unchanged.recall(output, newer) is None
    assert slow.generation != fast.generation


def test_a_report_is_noted_under_the_lock(archive: Path, monkeypatch: pytest.MonkeyPatch):
    """Else what is left by a build that is killed just then would stay until the next edit."""
    monkeypatch.setattr(files.lock, "_PATIENCE", 0.1)
    output, state = str(archive / "_site"), files.State(archive / "_site")
    generation, now = built(archive).generation, unchanged.look_around((), [])
    with files.locked(state.lock, output):
        unchanged.remember(output, now, generation, {})
    assert unchanged.recall(output, now) is None
    unchanged.remember(output, now, generation, {"of": "it"})
    assert unchanged.recall(output, now) == {"of": "it"}


def test_a_build_that_writes_nothing_keeps_the_generation(archive: Path):
    assert built(archive).generation == built(archive).generation != ""


def test_an_output_may_be_called_like_the_folder_of_the_index(archive: Path):
    command = [sys.executable, "-m", "agsite", "build", "--output", "index", "--jobs", "1"]
    for _ in range(2):
        subprocess.run(command, cwd=archive, check=True, capture_output=True, timeout=60)
    assert (archive / "index/search/index.html").exists()
    assert (archive / ".agsite/index/manifest").exists()


def test_one_edited_answer_rewrites_what_shows_it_and_nothing_else(archive: Path):
    built(archive)
    before = tree(archive / "_site")
    edited = archive / "answers/spoon-2.md"
    edited.write_text(edited.read_text("utf-8").replace("Nobody knows why.", "Nobody knows who."), "utf-8")
    report = built(archive)
    after = tree(archive / "_site")
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    assert {"ask/spoon-2/index.html", "ask/spoon-2/index.md", "ask/spoon-2/index.json", "data/answers.jsonl"} <= changed
    assert not {path for path in changed if path.startswith("ask/") and "spoon-2" not in path}
    assert "about/index.html" not in changed
    assert report.counts["written"] < len(after) / 3


def test_untouched_files_keep_their_inodes(archive: Path):
    built(archive)
    page = archive / "_site/about/index.html"
    inode = page.stat().st_ino
    for number in range(3):
        (archive / "answers/spoon-9.md").write_text(
            (archive / "answers/spoon-0.md").read_text("utf-8") + f"More {number}.\n"
        )
        assert counts(built(archive))[0] > 0
        assert page.stat().st_ino == inode


def test_full_makes_everything_anew(archive: Path):
    first = built(archive)
    assert counts(built(archive, full=True)) == (sum(counts(first)[:2]), 0, 0)


def test_only_what_a_build_wrote_is_deleted(archive: Path):
    built(archive)
    own = archive / "_site/paper/notes/mine.txt"
    own.parent.mkdir()
    own.write_text("mine")
    (archive / "answers/spoon-3.md").unlink()
    (archive / "redirects.yml").write_text("ask/spoon-3/: gone\n")
    report = built(archive)
    assert report.counts["deleted"] > 0
    assert not (archive / "_site/ask/spoon-3").exists()
    assert own.read_text() == "mine"
    own.unlink()
    (archive / "answers/spoon-1.md").touch()
    (archive / "redirects.yml").write_text("ask/spoon-3/: gone\nask/x/: gone\n")
    for _ in range(2):
        built(archive, Config(share_images=False, title=f"{own.exists()}"))
        assert not own.exists()


def test_spellings_that_differ_by_case_do_not_stop_the_site(archive: Path):
    for number, (model, category) in enumerate([("Soup-1", "cs.lg"), ("soup-1", "Broth"), ("SOUP-1", "broth")], 1):
        path = archive / f"answers/spoon-{number}.md"
        text = path.read_text("utf-8").replace("test-model", model)
        path.write_text(text.replace("category: hep-ph", f"category: {category}"), "utf-8")
    report = built(archive)
    assert report.published
    # The oldest answer says what the page is called.
    assert sorted(path.name for path in (archive / "_site/model").iterdir()) == ["Soup-1", "index.html", "test-model"]
    page = (archive / "_site/model/Soup-1/index.html").read_text("utf-8")
    assert all(f"../../ask/spoon-{number}/" in page for number in (1, 2, 3))
    assert [finding.path for finding in report.findings if finding.code == "AG310"] == [
        f"{archive}/answers/spoon-{number}.md" for number in (2, 3)
    ]
    assert broken_links(archive / "_site", "/") == []


def test_a_draft_does_not_decide_how_a_model_is_spelt(archive: Path):
    for number, (model, status) in enumerate([("Soup-1", "status: draft\n"), ("soup-1", "")]):
        path = archive / f"answers/spoon-{number}.md"
        path.write_text(path.read_text("utf-8").replace("model: test-model\n", f"model: {model}\n{status}"), "utf-8")
    report = built(archive, drafts=True)
    assert sorted(path.name for path in (archive / "_site/model").iterdir()) == ["index.html", "soup-1", "test-model"]
    told = [finding.message for finding in report.findings if finding.code == "AG310"]
    assert told == [f"the model “Soup-1” is spelt “soup-1” in {archive}/answers/spoon-1.md"]


def test_files_that_were_deleted_by_hand_are_made_again(archive: Path):
    built(archive)
    whole = tree(archive / "_site")
    for full in (False, True):
        for path in whole:
            if path.startswith(("about/", "ask/spoon-1/")):
                (archive / "_site" / path).unlink()
        assert built(archive, full=full).published
        assert tree(archive / "_site") == whole


def test_a_deleted_output_and_a_deleted_state_are_no_trouble(archive: Path):
    built(archive)
    whole = tree(archive / "_site")
    for gone in ("_site", ".agsite", "_site/ask"):
        shutil.rmtree(archive / gone)
        built(archive)
        assert tree(archive / "_site") == whole


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_damaged_manifest_leads_to_a_whole_build(archive: Path, damage: str):
    built(archive)
    whole = tree(archive / "_site")
    for path in (archive / ".agsite/_site").glob("*.manifest"):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes({"cut": data[:-9], "flipped": data, "empty": b""}[damage])
    assert counts(built(archive))[0] > 0
    assert tree(archive / "_site") == whole


# --- what goes wrong


@contextmanager
def intact(site: Path) -> Iterator[None]:
    """The site is as it was, and nothing half-made lies about."""
    before = tree(site)
    yield
    assert tree(site) == before
    assert not (site.parent / ".agsite/_site/next").exists()


def edit(archive: Path) -> None:
    for path in (archive / "answers").iterdir():
        path.write_text(path.read_text("utf-8") + "And more.\n", "utf-8")


def test_a_worker_that_dies_is_an_error_that_names_the_page(archive: Path, monkeypatch: pytest.MonkeyPatch):
    built(archive)
    edit(archive)
    render = Renderer.render

    def die(self: Renderer, page):
        if page.url == "ask/spoon-2/":
            os.kill(os.getpid(), signal.SIGKILL)
        return render(self, page)

    monkeypatch.setattr(Renderer, "render", die)
    monkeypatch.setattr(making, "may_fork", lambda: True)  # a thread that an earlier test left must not decide
    monkeypatch.setattr(making, "FEW", 0)
    with intact(archive / "_site"), pytest.raises(WorkerError, match="status -9 while it made “ask/spoon-2/”"):
        built(archive, jobs=2)


def test_what_fails_in_a_worker_is_raised_here(archive: Path, monkeypatch: pytest.MonkeyPatch):
    (archive / "templates").mkdir()
    (archive / "templates/paper.html").write_text(
        '{% extends "base.html" %}\n{% block main %}{{ page.soup }}{% endblock %}'
    )
    monkeypatch.setattr(making, "FEW", 0)
    with pytest.raises(TemplateError, match=r"templates/paper.html:2: .*soup.* \(page /paper/AG-"):
        built(archive, jobs=2)
    assert not (archive / "_site").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{{ asset("mine.css") }}', "there is no asset mine.css"),
        ('{{ t("preprints", n=2) }}', "the phrase “preprints” needs a value for {years}"),
        ('{{ t("soup") }}', "the catalogue has no phrase “soup”"),
        ('{% include "nope.html" %}', "there is no template nope.html"),
    ],
)
def test_what_a_template_asks_for_in_vain_is_named(archive: Path, text: str, said: str):
    (archive / "templates").mkdir()
    (archive / "templates/404.html").write_text(
        f'{{% extends "base.html" %}}\n{{% block main %}}{text}{{% endblock %}}'
    )
    with pytest.raises(TemplateError) as raised:
        built(archive)
    assert raised.value.message == f"{archive}/templates/404.html:2: {said} (page /404.html)"


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("{% for x in y %}\n" * 21 + "{% endfor %}" * 21, 22, "too many statically nested blocks"),
        ("{% if x %}" * 120 + "{% endif %}" * 120, 2, "too many levels of indentation"),
        ("\n{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", 3, "blocks, brackets or operators are nested too deeply"),
        ("\n{{ t(key=1, key=2) }}", 3, "keyword argument repeated: key"),
        ("\n{# open", 3, "Missing end of comment tag"),
    ],
)
def test_a_template_that_python_cannot_follow_is_a_mistake_at_its_line(
    archive: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int, said: str, jobs: int
):
    monkeypatch.setattr(making, "FEW", 0)
    (archive / "templates").mkdir()
    path = archive / "templates/404.html"
    path.write_text(f"<p>\n{text}")
    report = Report()
    with pytest.raises(TemplateError) as raised:
        build(options(archive, jobs=jobs), Config(share_images=False), report)
    assert str(raised.value).startswith(f"{path}:{line}: {said}")
    assert [str(finding) for finding in report.findings if finding.code == "AG509"] == [
        f"{path}:{line}: error AG509 {said}"
    ]


def test_a_template_that_extends_itself_is_told_the_name_of_ours(archive: Path):
    (archive / "templates").mkdir()
    path = archive / "templates/paper.html"
    path.write_text('{# ours #}\n{%- extends "paper.html" %}')
    report = Report()
    with pytest.raises(TemplateError):
        build(options(archive), Config(share_images=False), report)
    (finding,) = (finding for finding in report.findings if finding.code == "AG509")
    assert str(finding) == f"{path}:2: error AG509 it extends itself"
    assert finding.help == "To extend agsite's own, name it: agsite/paper.html."


@pytest.mark.parametrize("name", ["agsite/base.html", "base.html"])
def test_a_template_extends_any_of_ours_by_its_name(archive: Path, name: str):
    (archive / "templates").mkdir()
    text = (
        f'{{% extends "{name}" %}}{{% import "agsite/parts.html" as parts %}}{{% block main %}}Our soup{{% endblock %}}'
    )
    (archive / "templates/home.html").write_text(text)
    report = Report()
    build(options(archive), Config(share_images=False), report)
    assert [finding for finding in report.findings if finding.code in {"AG507", "AG509"}] == []
    assert "Our soup" in (archive / "_site/index.html").read_text("utf-8")


def test_a_template_that_names_one_that_is_not_there_is_told_with_the_nearest(archive: Path):
    (archive / "templates").mkdir()
    path = archive / "templates/home.html"
    path.write_text(
        '{% extends "agsite/base.html" %}\n{% include "own.html" ignore missing %}{% include "part.html" %}'
    )
    report = Report()
    with pytest.raises(TemplateError):
        build(options(archive), Config(share_images=False), report)
    (finding,) = (finding for finding in report.findings if finding.code == "AG509")
    assert (str(finding), finding.help) == (
        f"{path}:2: error AG509 there is no template part.html",
        "Did you mean parts.html?",
    )


def test_what_a_template_need_not_load_may_be_missing(archive: Path):
    (archive / "templates").mkdir()
    (archive / "templates/home.html").write_text(
        """{% extends "agsite/base.html" %}
        {# {% include "none.html" %} {% extends "home.html" %} #}
        {% raw %}{% include "none.html" %}{% endraw %}
        {% block main %}
        {% include "none.html" if false else "bowl.html" %}{% include ["none.html", "bowl.html"] %}
        {% set kind = "bo" %}{% include "bo" ~ "wl.html" %}{% include kind ~ "wl.html" %}
        {% include "none.html" ignore missing %}
        {% endblock %}"""
    )
    (archive / "templates/bowl.html").write_text("A bowl.")
    report = Report()
    build(options(archive), Config(share_images=False), report)
    assert [str(finding) for finding in report.findings if finding.code == "AG509"] == []
    assert (archive / "_site/index.html").read_text("utf-8").count("A bowl.") == 4


def test_a_template_that_does_not_parse_leaves_the_old_site(archive: Path):
    built(archive)
    (archive / "templates").mkdir()
    (archive / "templates/answer.html").write_text("{% if %}")
    with intact(archive / "_site"), pytest.raises(TemplateError, match=r"answer.html:1: "):
        built(archive)


def test_two_files_that_a_disk_without_case_would_mix_are_refused(archive: Path):
    built(archive)
    (archive / "site_src").mkdir()
    (archive / "site_src/Style.css").write_text("p { color: teal }\n")
    with (
        intact(archive / "_site"),
        pytest.raises(OutputError, match=r"assets/Style.css and assets/style.css are one file"),
    ):
        built(archive)


def _limited(folder: Path, kind: int, limit: int, answer: multiprocessing.SimpleQueue) -> None:
    resource.setrlimit(kind, (limit, limit))
    try:
        built(folder)
        answer.put("built")
    except OutputError as error:
        answer.put(f"{type(error).__name__} {error}")


@pytest.mark.parametrize(("kind", "limit", "said"), [(resource.RLIMIT_FSIZE, 5_000, "File too large")])
def test_a_disk_that_takes_no_more_leaves_the_old_site(archive: Path, kind: int, limit: int, said: str):
    built(archive)
    edit(archive)
    context = multiprocessing.get_context("forkserver")
    answer = context.SimpleQueue()
    with intact(archive / "_site"):
        process = context.Process(target=_limited, args=(archive, kind, limit, answer))
        process.start()
        process.join()
        assert said in answer.get()
    assert counts(built(archive))[0] > 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_said_and_the_old_site_stands(archive: Path):
    mount = "mount -t tmpfs -o size=700k none disk 2>/dev/null || exit 77; cp -r answers disk; cd disk;"
    build = f"{sys.executable} -m agsite build --no-search"
    first = f"{build} -q 2>&1 >/dev/null || {build} >/dev/null 2>&1;"
    grow = "find _site -type f | sort | xargs sha256sum > ../before; for i in answers/*; do seq 9000 >> $i; done;"
    compare = "find _site -type f | sort | xargs sha256sum | diff - ../before && echo same; ls .agsite/_site"
    again = f"{build}; echo exit $?; {compare}"
    (archive / "disk").mkdir()
    run = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"{mount} {first} {grow} {again}"],
        cwd=archive,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == 77 or "unshare" in run.stderr:
        pytest.skip("no small disk can be mounted here")
    assert "exit 3" in run.stdout, run.stdout + run.stderr
    assert "No space left on device" in run.stderr
    assert "Traceback" not in run.stderr
    assert "same" in run.stdout
    assert "next" not in run.stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_build_with_one_line(tmp_path: Path, number: signal.Signals, code: int):
    write_answers(tmp_path, 150)
    built(tmp_path)
    edit(tmp_path)
    with intact(tmp_path / "_site"):
        command = [sys.executable, "-m", "agsite", "build", "--no-search", "--jobs", "2"]
        running = subprocess.Popen(
            command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=os.environ | {"CI": "1"}
        )
        wait_for(tmp_path / ".agsite/_site/next/assets", tmp_path / ".agsite/_site/next")
        running.send_signal(number)
        _, said = running.communicate(timeout=20)
        assert running.returncode == code
        assert said.splitlines()[-1] == f"agsite: stopped by {number.name}"
        assert "Traceback" not in said


def wait_for(*paths: Path) -> None:
    deadline = time.monotonic() + 20
    while not any(path.exists() and any(path.iterdir()) for path in paths):
        assert time.monotonic() < deadline, f"{paths} never came"
        time.sleep(0.005)


def test_a_build_that_is_killed_leaves_one_whole_site_and_the_next_build_ends_as_ever(tmp_path: Path):
    """Shortened; `bench/kill.py` does it 200 times."""
    write_answers(tmp_path, 12)
    built(tmp_path)
    old = tree(tmp_path / "_site")
    edit(tmp_path)
    built(tmp_path, output=str(tmp_path / "clean"), previous=str(tmp_path / "_site/urls.txt"))
    new = tree(tmp_path / "clean")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.building"])
    chance = random.Random(20)
    seen = set()
    for _ in range(10):
        process = context.Process(target=built, args=(tmp_path,), kwargs={"jobs": chance.choice([1, 2])})
        process.start()
        time.sleep(chance.uniform(0, 0.7))
        process.kill()
        process.join()
        now = tree(tmp_path / "_site")
        assert now in (old, new)
        seen.add(now == new)
    built(tmp_path)
    assert tree(tmp_path / "_site") == new
    assert {path.name for path in tmp_path.iterdir()} == {"answers", "_site", ".agsite", "clean"}


def test_a_reader_never_sees_half_a_site(archive: Path):
    site = archive / "_site"
    built(archive, Config(share_images=False, title="Soup 0"))
    mixtures, reads, stop = [], [0], threading.Event()

    def read() -> None:
        while not stop.is_set():
            first, page, last = (
                (site / name).read_text("utf-8") for name in ("index.html", "about/index.html", "index.html")
            )
            if first == last and titled(first) != titled(page):
                mixtures.append((titled(first), titled(page)))
            reads[0] += 3

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(8):
            built(archive, Config(share_images=False, title=f"Soup {number}"))
    finally:
        stop.set()
        reader.join()
    assert mixtures == []
    assert reads[0] > 500


def titled(page: str) -> str:
    return page.split("</title>", 1)[0].rpartition("Soup ")[2]


def test_builds_of_one_output_wait_for_each_other(archive: Path):
    context = multiprocessing.get_context("forkserver")
    processes = [context.Process(target=built, args=(archive,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    built(archive, output=str(archive / "clean"))
    assert tree(archive / "_site") == tree(archive / "clean")


# --- elsewhere


def test_a_cluster_makes_the_same_bytes_and_survives_the_death_of_a_worker(tmp_path: Path):
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'agsite[cluster]'")
    write_answers(tmp_path, 150)
    built(tmp_path, output=str(tmp_path / "here"))
    with cluster(tmp_path) as (address, workers):
        report = Report()

        def kill_one(stage: str, done: int, total: int) -> None:
            if stage == "render" and done > total / 2 and workers[0].poll() is None:
                workers[0].kill()

        report.progress = kill_one
        making_options = options(tmp_path, output=str(tmp_path / "there"), cluster=address)
        build(making_options, CONFIG, report)
        assert workers[0].wait(10) == -signal.SIGKILL
    assert tree(tmp_path / "here") == tree(tmp_path / "there")


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A Dask scheduler and two workers on this machine, by Dask's own commands."""
    dask = [sys.executable, "-W", "ignore", "-m", "dask"]
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"PYTHONPATH": str(Path(making.__file__).parents[2])}
    file = folder / "scheduler.json"
    scheduler = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file]
    worker = [
        *dask,
        "worker",
        "--scheduler-file",
        file,
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
        "--host",
        "127.0.0.1",
    ]
    started = [subprocess.Popen(scheduler, env=environment, **quiet)]
    try:
        wait_for_file(file)
        started += [subprocess.Popen(worker, env=environment, **quiet) for _ in range(2)]
        from distributed import Client

        address = json.loads(file.read_text())["address"]
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=30)
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def wait_for_file(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists() or not path.read_text():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.05)


def test_a_cluster_that_is_not_there_is_an_error(archive: Path, monkeypatch: pytest.MonkeyPatch):
    cluster_module = pytest.importorskip("agsite.build.cluster")
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster_module, "_PATIENCE", 0.3)
    with pytest.raises(ConfigError, match=r"there is no Dask scheduler at tcp://127\.0\.0\.1:9"):
        built(archive, cluster="tcp://127.0.0.1:9")


def test_the_pool_ends_its_processes():
    worked = pool.Pool(2, "fork", lambda task, begin: task * 2)
    assert sorted(result for _, result in worked.map(range(9))) == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert multiprocessing.active_children() == []


def test_every_section_is_made_once():
    for count in (0, 1, 32, 33, 64, 65, 500):
        assert sorted(n for task in making._from_both_ends(count) for n in task) == list(range(count))


def test_the_maker_renders_nothing_that_it_has(archive: Path, monkeypatch: pytest.MonkeyPatch):
    built(archive)
    monkeypatch.setattr(Maker, "_render", lambda self, page: pytest.fail(f"{page.url} was rendered"))
    assert counts(built(archive))[0] == 0


def test_names_of_pages_are_compared_without_planning_feeds_and_the_sitemap():
    """They would take longer than all else that a build with nothing to do plans."""
    overview = Overview(build_archive([], ()), Config(), {"about/": ""})
    sections = [
        section if section.url.endswith("/") else section._replace(planned=lambda _: pytest.fail("it was planned"))
        for section in plan_sections(overview)
    ]
    rules = {"paper/AG-2001.01-1/": Redirect("about/", "redirects.yml", 1)}
    assert list(unfit({"about/": TextFile("about.md", "")}, rules, Planned(sections, (), overview))) == []
