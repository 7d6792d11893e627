"""Questions to answer files: the papers for each, one call to a model, and what its reply deserves.

What lies where, `run` first:

    run, batching, resuming, options, outcome  a run from its beginning to its end
    questions, asked, planning                 what is to be asked
    answering, answers, together, whereabouts  what becomes of a question
    dryrun, tables                             what is said before a run, and after it
"""

from __future__ import annotations

from agsite.generate.dryrun import dry_run
from agsite.generate.options import Options
from agsite.generate.outcome import Outcome, Row
from agsite.generate.questions import Item, frontier, given, read_queue, unanswered, unread_questions
from agsite.generate.run import run

__all__ = [
    "Item",
    "Options",
    "Outcome",
    "Row",
    "dry_run",
    "frontier",
    "given",
    "read_queue",
    "run",
    "unanswered",
    "unread_questions",
]
