"""Paper metadata: bibliographies become canonical records, find the papers they belong to, and go out again.

In: arXiv JSON lines, BibTeX, CSL-JSON. Kept: one JSON line a paper. Out: BibTeX, RIS, CSL-JSON. Text comes in and goes
out; nothing here opens a file.
"""

from __future__ import annotations

from agsite.papers.arxiv import read_arxiv
from agsite.papers.bibtex import read_bibtex
from agsite.papers.csl import read_csl
from agsite.papers.export import Reference, to_bibtex, to_csl, to_ris, write_bibtex, write_csl, write_ris
from agsite.papers.imported import ET_AL, Bibliography, Imported
from agsite.papers.matching import Assignment, assign
from agsite.papers.store import dump_files, dumps, loads, loads_all
from agsite.papers.titles import is_another, title_key

__all__ = [
    "ET_AL",
    "Assignment",
    "Bibliography",
    "Imported",
    "Reference",
    "assign",
    "dump_files",
    "dumps",
    "is_another",
    "loads",
    "loads_all",
    "read_arxiv",
    "read_bibtex",
    "read_csl",
    "title_key",
    "to_bibtex",
    "to_csl",
    "to_ris",
    "write_bibtex",
    "write_csl",
    "write_ris",
]
