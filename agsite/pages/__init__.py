"""The plan of the site: which pages exist, and everything that each of them shows."""

from __future__ import annotations

from agsite.pages.facts import Fact, Facts, Versions
from agsite.pages.page import Page
from agsite.pages.plan import Section, joined, plan_sections, search_section
from agsite.pages.site import SitePlan

__all__ = [
    "Fact",
    "Facts",
    "Page",
    "Section",
    "SitePlan",
    "Versions",
    "joined",
    "plan_sections",
    "search_section",
]
