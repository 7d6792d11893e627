"""Quotes around a text that YAML would otherwise not take for one."""

from __future__ import annotations

import json


def in_quotes(text: str) -> str:
    """Write a text in quotes, of a kind that does not stand in it where there is one."""
    return f"'{text}'" if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)
