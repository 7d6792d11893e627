"""Builds one archive in 64 surroundings; every site must be the same bytes, the index for the browser included.

python bench/surroundings.py --builds 64 --seed 1

Hash seeds, locales, time zones, masks, homes, names of folders, numbers of processes, cold, warm and edited caches, and
orders of the answers in their folder are drawn at random; so is the year where libfaketime is (Debian: apt-get
install faketime). Last, answers of which one in 100 is broken are checked in one run.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.building import tree, write_answers

ROOT = Path(__file__).parents[1]
MAIN = "from agsite.build import making; making.FEW = 0; from agsite.cli import main; main()"
FAKETIME = next(iter(Path("/usr").glob("lib/*/faketime/libfaketime.so.1")), None)

SEEDS = ("0", "1", "77", "4242", "4294967295", "random")
LOCALES = ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8")
ZONES = ("UTC", "Pacific/Kiritimati", "America/St_Johns")
YEARS = ("@1970-01-02 00:00:00", "@1999-12-31 23:59:50", "@2038-01-19 03:14:00", "@2100-03-01 00:00:00")
MASKS = (0o000, 0o022, 0o027, 0o077)
NAMES = ("plain", "with spaces", "soupie\u0300re", "soupi\u00e8re", "\U0001f963", "\u05de\u05e8\u05e7", "e\u0301" * 60)
STATES = ("cold", "warm", "edited")


def build(folder: Path, texts: dict[str, str], chance: random.Random) -> str:
    """Build in random surroundings; return what they were, where the site differs or the build failed."""
    answers = folder / chance.choice(NAMES) / "answers"
    answers.mkdir(parents=True)
    year = chance.choice(YEARS) if FAKETIME else ""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": chance.choice(SEEDS),
        "LC_ALL": chance.choice(LOCALES),
        "TZ": chance.choice(ZONES),
        "HOME": chance.choice(["/nowhere", str(folder)]),
        **({"LD_PRELOAD": str(FAKETIME), "FAKETIME": year, "FAKETIME_DONT_FAKE_MONOTONIC": "1"} if year else {}),
    }
    state, jobs, mask = chance.choice(STATES), chance.choice(["1", "2", "8"]), chance.choice(MASKS)
    output = chance.choice(["_site", str(answers.parent / "_site"), "./answers/../_site"])
    command = [sys.executable, "-c", MAIN, "build", "--jobs", jobs, "--output", output]
    for time_ in range(1 if state == "cold" else 2):
        for name in chance.sample(sorted(texts), len(texts)):
            text = texts[name].replace("hums", "sings") if state == "edited" and not time_ else texts[name]
            (answers / name).write_text(text, "utf-8")
            at = chance.choice([0, 2**31, 4_102_444_800])
            os.utime(answers / name, (at, at))
        done = subprocess.run(
            command, cwd=answers.parent, env=environment, umask=mask, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return f"exit {done.returncode}: {done.stderr[-300:]}"
    chosen = (environment["PYTHONHASHSEED"], environment["LC_ALL"], environment["TZ"], year, oct(mask), jobs, state)
    return (
        "" if tree(answers.parent / "_site") == SAME.setdefault("tree", tree(answers.parent / "_site")) else str(chosen)
    )


SAME: dict[str, dict[str, str]] = {}


def broken(count: int) -> bool:
    """Check answers of which one in 100 is broken; say whether each was named, and what that cost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        answers = write_answers(folder, count)
        bad = {f"answers/spoon-{number}.md" for number in range(0, count, 100)}
        for path in bad:
            (folder / path).write_bytes(
                (answers / "spoon-1.md").read_bytes().replace(b"date: 2026-02-03", b"date: soon")
            )
        start = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", "agsite", "check"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=(folder / "said").open("wb"),
        )
        _, _, used = os.wait4(child.pid, 0)
        child.returncode = 0
        errors = set(re.findall(r"^(answers/[^:]+):\d+(?::\d+)?: error ", (folder / "said").read_text(), re.MULTILINE))
        print(
            f"{count:,} answers, {len(bad)} broken, {len(errors & bad)} named, {len(errors - bad)} others, "
            f"{time.monotonic() - start:.1f} s ({used.ru_utime + used.ru_stime:.1f} s of CPU), "
            f"{used.ru_maxrss // 1024} MiB"
        )
        return errors == bad


def main() -> None:
    """Build, compare, and say what differed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--builds", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--answers", type=int, default=10_000)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = {path.name: path.read_text("utf-8") for path in write_answers(folder / "source", 6).iterdir()}
        for number in range(args.builds):
            differs = build(folder / str(number), texts, chance)
            outcomes["differ" if differs else "same"] += 1
            if differs:
                print(f"build {number}: {differs}", flush=True)
    faked = "the year faked" if FAKETIME else "without libfaketime"
    print(f"{args.builds} builds, seed {args.seed}, {faked}: {dict(outcomes)}, {len(SAME['tree'])} files", flush=True)
    sys.exit(not (outcomes["same"] == args.builds and all([broken(args.answers // 5), broken(args.answers)])))


if __name__ == "__main__":
    main()
