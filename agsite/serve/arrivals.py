"""What came last of all that is wrong: whoever made an edit looks for that, and a closed message opens for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from agsite.findings import SEVERITIES, Finding, in_order

_Key = tuple[str, str, str, int]


class _Arrival(NamedTuple):
    version: int
    """The state of the archive that brought it; checks may find it later."""
    telling: int


class Told(NamedTuple):
    """What is told, the newest first."""

    findings: tuple[Finding, ...]
    new: tuple[Finding, ...]
    """Those of them that were not told before."""
    newest: int
    """A number that rises with whatever is new."""


class Arrivals:
    """When each thing that is wrong came; a finding stays the same wherever edits above it move its line."""

    def __init__(self) -> None:
        self._tellings = 0
        self._of: dict[_Key, _Arrival] = {}

    def tell(self, version: int, findings: Iterable[Finding], trouble: str) -> Told:
        """Return what is wrong now, that of the last edit first, and of what came at once the gravest."""
        self._tellings += 1
        now = _Arrival(version, self._tellings)
        keyed = dict(_keyed(findings))
        came = {key: self._of.setdefault(key, now) for key in (*keyed, *_of_trouble(trouble))}
        order = sorted(keyed, key=lambda key: (-came[key].version, SEVERITIES.index(keyed[key].severity)))
        new = tuple([keyed[key] for key in order if came[key] is now])
        newest = max((arrival.telling for arrival in came.values()), default=0)
        return Told(tuple([keyed[key] for key in order]), new, newest)

    def forget_all_but(self, findings: Iterable[Finding], trouble: str) -> None:
        """Forget what is gone: if it comes back, it is new."""
        kept = (*dict(_keyed(findings)), *_of_trouble(trouble))
        self._of = {key: self._of[key] for key in kept if key in self._of}


def _keyed(findings: Iterable[Finding]) -> Iterator[tuple[_Key, Finding]]:
    """Yield findings in order, each by what edits of other lines leave as it is."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in in_order(findings):
        same = finding.path, finding.code, finding.message
        seen[same] += 1
        yield (*same, seen[same]), finding


def _of_trouble(trouble: str) -> tuple[_Key, ...]:
    return (("", "", trouble, 0),) if trouble else ()
