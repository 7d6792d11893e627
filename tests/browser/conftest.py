"""Sites for the browser tests, and a browser of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.kinds import ANSWER
from tests.browser.serving import Site, build_site, served

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    """The site of `tests/browser/answers`, where every state of a page occurs, and of the founding answers."""
    with served(tmp_path_factory.mktemp("browser") / "site") as found:
        build_site(found, HERE / "answers", HERE.parents[1] / "answers", title="Made-Up Q&A")
        yield found


@pytest.fixture(scope="session")
def mirrored(tmp_path_factory) -> Iterator[Site]:
    """A site that is read from right to left, in colours of its own."""
    with served(tmp_path_factory.mktemp("mirrored") / "site") as found:
        colours = {"accent": ("#003388", "#88bbff"), "open": ("#8a1f00", "#ffaa80")}
        build_site(found, HERE / "answers", language="he", direction="rtl", colours=colours)
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser of its own, on a wide light screen."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    yield context.new_page()
    context.close()


@pytest.fixture
def answer(page: Page, site: Site) -> Page:
    """The answer in which everything occurs."""
    page.goto(site.url + ANSWER)
    return page
