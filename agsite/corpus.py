"""Folders of answer files to readings: every file read on its own, every error collected, nothing dropped silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

from agsite import answerfile, files, markup, urls
from agsite.answerfile import Reading
from agsite.errors import AgsiteError
from agsite.findings import Finding

# The endings of answer files, and of files that people take for some: those are reported as not read.
SUFFIXES = (".md", ".txt", ".markdown", ".mdown", ".text")

# What a build writes that ends like an answer file: lists, licences, and twins of pages.
_LISTS = "|".join(map(re.escape, (urls.URLS, urls.ROBOTS, urls.LLMS)))
_PUBLISHED = re.compile(rf"{_LISTS}|{urls.asset('')}.+|({urls.ANSWERS}[^/]+/)index\.md")

# Where this is missing, nobody named it: the command runs elsewhere than in an archive.
_USUAL_FOLDER = "answers"
_NO_ARCHIVE = "Go to the folder of an archive, or begin one with `agsite init DIR`."


class Result(NamedTuple):
    """What reading one file gives."""

    reading: Reading | None
    findings: list[Finding]
    rest: Reading | None = None
    """Where there is no reading: what could be read of the file all the same, for the checks."""


class Kept(Protocol):
    """Results of earlier runs, by the bytes of a file."""

    def get(self, path: str, data: bytes) -> Result | None:
        """Return what reading these bytes gave before."""

    def note(self, path: str, data: bytes, result: Result) -> None:
        """Note what reading these bytes gave."""


class Remembered(NamedTuple):
    """What reading a file gave, for as long as the file stays as it was then."""

    seen: files.Seen
    result: Result


class Corpus(NamedTuple):
    """All readings of a run, by path, with everything that was found while reading."""

    readings: tuple[Reading, ...]
    findings: tuple[Finding, ...]
    unread: Mapping[str, Finding] = MappingProxyType({})
    """The first error of each file that gave no answer: the id and the aliases of that answer are unknown."""
    rests: tuple[Reading, ...] = ()
    """What could be read of these files, for the checks."""


def read(
    folders: Iterable[str],
    progress: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
    known: dict[str, Remembered] | None = None,
    kept: Kept | None = None,
) -> Corpus:
    """Read all answer files below the folders; a path that is a file is read as such.

    Files in `known` that were not touched since are not read again, nor are bytes that are `kept`; both are brought up
    to date.
    """
    paths, findings = _list(folders)
    if known is not None:
        for gone in known.keys() - set(paths):
            del known[gone]
    readings, rests = [], []
    for number, path in enumerate(paths, 1):
        reading, found, rest = read_file(path, kept) if known is None else _read_known(path, known, kept)
        findings += found
        if reading is not None:
            readings.append(reading)
        elif rest is not None:
            rests.append(rest)
        progress(number, len(paths))
    unique, doubles = _unique(readings)
    findings += doubles
    unread = _reasons(findings)
    rests += [reading for reading in readings if reading.path in unread]
    return Corpus(tuple(unique), tuple(findings), unread, tuple(rests))


def _reasons(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Return the first error of each file, or folder, that gave no answer."""
    reasons: dict[str, Finding] = {}
    for finding in findings:
        if finding.severity == "error":
            reasons.setdefault(finding.path, finding)
    return reasons


def read_again(last: Corpus, touched: Iterable[str], known: dict[str, Remembered]) -> Corpus | None:
    """Return the corpus after some of its files were touched; hidden files are none of it.

    None where a file came or went, gives no answer, or where more was found or less: then all have to be looked at.
    """
    fresh: dict[str, Reading] = {}
    for path in touched:
        if Path(path).name.startswith("."):
            continue
        before = known.get(path)
        if before is None or before.result.reading is None or path in last.unread or not files.is_regular(path):
            return None
        last_id, told = before.result.reading.answer.id, before.result.findings
        reading, findings, _ = _read_known(path, known, None)
        if reading is None or reading.answer.id != last_id or findings != told:
            return None
        fresh[path] = reading
    return last._replace(readings=tuple([fresh.get(reading.path, reading) for reading in last.readings]))


def read_file(path: str, kept: Kept | None = None) -> Result:
    """Read one answer file."""
    try:
        data = files.read_bytes(path, limit=answerfile.MAX_BYTES)
    except files.Unreadable as error:
        code = "AG101" if isinstance(error, files.TooLarge) else "AG100"
        return Result(None, [Finding.of(code, error.reason, path=path)])
    if kept is None:
        return _parse(path, data)
    result = kept.get(path, data)
    if result is None:
        result = _parse(path, data)
        kept.note(path, data, result)
    return result


def _parse(path: str, data: bytes) -> Result:
    parsed = answerfile.parse(data, path)
    findings = [finding.at(path) for finding in parsed.findings]
    record = parsed.answer or parsed.rest
    if record is None:
        return Result(None, findings)
    reading = Reading(record, markup.read(record.body), path, parsed.origin, parsed.lacks)
    if parsed.answer is None:
        return Result(None, findings, reading)
    heavy = answerfile.too_heavy(reading)
    return Result(None if heavy else reading, [*findings, *(finding.at(path) for finding in heavy)])


def _read_known(path: str, known: dict[str, Remembered], kept: Kept | None) -> Result:
    seen = files.seen_at(path)
    last = known.get(path)
    if last is None or last.seen != seen:
        # Looked at before it is read, so that a change in between is seen the next time.
        last = known[path] = Remembered(seen, read_file(path, kept))
    return last.result


def _list(folders: Iterable[str]) -> tuple[list[str], list[Finding]]:
    paths: list[str] = []
    findings: list[Finding] = []
    seen: set[str] = set()
    for folder in folders:
        try:
            found, refused = files.find(folder, SUFFIXES, seen)
        except AgsiteError as error:
            help_ = _NO_ARCHIVE if folder == _USUAL_FOLDER else error.help
            findings.append(Finding.of("AG504", error.message, path=str(folder), help=help_))
            continue
        paths += _unpublished(found)
        findings += [Finding.of("AG100", files.refusal(why)[0], path=path) for path, why in refused]
    return sorted(paths), findings


def _unpublished(paths: list[str]) -> list[str]:
    """Leave out what a build wrote into a site that lies among them; what others put there is read."""
    lists = [Path(path) for path in paths if path.endswith(urls.URLS)]
    sites = [path.parent for path in lists if path.name == urls.URLS and (path.parent / urls.BUILD).is_file()]
    if not sites:
        return paths
    return [path for path in paths if not any(_is_published(Path(path), site) for site in sites)]


def _is_published(path: Path, site: Path) -> bool:
    found = _PUBLISHED.fullmatch(path.relative_to(site).as_posix()) if path.is_relative_to(site) else None
    # A twin lies beside its page; without one it may be an answer.
    return found is not None and (found[1] is None or (site / urls.file_of(found[1])).is_file())


def _unique(readings: list[Reading]) -> tuple[list[Reading], list[Finding]]:
    """Keep the first file of every id, in the order of paths; the others are findings that name it."""
    kept: dict[str, Reading] = {}
    findings = []
    for reading in readings:
        first = kept.setdefault(reading.answer.id, reading)
        if first is not reading:
            message = f"the id “{reading.answer.id}” belongs to {first.path} already"
            help = _which_to_delete(first, reading)
            findings.append(Finding.of("AG141", message, path=reading.path, line=1, help=help))
    return list(kept.values()), findings


def _which_to_delete(first: Reading, second: Reading) -> str | None:
    """Say what to do about one answer in two formats; None where the files hold different answers."""
    if Path(first.path).suffix == Path(second.path).suffix or first.answer.question != second.answer.question:
        return None
    return f"They hold one answer in two formats: delete {first.path} or {second.path}."
