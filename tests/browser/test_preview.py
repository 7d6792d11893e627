"""In a browser: edit, see; break, see what is wrong; mend, see."""

from __future__ import annotations

import re
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from agsite import files
from agsite.config import Config
from agsite.serve import Packed, Preview, Server, watch
from agsite.settings import load_config
from tests.building import options, write_answers
from tests.commands import serve


def settings(archive: Path) -> Config:
    """The settings of the archive; pictures for links take too long."""
    return load_config(str(archive / "agsite.yml"))[0].model_copy(update={"share_images": False})


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """An archive that is served and watched: its folder, and the address of an answer."""
    write_answers(tmp_path)
    (tmp_path / "papers").mkdir()
    server = Server("127.0.0.1", 0)
    shown = Preview(options(tmp_path), lambda: settings(tmp_path), server.announce)
    paths = [str(tmp_path / name) for name in ("answers", "templates", "agsite.yml")]
    seen = files.snapshot(paths)
    shown.refresh()
    server.site = shown
    serving = server.serve_in_background()
    stop = threading.Event()
    watching = threading.Thread(target=watch, args=(paths, stop, shown.refresh, seen))
    watching.start()
    yield tmp_path / "answers/spoon-1.md", f"http://127.0.0.1:{server.port}/ask/spoon-1/"
    stop.set()
    watching.join()
    server.shutdown()
    serving.join()
    server.server_close()


PROWLER = """<!doctype html><title>Soup</title><h1>Soup</h1><script>
const there = "http://127.0.0.1:PORT/";
new Image().src = there;
document.head.append(Object.assign(document.createElement("script"), {src: there}));
document.body.append(Object.assign(document.createElement("iframe"), {src: there}));
fetch("/").then(() => fetch(there, {mode: "no-cors"})).catch(() => document.body.append("kept here"));
</script>"""


def test_a_site_that_a_stranger_packed_asks_nothing_of_another_server_of_this_machine(page: Page, tmp_path: Path):
    asked = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with Server("127.0.0.1", 0) as server, ThreadingHTTPServer(("127.0.0.1", 0), Listener) as other:
        with zipfile.ZipFile(tmp_path / "site.zip", "w") as packed:
            packed.writestr("index.html", PROWLER.replace("PORT", str(other.server_port)))
        server.site = Packed(str(tmp_path / "site.zip"))
        serving = [server.serve_in_background(), threading.Thread(target=other.serve_forever)]
        serving[1].start()
        page.goto(f"http://127.0.0.1:{server.port}/")
        expect(page.get_by_text("kept here")).to_be_attached()
        for running in (server, other):
            running.shutdown()
        for thread in serving:
            thread.join()
    assert asked == []


WHOLE_PIXELS = 1
"""What a place may be off by: pages are scrolled by whole pixels, and the heights of lines are none."""


def seen(page: Page, words: str) -> None:
    """Wait until a page with these words is laid out with its fonts, which may come after its load and move lines."""
    expect(page.get_by_text(words)).to_be_attached()
    page.wait_for_load_state("load")
    page.evaluate(
        """async () => {
            await new Promise(requestAnimationFrame);
            await document.fonts.ready;
            for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
        }"""
    )


def read(page: Page, file: Path, address: str) -> str:
    """Read somewhere in the middle of a long answer; return its text."""
    text = file.read_text("utf-8") + "".join(f"\n\nParagraph {number} of a long answer." for number in range(60))
    file.write_text(text, "utf-8")
    page.goto(address)
    seen(page, "Paragraph 59 of a long answer.")
    page.evaluate("scrollTo({ top: 900, behavior: 'instant' })")
    return text


def height(page: Page) -> float:
    """How far from the top of the window the words stand that one reads."""
    words = page.get_by_text("Paragraph 15 of a long answer.")
    found: float = words.evaluate("words => words.getBoundingClientRect().top")
    return found


def test_an_edit_is_seen_where_one_was_reading(preview: tuple[Path, str], page: Page):
    """Whether a page gets its fonts in time or does without them, which makes a line more or less above."""
    file, address = preview
    text = read(page, file, address)
    before = height(page)
    file.write_text(text + "\n\nA kumquat rolls by.\n", "utf-8")
    seen(page, "A kumquat rolls by.")
    assert height(page) == pytest.approx(before, abs=WHOLE_PIXELS)


def test_what_one_reads_stays_in_place_when_something_is_written_above(preview: tuple[Path, str], page: Page):
    file, address = preview
    text = read(page, file, address)
    before = height(page)
    file.write_text(text.replace("Paragraph 3 ", "A kumquat rolls by.\n\nParagraph 3 "), "utf-8")
    seen(page, "A kumquat rolls by.")
    assert height(page) == pytest.approx(before, abs=WHOLE_PIXELS)


# What fonts do that come when a page has been placed; the browser keeps in place what is read, or does not.
GROWS = "document.querySelector('.head').style.marginTop = '50px'"
GROWS_LATER = f"requestAnimationFrame(() => requestAnimationFrame(() => {GROWS}))"
GROWS_UNSEEN = f"document.documentElement.style.overflowAnchor = 'none'; {GROWS}"
IS_MOVED = "scrollY && scrollBy({ top: 100, behavior: 'instant' })"


@pytest.mark.parametrize(("meanwhile", "moved"), [(GROWS_LATER, 0), (GROWS_UNSEEN, 0), (IS_MOVED, -100)])
def test_what_one_reads_stays_in_place_when_the_page_grows_above_but_moves_with_the_reader(
    preview: tuple[Path, str], page: Page, meanwhile: str, moved: int
):
    file, address = preview
    page.route(re.compile("woff2"), lambda route: route.abort())
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {meanwhile} }})")
    text = read(page, file, address)
    before = height(page)
    file.write_text(text + "\n\nA kumquat rolls by.\n", "utf-8")
    seen(page, "A kumquat rolls by.")
    assert height(page) == pytest.approx(before + moved, abs=WHOLE_PIXELS)


def test_the_place_on_a_page_outlasts_a_moment_without_it(preview: tuple[Path, str], page: Page):
    file, address = preview
    text = read(page, file, address)
    before = height(page)
    file.write_text("", "utf-8")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")
    file.write_text(text, "utf-8")
    seen(page, "Paragraph 59 of a long answer.")
    assert height(page) == pytest.approx(before, abs=WHOLE_PIXELS)


def test_a_page_that_did_not_change_is_not_loaded_again(preview: tuple[Path, str], page: Page):
    file, address = preview
    page.goto(address)
    page.evaluate("window.still = true")
    other = file.with_name("spoon-3.md")
    with page.expect_response(lambda response: response.url == address, timeout=5000):
        other.write_text(other.read_text("utf-8").replace("Nobody knows why.", "Nobody knows who."), "utf-8")
    page.wait_for_timeout(200)
    assert page.evaluate("window.still") is True


def broken(file: Path) -> str:
    """Misspell a field of an answer; return what it was."""
    whole = file.read_text("utf-8")
    file.write_text(whole.replace("model:", "modle:"), "utf-8")
    return whole


def test_what_is_wrong_is_shown_until_it_is_mended(preview: tuple[Path, str], page: Page):
    file, address = preview
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    whole = broken(file)
    panel = page.locator("agsite-news")
    expect(panel).to_contain_text("error AG134 there is no field “modle”")
    expect(panel).to_contain_text("Did you mean “model”?")
    expect(panel.get_by_role("button")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")
    file.write_text(whole, "utf-8")
    expect(page.get_by_role("heading", level=1)).to_have_text("What of spoon 1?")
    expect(panel).to_have_count(0)
    assert problems == []


def test_what_is_wrong_leaves_the_foot_of_the_page_in_sight(preview: tuple[Path, str], page: Page):
    file, address = preview
    for name in ("spoon-0.md", "spoon-2.md", "spoon-3.md"):
        broken(file.with_name(name))
    page.goto(address)
    expect(page.locator("agsite-news")).to_be_visible()
    # The page is loaded and the message shown anew while checks are made.
    page.wait_for_function(
        """() => {
            scrollTo({top: 1e6, behavior: "instant"});
            const [foot, news] = ["footer", "agsite-news"].map(e => document.querySelector(e)?.getBoundingClientRect());
            return foot?.bottom <= news?.top; }"""
    )


def test_what_was_closed_stays_so_until_something_new_is_wrong(preview: tuple[Path, str], page: Page):
    file, address = preview
    panel, rows = page.locator("agsite-news"), page.locator("agsite-news li")
    whole = broken(file.with_name("spoon-0.md"))
    page.goto(address)
    panel.get_by_role("button").click()
    file.write_text(file.read_text("utf-8") + "\n\nA kumquat rolls by.\n", "utf-8")
    expect(page.get_by_text("A kumquat rolls by.")).to_be_attached()
    page.goto(address.replace("spoon-1", "spoon-3"))
    page.wait_for_timeout(300)
    expect(panel).to_have_count(0)
    broken(file.with_name("spoon-2.md"))
    expect(rows).to_contain_text(["spoon-2.md", "spoon-0.md"])
    panel.get_by_role("button").click()
    file.with_name("spoon-0.md").write_text(whole, "utf-8")
    page.wait_for_timeout(300)
    expect(panel).to_have_count(0)


def test_a_broken_template_is_shown_until_it_is_mended(preview: tuple[Path, str], page: Page):
    file, address = preview
    page.goto(address)
    template = file.parents[1] / "templates/answer.html"
    template.parent.mkdir()
    template.write_text("{% if %}")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page cannot be made")
    expect(page.locator("pre")).to_contain_text("answer.html:1")
    template.write_text("\n{{ kumquat }}")
    expect(page.locator("pre")).to_contain_text("kumquat")
    template.unlink()
    expect(page.get_by_role("heading", level=1)).to_have_text("What of spoon 1?")


def test_any_number_of_pages_is_open_at_once_and_follows(preview: tuple[Path, str], page: Page):
    """Browsers keep six connections to a server."""
    file, address = preview
    pages = [page, *(page.context.new_page() for _ in range(6))]
    for each in pages:
        each.goto(address, wait_until="commit")
    file.write_text(file.read_text("utf-8") + "\n\nA kumquat rolls by.\n", "utf-8")
    for each in pages:
        expect(each.get_by_text("A kumquat rolls by.")).to_be_attached()


def test_a_page_in_a_browser_where_pages_share_nothing_follows_too(preview: tuple[Path, str], page: Page):
    file, address = preview
    page.add_init_script("delete window.SharedWorker")
    page.goto(address)
    file.write_text(file.read_text("utf-8") + "\n\nA kumquat rolls by.\n", "utf-8")
    expect(page.get_by_text("A kumquat rolls by.")).to_be_attached()


def test_a_page_that_was_kept_when_it_was_left_follows_again(preview: tuple[Path, str], page: Page):
    """Not all browsers keep it, so it is told what those that do would tell it."""
    file, address = preview
    page.goto(address)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    file.write_text(file.read_text("utf-8") + "\n\nA kumquat rolls by.\n", "utf-8")
    page.wait_for_timeout(400)
    expect(page.get_by_text("A kumquat rolls by.")).to_have_count(0)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.get_by_text("A kumquat rolls by.")).to_be_attached()


def test_a_page_that_was_left_open_shows_what_a_new_server_has(tmp_path: Path, page: Page):
    file = write_answers(tmp_path) / "spoon-1.md"
    with serve(tmp_path, "--port", "0", "--no-search") as (_, said):
        address = said[-1].split()[4]
        with page.expect_response(re.compile("live.css")):
            page.goto(f"{address}ask/spoon-1/")
        page.wait_for_timeout(200)
    file.write_text(file.read_text("utf-8") + "\n\nA kumquat rolls by.\n", "utf-8")
    with serve(tmp_path, "--port", str(urlsplit(address).port), "--no-search"):
        expect(page.get_by_text("A kumquat rolls by.")).to_be_attached(timeout=20_000)
        page.evaluate("window.still = true")
        page.wait_for_timeout(700)
        assert page.evaluate("window.still") is True


def test_a_page_below_another_sub_path_is_led_to_the_present_one(preview: tuple[Path, str], page: Page):
    file, address = preview
    host = address.removesuffix("/ask/spoon-1/")
    page.goto(f"{address}?from=soup#spoon")
    for base in ("/soup/", "/", "/soup/of/the/day/", "/stew/"):
        (file.parents[1] / "agsite.yml").write_text(f"base_url: https://example.org{base}\n", "utf-8")
        page.wait_for_url(f"{host}{base}ask/spoon-1/?from=soup#spoon", timeout=5000)
        expect(page.get_by_role("heading", level=1)).to_have_text("What of spoon 1?")


def test_who_comes_while_the_archive_is_read_sees_so_and_then_the_page(tmp_path: Path, page: Page):
    write_answers(tmp_path)
    server = Server("127.0.0.1", 0)
    shown = Preview(options(tmp_path), lambda: settings(tmp_path), server.announce)
    serving = server.serve_in_background()
    page.emulate_media(color_scheme="dark")
    page.goto(f"http://127.0.0.1:{server.port}/ask/spoon-1/")
    expect(page.get_by_role("heading", level=1)).to_have_text("The archive is being read")
    expect(page.locator("body")).to_have_css("background-color", "rgb(13, 20, 18)")
    shown.refresh()
    server.site = shown
    expect(page.get_by_role("heading", level=1)).to_have_text("What of spoon 1?")
    server.shutdown()
    serving.join()
    server.server_close()
