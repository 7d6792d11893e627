"""What supports what, as far as words can tell: quotations and numbers looked up in the abstracts of the cited papers.

Pure functions of an answer and of what is known of its papers: no disk, no network, no judgement of meaning.
"""

from __future__ import annotations

from agsite.evidence.claims import Claim, read_claims
from agsite.evidence.texts import contains, content_words, numbers_in, plain
from agsite.evidence.verify import Lookup, Verified, verify

__all__ = ["Claim", "Lookup", "Verified", "contains", "content_words", "numbers_in", "plain", "read_claims", "verify"]
