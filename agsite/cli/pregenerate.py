"""`agsite pregenerate`."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import chain, islice
from pathlib import Path
from typing import get_args

import click

from agsite import addresses, files, generate
from agsite import build as builder
from agsite.cli.console import say, show_data, show_findings
from agsite.cli.options import archive_options, make_options, read_config
from agsite.cli.spending import Spending
from agsite.config import Config
from agsite.errors import ConfigError, OutputError
from agsite.generate import Item, Options, Outcome, tables
from agsite.generate.options import GO_ON, Batch, Citations
from agsite.llm import DEFAULT_URL, Client
from agsite.settings import MistakesError, read_own

_REDIRECTS = "redirects.yml"


@click.command()
@click.argument("questions", nargs=-1, metavar="[QUESTION]…")
@archive_options
@click.option(
    "--queue", metavar="FILE", help="Questions as lines of JSON: question, and if wanted parent and priority."
)
@click.option("--frontier", is_flag=True, help="Open follow-ups of reviewed answers, the most asked first.")
@click.option(
    "--max-depth", default=4, show_default=True, metavar="N", help="How far follow-ups may lead from a chosen question."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Ask about at most N questions.  [all]")
@click.option("--model", metavar="M", help="Model to ask, instead of the configured one.")
@click.option("--max-usd", metavar="X", help="Spend at most X dollars, restarts included. Required to send anything.")
@click.option("--yes-no-cap", is_flag=True, help="Spend without a limit.")
@click.option(
    "--dry-run", is_flag=True, help="Show sources, tokens and cost of each question; needs no key and no network."
)
@click.option("--count-tokens", is_flag=True, help="With --dry-run: the service counts tokens; free, needs the key.")
@click.option("--batch", type=click.Choice(get_args(Batch)), help="Ask at half the price, within a day.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="With --batch collect: look again so often until all is there.  [look once]",
)
@click.option("--resume", is_flag=True, help="Go on with the last run where it stopped.")
@click.option("--retry-unknown", is_flag=True, help="Send again what may have been paid for without an answer.")
@click.option(
    "--regenerate",
    is_flag=True,
    help="Ask again what is answered, or bought with other papers; the new answer names the one it supersedes.",
)
@click.option(
    "--concurrency",
    default=4,
    show_default=True,
    metavar="N",
    type=click.IntRange(1, 32),
    help="Calls at the same time.",
)
@click.option("--citations", default="auto", show_default=True, type=click.Choice(get_args(Citations)),
              help="Citations by the model itself, or by marks where it has none.")  # fmt: skip
@click.option("--embed", is_flag=True, help="Find papers by meaning, too, not by words alone; needs agsite[embed].")
@click.option("--out", default="answers", show_default=True, metavar="DIR", help="Folder to put answer files into.")
@click.option(
    "--journal", default=".agsite/pregenerate", show_default=True, metavar="DIR", help="Folder of the journal."
)
@click.option("--report", metavar="FILE", help="Write the closing table as Markdown, for a pull request.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object on stdout.")
def command(  # noqa: PLR0917 - click hands options over by name
    questions: tuple[str, ...],
    answers: tuple[str, ...],
    papers: tuple[str, ...],
    config: str,
    queue: str | None,
    limit: int | None,
    model: str | None,
    max_usd: str | None,
    batch: Batch | None,
    wait: float | None,
    concurrency: int,
    max_depth: int,
    citations: Citations,
    out: str,
    journal: str,
    report: str | None,
    *,
    frontier: bool,
    yes_no_cap: bool,
    dry_run: bool,
    count_tokens: bool,
    resume: bool,
    retry_unknown: bool,
    regenerate: bool,
    embed: bool,
    as_json: bool,
) -> None:
    """Answer questions from the papers through a language model, as answer files for review.

    The key is read from ANTHROPIC_API_KEY, and an address other than the service's own from ANTHROPIC_BASE_URL. Every
    reply is kept in the journal before it is looked at; nothing is paid for twice without being asked.

    Ends with exit code 0 if all is written, 1 if an answer was declined, rejected or failed, or is still to be asked,
    2 for a wrong command line, 3 if the budget is reached, 4 if the service said stop, 5 while a batch is under way,
    6 if the journal cannot be written or another run holds it.

    \b
    Examples:
      agsite pregenerate --frontier --limit 5 --dry-run
      agsite pregenerate "Does a made-up effect survive?" --max-usd 0.10
      agsite pregenerate --queue questions.jsonl --batch submit --max-usd 5
      agsite pregenerate --resume
    """
    settings = read_config(config)
    resume = resume or batch in {"collect", "cancel"}
    if resume:
        begun_with = {
            "--limit": limit,
            "--model": model,
            "--regenerate": regenerate,
            "--citations": citations != "auto",
        }
        _refuse_given({"--dry-run": dry_run, **begun_with})
    if count_tokens and not dry_run:
        raise ConfigError("--count-tokens counts for a dry run, and this one would ask", "Add --dry-run.")
    if wait is not None and batch != "collect":
        raise ConfigError("only --batch collect can --wait", "Leave --wait out, or add --batch collect.")
    cap = _cap(max_usd, needed=not (dry_run or resume or yes_no_cap))
    chosen = model or settings.model
    price = settings.prices.of(chosen)
    if price is None:
        known = ", ".join(settings.prices.models)
        raise ConfigError(
            f"there is no price for the model {chosen}", f"Add it to `prices` in {config}; known are {known}."
        )
    # A draft is an answer that was paid for, or that somebody is at.
    inputs = builder.read_archive(make_options(_folders(answers, out), papers, drafts=True))
    show_findings(finding for finding in inputs.findings if finding.severity == "error")
    asked, left_out = _items(inputs, questions, queue, max_depth, frontier=frontier, resume=resume, again=regenerate)
    items = tuple(islice(asked, limit))
    if not dry_run:
        _refuse_unwritable(out, report)
    spending = Spending(cap, quiet=as_json)
    outcome = _execute(
        Options(
            items=items,
            more=asked if limit else None,
            archive=inputs.archive,
            papers=inputs.metadata,
            model=chosen,
            price=price,
            prices=settings.prices,
            cap=cap,
            uncapped=yes_no_cap,
            count_tokens=count_tokens,
            now=_now,
            connect=_connect,
            out=Path(out),
            journal=Path(journal),
            concurrency=concurrency,
            resume=resume,
            retry_unknown=retry_unknown,
            regenerate=regenerate,
            given_up=_given_up(),
            batch=batch,
            wait=wait,
            citations=citations,
            embed=embed,
            progress=spending,
        ),
        spending,
        dry_run=dry_run,
    )
    _show(outcome, left_out, settings, report, as_json=as_json)
    sys.exit(outcome.exit_code)


def _refuse_given(options: Mapping[str, object]) -> None:
    """Raise ConfigError where a run that goes on is given what was settled when it began."""
    names = [name for name, value in options.items() if value]
    if names:
        raise ConfigError(
            f"a run that goes on takes no {' and no '.join(names)}",
            "Leave it out: the run goes on as it was begun. Or begin another one.",
        )


def _folders(answers: tuple[str, ...], out: str) -> tuple[str, ...]:
    """Return where answers are; raise ConfigError for a folder that is not there, unless it is to be made."""
    for name in answers:
        if not Path(name).exists() and Path(name) != Path(out):
            raise ConfigError(f"there is no file or folder {name}", "Name an existing one with --answers.")
    there = (name for name in answers if Path(name).exists())
    return (*there, out) if Path(out).is_dir() else tuple(there)


def _refuse_unwritable(out: str, report: str | None) -> None:
    """Raise ConfigError where what is about to be paid for could not be written."""
    if report is not None and Path(report).is_dir():
        raise ConfigError(f"{report} is a folder", "Name a file with --report; nothing was asked.")
    places = {"--out": Path(out)}
    if report is not None and not files.is_stream(report):
        places["--report"] = Path(report).parent
    for option, folder in places.items():
        try:
            files.refuse_unwritable(folder)
        except OutputError as error:
            raise ConfigError(error.message, f"Name another place with {option}; nothing was asked.") from error


def _now() -> str:
    return dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")


def _cap(text: str | None, *, needed: bool) -> Decimal | None:
    if text is None:
        if needed:
            raise ConfigError(
                "nothing is sent without a budget", "Give one: --max-usd 0.50; see --dry-run for the cost."
            )
        return None
    try:
        cap = Decimal(text)
    except InvalidOperation:
        cap = Decimal("nan")
    if not cap.is_finite() or cap < 0:
        raise ConfigError(f"“{text}” is not an amount of money", "Write it as in --max-usd 0.50.")
    return cap


def _connect() -> Client:
    key = os.environ.get("ANTHROPIC_API_KEY", "")
    return Client(key, os.environ.get("ANTHROPIC_BASE_URL") or DEFAULT_URL)


def _given_up() -> Mapping[str, addresses.Redirect]:
    """Return what became of addresses; where nobody can read it, nothing is paid for."""
    text, unread = read_own(_REDIRECTS, addresses.MAX_BYTES)
    if text is None and unread:
        raise MistakesError(unread)
    return addresses.read_redirects(text, _REDIRECTS)[0]


def _items(
    inputs: builder.Inputs,
    questions: tuple[str, ...],
    queue: str | None,
    max_depth: int,
    *,
    frontier: bool,
    resume: bool,
    again: bool,
) -> tuple[Iterator[Item], list[tuple[Item, str]]]:
    """Gather the questions to answer, open ones as they are asked for, and those left out with the reason."""
    if resume:
        if questions or queue or frontier:
            raise ConfigError(
                "a run that goes on has its questions already", "Leave them out, or start one without --resume."
            )
        return iter(()), []
    asked = list(generate.given(questions))
    if queue is not None:
        text = files.read_text(queue)
        if text is None:
            raise ConfigError(f"there is no file {queue}", 'Write one question a line: {"question": "Why?"}.')
        asked += generate.read_queue(text, queue)
    if not (asked or queue or frontier):
        raise ConfigError("there is no question", "Give one in quotes, or use --queue FILE or --frontier.")
    unread = generate.unread_questions(inputs.corpus)
    items, left_out = generate.unanswered(asked, inputs.archive, unread, again=again)
    keys = {item.key for item in items}
    found = generate.frontier(inputs.archive, unread, max_depth) if frontier else ()
    return chain(items, (item for item in found if item.key not in keys)), left_out


def _execute(options: Options, spending: Spending, *, dry_run: bool) -> Outcome:
    """Do it; an interrupt lets the calls under way end, and says how to go on."""
    if dry_run:
        return generate.dry_run(options)
    if not options.items and not options.resume:
        return Outcome(())
    try:
        return generate.run(options)
    except BaseException as error:
        if not isinstance(error, Exception):
            say("")  # the line of a bar ends here
            say(f"Go on with: agsite pregenerate {GO_ON[options.batch]}")
        raise
    finally:
        spending.close()


def _show(
    outcome: Outcome, left_out: list[tuple[Item, str]], settings: Config, report: str | None, *, as_json: bool
) -> None:
    for item, reason in left_out:
        say(f"{item.question}: left out, {reason}")
    for line in (*tables.lines(outcome), *tables.closing(outcome, settings.prices.batch)):
        say(line)
    if report is not None:
        files.write_output(report, tables.markdown(outcome))
    if as_json:
        facts = {
            "run": outcome.run,
            "written": outcome.count("written"),
            "spent_usd": str(outcome.spent),
            "max_usd": str(outcome.cap) if outcome.cap is not None else None,
            "stopped": outcome.stopped,
            "notes": outcome.notes,
            "questions": [row.facts() for row in outcome.rows],
        }
        show_data(facts)
