"""A build after any edits ends in the bytes of a clean build: no page is ever stale."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agsite.config import Config
from agsite.files import snapshot
from agsite.serve import Preview
from agsite.settings import load_config
from agsite.templating import DirectEnvironment
from agsite.urls import file_of
from tests.archives import answer_text
from tests.building import built, options, tree
from tests.sites import broken_links

BODIES = (
    "It hums [AG-2025.03-1234]. Nobody knows why.",
    "It is *silent* [AG-2025.04-7], [AG-2025.03-1234].\n\n## Later\n\nThe archive has no study of ladles.",
    "Nothing is cited.",
    "[AG-2025.05-9] shows $x^2$. So does [AG-2025.04-7].",
)
SOURCES = (
    "AG-2025.03-1234 hep-ph 61 Soup & <Spoons>",
    "AG-2025.03-1234 hep-ph 41 Soup & <Spoons>\nAG-2025.04-7 cs.LG 52 Learning to stir",
    "AG-2025.05-9 gr-qc 48 Heavy pots",
    "",
)
IDS = tuple(f"a{number}" for number in range(5))
QUESTIONS = ("Why soup?", "Why stew?", "What is a ladle?")


class Archive:
    """An archive in a folder, with everything that can happen to one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for number, id in enumerate(IDS[:3]):
            self.write(id, number, number, number, number)

    def path(self, id: str) -> Path:
        return self.folder / "answers" / f"{id}.md"

    def put(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")

    def say(self, old: str, new: str) -> None:
        """Write down what became of an answer's address."""
        path = self.folder / "redirects.yml"
        rules = dict(line.split(": ") for line in path.read_text("utf-8").splitlines()) if path.exists() else {}
        rules[f"ask/{old}/"] = new
        kept = {key: value for key, value in rules.items() if not self.path(key.split("/")[1]).exists()}
        path.write_text("".join(f"{key}: {value}\n" for key, value in kept.items()), "utf-8")

    def write(self, id: str, question: int, body: int, sources: int, month: int) -> None:
        follow_ups = (QUESTIONS[(question + 1) % 3], f"Open {month}?")
        more = {"date": f"2026-0{1 + month}-07", "sources": SOURCES[sources % 4], "follow_ups": follow_ups}
        self.put(f"answers/{id}.md", answer_text(QUESTIONS[question % 3], BODIES[body % 4], **more))

    def drop(self, id: str) -> None:
        if self.path(id).exists() and len(list((self.folder / "answers").iterdir())) > 1:
            self.path(id).unlink()
            self.say(id, "gone")

    def rename(self, id: str, to: str) -> None:
        if self.path(id).exists() and not self.path(to).exists():
            self.path(id).rename(self.path(to))
            self.say(id, f"ask/{to}/")

    def config(self, key: str, value: str) -> None:
        self.put("agsite.yml", f"share_images: false\n{key}: {value}\n")

    def metadata(self, title: str) -> None:
        self.put("papers/p.jsonl", f'{{"id": "AG-2025.03-1234", "title": "{title}", "abstract": "On {title}."}}\n')

    def break_(self, id: str) -> None:
        """Make a file unreadable: its page goes, as if it had been dropped."""
        if len(list((self.folder / "answers").iterdir())) > 1 and self.path(id).exists():
            self.drop(id)
            self.put(f"answers/broken-{id}.md", "---\nquestion: [\n---\n")

    def mark(self, id: str, status: str) -> None:
        """Withdraw an answer, make it a draft, or publish it again."""
        if self.path(id).exists():
            text = re.sub(r"\nstatus: \w+", "", self.path(id).read_text("utf-8"))
            self.put(f"answers/{id}.md", text.replace("\n", f"\nstatus: {status}\n", 1))
            self.say(id, "gone")

    def damage(self, name: str) -> None:
        """What people do to an output by hand."""
        path = self.folder / "_site" / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.write_text("by hand")

    def settings(self) -> Config:
        return load_config(str(self.folder / "agsite.yml"))[0].model_copy(update={"share_images": False})


id_ = st.sampled_from(IDS)
small = st.integers(0, 4)
EDITS: st.SearchStrategy[Callable[[Archive], None]] = st.one_of(
    st.builds(lambda i, q, b, s, m: lambda a: a.write(i, q, b, s, m), id_, small, small, small, small),
    st.builds(lambda i: lambda a: a.drop(i), id_),
    st.builds(lambda i, j: lambda a: a.rename(i, j), id_, id_),
    st.builds(lambda i: lambda a: a.break_(i), id_),
    st.builds(lambda i, s: lambda a: a.mark(i, s), id_, st.sampled_from(["withdrawn", "draft", "published"])),
    st.sampled_from([("title", "Soup"), ("per_page", "5"), ("base_url", "https://example.org/soup/")]).map(
        lambda setting: lambda a: a.config(*setting)
    ),
    st.sampled_from(["Cold soup", "Warm soup"]).map(lambda title: lambda a: a.metadata(title)),
    st.sampled_from(["none", "nothing"]).map(
        lambda text: lambda a: a.put("templates/words.yml", f"no_sources: {text}\n")
    ),
    st.sampled_from(["1", "2"]).map(lambda n: lambda a: a.put("templates/404.html", '{% extends "base.html" %}' + n)),
    st.sampled_from(["red", "blue"]).map(lambda c: lambda a: a.put("site_src/style.css", f"p {{ color: {c} }}")),
    st.sampled_from(["As [AG-2025.03-1234].", "Not [AG-2025.04-7].", "No."]).map(
        lambda text: lambda a: a.put("site_src/pages/soup.md", f"# Soup\n\n{text}\n")
    ),
    st.sampled_from(["index.html", "ask/a1/index.html", "paper", "urls.txt.bak"]).map(
        lambda name: lambda a: a.damage(name)
    ),
)


@settings(max_examples=8)
@given(st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=3))
def test_incremental_is_clean(rounds: list[list[Callable[[Archive], None]]]):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = Archive(folder)
        built(folder, archive.settings())
        for edits in rounds:
            for edit in edits:
                edit(archive)
            previous = folder / "previous.txt"
            shutil.copyfile(folder / "_site/urls.txt", previous)
            report = built(folder, archive.settings())
            clean = built(folder, archive.settings(), output=str(folder / "clean"), previous=str(previous))
            assert report.published == clean.published, (report.findings, clean.findings)
            if clean.published:
                assert tree(folder / "_site") == tree(folder / "clean")
                assert not broken_links(folder / "clean", archive.settings().base_path)
                shutil.rmtree(folder / "clean")
            shutil.rmtree(folder / ".agsite/clean", ignore_errors=True)


def urls_of(preview: Preview) -> set[str]:
    """The addresses at which the sections of what is shown begin, and those of some other pages."""
    shown = preview._snapshot
    return {section.url for section in shown.site.sections} if shown else set()


class Shown:
    """A preview of an archive, told of edits as what watches folders tells of them."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.preview = self.fresh()
        self.paths = [f"{archive.folder}/{name}" for name in ("answers", "papers", "templates", "site_src", "_site")]
        self.seen = set(snapshot(self.paths))

    def fresh(self) -> Preview:
        shown = Preview(options(self.archive.folder), self.archive.settings, lambda status: None)
        shown.refresh()
        return shown

    def follow(self) -> None:
        seen = set(snapshot(self.paths))
        touched = {path for path, *_ in seen ^ self.seen}
        self.seen = seen
        self.preview.refresh(touched if all(f"{path}/".startswith(self.paths[0]) for path in touched) else None)


@settings(max_examples=8)
@given(st.lists(st.lists(EDITS, min_size=1, max_size=2), min_size=1, max_size=4))
def test_a_preview_shows_what_a_fresh_one_shows(rounds: list[list[Callable[[Archive], None]]]):
    with tempfile.TemporaryDirectory() as name:
        archive = Archive(Path(name))
        built(archive.folder, archive.settings())
        shown = Shown(archive)
        for edits in rounds:
            before = urls_of(shown.preview)
            for edit in edits:
                edit(archive)
            shown.follow()
            fresh = shown.fresh()
            assert shown.preview.status.trouble == fresh.status.trouble
            for url in {*before, *urls_of(fresh), "feed.json", "data/answers.jsonl"}:
                assert shown.preview.get(file_of(url)) == fresh.get(file_of(url)), url


@pytest.mark.parametrize(
    "tag",
    [
        '{% include "note.html" %}',
        "{%include 'note.html'%}",
        '{%+ include "note.html" ignore missing %}',
        '{% include ["gone.html", "note.html"] %}',
        '{% include "base.html" if false else "note.html" %}',
        '{% set name = "note.html" %}{% include name %}',
        '{% from "note.html" import twice %}{{ twice() }}',
        '{% import "note.html"\n  as note -%}{{ note.twice() }}',
    ],
)
def test_a_page_follows_every_template_that_it_is_made_with(tmp_path: Path, tag: str):
    archive = Archive(tmp_path)
    archive.put("templates/404.html", f'{{% extends "base.html" %}}{{% block main %}}{tag}{{% endblock %}}')
    for text in ("First.", "Second."):
        archive.put("templates/note.html", f"{{% macro twice() %}}{text}{{% endmacro %}}{text}")
        built(tmp_path, archive.settings())
        assert text in (tmp_path / "_site/404.html").read_text("utf-8")


def test_a_page_of_markdown_that_cites_says_what_its_file_says(tmp_path: Path):
    archive = Archive(tmp_path)
    for text in ("It hums [AG-2025.03-1234].", "It whistles [AG-2025.03-1234].", "It is silent."):
        archive.put("site_src/pages/soup.md", f"# Soup\n\n{text}\n")
        built(tmp_path, archive.settings())
        assert text.split(" [")[0] in (tmp_path / "_site/soup/index.html").read_text("utf-8")


def test_a_page_that_takes_an_answers_place_stays_there(tmp_path: Path):
    archive = Archive(tmp_path)
    built(tmp_path, archive.settings())
    archive.path("a1").unlink()
    archive.put("site_src/pages/ask/a1.md", "# Withdrawn\n\nIt was wrong.\n")
    built(tmp_path, archive.settings())
    for turn in range(3):
        archive.write("a2", turn, turn, turn, turn)
        assert built(tmp_path, archive.settings()).published
        assert "It was wrong." in (tmp_path / "_site/ask/a1/index.html").read_text("utf-8")
        assert not (tmp_path / "_site/ask/a1/index.json").exists()


def test_what_was_kept_is_left_where_the_folder_for_it_is_in_the_way(tmp_path: Path):
    archive = Archive(tmp_path)
    for name in ("traces", "readings", "compiled"):
        (tmp_path / ".agsite/_site" / name).mkdir(parents=True)
        (tmp_path / ".agsite/_site" / name / "00").mkdir()
    for turn in range(3):
        archive.write("a1", turn, turn, turn, turn)
        assert built(tmp_path, archive.settings()).published
    assert built(tmp_path, archive.settings(), output=str(tmp_path / "clean")).published
    site, clean = (tree(tmp_path / name) for name in ("_site", "clean"))
    assert {path: site[path] for path in clean if path.startswith(("ask/", "paper/"))} == {
        path: digest for path, digest in clean.items() if path.startswith(("ask/", "paper/"))
    }


def test_an_edit_compiles_no_template_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    archive = Archive(tmp_path)
    built(tmp_path, archive.settings())
    archive.write("a1", 1, 1, 1, 1)
    with monkeypatch.context() as patch:
        patch.setattr(DirectEnvironment, "compile", None)
        assert built(tmp_path, archive.settings()).published
    built(tmp_path, archive.settings(), output=str(tmp_path / "clean"))
    assert tree(tmp_path / "_site") == tree(tmp_path / "clean")
