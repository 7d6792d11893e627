"""`agsite serve`."""

from __future__ import annotations

import threading
import time
import webbrowser
from typing import NoReturn

import click

from agsite import files
from agsite.cli.console import Progress, say, show_findings, tally
from agsite.cli.options import archive_options, make_options, read_config
from agsite.errors import ConfigError
from agsite.serve import Packed, Preview, Server, watch
from agsite.serve.preview import Status

_LONGEST_END = 2
"""How long the end waits for what is still being looked at, in seconds."""

_LONGEST_WAIT = 0.5
"""How long a signal may lie unseen, in seconds."""


@click.command()
@click.argument("packed", metavar="[SITE.zip]", required=False)
@archive_options
@click.option(
    "--base-url", metavar="URL", help="Address at which the site is published; its path is part of the preview's."
)
@click.option("--drafts", is_flag=True, help="Include drafts.")
@click.option("--no-search", is_flag=True, help="Show the site without search.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on; others than this machine's let others in.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=8000,
    show_default=True,
    help="Port; another one where it is taken.",
)
@click.option("--open", "open_", is_flag=True, help="Open the site in a browser.")
def command(
    packed: str | None,
    answers: tuple[str, ...],
    papers: tuple[str, ...],
    config: str,
    base_url: str | None,
    host: str,
    port: int,
    *,
    drafts: bool,
    no_search: bool,
    open_: bool,
) -> None:
    """Show the site in a browser, and follow every edit of answers, papers, templates, assets and settings.

    Pages are made when they are asked for, and nothing is written but the index of the search; what is wrong stands on
    the page and here. With SITE.zip, a site that was built and packed is served as it is, without unpacking it.

    \b
    Examples:
      agsite serve --open
      agsite serve site.zip --port 8080
    """
    server = _listen(host, port)
    if packed:
        server.site = Packed(packed)
        server.serve_in_background()
        _say_where(server, host, open_=open_)
        _wait_to_be_ended()
    options = make_options(answers, papers, drafts=drafts, search=not no_search)
    preview = Preview(options, lambda: read_config(config, base_url=base_url), _Teller(server))
    inputs = [*options.answers, *options.around, config]
    seen = files.snapshot(inputs)
    server.serve_in_background()
    _read(preview)
    server.site = preview
    _say_where(server, host, open_=open_)
    # Not in this thread: what watches swallows the signals that end the program.
    stop = threading.Event()
    threads = [
        threading.Thread(target=watch, args=(inputs, stop, preview.refresh, seen), daemon=True),
        threading.Thread(target=preview.keep_checking, args=(stop,), daemon=True),
    ]
    # A signal may come while they start: then too they must be told to stop, or the program would never end.
    try:
        for thread in threads:
            thread.start()
        _wait_to_be_ended()
    finally:
        stop.set()
        for thread in filter(threading.Thread.is_alive, threads):
            thread.join(_LONGEST_END)


def _listen(host: str, port: int) -> Server:
    try:
        host.encode("idna")
    except UnicodeError as error:
        raise ConfigError(f"“{host}” is not the name of a machine", "Choose another --host.") from error
    try:
        return Server(host, port)
    except OSError as taken:
        try:
            server = Server(host, 0)
        except OSError:
            raise ConfigError(
                f"{host}:{port} cannot be listened on ({taken.strerror})", "Choose another --host."
            ) from taken
        say(f"Port {port} is taken; {server.port} is free.")
        return server


def _read(preview: Preview) -> None:
    """Read the archive for the first time, which may take a while."""
    progress = Progress()
    try:
        preview.refresh(progress=progress)
    finally:
        progress.close()  # else the terminal keeps a hidden cursor


def _say_where(server: Server, host: str, *, open_: bool) -> None:
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{server.port}{server.site.base_path if server.site else '/'}"
    say(f"The site is at {address} (Ctrl-C ends it).")
    if open_:
        webbrowser.open(address)


def _wait_to_be_ended() -> NoReturn:
    # Not in one go: a signal that comes as a wait begins, or that another thread is given, does not end the wait.
    while True:
        time.sleep(_LONGEST_WAIT)


class _Teller:
    """Puts news on every open page and on the terminal, which keeps what it was told before."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._left = tally(())

    def __call__(self, status: Status) -> None:
        self._server.announce(status)
        show_findings(status.new)
        before, self._left = self._left, status.trouble or tally(status.findings)
        if self._left == before:
            return
        if status.trouble:
            for line in f"agsite: {status.trouble}".splitlines():
                say(line)
        else:
            say(f"{self._left.capitalize()}.")
