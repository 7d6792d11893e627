"""Reads, writes and deletes the files of an archive and its site, which is published in one step.

Only journals of paid calls (`llm`), folders of the search and what a command was told to write elsewhere are written
without it.
"""

from __future__ import annotations

from agsite.files.cache import CacheFolder
from agsite.files.clashes import clashes, without_case
from agsite.files.generation import MARK, Generation, Placed
from agsite.files.key import key_of, make_key, read_key
from agsite.files.lock import locked, refuse_links
from agsite.files.publishing import State, exchange, mend_exchange, publication, refuse_foreign, refuse_sources
from agsite.files.reading import (
    Seen,
    TooLarge,
    Unreadable,
    find,
    find_all,
    irregular,
    is_regular,
    read_bytes,
    read_text,
    refusal,
    seen_at,
    snapshot,
)
from agsite.files.stamps import STRANGER, Stamp, all_intact
from agsite.files.writing import (
    behind_links,
    create_all,
    create_text,
    delete,
    is_stream,
    refuse_unwritable,
    unwritable,
    write_bytes,
    write_output,
    write_text,
)

__all__ = [
    "MARK",
    "STRANGER",
    "CacheFolder",
    "Generation",
    "Placed",
    "Seen",
    "Stamp",
    "State",
    "TooLarge",
    "Unreadable",
    "all_intact",
    "behind_links",
    "clashes",
    "create_all",
    "create_text",
    "delete",
    "exchange",
    "find",
    "find_all",
    "irregular",
    "is_regular",
    "is_stream",
    "key_of",
    "locked",
    "make_key",
    "mend_exchange",
    "publication",
    "read_bytes",
    "read_key",
    "read_text",
    "refusal",
    "refuse_foreign",
    "refuse_links",
    "refuse_sources",
    "refuse_unwritable",
    "seen_at",
    "snapshot",
    "unwritable",
    "without_case",
    "write_bytes",
    "write_output",
    "write_text",
]
