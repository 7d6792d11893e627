"""Answers of which some fields are refused: the checks go on with the rest, so that one run finds everything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from agsite.answerfile.faults import UNKNOWN
from agsite.answerfile.parsed import Origin
from agsite.records import Answer

LISTS = frozenset({"sources", "follow_ups"})
"""The fields of which checks would miss what could not be read."""

_STAND_INS: dict[str, Any] = {"id": "-", "question": "?", "model": "-", "date": dt.date.min, "body": "-"}
"""What an answer must have, in words in which no check finds anything."""


class Rest(NamedTuple):
    """The part of an answer that could be read."""

    answer: Answer
    lacks: frozenset[str]
    """The lists of which not all could be read."""
    lost: dict[str, set[int]]
    """Of each list, the items that are left out."""

    def placed(self, origin: Origin) -> Origin:
        """Return where its parts stand, of those of the whole file."""
        sources = _without(origin.sources, self.lost.get("sources", ()))
        return origin._replace(sources=sources, follow_ups=_without(origin.follow_ups, self.lost.get("follow_ups", ())))


def readable(values: Mapping[str, Any], problems: Iterable[ErrorDetails] = ()) -> Rest:
    """Return the answer without what pydantic refuses of the values."""
    kept = dict(values)
    lacks: set[str] = set()
    absent = LISTS - values.keys()
    refused: dict[str, dict[int, list[ErrorDetails]]] = {}
    for problem in problems:
        field, *inner = problem["loc"]
        if field in LISTS and inner:
            refused.setdefault(str(field), {}).setdefault(int(inner[0]), []).append(problem)
            continue
        kept.pop(str(field), None)
        # A list that is not there may be what an unknown field was meant for.
        lacks |= absent if problem["type"] in UNKNOWN else {str(field)}
    lost = {}
    for field, faults in refused.items():
        items = [_item(item, faults.get(index, [])) for index, item in enumerate(values[field])]
        lost[field] = {index for index, item in enumerate(items) if item is None}
        kept[field] = _without(items, lost[field])
    lacks |= {field for field, indexes in lost.items() if indexes}
    return Rest(Answer.model_validate(_STAND_INS | kept), LISTS & lacks, lost)


def _item(item: Any, problems: list[ErrorDetails]) -> Any:
    """Return an item of a list without what is refused of it; None where nobody could tell what it was meant to be."""
    if not problems:
        return item
    refused = {problem["loc"][2] for problem in problems if len(problem["loc"]) > 2}
    if not refused:
        return None
    kept = {"title": "?"} | {key: value for key, value in item.items() if key not in refused}
    return kept if "id" in kept else None


def _without(items: Sequence[Any], lost: Container[int]) -> tuple[Any, ...]:
    return tuple(item for index, item in enumerate(items) if index not in lost)
