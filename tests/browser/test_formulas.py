"""Formulas as a browser sets them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from agsite.markup.maths import to_mathml


def widths(page: Page, *sources: str) -> list[float]:
    page.set_content("".join(f"<p>{to_mathml(source)}</p>" for source in sources))
    return [float(row.evaluate("row => row.getBoundingClientRect().width")) for row in page.locator("math").all()]


@pytest.mark.parametrize(
    ("bars", "brackets"),
    [
        ("$y = |a| + b$", r"$y = \left|a\right| + b$"),
        (r"$\sum |x|^2 + |y|^2$", r"$\sum \left|x\right|^2 + \left|y\right|^2$"),
        ("$p(a|b)$", r"$p(a\vert b)$"),
    ],
)
def test_bars_have_no_space_around_them(page: Page, bars: str, brackets: str):
    width, expected = widths(page, bars, brackets)
    assert width == pytest.approx(expected, abs=0.5)
