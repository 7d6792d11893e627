"""Pages are planned from facts: where all that they asked for is as it was, they are the same."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import agsite.pages
from agsite.archive import Archive
from agsite.config import Config
from agsite.ids import PaperId
from agsite.pages import Facts, Overview, Page, Versions, plan_sections
from agsite.records import Paper
from tests.archives import answer_text, archive

CONFIG = Config(share_images=True, citation_files=True)
PAPERS = ("AG-2025.03-1", "AG-2025.03-01", "AG-2025.03-2", "AG-2025.04-3")
QUESTIONS = (
    "Why do copper spoons hum loudly?",
    "When do copper spoons hum loudly?",
    "Do copper spoons rarely hum loudly?",
    "Who hums?",
)
STATUSES = ("published", "published", "published", "draft", "withdrawn")

EVIDENCE = f"""
provenance:
  evidence:
    - {{sentence: 1, paper: {PAPERS[1]}, text: It hums.}}"""

questions = st.sampled_from(QUESTIONS)
papers = st.sampled_from(PAPERS)
sources = st.lists(
    st.builds("{} {} {} {}".format, papers, st.sampled_from(["hep-ph", "cs.LG"]), st.just(50), st.sampled_from("AB")),
    unique_by=lambda line: PaperId(line.split()[0]).key,
    max_size=3,
)
sentences = st.builds("{} spoon of 4 kg hums [{}].".format, st.sampled_from(["A", "The"]), papers)
bodies = st.lists(sentences | st.just("The archive has no study of forks."), min_size=1, max_size=4)
answers = st.builds(
    lambda question, body, listed, asks, date, status: answer_text(
        question,
        " ".join(body),
        sources="\n".join(listed),
        follow_ups=asks,
        date=date,
        more=f"status: {status}{EVIDENCE}",
    ),
    questions,
    bodies,
    sources,
    st.lists(questions | st.just("Open?"), unique=True, max_size=3),
    st.sampled_from(["2026-05-01", "2026-05-02", "2025-05-03"]),
    st.sampled_from(STATUSES),
)
records = st.lists(
    st.builds(lambda id, title, abstract: Paper(id=id, title=title, abstract=abstract), papers,
              st.sampled_from(["Spoons", "Forks"]), st.sampled_from([None, "A spoon of 4 kg hums.", "Nothing."])),
    unique_by=lambda paper: paper.id.key, max_size=2,
)  # fmt: skip
NAMES = ("a.md", "b.md", "c.md", "d.md", "e.md", "f.md")


@st.composite
def edits(draw: st.DrawFn) -> tuple[Archive, Archive]:
    """An archive before and after one file of it was edited, added or dropped, or what is known of papers changed."""
    files = draw(st.fixed_dictionaries(dict.fromkeys(NAMES[:3], answers), optional=dict.fromkeys(NAMES[3:], answers)))
    known = draw(records)
    edited = files | {draw(st.sampled_from(NAMES)): draw(answers)}
    if draw(st.booleans()):
        edited.pop(draw(st.sampled_from(sorted(edited))))
    return archive(files, known), archive(edited, draw(st.just(known) | records))


def planned(plan: Overview) -> dict[str, tuple[set[str], list[Page]]]:
    """The pages of each section that is planned from facts, and the facts that they asked for, by address."""
    found = {}
    for section in plan_sections(plan):
        facts = Facts(plan)
        pages = list(section.pages(facts))
        if facts.asked:
            found[section.url] = facts.asked, pages
    return found


@settings(max_examples=400)
@given(edits())
def test_pages_are_the_same_where_their_facts_are(edit: tuple[Archive, Archive]):
    old, new = (Overview(state, CONFIG) for state in edit)
    was, now = Versions(old), Versions(new)
    pages = planned(new)
    for url, (asked, own) in planned(old).items():
        if all(was.of(fact) == now.of(fact) for fact in asked):
            assert pages[url][1] == own, url


@given(edits())
def test_facts_of_equal_archives_are_equal(edit: tuple[Archive, Archive]):
    one, other = Overview(edit[0], CONFIG), Overview(edit[0], CONFIG)
    asked = {fact for facts, _ in planned(one).values() for fact in facts}
    was, now = Versions(one), Versions(other)
    assert [was.of(fact) for fact in asked] == [now.of(fact) for fact in asked]


def test_an_edit_leaves_pages_alone_that_have_nothing_to_do_with_it():
    files = {
        f"a{n}.md": answer_text(
            f"Question {n}?", f"A claim [AG-2025.03-{n}].", sources=f"AG-2025.03-{n} hep-ph 50 T{n}"
        )
        for n in range(5)
    }
    before = Overview(archive(files), CONFIG)
    files["a0.md"] = files["a0.md"].replace("A claim", "Another claim")
    was, now = Versions(before), Versions(Overview(archive(files), CONFIG))
    stale = Counter(
        url.split("/")[0]
        for url, (asked, _) in planned(before).items()
        if any(was.of(fact) != now.of(fact) for fact in asked)
    )
    assert stale == {"ask": 1, "paper": 1, "category": 1, "month": 1, "model": 1}


def test_an_answer_that_spells_a_paper_as_anothers_evidence_does_changes_that_page():
    body = "A spoon hums [AG-2025.03-1]."
    files = {"a.md": answer_text("Why?", body, more=f"status: published{EVIDENCE}")}
    before = Overview(archive(files, (Paper(id="AG-2025.03-1"),)), CONFIG)
    files["b.md"] = answer_text("How?", "A fork hums.", sources="AG-2025.03-01 hep-ph 50 Spoons")
    after = Overview(archive(files, (Paper(id="AG-2025.03-1"),)), CONFIG)
    asked, pages = planned(before)["ask/a/"]
    assert planned(after)["ask/a/"][1] != pages
    assert any(Versions(before).of(fact) != Versions(after).of(fact) for fact in asked)


@pytest.mark.parametrize(("edited", "other"), [("a.md", None), ("a.md", "b.md"), ("b.md", "a.md")])
@pytest.mark.parametrize("now", ["hep-ph 50 Pots", "hep-th 50 Soup"])
def test_what_withdrawn_answers_alone_call_a_paper_changes_its_page(edited: str, other: str | None, now: str):
    def gone(name: str, source: str) -> str:
        date = {"a.md": "2026-05-03", "b.md": "2026-05-02"}[name]
        return answer_text("Why?", "So.", sources=f"AG-2025.03-1 {source}", date=date, more="status: withdrawn")

    files = {name: gone(name, "hep-ph 50 Soup") for name in (edited, other) if name}
    before = Overview(archive(files), CONFIG)
    after = Overview(archive(files | {edited: gone(edited, now)}), CONFIG)
    asked, pages = planned(before)["paper/AG-2025.03-1/"]
    assert planned(after)["paper/AG-2025.03-1/"][1] != pages
    assert any(Versions(before).of(fact) != Versions(after).of(fact) for fact in asked)


def test_the_first_abstract_of_an_archive_changes_the_pages_of_answers_that_cite_its_paper():
    source = "AG-2025.03-1 hep-ph 50 Spoons"
    files = {"a.md": answer_text("Why?", "A spoon of 4 kg hums [AG-2025.03-1].", sources=source)}
    before = Overview(archive(files), CONFIG)
    after = Overview(archive(files, (Paper(id="AG-2025.03-1", abstract="A spoon of 4 kg."),)), CONFIG)
    asked, pages = planned(before)["ask/a/"]
    assert planned(after)["ask/a/"][1] != pages
    assert any(Versions(before).of(fact) != Versions(after).of(fact) for fact in asked)


def test_another_wording_of_an_answer_that_asks_changes_the_page_of_the_one_it_asks_for():
    asks = {"a.md": ("Who?", "How?"), "b.md": ("How?", "Why?"), "c.md": ("Why?", "When?")}
    files = {name: answer_text(question, "So.", follow_ups=(asked,)) for name, (question, asked) in asks.items()}
    before = Overview(archive(files), CONFIG)
    after = Overview(archive(files | {"b.md": files["b.md"].replace("How?", "HOW?")}), CONFIG)
    asked, pages = planned(before)["ask/c/"]
    assert planned(after)["ask/c/"][1] != pages
    assert any(Versions(before).of(fact) != Versions(after).of(fact) for fact in asked)


def test_a_list_without_its_last_page_changes_the_one_before():
    files = {f"a{n}.md": answer_text(f"{n}?", "So.", date=f"2026-05-{n:02}") for n in range(1, 12)}
    config = Config(per_page=5)
    before, after = (Overview(archive(dict(list(files.items())[skip:])), config) for skip in (0, 1))
    asked, pages = planned(before)["model/test-model/page/2/"]
    assert planned(after)["model/test-model/page/2/"][1] != pages
    assert any(Versions(before).of(fact) != Versions(after).of(fact) for fact in asked)


@pytest.mark.parametrize("name", ["answers", "citing", "papers", "twins", "provenance"])
def test_what_is_planned_from_facts_sees_nothing_else_of_the_archive(name: str):
    tree = ast.parse(Path(agsite.pages.__file__).with_name(f"{name}.py").read_text("utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    private = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr.startswith("_plan")
    }
    assert "Overview" not in names
    assert not private
