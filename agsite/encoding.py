"""Values to JSON: records as lists, ids as the texts they are, non-ASCII letters as they stand, no white space."""

from __future__ import annotations

import json
from typing import Any

import msgspec


def to_json(value: Any) -> bytes:
    """Return a value as JSON in UTF-8; tuples of any kind become lists."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        # Half of a surrogate pair is no text; it becomes a question mark.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"{type(value)} has no place in JSON")


_encode = msgspec.json.Encoder(enc_hook=_plain).encode
