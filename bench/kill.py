"""Kills builds at random moments, 200 by default; the site stays whole, and the next build equals a clean one.

python bench/kill.py --kills 200 --seed 1
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.building import built, tree, write_answers


def edit(folder: Path, number: int) -> None:
    """Change every answer, so that there is much to write."""
    for path in (folder / "answers").iterdir():
        text = path.read_text("utf-8").partition("\n\nRound ")[0]
        path.write_text(f"{text}\n\nRound {number}.\n", "utf-8")


def clean(folder: Path, number: int) -> dict[str, str]:
    """The bytes of a clean build."""
    output = folder / f"clean-{number}"
    built(folder, output=str(output), previous=str(folder / "_site/urls.txt"))
    return tree(output)


def main() -> None:
    """Kill, look, build, compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--answers", type=int, default=40)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.building"])
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_answers(folder, args.answers)
        start = time.monotonic()
        built(folder)
        longest = time.monotonic() - start
        for number in range(args.kills):
            old = tree(folder / "_site")
            edit(folder, number % 2)
            new = clean(folder, number % 2)
            process = context.Process(target=built, args=(folder,), kwargs={"jobs": chance.choice([1, 2])})
            process.start()
            time.sleep(chance.uniform(0, 1.1 * longest))
            process.kill()
            process.join()
            now = tree(folder / "_site")
            outcomes["old" if now == old else "new" if now == new else "MIXED"] += 1
            report = built(folder)
            then = tree(folder / "_site")
            outcomes["next build whole" if then == new else "next build WRONG"] += 1
            if then != new:
                different = sorted(path for path in then | new if then.get(path) != new.get(path))
                print(f"kill {number}: {report.counts} {report.published}, {different}", flush=True)
    print(f"seed {args.seed}: {dict(outcomes)}")
    sys.exit(1 if outcomes["MIXED"] or outcomes["next build WRONG"] else 0)


if __name__ == "__main__":
    main()
