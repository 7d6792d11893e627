"""Search: one Whoosh index for the command line, the preview server, related answers and retrieval, and its export.

Whoosh is named in `engine` and nowhere else.
"""

from __future__ import annotations

from agsite.search.retrieval import Retrieval, Retrieved, Retriever, retrieve

__all__ = ["Retrieval", "Retrieved", "Retriever", "retrieve"]
