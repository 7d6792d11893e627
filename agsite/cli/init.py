"""`agsite init`."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import click

from agsite import starter
from agsite.cli.console import say
from agsite.config import Config, checked


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", metavar="TEXT", help="Name of the site; asked for unless given.")
@click.option("--base-url", metavar="URL", help="Address at which it will be published; asked for unless given.")
@click.option(
    "--repository", metavar="URL", help="Its repository, where “Answer this” and “Suggest an edit” will lead."
)
def command(folder: Path, title: str | None, base_url: str | None, repository: str | None) -> None:
    """Begin an archive of one's own, with settings, example answers, workflows and a Makefile.

    Nothing that is there already is touched: DIR is new, or empty but for `.git`. On a terminal, what is not given by
    options is asked for; elsewhere it has its default.

    \b
    Example:
      agsite init my-archive --title "Questions about glaciers" --base-url https://glaciers.example/
    """
    repository = repository or None
    guess = _project_page(repository) if repository else str(Config.model_fields["base_url"].default)
    chosen = starter.Starter(
        title=title or _ask("Name of the site", str(Config.model_fields["title"].default)),
        base_url=base_url or _ask("Address at which it will be published", guess),
        repository=repository,
    )
    checked(chosen._asdict())
    names = starter.write(folder, chosen)
    here = folder.resolve() == Path.cwd()
    enter = "" if here else f"cd {shlex.quote(str(folder))} && "
    say(f"{len(names)} files are {'here' if here else f'in {folder}'}. Next: {enter}make serve")


def _ask(what: str, default: str) -> str:
    """Ask a person; where there is none, the default stands."""
    return str(click.prompt(what, default=default, err=True)) if sys.stdin.isatty() else default


def _project_page(repository: str) -> str:
    """Guess where GitHub publishes a repository's pages."""
    match = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+?)(?:\.git)?/?", repository)
    if match is None:
        return str(Config.model_fields["base_url"].default)
    owner, name = match[1].lower(), match[2]
    return (
        f"https://{owner}.github.io/" if name.lower() == f"{owner}.github.io" else f"https://{owner}.github.io/{name}/"
    )
