"""What can be read of fields of which some are refused: the checks go on with it, so that one run tells all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from agsite.answerfile.faults import UNKNOWN
from agsite.records import Answer

LISTS = frozenset({"sources", "follow_ups"})
"""The fields of which checks would miss what could not be read."""

_STAND_INS: dict[str, Any] = {"id": "-", "question": "?", "model": "-", "date": dt.date.min, "body": "-"}
"""What an answer must have, in words in which no check finds anything."""


def readable(values: Mapping[str, Any], problems: Iterable[ErrorDetails] = ()) -> tuple[Answer, frozenset[str]]:
    """Return the answer without what pydantic refuses of the values, and which of the lists it lacks for that."""
    kept = dict(values)
    lacks: set[str] = set()
    refused: dict[int, set[str]] = {}
    for problem in problems:
        field, *inner = problem["loc"]
        if field == "sources" and len(inner) == 2:
            refused.setdefault(int(inner[0]), set()).add(str(inner[1]))
            continue
        kept.pop(str(field), None)
        # A list that is not there may be what an unknown field was meant for.
        lacks |= LISTS - values.keys() if problem["type"] in UNKNOWN else {str(field)}
    if refused and "sources" in kept:
        kept["sources"] = sources = [_without(source, refused.get(i)) for i, source in enumerate(kept["sources"])]
        if None in sources:
            lacks.add("sources")
    kept = {field: value for field, value in kept.items() if field not in lacks}
    return Answer.model_validate(_STAND_INS | kept), LISTS & lacks


def _without(source: dict[str, Any], refused: set[str] | None) -> dict[str, Any] | None:
    """Return a source without some of its fields; None where nobody could tell its paper or its category then."""
    if not refused:
        return source
    kept = {"title": "?"} | {key: value for key, value in source.items() if key not in refused}
    return kept if {"id", "category"} <= kept.keys() else None
