"""A built site, served on loopback below a sub-path as a host would."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, Route

from agsite.build import Options, build
from agsite.config import Config
from agsite.report import Report

MOUNT = "/archive/"


class Site(NamedTuple):
    """A built site: its folder, and the address at which it is served."""

    folder: Path
    url: str


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder below a sub-path, and its 404 page for whatever is not there."""

    def translate_path(self, path: str) -> str:
        return super().translate_path("/" + path.removeprefix(MOUNT))

    def send_error(self, code, message=None, explain=None):
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        # An address with a digest never changes what it leads to; hosts say so, and browsers ask once.
        if "?v=" in self.path:
            self.send_header("Cache-Control", "max-age=31536000, immutable")
        super().end_headers()

    def log_message(self, *args):
        """Say nothing: a test's output is its result."""


class Gate:
    """Holds back what a page asks for of some files until it is opened, and notes what came to nothing."""

    def __init__(self, page: Page, files: re.Pattern[str]) -> None:
        self.page, self.files = page, files
        self.held: list[Route] = []
        self.failed: list[str] = []
        page.route(files, self._hold)
        page.on("requestfailed", lambda request: self.failed.append(request.url))

    def _hold(self, route: Route) -> None:
        self.held.append(route)

    def open(self) -> None:
        for route in self.held:
            route.continue_()
        self.page.unroute(self.files)


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve a folder on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(folder, f"http://127.0.0.1:{server.server_port}{MOUNT}")
        server.shutdown()


def build_site(site: Site, *answers: Path, **settings: object) -> None:
    """Build the site of some folders of answers into the folder that is served."""
    report = Report()
    index = str(site.folder.parent / "index")
    options = Options(
        answers=tuple(map(str, answers)), papers=(), output=str(site.folder), search=True, search_index=index
    )
    build(options, Config.model_validate({"base_url": site.url, **settings}), report)
    assert report.published, report.findings
