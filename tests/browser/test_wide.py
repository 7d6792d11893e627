"""What is wider than a phone, or than a sheet: it breaks or scrolls in itself, and print has it all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.archives import answer_text
from tests.browser.checkers import AXE, judged, needs
from tests.browser.serving import Site, build_site, served

WORD = "Donaudampfschifffahrts" * 9
ADDRESS = f"https://example.org/{'very/' * 40}"
LONG = " + ".join(f"x_{{{n}}}" for n in range(60))
SHORT = "a + b + c + d + e + f + g + h + i + j + k"
TABLE = "\n".join(
    [f"|{'|'.join(f' column {n} ' for n in range(12))}|", "|---" * 12 + "|"]
    + [f"|{'|'.join(f' value {n * row} [AG-2025.03-1] ' for n in range(12))}|" for row in range(3)]
)
TERMS = "Calibration|Generalisation|Interpretability|Reconstruction|Regularisation|Uncertainty|Decorrelation"
WORDS = (
    f"| Estimator | {TERMS} |\n{'|---' * 8}|\n| One that does without a likelihood, and for long | {TERMS.lower()} |"
)
QUESTION = f"Is there room for {WORD}?"
BODY = f"""One sentence with a word [AG-2025.03-1]: {WORD}. An address [AG-2025.03-2]: {ADDRESS}.

{TABLE}

A short one:

| a | b |
|---|---|
| 1 | 2 |

$$x = {LONG}$$

A formula in a sentence, ${LONG}$, is as long [AG-2025.03-2, AG-2025.03-1].
"""
SOURCES = f"""AG-2025.03-1 hep-ph 61 {WORD}
AG-2025.03-2 hep-ex 52 At {ADDRESS}"""
PAGES = (
    "ask/wide/",
    "ask/whole/",
    "paper/AG-2025.03-1/",
    "paper/AG-2025.03-3/",
    "paper/",
    "map/whole/",
    "map/",
    "open/",
    "",
)


@pytest.fixture(scope="module")
def wide(tmp_path_factory) -> Iterator[Site]:
    """A site in which everything is too wide."""
    folder = tmp_path_factory.mktemp("wide")
    (folder / "answers").mkdir()
    answers = {
        "wide": answer_text(
            QUESTION, BODY, sources=SOURCES, follow_ups=(f"And for {WORD} again?", f"Is {ADDRESS} it?")
        ),
        "edge": answer_text("Does it begin at the edge?", "| a | b |\n|---|---|\n| [AG-2025.03-3] | 1 |"),
        "words": answer_text("Is it wordy?", WORDS),
        "linked": answer_text(
            "Is it short?",
            f"$$y = x$$\n\nOne is in [a link, ${LONG}$](https://example.org/), and one, ${SHORT}$, is short.",
        ),
        "whole": answer_text(
            "Is it whole?",
            "It is [AG-2025.03-3].",
            sources=f"AG-2025.03-3 cs.LG 47 Of ${LONG}$",
            follow_ups=(QUESTION, "Why?"),
        ),
    }
    for name, text in answers.items():
        (folder / "answers" / f"{name}.md").write_text(text, "utf-8")
    with served(folder / "site") as site:
        build_site(site, folder / "answers")
        yield site


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(wide: Site, page: Page, path: str):
    page.goto(wide.url + path)
    for width in (1280, 800, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def stops(page: Page) -> list[bool]:
    """For everything that may scroll in itself, whether the keyboard stops there."""
    return page.locator(".scroll,.eq").evaluate_all("all => all.map(e => e.tabIndex === 0)")


def test_the_keyboard_stops_at_what_scrolls_for_as_long_as_it_does(wide: Site, page: Page):
    page.goto(wide.url + "ask/wide/")
    long_table, short_table, display, in_prose = stops(page)
    assert [long_table, display, in_prose, short_table] == [True, True, True, False]
    page.goto(wide.url + "ask/linked/")
    assert stops(page) == [False, False, False]
    short = page.locator(".prose .eq").last
    page.set_viewport_size({"width": 320, "height": 900})
    expect(short).to_have_js_property("tabIndex", 0)
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(short).to_have_js_property("tabIndex", -1)


def test_the_keyboard_reaches_a_formula_in_the_title_of_a_page_but_stops_nowhere_in_a_link(wide: Site, page: Page):
    page.goto(wide.url + "paper/AG-2025.03-3/")
    expect(page.locator("h1 .eq")).to_have_js_property("tabIndex", 0)
    page.goto(wide.url + "paper/")
    assert stops(page)
    assert not any(stops(page))


# A link may hold no stop for the keyboard: pages with one whose formula is too wide are left out.
@pytest.mark.parametrize("path", ["ask/wide/", "map/whole/"])
def test_the_keyboard_reaches_what_scrolls_and_no_rule_of_accessibility_is_broken(wide: Site, page: Page, path: str):
    needs(AXE, "axe-core")
    page.emulate_media(reduced_motion="reduce")
    page.goto(wide.url + path)
    assert judged(page) == []


def test_a_long_formula_stands_on_the_line_of_its_sentence(wide: Site, page: Page):
    page.goto(wide.url + "ask/wide/")
    formula = page.locator(".prose .eq")
    bottom = "e => e.getBoundingClientRect().bottom"
    scrolled = formula.locator("mi").first.evaluate(bottom)
    formula.evaluate("e => e.style.overflow = 'visible'")
    assert formula.locator("mi").first.evaluate(bottom) == pytest.approx(scrolled, abs=0.1)


def test_the_ring_around_a_citation_at_the_edge_of_a_table_is_seen_all_round(wide: Site, page: Page):
    page.goto(wide.url + "ask/edge/")
    chip = page.locator("td .cite").first
    chip.focus()
    edge = page.locator(".scroll").evaluate("e => e.getBoundingClientRect().left")
    ring = chip.evaluate(
        "e => { const style = getComputedStyle(e); const wide = parseFloat(style.outlineWidth) + "
        "parseFloat(style.outlineOffset); return e.getBoundingClientRect().left - wide; }"
    )
    assert ring >= edge


def test_print_has_all_columns_of_a_table(wide: Site, page: Page):
    page.goto(wide.url + "ask/wide/")
    page.emulate_media(media="print")
    # A4 without its margins.
    page.set_viewport_size({"width": 658, "height": 900})
    for table in page.locator("table").all():
        assert table.evaluate("e => e.offsetWidth <= e.parentElement.clientWidth")
    display = page.locator(".scroll:has(math)")
    expect(display).to_have_css("overflow", "visible")
    assert display.evaluate("e => e.scrollWidth <= e.clientWidth")
    # What follows a formula stands behind it, not on it.
    formula = page.locator(".prose .eq")
    assert formula.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_print_breaks_no_word_of_a_table_that_a_sheet_has_room_for(wide: Site, page: Page):
    page.goto(wide.url + "ask/words/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 658, "height": 900})
    lines = """cells => cells.map(cell => { const range = document.createRange(); range.selectNodeContents(cell);
        return range.getClientRects().length; })"""
    assert page.locator("th").evaluate_all(lines) == [1] * 8
    assert page.locator("table").evaluate("e => e.offsetWidth <= e.parentElement.clientWidth")
