"""The words that go to the model: frozen files, each with a version and a digest that every answer names."""

from __future__ import annotations

import functools
import hashlib
import re
from importlib.resources import files
from typing import NamedTuple

_SECTION = re.compile(r"^=== ([a-z-]+)\n", re.MULTILINE)

CURRENT = "answer-1"


class Prompt(NamedTuple):
    """One version of the words: its name, the SHA-256 of its file, and its parts by name."""

    version: str
    sha256: str
    parts: dict[str, str]


@functools.cache
def load_prompt() -> Prompt:
    """Return the prompt from the package."""
    data = (files("agsite.grounding") / "prompts" / f"{CURRENT}.md").read_bytes()
    names_and_texts = _SECTION.split(data.decode("utf-8"))[1:]
    parts = dict(zip(names_and_texts[::2], map(str.strip, names_and_texts[1::2]), strict=True))
    return Prompt(CURRENT, hashlib.sha256(data).hexdigest(), parts)
