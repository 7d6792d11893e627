"""A small archive to pregenerate for, runs of it in this process and in ones that can be killed."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from decimal import Decimal
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from agsite import corpus, generate
from agsite.archive import build_archive
from agsite.build import read_papers
from agsite.config import Prices
from agsite.generate import Options, Outcome
from agsite.llm import Client, Journal
from agsite.llm.log import read_log
from tests.standin import StandIn, digest

CASES = Path(__file__).parent / "cases" / "pregenerate"
KEY = "sk-made-up-key-for-tests/+=?"

QUESTIONS = (
    "How does the porosity of ice change the growth of pebbles in discs?",
    "Do rings of dust near the snow line come from sintered icy pebbles?",
    "Does carbon monoxide ice stop the growth of pebbles in the outer disc?",
    "Does the drift of porous pebbles leave the inner disc dry?",
    "Can the streaming instability work with pebbles limited by bouncing?",
    "Do comets keep a memory of the porosity of pebbles?",
    "Can neural surrogates replace growth calculations of pebbles in discs?",
    "Does electric charge delay the bouncing of icy pebbles in discs?",
)


def workspace(folder: Path) -> Path:
    """A copy of the small archive."""
    shutil.copytree(CASES, folder, dirs_exist_ok=True)
    return folder


def now() -> str:
    return dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")


def options(folder: Path, url: str, *questions: str, cap: str | None = "5", **changes: Any) -> Options:
    """What a run in the small archive is asked to do."""
    found = corpus.read([str(folder / "answers")])
    metadata, problems = read_papers((str(folder / "papers"),))
    assert not problems
    prices = Prices()
    model = changes.pop("model", "claude-haiku-4-5")
    price = prices.of(model)
    assert price is not None
    return Options(
        items=tuple(generate.given(questions)),
        archive=build_archive(((r.answer, r.body, r.path) for r in found.readings), metadata),
        papers=metadata,
        model=model,
        price=price,
        prices=prices,
        cap=Decimal(cap) if cap is not None else None,
        now=now,
        connect=lambda: Client(KEY, url, timeout=5),
        out=folder / "answers",
        state=folder / ".agsite",
        journal=folder / ".agsite" / "pregenerate",
        **changes,
    )


def run(folder: Path, service: StandIn, *questions: str, **changes: Any) -> Outcome:
    """A run in this process; a run that goes on has its questions already."""
    asked = () if changes.get("resume") else questions or QUESTIONS[:3]
    return generate.run(options(folder, service.url, *asked, **changes))


def raw_keys(folder: Path) -> set[str]:
    """The keys whose replies are on disk."""
    return {path.stem for path in (folder / ".agsite/pregenerate/raw").glob("*.json") if "." not in path.stem}


def records(folder: Path) -> list[dict[str, Any]]:
    """All records of all runs."""
    logs = sorted((folder / ".agsite/pregenerate/runs").glob("*.log"))
    return [dict(record) for log in logs for record in read_log(log.read_bytes())[0]]


def digests(folder: Path) -> dict[str, str]:
    """What the stand-in calls a request, for each key that was announced."""
    with Journal(folder / ".agsite/pregenerate", now) as journal:
        keys = {record["key"] for record in records(folder) if record["kind"] == "planned"}
        return {digest(journal.request(key)["params"]): key for key in keys}


# --- Processes that can be killed ------------------------------------------------------------------------------------

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["agsite.generate", "anthropic", "httpx2", "whoosh.index", "tests.pregenerating"])


def start(folder: Path, url: str, *questions: str, **changes: Any) -> BaseProcess:
    """A run in a process of its own."""
    child = _CONTEXT.Process(target=_child, args=(str(folder), url, questions, changes))
    child.start()
    return child


def _child(folder: str, url: str, questions: tuple[str, ...], changes: dict[str, Any]) -> None:
    import logging

    logging.disable()
    generate.run(options(Path(folder), url, *questions, **changes))


def kill(child: BaseProcess) -> None:
    """End a run as a power cut would."""
    if child.pid is not None and child.is_alive():
        os.kill(child.pid, signal.SIGKILL)
    child.join(20)


def when(service: StandIn, phase: str, number: int, act: Callable[[], None]) -> None:
    """Do something the first time that call `number` reaches a phase."""
    seen = [0]

    def look(reached: str, key: str) -> None:
        if reached == phase:
            seen[0] += 1
            if seen[0] == number + 1:
                act()

    service.phase = look
