"""Our own loopback server of the API's wire format: nothing here calls the service, and no model is at work."""

from __future__ import annotations

from tests.standin.server import StandIn, by_turns, digest, no_fault

__all__ = ["StandIn", "by_turns", "digest", "no_fault"]
