"""An archive that is read once and kept up to date; its pages are planned and rendered when somebody asks for them.

Nothing is written but the index of the search: a page on the screen is always that of the archive as it was last read,
whole.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from agsite import addresses, files, urls
from agsite.archive import Archive, reworded
from agsite.build import Options
from agsite.build.inputs import check, check_alone, link, read_corpus
from agsite.build.memory import collect, collector_paused
from agsite.build.site import Site, plan
from agsite.config import Config
from agsite.corpus import Corpus, Remembered, read_again
from agsite.errors import AgsiteError
from agsite.findings import Finding
from agsite.report import Progress, Report, silent
from agsite.serve.arrivals import Arrivals
from agsite.serve.snapshot import Snapshot, State

if TYPE_CHECKING:
    from agsite.search import Index

_MOMENT = 0.3
_FEW = 20
"""How many answers are checked alone at most."""


class Response(NamedTuple):
    """What there is at an address: bytes, or the address to go to instead."""

    data: bytes = b""
    moved_to: str | None = None


class Status(NamedTuple):
    """What the browser is told: which state of the archive this is, and what is wrong with it, the newest first."""

    version: int
    findings: tuple[Finding, ...]
    trouble: str = ""
    new: tuple[Finding, ...] = ()
    """The findings that were not told before."""
    newest: int = 0
    """A number that rises with everything new that is wrong."""


class Preview:
    """The archive of some options, as it was last read."""

    def __init__(self, options: Options, settings: Callable[[], Config], told: Callable[[Status], None]) -> None:
        self._options = options
        self._settings = settings
        self._told = told
        self._known: dict[str, Remembered] = {}
        self._snapshot: Snapshot | None = None
        past = options.previous or f"{options.output}/{urls.URLS}"
        self._rest = [*options.around, past]
        """All that is read besides answers and settings."""
        self._seen: list[files.Seen] = []
        self._corpus: Corpus | None = None
        """What was read last, be it shown or not; None where reading failed."""
        self._index = files.CacheFolder(options.search_index)
        self._name = f"preview {os.urandom(8).hex()}"
        self._telling = threading.Lock()
        self._checked = threading.Event()
        self._shown = self._pause = 0.0
        self._found: tuple[Finding, ...] = ()
        self._found_in: Snapshot | None = None
        """What checks found, and in which state."""
        self._arrivals = Arrivals()
        self.status = Status(0, ())
        self.base_path = "/"
        self.former_paths: tuple[str, ...] = ()

    def refresh(self, touched: Collection[str] | None = None, progress: Progress = silent) -> None:
        """Read what changed, and show the new state; one that cannot be shown leaves the last one standing.

        `touched` are all files that may have changed, where that is known.
        """
        try:
            with collector_paused():
                self._read(Report(progress=progress), touched)
        except (AgsiteError, OSError) as error:
            self._tell_of(str(error))
        except Exception as error:  # noqa: BLE001 - what an edit made fail must not leave the next one unseen
            traceback.print_exc()
            self._tell_of(f"{type(error).__name__}: {error}")

    def _tell_of(self, trouble: str) -> None:
        with self._telling:
            self._tell(self.status.findings, trouble)

    def _read(self, report: Report, touched: Collection[str] | None) -> None:
        # Looked at before it is read, so that a change in between is seen the next time.
        rest = files.snapshot(self._rest)
        found = self._read_corpus(report, touched)
        config = self._settings()
        last = self._snapshot
        state = _reworded(last, found, config) if rest == self._seen else None
        state = state or self._plan(found, config, report)
        if state is None:
            return
        self._seen = rest
        with self._telling:
            self._snapshot = Snapshot(state.site, state.inputs, last)
            if last is not None and config.base_path != self.base_path:
                self.former_paths = (*self.former_paths, self.base_path)
            self.base_path = config.base_path
            self._checked.clear()
            self._shown = time.monotonic()
            # What checks found before is shown until they have run again: it is mostly still so.
            kept = (finding for finding in self._found if finding.path not in found.unread)
            self._tell((*state.inputs.findings, *kept))

    def _read_corpus(self, report: Report, touched: Collection[str] | None) -> Corpus:
        last, self._corpus = self._corpus, None
        again = read_again(last, touched, self._known) if last is not None and touched is not None else None
        self._corpus = again or read_corpus(self._options, report, self._known)
        return self._corpus

    def _plan(self, found: Corpus, config: Config, report: Report) -> State | None:
        """Link and plan everything; where there are no answers any more, tell so and return None."""
        inputs = link(self._options, found, report)
        if not inputs.archive.entries and self._snapshot is not None:
            with self._telling:
                self._tell(inputs.findings, f"There are no answers in {', '.join(self._options.answers)}.")
            return None
        site = plan(self._options, config, inputs)
        return State(inputs._replace(findings=(*inputs.findings, *_foreseen(site))), site)

    def check(self) -> None:
        """Check what is shown, and tell of what is found, unless something else is shown by then."""
        # Before the look at what is shown: what is shown after that is not checked yet.
        self._checked.set()
        snapshot = self._snapshot
        if snapshot is None:
            return
        try:
            inputs = check(self._options, snapshot.site.look.config, snapshot.inputs, Report())
        except (AgsiteError, OSError):
            return  # templates and words were changed meanwhile, which are told of when they are read to be shown
        self._tell_of_checks(snapshot, set(inputs.findings) - set(snapshot.inputs.findings))

    def check_edited(self) -> None:
        """Check the few answers that were edited since the last check, each alone: checks of all may take long."""
        before, now = self._found_in, self._snapshot
        if before is None or now is None or before is now:
            return
        edited = _edited(before.inputs.corpus, now.inputs.corpus)
        if len(edited) <= _FEW:
            gone, here = (
                check_alone(self._options, each.site.look.config, each.inputs, edited) for each in (before, now)
            )
            self._tell_of_checks(now, {*self._found} - gone | here)

    def _tell_of_checks(self, snapshot: Snapshot, found: Collection[Finding]) -> None:
        with self._telling:
            if snapshot is not self._snapshot:
                return
            self._found, self._found_in = tuple(found), snapshot
            before, findings = self.status, (*snapshot.inputs.findings, *found)
            self._arrivals.forget_all_but(_wrong(findings), before.trouble)
            self.status = self._status(before.version, findings, before.trouble)
            if self.status.findings != before.findings:
                self._told(self.status)

    def keep_checking(self, stop: threading.Event) -> None:
        """Check what has been shown for a moment; all of it the later the longer that takes: pages come first."""
        while not stop.wait(_MOMENT):
            try:
                self._check_in_turn(time.monotonic() - self._shown)
            except Exception:  # noqa: BLE001 - what an edit made fail must not leave the next one unchecked
                traceback.print_exc()
                self._found_in = None  # else the edited answers would be compared with that state without end

    def _check_in_turn(self, shown_for: float) -> None:
        if shown_for > _MOMENT:
            self.check_edited()
        if shown_for > self._pause and not self._checked.is_set():
            start = time.monotonic()
            self.check()
            collect()  # else every template, and all of every state, that was ever shown would stay
            self._pause = 2 * (time.monotonic() - start)

    def _tell(self, findings: Iterable[Finding], trouble: str = "") -> None:
        self.status = self._status(self.status.version + 1, findings, trouble)
        self._told(self.status)

    def _status(self, version: int, findings: Iterable[Finding], trouble: str) -> Status:
        told = self._arrivals.tell(version, _wrong(findings), trouble)
        return Status(version, told.findings, trouble, told.new, told.newest)

    def get(self, path: str) -> Response | None:
        """Return what is at an output path; None where there is nothing.

        Raises TemplateError where the page cannot be rendered.
        """
        snapshot = self._snapshot
        if snapshot is None:
            return None
        data = snapshot.data(path)
        if data is None and path.startswith(urls.SEARCH) and self._options.search:
            data = self._shard(path)
        if data is not None:
            return Response(data)
        target = addresses.destination(urls.of_file(path), snapshot.site.past.rules.of)
        return Response(moved_to=target) if target is not None else None

    def _shard(self, path: str) -> bytes | None:
        """Return a file of the search as the built site has it; whoever asks for the first one gets them made."""
        from agsite.search import exported_file, refreshed

        if self._snapshot is not None and path.endswith(".json"):
            archive, steps = self._snapshot.inputs.archive, self._snapshot.site.look.config.match.steps
            self._index.use(lambda folder: refreshed(archive, folder, steps))
        return exported_file(self._index.name, path)

    def search(self, parameters: dict[str, str]) -> dict[str, Any]:
        """Answer a query from the index of the archive, which is brought up to date first."""
        from agsite.search import Searcher, api_response

        snapshot = self._snapshot
        if snapshot is None:
            return {"query": parameters.get("q", ""), "error": "there is no archive", "help": ""}
        # Stamped with what nobody else has, for others fill it with what they read, at other times and without drafts.
        fresh = partial(_fresh, snapshot.inputs.archive, f"{self._name} {snapshot.number}")
        with Searcher(self._index.use(fresh).reader()) as searcher:
            return api_response(searcher, parameters)


def _fresh(archive: Archive, stamp: str, folder: str) -> Index:
    """The index of an archive, brought up to date where it has another stamp."""
    from agsite.search import Index, documents

    index = Index(folder)
    if index.stamp() != stamp:
        index.update(documents(archive), stamp)
    return index


def _reworded(last: Snapshot | None, found: Corpus, config: Config) -> State | None:
    """What becomes of the last state where one answer's words were edited; None where more than that happened."""
    if last is None or last.site.look.config != config or len(found.readings) != len(last.inputs.corpus.readings):
        return None
    edited = [new for new, old in zip(found.readings, last.inputs.corpus.readings, strict=True) if new is not old]
    if len(edited) != 1 or found.findings != last.inputs.corpus.findings:
        return None
    archive = reworded(last.inputs.archive, edited[0].answer, edited[0].body, edited[0].path)
    if archive is None:
        return None
    inputs = last.inputs._replace(corpus=found, archive=archive)
    # There are the same pages as before, which are planned when they are asked for.
    return State(inputs, last.site._replace(overview=last.site.overview.reworded(archive)))


def _edited(before: Corpus, now: Corpus) -> set[str]:
    """Return the files of which other answers were read than before."""
    old, new = ({reading.path: reading for reading in corpus.readings} for corpus in (before, now))
    return {path for path in old.keys() | new.keys() if old.get(path) is not new.get(path)}


def _foreseen(site: Site) -> tuple[Finding, ...]:
    """What a build would say of addresses: those of all pages are known, but not of those that are their parts."""
    past, whole = site.past, not site.past.unread
    published = [url for url in past.addresses if url.endswith("/")] if whole else ()
    pages = {section.url for section in site.sections}
    return addresses.foreseen(past.rules.of, pages, whole=whole, published=published, path=past.path)


def _wrong(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what is to be mended: notes are none of it, and there may be thousands."""
    return (finding for finding in findings if finding.severity != "note")
