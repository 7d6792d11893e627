"""What supports what, as far as words can tell: quotations and numbers looked up in the abstracts of the cited papers.

Pure functions of an answer and of what is known of its papers: no disk, no network, no judgement of meaning.
"""

from __future__ import annotations

from agsite.evidence.claims import Claim, read_claims
from agsite.evidence.coverage import claiming, count_backed
from agsite.evidence.quotations import is_long, is_quoted_from, quotes_in
from agsite.evidence.texts import contains, content_words, figures_in, numbers_in
from agsite.evidence.verify import papers_of, verify

__all__ = [
    "Claim",
    "claiming",
    "contains",
    "content_words",
    "count_backed",
    "figures_in",
    "is_long",
    "is_quoted_from",
    "numbers_in",
    "papers_of",
    "quotes_in",
    "read_claims",
    "verify",
]
