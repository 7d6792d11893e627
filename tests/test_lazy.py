"""`agsite --help` is quick, because heavy packages load only in the function that needs them."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = {
    "anthropic",
    "bibtexparser",
    "distributed",
    "jinja2",
    "latex2mathml",
    "markdown_it",
    "numpy",
    "pylatexenc",
    "sentencex",
    "watchfiles",
    "whoosh",
    "yaml",
}

# Help needs no records either: to import Pydantic and make the record classes takes as long as all the rest.
HEAVY_FOR_HELP = HEAVY | {"pydantic"}

HELP_CPU_SECONDS = 0.15

LOADED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}), sep='\\n')"
HELP = (
    "import agsite.cli\ntry:\n    agsite.cli.main()\nexcept SystemExit as exit:\n    assert not exit.code, exit.code\n"
)


def python(code: str, *arguments: str) -> str:
    """What a fresh interpreter prints for the code."""
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def loaded(code: str, *arguments: str) -> set[str]:
    """The top-level packages that are loaded once the code has run in a fresh interpreter."""
    return set(python(f"{code}\n{LOADED}", *arguments).splitlines())


def test_importing_the_command_line_loads_nothing_heavy():
    assert loaded("import agsite.cli") & HEAVY == set()


def test_help_loads_nothing_heavy():
    assert loaded(HELP, "--help") & HEAVY_FOR_HELP == set()


def test_help_says_how_agsite_is_used():
    said = python(HELP, "--help")
    assert "agsite" in said
    assert "build" in said


def test_a_heavy_package_that_is_loaded_is_seen():
    assert loaded("import jinja2.environment, yaml") & HEAVY == {"jinja2", "yaml"}


def test_the_linter_guards_the_same_packages(root: Path):
    lint = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert set(lint["flake8-tidy-imports"]["banned-module-level-imports"]) == HEAVY


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="the system does not tell the CPU time of one child")
def test_help_is_quick():
    def cpu_seconds() -> float:
        child = subprocess.Popen([sys.executable, "-m", "agsite", "--help"], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        return usage.ru_utime + usage.ru_stime

    best = min(cpu_seconds() for _ in range(7))
    assert best < HELP_CPU_SECONDS, "see what loads: python -X importtime -m agsite --help"
