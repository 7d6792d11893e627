"""The rail and the margin: headings and notes beside the paragraphs that they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.archives import answer_text
from tests.browser.serving import Site, build_site, served

SOURCES = "\n".join(
    f"AG-2025.03-{n} hep-ph {70 - n} A Title of a Paper That Takes Several Lines beside a Paragraph of One, Part {n}"
    for n in range(1, 7)
)
CITED = " ".join(f"[AG-2025.03-{n}]" for n in range(1, 7))
BODY = f"""# The heading that this answer begins with, before any text

A short paragraph with many sources {CITED}.

Another, with one [AG-2025.03-1].

## A heading with so many words that it takes a good many more lines than the text below it

One line.

## Directly below it, another heading with a good many words

### And one below that

One line, which cites [AG-2025.03-2].

## A formula comes first

$$x = y$$

Then text, which cites [AG-2025.03-3].

## A list comes first

- One point [AG-2025.03-4].
- Another point.

## At the end stands a heading with so many words that it takes five lines or six beside a text of one

One line.
"""


class Beside(NamedTuple):
    """The upper and lower edges of something beside the text, and the upper edge of what it stands beside."""

    top: float
    bottom: float
    text: float


@pytest.fixture(scope="module")
def crowded(tmp_path_factory) -> Iterator[Site]:
    """A site of one answer, with more in the rail and the margin than there is room for."""
    folder = tmp_path_factory.mktemp("crowded")
    (folder / "answers").mkdir()
    (folder / "answers" / "crowded.md").write_text(
        answer_text("Is there room for all?", BODY, sources=SOURCES), "utf-8"
    )
    with served(folder / "site") as site:
        build_site(site, folder / "answers")
        yield site


@pytest.fixture(params=["crowded", "everything", "observables-or-algorithm", "classifier-as-likelihood"])
def text(page: Page, site, crowded, request) -> Page:
    page.goto(f"{(crowded if request.param == 'crowded' else site).url}ask/{request.param}/")
    return page


def beside(page: Page, selector: str) -> list[Beside]:
    found = page.eval_on_selector_all(
        selector,
        """all => all.map(e => {
            const range = document.createRange();
            range.selectNodeContents(e);
            let text = e.nextElementSibling;
            while (text.matches(".ev")) text = text.nextElementSibling;
            const at = e.getBoundingClientRect().top;
            return [at, range.getBoundingClientRect().bottom, text.getBoundingClientRect().top];
        })""",
    )
    assert found
    return [Beside(*edges) for edges in found]


def test_a_heading_hangs_level_with_its_text_and_above_the_next(text: Page):
    headings = beside(text, ".prose > [id]")
    follows_text = beside(text, ".prose > [id]:not(:has(+ [id]))")
    assert all(abs(heading.top - heading.text) < 2 for heading in follows_text)
    assert all(heading.bottom < below.top for heading, below in pairwise(headings))


def test_a_tall_heading_of_the_last_section_ends_above_what_follows_the_text(crowded: Site, page: Page):
    page.goto(f"{crowded.url}ask/crowded/")
    last = beside(page, ".prose > [id]:last-of-type")[-1]
    below = page.locator(".prose + *").evaluate("e => e.getBoundingClientRect().top")
    assert last.bottom - last.top > 90
    assert last.bottom < below


def test_a_note_begins_beside_its_paragraph_or_directly_below_the_one_before(text: Page):
    notes = beside(text, ".prose > .ev")
    lowest = 0.0
    for note in notes:
        assert abs(note.top - max(note.text, lowest)) < 12
        lowest = note.bottom


def test_a_tall_note_leaves_no_hole_in_the_text(crowded: Site, page: Page):
    page.goto(f"{crowded.url}ask/crowded/")
    first, second = page.locator(".prose > p").all()[:2]
    gap = second.evaluate("e => e.getBoundingClientRect().top") - first.evaluate(
        "e => e.getBoundingClientRect().bottom"
    )
    assert gap == pytest.approx(20, abs=1)


def test_in_letters_of_twice_the_size_all_stands_in_one_column_though_the_window_is_wide(crowded: Site, page: Page):
    page.goto(f"{crowded.url}ask/crowded/")
    beside_the_text = page.locator(".axis:visible, .prose > .ev:visible")
    assert beside_the_text.count() > 2
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    expect(beside_the_text).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    heading, rows = page.locator("#sources > div, #sources > ol").all()
    assert rows.bounding_box()["x"] == heading.bounding_box()["x"]


@pytest.mark.parametrize("width", [1152, 768, 390])
def test_in_a_narrow_window_all_headings_stand_as_far_above_their_text(crowded: Site, page: Page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{crowded.url}ask/crowded/")
    headings = beside(page, ".prose > [id]:has(+ .ev + p, + p)")
    assert {round(heading.text - heading.bottom) for heading in headings} <= {8, 9, 10, 11, 12}
