"""Every kind of page that a site has."""

from __future__ import annotations

ANSWER = "ask/everything/"
PAPER = "paper/AG-2025.03-1234/"

KINDS = {
    "home": "",
    "answer": ANSWER,
    "answer, uncited": "ask/nothing-cited/",
    "answer, no sources": "ask/nothing-listed/",
    "answer, long question": "ask/long-question/",
    "answer, withdrawn": "ask/withdrawn/",
    "paper": PAPER,
    "paper, never cited": "paper/AG-2024.12-9/",
    "paper, not listed": "paper/AG-2023.01-5/",
    "answers": "ask/",
    "papers": "paper/",
    "categories": "category/",
    "category": "category/hep-ph/",
    "months": "month/",
    "month": "month/2026-05/",
    "models": "model/",
    "model": "model/claude-haiku-4-5/",
    "open": "open/",
    "open in a field": "open/hep-ph/",
    "gaps": "gaps/",
    "map": "map/",
    "thread": "map/everything-earlier/",
    "about": "about/",
    "data": "about/data/",
    "accessibility": "about/accessibility/",
    "search": "search/",
    "nothing here": "nowhere/",
}
"""An address of every kind of page."""
