"""Kill a run of `pregenerate` at a chosen or a random point, let it go on, and count what was lost or paid twice."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import NamedTuple

from tests import pregenerating as pg
from tests.standin import StandIn

PHASES = ("announced", "received", "half", "sent", "kept", "random")


class Damage(NamedTuple):
    """What a kill did."""

    lost: int
    """Replies that were on disk at the kill and are not in the end, or brought no answer."""
    paid_twice: int
    """Calls made again although their reply was on disk at the kill."""
    unaccounted: int
    """Replies that the service made and that are neither on disk nor reported as unknown."""
    unknown: int
    """Calls reported as perhaps paid for."""
    sent_again: int
    """Calls made again for them, on request."""
    over_budget: float


def kill_once(folder: Path, phase: str, chance: random.Random, cap: str = "0.25") -> Damage:
    """Kill one run in a phase, resume it, then resume it again with what is unknown sent again."""
    pg.workspace(folder)
    with StandIn() as service:
        _run_until_killed(folder, service, phase, chance, cap)
        service.phase = lambda reached, key: None
        before, made = pg.raw_keys(folder), dict(service.completed)
        pg.run(folder, service, resume=True, cap=cap) if _has_run(folder) else pg.run(folder, service, cap=cap)
        keys = pg.digests(folder)
        twice = sum(service.completed[d] - made.get(d, 0) for d, key in keys.items() if key in before)
        unknown = {r["key"] for r in pg.records(folder) if r["kind"] == "unknown"}
        kept = pg.raw_keys(folder)
        unaccounted = sum(1 for d in service.completed if keys[d] not in kept | unknown)
        settled = {r["key"] for r in pg.records(folder) if r["kind"] == "outcome" and r["result"] == "written"}
        lost = len(before - kept) + len(before - settled)
        total = service.completed.total()
        pg.run(folder, service, resume=True, retry_unknown=True, cap=cap)
        return Damage(
            lost,
            twice,
            unaccounted,
            len(unknown),
            service.completed.total() - total,
            max(0.0, service.billed - float(cap)),
        )


def _has_run(folder: Path) -> bool:
    return any(record["kind"] == "run" for record in pg.records(folder))


def _run_until_killed(folder: Path, service: StandIn, phase: str, chance: random.Random, cap: str) -> None:
    """Start a run and kill it: at a point of a call as the service sees it, at one on disk, or at any time."""
    reached = threading.Event()
    number = chance.randrange(3)
    if phase in {"received", "half", "sent"}:
        pg.when(service, phase, number, reached.set)
    child = pg.start(folder, service.url, *pg.QUESTIONS[:3], cap=cap, concurrency=2)
    if phase == "random":
        # Most of the time goes into starting, so wait for the first record before the clock runs.
        _wait_until(lambda: _has_run(folder), child)
        time.sleep(chance.uniform(0, 0.5))
    elif phase == "announced":
        _wait_until(lambda: sum(r["kind"] == "intent" for r in pg.records(folder)) > number, child)
    elif phase == "kept":
        _wait_until(lambda: len(pg.raw_keys(folder)) > number, child)
    else:
        _wait_until(reached.is_set, child)
    pg.kill(child)


def _wait_until(condition: object, child: object) -> None:
    assert callable(condition)
    end = time.monotonic() + 20
    while not condition() and child.is_alive() and time.monotonic() < end:  # type: ignore[attr-defined]
        time.sleep(0.001)
