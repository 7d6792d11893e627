"""Searching as readers do it: typing, arrows, filters, addresses, without script, below a sub-path, hostile text."""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from agsite.build import Options, build
from agsite.config import Config
from agsite.report import Report
from tests.archives import answer_text
from tests.browser import serving
from tests.browser.serving import Gate
from tests.searching import answer

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "\"><script>alert(1)</script>",
    "'-alert(1)-'",
    "javascript:alert(1)",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "</title><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>muon</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202emuon\u2066",
    "<math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "muon\" onfocus=alert(1) autofocus x=\"",
    "<template><script>alert(1)</script></template>",
    "<b>muon</b> <mark>pion</mark>",
    "constructor __proto__ toString hasOwnProperty",
    "\\u003cscript\\u003e alert(1)",
    "<!--<script>alert(1)//-->",
    "data:text/html,<script>alert(1)</script>",
    "<style>*{display:none}</style>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "#<img src=x onerror=alert(1)>",
]  # fmt: skip


# The same in the language of queries: in quotation marks, after a field, before a star, excluded, in brackets.
FORMS = ('"{}"', "title:{}", "{}*", "muon NOT {}", "({}", "{}~", "-{}", "kind:{}", "date:{}", "{} OR")
QUERIES = [*PAYLOADS, *(form.format(payload) for form, payload in zip(itertools.cycle(FORMS), PAYLOADS, strict=False))]

# An answer file with controls that turn text round is refused, so no title has them.
TITLES = [payload for payload in PAYLOADS if payload.isprintable()]


# Whatever a text may try to put into the page; strips are ours, and hold nothing but paths.
FOREIGN = (
    "#results :is(script, img, svg:not(.mini), iframe, math, style, base, meta, template, mark *),"
    "#results svg.mini :not(path:not([onload]))"
)


class Handler(SimpleHTTPRequestHandler):
    """Any plain file server, below a sub-path; it counts what it is asked for, as hosts would send it."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/archive"))

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        file = path / "index.html" if path.is_dir() else path
        if file.is_file():
            # Hosts compress text, and leave what they do not know alone.
            data = file.read_bytes()
            size = len(data) if file.suffix in {".bin", ".woff2"} else len(gzip.compress(data))
            self.server.served.append((self.path, size))
        failing = next((name for name in self.server.failing if name in self.path), None)
        if failing is None:
            super().do_GET()
        else:
            self.server.failing.remove(failing)
            self.send_error(503)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[ThreadingHTTPServer]:
    """A site of made-up answers, some with hostile titles, and papers whose titles are hostile too."""
    folder = tmp_path_factory.mktemp("search")
    texts = dict(answer(number) for number in range(60))
    for number, payload in enumerate(TITLES):
        rows = f"AG-2025.01-{number:03d} hep-ph 50 Hostile {payload}"
        texts[f"h{number}.md"] = answer_text(
            f"Hostile {payload}", f"{payload} hostile body [AG-2025.01-{number:03d}]", sources=rows
        )
    for name, text in texts.items():
        (folder / "answers").mkdir(exist_ok=True)
        (folder / "answers" / name).write_text(text, encoding="utf-8")
    site, report = folder / "site", Report()
    options = Options(
        answers=(str(folder / "answers"),), papers=(), output=str(site), search=True, search_index=str(folder / "index")
    )
    build(options, Config(), report)
    assert report.published, report.findings
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site))) as server:
        server.served = []
        server.failing = []  # each name fails one request of a path that holds it
        server.url = f"http://127.0.0.1:{server.server_port}/archive/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page that fails the test if a script of the archive's text runs or anything goes wrong in ours."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, wrong = context.new_page(), []
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    # A view transition that the next page overtakes is not a mistake.
    assert [text for text in wrong if "ransition" not in text] == []


def results(page: Page) -> list[str]:
    return page.locator("#results .list li .q a").all_inner_texts()


def search(page: Page, served, query: str, rest: str = "") -> None:
    page.goto(served.url)
    page.goto(f"{served.url}search/?" + urlencode([("q", query)]) + rest)
    # Empty at first, then “Searching …” where it takes a while.
    expect(page.locator("#results [role=status]")).to_have_text(re.compile(r"^(?!Searching).+"))


def _encoded(query: str) -> str:
    return urlencode([("q", query)])


def test_nothing_of_the_search_is_loaded_before_it_is_used(tab: Page, served):
    served.served.clear()
    tab.goto(served.url)
    tab.wait_for_load_state("networkidle")
    assert [path for path, _ in served.served if "search" in path] == []


def test_type_arrow_open(tab: Page, served):
    tab.goto(f"{served.url}ask/a007/")
    tab.keyboard.press("/")
    expect(tab.locator("dialog.pal[open]")).to_be_visible()
    tab.keyboard.type("neutrino latt")
    first = tab.locator(".pal li a").first
    expect(first).to_contain_text(re.compile("neutrino", re.IGNORECASE))
    expect(tab.locator(".pal mark").first).to_be_visible()
    tab.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    tab.keyboard.press("ArrowUp")
    expect(tab.locator("#pq")).to_be_focused()
    tab.keyboard.press("ArrowDown")
    address = first.get_attribute("href")
    tab.keyboard.press("Enter")
    tab.wait_for_url(address)


def test_enter_in_the_palette_shows_all_results_and_escape_closes_it(tab: Page, served):
    tab.goto(f"{served.url}paper/")
    tab.keyboard.press("/")
    expect(tab.locator("dialog.pal[open]")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("dialog.pal[open]")).to_have_count(0)
    tab.keyboard.press("/")
    expect(tab.locator("#pq")).to_be_focused()
    tab.keyboard.type("muon")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{served.url}search/?q=muon")
    expect(tab.locator("#results [role=status]")).to_contain_text("results")


@pytest.fixture
def unfurnished(tab: Page, served) -> Gate:
    """An answer's page, to which the code of the search does not come before the gate is opened."""
    gate = Gate(tab, re.compile(r"/assets/search\.js"))
    tab.goto(f"{served.url}ask/a007/")
    return gate


def test_the_palette_takes_what_is_typed_before_its_code_has_come(tab: Page, unfurnished: Gate):
    tab.keyboard.press("/")
    field = tab.get_by_role("textbox", name="Search")
    expect(field).to_be_focused()
    tab.keyboard.type("neutrino conspiracies")
    expect(field).to_have_value("neutrino conspiracies")
    assert tab.url.endswith("ask/a007/"), "no letter was taken for a key"
    assert tab.locator("html").get_attribute("data-cites") is None
    for _ in range(4):
        tab.keyboard.press("ArrowLeft")
    unfurnished.open()
    expect(tab.locator(".pal mark").first).to_be_visible()
    tab.keyboard.type("X")
    expect(field).to_have_value("neutrino conspiraXcies")
    expect(field).to_have_accessible_name("Search questions, papers and ids")


def test_the_palette_opens_once_however_often_it_is_asked_for(tab: Page, unfurnished: Gate):
    tab.keyboard.press("/")
    tab.keyboard.press("Control+k")
    tab.keyboard.press("Escape")
    tab.keyboard.press("/")
    unfurnished.open()
    expect(tab.locator(".pal .meta")).to_have_count(1)
    expect(tab.locator("dialog.pal")).to_have_count(1)
    tab.keyboard.press("Escape")
    expect(tab.locator("dialog.pal[open]")).to_have_count(0)


def test_a_palette_that_was_closed_stays_closed_when_its_code_comes(tab: Page, unfurnished: Gate):
    tab.keyboard.press("/")
    tab.keyboard.press("Escape")
    unfurnished.open()
    expect(tab.locator("dialog.pal .meta")).to_have_count(1)
    expect(tab.locator("dialog.pal[open]")).to_have_count(0)


def test_without_its_code_the_palette_leads_to_the_page_of_results(tab: Page, unfurnished: Gate, served):
    tab.keyboard.press("/")
    tab.keyboard.type("muon & pion")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{served.url}search/?q=muon+%26+pion", wait_until="commit")


def test_a_palette_whose_parts_failed_to_come_gets_them_when_it_is_opened_again(served, browser: Browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served.url}ask/a007/")
    page.route("**/search/", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.keyboard.press("/")
    page.keyboard.type("neutrino")
    page.keyboard.press("Escape")
    page.unroute("**/search/")
    page.keyboard.press("/")
    expect(page.locator(".pal li a").first).to_be_visible()
    context.close()


def test_a_palette_whose_code_failed_to_come_says_so_and_asks_again_as_one_types(served, browser: Browser):
    context = browser.new_context()
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{served.url}ask/a007/")
    context.set_offline(True)
    page.keyboard.press("/")
    page.keyboard.type("neutrino")
    expect(page.get_by_role("alert")).to_have_text(
        "The search could not be loaded. These lists lead to everything there is."
    )
    links = page.locator(".pal li a")
    expect(links).to_have_count(4)
    assert page.locator("#pq").input_value() == "neutrino"
    context.set_offline(False)
    assert all(page.request.get(link.evaluate("a => a.href")).ok for link in links.all())
    page.keyboard.type(" muon")
    expect(page.locator(".pal mark").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".pal ul")).to_have_count(1)
    assert wrong == []
    context.close()


def test_escape_closes_the_palette_whatever_is_typed_and_the_words_wait_selected(tab: Page, served):
    tab.goto(f"{served.url}paper/")
    tab.keyboard.press("/")
    tab.keyboard.type("muon")
    expect(tab.locator(".pal li a").first).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("dialog.pal[open]")).to_have_count(0)
    tab.keyboard.press("/")
    expect(tab.locator("#pq")).to_have_value("muon")
    tab.keyboard.type("pion")
    expect(tab.locator("#pq")).to_have_value("pion")


def test_what_the_palette_says_of_a_result_is_lighter_than_its_title_and_its_keys_are_in_one_case(tab: Page, served):
    tab.goto(f"{served.url}paper/")
    tab.keyboard.press("/")
    tab.keyboard.type("muon")
    result = tab.locator(".pal li a").first
    expect(result).to_have_css("font-weight", "500")
    for said in result.locator("span").all():
        expect(said).to_have_css("font-weight", "400")
    expect(tab.locator(".pal > p.meta")).to_have_text(re.compile(r"^Enter all results\W+↓ choose\W+Esc close$"))


@pytest.mark.parametrize("touch", [False, True])
def test_the_palette_names_keys_where_there_are_some(browser: Browser, served, touch: bool):
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=touch, is_mobile=touch)
    page = context.new_page()
    page.goto(served.url)
    search_button = page.locator("[data-search]")
    search_button.tap() if touch else search_button.click()
    expect(page.locator(".pal kbd")).to_have_count(3)
    page.locator("#pq").fill("muon")
    expect(page.locator(".pal li .meta").first).to_be_visible()
    expect(page.locator(".pal").get_by_text("all results")).to_be_visible(visible=not touch)
    context.close()


def test_the_key_of_the_search_leads_to_the_field_of_the_page_of_results(tab: Page, served):
    search(tab, served, "muon")
    tab.locator("#results a").first.focus()
    tab.keyboard.press("/")
    expect(tab.locator("#q")).to_be_focused()
    expect(tab.locator("dialog.pal")).to_have_count(0)


def test_a_slow_search_says_that_it_goes_on(tab: Page, served):
    gate = Gate(tab, re.compile(r"/search/t\d+-"))
    tab.goto(f"{served.url}paper/")
    tab.keyboard.press("/")
    tab.keyboard.type("muon")
    status = tab.locator(".pal [role=status]")
    expect(status).to_have_text("Searching …")
    gate.open()
    expect(status).to_contain_text("results")


def test_results_come_while_typing_and_the_address_follows(tab: Page, served):
    tab.goto(f"{served.url}search/")
    expect(tab.locator("#q")).to_be_focused()
    tab.keyboard.type("vort")
    expect(tab.locator("#results .list mark").first).to_have_text(re.compile("vortex", re.IGNORECASE))
    tab.wait_for_url(re.compile(r"/search/\?q=vort$"))


def test_results_are_counted_and_dated_in_the_language_of_the_site(tab: Page, tmp_path: Path):
    (tmp_path / "answers").mkdir()
    for one in range(6):
        follow_ups = tuple(f"Is muon {number} one?" for number in range(one, 1_200, 6))
        sources = "AG-2025.03-1 hep-ph 61 Muon"
        text = answer_text(f"Which muon, {one}?", "It is [AG-2025.03-1].", sources=sources, follow_ups=follow_ups)
        (tmp_path / f"answers/{one}.md").write_text(text, "utf-8")
    (tmp_path / "templates").mkdir()
    own = 'day: "{day}. {month} {year}"\nmonth_year: "{year}, {month}"\nthousands: "."\n'
    (tmp_path / "templates/words.yml").write_text(own, "utf-8")
    with serving.served(tmp_path / "site") as site:
        options = Options(
            answers=(str(tmp_path / "answers"),),
            papers=(),
            templates=(str(tmp_path / "templates"),),
            output=str(site.folder),
            search=True,
            search_index=str(tmp_path / "index"),
        )
        build(options, Config(base_url=site.url), Report())
        tab.goto(site.url + "search/?q=muon")
        expect(tab.locator("#results [role=status]")).to_have_text("1.207 results, best match first")
        said = " ".join(tab.locator("#results .meta").all_inner_texts())
        assert "3. May 2026" in said
        assert "2025, Mar" in said
        expect(tab.locator(".facet .num", has_text="1.200")).to_be_visible()
        tab.goto(site.url)
        assert "3. May 2026" in tab.inner_text("main")


def test_a_box_keeps_its_size_beside_a_name_of_two_lines(tab: Page, served):
    tab.goto(f"{served.url}search/?q=muon")
    label = tab.locator(".facet", has_text="Field").locator("label").first
    label.evaluate("e => e.childNodes[1].data = 'cond-mat.quant-gas and stat-mech'")
    assert label.evaluate("e => e.offsetHeight") > 40
    assert label.locator("input").evaluate("e => e.offsetWidth") == 16


def test_steps_of_the_history_are_told_apart_by_their_titles(tab: Page, served):
    tab.goto(f"{served.url}search/?q=muon")
    expect(tab).to_have_title(re.compile("^muon · Search · "))
    tab.locator("#q").fill("kaon")
    tab.locator("#q").press("Enter")
    expect(tab).to_have_title(re.compile("^kaon · Search · "))
    tab.go_back()
    expect(tab).to_have_title(re.compile("^muon · Search · "))
    tab.goto(f"{served.url}search/")
    expect(tab).to_have_title(re.compile("^Search · "))


def test_what_is_found_while_typing_stays(tab: Page, served):
    tab.goto(f"{served.url}search/")
    tab.keyboard.type("neutri")
    status, rows = tab.locator("#results [role=status]"), tab.locator("#results .list li")
    expect(status).to_have_text(re.compile(r"^\d\d+ results, best match first$"))
    tab.wait_for_url(f"{served.url}search/?q=neutri")
    said, first = status.inner_text(), results(tab)

    papers = tab.locator("fieldset", has_text="Kind").locator("label", has_text="Paper")
    promised = papers.locator(".num").inner_text()
    papers.locator("input").check()
    expect(status).to_have_text(f"{promised} results, best match first")
    tab.go_back()
    expect(status).to_have_text(said)

    tab.get_by_role("button", name="Show 10 more").click()
    expect(rows).to_have_count(20)
    assert results(tab)[:10] == first
    rows.first.locator("a").click()
    tab.wait_for_url(re.compile("/(ask|paper)/"))
    tab.go_back()
    expect(status).to_have_text(said)
    tab.reload()
    expect(status).to_have_text(said)
    tab.locator("#q").press("Enter")
    expect(status).to_have_text(said)
    assert results(tab)[:10] == first

    tab.goto(f"{served.url}paper/")
    tab.keyboard.press("/")
    tab.keyboard.type("neutri")
    expect(tab.locator(".pal [role=status]")).to_have_text(said)
    tab.keyboard.press("Enter")
    expect(status).to_have_text(said)


def test_every_search_is_a_step_back(tab: Page, served):
    tab.goto(f"{served.url}search/")
    field, status = tab.locator("#q"), tab.locator("#results [role=status]")
    for query in ("muon", "anomaly"):
        field.select_text()
        field.press_sequentially(query, delay=150)
        expect(status).to_contain_text("results")
        field.press("Enter")
        tab.wait_for_url(f"{served.url}search/?q={query}")
    # One that is typed in less time than it takes to show the first results, and one without Enter.
    field.fill("plasma")
    field.press("Enter")
    field.fill("gal")
    tab.wait_for_url(f"{served.url}search/?q=gal")
    field.fill("galaxy")
    tab.wait_for_url(f"{served.url}search/?q=galaxy")
    for before in ("plasma", "anomaly", "muon"):
        tab.go_back()
        assert tab.url == f"{served.url}search/?q={before}"
        expect(field).to_have_value(before)
    tab.go_back()
    assert tab.url == f"{served.url}search/"
    assert results(tab) == []


def test_a_facet_narrows_counts_and_can_be_taken_back(tab: Page, served):
    search(tab, served, "neutrino")
    papers = tab.locator("fieldset", has_text="Kind").locator("label", has_text="Paper")
    count = int(papers.locator(".num").inner_text())
    papers.locator("input").check()
    expect(tab.locator("#results [role=status]")).to_have_text(
        re.compile(rf"^{count} results|^One result" if count == 1 else rf"^{count} results")
    )
    assert "kind=paper" in tab.url
    assert all("Paper" in text for text in tab.locator("#results .list li .meta").all_inner_texts())
    tab.go_back()
    expect(papers.locator("input")).not_to_be_checked()
    assert "kind" not in tab.url


def test_what_else_could_be_ticked_stays_and_adds_to_what_is(tab: Page, served):
    search(tab, served, "neutrino")
    kinds, status = tab.locator("fieldset", has_text="Kind"), tab.locator("#results [role=status]")
    expect(kinds.locator("label")).to_have_count(3)
    before = kinds.locator("label").all_text_contents()
    counts = {name: int(kinds.locator("label", has_text=name).locator(".num").inner_text()) for name in KINDS}
    fields = tab.locator("fieldset", has_text="Field").locator("label").all_text_contents()
    kinds.get_by_label("Paper").check()
    expect(status).to_have_text(re.compile(rf"^{counts['Paper']} results"))
    expect(tab.locator("fieldset", has_text="Field").locator("label")).not_to_have_text(fields)
    expect(kinds.locator("label")).to_have_text(before)
    kinds.get_by_label("Open question").check()
    expect(status).to_have_text(re.compile(rf"^{counts['Paper'] + counts['Open question']} results"))
    expect(kinds.locator("label")).to_have_text(before)


def test_counts_of_what_may_turn_out_not_to_have_a_phrase_say_that_they_are_limits(tab: Page, served):
    search(tab, served, '"hostile body"')
    status, kinds = tab.locator("#results [role=status]"), tab.locator("fieldset", has_text="Kind").locator("label")
    count = len(TITLES)
    expect(status).to_have_text("At least 10 results, best match first")
    expect(kinds).to_have_text([f"Answer≤\u202f{count}"])
    for shown in (20, count):
        tab.get_by_role("button", name="Show 10 more").click()
        expect(tab.locator("#results .list > li")).to_have_count(shown)
    expect(status).to_have_text(f"{count} results, best match first")
    expect(kinds).to_have_text([f"Answer{count}"])


def test_of_the_newest_that_may_have_a_phrase_it_says_how_they_are_ordered(tab: Page, served):
    search(tab, served, '"hostile body"', "&sort=date")
    expect(tab.locator("#results [role=status]")).to_have_text("At least 10 results, newest first")


def test_counts_behind_a_filter_are_limits_too(tab: Page, served):
    search(tab, served, '"hostile body" OR "turn into"')
    kinds = tab.locator("fieldset", has_text="Kind").locator("label")
    tab.get_by_label("Open question").check()
    expect(tab.locator("#results .list > li .meta").first).to_contain_text("Open question")
    expect(kinds.first).to_have_text(f"Answer≤\u202f{len(TITLES)}")


def test_an_address_brings_everything_back(tab: Page, served):
    search(tab, served, "neutrino", "&kind=answer&sort=date")
    expect(tab.locator("[name=kind][value=answer]")).to_be_checked()
    expect(tab.locator("[name=sort]")).to_be_checked()
    expect(tab.locator("#results [role=status]")).to_contain_text("newest first")
    years = [re.search(r"\d+\s(\w+)\s(\d{4})", text) for text in tab.locator("#results .list .meta").all_inner_texts()]
    months = ["JanFebMarAprMayJunJulAugSepOctNovDec".index(found[1]) for found in years]
    assert months == sorted(months, reverse=True)


KINDS = ("Answer", "Paper", "Open question")

STRIPS = """
list => Object.fromEntries([...list.querySelectorAll("li:has(svg.mini)")].map(row => {
  const svg = row.querySelector("svg.mini"), width = svg.viewBox.baseVal.width;
  const starts = path => [...path.getAttribute("d").matchAll(/M([\\d.]+) /g)].map(([, x]) => x / width);
  const drawn = [...svg.children].map(path => [path.getAttribute("class"), starts(path)]);
  return [row.querySelector("a").href, Object.fromEntries(drawn)];
}))
"""


def test_a_result_is_drawn_as_the_lists_draw_it(tab: Page, served):
    tab.goto(f"{served.url}category/hep-ph/")
    listed = tab.locator("ul.list").first.evaluate(STRIPS)
    search(tab, served, "case", "&kind=answer&category=hep-ph")
    shown = tab.locator("#results ul.list").evaluate(STRIPS)
    assert len(shown) == 10
    for address, lines in shown.items():
        assert lines.keys() == listed[address].keys(), address
        for kind in lines.keys() & {"l1", "l2", "l3"}:
            pairs = zip(lines[kind], listed[address][kind], strict=True)
            assert all(abs(here - there) <= 1 / 128 for here, there in pairs), (address, kind)


def test_a_result_says_that_it_was_rejected_in_palette_and_page(tab: Page, tmp_path: Path):
    (tmp_path / "answers").mkdir()
    for name, verdict in (("bad", "rejected"), ("good", "accepted, by: A Reader")):
        text = answer_text(f"Is it {name} with muons?", "Muons.", more=f"review: {{status: {verdict}}}")
        (tmp_path / "answers" / f"{name}.md").write_text(text, encoding="utf-8")
    with serving.served(tmp_path / "site") as small:
        serving.build_site(small, tmp_path / "answers")
        search(tab, small, "muons")
        rows = tab.locator("#results .list li")
        expect(rows.filter(has_text="A reviewer has rejected this answer.")).to_contain_text("Is it bad")
        expect(rows.filter(has_text="Is it good")).not_to_contain_text("rejected")
        tab.goto(small.url)
        tab.keyboard.press("/")
        tab.keyboard.type("muons")
        rows = tab.locator(".pal li")
        expect(rows.filter(has_text="A reviewer has rejected this answer.")).to_contain_text("Is it bad")
        expect(rows.filter(has_text="Is it good")).not_to_contain_text("rejected")


def test_more_results_are_added_and_the_first_new_one_is_focused(tab: Page, served):
    search(tab, served, "neutrino muon quark lattice")
    expect(tab.locator("#results .list li")).to_have_count(10)
    tab.get_by_role("button", name="Show 10 more").click()
    expect(tab.locator("#results .list li")).to_have_count(20)
    expect(tab.locator("#results .list li").nth(10).locator("a")).to_be_focused()


@pytest.fixture
def forty(tab: Page, served) -> Locator:
    """The rows of a search of which forty are shown."""
    search(tab, served, "neutrino muon quark lattice")
    rows = tab.locator("#results .list li")
    for count in (20, 30, 40):
        tab.get_by_role("button", name="Show 10 more").click()
        expect(rows).to_have_count(count)
    return rows


def test_back_leads_to_the_row_that_was_opened(tab: Page, forty: Locator):
    forty.nth(33).scroll_into_view_if_needed()
    before = tab.evaluate("scrollY")
    assert before > 1000
    forty.nth(33).locator("a").click()
    tab.wait_for_url(re.compile("/(ask|paper)/"))
    tab.go_back()
    expect(forty).to_have_count(40)
    expect(forty.nth(33)).to_be_in_viewport()
    assert abs(tab.evaluate("scrollY") - before) < 50


def test_a_link_within_the_page_leaves_the_results_there(tab: Page, forty: Locator):
    tab.evaluate("location.hash = 'main'")
    tab.wait_for_timeout(500)
    expect(forty).to_have_count(40)
    tab.reload()
    expect(forty).to_have_count(40)
    tab.go_back()
    tab.wait_for_timeout(500)
    expect(forty).to_have_count(40)


def test_papers_and_open_questions_are_found_too(tab: Page, served):
    search(tab, served, "neutrino")
    kinds = tab.locator("fieldset", has_text="Kind")
    for kind in ("Answer", "Paper", "Open question"):
        expect(kinds).to_contain_text(kind)
    search(tab, served, "kind:question turn into")
    link = tab.locator("#results .list li a").first
    link.click()
    tab.wait_for_url(re.compile("#keep-exploring$"))


def test_an_archive_id_goes_straight_to_its_paper(tab: Page, served):
    tab.goto(f"{served.url}search/?q=ag-2025.01-3")
    tab.wait_for_url(f"{served.url}paper/AG-2025.01-003/")


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        # Of the same month the nearest numbers, of equals the lower one; else of the nearest month.
        ("ag-2026.09-0018", ["AG-2026.09-0017", "AG-2026.09-0026", "AG-2026.09-0008"]),
        ("AG-2026.09-12", ["AG-2026.09-0008", "AG-2026.09-0017", "AG-2026.09-0026"]),
        ("[AG-2029.13-9999]", ["AG-2026.09-0026", "AG-2026.09-0017", "AG-2026.09-0008"]),
        ("AG-2024.12-2", ["AG-2025.01-002", "AG-2025.01-001", "AG-2025.01-003"]),
    ],
)
def test_an_id_of_no_paper_leads_to_the_nearest(tab: Page, served, asked: str, nearest: list[str]):
    search(tab, served, asked)
    said = f"No paper here has the id {asked.strip('[]').upper()}. These papers have the nearest ids."
    expect(tab.locator("#results [role=status]")).to_have_text(said)
    expect(tab.locator(".browse")).to_be_visible()
    rows = tab.locator("#results .list li")
    for row, paper in zip(rows.all(), nearest, strict=True):
        expect(row).to_contain_text(paper)
        expect(row).to_contain_text(re.compile("On .* and|Hostile"))
    assert tab.locator(FOREIGN).count() == 0

    tab.goto(f"{served.url}paper/")
    tab.keyboard.press("/")
    tab.keyboard.type(asked)
    expect(tab.locator(".pal [role=status]")).to_have_text(said)
    expect(tab.locator(".pal li .meta")).to_contain_text(nearest)
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{served.url}paper/{nearest[0]}/")


def test_no_result_says_so_suggests_and_leads_on(tab: Page, served):
    search(tab, served, "neutrimo xyzzy")
    expect(tab.locator("#results [role=status]")).to_contain_text("Nothing found for “neutrimo xyzzy”.")
    expect(tab.locator(".browse")).to_be_visible()
    tab.get_by_role("button", name="neutrino xyzzy").click()
    expect(tab.locator("#results [role=status]")).to_contain_text("results")


def test_where_there_is_nothing_to_filter_no_filters_stand(tab: Page, served):
    search(tab, served, "neutrino")
    filters, status = tab.locator(".filters"), tab.locator("#results [role=status]")
    for query, said in (("xyzzy", "Nothing found"), ("(neutrino", "A bracket"), ("AG-2025.01-999", "No paper here")):
        tab.locator("#q").fill("neutrino")
        tab.locator("#q").press("Enter")
        expect(filters).to_be_visible()
        tab.locator("#q").fill(query)
        tab.locator("#q").press("Enter")
        expect(status).to_contain_text(said)
        expect(filters).to_be_hidden()


def test_of_many_fields_twelve_are_shown_and_the_others_are_a_button_away(tab: Page, tmp_path: Path):
    (tmp_path / "answers").mkdir()
    for number, letter in enumerate("ABCDEFGHIJKLMNO"):
        paper = f"AG-2025.01-{number + 1}"
        text = answer_text("Is it hot?", f"A kettle [{paper}].", sources=f"{paper} cs.A{letter} 50 Pot")
        (tmp_path / "answers" / f"{letter}.md").write_text(text, encoding="utf-8")
    with serving.served(tmp_path / "site") as site:
        serving.build_site(site, tmp_path / "answers")
        search(tab, site, "kettle")
        fields = tab.locator("fieldset", has_text="Field")
        expect(fields.locator("label")).to_have_count(12)
        expect(tab.locator("fieldset", has_text="Model").locator("button")).to_have_count(0)
        fields.get_by_role("button", name="and 3 more").click()
        expect(fields.locator("label")).to_have_count(15)
        expect(fields.locator("button")).to_have_count(0)
        expect(fields.locator("input").nth(12)).to_be_focused()
        tab.keyboard.press("Space")
        expect(tab.locator("#results [role=status]")).to_have_text("One result")
        expect(fields.locator("label")).to_have_count(15)


@pytest.mark.parametrize("begun", ["t", "th", "the", "how", "how is", "how is zq"])
def test_a_question_of_which_only_little_words_are_typed_is_no_search_that_failed(tab: Page, served, begun: str):
    tab.goto(f"{served.url}ask/a007/")
    tab.keyboard.press("/")
    tab.keyboard.type(begun)
    said = tab.locator(".pal [role=status]")
    expect(said).to_contain_text("Words or a whole question")
    tab.keyboard.type(" xyzzy")
    expect(said).to_have_text(f"Nothing found for “{begun} xyzzy”.")


def test_little_words_that_were_asked_for_are_not_found(tab: Page, served):
    tab.goto(f"{served.url}search/?q=xyzzy")
    said = tab.locator("#results [role=status]")
    expect(said).to_have_text("Nothing found for “xyzzy”.")
    tab.locator("#q").fill("how is")
    expect(said).to_contain_text("Words or a whole question")
    tab.keyboard.press("Enter")
    expect(said).to_have_text("Nothing found for “how is”.")


def test_filters_that_leave_nothing_can_be_taken_off(tab: Page, served):
    search(tab, served, "neutrino", "&model=nobody")
    tab.get_by_role("button", name="Clear filters").click()
    expect(tab.locator("#results [role=status]")).to_contain_text("results")


def test_a_malformed_query_is_one_sentence(tab: Page, served):
    search(tab, served, '"neutrino')
    expect(tab.locator("#results [role=status]")).to_have_text(
        "A quotation mark is never closed, or has nothing in it."
    )


def test_brackets_that_are_too_deep_are_one_sentence(tab: Page, served):
    search(tab, served, "(" * 51 + "neutrino" + ")" * 51)
    expect(tab.locator("#results [role=status]")).to_have_text(
        "Brackets are nested too deeply. Take some out, or ask in parts."
    )
    search(tab, served, "(" * 50 + "neutrino" + ")" * 50)
    expect(tab.locator("#results [role=status]")).to_contain_text("results")


def test_fifty_hostile_queries_stay_text(tab: Page, served):
    assert len(set(QUERIES)) == 50
    tab.goto(f"{served.url}search/")
    for payload in QUERIES:
        tab.locator("#q").fill(payload)
        tab.keyboard.press("Enter")
        expect(tab.locator("#results [role=status]")).not_to_have_text("Searching …")
        assert tab.locator(FOREIGN).count() == 0
        assert tab.url.startswith(served.url)


def test_hostile_titles_and_texts_stay_text(tab: Page, served):
    search(tab, served, "hostile")
    expect(tab.locator("#results .list li").first).to_be_visible()
    for _ in range(4):
        more = tab.get_by_role("button", name="Show 10 more")
        if more.is_visible():
            shown = tab.locator("#results .list li").count()
            more.click()
            expect(tab.locator("#results .list li").nth(shown)).to_be_visible()
    titles = results(tab)
    assert len(titles) == 2 * len(TITLES)
    for payload in TITLES:
        visible = " ".join(payload.split())
        assert sum(" ".join(title.split()) == f"Hostile {visible}" for title in titles) == 2, payload
    assert tab.locator(FOREIGN).count() == 0


def test_a_page_without_script_leads_to_the_lists(browser: Browser, served):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.url}search/?q=neutrino")
    note = page.locator("noscript p")
    assert note.is_visible()
    assert "needs JavaScript" in note.inner_text()
    for link in page.locator(".browse a").all():
        assert page.request.get(f"{served.url}search/{link.get_attribute('href')}").ok
    context.close()


def test_a_search_that_cannot_be_loaded_says_so(tab: Page, served, browser: Browser):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/search/meta.json", lambda route: route.abort())
    page.goto(f"{served.url}search/?q=neutrino")
    expect(page.locator("#results [role=status]")).to_contain_text("could not be loaded")
    expect(page.locator(".browse")).to_be_visible()
    page.unroute("**/search/meta.json")
    page.locator("#q").fill("neutrino muon")
    expect(page.locator("#results [role=status]")).to_contain_text("results")
    context.close()


def test_a_palette_whose_search_cannot_be_loaded_leads_to_the_lists(served, browser: Browser):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/search/*.bin", lambda route: route.abort())
    page.goto(f"{served.url}ask/a007/")
    page.keyboard.press("/")
    page.keyboard.type("neutrino")
    expect(page.locator(".pal [role=status]")).to_contain_text("These lists lead to everything there is.")
    links = page.locator(".pal li a")
    expect(links).to_have_count(4)
    assert all(page.request.get(link.evaluate("a => a.href")).ok for link in links.all())
    page.unroute("**/search/*.bin")
    page.keyboard.type(" muon")
    expect(page.locator(".pal mark").first).to_be_visible()
    page.locator("#pq").fill("AG-2025.01-001")
    expect(links).to_have_text(["AG-2025.01-001"])
    context.close()


@pytest.mark.parametrize("script", ["search-worker", "search-scorer"])
def test_a_search_whose_scripts_failed_once_goes_on_with_the_next_question(served, browser: Browser, script: str):
    context = browser.new_context()
    page = context.new_page()
    served.failing.append(script)
    page.goto(f"{served.url}search/?q=neutrino")
    expect(page.locator("#results [role=status]")).to_contain_text("could not be loaded")
    assert served.failing == []
    page.locator("#q").fill("neutrino muon")
    expect(page.locator("#results [role=status]")).to_contain_text("results")
    context.close()


def test_a_cold_query_is_small(browser: Browser, served):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served.url}ask/a007/")
    page.wait_for_load_state("networkidle")
    served.served.clear()
    page.keyboard.press("/")
    expect(page.locator("#pq")).to_be_focused()
    page.keyboard.type("neutrino lattice")
    expect(page.locator(".pal li").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    total, requests = sum(size for _, size in served.served), len(served.served)
    assert {path.split("?")[0].rpartition("/")[2] for path, _ in served.served} >= {"search.js", "meta.json"}
    assert not any("facets" in path for path, _ in served.served), "the palette shows none"
    assert total < 40_000, served.served
    assert requests < 30, served.served
    context.close()


def test_the_policy_needs_no_more_than_other_pages(served, tab: Page):
    tab.goto(f"{served.url}search/")
    search_policy = tab.locator("meta[http-equiv]").get_attribute("content")
    tab.goto(f"{served.url}ask/a007/")
    assert tab.locator("meta[http-equiv]").get_attribute("content") == search_policy
    assert "wasm" not in search_policy
    assert "unsafe" not in search_policy


def test_the_catalogue_names_every_file(served):
    folder = Path(served.RequestHandlerClass.keywords["directory"]) / "search"
    meta = json.loads((folder / "meta.json").read_text())
    assert (folder / meta["catalogue"]).is_file()
    assert meta["documents"] > 100
