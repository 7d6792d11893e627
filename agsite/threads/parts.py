"""A thread cut into pages: small threads whole, large ones a few levels at a time, with what goes on elsewhere counted.

Levels are counted from the root of a tree and never from the page, so that the questions at which a tree is cut stay
the same while it grows: a page that was published stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from agsite.threads.graph import Thread

LIMIT = 60
"""How many questions a page shows; a thread with no more is shown whole."""

_LEVELS = 3
"""How many levels below its first one a page of a larger thread shows."""


class Part(NamedTuple):
    """What a page shows of a thread: trees, their questions, and how many more follow below some of these."""

    head: str | None
    """The question at which a larger thread was cut and this page goes on; None on the pages of the thread itself."""
    roots: tuple[str, ...]
    shown: tuple[str, ...]
    hidden: Mapping[str, int]


def cut(thread: Thread) -> tuple[Part, ...]:
    """Return the pages of a thread: first its own, then one for each question at which it was cut."""
    if len(thread.questions) <= LIMIT:
        return (Part(None, thread.roots, tuple(thread.questions), {}),)
    below = _below(thread)
    trees = [_tree(thread, root, below) for root in thread.roots]
    branches: list[Part] = []
    heads = [key for tree in trees for key in tree.hidden if key != tree.head]
    for head in heads:
        branch = _tree(thread, head, below)
        branches.append(branch)
        heads += [key for key in branch.hidden if key != head]
    return (*_pages(trees), *branches)


def _below(thread: Thread) -> dict[str, int]:
    """Return how many questions stand below each, at any depth."""
    below = dict.fromkeys(thread.questions, 0)
    # Questions come after the ones they stand under, so the last come first here.
    for key in reversed(list(thread.questions)):
        below[key] = sum(1 + below[child] for child in thread.questions[key].children)
    return below


def _tree(thread: Thread, head: str, below: Mapping[str, int]) -> Part:
    """Return a tree down to the next cut, or to fewer levels where it has too many questions."""
    levels = _LEVELS - thread.questions[head].depth % _LEVELS
    rows = [[head]]
    for _ in range(levels):
        rows.append([child for key in rows[-1] for child in thread.questions[key].children])
    while len(rows) > 2 and sum(map(len, rows)) > LIMIT:
        rows.pop()
    left_out = sum(map(len, rows)) - LIMIT
    if left_out > 0:
        rows[-1] = _foremost(thread, rows[-1])
    hidden = {key: below[key] for key in rows[-1] if below[key]}
    if left_out > 0:
        # A question that asks so much keeps the rest to its own page.
        hidden[head] = left_out
    return Part(head, (head,), tuple(key for row in rows for key in row), hidden)


def _foremost(thread: Thread, children: list[str]) -> list[str]:
    """Return the children of one question for which a page has room, in their order."""
    # Those that were answered first: where a thread goes on below them, this is the only way there, and it stays.
    asked = set(children)
    first = dict.fromkeys([*(key for key in thread.answered if key in asked), *children])
    kept = set(list(first)[: LIMIT - 1])
    return [key for key in children if key in kept]


def _pages(trees: list[Part]) -> Iterator[Part]:
    """Put trees together as long as a page has room, in their order."""
    roots: list[str] = []
    shown: list[str] = []
    hidden: dict[str, int] = {}
    for tree in trees:
        if len(shown) + len(tree.shown) > LIMIT:
            yield Part(None, tuple(roots), tuple(shown), hidden)
            roots, shown, hidden = [], [], {}
        roots += tree.roots
        shown += tree.shown
        hidden |= tree.hidden
    yield Part(None, tuple(roots), tuple(shown), hidden)
