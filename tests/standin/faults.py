"""What can go wrong between a service and its customer, each by a name that a test or a command line can give.

429[:SECONDS]  500 503 529 400 401 402 403 404 413    an error; 429 may say how long to wait
502 504 520 524 the reply is made (and billed), but something between gives up waiting for it
spend-limit     429 that no waiting helps against
drop  cut       the reply is made (and billed), but nothing or half of it arrives
wait:SECONDS    the reply comes late
html  no-json  shape  usage  huge                     200, but no message
stop:REASON     the message ended for another reason
model           the message is by another model
no-follow-ups   the tail is missing
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    529: "overloaded_error",
}

GIVEN_UP = frozenset({"502", "504", "520", "524"})


class Response(NamedTuple):
    """What goes over the wire; `part` is how much of the body is sent before the connection ends."""

    status: int
    body: bytes
    headers: Mapping[str, str] = MappingProxyType({})
    part: float = 1.0
    wait: float = 0.0
    billed: bool = False


def error(status: int, message: str, *, code: str | None = None, headers: dict[str, str] | None = None) -> Response:
    inner: dict[str, Any] = {"type": TYPES.get(status, "api_error"), "message": message}
    if code:
        inner["details"] = {"error_code": code}
    return Response(
        status, json.dumps({"type": "error", "error": inner, "request_id": "req_x"}).encode(), headers or {}
    )


def is_billed(fault: str) -> bool:
    """Whether the reply is made in spite of the fault."""
    name = fault.partition(":")[0]
    return name in GIVEN_UP or (not name.isdecimal() and name != "spend-limit")


def respond(fault: str, message: dict[str, Any]) -> Response:
    """The response to a call that goes wrong in the way named, or well where none is."""
    name, _, value = fault.partition(":")
    whole = Response(200, encoded(message), billed=True)
    if name.isdecimal():
        headers = {"retry-after": value} if value else {}
        return error(int(name), f"made to fail with {name}", headers=headers)
    if name == "spend-limit":
        return error(429, "This organization has reached its spend limit.", code="enforced_spend_limit_reached")
    if name in {"drop", "cut"}:
        return whole._replace(part=0.0 if name == "drop" else 0.5)
    if name == "wait":
        return whole._replace(wait=float(value))
    return whole._replace(**_spoilt(name, value, message))


def _spoilt(name: str, value: str, message: dict[str, Any]) -> dict[str, Any]:
    if name == "html":
        return {"body": b"<!doctype html><title>Bad gateway</title>", "headers": {"content-type": "text/html"}}
    if name in {"no-json", "shape"}:
        return {"body": encoded(message)[:-40] if name == "no-json" else b'{"hello": 1}'}
    return {"body": encoded({**message, **_changed(name, value, message)})}


def _changed(name: str, value: str, message: dict[str, Any]) -> dict[str, Any]:
    if name == "huge":
        return {"content": [{"type": "text", "text": "x" * 50_000_000}]}
    if name == "stop":
        return {"stop_reason": value, "content": [] if value == "refusal" else message["content"]}
    if name == "usage":
        return {"usage": dict.fromkeys(message["usage"])}
    if name == "model":
        return {"model": "claude-other-1"}
    if name == "no-follow-ups":
        return {"content": [{**b, "text": b["text"].partition("KEEP EXPLORING")[0]} for b in message["content"]]}
    return {}


def encoded(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
