"""Write what the program knows of itself into the documentation: `python scripts/reference.py`; `make docs` calls this.

docs/commands.md is made whole, and docs/configuration.md gets its table of settings. A test holds that both are as this
writes them.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from agsite import cli
from agsite.config import Config

DOCS = Path(__file__).parents[1] / "docs"

HEAD = """\
# Commands

Everything for people goes to stderr, and what another program reads to stdout. No command uses the network but
`pregenerate` and `build --cluster`; `serve` listens on this machine. `agsite COMMAND --help` says what stands here, and
`agsite --version` which version this is. An option has the default that stands in brackets; without one, it is off.

| exit code | |
|---|---|
| 0 | done; there may be warnings and notes |
| 1 | something is wrong with the answers, or with what else `check` looks at; with `--strict`, warnings count |
| 2 | the command line, the settings or a template are wrong |
| 3 | something cannot be written, or the machine has too little memory; a published site is as it was |
| 130, 143 | stopped by SIGINT (Ctrl C) or SIGTERM |

`pregenerate` has more, given below.

| environment variable | |
|---|---|
| `ANTHROPIC_API_KEY` | the key with which `pregenerate` asks; nothing else reads it |
| `ANTHROPIC_BASE_URL` | where `pregenerate` asks, if not at the service itself |
| `CI` | set to anything: progress is a line for each stage, also on a terminal |
| `GITHUB_STEP_SUMMARY` | a file to which `impact` adds its report; workflows of GitHub set it |

<!-- Written by `make docs`; do not edit. -->
"""

_TABLE = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.DOTALL)


def main() -> None:
    """Write both documents."""
    (DOCS / "commands.md").write_text(commands_page(), encoding="utf-8")
    path = DOCS / "configuration.md"
    path.write_text(with_settings(path.read_text(encoding="utf-8")), encoding="utf-8")


def commands_page() -> str:
    """Return the page of all commands, in the order of the alphabet."""
    return "\n".join([HEAD, *(section for name, command in commands() for section in describe(name, command))])


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield all commands with their names; those of a group after it."""
    context = click.Context(cli.commands)
    for name in cli.commands.list_commands(context):
        command = cli.commands.get_command(context, name)
        assert command is not None
        yield f"agsite {name}", command
        for inner, member in sorted(getattr(command, "commands", {}).items()):
            yield f"agsite {name} {inner}", member


def describe(name: str, command: click.Command) -> Iterator[str]:
    """Yield the section of a command: what it does, its options, examples."""
    text, _, examples = inspect.cleandoc(command.help or "").partition("\b\n")
    context = click.Context(command)
    arguments = " ".join(p.make_metavar(context) for p in command.params if isinstance(p, click.Argument))
    yield f"## {name}\n\n`{' '.join(filter(None, [name, arguments, '[OPTION]…' if options(command) else '']))}`\n"
    yield text.strip() + "\n"
    if rows := options(command):
        yield "\n".join(["| option | |", "|---|---|", *rows]) + "\n"
    if examples:
        lines = [line.strip() for line in examples.split("\n")[1:] if line.strip()]
        yield "\n".join(["```console", *(f"$ {line}" for line in lines), "```"]) + "\n"


def options(command: click.Command) -> list[str]:
    """Return the rows of a command's table of options."""
    context = click.Context(command)
    records = [p.get_help_record(context) for p in command.params if isinstance(p, click.Option)]
    return [f"| `{cell(record[0])}` | {cell(record[1])} |" for record in records if record is not None]


def with_settings(text: str) -> str:
    """Return the page of settings with its table as the program has them."""
    return _TABLE.sub(lambda _: settings(), text)


def settings() -> str:
    """Return the table of settings."""
    rows = [
        f"| `{name}` | {cell(field.description or '')} | {default(field.default)} |"
        for name, field in Config.model_fields.items()
    ]
    return "\n".join(["", "| setting | | default |", "|---|---|---|", *rows, "", ""])


def default(value: Any) -> str:
    """Return a default for the table; settings that have settings of their own are shown below it."""
    if value is None or value in ("", ()):
        return "–"
    return "see below" if hasattr(value, "model_dump") else f"`{cell(json.dumps(value, ensure_ascii=False))}`"


def cell(text: str) -> str:
    """Return a text for a cell of a table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    main()
