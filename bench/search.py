"""What search costs at a size: index, export, one edit, queries here and in Chromium, related answers, retrieval.

    python bench/search.py CORPUS [--answers 10000] [--cranfield DIR] [--embed]

CORPUS is a folder of answer files (made by a generator of synthetic archives, or real ones). Times are CPU seconds, for
machines are shared. `--cranfield` names the folder of the Cranfield collection (cran.all.1400, cran.qry, cranqrel).
"""

from __future__ import annotations

import argparse
import functools
import gc
import gzip
import itertools
import math
import multiprocessing
import random
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from agsite import build, corpus, markup
from agsite.archive import Archive, build_archive
from agsite.config import Config, Match
from agsite.pages.twins import answer_markdown
from agsite.records import Paper
from agsite.related import Candidate, Related
from agsite.report import Report
from agsite.search import Index, QueryError, Retriever, Searcher, find, refreshed
from agsite.search.gathering import export
from agsite.search.passages import passage
from agsite.search.query import parse
from agsite.search.shards import SNIPPET

STEPS = Match().steps


def cpu(action: Callable[[], object]) -> float:
    """CPU seconds of an action in this process and its children."""
    start = sum(resource.getrusage(who)[i] for who in _WHO for i in (0, 1))
    action()
    return sum(resource.getrusage(who)[i] for who in _WHO for i in (0, 1)) - start


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def row(what: str, *values: object) -> None:
    print(f"{what:<58} {'  '.join(map(str, values))}", flush=True)


def at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def both(values: Sequence[float], unit: float = 1000) -> str:
    return f"median {unit * at(values, 0.5):,.1f}, p95 {unit * at(values, 0.95):,.1f}"


def archive_of(readings: Sequence[corpus.Reading]) -> Archive:
    return build_archive((r.answer, r.body, r.path) for r in readings)


def edited(readings: Sequence[corpus.Reading], number: int) -> Archive:
    """The archive with one answer reworded."""
    changed = list(readings)
    answer = changed[number].answer
    answer = answer.model_copy(update={"body": answer.body.replace("the ", "that ", 5) + "\n\nA new sentence ends it."})
    changed[number] = changed[number]._replace(answer=answer, body=markup.read(answer.body))
    return archive_of(changed)


# --- index and export


def measure_index(readings: Sequence[corpus.Reading], folder: Path) -> None:
    archive = archive_of(readings)
    gc.collect()
    gc.freeze()

    def first(results: multiprocessing.SimpleQueue) -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = cpu(lambda: Index(folder).update(_documents(archive)))
        results.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))
        results.put(cpu(lambda: export_to(folder.with_name("shards"), folder)))
        refreshed(archive, folder, STEPS)

    (seconds, kilobytes), exporting = _forked(first)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    row("first index, CPU s", f"{seconds:.1f}", f"(+{kilobytes / 1024:.0f} MB)")
    row("export, CPU s", f"{exporting:.1f}", f"index and export on disk {size / 1e6:.0f} MB")
    files = dict(refreshed(archive, folder, STEPS))
    row("export: files, MB over the wire", f"{len(files):,}", f"{sum(map(len, files.values())) / 1e6:.2f}")
    gc.disable()
    row("nothing changed, CPU s", f"{cpu(lambda: refreshed(archive, folder, STEPS)):.2f}")
    for number in (7, len(readings) // 2):
        changed = edited(readings, number)
        row(
            "one answer reworded, index and export, CPU s",
            f"{cpu(lambda changed=changed: refreshed(changed, folder, STEPS)):.2f}",
        )
    refreshed(archive, folder, STEPS)
    gc.enable()


def export_to(target: Path, folder: Path) -> None:
    (target / "search").mkdir(parents=True)
    with Searcher(Index(folder).reader()) as searcher:
        for path, data in export(searcher, STEPS):
            (target / "search" / path).write_bytes(data)


def _documents(archive: Archive) -> Iterator:
    from agsite.search import documents

    return documents(archive)


def _forked(work: Callable) -> tuple:
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    process = context.Process(target=work, args=(results,))
    process.start()
    found = results.get(), results.get()
    process.join()
    return found


def measure_build(folders: tuple[str, ...], scratch: Path) -> None:
    """Wall time of a build with search against one without, and against search alone."""

    def wall(**options: object) -> float:
        output = scratch / "build"
        shutil.rmtree(output, ignore_errors=True)
        settings = build.Options(
            answers=folders,
            papers=(),
            output=str(output / "site"),
            search_index=str(output / "index"),
            jobs=2,
            **options,
        )
        start = time.perf_counter()
        build.build(settings, Config(), Report())
        return time.perf_counter() - start

    without = _forked(lambda results: (results.put(wall()), results.put(0)))[0]
    with_search = _forked(lambda results: (results.put(wall(search=True)), results.put(0)))[0]
    row(
        "build on two cores, wall s",
        f"without search {without:.0f}, with {with_search:.0f}",
        f"× {with_search / without:.2f}",
    )


# --- queries


def classes(searcher: Searcher, count: int) -> dict[str, list[str]]:
    chance = random.Random(11)
    docs = chance.sample(searcher.reader.lengths().docs, 40 * count // 10)
    stored = [searcher.stored(doc) for doc in docs]
    words = [word for one in stored for word in (one.text or one.title).split() if word.isalpha() and len(word) > 3]
    questions = [one.title for one in stored if one.kind != "paper"]
    return {
        "1 word": [chance.choice(words) for _ in range(count)],
        "3 words": [" ".join(chance.sample(words, 3)) for _ in range(count)],
        "whole question": questions[:count],
        "prefix": [chance.choice(words)[:4] + "*" for _ in range(count)],
        "near spelling": [chance.choice(words) + "~" for _ in range(count)],
        "phrase of two words": [f'"{a} {b}"' for a, b in itertools.islice(itertools.pairwise(words), count)],
    }


def measure_program(folder: Path, count: int = 60) -> dict[str, list[str]]:
    with Searcher(Index(folder).reader()) as searcher:
        asked = classes(searcher, count)
    for name, queries in asked.items():
        seconds = []
        for query in queries:
            # A fresh searcher for every query, as on the command line, where nothing has been read before.
            with Searcher(Index(folder).reader()) as searcher:
                start = time.process_time()
                try:
                    find(searcher, query)
                except QueryError:
                    continue
                seconds.append(time.process_time() - start)
        row(f"agsite search, {name}, CPU ms", both(seconds))
    return asked


def measure_excerpts(archive: Archive, folder: Path, asked: dict[str, list[str]]) -> None:
    """What the page of results fetches besides: texts of answers that show no mark in title and beginning."""
    entries, sizes = {entry.id: entry for entry in archive.entries}, []
    with Searcher(Index(folder).reader()) as searcher:
        for query in (q for name in ("1 word", "3 words", "whole question") for q in asked[name][:40]):
            node = parse(query).node
            best = [searcher.stored(doc) for doc, _ in searcher.ranked(searcher.match(node), 10)]
            marks = searcher.asked(node)
            bare = [
                one for one in best if not any(m for _, m in passage(f"{one.title} {one.text[:SNIPPET]}", marks, 999))
            ]
            texts = [answer_markdown(entries[one.key.partition("/")[2]]) for one in bare if one.kind == "answer"]
            sizes.append([len(gzip.compress(text.encode())) for text in texts])
    row("excerpts from further down, of ten", both([len(own) for own in sizes], 1))
    row("excerpts from further down, KB", both([sum(own) for own in sizes], 1e-3))


class Counting(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_file():
            data = path.read_bytes()
            # Hosts compress text, and leave what they do not know alone.
            self.server.served.append(len(data) if path.suffix == ".bin" else len(gzip.compress(data)))
        super().do_GET()


ASK = """
([text, options]) => new Promise(done => {
  const start = performance.now();
  worker.onmessage = ({ data }) => done([performance.now() - start, data.found?.total ?? -1]);
  worker.postMessage({ id: 1, folder: location.origin + "/search/", text, options });
})
"""
START = "() => { window.worker = new Worker('/assets/search-worker.js', { type: 'module' }); }"


def site_with_shards_of(folder: Path, answer: str, scratch: Path) -> Path:
    """A site of one answer, with the shards of the whole archive in place of its own."""
    (scratch / "one").mkdir()
    shutil.copy(answer, scratch / "one")
    site = scratch / "site"
    small = build.Options(
        (str(scratch / "one"),), (), output=str(site), search=True, search_index=str(scratch / "small")
    )
    build.build(small, Config(), Report())
    for path in site.glob("search/*.bin"):
        path.unlink()
    shutil.copytree(folder / "export", site / "search", dirs_exist_ok=True)
    return site


def measure_browser(site: Path, asked: dict[str, list[str]], chromium: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Counting, directory=str(site)))
    server.served = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mixed = [q for name in ("1 word", "3 words", "whole question") for q in asked[name][:40]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        # What else a reader fetches: the script beside the worker, the style, for the palette the page with its words.
        beside = [site / "assets" / "search.js", site / "assets" / "search.css"]
        others = {6: [*beside, site / "search" / "index.html"], 10: beside}
        code = {limit: sum(len(gzip.compress(path.read_bytes())) for path in others[limit]) for limit in others}
        requests, cold, warm = [], [], []
        shown: dict[int, list[int]] = {6: [], 10: []}
        for query, limit in itertools.product(mixed, shown):
            page = browser.new_context().new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/llms.txt")
            server.served.clear()
            page.evaluate(START)
            cold.append(page.evaluate(ASK, [query, {"limit": limit}])[0])
            shown[limit].append(sum(server.served) + code[limit])
            requests.append(len(server.served) + len(others[limit]))
            page.evaluate(ASK, [query, {"limit": 10}])
            warm.append(page.evaluate(ASK, [query, {"limit": 10}])[0])
            page.context.close()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/llms.txt")
        page.evaluate(START)
        page.evaluate(ASK, ["warm up", {}])
        running = [page.evaluate(ASK, [query, {"limit": 10, "facets": True}])[0] for query in mixed]
        browser.close()
    row("first query, KB over the wire, in the palette (6 shown)", both(shown[6], 1e-3))
    row("first query, KB over the wire, on the page (10 shown)", both(shown[10], 1e-3))
    row("first query, requests", both(requests, 1))
    row("counts of facets, KB more", f"{next(site.glob('search/facets-*')).stat().st_size / 1e3:.1f}")
    row("query in Chromium, ms: cold", both(cold, 1))
    row("query in Chromium, ms: again", both(warm, 1))
    row("query in Chromium, ms: new query, caches filling, facets", both(running, 1))


# --- related answers


def measure_related(archive: Archive, times: int) -> None:
    answers = [Candidate(e.id, e.answer.question, e.cited, e.answer.date.toordinal()) for e in archive.entries]

    def all_near(candidates: list[Candidate]) -> None:
        related = Related(candidates)
        for candidate in candidates:
            related.near(candidate.id)

    def grown() -> list[Candidate]:
        """As many archives side by side, each with papers and words of its own, as a growing archive would bring."""
        return [
            c._replace(
                id=f"{k}-{c.id}",
                papers=[f"{k}{p}" for p in c.papers],
                question=c.question.replace("e", f"e{'xyzvw'[k % 5]}"),
            )
            for k in range(times)
            for c in answers
        ]

    one = cpu(lambda: all_near(answers))
    many = grown()
    more = cpu(lambda: all_near(many))
    row(
        f"related answers for {len(answers):,}, CPU s",
        f"{one:.1f}",
        f"for {len(many):,}: {more:.1f}, × {more / one:.1f}",
    )


# --- retrieval


def cranfield(folder: Path) -> tuple[list[Paper], list[str], list[dict[int, int]]]:
    papers = []
    for part in ("\n" + (folder / "cran.all.1400").read_text()).split("\n.I ")[1:]:
        number, rest = part.split("\n", 1)
        title = " ".join(rest.split(".T\n")[1].split("\n.A")[0].split())
        text = " ".join(rest.split("\n.W\n")[1].split()) if "\n.W\n" in rest else ""
        papers.append(Paper(id=f"AG-2000.01-{int(number)}", title=title or None, abstract=text or None))
    questions = [
        " ".join(p.split(".W\n")[1].split()) for p in ("\n" + (folder / "cran.qry").read_text()).split("\n.I ")[1:]
    ]
    judged: list[dict[int, int]] = [{} for _ in questions]
    for line in (folder / "cranqrel").read_text().splitlines():
        question, paper, grade = map(int, line.split()[:3])
        judged[question - 1][paper] = grade
    return papers, questions, judged


def gain(grade: int | None) -> int:
    """Grade 1 is a complete answer, 4 of minimum interest."""
    return 2 ** (5 - grade) - 1 if grade else 0


def measure_retrieval(folder: Path, scratch: Path, *, embed: bool) -> None:
    papers, questions, judged = cranfield(folder)
    with Retriever(papers, scratch / "cranfield", embed=embed) as retriever:
        quality, recall, seconds = [], [], []
        for question, grades in zip(questions, judged, strict=True):
            start = time.process_time()
            found = retriever.retrieve(question, 10)
            seconds.append(time.process_time() - start)
            ids = [hit.id.key[2] for hit in sorted(found.hits, key=lambda hit: hit.rank)]
            ideal = sorted(map(gain, grades.values()), reverse=True)[:10]
            quality.append(_discounted([gain(grades.get(i)) for i in ids]) / _discounted(ideal))
            recall.append(len(grades.keys() & set(ids[:8])) / len(grades))
    name = "words and vectors" if embed else "words"
    mean = f"nDCG@10 {sum(quality) / len(quality):.3f}, recall@8 {sum(recall) / len(recall):.3f}"
    row(f"retrieval on Cranfield by {name}", mean, f"CPU ms {both(seconds)}")


def _discounted(gains: Sequence[int]) -> float:
    return sum(g / math.log2(place + 2) for place, g in enumerate(gains))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", help="folder of answer files")
    parser.add_argument("--answers", type=int, default=10_000, help="how many of them")
    parser.add_argument("--cranfield", type=Path, help="folder of the Cranfield collection")
    parser.add_argument("--embed", action="store_true", help="measure retrieval with vectors too")
    parser.add_argument("--no-build", action="store_true", help="leave out the two builds of the whole site")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    given = parser.parse_args()
    readings = corpus.read([given.corpus]).readings[: given.answers]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        archive = archive_of(readings)
        row("answers, papers, open questions", len(readings), len(archive.papers), len(archive.open_questions))
        measure_index(readings, scratch / "index")
        asked = measure_program(scratch / "index")
        measure_excerpts(archive, scratch / "index", asked)
        if given.chromium:
            site = site_with_shards_of(scratch / "index", readings[0].path, scratch)
            measure_browser(site, asked, given.chromium)
        measure_related(archive, 5)
        if given.cranfield:
            measure_retrieval(given.cranfield, scratch, embed=False)
            if given.embed:
                measure_retrieval(given.cranfield, scratch, embed=True)
        if not given.no_build:
            measure_build((given.corpus,), scratch)


if __name__ == "__main__":
    main()
