"""A measurement fails where what it measures did, or took too long: else nobody would notice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Called as the generator of corpora is, which is not part of this project.
GENERATOR = """
import sys
from pathlib import Path

place = Path(sys.argv[1])
(place / "text").mkdir(parents=True)
(place / "text/one.md").write_text("---\\nquestion: Why?\\nmodel: m\\ndate: 2026-01-01\\n---\\nText.\\n")
"""
# It is found before the package, because the processes that are measured run beside it.
DEAD = '(place.parent / "agsite.py").write_text("raise SystemExit(3)")\n'


def measured(root: Path, folder: Path, more: str = "") -> subprocess.CompletedProcess[str]:
    """Measure the check of one answer, for which hardly any time is allowed."""
    generator = folder / "corpus.py"
    generator.write_text(GENERATOR + more, encoding="utf-8")
    command = [sys.executable, "bench/check.py", generator, "--count", "1"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_a_check_above_its_limit_is_a_failure(root: Path, tmp_path: Path):
    done = measured(root, tmp_path)
    assert (done.stdout.count("(limit 0.0015)"), done.stderr, done.returncode) == (4, "", 1)


def test_a_check_that_dies_at_once_is_not_called_quick(root: Path, tmp_path: Path):
    done = measured(root, tmp_path, DEAD)
    assert "returned non-zero exit status 3" in done.stderr
    assert done.stdout == ""
