"""Questions: what was asked reads as one question, in plain text, and what is asked next is worth asking."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from agsite.answerfile import ASKED_BY, Reading
from agsite.checks.place import at_line, line_of
from agsite.counted import counted
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.ids import QUESTION_MARKS, question_key
from agsite.records import FOLLOW_UPS

MAX_LENGTH = 200

# What people say to a model, not to a reader. Bold marks and quotes around the whole come with pasted instructions.
_PROMPTS = (
    ("bold marks", re.compile(r"\*\*")),
    ("quotes around the whole", re.compile(r"\A\s*[\"“«'‘`](?:(?![\"“”«»]).)*[\"”»'’`]\s*\Z")),
    ("a role for the model", re.compile(r"\b(?:you are|act as|imagine you|pretend)\b(?= an?\b| the\b)", re.IGNORECASE)),
    (
        "an instruction",
        re.compile(
            r"^(?:please\b|(?:answer|consider) the following|(?:question|prompt|task|system|user)\s*:"
            r"|(?:answer|write|respond|reply|summari[sz]e|list|generate|give|provide|explain|describe|discuss|rewrite|"
            r"translate|output|return|use|tell|analy[sz]e|compare)\b(?![^?]*\?))"
            r"|\b(?:answer|respond|reply)\s+(?:the following|only|in|with|as|using|briefly|concisely)\b"
            r"|\b(?:do not|don['’]t)\s+(?:use|mention|include|cite|repeat)\b"
            r"|\bstep by step\b|\bin (?:at most|under) \d+ words\b",
            re.IGNORECASE,
        ),
    ),
)
_MARKDOWN = re.compile(
    r"(?<![\w*])\*(?=[^\s*])[^*]*[^\s*]\*(?![\w*])|(?<!\w)_(?=\w)[^_]*\w_(?!\w)|`[^`]+`|^\s*(?:#{1,6}|[-*>])\s|\]\(|~~"
)


def check(reading: Reading, today: dt.date) -> Iterator[Finding]:
    """Find what is wrong with an answer's question, date, note and follow-up questions."""
    line = reading.origin.question
    for code, message in _faults(reading.answer.question):
        yield at_line(reading, line, code, message)
    if reading.answer.date > today:
        message = f"the answer is dated {reading.answer.date}, and today is {today}"
        yield at_line(reading, reading.origin.date, "AG307", message)
    if reading.answer.note and ASKED_BY.fullmatch(reading.answer.note):
        message = f"the note {quoted(reading.answer.note)} is shown above the answer"
        yield at_line(reading, reading.origin.note, "AG311", message)
    yield from _follow_ups(reading)


def _faults(question: str) -> Iterator[tuple[str, str]]:
    if not any(map(question.__contains__, QUESTION_MARKS)) and not question.endswith(";"):
        yield "AG301", f"the question {quoted(question)} has no question mark"
    prompt = next((name for name, pattern in _PROMPTS if pattern.search(question)), None)
    if prompt:
        yield "AG302", f"the question {quoted(question)} reads like a prompt: it has {prompt}"
    elif _MARKDOWN.search(question):
        yield "AG303", f"the question {quoted(question)} holds marks of Markdown, which are shown as they are"
    if len(question) > MAX_LENGTH:
        yield "AG304", f"the question has {len(question)} characters, more than {MAX_LENGTH}"


def _follow_ups(reading: Reading) -> Iterator[Finding]:
    follow_ups, lines = reading.answer.follow_ups, reading.origin.follow_ups
    if len(follow_ups) != FOLLOW_UPS:
        number = counted(len(follow_ups), "follow-up question") if follow_ups else "no follow-up questions"
        yield at_line(reading, line_of(lines, 0), "AG306", f"the answer has {number}")
    own = question_key(reading.answer.question)
    first: dict[str, int] = {}
    for index, question in enumerate(follow_ups):
        key, line = question_key(question), line_of(lines, index)
        earlier = first.setdefault(key, index)
        if earlier != index:
            message = f"the follow-up {quoted(question)} stands in line {line_of(lines, earlier)} already"
            yield at_line(reading, line, "AG308", message)
        elif key == own:
            yield at_line(reading, line, "AG309", f"the follow-up {quoted(question)} is the answer's own question")
