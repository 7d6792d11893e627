"""The page of a paper: who cites it where, what it is called, how it is cited itself."""

from __future__ import annotations

import json

import bibtexparser
import pytest
import rispy

from agsite.build import Options
from agsite.build.inputs import read_assets, read_look
from agsite.config import Config
from agsite.ids import PaperId
from agsite.pages.answers import answer_page
from agsite.pages.citing import cite_answer, cite_paper
from agsite.pages.facts import Facts
from agsite.pages.feeds import feed_pages
from agsite.pages.linked_data import linked_data
from agsite.pages.overview import Overview
from agsite.pages.page import Link, Page
from agsite.pages.papers import PaperPage, paper_pages, reference
from agsite.pages.provenance import made
from agsite.pages.twins import answer_json
from agsite.papers import ET_AL, to_bibtex
from agsite.records import Author, Paper
from agsite.render import Renderer
from tests.archives import answer_text, archive

ONE = "AG-2025.03-1"
SOURCES = f"{ONE} hep-ph 61 First\nAG-2025.03-2 hep-ex 52 Second"
CONFIG = Config(base_url="https://example.org/archive/", title="Questions & Answers", archive_name="Made-Up Archive")


def pages(files: dict[str, str], paper: str = ONE, metadata: tuple[Paper, ...] = ()) -> list[PaperPage]:
    plan = Overview(archive(files, metadata), CONFIG)
    return paper_pages(Facts(plan), plan.archive.papers[PaperId(paper)])


def page(body: str, **more) -> PaperPage:
    return pages({"a.md": answer_text("Why?", body, sources=SOURCES)}, **more)[0]


def test_the_chip_of_the_paper_leads_to_the_sentence_and_the_others_to_their_papers():
    (cited,) = page(f"A claim [{ONE}, AG-2025.03-2].").cited_in
    (sentence,) = cited.sentences
    assert {paper: mark.href for paper, mark in sentence.marks} == {
        ONE: "../../ask/a/#s-1",
        "AG-2025.03-2": "../../paper/AG-2025.03-2/",
    }


def test_a_paper_that_an_answer_does_not_list_has_no_number_there():
    (cited,) = page(f"A claim [{ONE}, AG-2025.03-7].").cited_in
    assert [(paper, mark.number) for paper, mark in cited.sentences[0].marks] == [(ONE, 1), ("AG-2025.03-7", 0)]
    (cited,) = page(f"A claim [{ONE}, AG-2025.03-7].", paper="AG-2025.03-7").cited_in
    assert cited.number == 0


def test_every_sentence_leads_to_its_own_anchor():
    (cited,) = page(f"One [{ONE}]. Between. Two [{ONE}].").cited_in
    assert [dict(sentence.marks)[ONE].href for sentence in cited.sentences] == ["../../ask/a/#s-1", "../../ask/a/#s-2"]


def test_what_a_table_says_is_shown_as_its_row():
    table = f"| Paper | Method |\n|---|---|\n| [{ONE}] | by hand, which the archive does not describe |\n"
    built = archive({"a.md": answer_text("Why?", table, sources=SOURCES)})
    plan = Overview(built, CONFIG)
    (cited,) = paper_pages(Facts(plan), built.papers[PaperId(ONE)])[0].cited_in
    said = "by hand, which the archive does not describe"
    assert [sentence.leaf.text for sentence in cited.sentences] == [f"[{ONE}] {said}"]
    assert [gap.text for gap in plan.gaps] == [said]
    assert answer_page(Facts(plan), built.entries[0]).head.description == said
    assert feed_summaries(plan) == [said]


def test_a_row_that_cites_a_paper_twice_is_shown_once():
    row = f"| one [{ONE}], not in the archive | two [{ONE}], not in the archive either |"
    built = archive({"a.md": answer_text("Why?", f"| Paper | Method |\n|---|---|\n{row}\n", sources=SOURCES)})
    plan = Overview(built, CONFIG)
    (shown,) = paper_pages(Facts(plan), built.papers[PaperId(ONE)])
    (sentence,) = shown.cited_in[0].sentences
    assert shown.sentences == 1
    assert sentence.leaf.text == f"one [{ONE}], not in the archive · two [{ONE}], not in the archive either"
    assert len(plan.gaps) == 1
    twin = answer_json(Facts(plan), built.entries[0], made(Facts(plan), built.entries[0]), ())
    assert len({citation["anchor"] for citation in twin["citations"]}) == 2
    assert all(citation["sentence"] == sentence.leaf.text for citation in twin["citations"])


def feed_summaries(plan: Overview) -> list[str]:
    feed = next(page.context for page in feed_pages(plan, "", plan.archive.entries))
    return [item.summary for item in feed.items]


def test_the_strip_shows_the_papers_own_lines_and_the_others_pale():
    (cited,) = page(f"One [{ONE}]. Two [AG-2025.03-2].").cited_in
    plate = cited.row.plate
    assert [path.count("M") for path in (plate.m, plate.l1 + plate.l2 + plate.l3)] == [1, 1]


def test_a_line_of_the_strip_is_as_heavy_however_the_text_spells_the_paper():
    files = {
        f"{name}.md": answer_text(f"Is it {name}?", f"It is [{spelt}].", sources="AG-2025.03-0012 hep-ph 75 A title")
        for name, spelt in (("listed", "AG-2025.03-0012"), ("short", "AG-2025.03-12"))
    }
    built = archive(files)
    plan = Overview(built, Config())
    assert [line.weight for entry in built.entries for line in plan.plate(entry).lines] == [3, 3]


def test_many_answers_are_paged_and_the_first_page_holds_the_rest():
    files = {
        f"a{n}.md": answer_text(f"Question {n}?", f"A claim [{ONE}] and [AG-2025.03-2].", sources=SOURCES)
        for n in range(45)
    }
    found = pages(files)
    assert [len(part.cited_in) for part in found] == [20, 20, 5]
    assert [part.head.url for part in found] == [f"paper/{ONE}/", f"paper/{ONE}/page/2/", f"paper/{ONE}/page/3/"]
    assert [bool(part.together) for part in found] == [True, False, False]
    assert [part.head.indexed for part in found] == [True, False, False]
    assert (found[1].head.previous, found[1].head.next) == (found[0].head.url, found[2].head.url)
    assert found[2].cited_in[0].sentences[0].marks[0][1].href.startswith("../../../../ask/")


def test_a_paper_that_is_never_cited_is_not_for_search_engines():
    shown = page("Nothing.")
    assert (shown.answers, shown.retrieved, shown.head.indexed) == (0, 1, False)
    assert [row.id for row, _ in shown.not_cited] == ["a"]


def test_matches_go_from_the_least_to_the_greatest_that_answers_tell():
    files = {f"{n}.md": answer_text("Why?", "Text.", sources=f"{ONE} hep-ph {n} First") for n in (61, 52, 58)}
    untold = answer_text("How?", f"A claim [{ONE}].", sources=f"{ONE} hep-ph 0 First").replace(", similarity: 0", "")
    (shown,) = pages({**files, "untold.md": untold})
    assert (shown.matches, shown.retrieved, shown.answers) == ((52, 61), 4, 1)
    assert {row.id: percent for row, percent in shown.not_cited} == {"61": 61, "52": 52, "58": 58}
    assert pages({"untold.md": untold})[0].matches is None


def test_answers_that_were_given_a_paper_and_do_not_cite_it_are_paged_too():
    files = {f"a{n:02}.md": answer_text(f"Question {n}?", "Text.", sources=SOURCES) for n in range(25)}
    found = pages(files | {"b.md": answer_text("Who cites?", f"A claim [{ONE}].", sources=SOURCES)})
    assert [(len(part.cited_in), len(part.not_cited), part.not_cited_more) for part in found] == [(1, 20, 5), (0, 5, 0)]
    assert len({row.id for part in found for row, _ in part.not_cited}) == 25
    assert [part.head.indexed for part in found] == [True, False]


def test_what_is_cited_with_it_is_counted():
    assert [(row.id, row.number) for row in page(f"One [{ONE}]. Two [AG-2025.03-2].").together] == [("AG-2025.03-2", 1)]


def test_titles_that_differ_are_shown_with_the_answers_that_give_them():
    shown = pages(
        {
            "old.md": answer_text("Old?", "Text.", sources=f"{ONE} hep-ex 60 An Old Title", date="2026-01-01"),
            "new.md": answer_text("New?", "Text.", sources=f"{ONE} hep-ph 60 A New Title", date="2026-02-01"),
        }
    )[0]
    assert shown.title == "A New Title"
    assert shown.title_from is not None
    assert shown.title_from.text == "New?"
    assert [(other.text, other.answer.url) for other in shown.titles] == [("An Old Title", "ask/old/")]
    assert [(other.text, other.answer.text) for other in shown.other_categories] == [("hep-ex", "Old?")]


def test_another_title_in_the_bibliography_is_shown():
    record = Paper(id=PaperId(ONE), title="A Title of Something Else")
    shown = page(f"One [{ONE}].", metadata=(record,))
    assert (shown.title, [(other.text, other.answer) for other in shown.titles]) == ("First", [(record.title, None)])
    assert shown.title_from == Link("Why?", "ask/a/")
    assert page(f"One [{ONE}].", metadata=(Paper(id=PaperId(ONE), title="FIRST."),)).titles == ()


def test_a_withdrawn_answer_names_papers_that_no_other_names():
    gone = answer_text(
        "New?", "Text.", sources=f"{ONE} hep-ex 60 A New Title", date="2026-02-01", more="status: withdrawn"
    )
    old = answer_text("Old?", "Text.", sources=f"{ONE} hep-ph 60 An Old Title", date="2026-01-01")
    shown = pages({"old.md": old, "new.md": gone})[0]
    assert (shown.title, shown.category, shown.titles, shown.other_categories) == ("An Old Title", "hep-ph", (), ())
    alone = pages({"new.md": gone})[0]
    assert (alone.title, alone.category) == ("A New Title", "hep-ex")


def test_authors_are_there_only_if_they_were_imported():
    assert page(f"One [{ONE}].").authors == ()
    record = Paper(id=ONE, authors=(Author(family="Doe", given="Jane"),), arxiv_id="2503.00001", abstract="In short.")
    shown = page(f"One [{ONE}].", metadata=(record,))
    assert (shown.authors, shown.names) == (("Jane Doe",), (("Doe", "Jane"),))
    assert (shown.arxiv_id, shown.find_url, shown.abstract) == ("2503.00001", None, "In short.")


def test_every_author_can_be_read_on_the_page():
    names = [f"Author Number{number}" for number in range(12)]
    record = Paper(id=ONE, authors=tuple(Author(family=name.split()[1], given="Author") for name in names))
    shown = page(f"One [{ONE}].", metadata=(record,))
    options = Options()
    renderer = Renderer(read_look(options, CONFIG, read_assets(options, CONFIG).addresses))
    html = renderer.render(Page(shown.head.url, "paper.html", shown)).decode()
    assert all(name in html.partition("</dl>")[0].partition('<dl class="record">')[2] for name in names)
    assert "<summary>and 4 more</summary>Author Number8, " in html


def test_without_an_arxiv_id_the_title_is_searched_for():
    assert page("Nothing.").find_url == "https://arxiv.org/search/?query=First&searchtype=title"


# --- References, read back by independent parsers --------------------------------------------------------------------

TRICKY = [
    "Signs & $b\\to s$ under_scores",
    "100% of {braces} #1 ~ ^",
    "Naïve “Schrödinger” – ångström",
    "A \\ back\\slash",
]


@pytest.mark.parametrize("title", TRICKY)
def test_references_of_an_answer_are_read_back_whole(title: str):
    plan = Overview(archive({"a.md": answer_text(title, "Text.")}), CONFIG)
    shown = cite_answer(CONFIG, lambda *_, **__: "By a model", answer_page(Facts(plan), plan.archive.entries[0]))
    entry = bibtexparser.parse_string(shown.bibtex).entries[0]
    assert entry.key == "a"
    assert {entry[key] for key in ("year", "url")} == {"2026", "https://example.org/archive/ask/a/"}
    assert entry["howpublished"] == r"Questions \& Answers"
    assert shown.ris.count("\r\n") == shown.ris.count("\n")
    (ris,) = rispy.loads(shown.ris)
    assert (ris["title"], ris["year"], ris["urls"]) == (title, "2026", ["https://example.org/archive/ask/a/"])
    (csl,) = json.loads(shown.csl)
    assert (csl["title"], csl["type"], csl["issued"]) == (title, "webpage", {"date-parts": [[2026, 5, 3]]})
    assert "author" not in csl, "a model is not an author"


def test_authors_that_are_not_named_are_no_organisation():
    record = Paper(id=PaperId(ONE), authors=(Author(family="Doe", given="Ann"), ET_AL))
    shown = linked_data(page(f"One [{ONE}].", metadata=(record,)), "First", CONFIG, lambda key, **_: key)
    assert [author["name"] for author in json.loads(shown)["author"]] == ["Ann Doe"]


def test_references_of_a_paper_name_its_page_in_the_archive():
    shown = cite_paper(CONFIG, page(f"One [{ONE}]."))
    entry = bibtexparser.parse_string(shown.bibtex).entries[0]
    assert (entry.key, entry["url"]) == (ONE, f"https://example.org/archive/paper/{ONE}/")
    assert entry["note"] == f"Made-Up Archive id {ONE}"
    (ris,) = rispy.loads(shown.ris)
    assert ris["title"] == "First"


def test_a_title_that_nobody_gave_is_not_made_up_in_the_bibliography_either():
    built = archive({"a.md": answer_text("Why?", f"One [{ONE}].")})
    (paper,) = built.papers.values()
    shown = cite_paper(CONFIG, paper_pages(Facts(Overview(built, CONFIG)), paper)[0])
    assert to_bibtex([reference(paper, CONFIG)], CONFIG.archive_name) == shown.bibtex
    assert "title" not in shown.bibtex
