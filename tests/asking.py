"""A question to a model, as runs put it: the papers of the small archive, and what is sent."""

from __future__ import annotations

from decimal import Decimal

from agsite.config import ModelPrice
from agsite.grounding import Asking, compose, load_prompt, passage
from agsite.papers import loads
from tests.pregenerating import CASES, QUESTIONS

PAPERS = loads((CASES / "papers/discs.jsonl").read_text(encoding="utf-8"), "discs.jsonl")[0]
BY_ID = {str(paper.id): paper for paper in PAPERS}
PASSAGES = tuple(passage(BY_ID[id]) for id in sorted(BY_ID) if id.startswith("AG-2025"))[:8]
PRICE = ModelPrice(input=Decimal(1), output=Decimal(5), max_tokens=2_000)
ASKING = Asking("claude-haiku-4-5", PRICE, load_prompt())
QUESTION = QUESTIONS[0]
REQUEST = compose(ASKING, QUESTION, PASSAGES)
