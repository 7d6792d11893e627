"""What holds for every kind of page: silent, still, readable at 320 pixels and without script, accessible, valid."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.checkers import AXE, THEMES, VNU, axe, judged, looks, needs
from tests.browser.kinds import KINDS

WATCH = """
globalThis.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries().map(entry => entry.value)))
  .observe({ type: "layout-shift", buffered: true });
addEventListener("securitypolicyviolation", event => console.log("policy: " + event.violatedDirective));
"""


class Visit(NamedTuple):
    """What one visit to a page showed."""

    kind: str
    said: list[str]
    missing: list[str]
    elsewhere: list[str]
    shift: float
    width: int
    violations: list[str]


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    # Without motion, so that colours are judged as they are and not as they change.
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture(scope="module", params=KINDS)
def visit(request, window: BrowserContext, site) -> Visit:
    """A visit to each kind of page; several tests look at what it showed."""
    page = window.new_page()
    said, missing, elsewhere = [], [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    page.on("request", lambda asked: elsewhere.append(asked.url) if not asked.url.startswith(site.url) else None)
    page.goto(site.url + KINDS[request.param])
    page.wait_for_load_state("networkidle")
    shift = sum(page.evaluate("shifts"))
    violations = judged(page)
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    return Visit(request.param, said, missing, elsewhere, shift, width, violations)


def test_a_page_says_nothing_and_asks_nobody_else(visit: Visit, site):
    expected = [site.url + KINDS[visit.kind]] if visit.kind == "nothing here" else []
    assert visit.missing == expected
    assert len(visit.said) == len(expected), visit.said
    assert visit.elsewhere == []


def test_nothing_moves_while_a_page_loads(visit: Visit):
    assert visit.shift == 0


def test_no_page_scrolls_sideways_at_320_pixels(visit: Visit):
    assert visit.width == 320


def test_no_rule_of_accessibility_is_broken(visit: Visit):
    needs(AXE, "axe-core")
    assert visit.violations == []


@pytest.fixture
def answer(window: BrowserContext, site) -> Iterator[Page]:
    """An answer with a sentence pointed at and all details open."""
    needs(AXE, "axe-core")
    page = window.new_page()
    page.goto(site.url + KINDS["answer"] + "#s-2")
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    yield page
    page.close()


def test_nor_with_details_open_and_a_sentence_pointed_at_and_quiet_citations(answer: Page):
    assert judged(answer) == []
    answer.keyboard.press("c")
    assert judged(answer) == []
    answer.keyboard.press("c")


@pytest.mark.parametrize("place", ["src-1", "src-4"])
def test_nor_with_a_source_pointed_at(answer: Page, place):
    answer.evaluate("place => location.hash = place", place)
    assert judged(answer) == []
    dot = answer.locator(f"#{place} circle")
    for theme in THEMES:
        answer.emulate_media(color_scheme=theme)
        colour = "fill" if place == "src-1" else "stroke"
        line, ground = (rgb(e, name) for e, name in ((dot, colour), (answer.locator(f"#{place}"), "background-color")))
        assert contrast(line, ground) >= 3


def rgb(place: Locator, name: str) -> list[float]:
    """A colour as it is shown."""
    return [float(part) for part in re.findall(r"[\d.]+", place.evaluate(f"e => getComputedStyle(e)['{name}']"))[:3]]


def contrast(*colours: list[float]) -> float:
    """The contrast of two colours, as WCAG defines it."""
    parts = [[c / 3294.6 if c <= 10.3 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour] for colour in colours]
    dark, light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in parts)
    return (light + 0.05) / (dark + 0.05)


def test_nor_with_a_card_open(answer: Page):
    for look in looks(answer):
        answer.locator(".prose a.cite").first.focus()
        expect(answer.locator("#card:popover-open")).to_be_visible()
        assert (look, axe(answer)) == (look, [])
        answer.keyboard.press("Escape")
        answer.locator(".skip").focus()


def test_nor_with_the_list_of_keys_open(answer: Page):
    answer.keyboard.press("?")
    expect(answer.get_by_role("dialog")).to_be_visible()
    assert judged(answer) == []


def test_nor_with_the_palette_open_and_results_in_it(answer: Page):
    answer.keyboard.press("/")
    expect(answer.locator("dialog.pal[open]")).to_be_visible()
    answer.keyboard.type("detector")
    expect(answer.locator(".pal li").first).to_be_visible()
    assert judged(answer) == []


def test_nor_with_results_and_open_filters_on_the_page_of_results(window: BrowserContext, site):
    needs(AXE, "axe-core")
    page = window.new_page()
    page.goto(site.url + "search/?q=detector")
    expect(page.locator("#results fieldset").first).to_be_attached()
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert judged(page) == []
    page.close()


@pytest.fixture(scope="module")
def scriptless(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_reads_without_script(scriptless: Page, site, kind):
    scriptless.goto(site.url + KINDS[kind], wait_until="domcontentloaded")
    expect(scriptless.locator("h1")).to_be_visible()
    expect(scriptless.locator(":is(.js, form, kbd, dialog, .card):visible")).to_have_count(0)


def test_every_page_is_valid_html(site):
    needs(VNU, "vnu-jar")
    if not shutil.which("java"):
        pytest.skip("the Nu HTML checker needs Java")
    pages = [
        str(site.folder / ("404.html" if kind == "nothing here" else f"{url}index.html")) for kind, url in KINDS.items()
    ]
    command = ["java", "-jar", str(VNU), "--format", "json", "--errors-only", "--stdout", *pages]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr
    errors = json.loads(run.stdout)["messages"]
    assert [f"{e['url'][-50:]}:{e['lastLine']}: {e['message']}" for e in errors] == []
