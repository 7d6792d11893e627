"""Everything that a build reads: answers, papers, texts, assets, templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from agsite import addresses, assets, checks, corpus, files, papers, urls
from agsite.addresses import Rules
from agsite.archive import Archive, build_archive
from agsite.assets import Assets
from agsite.build.readings import KeptReadings
from agsite.build.unfit import Planned, unfit
from agsite.config import Config
from agsite.corpus import Corpus, Kept, Remembered
from agsite.files import State
from agsite.findings import Finding, fails, in_order
from agsite.fingerprints import code_digest
from agsite.look import Look, TextFile
from agsite.options import DEFAULT_PAPERS, Options
from agsite.pages import Overview, list_addresses, plan_sections, search_section
from agsite.records import Paper
from agsite.report import Report
from agsite.settings import MistakesError, find_own, read_found, read_own
from agsite.shipped import default_folder
from agsite.theme import check_look, load_phrases, load_templates, read_text_file

# The endings of bibliographies, which are not read as they are; a finding says so.
_BIBLIOGRAPHIES = (".bib", ".bibtex", ".json", ".ndjson", ".ris", ".csv", ".xml", ".yaml", ".yml")


class Inputs(NamedTuple):
    """Everything that was read for a run, and what was found on the way."""

    corpus: Corpus
    metadata: tuple[Paper, ...]
    archive: Archive
    findings: tuple[Finding, ...]
    rules: Rules = Rules()


def read(options: Options, config: Config) -> Inputs:
    """Read answers and papers, link them, check them, and what else a build would stop at; nothing is written."""
    report = Report()
    found = read_corpus(options, report, kept=kept_readings(options))
    inputs = check(options, config, link(options, found, report), report)
    wrong = _check_addresses(options, config, inputs) if options.whole else ()
    lacking = () if found.readings or found.findings else (no_answers(options, found),)
    return inputs._replace(findings=in_order((*inputs.findings, *wrong, *lacking)))


def no_answers(options: Options, found: Corpus) -> Finding:
    """Say that there is nothing to make a site of; where answers were read, they are drafts."""
    folders = ", ".join(options.answers)
    if found.readings:
        message = f"there are no answers in {folders} but drafts"
        help = "Show them with --drafts, or take the line “status: draft” out of those that are to be published."
        return Finding.of("AG504", message, path=options.answers[0], help=help)
    return Finding.of("AG504", f"there are no answers in {folders}", path=options.answers[0])


def _check_addresses(options: Options, config: Config, inputs: Inputs) -> Iterator[Finding]:
    """Find what a build would find wrong with the addresses of pages that the site adds, and with redirects."""
    ours, own = (_read_texts(folders)[0] for folders in ((default_folder("site_src"),), _own_folders(options)))
    texts = ours | own
    overview = Overview(inputs.archive, config, dict.fromkeys(texts, ""))
    if own or inputs.rules.of:
        names = assets.names(_asset_folders(options), config.colours)
        sections = (*plan_sections(overview), search_section())
        yield from unfit(own, inputs.rules.of, Planned(sections, names, overview))
    if inputs.rules.of:
        pages = {*_pages(inputs), *list_addresses(overview), *texts}
        yield from addresses.foreseen(inputs.rules.of, pages, whole=not inputs.corpus.unread)


def _pages(inputs: Inputs) -> set[str]:
    """Return the addresses of all answers and papers that could be read."""
    answers = (urls.answer(entry.id) for entry in inputs.archive.entries)
    return {*answers, *map(urls.paper, inputs.archive.papers)}


def read_archive(options: Options) -> Inputs:
    """Read answers and papers, and link them, for commands that ask what an archive holds and not what is wrong."""
    report = Report()
    return link(options, read_corpus(options, report), report)


def kept_readings(options: Options) -> KeptReadings:
    """Return what builds into the same output kept of reading answers."""
    return KeptReadings(State(options.output).folder / "readings", code_digest(), fresh=options.full)


def read_corpus(
    options: Options, report: Report, known: dict[str, Remembered] | None = None, kept: Kept | None = None
) -> Corpus:
    """Read the answer files; those that are `known` and untouched, or whose bytes are `kept`, are not read again."""
    with report.stage("read"):
        return corpus.read(options.answers, lambda done, total: report.progress("read", done, total), known, kept)


def link(options: Options, found: Corpus, report: Report) -> Inputs:
    """Read the metadata of papers, and link answers and papers both ways."""
    with report.stage("link"):
        metadata, problems = read_papers(options.papers)
        archive = build_archive(((r.answer, r.body, r.path) for r in found.readings), metadata, drafts=options.drafts)
        rules = _read_rules(options, archive, found)
    return Inputs(found, metadata, archive, (*found.findings, *problems, *rules.findings), rules)


def _read_rules(options: Options, archive: Archive, found: Corpus) -> Rules:
    """Read what `redirects.yml` and the aliases of the answers say of addresses."""
    places = {reading.path: reading.origin.aliases for reading in found.readings if reading.answer.aliases}
    named = (
        (alias, entry.id, entry.path, line)
        for entry in archive.entries
        for alias, line in zip(entry.answer.aliases, places.get(entry.path, ()), strict=False)
    )
    aliases, doubles = addresses.of_aliases(named)
    text, unread = read_own(options.redirects, addresses.MAX_BYTES)
    redirects, problems = addresses.read_redirects(text, options.redirects)
    disputed = addresses.overruled(aliases, redirects)
    return Rules(aliases | redirects, (*doubles, *unread, *problems, *disputed))


def check(options: Options, config: Config, inputs: Inputs, report: Report) -> Inputs:
    """Check answers, papers, and the site's own words; what is found joins what was found before."""
    with report.stage("check"):
        pages = _linkable(options, inputs)
        readings, rests = inputs.corpus.readings, inputs.corpus.rests
        found = checks.check(readings, inputs.archive, _today(options), pages, config.base_path, rests)
        drifted = checks.check_axis(readings, config.match.axis)
        look = check_look(_look_folders(options))
        texts, faults = _read_texts(_own_folders(options))
        unread = (finding for folder in _own_folders(options) for finding in find_own(folder, ("",))[1])
        written = {source.path: source.text for source in texts.values()}
        slips = checks.check_texts(written, inputs.archive if pages else None)
    return inputs._replace(findings=in_order((*inputs.findings, *found, *drifted, *look, *faults, *unread, *slips)))


def check_alone(options: Options, config: Config, inputs: Inputs, paths: Collection[str]) -> set[Finding]:
    """Check the answers of some files for what can be found in each by itself, which takes a moment."""
    readings = inputs.corpus.readings
    places = checks.Places(_linkable(options, inputs), config.base_path, readings)
    chosen = (reading for reading in (*readings, *inputs.corpus.rests) if reading.path in paths)
    return {finding for one in chosen for finding in checks.check_alone(one, inputs.archive, _today(options), places)}


def _linkable(options: Options, inputs: Inputs) -> Collection[str]:
    """Return the addresses to which answers and papers may be linked; none where that cannot be said."""
    if not options.whole or inputs.corpus.unread or fails(inputs.rules.findings):
        return ()  # what could not be read may say of any address that is missing what became of it
    return {*_pages(inputs), *(url for url, rule in inputs.rules.of.items() if rule.target is not None)}


def _today(options: Options) -> dt.date:
    return options.today or dt.date.max


def read_papers(paths: tuple[str, ...]) -> tuple[tuple[Paper, ...], tuple[Finding, ...]]:
    """Read the metadata below the given paths; a path that is not there holds none."""
    texts, findings = read_paper_files(paths)
    records, problems = papers.loads_all(texts.items())
    return records, (*findings, *problems)


def read_paper_files(paths: tuple[str, ...]) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Return the texts of the files of metadata below the given paths, and what is wrong with others."""
    texts = {}
    findings = []
    seen: set[str] = set()
    for path in paths:
        if not Path(path).exists():
            if path not in DEFAULT_PAPERS:
                findings.append(Finding.of("AG508", f"there is no file or folder {path}", path=path))
            continue
        found, refused = files.find(path, (".jsonl", *_BIBLIOGRAPHIES), seen)
        for name, why in refused:
            message, help = files.refusal(why)
            findings.append(Finding.of("AG403", message, path=name, help=help))
        for name in found:
            if name.lower().endswith(_BIBLIOGRAPHIES):
                help = f"Run: agsite papers import {quote(name)}, and keep it elsewhere."
                findings.append(Finding.of("AG409", "nothing is read from this file as it is", path=name, help=help))
                continue
            text, unread = read_found(name, None)
            findings += [finding._replace(code="AG403") for finding in unread]
            if text is not None:
                texts[name] = text
    return texts, tuple(findings)


def read_look(options: Options, config: Config, addresses: Mapping[str, str]) -> Look:
    """Read templates and words: the site's own, and ours where it has none."""
    folders = _look_folders(options)
    features = frozenset({"search"} if options.search else ())
    return Look(config, load_templates(folders), load_phrases(folders), addresses, features)


def _look_folders(options: Options) -> tuple[str, ...]:
    return (*options.templates, str(default_folder("templates")))


def read_assets(options: Options, config: Config) -> Assets:
    """Read style, scripts and fonts."""
    return assets.load(_asset_folders(options), config.colours)


def _asset_folders(options: Options) -> tuple[Path, ...]:
    return (default_folder("site_src"), *_own_folders(options))


def _own_folders(options: Options) -> tuple[Path, ...]:
    """Return the folders of assets, and of pages among them, that the site may have."""
    return tuple(map(Path, options.assets))


def read_texts(options: Options) -> dict[str, TextFile]:
    """The Markdown pages that the site adds, by address; a site's own win over the ones that come along.

    Raises MistakesError where one holds what may not be published.
    """
    texts, faults = _read_texts(_asset_folders(options))
    if faults:
        raise MistakesError(faults)
    return texts


def _read_texts(folders: Iterable[Path]) -> tuple[dict[str, TextFile], list[Finding]]:
    """Read the Markdown pages of some folders, by address, and find what may not be published in them."""
    texts: dict[str, TextFile] = {}
    faults: list[Finding] = []
    for root in (folder / "pages" for folder in folders):
        paths, unread = find_own(root, (".md",))
        faults += unread
        for path in paths:
            url = _text_address(root, path)
            first = texts.get(url)
            texts[url], wrong = read_text_file(path)
            faults += wrong
            if first and Path(first.path).is_relative_to(root):
                faults.append(Finding.of("AG511", f"it has the address /{url}, as {first.path} has", path=path))
    return texts, faults


def _text_address(root: Path, path: str) -> str:
    name = Path(path).relative_to(root).with_suffix("").as_posix().removesuffix("index").strip("/")
    return f"{name}/" if name else urls.HOME
