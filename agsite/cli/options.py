"""Options that several commands share, and what they become."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agsite.annotations import clean
from agsite.errors import AnswerFileError
from agsite.findings import Finding, fails
from agsite.options import DEFAULT_PAPERS, Options

if TYPE_CHECKING:
    from agsite.config import Config

F = TypeVar("F", bound=Callable[..., Any])


def _if_given_there(context: click.Context, parameter: click.Parameter, path: str) -> str:
    """Refuse a file that was given and is not there; the one that nobody named may be missing."""
    given = context.get_parameter_source(str(parameter.name)) is not click.core.ParameterSource.DEFAULT
    if given and not os.path.exists(path):  # noqa: PTH110 - pathlib costs the command line a start
        raise click.BadParameter(f"there is no file {clean(path)}", context, parameter)
    return path


def in_utf_8(context: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse words that are not UTF-8, as paths may be."""
    for word in words:
        if re.search("[\ud800-\udfff]", word):
            raise click.BadParameter(f"“{clean(word)}” is not UTF-8", context, parameter)
    return words


def never_empty(context: click.Context, parameter: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a path without a letter, such as a variable of a script that nobody set: it would be the folder here."""
    if "" in paths:
        raise click.BadParameter("a path is empty; name a file or a folder", context, parameter)
    return paths


ANSWERS = ("answers",)

answers_option = click.option(
    "--answers",
    multiple=True,
    default=ANSWERS,
    metavar="DIR",
    callback=never_empty,
    help="Folder of answer files; may be given again.  [answers]",
)
papers_option = click.option(
    "--papers", multiple=True, metavar="PATH", callback=never_empty, help="Folder or file of paper metadata.  [papers]"
)
config_option = click.option(
    "--config",
    default="agsite.yml",
    show_default=True,
    metavar="FILE",
    callback=_if_given_there,
    help="Settings of the archive.",
)


def archive_options(command: F) -> F:
    """Add the options that say where an archive lies."""
    return answers_option(papers_option(config_option(command)))


def today() -> dt.date:
    """Return the date by the clock: only the command line asks for it."""
    return dt.datetime.now(tz=dt.UTC).date()


def read_config(path: str, **changes: Any) -> Config:
    """Read the settings; raise MistakesError with every mistake in them."""
    from agsite.config import checked
    from agsite.settings import MistakesError, load_config

    config, findings = load_config(path)
    if fails(findings):
        raise MistakesError(findings)
    changed = {key: value for key, value in changes.items() if value is not None}
    return checked({**config.model_dump(), **changed}) if changed else config


def refuse_missing(findings: Iterable[Finding]) -> None:
    """Raise AnswerFileError where a folder of answers is not there: what is in it would look as if nobody had it."""
    for finding in findings:
        if finding.code == "AG504":
            raise AnswerFileError(finding.message, finding.help)


def make_options(answers: tuple[str, ...], papers: tuple[str, ...], **others: Any) -> Options:
    """Turn the shared options into those of a build."""
    return Options(answers=answers, papers=papers or DEFAULT_PAPERS, today=today(), **others)
