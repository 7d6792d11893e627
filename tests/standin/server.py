"""A loopback server of the API's wire format: it answers, goes wrong on request, and counts what it completed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from tests.standin import replies
from tests.standin.faults import Response, error, is_billed, respond
from tests.standin.refusals import refuse_batch, refuse_headers, refuse_params

MODELS = ("claude-haiku-4-5", "claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-sonnet-4-6")
WITHOUT_CITATIONS = "claude-sonnet-4-6"

Fault = Callable[[int, dict[str, Any]], str]
"""Names the fault of call number N with these parameters; "" is none."""


def no_fault(number: int, params: dict[str, Any]) -> str:
    return ""


def by_turns(*faults: str) -> Fault:
    """These faults for the first calls, then none."""
    return lambda number, params: faults[number] if number < len(faults) else ""


def digest(params: dict[str, Any]) -> str:
    """What tells one request from another."""
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


class StandIn:
    """The service: start it with `with StandIn() as service`, and talk to `service.url`."""

    def __init__(
        self, fault: Fault = no_fault, *, port: int = 0, make: Callable[..., dict[str, Any]] = replies.message
    ) -> None:
        self.fault = fault
        self.make = make
        self.free_faults: list[str] = []
        """What goes wrong with the next calls that make nothing, in order."""
        self.polls_until_done = 1
        self.batch_fault: Callable[[int], str] = lambda number: ""
        self.results_host: str | None = None
        self.results_part = 1.0
        """How much of the results of a batch is sent before the connection ends."""
        self.log: Callable[[str], None] = lambda line: None
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self.completed: Counter[str] = Counter()
        """How often a reply was made (and is billed), by the digest of its request."""
        self.delivered: Counter[str] = Counter()
        """How often a reply was sent whole."""
        self.phase: Callable[[str, str], None] = lambda phase, key: None
        """Called with received, half and sent, and the digest, at these points of a call."""
        self.billed = 0.0
        self.batches: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._calls = 0
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.service = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Serve until interrupted."""
        self._thread.start()
        self._thread.join()

    # --- Messages ----------------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> tuple[Response, str]:
        """The response to a request, and the digest of what it asked for."""
        with self._lock:
            self.requests.append((method, path, headers, body))
        refused = refuse_headers(headers)
        if refused:
            return error(*refused), ""
        route = [part for part in path.partition("?")[0].split("/") if part]
        if route == ["v1", "messages"] and method == "POST":
            return self._message(body)
        asked = dict(parse_qsl(path.partition("?")[2])) if method == "GET" else body
        return self._others(method, route, asked), ""

    def _others(self, method: str, route: list[str], body: Any) -> Response:
        if self.free_faults and (method, route[2:]) != ("POST", ["batches"]):
            return respond(self.free_faults.pop(0), {})
        if route[:2] == ["v1", "models"]:
            return self._models(route[2:])
        if route[:3] == ["v1", "messages", "count_tokens"]:
            return _json({"input_tokens": replies.count(body)})
        if route[:3] == ["v1", "messages", "batches"]:
            return self._batches(method, route[3:], body)
        return error(404, "there is nothing here")

    def _message(self, params: Any) -> tuple[Response, str]:
        reason = refuse_params(params)
        if reason:
            return error(400, reason), ""
        key = digest(params)
        with self._lock:
            number, self._calls = self._calls, self._calls + 1
        fault = self.fault(number, params)
        made = self.make(params, number) if is_billed(fault) else {}
        if made:
            self.bill(key, made)
        return respond(fault, made), key

    def bill(self, key: str, message: dict[str, Any], part: float = 1.0) -> None:
        """Count a reply as made, with its price on claude-haiku-4-5."""
        usage = message["usage"]
        with self._lock:
            self.completed[key] += 1
            self.billed += part * (usage["input_tokens"] * 1.0 + usage["output_tokens"] * 5.0) / 1_000_000

    def _models(self, rest: list[str]) -> Response:
        listed = [_model(name) for name in MODELS]
        if not rest:
            return _json({"data": listed, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]})
        found = next((model for model in listed if model["id"] == rest[0]), None)
        return _json(found) if found else error(404, f"model: {rest[0]}")

    # --- Batches -----------------------------------------------------------------------------------------------------

    def _batches(self, method: str, rest: list[str], body: Any) -> Response:
        if not rest:
            return self._create(body) if method == "POST" else _json(self._listed(body))
        batch = self.batches.get(rest[0])
        if batch is None:
            return error(404, "there is no such batch")
        if method == "DELETE":
            return _json({"id": rest[0], "type": "message_batch_deleted"})
        if rest[1:] == ["cancel"]:
            batch["canceled"] = True
            return _json({**self._shown(batch), "processing_status": "canceling"})
        if rest[1:] == ["results"]:
            results = b"".join(self._results(batch))
            return Response(200, results, {"content-type": "application/binary"}, part=self.results_part)
        batch["polls"] += 1
        return _json(self._shown(batch))

    def _create(self, body: Any) -> Response:
        requests = body.get("requests") if isinstance(body, dict) else None
        reason = refuse_batch(requests)
        if reason:
            return error(400, reason)
        id = f"msgbatch_{len(self.batches):024d}"
        fault = self.fault(self._calls, {})
        self._calls += 1
        if fault and not is_billed(fault):
            return respond(fault, {})
        created = _now()
        self.batches[id] = {
            "id": id,
            "requests": requests,
            "polls": 0,
            "canceled": False,
            "created": created,
            "made": {},
        }
        shown = json.dumps(self._shown(self.batches[id])).encode()
        return respond(fault, {})._replace(body=shown, billed=False)

    def _listed(self, asked: dict[str, str]) -> dict[str, Any]:
        ids = [*reversed(self.batches)]
        first = ids.index(asked["after_id"]) + 1 if "after_id" in asked else 0
        end = first + int(asked.get("limit", "20"))
        data = [self._shown(self.batches[id]) for id in ids[first:end]]
        return {"data": data, "has_more": end < len(ids), "first_id": None, "last_id": None}

    def _shown(self, batch: dict[str, Any]) -> dict[str, Any]:
        ended = batch["canceled"] or batch["polls"] >= self.polls_until_done
        host = self.results_host or self.url
        return {
            "id": batch["id"],
            "type": "message_batch",
            "processing_status": "ended" if ended else "in_progress",
            "request_counts": {
                "processing": 0 if ended else len(batch["requests"]),
                "succeeded": len(batch["requests"]) if ended else 0,
                "errored": 0,
                "canceled": 0,
                "expired": 0,
            },
            "created_at": batch["created"].isoformat().replace("+00:00", "Z"),
            "expires_at": (batch["created"] + dt.timedelta(days=1)).isoformat().replace("+00:00", "Z"),
            "ended_at": None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{host}/v1/messages/batches/{batch['id']}/results" if ended else None,
        }

    def _results(self, batch: dict[str, Any]) -> Iterator[bytes]:
        """Lines in no particular order; a reply is made, and billed, once."""
        for number, request in reversed(list(enumerate(batch["requests"]))):
            fault = "canceled" if batch["canceled"] else self.batch_fault(number)
            if fault == "left out":
                continue
            if fault == "errored":
                inner = {"type": "invalid_request_error", "message": "made to fail"}
                result: dict[str, Any] = {
                    "type": "errored",
                    "error": {"type": "error", "error": inner, "request_id": "req_x"},
                }
            elif fault:
                result = {"type": fault}
            else:
                if number not in batch["made"]:
                    batch["made"][number] = self.make(request["params"], number, tier="batch")
                    self.bill(digest(request["params"]), batch["made"][number], 0.5)
                result = {"type": "succeeded", "message": batch["made"][number]}
            yield json.dumps({"custom_id": request["custom_id"], "result": result}).encode() + b"\n"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    service: StandIn

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is not an error of the server."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:
            return
        body = json.loads(raw) if raw else None
        headers = {name.lower(): value for name, value in self.headers.items()}
        service = self.server.service
        response, key = service.answer(self.command, self.path, headers, body)
        if key:
            service.phase("received", key)
        if response.wait:
            time.sleep(response.wait)
        service.log(f"{self.command} {self.path} {response.status}{'' if response.part == 1 else ' (broken off)'}")
        self._send(response, key)

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - names of the standard library

    def _send(self, response: Response, key: str) -> None:
        headers = {"content-type": "application/json", "request-id": f"req_{id(self):024x}"[:28], **response.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        data = (
            f"HTTP/1.1 {response.status} X\r\n{head}content-length: {len(response.body)}\r\n\r\n".encode()
            + response.body
        )
        if response.part < 1:
            self._break_off(data[: int(len(data) * response.part)])
            return
        service = self.server.service
        if not key:
            self.connection.sendall(data)
            return
        # Headers and half of the body, then the rest: a client can be killed between the two.
        half = len(data) - len(response.body) // 2
        with suppress(OSError):
            self.connection.sendall(data[:half])
            service.phase("half", key)
            self.connection.sendall(data[half:])
            if response.billed:
                service.delivered[key] += 1
            service.phase("sent", key)

    def _break_off(self, data: bytes) -> None:
        with suppress(OSError):
            self.connection.sendall(data)
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: `StandIn.log` says what there is to say."""


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)


def _json(value: Any) -> Response:
    return Response(200, json.dumps(value).encode())


def _model(name: str) -> dict[str, Any]:
    return {
        "type": "model",
        "id": name,
        "display_name": name,
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
        "capabilities": {"citations": {"supported": name != WITHOUT_CITATIONS}, "batch": {"supported": True}},
    }
