"""What `agsite check` costs on a large archive: `python bench/check.py ../shared/bench/corpus.py --count 10000`.

The corpus generator is not part of this project; it is called as `corpus.py OUT --count N --form text`. Each format is
a process of its own; the limit is 15 s of CPU for 10,000 answers, and what takes more ends in exit code 1. With --site,
the built site is checked too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT = 15.0


def cpu_seconds(*arguments: str, cwd: Path) -> tuple[float, int]:
    """Run agsite; return its CPU seconds and its peak memory in MiB. Raises where it did not come to its end."""
    command = [sys.executable, "-m", "agsite", *arguments]
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in {0, 1}:
        raise subprocess.CalledProcessError(child.returncode, command)
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def main() -> None:
    """Make a corpus, check it in all formats, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("generator", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--site", action="store_true", help="build the site and check that too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        command = [sys.executable, given.generator.resolve(), place / "corpus", "--count", str(given.count)]
        subprocess.run([*command, "--form", "text"], check=True, stdout=subprocess.DEVNULL)
        (place / "corpus/text").rename(place / "answers")
        limit = LIMIT * given.count / 10_000
        slow = False
        for format in ("text", "github", "json", "sarif"):
            seconds, memory = cpu_seconds("check", "--format", format, cwd=place)
            print(f"check --format {format:6} {seconds:5.1f} s of CPU (limit {limit:g}), {memory} MiB", flush=True)
            slow |= seconds > limit
        if given.site:
            cpu_seconds("build", "--no-search", cwd=place)
            pages = sum(1 for _ in (place / "_site").rglob("*.html"))
            seconds, memory = cpu_seconds("check", "--site", "_site", cwd=place)
            print(f"check --site, {pages:,} pages: {seconds:.1f} s of CPU, {memory} MiB")
    sys.exit(slow)


if __name__ == "__main__":
    main()
