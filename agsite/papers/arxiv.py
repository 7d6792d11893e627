"""arXiv's metadata: one JSON object a line, as in its public snapshot."""

from __future__ import annotations

import json
import re
from typing import Any

from agsite.papers import dates, identifiers
from agsite.papers.bibtex import authors_of
from agsite.papers.imported import Bibliography, Imported, paper_id, read_each, title_of
from agsite.papers.latex import to_text
from agsite.records import Author

_SPACE_IN_INITIALS = re.compile(r"(?<=\.) (?=-)")  # the snapshot has “C. -P.” for “C.-P.”


def read_arxiv(text: str, path: str = "") -> Bibliography:
    """Read arXiv metadata; every line that cannot be read is a finding, and the others are read."""
    lines = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
    return read_each(lines, _entry, path)


def _entry(line: str) -> Imported:
    raw = _object(line.removeprefix("\ufeff"))
    arxiv_id = identifiers.arxiv_id(_text(raw, "id"))
    return Imported(
        title=title_of(to_text(_text(raw, "title"))),
        authors=_authors(raw),
        abstract=to_text(_text(raw, "abstract")) or None,
        arxiv_id=arxiv_id,
        doi=identifiers.doi(_text(raw, "doi")),
        published=_published(raw, arxiv_id),
        categories=tuple(dict.fromkeys(_text(raw, "categories").split())),
        id=paper_id(_text(raw, "id")),
    )


def _object(line: str) -> dict[str, Any]:
    try:
        raw = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"the line is not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("the line is nested too deeply") from None
    except ValueError:
        raise ValueError("the line holds a number of thousands of digits") from None
    if not isinstance(raw, dict):
        raise ValueError("the line is not a JSON object")  # noqa: TRY004 - what a file holds is a value, not a type
    return raw


def _text(raw: dict[str, Any], field: str) -> str:
    value = raw.get(field) or ""
    if not isinstance(value, str):
        raise ValueError(f"“{field}” is not a text")  # noqa: TRY004
    return value


def _authors(raw: dict[str, Any]) -> tuple[Author, ...]:
    parsed = raw.get("authors_parsed")
    if not parsed:
        return authors_of(_text(raw, "authors").replace(", ", " and "))
    if not isinstance(parsed, list) or not all(_is_name(parts) for parts in parsed):
        raise ValueError("“authors_parsed” is not a list of family name, given name, suffix")
    return tuple(_author(*parts[:3]) for parts in parsed)


def _is_name(parts: Any) -> bool:
    return isinstance(parts, list) and bool(parts) and all(isinstance(part, str) for part in parts[:3])


def _author(family: str, given: str = "", suffix: str = "") -> Author:
    return Author(
        family=to_text(f"{family} {suffix}"),
        given=_SPACE_IN_INITIALS.sub("", to_text(given)),
    )


def _published(raw: dict[str, Any], arxiv_id: str | None) -> str | None:
    match raw.get("versions"):
        case [{"created": str(created)}, *_] if day := dates.from_mail(created):
            return day
    return identifiers.arxiv_month(arxiv_id) if arxiv_id else None
