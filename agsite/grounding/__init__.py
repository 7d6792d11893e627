"""Asking a model so that its answer can be checked, and checking it: no network, no disk, values in and values out."""

from __future__ import annotations

from agsite.grounding.accept import Judged, judge, mend
from agsite.grounding.compose import Asking, Request, TooLargeError, compose, compose_repair
from agsite.grounding.passages import Passage, passage
from agsite.grounding.prompt import Prompt, load_prompt
from agsite.grounding.reply import NoReply, Reply, Usage, read_reply
from agsite.grounding.rules import Remark

__all__ = [
    "Asking",
    "Judged",
    "NoReply",
    "Passage",
    "Prompt",
    "Remark",
    "Reply",
    "Request",
    "TooLargeError",
    "Usage",
    "compose",
    "compose_repair",
    "judge",
    "load_prompt",
    "mend",
    "passage",
    "read_reply",
]
