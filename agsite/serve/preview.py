"""An archive that is read once and kept up to date; its pages are planned and rendered when somebody asks for them.

Nothing is written: a page on the screen is always that of the archive as it was last read, whole.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from agsite import ledger, urls
from agsite.build import Options
from agsite.build.inputs import Inputs, check, link, read_corpus
from agsite.build.memory import short_of_garbage
from agsite.build.site import Site, plan
from agsite.config import Config
from agsite.corpus import Remembered
from agsite.errors import AgsiteError
from agsite.findings import Finding
from agsite.pages import Page, Section
from agsite.render import Renderer
from agsite.report import Report


class Answer(NamedTuple):
    """What there is at an address: bytes, or the address to go to instead."""

    data: bytes = b""
    moved_to: str | None = None


class Status(NamedTuple):
    """What the browser is told: which state of the archive this is, and what is wrong with it."""

    version: int
    findings: tuple[Finding, ...]
    trouble: str = ""


class _Snapshot:
    """The site in one state."""

    def __init__(self, site: Site, inputs: Inputs) -> None:
        self.site = site
        self.inputs = inputs
        self._sections = {section.url: section for section in site.sections if section.url}
        self._lock = threading.Lock()

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(self.site.look)

    def data(self, path: str) -> bytes | None:
        """Return the file at an output path."""
        if path in self.site.copies:
            return self.site.copies[path]
        with self._lock:
            page = self._page(urls.of_file(path))
            return self._renderer.render(page) if page is not None else None

    def _page(self, url: str) -> Page | None:
        section = self._sections.get(url[: url.rfind("/") + 1])
        for page in section.pages() if section else ():
            if page.url == url:
                return page
        for section in self._numbered(url):
            for page in section.pages():
                if page.url == url:
                    return page
        return self._others.get(url)

    def _numbered(self, url: str) -> Iterator[Section]:
        """The section of a list's further page."""
        whole, part, _ = url.rpartition("page/")
        if part and whole in self._sections:
            yield self._sections[whole]

    @cached_property
    def _others(self) -> Mapping[str, Page]:
        """Pages that are not found by their own address: lists, data, feeds. They take longer, and only once."""
        own = (urls.ANSWERS, urls.PAPERS)
        sections = (section for section in self.site.sections if not section.url.startswith(own))
        return {page.url: page for section in sections for page in section.pages()}


class Preview:
    """The archive of some options, as it was last read."""

    def __init__(self, options: Options, settings: Callable[[], Config], told: Callable[[Status], None]) -> None:
        self._options = options
        self._settings = settings
        self._told = told
        self._known: dict[str, Remembered] = {}
        self._snapshot: _Snapshot | None = None
        self.status = Status(0, ())
        self.base_path = "/"

    def refresh(self) -> None:
        """Read what changed, and show the new state; one that cannot be shown leaves the last one standing."""
        report = Report()
        try:
            with short_of_garbage():
                self._read(report)
        except AgsiteError as error:
            self._tell(Status(self.status.version + 1, self.status.findings, str(error)))

    def _read(self, report: Report) -> None:
        config = self._settings()
        found = read_corpus(self._options, report, self._known)
        inputs = link(self._options, found, report)
        if not inputs.archive.entries and self._snapshot is not None:
            folders = ", ".join(self._options.answers)
            self._tell(Status(self.status.version + 1, inputs.findings, f"There are no answers in {folders}."))
            return
        self._snapshot = _Snapshot(plan(self._options, config, inputs), inputs)
        self.base_path = config.base_path
        # The page first: to check an archive of thousands takes longer than to show one of its pages.
        self._tell(Status(self.status.version + 1, self.status.findings))
        inputs = check(self._options, inputs, report)
        if inputs.findings != self.status.findings:
            self._tell(Status(self.status.version, inputs.findings))

    def _tell(self, status: Status) -> None:
        self.status = status
        self._told(status)

    def get(self, path: str) -> Answer | None:
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
            return Answer(data)
        rules = snapshot.site.past.rules
        target = ledger.destination(urls.of_file(path), rules)
        return Answer(moved_to=target) if target is not None else None

    def _shard(self, path: str) -> bytes | None:
        """Return a file of the search as the built site has it; whoever asks for the first one gets them made."""
        from agsite.search import exported_file, refresh

        if self._snapshot is not None and path.endswith(".json"):
            refresh(self._snapshot.inputs.archive, self._options.search_index)
        return exported_file(self._options.search_index, path)

    def search(self, parameters: dict[str, str]) -> dict[str, Any]:
        """Answer a query from the index of the archive, which is brought up to date first."""
        from agsite.search import Index, Searcher, api_response, documents, stamp

        if self._snapshot is None:
            return {"query": parameters.get("q", ""), "error": "there is no archive", "help": ""}
        index = Index(self._options.search_index)
        now = stamp([*self._options.answers, *self._options.papers])
        if index.stamp() != now:
            index.update(documents(self._snapshot.inputs.archive), now)
        with Searcher(index.reader()) as searcher:
            return api_response(searcher, parameters)


def digest(data: bytes) -> str:
    """Return what tells one version of a page from another."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()
