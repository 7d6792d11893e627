"""The wheel is whole: it holds what it must and nothing else, and builds a site with no checkout at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path, PurePosixPath

import pytest

import agsite

pytestmark = pytest.mark.slow

SHIPPED = {"agsite": "agsite", "templates": "agsite/_defaults/templates", "site_src": "agsite/_defaults/site_src"}

# What a working folder collects; a wheel once shipped a file that git ignored.
STRAYS = ["agsite/__pycache__/ids.cpython-311.pyc", "templates/.DS_Store", "site_src/style.css~", "_site/index.html"]

ANSWER = """\
---
question: Does a made-up effect survive a change of detector?
model: claude-haiku-4-5
date: 2026-05-03
sources:
  - {id: AG-2025.03-1234, category: hep-ph, title: Made Up Title of a Paper, similarity: 61}
follow_ups:
  - Does a second made-up effect survive it?
  - Which made-up detector sees it best?
  - How large is the made-up effect?
---
The effect survives every change that was tried [AG-2025.03-1234].
"""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed, in an environment that knows nothing of this checkout."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def source_files(root: Path) -> list[str]:
    """The files of the working folder that git does not ignore."""
    if not (root / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout: there is no list of files to hold the wheel against")
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=root).stdout.split("\0")
    return [name for name in listed if name and (root / name).is_file()]


@pytest.fixture(scope="module")
def checkout(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the working folder, with strays in it."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in source_files(root):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, copy / name)
    for name in STRAYS:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("stray", encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, checkout, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with the wheel; its dependencies are those of the environment that runs the tests."""
    environment = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    packages = run(
        scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=environment
    ).stdout.strip()
    # Only the folder counts: a .pth file in it, as that of an editable agsite, is not read from here.
    Path(packages, "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", scripts / "python"]
    run(*pip, "install", "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=environment)
    return scripts


def test_the_wheel_holds_the_sources_and_nothing_else(wheel: Path, checkout: Path, root: Path):
    expected = {
        str(PurePosixPath(SHIPPED[top], *rest))
        for top, *rest in (PurePosixPath(name).parts for name in source_files(root))
        if top in SHIPPED
    }
    info = f"agsite-{agsite.__version__}.dist-info"
    expected |= {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    assert names == expected


@pytest.mark.parametrize("part", ["agsite/cli", "agsite/py.typed", *list(SHIPPED.values())[1:]])
def test_the_wheel_has_all_its_parts(wheel: Path, part: str):
    with zipfile.ZipFile(wheel) as archive:
        assert any(name.startswith(part) for name in archive.namelist())


def test_the_wheel_builds_a_site_with_no_checkout_at_hand(installed: Path, tmp_path: Path):
    answers, output = tmp_path / "answers", tmp_path / "output"
    answers.mkdir()
    (answers / "made-up-effect.md").write_text(ANSWER, encoding="utf-8")
    where = run(installed / "python", "-c", "import agsite; print(agsite.__file__)", cwd=tmp_path).stdout
    assert Path(where).is_relative_to(installed.parent)
    run(installed / "agsite", "build", "--answers", answers, "--output", output, cwd=tmp_path)
    assert (output / "index.html").is_file()
    page = (output / "ask" / "made-up-effect" / "index.html").read_text(encoding="utf-8")
    assert "Does a made-up effect survive a change of detector?" in page


def test_the_installed_version_is_that_of_the_package(installed: Path, tmp_path: Path):
    code = "import importlib.metadata as m; print(m.version('agsite'))"
    assert run(installed / "python", "-c", code, cwd=tmp_path).stdout.strip() == agsite.__version__
