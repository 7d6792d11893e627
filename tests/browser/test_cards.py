"""The citation card: by mouse, keyboard and touch, for single chips, groups, named ids and unlisted ones."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kinds import ANSWER


def card(page: Page):
    return page.locator("#card:popover-open")


def chip(page: Page, number: int = 0):
    return page.locator(".prose a.cite").nth(number)


@pytest.fixture
def still(answer: Page) -> Page:
    """The answer with a clock that stands still until it is moved: what waits for a moment waits for ever."""
    answer.clock.install(time=0)
    answer.clock.pause_at(60)
    return answer


def test_resting_on_a_chip_opens_the_card_after_a_moment(still: Page):
    chip(still).hover()
    still.clock.run_for(200)
    assert not card(still).is_visible()
    still.clock.run_for(100)
    expect(card(still)).to_be_visible()


def test_passing_over_a_chip_opens_nothing(answer: Page):
    chip(answer).hover()
    answer.mouse.move(5, 5)
    answer.wait_for_timeout(400)
    expect(card(answer)).to_have_count(0)


def test_the_card_says_what_the_source_list_says(answer: Page):
    chip(answer).hover()
    expect(card(answer)).to_contain_text("AG-2025.03-1234")
    expect(card(answer)).to_contain_text("A Made-Up Search with")
    expect(card(answer)).to_contain_text("61%")
    expect(card(answer)).to_contain_text("cited in 3 answers")
    expect(card(answer).get_by_role("link", name="Paper page")).to_have_attribute(
        "href", chip(answer).evaluate("a => a.href")
    )


def test_every_chip_of_a_group_has_a_card_of_its_own(answer: Page):
    group = answer.locator("#s-2 a.cite")
    assert group.count() == 3
    for index, paper in enumerate(("AG-2025.03-1234", "AG-2025.04-0042", "AG-2025.05-07")):
        group.nth(index).hover()
        expect(card(answer).locator(".id")).to_have_text(paper)


def test_a_named_id_and_one_that_is_not_listed_have_cards_too(answer: Page):
    for paper in ("AG-2025.05-07", "AG-2023.01-5"):
        answer.locator(f'.cite.named[data-paper="{paper}"]').first.hover()
        expect(card(answer).locator(".id")).to_have_text(paper)


def test_the_card_stays_while_it_is_pointed_at(answer: Page):
    chip(answer).hover()
    expect(card(answer)).to_be_visible()
    box = card(answer).bounding_box()
    assert box
    answer.mouse.move(box["x"] + 40, box["y"] + 40, steps=4)
    answer.wait_for_timeout(500)
    expect(card(answer)).to_be_visible()
    answer.mouse.move(5, 5)
    expect(card(answer)).to_have_count(0, timeout=1_000)


def test_escape_closes_the_card_while_the_mouse_rests(answer: Page):
    chip(answer).hover()
    expect(card(answer)).to_be_visible()
    answer.keyboard.press("Escape")
    expect(card(answer)).to_have_count(0)


def test_the_card_stands_within_the_window(answer: Page):
    for link in answer.locator(".prose a.cite").all():
        link.hover()
        expect(link).to_have_class(re.compile(r"\bon\b"))
        expect(card(answer)).to_be_visible()
        box = card(answer).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 900


def test_focus_opens_the_card_at_once_and_leads_into_it(still: Page, site):
    still.goto(site.url + ANSWER + "#s-1")
    still.keyboard.press("Tab")
    expect(chip(still)).to_be_focused()
    expect(card(still)).to_be_visible()
    still.keyboard.press("Tab")
    assert still.evaluate("document.activeElement.closest('#card') !== null")
    still.clock.run_for(450)
    expect(card(still)).to_be_visible()
    still.keyboard.press("Escape")
    expect(card(still)).to_have_count(0)
    expect(chip(still)).to_be_focused()


def test_every_chip_is_read_out_with_the_title_as_it_is_shown(answer: Page):
    text = answer.locator(".prose")
    number = text.get_by_role("link", name="Source 1: A Made-Up Search with b→s & <Other> “Signs”", exact=True)
    expect(number.first).to_have_text("1")
    named = text.get_by_role("link", name="AG-2025.04-0042: Detectors, Imagined", exact=True)
    expect(named).to_have_text("AG-2025.04-0042")


def test_every_chip_shows_that_it_has_the_focus(answer: Page):
    answer.keyboard.press("Tab")
    for chip in (answer.locator(".prose .cite").first, answer.locator(".prose .cite.unlisted")):
        chip.focus()
        expect(chip).to_have_css("outline-style", "solid")
        expect(chip).to_have_css("outline-width", "2px")


def test_leaving_the_chip_by_keyboard_closes_the_card(answer: Page):
    chip(answer).focus()
    answer.keyboard.press("Shift+Tab")
    answer.keyboard.press("Tab")
    expect(card(answer)).to_be_visible()
    answer.keyboard.press("Shift+Tab")
    expect(card(answer)).to_have_count(0, timeout=1_000)


def test_the_card_leads_to_the_row_of_the_source_list(answer: Page):
    chip(answer).hover()
    card(answer).get_by_role("link", name="In the source list").click()
    answer.wait_for_url("**/#src-1")
    expect(card(answer)).to_have_count(0)


def test_the_card_leads_to_the_sentence(answer: Page):
    answer.locator("#s-2 a.cite").nth(1).hover()
    card(answer).get_by_role("link", name="Link to this sentence").click()
    answer.wait_for_url("**/#s-2")


def test_the_first_tap_opens_the_card_and_the_second_follows(browser, site):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(site.url + ANSWER)
    chip(page).evaluate("e => scrollBy(0, e.getBoundingClientRect().top - 200)")
    chip(page).tap()
    expect(card(page)).to_be_visible()
    assert page.url == site.url + ANSWER
    box = card(page).bounding_box()
    assert box
    assert box["x"] == 0
    assert box["width"] == 390
    assert box["y"] + box["height"] == pytest.approx(844, abs=1), "a sheet at the foot of a small screen"
    chip(page).tap()
    page.wait_for_url("**/paper/AG-2025.03-1234/")
    context.close()


def test_a_tap_elsewhere_closes_the_card(browser, site):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(site.url + ANSWER)
    chip(page).tap()
    expect(card(page)).to_be_visible()
    page.locator("h1").tap()
    expect(card(page)).to_have_count(0)
    context.close()


def test_a_click_of_the_mouse_follows_the_link(answer: Page):
    chip(answer).click()
    answer.wait_for_url("**/paper/AG-2025.03-1234/")


@pytest.mark.parametrize(("width", "height"), [(640, 450), (390, 844), (320, 256)])
def test_the_sheet_never_covers_the_chip_that_opened_it(page: Page, site, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(site.url + "ask/observables-or-algorithm/")
    for link in page.locator(".prose a.cite").all():
        link.focus()
        expect(link).to_have_class(re.compile(r"\bon\b"))
        sheet, box = card(page).bounding_box(), link.bounding_box()
        assert sheet
        assert box
        assert 0 <= box["y"] <= height - box["height"] + 1
        assert box["y"] + box["height"] <= sheet["y"] or sheet["y"] + sheet["height"] <= box["y"]


def test_where_a_card_cannot_be_placed_beside_its_chip_it_stands_in_a_corner(page: Page, site):
    style = (site.folder / "assets/style.css").read_text(encoding="utf-8")
    page.route("**/style.css*", lambda route: route.fulfill(body=style.replace("position-area", "position-unknown")))
    page.goto(site.url + ANSWER)
    chip(page).focus()
    box = card(page).bounding_box()
    assert box
    assert box["width"] < 400
    assert 1280 - 20 < box["x"] + box["width"] < 1280


def test_a_tap_in_the_lower_half_opens_the_sheet_above_and_moves_nothing(browser, site):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(site.url + "ask/observables-or-algorithm/")
    link = chip(page, -1)
    for place, edge in ((700, 0), (200, 844)):
        link.evaluate("(e, y) => scrollBy(0, e.getBoundingClientRect().top - y)", place)
        link.tap()
        expect(card(page)).to_be_visible()
        sheet, box = card(page).bounding_box(), link.bounding_box()
        assert sheet
        assert box
        assert box["y"] == pytest.approx(place, abs=1)
        assert edge in {sheet["y"], sheet["y"] + sheet["height"]}
        page.keyboard.press("Escape")
    context.close()
