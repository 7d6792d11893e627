"""Models: one has one spelling; spellings that differ by case alone share a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agsite.answerfile import Reading
from agsite.checks.place import at_line, quoted
from agsite.findings import Finding


def check(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Find answers that spell their model otherwise than its oldest answer does."""
    first: dict[str, Reading] = {}
    for reading in sorted(readings, key=_as_pages, reverse=True):
        model = reading.answer.model
        usual = first.setdefault(model.casefold(), reading)
        if model != usual.answer.model:
            message = f"the model {quoted(model)} is spelt {quoted(usual.answer.model)} in {usual.path}"
            help = f"Write {quoted(usual.answer.model)} everywhere, or correct it there: they share one page."
            yield at_line(reading, reading.origin.model, "AG310", message, help)


def _as_pages(reading: Reading) -> tuple[bool, int, str]:
    """Sort as the page of a model is named: by its oldest answer of those that count."""
    return reading.answer.status == "published", -reading.answer.date.toordinal(), reading.answer.id
