"""`agsite new`."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from agsite import answerfile, files
from agsite.cli.console import say
from agsite.cli.options import today
from agsite.errors import ConfigError
from agsite.ids import file_stem, question_key, unique_stem
from agsite.records import HAND_WRITTEN
from agsite.suspects import suspects


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="QUESTION")
@click.option("--answers", default="answers", show_default=True, metavar="DIR", help="Folder to put the file into.")
@click.option("--model", default=HAND_WRITTEN, show_default=True, help="Who writes the answer.")
def command(words: tuple[str, ...], answers: str, model: str) -> None:
    """Begin an answer file: the question filled in, the rest ready to edit.

    The file is named after the question. Where the question has few Latin letters, or the name is reserved or that of
    another answer, ten letters and digits of the question's own follow.

    \b
    Example:
      agsite new "Does a made-up effect survive a change of detector?"
    """
    question = " ".join(" ".join(words).split())
    if len(words) > 1:
        raise ConfigError("the question came in parts", f"Put quotes around it: agsite new {quote(question)}")
    if not question_key(question):
        raise ConfigError("there is no question", "Give the question as one argument, in quotes.")
    if not model.strip():
        raise ConfigError("--model names nobody", f"Leave it out where a person writes: it is {HAND_WRITTEN} then.")
    if "\n" in model:
        raise ConfigError("--model holds a line break", "Give the name on one line.")
    if found := suspects(f"{question} {model}"):
        raise ConfigError(found[0].message, "Leave it out of the question and of --model.")
    path = Path(answers) / f"{file_stem(question)}.md"
    if path.exists() and _answers_another(path, question):
        path = path.with_name(f"{unique_stem(question)}.md")
    if path.exists():
        raise ConfigError(f"{path} exists already", "Edit it, or delete it first.")
    files.write_text(path, answerfile.blank_answer(question, model=model, date=today().isoformat()))
    say(str(path), err=False)
    say(f"Edit the file, then run: agsite check {quote(str(path))}")


def _answers_another(path: Path, question: str) -> bool:
    there = answerfile.parse(files.read_bytes(path, answerfile.MAX_BYTES), path.name).answer
    return there is not None and question_key(there.question) != question_key(question)
