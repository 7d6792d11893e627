"""Files that nobody would write, and the way of one from bytes to its page, on which nothing may break."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

from agsite import answerfile, checks, markup
from agsite.archive import build_archive
from agsite.build import Options
from agsite.build.inputs import read_assets, read_look
from agsite.config import Config
from agsite.corpus import Reading
from agsite.findings import fails
from agsite.render import Renderer
from tests import hostile, strategies
from tests.archives import plan_pages
from tests.hostile import check_page

ROOT = Path(__file__).parents[1]
TODAY = dt.date(2026, 6, 1)


class Target:
    """A file's way from bytes to pages."""

    def __init__(self) -> None:
        options = Options(templates=(), assets=())
        self._renderer = Renderer(read_look(options, Config(), read_assets(options, Config()).addresses))

    def run(self, data: bytes, name: str, *, look: bool = True) -> str:
        """Read, render, and look at the page; return what became of the file. Whatever breaks a rule raises."""
        parsed = answerfile.parse(data, name)
        if (parsed.answer is None) != fails(parsed.findings):
            raise AssertionError(f"answer and findings disagree: {parsed.findings[:3]}")
        if not all(finding.help and finding.message.isprintable() for finding in parsed.findings):
            raise AssertionError("a finding says nothing, or something that cannot be printed")
        if parsed.answer is None:
            if parsed.rest is not None:
                rest = Reading(parsed.rest, markup.read(parsed.rest.body), name, parsed.origin, parsed.lacks)
                checks.check([], build_archive(()), TODAY, rests=[rest])
            return "refused"
        if look and answerfile.loads(answerfile.dumps(parsed.answer, "md"), f"{parsed.answer.id}.md") != parsed.answer:
            raise AssertionError("what was written is read otherwise")
        reading = Reading(parsed.answer, markup.read(parsed.answer.body), f"answers/{name}", parsed.origin)
        archive = build_archive([reading[:3]])
        checks.check([reading], archive, TODAY)
        for page in plan_pages(archive, Config()):
            if page.url == f"ask/{parsed.answer.id}/":
                html = self._renderer.render(page).decode()
                if look:
                    check_page(html)
        return "shown"


def seeds() -> list[tuple[bytes, str]]:
    """Good, bad and hostile files, as the tests have them."""
    paths = [*(ROOT / "answers").iterdir(), *(ROOT / "tests/cases/answerfile").rglob("*")]
    # Most changes make a file one that is refused, so what is good has more turns.
    paths += [path for path in paths if path.parent.name != "bad"] * 5
    files = [(path.read_bytes(), f"x{path.suffix}") for path in sorted(paths) if path.suffix in {".md", ".txt"}]
    return files + [(text.encode(), f"x{Path(name).suffix}") for name, text in sorted(hostile.files().items())]


def mutated(chance: random.Random, corpus: list[tuple[bytes, str]]) -> tuple[bytes, str]:
    """Return a file with one to six changes, and the name that says its format."""
    data, name = chance.choice(corpus)
    for _ in range(chance.randint(1, 6)):
        data = chance.choice(CHANGES)(chance, data, corpus)
    return data, name


def cut(chance: random.Random, data: bytes, corpus: list[tuple[bytes, str]]) -> bytes:
    """Take a stretch away."""
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[end:] if end - start < 200 else data[:start] + data[start + 20 :]


def double(chance: random.Random, data: bytes, corpus: list[tuple[bytes, str]]) -> bytes:
    """Write a stretch several times."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start : start + chance.randint(1, 80)] * chance.randint(2, 20) + data[start:]


def splice(chance: random.Random, data: bytes, corpus: list[tuple[bytes, str]]) -> bytes:
    """Put a stretch of another file in."""
    other, _ = chance.choice(corpus)
    start, place = chance.randrange(len(other) + 1), chance.randrange(len(data) + 1)
    return data[:place] + other[start : start + chance.randint(1, 300)] + data[place:]


def sprinkle(chance: random.Random, data: bytes, corpus: list[tuple[bytes, str]]) -> bytes:
    """Put marks in that formats and Markdown give a meaning to."""
    marks = (
        *strategies.MARKS,
        *hostile.MARKUP,
        *hostile.NO_LINKS,
        "\r",
        "\x00",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\n---\n",
    )
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data) + 1)
        data = data[:place] + chance.choice(marks).encode() + data[place:]
    return data


def flip(chance: random.Random, data: bytes, corpus: list[tuple[bytes, str]]) -> bytes:
    """Change one byte."""
    place = chance.randrange(len(data) + 1)
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def shuffle(chance: random.Random, data: bytes, corpus: list[tuple[bytes, str]]) -> bytes:
    """Exchange two lines."""
    lines = data.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def stretch(chance: random.Random, data: bytes, corpus: list[tuple[bytes, str]]) -> bytes:
    """Write one byte many times: a number may be longer than Python reads, a word longer than a name may be."""
    place = chance.randrange(len(data) + 1)
    return data[:place] + data[place : place + 1] * chance.choice((30, 300, 5000)) + data[place:]


CHANGES = (cut, double, stretch, splice, sprinkle, sprinkle, flip, shuffle)
