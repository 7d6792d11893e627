"""Values to JSON and to MessagePack: records as lists, ids as the texts they are.

JSON holds non-ASCII letters as they stand, and no white space.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
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


def unpacker(kind: type[T], custom: Mapping[type, Callable[[str], Any]] = MappingProxyType({})) -> Callable[[bytes], T]:
    """Return a function that reads records of a kind; `custom` has what makes values of other kinds from their text."""

    def hook(wanted: Any, text: Any) -> Any:
        if wanted in custom:
            return custom[wanted](text)
        raise TypeError(f"{wanted} cannot be read back")

    return msgspec.msgpack.Decoder(kind, dec_hook=hook).decode


_packer = msgspec.msgpack.Encoder(enc_hook=_plain)
