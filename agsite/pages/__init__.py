"""The plan of the site: which pages exist, and everything that each of them shows."""

from __future__ import annotations

from agsite.pages.facts import Fact, Facts, Versions
from agsite.pages.overview import Overview
from agsite.pages.page import Page
from agsite.pages.plan import Section, joined, list_addresses, plan_sections, search_section

__all__ = [
    "Fact",
    "Facts",
    "Overview",
    "Page",
    "Section",
    "Versions",
    "joined",
    "list_addresses",
    "plan_sections",
    "search_section",
]
