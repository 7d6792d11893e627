"""The archive as a whole: papers with the sentences that cite them, questions with their answers, what is still open.

A pure function of readings and paper metadata, in an order of its own: nothing depends on the order of the input.
"""

from __future__ import annotations

from agsite.archive.linking import build_archive
from agsite.archive.order import newest_first, usual_models
from agsite.archive.records import Archive, Context, Entry, OpenQuestion, PaperEntry, Retrieved
from agsite.archive.rewording import reworded

__all__ = [
    "Archive",
    "Context",
    "Entry",
    "OpenQuestion",
    "PaperEntry",
    "Retrieved",
    "build_archive",
    "newest_first",
    "reworded",
    "usual_models",
]
