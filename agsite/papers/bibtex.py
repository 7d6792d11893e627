"""BibTeX, as people and databases write it; the only door to the BibTeX parser."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from agsite.findings import Finding
from agsite.papers import dates, identifiers
from agsite.papers.imported import Bibliography, Imported, paper_id, person, read_each, title_of
from agsite.papers.latex import to_text
from agsite.records import Author

if TYPE_CHECKING:
    from bibtexparser.library import Library
    from bibtexparser.model import Block, Entry

# The fields that are read; what others say, even twice, does not matter.
_READ = {
    *("title", "author", "collaboration", "abstract", "doi", "date", "year", "month", "day"),
    *("eprint", "archiveprefix", "eprinttype", "primaryclass", "eprintclass", "arxivid"),
    *("url", "journal", "note", "howpublished"),
}

# Where an arXiv id may stand in running text, best first.
_MENTIONS = ("arxivid", "url", "journal", "note", "howpublished", "doi")

# In a name a bare tilde is a space, and so would be the one of an accent that stands outside of braces: `Rom\~ao`.
_TILDE = re.compile(r"\\~\s*(?:\{[^{}]*\}|\\?[A-Za-z])")

# The splitter begins a name after the character that a backslash escapes: `and \'Etienne` would lose its accent.
_BACKSLASHED = re.compile(r"(?<=\sand\s)\s*(?=\\)", re.IGNORECASE)

# INSPIRE and Google Scholar also write a collaboration as if it were a person: “Collaboration, ATLAS”, no braces.
_COLLABORATION = re.compile(r"\bCollaborations?$", re.IGNORECASE)


class _Raw(NamedTuple):
    """An entry as it stands in the file: its key, and its fields with their enclosing braces or quotes."""

    key: str
    fields: tuple[tuple[str, str], ...]
    strings: Mapping[str, str]


def read_bibtex(text: str, path: str = "") -> Bibliography:
    """Read BibTeX; an entry that cannot be read is a finding, and the others are read."""
    library = _parser()(text)
    strings = _strings(library)
    read = read_each(_entries(library, strings), _entry, path)
    broken = tuple(_finding(block, path) for block in library.failed_blocks if _entry_in(block) is None)
    if not (read.entries or read.findings or broken) and text.strip():
        broken = (Finding.of("AG405", "there is no BibTeX entry in the text", path=path, line=1),)
    return Bibliography(read.entries, tuple(sorted((*read.findings, *broken), key=lambda finding: finding.line)))


def authors_of(field: str) -> tuple[Author, ...]:
    """Return the authors that an author field names; `and others` becomes `ET_AL`.

    >>> [author.name for author in authors_of("van der Tak, Floris and {ATLAS Collaboration}")]
    ['Floris van der Tak', 'ATLAS Collaboration']
    """
    from bibtexparser.middlewares.names import split_multiple_persons_names

    names = split_multiple_persons_names(_BACKSLASHED.sub("{}", field))
    return tuple(_author(name) for name in names if name.strip())


def _author(name: str) -> Author:
    from bibtexparser.middlewares.names import parse_single_name_into_parts

    parts = parse_single_name_into_parts(_TILDE.sub(r"{\g<0>}", name), strict=False)
    given = to_text(" ".join(parts.first))
    family = to_text(" ".join((*parts.von, *parts.last, *parts.jr)))
    if _COLLABORATION.search(family):
        return Author(family=f"{given} {family}".strip())
    return person(family, given)


@functools.cache
def _parser() -> Callable[[str], Library]:
    from bibtexparser.entrypoint import parse_string

    # The library reports what it cannot read to the log, which without any handler would be printed; we report it.
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    return functools.partial(parse_string, parse_stack=[])


def _strings(library: Library) -> dict[str, str]:
    strings: dict[str, str] = {}
    for string in library.strings:
        strings.setdefault(string.key.lower(), _value(string.value, strings))
    return strings


def _entries(library: Library, strings: Mapping[str, str]) -> Iterator[tuple[int, _Raw]]:
    for block in library.blocks:
        entry = _entry_in(block)
        if entry is not None:
            fields = tuple((field.key.lower(), field.value) for field in entry.fields)
            yield (block.start_line or 0) + 1, _Raw(entry.key, fields, strings)


def _entry_in(block: Block) -> Entry | None:
    """Return the block's entry, also where the parser refuses it because its key or a field comes twice."""
    from bibtexparser.model import Entry, ParsingFailedBlock

    inner = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
    return inner if isinstance(inner, Entry) else None


def _finding(block: Block, path: str) -> Finding:
    error = getattr(block, "error", None)
    reason = " ".join(str(getattr(error, "abort_reason", None) or error).split())
    return Finding.of("AG405", f"the entry cannot be read: {reason}", path=path, line=(block.start_line or 0) + 1)


def _entry(raw: _Raw) -> Imported:
    fields = _fields(raw)
    arxiv_id = _arxiv_id(fields)
    return Imported(
        title=title_of(to_text(fields.get("title", ""))),
        authors=_authors(fields),
        abstract=to_text(fields.get("abstract", "")) or None,
        arxiv_id=arxiv_id,
        doi=identifiers.doi(_verbatim(fields.get("doi", ""))),
        published=_published(fields, arxiv_id),
        categories=_categories(fields, arxiv_id),
        id=paper_id(raw.key),
    )


def _fields(raw: _Raw) -> dict[str, str]:
    fields: dict[str, str] = {}
    for key, value in raw.fields:
        if key in _READ and fields.setdefault(key, text := _value(value, raw.strings)) != text:
            raise ValueError(f"the entry gives “{key}” twice, with different values")
    return fields


def _value(raw: str, strings: Mapping[str, str]) -> str:
    """Return what a field's value comes to: its parts, joined by `#`, each in braces, in quotes, or a string's name."""
    return "".join(_part(part.strip(), strings) for part in _parts(raw))


def _part(part: str, strings: Mapping[str, str]) -> str:
    if part[:1] + part[-1:] in {"{}", '""'} and len(part) > 1:
        return part[1:-1]
    return strings.get(part.lower(), part)


def _parts(raw: str) -> Iterator[str]:
    """Split a value at each `#` that stands outside of braces and quotes."""
    if "#" not in raw:
        yield raw
        return
    start = depth = 0
    quoted = False
    for position, character in enumerate(raw):
        depth += (character == "{") - (character == "}")
        quoted ^= character == '"' and depth == 0
        if character == "#" and depth == 0 and not quoted:
            yield raw[start:position]
            start = position + 1
    yield raw[start:]


def _verbatim(text: str) -> str:
    """Undo the escapes that some databases put into fields which LaTeX is not to set."""
    return re.sub(r"\\([_&%#~])", r"\1", text).strip("{} ")


def _authors(fields: Mapping[str, str]) -> tuple[Author, ...]:
    authors = authors_of(" ".join(fields.get("author", "").split()))
    collaboration = to_text(fields.get("collaboration", ""))
    return authors or ((Author(family=f"{collaboration} Collaboration"),) if collaboration else ())


def _arxiv_id(fields: Mapping[str, str]) -> str | None:
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv").lower()
    eprint = _verbatim(fields.get("eprint", ""))
    if re.fullmatch("[0-9]{7}", eprint):
        eprint = f"{fields.get('primaryclass', '')}/{eprint}"
    own = identifiers.arxiv_id(eprint) if archive == "arxiv" else None
    mentioned = (identifiers.arxiv_id_in(_verbatim(fields.get(name, ""))) for name in _MENTIONS)
    bare = identifiers.arxiv_id(_verbatim(fields.get("arxivid", "")))
    return own or bare or next(filter(None, mentioned), None)


def _categories(fields: Mapping[str, str], arxiv_id: str | None) -> tuple[str, ...]:
    given = _verbatim(fields.get("primaryclass") or fields.get("eprintclass") or "")
    return tuple(given.split()) or ((arxiv_id.partition("/")[0],) if arxiv_id and "/" in arxiv_id else ())


def _published(fields: Mapping[str, str], arxiv_id: str | None) -> str | None:
    given = _date(fields)
    month = identifiers.arxiv_month(arxiv_id) if arxiv_id else ""
    # Databases move year and month to those of the journal once there is one; the archive goes by the preprint.
    return given if given and given.startswith(month) else month or None


def _date(fields: Mapping[str, str]) -> str | None:
    year = fields.get("year", "").strip("{} ")
    if not re.fullmatch("[0-9]{4}", year):
        return dates.from_iso(fields.get("date", ""))
    day = fields.get("day", "").strip()
    try:
        return dates.published(int(year), dates.month_number(fields.get("month", "")), int(day) if day.isdigit() else 0)
    except ValueError:
        return year if year > "0000" else None
