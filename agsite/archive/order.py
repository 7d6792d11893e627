"""Which of several answers comes first."""

from __future__ import annotations

from agsite.records import Answer


def newest_first(answer: Answer) -> tuple[int, str]:
    """Sort answers as the archive does."""
    return -answer.date.toordinal(), answer.id
