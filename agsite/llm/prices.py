"""What a call costs: at most, as reserved before it; about, as a dry run says; and what it did cost."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal
from typing import Any

from agsite.config import ModelPrice
from agsite.grounding import Usage, canonical

_MILLION = Decimal(1_000_000)
_CACHE_WRITE = Decimal("1.25")
_CACHE_READ = Decimal("0.1")

# What the service adds to a request of its own accord, for citations and formats.
_OVERHEAD_TOKENS = 1_500
_SHORT_ANSWER_TOKENS = 600


def at_most(params: dict[str, Any], price: ModelPrice, part: Decimal = Decimal(1)) -> Decimal:
    """Return what a call cannot cost more than: no token is shorter than a byte, and output ends at its limit."""
    tokens = len(canonical(params)) + _OVERHEAD_TOKENS
    most: int = params["max_tokens"]
    return part * (tokens * _CACHE_WRITE * price.input + most * price.output) / _MILLION


def about(params: dict[str, Any], price: ModelPrice, tokens: int | None = None) -> tuple[int, Decimal, Decimal]:
    """Return the input tokens of a call, estimated unless given, and its cost for a short and for a long answer."""
    tokens = _estimated_tokens(params, price) if tokens is None else tokens
    low, high = (
        (tokens * price.input + output * price.output) / _MILLION
        for output in (min(_SHORT_ANSWER_TOKENS, params["max_tokens"]), params["max_tokens"])
    )
    return tokens, low, high


def _estimated_tokens(params: dict[str, Any], price: ModelPrice) -> int:
    """Return about how many tokens a request has, from its characters."""
    return round(len(canonical(params).decode()) / price.characters_per_token)


def cost(usage: Usage, price: ModelPrice, part: Decimal = Decimal(1)) -> Decimal:
    """Return what a call did cost."""
    tokens = usage.input + usage.cache_write * _CACHE_WRITE + usage.cache_read * _CACHE_READ
    return part * (tokens * price.input + usage.output * price.output) / _MILLION


def budget(amount: Decimal) -> str:
    """Return an amount of money as a budget that is not less."""
    return str(amount.quantize(Decimal("0.0001"), rounding=ROUND_UP))
