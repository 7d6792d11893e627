"""Builds only the pages that the rivals of `bench/build.py` are asked for, with the site's own templates.

    python bench/same_work.py ANSWERS OUTPUT

Answers, papers, lists by category and month, one feed, the sitemap: no twins, threads, gaps, open questions or
data files.
"""

from __future__ import annotations

import sys

from agsite.build import Options, read
from agsite.build.memory import collector_paused
from agsite.build.publish import publish
from agsite.build.site import plan
from agsite.config import Config
from agsite.pages import Page, Section
from agsite.report import Report

FOLDERS = ("ask/", "paper/", "category/", "month/")
FILES = {"", "404.html", "feed.xml", "sitemap.xml"}


def wanted(page: Page) -> bool:
    """Say whether the rivals have such a page."""
    return page.url in FILES or (page.url.startswith(FOLDERS) and page.url.endswith("/"))


def only_wanted(section: Section) -> Section:
    return section._replace(planned=lambda *facts: filter(wanted, section.planned(*facts)))


def main(answers: str, output: str) -> None:
    """Build."""
    options = Options(answers=(answers,), papers=(), output=output, jobs=2)
    config, report = Config(share_images=False), Report()
    with collector_paused():
        inputs = read(options, config)
        site = plan(options, config, inputs)
        site = site._replace(sections=[only_wanted(section) for section in site.sections], joined={})
        publish(site, options, report, more=tuple)
    assert report.published, report.findings


if __name__ == "__main__":
    main(*sys.argv[1:])
