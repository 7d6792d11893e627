"""A question and its passages become the exact parameters of one call; the same question gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from html import escape
from typing import Any, Literal, NamedTuple

from agsite.config import ModelPrice
from agsite.errors import ConfigError
from agsite.grounding.passages import Passage
from agsite.grounding.prompt import Prompt
from agsite.grounding.visible import as_seen
from agsite.ids import PaperId

Mode = Literal["native", "markers"]

# Above 100,000 tokens some models charge more for each. None is shorter than a byte, and the service adds its own.
_LARGEST = 95_000

FOLLOW_UPS_SCHEMA = {
    "type": "object",
    "properties": {"follow_ups": {"type": "array", "items": {"type": "string"}}},
    "required": ["follow_ups"],
    "additionalProperties": False,
}
ANSWER_SCHEMA = {
    "type": "object",
    "properties": {
        "answer": {"type": "string"},
        "quotes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "quote": {"type": "string"}},
                "required": ["id", "quote"],
                "additionalProperties": False,
            },
        },
        "follow_ups": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["answer", "quotes", "follow_ups"],
    "additionalProperties": False,
}


class TooLargeError(ConfigError):
    """A request that is not sent because of its size."""


class Request(NamedTuple):
    """One call: its key, its parameters, and what the reply is checked against."""

    key: str
    params: dict[str, Any]
    mode: Mode
    question: str
    passages: tuple[Passage, ...]

    @property
    def papers(self) -> dict[PaperId, Passage]:
        """The passages by paper."""
        return {passage.paper: passage for passage in self.passages}


class Asking(NamedTuple):
    """How calls are made: model, its settings, the prompt, and whether the model cites by itself."""

    model: str
    price: ModelPrice
    prompt: Prompt
    mode: Mode = "native"


def compose(
    asking: Asking, question: str, passages: tuple[Passage, ...], *, parent: str | None = None, again: int = 0
) -> Request:
    """Return the request for an answer; `again` counts how often it was bought before and makes its key another one.

    Raises TooLargeError.
    """
    parts = asking.prompt.parts
    earlier = parts["parent"].replace("{parent}", _quoted(parent)) if parent else ""
    task = parts["task"].replace("{parent}", earlier).replace("{question}", _quoted(question))
    native = asking.mode == "native"
    system = parts["system"] if native else f"{parts['system']}\n\n{parts['markers']}"
    shown = [_search_result(passage) if native else _as_text(passage) for passage in passages]
    task = task if native else f"{task}\n\n{parts['answer-as-json']}"
    params = _params(asking, system, [*shown, {"type": "text", "text": task}])
    if not native:
        params["output_config"] = {**params.get("output_config", {}), "format": _json_format(ANSWER_SCHEMA)}
    size = len(canonical(params))
    if size > _LARGEST:
        raise TooLargeError(f"a request of {size:,} bytes is too large to send; see to the abstracts of its papers")
    return Request(key_of(params, again), params, asking.mode, question, passages)


def compose_repair(asking: Asking, request: Request, body: str) -> Request:
    """Return the request that asks for the three questions again; it has no sources and a key of its own."""
    text = (
        asking.prompt.parts["repair"]
        .replace("{answer}", _quoted(body))
        .replace("{question}", _quoted(request.question))
    )
    params = _params(asking, asking.prompt.parts["system"], [{"type": "text", "text": text}])
    params["output_config"] = {**params.get("output_config", {}), "format": _json_format(FOLLOW_UPS_SCHEMA)}
    return request._replace(key=key_of({**params, "repairs": request.key}), params=params)


def _params(asking: Asking, system: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    params: dict[str, Any] = {
        "model": asking.model,
        "max_tokens": asking.price.max_tokens,
        "system": [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": content}],
    }
    if asking.price.effort:
        params["output_config"] = {"effort": asking.price.effort}
    return params


def _json_format(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "schema": schema}


def _search_result(passage: Passage) -> dict[str, Any]:
    return {
        "type": "search_result",
        "source": passage.paper,
        "title": passage.heading,
        "content": [{"type": "text", "text": sentence} for sentence in passage.sentences],
        "citations": {"enabled": True},
    }


def _as_text(passage: Passage) -> dict[str, Any]:
    sentences = "\n".join(_quoted(sentence) for sentence in passage.sentences)
    return {
        "type": "text",
        "text": f'<preprint id="{passage.paper}" title="{_quoted(passage.heading)}">\n{sentences}\n</preprint>',
    }


def _quoted(text: str) -> str:
    """Return a text in which no tag can end the one around it."""
    lines = text.split("\n")
    return escape("\n".join(as_seen(line) for line in lines), quote=True).replace("&#x27;", "'").replace("&amp;", "&")


def canonical(params: dict[str, Any]) -> bytes:
    """Return parameters as the bytes that their key is made of."""
    return json.dumps(params, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def key_of(params: dict[str, Any], again: int = 0) -> str:
    """Return the key under which the reply to these parameters is kept."""
    suffix = f"#{again}".encode() if again else b""
    return hashlib.sha256(canonical(params) + suffix).hexdigest()
