"""Models: one has one spelling; spellings that differ by case alone share a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agsite.answerfile import Reading
from agsite.archive import usual_models
from agsite.checks.place import at_line
from agsite.ellipsis import quoted
from agsite.findings import Finding


def check(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Find answers that spell their model otherwise than it is called on its page."""
    usual = usual_models(reading.answer for reading in readings)
    paths = {reading.answer.id: reading.path for reading in readings}
    for reading in readings:
        model, chosen = reading.answer.model, usual[reading.answer.model.casefold()]
        if model != chosen.model:
            message = f"the model {quoted(model)} is spelt {quoted(chosen.model)} in {paths[chosen.id]}"
            help = f"Write {quoted(chosen.model)} everywhere, or correct it there: they share one page."
            yield at_line(reading, reading.origin.model, "AG310", message, help)
