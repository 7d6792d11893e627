"""References for other people's tools: BibTeX, RIS and CSL-JSON.

Nothing is made up: a field that the archive does not know is left out. The order given is the order written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from agsite.ids import PaperId
from agsite.papers import dates
from agsite.papers.imported import ET_AL
from agsite.papers.latex import from_text
from agsite.papers.lines import one_line
from agsite.records import Author


class Reference(NamedTuple):
    """The facts of a paper that a reference to it gives."""

    id: PaperId
    title: str | None = None
    authors: tuple[Author, ...] = ()
    arxiv_id: str | None = None
    doi: str | None = None
    published: str | None = None
    """YYYY, YYYY-MM or YYYY-MM-DD; where it is not known, the month that the id tells is written."""
    category: str | None = None
    url: str | None = None


def to_bibtex(references: Iterable[Reference], archive: str = "") -> str:
    """Write BibTeX, keyed by the archive's ids; `archive` names the archive in the note, no name means no note."""
    return "\n".join(write_bibtex(reference.id, _bibtex_fields(reference, archive)) for reference in references)


def to_ris(references: Iterable[Reference], archive: str = "") -> str:
    """Write RIS; UNPB, unpublished work, is what readers of the format make a preprint of."""
    return "".join(write_ris("UNPB", _ris_fields(reference, archive)) for reference in references)


def to_csl(references: Iterable[Reference], archive: str = "") -> str:
    """Write a CSL-JSON list of items."""
    return write_csl([_csl_item(reference, archive) for reference in references])


Fields = Iterable[tuple[str, str | None]]
"""The fields of a reference, in the order in which they are written; those without a value are left out."""


def write_bibtex(key: str, fields: Fields) -> str:
    """Write an entry of BibTeX, its values in LaTeX."""
    # A month is the name of a string that every BibTeX style defines, so it goes without braces.
    known = [(name, value if name == "month" else f"{{{value}}}") for name, value in fields if value]
    lines = "".join([f"  {name} = {value},\n" for name, value in known])
    return f"@misc{{{key},\n{lines}}}\n"


def write_ris(kind: str, fields: Fields) -> str:
    """Write a record of RIS, with the line ends that its specification asks for."""
    tags = [("TY", kind), *((tag, value) for tag, value in fields if value), ("ER", "")]
    return "".join([f"{tag}  - {one_line(value)}\r\n" for tag, value in tags])


_encode = json.JSONEncoder(ensure_ascii=False).encode


def write_csl(items: Iterable[Mapping[str, Any]]) -> str:
    """Write items of CSL-JSON, a field to a line."""
    texts = [",\n".join([f'  "{key}": {_encode(value)}' for key, value in item.items()]) for item in items]
    return "[\n" + ",\n".join([f" {{\n{text}\n }}" for text in texts]) + "\n]\n"


def _date(reference: Reference) -> list[int]:
    """Return year, month and day as far as they are known."""
    return [int(part) for part in (reference.published or reference.id.month).split("-")]


def _note(reference: Reference, archive: str) -> str:
    return f"{archive} id {reference.id}" if archive else ""


def _bibtex_fields(reference: Reference, archive: str) -> Fields:
    year, month = (*_date(reference), 0)[:2]
    return [
        ("author", " and ".join(map(_bibtex_author, reference.authors))),
        # The inner braces keep the case of every letter.
        ("title", reference.title and f"{{{_latex(reference.title)}}}"),
        ("year", f"{year:04d}"),
        ("month", dates.month_name(month) if month else None),
        ("eprint", reference.arxiv_id),
        ("archivePrefix", reference.arxiv_id and "arXiv"),
        ("primaryClass" if reference.arxiv_id else "keywords", reference.category and _latex(reference.category)),
        # Tools take these two as they stand, so nothing is escaped but what could end the field.
        ("doi", reference.doi and _unbraced(reference.doi)),
        ("url", reference.url and _unbraced(reference.url)),
        ("note", _latex(_note(reference, archive))),
    ]


_TAKEN_APART = re.compile(r",|\band\b", re.IGNORECASE)


def _latex(text: str) -> str:
    return from_text(one_line(text))


def _unbraced(text: str) -> str:
    return re.sub(r"[{}\\\s]", lambda match: quote(match[0]), text)


def _bibtex_author(author: Author) -> str:
    if author == ET_AL:
        return "others"
    family, given = _latex(author.family), _latex(author.given)
    # Braces make a word of what BibTeX would take apart: a collaboration, “Barnes and Noble”, “Foo, Inc.”.
    if not given:
        return f"{{{family}}}"
    return ", ".join(f"{{{part}}}" if _TAKEN_APART.search(part) else part for part in (family, given))


def _ris_fields(reference: Reference, archive: str) -> Fields:
    year, month, day = ([f"{part:02d}" for part in _date(reference)] + ["", ""])[:3]
    return [
        ("ID", reference.id),
        ("TI", reference.title),
        *(("AU", _ris_author(author)) for author in reference.authors),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/"),
        ("AN", reference.arxiv_id and f"arXiv:{reference.arxiv_id}"),
        ("DO", reference.doi),
        ("KW", reference.category),
        ("UR", reference.url),
        ("N1", _note(reference, archive)),
    ]


def _ris_author(author: Author) -> str:
    return f"{author.family}, {author.given}" if author.given else author.family


def _csl_item(reference: Reference, archive: str) -> dict[str, Any]:
    item = {
        "id": reference.id,
        "type": "article",
        "genre": "preprint",
        "title": reference.title,
        "author": [_csl_name(author) for author in reference.authors],
        "issued": {"date-parts": [_date(reference)]},
        "publisher": "arXiv" if reference.arxiv_id else None,
        "number": f"arXiv:{reference.arxiv_id}" if reference.arxiv_id else None,
        "DOI": reference.doi,
        "URL": reference.url,
        "categories": [reference.category] if reference.category else None,
        "archive": archive,
        "archive_location": reference.id if archive else None,
        "note": _note(reference, archive),
    }
    return {key: value for key, value in item.items() if value}


def _csl_name(author: Author) -> dict[str, str]:
    return {"family": author.family, "given": author.given} if author.given else {"literal": author.family}
