"""A small site with everything in it that is hard to write down, built once: what programs read is tested on it."""

from __future__ import annotations

import json
from pathlib import Path

from agsite.build import Options, build
from agsite.config import Config
from agsite.report import Report
from tests.archives import answer_text

BASE = "https://example.org/a/archive/"

# Markup, quotes, TeX, braces, accents, other alphabets, and what ends a script element.
HARD = "Does “5 < 6 & 7 > 3” hold for </script><b>Møller</b> {café} at 95% \\ $\\alpha_s$ _and_ #1 ~ 漢字?"
HARD_TITLE = "Über $b\\to s$ & {Charm}_1: 50% of <i>it</i> — naïve #2 ~ ^"

SOURCES = f"""
AG-2025.03-1234 hep-ph 61 {HARD_TITLE}
AG-2024.11-077 astro-ph.GA 55 A Plain Title
AG-2024.11-078 hep-ph 41 Never Cited
"""

ANSWERS = {
    "hard.md": answer_text(
        HARD,
        "# A Title\n\nIt does [AG-2025.03-1234]. With $x^* < y$ *it* holds & stays [AG-2024.11-077].\n\n"
        "## Part <two>\n\nThe archive has no study of </script>.\n\n- one\n- two [AG-2025.01-9]\n",
        sources=SOURCES,
        follow_ups=("Does the plain one hold?", "Is this open?"),
        date="2026-05-04",
    ),
    "plain.md": answer_text("Does the plain one hold?", "Yes [AG-2024.11-077].", sources=SOURCES, date="2026-05-06"),
    "hand.md": answer_text(
        "Who wrote this?", "A person did.", date="2026-04-01", more="note: Corrected <once> & again."
    ).replace("test-model", "hand-written"),
    "gone.md": answer_text(
        "Is it gone?", "Yes [AG-2024.11-077].", sources=SOURCES, more="status: withdrawn\nnote: Taken back & out."
    ),
}

PAPERS = [
    {
        "id": "AG-2025.03-1234",
        "title": HARD_TITLE,
        "authors": [
            {"family": "Müller & Søn", "given": "Åsa"},
            {"family": "The {X} Collaboration"},
            {"family": "et al."},
        ],
        "arxiv_id": "2503.01234",
        "doi": "10.1000/a_b&c<d>",
        "published": "2025-03-05",
        "abstract": "On $\\alpha$ & <b>.",
    },
]


def write(folder: Path) -> Options:
    """Write the answers and papers as files."""
    for name, text in ANSWERS.items():
        path = folder / "answers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "papers").mkdir()
    lines = "".join(json.dumps(paper) + "\n" for paper in PAPERS)
    (folder / "papers" / "2025-03.jsonl").write_text(lines, encoding="utf-8")
    return Options(
        answers=(str(folder / "answers"),),
        papers=(str(folder / "papers"),),
        output=str(folder / "site"),
        search=True,
        search_index=str(folder / "index"),
    )


def publish(folder: Path, **settings: object) -> Path:
    """Build the site and return its folder."""
    options = write(folder)
    report = Report()
    build(options, Config(**{"base_url": BASE, "citation_files": True, **settings}), report)
    assert report.published, report.findings
    return folder / "site"
