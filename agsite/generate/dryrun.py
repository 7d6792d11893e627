"""What a run would do and cost; without a key and without a network, unless tokens are to be counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from typing import Any

from agsite.generate.answering import sources_of
from agsite.generate.options import Options
from agsite.generate.outcome import Outcome, Row
from agsite.generate.planning import Declined, Plan, Planner
from agsite.generate.questions import State, choose, passed_over
from agsite.grounding import Asking, load_prompt
from agsite.llm import Gate, prices
from agsite.search import Retriever

Count = Callable[[dict[str, Any]], int]


def dry_run(options: Options) -> Outcome:
    """Return what would be asked: for each question its sources, tokens and cost, or why it would not be."""
    asking = Asking(
        options.model, options.price, load_prompt(), "markers" if options.citations == "markers" else "native"
    )
    with (
        Retriever(options.papers, options.state / "papers", embed=options.embed) as retriever,
        _counter(options) as count,
    ):
        planner = Planner(options.papers, retriever, asking)
        items, passed = options.items, 0
        if options.more is not None:
            items, passed = choose(items, options.more, lambda item: _state(planner.plan(item)))
        plans = [planner.plan(item) for item in items]
        rows = tuple(_row(plan, options, count) for plan in plans)
    code = 1 if any(row.result == "declined" for row in rows) else 0
    notes = tuple(passed_over(passed))
    return Outcome(rows, cap=options.cap, notes=notes, exit_code=code, enough=_enough(plans, options))


def _state(plan: Plan | Declined) -> State:
    return "open" if isinstance(plan, Plan) else "settled"


def _enough(plans: Sequence[Plan | Declined], options: Options) -> tuple[Decimal, Decimal]:
    """Return the worst that the calls can cost, which no estimate is: one by one, and as a batch."""
    worst = (prices.at_most(plan.request.params, options.price) for plan in plans if isinstance(plan, Plan))
    total = sum(worst, Decimal(0))
    return total, options.prices.batch * total


@contextmanager
def _counter(options: Options) -> Iterator[Count | None]:
    """Let the service count the tokens of requests, free of charge, where that is wanted."""
    if not options.count_tokens:
        yield None
        return
    with closing(options.connect()) as client:
        gate = Gate()
        yield lambda params: gate.insist(lambda: client.count(params))


def _row(plan: Plan | Declined, options: Options, count: Count | None) -> Row:
    sources = sources_of(plan)
    if isinstance(plan, Declined):
        return Row(plan.item.question, "declined", reasons=plan.reasons, sources=sources)
    counted = count(plan.request.params) if count else None
    tokens, low, high = prices.about(plan.request.params, options.price, tokens=counted)
    return Row(plan.item.question, "planned", sources=sources, input=tokens, low=low, high=high)
