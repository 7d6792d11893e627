"""The site in one state of the archive: its pages are made when they are asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from agsite import urls
from agsite.build.inputs import Inputs
from agsite.build.site import Site
from agsite.pages import Facts, Page, Section
from agsite.render import Renderer

# Pages of sections that begin so lie where their section begins, or below.
_FOUND_AROUND = (
    *(urls.ANSWERS, urls.PAPERS, urls.CATEGORIES, urls.MONTHS, urls.MODELS),
    *(urls.OPEN, urls.GAPS, urls.DATA_FILES),
)


class State(NamedTuple):
    """What was read, and the site that it makes."""

    inputs: Inputs
    site: Site


class Snapshot:
    """The site in one state; `last` is the one before it, of which it keeps what is the same."""

    def __init__(self, site: Site, inputs: Inputs, last: Snapshot | None) -> None:
        self.site = site
        self.inputs = inputs
        self.number: int = last.number + 1 if last is not None else 1
        if last is not None and last.site.look == site.look and "_renderer" in last.__dict__:
            self.__dict__["_renderer"] = last._renderer
        if last is not None and last.site.sections is site.sections:
            self._sections: Mapping[str, Section] = last._sections
        else:
            self._sections = {section.url: section for section in site.sections}
        self._lock = threading.Lock()

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(self.site.look)

    def data(self, path: str) -> bytes | None:
        """Return the file at an output path."""
        if path in self.site.copies:
            return self.site.copies[path]
        url = urls.of_file(path)
        if url in self.site.joined:
            parts = (self.data(urls.file_of(part)) for part in self.site.joined[url])
            return b"".join(part for part in parts if part is not None)
        with self._lock:
            page = self._page(url)
            return self._renderer.render(page) if page is not None else None

    def _page(self, url: str) -> Page | None:
        for section in self._around(url):
            for page in section.pages(Facts(self.site.overview)):
                if page.url == url:
                    return page
        return None if url.startswith((urls.ANSWERS, urls.PAPERS)) else self._others.get(url)

    def _around(self, url: str) -> Iterator[Section]:
        """The sections that begin at an address, or at a folder around it, the nearest first."""
        while True:
            if url in self._sections:
                yield self._sections[url]
            before, slash, _ = url.rstrip("/").rpartition("/")
            if not slash:
                return
            url = before + slash

    @cached_property
    def _others(self) -> Mapping[str, Page]:
        """Pages elsewhere than their section begins: feeds, branches of threads. They take longer, and only once."""
        sections = (section for section in self.site.sections if not section.url.startswith(_FOUND_AROUND))
        return {page.url: page for section in sections for page in section.pages(Facts(self.site.overview))}
