"""Excerpts of results whose words stand far down in the text: they come after the rows, and move nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.archives import answer_text
from tests.browser.serving import Gate, Site, build_site, served

PAPER = "AG-2026.01-0001 hep-ph 61 On plain things"
# Its letters are wide, so that the excerpt it gives way to needs fewer lines on some screens.
FILLER = "Women and a swarm of mammoths roam among mown meadows, whom we warm and whom we may know tomorrow. " * 4
DEEP = (
    "## What *grows*\n\nAt **last the xenolith** of $\\nu_e \\frac{1}{2}$ grows [AG-2026.01-0001], and so do `others`. "
    "Whatever follows it is of no use here, and it goes on for a while so that the text does not end too soon.\n"
)
TEXTS = re.compile(r"/ask/[^/]+/index\.md$")
WIDE, BETWEEN, PHONE = ({"width": width, "height": 900} for width in (1280, 560, 390))


def answers() -> Iterator[tuple[str, str]]:
    """Of 24 answers that hold the word, one has it in its first sentence, one in its question."""
    for number in range(24):
        question, body = f"Why does case {number} end as it does?", f"{FILLER}\n\n{DEEP}"
        if number == 0:
            body = f"A xenolith comes first. {body}"
        if number == 1:
            question = "Why does a xenolith end as it does?"
        yield f"a{number:02}.md", answer_text(question, body, date=f"2026-05-{number + 1:02}", sources=PAPER)


@pytest.fixture(scope="module")
def deep(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("excerpts")
    (folder / "answers").mkdir()
    for name, text in answers():
        (folder / "answers" / name).write_text(text, encoding="utf-8")
    with served(folder / "site") as site:
        build_site(site, folder / "answers")
        yield site


def search(page: Page, site: Site, query: str, rest: str = "") -> None:
    page.goto(f"{site.url}search/?{urlencode({'q': query})}{rest}")
    expect(page.locator("#results .list li").first).to_be_visible()


@pytest.fixture(params=[WIDE, BETWEEN, PHONE], ids=["wide", "between", "phone"])
def tab(browser: Browser, request) -> Iterator[Page]:
    context = browser.new_context(viewport=request.param)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def wide(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE)
    yield context.new_page()
    context.close()


NOTE = "#results .list li .note"
PLACES = "rows => rows.map(row => { const box = row.getBoundingClientRect(); return [box.top, box.height]; })"


def test_an_excerpt_comes_from_where_the_word_stands_and_moves_nothing(tab: Page, deep: Site):
    gate = Gate(tab, TEXTS)
    search(tab, deep, "xenolith", "&sort=date")
    expect(tab.locator(".filters")).to_be_visible()
    tab.wait_for_function("() => document.fonts.status === 'loaded'")
    first = tab.locator(NOTE).first
    expect(first).to_have_text(re.compile("^Women and a swarm"))
    before = tab.locator("#results .list li").evaluate_all(PLACES)
    tab.wait_for_timeout(200)
    gate.open()
    expect(first.locator("mark")).to_have_text("xenolith")
    assert tab.locator("#results .list li").evaluate_all(PLACES) == before
    text = first.inner_text()
    assert text.startswith("…")
    assert "At last the xenolith of nu_e" in text
    assert "grows, and so do others." in text
    assert not re.search(r"AG-|[\[\]$*`\\{}#]", text)
    assert len(text) <= 152


def test_only_what_shows_no_mark_and_is_near_is_looked_into(wide: Page, deep: Site):
    gate = Gate(wide, TEXTS)
    search(wide, deep, "xenolith")
    expect(wide.locator("#results .list li")).to_have_count(10)
    wide.wait_for_timeout(400)
    bare = wide.locator("#results .list li").filter(has_not=wide.locator("mark"))
    assert bare.count() < 10
    asked = {route.request.url.removesuffix("index.md") for route in gate.held}
    assert asked <= {link.evaluate("a => a.href") for link in bare.locator(".q a").all()}

    low = wide.context.browser.new_context(viewport={"width": 1280, "height": 300}).new_page()
    gate = Gate(low, TEXTS)
    search(low, deep, "xenolith", "&sort=date")
    low.wait_for_timeout(400)
    seen = len(gate.held)
    assert 0 < seen < 8
    low.locator("#results .list li").last.scroll_into_view_if_needed()
    low.wait_for_timeout(400)
    assert len(gate.held) > seen
    low.context.close()


def test_an_excerpt_that_cannot_be_fetched_stays_as_it_was(wide: Page, deep: Site):
    wide.route(TEXTS, lambda route: route.abort())
    search(wide, deep, "xenolith", "&sort=date")
    wide.wait_for_timeout(300)
    expect(wide.locator(NOTE).first).to_have_text(re.compile("^Women and a swarm"))
    wide.unroute(TEXTS)
    wide.locator("#q").fill("xenoliths grow")
    expect(wide.locator(NOTE).first.locator("mark").first).to_be_visible()


def test_another_query_stops_what_is_on_its_way(wide: Page, deep: Site):
    gate = Gate(wide, TEXTS)
    search(wide, deep, "xenolith", "&sort=date")
    wide.wait_for_timeout(300)
    first = [route.request.url for route in gate.held]
    assert first
    wide.locator("#q").fill("mammoths roam")
    expect(wide.locator("#results .list mark").first).to_be_visible()
    wide.wait_for_timeout(300)
    assert set(gate.failed) >= set(first)
    assert wide.locator(NOTE, has_text="xenolith").count() <= 1, "the one that begins with it"


def test_more_results_leave_the_first_ones_alone(wide: Page, deep: Site):
    search(wide, deep, "xenolith", "&sort=date")
    first = wide.locator(NOTE).first
    expect(first.locator("mark")).to_be_visible()
    wide.evaluate("document.querySelector('#results .list li').dataset.same = 'yes'")
    wide.get_by_role("button", name="Show 10 more").click()
    expect(wide.locator("#results .list li")).to_have_count(20)
    expect(wide.locator("#results .list li").first).to_have_attribute("data-same", "yes")
    expect(first.locator("mark")).to_be_visible()
    wide.locator(NOTE).nth(15).scroll_into_view_if_needed()
    expect(wide.locator(NOTE).nth(15).locator("mark")).to_be_visible()


LINES = """
lines => lines.map(line => {
  const box = line.getBoundingClientRect(), mark = line.querySelector("mark")?.getBoundingClientRect();
  return [box.height, Boolean(mark && mark.right <= box.right && mark.bottom <= box.bottom + 1)];
})
"""


def test_the_one_line_of_the_palette_holds_the_word(tab: Page, deep: Site):
    gate = Gate(tab, TEXTS)
    tab.goto(f"{deep.url}about/")
    tab.keyboard.press("/")
    expect(tab.locator("#pq")).to_be_focused()
    tab.keyboard.type("grows xenolith")
    lines = tab.locator(".pal .line")
    expect(lines.nth(2)).to_be_visible()
    tab.wait_for_timeout(300)
    before = lines.evaluate_all(LINES)
    gate.open()
    expect(lines.nth(2).locator("mark").first).to_be_visible()
    tab.wait_for_timeout(300)
    after = lines.evaluate_all(LINES)
    assert [height for height, _ in after] == [height for height, _ in before]
    assert sum(held for _, held in after) > sum(held for _, held in before)
    bare = [line for line in lines.all()[:3] if not line.locator("xpath=..").locator("mark").count()]
    assert bare == []


@pytest.mark.parametrize(
    ("query", "marked"), [("xenol*", "xenolith"), ("xenolit~", "xenolith"), ('"last the xenolith"', "last")]
)
def test_beginnings_near_spellings_and_phrases_are_shown_too(wide: Page, deep: Site, query: str, marked: str):
    search(wide, deep, query, "&sort=date")
    expect(wide.locator(NOTE).first.locator("mark").first).to_have_text(marked)


def test_a_phrase_is_shown_where_the_title_has_one_of_its_words(wide: Page, deep: Site):
    search(wide, deep, '"last the xenolith"')
    row = wide.locator("#results .list li", has_text="Why does a xenolith end as it does?")
    expect(row.locator(".note mark")).to_have_text(["last", "xenolith"])


SHIFTS = """
new PerformanceObserver(list => (window.shifts ??= []).push(...list.getEntries().map(entry => entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""


def test_results_filters_and_excerpts_move_nothing_as_they_come(tab: Page, deep: Site):
    tab.add_init_script(SHIFTS)
    search(tab, deep, "xenolith", "&sort=date")
    expect(tab.locator("#results details.filters")).to_be_visible()
    expect(tab.locator(NOTE).first.locator("mark")).to_be_visible()
    tab.wait_for_timeout(300)
    assert tab.evaluate("window.shifts ?? []") == []
