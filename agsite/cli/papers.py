"""`agsite papers`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from agsite import build as builder
from agsite import corpus, files, papers
from agsite.answerfile import Reading
from agsite.cli.console import say, show_data, show_findings
from agsite.cli.options import ANSWERS, answers_option, refuse_missing
from agsite.corpus import Corpus
from agsite.counted import counted
from agsite.errors import PaperFileError
from agsite.findings import Finding, fails, in_order
from agsite.ids import PaperId

_READERS = {".jsonl": papers.read_arxiv, ".bib": papers.read_bibtex, ".json": papers.read_csl}

_folder = click.option(
    "--papers", "folder", default="papers", show_default=True, metavar="DIR", help="Folder of the metadata."
)


@click.group()
def command() -> None:
    """Import, list and show the metadata of papers.

    \b
    Example:
      agsite papers import library.bib
    """


@command.command("import")
@click.argument("names", nargs=-1, required=True, metavar="FILE…")
@_folder
@answers_option
@click.option("--all", "everything", is_flag=True, help="Number and keep papers that no answer names, too.")
@click.option("--replace", is_flag=True, help="Take what the entries say where a record says otherwise.")
@click.option("--no-abstracts", is_flag=True, help="Leave the abstracts out.")
def import_(
    names: tuple[str, ...],
    folder: str,
    answers: tuple[str, ...],
    *,
    everything: bool,
    replace: bool,
    no_abstracts: bool,
) -> None:
    """Read bibliographies (arXiv JSON lines, BibTeX, CSL-JSON) and write what they say under papers/.

    Entries find their paper by archive id, arXiv id, DOI or title. Without --all, entries of papers that no answer
    names are left out; with it, they get the next free number of their month. What a record
    lacks is filled in. What it says otherwise stays, unless --replace takes the entry's; identifiers and summaries
    always stay. What is wrong with the answers is shown; --all numbers nothing while a file of theirs does not tell
    which papers it names.

    \b
    Example:
      agsite papers import library.bib arxiv.jsonl
    """
    entries, findings = _read(names)
    if no_abstracts:
        entries = [entry.model_copy(update={"abstract": None}) for entry in entries]
    # An archive may begin with papers alone.
    found = corpus.read(() if answers == ANSWERS and not Path(*ANSWERS).exists() else answers)
    refuse_missing(found.findings)
    wrong = [finding for finding in found.findings if finding.severity == "error"]
    if everything:
        _refuse_hidden(found, wrong)
    readings = (*found.readings, *found.rests)
    known = [(source.id, source.title) for reading in readings for source in reading.answer.sources]
    texts, refused = builder.read_paper_files((folder,) if Path(folder).exists() else ())
    stored, unread = papers.loads_all(texts.items())
    problems = (*refused, *unread)
    if fails(problems):
        show_findings(problems)
        raise PaperFileError(
            f"{folder} cannot be added to as it is", "Mend what is named above first; nothing was written."
        )
    result = papers.assign(entries, known, stored, only_matched=not everything, replace=replace)
    old = {os.path.relpath(path, folder): text for path, text in texts.items()}
    for name, text in papers.dump_files(result.papers, old).items():
        files.write_text(Path(folder) / name, text)
    told = in_order((*findings, *wrong, *problems, *result.findings))
    show_findings(told)
    for line in _account(result, unread=sum(finding.code == "AG405" for finding in findings)):
        say(line)
    say(f"{folder} holds {counted(len(result.papers), 'paper')}.")
    sys.exit(fails(told))


def _refuse_hidden(found: Corpus, wrong: Iterable[Finding]) -> None:
    """Raise PaperFileError where a file may name papers that nobody can read: they would get a second id."""
    told = {rest.path for rest in found.rests if _tells_sources(rest)}
    if found.unread.keys() - told:
        show_findings(wrong)
        raise PaperFileError(
            "papers cannot be numbered while answers that may name them cannot be read",
            "Mend what is named above first, or leave --all out; nothing was written.",
        )


def _tells_sources(rest: Reading) -> bool:
    # What stands in for a title that could not be read has no letter to compare.
    return "sources" not in rest.lacks and all(papers.title_key(source.title) for source in rest.answer.sources)


def _account(result: papers.Assignment, unread: int) -> Iterator[str]:
    """Say what became of the entries: the numbers of entries add up to all."""
    anew = set(result.numbered)
    numbered = sum(id in anew for _, id in result.matches)
    matched = len(result.matches) - numbered
    unnamed = len(result.unnamed)
    skipped = len(result.left_out) - unnamed
    yield f"{counted(len(result.matches) + len(result.left_out) + unread, 'entry', 'entries')}:"
    yield (
        f"  {matched:,} of papers that the archive has: {counted(len(result.added) - len(anew), 'record')} new, "
        f"{len(result.changed):,} changed"
    )
    if numbered:
        yield f"  {numbered:,} of papers that are numbered anew"
    if unnamed:
        yield f"  {unnamed:,} left out, because no answer names the paper; --all numbers such papers too"
    if skipped:
        yield f"  {skipped:,} left out, for the reasons told above"
    if unread:
        yield f"  {unread:,} unreadable"


def _read(names: tuple[str, ...]) -> tuple[list[papers.Imported], list[Finding]]:
    entries: list[papers.Imported] = []
    findings: list[Finding] = []
    for name in names:
        read = _READERS.get(Path(name).suffix)
        if read is None:
            raise PaperFileError(
                f"{name} is not a bibliography that agsite can read", f"Name a file that ends in {', '.join(_READERS)}."
            )
        text = files.read_text(name)
        if text is None:
            raise PaperFileError(f"there is no file {name}", "Name an existing one.")
        bibliography = read(text, name)
        entries += bibliography.entries
        findings += bibliography.findings
    return entries, findings


@command.command("list")
@_folder
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def list_(folder: str, *, as_json: bool) -> None:
    """List the papers whose metadata are kept.

    \b
    Example:
      agsite papers list
    """
    records, findings = builder.read_papers((folder,))
    show_findings(findings)
    for record in records:
        if as_json:
            show_data(record.model_dump(exclude_none=True))
        else:
            say(f"{record.id}  {record.title or ''}", err=False)
    sys.exit(fails(findings))


@command.command()
@click.argument("id")
@_folder
def show(id: str, folder: str) -> None:
    """Show what is known of one paper.

    \b
    Example:
      agsite papers show AG-2026.03-1712
    """
    try:
        wanted = PaperId.parse(id)
    except ValueError as error:
        raise PaperFileError(str(error)) from error
    records, findings = builder.read_papers((folder,))
    found = next((record for record in records if record.id.key == wanted.key), None)
    if found is None:
        show_findings(findings)
        raise PaperFileError(f"{folder} has no record of {id}", "Import it: agsite papers import FILE")
    show_data(found.model_dump(exclude_none=True), indent=1)
