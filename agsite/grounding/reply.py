"""The bytes of a reply as a record: every field is looked at before it is used, for a wire carries only bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_EXPECTED = frozenset({"text", "thinking", "redacted_thinking"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,99}")


class NoReply(ValueError):  # noqa: N818 - what came, not an error of the program
    """What came back is not a message; the sentence says why."""


class Citation(NamedTuple):
    """A stretch of a search result: blocks `start` to `end` (exclusive) of the source at `place`."""

    source: str
    place: int
    start: int
    end: int
    text: str


class Piece(NamedTuple):
    """A text block of a reply with the citations that support it."""

    text: str
    citations: tuple[Citation, ...] = ()


class Usage(NamedTuple):
    """Tokens as the service counts them; input that was cached is not in `input`."""

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0

    def plus(self, other: Usage) -> Usage:
        """Return what two calls used together."""
        return Usage(*map(sum, zip(self, other, strict=True)))


class Reply(NamedTuple):
    """A message."""

    id: str
    model: str
    stop_reason: str
    pieces: tuple[Piece, ...]
    usage: Usage
    others: tuple[str, ...] = ()
    """Types of blocks that are neither text nor thinking."""

    @property
    def text(self) -> str:
        """The text of all pieces."""
        return "".join(piece.text for piece in self.pieces)


def read_reply(raw: bytes) -> Reply:
    """Read the bytes of a message; raise NoReply where they are something else."""
    try:
        message = decoded(raw)
    except UnicodeEncodeError:
        raise NoReply("the reply holds half of a character") from None
    except (ValueError, RecursionError):
        raise NoReply("the reply is not JSON") from None
    if not isinstance(message, dict) or message.get("type") != "message":
        raise NoReply("the reply is not a message")
    blocks = message.get("content")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise NoReply("the reply has no content")
    texts = [block for block in blocks if block.get("type") == "text"]
    return Reply(
        id=_name(message, "id"),
        model=_name(message, "model"),
        stop_reason=str(message.get("stop_reason")),
        pieces=tuple(_piece(block) for block in texts),
        usage=read_usage(message),
        others=tuple(kind for block in blocks if (kind := str(block.get("type"))) not in _EXPECTED),
    )


def decoded(text: str | bytes) -> Any:
    r"""Return the value of a JSON text; raise ValueError where it is none, or holds half of a character (`\ud800`)."""
    value = json.loads(text)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def questions_of(value: Any) -> tuple[str, ...]:
    """Return the follow-ups of the object that was asked for, each on one line, as a file has them."""
    return tuple(" ".join(str(item).split()) for item in value["follow_ups"])


def read_usage(message: Mapping[str, Any]) -> Usage:
    """Return the tokens that a message says it used; raise NoReply where it does not say."""
    usage = message.get("usage")
    if not isinstance(usage, dict) or None in (usage.get("input_tokens"), usage.get("output_tokens")):
        raise NoReply("the reply does not say what it used")
    names = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    return Usage(*(_count(usage, name) for name in names))


def _piece(block: Mapping[str, Any]) -> Piece:
    citations = block.get("citations") or []
    if not isinstance(citations, list) or not all(isinstance(citation, dict) for citation in citations):
        raise NoReply("a block's citations are not a list")
    return Piece(_text(block, "text"), tuple(_citation(citation) for citation in citations))


def _citation(citation: Mapping[str, Any]) -> Citation:
    if citation.get("type") != "search_result_location":
        raise NoReply(f"a citation is of the type {str(citation.get('type'))[:40]}")
    index, start, end = (
        _count(citation, name) for name in ("search_result_index", "start_block_index", "end_block_index")
    )
    return Citation(_text(citation, "source"), index, start, end, _text(citation, "cited_text"))


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        raise NoReply(f"“{name}” is not text")
    return value


def _name(values: Mapping[str, Any], name: str) -> str:
    if not _NAME.fullmatch(value := _text(values, name)):
        raise NoReply(f"“{name}” is not a name")
    return value


def _count(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name) or 0
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise NoReply(f"“{name}” is not a number")
    return value
