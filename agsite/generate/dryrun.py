"""What a run would do and cost, without a key and without a network."""

from __future__ import annotations

from agsite.generate.options import Options
from agsite.generate.outcome import Outcome, Row
from agsite.generate.planning import Plan, Planner
from agsite.grounding import Asking, load_prompt
from agsite.llm import prices
from agsite.search import Retriever


def dry_run(options: Options) -> Outcome:
    """Return what would be asked: for each question its sources, tokens and cost, or why it would not be."""
    mode = "markers" if options.citations == "markers" else "native"
    asking = Asking(options.model, options.price, load_prompt(), "markers" if mode == "markers" else "native")
    with Retriever(options.papers, options.state / "papers") as retriever:
        planner = Planner(options.papers, retriever, asking)
        rows = tuple(_row(planner.plan(item), options) for item in options.items)
    return Outcome(rows, cap=options.cap, exit_code=1 if any(row.result == "declined" for row in rows) else 0)


def _row(plan: Plan, options: Options) -> Row:
    sources = tuple((str(hit.id), hit.percent) for hit in plan.hits)
    if plan.request is None:
        return Row(plan.item.question, "declined", reasons=plan.reasons, sources=sources)
    tokens, low, high = prices.about(plan.request.params, options.price)
    return Row(plan.item.question, "planned", sources=sources, input=tokens, low=low, high=high)
