"""Whole sites: what is built from real answers is right in every page, link and citation."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from agsite.build import Options, build
from agsite.config import Config
from agsite.findings import fails
from agsite.report import Report
from tests import sites
from tests.archives import answer_text
from tests.building import write_answers

ROOT = Path(__file__).parents[1]
SEEDS = ROOT.parent / "shared" / "seeds"
BASE = "https://example.org/archive/"


def built(output: Path, *answers: Path, base_url: str = BASE, **more) -> tuple[Path, Report]:
    """Build these folders of answers, strictly unless told otherwise."""
    report = Report()
    papers = (str(ROOT / "papers"),)
    options = Options(answers=tuple(map(str, answers)), papers=papers, output=str(output), **({"strict": True} | more))
    build(options, Config(base_url=base_url), report)
    assert report.published, report.findings
    return output, report


@pytest.fixture(scope="module", params=["answers", "seeds"])
def site(request, tmp_path_factory):
    """The site of the founding answers, and the one of the five seeds."""
    folder = ROOT / "answers" if request.param == "answers" else SEEDS
    if not folder.is_dir():
        pytest.skip(f"the real answer files are not at {folder}: this part is tested only where they are")
    return built(tmp_path_factory.mktemp("site") / "out", folder)[0]


def test_every_link_and_fragment_leads_somewhere(site):
    assert sites.broken_links(site, "/archive/") == []


def test_what_a_papers_page_has_no_room_for_is_a_link_away(tmp_path: Path):
    (tmp_path / "answers").mkdir()
    sources = "AG-2025.03-1 hep-ph 61 Cited once\nAG-2025.03-2 hep-ph 52 Never cited"
    for number in range(22):
        cited = "It is [AG-2025.03-1]." if number == 21 else "It is."
        text = answer_text(f"Why {number}?", cited, sources=sources, follow_ups=("How so?",))
        (tmp_path / f"answers/a{number}.md").write_text(text, "utf-8")
    site, _ = built(tmp_path / "out", tmp_path / "answers", strict=False)
    assert sites.broken_links(site, "/archive/") == []
    cited, never = (sites.see(site / f"paper/AG-2025.03-{number}/index.html").links for number in (1, 2))
    assert "../../paper/AG-2025.03-1/page/2/#not-cited" in cited
    assert "../../paper/AG-2025.03-2/page/2/" in never


def test_a_very_long_title_is_set_smaller(tmp_path: Path):
    long, short = "o" * 141, "o" * 140
    (tmp_path / "answers").mkdir()
    for name, title, paper in (("long", long, "AG-2025.03-1"), ("short", short, "AG-2025.03-2")):
        text = answer_text(
            title, f"It is [{paper}].", sources=f"{paper} hep-ph 61 {title}", follow_ups=(f"Why {title}?",)
        )
        (tmp_path / f"answers/{name}.md").write_text(text, "utf-8")
        (tmp_path / f"answers/{name}-next.md").write_text(answer_text(f"Why {title}?", "It is."), "utf-8")
    site, _ = built(tmp_path / "out", tmp_path / "answers", strict=False)
    for folder, name in (("ask", "long"), ("paper", "AG-2025.03-1"), ("map", "long")):
        assert f'<h1 class="long">{long}</h1>' in (site / folder / name / "index.html").read_text("utf-8")
    for folder, name in (("ask", "short"), ("paper", "AG-2025.03-2"), ("map", "short")):
        assert f"<h1>{short}</h1>" in (site / folder / name / "index.html").read_text("utf-8")


def test_of_many_answers_to_a_question_a_page_shows_the_newest_and_counts_the_others(tmp_path: Path):
    (tmp_path / "answers").mkdir()
    for day in range(1, 31):
        text = answer_text("Why?", "It is.", date=f"2026-04-{day:02}")
        (tmp_path / f"answers/a{day}.md").write_text(text, "utf-8")
    (tmp_path / "answers/asks.md").write_text(answer_text("What?", "It is.", follow_ups=("Why?",)), "utf-8")
    site, _ = built(tmp_path / "out", tmp_path / "answers", strict=False)

    def section(answer: str, id: str) -> str:
        page = (site / "ask" / answer / "index.html").read_text("utf-8")
        return page.partition(f'id="{id}"')[2].partition("</section>")[0]

    def leading_to(part: str) -> list[str]:
        return re.findall(r'href="[./]*ask/(\w+)/"', part)

    beside = section("a1", "asked-before")
    assert leading_to(beside) == [f"a{day}" for day in range(30, 6, -1)]
    assert "and 5 more" in beside
    assert leading_to(section("asks", "keep-exploring")) == [f"a{day}" for day in range(30, 5, -1)]


def test_what_an_answer_links_to_is_found_from_every_page_and_feed(tmp_path: Path):
    answers = write_answers(tmp_path, 2)
    body = "Spoons hum ([as others](../spoon-1/), [above](#s-1), [far](https://x.org)) [AG-2025.03-1234]."
    text = answer_text("What of a ladle?", body, sources="AG-2025.03-1234 hep-ph 61 Soup")
    (answers / "ladle.md").write_text(text, "utf-8")
    site, _ = built(tmp_path / "out", answers, strict=False)
    assert sites.broken_links(site, "/archive/") == []
    paper = (site / "paper/AG-2025.03-1234/index.html").read_text("utf-8")
    assert 'href="../../ask/ladle/../spoon-1/"' in paper
    feed = (site / "feed.xml").read_text("utf-8")
    for address in (f"{BASE}ask/ladle/../spoon-1/", f"{BASE}ask/ladle/#s-1", "https://x.org"):
        assert f'href="{address}"' in feed


def test_every_page_has_what_every_page_must_have(site):
    for name, page in sites.pages(site).items():
        (html,) = page.find("html")
        (csp,) = page.find("meta", http_equiv="Content-Security-Policy")
        (canonical,) = page.find("link", rel="canonical")
        assert html["lang"] == "en", name
        assert "default-src 'none'" in csp["content"], name
        assert "unsafe" not in csp["content"], name
        assert canonical["href"].startswith(BASE), name
        assert len(page.find("main")) == len(page.find("h1")) == 1, name


def test_pages_are_well_formed_and_ids_are_unique(site):
    for name, page in sites.pages(site).items():
        assert page.unbalanced == [], name
        assert page.stack == [], name
        assert sorted(set(page.ids)) == sorted(page.ids), name


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(site):
    for name, page in sites.pages(site).items():
        for tag, attributes in page.tags:
            assert "style" not in attributes, f"{name}: <{tag} style>"
            assert not any(key.startswith("on") for key in attributes), f"{name}: <{tag} {attributes}>"
            assert tag not in {"style", "iframe", "object", "embed", "img"}, f"{name}: <{tag}>"
            if tag == "script" and attributes.get("type") not in {"application/ld+json", "speculationrules"}:
                assert attributes.get("src"), name
            if tag == "link" and attributes.get("rel") in {"stylesheet", "preload", "icon", "manifest"}:
                assert "//" not in attributes["href"], name


def test_what_the_first_paint_waits_for_is_asked_for_before_the_fonts(site):
    for name, page in sites.pages(site).items():
        asked = [values.get("rel") or "script" for tag, values in page.tags if tag == "script" or values.get("rel")]
        assert asked[: asked.index("preload")] == ["stylesheet", "script"], name


def test_the_italic_is_preloaded_where_text_slants(site):
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        slants = "<em>" in text or "<mi>" in text
        assert ("stix-two-text-italic.woff2" in text) == slants, path


def test_every_citation_of_an_answer_is_a_link_to_its_paper(site):
    for path in sorted(site.glob("ask/*/index.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        page = sites.see(path.with_suffix(".html"))
        cited = [attributes["data-paper"] for attributes in page.find("a", class_="cite")]
        assert cited == [citation["paper_id"] for citation in facts["citations"]]
        assert {a["href"] for a in page.find("a", class_="cite")} == {f"../../paper/{paper}/" for paper in cited}
        assert set(page.ids) >= {citation["anchor"] for citation in facts["citations"]}


def test_sources_carry_their_hooks(site):
    for path in sorted(site.glob("ask/*/index.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        page = sites.see(path.with_suffix(".html"))
        rows = {row["data-paper"]: row for row in page.find("li", class_="source")}
        assert {source["id"]: str(source["similarity"]) for source in facts["sources"]} == {
            paper: row["data-similarity"] for paper, row in rows.items()
        }
        assert {s["id"] for s in facts["sources"] if s["cited"]} == {
            p for p, r in rows.items() if r["data-cited"] == "true"
        }
        (article,) = page.find("article")
        assert article["data-answer"] == facts["id"]


def test_follow_ups_say_whether_they_are_answered(site):
    for path in sorted(site.glob("ask/*/index.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        rows = sites.see(path.with_suffix(".html")).find("li", class_="follow-up")
        assert [row["data-state"] for row in rows] == [
            "answered" if f["answers"] else "open" for f in facts["follow_ups"]
        ]


def test_the_sentences_of_a_paper_and_the_citations_of_answers_are_the_same_set(site):
    from_answers = set()
    for path in site.glob("ask/*/index.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        from_answers |= {(c["paper_id"], facts["id"], c["anchor"]) for c in facts["citations"]}
    from_papers = set()
    for path in site.glob("paper/*/index.html"):
        for attributes in sites.see(path).find("a"):
            if match := re.fullmatch(r"\.\./\.\./ask/([^/]+)/#(s-[0-9]+)", attributes.get("href", "")):
                from_papers.add((path.parent.name, match[1], match[2]))
    assert from_papers == from_answers


def test_the_lines_of_data_are_the_pages_of_data(site):
    lines = (site / "data/papers.jsonl").read_text(encoding="utf-8").splitlines()
    papers = {json.loads(line)["id"]: json.loads(line) for line in lines}
    twins = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in site.glob("paper/*/index.json")}
    assert papers == twins


def test_the_seeds_build_strictly_and_rightly(tmp_path):
    if not SEEDS.is_dir():
        pytest.skip(f"the real answer files are not at {SEEDS}")
    site, report = built(tmp_path / "out", SEEDS)
    assert report.counts["answers"] == 5
    assert report.counts["papers"] == 34
    facts = json.loads((site / "ask/004-d561eda925a5c51f/index.json").read_text(encoding="utf-8"))
    assert [f["answers"] for f in facts["follow_ups"]] == [["001-72f0a9a970ea8d43"], [], []]
    assert {c["paper_id"] for c in facts["citations"]} == {"AG-2026.03-1712", "AG-2024.07-1501"}
    assert facts["coverage"]["gaps"] == 1


def test_what_was_built_is_counted_as_what_it_is(tmp_path):
    write_answers(tmp_path)
    path = tmp_path / "answers/spoon-2.md"
    path.write_text(path.read_text("utf-8").replace("---\n", "---\nstatus: withdrawn\n", 1), "utf-8")
    (tmp_path / "redirects.yml").write_text("ask/old/: ask/spoon-1/\n")
    site, report = built(tmp_path / "_site", tmp_path / "answers", redirects=str(tmp_path / "redirects.yml"))
    facts = json.loads((site / "build.json").read_text(encoding="utf-8"))
    del facts["agsite"]
    files = [path for path in site.rglob("*") if path.is_file()]
    assert facts == {
        "answers": len([*site.glob("ask/spoon-*/index.md")]),
        "withdrawn": 1,
        "papers": len([*site.glob("paper/*/index.json")]),
        "pages": len([path for path in files if path.suffix == ".html"]),
        "files": len(files),
    }
    assert facts.items() <= report.counts.items()
    assert report.counts["written"] == facts["files"]


@pytest.mark.parametrize("status", ["published", "withdrawn"])
def test_the_links_of_an_answer_lead_somewhere_whatever_became_of_it(tmp_path, status):
    """The only one of its field, month and model, where newer answers see its paper in another field."""
    write_answers(tmp_path)
    body = "Nobody knows [AG-2026.03-7]."  # which nobody lists
    text = answer_text("Why ladles?", body, sources="AG-2025.03-1234 gr-qc 48 Soup", date="2024-02-01")
    text = text.replace("model: test-model", f"model: other\nstatus: {status}")
    (tmp_path / "answers/ladle.md").write_text(text, "utf-8")
    site, _ = built(tmp_path / "_site", tmp_path / "answers", strict=False)
    assert sites.broken_links(site, "/archive/") == []
    (copied,) = re.findall('data-copy="([^"]*)"', (site / "ask/ladle/index.html").read_text("utf-8"))[:1]
    assert copied.startswith("Withdrawn. “Why ladles?”" if status == "withdrawn" else "“Why ladles?”")


def test_a_site_works_at_the_root_as_well(tmp_path):
    site, _ = built(tmp_path / "out", ROOT / "answers", base_url="https://example.org/")
    assert sites.broken_links(site, "/") == []


def test_one_bad_file_is_left_out_and_the_others_are_published(tmp_path):
    answers = tmp_path / "answers"
    answers.mkdir()
    for path in sorted((ROOT / "answers").glob("*.md"))[:2]:
        (answers / path.name).write_bytes(path.read_bytes())
    (answers / "broken.md").write_text("---\nquestion: Half?\nmodle: x\n---\nText.\n", encoding="utf-8")
    site, report = built(tmp_path / "out", answers, strict=False)
    assert fails(report.findings)
    assert {(f.code, f.path, f.line) for f in report.findings if f.severity == "error"} == {
        ("AG134", f"{answers}/broken.md", 3),
        ("AG135", f"{answers}/broken.md", 1),
    }
    assert report.counts["answers"] == 2
    assert not (site / "ask/broken").exists()


def test_with_strict_nothing_is_published_and_the_old_site_stays(tmp_path):
    answers = tmp_path / "answers"
    answers.mkdir()
    first = sorted((ROOT / "answers").glob("*.md"))[0]
    (answers / first.name).write_bytes(first.read_bytes())
    site, _ = built(tmp_path / "out", answers)
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    (answers / "broken.md").write_text("no front matter", encoding="utf-8")
    report = Report()
    build(Options(answers=(str(answers),), papers=(), output=str(site), strict=True), Config(), report)
    assert not report.published
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


def test_two_builds_give_the_same_bytes(tmp_path):
    one, _ = built(tmp_path / "one", ROOT / "answers")
    other, _ = built(tmp_path / "other", ROOT / "answers")

    def files(site: Path) -> dict[str, bytes]:
        return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}

    assert files(one) == files(other)
