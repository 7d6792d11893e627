"""Both file formats of an answer, read into one record and written from it.

`.txt` is page text as copied from an answer page; `.md` is YAML front matter and Markdown, the canonical form. The law
of this module: `loads(dumps(answer, format), name) == answer`; a record that a format cannot hold is refused by `dumps`.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

from agsite.answerfile import frontmatter, pagetext
from agsite.answerfile.guard import MAX_BYTES, decode
from agsite.answerfile.parsed import Origin, Parsed
from agsite.errors import AnswerFileError
from agsite.findings import Finding, worst
from agsite.ids import answer_id, is_answer_id
from agsite.records import Answer

__all__ = ["FORMATS", "MAX_BYTES", "Format", "Origin", "Parsed", "dumps", "loads", "parse"]

Format = Literal["md", "txt"]
FORMATS: tuple[Format, ...] = ("md", "txt")


def parse(data: bytes, name: str) -> Parsed:
    """Read the bytes of the file `name`; its suffix says the format, its stem is the id unless the file gives one.

    Never raises for bad input: `answer` is None where a finding is an error, and all findings of the file are there.
    """
    path = PurePath(name)
    if path.suffix not in {".md", ".txt"} or not is_answer_id(answer_id(path.stem)):
        return Parsed(None, (Finding.of("AG140", f"“{path.name}” cannot name an answer file"),))
    text, findings = decode(data)
    if text is None:
        return Parsed(None, findings)
    read = frontmatter.read if path.suffix == ".md" else pagetext.read
    parsed = read(text, answer_id(path.stem))
    findings = (*findings, *parsed.findings)
    return parsed._replace(answer=None if worst(findings) == "error" else parsed.answer, findings=findings)


def loads(text: str, name: str) -> Answer:
    """Return the answer that `text` holds, as the file `name` would; raise AnswerFileError with what is wrong.

    >>> loads("---\\nquestion: Why?\\nmodel: m\\ndate: 2026-05-03\\n---\\nBecause.\\n", "why.md").question
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
    text = frontmatter.write(answer, PurePath(target).stem) if format == "md" else pagetext.write(answer)
    try:
        again = loads(text, target)
    except AnswerFileError as error:
        raise AnswerFileError(f"{answer.id} cannot be written as .{format}: {error.message}", error.help) from error
    if again != answer:
        lost = ", ".join(key for key in Answer.model_fields if getattr(again, key) != getattr(answer, key))
        help_ = "Page text holds one block a line and no other fields; keep the answer as .md."
        raise AnswerFileError(f"{answer.id} cannot be written as .{format} without a change of: {lost}", help_)
    return text
