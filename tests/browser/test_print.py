"""Print: two sheets, nothing that only a screen can do, headings with what they head, rings that are told apart."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kinds import PAPER


@pytest.fixture
def printed(answer: Page):
    answer.emulate_media(media="print")
    return answer


def pdf(page: Page) -> bytes:
    return page.pdf(format="A4", prefer_css_page_size=True, outline=True, tagged=True)


@pytest.mark.parametrize("name", ["many-backgrounds", "classifier-as-likelihood", "observables-or-algorithm"])
def test_an_answer_prints_on_two_sheets(page: Page, site, name):
    page.goto(f"{site.url}ask/{name}/")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf(page))) <= 2


def test_print_spells_addresses_out_and_leaves_controls_away(printed: Page, site):
    expect(printed.locator(".print").first).to_have_text(f"{site.url}{PAPER}")
    expect(printed.locator(".print").first).to_be_visible()
    for gone in (".mast nav", ".btn", ".ev", ".perma", ".foot ul"):
        expect(printed.locator(f"{gone}:visible")).to_have_count(0)
    expect(printed.locator(".spec")).to_be_visible()


def test_the_line_above_the_foot_is_as_wide_as_the_text(printed: Page):
    edges = "e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right]"
    assert printed.locator("main").evaluate(edges) == printed.locator(".foot").evaluate(edges)


def test_print_explains_no_drawing_that_it_leaves_away(printed: Page):
    sources = printed.locator("#sources")
    expect(sources.locator(".sim svg:visible")).to_have_count(0)
    assert "The dot" not in sources.inner_text()
    assert "A match is not agreement." in sources.inner_text()
    match = sources.locator(".sim").first
    assert match.inner_text() == "match 61%"
    assert match.evaluate("e => e.getBoundingClientRect().height") < 20, "on one line"


def test_a_printed_paper_explains_no_strips(page: Page, site):
    page.goto(site.url + PAPER)
    expect(page.get_by_text("In each strip")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".list .mini:visible")).to_have_count(0)
    expect(page.get_by_text("In each strip")).to_be_hidden()


def test_printed_results_say_what_was_asked(page: Page, site):
    page.goto(site.url + "search/?q=detector")
    expect(page.locator("#results .list li").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#q")).to_be_visible()
    expect(page.locator("#q")).to_have_value("detector")
    page.goto(site.url)
    expect(page.locator(".find")).to_be_hidden()


def test_printed_results_come_without_filters(page: Page, site):
    page.goto(site.url + "search/?q=collision")
    page.locator(".filters").first.wait_for(state="attached")
    page.emulate_media(media="print")
    expect(page.locator(".filters").first).to_be_hidden()


def test_a_thread_is_printed_from_the_first_sheet_on(page: Page, site):
    page.goto(site.url + "map/many-backgrounds/")
    page.emulate_media(media="print")
    expect(page.locator(".tree li").first).to_have_css("break-inside", "auto")
    page.goto(site.url + "open/")
    expect(page.locator(".list > li").first).to_have_css("break-inside", "avoid")


def test_print_tells_answered_questions_from_open_ones_without_backgrounds(page: Page, site):
    page.goto(site.url + "ask/observables-or-algorithm/")
    page.emulate_media(media="print")
    hollow = """row => { const ring = getComputedStyle(row, "::before");
        return parseFloat(ring.width) - 2 * parseFloat(ring.borderTopWidth); }"""
    rows = page.locator("#keep-exploring li")
    states = rows.evaluate_all("rows => rows.map(row => row.dataset.state)")
    assert {"open"} < set(states)
    for row, state in zip(rows.all(), states, strict=True):
        assert (row.evaluate(hollow) > 0) == (state == "open")


def test_quiet_citations_print_like_others(answer: Page):
    looks = """links => links.map(link => { const style = getComputedStyle(link);
        return [style.fontWeight, style.color, style.padding]; })"""
    answer.emulate_media(media="print")
    cites = answer.locator(".prose .cite:not(.named)")
    expect(cites.first).to_have_css("color", "rgb(0, 0, 0)")
    loud = cites.evaluate_all(looks)
    answer.keyboard.press("c")
    expect(answer.locator("html")).to_have_attribute("data-cites", "quiet")
    expect(cites.first).to_have_css("color", "rgb(0, 0, 0)")
    assert cites.evaluate_all(looks) == loud
    assert {weight for weight, *_ in loud} == {"600"}


def height_on_sheet(page: Page, heading: str) -> float:
    """How far above the foot of its sheet a heading stands, in points."""
    place = re.search(rf"/Title \({heading}\)\s*/Dest \[\d+ 0 R /XYZ [\d.]+ ([\d.]+)".encode(), pdf(page))
    assert place
    return float(place[1])


def test_a_section_begins_on_the_sheet_of_its_first_row(answer: Page):
    # Margin, heading, note and the first row of sources need 110 points; a heading that stands lower has lost its row.
    answer.evaluate("document.querySelector('#sources').before(document.createElement('hr'))")
    push = "(hr, height) => Object.assign(hr.style, { height: height + 'px', border: 0, margin: 0 })"
    spacer = answer.locator("main > hr")
    spacer.evaluate(push, 0)
    above = height_on_sheet(answer, "Sources")
    for foot in (100, 90, 80, 70):
        spacer.evaluate(push, (above - foot) / 0.75)
        assert height_on_sheet(answer, "Sources") > 110
