"""The wheel is whole: it holds what it must and nothing else, and builds a site with no checkout at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

import agsite
from tests.workflows import Run, load

pytestmark = pytest.mark.slow

FOLDERS = ("templates", "site_src", "starter", "scripts", ".github")
SHIPPED = {"agsite": "agsite", **{name: f"agsite/_defaults/{name}" for name in FOLDERS}}

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


def test_the_source_archive_is_the_checkout(checkout: Path, root: Path, tmp_path: Path):
    run(sys.executable, "-m", "pip", "install", "--quiet", "--target", tmp_path / "backend", "hatchling", cwd=tmp_path)
    code = "import sys; sys.path.append(sys.argv[1]); from hatchling.build import build_sdist; build_sdist(sys.argv[2])"
    run(sys.executable, "-c", code, tmp_path / "backend", tmp_path, cwd=checkout)
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names == {*source_files(root), "PKG-INFO"}


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


@pytest.fixture(scope="module")
def begun(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one's own, begun from the wheel."""
    folder = tmp_path_factory.mktemp("begun") / "my archive"
    options = ["--title", "Glaciers: a “made-up” archive", "--base-url", "https://glaciers.example/answers/"]
    options += ["--repository", "https://github.com/somebody/glaciers"]
    run(installed / "agsite", "init", folder, *options, cwd=folder.parent)
    return folder


def test_an_archive_begun_from_the_wheel_tests_itself(begun: Path, installed: Path):
    run("make", "test", f"AGSITE={installed / 'agsite'}", cwd=begun)


def test_an_archive_begun_from_the_wheel_has_its_own_title_address_and_look(
    begun: Path, installed: Path, tmp_path: Path
):
    archive = tmp_path / "archive"
    shutil.copytree(begun, archive)
    (archive / "templates").mkdir()
    template = '{% extends "base.html" %}\n{% block main %}<h1>A front page of our own</h1>{% endblock %}\n'
    (archive / "templates/home.html").write_text(template, encoding="utf-8")
    run(installed / "agsite", "build", "--strict", cwd=archive)
    run(installed / "agsite", "check", "--site", "_site", cwd=archive)
    home = (archive / "_site/index.html").read_text(encoding="utf-8")
    answer = (archive / "_site/ask/signals-nobody-simulated/index.html").read_text(encoding="utf-8")
    assert "<h1>A front page of our own</h1>" in home
    assert "<title>Glaciers: a “made-up” archive</title>" in home
    assert '<link rel="canonical" href="https://glaciers.example/answers/ask/signals-nobody-simulated/">' in answer
    assert "https://github.com/somebody/glaciers/issues/new?template=wrong-citation.yml" in answer
    assert "How can a search find a signal that nobody has simulated?" in answer


def test_an_archive_begun_from_the_wheel_deploys_with_no_checkout_at_hand(
    begun: Path, installed: Path, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    archive, artifacts = tmp_path / "archive", tmp_path / "artifacts"
    shutil.copytree(begun, archive)
    artifacts.mkdir()
    # The lock names the wheel alone; what agsite needs is at hand already.
    for name, value in {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_FIND_LINKS": str(wheel.parent)}.items():
        monkeypatch.setenv(name, value)
    pinned = f"agsite=={agsite.__version__}"
    run(sys.executable, "scripts/lock.py", "requirements-deploy.txt", pinned, cwd=archive)
    assert f"{pinned} \\\n    --hash=sha256:" in (archive / "requirements-deploy.txt").read_text(encoding="utf-8")
    packages = run(installed / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        # Of the folder named here, .pth files are not read: so it must name both.
        "AGSITE_PACKAGES": packages.stdout.strip() + "\n" + sysconfig.get_path("purelib"),
        "GITHUB_REPOSITORY": "somebody/glaciers",
    }
    values = {"vars.BASE_URL": "http://127.0.0.1:9/answers/", "vars.FIRST_DEPLOYMENT": "true"}
    values |= {"github.run_attempt": "1"}
    deploy = Run(load(archive / ".github/workflows/deploy.yml"), artifacts, values, environment)
    assert deploy.job("build", archive), deploy.logs
    with tarfile.open(artifacts / "github-pages-1/artifact.tar") as published:
        assert "./ask/signals-nobody-simulated/index.html" in published.getnames()


def test_nothing_of_ours_alone_comes_along(begun: Path):
    names = {path.relative_to(begun).as_posix() for path in begun.rglob("*") if path.is_file()}
    assert {
        "agsite.yml",
        "Makefile",
        "README.md",
        ".gitignore",
        ".github/workflows/deploy.yml",
        "scripts/ci/address.sh",
        "scripts/ci/build.sh",
    } <= names
    assert "@agsite" not in (begun / ".github/CODEOWNERS").read_text(encoding="utf-8")
    assert not [name for name in names if b"@VERSION@" in (begun / name).read_bytes()]
    assert all(os.access(script, os.X_OK) for script in begun.glob("scripts/ci/*.sh"))


def test_a_folder_that_holds_something_is_left_alone(begun: Path, installed: Path):
    done = subprocess.run([installed / "agsite", "init", begun], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "is there already, and not empty" in done.stderr
