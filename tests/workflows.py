"""Workflows run as their host would run them: each step of a job in order, hosted actions replaced by stand-ins."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

UNSEEN = ("pyproject.toml", "GNUmakefile", ".ci/run", ".venv/lib/python3.12/site-packages/a.pth", "redirects.yml")
"""What an archive has not, and what would run in its workflows or lead its readers if somebody added it."""
_EVEN_SO = "!cancelled() && "
"""What lets a step run though one before it has failed."""
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


def load(path: Path) -> dict[str, Any]:
    """A workflow; its key `on` is the text, which YAML 1.1 takes for a truth value."""
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in read.items()}


def owners(text: str, path: str) -> list[str]:
    """Who owns a file, as CODEOWNERS says: the last line that matches it, which may name nobody."""
    found: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            pattern, *names = line.split()
            if pattern == "*" or f"/{path}".startswith(pattern):
                found = names
    return found


@dataclass
class Run:
    """One run of a workflow: what its expressions stand for, the artifacts so far, and the logs of its steps."""

    workflow: dict[str, Any]
    artifacts: Path
    values: dict[str, str]
    environment: dict[str, str]
    logs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    summaries: dict[str, str] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)

    def job(self, name: str, checkout: Path) -> bool:
        """Run a job's steps in order in a folder that was checked out; say whether all went well."""
        job = self.workflow["jobs"][name]
        failed = False
        for number, step in enumerate(job["steps"]):
            if not self._is_due(step.get("if"), failed=failed):
                continue
            done = self._hosted(step, checkout) if "uses" in step else self._script(name, number, step, checkout)
            failed = failed or not done
        for output, expression in job.get("outputs", {}).items():
            self.values[f"needs.{name}.outputs.{output}"] = self.fill(expression)
        return not failed

    def starts(self, name: str, *, failed: bool) -> bool:
        """Say whether a job is due; `failed` where one that it needs has."""
        return self._is_due(self.workflow["jobs"][name].get("if"), failed=failed)

    def fill(self, text: Any) -> str:
        """A text with its expressions filled in; one that nobody set is empty, as the host has it."""
        return _EXPRESSION.sub(lambda match: self.values.get(match[1], ""), str(text))

    def _is_due(self, condition: str | None, *, failed: bool) -> bool:
        if condition is None:
            return not failed
        inner = _EXPRESSION.fullmatch(condition)
        assert inner is not None, f"write the condition as an expression: {condition}"
        if inner[1] in {"always()", "!cancelled()"}:
            return True
        name, value = inner[1].removeprefix(_EVEN_SO).split(" == ")
        is_held_up = failed and not inner[1].startswith(_EVEN_SO)
        return not is_held_up and self.values.get(name, "") == value.strip("'")

    def _script(self, job: str, number: int, step: dict[str, Any], checkout: Path) -> bool:
        assert "${{" not in step["run"], f"an expression inside a script: {step['run']}"
        notes = {kind: self.artifacts / f"{job}-{number}.{kind}" for kind in ("output", "summary")}
        environment = self.environment | {key: self.fill(value) for key, value in step.get("env", {}).items()}
        environment |= {"GITHUB_OUTPUT": str(notes["output"]), "GITHUB_STEP_SUMMARY": str(notes["summary"])}
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", step["run"]],
            cwd=checkout,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=240,
            check=False,
        )
        self.logs[step["name"]] = done.stdout
        written = {kind: path.read_text(encoding="utf-8") if path.exists() else "" for kind, path in notes.items()}
        self.summaries[step["name"]] = written["summary"]
        for line in written["output"].splitlines():
            key, _, value = line.partition("=")
            self.values[f"steps.{step['id']}.outputs.{key}"] = value
        return done.returncode == 0

    def _hosted(self, step: dict[str, Any], checkout: Path) -> bool:
        """Do what a hosted action would, as far as files go; to check out and to set up Python has been done."""
        action = step["uses"].split("@")[0]
        given = {key: self.fill(value) for key, value in step.get("with", {}).items()}
        if action == "actions/upload-artifact":
            return self._upload(given, checkout / given["path"])
        if action == "actions/download-artifact":
            shutil.copytree(self.artifacts / given["name"], checkout / given["path"], dirs_exist_ok=True)
            return True
        if action == "actions/deploy-pages":
            # It refuses to choose among several of a name; those of earlier attempts at a run are kept.
            return self.uploads.count(given.get("artifact_name", "github-pages")) == 1
        return action in {"actions/checkout", "actions/setup-python"}

    def _upload(self, given: dict[str, str], path: Path) -> bool:
        if not path.exists():
            return given.get("if-no-files-found") != "error"
        self.uploads.append(given["name"])
        if path.is_dir():
            shutil.copytree(path, self.artifacts / given["name"], dirs_exist_ok=True)
        else:
            (self.artifacts / given["name"]).mkdir(exist_ok=True)
            shutil.copy(path, self.artifacts / given["name"])
        return True
