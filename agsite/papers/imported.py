"""What a bibliography says of a paper, the same record whatever the format it came in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from agsite.categories import CATEGORIES
from agsite.findings import Finding
from agsite.ids import PaperId
from agsite.records import LONGEST_ABSTRACT, LONGEST_TITLE, Author, Line, Record

ET_AL = Author(family="et al.")
"""Stands last where a bibliography says that it left authors out: nobody shall look like the only author."""

_LONGEST = {"title": LONGEST_TITLE, "abstract": LONGEST_ABSTRACT, "summary": LONGEST_ABSTRACT}

_OTHERS = frozenset({"others", "et al.", "et al"})


class Imported(Record):
    """One entry of a bibliography, in normal forms, with the place where it stands."""

    title: Line
    authors: tuple[Author, ...] = ()
    abstract: str | None = None
    arxiv_id: str | None = None
    doi: str | None = None
    published: str | None = None
    """YYYY, YYYY-MM or YYYY-MM-DD. The preprint's date where the entry tells it, else that of the publication."""
    categories: tuple[str, ...] = ()
    id: PaperId | None = None
    """The archive's own id, where the entry is filed under one."""
    path: str = ""
    line: int = 0


class Bibliography(NamedTuple):
    """What was read from one text: the entries in its order, and what is wrong with it."""

    entries: tuple[Imported, ...]
    findings: tuple[Finding, ...]


Raw = TypeVar("Raw")


def read_each(numbered: Iterable[tuple[int, Raw]], read: Callable[[Raw], Imported], path: str) -> Bibliography:
    """Read each raw entry, given with its line; `read` raises ValueError for one that cannot be read."""
    entries: list[Imported] = []
    findings: list[Finding] = []
    for line, raw in numbered:
        try:
            entry = read(raw).model_copy(update={"path": path, "line": line})
            refuse_long(entry)
        except ValueError as error:
            findings.append(Finding.of("AG405", str(error), path=path, line=line))
            continue
        findings += (_unknown_category(name, path, line) for name in entry.categories if name not in CATEGORIES)
        known = tuple(name for name in entry.categories if name in CATEGORIES)
        entries.append(entry if known == entry.categories else entry.model_copy(update={"categories": known}))
    return Bibliography(tuple(entries), tuple(findings))


def refuse_long(record: Record) -> None:
    """Raise ValueError where a text of an entry, or of a record of a paper, is longer than the archive takes."""
    for name, limit in _LONGEST.items():
        if len(text := getattr(record, name, None) or "") > limit:
            raise ValueError(f"the {name} has {len(text):,} characters, more than {limit:,}")


def _unknown_category(name: str, path: str, line: int) -> Finding:
    """Report a category that arXiv does not have; the rest of the entry is kept."""
    return Finding.of("AG205", f"“{name}” is not an arXiv category and was left out", path=path, line=line)


def paper_id(text: str) -> PaperId | None:
    """Return the archive's id where an entry's key is one."""
    try:
        return PaperId.parse(text.strip())
    except ValueError:
        return None


def title_of(text: str) -> str:
    """Return the title of an entry; raise ValueError where there is none, because nothing can be done without."""
    if not text:
        raise ValueError("the entry has no title")
    return text


def person(family: str, given: str) -> Author:
    """Return an author by the two parts of a name, or `ET_AL` where a bibliography has that in the place of one."""
    if f"{given} {family}".strip().lower() in _OTHERS:
        return ET_AL
    return Author(family=family or given, given=given if family else "")
