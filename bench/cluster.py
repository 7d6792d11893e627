"""A build on a Dask cluster of this machine, beside one in this process: the figures of `docs/scale.md`.

python bench/cluster.py ANSWERS --workers 2
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from distributed import Client

from agsite.build import Options, build
from agsite.config import Config
from agsite.report import Report

DASK = (sys.executable, "-W", "ignore", "-m", "dask")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def measure(answers: Path, output: Path, cluster: str | None) -> tuple[float, float, Report]:
    """Build; return CPU seconds of this process, wall seconds, and the report."""
    options = Options(answers=(str(answers),), papers=(), output=str(output), cluster=cluster)
    report = Report()
    cpu, wall = time.process_time(), time.perf_counter()
    build(options, Config(share_images=False), report)
    return time.process_time() - cpu, time.perf_counter() - wall, report


def cpu_of(pid: int) -> float:
    """CPU seconds of a running process."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main() -> None:
    """Start, build, compare, stop."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("answers", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        here = measure(args.answers, folder / "here", None)
        file = folder / "scheduler.json"
        command = [*DASK, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file]
        started = [subprocess.Popen(command, **QUIET)]
        try:
            while not file.exists() or not file.read_text("utf-8"):
                time.sleep(0.05)
            worker = [*DASK, "worker", "--scheduler-file", file, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
            started += [subprocess.Popen([*worker, "--host", "127.0.0.1"], **QUIET) for _ in range(args.workers)]
            address = json.loads(file.read_text("utf-8"))["address"]
            with Client(address, set_as_default=False) as client:
                client.wait_for_workers(args.workers, timeout=60)
            idle = [cpu_of(process.pid) for process in started]
            there = measure(args.answers, folder / "there", address)
            busy = [cpu_of(process.pid) - before for process, before in zip(started, idle, strict=True)]
        finally:
            for process in started:
                process.kill()
                process.wait()
        same = subprocess.run(["diff", "-rq", folder / "here", folder / "there"], check=False).returncode == 0
    made = here[2].counts["files"]
    print(f"{here[2].counts['answers']:,} answers, {made:,} files; the same bytes: {same}")
    print(f"here:    {here[0]:.1f} s CPU, {here[1]:.1f} s wall")
    print(f"cluster: {there[0]:.1f} s CPU in the build, {busy[0]:.1f} s in the scheduler, {there[1]:.1f} s wall")
    print(f"         {', '.join(f'{seconds:.1f}' for seconds in busy[1:])} s CPU in the workers")
    print(f"         stages: {there[2].seconds}")


if __name__ == "__main__":
    main()
