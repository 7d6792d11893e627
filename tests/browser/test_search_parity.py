"""The browser finds what the program finds: the same ten, in the same order, with the same scores."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import ascii_lowercase

import pytest
from playwright.sync_api import Browser, Page

from agsite.config import Config
from agsite.search import Searcher, Wanted, find
from agsite.search.analysis import clean, stem_of, terms
from agsite.search.nodes import And, Field, Node, Not, Or, Words
from agsite.search.passages import ROOM, Asked, passage
from agsite.search.query import QueryError, parse
from tests.archives import plan_pages
from tests.searching import NOUNS, VERBS, indexed, made_up, queries, shards

COUNT = 260

START = """
async () => {
  const { Search } = await import("/assets/search-scorer.js");
  window.terms = await import("/assets/search-terms.js");
  window.query = await import("/assets/search-query.js");
  window.passages = await import("/assets/search-passage.js");
  window.search = new Search(async path => {
    const response = await fetch(new URL(path, location.origin + "/search/"));
    if (!response.ok) return null;
    const body = path.endsWith(".bin") ? response.body.pipeThrough(new DecompressionStream("deflate")) : response.body;
    return new Uint8Array(await new Response(body).arrayBuffer());
  });
  await search.ready;
}
"""
ASK = """
async ([text, options]) => {
  const { total, exact, hits } = await search.search(text, { limit: 10, ...options });
  return { total, exact, hits: hits.map(hit => [hit.url, hit.score]) };
}
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def both(browser: Browser, root: Path, tmp_path_factory) -> Iterator[tuple[Searcher, Page]]:
    """A searcher, and a page in which the module has loaded the shards of the same index."""
    folder = tmp_path_factory.mktemp("parity")
    archive = made_up(range(200))
    searcher = indexed(archive)
    texts = {page.url: page for page in plan_pages(archive, Config())}
    files = shards(searcher) | {
        url: page.context if isinstance(page.context, bytes) else page.context.encode()
        for url, page in texts.items()
        if url.startswith(("ask/", "paper/")) and url.endswith(("index.md", "index.json"))
    }
    files |= {f"assets/{p.relative_to(root / 'site_src')}": p.read_bytes() for p in (root / "site_src").rglob("*.js")}
    for path, data in {**files, "index.html": b"<!doctype html><title>x</title>"}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.evaluate(START)
        yield searcher, page
        page.close()
        server.shutdown()


def test_the_same_ten_in_the_same_order_with_the_same_scores(both):
    searcher, page = both
    differing = []
    asked = queries(searcher, COUNT)
    for text, limit in zip(asked, itertools.cycle((10, 500))):
        here = find(searcher, text, Wanted(limit=limit))
        # A phrase is checked in the browser until a page is full, so the whole number may not be known.
        there = page.evaluate(ASK, [text, {"limit": limit}])
        same_hits = [[hit.url, hit.score] for hit in here.hits] == there["hits"]
        if not same_hits or (there["exact"] and there["total"] != here.total):
            differing.append((text, here.total, there))
    assert differing == []
    assert len(set(asked)) >= 160
    assert sum(find(searcher, text).total > 0 for text in asked) >= 160


def test_only_phrases_are_looked_up_in_texts(both):
    _, page = both
    page.evaluate(START)
    read: list[str] = []
    page.on("request", lambda request: read.append(request.url))
    for text in ("muon plasma", "title:muon OR plasma", "muon NOT title:quark", 'plasma OR "muon of a lighthouse"'):
        assert page.evaluate(ASK, [text, {}])["total"] > 0
    assert read
    assert [url for url in read if "/ask/" in url or "/paper/" in url] == []
    page.evaluate(ASK, ['"muon quark" OR plasma', {}])
    assert [url for url in read if "/ask/" in url]


def test_what_is_found_while_one_types_is_found_by_the_program(both):
    searcher, page = both
    words = ("neutrinos", "oscillations", "condenses", "vortexes", "spectrum")
    typed = [word[:end] for word in words for end in range(3, len(word) + 1)]
    here = [[[hit.url, hit.score] for hit in find(searcher, text).hits] for text in typed]
    assert [page.evaluate(ASK, [text, {}])["hits"] for text in typed] == here
    assert all(here)


SUGGESTED = "texts => Promise.all(texts.map(async text => (await search.search(text)).suggestion))"


def slips(word: str, chance: random.Random) -> Iterator[str]:
    """A word with one slip after its first letter: a letter missing, added, wrong, or swapped with the next."""
    for at in range(1, len(word)):
        before, here, after, letter = word[:at], word[at], word[at + 1 :], chance.choice(ascii_lowercase)
        for wrong in (after, letter + after, letter + here + after, after[:1] + here + after[1:]):
            yield before + wrong


def test_the_same_word_is_suggested_wherever_the_slip_is(both):
    searcher, page = both
    chance = random.Random(3)
    texts = [slip for word in (*NOUNS, *VERBS) for slip in slips(word, chance)]
    texts += ["nuetrino AND nuetrino", "osilations quark", "lttices", "vvalue", "xy", "x_lattce", "dooes"]
    here = [find(searcher, text).suggestion for text in texts]
    there = page.evaluate(SUGGESTED, texts)
    assert [found for found in zip(texts, here, there, strict=True) if found[1] != found[2]] == []
    assert sum(bool(meant) for meant in here) > 300
    assert {"neutrino", "lattice", "couples"} <= set(here)


# Whatever may stand in a query, in the combinations that chance makes of it.
ROWS = (
    "muon Pions the \u03bd Schrödinger's x² ² ½ Ⅷ ٣ 日本 ﬁne \U0001d6fc e\u0301 _ mu 1t AND OR NOT and ANDy",
    '- - \u2013 ( ( ) ) " " * ~ ~1 ~2 : \'s ? title: Title: category: kind: model: date: evidence: field: Year:',
    "xdate: categry: mode: http: é: hep-ph papers open song",
    "2026 2026-03 2026-13 \uff12\uff10\uff12\uff16 .. >= <= 2026..2027 -03-09",
)
PIECES = [piece for row in ROWS for piece in row.split(" ")]
SPACES = ("\n", "\t", "\x1f", "\x85", "\xa0", "\u200b", "\u3000", "\ufeff")
PARSE = """
texts => texts.map(text => {
  try {
    const { node, words, last } = query.parse(text);
    return [node, words, last, query.parse(text, true).node];
  } catch (error) {
    if (!(error instanceof query.QueryError)) throw error;
    return null;
  }
})
"""


def made_of_pieces(chance: random.Random) -> str:
    """A query of up to nine pieces, most of them apart."""
    spaces = ("", " ", " ", chance.choice(SPACES))
    return "".join(chance.choice(PIECES) + chance.choice(spaces) for _ in range(chance.randint(1, 9)))


def tree(node: Node) -> list[object]:
    """A node as `search-query.js` writes it."""
    match node:
        case Words(counts):
            return ["words", [list(pair) for pair in counts]]
        case And(nodes) if all(isinstance(inner, Field) and inner.name == "title" for inner in nodes):
            return ["title", [inner.value for inner in nodes]]
        case And(nodes) | Or(nodes):
            return [type(node).__name__.lower(), [tree(inner) for inner in nodes]]
        case Not(inner):
            return ["not", tree(inner)]
        case Field(name, value, end):
            # Of a date the browser knows the month.
            return ["field", name, *([value[:7], end.rstrip("~")[:7] + "~"] if name == "date" else [value])]
        case _:
            return [type(node).__name__.lower(), *(list(part) if isinstance(part, tuple) else part for part in node)]


def parsed(text: str) -> list[object] | None:
    """What the program makes of a query; None where it refuses it."""
    try:
        query = parse(text)
    except QueryError:
        return None
    return [tree(query.node), list(query.words), query.last, tree(parse(text, unfinished=True).node)]


def test_queries_of_every_make_are_understood_alike(both):
    _, page = both
    chance = random.Random(22)
    long = ["x " * 1000, "x " * 1000 + "x", "\U0001d6fc" * 2000, "(" * 50 + "x" + ")" * 50, "(" * 51 + "x" + ")" * 51]
    ranges = [
        f"date:{one}..{two}" for one, two in itertools.product(("2026", "2026-08", "2026-08-09", "2027"), repeat=2)
    ]
    texts = [*(made_of_pieces(chance) for _ in range(20_000)), *long, *ranges]
    here = [parsed(text) for text in texts]
    there = page.evaluate(PARSE, texts)
    assert [found for found in zip(texts, here, there, strict=True) if found[1] != found[2]] == []
    assert sum(found is not None for found in here) > 8_000
    assert sum(found is None for found in here) > 4_000


@pytest.mark.parametrize(
    "text", ["xdate:2026 muon", "categry:neutrino", "muon -²", "muon -Ⅷ", "muon date:\uff12\uff10\uff12\uff16"]
)
def test_what_is_no_operator_is_words_in_both(both, text: str):
    searcher, page = both
    there = page.evaluate("async text => (await search.search(text)).total", text) if parsed(text) else None
    assert there == (find(searcher, text).total if parsed(text) else None)


def test_newest_first_is_the_same_order(both):
    searcher, page = both
    for text in ("neutrino", "muon lattice", "kind:paper number", "quark OR plasma"):
        here = [hit.url for hit in find(searcher, text, Wanted(by_date=True)).hits]
        assert here == [url for url, _ in page.evaluate(ASK, [text, {"sort": "date"}])["hits"]], text


OLD, NEW = "paper/AG-2026.02-0001/", "paper/AG-2026.03-0002/"
IDS = {
    "math/0309136": OLD,
    "math.GT/0309136": OLD,
    "MATH/0309136": OLD,
    "[arXiv:math.GT/0309136v2]": OLD,
    "https://arxiv.org/abs/math.GT/0309136": OLD,
    "2603.01234v3": NEW,
    "arxiv: 2603.01234": NEW,
    "https://www.arxiv.org/abs/2603.01234v1": NEW,
    " arxiv.org/pdf/2603.01234.pdf ": NEW,
    "AG-2026.2-1": None,
    "ag-2026.02-1": OLD,
    "gt/0309136": None,
    "2603.99999": None,
    "https://example.org/abs/2603.01234": None,
    "see arXiv:2603.01234": None,
}


def test_an_id_in_any_spelling_leads_to_its_paper(both):
    searcher, page = both
    assert {text: find(searcher, text).goto for text in IDS} == IDS
    assert {text: page.evaluate("async text => (await search.search(text)).goto ?? null", text) for text in IDS} == IDS


FACETS = """
async ([text, filters]) => {
  const { total, hits, facets } = await search.search(text, { filters, facets: true });
  return { total, hits: hits.map(hit => hit.url), facets };
}
"""


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"kind": ["paper"]},
        {"kind": ["paper", "question"], "category": ["hep-ph"]},
        {"category": ["astro-ph", "cs.LG"], "date": ["2026-03.."]},
        {"kind": ["answer"], "model": ["nobody"]},
    ],
)
def test_filters_and_their_counts_are_the_same(both, filters: dict[str, list[str]]):
    searcher, page = both
    since = filters.get("date", [".."])[0].removesuffix("..")
    wanted = Wanted(**{name: tuple(values) for name, values in filters.items() if name != "date"}, since=since)
    for text in ("neutrino muon", "neutrino kind:paper", "muon NOT quark"):
        here = find(searcher, text, wanted._replace(facets=True))
        there = page.evaluate(FACETS, [text, filters])
        assert there == {"total": here.total, "hits": [hit.url for hit in here.hits], "facets": here.facets}, text


def test_words_have_the_same_stems(both, root: Path):
    _, page = both
    prose = " ".join(path.read_text(encoding="utf-8") for path in (*root.glob("docs/*.md"), *root.glob("answers/*.*")))
    extra = (
        "quantization quantizations realizers ionization rotationally irrationality sizing stating skies news "
        "generously"
    )
    words = sorted({word for word in (prose + extra).lower().split() if word.isalpha()})
    there = page.evaluate("words => words.map(word => terms.stemOf(word))", words)
    assert len(words) > 1500
    assert [(w, t) for w, t in zip(words, there, strict=True) if stem_of(w) != t] == []


MADE_UP = [
    "Schrödinger\u2019s naïve \u03b3-ray at $10^{-6}\\,\\mathrm{GeV}$ [AG-2026.01-735, AG-2026.01-736]!",
    "\u1e9e \u01c4 \ufb01ne \u2460 x\u0301 \u65e5\u672c\u8a9e \u0130 \u00b2 \u00bd",
]

# Whatever may stand in an answer's text, in the combinations that chance makes of it.
MARKS = (
    "\n", "\n", "\n\n", "\r\n", "\u2028", "\x85", "\x1f", "\ufeff", "\u3000", "\t", " ", "- ", "* ", "**", "_", "1. ",
    "٣. ", "# ", "> ", "`", "```js", "---", "| ", "|---|---|", "{", "}", "$", "\\nu", "\\frac{", "\\,", "\\begin{x}",
    "\\\\", "[", "](", "![", "[x](y)", '[x](y "z")', ")", " [AG-2026.01-735]", " (AG-2026.01-1; AG-2026.01-2)", "[AG-",
    ". ", "? ", "e.g. ",
)  # fmt: skip
WORDS = (
    "muon",
    "Muons",
    "the",
    "\u03bd_e",
    "\U0001d6fc\U0001d6fd",
    "x\u0301",
    "pion,",
    "lattices.",
    "(vortex)",
    "\u65e5\u672c",
    "x" * 70,
)


def text_of_pieces(chance: random.Random, length: int) -> str:
    """A text of words and marks."""
    pieces = (chance.choice(MARKS if chance.random() < 0.3 else WORDS) for _ in range(length))
    return "".join(piece + chance.choice((" ", " ", "")) for piece in pieces)


def test_texts_become_the_same_prose(both, root: Path):
    _, page = both
    chance = random.Random(5)
    answers = [path.read_text(encoding="utf-8") for path in root.glob("answers/*.md")]
    texts = [*answers, *MADE_UP, *(text_of_pieces(chance, chance.randint(1, 30)) for _ in range(5_000))]
    there = page.evaluate("texts => texts.map(text => terms.clean(text))", texts)
    assert [(text, t) for text, t in zip(texts, there, strict=True) if clean(text) != t] == []


def test_prose_has_the_same_terms(both, root: Path):
    _, page = both
    for text in [*MADE_UP, *(path.read_text(encoding="utf-8") for path in root.glob("answers/*.md"))]:
        assert page.evaluate("text => terms.terms(text)", clean(text)) == terms(clean(text))


PASSAGES = """
cases => cases.map(([text, terms, starts, room]) => passages.passage(text, { terms: new Set(terms), starts }, room))
"""


def test_the_same_passage_is_chosen(both, root: Path):
    _, page = both
    chance = random.Random(8)
    answers = [clean(path.read_text(encoding="utf-8")) for path in root.glob("answers/*.md")]
    made = [clean(text_of_pieces(chance, chance.randint(0, 300))) for _ in range(400)]
    cases = []
    for text in answers * 20 + made:
        known = sorted(set(terms(text))) or ["muon"]
        asked = chance.sample(known, min(len(known), chance.randint(0, 4)))
        starts = [chance.choice(known)[:3]] if chance.random() < 0.3 else []
        cases.append((text, asked, starts, chance.choice((48, 90, 100, 150, ROOM))))
    there = page.evaluate(PASSAGES, cases)
    here = [passage(text, Asked(frozenset(asked), tuple(starts)), room) for text, asked, starts, room in cases]
    pairs = zip(cases, here, there, strict=True)
    assert [found for found in pairs if [list(piece) for piece in found[1]] != found[2]] == []
    assert sum(any(mark for _, mark in pieces) for pieces in here) > 300


MARKED = """
async text => {
  const { hits, asked } = await search.search(text);
  return Promise.all(hits.map(({ doc }) => search.passage({ doc, asked, room: 200 })));
}
"""


def test_a_found_text_has_the_same_excerpt(both):
    searcher, page = both
    asked = [text for text in queries(searcher, 60) if find(searcher, text).hits]
    for text in [*asked, "neutr* latt*", "oscillati* vortexes*", "muom~ quark"]:
        here = [[list(piece) for piece in hit.excerpt] for hit in find(searcher, text).hits]
        assert page.evaluate(MARKED, text) == here, text
