"""Search: one Whoosh index for the command line, the preview server and retrieval, and its export.

Whoosh is named in `engine` and nowhere else, and `engine` is loaded when something is searched for.

What lies where:

    analysis, stored, bundles, documents                     an archive to documents of terms
    index, manifest, engine                                  documents kept in Whoosh
    query, nodes, searcher, scoring, results, passages       a query to hits with excerpts
    shards, packing, strips, gathering, patching, exporting  the index to files for the browser
    retrieval, embedding                                     a question to the papers for its answer
"""

from __future__ import annotations

from agsite.search.documents import documents
from agsite.search.exporting import exported_file, refreshed
from agsite.search.index import Index, stamp
from agsite.search.query import QueryError, misspelt_fields
from agsite.search.results import Found, Hit, Wanted, absent_paper, absent_values, api_response, find
from agsite.search.retrieval import Retrieval, Retrieved, Retriever
from agsite.search.searcher import Searcher

__all__ = [
    "Found",
    "Hit",
    "Index",
    "QueryError",
    "Retrieval",
    "Retrieved",
    "Retriever",
    "Searcher",
    "Wanted",
    "absent_paper",
    "absent_values",
    "api_response",
    "documents",
    "exported_file",
    "find",
    "misspelt_fields",
    "refreshed",
    "stamp",
]
