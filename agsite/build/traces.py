"""What planning each section asked for and led to, kept between builds: where its facts stand, it is not planned again.

A trace is verified, never trusted: it holds where every fact that its section asked for has the version that it had,
and agsite, templates, words and settings are the same.
"""

from __future__ import annotations

import contextlib
from array import array
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from agsite import seal
from agsite.errors import AgsiteError
from agsite.pages import Fact, Versions

_KIND = "traces 2"

Files = tuple[tuple[str, str], ...]
"""The files that a section led to, each with its fingerprint."""


class Traces:
    """The traces of one output; `salt` differs where anything differs that all pages are made with."""

    def __init__(self, path: Path, salt: str, versions: Versions) -> None:
        self._path = path
        self._kind = f"{_KIND} {salt}"
        self._versions = versions
        self._facts: dict[Fact, int] = {}
        self._before: dict[str, tuple[bytes, Files]] = {}
        self._now: dict[str, tuple[bytes, Files]] = {}
        self._current: list[bytes] = []
        """The versions of the first facts, which were there before."""
        self._stale: frozenset[int] = frozenset()

    def load(self) -> None:
        """Read the traces of the last build, and find the facts that are not as they were."""
        kept: dict[str, Any] | None = seal.fetch(self._path, self._kind)
        if kept is None:
            return
        self._facts = {fact: index for index, fact in enumerate(kept["facts"])}
        self._before = kept["sections"]
        self._current = list(map(self._versions.of, self._facts))
        changed = zip(self._current, kept["versions"], strict=True)
        self._stale = frozenset(index for index, (now, before) in enumerate(changed) if now != before)

    def files(self, url: str) -> Files | None:
        """Return the files of a section whose facts are all as they were; None where it has to be planned."""
        trace = self._before.get(url)
        if trace is None or not self._stale.isdisjoint(_indexes(trace[0])):
            return None
        self._now[url] = trace
        return trace[1]

    def note(self, url: str, asked: Collection[Fact] | None, files: Iterable[tuple[str, str]]) -> None:
        """Note what a section asked for and led to; one that asked for nothing, or saw everything, has no trace."""
        if asked:
            facts = self._facts
            numbers = array("I", sorted([facts.setdefault(fact, len(facts)) for fact in asked]))
            self._now[url] = numbers.tobytes(), tuple(files)

    def save(self) -> None:
        """Keep the traces of this build, and let go of them; where that fails, the next one plans all sections."""
        used = array("I", sorted(set[int]().union(*[_indexes(asked) for asked, _ in self._now.values()])))
        names, known = list(self._facts), len(self._current)
        value: dict[str, Any] = {
            "facts": [names[index] for index in used],
            "versions": [self._current[i] if i < known else self._versions.of(names[i]) for i in used],
            "sections": {},
        }
        self._before.clear()
        places = {old: new for new, old in enumerate(used)}
        while self._now:  # They are many, and need not be there twice.
            url, (asked, files) = self._now.popitem()
            value["sections"][url] = array("I", map(places.__getitem__, _indexes(asked))).tobytes(), files
        with contextlib.suppress(AgsiteError):
            seal.store(self._path, value, self._kind)


def _indexes(asked: bytes) -> array[int]:
    numbers = array("I")
    numbers.frombytes(asked)
    return numbers
