"""What all pages of a site have in common: its settings, templates, words, and where its assets are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from agsite.config import Config


class TextFile(NamedTuple):
    """A template, or a page of text, as it was read."""

    path: str
    text: str


class Look(NamedTuple):
    """Everything beyond a page's own context that its bytes depend on; it can be sent to a worker."""

    config: Config
    templates: Mapping[str, TextFile]
    phrases: Mapping[str, Any]
    """The words of the interface, as `Words` takes them."""
    assets: Mapping[str, str] = {}
    """The address of each asset."""
    features: frozenset[str] = frozenset()
    """Parts of the site that a build may leave out, such as search."""
