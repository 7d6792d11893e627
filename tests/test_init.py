"""`agsite init` asks people, and takes what programs give it; tests/test_wheel.py builds what it writes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.commands import agsite
from tests.workflows import UNSEEN, owners


def settings(folder: Path) -> dict[str, str]:
    values: dict[str, str] = yaml.safe_load((folder / "agsite.yml").read_text(encoding="utf-8"))
    return values


def test_on_a_terminal_it_asks_for_what_is_not_given(tmp_path: Path):
    ours, theirs = pty.openpty()
    os.write(ours, "Questions: about “ice”\n\n".encode())
    command = [sys.executable, "-m", "agsite", "init", "ice", "--repository", "https://github.com/Somebody/ice"]
    done = subprocess.run(command, cwd=tmp_path, stdin=theirs, capture_output=True, text=True, timeout=60, check=False)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0, done.stderr
    assert "Address at which it will be published [https://somebody.github.io/ice/]" in done.stderr
    assert settings(tmp_path / "ice") == {
        "title": "Questions: about “ice”",
        "base_url": "https://somebody.github.io/ice/",
        "repository": "https://github.com/Somebody/ice",
    }


def test_elsewhere_what_is_not_given_has_its_default(tmp_path: Path):
    assert agsite("init", "archive", cwd=tmp_path).returncode == 0
    assert settings(tmp_path / "archive") == {"title": "Answers", "base_url": "https://example.org/"}
    readme = (tmp_path / "archive/README.md").read_text(encoding="utf-8")
    assert "example.org" not in readme
    assert "Its address is the repository's project page until you set another (`base_url`" in readme


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://github.com/A/B", "https://a.github.io/B/"),
        ("https://github.com/a/a.github.io", "https://a.github.io/"),
        ("https://code.example/a/b", "https://example.org/"),
    ],
)
def test_the_address_follows_from_the_repository(repository: str, address: str, tmp_path: Path):
    assert agsite("init", "archive", "--repository", repository, cwd=tmp_path).returncode == 0
    assert settings(tmp_path / "archive")["base_url"] == address


def test_the_owner_of_the_repository_is_asked_about_all_but_answers_and_papers(tmp_path: Path):
    assert agsite("init", "archive", "--repository", "https://github.com/Somebody/ice", cwd=tmp_path).returncode == 0
    archive = tmp_path / "archive"
    text = (archive / ".github/CODEOWNERS").read_text(encoding="utf-8")
    names = [*UNSEEN, *(path.relative_to(archive).as_posix() for path in archive.rglob("*") if path.is_file())]
    asked = {name: owners(text, name) for name in names}
    assert {name.partition("/")[0] for name in names if not asked[name]} == {"answers", "papers"}
    assert [found for found in asked.values() if found not in ([], ["@Somebody"])] == []


@pytest.mark.parametrize("repository", ["", "https://github.com/somebody"])
def test_where_no_owner_is_known_a_place_is_left_for_one(repository: str, tmp_path: Path):
    assert agsite("init", "archive", "--repository", repository, cwd=tmp_path).returncode == 0
    text = (tmp_path / "archive/.github/CODEOWNERS").read_text(encoding="utf-8")
    assert all(line.startswith("#") for line in text.splitlines())
    assert "put a name in the place of @OWNER" in text
    assert "\n# * @OWNER\n" in text
    readme = (tmp_path / "archive/README.md").read_text(encoding="utf-8")
    assert "`.github/CODEOWNERS`" in readme.partition("## Publish")[2]


@pytest.mark.parametrize("address", ["example.org", "javascript:x", "https://x y/"])
def test_an_address_that_is_none_is_refused_before_anything_is_written(address: str, tmp_path: Path):
    done = agsite("init", "archive", "--base-url", address, cwd=tmp_path)
    assert done.returncode == 2
    assert "base_url" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "archive").exists()


def test_a_folder_with_nothing_but_a_repository_is_filled(tmp_path: Path):
    subprocess.run(["git", "init", "-q", tmp_path / "archive"], check=True)
    assert agsite("init", "archive", cwd=tmp_path).returncode == 0
    assert (tmp_path / "archive/.git").is_dir()


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        (".", "files are here. Next: make serve"),
        ("on ice", "files are in on ice. Next: cd 'on ice' && make serve"),
    ],
)
def test_what_comes_next_can_be_pasted(folder: str, told: str, tmp_path: Path):
    assert told in agsite("init", folder, cwd=tmp_path).stderr


def test_the_first_instruction_works_with_the_agsite_that_began_the_archive(tmp_path: Path):
    agsite("init", "archive", cwd=tmp_path)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "agsite").write_text(f'#!/bin/sh\nexec {sys.executable} -m agsite "$@"\n')
    (folder / "agsite").chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}

    def make(*arguments: str) -> None:
        subprocess.run(["make", *arguments], cwd=tmp_path / "archive", env=environment, check=True, capture_output=True)

    make("test")
    make("new", 'Q=Does $x$ of a "$HOME" melt?')
    assert 'Does $x$ of a "$HOME" melt?' in (tmp_path / "archive/answers/does-x-of-a-home-melt.md").read_text("utf-8")
    # Nothing was published yet, so what a test built leaves no addresses behind.
    for name in ("does-x-of-a-home-melt", "a-few-labelled-examples"):
        (tmp_path / f"archive/answers/{name}.md").unlink()
    make("test")
    assert not (tmp_path / "archive/.venv").exists()
