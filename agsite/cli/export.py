"""`agsite export`."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from agsite import build as builder
from agsite import files, papers
from agsite.archive import Archive
from agsite.cli.console import show_findings
from agsite.cli.options import archive_options, make_options, read_config
from agsite.config import Config
from agsite.errors import AnswerFileError, ConfigError, OutputError
from agsite.pages.answers import nearby
from agsite.pages.facts import Facts
from agsite.pages.overview import Overview
from agsite.pages.papers import reference
from agsite.pages.provenance import made
from agsite.pages.twins import answer_json, citation_lines, lines, paper_json


def _references(archive: Archive, config: Config) -> list[papers.Reference]:
    return [reference(paper, config) for paper in archive.papers.values()]


def _answer_lines(archive: Archive, config: Config) -> bytes:
    facts = Facts(Overview(archive, config))
    return lines(
        answer_json(facts, entry, made(facts, entry), (row for row, _ in nearby(facts, entry)))
        for entry in archive.entries
    )


_TEXTS: dict[str, Callable[[Archive, Config], str]] = {
    "jsonl": lambda archive, config: _answer_lines(archive, config).decode(),
    "bib": lambda archive, config: papers.to_bibtex(_references(archive, config), config.archive_name),
    "ris": lambda archive, config: papers.to_ris(_references(archive, config), config.archive_name),
    "csl": lambda archive, config: papers.to_csl(_references(archive, config), config.archive_name),
}

_ENDINGS = {".bib": "bib", ".ris": "ris", ".json": "csl", ".db": "sqlite", ".sqlite": "sqlite"}


@click.command()
@archive_options
@click.option(
    "--format",
    type=click.Choice([*_TEXTS, "sqlite"]),
    help="What to write.  [what the name of the output says, else jsonl]",
)
@click.option("--output", metavar="PATH", help="File to write instead of stdout; sqlite needs one.")
def command(
    answers: tuple[str, ...], papers: tuple[str, ...], config: str, format: str | None, output: str | None
) -> None:
    """Write the whole archive as data (jsonl, sqlite) or its papers as a bibliography (bib, ris, csl).

    Without answers nothing is written; where a file could not be read, the rest is, and the command ends with exit
    code 1.

    \b
    Examples:
      agsite export --output papers.bib
      agsite export --format sqlite --output archive.db
    """
    settings = read_config(config)
    inputs = builder.read(make_options(answers, papers), settings)
    show_findings(finding for finding in inputs.findings if finding.severity == "error")
    if not inputs.archive.entries:
        raise _nothing(only_drafts=bool(inputs.corpus.readings))
    _write(inputs.archive, settings, format or _format_of(output), output)
    sys.exit(bool(inputs.corpus.unread))


def _format_of(output: str | None) -> str:
    return _ENDINGS.get(Path(output or "").suffix, "jsonl")


def _nothing(*, only_drafts: bool) -> AnswerFileError:
    if only_drafts:
        what, help = "but drafts", "Take the line “status: draft” out of those that are to be exported"
    else:
        what, help = "", "Name their folder with --answers"
    return AnswerFileError(f"there are no answers to export {what}".strip(), f"{help}; nothing was written.")


def _write(archive: Archive, config: Config, format: str, output: str | None) -> None:
    if format == "sqlite":
        if output is None:
            raise ConfigError("sqlite needs a file", "Name it with --output.")
        _write_sqlite(Path(output), archive, config)
    elif output is None:
        click.echo(_TEXTS[format](archive, config), nl=False)
    else:
        files.write_output(output, _TEXTS[format](archive, config))


_SCHEMA = """
create table answer (id text primary key, question text, model text, date text, status text, category text, body text,
                     sentences integer, cited integer, gaps integer);
create table paper (id text primary key, title text, category text, arxiv_id text, doi text, published text,
                    abstract text);
create table author (paper text references paper, position integer, name text);
create table source (answer text references answer, paper text references paper, similarity integer, cited integer);
create table citation (answer text references answer, paper text references paper, anchor text, listed integer);
create table follow_up (answer text references answer, question text, answered_by text references answer);
"""


def _write_sqlite(path: Path, archive: Archive, config: Config) -> None:
    """Write a database beside its place and move it there when it is whole."""
    if files.is_stream(path):
        raise OutputError(f"{path} takes no database", "Name a file with --output.")
    path = files.behind_links(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # In a folder, for the database has a journal beside it while it is written.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            fresh = Path(folder) / path.name
            _fill(fresh, archive, config)
            fresh.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise files.unwritable(path, getattr(error, "strerror", None) or str(error)) from error


def _fill(fresh: Path, archive: Archive, config: Config) -> None:
    facts = Facts(Overview(archive, config))
    with closing(sqlite3.connect(fresh)) as database, database:
        database.executescript(_SCHEMA)
        for entry in archive.entries:
            _insert_answer(database, answer_json(facts, entry, made(facts, entry), ()))
        for paper in archive.papers.values():
            _insert_paper(database, paper_json(paper))
        for citation in citation_lines(archive):
            _insert(database, "citation", tuple(citation[key] for key in ("answer", "paper", "anchor", "listed")))


def _insert_answer(database: sqlite3.Connection, facts: dict[str, Any]) -> None:
    keys = ("id", "question", "model", "date", "status", "category", "body")
    counts = (facts["coverage"][key] for key in ("sentences", "cited", "gaps"))
    _insert(database, "answer", (*(facts[key] for key in keys), *counts))
    for source in facts["sources"]:
        _insert(database, "source", (facts["id"], source["id"], source["similarity"], source["cited"]))
    for follow_up in facts["follow_ups"]:
        for answered in follow_up["answers"] or [None]:
            _insert(database, "follow_up", (facts["id"], follow_up["question"], answered))


def _insert_paper(database: sqlite3.Connection, facts: dict[str, Any]) -> None:
    keys = ("id", "title", "category", "arxiv_id", "doi", "published", "abstract")
    _insert(database, "paper", tuple(facts[key] for key in keys))
    for position, name in enumerate(facts["authors"], 1):
        _insert(database, "author", (facts["id"], position, name))


def _insert(database: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> None:
    """Insert a row; the name of the table is one of ours, the values are bound."""
    database.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)  # noqa: S608
