"""The real package talks to a stand-in over HTTP: what is paid for is kept, counted and never paid for twice."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import errno
import json
import logging
import os
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from agsite.config import ModelPrice
from agsite.errors import ConfigError, JournalError
from agsite.grounding import Request, compose, read_reply
from agsite.grounding.reply import Usage
from agsite.llm import BudgetReached, Caller, Client, Collected, Failure, Gate, Journal, Stopped
from agsite.llm.batches import Batches
from agsite.llm.failures import quote as quoted
from agsite.llm.ledger import Ledger
from agsite.llm.log import line_of, read_log
from agsite.llm.prices import about, at_most, budget, cost
from agsite.llm.results import custom_id, read_results
from tests.asking import ASKING, PASSAGES, PRICE
from tests.pregenerating import KEY, QUESTIONS, now
from tests.standin import StandIn, by_turns
from tests.standin.faults import error

REQUESTS = [compose(ASKING, question, PASSAGES) for question in QUESTIONS]
WORST = at_most(REQUESTS[0].params, PRICE)


@pytest.fixture
def service() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal", now) as opened:
        opened.begin()
        yield opened


def reopened(folder: Path) -> Journal:
    journal = Journal(folder, now)
    journal.resume(journal.newest)
    return journal


CLIENTS: list[Client] = []


@pytest.fixture(autouse=True)
def no_open_connections() -> Iterator[None]:
    yield
    while CLIENTS:
        CLIENTS.pop().close()


def connected(service: StandIn) -> Client:
    CLIENTS.append(Client(KEY, service.url, timeout=3))
    return CLIENTS[-1]


def caller(service: StandIn, journal: Journal, cap: str | None = "5", **options: Any) -> Caller:
    return Caller(
        connected(service),
        journal,
        PRICE,
        cap=Decimal(cap) if cap is not None else None,
        gate=QuickGate(),
        **options,
    )


class QuickGate(Gate):
    """Notes how long it should wait, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []
        self.paused: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)


def kinds(journal: Journal) -> list[str]:
    log = journal.folder / "runs" / f"{journal.name}.log"
    return [record["kind"] for record in read_log(log.read_bytes())[0]]


# --- One call --------------------------------------------------------------------------------------------------------


def test_a_reply_is_kept_as_it_came_and_costs_what_it_says(service: StandIn, journal: Journal):
    bought = caller(service, journal).call(REQUESTS[0])
    assert journal.reply(REQUESTS[0].key) == bought.raw
    assert read_reply(bought.raw).stop_reason == "end_turn"
    assert float(bought.cost) == pytest.approx(service.billed)
    assert journal.ledger.spent == bought.cost
    assert kinds(journal) == ["run", "intent", "paid"]


def test_a_reply_on_disk_is_not_bought_again(service: StandIn, journal: Journal):
    caller(service, journal).call(REQUESTS[0])
    again = caller(service, journal).call(REQUESTS[0])
    assert again.cost == 0
    assert service.completed.total() == 1


def test_a_call_is_announced_before_it_is_sent(service: StandIn, journal: Journal):
    seen = []
    service.phase = lambda phase, key: seen.append((phase, kinds(journal)[-1]))
    caller(service, journal).call(REQUESTS[0])
    assert seen[0] == ("received", "intent")


def test_the_bytes_are_on_disk_before_the_package_looks_at_them(service: StandIn, journal: Journal):
    service.fault = by_turns("no-json")
    bought = caller(service, journal).call(REQUESTS[0])
    assert journal.reply(REQUESTS[0].key) == bought.raw
    assert bought.usage is None


def test_the_key_goes_out_as_a_bearer_token_and_nothing_else(service: StandIn, journal: Journal):
    caller(service, journal).call(REQUESTS[0])
    headers = service.requests[-1][2]
    assert headers["authorization"] == f"Bearer {KEY}"
    assert "x-api-key" not in headers
    assert KEY not in json.dumps(service.requests[-1][3])


def test_a_proxy_in_the_environment_does_not_get_what_goes_to_this_machine(
    service: StandIn, journal: Journal, monkeypatch: pytest.MonkeyPatch
):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert caller(service, journal).call(REQUESTS[0]).raw


@pytest.mark.parametrize(
    ("key", "url", "message"),
    [
        ("", "http://127.0.0.1:1", "no usable key"),
        (" x", "http://127.0.0.1:1", "no usable key"),
        ("any-kéy-that-is-long", "http://127.0.0.1:1", "no usable key"),
        ("x", "http://127.0.0.1:1", "no usable key"),
        ("x", "http://example.org", "without encryption"),
        ("x", "ftp://127.0.0.1", "not an address"),
        ("x", "https://user@example.org", "not an address"),
    ],
)
def test_a_key_or_an_address_that_cannot_be_used_is_refused(key: str, url: str, message: str):
    with pytest.raises(ConfigError, match=message):
        Client(key, url)


def test_a_request_that_holds_the_key_is_not_sent(service: StandIn, journal: Journal):
    leaky = compose(ASKING, f"What is {base64.b64encode(KEY.encode()).decode()}?", PASSAGES)
    with pytest.raises(Failure, match="holds the key"):
        caller(service, journal).call(leaky)
    assert not service.requests


# --- Failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["500", "503", "529", "429", "429:0.05"])
def test_an_error_of_the_service_is_tried_again(service: StandIn, journal: Journal, fault: str):
    service.fault = by_turns(fault, fault)
    buyer = caller(service, journal)
    assert buyer.call(REQUESTS[0]).raw
    assert kinds(journal) == ["run", "intent", "refused", "intent", "refused", "intent", "paid"]


@pytest.mark.parametrize("fault", ["500", "429"])
def test_after_five_tries_the_run_stops(service: StandIn, journal: Journal, fault: str):
    service.fault = lambda number, params: fault
    buyer = caller(service, journal)
    with pytest.raises(Failure, match="5 times in a row") as caught:
        buyer.call(REQUESTS[0])
    assert caught.value.exit_code == 4
    assert len(service.requests) == 5
    with pytest.raises(Stopped):
        buyer.call(REQUESTS[1])


def test_failures_count_over_all_calls_until_one_succeeds(service: StandIn, journal: Journal):
    service.fault = by_turns(*["500"] * 4, "", *["500"] * 4, "")
    buyer = caller(service, journal)
    assert buyer.call(REQUESTS[0]).raw
    assert buyer.call(REQUESTS[1]).raw
    for _ in range(4):
        buyer.gate.wait(Failure("again", "it failed for another thread"), 1)
    service.fault = lambda number, params: "500"
    with pytest.raises(Failure, match="5 times in a row"):
        buyer.call(REQUESTS[2])
    assert len(service.requests) == 11


def test_where_the_service_takes_no_further_call_now_all_wait(service: StandIn, journal: Journal):
    answer = service.answer
    left = iter("10")

    def told(*asked: Any) -> Any:
        response, key = answer(*asked)
        return response._replace(headers={"anthropic-ratelimit-requests-remaining": next(left)}), key

    service.answer = told
    buyer = caller(service, journal)
    buyer.call(REQUESTS[0])
    assert not buyer.gate.paused
    buyer.call(REQUESTS[1])
    assert buyer.gate.paused == [1.0]


def test_pauses_grow_and_differ(service: StandIn, journal: Journal):
    service.fault = by_turns("500", "500", "500", "500")
    buyer = caller(service, journal)
    buyer.call(REQUESTS[0])
    pauses = buyer.gate.slept
    assert len(pauses) == 4
    assert all(0.75 * 2**n <= pause <= 1.25 * 2**n for n, pause in enumerate(pauses))


@pytest.mark.parametrize(
    ("kind", "wait", "number", "paused", "slept"),
    [
        ("busy", 7.0, 1, [7.0], []),
        ("busy", 0.0, 4, [0.0], []),
        ("again", 7.0, 1, [], [7.0]),
        ("again", 9_999.0, 1, [], [120.0]),
    ],
)
def test_all_wait_for_a_busy_service_and_one_for_its_failure(
    kind: Any, wait: float, number: int, paused: list[float], slept: list[float]
):
    gate = QuickGate()
    gate.wait(Failure(kind, "it said so", wait=wait), number)
    assert (gate.paused, gate.slept) == (paused, slept)


def test_a_service_that_failed_is_not_asked_again_at_once_though_it_says_so():
    gates = [QuickGate() for _ in range(9)]
    for gate in gates:
        gate.wait(Failure("again", "it failed", wait=0.0), 3)
    pauses = {pause for gate in gates for pause in gate.slept}
    assert min(pauses) >= 3
    assert len(pauses) > 1


def test_a_service_that_is_busy_for_many_calls_stops_none():
    gate = QuickGate()
    for number in [1, 2, 3, 4] * 3:
        gate.wait(Failure("busy", "it is busy", wait=1.0), number)
    assert gate.stopped is None


def test_what_costs_nothing_and_succeeds_ends_a_row_of_failures_as_well():
    gate = QuickGate()
    for _ in range(3):
        for number in range(1, 5):
            gate.wait(Failure("again", "it failed"), number)
        assert gate.insist(lambda: "an answer") == "an answer"


def test_a_shorter_wait_ends_no_longer_one_and_the_first_stop_ends_both():
    gate = Gate()
    gate.pause(30)
    gate.pause(0)
    with ThreadPoolExecutor() as pool:
        waiting, sleeping = pool.submit(gate.enter), pool.submit(gate.sleep, 30)
        with pytest.raises(TimeoutError):
            waiting.result(0.2)
        for reason in ("first", "second"):
            pool.submit(gate.stop, Stopped(reason)).result(10)
        with pytest.raises(Stopped, match="first"):
            waiting.result(10)
        sleeping.result(10)


def test_the_wait_that_the_service_asks_for_is_kept_by_all(service: StandIn, journal: Journal):
    service.fault = by_turns("429:0.6")
    buyer = caller(service, journal)
    buyer.gate = Gate()
    started = time.monotonic()
    first = threading.Thread(target=buyer.call, args=(REQUESTS[0],))
    first.start()
    while "refused" not in kinds(journal):
        time.sleep(0.01)
    buyer.call(REQUESTS[1])
    assert time.monotonic() - started >= 0.6
    first.join()


@pytest.mark.parametrize("fault", ["spend-limit", "401", "402", "403", "404", "429:3600"])
def test_what_no_waiting_helps_against_stops_the_run_at_once(service: StandIn, journal: Journal, fault: str):
    service.fault = lambda number, params: fault
    buyer = caller(service, journal)
    with pytest.raises(Failure) as caught:
        buyer.call(REQUESTS[0])
    assert caught.value.kind == "stop"
    assert len(service.requests) == 1
    assert buyer.gate.stopped is caught.value
    assert journal.ledger.committed == 0


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (400, "Your credit balance is too low to access the API.", None),
        (400, "You have reached your specified API usage limits.", None),
        (429, "Not now.", "contract_spend_limit_reached"),
        (429, "Not now.", "organization_on_hold"),
    ],
)
def test_an_account_that_cannot_pay_stops_the_run_at_once(
    service: StandIn, journal: Journal, status: int, message: str, code: str | None
):
    service.answer = lambda *asked: (error(status, message, code=code), "")
    buyer = caller(service, journal)
    with pytest.raises(Failure, match="raise the limit of the account"):
        buyer.call(REQUESTS[0])
    with pytest.raises(Stopped):
        buyer.call(REQUESTS[1])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "Sat, 28 Nov 2026 12:00:30 GMT", "date": "Sat, 28 Nov 2026 12:00:00 GMT"}, 30.0),
        ({"retry-after": "soon"}, None),
    ],
)
def test_a_wait_may_be_told_in_any_form(
    service: StandIn, journal: Journal, headers: dict[str, str], seconds: float | None
):
    service.answer = lambda *asked: (error(429, "Not now.", headers=headers), "")
    buyer = caller(service, journal)
    with pytest.raises(Failure, match="5 times in a row"):
        buyer.call(REQUESTS[0])
    assert seconds is None or set(buyer.gate.paused) == {seconds}


@pytest.mark.parametrize("fault", ["400", "413"])
def test_a_request_that_is_refused_fails_alone(service: StandIn, journal: Journal, fault: str):
    service.fault = by_turns(fault)
    buyer = caller(service, journal)
    with pytest.raises(Failure) as caught:
        buyer.call(REQUESTS[0])
    assert caught.value.kind == "item"
    assert not list((journal.folder / "raw").iterdir())
    assert buyer.call(REQUESTS[1]).raw


@pytest.mark.parametrize("fault", ["drop", "cut", "wait:4", "502", "504", "520", "524"])
def test_a_reply_that_does_not_arrive_may_be_paid_for_and_is_not_asked_for_again(
    service: StandIn, journal: Journal, fault: str
):
    service.fault = by_turns(fault)
    buyer = caller(service, journal)
    with pytest.raises(Failure) as caught:
        buyer.call(REQUESTS[0])
    assert caught.value.kind == "unknown"
    assert journal.ledger.spent == journal.ledger.committed == WORST
    with pytest.raises(Failure, match="--retry-unknown"):
        buyer.call(REQUESTS[0])
    assert service.completed.total() == 1
    assert caller(service, journal, retry_unknown=True).call(REQUESTS[0]).raw
    assert service.completed.total() == 2


def test_a_service_that_cannot_be_reached_is_no_unknown_call(journal: Journal):
    with StandIn() as gone:
        pass
    buyer = caller(gone, journal)
    buyer.gate = QuickGate()
    with pytest.raises(Failure, match="cannot be reached"):
        buyer.call(REQUESTS[0])
    assert journal.ledger.committed == 0


@pytest.mark.parametrize("fault", ["html", "no-json", "shape", "usage", "huge"])
def test_what_is_no_message_is_kept_and_counted_at_its_worst(service: StandIn, journal: Journal, fault: str):
    service.fault = by_turns(fault)
    bought = caller(service, journal).call(REQUESTS[0])
    kept = journal.reply(REQUESTS[0].key)
    assert kept is not None
    assert 0 < len(kept) <= 1024 * 1024
    assert bought.usage is None
    assert journal.ledger.spent == WORST
    bought = caller(service, journal, retry_unknown=True).call(REQUESTS[0])
    assert bought.usage is not None
    assert not journal.ledger.open
    assert journal.ledger.spent == WORST + bought.cost


def test_messages_from_outside_are_short_and_hold_no_key():
    said = quoted(f"\x1b[31mno\n::error::{KEY} Bearer {KEY} sk-ant-abcdefgh {'x' * 500}")
    assert "\x1b" not in said
    assert "\n" not in said
    assert "sk-" not in said
    assert len(said) <= 200


# --- Budget ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cap", ["0", "0.001"])
def test_a_cap_below_the_first_call_means_no_call(service: StandIn, journal: Journal, cap: str):
    with pytest.raises(BudgetReached) as caught:
        caller(service, journal, cap).call(REQUESTS[0])
    assert caught.value.exit_code == 3
    assert not service.requests


def test_what_a_call_can_cost_is_never_less_than_it_does():
    chance = random.Random(7)
    for _ in range(200):
        price = ModelPrice(input=Decimal(chance.randint(0, 20)), output=Decimal(chance.randint(0, 90)), max_tokens=500)
        text = "".join(chance.choices('aé漢😀 \n"\\', k=chance.randint(1, 9_000)))
        params = {"model": "m", "max_tokens": 500, "messages": [{"role": "user", "content": text}]}
        # The most tokens a text can be is one a byte, whether they are read or written to the cache.
        bytes_of = len(json.dumps(params, ensure_ascii=False).encode())
        usage = Usage(chance.randint(0, bytes_of), 500, bytes_of, 0)
        assert cost(usage._replace(input=0), price) <= at_most(params, price)
        assert cost(usage._replace(cache_write=0), price) <= at_most(params, price)


def test_a_budget_is_never_less_than_what_it_is_for():
    assert [budget(Decimal(amount)) for amount in ("0.01", "0.01001", "0.01009")] == ["0.0100", "0.0101", "0.0101"]


def test_tokens_are_estimated_from_characters_however_many_bytes_they_have():
    first, second = ({"max_tokens": 500, "messages": [{"content": letter * 3_600}]} for letter in "e漢")
    assert about(first, PRICE) == about(second, PRICE)


def test_a_short_answer_costs_no_more_than_the_longest():
    price = PRICE.model_copy(update={"max_tokens": 100})
    _, low, high = about({**REQUESTS[0].params, "max_tokens": 100}, price)
    assert low == high


def test_no_call_waits_for_money_that_a_batch_keeps(service: StandIn, journal: Journal):
    service.polls_until_done = 99
    batches(service, journal).submit(REQUESTS[:2])
    cap = str(journal.ledger.committed + WORST / 2)
    with pytest.raises(BudgetReached):
        caller(service, journal, cap=cap).call(REQUESTS[3])


def test_several_threads_do_not_pass_the_cap_together(service: StandIn, journal: Journal):
    service.fault = lambda number, params: "wait:0.02"
    cap = WORST * 2
    buyer = caller(service, journal, str(cap))
    highest = []
    service.phase = lambda phase, key: highest.append(journal.ledger.committed)
    results: list[str] = []

    def buy(request: Request) -> None:
        try:
            buyer.call(request)
            results.append("bought")
        except (BudgetReached, Stopped) as error:
            results.append(type(error).__name__)

    threads = [threading.Thread(target=buy, args=(request,)) for request in REQUESTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(highest) <= cap
    assert Decimal(str(service.billed)) <= cap
    assert results.count("bought") >= 2
    assert "BudgetReached" in results


# --- Journal ---------------------------------------------------------------------------------------------------------


def filled(service: StandIn, folder: Path) -> bytes:
    """A journal of three bought replies; returns its log."""
    with Journal(folder, now) as journal:
        journal.begin()
        for request in REQUESTS[:3]:
            caller(service, journal).call(request)
        return (folder / "runs" / f"{journal.name}.log").read_bytes()


def test_a_journal_that_is_read_again_adds_up_to_the_same(service: StandIn, tmp_path: Path):
    filled(service, tmp_path)
    with reopened(tmp_path) as journal:
        assert float(journal.ledger.spent) == pytest.approx(service.billed)
        assert journal.ledger.paid.keys() == {request.key for request in REQUESTS[:3]}


def test_the_newest_run_is_the_last_one_begun_whatever_the_clock_says(tmp_path: Path):
    for day in ("2038-01-19", "2026-01-01", "2026-01-02"):
        with Journal(tmp_path, lambda day=day: f"{day}T00:00:00+00:00") as journal:
            last = journal.newest
            journal.begin(about=day)
            name = journal.name
            assert last is None or name > last
            journal.append("end") if day != "2026-01-02" else None
    with Journal(tmp_path, now) as journal:
        journal.resume(journal.newest)
        assert (journal.name, journal.ledger.run["about"]) == (name, "2026-01-02")


@pytest.mark.parametrize("used", ["98", "9998"])
def test_however_many_runs_there_were_in_a_second_the_next_has_a_name_behind_theirs(tmp_path: Path, used: str):
    (tmp_path / "runs").mkdir()
    (tmp_path / f"runs/20990101T000000-{used}.log").touch()
    names = []
    for _ in range(4):
        with Journal(tmp_path, now) as journal:
            names.append(journal.newest or "")
            journal.begin()
            names.append(journal.name)
    assert names == sorted(names)
    assert len(set(names)) == 5


def test_two_runs_in_one_second_have_a_log_each(tmp_path: Path):
    for _ in range(3):
        with Journal(tmp_path, lambda: "2026-05-03T12:00:00+00:00") as journal:
            journal.begin(items=[])
    assert len([*(tmp_path / "runs").glob("*.log")]) == 3


def test_a_run_that_was_taken_up_and_interrupted_again_is_interrupted(tmp_path: Path):
    with Journal(tmp_path, now) as journal:
        journal.begin(items=[])
        journal.append("end", reason="")
    with Journal(tmp_path, now) as journal:
        assert journal.interrupted is None
        journal.resume(journal.newest)
    with Journal(tmp_path, now) as journal:
        assert journal.interrupted == journal.newest


@pytest.mark.parametrize(
    "announced",
    [
        {"kind": "planned", "key": "a", "question": "Why?", "worst": "2"},
        {"kind": "intent", "key": "a", "worst": "2"},
        {"kind": "batch_intent", "batch": "x", "keys": ["a", "b"], "worst": {"a": "2", "b": "1"}},
    ],
)
def test_what_cannot_be_read_counts_as_much_as_any_call_that_a_record_tells_of(
    tmp_path: Path, announced: dict[str, Any]
):
    with Journal(tmp_path, now) as journal:
        journal.begin(items=[])
        for record in ({"kind": "intent", "key": "c", "worst": "1"}, announced):
            journal.append(**record)
        journal.append("refused", key="c")
    with (tmp_path / "runs" / f"{journal.name}.log").open("ab") as log:
        log.write(b"a damaged line\n")
    with Journal(tmp_path, now) as journal:
        assert journal.earlier[journal.newest].spent == 2


def test_a_line_that_cannot_be_read_told_of_no_call_that_was_announced_before(tmp_path: Path):
    with Journal(tmp_path, now) as journal:
        journal.begin(items=[])
        for key in "abcd":
            journal.append("planned", key=key, question=key, worst="1")
        for key in "ab":
            journal.append("intent", key=key, worst="1")
        journal.append("outcome", question="d", key="d", result="written", row={})
    with (tmp_path / "runs" / f"{journal.name}.log").open("ab") as log:
        log.write(b"x" * 9_999 + b"\n")
    with Journal(tmp_path, now) as journal:
        assert journal.earlier[journal.newest].doubtful.keys() == {"c"}
        assert journal.earlier[journal.newest].spent == 2, "an answer and its follow-ups"


def test_a_second_process_is_told_at_once_who_holds_the_journal(journal: Journal):
    begun = time.monotonic()
    with pytest.raises(JournalError, match=f"process {os.getpid()}"):
        Journal(journal.folder, now)
    assert time.monotonic() - begun < 1


def damage(chance: random.Random, log: bytes) -> bytes:
    """The log, cut off, with a bit flipped, or with garbage in it."""
    place = chance.randrange(len(log))
    how = chance.randrange(4)
    if how == 0:
        return log[:place]
    if how == 1:
        return log[:place] + bytes([log[place] ^ 1 << chance.randrange(8)]) + log[place + 1 :]
    if how == 2:
        return log[:place] + bytes(chance.randrange(256) for _ in range(20)) + log[place:]
    return log + b"\0" * 30


def test_a_damaged_journal_keeps_every_paid_reply_and_never_counts_too_little(service: StandIn, tmp_path: Path):
    folder = tmp_path / "journal"
    log = filled(service, folder)
    path = next((folder / "runs").glob("*.log"))
    chance = random.Random(11)
    calls = len(service.requests)
    client = connected(service)
    for _ in range(60):
        spoilt = damage(chance, log)
        path.write_bytes(spoilt)
        with reopened(folder) as journal:
            buyer = Caller(client, journal, PRICE, cap=None)
            buyer.recover()
            for request in REQUESTS[:3]:
                assert buyer.call(request).cost == 0
            whole, damaged = read_log(spoilt)
            assert bool(journal.set_aside) == bool(damaged)
            if damaged:
                assert "set aside" in journal.set_aside[0]
                aside = sorted((folder / "runs").glob("*.damaged-*"))[-1]
                assert all(line in spoilt for line in aside.read_bytes().split(b"\n"))
            elif len(whole) == 7:
                assert float(journal.ledger.committed) >= service.billed - 1e-9
        for aside in (folder / "runs").glob("*.damaged-*"):
            aside.unlink()
    assert len(service.requests) == calls


def test_a_reply_without_a_record_is_found_again(service: StandIn, tmp_path: Path):
    log = filled(service, tmp_path)
    path = next((tmp_path / "runs").glob("*.log"))
    path.write_bytes(b"".join(line + b"\n" for line in log.split(b"\n")[:-2]))
    with reopened(tmp_path) as journal:
        buyer = caller(service, journal)
        assert journal.ledger.open
        buyer.recover()
        assert not journal.ledger.open
        assert float(journal.ledger.spent) == pytest.approx(service.billed)


def test_a_reply_that_was_written_and_not_named_is_found_again(service: StandIn, tmp_path: Path):
    filled(service, tmp_path)
    raw = tmp_path / "raw" / f"{REQUESTS[0].key}.json"
    data = raw.read_bytes()
    raw.rename(raw.with_suffix(".part"))
    raw.with_suffix(".part").write_bytes(data + b"\0" * 5000)
    (tmp_path / "raw" / "half.part").write_bytes(data[:100])
    with reopened(tmp_path) as journal:
        assert journal.reply(REQUESTS[0].key) == data
        assert not list((tmp_path / "raw").glob("*.part"))
        assert journal.reply("half") is None


def test_a_reply_that_cannot_be_named_is_told_of(service: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    filled(service, tmp_path)
    raw = tmp_path / "raw" / f"{REQUESTS[0].key}.json"
    raw.rename(raw.with_suffix(".part"))

    def failing(file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(JournalError, match=f"{tmp_path} cannot be written: Input/output error"):
        reopened(tmp_path)
    monkeypatch.undo()
    reopened(tmp_path).close()


def test_a_reply_is_found_again_on_a_disk_that_is_full(
    service: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    filled(service, tmp_path)
    raw = tmp_path / "raw" / f"{REQUESTS[0].key}.json"
    data = raw.read_bytes()
    raw.rename(raw.with_suffix(".part"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    monkeypatch.setattr(os, "write", full)
    with contextlib.suppress(JournalError):
        reopened(tmp_path)
    monkeypatch.undo()
    with reopened(tmp_path) as journal:
        assert journal.reply(REQUESTS[0].key) == data


def test_a_reply_whose_safety_a_disk_does_not_confirm_is_found_again(
    service: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fsync = os.fsync

    def failing(file: int) -> None:
        if "/raw/" in str(Path(f"/proc/self/fd/{file}").readlink()):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(file)

    with Journal(tmp_path, now) as journal:
        journal.begin()
        monkeypatch.setattr(os, "fsync", failing)
        with pytest.raises(JournalError, match=f"{REQUESTS[0].key}.json cannot be written: Input/output error"):
            caller(service, journal).call(REQUESTS[0])
        monkeypatch.undo()
    with reopened(tmp_path) as journal:
        caller_ = caller(service, journal)
        caller_.recover()
        assert caller_.call(REQUESTS[0]).usage is not None
        assert float(journal.ledger.spent) == pytest.approx(service.billed)
    assert service.completed.total() == 1


def test_no_reply_that_was_put_away_is_lost(service: StandIn, journal: Journal):
    service.fault = by_turns("html", "html")
    for _ in range(3):
        caller(service, journal, retry_unknown=True).call(REQUESTS[0])
    names = {path.name.removeprefix(REQUESTS[0].key) for path in (journal.folder / "raw").iterdir()}
    assert names == {".json", ".1.json", ".2.json"}


IN_A_BATCH = {"kind": "batch_intent", "batch": "x", "keys": ["a"], "worst": {"a": "1"}}


@pytest.mark.parametrize(
    "records",
    [
        [{"kind": "planned", "key": "a"}],
        [{"kind": "intent", "key": "a", "worst": "1"}],
        [{"kind": "unknown", "key": "a"}],
        [{"kind": "doubtful", "key": "a", "file": "x"}],
        [{"kind": "paid", "key": "a", "cost": "1"}],
        [IN_A_BATCH, {"kind": "refused", "key": "a"}, {"kind": "batch_closed", "batch": "x", "state": "collected"}],
    ],
)
def test_a_request_is_known_by_any_record_that_tells_of_it(records: list[dict[str, Any]]):
    assert Ledger(records).keys == ("a",)


def test_a_reply_that_is_there_is_not_written_over(journal: Journal):
    journal.keep("a", b"first")
    journal.keep("a", b"second")
    assert journal.reply("a") == b"first"


def test_half_a_record_that_found_no_room_spoils_none_behind_it(tmp_path: Path):
    with Journal(tmp_path, now) as journal:
        journal.begin(items=[])
        log = tmp_path / "runs" / f"{journal.name}.log"
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 20, limits[1]))
        try:
            with pytest.raises(JournalError, match="File too large"):
                journal.append("note", text="lost")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        journal.append("note", text="kept")
    records, damaged = read_log(log.read_bytes())
    assert ([record["kind"] for record in records], damaged) == (["run", "note"], [])


def small_disk(folder: Path, size: str) -> bool:
    """Put a file system of this size at the folder, where we may."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_no_call_is_made_whose_reply_could_not_be_kept(service: StandIn, tmp_path: Path):
    disk = tmp_path / "disk"
    if not small_disk(disk, "700k"):
        pytest.skip("this user may not mount file systems")
    try:
        with Journal(disk / "journal", now) as journal:
            journal.begin()
            with pytest.raises(JournalError, match="No space left") as caught:
                caller(service, journal).call(REQUESTS[0])
        assert caught.value.exit_code == 6
        assert not service.requests
    finally:
        subprocess.run(["umount", str(disk)], check=True)


# --- Batches ---------------------------------------------------------------------------------------------------------


def batches(service: StandIn, journal: Journal, cap: str | None = "5") -> Batches:
    limit = Decimal(cap) if cap is not None else None
    return Batches(connected(service), journal, PRICE, Decimal("0.5"), cap=limit, gate=QuickGate())


def test_a_batch_is_collected_at_half_the_price(service: StandIn, journal: Journal):
    ids = batches(service, journal).submit(REQUESTS[:4])
    assert len(ids) == 1
    assert batches(service, journal).collect().pending == ()
    assert journal.ledger.paid.keys() == {request.key for request in REQUESTS[:4]}
    assert float(journal.ledger.spent) == pytest.approx(service.billed)
    assert not journal.ledger.open
    assert (journal.folder / "raw" / f"{ids[0]}.jsonl").exists()


def test_a_batch_is_collected_on_another_machine(service: StandIn, tmp_path: Path):
    with Journal(tmp_path / "here", now) as journal:
        journal.begin()
        batches(service, journal).submit(REQUESTS[:2])
    (tmp_path / "here").rename(tmp_path / "there")
    with reopened(tmp_path / "there") as journal:
        batches(service, journal).collect()
        assert len(journal.ledger.paid) == 2


def test_what_is_too_much_for_a_batch_becomes_several(service: StandIn, journal: Journal):
    params = {"model": "claude-haiku-4-5", "max_tokens": 1, "messages": [{"role": "user", "content": "Why?"}]}
    asked = [REQUESTS[0]._replace(key=f"{number:064}"[::-1], params=params) for number in range(1_001)]
    assert len(batches(service, journal, cap=None).submit(asked)) == 2
    assert [len(batch["requests"]) for batch in service.batches.values()] == [1_000, 1]


def test_a_batch_whose_results_were_entered_in_part_when_the_run_was_killed_is_counted_once(
    service: StandIn, tmp_path: Path
):
    with Journal(tmp_path, now) as journal:
        journal.begin()
        batches(service, journal).submit(REQUESTS[:3])
        batches(service, journal).collect()
        spent = journal.ledger.spent
    log = tmp_path / "runs" / f"{journal.name}.log"
    lines = log.read_bytes().splitlines(keepends=True)
    paid = [number for number, line in enumerate(lines) if b'"kind":"paid"' in line]
    log.write_bytes(b"".join(lines[: paid[1] + 1]))
    with reopened(tmp_path) as journal:
        assert journal.ledger.spent < spent < journal.ledger.committed
        batches(service, journal).collect()
        assert journal.ledger.spent == journal.ledger.committed == spent


def test_a_batch_is_collected_though_the_record_that_announced_an_earlier_one_is_damaged(
    service: StandIn, tmp_path: Path
):
    service.polls_until_done = 9
    with Journal(tmp_path, now) as journal:
        journal.begin()
        service.fault = by_turns("429")
        batches(service, journal).submit(REQUESTS[:2])
    log = tmp_path / "runs" / f"{journal.name}.log"
    log.write_bytes(log.read_bytes().replace(b"batch_intent", b"batch_INTENT", 1))
    with reopened(tmp_path) as journal:
        batches(service, journal).submit(REQUESTS[2:4])
        service.polls_until_done = 0
        batches(service, journal).collect()
        assert journal.ledger.paid.keys() == {request.key for request in REQUESTS[:4]}


def test_a_batch_whose_announcement_is_damaged_and_that_does_not_say_what_it_holds_is_passed_over(
    service: StandIn, tmp_path: Path
):
    with Journal(tmp_path, now) as journal:
        journal.begin()
        journal.append("planned", key=REQUESTS[0].key, question=QUESTIONS[0], worst="1")
        journal.append("batch_intent", batch="x-1", keys=[REQUESTS[0].key], worst={REQUESTS[0].key: "1"})
        journal.append("batch_created", batch="x-1", id="msgbatch_1", adopted=False)
    log = tmp_path / "runs" / f"{journal.name}.log"
    log.write_bytes(log.read_bytes().replace(b"batch_intent", b"batch_INTENT", 1))
    with reopened(tmp_path) as journal:
        assert (journal.ledger.batches, journal.ledger.doubtful.keys()) == ({}, {REQUESTS[0].key})
        assert batches(service, journal).collect() == Collected()


RECORDS: tuple[dict[str, Any], ...] = (
    {"kind": "run", "run": "x", "items": [], "cap": "1", "model": "m", "citations": "native"},
    {"kind": "planned", "key": "a", "question": "why", "worst": "1"},
    {"kind": "intent", "key": "a", "worst": "1"},
    {"kind": "paid", "key": "a", "cost": "0.1", "usage": None, "request_id": "", "mode": "direct"},
    {"kind": "outcome", "question": "question:why", "key": "a", "result": "written", "row": {}},
    {"kind": "batch_intent", "batch": "x-1", "keys": ["b", "c"], "worst": {"b": "1", "c": "1"}},
    {"kind": "batch_created", "batch": "x-1", "id": "m", "adopted": True, "keys": ["b"], "worst": {"b": "1"}},
    {"kind": "batch_mistaken", "batch": "x-1", "id": "m"},
    {"kind": "refused", "key": "b", "reason": "no", "status": 400, "request_id": ""},
    {"kind": "unknown", "key": "c", "reason": "no", "status": 500, "request_id": ""},
    {"kind": "batch_closed", "batch": "x-1", "state": "collected", "failed": 1},
    {"kind": "doubtful", "key": "d", "file": "x.damaged-1"},
    {"kind": "damaged", "worst": "1", "file": "x.damaged-1"},
    {"kind": "end", "reason": ""},
)


@pytest.mark.parametrize(
    ("number", "field"), [(number, field) for number, record in enumerate(RECORDS) for field in ("at", *record)]
)
def test_a_journal_is_read_whatever_field_a_record_lacks(tmp_path: Path, number: int, field: str):
    with Journal(tmp_path, now) as journal:
        journal.begin()
    told = [{"at": now(), **record} for record in RECORDS]
    del told[number][field]
    path = tmp_path / "runs" / f"{journal.name}.log"
    path.write_bytes(b"".join(map(line_of, told)))
    with Journal(tmp_path, now) as journal:
        assert journal.may_be_paid("a")
        assert len(journal.with_batches) <= 1
        assert journal.earlier[journal.newest].committed >= Decimal("0.1")


def test_a_batch_that_is_not_done_is_left_with_its_deadline(service: StandIn, journal: Journal):
    service.polls_until_done = 3
    batches(service, journal).submit(REQUESTS[:2])
    found = batches(service, journal).collect()
    (said,) = found.pending
    assert "must be collected before" in said


@pytest.mark.parametrize("fault", ["errored", "expired", "canceled"])
def test_what_a_batch_did_not_answer_can_be_asked_again(service: StandIn, journal: Journal, fault: str):
    service.batch_fault = lambda number: fault if number == 1 else ""
    batches(service, journal).submit(REQUESTS[:3])
    found = batches(service, journal).collect()
    assert [key for key, _ in found.failed] == [REQUESTS[1].key]
    assert fault in found.failed[0][1]
    service.batch_fault = lambda number: ""
    batches(service, journal).submit(REQUESTS[:3])
    assert len(service.batches["msgbatch_000000000000000000000001"]["requests"]) == 1
    batches(service, journal).collect()
    assert len(journal.ledger.paid) == 3


@pytest.mark.parametrize("fault", ["drop", "cut", "500", "524"])
def test_a_batch_of_which_nobody_knows_whether_it_arrived_is_looked_for(service: StandIn, journal: Journal, fault: str):
    service.fault = by_turns(fault)
    try:
        batches(service, journal).submit(REQUESTS[:3])
    except Failure:
        batches(service, journal).submit(REQUESTS[:3])
    assert len(service.batches) == 1
    batches(service, journal).collect()
    assert len(journal.ledger.paid) == 3


@pytest.mark.parametrize("fault", ["429", "429:0.05", "503", "529"])
def test_a_batch_that_was_turned_away_is_handed_in_again(service: StandIn, journal: Journal, fault: str):
    service.fault = by_turns(fault, fault)
    assert len(batches(service, journal).submit(REQUESTS[:2])) == 1
    assert [method for method, *_ in service.requests] == ["POST"] * 3
    batches(service, journal).collect()
    assert (len(service.batches), len(journal.ledger.paid)) == (1, 2)


@pytest.mark.parametrize("fault", ["429", "529"])
def test_after_five_tries_a_batch_is_not_handed_in(service: StandIn, journal: Journal, fault: str):
    service.fault = lambda number, params: fault
    with pytest.raises(Failure, match="5 times in a row"):
        batches(service, journal).submit(REQUESTS[:2])
    assert (len(service.requests), journal.ledger.committed) == (5, 0)


@pytest.mark.parametrize("fault", ["429", "500", "529", "524", "drop"])
def test_what_costs_nothing_is_tried_again(service: StandIn, journal: Journal, fault: str):
    batches(service, journal).submit(REQUESTS[:2])
    for _ in range(2):
        service.free_faults = [fault] * 4
        batches(service, journal).cancel()
    service.free_faults = [fault] * 5
    with pytest.raises(Failure, match="5 times in a row"):
        batches(service, journal).collect()
    service.free_faults = [fault] * 4
    assert len(batches(service, journal).collect().failed) == 2


def test_a_batch_announced_by_a_run_that_was_killed_is_adopted(service: StandIn, journal: Journal):
    worst = {request.key: "0.01" for request in REQUESTS[:2]}
    journal.append("batch_intent", batch="x", keys=list(worst), worst=worst)
    sent = [{"custom_id": custom_id(request.key), "params": request.params} for request in REQUESTS[:2]]
    connected(service).create_batch(sent)
    batches(service, journal).submit(REQUESTS[:2])
    assert len(service.batches) == 1
    batches(service, journal).collect()
    assert len(journal.ledger.paid) == 2


def test_a_batch_of_the_same_size_that_is_somebody_elses_brings_nothing(service: StandIn, journal: Journal):
    worst = {request.key: "0.01" for request in REQUESTS[:2]}
    journal.append("batch_intent", batch="x", keys=list(worst), worst=worst)
    others = [{"custom_id": f"other-{n}", "params": REQUESTS[n].params} for n in (4, 5)]
    connected(service).create_batch(others)
    found = batches(service, journal).collect()
    assert {reason for _, reason in found.failed} == {"the service has no such batch"}
    assert "holds 2 results that nobody asked for" in found.notes[0]
    assert not journal.ledger.paid
    assert journal.ledger.committed == 0


def test_behind_a_batch_that_is_somebody_elses_ones_own_is_found(service: StandIn, journal: Journal):
    worst = {request.key: "0.01" for request in REQUESTS[:2]}
    journal.append("batch_intent", batch="x", keys=list(worst), worst=worst)
    for _ in range(3):
        connected(service).create_batch([{"custom_id": f"other-{n}", "params": REQUESTS[n].params} for n in (4, 5)])
    own = [{"custom_id": custom_id(request.key), "params": request.params} for request in REQUESTS[:2]]
    connected(service).create_batch(own)
    for _ in range(4):
        assert batches(service, journal).collect().failed == ()
    assert journal.ledger.paid.keys() == worst.keys()
    journal.close()
    with reopened(journal.folder) as again:
        assert again.ledger.paid.keys() == worst.keys()


def test_what_a_batch_of_any_run_may_bring_is_neither_handed_in_nor_asked_for_again(service: StandIn, tmp_path: Path):
    with Journal(tmp_path / "journal", now) as journal:
        journal.begin()
        batches(service, journal).submit(REQUESTS[:2])
        with pytest.raises(Failure, match="--batch collect") as failed:
            caller(service, journal).call(REQUESTS[0])
        assert failed.value.kind == "pending"
    with Journal(tmp_path / "journal", now) as journal:
        journal.begin()
        assert batches(service, journal).submit(REQUESTS[:2]) == []
        with pytest.raises(Failure, match="--batch collect"):
            caller(service, journal, retry_unknown=True).call(REQUESTS[0])
    assert len(service.batches) == 1
    assert not service.completed


def test_a_batch_that_the_service_lists_late_is_not_handed_in_twice(service: StandIn, journal: Journal):
    service.fault = by_turns("drop")
    listed, service._listed = service._listed, lambda asked: {"data": [], "has_more": False}
    with pytest.raises(Failure, match="may have been paid for"):
        batches(service, journal).submit(REQUESTS[:3])
    assert journal.ledger.committed > 0
    service._listed = listed
    assert batches(service, journal).submit(REQUESTS[:3]) == []
    batches(service, journal).collect()
    assert (len(service.batches), len(journal.ledger.paid)) == (1, 3)


def test_a_batch_is_found_behind_however_many_of_other_programs(service: StandIn, journal: Journal):
    service.fault = by_turns("drop")
    listed, service._listed = service._listed, lambda asked: {"data": [], "has_more": False}
    with pytest.raises(Failure, match="may have been paid for"):
        batches(service, journal).submit(REQUESTS[:1])
    service._listed = listed
    client = connected(service)
    others = [{"custom_id": f"other-{n}", "params": REQUESTS[n].params} for n in (4, 5)]
    for _ in range(210):
        client.create_batch(others)
    assert batches(service, journal).submit(REQUESTS[:1]) == []
    batches(service, journal).collect()
    assert (len(service.batches), len(journal.ledger.paid)) == (211, 1)


def test_batches_from_before_ones_own_are_not_gone_through(service: StandIn, journal: Journal):
    client = connected(service)
    others = [{"custom_id": f"other-{n}", "params": REQUESTS[n].params} for n in (4, 5)]
    for _ in range(110):
        long_ago = service.batches[client.create_batch(others)["id"]]
        long_ago["created"] -= dt.timedelta(days=2)
    worst = {REQUESTS[0].key: "0.01"}
    journal.append("batch_intent", batch="x", keys=list(worst), worst=worst)
    calls = len(service.requests)
    batches(service, journal).collect()
    assert len(service.requests) == calls + 1


def test_a_batch_whose_name_could_be_a_path_is_not_taken(service: StandIn, journal: Journal):
    shown = service._shown
    service._shown = lambda batch: {**shown(batch), "id": "msgbatch_/../../up"}
    with pytest.raises(Failure, match="gave it no name"):
        batches(service, journal).submit(REQUESTS[:1])


def test_results_that_break_off_are_fetched_again(service: StandIn, journal: Journal):
    batches(service, journal).submit(REQUESTS[:2])
    service.results_part = 0.5
    with pytest.raises(Failure, match=r"the connection broke off; it did so 5 times in a row$"):
        batches(service, journal).collect()
    service.results_part = 1.0
    assert batches(service, journal).collect().failed == ()
    assert len(journal.ledger.paid) == 2


def test_what_a_batch_says_nothing_of_may_have_been_paid_for(service: StandIn, journal: Journal):
    batches(service, journal).submit(REQUESTS[:2])
    service.batch_fault = lambda number: "left out" if number == 0 else ""
    ((key, reason),) = batches(service, journal).collect().lost
    assert (key, "--retry-unknown" in reason) == (REQUESTS[0].key, True)
    assert journal.ledger.committed == WORST / 2 + Decimal(journal.ledger.paid[REQUESTS[1].key]["cost"])
    with pytest.raises(Failure, match="--retry-unknown"):
        caller(service, journal).call(REQUESTS[0])


def test_what_results_left_out_is_fetched_again_before_it_is_called_lost(service: StandIn, journal: Journal):
    batches(service, journal).submit(REQUESTS[:2])
    results, fetched = service._results, []

    def cut_once(batch: dict[str, Any]) -> Iterator[bytes]:
        fetched.append(batch["id"])
        return iter(list(results(batch))[len(fetched) == 1 :])

    service._results = cut_once
    found = batches(service, journal).collect()
    assert (found.lost, len(journal.ledger.paid), len(fetched)) == ((), 2, 2)


def test_a_reply_that_turns_up_later_is_not_bought_again(service: StandIn, journal: Journal):
    batches(service, journal).submit(REQUESTS[:2])
    service.batch_fault = lambda number: "left out" if number == 0 else ""
    for _ in range(2):
        assert len(batches(service, journal).collect().lost) == 1
    service.batch_fault = lambda number: ""
    assert batches(service, journal).collect() == Collected()
    assert len(journal.ledger.paid) == 2
    assert caller(service, journal).call(REQUESTS[0]).usage is not None
    assert float(journal.ledger.spent) >= service.billed
    looks = len(service.requests)
    assert batches(service, journal).collect() == Collected()
    assert len(service.requests) == looks


def test_what_turns_out_to_have_brought_nothing_is_free_to_ask_again(service: StandIn, journal: Journal):
    batches(service, journal).submit(REQUESTS[:1])
    service.batch_fault = lambda number: "left out"
    assert batches(service, journal).collect().lost
    service.batch_fault = lambda number: "expired"
    assert batches(service, journal).collect().failed == ((REQUESTS[0].key, "in the batch it was expired"),)
    assert caller(service, journal).call(REQUESTS[0]).usage is not None


def test_what_was_asked_again_meanwhile_is_not_looked_for_in_its_batch(service: StandIn, journal: Journal):
    batches(service, journal).submit(REQUESTS[:1])
    service.batch_fault = lambda number: "left out"
    batches(service, journal).collect()
    bought = caller(service, journal, retry_unknown=True).call(REQUESTS[0])
    service.batch_fault = lambda number: ""
    assert batches(service, journal).collect() == Collected()
    assert journal.reply(REQUESTS[0].key) == bought.raw


def test_results_of_a_batch_are_kept_whole_however_many_there_are(journal: Journal):
    results = b"x" * 3_000_000
    journal.save_batch("msgbatch_1", results)
    assert (journal.folder / "raw/msgbatch_1.jsonl").read_bytes() == results


def test_the_key_does_not_follow_results_to_another_host(service: StandIn, journal: Journal):
    with StandIn() as other:
        service.results_host = other.url
        batches(service, journal).submit(REQUESTS[:1])
        with pytest.raises(Failure, match="another host"):
            batches(service, journal).collect()
        assert not other.requests


def test_a_batch_that_could_pass_the_cap_is_not_handed_in(service: StandIn, journal: Journal):
    with pytest.raises(BudgetReached):
        batches(service, journal, "0.02").submit(REQUESTS)
    assert not service.batches


def test_results_in_any_order_with_blank_and_broken_lines_are_read():
    lines = [
        b'{"custom_id":"b","result":{"type":"expired"}}',
        b"",
        b"{broken",
        b"[1]",
        b'{"custom_id":"a","result":{}}',
        b"",
    ]
    results, notes = read_results(b"\n".join(lines))
    assert list(results) == ["b", "a"]
    assert notes == ["2 lines of the results cannot be read, and kept"]


def test_a_canceled_batch_keeps_nothing_open(service: StandIn, journal: Journal):
    service.polls_until_done = 99
    batches(service, journal).submit(REQUESTS[:2])
    assert len(batches(service, journal).cancel()) == 1
    found = batches(service, journal).collect()
    assert len(found.failed) == 2
    assert journal.ledger.committed == 0


# --- Secrets ---------------------------------------------------------------------------------------------------------


def spellings(key: str) -> list[str]:
    data = key.encode()
    return [key, base64.b64encode(data).decode().rstrip("="), data.hex(), quote(key, safe="")]


def test_with_debug_logs_and_every_fault_the_key_appears_nowhere(tmp_path: Path, root: Path):
    """A process of its own, because the package sets its logs up when it is imported."""
    faults = ["400", "401", "429", "500", "drop", "cut", "html", "shape", ""]
    script = (
        "import sys, traceback\n"
        "from tests.test_llm import *\n"
        "with Journal(sys.argv[2], now) as journal:\n"
        "    journal.begin()\n"
        "    client = Client(KEY, sys.argv[1], timeout=3)\n"
        "    for request in REQUESTS:\n"
        "        caller_ = Caller(client, journal, PRICE, cap=None, gate=QuickGate())\n"
        "        try:\n"
        "            caller_.call(request)\n"
        "        except Exception:\n"
        "            traceback.print_exc()\n"
        "    print(repr(client), vars(journal), file=sys.stderr)\n"
    )
    with StandIn(by_turns(*faults)) as service:
        environment = {**os.environ, "ANTHROPIC_LOG": "debug", "PYTHONPATH": str(root)}
        done = subprocess.run(
            [sys.executable, "-c", script, service.url, str(tmp_path / "journal")],
            capture_output=True, text=True, env=environment, cwd=root, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        assert len(service.requests) >= len(REQUESTS)
        assert service.requests[0][2]["authorization"] == f"Bearer {KEY}"
    said = done.stdout + done.stderr
    assert "anthropic" in said, "the debug logs should be there"
    files = "".join(p.read_bytes().decode("utf-8", "replace") for p in tmp_path.rglob("*") if p.is_file())
    for spelling in spellings(KEY):
        assert spelling not in said
        assert spelling not in files


def test_a_service_that_repeats_the_key_is_quoted_without_it(service: StandIn, journal: Journal):
    key = "gateway-1f0c9a2e"
    service.answer = lambda method, path, headers, body: (
        error(401, f"no such key: {headers['authorization'][7:]}"),
        "",
    )
    client = Client(key, service.url, timeout=3)
    CLIENTS.append(client)
    with pytest.raises(Failure, match=r"no such key: \[…\]") as refused:
        Caller(client, journal, PRICE, cap=None, gate=QuickGate()).call(REQUESTS[0])
    assert key not in str(refused.value)
    assert key not in (journal.folder / "runs" / f"{journal.name}.log").read_text()


def test_logging_is_left_as_it_was():
    assert logging.getLogger("anthropic").level in {logging.NOTSET, logging.DEBUG, logging.INFO}
