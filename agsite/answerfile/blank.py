"""The answer file to begin with: a question, and examples in the places of the rest."""

from __future__ import annotations

import re

from agsite.answerfile.writing import scalar
from agsite.ids import ANSWER_ID_SHAPE
from agsite.records import HAND_WRITTEN


def blank_answer(question: str, note: str | None = None, *, model: str = HAND_WRITTEN, date: str = "") -> str:
    """Return a filled-in answer file, ready to edit."""
    lines = [
        "---",
        f"question: {scalar(question)}",
        f"model: {scalar(model)}",
        f"date: {date or 'YYYY-MM-DD'}",
    ]
    if note:
        lines.append(f"note: {scalar(note)}")
    lines += [
        "sources:",
        "  - {id: AG-YYYY.MM-N, category: hep-ph, title: Title of the paper, similarity: 60}",
        "follow_ups: []",
        "---",
    ]
    text = "Write the answer here, and cite the paper that supports a sentence at its end [AG-YYYY.MM-N].\n"
    return "\n".join([*lines, text])


# For who reviews the answer; what is left of it is a finding.
ASKED_BY = re.compile(rf"Asked by {ANSWER_ID_SHAPE}")

BLANK_ANSWER = blank_answer("QUESTION", "Asked by ASKER")
"""The file that a page shows once; a script puts a question and the id of its asker in the places of these words."""
