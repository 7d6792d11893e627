"""From right to left, in other colours: the pages mirror, nothing falls out of the window, and the policy allows it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kinds import ANSWER


@pytest.fixture
def answer(page: Page, mirrored):
    page.goto(mirrored.url + ANSWER)
    return page


def left(page: Page, selector: str) -> float:
    return page.locator(selector).first.evaluate("e => e.getBoundingClientRect().left")


def test_labels_hang_on_the_right_and_evidence_stands_on_the_left(answer: Page):
    assert left(answer, ".ev") < left(answer, "article > p") < left(answer, "article > h2")
    assert left(answer, "#sources ol") < left(answer, "#sources h2")
    assert left(answer, "header nav") < left(answer, ".brand")


@pytest.mark.parametrize("width", [1280, 800, 320])
def test_nothing_falls_out_of_the_window(answer: Page, width: int):
    answer.set_viewport_size({"width": width, "height": 900})
    assert answer.evaluate("document.documentElement.scrollWidth") == width


def test_a_strip_runs_as_the_text_was_counted(answer: Page):
    assert answer.locator(".spec").evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_a_drawing_of_a_thread_begins_at_its_root(mirrored, page: Page):
    page.goto(mirrored.url + "map/everything-earlier/")
    expect(page.locator(".map")).to_have_css("direction", "ltr")


def test_code_runs_from_left_to_right(answer: Page):
    code = answer.locator("article code").first
    expect(code).to_have_css("direction", "ltr")
    expect(code).to_have_css("unicode-bidi", "isolate")


def test_colours_of_the_site_are_used_in_both_themes(answer: Page):
    link = answer.locator("article .cite").first
    expect(link).to_have_css("color", "rgb(0, 51, 136)")
    answer.emulate_media(color_scheme="dark")
    expect(link).to_have_css("color", "rgb(136, 187, 255)")
