"""Forced colours: the reader's own pairs of colours, and nothing that vanishes in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page


@pytest.fixture(params=["light", "dark"])
def forced(browser: Browser, request) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, forced_colors="active", color_scheme=request.param
    )
    yield context.new_page()
    context.close()


def colour(place: Locator, name: str) -> str:
    return place.evaluate("(e, name) => getComputedStyle(e)[name]", name)


def system(page: Page, name: str) -> str:
    """What a colour of the system is here."""
    return page.evaluate(
        """name => { const e = document.body.appendChild(document.createElement("i"));
            e.style.color = name; const found = getComputedStyle(e).color; e.remove(); return found; }""",
        name,
    )


def test_what_is_open_is_as_legible_as_text(forced: Page, site):
    forced.goto(site.url + "open/")
    text = system(forced, "CanvasText")
    row = forced.locator("li[data-state=open]").first
    assert row.evaluate("e => getComputedStyle(e, '::before').borderTopColor") == text
    assert colour(row.locator(".go"), "color") == system(forced, "ButtonText")
    assert colour(row.locator(".go"), "backgroundColor") == system(forced, "ButtonFace")
    forced.goto(site.url + "ask/everything/")
    assert colour(forced.locator(".gap .label"), "color") == text
    assert colour(forced.locator(".gap > .ring"), "borderTopColor") == text
    assert colour(forced.locator(".spec .g"), "stroke") == text


@pytest.mark.parametrize("path", ["", "search/"])
def test_the_button_of_the_search_shows_its_word(forced: Page, site, path):
    forced.goto(site.url + path)
    button = forced.locator("form").get_by_role("button", name="Search")
    assert colour(button, "color") == system(forced, "ButtonText")
    assert colour(button, "backgroundColor") == system(forced, "ButtonFace")


def test_what_a_button_did_is_said_in_its_colours(forced: Page, site):
    forced.goto(site.url + "ask/everything/")
    toast = forced.locator(".toast")
    assert colour(toast, "color") == system(forced, "ButtonText")
    assert colour(toast, "backgroundColor") == system(forced, "ButtonFace")


def test_space_is_no_border_that_would_be_painted(forced: Page, site):
    forced.goto(site.url)
    wide = """all => all.filter(e => parseFloat(getComputedStyle(e).borderTopWidth) > 6).map(e => e.className)"""
    assert set(forced.locator("main *").evaluate_all(wide)) <= {"ring full"}


def test_a_target_is_marked(forced: Page, site):
    forced.goto(site.url + "ask/everything/#s-1")
    target = forced.locator("#s-1")
    assert (colour(target, "outlineStyle"), colour(target, "outlineWidth")) == ("solid", "1px")
    # `Mark` with the text of the page is white on yellow where the system is dark.
    assert colour(target, "backgroundColor") == system(forced, "Canvas")
    assert colour(target, "color") == system(forced, "CanvasText")
