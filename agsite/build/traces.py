"""What planning each section asked for and led to, kept between builds: where its facts stand, it is not planned again.

A trace is verified, never trusted: it holds where every fact that its section asked for has the version that it had,
and agsite, templates, words and settings are the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from agsite import seal
from agsite.errors import AgsiteError
from agsite.pages import Fact, Versions

_KIND = "traces 1"

# Facts that no section asks for any more stay until there are so many more than in the beginning.
_MOST_GROWTH = 2

Files = tuple[tuple[str, str], ...]
"""The files that a section led to, each with its fingerprint."""


class Traces:
    """The traces of one output; `salt` differs where anything differs that all pages are made with."""

    def __init__(self, path: Path, salt: str, versions: Versions) -> None:
        self._path = path
        self._salt = salt
        self._versions = versions
        self._facts: dict[Fact, int] = {}
        self._sections: dict[str, tuple[bytes, Files]] = {}
        self._stale: frozenset[int] = frozenset()
        self._first = 0

    def load(self) -> None:
        """Read the traces of the last build, and find the facts that are not as they were."""
        kept: dict[str, Any] | None = seal.fetch(self._path, _KIND)
        if kept is None or kept["salt"] != self._salt or len(kept["facts"]) > _MOST_GROWTH * kept["first"]:
            return
        self._facts = {fact: index for index, fact in enumerate(kept["facts"])}
        self._sections, self._first = kept["sections"], kept["first"]
        versions = map(self._versions.of, self._facts)
        before = kept["versions"]
        self._stale = frozenset(index for index, version in enumerate(versions) if version != before[index])

    def files(self, url: str) -> Files | None:
        """Return the files of a section whose facts are all as they were; None where it has to be planned."""
        asked, files = self._sections.get(url, (b"", None))
        return files if files is not None and self._stale.isdisjoint(_indexes(asked)) else None

    def note(self, url: str, asked: Collection[Fact], files: Iterable[tuple[str, str]]) -> None:
        """Note what a section asked for and led to; one that asks for no facts sees all, and has no trace."""
        if not asked:
            return
        facts = self._facts
        numbers = array("I", sorted([facts.setdefault(fact, len(facts)) for fact in asked]))
        self._sections[url] = numbers.tobytes(), tuple(files)

    def save(self, urls: Collection[str]) -> None:
        """Keep the traces of the sections that the site has; where that fails, the next build plans all of them."""
        facts = list(self._facts)
        value = {
            "salt": self._salt,
            "first": self._first or len(facts),
            "facts": facts,
            "versions": [self._versions.of(fact) for fact in facts],
            "sections": {url: trace for url, trace in self._sections.items() if url in urls},
        }
        try:
            seal.store(self._path, value, _KIND)
        except AgsiteError:
            self._path.unlink(missing_ok=True)


def _indexes(asked: bytes) -> array[int]:
    numbers = array("I")
    numbers.frombytes(asked)
    return numbers
