"""The summary of a step in a workflow of GitHub, which readers of a pull request see first."""

from __future__ import annotations

import os
from pathlib import Path


def add_to_summary(markdown: str) -> None:
    """Add a text to the summary of the step; where there is no workflow, nothing happens."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(markdown)
