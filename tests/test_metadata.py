"""What the head of a page tells other programs: previews, feeds, linked data, references, what to fetch ahead."""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import http.server
import inspect
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec_schemaorg.models as vocabulary
import pybtex.database
import pytest
import rispy
from msgspec_schemaorg.enums import intangible
from pylatexenc.latex2text import LatexNodes2Text

from agsite.config import Config
from agsite.ids import PaperId
from tests.building import built, write_answers
from tests.published import BASE, HARD, HARD_TITLE, publish
from tests.sites import Seen, pages, see

PATH = urlsplit(BASE).path
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def meta(page: Seen, name: str) -> list[str]:
    return [values["content"] for tag in ("name", "property") for values in page.find("meta", **{tag: name})]


def linked(path: Path) -> dict[str, Any]:
    (block,) = SCRIPT.findall(path.read_text(encoding="utf-8"))
    return json.loads(block)


@pytest.fixture(scope="module")
def all_pages(published):
    return pages(published)


# --- Every page ------------------------------------------------------------------------------------------------------


def test_every_page_says_what_it_is_once(all_pages):
    for name, page in all_pages.items():
        for key in ("description", "robots", "og:type", "og:title", "og:description", "og:url", "og:site_name"):
            (value,) = meta(page, key)
            assert value.strip(), (name, key)
        (card,) = meta(page, "twitter:card")
        assert card == ("summary_large_image" if meta(page, "og:image") else "summary")
        (canonical,) = page.find("link", rel="canonical")
        assert meta(page, "og:url") == [canonical["href"]]
        assert meta(page, "og:locale") == ["en_US"]


def test_every_kind_of_page_is_described_in_words_of_its_own(all_pages):
    described: dict[str, list[str]] = {}
    for name, page in all_pages.items():
        if "noindex" not in meta(page, "robots")[0]:
            described.setdefault(meta(page, "description")[0], []).append(name)
    shared = {text: names for text, names in described.items() if len(names) > 1}
    assert shared == {}


def test_every_page_leads_to_both_feeds(all_pages):
    for name, page in all_pages.items():
        kinds = {link["type"]: link["href"] for link in reversed(page.find("link", rel="alternate"))}
        here = BASE + name.removesuffix("index.html")
        assert urljoin(here, kinds["application/atom+xml"]) == f"{BASE}feed.xml"
        assert urljoin(here, kinds["application/feed+json"]) == f"{BASE}feed.json"


def test_a_category_leads_to_its_own_feeds(all_pages):
    hrefs = [link["href"] for link in all_pages["category/hep-ph/index.html"].find("link", rel="alternate")]
    assert hrefs[-2:] == ["../../category/hep-ph/feed.xml", "../../category/hep-ph/feed.json"]


def test_every_full_address_is_below_the_address_of_the_site(published):
    """Apart from vocabularies, arXiv and DOIs, which a page names and does not load."""
    others = ("https://schema.org", "https://arxiv.org/", "https://doi.org/", "http://www.w3.org/1998/Math/MathML")
    for path in published.rglob("*.html"):
        for address in re.findall(r"https?://[^\s\"'<>]+", path.read_text(encoding="utf-8")):
            assert address.startswith((BASE, *others)), (path, address)


def test_alternates_and_pictures_are_files(published, all_pages):
    for name, page in all_pages.items():
        here = BASE + name.removesuffix("index.html")
        named = [urljoin(here, link["href"]) for link in page.find("link", rel="alternate")] + meta(page, "og:image")
        for address in named:
            assert (published / address.removeprefix(BASE)).is_file(), (name, address)


def test_pages_that_repeat_others_are_not_indexed(all_pages):
    assert meta(all_pages["ask/gone/index.html"], "robots") == ["noindex, follow"]
    assert meta(all_pages["paper/AG-2024.11-078/index.html"], "robots") == ["noindex, follow"]
    assert meta(all_pages["ask/hard/index.html"], "robots") == ["max-snippet:-1, max-image-preview:large"]


# --- Answers and papers ----------------------------------------------------------------------------------------------


def test_an_answer_is_previewed_by_its_question_first_cited_sentence_and_plate(all_pages):
    page = all_pages["ask/hard/index.html"]
    assert meta(page, "og:title") == [HARD]
    assert meta(page, "description") == meta(page, "og:description") == ["It does."]
    assert meta(page, "article:published_time") == ["2026-05-04"]
    assert meta(page, "og:image") == [f"{BASE}ask/hard/og.png"]
    assert (meta(page, "og:image:width"), meta(page, "og:image:height")) == (["1200"], ["630"])
    assert "3 of 5 sentences cite a source." in meta(page, "og:image:alt")[0]


def test_an_answer_is_no_paper_for_reference_managers(all_pages):
    for name, page in all_pages.items():
        tags = [
            values.get("name", "") for values in page.find("meta") if values.get("name", "").startswith("citation_")
        ]
        assert bool(tags) is name.startswith("paper/AG-"), name
        assert "citation_pdf_url" not in tags


def test_reference_managers_read_what_is_known_of_a_paper(all_pages):
    page = all_pages["paper/AG-2025.03-1234/index.html"]
    assert meta(page, "citation_title") == [HARD_TITLE]
    assert meta(page, "citation_author") == ["Müller & Søn, Åsa", "The {X} Collaboration"]
    assert meta(page, "citation_publication_date") == ["2025/03/05"]
    assert meta(page, "citation_arxiv_id") == ["2503.01234"]
    assert meta(page, "citation_doi") == ["10.1000/a_b&c<d>"]
    assert meta(page, "citation_keywords") == ["High Energy Physics - Phenomenology"]
    assert meta(all_pages["paper/AG-2024.11-077/index.html"], "citation_publication_date") == ["2024/11"]
    assert meta(all_pages["paper/AG-2024.11-077/index.html"], "citation_author") == []


# --- References as files ---------------------------------------------------------------------------------------------


# Straight quotes, and none of the braces that LaTeX takes for its own.
_AS_SHOWN = str.maketrans({"“": '"', "”": '"', "\u02c6": "^", "{": None, "}": None})


def shown(latex: str) -> str:
    """What LaTeX shows, by a reader that is not ours; formulas stay as they are written."""
    return LatexNodes2Text(math_mode="verbatim").latex_to_text(latex).translate(_AS_SHOWN)


@pytest.mark.parametrize(
    ("folder", "title"),
    [("ask/hard", HARD), ("paper/AG-2025.03-1234", HARD_TITLE), ("paper/AG-2024.11-077", "A Plain Title")],
)
def test_references_are_read_back_by_other_programs(published, folder, title):
    place = published / folder
    (entry,) = pybtex.database.parse_string((place / "cite.bib").read_text(encoding="utf-8"), "bibtex").entries.values()
    (ris,) = rispy.loads((place / "cite.ris").read_text(encoding="utf-8"))
    (csl,) = json.loads((place / "cite.json").read_text(encoding="utf-8"))
    assert shown(entry.fields["title"]) == title.translate(_AS_SHOWN)
    assert ris.get("title", ris.get("primary_title")) == csl["title"] == title
    assert entry.fields["url"] == csl["URL"] == f"{BASE}{folder}/"


def test_an_answer_is_cited_as_a_web_page_by_nobody(published):
    (csl,) = json.loads((published / "ask" / "hard" / "cite.json").read_text(encoding="utf-8"))
    assert csl["type"] == "webpage"
    assert "author" not in csl
    assert csl["note"] == "Written by test-model, a language model; not peer reviewed"
    (gone,) = json.loads((published / "ask" / "gone" / "cite.json").read_text(encoding="utf-8"))
    assert gone["note"] == "Withdrawn. Written by test-model, a language model; not peer reviewed"
    (by_hand,) = json.loads((published / "ask" / "hand" / "cite.json").read_text(encoding="utf-8"))
    assert by_hand["note"] == "Written by hand; not peer reviewed"


def test_references_on_a_page_are_those_of_its_files(tmp_path):
    path = write_answers(tmp_path, 1) / "spoon-0.md"
    path.write_text(path.read_text("utf-8").replace("test-model", "Soup & Spoon's <1>"), "utf-8")
    built(tmp_path, Config(citation_files=True))
    for page in (tmp_path / "_site/ask/spoon-0", tmp_path / "_site/paper/AG-2025.03-1234"):
        shown = re.findall(r'<pre id="as_\w+">(.*?)</pre>', (page / "index.html").read_text("utf-8"), re.DOTALL)
        files = [(page / f"cite.{form}").read_text("utf-8") for form in ("bib", "ris", "json")]
        assert [html.unescape(text).split() for text in shown] == [text.split() for text in files]


def test_references_as_files_are_off_unless_asked_for(tmp_path):
    site = publish(tmp_path, citation_files=False, share_images=False)
    assert not list(site.rglob("cite.*"))
    page = see(site / "ask" / "hard" / "index.html")
    assert not [link for link in page.find("link", rel="alternate") if "bibtex" in link["type"]]
    assert meta(page, "og:image") == []


# --- Linked data -----------------------------------------------------------------------------------------------------


def things(value: Any) -> Iterator[dict[str, Any]]:
    """Every thing that linked data speaks of, at any depth."""
    if isinstance(value, dict):
        if "@type" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from things(item)


def kinds_of(name: str) -> set[str]:
    """A type of schema.org with the more general ones above it."""
    return {kind.__name__ for kind in getattr(vocabulary, name).__mro__}


def expected(kind: type, name: str) -> str:
    """The types that schema.org expects of a property, as the vocabulary's classes write them."""
    own = (inspect.get_annotations(base) for base in kind.__mro__)
    return next(str(annotations[name]) for annotations in own if name in annotations)


def stands_for(address: str, types: set[str]) -> bool:
    """Whether an address is that of a thing, or of a member of an enumeration, of one of these types."""
    members = {name for kind in types for name in getattr(getattr(intangible, kind, None), "__members__", ())}
    return address.startswith("https://") and (
        "Thing" in types or address.removeprefix("https://schema.org/") in members
    )


def test_types_properties_and_values_are_of_the_vocabulary(published):
    """By the classes of msgspec-schemaorg, which are generated from the vocabulary that schema.org publishes."""
    seen = set()
    for path in published.rglob("*.html"):
        for block in SCRIPT.findall(path.read_text(encoding="utf-8")):
            data = json.loads(block)
            assert data.pop("@context") == "https://schema.org"
            for thing in things(data):
                kind = getattr(vocabulary, thing["@type"])
                seen.add(thing["@type"])
                for name, value in thing.items():
                    if name in {"@type", "@id"}:
                        continue
                    assert name in kind.__struct_fields__, (path, thing["@type"], name)
                    types = set(re.findall(r"\w+", expected(kind, name)))
                    for item in value if isinstance(value, list) else [value]:
                        if isinstance(item, dict):
                            assert kinds_of(item["@type"]) & types, (name, item["@type"], types)
                        elif isinstance(item, str):
                            assert types & {"str", "URL", "date", "datetime"} or stands_for(item, types), (name, types)
                        else:
                            assert types & {"int", "float"}, (name, types)
    assert {"WebPage", "CollectionPage", "WebSite", "Question", "Answer", "ScholarlyArticle", "BreadcrumbList"} <= seen


def test_an_answer_is_a_question_with_a_suggested_answer(published):
    data = linked(published / "ask" / "hard" / "index.html")
    assert (data["@type"], data["name"], data["datePublished"]) == ("WebPage", HARD, "2026-05-04")
    question = data["mainEntity"]
    assert (question["@type"], question["name"], question["answerCount"]) == ("Question", HARD, 1)
    (answer,) = question["suggestedAnswer"]
    assert "With $x^* < y$ it holds & stays." in answer["text"]
    assert answer["creditText"] == "Written by test-model, a language model; not peer reviewed"
    assert answer["author"]["@type"] == "Organization"
    source = answer["digitalSourceType"].removeprefix("https://schema.org/")
    assert source in intangible.IPTCDigitalSourceEnumeration.__members__
    first = answer["citation"][0]
    assert (first["name"], first["identifier"]) == (HARD_TITLE, "AG-2025.03-1234")
    assert first["@id"] == linked(published / "paper" / "AG-2025.03-1234" / "index.html")["@id"]


def test_an_answer_written_by_hand_is_not_called_machine_text(published):
    (answer,) = linked(published / "ask" / "hand" / "index.html")["mainEntity"]["suggestedAnswer"]
    assert "digitalSourceType" not in answer
    assert answer["creditText"] == "Written by hand; not peer reviewed"


def test_only_a_site_that_takes_answers_calls_them_qa_pages(published, tmp_path):
    site = publish(tmp_path, repository="https://example.org/owner/name")
    assert linked(site / "ask" / "hard" / "index.html")["@type"] == "QAPage"
    assert linked(published / "ask" / "hard" / "index.html")["@type"] == "WebPage"


def test_nothing_is_claimed_that_nobody_did(published):
    for path in published.rglob("*.html"):
        text = "".join(SCRIPT.findall(path.read_text(encoding="utf-8")))
        for claim in ("FAQPage", "acceptedAnswer", "upvoteCount", "aggregateRating", "SearchAction"):
            assert claim not in text


def test_a_block_of_data_cannot_end_early(published):
    for path in published.rglob("*.html"):
        blocks = SCRIPT.findall(path.read_text(encoding="utf-8"))
        assert all("<" not in block for block in blocks)
        assert len(blocks) == (0 if path.name == "404.html" else 1), path


def test_a_paper_is_an_article_with_the_authors_that_are_known(published):
    data = linked(published / "paper" / "AG-2025.03-1234" / "index.html")
    assert (data["@type"], data["name"], data["datePublished"]) == ("ScholarlyArticle", HARD_TITLE, "2025-03-05")
    assert [author["@type"] for author in data["author"]] == ["Person", "Organization"]
    assert (data["@id"], data["mainEntityOfPage"]["@id"]) == (
        f"{data['mainEntityOfPage']['@id']}#paper",
        data["mainEntityOfPage"]["url"],
    )
    assert data["sameAs"] == ["https://arxiv.org/abs/2503.01234", "https://doi.org/10.1000/a_b%26c%3Cd%3E"]
    bare = linked(published / "paper" / "AG-2024.11-077" / "index.html")
    assert bare["datePublished"] == PaperId("AG-2024.11-077").month
    assert not {"author", "sameAs", "text"} & set(bare)


def test_the_breadcrumb_is_the_one_that_readers_see(published):
    steps = linked(published / "ask" / "hard" / "index.html")["breadcrumb"]["itemListElement"]
    assert [step["position"] for step in steps] == [1, 2, 3, 4]
    assert [step.get("item") for step in steps] == [
        f"{BASE}ask/",
        f"{BASE}category/hep-ph/",
        f"{BASE}map/hard/",
        None,
    ]
    assert steps[-1]["name"] == HARD


def test_the_only_inline_block_that_the_policy_allows_is_the_one_on_the_page(published):
    for path in published.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        (rules,) = re.findall(r'<script type="speculationrules">(.*?)</script>', text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(rules.encode()).digest()).decode()
        assert f"script-src 'self' 'sha256-{digest}';" in text
        assert json.loads(rules)["prefetch"][0]["eagerness"] == "moderate"


# --- In a browser ----------------------------------------------------------------------------------------------------


class Requests(http.server.SimpleHTTPRequestHandler):
    """Serves a site and keeps what was asked for, with the purpose that the browser gave."""

    seen: list[tuple[str, str]]

    def do_GET(self):
        assert self.path.startswith(PATH)
        self.path = self.path.removeprefix(PATH.rstrip("/"))
        self.seen.append((self.path, self.headers.get("Sec-Purpose", "")))
        super().do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def served(published):
    """The site on a loopback server, and the list of requests that came in."""
    seen: list[tuple[str, str]] = []
    handler = functools.partial(type("Handler", (Requests,), {"seen": seen}), directory=str(published))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PATH}", seen
        server.shutdown()


def test_a_browser_accepts_every_kind_of_page_and_fetches_ahead_what_is_pointed_at(served, browser, published):
    address, seen = served
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in (
        "",
        "ask/hard/",
        "paper/AG-2025.03-1234/",
        "category/hep-ph/",
        "map/",
        "map/hard/",
        "open/",
        "404.html",
    ):
        page.goto(address + path)
    assert said == []
    page.goto(f"{address}ask/hard/")
    page.hover("#keep-exploring a[href$='ask/plain/']")
    for _ in range(100):
        if ("/ask/plain/", "prefetch") in seen:
            break
        page.wait_for_timeout(50)
    page.click("#keep-exploring a[href$='ask/plain/']")
    page.wait_for_url("**/ask/plain/")
    assert ("/ask/plain/", "prefetch") in seen
    assert not [path for path, purpose in seen if purpose and not path.endswith("/")]
    assert said == []
    page.close()


def test_the_window_of_a_paper_is_named_without_tex(published):
    page = (published / "paper" / "AG-2025.03-1234" / "index.html").read_text("utf-8")
    (name,) = re.findall("<title>(.*?)</title>", page)
    assert "b→s" in name
    assert "$" not in name


def test_nor_does_its_description_hold_any(all_pages):
    page = all_pages["paper/AG-2025.03-1234/index.html"]
    assert meta(page, "description") == meta(page, "og:description")
    assert "b→s" in meta(page, "description")[0]
    assert "$" not in meta(page, "description")[0]
