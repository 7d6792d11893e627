"""The command line as tests call it: in a process of its own, as people do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANSWERS = ROOT / "answers"

BROKEN = "---\nquestion: Half?\nmodle: someone\nmodel: someone\ndate: 2026-05-03\n---\nText.\n"


def agsite(*args: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run agsite in a process of its own."""
    command = [sys.executable, "-m", "agsite", *map(str, args)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
