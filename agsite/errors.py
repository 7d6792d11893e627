"""Every failure that agsite means to have, as one tree.

The command line prints its lines and leaves with `error.exit_code`; anything else that escapes is a bug. An error
carries facts and writes its own sentence: what, where, what to do.
"""

from __future__ import annotations

import copyreg
from typing import Any


class AgsiteError(Exception):
    """What agsite raises on purpose; the exit code belongs to the class."""

    exit_code = 2

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    @property
    def lines(self) -> tuple[str, ...]:
        """What it says; whatever a line quotes may hold line breaks of its own."""
        return (self.message, f"  {self.help}") if self.help else (self.message,)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __reduce__(self) -> tuple[Any, ...]:
        """Come out of another process as it went in, whatever its class takes to make one."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


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
