"""What a reader's browser loads and how quickly it shows, against the limits of the design: one table.

    python bench/pages.py [--site FOLDER] [--no-lighthouse]

Without `--site`, the site of `tests/browser/answers` and of the founding answers is built first. Lighthouse comes with
`npm ci --ignore-scripts` in this folder; without it its rows are left out, with a line that says so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.kinds import KINDS  # noqa: E402 - the checkout is not a package
from tests.browser.serving import Site, build_site, served  # noqa: E402
from tests.conftest import CHROMIUM  # noqa: E402

LIGHTHOUSE = ROOT / "bench" / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
AUDITS = (
    ("largest paint", "largest-contentful-paint", 1_800, "ms"),
    ("blocking time", "total-blocking-time", 0, "ms"),
    ("layout shift", "cumulative-layout-shift", 0, ""),
)
RUNS = 3
JUDGED = ("answer", "paper", "home", "open")
COMPRESSED = (".html", ".css", ".js", ".json", ".svg", "/")


class Row(NamedTuple):
    """A line of the table; a limit of None is a figure without one."""

    what: str
    figure: float
    limit: float | None
    unit: str = "B"
    least: bool = False

    def __str__(self) -> str:
        figure, limit = (
            f"{n:,.3g}" if n and n < 10 else f"{n:,.0f}" if n is not None else "" for n in (self.figure, self.limit)
        )
        kept = self.limit is None or (self.figure >= self.limit if self.least else self.figure <= self.limit)
        return f"{self.what:52} {figure:>10} {limit:>10} {self.unit:4} {'' if kept else 'OVER'}"


class View(NamedTuple):
    """One visit: (address, bytes) of what was loaded, what the console said, how much moved."""

    loaded: list[tuple[str, bytes]]
    said: list[str]
    shift: float

    def weight(self, *endings: str) -> int:
        """How many bytes the files with these endings travel, compressed where hosts compress."""
        return sum(_travel(url, body) for url, body in self.loaded if not endings or _path(url).endswith(endings))


def _path(url: str) -> str:
    return url.partition("?")[0]


def _travel(url: str, body: bytes) -> int:
    return len(gzip.compress(body, 9)) if _path(url).endswith(COMPRESSED) else len(body)


def main() -> None:
    """Measure, print the table, and fail where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", type=Path, help="a built site, instead of one built for the purpose")
    parser.add_argument("--no-lighthouse", action="store_true", help="leave Lighthouse out")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(wanted.site or Path(folder) / "site") as site:
        if not wanted.site:
            build_site(site, ROOT / "tests" / "browser" / "answers", ROOT / "answers")
        rows = [*sizes(site.folder), *loads(site), *([] if wanted.no_lighthouse else scores(site))]
    print(f"{'':52} {'measured':>10} {'limit':>10}")
    print("\n".join(map(str, rows)))
    sys.exit(any("OVER" in str(row) for row in rows))


def sizes(folder: Path) -> Iterator[Row]:
    """What lies in the site's folder."""
    styles = [path.read_bytes() for path in sorted((folder / "assets").glob("*.css"))]
    yield Row("CSS of the whole site, raw", sum(map(len, styles)), 20 * 1024)
    yield Row("CSS of the whole site, gzip", sum(len(gzip.compress(style, 9)) for style in styles), 6.5 * 1024)
    answers = [path.stat().st_size for path in folder.glob("ask/*/index.html")]
    yield Row("HTML of an answer, the largest, raw", max(answers), 45 * 1024)
    yield Row("HTML of an answer, the middle one, raw", sorted(answers)[len(answers) // 2], None)
    lists = [path for path in folder.rglob("index.html") if path.parent.parent != folder / "ask"]
    yield Row("HTML of any other page, the largest, raw", max(path.stat().st_size for path in lists), 90 * 1024)


def loads(site: Site) -> Iterator[Row]:
    """What a browser loads: a first view of an answer, then another one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        first, later = visits(browser, site, KINDS["answer"], KINDS["paper"])
        all_kinds = visits(browser, site, *KINDS.values())
        browser.close()
    scripts = sum(len(body) for url, body in first.loaded if _path(url).endswith(".js"))
    yield Row("script on a reading page, raw", scripts, 8_000)
    yield Row("fonts on first view", first.weight(".woff2"), 100_000)
    yield Row("first view, all in, gzip", first.weight(), 130_000)
    yield Row("a later view, all in, gzip", later.weight(), 15_000)
    elsewhere = [url for view in all_kinds for url, _ in view.loaded if not url.startswith(site.url)]
    yield Row("requests to other origins, all kinds of pages", len(elsewhere), 0, "")
    said = [text for view in all_kinds for text in view.said if "404" not in text]
    yield Row("console messages and policy violations, all kinds", len(said), 0, "")
    yield Row("layout shift, the worst of all kinds", max(view.shift for view in all_kinds), 0, "")


def visits(browser: Browser, site: Site, *paths: str) -> list[View]:
    """Visit pages one after another with one cache, as a reader does."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(
        "globalThis.shifts = []; new PerformanceObserver(l => shifts.push(...l.getEntries().map(e => e.value)))"
        ".observe({type: 'layout-shift', buffered: true});"
        "addEventListener('securitypolicyviolation', e => console.log('policy: ' + e.violatedDirective))"
    )
    views = [_visit(context.new_page(), site.url + path) for path in paths]
    context.close()
    return views


def _visit(page, url: str) -> View:
    responses, said = [], []
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - Playwright puts a mark on it
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    loaded = [(response.url, response.body()) for response in responses if not response.from_service_worker]
    cached = page.evaluate("performance.getEntriesByType('resource').filter(e => !e.transferSize).map(e => e.name)")
    shift = sum(page.evaluate("shifts"))
    page.close()
    return View([(address, body) for address, body in loaded if address not in cached], said, shift)


def scores(site: Site) -> Iterator[Row]:
    """What Lighthouse says of a phone on a slow network, the median of some runs; the server here does not compress."""
    if not LIGHTHOUSE.is_file():
        print("Lighthouse is not installed: `npm ci --ignore-scripts` in bench/", file=sys.stderr)
        return
    for kind in JUDGED:
        reports = [_lighthouse(site.url + KINDS[kind]) for _ in range(RUNS)]
        for name in CATEGORIES:
            score = median(round(100 * report["categories"][name]["score"]) for report in reports)
            yield Row(f"Lighthouse, {kind}: {name}", score, 99 if name == "performance" else 100, "", least=True)
        for what, audit, limit, unit in AUDITS:
            figure = median(report["audits"][audit]["numericValue"] for report in reports)
            yield Row(f"Lighthouse, {kind}: {what}", figure, limit, unit)


def _lighthouse(url: str) -> dict:
    command = [str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    flags = ["--chrome-flags=--headless=new --no-sandbox"]
    run = subprocess.run(
        [*command, *flags],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"CHROME_PATH": CHROMIUM or ""},
    )
    assert run.stdout, run.stderr
    return json.loads(run.stdout)


if __name__ == "__main__":
    main()
