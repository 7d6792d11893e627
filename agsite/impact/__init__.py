"""What a change does to a site, from two built sites; of the earlier one, `build.json` and `data/` are enough."""

from __future__ import annotations

from agsite.impact.data import damage
from agsite.impact.report import report
from agsite.impact.site import read

__all__ = ["damage", "read", "report"]
