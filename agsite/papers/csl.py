"""CSL-JSON, the exchange format of citation processors: one list of items."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from agsite.papers import dates, identifiers
from agsite.papers.imported import Bibliography, Imported, paper_id, person, read_each, title_of
from agsite.papers.lines import one_line
from agsite.records import Author

# The only markup that the format knows; its text is not LaTeX otherwise.
_MARKUP = re.compile(r"</?(?:i|b|sub|sup|sc|span)(?: [^<>]{0,200})?>")
# Exporters leave them in; only whole ones, because “AT&T” and “x&not” are not names of characters.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MENTIONS = ("number", "archive_location", "URL", "DOI", "note", "publisher")
_FAMILY = ("dropping-particle", "non-dropping-particle", "family", "suffix")

_LONGEST_NUMBER = 300


def _integer(digits: str) -> int | str:
    # Python reads no number of thousands of digits, and would end the reading of the file there.
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


_DECODER = json.JSONDecoder(parse_int=_integer)
_SPACE = re.compile(r"[ \t\r\n]*")


def read_csl(text: str, path: str = "") -> Bibliography:
    """Read a list of CSL items, or a single one; an item that cannot be read is a finding, and the others are read.

    Where the text stops being JSON, reading ends with a finding, and the items before are kept.
    """
    return read_each(_items(text.removeprefix("\ufeff")), _entry, path)


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """Yield each item with its line, and last the error that ended the reading, if any."""
    line, counted = 1, 0
    position = _skip(text, 0)
    listed = text.startswith("[", position)
    position = _skip(text, position + 1) if listed else position
    while position < len(text) and not (listed and text[position] == "]"):
        line, counted = line + text.count("\n", counted, position), position
        try:
            item, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            yield getattr(error, "lineno", line), error
            return
        yield line, item
        position = _skip(text, position)
        position = _skip(text, position + 1) if text.startswith(",", position) else position


def _skip(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _entry(raw: Any) -> Imported:
    if not isinstance(raw, dict):
        reason = f": {raw.msg}" if isinstance(raw, json.JSONDecodeError) else ""
        reason = ": it is nested too deeply" if isinstance(raw, RecursionError) else reason
        raise ValueError(f"there is no CSL item here{reason}")  # noqa: TRY004 - what a file holds is a value
    arxiv_id = _arxiv_id(raw)
    return Imported(
        title=title_of(_text(raw, "title")),
        authors=_authors(raw.get("author") or []),
        abstract=_text(raw, "abstract") or None,
        arxiv_id=arxiv_id,
        doi=identifiers.doi(_text(raw, "DOI")),
        published=_published(raw.get("issued")) or (identifiers.arxiv_month(arxiv_id) if arxiv_id else None),
        categories=_categories(raw),
        id=paper_id(_text(raw, "id")),
    )


def _text(raw: dict[str, Any], field: str) -> str:
    value = raw.get(field)
    if not isinstance(value, str | int | float | None):
        raise ValueError(f"“{field}” is not a text")  # noqa: TRY004
    if value is None:
        return ""
    plain = _MARKUP.sub("", str(value))
    return one_line(_ENTITY.sub(lambda entity: html.unescape(entity[0]), plain) if "&" in plain else plain)


def _authors(raw: Any) -> tuple[Author, ...]:
    if not isinstance(raw, list) or not all(isinstance(name, dict) for name in raw):
        raise ValueError("“author” is not a list of names")
    return tuple(filter(None, map(_author, raw)))


def _author(raw: dict[str, Any]) -> Author | None:
    family = " ".join(filter(None, (_text(raw, part) for part in _FAMILY))) or _text(raw, "literal")
    given = _text(raw, "given")
    return person(family, given) if family or given else None


def _arxiv_id(raw: dict[str, Any]) -> str | None:
    bare = _text(raw, "archive_location") if _text(raw, "archive").lower() == "arxiv" else ""
    mentioned = (identifiers.arxiv_id_in(_text(raw, field)) for field in _MENTIONS)
    return identifiers.arxiv_id(bare) or next(filter(None, mentioned), None)


def _published(issued: Any) -> str | None:
    match issued:
        case {"date-parts": [[*parts], *_]} if parts:
            try:
                return dates.published(*(int(part or 0) for part in parts[:3]))
            except (TypeError, ValueError, OverflowError):
                raise ValueError("“issued” is not a date") from None
        case {"raw": str(text)} | {"literal": str(text)}:
            return dates.from_iso(text)
    return None


def _categories(raw: dict[str, Any]) -> tuple[str, ...]:
    given = raw.get("categories")
    names = [name for name in given if isinstance(name, str)] if isinstance(given, list) else []
    return tuple(dict.fromkeys(names))
