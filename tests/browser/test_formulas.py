"""Formulas as a browser sets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from agsite.markup.maths import to_mathml
from tests.archives import answer_text
from tests.browser.serving import build_site, served


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


# Where what is in each cell of a row begins and ends.
SIDES = """row => [...row.children].map(cell => {
  const boxes = [...cell.children].filter(e => e.textContent).map(e => e.getBoundingClientRect());
  return [boxes[0].left, boxes.at(-1).right];
})"""


def test_equations_below_one_another_stand_with_their_signs_in_a_line(page: Page, tmp_path: Path):
    equations = r"\begin{aligned} a + b &= c \\ d &= c - b - a \end{aligned}"
    cases = r"f = \begin{cases} 1 & x > 0 \\ -x^2 + 1 & x < 1 \end{cases}"
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "a.md").write_text(answer_text("Why?", f"$${equations}$$\n\n$${cases}$$\n"), "utf-8")
    with served(tmp_path / "site") as site:
        build_site(site, tmp_path / "answers")
        page.goto(site.url + "ask/a/")
        (upper, lower, first, second) = [row.evaluate(SIDES) for row in page.locator("mtr").all()]
    (_, end), (sign, _) = upper
    assert 0 < sign - end < 14
    assert lower[0][1] == pytest.approx(end, abs=1)
    assert lower[1][0] == pytest.approx(sign, abs=1)
    assert [left for left, _ in second] == pytest.approx([left for left, _ in first], abs=1)
