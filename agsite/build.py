"""A folder of answer files becomes a site: read, link, plan, render, publish."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from agsite import __version__, assets, checks, corpus, files, papers, urls
from agsite.archive import Archive, build_archive
from agsite.config import Config
from agsite.corpus import Corpus
from agsite.errors import AgsiteError
from agsite.findings import Finding, worst
from agsite.pages import Page, plan_pages
from agsite.records import Paper
from agsite.render import Renderer, default_folder
from agsite.report import Report
from agsite.settings import load_words


class Options(NamedTuple):
    """What a build is asked to do; everything from outside comes in here."""

    answers: tuple[str, ...] = ("answers",)
    papers: tuple[str, ...] = ("papers",)
    output: str = "_site"
    templates: tuple[str, ...] = ("templates",)
    assets: tuple[str, ...] = ("site_src",)
    strict: bool = False
    drafts: bool = False
    today: dt.date | None = None


class Inputs(NamedTuple):
    """Everything that was read for a run, and what was found on the way."""

    corpus: Corpus
    metadata: tuple[Paper, ...]
    archive: Archive
    findings: tuple[Finding, ...]


def build(options: Options, config: Config, report: Report) -> None:
    """Build the site and publish it in one step; findings, counts and timings go into the report.

    With `strict`, an error or a warning means that nothing is published. Raises OutputError where the site cannot be
    written; then what was published before still stands.
    """
    inputs = read(options, report)
    report.add(*inputs.findings)
    if not inputs.archive.entries:
        report.add(Finding.of("AG504", f"there are no answers in {', '.join(options.answers)}", path=options.answers[0]))
    if worst(report.findings) in ({"error", "warning"} if options.strict else ()) or not inputs.archive.entries:
        return
    with report.stage("plan"):
        pages = list(plan_pages(inputs.archive, config, _texts(options)))
    with report.stage("render"):
        site = _Site(options, config, pages, report)
        report.counts |= {
            "answers": len(inputs.archive.entries),
            "papers": len(inputs.archive.papers),
            "pages": len(pages) + 1,
        }
        written = files.publish(site.files(), options.output)
    report.counts |= {"written": written, "unchanged": 0, "deleted": 0}
    report.published = True


def read(options: Options, report: Report) -> Inputs:
    """Read answers and papers, link them, check them."""
    with report.stage("read"):
        found = corpus.read(options.answers, lambda done, total: report.progress("read", done, total))
        metadata, problems = read_papers(options.papers)
    with report.stage("link"):
        archive = build_archive(((r.answer, r.body, r.path) for r in found.readings), metadata, drafts=options.drafts)
    with report.stage("check"):
        findings = checks.check(found.readings, archive, options.today or dt.date.max)
    return Inputs(found, metadata, archive, (*found.findings, *problems, *findings))


def read_papers(paths: tuple[str, ...]) -> tuple[tuple[Paper, ...], tuple[Finding, ...]]:
    """Read the metadata below the given paths; a path that is not there holds none."""
    texts = {}
    findings = []
    for path in paths:
        for name in files.find(path, (".jsonl",))[0] if Path(path).exists() else ():
            try:
                texts[name] = files.read_text(name) or ""
            except AgsiteError as error:
                findings.append(Finding.of("AG403", error.message, path=name, line=1))
    records, problems = papers.loads_all(texts.items())
    return records, (*findings, *problems)


def _texts(options: Options) -> dict[str, str]:
    """The Markdown pages that the site adds, by address; a site's own win over the ones that come along."""
    texts = {}
    for folder in (default_folder("site_src"), *map(Path, options.assets)):
        root = folder / "pages"
        for path in files.find(root, (".md",))[0] if root.is_dir() else ():
            name = Path(path).relative_to(root).with_suffix("").as_posix().removesuffix("index").strip("/")
            texts[f"{name}/" if name else urls.HOME] = files.read_text(path) or ""
    return texts


class _Site:
    """All files of one site, in the order in which they are written."""

    def __init__(self, options: Options, config: Config, pages: list[Page], report: Report) -> None:
        self.pages = pages
        self.report = report
        self.assets = assets.load((default_folder("site_src"), *map(Path, options.assets)), config.colours)
        templates = (*options.templates, str(default_folder("templates")))
        self.renderer = Renderer(config, templates, load_words(templates), self.assets.addresses)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield (path, bytes) of every file."""
        for name, data in self.assets.files.items():
            yield urls.asset(name), data
        for number, page in enumerate(self.pages, 1):
            yield urls.file_of(page.url), self.renderer.render(page)
            self.report.progress("render", number, len(self.pages))
        yield urls.BUILD, _build_json(self.report.counts)


def _build_json(counts: Mapping[str, int]) -> bytes:
    facts = {"agsite": __version__, **{key: counts[key] for key in ("answers", "papers", "pages")}}
    return (json.dumps(facts, indent=1) + "\n").encode()
