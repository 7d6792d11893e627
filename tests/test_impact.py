"""`agsite impact`: what a pull request does to the site, told from two built sites."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.archives import answer_text
from tests.commands import ANSWERS, BROKEN, agsite

NEW = """\
---
question: Is one | two <b>bold</b>?
model: claude-haiku-4-5
date: 2026-05-04
sources:
  - {id: AG-2024.01-1031, category: hep-ph, title: A Title, similarity: 61}
  - {id: AG-2025.03-7777, category: cs.LG, title: A Made Up Paper, similarity: 60}
follow_ups:
  - What did nobody ask before?
---
It holds [AG-2024.01-1031]. So does @another <i>thing</i> [AG-2025.03-7777].
"""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two sites and their findings: the second has an answer more, and one mistake less."""
    folder = tmp_path_factory.mktemp("sites")
    answers = folder / "answers"
    answers.mkdir()
    shutil.copy(ANSWERS / "many-backgrounds.md", answers)
    (answers / "broken.md").write_text(BROKEN, encoding="utf-8")
    agsite("build", "--output", "before", cwd=folder)
    (folder / "before.json").write_text(agsite("check", "--format", "json", cwd=folder).stdout, encoding="utf-8")
    (answers / "broken.md").unlink()
    (answers / "new.md").write_text(NEW, encoding="utf-8")
    assert agsite("build", "--output", "after", cwd=folder).returncode == 0
    (folder / "after.json").write_text(agsite("check", "--format", "json", cwd=folder).stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def told(sites: Path) -> str:
    done = agsite("impact", "before", "after", "--findings", "before.json", "after.json", cwd=sites)
    assert done.returncode == 0, done.stderr
    return done.stdout


def section(text: str, title: str) -> list[str]:
    """The rows of a part of the report."""
    (part,) = [part for part in text.split("\n### ") if part.startswith(title)]
    return [line for line in part.splitlines() if line.startswith("- ")]


def test_a_new_answer_is_named_with_what_it_rests_on(told: str):
    (row,) = section(told, "New answers (1)")
    assert "Is one \\| two \\<b\\>bold\\</b\\>?" in row
    assert "2 of 2 sentences cite a source" in row
    assert "https://example.org/ask/new/" in row


def test_new_citing_sentences_are_told_by_paper(told: str):
    rows = section(told, "New citing sentences (2)")
    assert [row[:18] for row in rows] == ["- [AG-2024.01-1031", "- [AG-2025.03-7777"]
    assert "\n  - “So does \\@another \\<i\\>thing" in told


def test_a_paper_that_was_there_is_not_new(told: str):
    assert [row[3:18] for row in section(told, "Papers new to the archive (1)")] == ["AG-2025.03-7777"]


def test_open_questions_are_told(told: str):
    assert section(told, "Open questions opened (1)") == ["- What did nobody ask before?"]
    assert "Open questions closed" not in told


def test_an_answer_closes_the_question_it_answers(sites: Path):
    told = agsite("impact", "after", "before", cwd=sites).stdout
    assert section(told, "Open questions closed (1)") == ["- What did nobody ask before?"]
    assert section(told, "Answers gone (1)") == ["- Is one \\| two \\<b\\>bold\\</b\\>?"]
    assert "Gone or reworded: 2 citing sentences." in told


def test_findings_are_new_or_mended_wherever_their_line_is(told: str):
    assert any("AG134 in answers/broken.md:3:1" in row for row in section(told, "Findings mended"))
    assert any("AG209" in row and "answers/new.md" in row for row in section(told, "Findings new"))


def test_of_many_changes_the_first_are_shown_and_only_those_of_an_answer_itself_are_its_own(tmp_path: Path):
    cited = " ".join(f"It is so for reason {n} [AG-2025.03-1]." for n in range(5))
    paper = "AG-2025.03-1 hep-ph 60 A Title"
    texts = {
        "told": answer_text("Who is told?", f"As it was. {cited}", sources=paper),
        "same": answer_text("Who stays?", "It is [AG-2025.03-1].", sources=paper, follow_ups=("Is it new 0?",)),
        "gone": answer_text("Who goes?", "It went [AG-2025.03-1].", sources=paper, follow_ups=("Who asks no more?",)),
    }
    later = {f"new-{n:02}": answer_text(f"Is it new {n}?", "It is.") for n in range(42)} | {
        "told": texts["told"].replace("As it was.", "As it is.").replace("reason", "cause"),
        "gone": texts["gone"].replace("model:", "status: withdrawn\nmodel:"),
    }
    (tmp_path / "answers").mkdir()
    for site, written in (("before", texts), ("after", later)):
        for name, text in written.items():
            (tmp_path / f"answers/{name}.md").write_text(text, encoding="utf-8")
        assert agsite("build", "--output", site, "--no-search", cwd=tmp_path).returncode == 0
    told = agsite("impact", "before", "after", cwd=tmp_path).stdout
    assert section(told, "New answers (42)")[-1] == "- … and 2 more"
    changed = [row.partition("]")[0] for row in section(told, "Answers changed (2)")]
    assert changed == ["- [Who goes?", "- [Who is told?"]
    assert section(told, "New citing sentences (5)") == [
        "- [AG-2025.03-1](https://example.org/paper/AG-2025.03-1/) A Title: 5 sentences"
    ]
    assert told.count("“It is so for cause") == 3
    assert "\n  - … and 2 more\n" in told
    assert "Gone or reworded: 6 citing sentences." in told
    assert sorted(section(told, "Open questions closed (2)")) == ["- Is it new 0?", "- Who asks no more?"]
    assert "| papers | 1 | 1 | – |" in told


def test_pages_are_compared_byte_by_byte(told: str, sites: Path):
    files = {
        side: {p.relative_to(sites / side): p.read_bytes() for p in (sites / side).rglob("*.html")}
        for side in ("before", "after")
    }
    new = len(files["after"].keys() - files["before"].keys())
    changed = sum(
        files["before"][name] != files["after"][name] for name in files["before"].keys() & files["after"].keys()
    )
    assert f"{new} new, {changed} changed, 0 gone." in told
    assert f"| pages | {_count(sites / 'before')} | {_count(sites / 'after')} |" in told


def _count(site: Path) -> int:
    return json.loads((site / "build.json").read_text(encoding="utf-8"))["pages"]


def test_the_data_of_an_earlier_site_is_enough(sites: Path, tmp_path: Path):
    shutil.copytree(sites / "before/data", tmp_path / "data")
    shutil.copy(sites / "before/build.json", tmp_path)
    told = agsite("impact", tmp_path, "after", cwd=sites).stdout
    assert section(told, "New answers (1)")
    assert "### Pages" not in told
    assert f"| pages | {_count(sites / 'before')} |" in told


def test_a_folder_that_is_no_site_is_a_sentence(sites: Path):
    done = agsite("impact", "answers", "after", cwd=sites)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no answers/data/answers.jsonl" in done.stderr


def _damaged(site: Path, name: str, old: str, new: str) -> None:
    """Make a file of its first line twice, the second time with other words."""
    path = site / name
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert old in first
    path.write_text(f"{first}\n{first.replace(old, new)}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("build.json", "[1", "build.json:1: this is not JSON ("),
        ("build.json", "[]", "build.json:1: this is not as agsite writes it"),
        ("build.json", "{}", "build.json:1: “pages” is missing"),
        ("build.json", '{"pages":"57"}', "build.json:1: “pages” is not as agsite writes it"),
        ("build.json", '{"pages":-1}', "build.json:1: “pages” is not as agsite writes it"),
        ("data/answers.jsonl", '{"id":1}\n', "data/answers.jsonl:1: “id” is not as agsite writes it"),
        ("data/answers.jsonl", "[1]\n", "data/answers.jsonl:1: this is not as agsite writes it"),
        ("data/papers.jsonl", "{\n", "data/papers.jsonl:1: this is not JSON ("),
        ("data/papers.jsonl", '{"id":"AG-2025.03-1"}\n', "data/papers.jsonl:1: “title” is missing"),
        ("data/papers.jsonl", '\n{"id":"a","title":3}\n', "data/papers.jsonl:2: “title” is not as agsite writes it"),
    ],
)
def test_data_that_no_build_wrote_are_a_sentence(sites: Path, tmp_path: Path, name: str, text: str, told: str):
    shutil.copytree(sites / "before", tmp_path / "damaged")
    (tmp_path / "damaged" / name).write_text(text, encoding="utf-8")
    done = agsite("impact", "damaged", str(sites / "after"), cwd=tmp_path)
    first, second = done.stderr.splitlines()
    assert done.returncode == 2
    assert first.startswith(f"agsite: damaged/{told}")
    assert second == "  Build that site again."


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"follow_ups":[{"question":', '"follow_ups":[{"query":', "“follow_ups.0.question” is missing"),
        ('"coverage":{', '"covered":{', "“coverage” is missing"),
        ('"gaps":', '"gaps":null,"x":', "“coverage.gaps” is not as agsite writes it"),
    ],
)
def test_damage_inside_a_line_is_told_with_its_place(sites: Path, tmp_path: Path, old: str, new: str, told: str):
    shutil.copytree(sites / "after", tmp_path / "damaged")
    _damaged(tmp_path / "damaged", "data/answers.jsonl", old, new)
    done = agsite("impact", str(sites / "before"), "damaged", cwd=tmp_path)
    assert done.returncode == 2
    assert f"damaged/data/answers.jsonl:2: {told}\n" in done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no", "this is not JSON ("),
        ("{}", "“findings” is missing"),
        ('{"findings":[{"code":"AG101","severity":"bad"}]}', "“findings.0.severity” is not as agsite writes it"),
    ],
)
def test_findings_that_no_check_wrote_are_a_sentence(sites: Path, tmp_path: Path, text: str, told: str):
    (tmp_path / "odd.json").write_text(text, encoding="utf-8")
    command = ("impact", sites / "before", sites / "after", "--findings", "odd.json", sites / "after.json")
    done = agsite(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert f"agsite: odd.json:1: {told}" in done.stderr


def test_the_report_goes_to_the_summary_of_the_step(sites: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    done = agsite("impact", "before", "after", cwd=sites)
    assert (tmp_path / "summary.md").read_text(encoding="utf-8") == done.stdout
