"""What judges pages, where it is installed: axe-core for accessibility, the Nu checker for HTML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

CHECKERS = Path(__file__).parent / "node_modules"
AXE = CHECKERS / "axe-core" / "axe.min.js"
VNU = CHECKERS / "vnu-jar" / "build" / "dist" / "vnu.jar"
NOT_INSTALLED = "not installed: needs npm; then `npm ci --ignore-scripts` in tests/browser, as `make test` does"

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 800, 390, 320)
THEMES = ("light", "dark")


def judged(page: Page) -> list[str]:
    """The rules of accessibility that a page breaks, in every width and theme; none where there is nobody to judge."""
    return [f"{width} {theme}: {found}" for width, theme in looks(page) for found in axe(page)]


def looks(page: Page) -> Iterator[tuple[int, str]]:
    """Show a page in every width and theme, one after the other."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            yield width, theme


def axe(page: Page) -> list[str]:
    if not AXE.is_file():
        return []
    if not page.evaluate("globalThis.axe !== undefined"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(result => result.violations"
        ".map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')}`))",
        RULES,
    )
    return [str(rule) for rule in found]


def needs(checker: Path, name: str) -> None:
    if not checker.is_file():
        pytest.skip(f"{name} is {NOT_INSTALLED}")
