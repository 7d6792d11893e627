"""A site of one's own: templates, assets, phrases and pages replaced one by one; title, colours, language set."""

from __future__ import annotations

from pathlib import Path

import pytest

from agsite.build import Options, build
from agsite.config import Config
from agsite.report import Report
from tests import sites

ROOT = Path(__file__).parents[1]

CONFIG = {
    "title": "Fragen & Antworten",
    "tagline": "Was gefragt wurde.",
    "caveat": "Ohne Gewähr.",
    "license": "CC BY 4.0",
    "language": "de",
    "footer": [
        {"label": "Verein", "href": "https://example.org/verein"},
        {"label": "Impressum", "href": "/impressum/"},
        {"label": "Daten", "href": "/fragen/about/data/"},
    ],
    "colours": {"accent": ["#003388", "#88bbff"], "open": ["#8a1f00", "#ffaa80"]},
    "base_url": "https://example.org/fragen/",
}


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Path:
    """A site with files and settings of its own, in a folder as people have it."""
    folder = tmp_path_factory.mktemp("own")
    for name, text in {
        "templates/words.yml": "sources: Quellen\n",
        "templates/page.html": '{% extends "base.html" %}{% block main %}'
        "<h1>Eigen: {{ page.head.title }}</h1>{% endblock %}",
        "site_src/favicon.svg": "<svg/>",
        "site_src/logo.svg": "<svg/>",
        "site_src/pages/impressum.md": "# Impressum\n\nText.\n",
        "site_src/pages/about.md": "# Über uns\n\nText.\n",
        "site_src/pages/Große Seite.md": "# Seite *eins*\n\nText.\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    report = Report()
    options = Options(
        answers=(str(ROOT / "answers"),),
        papers=(),
        output=str(folder / "site"),
        templates=(str(folder / "templates"),),
        assets=(str(folder / "site_src"),),
    )
    build(options, Config.model_validate(CONFIG), report)
    assert report.published, report.findings
    return folder / "site"


def text(own: Path, page: str) -> str:
    return (own / page / "index.html").read_text(encoding="utf-8")


def test_a_template_of_the_site_replaces_ours_and_the_others_stay(own: Path):
    assert "<h1>Eigen: " in text(own, "about/how")
    assert 'class="plate"' in text(own, "ask/many-backgrounds")


def test_a_phrase_of_the_site_replaces_ours_and_the_others_stay(own: Path):
    page = text(own, "ask/many-backgrounds")
    assert "<h2>Quellen</h2>" in page
    assert "<h2>Keep exploring</h2>" in page


def test_an_asset_of_the_site_replaces_ours_and_further_ones_are_published(own: Path):
    assert (own / "assets/favicon.svg").read_text(encoding="utf-8") == "<svg/>"
    assert (own / "assets/logo.svg").is_file()
    assert (own / "assets/style.css").is_file()


def test_pages_of_the_site_join_ours_or_replace_them(own: Path):
    assert "Eigen: Impressum" in text(own, "impressum")
    assert "Eigen: Über uns" in text(own, "about")
    assert "Eigen: Data" in text(own, "about/data")


def test_a_page_may_have_spaces_and_accents_in_its_name(own: Path):
    assert "<h1>Eigen: Seite eins</h1>" in text(own, "Große Seite")
    address = "https://example.org/fragen/Gro%C3%9Fe%20Seite/"
    assert f'<link rel="canonical" href="{address}">' in text(own, "Große Seite")
    assert f"<loc>{address}</loc>" in (own / "sitemap.xml").read_text(encoding="utf-8")


def test_settings_speak_on_every_page(own: Path):
    for page in ("", "ask/many-backgrounds", "impressum"):
        shown = text(own, page)
        assert "Fragen &amp; Antworten</title>" in shown
        assert 'lang="de"' in shown
        assert "Ohne Gewähr. Licence: CC BY 4.0." in shown
        assert '<a href="https://example.org/verein">Verein</a>' in shown
    assert "<h1>Was gefragt wurde.</h1>" in text(own, "")


def test_a_link_at_the_foot_leads_to_a_page_of_the_site_below_its_sub_path(own: Path):
    for page, root in {"": "./", "ask/many-backgrounds": "../../", "impressum": "../"}.items():
        shown = text(own, page)
        assert f'<a href="{root}impressum/">Impressum</a>' in shown
        assert f'<a href="{root}about/data/">Daten</a>' in shown


def test_colours_are_a_style_of_their_own_after_ours(own: Path):
    styles = [link["href"] for link in sites.see(own / "index.html").find("link", rel="stylesheet")]
    names = [style.rpartition("/")[2].partition("?")[0] for style in styles]
    assert names.index("style.css") < names.index("colours.css")
    assert "light-dark(#003388,#88bbff)" in (own / "assets/colours.css").read_text(encoding="utf-8")


def test_every_link_of_such_a_site_leads_somewhere(own: Path):
    assert sites.broken_links(own, "/fragen/") == []
