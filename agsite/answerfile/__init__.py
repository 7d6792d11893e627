"""Both file formats of an answer, read into one record and written from it.

`.txt` is page text as copied from an answer page; `.md` is YAML front matter and Markdown, the canonical form. The law
of this module is `loads(dumps(answer, format), name) == answer`; a record that a format cannot hold is refused.

What lies where:

    parsed, rest                                              what reading a file gives: record, findings, places
    guard, limits                                             which bytes are read at all
    frontmatter, fences, yamlsubset                           .md as it is read
    writing, blank                                            .md as it is written, and to begin with
    pagetext, skeleton, blocks, escaping                      .txt, both ways
    faults, keyless, lists, braces, quotes, oddspace, unread  what is wrong with a file, and how to mend it
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

from agsite.answerfile import frontmatter, pagetext, writing
from agsite.answerfile.blank import ASKED_BY, BLANK_ANSWER, blank_answer
from agsite.answerfile.guard import as_utf_8, decode
from agsite.answerfile.limits import MAX_BYTES, MAX_FRONT_MATTER, abridge, too_heavy
from agsite.answerfile.parsed import Origin, Parsed, Reading
from agsite.answerfile.writing import scalar
from agsite.ellipsis import clip
from agsite.errors import AnswerFileError
from agsite.findings import Finding, fails
from agsite.ids import RESERVED_IDS, answer_id, is_answer_id
from agsite.records import Answer

__all__ = [
    "ASKED_BY",
    "BLANK_ANSWER",
    "FORMATS",
    "MAX_BYTES",
    "Format",
    "Origin",
    "Parsed",
    "Reading",
    "as_utf_8",
    "blank_answer",
    "canonical",
    "dumps",
    "loads",
    "parse",
    "scalar",
    "too_heavy",
]

Format = Literal["md", "txt"]
FORMATS: tuple[Format, ...] = ("md", "txt")
_LONGEST_LINE = 80
_UNCHECKED = frozenset({"AG104", "AG123", "AG137", "AG138", "AG142"})
"""With one of these the rest of a file is not checked: no text or two, too much, or what no message may quote."""


def parse(data: bytes, name: str) -> Parsed:
    """Read the bytes of the file `name`; its suffix says the format, its stem is the id unless the file gives one.

    Never raises for bad input: `answer` is None where a finding is an error, and all findings of the file are there;
    `rest` is what could be read all the same.
    """
    stem, _, suffix = name.rpartition("/")[2].rpartition(".")
    id = answer_id(stem)
    bad_name = () if suffix in FORMATS and is_answer_id(id) else (_bad_name(name, id, suffix),)
    if suffix not in FORMATS:
        return Parsed(None, bad_name)
    text, findings = decode(data)
    if text is None:
        return Parsed(None, abridge((*bad_name, *findings)))
    parsed = frontmatter.read(text, id) if suffix == "md" else pagetext.read(text, id)
    if parsed.origin.id:
        bad_name = ()
    # Most files are too small for a look: an indented item may have ten times the bytes that it had between brackets.
    long = writing.too_long(parsed.answer) if parsed.answer and len(data) > MAX_FRONT_MATTER // 16 else ()
    findings = abridge((*bad_name, *findings, *parsed.findings, *long))
    if not fails(findings):
        return parsed._replace(findings=findings)
    part = parsed.answer or parsed.rest
    checked = not any(finding.code in _UNCHECKED for finding in findings)
    return parsed._replace(answer=None, findings=findings, rest=part if checked else None)


def _bad_name(name: str, id: str, suffix: str) -> Finding:
    if suffix in FORMATS and id in RESERVED_IDS:
        message = f"“{name}” has a name that the site needs itself"
        return Finding.of("AG140", message, line=1, help="Take another one.")
    help_ = "End its name in .md or .txt, in small letters." if suffix not in FORMATS else None
    return Finding.of("AG140", f"“{name}” cannot name an answer file", line=1, help=help_)


def loads(text: str, name: str) -> Answer:
    r"""Return the answer that `text` holds, as the file `name` would; raise AnswerFileError with what is wrong.

    >>> loads("---\nquestion: Why?\nmodel: m\ndate: 2026-05-03\n---\nBecause.\n", "why.md").question
    'Why?'
    """
    parsed = parse(text.encode("utf-8", "surrogatepass"), name)
    if parsed.answer is None:
        first = next(finding for finding in parsed.findings if finding.severity == "error")
        raise AnswerFileError(str(first.at(name)), first.help)
    return parsed.answer


def dumps(answer: Answer, format: Format, name: str = "") -> str:
    """Return the text of `answer` in its one canonical form.

    `name` is the file it is written to: the id is left out where the stem says it already. Page text holds less than
    a record can: raises AnswerFileError naming what would be lost.
    """
    target = name or f"{answer.id}.{format}"
    text = writing.write(answer, PurePath(target).stem) if format == "md" else pagetext.write(answer)
    try:
        again = loads(text, target)
    except AnswerFileError as error:
        raise AnswerFileError(f"{answer.id} cannot be written as .{format}: {error.message}", error.help) from error
    if again != answer:
        lost = ", ".join(key for key in Answer.model_fields if getattr(again, key) != getattr(answer, key))
        help_ = "Page text holds one block a line and no other fields; keep the answer as .md."
        if again.body != answer.body:
            help_ = f"{help_} The first line of its text that would change: “{_first_change(answer.body, again.body)}”."
        raise AnswerFileError(f"{answer.id} cannot be written as .{format} without a change of: {lost}", help_)
    return text


def _first_change(body: str, again: str) -> str:
    """Return the first line of a text that another one does not have in its place, cut where it is long."""
    lines, others = body.split("\n"), again.split("\n")
    index = next((i for i, pair in enumerate(zip(lines, others, strict=False)) if pair[0] != pair[1]), len(others))
    return clip(lines[min(index, len(lines) - 1)].strip(), _LONGEST_LINE)


def canonical(answer: Answer) -> str:
    """Write an answer that was read from a file in its canonical form; what was read can always be written."""
    return writing.write(answer, answer.id)
