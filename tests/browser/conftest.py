"""One site for all browser tests, with every state that a page can be in, served on loopback below a sub-path."""

from __future__ import annotations

import threading
from collections.abc import Iterator
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
    """The site of `tests/browser/answers`, where every state of a page occurs."""
    folder = tmp_path_factory.mktemp("browser") / "site"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        url = f"http://127.0.0.1:{server.server_port}{MOUNT}"
        _build(folder, url)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(folder, url)
        server.shutdown()


def _build(folder: Path, url: str) -> None:
    report = Report()
    options = Options(answers=(str(HERE / "answers"), str(HERE.parents[1] / "answers")), papers=(), output=str(folder))
    build(options, Config(base_url=url, title="Made-Up Q&A"), report)
    assert report.published, report.findings


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser of its own, on a wide light screen."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    yield context.new_page()
    context.close()
