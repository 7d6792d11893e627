"""The stand-in refuses what the service refuses, so that what passes here is not refused there."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.asking import REQUEST
from tests.standin import StandIn

HEADERS = {"authorization": "Bearer x", "anthropic-version": "2026-10-21", "content-type": "application/json"}
BATCHES = "/v1/messages/batches"


@pytest.fixture(scope="module")
def service() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def ask(service: StandIn, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(service.url + path, data=data, headers=HEADERS if headers is None else headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def params(**changes: Any) -> dict[str, Any]:
    return {**REQUEST.params, **changes}


def test_what_pregenerate_sends_is_answered_with_citations(service: StandIn):
    status, message = ask(service, "/v1/messages", params())
    assert status == 200
    assert message["stop_reason"] == "end_turn"
    assert any(block["citations"] for block in message["content"])


@pytest.mark.parametrize("headers", [{**HEADERS, "x-api-key": "x"}, {"anthropic-version": "2026-10-21"}])
def test_a_key_goes_in_the_bearer_token_and_nowhere_else(service: StandIn, headers: dict[str, str]):
    assert ask(service, "/v1/messages", params(), headers)[0] == 401


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"temperature": 1.0}, "sampling parameters"),
        ({"top_p": 0.9}, "sampling parameters"),
        ({"top_k": 5}, "sampling parameters"),
        ({"tools": []}, "not permitted"),
        ({"output_config": {"format": {"type": "json_schema", "schema": {}}}}, "cannot be used together"),
    ],
)
def test_parameters_that_the_service_does_not_take_are_refused_in_calls_and_in_batches(
    service: StandIn, changes: dict[str, Any], reason: str
):
    made = service.completed.total()
    for path, body in (
        ("/v1/messages", params(**changes)),
        (BATCHES, {"requests": [{"custom_id": "a", "params": params(**changes)}]}),
    ):
        status, said = ask(service, path, body)
        assert status == 400
        assert reason in said["error"]["message"]
    assert service.completed.total() == made


@pytest.mark.parametrize("ids", [["a", "a"], ["a b"], ["x" * 65], [""]])
def test_names_within_a_batch_are_unique_and_short(service: StandIn, ids: list[str]):
    requests = [{"custom_id": id, "params": params()} for id in ids]
    assert ask(service, BATCHES, {"requests": requests})[0] == 400


def test_tokens_are_counted_and_models_say_what_they_can(service: StandIn):
    assert ask(service, "/v1/messages/count_tokens", params())[1]["input_tokens"] > 1000
    assert ask(service, "/v1/models/claude-haiku-4-5")[1]["capabilities"]["citations"]["supported"] is True
    assert ask(service, "/v1/models/nobody")[0] == 404


def test_it_is_a_command_that_says_how_to_use_it(root: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.standin", "--port", "0"], cwd=root, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert said.startswith("export ANTHROPIC_BASE_URL=http://127.0.0.1:")
    assert "ANTHROPIC_API_KEY=" in said


def test_a_port_that_is_taken_is_a_sentence(service: StandIn, root: Path):
    port = service.url.rpartition(":")[2]
    command = [sys.executable, "-m", "tests.standin", "--port", port]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert f"error: port {port} cannot be listened on (" in done.stderr
