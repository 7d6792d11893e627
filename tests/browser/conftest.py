"""One site for all browser tests, with every state that a page can be in, served on loopback below a sub-path."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from agsite.build import Options, build
from agsite.config import Config
from agsite.report import Report

HERE = Path(__file__).parent
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

    def log_message(self, *args):
        """Say nothing: a test's output is its result."""


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    """The site of `tests/browser/answers`, where every state of a page occurs, and of the founding answers."""
    with served(tmp_path_factory.mktemp("browser") / "site") as found:
        _build(found, HERE / "answers", HERE.parents[1] / "answers", title="Made-Up Q&A")
        yield found


@pytest.fixture(scope="session")
def mirrored(tmp_path_factory) -> Iterator[Site]:
    """A site that is read from right to left, in colours of its own."""
    with served(tmp_path_factory.mktemp("mirrored") / "site") as found:
        colours = {"accent": ("#003388", "#88bbff"), "open": ("#8a1f00", "#ffaa80")}
        _build(found, HERE / "answers", language="he", direction="rtl", colours=colours)
        yield found


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve a folder on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(folder, f"http://127.0.0.1:{server.server_port}{MOUNT}")
        server.shutdown()


def _build(site: Site, *answers: Path, **settings: object) -> None:
    report = Report()
    options = Options(answers=tuple(map(str, answers)), papers=(), output=str(site.folder))
    build(options, Config.model_validate({"base_url": site.url, **settings}), report)
    assert report.published, report.findings


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser of its own, on a wide light screen."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    yield context.new_page()
    context.close()
