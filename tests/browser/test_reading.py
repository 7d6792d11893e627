"""Reading: keys and their off switch, theme, quiet citations, copying, permalinks, gaps, small screens, no script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from agsite import markup
from agsite.answerfile import blank_answer, scalar
from tests.browser.kinds import ANSWER, PAPER


def target(page: Page) -> str:
    return page.evaluate("document.querySelector(':target')?.id ?? ''")


# --- Keys ------------------------------------------------------------------------------------------------------------


def test_n_and_p_go_from_one_cited_sentence_to_the_next(answer: Page):
    seen = []
    for key in "nnnpn":
        answer.keyboard.press(key)
        seen.append(target(answer))
    assert seen == ["s-1", "s-2", "s-3", "s-2", "s-3"]


def test_n_reaches_the_last_cited_sentence_though_the_page_cannot_scroll_on(answer: Page):
    for _ in range(20):
        answer.keyboard.press("n")
    assert target(answer) == answer.locator(".cs").last.get_attribute("id")


def test_p_at_the_foot_of_the_page_goes_to_the_last_cited_sentence(answer: Page):
    answer.evaluate("scrollTo(0, document.body.scrollHeight)")
    answer.keyboard.press("p")
    assert target(answer) == answer.locator(".cs").last.get_attribute("id")


def test_keys_leave_no_trail_in_the_history(answer: Page):
    before = answer.evaluate("history.length")
    answer.keyboard.press("n")
    answer.keyboard.press("n")
    assert answer.evaluate("history.length") == before


def test_a_target_lands_at_thirty_percent_of_the_window(answer: Page, site):
    answer.goto(site.url + ANSWER + "#s-3")
    top = answer.locator("#s-3").evaluate("e => e.getBoundingClientRect().top")
    assert top == pytest.approx(0.3 * 900, abs=20)


def test_the_ring_of_a_paper_that_is_not_listed_is_seen_on_a_filled_chip(answer: Page):
    chip = answer.locator(".prose .cite.unlisted").first
    chip.hover()
    ground = answer.evaluate("getComputedStyle(document.body).backgroundColor")
    expect(chip.locator(".ring")).to_have_css("border-top-color", ground)


def test_s_goes_to_the_sources_and_c_makes_citations_quiet(answer: Page):
    answer.keyboard.press("s")
    answer.wait_for_url("**/#sources")
    cite = answer.locator(".prose .cite:not(.named)").first
    shown = cite.evaluate("e => getComputedStyle(e).backgroundColor")
    answer.keyboard.press("c")
    expect(answer.locator("html")).to_have_attribute("data-cites", "quiet")
    expect(cite).not_to_have_css("background-color", shown)
    answer.keyboard.press("c")
    expect(cite).to_have_css("background-color", shown)


def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(answer: Page):
    answer.keyboard.press("?")
    dialog = answer.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Next sentence with a source")
    answer.keyboard.press("n")
    assert target(answer) == "", "keys rest while the list is open"
    answer.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_keys_do_nothing_in_fields_and_with_modifiers(answer: Page):
    answer.keyboard.press("Control+n")
    answer.keyboard.press("Alt+s")
    assert target(answer) == ""
    answer.evaluate("document.querySelector('main').append(document.createElement('input'))")
    answer.locator("main > input").focus()
    answer.keyboard.type("ncs?")
    assert target(answer) == ""
    assert answer.locator("main > input").input_value() == "ncs?"


def test_keys_can_be_switched_off_for_good_and_on_again(answer: Page, site):
    answer.goto(site.url + "about/accessibility/")
    answer.locator("article").get_by_role("button", name="Turn single-key shortcuts off").click()
    answer.goto(site.url + ANSWER)
    answer.keyboard.press("n")
    answer.keyboard.press("?")
    assert target(answer) == ""
    expect(answer.get_by_role("dialog")).to_have_count(0)
    answer.goto(site.url + "about/accessibility/")
    answer.locator("article").get_by_role("button", name="Turn single-key shortcuts on").click()
    answer.goto(site.url + ANSWER)
    answer.keyboard.press("n")
    assert target(answer) == "s-1"


# --- Choices ---------------------------------------------------------------------------------------------------------


def ground(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_goes_from_the_systems_to_light_to_dark_and_stays(answer: Page, site):
    button = answer.get_by_role("button", name="Colour theme")
    light = ground(answer)
    expect(button).to_have_text(re.compile("Auto"))
    button.click()
    expect(button).to_have_text(re.compile("Light"))
    answer.emulate_media(color_scheme="dark")
    assert ground(answer) == light
    button.click()
    expect(button).to_have_text(re.compile("Dark"))
    answer.emulate_media(color_scheme="light")
    dark = ground(answer)
    assert dark != light
    answer.goto(site.url)
    assert ground(answer) == dark
    answer.get_by_role("button", name="Colour theme").click()
    assert ground(answer) == light


def test_quiet_citations_lose_their_ground_and_stay_quiet(answer: Page):
    chip = answer.locator(".prose a.cite").first
    loud = chip.evaluate("e => getComputedStyle(e).backgroundColor")
    button = answer.get_by_role("button", name="Quiet citations")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    answer.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert chip.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)" != loud
    expect(chip).to_have_text("1")


# --- Copying ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def clipboard(browser: Browser, site):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    yield page
    context.close()


def pasted(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def test_a_citation_is_copied_in_one_click(clipboard: Page, site):
    clipboard.goto(site.url + ANSWER)
    clipboard.get_by_role("button", name="Copy citation").click()
    expect(clipboard.get_by_role("status")).to_have_text("Copied")
    assert pasted(clipboard) == (
        "“Does a made-up detector notice what nobody has simulated?” Made-Up Q&A, "
        f"written by claude-haiku-4-5, 3 May 2026. {site.url}{ANSWER}"
    )


def test_references_are_copied_as_they_stand(clipboard: Page, site):
    clipboard.goto(site.url + PAPER)
    clipboard.locator(".tools").get_by_role("button", name="Copy BibTeX").click()
    expect(clipboard.get_by_role("status")).to_have_text("Copied")
    assert pasted(clipboard) == clipboard.locator("#as_bibtex").text_content()
    clipboard.get_by_text("CSL-JSON", exact=True).click()
    clipboard.get_by_role("button", name="Copy CSL-JSON").click()
    assert '"title": "A Made-Up Search under Another Title"' in pasted(clipboard)


@pytest.mark.parametrize("path", ["open/", "", "ask/attacking-the-simulation/"])
def test_an_open_question_is_copied_as_an_answer_file(clipboard: Page, site, path):
    clipboard.goto(site.url + path)
    open_ = clipboard.locator("li", has=clipboard.locator("[data-asker]")).first
    open_.get_by_role("button", name=re.compile("Copy as answer file")).click()
    expect(clipboard.get_by_role("status")).to_have_text("Copied")
    asker = open_.locator("[data-asker]").get_attribute("data-asker")
    assert pasted(clipboard) == blank_answer(open_.locator(".q").inner_text(), f"Asked by {asker}")


def test_whatever_a_question_holds_is_copied_with_it(clipboard: Page, site):
    question = 'ASKER: "$& or \\$1 <&>" #QUESTION?'
    clipboard.goto(site.url + "open/")
    button = clipboard.locator("[data-asker]").first
    button.evaluate("(button, given) => Object.assign(button.dataset, given)", {"question": scalar(question)})
    button.click()
    expect(clipboard.get_by_role("status")).to_have_text("Copied")
    assert pasted(clipboard) == blank_answer(question, f"Asked by {button.get_attribute('data-asker')}")


@pytest.mark.parametrize(("path", "name"), [(ANSWER, "Copy citation"), (PAPER, "Copy BibTeX")])
def test_where_the_clipboard_is_closed_the_text_is_selected(page: Page, site, path, name):
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('closed'))")
    page.goto(site.url + path)
    page.get_by_role("button", name=name).first.click()
    expect(page.get_by_role("status")).to_contain_text("Copying is blocked")
    assert len(page.evaluate("getSelection().toString()")) > 40


def test_a_file_that_cannot_be_copied_stands_below_its_question(page: Page, site):
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('closed'))")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(site.url + "open/")
        row = page.locator("li", has=page.locator("[data-asker]")).first
        row.get_by_role("button").click()
        shown, question = row.locator("pre").bounding_box(), row.locator(".q").bounding_box()
        assert shown
        assert question
        assert shown["x"] == question["x"]
        assert shown["width"] >= question["width"]


# --- Links -----------------------------------------------------------------------------------------------------------


def test_headings_gaps_and_sources_have_links_to_themselves(answer: Page):
    for place in ("#what-was-shown", "#g-1", "#src-2"):
        link = answer.locator(f'a.perma[href="{place}"]')
        assert link.evaluate("e => getComputedStyle(e).opacity") == "0"
        answer.locator(place).hover()
        expect(link).to_have_css("opacity", "1")
        link.click()
        answer.wait_for_url(f"**/{place}")


def test_no_sign_covers_the_words_behind_a_cited_sentence(answer: Page):
    expect(answer.locator(".cs .perma")).to_have_count(0)


def test_links_to_themselves_are_no_part_of_the_text(answer: Page):
    assert "#" not in answer.locator("article").inner_text()


def test_a_paper_leads_to_the_sentence_in_the_answer(page: Page, site):
    page.goto(site.url + PAPER)
    page.locator('li.context[data-answer="everything"] a.go').nth(1).click()
    page.wait_for_url("**/ask/everything/#s-2")
    expect(page.locator(":target")).to_contain_text("A detector that knows several backgrounds")


def test_an_id_in_a_wrong_address_becomes_a_link(page: Page, site):
    page.goto(site.url + "papers/ag-2025.03-1234")
    page.get_by_role("link", name="AG-2025.03-1234").click()
    page.wait_for_url("**/" + PAPER)


def test_no_line_ends_within_an_id(page: Page, site):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site.url + "papers/AG-2025.03-1234")
    link = page.get_by_role("link", name="AG-2025.03-1234")
    expect(link).to_be_visible()
    assert link.evaluate("e => e.offsetHeight") < 30


def test_an_id_of_no_paper_does_not(page: Page, site):
    page.goto(site.url + "papers/AG-1999.01-1")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#lost")).to_be_hidden()


def test_a_cited_row_of_a_table_is_marked_as_a_whole(page: Page, site):
    page.goto(site.url + "ask/observables-or-algorithm/#s-2")
    marked = "e => getComputedStyle(e).backgroundColor"
    row = page.locator("tr", has=page.locator("#s-2"))
    assert row.evaluate(marked) == page.locator("#s-2").evaluate(marked)
    assert page.locator("tr", has=page.locator("#s-1")).evaluate(marked) == "rgba(0, 0, 0, 0)"


# --- Gaps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_a_gap_within_a_paragraph_is_read_out_as_one(answer: Page, width):
    answer.set_viewport_size({"width": width, "height": 900})
    said = answer.get_by_role("article").aria_snapshot()
    assert "Not in the archive: The archive has no study of two detectors at once." in said
    assert said.count("Not in the archive") == 2, "the other gap is a paragraph of its own, below the same words"


def test_where_there_is_no_margin_a_gap_within_a_paragraph_is_named(answer: Page):
    label = answer.locator("#g-1 .label")
    shown = "e => getComputedStyle(e).position !== 'absolute' && e.getBoundingClientRect().width > 60"
    assert not label.evaluate(shown), "the margin says it"
    for media, width in (("screen", 1152), ("screen", 390), ("print", 1280)):
        answer.emulate_media(media=media)
        answer.set_viewport_size({"width": width, "height": 900})
        assert label.evaluate(shown), (media, width)


# --- Formulas --------------------------------------------------------------------------------------------------------


def test_no_line_begins_with_the_comma_behind_a_formula(answer: Page):
    (block,) = markup.read("For every ($x = y$), and for $n$-fold ones.").blocks
    text = markup.leaf_html(block.leaves[0], markup.chips({}))
    answer.get_by_role("article").evaluate("(article, text) => article.innerHTML = `<p>${text}</p>`", text)
    formulas = answer.locator("article .nb")
    assert formulas.all_text_contents() == ["(x=y),", "n-"]
    for width in range(60, 240, 3):
        answer.locator("article p").evaluate("(p, width) => p.style.width = width + 'px'", width)
        lines = formulas.evaluate_all("all => all.map(e => e.getClientRects().length)")
        assert lines == [1, 1], width


# --- Small screens ---------------------------------------------------------------------------------------------------


@pytest.fixture
def narrow(browser: Browser) -> Iterator[Page]:
    # 320 CSS pixels are what 400 % of zoom leave of a screen of 1280.
    context = browser.new_context(viewport={"width": 320, "height": 640})
    yield context.new_page()
    context.close()


def test_text_spacing_of_the_readers_choice_loses_nothing(narrow: Page, site):
    narrow.goto(site.url + ANSWER)
    narrow.evaluate(
        "document.styleSheets[0].insertRule('*{line-height:1.5!important;letter-spacing:.12em!important;"
        "word-spacing:.16em!important}', 0);"
        "document.styleSheets[0].insertRule('p{margin-bottom:2em!important}', 0)"
    )
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_heading_that_fills_its_line_makes_no_page_scroll_sideways(narrow: Page, site):
    narrow.goto(site.url + "ask/attacking-the-simulation/")
    for width in (320, 321, 322, 485):
        narrow.set_viewport_size({"width": width, "height": 640})
        assert narrow.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("path", ["map/many-backgrounds/", "map/", "paper/", "category/hep-ph/"])
def test_threads_and_ids_in_letters_of_twice_the_size_do_not_scroll_the_narrowest_page(narrow: Page, site, path: str):
    narrow.goto(site.url + path)
    narrow.evaluate("document.documentElement.style.fontSize = '200%'")
    assert narrow.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("path", ["map/many-backgrounds/", "paper/AG-2024.01-1031/", "category/hep-ph/", "search/", ""])
def test_in_letters_of_twice_the_size_no_page_scrolls_sideways(narrow: Page, site, path: str):
    narrow.set_viewport_size({"width": 390, "height": 640})
    narrow.goto(site.url + path)
    narrow.evaluate("document.documentElement.style.fontSize = '200%'")
    assert narrow.evaluate("document.documentElement.scrollWidth") == 390
    for field in narrow.locator(".find input").all():
        assert field.evaluate("e => e.offsetWidth") > 250


@pytest.mark.parametrize("width", [660, 768, 900, 1000])
def test_the_navigation_and_never_the_theme_falls_to_a_row_of_its_own(narrow: Page, site, width: int):
    narrow.set_viewport_size({"width": width, "height": 640})
    narrow.goto(site.url)
    brand, theme, nav = (
        narrow.locator(f"header {part}").first.evaluate(
            "e => { const box = e.getBoundingClientRect(); return (box.top + box.bottom) / 2; }"
        )
        for part in (".brand", ".theme", "nav")
    )
    assert abs(theme - brand) < 5
    assert (nav > brand + 20) == (width < 960)


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_a_long_name_breaks_beside_the_glyph_and_leaves_the_buttons_in_their_row(browser: Browser, site, width: int):
    context = browser.new_context(viewport={"width": width, "height": 640}, has_touch=True, is_mobile=width < 800)
    page = context.new_page()
    page.goto(site.url)
    page.locator(".brand").evaluate(
        "e => e.lastChild.textContent = 'A very long name of an archive about everything that freezes and thaws'"
    )
    middle = "all => all.map(e => { const {top, bottom} = e.getBoundingClientRect(); return (top + bottom) / 2 })"
    brand, search, theme = page.locator(".brand, [data-search], .theme").evaluate_all(middle)
    assert brand == pytest.approx(search, abs=1) == pytest.approx(theme, abs=1)
    assert page.locator(".brand svg").evaluate("e => e.getBoundingClientRect().width") == 26
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_headings_stand_at_one_distance_below_the_way_to_them(page: Page, site, width: int):
    page.set_viewport_size({"width": width, "height": 640})
    apart = """() => Math.round(document.querySelector("h1").getBoundingClientRect().top
        - document.querySelector(".crumb").getBoundingClientRect().bottom)"""
    found = set()
    for address in ("model/", "model/claude-haiku-4-5/", "month/", "category/hep-ph/", PAPER, ANSWER):
        page.goto(site.url + address)
        found.add(page.evaluate(apart))
    assert len(found) == 1


def test_the_name_of_the_site_is_a_link_no_wider_than_itself(page: Page, site):
    page.goto(site.url)
    link = page.locator(".brand")
    assert link.bounding_box()["width"] < 200


def test_lines_of_a_deep_thread_end_where_it_goes_no_further_in(narrow: Page, site):
    narrow.goto(site.url + "map/many-backgrounds/")
    widths = narrow.locator(".tree li").first.evaluate(
        """place => Array.from({length: 9}, () => {
            const list = place.appendChild(document.createElement("ul"));
            place = list.appendChild(document.createElement("li"));
            return getComputedStyle(list).borderInlineStartWidth; })"""
    )
    assert (widths[0], widths[-1]) == ("1px", "0px")


def test_what_leads_to_the_rest_of_a_thread_stands_as_close_as_a_question(page: Page, site):
    page.goto(site.url + "map/many-backgrounds/")
    row, other = page.locator(".tree li > div").evaluate_all(
        """([first]) => {
            const row = first.cloneNode(), link = row.appendChild(document.createElement("a"));
            [link.className, link.href, link.textContent] = ["more", "./", "and 3 more"];
            first.after(row);
            return [row, first].map(e => e.getBoundingClientRect().height); }"""
    )
    assert row <= other


def test_on_a_phone_a_thread_says_of_every_question_whether_it_is_answered(narrow: Page, site):
    narrow.goto(site.url + "map/many-backgrounds/")
    said = set()
    for row in narrow.locator(".tree li > div:has(.ring)").all():
        ring, question, state = row.locator("> *").all()
        said.add(state.inner_text())
        boxes = [
            e.evaluate("e => { const {left, right, bottom} = e.getBoundingClientRect(); return [left, right, bottom] }")
            for e in (ring, question, state)
        ]
        assert boxes[0][1] < boxes[1][0] == boxes[2][0] < boxes[2][1] <= 320
        assert boxes[1][2] < boxes[2][2]
    assert {"answered", "open"} <= said


@pytest.mark.parametrize("touch", [True, False])
def test_a_narrow_head_is_two_rows_and_no_line_touches_the_next(browser: Browser, site, touch: bool):
    context = browser.new_context(viewport={"width": 320, "height": 640}, is_mobile=touch, has_touch=touch)
    page = context.new_page()
    page.goto(site.url + "ask/")
    page.locator(".brand").evaluate("e => e.lastChild.textContent = 'Antigravity Q&A'")
    for row in (".brand, [data-search], .theme", ".mast nav a"):
        middles = page.locator(row).evaluate_all(
            "all => all.map(e => { const box = e.getBoundingClientRect(); return (box.top + box.bottom) / 2; })"
        )
        assert max(middles) < min(middles) + 5
    page.evaluate("document.documentElement.style.fontSize = '150%'")
    box = """e => { const range = document.createRange(); range.selectNodeContents(e);
        const {top, bottom} = range.getBoundingClientRect(); return [top, bottom]; }"""
    here, below = (page.locator(".mast nav a", has_text=name).evaluate(box) for name in ("Answers", "Open questions"))
    # Of its font, the line lies 0.4 em below where the letters stand, and is 2 pixels thick.
    assert below[0] - here[1] > 5
    context.close()


def test_no_word_stands_on_a_line_of_its_own_below_a_question(narrow: Page, site):
    narrow.goto(site.url)
    words = """all => all.map(p => {
        const text = document.createTreeWalker(p, NodeFilter.SHOW_TEXT).nextNode(), lines = new Map();
        for (const { index, 0: word } of text.data.matchAll(/[^ \u2002]+/g)) {
            const range = document.createRange();
            range.setStart(text, index);
            range.setEnd(text, index + word.length);
            const { top } = range.getBoundingClientRect();
            lines.set(top, (lines.get(top) ?? 0) + 1);
        }
        return [...lines.values()];
    })"""
    lines = narrow.locator(".list.plain p.meta").evaluate_all(words)
    assert {len(each) for each in lines} >= {2}
    assert [each for each in lines if each[-1] == 1] == []


def test_no_field_of_a_thread_is_broken_at_its_hyphen(narrow: Page, site):
    narrow.goto(site.url + "map/many-backgrounds/")
    fields = narrow.locator("dt", has_text="Fields").locator("+ dd")
    assert fields.inner_text().split(", ") == ["hep-ex", "astro-ph.CO", "hep-ph"]
    for width in range(90, 170, 4):
        fields.evaluate("(e, width) => e.style.width = width + 'px'", width)
        assert max(fields.locator("span").evaluate_all("all => all.map(e => e.offsetHeight)")) < 30
        assert fields.locator("span").count() == 3


def test_no_row_of_a_list_of_fields_is_wider_than_a_phone(narrow: Page, site):
    narrow.goto(site.url + "category/")
    for row in narrow.locator(".cols li").all():
        row.evaluate("e => e.querySelector('.id').textContent = 'cond-mat.supr-con'")
        assert row.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_text_starts_within_a_screen_and_a_half_of_a_phone(browser: Browser, site):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(site.url + ANSWER)
    assert page.locator("article p").first.evaluate("e => e.getBoundingClientRect().top") < 1.5 * 844
    context.close()


# --- Notes -----------------------------------------------------------------------------------------------------------


def test_the_note_of_a_withdrawn_answer_says_why_in_the_notice(page: Page, site):
    page.goto(site.url + "ask/withdrawn/")
    expect(page.locator(".notice")).to_contain_text("so that links to it still work. It cited a paper for what")
    expect(page.get_by_text("It cited a paper for what it does not say.")).to_have_count(1)


def test_the_note_of_another_answer_stands_apart_from_the_line_of_counts(page: Page, site):
    page.goto(site.url + "ask/nothing-cited/")
    counts = page.locator("figcaption").evaluate("e => e.getBoundingClientRect().bottom")
    note = page.get_by_text("Corrected on 4 May 2026.").evaluate("e => e.getBoundingClientRect().top")
    assert note - counts > 8


# --- No script -------------------------------------------------------------------------------------------------------


def test_an_answer_without_script_has_its_text_evidence_sources_and_references(browser: Browser, site):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + ANSWER)
    expect(page.locator("article")).to_contain_text("A detector that knows several backgrounds")
    expect(page.locator(".ev").first).to_be_visible()
    expect(page.locator("li.source")).to_have_count(5)
    page.get_by_text("BibTeX", exact=True).click()
    expect(page.locator("#as_bibtex")).to_contain_text("@misc{everything")
    context.close()
