"""Feed the readers of both formats and the renderer with what nobody would write: `python -m bench.fuzz --minutes 10`.

Two parts. Shapes: every pathological shape repeated to the largest size that a file may have, from bytes to findings
and page; the rule is 10 s of CPU and 512 MiB a file. Mutations: good, bad and hostile files, cut, doubled, spliced and
sprinkled with marks; the rule is that nothing raises, that a refused file says why, and that a page only shows text.

Whatever breaks a rule is written to bench/fuzz-found/ with the seed that made it.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.hostile import GOOD
from tests.mutations import Target, mutated, seeds
from tests.prose import SHAPES

ROOT = Path(__file__).parents[1]
FOUND = ROOT / "bench/fuzz-found"
CAP = 256 * 1024
CPU_SECONDS, MEBIBYTES = 10, 512

DEPTHS = {
    "nested lists": "\n".join("  " * depth + "- a" for depth in range(700)),
    "nested quotes": (">" * 300 + " a\n") * 800,
    "nested brackets": "[" * 60_000 + "a" + "](b)" * 40_000,
    "nested emphasis": "*a **b " * 18_000 + "** *" * 18_000,
    "long table": "|a" * 300 + "\n" + "|-" * 300 + "\n" + ("|a" * 300 + "\n") * 400,
    "one line of words": "word " * 50_000,
    "one word": "a" * 250_000,
    "formulas": "$x_{1}^{2}$ " * 20_000,
    "nested formula": "$" + "{" * 50_000 + "}" * 50_000 + "$",
    "short sentences": "A. " * 80_000,
    "cited sentences": "It holds [AG-2025.03-1234]. " * 1_999,
    "sentences with formulas": "A $x$ bc. " * 25_000,
    "ids that are almost some, and code": "AG-2026.13-1 " * 1_900 + "`a` " * 55_000,
    "code and tags": "`a` <b> " * 32_000,
    "code and tags in lines": "`a` <b>\n" * 32_000,
    "tags in a long second line": "a\n" + "<b> " * 62_000,
    "tags in a quote": "> <b>\n" * 42_000,
    "code and refused links": "`a` [x](a:b) " * 19_000,
}


def main() -> None:
    """Run both parts and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    target = Target()
    failures = run_shapes(target) + run_mutations(target, given.minutes, given.seed)
    sys.exit(1 if failures else 0)


def run_shapes(target: Target) -> int:
    """Time every shape at the largest size, and say which are the slowest."""
    texts = {repr(shape): shape * ((CAP - 1000) // len(shape.encode())) for shape in SHAPES} | DEPTHS
    times = {}
    for name, text in texts.items():
        data = GOOD.replace("It is [AG-2025.03-1234].", text).encode()[:CAP]
        start = time.process_time()
        # The standard's parser takes longer than everything of ours, so it does not look at these.
        target.run(data, "x.md", look=False)
        times[name] = time.process_time() - start
    slowest = sorted(times, key=lambda name: -times[name])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    worst_time = f"the slowest {times[slowest[0]]:.1f} s of CPU, {memory:.0f} MiB at most"
    print(f"{len(times)} shapes at {CAP // 1024} KiB: {worst_time}", flush=True)
    for name in slowest[:8]:
        print(f"  {times[name]:5.1f} s  {name[:60]}")
    return sum(seconds > CPU_SECONDS for seconds in times.values()) + (memory > MEBIBYTES)


def run_mutations(target: Target, minutes: float, seed: int) -> int:
    """Feed mutated files until the time is over."""
    corpus = seeds()
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    deadline = time.monotonic() + minutes * 60
    while time.monotonic() < deadline:
        number = sum(outcomes.values())
        data, name = mutated(random.Random(f"{seed}.{number}"), corpus)
        start = time.process_time()
        try:
            outcomes[target.run(data, name)] += 1
        except Exception:  # noqa: BLE001 - whatever it is, it is what this looks for
            outcomes["broken"] += 1
            keep(data, f"{seed}.{number}-{name}")
        slowest = max(slowest, time.process_time() - start)
    figures = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"{sum(outcomes.values()):,} mutated files in {minutes:g} min: {figures}; the slowest {slowest:.2f} s of CPU")
    return outcomes["broken"]


def keep(data: bytes, name: str) -> None:
    """Keep what broke a rule, with what it did."""
    FOUND.mkdir(exist_ok=True)
    (FOUND / name).write_bytes(data)
    (FOUND / f"{name}.error").write_text(traceback.format_exc(), encoding="utf-8")


if __name__ == "__main__":
    main()
