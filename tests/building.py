"""Archives that tests build in folders of their own, and how their sites are compared."""

from __future__ import annotations

import hashlib
from pathlib import Path

from agsite.build import Options, build
from agsite.config import Config
from agsite.report import Report
from tests.archives import answer_text

SOURCES = "AG-2025.03-1234 hep-ph 61 Soup & <Spoons>\nAG-2025.04-7 cs.LG 52 Learning to stir"


def write_answers(folder: Path, count: int = 4) -> Path:
    """Lay out answers that cite papers and ask each other's questions; return their folder."""
    answers = folder / "answers"
    answers.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        body = f"Spoon {number} hums [AG-2025.03-1234]. Nobody knows why.\n\nIt *learns* [AG-2025.04-7]."
        more = {
            "date": f"2026-0{1 + number % 9}-03",
            "sources": SOURCES,
            "follow_ups": (f"What of spoon {number + 1}?",),
        }
        (answers / f"spoon-{number}.md").write_text(answer_text(f"What of spoon {number}?", body, **more), "utf-8")
    return answers


def options(folder: Path, **more: object) -> Options:
    """The options of a build in the folder, which holds everything that it reads and writes."""
    places = {name: (str(folder / name),) for name in ("answers", "papers", "templates")}
    places["assets"] = (str(folder / "site_src"),)
    given = {**places, "output": str(folder / "_site"), "redirects": str(folder / "redirects.yml")} | more
    return Options(**given)


def built(folder: Path, config: Config | None = None, **more: object) -> Report:
    """Build the archive in the folder."""
    report = Report()
    build(options(folder, **more), config or Config(share_images=False), report)
    return report


def tree(root: Path) -> dict[str, str]:
    """What is below a folder: the digest of every file's bytes, by path."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
