"""The command line as tests call it: in a process of its own, as people do."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANSWERS = ROOT / "answers"

BROKEN = "---\nquestion: Half?\nmodle: someone\nmodel: someone\ndate: 2026-05-03\n---\nText.\n"


def agsite(*args: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run agsite in a process of its own."""
    command = [sys.executable, "-m", "agsite", *map(str, args)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


@contextlib.contextmanager
def serve(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """`agsite serve`, and what it has said so far, the last line of which says where the site is."""
    line = [sys.executable, "-m", "agsite", "serve", *arguments]
    with subprocess.Popen(line, cwd=folder, stderr=subprocess.PIPE, text=True, env=os.environ) as running:
        assert running.stderr is not None
        try:
            lines = [running.stderr.readline()]
            while "The site is at" not in lines[-1]:
                assert lines[-1]
                lines.append(running.stderr.readline())
            yield running, lines
        finally:
            running.kill()
