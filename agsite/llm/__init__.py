"""Buying replies from a model's service: every call announced, kept, counted, and made once unless asked for.

What lies where:

    calls, batches              replies one by one, and many at half the price
    gate, prices                when a call may be made, and what it may cost
    client, failures, results   what the service is sent, and what it says
    journal, ledger, log, disk  what is written down, and what that adds up to
"""

from __future__ import annotations

from agsite.llm.batches import Batches, Collected
from agsite.llm.calls import Bought, BudgetReached, Caller
from agsite.llm.client import DEFAULT_URL, Client
from agsite.llm.failures import Failure
from agsite.llm.gate import Gate, Stopped
from agsite.llm.journal import Journal
from agsite.llm.ledger import UNSETTLED, Record

__all__ = [
    "DEFAULT_URL",
    "UNSETTLED",
    "Batches",
    "Bought",
    "BudgetReached",
    "Caller",
    "Client",
    "Collected",
    "Failure",
    "Gate",
    "Journal",
    "Record",
    "Stopped",
]
