"""`agsite search`."""

from __future__ import annotations

from functools import partial

import click

from agsite import build as builder
from agsite.cli.console import say, say_marked, show_data
from agsite.cli.options import answers_option, in_utf_8, make_options, papers_option, refuse_missing
from agsite.errors import AnswerFileError
from agsite.files import CacheFolder
from agsite.search import (
    Found,
    Hit,
    Index,
    Searcher,
    Wanted,
    absent_paper,
    absent_values,
    documents,
    find,
    misspelt_fields,
    stamp,
)

_KINDS = {"answer": "Answer", "paper": "Paper", "question": "Open question"}


@click.command()
@click.argument("query", nargs=-1, required=True)
@answers_option
@papers_option
@click.option(
    "--kind",
    multiple=True,
    type=click.Choice([*_KINDS]),
    help="Only answers, papers or open questions; may be given again.",
)
@click.option(
    "--category",
    multiple=True,
    callback=in_utf_8,
    metavar="C",
    help="Only this category, or the categories below it; may be given again.",
)
@click.option(
    "--model",
    multiple=True,
    callback=in_utf_8,
    metavar="M",
    help="Only answers whose model's name holds this; may be given again.",
)
@click.option("--since", metavar="DATE", default="", help="Only from this day, month or year on.")
@click.option("--sort", type=click.Choice(["relevance", "date"]), default="relevance", show_default=True, help="Order.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, metavar="N", help="How many to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(  # noqa: PLR0917 - click hands options over by name
    query: tuple[str, ...],
    answers: tuple[str, ...],
    papers: tuple[str, ...],
    kind: tuple[str, ...],
    category: tuple[str, ...],
    model: tuple[str, ...],
    since: str,
    sort: str,
    limit: int,
    as_json: bool,
) -> None:
    """Search answers, papers and open questions.

    A query is words, a whole question, "phrases", field:values (category or field, date or year, evidence, kind, model,
    paper, title), AND, OR, NOT, beginnings* and near spellings~. An archive id or arXiv id finds its paper.

    \b
    Examples:
      agsite search why do decorrelated classifiers help
      agsite search '"latent space" AND (trigger OR anomaly) date:2026-01..' --kind answer
    """
    wanted = Wanted(kind, category, model, since, limit, by_date=sort == "date", facets=as_json)
    options = make_options(answers, papers)
    place = CacheFolder(options.search_index)
    with Searcher(place.use(partial(_fresh, options)).reader()) as searcher:
        found = find(searcher, " ".join(query), wanted)
        absent = absent_paper(searcher, found.query)
        unused = list(absent_values(searcher, found.query, wanted))
    for name, meant in misspelt_fields(found.query).items():
        say(f"“{name}” is not a field and was read as a word. Did you mean {meant}:?")
    for name, value, near in unused:
        meant = f" Did you mean {name}:{near}?" if near else ""
        say(f"Nothing here has the {name} “{value}”.{meant}")
    if absent:
        near = f" The nearest ids: {', '.join(absent[1])}." if absent[1] else ""
        say(f"No paper here has the id {absent[0]}.{near}")
    if as_json:
        show_data(found.facts())
    else:
        _show(found)


def _fresh(options: builder.Options, folder: str) -> Index:
    """The index of the archive, brought up to date where a file has changed since."""
    index = Index(folder)
    now = stamp([*options.answers, *options.papers])
    if index.stamp() != now:
        inputs = builder.read_archive(options)
        refuse_missing(inputs.findings)
        if inputs.corpus.unread and not inputs.archive.entries:
            raise AnswerFileError("no answer can be read", "`agsite check` says why.")
        if not inputs.archive.entries:
            raise AnswerFileError("there are no answers", "Name their folder with --answers; drafts are not searched.")
        index.update(documents(inputs.archive), now)
    return index


def _show(found: Found) -> None:
    if found.goto is not None:
        say(f"→ {found.goto}")
    for hit in found.hits:
        _show_hit(hit)
    if found.suggestion:
        say(f"Did you mean: {found.suggestion}")
    shown = f", {len(found.hits)} shown" if len(found.hits) < found.total else ""
    say(f"{found.total:,} found{shown}." if found.total else "Nothing found.")


def _show_hit(hit: Hit) -> None:
    say(hit.title, err=False, bold=True)
    verdict = "rejected by a reviewer" if hit.rejected else ""
    facts = (_KINDS[hit.kind], verdict, hit.category, hit.date, hit.model, hit.url)
    say(f"  {' · '.join(filter(None, facts))}", err=False, dim=True)
    if hit.excerpt:
        say_marked([("  ", False), *hit.excerpt])
