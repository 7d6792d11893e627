"""Asking a model so that its answer can be checked, and checking it: no network, no disk, values in and values out.

What lies where:

    passages, visible, prompt, compose  a question and its papers to a request
    reply, draft, followups             a reply to the draft of an answer
    rules, accept                       whether a draft may be written
"""

from __future__ import annotations

from agsite.grounding.accept import Judged, judge, mend
from agsite.grounding.compose import Asking, Request, TooLargeError, canonical, compose, compose_repair
from agsite.grounding.passages import Passage, passage
from agsite.grounding.prompt import load_prompt
from agsite.grounding.reply import NoReply, Usage, read_reply, read_usage
from agsite.grounding.rules import Remark, cited_papers
from agsite.grounding.visible import as_seen, hides_something

__all__ = [
    "Asking",
    "Judged",
    "NoReply",
    "Passage",
    "Remark",
    "Request",
    "TooLargeError",
    "Usage",
    "as_seen",
    "canonical",
    "cited_papers",
    "compose",
    "compose_repair",
    "hides_something",
    "judge",
    "load_prompt",
    "mend",
    "passage",
    "read_reply",
    "read_usage",
]
