"""Values to JSON and to MessagePack: records as lists, ids as the texts they are.

JSON holds non-ASCII letters as they stand, and no white space.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def to_json(value: Any) -> bytes:
    """Return a value as JSON in UTF-8; tuples of any kind become lists."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        # Half of a surrogate pair is not text; it becomes a question mark.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"{type(value)} has no place in JSON")


_encode = msgspec.json.Encoder(enc_hook=_plain).encode


def pack(value: Any) -> bytes:
    """Return a value as MessagePack, which `unpacker` reads back into its records."""
    return _packer.encode(value)


def unpacker(kind: Any, custom: type[T], read: Callable[[str], T]) -> Callable[[bytes], Any]:
    """Return a function that reads records of a kind; `read` makes the values of a `custom` kind of text."""

    def hook(wanted: Any, text: Any) -> Any:
        if wanted is custom:
            return read(text)
        raise TypeError(f"{wanted} cannot be read back")

    return msgspec.msgpack.Decoder(kind, dec_hook=hook).decode


_packer = msgspec.msgpack.Encoder(enc_hook=_plain)
