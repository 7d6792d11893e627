"""The command line as people use it: a real process, its output, its exit code, the files it leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.archives import answer_text
from tests.building import tree
from tests.commands import ANSWERS, BROKEN, ROOT, agsite


@pytest.fixture
def archive(tmp_path):
    """An archive of two answers of our own."""
    answers = tmp_path / "answers"
    answers.mkdir()
    for name in ("many-backgrounds.md", "nothing-to-tune-on.txt"):
        shutil.copy(ANSWERS / name, answers)
    return tmp_path


def test_a_build_prints_every_error_and_the_first_notes(tmp_path):
    """Each of these answers has no follow-ups, which is a note; the last has no sources, which is an error besides."""
    for number in range(12):
        sources = "" if number == 11 else "AG-2025.03-1234 hep-ph 61 Soup"
        text = answer_text(f"Why is spoon {number:b} bent?", "It is [AG-2025.03-1234].", sources=sources)
        (tmp_path / f"answers/{number:02}.md").parent.mkdir(exist_ok=True)
        (tmp_path / f"answers/{number:02}.md").write_text(text, "utf-8")
    lines = agsite("build", cwd=tmp_path).stderr.splitlines()
    assert sum(" note " in line for line in lines) == 10
    assert [line.split()[2] for line in lines if line.startswith("answers/11.md") and " error " in line] == ["AG201"]
    assert "… and 2 more notes, which `agsite check` lists." in lines
    assert sum(" note " in line for line in agsite("check", cwd=tmp_path).stderr.splitlines()) == 12


def test_build_says_what_it_built_and_where(archive):
    done = agsite("build", cwd=archive)
    assert done.returncode == 0
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("2 answers, ")
    assert (archive / "_site/ask/many-backgrounds/index.html").is_file()


def test_a_file_is_read_once_however_its_folder_is_named(archive):
    (archive / "papers").mkdir()
    (archive / "papers/2026-03.jsonl").write_text('{"id": "AG-2026.03-1712", "title": "Soup"}\n')
    (archive / "papers/lost.jsonl").symlink_to("nowhere")
    (archive / "link").symlink_to("answers")
    (archive / "answers/lost.md").symlink_to("nowhere")
    (archive / "answers/more").mkdir()
    (archive / "answers/many-backgrounds.md").rename(archive / "answers/more/many-backgrounds.md")
    named = ("answers/more", "answers", "./answers", "answers/", archive / "answers", "link")
    papers = ("papers/2026-03.jsonl", "papers", "x/../papers/")
    (archive / "x").mkdir()
    arguments = [f"--answers={name}" for name in named] + [f"--papers={name}" for name in papers]
    done = agsite("build", "--no-search", "--json", *arguments, cwd=archive)
    report = json.loads(done.stdout)
    assert report["answers"] == 2
    errors = [(found["path"], found["code"]) for found in report["findings"] if found["severity"] == "error"]
    assert errors == [("answers/lost.md", "AG100"), ("papers/lost.jsonl", "AG403")]


CLOSED = ("2>&-", "2>/dev/full", "2>&- <&-", ">&- 2>&-", "2>&1 >&- | true")


@pytest.mark.parametrize("streams", CLOSED)
def test_a_build_that_nobody_listens_to_is_published(archive, streams):
    if "/dev/full" in streams and not Path("/dev/full").exists():
        pytest.skip("no disk here is always full")
    line = f"set -o pipefail; {sys.executable} -m agsite build --no-search --output site {streams}"
    assert subprocess.run(["bash", "-c", line], cwd=archive, check=False).returncode == 0
    assert (archive / "site/index.html").is_file()
    (archive / "answers/broken.md").write_text(BROKEN)
    assert subprocess.run(["bash", "-c", line], cwd=archive, check=False).returncode == 1


@pytest.mark.parametrize(
    ("command", "status"),
    [("config >&-", 0), ("search dips 2>&-", 0), ("search dips >&-", 0), ("init new <&-", 0), ("wrong 2>&-", 2)],
)
def test_a_command_ends_with_its_exit_code_whatever_streams_are_closed(archive, command, status):
    line = f"{sys.executable} -m agsite {command}"
    done = subprocess.run(["sh", "-c", line], cwd=archive, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout if status else "") == (status, "")


def test_files_that_no_build_wrote_are_counted(archive):
    assert "carried" not in agsite("build", "--no-search", cwd=archive).stderr
    (archive / "_site/CNAME").write_text("answers.example\n")
    (archive / "_site/ask/left").mkdir()
    (archive / "_site/ask/left/index.html").write_text("Of another build.")
    for more in (("--full",), ()):
        done = agsite("build", "--no-search", *more, cwd=archive)
        assert " 0 deleted, 2 carried along (" in done.stderr.splitlines()[-1]
    assert json.loads(agsite("build", "--no-search", "--json", cwd=archive).stdout)["foreign"] == 2
    (archive / "_site/robots.local").write_text("Nothing else was touched.")
    assert " 0 deleted, 3 carried along (" in agsite("build", "--no-search", cwd=archive).stderr
    (archive / "_site/ask/left/deep.txt").write_text("It is counted with the next change.")
    assert " 0 deleted, 3 carried along (" in agsite("build", "--no-search", cwd=archive).stderr
    (archive / "_site/robots.local").unlink()
    assert " 0 deleted, 3 carried along (" in agsite("build", "--no-search", cwd=archive).stderr


def test_a_site_is_not_built_into_another(archive):
    assert agsite("build", "--no-search", cwd=archive).returncode == 0
    before = tree(archive / "_site")
    done = agsite("build", "--no-search", "--output", "_site/preview/today", cwd=archive)
    assert done.returncode == 3
    where = f"agsite: {archive}/_site/preview/today lies in {archive}/_site, which is a built site\n"
    assert f"{where}  Name a folder beside it.\n" in done.stderr
    assert tree(archive / "_site") == before


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("search", "dips", "--category", b"\xff"), r"“\udcff” is not UTF-8"),
        (("search", "dips", "--model", b"\xff"), r"“\udcff” is not UTF-8"),
        (("new", b"Why \xff?"), "U+DCFF"),
        (("new", "Why \x1b[31m?"), "U+001B (ESCAPE)"),
        (("serve", "--port", "0", "--host", b"\xff"), "is not the name of a machine"),
        (("serve", "--port", "0", "--host", "a..b"), "is not the name of a machine"),
    ],
)
def test_words_that_nobody_can_write_are_refused(archive, command, said):
    line = [os.fsencode(part) for part in (sys.executable, "-m", "agsite", *command)]
    done = subprocess.run(line, cwd=archive, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_data_are_utf_8_whatever_the_locale_says(archive):
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    for command in ("search", "backgrounds"), ("export", "--format", "csl"):
        line = [sys.executable, "-m", "agsite", *command]
        done = subprocess.run(line, cwd=archive, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.decode("utf-8")


def test_build_speaks_json_on_stdout_alone(archive):
    done = agsite("build", "--json", cwd=archive)
    report = json.loads(done.stdout)
    assert {"answers", "papers", "pages", "written", "unchanged", "deleted", "findings", "seconds"} <= report.keys()
    assert (report["answers"], report["published"]) == (2, True)


def test_the_report_of_a_build_that_publishes_nothing_has_the_same_keys(archive):
    done = agsite("build", "--json", "--answers", "nowhere", cwd=archive)
    report = json.loads(done.stdout)
    assert {report[key] for key in ("answers", "papers", "pages", "written", "unchanged", "deleted")} == {0}
    assert ([finding["code"] for finding in report["findings"]], report["published"]) == (["AG504"], False)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("agsite.yml", "titel: Questions\n", "AG501"),
        ("templates/words.yml", "nav_map: [a]\n", "AG505"),
        ("templates/answer.html", "{% if %}\n", "AG509"),
        ("site_src/pages/ask.md", "# Mine\n", "AG511"),
        ("site_src/pages/bidi.md", "# M\u202ene\n", "AG104"),
    ],
)
def test_so_has_that_of_a_build_that_stops_at_a_mistake(archive, name, text, code):
    (archive / name).parent.mkdir(parents=True, exist_ok=True)
    (archive / name).write_text(text, encoding="utf-8")
    done = agsite("build", "--json", cwd=archive)
    report = json.loads(done.stdout)
    found = {(finding["path"], finding["code"]) for finding in report["findings"]}
    assert (done.returncode, report["published"], (name, code) in found) == (2, False, True)
    assert {"answers", "pages", "written", "seconds"} <= report.keys()
    assert "agsite: " in done.stderr


def test_a_broken_file_is_named_with_its_line_and_what_to_do(archive):
    (archive / "answers/broken.md").write_text(BROKEN, encoding="utf-8")
    done = agsite("build", cwd=archive)
    assert done.returncode == 1
    assert "answers/broken.md:3:1: error AG134 there is no field “modle”\n    Did you mean “model”?\n" in done.stderr
    assert (archive / "_site/ask/many-backgrounds/index.html").is_file()
    assert not (archive / "_site/ask/broken").exists()


def test_a_path_that_is_not_there_is_said_to_be_no_file_and_no_folder(archive):
    done = agsite("check", "nothere.md", cwd=archive)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "nothere.md: error AG504 there is no file or folder nothere.md",
        "    Name an existing one.",
        "1 error.",
    ]


def test_strict_publishes_nothing_and_says_so(archive):
    (archive / "answers/broken.md").write_text(BROKEN, encoding="utf-8")
    done = agsite("build", "--strict", cwd=archive)
    assert done.returncode == 1
    assert "Nothing was published (1 error); there is still no _site." in done.stderr
    assert not (archive / "_site").exists()
    (archive / "answers/broken.md").unlink()
    assert agsite("build", cwd=archive).returncode == 0
    (archive / "answers/broken.md").write_text(BROKEN, encoding="utf-8")
    done = agsite("build", "--strict", cwd=archive)
    assert "Nothing was published (1 error); _site is as it was before." in done.stderr


def test_a_check_finds_what_a_build_without_answers_ends_with(tmp_path):
    (tmp_path / "answers").mkdir()
    checked, made = (agsite(command, cwd=tmp_path) for command in ("check", "build"))
    assert (checked.returncode, made.returncode) == (1, 1)
    assert checked.stderr.splitlines()[:2] == made.stderr.splitlines()[:2]
    assert checked.stderr.startswith("answers: error AG504 there are no answers in answers\n")


def test_a_build_of_drafts_alone_says_how_to_see_them(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/soup.md").write_text(answer_text("Is it soup?", "Perhaps.", more="status: draft"), "utf-8")
    done = agsite("build", cwd=tmp_path)
    assert done.returncode == 1
    assert "answers: error AG504 there are no answers in answers but drafts\n    Show them with --drafts" in done.stderr
    assert agsite("build", "--drafts", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("command", [["build"], ["check"], ["search", "soup"], ["export"]], ids=" ".join)
def test_a_command_outside_an_archive_says_what_to_do(tmp_path, command):
    done = agsite(*command, cwd=tmp_path)
    assert done.returncode == 1
    assert "there is no file or folder answers\n" in done.stderr
    assert "Go to the folder of an archive, or begin one with `agsite init DIR`." in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_on_the_command_line_is_looked_at_like_the_one_in_the_settings(archive):
    done = agsite("build", "--base-url", "example.org", cwd=archive)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-2:] == [
        "agsite: base_url must be an address such as https://example.org/, and is “example.org”",
        "  Write it as in “base_url: https://example.org/”.",
    ]


def test_an_unknown_setting_names_the_nearest_one(archive):
    (archive / "agsite.yml").write_text("tilte: Mine\n", encoding="utf-8")
    done = agsite("build", cwd=archive)
    assert done.returncode == 2
    assert "agsite.yml:1:1: error AG501 there is no setting “tilte”" in done.stderr
    assert "Did you mean “title”?" in done.stderr


@pytest.mark.parametrize("command", ["build", "check", "export"])
def test_settings_that_were_given_have_to_be_there(archive, command):
    done = agsite(command, "--config", "nowhere", cwd=archive)
    assert done.returncode == 2
    assert "Invalid value for '--config': there is no file nowhere" in done.stderr
    assert agsite(command, cwd=archive).returncode == 0


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("check", ""), 2, "a path is empty; name a file or a folder"),
        (("check", "--papers", ""), 2, "a path is empty; name a file or a folder"),
        (("build", "--answers", ""), 2, "a path is empty; name a file or a folder"),
        (("check", "--base-url", "https://soup.example/"), 2, "Name the site, with --site."),
        (("check", "--changed-since", "main"), 2, "Name a revision of the repository that this folder lies in."),
        (("new", "Is it soup?", "--model", ""), 2, "--model names nobody"),
        (("serve", "nowhere.zip", "--port", "0"), 2, "not a readable ZIP file (No such file or directory)"),
        (("papers", "list", "--papers", "broken.jsonl"), 1, "broken.jsonl:1: error AG403"),
        (("papers", "show", "AG-2026.03-1712", "--papers", "broken.jsonl"), 1, "broken.jsonl:1: error AG403"),
    ],
)
def test_what_cannot_be_done_as_it_was_asked_is_said(archive, command, code, said):
    (archive / "broken.jsonl").write_text("soup\n", encoding="utf-8")
    done = agsite(*command, cwd=archive)
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (code, True, False)


def test_an_archive_whose_only_answer_is_broken_has_one_mistake(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/broken.md").write_text(BROKEN, encoding="utf-8")
    checked, made = (agsite(command, cwd=tmp_path) for command in ("check", "build"))
    assert (checked.stderr.count(" error "), made.stderr.count(" error ")) == (1, 1)


def test_metadata_that_were_given_and_are_not_there_are_told_of(archive):
    assert "AG508" not in agsite("build", cwd=archive).stderr
    done = agsite("build", "--papers", "paper", cwd=archive)
    assert done.returncode == 0
    assert "paper: warning AG508 there is no file or folder paper" in done.stderr


def test_a_bibliography_that_lies_among_the_records_is_told_of_with_how_to_read_it(archive):
    (archive / "papers").mkdir()
    shutil.copy(archive / "answers/many-backgrounds.md", archive / "papers/README.md")
    (archive / "papers/library.bib").write_text("@article{x,\n  title = {Soup},\n  year = 2025\n}\n", encoding="utf-8")
    told = (
        "papers/library.bib: warning AG409 nothing is read from this file as it is\n"
        "    Run: agsite papers import papers/library.bib, and keep it elsewhere.\n"
    )
    for command in ("build", "check", ("check", "--papers", "papers/library.bib"), ("papers", "list")):
        done = agsite(*[command] if isinstance(command, str) else command, cwd=archive)
        assert (done.returncode, told in done.stderr, done.stderr.count("papers/")) == (0, True, 2)


@pytest.mark.parametrize(("command", "code"), [("build", 2), ("check", 1)])
def test_a_page_cannot_take_the_address_of_another(archive, command, code):
    (archive / "site_src/pages").mkdir(parents=True)
    for name in ("ask", "search"):
        (archive / f"site_src/pages/{name}.md").write_text("# Mine\n", encoding="utf-8")
    done = agsite(command, cwd=archive)
    assert done.returncode == code
    for name in ("ask", "search"):
        told = f"site_src/pages/{name}.md: error AG511 it would take the address /{name}/ from another page"
        assert f"{told}\n    Rename the file.\n" in done.stderr
    assert not (archive / "_site").exists()


@pytest.mark.parametrize("name", ["who?", "c#", "100%", "a: b", "<us>"])
def test_a_page_whose_name_cannot_be_an_address_is_refused(archive, name):
    (archive / "site_src/pages").mkdir(parents=True)
    (archive / f"site_src/pages/{name}.md").write_text("# Mine\n", encoding="utf-8")
    (archive / "site_src/pages/Über uns & mehr.md").write_text("# Wir\n", encoding="utf-8")
    told = f"site_src/pages/{name}.md: error AG512 /{name}/ is no address that links and redirects can name\n"
    for command, code in (("build", 2), ("check", 1)):
        done = agsite(command, cwd=archive)
        assert (done.returncode, told in done.stderr, done.stderr.count(" error ")) == (code, True, 1)


def test_nor_that_of_a_later_page_of_a_section(archive):
    (archive / "site_src/pages/open").mkdir(parents=True)
    (archive / "site_src/pages/open/mine.md").write_text("# Mine\n", encoding="utf-8")
    assert agsite("check", cwd=archive).returncode == agsite("build", cwd=archive).returncode == 0
    field = next(path.name for path in (archive / "_site/open").iterdir() if path.is_dir() and path.name != "mine")
    (archive / "site_src/pages/open/mine.md").rename(archive / f"site_src/pages/open/{field}.md")
    told = f"site_src/pages/open/{field}.md: error AG511 it would take the address /open/{field}/ from another page"
    for command, code in (("build", 2), ("check", 1)):
        done = agsite(command, cwd=archive)
        assert (done.returncode, told in done.stderr) == (code, True)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("feed.xml", "it would take the address /feed.xml from another page"),
        ("data/papers.jsonl", "it would take the address /data/papers.jsonl from another page"),
        ("Ask", "/Ask/ differs from /ask/ by case alone, and would be the same file on some disks"),
        ("About", "/About/ differs from /about/ by case alone, and would be the same file on some disks"),
        ("team/index", "it has the address /team/, as site_src/pages/team.md has"),
    ],
)
def test_nor_one_that_is_the_same_place_on_a_disk(archive, name, told):
    pages = archive / "site_src/pages"
    (pages / name).parent.mkdir(parents=True)
    for page in ("team", name):
        (pages / f"{page}.md").write_text("# Mine\n", encoding="utf-8")
    for command, code in (("build", 2), ("check", 1)):
        done = agsite(command, cwd=archive)
        assert (done.returncode, done.stderr.count(" error ")) == (code, 1)
        assert f"site_src/pages/{name}.md: error AG511 {told}\n    Rename the file.\n" in done.stderr


def test_nor_lie_in_a_file_of_the_site(archive):
    files = (
        *("404.html", "_redirects", "about/index.html", "ask/many-backgrounds/og.png", "build.json", "index.html"),
        *("category/hep-ph/feed.xml", "data/answers.jsonl", "data/papers.bib", "data/schema/answer.json", "feed.json"),
        *("llms.txt", "opensearch.xml", "robots.txt", "sitemap.xml", "team/index.html", "urls.txt"),
        *("assets/style.css", "assets/fonts/OFL-stix-two-text.txt", "assets/Own logo", "search/meta.json"),
    )
    (archive / "site_src").mkdir()
    (archive / "site_src/Own logo").touch()
    pages = archive / "site_src/pages"
    for name in ("team", *(f"{file}/mine" for file in files), "ask/many-backgrounds/mine", "data/mine", "search/mine"):
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / f"{name}.md").write_text("# Mine\n", encoding="utf-8")
    for command, code in (("build", 2), ("check", 1)):
        done = agsite(command, cwd=archive)
        assert (done.returncode, done.stderr.count(" error ")) == (code, len(files))
        for file in files:
            told = f"site_src/pages/{file}/mine.md: error AG511 it would lie in /{file}, which is a file\n"
            assert told in done.stderr
    for file in files:
        shutil.rmtree(pages / file)
    assert agsite("build", cwd=archive).returncode == 0


def test_nor_does_a_redirect_lie_in_a_file_of_the_site(archive):
    files = (
        *("404.html", "_redirects", "about/index.html", "ask/many-backgrounds/og.png", "build.json", "index.html"),
        *("category/hep-ph/feed.xml", "data/papers.bib", "data/schema/answer.json", "robots.txt", "sitemap.xml"),
        *("assets/style.css", "assets/Own logo", "search/meta.json", "team/index.html", "Robots.TXT/Old"),
    )
    (archive / "site_src/pages").mkdir(parents=True)
    (archive / "site_src/Own logo").touch()
    (archive / "site_src/pages/team.md").write_text("# We\n", encoding="utf-8")
    good = ("old/", "ask/old.html/", "paper/AG-2001.01-1/", "data/old/", "search/old/", "assets/old/")
    sources = (*(f"{file}/" for file in files), "feed.json/x/y/", *good)
    redirects = "".join(f'"{source}": ask/many-backgrounds/\n' for source in sources)
    (archive / "redirects.yml").write_text(redirects, encoding="utf-8")
    for command, code in (("build", 2), ("check", 1)):
        done = agsite(command, cwd=archive)
        assert (done.returncode, done.stderr.count(" error ")) == (code, len(files) + 1)
        for line, file in enumerate(files[:-1], 1):
            told = f"redirects.yml:{line}: error AG606 /{file}/ would lie in /{file}, which is a file\n"
            assert told in done.stderr
        assert "AG606 /Robots.TXT/Old/ would lie in /robots.txt, which is a file\n" in done.stderr
        assert "AG606 /feed.json/x/y/ would lie in /feed.json, which is a file\n" in done.stderr
    (archive / "redirects.yml").write_text("".join(f"{source}: ask/many-backgrounds/\n" for source in good), "utf-8")
    assert agsite("build", cwd=archive).returncode == 0
    assert all((archive / f"_site/{source}index.html").exists() for source in good)


def test_what_is_not_read_of_a_sites_own_files_is_found_beside_all_else(archive):
    links = ("site_src/fonts", "site_src/logo.svg", "site_src/pages/team.md", "templates/home.html")
    for name in links:
        (archive / name).parent.mkdir(parents=True, exist_ok=True)
        (archive / name).symlink_to("/tmp")
    (archive / "answers/empty.md").touch()
    told = [f"{name}: error AG100 it is a symbolic link, which is not read" for name in links]
    done = agsite("check", cwd=archive)
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if " error AG100 " in line] == told
    assert "answers/empty.md:1: error AG103 " in done.stderr
    assert done.stderr.count("    Put the file itself there.\n") == len(links)
    for name in links:
        assert "it is a symbolic link, which is not read" in agsite("build", cwd=archive).stderr
        assert not (archive / "_site").exists()
        (archive / name).unlink()
    assert agsite("build", cwd=archive).returncode == 1
    assert (archive / "_site").exists()


def test_settings_reach_the_pages(archive):
    (archive / "agsite.yml").write_text("title: My own archive\nlanguage: fr\n", encoding="utf-8")
    assert agsite("build", cwd=archive).returncode == 0
    home = (archive / "_site/index.html").read_text(encoding="utf-8")
    assert "<title>My own archive</title>" in home
    assert '<html lang="fr"' in home


def test_check_passes_what_is_right_and_fails_what_is_wrong(archive):
    assert agsite("check", cwd=archive).returncode == 0
    path = archive / "answers/many-backgrounds.md"
    text = path.read_text(encoding="utf-8").replace("[AG-2025.04-1127]", "[AG-2025.04-1128]")
    path.write_text(text, encoding="utf-8")
    done = agsite("check", "answers/many-backgrounds.md", cwd=archive)
    assert done.returncode == 1
    assert "error AG201" in done.stderr
    assert "AG-2025.04-1128" in done.stderr


def test_check_speaks_json(archive):
    (archive / "answers/broken.md").write_text(BROKEN, encoding="utf-8")
    done = agsite("check", "--format", "json", cwd=archive)
    (finding,) = [f for f in json.loads(done.stdout)["findings"] if f["severity"] == "error"]
    assert finding == {
        "code": "AG134",
        "severity": "error",
        "path": "answers/broken.md",
        "line": 3,
        "column": 1,
        "message": "there is no field “modle”",
        "help": "Did you mean “model”?",
    }


def test_convert_goes_there_and_back(archive):
    text = (archive / "answers/nothing-to-tune-on.txt").read_bytes()
    assert agsite("convert", "answers/nothing-to-tune-on.txt", "--output", "md", cwd=archive).returncode == 0
    assert agsite("convert", "md/nothing-to-tune-on.md", "--output", "txt", cwd=archive).returncode == 0
    assert (archive / "txt/nothing-to-tune-on.txt").read_bytes() == text


def test_convert_writes_no_two_answers_into_one_file(archive):
    for folder in ("one", "two"):
        (archive / folder).mkdir()
        shutil.copy(archive / "answers/nothing-to-tune-on.txt", archive / folder / "a.txt")
    done = agsite("convert", "one/a.txt", "two/a.txt", "--output", "out", cwd=archive)
    assert done.returncode == 1
    assert "two/a.txt: out/a.md was just written from one/a.txt; rename one of the two.\n" in done.stderr


def test_convert_goes_on_after_a_file_that_cannot_be_read(archive):
    (archive / "folder.txt").mkdir()
    done = agsite("convert", "gone.txt", "folder.txt", "answers/nothing-to-tune-on.txt", "--output", "md", cwd=archive)
    assert done.returncode == 1
    assert "agsite: " not in done.stderr
    assert "gone.txt: No such file or directory\n" in done.stderr
    assert "folder.txt: Is a directory\n" in done.stderr
    assert (archive / "md/nothing-to-tune-on.md").exists()


def test_a_command_that_is_advised_can_be_run_as_it_stands(archive):
    folder = "my answers (new)"
    done = agsite("new", "Why soup?", "--answers", folder, cwd=archive)
    assert done.stderr.endswith("run: agsite check 'my answers (new)/why-soup.md'\n")
    path = archive / folder / "why-soup.md"
    path.write_text(
        path.read_text("utf-8").replace("model: ", "model:   ").replace("YYYY.MM-N", "2024.01-1031"), "utf-8"
    )
    done = agsite("convert", "--check", f"{folder}/why-soup.md", cwd=archive)
    assert done.stderr.endswith("run: agsite convert --to md 'my answers (new)/why-soup.md'\n")
    (archive / "papers").mkdir()
    (archive / "papers/my library.bib").write_text("@article{x, title = {Soup}}\n", "utf-8")
    done = agsite("check", cwd=archive)
    assert "    Run: agsite papers import 'papers/my library.bib', and keep it elsewhere.\n" in done.stderr


def test_convert_check_knows_the_canonical_form(archive):
    agsite("convert", "--to", "md", "answers/many-backgrounds.md", cwd=archive)
    assert agsite("convert", "--check", "answers/many-backgrounds.md", cwd=archive).returncode == 0
    path = archive / "answers/many-backgrounds.md"
    path.write_text(path.read_text(encoding="utf-8").replace("model: ", "model:   "), encoding="utf-8")
    done = agsite("convert", "--check", "answers/many-backgrounds.md", cwd=archive)
    assert done.returncode == 1
    assert "run: agsite convert --to md answers/many-backgrounds.md" in done.stderr


def test_convert_check_compares_with_the_format_of_the_file(archive):
    done = agsite("convert", "--check", "--to", "txt", "answers/many-backgrounds.md", cwd=archive)
    assert done.returncode == 2
    assert "--check compares a file with its own format" in done.stderr


def test_what_page_text_cannot_hold_is_refused(archive):
    path = archive / "answers/noted.md"
    path.write_text(
        (archive / "answers/many-backgrounds.md").read_text(encoding="utf-8").replace("date:", "note: Kept.\ndate:", 1)
    )
    done = agsite("convert", "answers/noted.md", cwd=archive)
    assert done.returncode == 1
    assert "note" in done.stderr
    assert not (archive / "answers/noted.txt").exists()


def test_a_converted_file_and_its_source_are_one_answer_of_which_one_goes(archive):
    name = next((archive / "answers").glob("*.md")).name
    done = agsite("convert", f"answers/{name}", cwd=archive)
    other = f"answers/{name.removesuffix('.md')}.txt"
    assert f"An archive holds an answer once: delete answers/{name} or {other}." in done.stderr
    checked = agsite("check", cwd=archive)
    assert checked.returncode == 1
    assert f"delete answers/{name} or {other}." in checked.stderr


def test_new_begins_a_file_that_the_author_can_finish(archive):
    done = agsite("new", "Does a colon: break it?", cwd=archive)
    assert done.returncode == 0
    path = archive / done.stdout.strip()
    assert path.name == "does-a-colon-break-it.md"
    text = path.read_text(encoding="utf-8").replace("AG-YYYY.MM-N", "AG-2024.01-1031")
    path.write_text(text, encoding="utf-8")
    checked = agsite("check", path.relative_to(archive), cwd=archive)
    assert checked.returncode == 0, checked.stderr
    assert agsite("new", "Does a colon: break it?", cwd=archive).returncode == 2


def test_new_takes_a_question_that_was_pasted_over_two_lines(archive):
    done = agsite("new", "Does a line\n break\tit?", cwd=archive)
    assert "question: Does a line break it?\n" in (archive / done.stdout.strip()).read_text(encoding="utf-8")


@pytest.mark.parametrize("questions", [("Как дела?", "Почему небо синее?"), ("Page?", "Index?")])
def test_new_gives_each_question_a_name_that_its_file_may_have(archive, questions):
    for question in questions:
        done = agsite("new", question, cwd=archive)
        assert done.returncode == 0, done.stderr
        path = archive / done.stdout.strip()
        path.write_text(path.read_text(encoding="utf-8").replace("AG-YYYY.MM-N", "AG-2024.01-1031"), encoding="utf-8")
        checked = agsite("check", path.relative_to(archive), cwd=archive)
        assert checked.returncode == 0, checked.stderr
        assert agsite("new", question, cwd=archive).returncode == 2


def test_a_question_without_quotes_is_given_back_in_quotes(archive):
    done = agsite("new", "Does", "a", "$spoon", "matter?", cwd=archive)
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        [
            "agsite: the question came in parts",
            "  Put quotes around it: agsite new 'Does a $spoon matter?'",
        ],
    )


def test_new_gives_two_questions_that_begin_alike_a_file_each(archive):
    begin = "What do neural networks learn about collider events when the detector"
    names = []
    for question in (f"{begin} is simulated?", f"{begin} is real?"):
        done = agsite("new", question, cwd=archive)
        assert done.returncode == 0, done.stderr
        path = archive / done.stdout.strip()
        path.write_text(path.read_text(encoding="utf-8").replace("AG-YYYY.MM-N", "AG-2024.01-1031"), encoding="utf-8")
        assert question in path.read_text(encoding="utf-8")
        assert agsite("new", question, cwd=archive).returncode == 2
        names.append(path.stem)
    assert names[1].startswith(f"{names[0]}-")


def test_new_names_any_model(archive):
    done = agsite("new", "Which model writes?", "--model", "small: the #1 #2", cwd=archive)
    path = archive / done.stdout.strip()
    path.write_text(path.read_text(encoding="utf-8").replace("AG-YYYY.MM-N", "AG-2024.01-1031"), encoding="utf-8")
    assert agsite("convert", "--to", "txt", path.relative_to(archive), cwd=archive).returncode == 0
    assert "Answered by small: the #1 #2 " in path.with_suffix(".txt").read_text(encoding="utf-8")


def test_new_names_no_model_over_two_lines(archive):
    done = agsite("new", "Which model writes?", "--model", "small\nand slow", cwd=archive)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "agsite: --model holds a line break\n  Give the name on one line.\n"


def test_papers_are_imported_listed_and_shown(archive):
    library = archive / "library.bib"
    library.write_text(
        "@article{one, title={A Two-Phase Perspective on Deep Learning {D}ynamics}, author={Oda, Mei},\n"
        " eprint={2504.12700},"
        " archivePrefix={arXiv}, primaryClass={hep-th}, year={2025}, month={4}}\n",
        encoding="utf-8",
    )
    done = agsite("papers", "import", "library.bib", cwd=archive)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-3:] == [
        "1 entry:",
        "  1 of papers that the archive has: 1 record new, 0 changed",
        "papers holds 1 paper.",
    ]
    assert agsite("papers", "list", cwd=archive).stdout.startswith("AG-2025.04-1127  A Two-Phase Perspective")
    shown = json.loads(agsite("papers", "show", "AG-2025.04-1127", cwd=archive).stdout)
    assert shown["arxiv_id"] == "2504.12700"
    agsite("build", cwd=archive)
    assert "Mei Oda" in (archive / "_site/paper/AG-2025.04-1127/index.html").read_text(encoding="utf-8")


ENTRIES = """\
@article{known, title={A Two-Phase Perspective on Deep Learning Dynamics}, year={2025}, month={4}}
@article{again, title={A two-phase perspective on deep learning dynamics}, year={2025}, author={Oda, Mei}}
@article{soup, title={Soup}, year={2025}, month={5}}
@article{stew, title={Stew}, year={2025}, month={5}}
@article{bare, title={Bare}}
@article{none, year={2025}}
"""


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ([], ["  3 left out, because no answer names the paper; --all numbers such papers too"]),
        (["--all"], ["  2 of papers that are numbered anew", "  1 left out, for the reasons told above"]),
    ],
    ids=["named", "all"],
)
def test_importing_says_what_became_of_each_entry(archive, options, left):
    (archive / "library.bib").write_text(ENTRIES, encoding="utf-8")
    done = agsite("papers", "import", "library.bib", *options, cwd=archive)
    assert done.stderr.splitlines()[-4 - len(left) :] == [
        "6 entries:",
        "  2 of papers that the archive has: 1 record new, 0 changed",
        *left,
        "  1 unreadable",
        f"papers holds {'3 papers' if options else '1 paper'}.",
    ]


def test_thousands_are_parted_in_all_that_is_counted(archive):
    (archive / "library.bib").write_text("\n".join(f"@misc{{a{n}, title={{Soup {n}}}}}" for n in range(1200)))
    done = agsite("papers", "import", "library.bib", cwd=archive)
    assert done.stderr.splitlines()[0] == "1,200 entries:"
    assert "  1,200 left out, because no answer names the paper" in done.stderr
    agsite("build", "--no-search", cwd=archive)
    for number in range(1200):
        (archive / f"_site/{number}.txt").touch()
    assert ", 1,200 carried along (" in agsite("build", "--no-search", cwd=archive).stderr


def test_importing_into_a_new_folder_says_nothing_of_its_being_new(archive):
    (archive / "library.bib").write_text(ENTRIES.splitlines()[0], encoding="utf-8")
    done = agsite("papers", "import", "library.bib", "--papers", "meta", cwd=archive)
    assert done.stderr.splitlines()[0] == "1 entry:"
    assert done.returncode == 0


def test_nothing_is_imported_for_answers_that_are_not_there(archive):
    (archive / "library.bib").write_text(ENTRIES, encoding="utf-8")
    done = agsite("papers", "import", "library.bib", "--answers", "anwsers", cwd=archive)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "agsite: there is no file or folder anwsers")
    assert not (archive / "papers").exists()


def test_an_archive_may_begin_with_papers(tmp_path):
    (tmp_path / "library.bib").write_text(ENTRIES.splitlines()[0], encoding="utf-8")
    done = agsite("papers", "import", "--all", "library.bib", cwd=tmp_path)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "papers holds 1 paper.")


def answer_with_source(archive: Path, source: str) -> None:
    """A second answer, with another paper."""
    text = "---\nquestion: Is it stew?\nmodel: m\ndate: 2026-01-01\nsources:\n  - {SOURCE}\n---\nYes.\n"
    (archive / "answers/stew.md").write_text(text.replace("SOURCE", source), encoding="utf-8")


@pytest.mark.parametrize("options", [(), ("--all",)], ids=["named", "all"])
def test_a_paper_that_an_answer_with_a_mistake_names_keeps_its_id(archive, options):
    answer_with_source(archive, "id: AG-2025.05-77, title: Stew, similarity: 61%")
    (archive / "library.bib").write_text(ENTRIES, encoding="utf-8")
    done = agsite("papers", "import", "library.bib", *options, cwd=archive)
    assert "answers/stew.md:6:50: error AG136" in done.stderr
    assert done.returncode == 1
    records = map(json.loads, (archive / "papers/2025-05.jsonl").read_text("utf-8").splitlines())
    assert [record["id"] for record in records if record["title"] == "Stew"] == ["AG-2025.05-77"]


@pytest.mark.parametrize(
    "source", ["id: AG-2025.05-77, titel: Stew, similarity: 61", "id: AG-2025.05, title: Stew, similarity: 61"]
)
def test_no_paper_is_numbered_that_a_file_may_name(archive, source):
    answer_with_source(archive, source)
    (archive / "library.bib").write_text(ENTRIES, encoding="utf-8")
    done = agsite("papers", "import", "library.bib", "--all", cwd=archive)
    assert done.returncode == 1
    assert done.stderr.startswith("answers/stew.md:6:")
    assert "agsite: papers cannot be numbered while answers that may name them cannot be read\n" in done.stderr
    assert not (archive / "papers").exists()
    assert "  3 left out, because no answer" in agsite("papers", "import", "library.bib", cwd=archive).stderr


def test_importing_again_says_what_is_changed(archive):
    first, second = ENTRIES.splitlines()[:2]
    for name, line in (("first.bib", first), ("second.bib", second)):
        (archive / name).write_text(line, encoding="utf-8")
    agsite("papers", "import", "first.bib", cwd=archive)
    done = agsite("papers", "import", "second.bib", cwd=archive)
    assert "  1 of papers that the archive has: 0 records new, 1 changed\n" in done.stderr


def test_importing_twice_changes_nothing(archive):
    shutil.copytree(ROOT / "papers", archive / "papers")
    before = {path.name: path.read_bytes() for path in (archive / "papers").iterdir()}
    (archive / "one.json").write_text(
        json.dumps([{"id": "x", "type": "article", "title": "Unheard of"}]), encoding="utf-8"
    )
    assert agsite("papers", "import", "one.json", cwd=archive).returncode == 0
    assert {path.name: path.read_bytes() for path in (archive / "papers").iterdir()} == before


@pytest.mark.parametrize("command", [("show", "AG-2025.04-1127"), ("list", "--json"), ("list",)], ids=" ".join)
def test_a_title_of_a_paper_steers_no_terminal(archive, command):
    title = "Left \u200e\u200f\u061cand right \u2192 é"
    (archive / "papers").mkdir()
    line = json.dumps({"id": "AG-2025.04-1127", "title": title}, ensure_ascii=False)
    (archive / "papers/2025-04.jsonl").write_text(f"{line}\n", encoding="utf-8")
    shown = agsite("papers", *command, cwd=archive).stdout
    assert "Left \\u200e\\u200f\\u061cand right \u2192 é" in shown
    if shown.startswith("{"):
        assert json.loads(shown)["title"] == title


def test_importing_leaves_papers_where_they_stand(archive):
    (archive / "papers").mkdir()
    own = archive / "papers/by-hand.jsonl"
    own.write_text('{"id":"AG-2025.04-1127","title":"A Two-Phase Perspective on Deep Learning Dynamics"}\n', "utf-8")
    (archive / "library.bib").write_text(
        "@article{one, title={A Two-Phase Perspective on Deep Learning Dynamics}, author={Oda, Mei}, year={2025}}\n",
        encoding="utf-8",
    )
    assert agsite("papers", "import", "library.bib", cwd=archive).returncode == 0
    assert [path.name for path in (archive / "papers").iterdir()] == ["by-hand.jsonl"]
    assert "Oda" in own.read_text("utf-8")
    assert "AG404" not in agsite("check", cwd=archive).stderr


def test_importing_replaces_no_link(archive):
    (archive / "papers").mkdir()
    (archive / "elsewhere.jsonl").write_text('{"id":"AG-2025.04-1127"}\n', "utf-8")
    (archive / "papers/2025-04.jsonl").symlink_to("../elsewhere.jsonl")
    (archive / "one.json").write_text(json.dumps([{"id": "x", "title": "Unheard of"}]), encoding="utf-8")
    done = agsite("papers", "import", "one.json", "--all", cwd=archive)
    assert done.returncode == 1
    assert "papers/2025-04.jsonl: error AG403 it is a symbolic link, which is not read" in done.stderr
    assert (archive / "papers/2025-04.jsonl").is_symlink()


@pytest.mark.parametrize(("format", "start"), [("bib", "@"), ("ris", "TY  - "), ("csl", "["), ("jsonl", "{")])
def test_export_writes_the_archive(archive, format, start):
    done = agsite("export", "--format", format, cwd=archive)
    assert done.returncode == 0
    assert done.stdout.startswith(start)


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.bib", "@"), ("a.ris", "TY  - "), ("a.json", "["), ("a.jsonl", "{"), ("a", "{"), ("a.db", "SQLite format 3")],
)
def test_an_export_is_what_its_name_says(archive, name, start):
    assert agsite("export", "--output", name, cwd=archive).returncode == 0
    assert (archive / name).read_bytes().startswith(start.encode())
    assert agsite("export", "--format", "ris", "--output", name, cwd=archive).returncode == 0
    assert (archive / name).read_text().startswith("TY  - ")


@pytest.mark.parametrize("format", ["bib", "sqlite"])
def test_an_export_goes_where_it_can(archive, format):
    assert agsite("export", "--format", format, "--output", "new/folder/file", cwd=archive).returncode == 0
    assert (archive / "new/folder/file").stat().st_size
    (archive / "taken").write_text("x")
    done = agsite("export", "--format", format, "--output", "taken/file", cwd=archive)
    assert (done.returncode, done.stderr.splitlines()) == (
        3,
        [
            "agsite: taken/file cannot be written: File exists",
            "  Make room there, let it be written, or name another place.",
        ],
    )


def test_an_export_into_a_pipe_or_a_link_leaves_it_in_place(archive):
    os.mkfifo(archive / "pipe")
    for name in ("bib", "db"):
        (archive / f"link.{name}").symlink_to(f"real.{name}")
    with subprocess.Popen(["cat", "pipe"], cwd=archive, stdout=subprocess.PIPE, text=True) as reader:
        assert agsite("export", "--format", "bib", "--output", "pipe", cwd=archive).returncode == 0
        assert reader.communicate(timeout=20)[0].startswith("@")
    assert agsite("export", "--format", "bib", "--output", "link.bib", cwd=archive).returncode == 0
    assert agsite("export", "--format", "sqlite", "--output", "link.db", cwd=archive).returncode == 0
    done = agsite("export", "--format", "sqlite", "--output", "pipe", cwd=archive)
    assert (done.returncode, done.stderr.splitlines()[0]) == (3, "agsite: pipe takes no database")
    assert (archive / "pipe").is_fifo()
    assert [(archive / name).is_symlink() for name in ("link.bib", "link.db")] == [True, True]
    assert (archive / "real.bib").read_text("utf-8").startswith("@")
    assert (archive / "real.db").read_bytes().startswith(b"SQLite")


def test_an_export_of_nothing_leaves_what_is_there(archive):
    (archive / "all.jsonl").write_text("kept\n", encoding="utf-8")
    done = agsite("export", "--answers", "answer", "--output", "all.jsonl", cwd=archive)
    assert done.returncode == 1
    assert "answer: error AG504" in done.stderr
    assert "agsite: there are no answers to export" in done.stderr
    assert (archive / "all.jsonl").read_text("utf-8") == "kept\n"


def test_an_export_of_drafts_alone_says_so(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/soup.md").write_text(answer_text("Is it soup?", "Perhaps.", more="status: draft"), "utf-8")
    done = agsite("export", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "agsite: there are no answers to export but drafts\n  Take the line “status: draft” out" in done.stderr


def test_an_export_without_a_file_that_cannot_be_read_says_so(archive):
    (archive / "answers/broken.md").write_text("---\nquestion: Why?\n", encoding="utf-8")
    done = agsite("export", cwd=archive)
    assert done.returncode == 1
    assert "answers/broken.md" in done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_a_file_whose_name_is_not_utf_8_is_a_finding_and_the_others_are_built(archive):
    shutil.copy(next((archive / "answers").glob("*.md")), os.fsencode(archive / "answers") + b"/b\xfccher.md")
    done = agsite("build", cwd=archive)
    assert done.returncode == 1
    assert "answers/b\\xfccher.md: error AG100 it is a file whose name is not UTF-8, which is not read" in done.stderr
    assert (archive / "_site/index.html").is_file()


def test_a_search_without_an_archive_says_so(archive):
    done = agsite("search", "--answers", "answer", "soup", cwd=archive)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "agsite: there is no file or folder answer")


def test_a_search_in_answers_that_cannot_be_read_says_so(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/broken.md").write_text(BROKEN)
    for _ in range(2):
        done = agsite("search", "soup", cwd=tmp_path)
        assert (done.returncode, done.stderr.splitlines()[0]) == (1, "agsite: no answer can be read")


def test_a_search_in_an_archive_without_answers_says_so(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/soup.md").write_text(answer_text("Is it soup?", "Perhaps.", more="status: draft"), "utf-8")
    for _ in range(2):
        done = agsite("search", "soup", cwd=tmp_path)
        assert (done.returncode, done.stderr.splitlines()[0]) == (1, "agsite: there are no answers")


@pytest.mark.parametrize("command", ["export --format sqlite --output archive.db", "init new", "init there"])
def test_a_full_disk_is_left_as_it_was(archive, command):
    (archive / "there").mkdir()
    before = sorted(archive.rglob("*"))
    line = f"ulimit -f 4; exec {sys.executable} -m agsite {command}"
    done = subprocess.run(["sh", "-c", line], cwd=archive, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert re.match(r"agsite: (archive\.db|new|there) cannot be written: ", done.stderr)
    assert "Traceback" not in done.stderr
    assert sorted(archive.rglob("*")) == before


def test_export_to_sqlite_can_be_asked(archive):
    answers = [json.loads(line) for line in agsite("export", cwd=archive).stdout.splitlines()]
    source, question = answers[0]["sources"][0], answers[0]["question"]
    asks = answer_text("Who asks?", "So.", follow_ups=(question, "Who else?"))
    (archive / "answers/asks.md").write_text(asks, encoding="utf-8")
    (archive / "papers").mkdir()
    authors = [{"family": "Spoon", "given": "Ada"}, {"family": "Bowl", "given": "Bo"}]
    record = {"id": source["id"], "doi": "10.1000/a", "published": "2024-05", "abstract": "Soup.", "authors": authors}
    (archive / "papers/one.jsonl").write_text(json.dumps(record), encoding="utf-8")
    assert agsite("export", "--format", "sqlite", "--output", "archive.db", cwd=archive).returncode == 0
    with closing(sqlite3.connect(archive / "archive.db")) as database:
        rows = {name: set(database.execute(f"select * from {name}")) for name in ("answer", "source", "follow_up")}
        paper = database.execute("select * from paper where id = ?", (source["id"],)).fetchall()
        named = database.execute("select * from author order by position").fetchall()
        cited = database.execute(
            "select answer, paper.id, anchor, listed from citation join paper on paper.id = citation.paper"
        ).fetchall()
    counts = ("sentences", "cited", "gaps")
    kept = ("id", "question", "model", "date", "status", "category", "body")
    assert {row for row in rows["answer"] if row[0] != "asks"} == {
        (*(answer[key] for key in kept), *(answer["coverage"][key] for key in counts)) for answer in answers
    }
    assert rows["source"] == {(a["id"], s["id"], s["similarity"], s["cited"]) for a in answers for s in a["sources"]}
    assert {row for row in rows["follow_up"] if row[0] == "asks"} == {
        ("asks", question, answers[0]["id"]),
        ("asks", "Who else?", None),
    }
    assert paper == [(source["id"], source["title"], source["category"], None, "10.1000/a", "2024-05", "Soup.")]
    assert named == [(source["id"], 1, "Ada Spoon"), (source["id"], 2, "Bo Bowl")]
    assert set(cited) == {(a["id"], c["paper_id"], c["anchor"], c["listed"]) for a in answers for c in a["citations"]}


def test_a_slip_in_a_command_names_the_nearest():
    done = agsite("biuld")
    assert done.returncode == 2
    assert "Did you mean “build”?" in done.stderr


def test_a_file_cannot_send_orders_to_the_terminal_or_the_log(archive):
    (archive / "answers/bad.md").write_text(
        "---\nquestion: Why?\nmodel: m\ndate: '::stop-commands::x'\n---\nx\n", encoding="utf-8"
    )
    done = agsite("check", cwd=archive)
    assert done.returncode == 1
    assert not any(line.startswith("::") for line in (done.stdout + done.stderr).splitlines())
    assert "\x1b" not in done.stderr


def test_a_folder_that_is_gone_is_named(tmp_path):
    script = 'mkdir gone; cd gone; rmdir ../gone; exec "$@"'
    command = ["sh", "-c", script, "sh", sys.executable, "-P", "-m", "agsite", "build"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = ["agsite: the folder that this runs in is gone", "  Change into one that is there."]
    assert (done.returncode, done.stderr.splitlines()) == (3, said)


def test_what_the_system_refuses_is_one_line(archive):
    """Whatever it is: here, nothing more can be printed."""
    if not Path("/dev/full").exists():
        pytest.skip("no disk here is always full")
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "agsite", "export"]
        done = subprocess.run(command, cwd=archive, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, "agsite: No space left on device\n")


def test_config_shows_the_settings_that_hold_and_one_of_them_to_scripts(archive):
    (archive / "agsite.yml").write_text('title: "Mine"  # and nobody else\'s\nper_page: 20\n', encoding="utf-8")
    shown = json.loads(agsite("config", cwd=archive).stdout)
    assert (shown["title"], shown["per_page"], shown["base_url"]) == ("Mine", 20, "https://example.org/")
    assert [agsite("config", name, cwd=archive).stdout for name in ("title", "per_page")] == ["Mine\n", "20\n"]
    unknown = agsite("config", "titel", cwd=archive)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr.startswith("agsite: there is no setting “titel”\n  Did you mean “title”?")
