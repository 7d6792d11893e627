"""The report in Markdown: what differs between two sites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from agsite import files, urls
from agsite.annotations import by_gravity, cell, place
from agsite.counted import counted
from agsite.findings import Finding
from agsite.impact.data import AnswerLine
from agsite.impact.site import BuiltSite

_ROWS = 40
"""How many rows a list shows before it counts the rest: the report is read by a person."""
_UNTITLED = "title unknown"


class Changes(NamedTuple):
    """How pages differ, as far as both sites have them."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


def _compare_pages(before: BuiltSite, after: BuiltSite) -> Changes:
    """Compare the pages of two sites byte by byte."""
    old, new = ({name for name in site.sizes if name.endswith(".html")} for site in (before, after))
    return Changes(
        tuple(sorted(new - old)),
        tuple(sorted(name for name in old & new if not _same(name, before, after))),
        tuple(sorted(old - new)),
    )


def _same(name: str, before: BuiltSite, after: BuiltSite) -> bool:
    if before.sizes[name] != after.sizes[name]:
        return False
    return files.read_bytes(before.root / name) == files.read_bytes(after.root / name)


def report(
    before: BuiltSite,
    after: BuiltSite,
    findings: tuple[Sequence[Finding], Sequence[Finding]] | None,
    address: Callable[[str], str],
) -> str:
    """Return the report in Markdown; `findings` are those before and after, `address` gives a page's full address."""
    parts = ["## What this changes\n", _totals(before, after), *_answers(before, after, address)]
    parts += [*_sentences(before, after, address), *_questions(before, after), *_papers(before, after, address)]
    if findings is not None:
        parts += _findings(*findings)
    if before.whole and after.whole:
        parts += _pages(_compare_pages(before, after))
    return "\n".join(parts)


def _totals(before: BuiltSite, after: BuiltSite) -> str:
    rows: list[tuple[str, Callable[[BuiltSite], int]]] = [
        ("answers", lambda site: len(site.answers)),
        ("papers", lambda site: len(site.papers)),
        ("citing sentences", lambda site: len(site.citing)),
        ("open questions", lambda site: len(site.open)),
        ("pages", lambda site: site.pages),
    ]
    if before.whole and after.whole:
        rows.append(("kilobytes", lambda site: sum(site.sizes.values()) // 1024))
    lines = [
        f"| {name} | {count(before):,} | {count(after):,} | {_signed(count(after) - count(before))} |"
        for name, count in rows
    ]
    return "\n".join(["| | before | after | |", "|---|--:|--:|--:|", *lines, ""])


def _signed(number: int) -> str:
    return f"{number:+,}" if number else "–"


def _answers(before: BuiltSite, after: BuiltSite, address: Callable[[str], str]) -> list[str]:
    new = [answer for id, answer in after.answers.items() if id not in before.answers]
    gone = [answer for id, answer in before.answers.items() if id not in after.answers]
    edited = [
        answer
        for id, answer in after.answers.items()
        if id in before.answers and _own(answer) != _own(before.answers[id])
    ]
    return [
        *_list("New answers", [f"{_link(answer, address)}: {_coverage(answer)}" for answer in new]),
        *_list("Answers changed", [_link(answer, address) for answer in edited]),
        *_list("Answers gone", [cell(answer.question) for answer in gone]),
    ]


# What an answer says itself; the rest of its record changes with its neighbours.
_own = attrgetter("question", "model", "date", "status", "body", "note")


def _link(answer: AnswerLine, address: Callable[[str], str]) -> str:
    return f"[{cell(answer.question)}]({address(urls.answer(answer.id))})"


def _coverage(answer: AnswerLine) -> str:
    coverage = answer.coverage
    return (
        f"{cell(answer.model)}, {cell(answer.date)}; "
        f"{coverage.cited} of {coverage.sentences} sentences cite a source, {coverage.gaps} name a gap"
    )


def _sentences(before: BuiltSite, after: BuiltSite, address: Callable[[str], str]) -> list[str]:
    new = sorted(after.citing - before.citing)
    rows = []
    for paper, citings in groupby(new, key=attrgetter("paper")):
        own = list(citings)
        known = after.papers.get(paper)
        title = (known and known.title) or _UNTITLED
        said = "".join(f"\n  - “{cell(citing.sentence)}” ({cell(citing.answer)})" for citing in own[:3])
        more = f"\n  - … and {len(own) - 3} more" if len(own) > 3 else ""
        rows.append(
            f"[{paper}]({address(urls.paper(paper))}) {cell(title)}: {counted(len(own), 'sentence')}{said}{more}"
        )
    lost = len(before.citing - after.citing)
    gone = [f"Gone or reworded: {counted(lost, 'citing sentence')}.\n"] if lost else []
    return [*_list("New citing sentences", rows, len(new)), *gone]


def _questions(before: BuiltSite, after: BuiltSite) -> list[str]:
    closed = [text for key, text in before.open.items() if key not in after.open]
    opened = [text for key, text in after.open.items() if key not in before.open]
    return [*_list("Open questions closed", map(cell, closed)), *_list("Open questions opened", map(cell, opened))]


def _papers(before: BuiltSite, after: BuiltSite, address: Callable[[str], str]) -> list[str]:
    new = [paper for id, paper in after.papers.items() if id not in before.papers]
    rows = [f"[{paper.id}]({address(urls.paper(paper.id))}) {cell(paper.title or _UNTITLED)}" for paper in new]
    return _list("Papers new to the archive", rows)


def _findings(before: Sequence[Finding], after: Sequence[Finding]) -> list[str]:
    """List what is new and what is mended; a finding that only moved to another line is neither."""
    old, new = ({(f.code, f.path, f.message): f for f in found} for found in (before, after))
    brought = by_gravity([finding for key, finding in new.items() if key not in old])
    mended = by_gravity([finding for key, finding in old.items() if key not in new])
    return [*_list("Findings new", map(_row, brought)), *_list("Findings mended", map(_row, mended))]


def _row(finding: Finding) -> str:
    return f"{finding.severity} {finding.code} in {cell(place(finding))}: {cell(finding.message)}"


def _pages(changes: Changes) -> list[str]:
    counts = f"{len(changes.new):,} new, {len(changes.changed):,} changed, {len(changes.gone):,} gone."
    rows = [f"{what}: {cell(name)}" for what, names in zip(Changes._fields, changes, strict=True) for name in names]
    return [
        f"### Pages\n\n{counts}\n",
        *(["<details><summary>Which</summary>\n", *_rows(rows), "</details>\n"] if rows else []),
    ]


def _list(title: str, rows: Iterable[str], count: int | None = None) -> list[str]:
    """Return a part of the report; nothing where it has no rows. The title tells the number of rows, or `count`."""
    all_rows = list(rows)
    number = len(all_rows) if count is None else count
    return [f"### {title} ({number:,})\n", *_rows(all_rows)] if all_rows else []


def _rows(rows: Sequence[str]) -> list[str]:
    more = [f"- … and {len(rows) - _ROWS:,} more"] if len(rows) > _ROWS else []
    return [*(f"- {row}" for row in rows[:_ROWS]), *more, ""]
