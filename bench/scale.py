"""What an archive costs as it grows: CPU seconds and memory of reading, linking, planning, and of a whole cold build.

    python bench/scale.py ../shared/bench/corpus.py --sizes 1000 10000 50000

The corpus generator is not part of this project; it is called as `corpus.py OUT --count N --form text`. Every figure is
of a process of its own. The limits stand beside the figures; the growth is a ratio within the run, so a slow or busy
machine moves both sides.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_PLAN = """
import json, resource, sys, time
from agsite.archive import build_archive
from agsite.config import Config
from agsite.corpus import read
from agsite.pages import Facts, Overview, plan_sections
started = time.process_time()
import gc; gc.disable()
found = read([sys.argv[1]])
archive = build_archive((r.answer, r.body, r.path) for r in found.readings)
plan = Overview(archive, Config())
count = sum(1 for section in plan_sections(plan) for _ in section.pages(Facts(plan)))
print(json.dumps({"cpu": time.process_time() - started, "pages": count}))
"""


def run(*command: str) -> tuple[float, float, str]:
    """Run a process; return its CPU seconds, its peak memory in MB, and what it printed."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed


def measure(corpus: Path, size: int, work: Path) -> dict[str, float]:
    """Generate an archive of `size` answers and measure it."""
    folder = work / str(size)
    subprocess.run(
        [sys.executable, corpus, folder, "--count", str(size), "--form", "text"], check=True, capture_output=True
    )
    _, _, printed = run(sys.executable, "-c", _PLAN, str(folder / "text"))
    plan = json.loads(printed)["cpu"]
    output = work / f"site-{size}"
    texts = str(folder / "text")
    command = [sys.executable, "-m", "agsite", "build", "--answers", texts, "--papers", texts]
    cpu, memory, printed = run(*command, "--output", str(output), "--no-search", "--jobs", "1", "--json")
    files = json.loads(printed)["files"]
    subprocess.run(["rm", "-rf", str(output)], check=True)
    return {"answers": size, "plan": plan, "build": cpu, "memory": memory, "files": files}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="the corpus generator, corpus.py")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    arguments = parser.parse_args()
    help_cpu = min(run(sys.executable, "-m", "agsite", "--help")[0] for _ in range(5))
    print(f"agsite --help: {help_cpu:.3f} s CPU, best of 5 (limit 0.15)")
    print(f"{'answers':>8} {'plan s':>8} {'build s':>8} {'ms/answer':>10} {'peak MB':>8} {'files':>8}")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            row = measure(arguments.corpus, size, Path(folder))
            rows.append(row)
            each = 1000 * row["build"] / size
            print(
                f"{size:>8} {row['plan']:>8.2f} {row['build']:>8.2f} {each:>10.2f}"
                f" {row['memory']:>8.0f} {row['files']:>8.0f}",
                flush=True,
            )
    print("limits at 10,000: plan 3 s, build 30 s, 600 MB")
    if len(rows) > 1:
        first, last = rows[-2], rows[-1]
        growth = (last["build"] / last["answers"]) / (first["build"] / first["answers"])
        print(f"time per answer, {last['answers']:.0f} against {first['answers']:.0f}: {growth:.2f} × (limit 1.2)")


if __name__ == "__main__":
    main()
