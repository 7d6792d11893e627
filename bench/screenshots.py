"""Pictures of every kind of page, wide and narrow, light and dark, to look at beside one another.

    python bench/screenshots.py OUT [--site FOLDER] [--kind answer --kind paper]

Without `--site`, the site of `tests/browser/answers` and of the founding answers is built first.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.kinds import KINDS  # noqa: E402 - the checkout is not a package
from tests.browser.serving import build_site, served  # noqa: E402
from tests.conftest import CHROMIUM  # noqa: E402

WIDTHS = (1280, 390)
THEMES = ("light", "dark")


def main() -> None:
    """Build, serve, take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--site", type=Path, help="a built site, instead of one built for the purpose")
    parser.add_argument(
        "--kind", action="append", choices=list(KINDS), help="only this kind of page; may be given again"
    )
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(wanted.site or Path(folder) / "site") as site:
        if not wanted.site:
            build_site(site, ROOT / "tests" / "browser" / "answers", ROOT / "answers")
        take(site.url, wanted.kind or list(KINDS), wanted.out)


def take(url: str, kinds: list[str], out: Path) -> None:
    """Take the pictures of some kinds of pages: `answer-1280-light.png`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width in WIDTHS:
            for theme in THEMES:
                context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
                page = context.new_page()
                for kind in kinds:
                    page.goto(url + KINDS[kind])
                    page.wait_for_load_state("networkidle")
                    name = f"{kind.replace(', ', '-').replace(' ', '-')}-{width}-{theme}.png"
                    page.screenshot(path=out / name, full_page=True)
                    print(out / name)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
