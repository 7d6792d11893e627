"""The preview server: the site as it is right now, made page by page as it is asked for, and reloaded as it changes."""

from __future__ import annotations

from agsite.serve.packed import Packed
from agsite.serve.preview import Preview
from agsite.serve.server import Server
from agsite.serve.watch import watch

__all__ = ["Packed", "Preview", "Server", "watch"]
