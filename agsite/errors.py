"""Every failure that agsite means to have, as one tree.

The command line prints `str(error)` and leaves with `error.exit_code`; anything else that escapes is a bug. An error
carries facts and writes its own sentence: what, where, what to do.
"""

from __future__ import annotations


class AgsiteError(Exception):
    """What agsite raises on purpose; the exit code belongs to the class."""

    exit_code = 2

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def __str__(self) -> str:
        return f"{self.message}\n  {self.help}" if self.help else self.message


class ConfigError(AgsiteError):
    """The configuration or the command line cannot be acted on."""


class AnswerFileError(AgsiteError):
    """An answer file cannot be read, or a record cannot be written in the format asked for."""

    exit_code = 1


class PaperFileError(AgsiteError):
    """A bibliography cannot be read."""

    exit_code = 1


class OutputError(AgsiteError):
    """The site cannot be written; whatever was published before still stands."""

    exit_code = 3


class LockedError(OutputError):
    """Another build is writing the same output."""


class TemplateError(AgsiteError):
    """A template is missing, does not parse, or asks for something its page does not have."""


class JournalError(AgsiteError):
    """The journal of paid calls cannot be written, or another process writes it; nothing is sent without it."""

    exit_code = 6
