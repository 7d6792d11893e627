"""The order of answers, and which spelling of a model's name counts."""

from __future__ import annotations

from collections.abc import Iterable

from agsite.records import Answer


def newest_first(answer: Answer) -> tuple[int, str]:
    """Return the key by which the archive sorts its answers."""
    return -answer.date.toordinal(), answer.id


def usual_models(answers: Iterable[Answer]) -> dict[str, Answer]:
    """Return, by the name of each model without case, the answer whose spelling of it counts: the oldest published one.

    Addresses that differ by case alone would be one on some disks.
    """
    ordered = sorted(answers, key=lambda answer: (answer.status == "published", *newest_first(answer)))
    return {answer.model.casefold(): answer for answer in ordered}
