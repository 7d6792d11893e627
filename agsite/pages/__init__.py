"""The plan of the site: which pages exist, and everything that each of them shows."""

from __future__ import annotations

from agsite.pages.page import Page
from agsite.pages.plan import plan_pages

__all__ = ["Page", "plan_pages"]
