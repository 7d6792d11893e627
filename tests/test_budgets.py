"""Limits on what readers load: style, scripts, and pages that stay small however large the archive grows."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from agsite import assets
from agsite.build import Options
from agsite.build.inputs import read_assets, read_look
from agsite.config import Config
from agsite.render import Renderer
from agsite.shipped import default_folder
from tests.archives import answer_text, archive, plan_pages

KIB = 1024
PAPER = "AG-2025.03-1"
CONFIG = Config(base_url="https://example.org/archive/", repository="https://example.org/some-organisation/the-archive")
SENTENCE = (
    "A sentence of the length that sentences in answers usually have, with a claim in the middle and words after it"
)


def test_style_keeps_its_limit():
    files = assets.load((default_folder("site_src"),), CONFIG.colours).files
    styles = [data for name, data in files.items() if name.endswith(".css")]
    assert sum(map(len, styles)) <= 20 * KIB
    assert sum(len(gzip.compress(style, 9)) for style in styles) <= 6.5 * KIB


def test_the_scripts_of_a_reading_page_keep_theirs():
    files = assets.load((default_folder("site_src"),), CONFIG.colours).files
    assert len(files["site.js"]) + len(files["theme.js"]) <= 8_000
    # The page for what is not there has one of its own.
    assert sum(len(files[name]) for name in ("site.js", "theme.js", "lost.js")) <= 8 * KIB


def body(number: int) -> str:
    """A text like the longer ones of real archives: 5 KB, five sections, a list, twelve citations."""
    sections = []
    for section in range(5):
        cited = " ".join(f"{SENTENCE} [AG-2025.03-{1 + (section * 3 + n) % 8}]." for n in range(2))
        plain = " ".join([f"{SENTENCE}."] * 4)
        sections.append(f"## Section {section} of answer {number}\n\n{cited} {plain}")
    return "\n\n".join([*sections, f"- One point [{PAPER}].\n- Another point.", "The archive has no study of this."])


@pytest.fixture(scope="module")
def pages() -> dict[str, int]:
    """The sizes of all pages of a crowded archive: one month, one field, eight papers that every answer cites."""
    title = "A Title of a Paper of the Usual Length, with a Colon: Part"
    sources = "\n".join(f"AG-2025.03-{n} hep-ph {70 - n} {title} {n}" for n in range(1, 9))
    files = {
        f"a{n:03}.md": answer_text(
            f"Would a question of the usual length, such as this one, be asked in variant {n} of itself as well?",
            body(n),
            sources=sources,
            follow_ups=tuple(
                f"Does open question {part} of answer {n} remain open for as long as nobody takes it up?"
                for part in range(3)
            ),
        )
        for n in range(110)
    }
    return dict(rendered(files))


def rendered(files: dict[str, str]) -> Iterator[tuple[str, int]]:
    options = Options()
    renderer = Renderer(read_look(options, CONFIG, read_assets(options, CONFIG).addresses))
    for page in plan_pages(archive(files), CONFIG):
        if page.template.endswith(".html"):
            yield page.url, len(renderer.render(page))


def test_every_answer_keeps_below_45_kib(pages: dict[str, int]):
    assert {url: size for url, size in pages.items() if url.startswith("ask/a") and size > 45 * KIB} == {}


def test_every_other_page_keeps_below_90_kib(pages: dict[str, int]):
    assert f"paper/{PAPER}/page/6/" in pages
    assert "month/2026-05/page/3/" in pages
    assert "open/page/7/" in pages
    assert {url: size for url, size in pages.items() if size > 90 * KIB} == {}
