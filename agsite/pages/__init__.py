"""The plan of the site: which pages exist, and everything that each of them shows.

What lies where, `plan` first:

    plan                                                  the sections of the site, and the pages of each
    page, pagination, overview, facts                     what all of them are made of
    answers, provenance, citing, repository               the page of an answer
    papers, lists, unanswered, gaps, threads, home, text  the other pages
    twins, schemas, linked_data, feeds, indexes, share    what programs read
    writers, xml                                          how files that are no HTML are written
"""

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
