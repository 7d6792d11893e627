"""From saving an answer to seeing it in the browser, with `agsite serve` on a large archive.

    python bench/preview.py ANSWERS --edits 15

ANSWERS is copied first. The figure is the median of the times from the end of the write to the first frame with the new
text. The page itself tells when that is: a driver that looks from outside pauses for half a second between two looks.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

# Told of every frame in which the text of an edit is new.
_WATCH = """
    let last = null;
    const look = () => {
        const found = document.body?.textContent.match(/Kumquat number (\\d+) rolls by/)?.[1];
        if (found && found !== last) told((last = found), performance.timeOrigin + performance.now());
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
"""

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def measure(answers: Path, edits: int) -> list[float]:
    """Edit one answer again and again, and wait for each edit in the browser."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(answers, Path(name) / "answers")
        command = [sys.executable, "-m", "agsite", "serve", "--port", "0", "--no-search"]
        server = subprocess.Popen(command, cwd=name, stderr=subprocess.PIPE, text=True)
        assert server.stderr is not None
        try:
            address = next(line.split()[4] for line in server.stderr if line.startswith("The site is at"))
            # What it has to say of a large archive is more than a pipe holds, and it waits until somebody reads it.
            threading.Thread(target=server.stderr.read, daemon=True).start()
            return watch(Path(name) / "answers", address, edits)
        finally:
            server.terminate()
            server.wait()


def watch(answers: Path, address: str, edits: int) -> list[float]:
    path = sorted(answers.iterdir())[17]
    text = path.read_text("utf-8")
    marker, rest = text.split("\nSources · ", 1)
    seen: dict[int, float] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.expose_function("told", lambda number, at: seen.setdefault(int(number), at / 1000))
        page.add_init_script(_WATCH)
        page.goto(f"{address}ask/{path.stem.replace('_', '-')}/")
        times = []
        for number in range(edits):
            page.wait_for_timeout(2500)
            path.write_text(f"{marker}\nKumquat number {number} rolls by.\nSources · {rest}", "utf-8")
            start = time.time()
            while number not in seen:
                page.wait_for_timeout(20)
            times.append(seen[number] - start)
        browser.close()
    return times


def main() -> None:
    """Print the median."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("answers", type=Path)
    parser.add_argument("--edits", type=int, default=15)
    args = parser.parse_args()
    times = measure(args.answers, args.edits)
    count = len(list(args.answers.iterdir()))
    print(
        f"{count:,} answers: median {1000 * statistics.median(times):.0f} ms, "
        f"worst {1000 * max(times):.0f} ms of {len(times)} edits"
    )


if __name__ == "__main__":
    main()
