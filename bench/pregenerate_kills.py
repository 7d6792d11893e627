"""Kill `pregenerate` 200 times and run it 100 times on a tight budget; count what is lost, paid twice or overspent.

    python -m bench.pregenerate_kills --kills 200 --budgets 100

Each kill is a SIGKILL of a process of its own, in one of six phases of a call or at a random time; the stand-in in
`tests/standin` counts what it made. Seeds are printed, so that a case can be run again.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

from tests import kills
from tests import pregenerating as pg
from tests.standin import StandIn, by_turns

FAULTS = ("", "", "drop", "cut", "400", "html", "no-follow-ups", "stop:refusal")


def kill_all(number: int, seed: int) -> bool:
    """Kill in every phase by turns; print what each phase did, and return whether nothing was lost."""
    totals: defaultdict[str, Counter[str]] = defaultdict(Counter)
    started = time.monotonic()
    for case in range(number):
        phase = kills.PHASES[case % len(kills.PHASES)]
        with tempfile.TemporaryDirectory() as folder:
            damage = kills.kill_once(Path(folder), phase, random.Random(f"{seed}-{case}"))
        totals[phase].update({"kills": 1, **damage._asdict()})
        if damage.lost or damage.paid_twice or damage.unaccounted or damage.over_budget:
            print(f"case {seed}-{case} ({phase}): {damage}")
    names = ("kills", *kills.Damage._fields)
    print("".join(name.rjust(14) for name in ("phase", *names)))
    for phase, counts in totals.items():
        print("".join(str(value).rjust(14) for value in (phase, *(counts[name] for name in names))))
    print(f"{number} kills in {time.monotonic() - started:.0f} s")
    everything = sum(totals.values(), Counter())
    return not any(everything[name] for name in ("lost", "paid_twice", "unaccounted", "over_budget"))


def budget_once(folder: Path, chance: random.Random) -> tuple[float, bool]:
    """One run with faults and restarts; return how far it went beyond its cap, and whether it came to it."""
    cap = f"{chance.uniform(0.02, 0.09):.4f}"
    pg.workspace(folder)
    with StandIn(by_turns(*(chance.choice(FAULTS) for _ in range(10)))) as service:
        outcome = pg.run(folder, service, *pg.QUESTIONS, cap=cap, concurrency=chance.randint(1, 8))
        for _ in range(chance.randint(1, 4)):
            outcome = pg.run(folder, service, resume=True, cap=None, retry_unknown=chance.random() < 0.5)
        over = max(service.billed, float(outcome.spent)) - float(cap)
        assert outcome.cap == Decimal(cap)
        return max(0.0, over), outcome.exit_code == 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--budgets", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261123)
    given = parser.parse_args()
    good = kill_all(given.kills, given.seed)
    over, reached = 0, 0
    for case in range(given.budgets):
        with tempfile.TemporaryDirectory() as folder:
            beyond, capped = budget_once(Path(folder), random.Random(f"{given.seed}-{case}"))
        over += beyond > 0
        reached += capped
    print(f"{given.budgets} runs on a budget: {over} went beyond it, {reached} came to it")
    raise SystemExit(0 if good and not over else 1)


if __name__ == "__main__":
    main()
