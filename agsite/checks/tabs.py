r"""Tabs in a line of text: nobody sees them, and most often they are TeX that YAML took for one, as in `"\theta"`."""

from __future__ import annotations

from collections.abc import Iterator

from agsite.answerfile import Reading
from agsite.checks.place import at_line, line_of
from agsite.checks.sources import category_in_title
from agsite.ellipsis import quoted
from agsite.findings import Finding


def check(reading: Reading) -> Iterator[Finding]:
    """Find tabs in the question, in titles of sources and in follow-ups."""
    for text, line in _lines(reading):
        if "\t" in text:
            yield at_line(reading, line, "AG219", f"there is a tab in {quoted(text)}")


def _lines(reading: Reading) -> Iterator[tuple[str, int]]:
    answer, origin = reading.answer, reading.origin
    yield answer.question, origin.question
    for index, source in enumerate(answer.sources):
        # That a tab stands after a category is told with the category (AG205).
        title = source.title.split(maxsplit=1)[-1] if category_in_title(source) else source.title
        yield title, line_of(origin.sources, index)
    for index, question in enumerate(answer.follow_ups):
        yield question, line_of(origin.follow_ups, index)
