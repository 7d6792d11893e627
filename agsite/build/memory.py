"""A build makes many values and few cycles, so looking for cycles is time spent for nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def short_of_garbage() -> Iterator[None]:
    """Leave the search for cycles of garbage out for a while, and what was made meanwhile for good."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # Else the first search would go through all of an archive.
            gc.freeze()
            gc.enable()
