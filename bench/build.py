"""Builds side by side with Hugo: the table of `docs/building.md`.

    python bench/build.py ../shared/bench/peers/run_peers.py --work /tmp/peers --sizes 30 1000 10000 --rounds 3

`run_peers.py` and the generator of archives beside it are not part of this project; `run_peers.py --install --work …`
gets Hugo from its registry. Every round runs Hugo and agsite in turn on the same archive, and what counts is the median
of the ratios within a round, so that a machine that is slow or busy hits both. Two sites are built: the full one, and
one with the pages that Hugo is asked for (`bench/same_work.py`). Pictures for links and search are off in both.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
BUILD = (
    f"{sys.executable} -m agsite build --answers {{src}} --papers {{src}} --output {{out}} "
    "--config {site}/../plain.yml --no-search --json"
)
SAME = f"{sys.executable} {HERE / 'same_work.py'} {{src}} {{out}}"
ROADS = {"full": BUILD, "same work": SAME}
# Case, size → what is to be reached, as a share of Hugo's CPU time; for 30 answers, of its wall time.
GATES = {
    ("cold", 30): 1.5,
    ("cold", 1000): 0.7,
    ("cold", 10000): 0.3,
    ("cold", 50000): 0.15,
    ("edit", 10000): 0.03,
    ("noop", 10000): 0.005,
}


def run(*command: str, cwd: Path | None = None) -> tuple[float, float, float]:
    """Run a process; return CPU seconds, wall seconds and the peak memory of its largest process in MB."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in {0, 1}, f"{command} ended with {child.returncode}"
    return used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024


def peers(args: argparse.Namespace, size: int, road: str) -> list[dict]:
    """Let `run_peers.py` run Hugo and agsite in turn; return its lines."""
    lines = args.work / f"runs-{size}-{road.replace(' ', '-')}.jsonl"
    lines.unlink(missing_ok=True)
    command = [
        sys.executable,
        str(args.peers),
        "--work",
        str(args.work),
        "--sizes",
        str(size),
        "--rounds",
        str(args.rounds),
    ]
    command += ["--peers", "hugo", "agsite", "--agsite", ROADS[road], "--json", str(lines), "--timeout", "3600"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [json.loads(line) for line in lines.read_text("utf-8").splitlines()]


def ratio(runs: list[dict], state: str, key: str) -> float:
    """The median of the ratios within a round."""
    by = {(line["peer"], line["round"]): line[key] for line in runs if line["state"] == state}
    rounds = {number for _, number in by}
    return statistics.median(by["agsite", number] / by["hugo", number] for number in rounds)


def median(runs: list[dict], state: str, peer: str, key: str) -> float:
    return statistics.median(line[key] for line in runs if (line["state"], line["peer"]) == (state, peer))


def table(args: argparse.Namespace) -> None:
    print(
        "| case | answers | site | Hugo CPU s | agsite CPU s | CPU ratio | wall ratio | agsite MB | files | to reach |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size in args.sizes:
        for road in ROADS:
            runs = peers(args, size, road)
            assert not [line for line in runs if line["exit"] not in {0, 1}], "a build failed; see build.log"
            for state in ("cold", "edit", "noop"):
                figures = [median(runs, state, peer, "cpu") for peer in ("hugo", "agsite")]
                memory, files = (median(runs, state, "agsite", key) for key in ("rss_mb", "files"))
                gate = GATES.get((state, size), "") if road == "full" else ""
                ratios = f"{ratio(runs, state, 'cpu'):.3f} | {ratio(runs, state, 'wall'):.3f}"
                print(
                    f"| {state} | {size:,} | {road} | {figures[0]:.2f} | {figures[1]:.2f} | {ratios}"
                    f" | {memory:.0f} | {files:.0f} | {gate} |",
                    flush=True,
                )
            if road == "full":
                copied(args, size, median(runs, "cold", "agsite", "cpu"))


def copied(args: argparse.Namespace, size: int, cpu: float) -> None:
    """What copying the finished tree costs: the least that any generator could take."""
    tree, copy = args.work / f"sites/agsite-{size}/public", args.work / "copy"
    figures = []
    for _ in range(3):
        shutil.rmtree(copy, ignore_errors=True)
        figures.append(run("cp", "-r", str(tree), str(copy))[0])
    shutil.rmtree(copy, ignore_errors=True)
    copied = statistics.median(figures)
    print(f"| cold / `cp -r` | {size:,} | full | | {cpu:.2f} / {copied:.2f} | {cpu / copied:.1f} | | | | 15 |")


def small(args: argparse.Namespace) -> None:
    """The commands that people wait for most often."""
    answers = args.work / "sites/agsite-30/content/answers"
    if not answers.is_dir():
        return
    twelve = args.work / "twelve/answers"
    twelve.mkdir(parents=True, exist_ok=True)
    for path in sorted(answers.iterdir())[:12]:
        shutil.copy(path, twelve)
    build = [sys.executable, "-m", "agsite", "build", "--no-search"]
    run(*build, cwd=twelve.parent)
    for name, command, most in (("`agsite --help`", [*build[:3], "--help"], 0.15), ("no-op, 12 answers", build, 0.3)):
        best = min(run(*command, cwd=twelve.parent)[0] for _ in range(5))
        print(f"| {name} | | | | {best:.2f} | | | | | {most} s |")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("peers", type=Path, help="run_peers.py")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder, where Hugo is installed")
    parser.add_argument("--sizes", type=int, nargs="+", default=[30, 1000, 10000])
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    # As it is where agsite is installed: Python compiles its modules once, not for every command.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    args.work = args.work.resolve()
    (args.work / "sites").mkdir(parents=True, exist_ok=True)
    (args.work / "sites/plain.yml").write_text("share_images: false\n")
    table(args)
    small(args)


if __name__ == "__main__":
    main()
