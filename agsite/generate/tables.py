"""What a run brought as a table: lines for a terminal or a log, Markdown for a pull request."""

from __future__ import annotations

import re
from decimal import Decimal

from agsite.counted import counted
from agsite.ellipsis import clip
from agsite.generate.outcome import Outcome, Row
from agsite.grounding import as_seen
from agsite.llm import BudgetReached, prices

_SIGNS = str.maketrans({
    "|": "\\|", "<": "&lt;", ">": "&gt;", "&": "&amp;", "`": "'", "@": "@\u2060", "#": "#\u2060", "\\": "\\\\",
    "[": "\\[",
})  # fmt: skip
# What GitHub makes a link of where it stands; with “fixes” before it, one that closes an issue.
_LINKED = re.compile(r"(?=://)|www(?=\.)|gh(?=-\d)", re.IGNORECASE)
_WIDTH = 120
_HEAD = ("question", "result", "coverage", "warnings", "tokens", "cost", "file")


def lines(outcome: Outcome) -> list[str]:
    """Return the table as lines of text, each question with what is to be said about it below."""
    if not outcome.rows:
        return ["There was nothing to do."]
    cells = [_HEAD[:-1], *(_cells(row)[:-1] for row in outcome.rows)]
    sizes = [max(len(row[column]) for row in cells) for column in range(1, len(_HEAD) - 1)]
    room = max(24, _WIDTH - sum(sizes) - 2 * len(sizes))
    shown = []
    for number, row in enumerate(cells):
        question = clip(row[0], room).ljust(room)
        shown.append(
            "  ".join([question, *(cell.ljust(size) for cell, size in zip(row[1:], sizes, strict=True))]).rstrip()
        )
        shown += [f"    {text}" for text in (_remarks(outcome.rows[number - 1]) if number else ()) if text]
    return shown


def _cells(row: Row) -> tuple[str, ...]:
    coverage = f"{row.covered} of {row.substantive}" if row.substantive else "–"
    tokens = f"{row.input:,} + {row.output:,}" if row.output else f"{row.input:,}" if row.input else "–"
    planned = f"{dollars(row.low)} to {dollars(row.high)}" if row.high else "–"
    cost = dollars(row.cost) if row.result != "planned" else planned
    return (as_seen(row.question), row.result, coverage, str(len(row.warnings) or "–"), tokens, cost, row.file or "–")


def _remarks(row: Row) -> list[str]:
    found = ", ".join(f"{paper} {percent}%" for paper, percent in row.sources)
    remarks = [row.file] + [as_seen(text) for text in (*row.reasons, *row.warnings)]
    return remarks + ([found] if found and row.result in {"planned", "declined"} else [])


def dollars(amount: Decimal) -> str:
    """Return an amount of money with as many digits as it needs."""
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.4f}"


def closing(outcome: Outcome, batch: Decimal) -> list[str]:
    """Return what there is to say about the run as a whole; `batch` is the part of the price that batches cost."""
    planned = [row for row in outcome.rows if row.result == "planned" and row.high]
    said = [as_seen(note, 400) for note in outcome.notes]
    if planned:
        low, high = (sum((getattr(row, name) for row in planned), Decimal(0)) for name in ("low", "high"))
        direct = f"{dollars(low)} to {dollars(high)}"
        calls = counted(len(planned), "call")
        said.append(f"{calls}: {direct} one by one, {dollars(low * batch)} to {dollars(high * batch)} as a batch.")
    if planned and outcome.enough is not None:
        direct, together = map(prices.budget, outcome.enough)
        said.append(
            f"--max-usd {direct} is enough one by one, {together} as a batch: the worst that the calls can cost."
        )
    if outcome.run:
        cap = f" of at most {dollars(outcome.cap)}" if outcome.cap is not None else ""
        said.append(f"{_answers(outcome)} written, {_spent(outcome)}{cap}.")
    if outcome.stopped:
        said.append(f"The run stopped: {as_seen(outcome.stopped, 400)}")
    if outcome.count("pending"):
        said.append("Fetch what a batch brings with: agsite pregenerate --batch collect")
    if _goes_on(outcome):
        how = outcome.go_on if outcome.stopped else "--resume"
        said.append(f"Go on with: agsite pregenerate {how}")
    return said


def _goes_on(outcome: Outcome) -> bool:
    """Say whether --resume alone does more; a run that reached its budget has said with which it goes on."""
    left, under_way = outcome.count("planned"), outcome.count("pending")
    if outcome.stopped:
        return outcome.exit_code != BudgetReached.exit_code and (left > 0 or not under_way)
    return bool(outcome.run) and left > 0 and not under_way


def _answers(outcome: Outcome) -> str:
    return counted(outcome.count("written"), "answer")


def _spent(outcome: Outcome) -> str:
    """Say what was spent; while a batch is under way, what it can cost counts as spent."""
    return f"{dollars(outcome.spent)} {'reserved' if outcome.count('pending') else 'spent'}"


def markdown(outcome: Outcome) -> str:
    """Return the table as Markdown, in which nothing from outside can be more than text."""
    head = f"| {' | '.join(_HEAD)} |\n|{' --- |' * len(_HEAD)}\n"
    rows = "".join(f"| {' | '.join(_cell(cell) for cell in _cells(row))} |\n" for row in outcome.rows)
    remarks = "".join(
        f"\n**{_cell(row.question)}**\n\n" + "".join(f"- {_cell(text)}\n" for text in _remarks(row)[1:])
        for row in outcome.rows
        if row.reasons or row.warnings
    )
    total = f"\n{_answers(outcome)} written, {_spent(outcome)} (run `{outcome.run}`).\n"
    stopped = f"\nThe run stopped: {_cell(outcome.stopped)}\n" if outcome.stopped else ""
    return f"## Answers for review\n\n{head}{rows}{total}{stopped}{remarks}"


def _cell(text: str) -> str:
    return _LINKED.sub("\\g<0>\u2060", as_seen(text, 500).translate(_SIGNS)).replace("](", "] (")
