"""`agsite search` on the founding answers: expected first hits, filters, output for people and programs, mistakes."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agsite import checks
from agsite.cli import commands
from agsite.search import api_response
from agsite.search.shards import card
from agsite.search.stored import PAPER, QUESTION, Stored
from tests.archives import answer_text
from tests.searching import indexed, made_up

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"


@pytest.fixture(scope="module")
def run(root: Path, tmp_path_factory):
    """Runs the command in a folder of its own, on the founding answers unless told otherwise."""
    folder, here = tmp_path_factory.mktemp("command"), Path.cwd()
    os.chdir(folder)

    def run(
        *arguments: str, answers: Path = root / "answers", papers: Path = root / "papers", color: bool = False
    ) -> Result:
        given = ["search", *arguments, "--answers", str(answers), "--papers", str(papers)]
        return CliRunner().invoke(commands, given, catch_exceptions=True, color=color)

    yield run
    os.chdir(here)


def found(result: Result) -> dict:
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("why does a dip hide a scalar", "dips-not-bumps"),
        ("labelled anomalies", "few-labelled-anomalies"),
        ("small language model quantum field theory", "small-models-for-field-theory"),
        ("tuning hyperparameters without a signal", "nothing-to-tune-on"),
        ("Galactic foregrounds", "sky-and-collider"),
        ('"latent space"', "map-of-new-physics"),
        ("adversarial attack* simulation", "attacking-the-simulation"),
        ("title:several title:backgrounds", "many-backgrounds"),
        ("Big Dipper hadron colliders kind:paper", "AG-2026.04-1515"),
        ("AG-2026.04-1515", "AG-2026.04-1515"),
        ("ag-2026.4-1515", None),
        ("2411.09296v2", "AG-2024.11-1226"),
        ("arXiv:2411.09296", "AG-2024.11-1226"),
        ("https://arxiv.org/abs/2411.09296", "AG-2024.11-1226"),
    ],
)
def test_the_first_hit_is_the_one_that_is_meant(run, query: str, first: str | None):
    hits = found(run(query, "--json"))["hits"]
    assert (hits[0]["id"] if hits else None) == first


@pytest.mark.skipif(not SEEDS.is_dir(), reason="needs the five real answers, which are not part of the repository")
def test_each_real_answer_is_the_first_hit_of_its_own_question_and_of_two_words_of_its_text(run):
    for path in sorted(SEEDS.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").split("\n")
        first = found(run(lines[1], "--json", answers=SEEDS, papers=SEEDS / "none"))["hits"][0]
        assert first["title"] == lines[1]
        assert first["kind"] == "answer"
        phrase = " ".join(word for word in lines[1].split() if word.isalpha() and len(word) > 5)
        assert lines[1] in [
            h["title"] for h in found(run(phrase, "--json", answers=SEEDS, papers=SEEDS / "none"))["hits"]
        ]


def test_people_see_titles_marked_excerpts_and_a_count(run):
    result = run("interference", "dip", "--limit", "1")
    assert "Why might a search built to find peaks overlook" in result.stdout
    assert "Answer · hep-ph · 2026-07-09 · hand-written · ask/dips-not-bumps/" in result.stdout
    assert "found, 1 shown." in result.stderr


def test_a_rejected_answer_says_so_where_it_is_found(run, tmp_path: Path):
    for name, verdict in (("bad", "rejected"), ("good", "accepted, by: A Reader")):
        text = answer_text(f"Is it {name} with muons?", "Muons.", more=f"review: {{status: {verdict}}}")
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    hits = found(run("muons", "--json", answers=tmp_path))["hits"]
    assert {hit["id"]: hit["rejected"] for hit in hits} == {"bad": True, "good": False}
    lines = run("muons", answers=tmp_path).stdout.splitlines()
    assert [line.split(" · ")[1] for line in lines if "ask/bad/" in line] == ["rejected by a reviewer"]
    assert not [line for line in lines if "ask/good/" in line and "rejected" in line]


def test_terms_are_marked_on_a_terminal(run):
    assert "\x1b[33m\x1b[1minterfer" in run("interference", "--limit", "1", color=True).stdout
    result = run("interference", "--limit", "1", "--json")
    marked = [piece["text"].lower() for piece in found(result)["hits"][0]["excerpt"] if piece["mark"]]
    assert marked
    assert set(marked) <= {"interference", "interferes", "interfere"}


def test_options_filter_and_sort(run):
    kinds = {hit["kind"] for hit in found(run("anomaly", "--kind", "paper", "--json"))["hits"]}
    assert kinds == {"paper"}
    categories = {hit["category"] for hit in found(run("detector", "--category", "hep-ex", "--json"))["hits"]}
    assert categories == {"hep-ex"}
    dates = [hit["date"] for hit in found(run("anomaly", "--since", "2026-06", "--sort", "date", "--json"))["hits"]]
    assert dates
    assert min(dates) >= "2026-06"
    assert [date[:7] for date in dates] == sorted((date[:7] for date in dates), reverse=True)
    assert found(run("anomaly", "--model", "nobody", "--json"))["total"] == 0


def test_a_slip_of_the_pen_gets_a_suggestion(run):
    result = run("supervsed")
    assert "Did you mean: supervised" in result.stderr
    assert "Nothing found." in result.stderr


def test_no_word_is_suggested_that_no_search_looks_for(run):
    assert found(run("whhich", "--json"))["suggestion"] is None


def test_a_last_word_that_nothing_has_counts_as_a_beginning(run):
    whole = found(run("interference", "--json"))
    begun = found(run("interferen", "--json"))
    assert begun["total"] == whole["total"] > 0
    assert found(run("interferen dip", "--json"))["total"] == found(run("dip", "--json"))["total"]


@pytest.mark.parametrize("query", ['"open', "a AND", "(b", "ab*"])
def test_a_malformed_query_is_one_sentence_and_exit_code_2(run, query: str):
    result = run(query)
    assert result.exception.exit_code == 2
    assert "\n" not in result.exception.message


def test_a_misspelt_field_is_words_with_a_note(run):
    result = run("categry:anomaly", "--json")
    assert found(result)["total"] == found(run("categry anomaly", "--json"))["total"] > 0
    assert result.stderr == "“categry” is not a field and was read as a word. Did you mean category:?\n"


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (
            "AG-2099.01-1",
            "No paper here has the id AG-2099.01-1. The nearest ids: AG-2026.04-892, AG-2026.04-1329, AG-2026.04-1331.",
        ),
        (
            "[ag-2026.04-1330]",
            "No paper here has the id AG-2026.04-1330. "
            "The nearest ids: AG-2026.04-1329, AG-2026.04-1331, AG-2026.04-1515.",
        ),
        ("arXiv:2501.99999", "No paper here has the id arXiv:2501.99999."),
        ("https://arxiv.org/abs/2501.99999v2", "No paper here has the id arXiv:2501.99999."),
        ("math.GT/0309136", "No paper here has the id arXiv:math/0309136."),
    ],
)
def test_an_id_that_no_paper_has_is_told_with_the_nearest(run, query: str, note: str):
    assert run(query).stderr.splitlines()[0] == note
    assert run(query, "--json").stderr.splitlines()[0] == note


def test_an_archive_id_that_no_paper_has_finds_the_nearest_ones(run):
    hits = found(run("AG-2099.01-1", "--json"))["hits"]
    assert [hit["id"] for hit in hits] == ["AG-2026.04-892", "AG-2026.04-1329", "AG-2026.04-1331"]


@pytest.mark.parametrize("query", ["AG-2026.04-1515", "2411.09296", "AG-2099.01-1 jets", "jets"])
def test_of_other_queries_no_absent_paper_is_told(run, query: str):
    assert "No paper here" not in run(query).stderr


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        (("jets category:hepph",), "Nothing here has the category “hepph”. Did you mean category:hep-ph?"),
        (("jets", "--category", "hepph"), "Nothing here has the category “hepph”. Did you mean category:hep-ph?"),
        (("model:handwritten",), "Nothing here has the model “handwritten”. Did you mean model:hand-written?"),
        (("category:q-bio",), "Nothing here has the category “q-bio”."),
    ],
)
def test_a_category_or_model_that_nothing_has_is_told_with_the_nearest(run, asked: tuple[str, ...], note: str):
    assert run(*asked).stderr.splitlines()[0] == note


@pytest.mark.parametrize("query", ["category:cs", "model:hand", "jets NOT category:q-bio", "jets"])
def test_of_values_that_occur_nothing_is_told(run, query: str):
    assert "Nothing here" not in run(query).stderr


def test_an_edit_is_found_at_once(run, tmp_path: Path, root: Path):
    text = (root / "answers" / "dips-not-bumps.md").read_text(encoding="utf-8")
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert found(run("xylophone", "--json", answers=tmp_path))["total"] == 0
    (tmp_path / "a.md").write_text(text + "\nA xylophone.\n", encoding="utf-8")
    assert found(run("xylophone", "--json", answers=tmp_path))["total"] == 1


def test_where_the_index_cannot_be_written_the_search_finds_the_same(
    run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked = ("decorrelated classifiers", "--json")
    wanted = found(run(*asked))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".agsite").write_text("a file where the folder should be")
    assert found(run(*asked)) == wanted
    assert not list((tmp_path / "tmp").iterdir())


def test_the_preview_answers_as_the_command_does():
    with indexed(made_up(range(20))) as searcher:
        response = api_response(searcher, {"q": "neutrino", "kind": "paper,answer", "limit": "3"})
        assert response["query"] == "neutrino"
        assert len(response["hits"]) == 3
        assert {"total", "facets", "suggestion", "goto"} <= response.keys()
        assert api_response(searcher, {"q": '"x'})["error"] == "the quotation mark at character 1 is never closed"
        assert "is within 50 others" in api_response(searcher, {"q": "(" * 200 + "pebbles" + ")" * 200})["error"]
        assert api_response(searcher, {"q": "x", "limit": "many"})["error"] == "the limit is not a number"
        json.dumps(response)


def test_a_search_checks_no_answers(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    answers = tmp_path / "answers"
    shutil.copytree(Path(__file__).parents[1] / "answers", answers)
    monkeypatch.setattr(checks, "check", lambda *_: pytest.fail("the answers were checked"))
    assert found(run("Galactic foregrounds", "--json", answers=answers))["hits"][0]["id"] == "sky-and-collider"


def test_a_title_of_a_paper_is_shown_without_tex():
    paper = Stored("paper/AG-2025.03-1", PAPER, "paper/AG-2025.03-1/", r"Of $B_s \to \mu\mu$ at $10^{12}$ GeV")
    assert paper.heading == "Of B_s→μμ at 10^12 GeV"
    assert card(paper, ())[1] == paper.heading
    question = paper._replace(kind=QUESTION, title="Is it worth $5 or $6?")
    assert question.heading == question.title
