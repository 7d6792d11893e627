"""Garbage collection, which a build does without: it makes many values and few cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector, and exempt what was made meanwhile from all later collections."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # Otherwise the first collection would go through all of an archive.
            gc.freeze()
            gc.enable()


def collect() -> None:
    """Collect what is exempt as well; what is left is exempt again."""
    with collector_paused():
        gc.unfreeze()
        gc.collect()
