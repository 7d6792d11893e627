"""Options that several commands share, and what they become."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agsite.errors import ConfigError
from agsite.findings import worst

if TYPE_CHECKING:
    from agsite.build import Options
    from agsite.config import Config

F = TypeVar("F", bound=Callable[..., Any])


def archive_options(command: F) -> F:
    """Add the options that say where an archive lies."""
    for option in reversed(
        [
            click.option(
                "--answers", multiple=True, metavar="DIR", help="Folder of answer files; may be given again.  [answers]"
            ),
            click.option("--papers", multiple=True, metavar="PATH", help="Folder or file of paper metadata.  [papers]"),
            click.option(
                "--config", default="agsite.yml", show_default=True, metavar="FILE", help="Settings of the archive."
            ),
        ]
    ):
        command = option(command)
    return command


def today() -> dt.date:
    """Return the date by the clock: only the command line asks for it."""
    return dt.datetime.now(tz=dt.UTC).date()


def read_config(path: str, **changes: Any) -> Config:
    """Read the settings; raise ConfigError with every mistake in them."""
    from agsite.config import parse
    from agsite.settings import load_config

    config, findings = load_config(path)
    if worst(findings) == "error":
        raise ConfigError("\n".join(f"{finding}\n    {finding.help}" for finding in findings))
    changed = {key: value for key, value in changes.items() if value is not None}
    config, mistakes = parse({**config.model_dump(), **changed}) if changed else (config, ())
    for mistake in mistakes:
        raise ConfigError(mistake.message, mistake.help)
    return config


def make_options(answers: tuple[str, ...], papers: tuple[str, ...], **others: Any) -> Options:
    """Turn the shared options into those of a build."""
    from agsite.build import Options

    return Options(answers=answers or ("answers",), papers=papers or ("papers",), today=today(), **others)
