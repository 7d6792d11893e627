"""Work as tests measure it: by the calls that are made, which are the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions, those written in C and the steps of generators included."""
    made = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal made
        made += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return made


def grows_with_its_input(work: Callable[[int], object], size: int = 100) -> bool:
    """Say whether four times the input is about four times the work; each with each would be sixteen times."""
    work(1)
    return calls(lambda: work(4 * size)) < 6 * calls(lambda: work(size))
