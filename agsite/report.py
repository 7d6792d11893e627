"""What a run did: counts, timings, findings, progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from agsite.findings import Finding, in_order

_COUNTS = ("answers", "withdrawn", "papers", "pages", "files", "written", "unchanged", "deleted", "foreign")

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much is done, and how much there is."""


def silent(stage: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass
class Report:
    """The outcome of a run, filled in as it goes."""

    counts: dict[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    published: bool = False
    generation: str = ""
    """The name of the generation that stood when the run was done with it."""
    progress: Progress = silent

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage of the run; the clock is a stopwatch and reaches no page."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - start, 3)

    def add(self, *findings: Finding) -> None:
        """Add findings, keeping them in order."""
        self.findings = in_order((*self.findings, *findings))

    def facts(self) -> dict[str, Any]:
        """The report as one object for programs."""
        return {
            **dict.fromkeys(_COUNTS, 0),
            **self.counts,
            "published": self.published,
            "findings": [f._asdict() for f in self.findings],
            "seconds": self.seconds,
        }
