"""Archives to search in, made up from a few words so that every term is shared by some documents."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from agsite.archive import Archive
from agsite.ids import PaperId
from agsite.records import Paper
from agsite.search import Index, Searcher, documents, refreshed
from agsite.search.gathering import export
from tests.archives import answer_text, archive

NOUNS = [
    "neutrino",
    "muon",
    "quark",
    "lattice",
    "detector",
    "trigger",
    "anomaly",
    "galaxy",
    "plasma",
    "boson",
    "spectrum",
    "background",
    "vortex",
    "phase",
]
VERBS = ["decays", "scatters", "oscillates", "condenses", "vanishes", "radiates", "couples", "stops"]
CATEGORIES = ("hep-ph", "hep-ex", "astro-ph.CO", "cs.LG")


def sentence(chance: random.Random) -> str:
    """A sentence of made-up physics."""
    nouns = chance.sample(NOUNS, 3)
    return f"The {nouns[0]} {chance.choice(VERBS)} in a {nouns[1]} of {nouns[2]}s."


def answer(number: int, revision: int = 0) -> tuple[str, str]:
    """The name and text of an answer; another revision has the same question and another body."""
    fixed, chance = random.Random(number), random.Random(f"{number}-{revision}")
    question = f"Why does the {fixed.choice(NOUNS)} {fixed.choice(VERBS)} near a {fixed.choice(NOUNS)}, case {number}?"
    papers = fixed.sample(range(1, 30), 3)
    rows = "\n".join(
        f"AG-2026.0{1 + p % 9}-{p:04d} {CATEGORIES[p % 4]} {70 - i} On {NOUNS[p % 14]} and {NOUNS[3 * p % 14]} no {p}"
        for i, p in enumerate(papers)
    )
    body = " ".join(sentence(chance) for _ in range(chance.randint(2, 12)))
    cited = " ".join(f"{sentence(chance)[:-1]} [AG-2026.0{1 + p % 9}-{p:04d}]." for p in papers[:2])
    follow = (f"Can a {fixed.choice(NOUNS)} turn into a {fixed.choice(NOUNS)}, question {number % 7}?",)
    date = f"2026-0{1 + number % 9}-1{number % 10}"
    return f"a{number:03d}.md", answer_text(question, f"{body}\n\n{cited}", date=date, sources=rows, follow_ups=follow)


RECORDS = (
    Paper(id=PaperId("AG-2026.02-0001"), arxiv_id="math/0309136"),
    Paper(id=PaperId("AG-2026.03-0002"), arxiv_id="2603.01234"),
)


def made_up(numbers: range | list[int], revisions: dict[int, int] | None = None) -> Archive:
    """An archive of these answers, of which two papers are known by their arXiv ids."""
    return archive(dict(answer(number, (revisions or {}).get(number, 0)) for number in numbers), RECORDS)


def indexed(archive_: Archive) -> Searcher:
    """A searcher of an archive, which holds open what it reads."""
    with tempfile.TemporaryDirectory() as folder:
        index = Index(folder)
        index.update(documents(archive_))
        return Searcher(index.reader())


STEPS = (51, 59)


def shards(searcher: Searcher) -> dict[str, bytes]:
    """The export of an index."""
    return {f"search/{name}": data for name, data in export(searcher, STEPS)}


def refresh(archive_: Archive, folder: Path, steps: tuple[int, int] = STEPS) -> dict[str, bytes]:
    """Bring an index and its export up to date, and return the export."""
    return dict(refreshed(archive_, folder, steps))


def kept(folder: Path) -> dict[str, bytes]:
    """The export that lies beside an index."""
    return {f"search/{path.name}": path.read_bytes() for path in (folder / "export").iterdir()}


def queries(searcher: Searcher, count: int) -> list[str]:
    """Queries of every kind: words, whole questions, phrases, operators, fields, prefixes, near spellings."""
    chance = random.Random(7)
    stored = [searcher.stored(doc) for doc in searcher.reader.lengths().docs]
    titles, texts = sorted({one.title for one in stored}), sorted({one.text for one in stored if one.text})
    one, many = lambda: chance.choice(NOUNS), lambda k: " ".join(chance.sample(NOUNS, k))

    def phrase() -> str:
        return '"' + " ".join(chance.choice(texts).split()[1:4]) + '"'

    kinds = (
        lambda: many(chance.randint(1, 3)),
        lambda: chance.choice(titles),
        lambda: f"{one()} AND {one()}",
        lambda: f"({one()} OR {one()}) AND {one()} NOT {chance.choice(VERBS)}",
        lambda: f"{many(2)} -{one()}",
        lambda: f"{one()[:4]}* {one()}",
        lambda: f"{one()[:-2]}{one()[-1]}~",
        phrase,
        lambda: f"{phrase()} OR {one()[:4]}*",
        lambda: f"{one()} OR ({phrase()} NOT title:{one()})",
        lambda: f"title:{one()} OR {one()}",
        lambda: f"title:{one()} {chance.choice(VERBS)}",
        lambda: f"category:{chance.choice(('hep-ph', 'astro-ph', 'cs.LG'))} {many(2)}",
        lambda: f"kind:{chance.choice(('answer', 'paper', 'question'))} {many(2)}",
        lambda: f"date:2026-0{chance.randint(1, 4)}..2026-0{chance.randint(5, 9)} {one()} {one()} {one()}",
        lambda: f"evidence:half {many(3)} {one()}",
    )
    return [kinds[number % len(kinds)]() for number in range(count)]
