"""`agsite.yml` as typed settings, and every mistake in it in words."""

from __future__ import annotations

from agsite.config.mistakes import Mistake, checked, parse
from agsite.config.model import GROUNDS, Colours, Config, Match, ModelPrice, Prices

__all__ = ["GROUNDS", "Colours", "Config", "Match", "Mistake", "ModelPrice", "Prices", "checked", "parse"]
