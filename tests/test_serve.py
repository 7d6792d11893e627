"""The preview server answers as the host will, follows edits, and lets nobody else in."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import json
import os
import queue
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import weakref
import zipfile
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from agsite import checks, corpus, files
from agsite.answerfile import Reading
from agsite.build import Options
from agsite.config import Config
from agsite.errors import ConfigError, OutputError
from agsite.findings import Finding
from agsite.serve import Packed, Preview, Server, watch
from agsite.serve.preview import Response, Status
from tests.building import built, options, tree, write_answers
from tests.commands import serve


class Reply:
    """What the server said."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> Reply:
    """Ask the server for a path."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        return Reply(connection.getresponse())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    write_answers(folder)
    (folder / "redirects.yml").write_text("ask/old/: ask/older/\nask/older/: ask/spoon-1/\n")
    return folder


@pytest.fixture(scope="module")
def server(archive: Path) -> Iterator[Server]:
    """A server of the archive, under a sub-path as on the host."""
    config = Config(share_images=False, base_url="https://example.org/soup/")
    with serving(archive, config) as (running, _):
        yield running


@contextlib.contextmanager
def following(
    changed: Callable[[set[str] | None], None], *paths: str, seen: list[files.Seen] | None = None
) -> Iterator[None]:
    """Watch paths while something is done."""
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(paths, stop, changed, seen))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def running(host: str = "127.0.0.1") -> Iterator[Server]:
    """A server that has no site yet."""
    server = Server(host, 0)
    thread = server.serve_in_background()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def serving(folder: Path, config: Config, **more: object) -> Iterator[tuple[Server, Preview]]:
    """Serve an archive; gives the server and the preview."""
    with running() as server:
        preview = Preview(options(folder, **more), lambda: config, server.announce)
        preview.refresh()
        server.site = preview
        yield server, preview


def test_every_file_is_that_of_a_build(archive: Path, server: Server):
    config = Config(share_images=False, base_url="https://example.org/soup/")
    assert built(archive, config).published
    for path in tree(archive / "_site"):
        if path in {"build.json", "urls.txt", "_redirects"} or path.startswith("ask/old"):
            continue  # they tell of a build and of what was published, and there was none
        expected = (archive / "_site" / path).read_bytes()
        got = ask(server, f"/soup/{path}").body
        if path.endswith(".html"):
            got, script, _ = got.rpartition(b'<script type="module" src="/__agsite__/live.js"')
            assert script, path
            expected = expected[: len(got)]
        assert got == expected, path


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/soup/", 200, "text/html; charset=utf-8"),
        ("/soup/ask/spoon-1/", 200, "text/html; charset=utf-8"),
        ("/soup/ask/spoon-1/index.md", 200, "text/markdown; charset=utf-8"),
        ("/soup/ask/spoon-1/index.json", 200, "application/json; charset=utf-8"),
        ("/soup/data/answers.jsonl", 200, "application/jsonl; charset=utf-8"),
        ("/soup/assets/style.css?v=1", 200, "text/css; charset=utf-8"),
        ("/soup/assets/fonts/stix-two-text.woff2", 200, "font/woff2"),
        ("/soup/assets/site.js", 200, "text/javascript; charset=utf-8"),
        ("/soup/assets/favicon.svg", 200, "image/svg+xml"),
        ("/soup/robots.txt", 200, "text/plain; charset=utf-8"),
        ("/soup/data/papers.bib", 200, "application/x-bibtex; charset=utf-8"),
        ("/soup/feed.xml", 200, "application/xml; charset=utf-8"),
        ("/soup/nothing/here/", 404, "text/html; charset=utf-8"),
        ("/soup/../../etc/hostname", 404, "text/html; charset=utf-8"),
        ("/soup/%2e%2e/%2e%2e/etc/hostname", 404, "text/html; charset=utf-8"),
        ("/elsewhere/", 404, "text/html; charset=utf-8"),
    ],
)
def test_status_and_type_are_those_of_a_host(server: Server, path: str, status: int, kind: str):
    reply = ask(server, path)
    assert (reply.status, reply.headers["Content-Type"]) == (status, kind)


def test_what_is_not_there_shows_the_sites_own_page(server: Server):
    assert b"Nothing here" in ask(server, "/soup/nothing/").body


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/", "/soup/"),
        ("/soup?q=a", "/soup/?q=a"),
        ("/soup/ask/spoon-1", "/soup/ask/spoon-1/"),
        ("/soup/ask/old/", "/soup/ask/spoon-1/"),
    ],
)
def test_addresses_lead_on(server: Server, path: str, to: str):
    reply = ask(server, path)
    assert (reply.status, reply.headers["Location"]) == (301, to)


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("bytes=0-3", 206, "bytes 0-3/{}"),
        ("bytes=-4", 206, "bytes {-4}-{-1}/{}"),
        ("bytes=-9999999", 206, "bytes 0-{-1}/{}"),
        ("bytes=5-9999999", 206, "bytes 5-{-1}/{}"),
        ("bytes=5-", 206, "bytes 5-{-1}/{}"),
        ("bytes=9999999-", 416, "bytes */{}"),
        ("bytes=-", 200, None),
        ("lines=1-2", 200, None),
        pytest.param(f"bytes={'9' * 5000}-", 200, None, id="a number without end"),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(server: Server, asked: str, status: int, said: str | None):
    whole = ask(server, "/soup/ask/spoon-1/index.md").body
    reply = ask(server, "/soup/ask/spoon-1/index.md", Range=asked)
    assert reply.status == status
    if said is not None:
        size = len(whole)
        expected = said.replace("{-4}", str(size - 4)).replace("{-1}", str(size - 1)).replace("{}", str(size))
        assert reply.headers["Content-Range"] == expected
    if status == 206:
        first, last = reply.headers["Content-Range"].split()[1].split("/")[0].split("-")
        assert reply.body == whole[int(first) : int(last) + 1]


def test_head_has_no_body_before_what_is_asked_next(server: Server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    replies = []
    for method in ("HEAD", "GET"):
        connection.request(method, "/soup/")
        replies.append(Reply(connection.getresponse()))
    connection.close()
    head, page = replies
    assert (head.status, head.body, page.status) == (200, b"", 200)
    assert int(head.headers["Content-Length"]) == len(page.body)


def test_head_of_the_events_ends(server: Server):
    reply = ask(server, "/__agsite__/events", method="HEAD")
    assert (reply.status, reply.headers["Content-Type"], reply.body) == (200, "text/event-stream", b"")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""])
def test_a_name_that_is_not_this_machines_gets_nothing(server: Server, host: str):
    assert ask(server, "/soup/", Host=host).status == 403


def test_a_name_that_is_too_long_for_a_disk_is_not_there(server: Server):
    assert ask(server, f"/search/{'a' * 300}.json").status == 404


def test_no_service_worker_outlives_a_preview(server: Server):
    assert ask(server, "/__agsite__/live.js").status == 200
    for path in ("/__agsite__/live.js", "/", "/assets/any.js"):
        assert ask(server, path, **{"Service-Worker": "script"}).status == 403


def test_no_page_elsewhere_shows_what_is_served(server: Server):
    headers = ask(server, "/soup/").headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/soup/", "/soup/assets/style.css", "/soup/ask/spoon-1", "/soup/nothing/"])
def test_no_browser_keeps_what_the_next_edit_may_change(server: Server, path: str):
    assert ask(server, path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["LocalHost:8765", "LOCALHOST", "127.0.0.1", "[::1]:8765"])
def test_a_name_of_this_machine_has_no_case(server: Server, host: str):
    assert ask(server, "/soup/", Host=host).status == 200


def test_what_is_no_address_is_told_so(server: Server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"GET http://[x/ HTTP/1.0\r\n\r\n")
        assert connection.makefile("rb").readline().split()[1] == b"400"


def test_a_sub_path_in_other_letters_leads_on_too(tmp_path: Path):
    write_answers(tmp_path)
    (tmp_path / "redirects.yml").write_text("ask/old/: ask/spoon-1/\n", "utf-8")
    base = quote("/суп/")
    with serving(tmp_path, Config(share_images=False, base_url="https://example.org/суп/")) as (running, _):
        for path in ("ask/spoon-1", "ask/old/"):
            reply = ask(running, base + path)
            assert (reply.status, reply.headers["Location"]) == (301, f"{base}ask/spoon-1/")
        assert ask(running, "/").headers["Location"] == base
        assert ask(running, f"{base}ask/spoon-1/").status == 200


def test_addresses_below_former_base_paths_lead_to_the_present_one(tmp_path: Path):
    write_answers(tmp_path)
    bases = ["/", "/soup/", "/soup/new/", "/суп/", "/soup/"]

    def settings() -> Config:
        return Config(share_images=False, base_url=f"https://example.org{bases[0]}")

    with running() as server:
        server.site = preview = Preview(options(tmp_path), settings, server.announce)
        preview.refresh()
        while len(bases) > 1:
            former = bases.pop(0)
            preview.refresh()
            for rest in ("", "ask/spoon-1/?q=a%20b", "ask/spoon-1", "nothing/"):
                reply = ask(server, quote(former) + rest)
                expected = (301, quote(bases[0]) + rest)
                if former != "/" or rest:
                    assert (reply.status, reply.headers["Location"]) == expected, (former, rest)
            assert ask(server, f"{quote(bases[0])}nothing/").status == 404
        assert ask(server, "/soup/new/ask/spoon-1/").headers["Location"] == "/soup/ask/spoon-1/"
        assert ask(server, "/soup/ask/").status == 200
        # Two slashes would lead a browser from the root to another machine.
        bases[:] = ["/"]
        preview.refresh()
        assert ask(server, "/soup//example.com/").headers["Location"] == "/example.com/"


def test_no_packed_site_leads_from_this_machine_to_another(tmp_path: Path):
    names = {"index.html": "", "/example.com/index.html": ""}
    robots = "Sitemap: https://example.org/%2Fexample.com/sitemap.xml"
    for texts, address in ((names, "/%2Fexample.com"), ({**names, "robots.txt": robots}, "/")):
        with zipfile.ZipFile(tmp_path / "site.zip", "w") as packed:
            for name, text in texts.items():
                packed.writestr(name, text)
        with running() as server:
            server.site = Packed(str(tmp_path / "site.zip"))
            assert ask(server, address).headers["Location"] == "/example.com/"


def test_an_address_that_leads_on_keeps_its_query(server: Server):
    assert ask(server, "/soup/ask?q=a%20b").headers["Location"] == "/soup/ask/?q=a%20b"


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_the_new_address_of_this_machine_can_be_listened_on():
    server = Server("::1", 0)
    try:
        assert server.server_address[0] == "::1"
        assert not server.open_to_all
    finally:
        server.server_close()


def test_whoever_lets_others_in_is_found_by_any_name():
    with running("0.0.0.0") as server:
        assert ask(server, "/", Host="soup.example:8000").status == 503


def test_it_listens_on_this_machine_only(server: Server):
    assert server.server_address[0] == "127.0.0.1"


def test_where_the_index_cannot_be_written_the_preview_searches_all_the_same(tmp_path: Path):
    write_answers(tmp_path)
    (tmp_path / "index").write_text("a file where the folder should be")
    preview = Preview(options(tmp_path, search_index=str(tmp_path / "index"), search=True), Config, print)
    preview.refresh()
    for _ in range(2):
        assert preview.search({"q": "spoon", "kind": "answer"})["total"] == 4
        assert preview.get("search/meta.json") is not None


def test_search_answers_from_the_index(tmp_path: Path):
    def found(query: str) -> set[str]:
        reply = ask(server, f"/api/search?q={query}&kind=answer")
        assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
        return {hit["id"] for hit in json.loads(reply.body)["hits"]}

    write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False), search_index=str(tmp_path / "index")) as (server, preview):
        assert found("spoon") == {f"spoon-{n}" for n in range(4)}
        edited(tmp_path, "A kumquat.\n")
        preview.refresh()
        assert found("kum%71uat") == {"spoon-1"}


def test_where_the_search_cannot_answer_it_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(parameters: dict[str, str]) -> dict[str, object]:
        raise OutputError("the search index cannot be written", "Make room.")

    write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (server, preview):
        monkeypatch.setattr(preview, "search", refuse)
        reply = ask(server, "/api/search?q=spoon")
    assert (reply.status, json.loads(reply.body)) == (
        503,
        {"query": "spoon", "error": "the search index cannot be written", "help": "Make room."},
    )


def test_a_bug_is_told_in_the_terminal_and_a_browser_that_goes_away_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    def stumble(path: str) -> None:
        raise ZeroDivisionError("what nobody foresaw")

    write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (server, preview):
        with socket.create_connection(("127.0.0.1", server.port)) as browser:
            browser.sendall(b"GET / HTTP/1.1\r\n")
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # it breaks off
        time.sleep(0.5)
        assert capfd.readouterr().err == ""
        monkeypatch.setattr(preview, "get", stumble)
        with pytest.raises(http.client.RemoteDisconnected):
            ask(server, "/")
        assert "ZeroDivisionError: what nobody foresaw" in capfd.readouterr().err


def test_what_the_index_holds_is_what_the_preview_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whoever else brings the index up to date, and however old what is shown is."""
    monkeypatch.chdir(tmp_path)
    write_answers(tmp_path)
    draft = tmp_path / "answers/spoon-1.md"
    draft.write_text(draft.read_text("utf-8").replace("---\n", "---\nstatus: draft\n", 1), "utf-8")

    def searched() -> set[str]:
        line = [sys.executable, "-m", "agsite", "search", "spoon", "--kind", "answer", "--json"]
        return {hit["id"] for hit in json.loads(subprocess.run(line, capture_output=True, check=True).stdout)["hits"]}

    preview = Preview(Options(drafts=True), Config, lambda status: None)
    preview.refresh()
    for _ in range(2):
        assert {hit["id"] for hit in preview.search({"q": "spoon", "kind": "answer"})["hits"]} == {
            f"spoon-{n}" for n in range(4)
        }
        assert searched() == {"spoon-0", "spoon-2", "spoon-3"}
    edited(tmp_path, "A kumquat.\n", "spoon-2")
    assert preview.search({"q": "kumquat"})["hits"] == []
    assert searched() == {"spoon-0", "spoon-2", "spoon-3"}
    preview.refresh()
    assert [hit["id"] for hit in preview.search({"q": "kumquat"})["hits"]] == ["spoon-2"]


# --- edits


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def edited(archive: Path, text: str, id: str = "spoon-1") -> None:
    path = archive / f"answers/{id}.md"
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_an_edit_is_seen_and_only_that_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (server, preview):
        read, real = [], corpus.read_file
        monkeypatch.setattr(corpus, "read_file", lambda path, kept: read.append(Path(path).name) or real(path, kept))
        edited(tmp_path, "A kumquat rolls by.\n")
        preview.refresh()
        assert read == ["spoon-1.md"]
        assert b"kumquat" in ask(server, "/ask/spoon-1/").body


def test_an_edit_that_put_the_time_back_is_seen(tmp_path: Path):
    write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (server, preview):
        path = tmp_path / "answers/spoon-1.md"
        before, text = path.stat(), path.read_text("utf-8")
        path.write_text(text.replace("spoon", "knife"), "utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        preview.refresh()
        assert b"knife" in ask(server, "/ask/spoon-1/index.md").body


def test_a_file_that_went_and_came_back_is_shown_again(tmp_path: Path):
    """As where one looks at another branch."""
    path = write_answers(tmp_path) / "spoon-1.md"
    with serving(tmp_path, Config(share_images=False)) as (server, preview):
        path.rename(tmp_path / "away.md")
        preview.refresh({str(path)})
        assert ask(server, "/ask/spoon-1/").status == 404
        (tmp_path / "away.md").rename(path)
        preview.refresh({str(path)})
        assert ask(server, "/ask/spoon-1/").status == 200


def test_what_changes_with_the_words_of_an_answer_is_seen(tmp_path: Path):
    """As where one looks at another branch."""
    write_answers(tmp_path)
    (tmp_path / "templates").mkdir()
    configs = [Config(share_images=False)]
    preview = Preview(options(tmp_path), lambda: configs[-1], lambda status: None)
    preview.refresh()
    (tmp_path / "templates/gaps.html").write_text("A soup.")
    edited(tmp_path, "A kumquat rolls by.\n")
    preview.refresh()
    assert b"kumquat" in preview.get("ask/spoon-1/index.html").data
    assert b"A soup." in preview.get("gaps/index.html").data
    configs.append(Config(share_images=False, title="Stew"))
    edited(tmp_path, "A plum rolls by.\n")
    preview.refresh()
    assert b"plum" in preview.get("ask/spoon-1/index.html").data
    assert b"Stew" in preview.get("index.html").data


def test_what_was_read_while_nothing_could_be_shown_is_shown_later(tmp_path: Path):
    write_answers(tmp_path)
    troubles = [None, ConfigError("it is wrong"), None]

    def settings() -> Config:
        if (trouble := troubles.pop(0)) is not None:
            raise trouble
        return Config(share_images=False)

    preview = Preview(options(tmp_path), settings, lambda status: None)
    preview.refresh()
    for id in ("spoon-1", "spoon-2"):
        edited(tmp_path, "A kumquat rolls by.\n", id)
        preview.refresh({str(tmp_path / f"answers/{id}.md")})
    for id in ("spoon-1", "spoon-2"):
        assert b"kumquat" in preview.get(f"ask/{id}/index.html").data


def replaced(archive: Path, id: str, old: str, new: str) -> str:
    """Edit an answer; return its path."""
    path = archive / f"answers/{id}.md"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    return str(path)


def retold(preview: Preview, archive: Path, id: str, old: str, new: str) -> list[tuple[str, str]]:
    """What is told after an edit that was checked."""
    preview.refresh({replaced(archive, id, old, new)})
    preview.check()
    return told(preview)


def told(preview: Preview) -> list[tuple[str, str]]:
    """What is told of answers, by file and code."""
    return [(Path(found.path).stem, found.code) for found in preview.status.findings if found.path.endswith(".md")]


def test_what_checks_found_is_told_until_they_have_run_again(tmp_path: Path):
    write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        found = retold(preview, tmp_path, "spoon-0", "Nobody", "Nobody<br>")
        preview.refresh({replaced(tmp_path, "spoon-2", "Nobody", "Somebody")})
        assert told(preview) == found == [("spoon-0", "AG209")]
        preview.refresh({replaced(tmp_path, "spoon-0", "model:", "modle:")})
        assert told(preview) == [("spoon-0", "AG134")]


def test_what_the_last_edit_brought_is_told_first(tmp_path: Path):
    write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        first = retold(preview, tmp_path, "spoon-0", "Nobody", "Nobody<br>")
        assert first == [("spoon-0", "AG209")]
        second = retold(preview, tmp_path, "spoon-2", "model:", "modle:")
        assert second[0] == ("spoon-2", "AG134")
        assert second[-1] == first[0]
        third = retold(preview, tmp_path, "spoon-1", "Nobody", "Nobody<br>")
        assert third == [("spoon-1", "AG209"), *second]


def test_of_what_is_wrong_from_the_start_the_gravest_is_told_first(tmp_path: Path):
    answers = write_answers(tmp_path)
    for id, old, new in (("spoon-0", "Nobody", "Nobody<br>"), ("spoon-2", "model:", "modle:")):
        path = answers / f"{id}.md"
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        preview.check()
        first, *others = preview.status.findings
        assert (first.code, first.severity) == ("AG134", "error")
        assert "AG209" in [finding.code for finding in others if finding.severity == "warning"]


def test_checks_go_on_after_one_that_came_upon_a_template_of_no_use(tmp_path: Path):
    write_answers(tmp_path)
    (tmp_path / "templates").mkdir()
    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        (tmp_path / "templates/404.html").write_text("AKIA" + "ABCD" * 4)
        preview.check()
        (tmp_path / "templates/404.html").unlink()
        assert retold(preview, tmp_path, "spoon-0", "Nobody", "Nobody<br>") == [("spoon-0", "AG209")]


def test_checks_go_on_after_one_that_failed_which_is_told_in_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    def stumble(*_: object) -> None:
        raise ZeroDivisionError("what nobody foresaw")

    def linked_wrongly() -> set[str]:
        return {Path(found.path).stem for found in preview.status.findings if found.code == "AG217"}

    write_answers(tmp_path)
    stop = threading.Event()
    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        checking = threading.Thread(target=preview.keep_checking, args=(stop,))
        checking.start()
        try:
            edited(tmp_path, "As [that](../none/).\n", "spoon-1")
            preview.refresh()
            until(lambda: linked_wrongly() == {"spoon-1"})
            with monkeypatch.context() as patch:
                patch.setattr("agsite.serve.preview.check_alone", stumble)
                patch.setattr("agsite.serve.preview.check", stumble)
                edited(tmp_path, "More.\n", "spoon-2")
                preview.refresh()
                time.sleep(2)
            # For the edited answer, for all of them, and not again.
            assert 1 <= capfd.readouterr().err.count("ZeroDivisionError: what nobody foresaw") <= 2
            edited(tmp_path, "As [that](../none/).\n", "spoon-2")
            preview.refresh()
            until(lambda: linked_wrongly() == {"spoon-1", "spoon-2"})
        finally:
            stop.set()
            checking.join()


def test_the_edit_that_mends_a_check_that_failed_is_not_compared_with_what_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    real = checks.check_alone

    def stumble(reading: Reading, *rest: Any) -> Iterable[Finding]:
        if "Stumble" in reading.answer.body:
            raise ZeroDivisionError("what nobody foresaw")
        return real(reading, *rest)

    path = write_answers(tmp_path) / "spoon-1.md"
    text = path.read_text("utf-8")
    stop = threading.Event()
    monkeypatch.setattr(checks, "check_alone", stumble)
    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        checking = threading.Thread(target=preview.keep_checking, args=(stop,))
        checking.start()
        try:
            until(lambda: preview._found_in is not None)
            preview._pause = 3600.0  # only what was edited is checked from here on
            path.write_text(text + "Stumble.\n", "utf-8")
            preview.refresh({str(path)})
            until(lambda: "ZeroDivisionError" in capfd.readouterr().err)
            path.write_text(text, "utf-8")
            preview.refresh({str(path)})
            time.sleep(2)
            assert "ZeroDivisionError" not in capfd.readouterr().err
        finally:
            stop.set()
            checking.join()


def test_what_is_shown_no_more_is_forgotten(tmp_path: Path):
    """Else hours of edits would fill the memory, with a whole archive for each."""
    write_answers(tmp_path)
    (tmp_path / "templates").mkdir()
    stop = threading.Event()
    with serving(tmp_path, Config(share_images=False)) as (server, preview):
        checking = threading.Thread(target=preview.keep_checking, args=(stop,))
        checking.start()
        try:
            assert ask(server, "/").status == 200
            site = preview._snapshot.site
            former = [weakref.ref(each) for each in (site.overview, preview._snapshot._renderer)]
            del site
            (tmp_path / "templates/home.html").write_text("Soup")
            preview.refresh()
            until(lambda: all(each() is None for each in former))
        finally:
            stop.set()
            checking.join()


def test_an_edited_answer_is_checked_before_all_the_others_are(tmp_path: Path):
    answers = write_answers(tmp_path)

    def told() -> list[tuple[str, str]]:
        preview.refresh()
        preview.check_edited()
        quick = [finding for finding in preview.status.findings if finding.path.endswith(".md")]
        every = Preview(options(tmp_path), lambda: Config(share_images=False), lambda status: None)
        every.refresh()
        every.check()
        assert {*quick} == {finding for finding in every.status.findings if finding.path.endswith(".md")}
        return [(Path(finding.path).stem, finding.code) for finding in quick]

    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        preview.check()
        edited(tmp_path, "As [that](../none/).\n", "spoon-1")
        assert told() == [("spoon-1", "AG217")]
        edited(tmp_path, "A<br>.\n", "spoon-2")
        edited(tmp_path, "More.\n", "spoon-1")
        assert told() == [("spoon-2", "AG209"), ("spoon-1", "AG217")]
        (answers / "spoon-2.md").rename(answers / "spoon-9.md")
        assert told() == [("spoon-9", "AG209"), ("spoon-1", "AG217")]
        (answers / "spoon-9.md").unlink()
        assert told() == [("spoon-1", "AG217")]
        (answers / "spoon-1.md").write_text("", "utf-8")
        assert told() == [("spoon-1", "AG103")]


REDIRECTS = """\
ask/a/: ask/b/
ask/b/: ask/a/
ask/c/: ask/none/
ask/d/: ask/e/
ask/e/: open/
ask/spoon-2/: ask/spoon-3/
about/: ask/
category/cs.LG/page/2/: gone
ask/SPOON-2/: ask/spoon-3/
"""


def test_errors_of_addresses_are_those_of_a_build(tmp_path: Path):
    answers = write_answers(tmp_path)
    (tmp_path / "site_src/pages/about").mkdir(parents=True)
    (tmp_path / "site_src/pages/about/soup.md").write_text("# Soup\n")
    assert built(tmp_path).published

    def both() -> tuple[list[str], list[str]]:
        reports = preview.status.findings, built(tmp_path).findings
        told, of_build = (sorted(str(found) for found in each if found.code.startswith("AG60")) for each in reports)
        return told, of_build

    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        (answers / "spoon-1.md").rename(answers / "spoon-9.md")
        (tmp_path / "site_src/pages/about/soup.md").unlink()
        preview.refresh({str(answers / f"spoon-{number}.md") for number in (1, 9)})
        told, of_build = both()
        assert [line.partition(" was published")[0] for line in told] == [
            f"{tmp_path}/_site/urls.txt: error AG601 /{url}" for url in ("about/soup/", "ask/spoon-1/")
        ]
        assert told == of_build
        (tmp_path / "redirects.yml").write_text(REDIRECTS, "utf-8")
        preview.refresh()
        told, of_build = both()
        assert {line.split()[2] for line in told} == {f"AG60{number}" for number in range(1, 7)}
        assert told == of_build
        edited(tmp_path, "More.\n", "spoon-2")
        preview.refresh({str(answers / "spoon-2.md")})
        preview.check()
        assert both() == (told, told)


def test_no_address_is_missed_while_a_file_gives_no_answer(tmp_path: Path):
    """It may be the one of that file."""
    answers = write_answers(tmp_path)
    assert built(tmp_path).published
    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        retold(preview, tmp_path, "spoon-1", "model:", "modle:")
        (answers / "spoon-1.md").rename(answers / "spoon-9.md")
        preview.refresh()
        assert [finding.code for finding in preview.status.findings if finding.severity == "error"] == ["AG134"]


def test_the_same_mistake_a_second_time_is_told_and_new(tmp_path: Path):
    write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        retold(preview, tmp_path, "spoon-0", "Nobody", "Nobody<br>")
        newest = preview.status.newest
        assert retold(preview, tmp_path, "spoon-0", "It *learns*", "It<br> *learns*") == [("spoon-0", "AG209")] * 2
        assert preview.status.newest > newest


def test_only_what_was_not_there_before_is_new(tmp_path: Path):
    write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (_, preview):
        retold(preview, tmp_path, "spoon-0", "Nobody", "Nobody<br>")
        newest = preview.status.newest
        for old, new in (("Spoon 0", "\n\nA line above.\n\nSpoon 0"), ("It *learns*", "It learns")):
            assert retold(preview, tmp_path, "spoon-0", old, new) == [("spoon-0", "AG209")]
            assert preview.status.newest == newest
        assert retold(preview, tmp_path, "spoon-0", "Nobody<br>", "Nobody") == []
        assert retold(preview, tmp_path, "spoon-0", "Nobody", "Nobody<br>") == [("spoon-0", "AG209")]
        assert preview.status.newest > newest


def test_a_trouble_is_new_whenever_it_comes(tmp_path: Path):
    troubles: list[ConfigError] = []

    def settings() -> Config:
        for trouble in troubles:
            raise trouble
        return Config(share_images=False)

    write_answers(tmp_path)
    preview = Preview(options(tmp_path), settings, lambda status: None)
    newest = 0
    for _ in range(2):
        preview.refresh()
        preview.check()
        troubles.append(ConfigError("it is wrong"))
        preview.refresh()
        assert preview.status.newest > newest
        newest = preview.status.newest
        preview.refresh()
        assert preview.status.newest == newest
        troubles.clear()


@pytest.mark.parametrize(
    "path",
    [
        *("index.html", "open/index.html", "gaps/index.html", "paper/index.html", "category/hep-ph/index.html"),
        *("ask/spoon-1/index.json", "data/citations.jsonl", "data/schema/paper.json"),
        *("feed.xml", "sitemap.xml", "404.html"),
    ],
)
def test_a_page_is_planned_without_all_the_others(archive: Path, monkeypatch: pytest.MonkeyPatch, path: str):
    from agsite.serve import snapshot

    planned, real = [], snapshot.Facts
    monkeypatch.setattr(snapshot, "Facts", lambda plan: planned.append(path) or real(plan))
    shown = Preview(options(archive), lambda: Config(share_images=False), lambda status: None)
    shown.refresh()
    assert shown.get(path) is not None
    assert len(planned) == 1


@pytest.mark.parametrize(
    "edit",
    {
        "words": lambda path: path.write_text(path.read_text("utf-8") + "A kumquat rolls by.\n", "utf-8"),
        "another question": lambda path: path.write_text(path.read_text("utf-8").replace("?", " now?", 1), "utf-8"),
        "broken": lambda path: path.write_text("---\nquestion: [\n---\n"),
        "another id": lambda path: path.write_text(
            path.read_text("utf-8").replace("---\n", "---\nid: kumquat\n", 1), "utf-8"
        ),
        "gone": Path.unlink,
        "renamed": lambda path: path.rename(path.with_name("kumquat.md")),
        "a link": lambda path: path.rename(path.with_name(".kept")) and path.symlink_to(".kept"),
    }.items(),
    ids=itemgetter(0),
)
def test_what_is_told_to_be_touched_is_read_as_all_is(tmp_path: Path, edit: tuple[str, Callable[[Path], object]]):
    answers = write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (_, told):
        edit[1](answers / "spoon-1.md")
        told.refresh({str(answers / "spoon-1.md"), str(answers / ".spoon-1.md.swp")})
        every = Preview(options(tmp_path), lambda: Config(share_images=False), lambda status: None)
        every.refresh()
        assert {found for found in told.status.findings if found.code < "AG2"} == {
            found for found in every.status.findings if found.code < "AG2"
        }
        for path in (
            "ask/spoon-1/index.html",
            "ask/kumquat/index.html",
            "index.html",
            "data/answers.jsonl",
            "feed.xml",
        ):
            assert told.get(path) == every.get(path), path


def test_a_broken_file_and_a_vanished_folder_leave_the_site_standing(tmp_path: Path):
    answers = write_answers(tmp_path)
    with serving(tmp_path, Config(share_images=False)) as (server, preview):
        text = (answers / "spoon-1.md").read_text("utf-8")
        (answers / "spoon-1.md").write_text("---\nquestion: [\n---\nA text.\n")
        preview.refresh()
        assert ask(server, "/ask/spoon-1/").status == 404
        assert [finding.severity for finding in preview.status.findings if finding.path.endswith("spoon-1.md")] == [
            "error"
        ]
        assert ask(server, "/ask/spoon-2/").status == 200
        (answers / "spoon-1.md").write_text(text, "utf-8")
        preview.refresh()
        assert ask(server, "/ask/spoon-1/").status == 200
        answers.rename(tmp_path / "away")
        preview.refresh()
        assert "There are no answers" in preview.status.trouble
        assert ask(server, "/ask/spoon-1/").status == 200
        (tmp_path / "away").rename(answers)
        preview.refresh()
        assert preview.status.trouble == ""


def test_a_broken_template_is_shown_in_place_of_its_pages(tmp_path: Path):
    write_answers(tmp_path)
    (tmp_path / "templates").mkdir()
    with serving(tmp_path, Config(share_images=False)) as (server, preview):
        (tmp_path / "templates/answer.html").write_text("{% include '<b>' %}")
        preview.refresh()
        reply = ask(server, "/ask/spoon-1/")
        assert reply.status == 500
        assert b"answer.html:1" in reply.body
        assert b"&lt;b&gt;" in reply.body
        assert b"<b>" not in reply.body
        assert ask(server, "/about/").status == 200
        (tmp_path / "templates/404.html").write_text("{% if")
        preview.refresh()
        missing = ask(server, "/nothing/")
        assert (missing.status, b"404.html:1" in missing.body) == (500, True)
        (tmp_path / "templates/404.html").unlink()
        (tmp_path / "templates/answer.html").unlink()
        preview.refresh()
        assert ask(server, "/ask/spoon-1/").status == 200


def test_what_cannot_be_read_at_first_is_shown_as_soon_as_it_can(tmp_path: Path):
    troubles = [ConfigError("it is wrong")]

    def settings() -> Config:
        if troubles:
            raise troubles.pop()
        return Config(share_images=False)

    write_answers(tmp_path)
    with running() as server:
        for path, kind in (("/ask/", "text/html; charset=utf-8"), ("/feed.xml", "text/plain; charset=utf-8")):
            reply = ask(server, path)
            assert (reply.status, reply.headers["Content-Type"]) == (503, kind)
            assert (b"live.js" in reply.body) == path.endswith("/")
        assert ask(server, "/__agsite__/live.css").status == 200
        server.site = preview = Preview(options(tmp_path), settings, server.announce)
        preview.refresh()
        reply = ask(server, "/ask/")
        assert (reply.status, preview.status.trouble) == (404, "it is wrong")
        assert b"live.js" in reply.body
        preview.refresh()
        assert ask(server, "/ask/").status == 200


def test_settings_that_are_wrong_leave_the_site_standing(tmp_path: Path):
    write_answers(tmp_path)

    def settings() -> Config:
        if (tmp_path / "wrong").exists():
            raise ConfigError("agsite.yml:1: it is wrong")
        return Config(share_images=False)

    seen: list[Status] = []
    preview = Preview(options(tmp_path), settings, seen.append)
    preview.refresh()
    (tmp_path / "wrong").touch()
    preview.refresh()
    assert seen[-1].trouble == "agsite.yml:1: it is wrong"
    assert preview.get("index.html") is not None


def test_an_edit_that_nobody_foresaw_leaves_the_site_standing_and_the_next_one_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    real = corpus.read_file

    def stumble(path: str, *rest: Any) -> Any:
        if "Stumble" in Path(path).read_text("utf-8"):
            raise RecursionError("what nobody foresaw")
        return real(path, *rest)

    path = write_answers(tmp_path) / "spoon-1.md"
    text = path.read_text("utf-8")
    monkeypatch.setattr(corpus, "read_file", stumble)
    with (
        serving(tmp_path, Config(share_images=False)) as (server, preview),
        following(preview.refresh, str(tmp_path / "answers"), seen=files.snapshot([str(tmp_path / "answers")])),
    ):
        path.write_text(f"{text}Stumble.\n", "utf-8")
        until(lambda: preview.status.trouble == "RecursionError: what nobody foresaw")
        assert "in stumble" in capfd.readouterr().err
        assert ask(server, "/ask/spoon-1/").status == 200
        path.write_text(f"{text}A kumquat rolls by.\n", "utf-8")
        until(lambda: b"kumquat" in ask(server, "/ask/spoon-1/").body)


@contextlib.contextmanager
def hearing(server: Server) -> Iterator[Iterator[dict[str, Any]]]:
    """The news that an open page hears."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/__agsite__/events")
    with contextlib.closing(connection), connection.getresponse() as stream:
        yield (json.loads(line.removeprefix(b"data: ")) for line in stream if line.startswith(b"data: "))


def test_every_page_hears_of_a_change(server: Server):
    with hearing(server) as news, hearing(server) as others:
        server.announce(Status(next(news)["version"] + next(others)["version"], (), "the soup is cold"))
        assert next(news)["trouble"] == next(others)["trouble"] == "the soup is cold"


@pytest.mark.parametrize("what", ["edit", "new", "delete", "folder that comes", "folder that goes", "setting"])
def test_every_kind_of_change_is_noticed(tmp_path: Path, what: str):
    write_answers(tmp_path, 2)
    (tmp_path / "agsite.yml").write_text("title: Soup\n")
    noticed = threading.Event()
    paths = [str(tmp_path / name) for name in ("answers", "templates", "agsite.yml")]
    with following(lambda _: noticed.set(), *paths):
        # Watching has begun when a change is noticed; then there is quiet.
        for number in range(100):
            edited(tmp_path, f"Spoon {number}.\n")
            if noticed.wait(0.2):
                break
        time.sleep(0.6)
        noticed.clear()
        {
            "edit": lambda: edited(tmp_path, "More.\n"),
            "new": (tmp_path / "answers/new.md").touch,
            "delete": (tmp_path / "answers/spoon-0.md").unlink,
            "folder that comes": (tmp_path / "templates").mkdir,
            "folder that goes": lambda: (tmp_path / "answers").rename(tmp_path / "away"),
            "setting": lambda: (tmp_path / "agsite.yml").write_text("title: Stew\n"),
        }[what]()
        assert noticed.wait(20)


def test_an_edit_while_another_change_is_taken_in_is_noticed(tmp_path: Path):
    """After a change of a single file, what is watched is chosen anew."""
    write_answers(tmp_path, 2)
    (tmp_path / "agsite.yml").write_text("title: Soup\n")
    paths = [str(tmp_path / name) for name in ("answers", "agsite.yml")]
    begun, unseen = threading.Event(), threading.Event()
    told = queue.SimpleQueue[set[str] | None]()

    def take_in(touched: set[str] | None) -> None:
        if not begun.is_set():
            begun.set()
        elif not unseen.is_set():
            unseen.set()
            edited(tmp_path, "More.\n")
            time.sleep(0.5)  # its notice comes by, and is nobody's
        else:
            told.put(touched)

    seen = files.snapshot(paths)
    (tmp_path / "agsite.yml").write_text("title: Stew\n")
    with following(take_in, *paths, seen=seen):
        assert begun.wait(20)
        (tmp_path / "agsite.yml").write_text("title: Broth\n")
        touched = told.get(timeout=20)
        assert touched is None or touched == {str(tmp_path / "answers/spoon-1.md")}


def test_an_edit_before_watching_began_is_noticed(tmp_path: Path):
    write_answers(tmp_path, 2)
    paths = [str(tmp_path / "answers")]
    seen = files.snapshot(paths)
    edited(tmp_path, "More.\n")
    noticed = threading.Event()
    with following(lambda _: noticed.set(), *paths, seen=seen):
        assert noticed.wait(20)


def test_watching_goes_on_after_a_link_that_leads_in_a_circle(tmp_path: Path):
    write_answers(tmp_path, 2)
    told = queue.Queue[object]()
    with following(told.put, str(tmp_path / "answers")):
        time.sleep(0.6)
        (tmp_path / "answers/loop").symlink_to("loop")
        told.get(timeout=20)
        (tmp_path / "answers/loop").unlink()
        time.sleep(3)
        while not told.empty():
            told.get()
        edited(tmp_path, "More.\n")
        told.get(timeout=20)


def test_an_edit_while_watching_pauses_after_trouble_is_noticed(tmp_path: Path):
    write_answers(tmp_path, 2)
    told = queue.SimpleQueue[set[str] | None]()

    def take_in(touched: set[str] | None) -> None:
        told.put(touched)
        if touched is not None:
            raise OSError("a folder went while it was looked at")

    with following(take_in, str(tmp_path / "answers")):
        until(lambda: edited(tmp_path, "More.\n") or not told.empty())
        assert told.get() is not None
        assert told.get(timeout=20) is None
        edited(tmp_path, "More.\n")
        told.get(timeout=20)


def test_edits_are_noticed_in_a_folder_that_was_removed_and_made_again_at_once(tmp_path: Path):
    """Disks such as ext4 give the new folder the number of the old one."""
    write_answers(tmp_path, 2)
    shutil.copytree(tmp_path / "answers", tmp_path / "kept")
    paths = [str(tmp_path / "answers")]
    noticed = threading.Event()
    with following(lambda _: noticed.set(), *paths):
        for _ in range(5):
            time.sleep(0.6)
            noticed.clear()
            shutil.rmtree(tmp_path / "answers")
            shutil.copytree(tmp_path / "kept", tmp_path / "answers")
            assert noticed.wait(5)
            time.sleep(0.6)
            noticed.clear()
            edited(tmp_path, "More.\n")
            assert noticed.wait(5)


@pytest.mark.parametrize("named", ["answers", "./answers/"])
def test_files_that_are_touched_are_named_as_their_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
):
    write_answers(tmp_path, 2)
    monkeypatch.chdir(tmp_path)
    told = queue.SimpleQueue[set[str] | None]()
    with following(told.put, named):
        deadline = time.monotonic() + 20
        while told.empty() and time.monotonic() < deadline:  # until watching has begun
            edited(tmp_path, "More.\n")
            time.sleep(0.1)
        assert told.get() == {files.find(named, (".md",))[0][1]}


# --- a packed site


def pack(site: Path, to: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in tree(site):
            packed.write(site / path, prefix + path)
    return to


@pytest.mark.parametrize("prefix", ["", "_site/"])
def test_a_packed_site_is_served_without_unpacking(tmp_path: Path, prefix: str):
    write_answers(tmp_path)
    built(tmp_path)
    packed = Packed(str(pack(tmp_path / "_site", tmp_path / "site.zip", prefix)))
    for path in ("index.html", "ask/spoon-1/index.html", "data/answers.jsonl"):
        found = packed.get(path)
        assert found is not None
        assert found.data == (tmp_path / "_site" / path).read_bytes()
    assert packed.get("../../etc/hostname") is None
    assert packed.get("ask/none/index.html") is None


@pytest.mark.parametrize("base", ["/archive/", "/%C3%A9/"])
def test_a_packed_site_is_served_below_the_path_that_it_was_built_for(tmp_path: Path, base: str):
    """Else the page for what is not there has no style, and leads nowhere but to itself."""
    write_answers(tmp_path)
    built(tmp_path, Config(base_url=f"https://example.org{base}", share_images=False))
    with running() as server:
        server.site = Packed(str(pack(tmp_path / "_site", tmp_path / "site.zip")))
        start, missing = ask(server, "/"), ask(server, f"{base}none/")
        (style,) = re.findall(r'href="([^"]*assets/style\.css[^"]*)"', missing.body.decode())
        found = ask(server, style)
        with hearing(server) as news:
            told = next(news)
    assert told["trouble"] == ""
    assert (start.status, start.headers["Location"]) == (301, base)
    assert (missing.status, found.status) == (404, 200)


def test_a_site_packed_in_the_finder_of_macos_is_one(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as packed:
        packed.writestr("__MACOSX/_site/._index.html", "x")
        packed.writestr("_site/index.html", "Soup")
    found = Packed(str(tmp_path / "site.zip")).get("index.html")
    assert found is not None
    assert found.data == b"Soup"


def test_a_site_packed_by_the_shell_of_windows_is_one(tmp_path: Path):
    """Its archives of old name files as Windows does."""
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as packed:
        packed.writestr("_site\\index.html", "Soup")
        packed.writestr("_site\\ask\\spoon\\index.html", "Spoon")
    site = Packed(str(tmp_path / "site.zip"))
    assert [site.get(path) for path in ("index.html", "ask/spoon/index.html")] == [
        Response(b"Soup"),
        Response(b"Spoon"),
    ]


def test_a_file_of_a_packed_site_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with zipfile.ZipFile(tmp_path / "site.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", "Soup")
        packed.writestr("data/answers.jsonl", " " * 99)
    monkeypatch.setattr("agsite.serve.packed._MOST_BYTES", 98)
    site = Packed(str(tmp_path / "site.zip"))
    assert site.get("index.html") == Response(b"Soup")
    with pytest.raises(ConfigError, match=r"data/answers\.jsonl has 99 bytes"):
        site.get("data/answers.jsonl")


@pytest.mark.parametrize(
    ("method", "place"), [(zipfile.ZIP_DEFLATED, 45), (zipfile.ZIP_BZIP2, 45), (zipfile.ZIP_LZMA, 60)]
)
def test_a_damaged_file_of_a_packed_site_is_said(tmp_path: Path, method: int, place: int):
    with zipfile.ZipFile(tmp_path / "site.zip", "w", method) as packed:
        packed.writestr("index.html", "<p>Soup. " * 99)
    data = bytearray((tmp_path / "site.zip").read_bytes())
    data[place] ^= 0xFF
    (tmp_path / "site.zip").write_bytes(data)
    with running() as server:
        server.site = Packed(str(tmp_path / "site.zip"))
        reply = ask(server, "/")
    assert reply.status == 500
    assert b"index.html in" in reply.body


@pytest.mark.parametrize(
    ("part", "other"), [(b"soup.html", b"\xffoup.html"), (b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\x63")]
)
def test_a_zip_of_names_or_a_version_that_nobody_reads_is_refused(tmp_path: Path, part: bytes, other: bytes):
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as packed:
        packed.writestr("soup.html\N{POT OF FOOD}", "Soup")
    data = (tmp_path / "site.zip").read_bytes()
    assert part in data
    (tmp_path / "site.zip").write_bytes(data.replace(part, other))
    with pytest.raises(ConfigError, match="is not a readable ZIP file"):
        Packed(str(tmp_path / "site.zip"))


def test_a_zip_that_is_none_or_holds_no_site_is_refused(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(b"PK soup")
    with pytest.raises(ConfigError, match="is not a readable ZIP file"):
        Packed(str(tmp_path / "a.zip"))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as packed:
        packed.writestr("notes.txt", "x")
    with pytest.raises(ConfigError, match=r"there is no index\.html"):
        Packed(str(tmp_path / "b.zip"))


# --- the command


def test_the_command_says_where_it_serves_and_takes_a_free_port(tmp_path: Path):
    write_answers(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serve(tmp_path, "--port", str(port), "--no-search") as (running, lines):
            running.terminate()
            rest = running.communicate(timeout=60)[1]
    assert lines[0].startswith(f"Port {port} is taken; ")
    assert lines[1] == "read: 4\n"
    assert f"http://127.0.0.1:{lines[0].split('; ')[1].split()[0]}/" in lines[-1]
    assert running.returncode == 143
    assert "Traceback" not in rest


def test_the_command_opens_the_site_as_its_options_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_answers(tmp_path) / "spoon-1.md"
    path.write_text(path.read_text("utf-8").replace("---\n", "---\nstatus: draft\n", 1), "utf-8")
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    how = ("--port", "0", "--open", "--drafts", "--no-search", "--base-url", "https://example.org/soup/")
    with serve(tmp_path, *how) as (_, lines):
        until(lambda: opened.exists() and opened.read_text().endswith("/soup/\n"))
        address = opened.read_text().strip()
        assert lines[-1] == f"The site is at {address} (Ctrl-C ends it).\n"
        with urllib.request.urlopen(f"{address}ask/spoon-1/") as draft:
            assert draft.status == 200
        with pytest.raises(urllib.error.HTTPError, match="404") as search:
            urllib.request.urlopen(f"{address}search/")
        search.value.close()


@pytest.mark.skipif(sys.platform != "linux", reason="another thread is sent a signal by a call of Linux")
@pytest.mark.parametrize("packed", [False, True])
def test_a_signal_that_does_not_wake_the_command_ends_it_all_the_same(tmp_path: Path, packed: bool):
    """As where it comes just before the command begins to wait; here another thread is given it."""
    write_answers(tmp_path)
    site = []
    if packed:
        built(tmp_path)
        site = [str(pack(tmp_path / "_site", tmp_path / "site.zip"))]
    with serve(tmp_path, *site, "--port", "0", "--no-search") as (running, _):
        time.sleep(0.5)  # by now it waits
        threads = {int(path.name) for path in Path(f"/proc/{running.pid}/task").iterdir()}
        other = min(threads - {running.pid})
        assert ctypes.CDLL(None).tgkill(running.pid, other, signal.SIGTERM) == 0
        assert running.wait(timeout=20) == 143


def test_the_terminal_is_told_what_is_new_and_how_much_is_left(tmp_path: Path):
    answers = write_answers(tmp_path)
    (tmp_path / "papers").mkdir()
    said = queue.SimpleQueue[str]()

    def change(id: str, old: str, new: str) -> None:
        (answers / ".half").write_text((answers / f"{id}.md").read_text("utf-8").replace(old, new), "utf-8")
        (answers / ".half").replace(answers / f"{id}.md")

    with serve(tmp_path, "--port", "0", "--no-search") as (running, _):
        threading.Thread(target=lambda: [said.put(line) for line in running.stderr or ()], daemon=True).start()
        for id, tally in (("spoon-2", "1 error.\n"), ("spoon-0", "2 errors.\n")):
            change(id, "model:", "modle:")
            assert said.get(timeout=20).startswith(f"answers/{id}.md:3:1: error AG134")
            assert "Did you mean" in said.get(timeout=20)
            assert said.get(timeout=20) == tally
        for id, tally in (("spoon-2", "1 error.\n"), ("spoon-0", "Nothing to mend.\n")):
            change(id, "modle:", "model:")
            assert said.get(timeout=20) == tally
        (tmp_path / "agsite.yml").write_text("titel: Soup\n")
        assert said.get(timeout=20).startswith("agsite: agsite.yml:1:1: error AG501")
        assert said.get(timeout=20) == "    Did you mean “title”?\n"
        change("spoon-1", "Nobody", "Somebody")
        time.sleep(1)  # what is still wrong is not said again
        (tmp_path / "agsite.yml").unlink()
        assert said.get(timeout=20) == "Nothing to mend.\n"
