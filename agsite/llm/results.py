"""The results of a batch: a line a request, each a reply or why there is none, in any order."""

from __future__ import annotations

import json
from typing import Any

from agsite.counted import counted
from agsite.llm.failures import inside, quote

FREE = frozenset({"errored", "canceled", "expired"})
"""Results without a reply, which cost nothing."""


def custom_id(key: str) -> str:
    """Return the name that a request has within a batch."""
    return f"q-{key[:40]}"


def read_results(raw: bytes) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return the results of a batch by custom id; blank lines are skipped, lines that are not results are counted."""
    results: dict[str, dict[str, Any]] = {}
    unreadable = 0
    for line in raw.split(b"\n"):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            results.setdefault(str(record["custom_id"]), dict(record["result"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            unreadable += 1
    return results, [f"{counted(unreadable, 'line')} of the results cannot be read, and kept"] if unreadable else []


def is_whole(result: dict[str, Any]) -> bool:
    """Say whether a result tells what became of its request."""
    return result.get("type") in FREE or (result.get("type") == "succeeded" and isinstance(result.get("message"), dict))


def reason_of(result: dict[str, Any]) -> str:
    """Return why a result holds no reply."""
    said = quote(str(inside(inside(result, "error"), "error").get("message") or ""))
    return f"in the batch it was {result['type']}" + (f": {said}" if said else "")
