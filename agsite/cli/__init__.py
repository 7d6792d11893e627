"""The command line: argv to settings to one call to a report to an exit code.

Commands are loaded when they are called, so that `agsite --help` is quick; each has a module of its name.
"""

from __future__ import annotations

import importlib
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import click

from agsite import __version__
from agsite.cli import streams
from agsite.errors import AgsiteError

# Command → what `agsite --help` says of it. The module `agsite.cli.<name>` holds it as `command`.
COMMANDS = {
    "build": "Build the site from a folder of answer files.",
    "check": "Say what is wrong with answer files, and how to mend it.",
    "config": "Show the settings that hold.",
    "convert": "Write answer files in the other format.",
    "export": "Write the whole archive as data or as a bibliography.",
    "impact": "Say what a change does to the site, from two built sites.",
    "init": "Begin an archive of one's own.",
    "new": "Begin an answer file.",
    "papers": "Import, list and show the metadata of papers.",
    "search": "Search answers, papers and open questions.",
    "pregenerate": "Answer questions from the papers through a language model.",
    "serve": "Show the site in a browser, and follow every edit.",
}

_STOPS = (signal.SIGINT, signal.SIGTERM)


class _Commands(click.Group):
    """A group whose commands are modules that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"agsite.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from agsite.annotations import clean
            from agsite.spelling import nearest_name

            near = nearest_name(args[0], COMMANDS, 0.6)
            hint = f" Did you mean “{near}”?" if near else ""
            ctx.fail(f"There is no command “{clean(args[0])}”.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="agsite")
def commands() -> None:
    """Turn a folder of answer files into a fast, searchable, verifiable static archive.

    In the root of an archive, `agsite build` builds `answers/` into `_site/`.
    """


def main(argv: list[str] | None = None) -> Any:
    """Run the command line; an error that agsite means to have ends in one sentence and its exit code."""
    streams.open_missing()
    streams.speak_utf_8()
    for number in _STOPS:
        signal.signal(number, _stop)
    try:
        return commands.main(args=argv, prog_name="agsite", standalone_mode=True)
    except AgsiteError as error:
        _end(error.exit_code, *error.lines)
    except OSError as error:
        _end(3, *_trouble(error))
    except MemoryError:
        _end(3, "this machine has too little memory for that", "  --jobs 1 needs least.")
    except _Stopped as stopped:
        _end(128 + stopped.signal, f"stopped by {stopped.signal.name}")


def _trouble(error: OSError) -> tuple[str, ...]:
    if isinstance(error, FileNotFoundError) and error.filename is None:
        # Only the way to the current folder is asked for without a name.
        return "the folder that this runs in is gone", "  Change into one that is there."
    what = error.strerror or str(error)
    return (f"{error.filename}: {what}" if error.filename else what,)


def _end(exit_code: int, first: str, *lines: str) -> NoReturn:
    from agsite.cli.console import say

    for line in (f"agsite: {first}", *lines):
        say(line)
    sys.exit(exit_code)


class _Stopped(BaseException):
    """Somebody wants the program to end; not an Exception, so that nothing takes it for a failure and goes on."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as the system calls it
    for other in _STOPS:
        signal.signal(other, signal.SIG_IGN)  # once is enough, and cleaning up takes its time
    raise _Stopped(number)
