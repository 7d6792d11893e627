"""HTTP for one browser on this machine: pages as the host will serve them, and news of what changed."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from agsite import urls
from agsite.errors import AgsiteError
from agsite.serve.live import EVENTS, being_read, broken, followed, nothing_here, own_file
from agsite.serve.preview import Response, Status

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ico": "image/x-icon",
    "woff2": "font/woff2",
    "webmanifest": "application/manifest+json",
}
# No file has a size of more digits; what asks for one asks for no range.
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_HEARTBEAT = 15
_RECONNECT_MS = 500
# Pages bring a policy of their own, which this takes nothing from. A site that somebody else has packed may have none,
# and its scripts run where other servers of this machine, and those of the network around it, can be reached.
_POLICY = "default-src 'self' 'unsafe-inline' data: blob:; form-action 'self'; frame-ancestors 'self'"
_LOCAL = ("127.0.0.1", "localhost", "[::1]")


class Site(Protocol):
    """What is served."""

    base_path: str
    former_paths: tuple[str, ...]
    """What the base path was before."""
    status: Status

    def get(self, path: str) -> Response | None:
        """Return what is at an output path."""
        ...

    def search(self, parameters: dict[str, str]) -> dict[str, Any]:
        """Answer a query."""
        ...


class Server(ThreadingHTTPServer):
    """Serves a site; `announce` tells every open page of a new state."""

    def __init__(self, host: str, port: int) -> None:
        self.site: Site | None = None
        self.run = os.urandom(8).hex()
        """Tells a server from the one that was at its place before, whose states are not its own."""
        self.open_to_all = host not in {"127.0.0.1", "localhost", "::1"}
        self.latest = Status(0, ())
        self._is_told = threading.Condition()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    @property
    def port(self) -> int:
        """The port that it got."""
        return int(self.server_address[1])

    def announce(self, status: Status) -> None:
        """Tell every open page."""
        with self._is_told:
            self.latest = status
            self._is_told.notify_all()

    def after(self, status: Status) -> Status:
        """Return the latest state: another than this, or this where for a while there is none."""
        with self._is_told:
            self._is_told.wait_for(lambda: self.latest is not status, _HEARTBEAT)
            return self.latest

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong; a browser that goes away in the middle is nothing to report."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def serve_in_background(self) -> threading.Thread:
        """Start to serve, and return."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        return thread


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "agsite"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer a request."""
        try:
            split = urlsplit(self.path)
        except ValueError:
            self._send(HTTPStatus.BAD_REQUEST, b"This is not an address.\n", "txt")
            return
        if not self._is_for_us():
            # A page elsewhere may point its own name at this machine; it must not read what we serve.
            self._send(HTTPStatus.FORBIDDEN, b"This server answers to localhost only.\n", "txt")
        elif "Service-Worker" in self.headers:
            # A packed site may be a stranger's. What it left in the browser would stand in for every preview after it.
            self._send(HTTPStatus.FORBIDDEN, b"This server gives out no service worker.\n", "txt")
        elif (data := own_file(path := unquote(split.path))) is not None:
            self._send(HTTPStatus.OK, data, _suffix(path))
        elif (site := self.server.site) is None:
            self._being_read(path)
        elif path == EVENTS:
            self._events(site)
        else:
            self._answer(site, path, split.query)

    do_HEAD = do_GET  # noqa: N815

    def _is_for_us(self) -> bool:
        host = self.headers.get("Host", "")
        return self.server.open_to_all or re.sub(r":\d+$", "", host).lower() in _LOCAL

    def _being_read(self, path: str) -> None:
        is_page = _suffix(urls.file_of(path)) == "html"
        page = (being_read(), "html") if is_page else (b"The archive is being read.\n", "txt")
        self._send(HTTPStatus.SERVICE_UNAVAILABLE, *page)

    def _answer(self, site: Site, path: str, query: str) -> None:
        try:
            self._show(site, path, query)
        except AgsiteError as error:
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, broken(error), "html")

    def _show(self, site: Site, path: str, query: str) -> None:
        base = unquote(site.base_path)
        if path == f"{base}api/search":
            self._search(site, dict(parse_qsl(query)))
        elif path.startswith(base):
            self._page(site, path.removeprefix(base), query)
        elif path in {"/", base.removesuffix("/")}:
            self._redirect(site, "", query)
        else:
            self._missing(site, path, query)

    def _search(self, site: Site, parameters: dict[str, str]) -> None:
        try:
            status, found = HTTPStatus.OK, site.search(parameters)
        except AgsiteError as error:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            found = {"query": parameters.get("q", ""), "error": error.message, "help": error.help}
        self._send(status, json.dumps(found, ensure_ascii=False).encode(), "json")

    def _page(self, site: Site, path: str, query: str) -> None:
        found = site.get(urls.file_of(path))
        if found is None and site.get(f"{path}/index.html") is not None:
            return self._redirect(site, f"{path}/", query)
        if found is None:
            return self._missing(site, unquote(site.base_path) + path, query)
        if found.moved_to is not None:
            return self._redirect(site, found.moved_to, query)
        kind = _suffix(urls.file_of(path))
        return self._send(HTTPStatus.OK, followed(found.data) if kind == "html" else found.data, kind)

    def _missing(self, site: Site, path: str, query: str) -> None:
        moved_to = _below_former_path(site, path)
        if moved_to is not None:
            return self._redirect(site, moved_to, query)
        found = site.get(urls.NOT_FOUND)
        return self._send(HTTPStatus.NOT_FOUND, followed(found.data) if found else nothing_here(), "html")

    def _events(self, site: Site) -> None:
        """Tell of every state as a server-sent event, the present one first."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        told = self.server.latest
        # Whoever went is nothing to report, even one of which the network only tells that it cannot be reached.
        with suppress(OSError):
            self.wfile.write(b"retry: %d\n" % _RECONNECT_MS + _event(site.status, self.server.run))
            while True:
                latest = self.server.after(told)
                self.wfile.write(_event(latest, self.server.run) if latest is not told else b": still here\n\n")
                told = latest

    def _redirect(self, site: Site, to: str, query: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        # Without this a browser would remember it, and an archive under work changes its mind.
        self.send_header("Cache-Control", "no-store")
        # Of two slashes at the front a browser would take what follows for another machine.
        self.send_header("Location", f"/{quote((unquote(site.base_path) + to).lstrip('/'))}" + (query and f"?{query}"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: HTTPStatus, data: bytes, kind: str) -> None:
        size = len(data)
        span = _span(self.headers.get("Range"), size) if status == HTTPStatus.OK else None
        if span is not None:
            status = HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            data = data[span.start : span.stop]
        self.send_response(status)
        self.send_header("Content-Type", _TYPES.get(kind, "application/octet-stream"))
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("X-Content-Type-Options", "nosniff")
        # No page elsewhere shows, or measures, what is on this machine only.
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Content-Security-Policy", _POLICY)
        if span is not None:
            self.send_header(
                "Content-Range", f"bytes {span.start}-{span.stop - 1}/{size}" if span else f"bytes */{size}"
            )
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of every request: the terminal is for findings."""


def _suffix(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2]


def _span(header: str | None, size: int) -> range | None:
    """The bytes that a request asks for; empty where there are none, None where it asks for all.

    >>> _span("bytes=-3", 10)
    range(7, 10)
    """
    match = _RANGE.fullmatch(header or "")
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(size, int(last) + 1) if last else size)


def _event(status: Status, run: str) -> bytes:
    facts = {
        "run": run,
        "version": status.version,
        "trouble": status.trouble,
        "findings": [finding._asdict() for finding in status.findings],
        "newest": status.newest,
    }
    return f"data: {json.dumps(facts, ensure_ascii=False)}\n\n".encode()


def _below_former_path(site: Site, path: str) -> str | None:
    """The rest of an address that begins as all did before the base path changed.

    Below the present one that is so only where it had more to it: else this would lead on and on.
    """
    base = unquote(site.base_path)
    formers = (former for former in map(unquote, site.former_paths) if path.startswith(former))
    fitting = [former for former in formers if len(former) > len(base) or not path.startswith(base)]
    return path.removeprefix(max(fitting, key=len)) if fitting else None
