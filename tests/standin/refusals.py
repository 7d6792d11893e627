"""What the service refuses, so that nothing passes here that would fail there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_GONE = {"temperature", "top_p", "top_k"}
_KNOWN = {
    "model",
    "max_tokens",
    "messages",
    "system",
    "output_config",
    "stream",
    "metadata",
    "thinking",
    "stop_sequences",
}
_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def refuse_headers(headers: Mapping[str, str]) -> tuple[int, str] | None:
    """Say why a request's headers are not accepted."""
    if headers.get("x-api-key"):
        return 401, "x-api-key is not accepted; send the key as a bearer token"
    if not headers.get("authorization", "").startswith("Bearer "):
        return 401, "there is no bearer token"
    if not headers.get("anthropic-version"):
        return 400, "there is no anthropic-version"
    return None


def refuse_params(params: Any) -> str | None:
    """Say why a message's parameters are not accepted."""
    if not isinstance(params, dict) or not {"model", "max_tokens", "messages"} <= params.keys():
        return "model, max_tokens and messages are required"
    if gone := _GONE & params.keys():
        return f"{', '.join(sorted(gone))}: sampling parameters are no longer accepted"
    if unknown := params.keys() - _KNOWN:
        return f"{', '.join(sorted(unknown))}: extra inputs are not permitted"
    return _refuse_citations(params)


def _refuse_citations(params: dict[str, Any]) -> str | None:
    blocks = [b for m in params["messages"] for b in m["content"] if isinstance(b, dict)]
    results = [block for block in blocks if block["type"] == "search_result"]
    citing = [block for block in results if block.get("citations", {}).get("enabled")]
    if citing and len(citing) != len(results):
        return "citations must be enabled for all search results or for none"
    if citing and params.get("output_config", {}).get("format"):
        return "citations and output_config.format cannot be used together"
    if any(block.get("citations") for block in blocks if block["type"] == "text"):
        return "citations are not permitted on text of the user"
    return None


def refuse_batch(requests: Any) -> str | None:
    """Say why a batch is not accepted."""
    if not isinstance(requests, list) or not requests:
        return "requests must not be empty"
    ids = [request.get("custom_id", "") for request in requests]
    if bad := [id for id in ids if not _CUSTOM_ID.fullmatch(id)]:
        return f"custom_id {bad[0]!r} is not valid"
    if len(set(ids)) != len(ids):
        return "custom_id must be unique within a batch"
    return next((reason for reason in (refuse_params(request.get("params")) for request in requests) if reason), None)
