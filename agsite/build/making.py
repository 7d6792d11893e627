"""Pages become files of a generation: here, in forks that inherit the overview, or in processes that are sent it."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from typing import NamedTuple, Protocol

from agsite import urls
from agsite.build.compiled import Compiled
from agsite.build.pool import Pool
from agsite.build.traces import Traces
from agsite.files import Generation, Placed
from agsite.fingerprints import Fingerprints, of_bytes
from agsite.look import Look
from agsite.pages import Fact, Facts, Overview, Page, Section
from agsite.render import Renderer

_SECTIONS_A_TASK = 32
_PAGES_A_TASK = 64

# Below this many sections, to start processes takes longer than they save.
FEW = 300

Progress = Callable[[int, int], None]
Begin = Callable[[str], None]
"""Told the address of every page before it is made."""


def _ignore(url: str) -> None:
    pass


class Workers(Protocol):
    """Processes that render pages which they are sent."""

    def map(self, tasks: Iterable[list[Page]]) -> Iterator[tuple[list[Page], list[bytes]]]:
        """Yield chunks of pages with their bytes, in any order."""
        ...


class Made(NamedTuple):
    """The files of a section, and the facts that its pages asked for; None where they saw the whole archive."""

    placed: list[Placed]
    asked: Collection[Fact] | None


class Maker:
    """Makes the files of pages: what has a file of its fingerprint is kept, the rest rendered."""

    def __init__(
        self, generation: Generation, overview: Overview, look: Look, traces: Traces, compiled: Compiled
    ) -> None:
        self._generation = generation
        self._overview = overview
        self._look = look
        self._compiled = compiled
        self._fingerprints = Fingerprints(look)
        self._traces = traces

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(self._look, self._compiled)

    def make(self, pages: Iterable[Page], begin: Begin = _ignore) -> list[Placed]:
        """Make the files of pages, one after the other."""
        made = []
        for page in pages:
            begin(page.url)
            render = partial(self._render, page)
            made.append(self._generation.place(urls.file_of(page.url), self._fingerprints.of(page), render))
        return made

    def _render(self, page: Page) -> bytes:
        return self._renderer.render(page)

    def join(self, joined: Mapping[str, Sequence[str]], placed: Mapping[str, Placed]) -> Iterator[Placed]:
        """Make the files that consist of others, one after the other; `joined` has addresses, `placed` the others."""
        for url, parts in joined.items():
            paths = [urls.file_of(part) for part in parts]
            fingerprint = of_bytes("\n".join([placed[path].stamp.fingerprint for path in paths]).encode())
            yield self._generation.join(urls.file_of(url), fingerprint, paths)

    def kept(self, section: Section) -> list[Placed] | None:
        """Keep the files of a section of which nothing changed; None where it has to be made."""
        files = self._traces.files(section.url)
        return self._generation.keep_all(files) if files is not None else None

    def _section(self, section: Section, begin: Begin = _ignore) -> Made:
        facts = Facts(self._overview)
        return Made(self.make(section.pages(facts), begin), facts.asked)

    def here(self, sections: Sequence[Section], progress: Progress) -> Iterator[Placed]:
        """Make all sections in this process."""
        for number, section in enumerate(sections, 1):
            made = self._section(section)
            self._traces.note(section.url, made.asked, map(_traced, made.placed))
            yield from made.placed
            progress(number, len(sections))

    def forked(self, sections: Sequence[Section], jobs: int, progress: Progress) -> Iterator[Placed]:
        """Make all sections in forked processes, which inherit the overview and write into folders of their own."""

        def work(task: range, begin: Begin) -> list[Made]:
            return [self._section(sections[number], begin) for number in task]

        self._renderer.load_all()
        gc.freeze()
        done = 0
        for task, results in Pool(jobs, "fork", work).map(_from_both_ends(len(sections))):
            for number, made in zip(task, results, strict=True):
                self._traces.note(sections[number].url, made.asked, map(_traced, made.placed))
                yield from made.placed
            done += len(task)
            progress(done, len(sections))

    def sent(self, sections: Sequence[Section], workers: Workers, progress: Progress) -> Iterator[Placed]:
        """Make all sections here but for the rendering, for which pages are sent to workers."""
        waiting: dict[str, str] = {}
        ready: list[Placed] = []

        def stale() -> Iterator[Page]:
            for number, section in enumerate(sections, 1):
                facts, files = Facts(self._overview), []
                for page in section.pages(facts):
                    path, fingerprint = urls.file_of(page.url), self._fingerprints.of(page)
                    files.append((path, fingerprint))
                    kept = self._generation.keep(path, fingerprint)
                    if kept is not None:
                        ready.append(kept)
                    else:
                        waiting[path] = fingerprint
                        yield page
                self._traces.note(section.url, facts.asked, files)
                progress(number, len(sections))

        for pages, contents in workers.map(_chunks(stale())):
            for page, data in zip(pages, contents, strict=True):
                path = urls.file_of(page.url)
                yield self._generation.place(path, waiting.pop(path), partial(bytes, data))
        yield from ready


def _traced(placed: Placed) -> tuple[str, str]:
    return placed.path, placed.stamp.fingerprint


def may_fork() -> bool:
    """Say whether this process can be forked without danger: on Linux, and while it has no other threads."""
    return sys.platform == "linux" and threading.active_count() == 1


def spawned(jobs: int, look: Look) -> Workers:
    """Return workers that start anew on this machine."""
    return Pool(jobs, "spawn", partial(render_pages, look))


def render_pages(look: Look, pages: Sequence[Page], begin: Begin = _ignore) -> list[bytes]:
    """Render pages in a worker; the renderer is made once for a look."""
    renderer = _renderer_for(_Same(look))
    contents = []
    for page in pages:
        begin(page.url)
        contents.append(renderer.render(page))
    return contents


class _Same:
    """A look as a key: workers are sent a copy of one and the same look with every task."""

    def __init__(self, look: Look) -> None:
        self.look = look

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.look == other.look

    def __hash__(self) -> int:
        return len(self.look.templates)


@lru_cache(maxsize=2)
def _renderer_for(same: _Same) -> Renderer:
    return Renderer(same.look)


def _from_both_ends(count: int) -> Iterator[range]:
    """Cut a row into ranges, first, last, second, last but one: two processes seldom meet in one folder."""
    starts = list(range(0, count, _SECTIONS_A_TASK))
    while starts:
        start = starts.pop(0)
        yield range(start, min(start + _SECTIONS_A_TASK, count))
        if starts:
            start = starts.pop()
            yield range(start, min(start + _SECTIONS_A_TASK, count))


def _chunks(pages: Iterable[Page]) -> Iterator[list[Page]]:
    chunk: list[Page] = []
    for page in pages:
        chunk.append(page)
        if len(chunk) == _PAGES_A_TASK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
