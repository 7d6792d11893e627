"""The rules of docs/security.md, each with what holds it: a hostile archive is built and looked at from outside."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from agsite import answerfile, cli, corpus, markup, papers
from agsite.archive import build_archive
from agsite.build import Options
from agsite.build.inputs import read_assets, read_look
from agsite.config import Config
from agsite.findings import fails
from agsite.render import Renderer
from tests import hostile, mutations, strategies
from tests.archives import answer_text, plan_pages
from tests.building import tree
from tests.canary import seal_in
from tests.commands import agsite
from tests.hostile import EVIL, GOOD, LINKS, MARK, MARKUP, Tags, check_page

RULES = re.findall(
    r"^\| R-([A-Z]+) \|", (Path(__file__).parents[1] / "docs/security.md").read_text("utf-8"), re.MULTILINE
)

F = TypeVar("F", bound=Callable[..., Any])

HELD: dict[str, list[str]] = {}


def holds(*rules: str) -> Callable[[F], F]:
    """Say which rules a test holds."""

    def note(test: F) -> F:
        for rule in rules:
            HELD.setdefault(rule, []).append(test.__name__)
        return test

    return note


def test_every_rule_is_held_by_a_test():
    assert len(RULES) == 17
    assert set(HELD) == set(RULES)


# Files that shape every page, each with a text in the place of *.
SHAPING = {
    "agsite.yml": ("caveat: *", 'tagline: "*"'),
    "templates/words.yml": ("nav_map: *", '"*": Threads'),
    "redirects.yml": ("ask/a/: *",),
    "templates/404.html": ("<p>*</p>",),
    "site_src/pages/about/us.md": ("# We\n\nAre *.",),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the hostile archive."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile.write(folder)
    done = agsite("build", cwd=folder)
    assert "Traceback" not in done.stderr
    assert (folder / "_site/index.html").is_file(), done.stderr
    return folder / "_site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Tags]:
    return {str(p.relative_to(site)): Tags(p.read_text(encoding="utf-8")) for p in sorted(site.rglob("*.html"))}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bytes | str], list[str]]:
    """Says which codes are found in a file of this name and content."""
    folder = tmp_path_factory.mktemp("found")

    def look(name: str, data: bytes | str) -> list[str]:
        path = folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
        reading, findings, _ = corpus.read_file(str(path))
        assert (reading is None) == fails(findings)
        assert all(finding.help for finding in findings)
        path.unlink()
        return [finding.code for finding in findings]

    return look


# --- What a page may do ---------------------------------------------------------------------------------------------


@holds("XSS")
def test_all_hostile_answers_are_published_as_text(pages: dict[str, Tags]):
    for number, payload in enumerate(MARKUP):
        assert " ".join(payload.split()) in " ".join(pages[f"ask/markup-{number}/index.html"].text.split())
    assert len([name for name in pages if name.startswith("ask/page-")]) == len(MARKUP) - 1


@holds("XSS", "TPL")
def test_nothing_contributed_becomes_a_tag_or_an_attribute_that_does_something(pages: dict[str, Tags]):
    active = {"iframe", "object", "embed", "base", "style", "frame", "applet", "audio", "video"}
    for name, page in pages.items():
        for tag, attributes in page.tags:
            assert tag not in active, (name, tag)
            assert not [key for key in attributes if key.startswith("on") or key in {"style", "srcdoc"}], (name, tag)
            assert f"{MARK}(" not in "".join(attributes.get(key, "") for key in ("href", "src", "action"))
            if tag == "script" and attributes.get("type") not in {"application/ld+json", "speculationrules"}:
                assert re.fullmatch(r"[./]*assets/[\w./-]+\.js(\?v=\w+)?", attributes["src"]), (name, attributes)


@holds("XSS", "URL")
def test_no_page_loads_anything_from_elsewhere(pages: dict[str, Tags]):
    loads = {
        "script": "src",
        "img": "src",
        "link": "href",
        "source": "src",
        "use": "href",
        "image": "href",
        "form": "action",
    }
    for name, page in pages.items():
        for tag, attributes in page.tags:
            address = attributes.get(loads.get(tag, ""), "")
            if tag == "link" and attributes.get("rel") in {"canonical", "alternate"}:
                continue
            assert not urlsplit(address).netloc, (name, tag, address)


@holds("XSS")
def test_every_page_starts_with_its_policy(site: Path):
    for path in site.rglob("*.html"):
        head = path.read_text(encoding="utf-8")[:1200]
        policy = head.index("Content-Security-Policy")
        assert "default-src 'none'" in head
        assert "unsafe" not in head
        assert all(head.find(tag) in {-1, *range(policy, len(head))} for tag in ("<script", "<link", "<style", "<img"))


@holds("XSS")
def test_no_id_of_a_page_is_given_by_content(pages: dict[str, Tags]):
    for page in pages.values():
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert not set(ids) & {"location", "__proto__", "constructor"}


@holds("XSS", "URL")
@pytest.mark.slow
def test_a_browser_runs_nothing_and_asks_nobody(site: Path, browser: Any):
    asked: list[str] = []
    said: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script(f"window.{MARK} = () => {{ window.wasPwned = true }}")
    for name in [f"ask/markup-{number}" for number in range(len(MARKUP))] + [
        "ask/links",
        "ask/hijacks",
        "open",
        "gaps",
    ]:
        page.goto((site / name / "index.html").as_uri())
        assert page.evaluate("window.wasPwned") is None, name
    context.close()
    assert {urlsplit(address).scheme for address in asked} <= {"file", "data"}
    assert [text for text in said if MARK in text] == []


@holds("URL")
def test_links_lead_to_what_is_allowed_and_say_that_they_are_not_ours(pages: dict[str, Tags]):
    links = [a for tag, a in pages["ask/links/index.html"].tags if tag == "a" and "link" not in a.get("class", "")]
    out = {a["href"]: a.get("rel", "") for a in links if urlsplit(a.get("href", "")).scheme and "evil" in a["href"]}
    assert set(out) == {address for address in LINKS if urlsplit(address).scheme}
    assert all({"nofollow", "ugc", "noopener"} <= set(rel.split()) for rel in out.values())
    schemes = {
        urlsplit(a["href"]).scheme for page in pages.values() for tag, a in page.tags if tag == "a" and "href" in a
    }
    assert schemes <= {"", "http", "https", "mailto"}
    assert not [
        a
        for page in pages.values()
        for tag, a in page.tags
        if tag == "a" and a.get("href", "").startswith(("//", "\\"))
    ]


# --- Citations ------------------------------------------------------------------------------------------------------


@holds("CITE")
def test_a_citation_leads_to_its_paper_whatever_stands_around_it(pages: dict[str, Tags]):
    page = pages["ask/hijacks/index.html"]
    cites = [a for tag, a in page.tags if tag == "a" and "cite" in a.get("class", "").split()]
    assert len(cites) >= 4
    assert {a["href"] for a in cites} == {"../../paper/AG-2025.03-1234/"}
    assert not [a for tag, a in page.tags if tag == "a" and a.get("href", "").startswith(EVIL)]


@holds("CITE")
@pytest.mark.parametrize(
    "text",
    [
        *("[AG-2025.13-1]", "[AG-2025.00-1]", "[AG-25.03-1]", "[AG-2025.03-1234567]", "XAG-2025.03-1", "AG-2025.03-1x"),
        *("[\u0391G-2025.03-1]", "[AG\u20102025.03-1]", "[AG-\uff12025.03-1]", "[ag-2025.03-1]"),
        *("`[AG-2025.03-1]`", "$[AG-2025.03-1]$", "https://x.example/AG-2025.03-1", "\\[AG-2025.03-1"),
    ],
)
def test_what_only_looks_like_a_citation_is_none(text: str):
    body = markup.read(f"It holds {text}.")
    assert [group for _, sentence in body.all_sentences() for group in sentence.groups] == [] or text.startswith("\\")


@holds("GROUND")
def test_a_cited_paper_that_is_not_listed_is_an_error_and_is_shown_as_such(site: Path, pages: dict[str, Tags]):
    done = agsite("check", "answers/unlisted.md", cwd=site.parent)
    assert done.returncode == 1
    assert "error AG201 cites AG-2025.03-9999" in done.stderr
    (row,) = [
        a
        for tag, a in pages["ask/unlisted/index.html"].tags
        if a.get("data-paper") == "AG-2025.03-9999" and tag == "li"
    ]
    assert row["data-similarity"] == ""
    assert "cited, not listed" in pages["ask/unlisted/index.html"].text.lower()


# --- Files ----------------------------------------------------------------------------------------------------------


@holds("STRUCT")
def test_a_broken_file_is_refused_with_its_line_and_the_others_are_published(tmp_path: Path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "answers/cut.md").write_text(GOOD[:60], encoding="utf-8")
    done = agsite("build", cwd=tmp_path)
    assert done.returncode == 1
    assert re.search(r"^answers/cut\.md:\d+:?\d*: error AG130 ", done.stderr, re.MULTILINE)
    assert (tmp_path / "_site/ask/good/index.html").is_file()
    assert not (tmp_path / "_site/ask/cut").exists()


@holds("STRUCT", "LINE")
@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r"])
def test_nothing_but_lf_ends_a_line(end: str, found: Callable[..., list[str]]):
    assert "AG104" in found(
        "x.txt", hostile.page_text("It holds", 1).replace("It holds", f"It{end}Sources · 0{end}holds")
    )
    assert "AG104" in found("x.md", GOOD.replace("It is", f"It{end}---{end}is"))


@holds("ENC")
@pytest.mark.parametrize(
    ("data", "code"),
    [
        *((b"\xff\xfe" + GOOD.encode("utf-16-le"), "AG102"), (GOOD.encode()[:-4] + b"\xe2\x82", "AG102")),
        *(
            (GOOD.replace("It", "I\ud800t").encode("utf-8", "surrogatepass"), "AG102"),
            (b"\xc0\xaf" + GOOD.encode(), "AG102"),
        ),
        *((GOOD.replace("It", "I\x00t").encode(), "AG104"), (GOOD.replace("It", "I\x1b[2Jt").encode(), "AG104")),
        *((GOOD.replace("It", "I\ufffft").encode(), "AG104"), (b"", "AG103"), (bytes(range(256)) * 9, "AG102")),
    ],
)
def test_bytes_that_are_no_plain_text_are_refused(data: bytes, code: str, found: Callable[..., list[str]]):
    assert code in found("x.md", data)


@holds("BIDI")
@pytest.mark.parametrize("char", [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\U000e0041"])
def test_no_character_that_turns_or_hides_text_is_published(char: str, found: Callable[..., list[str]]):
    assert "AG104" in found("x.md", GOOD.replace("good", f"go{char}od"))
    assert "AG104" in found("x.md", GOOD.replace("It is", f"It {char} is").replace("good?", "good?"))
    escaped = json.dumps(char)[1:-1] if len(char.encode("utf-16-le")) == 2 else f"\\U{ord(char):08x}"
    assert set(found("x.md", GOOD.replace("Is it good?", f'"Is it {escaped}?"'))) & {"AG104", "AG136"}


@holds("BIDI")
@pytest.mark.parametrize(
    "spelt", ["&#x202E;", "&#8238;", "&#xe0041;", "&zwj;" * 5, "&zwnj;\u200b&#8203;\u200b&zwj;", "&#12;"]
)
def test_no_such_character_is_spelt_in_markdown(spelt: str, found: Callable[..., list[str]]):
    assert "AG104" in found("x.md", GOOD.replace("It is", f"It {spelt} is"))
    assert found("x.md", GOOD.replace("It is", "Caf&eacute; &amp;#x202E; &zwj; it is")) == []


@holds("BIDI")
@pytest.mark.parametrize("tex", ["$\\unicode{x202e}$", "$a_{\\unicode{xE0041}}$", "$\\mathrm{\\unicode{x2066}}$"])
def test_no_formula_makes_such_a_character(tex: str, render: Callable[[str, str], list[str]]):
    pages = render(answer_text(f"Why {tex}?", f"It is {tex}.", sources=f"AG-2025.03-1234 hep-ph 61 {tex}"), "x.md")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", "".join(pages))
    assert tex in pages[0]


@holds("BIDI", "URL")
def test_an_address_is_shown_as_it_is_written_or_as_it_leads(render: Callable[[str, str], list[str]]):
    hidden, cyrillic = "https://x.example/%E2%80%AEa", "https://\u0430rxiv.org/"
    page = render(answer_text("Why?", f"<{hidden}> <https://xn--rxiv-63d.org/> <{cyrillic}>"), "x.md")[0]
    assert re.findall(r"<a href=\"[^\"]+\" rel=[^>]*>(https[^<]*)</a>", page) == [
        *(hidden, "https://xn--rxiv-63d.org/", "https://xn--rxiv-43d.org/"),
    ]


@holds("BIDI")
@pytest.mark.parametrize(
    ("hidden", "refused"),
    [
        *(("".join(chr(0xE0100 + byte) for byte in b"obey"), True), ("\U000e0100", True), ("\u6f22a\U000e0100", True)),
        *(("\u200b\u200c\u200b\u200b\u200c", True), ("\ufe00\ufe01" * 3, True), ("\u3164" * 5, True)),
        *(("\u845b\U000e0100", False), ("\U0001f469\u200d\u2764\ufe0f\u200d\U0001f469", False), ("\u200b" * 4, False)),
    ],
)
def test_no_prompt_is_hidden_in_what_is_not_seen(hidden: str, refused: bool, found: Callable[..., list[str]]):
    assert ("AG104" in found("x.md", GOOD.replace("It is", f"It{hidden} is"))) is refused
    line = json.dumps({"id": "AG-2025.03-1", "abstract": f"It{hidden} is."})
    assert bool(papers.loads(line, "x.jsonl")[1]) is refused
    (entry,) = papers.read_csl(json.dumps([{"title": f"It{hidden} is."}])).entries
    assert papers.loads(json.dumps({"id": "AG-2025.03-1", "title": entry.title}), "x.jsonl")[1] == ()


@holds("YAML")
@pytest.mark.parametrize(
    "line",
    [
        *("note: &a x", "note: *a", "note: !!python/object/apply:os.system [id]", "note: !x y", "<<: {note: x}"),
        *("note: x\nnote: y", "layout: x", "template: x", "permalink: ../../x", "__proto__: x", "body: x"),
        *("date: 2026-13-01", "date: 3 May 2026", "status: [published]", "status: Published", "provenance: x"),
        *("provenance: " + "[" * 9 + "]" * 9, "note: |\n  x\n...\n---\nnote: y", 'note: "\\ud800"', 'note: "\\u202e"'),
        *(
            "provenance: " + "{a: " * 2000 + "}" * 2000,
            "aliases: [../x]",
            "aliases: [__proto__]",
            "id: ../x",
            "id: index",
        ),
    ],
)
def test_front_matter_is_a_plain_and_typed_part_of_yaml(line: str, found: Callable[..., list[str]]):
    assert worst_of(found("x.md", GOOD.replace("model:", f"{line}\nmodel:"))), line


def worst_of(codes: list[str]) -> bool:
    """Whether there is an error about the front matter among the codes."""
    return bool({"AG104", *(f"AG{number}" for number in range(130, 141))} & set(codes))


@holds("YAML")
def test_a_bomb_of_merge_keys_costs_nothing(found: Callable[..., list[str]]):
    rows = ["a0: &a0 {x: y}", *(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))]
    start = time.process_time()
    assert worst_of(found("x.md", GOOD.replace("model:", "\n".join([*rows, "model:"]))))
    assert time.process_time() - start < 1


@holds("YAML")
@pytest.mark.parametrize("text", ["no", "010", "1:20", "2024_01", "1e3", "0x1f", "2026-05-03", "true"])
def test_text_stays_text(text: str):
    answer = answerfile.loads(GOOD.replace("Is it good?", text), "x.md")
    assert answer.question == text


@holds("ID")
@pytest.mark.parametrize("name", ["index.md", "con.md", "-x.md", f"{'a' * 81}.md", "page.md", "constructor.md", "ё.md"])
def test_a_name_that_cannot_be_an_address_is_refused(name: str, found: Callable[..., list[str]]):
    assert found(name, GOOD) == ["AG140"]


@holds("ID")
@pytest.mark.parametrize(("one", "other"), [("Why.md", "why.txt"), ("a b.md", "a_b.md"), ("x.md", "sub/x.md")])
def test_two_files_of_one_id_are_named(one: str, other: str, tmp_path: Path):
    for name in (one, other):
        (tmp_path / "answers" / name).parent.mkdir(parents=True, exist_ok=True)
        text = GOOD if name.endswith(".md") else hostile.page_text("Why", 1)
        (tmp_path / "answers" / name).write_text(text, encoding="utf-8")
    done = agsite("build", cwd=tmp_path)
    assert (done.returncode, "AG141" in done.stderr) == (1, True)
    assert len(list((tmp_path / "_site/ask").glob("*/index.md"))) == 1


@holds("PATH")
def test_only_regular_files_are_read_and_nothing_is_written_outside(tmp_path: Path):
    archive, outside = tmp_path / "archive", tmp_path / "outside"
    (archive / "answers").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.md").write_text(GOOD.replace("good", "secret"), encoding="utf-8")
    (archive / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (archive / "answers/link.md").symlink_to(outside / "secret.md")
    (archive / "answers/folder").symlink_to(outside)
    os.mkfifo(archive / "answers/pipe.md")
    (archive / "answers/.hidden.md").write_text(GOOD, encoding="utf-8")
    (archive / "answers/device.md").symlink_to("/dev/zero")
    before = sorted(outside.iterdir())
    done = agsite("build", cwd=archive)
    assert done.returncode == 1
    assert {line.split(":")[0] for line in done.stderr.splitlines() if "AG100" in line} == {
        f"answers/{name}" for name in ("link.md", "folder", "pipe.md", "device.md")
    }
    assert [path.name for path in (archive / "_site/ask").iterdir() if path.is_dir()] == ["good"]
    assert sorted(outside.iterdir()) == before


@holds("PATH")
@pytest.mark.parametrize(
    "place", ["", "_site", "_site/next", "_site/build.lock", "_site/readings", "index/lock", "index"]
)
def test_no_link_in_the_folder_of_what_is_kept_leads_a_build_out(tmp_path: Path, place: str):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    outside = tmp_path / "outside"
    (outside / "sub").mkdir(parents=True)
    (outside / "sub/lock").write_text("precious", encoding="utf-8")
    link = tmp_path / ".agsite" / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside / "sub/lock" if "lock" in place else outside)
    before = tree(outside)
    done = agsite("build", cwd=tmp_path)
    assert done.returncode == (0 if "index" in place else 3), done.stderr
    assert tree(outside) == before
    assert done.returncode == 0 or "is a symbolic link" in done.stderr


@holds("CACHE")
def test_a_cache_that_came_with_a_branch_is_not_believed(tmp_path: Path):
    """What somebody built, with another text under the same name and an index that runs when it is opened."""
    theirs, ours, canary = tmp_path / "theirs", tmp_path / "ours", tmp_path / "canary"
    (theirs / "answers").mkdir(parents=True)
    (theirs / "answers/good.md").write_text(GOOD.replace("It is", "It never was"), encoding="utf-8")
    assert agsite("build", cwd=theirs).returncode == 0
    seal_in(theirs / ".agsite/index", canary)
    (theirs / "answers/good.md").write_text(GOOD, encoding="utf-8")
    shutil.copytree(theirs, ours, copy_function=shutil.copyfile)  # a checkout sets no times
    shutil.rmtree(ours / "_site")
    assert agsite("search", "good", cwd=ours).returncode == 0
    assert agsite("build", cwd=ours).returncode == 0
    assert not canary.exists()
    shutil.rmtree(theirs / ".agsite")
    shutil.rmtree(theirs / "_site")
    assert agsite("build", cwd=theirs).returncode == 0
    assert tree(ours / "_site") == tree(theirs / "_site")


@holds("CACHE")
def test_no_folder_that_came_with_a_branch_becomes_part_of_the_site(tmp_path: Path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    for name in ("next", "next.old", "_site", "readings"):
        for file in ("build.json", "evil.html"):
            (tmp_path / ".agsite/_site" / name / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / ".agsite/_site" / name / file).write_text("{}", encoding="utf-8")
    for _ in range(2):
        assert agsite("build", cwd=tmp_path).returncode == 0
        assert not list((tmp_path / "_site").rglob("evil.html"))
        (tmp_path / "answers/good.md").write_text(GOOD.replace("It is", "It was"), encoding="utf-8")


def test_a_site_that_a_killed_build_left_aside_is_put_back(tmp_path: Path):
    """As a build leaves it where folders cannot be exchanged in one step; what others put there is carried along."""
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    assert agsite("build", cwd=tmp_path).returncode == 0
    (tmp_path / "_site/CNAME").write_text("x.example\n", encoding="utf-8")
    (tmp_path / "_site").rename(tmp_path / ".agsite/_site/next.old")
    done = agsite("build", "--json", cwd=tmp_path)
    assert (json.loads(done.stdout)["written"], (tmp_path / "_site/CNAME").read_text()) == (0, "x.example\n")


@pytest.mark.parametrize("name", ["templates/answer.html", "site_src/style.css", "site_src/pages/index.md"])
def test_what_shapes_pages_is_a_file_of_its_own(tmp_path: Path, name: str):
    """Where a link stands, ours is not put in its place without a word."""
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).symlink_to("/etc/hostname")
    done = agsite("build", cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(f"{name}: (error AG100 )?it is a symbolic link, which is not read", done.stderr)
    assert not (tmp_path / "_site").exists()


@holds("PATH")
@pytest.mark.parametrize("command", ["check", "build"])
@pytest.mark.parametrize("name", ["agsite.yml", "redirects.yml", "templates/words.yml"])
@pytest.mark.parametrize(
    ("put", "what"),
    [
        (lambda path: path.symlink_to("/etc/hostname"), "a symbolic link"),
        (lambda path: path.symlink_to("nowhere"), "a symbolic link"),
        (os.mkfifo, "no regular file"),
        (Path.mkdir, "no regular file"),
    ],
    ids=["link", "lost-link", "pipe", "folder"],
)
def test_settings_redirects_and_words_are_regular_files(
    tmp_path: Path, command: str, name: str, put: Callable[[Path], None], what: str
):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    put(tmp_path / name)
    done = agsite(command, cwd=tmp_path)
    assert done.returncode != 0
    assert f"{name}: error AG100 it is {what}, which is not read\n    Put the file itself there.\n" in done.stderr
    assert not (tmp_path / "_site").exists()


@holds("PATH")
def test_pregenerate_pays_for_nothing_where_what_was_given_up_is_a_link(tmp_path: Path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "redirects.yml").symlink_to("nowhere")
    done = agsite("pregenerate", "--dry-run", "Why is ice slippery?", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "redirects.yml: error AG100 it is a symbolic link" in done.stderr


@holds("SIZE")
@pytest.mark.parametrize(
    ("name", "command", "said"),
    [
        ("answers/huge.md", "check", "answers/huge.md: error AG101 "),
        *((name, "build", f"{name}: error AG101 the file has 42,949,672,960 bytes, more than ") for name in SHAPING),
    ],
)
def test_a_size_is_looked_at_before_a_file_is_read(tmp_path: Path, name: str, command: str, said: str):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    with (tmp_path / name).open("wb") as file:
        file.truncate(40 * 2**30)

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))

    done = subprocess.run(
        [sys.executable, "-m", "agsite", command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=limits,
        check=False,
    )
    # Without settings, words and templates nothing can be built.
    assert done.returncode == (1 if name in {"answers/huge.md", "redirects.yml"} else 2)
    assert said in done.stderr


@holds("SIZE")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD + "a" * 256 * 1024, "AG101"),
        (GOOD.replace("date:", f"note: {'a' * 65 * 1024}\ndate:"), "AG138"),
        (GOOD + "[AG-2025.03-1234] " * 2001, "AG138"),
        (answer_text("Many?", "x", sources="\n".join(f"AG-2025.03-{n} hep-ph 61 T" for n in range(201))), "AG138"),
    ],
)
def test_there_is_a_limit_to_everything(text: str, code: str, found: Callable[..., list[str]]):
    assert code in found("x.md", text)


@holds("SIZE")
@pytest.mark.parametrize(
    "text",
    [
        answer_text("Long?", "word [AG-2025.03-1] " * 1_990, sources="AG-2025.03-1 hep-ph 61 T"),
        answer_text("Long?", "## " + "word [AG-2025.03-1] " * 1_990, sources="AG-2025.03-1 hep-ph 61 T"),
        answer_text("Long?", "It is [AG-2025.03-1].  " * 1_990, sources=f"AG-2025.03-1 hep-ph 61 {'T' * 1_001}"),
    ],
    ids=["sentence", "heading", "title"],
)
def test_no_file_fills_the_disk_with_what_its_citations_repeat(text: str, tmp_path: Path):
    (tmp_path / "x.md").write_text(text, encoding="utf-8")
    reading, (finding,), _ = corpus.read_file(str(tmp_path / "x.md"))
    assert (reading, finding.code) == (None, "AG138")
    assert text.split("\n")[finding.line - 1].startswith(("word", "## word", "  - {id: AG-2025.03-1"))
    assert re.search("sentences and titles, more than 4,194,304|title has 1,001 characters, more than", finding.message)


@holds("SIZE")
@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("It is", f"$a\\hspace{{{'0' * 60_000}}}b$ It is"),
        GOOD.replace("It is", f"{'contentReference[oaicite:' * 6_000} It is"),
        GOOD.replace("title: Title", f'title: "a": b{" " * 60_000}x'),
    ],
    ids=["length", "mark of a chat", "space in braces"],
)
def test_a_row_that_never_ends_takes_no_time(text: str):
    target = mutations.Target()
    start = time.process_time()
    target.run(text.encode(), "x.md", look=False)
    assert time.process_time() - start < 3


def said(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> str:
    """All that a command prints that finds something wrong."""
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(cli.commands, list(arguments), prog_name="agsite")
    assert done.exit_code == 1, done.output
    return done.output


KEYS = (
    *("sk-ant-" + "api03-" + "A1b2" * 9, "ghp_" + "a1B2" * 9, "github_pat_" + "a1B2" * 9, "AKIA" + "ABCD" * 4),
    *("-----BEGIN RSA PRIVATE KEY", "https://me:s3cret@git.example/"),
)


@holds("SECRET")
def test_what_looks_like_a_key_is_refused_and_never_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "answers").mkdir()
    for number, key in enumerate(KEYS):
        (tmp_path / f"answers/{number}.md").write_text(GOOD.replace("It is", f"It is {key}"), encoding="utf-8")
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    for format in ("text", "github", "json", "sarif"):
        text = said(monkeypatch, tmp_path, "check", "--format", format)
        assert text.count("AG142") >= len(KEYS)
        assert not [key for key in KEYS if key in text]
    assert not [key for key in KEYS if key in said(monkeypatch, tmp_path, "build")]
    site = b"".join(path.read_bytes() for path in (tmp_path / "_site").rglob("*") if path.is_file())
    assert not [key for key in KEYS if key.encode() in site]


@holds("SECRET", "BIDI")
@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SHAPING.items() for text in texts])
@pytest.mark.parametrize(("bad", "code"), [(KEYS[0], "AG142"), ("a\u202eb", "AG104")])
def test_what_shapes_pages_holds_no_key_and_no_mark_of_direction(
    tmp_path: Path, name: str, text: str, bad: str, code: str
):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text.replace("*", bad) + "\n", encoding="utf-8")
    for command in ("build", "check"):
        done = agsite(command, cwd=tmp_path)
        if command == "build" or not name.startswith(("redirects", "site_src")):
            assert done.returncode != 0
            assert re.search(rf"^(agsite: )?{name}:\d+:\d+: error {code} ", done.stderr, re.MULTILINE), done.stderr
        assert bad not in done.stderr
    files = [path.read_bytes() for path in (tmp_path / "_site").rglob("*") if path.is_file()]
    assert not [data for data in files if bad.encode() in data]


@holds("BIDI")
@pytest.mark.parametrize("char", ["\u202e", "\U000e0041"])
def test_no_address_holds_a_mark_of_direction(tmp_path: Path, char: str):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "redirects.yml").write_text(f"{quote(f'ask/{char}a/')}: ask/good/\n", encoding="utf-8")
    done = agsite("build", cwd=tmp_path)
    assert "redirects.yml:1: error AG606 " in done.stderr
    assert not [path for path in (tmp_path / "_site").rglob("*") if char in path.name]
    (tmp_path / "site_src/pages").mkdir(parents=True)
    (tmp_path / f"site_src/pages/a{char}b.md").write_text("# We", encoding="utf-8")
    for command in ("build", "check"):
        done = agsite(command, cwd=tmp_path)
        assert (done.returncode != 0, "b.md:1: error AG104 the name of the file: U+" in done.stderr) == (True, True)


@pytest.mark.parametrize("name", SHAPING)
def test_what_shapes_pages_may_come_from_windows(tmp_path: Path, name: str):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    text = SHAPING[name][0].replace("*", "gone")
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + f"{text}\r\n".encode())
    done = agsite("build", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    pages = [path.read_text("utf-8") for path in (tmp_path / "_site").rglob("*.html")]
    assert not [page for page in pages if "\ufeff" in page]


@holds("LOG")
def test_what_is_printed_gives_no_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "answers").mkdir()
    command = "::error file=x::pwned"
    for number, payload in enumerate(
        (command, "##[error]x", "::stop-commands::x", "\x1b]8;;http://evil\x07x", "\u202ex", "a\r::add-mask::x")
    ):
        text = GOOD.replace("model:", f"{payload}: x\n{payload}\nmodel:")
        (tmp_path / f"answers/x{number}.md").write_text(text, encoding="utf-8")
    (tmp_path / "answers" / f"{command.replace('/', '')}\n{command}.md").write_text("x", encoding="utf-8")
    for arguments in (["check"], ["check", "--format", "github"], ["check", "--format", "sarif"], ["build"]):
        for line in said(monkeypatch, tmp_path, *arguments).split("\n"):
            assert not set(line) & set("\x1b\x07\r\u202e\u2028"), line
            ours = re.match(r"::(error|warning|notice) file=answers/[^:]*,", line)
            assert ours or not is_command(line), line


def is_command(line: str) -> bool:
    """Whether the runner of a workflow takes a line of its log for a command."""
    return line.lstrip().startswith("::") or "##[" in line


# What commands print of content, of settings and of names, each with the file that it comes from.
PRINTED = [
    ("search", "x", "--answers", "answers"),
    ("search", "x", "--json"),
    ("search", "missing:::add-mask::x"),
    ("pregenerate", "::add-mask::pebbles and ##[stop]?", "--dry-run"),
    ("pregenerate", "##[stop]?", "--dry-run", "--json"),
    ("check", "--format", "json"),
    ("config", "--config", "url.yml"),
    ("build", "--config", "url.yml"),
    ("build", "--config", "a\n::add-mask::x.yml"),
    ("config", "tagline", "--config", "tag.yml"),
    ("config", "--config", "tag.yml"),
    ("convert", "a\n::add-mask::x.md", "b\n::add-mask::x.md"),
    ("check", "::add-mask::x.md", "a\n::add-mask::x.md"),
    ("a\n::add-mask::x",),
    ("papers", "list", "--papers", "papers"),
    ("papers", "show", "AG-2025.03-1", "--papers", "papers"),
    ("papers", "import", "x.bib", "--all"),
]


@holds("LOG")
@pytest.mark.parametrize("arguments", PRINTED, ids=" ".join)
def test_no_line_that_is_printed_is_a_command(tmp_path: Path, arguments: tuple[str, ...]):
    (tmp_path / "answers").mkdir()
    title = "::add-mask::x ##[stop-commands]x"
    for name, text in {
        "answers/x.md": answer_text(title, "An x ##[stop].", sources="").replace("sources:\n", ""),
        "a\n::add-mask::x.md": GOOD,
        "b\n::add-mask::x.md": "##[stop]",
        "url.yml": 'base_url: "x\\n::warning file=a.md,line=1::injected ##[stop]"\n',
        "tag.yml": 'tagline: "x\\n::warning::injected ##[stop]"\n',
        "x.bib": "@article{x, title={A}, year={##[a]\n\n::add-mask::x}}\n@article{::add-mask::x, title={##[a]}}\n",
        "papers/x.jsonl": json.dumps({"id": "AG-2025.03-1", "title": title}) + "\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = agsite(*arguments, cwd=tmp_path)
    assert "Traceback" not in done.stderr
    lines = (done.stdout + done.stderr).split("\n")
    assert len(lines) > 1
    assert not [line for line in lines if is_command(line)]


@holds("LOG")
def test_words_give_no_commands(tmp_path: Path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    phrases = 'nav_map: {"\\n::add-mask::x": a, one: b}\n"\\n::add-mask::y ##[stop]": c\n'
    (tmp_path / "templates/words.yml").write_text(phrases, encoding="utf-8")
    for command in ("check", "build"):
        done = agsite(command, cwd=tmp_path)
        assert done.returncode in {1, 2}
        assert "add-mask" in done.stderr
        assert not [line for line in done.stderr.split("\n") if is_command(line)]


@holds("LOG")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.json", '[{"id": "2403.00001", "title": "A \\ud800 b", "authors": "\\ud800", "update_date": "\\udc00"}]'),
        ("x.json", '[{"id": "\\ud800\\u202e", "title": "A"}]'),
        ("x.bib", "@article{k\u202ey, title = {A}, eprint = {240\u202e3}}\n@article{\u202e"),
        ("x.ris", "TY  - JOUR\nTI  - \u202eA\nER  - \n"),
    ],
)
def test_what_a_bibliography_hides_is_shown(tmp_path: Path, name: str, text: str):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    for arguments in (("papers", "import", "--all", name), ("check", "--format", "json"), ("papers", "list", "--json")):
        done = agsite(*arguments, cwd=tmp_path)
        assert "Traceback" not in done.stderr
        assert not set(done.stdout + done.stderr) & set("\u202e\ufffd")


@holds("TPL")
def test_content_is_never_evaluated(site: Path):
    for path in site.rglob("*"):
        if path.suffix in {".html", ".xml", ".json", ".jsonl", ".txt", ".md"}:
            assert "1337" not in path.read_text(encoding="utf-8").replace("AG-2025.03-1337", ""), path


@holds("TPL")
def test_data_in_pages_and_feeds_is_whole_and_closes_nothing(site: Path):
    for path in site.rglob("*.html"):
        for block in re.findall(
            r'<script type="[^"]*json"[^>]*>(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL
        ):
            json.loads(block)
            assert "<" not in block
    for path in [*site.rglob("*.xml")]:
        tree = ET.fromstring(path.read_text(encoding="utf-8"))
        assert not [node for node in tree.iter() if node.tag.endswith("script")]
    for path in site.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    for path in site.rglob("*.jsonl"):
        assert all(json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line)


@holds("TPL")
def test_only_what_the_renderer_made_goes_into_templates_unescaped(root: Path):
    for path in [*(root / "templates").glob("*"), *(root / "starter").rglob("*.html")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*(safe|xmlattr)\b|autoescape\s+false", text), path


@holds("DET")
@pytest.mark.slow
def test_a_hostile_archive_gives_the_same_bytes_wherever_it_is_built(site: Path, tmp_path: Path):
    digests = {digest(site)}
    for number, changes in enumerate(
        ({"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "UTC"})
    ):
        folder = tmp_path / f"é {number}"
        (folder / "answers").mkdir(parents=True)
        for name, text in sorted(hostile.files().items(), reverse=bool(number)):
            (folder / "answers" / name).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "agsite", "build", "--jobs", str(number + 1)]
        subprocess.run(command, cwd=folder, env=os.environ | changes, capture_output=True, check=False)
        digests.add(digest(folder / "_site"))
    assert len(digests) == 1


def digest(folder: Path) -> str:
    """One digest of all files of a folder."""
    hasher = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            hasher.update(f"{path.relative_to(folder)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return hasher.hexdigest()


# --- Anything at all ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def render() -> Callable[[str, str], list[str]]:
    """Renders the pages of an archive of one file; none where the file is refused."""
    options = Options(templates=(), assets=())
    renderer = Renderer(read_look(options, Config(), read_assets(options, Config()).addresses))

    def pages(text: str, name: str) -> list[str]:
        parsed = answerfile.parse(text.encode("utf-8", "surrogatepass"), name)
        assert (parsed.answer is None) == fails(parsed.findings)
        if parsed.answer is None:
            return []
        archive = build_archive([(parsed.answer, markup.read(parsed.answer.body), f"answers/{name}")])
        planned = plan_pages(archive, Config())
        wanted = (page for page in planned if page.url == "ask/x/" or page.url.startswith("paper/"))
        return [renderer.render(page).decode() for page in wanted]

    return pages


pieces = st.one_of(st.sampled_from((*MARKUP, *LINKS, *hostile.NO_LINKS)), strategies.bodies())


@holds("XSS", "STRUCT")
@settings(max_examples=40)
@given(st.lists(pieces, min_size=1, max_size=4).map("\n\n".join), strategies.lines())
def test_whatever_is_written_becomes_a_page_that_does_nothing(
    render: Callable[[str, str], list[str]], body: str, title: str
):
    text = answer_text(title, body, sources=f"AG-2025.03-1234 hep-ph 61 {title}")
    for page in render(text, "x.md"):
        if page.lstrip().startswith("<!doctype"):
            check_page(page)


def test_no_name_leads_out_of_the_site_and_none_into_anothers_place(tmp_path: Path):
    answers, victim = tmp_path / "archive/answers", tmp_path / "archive/victim"
    answers.mkdir(parents=True)
    names = ("../../victim", "..", "/etc", "hep-ph/../../..", "GPT 4", "GPT-4", "GPT_4", ".")
    for number, name in enumerate(names):
        text = answer_text(
            f"Why {number}?",
            f"A claim [AG-2025.03-{number}].",
            sources=f"AG-2025.03-{number} {name.replace(' ', '-')} 50 Title",
            follow_ups=(f"Open {number}?",),
        )
        (answers / f"a{number}.md").write_text(text.replace("test-model", answerfile.scalar(name)), "utf-8")
    assert agsite("build", "--no-search", cwd=tmp_path / "archive").returncode == 0
    assert not victim.exists()
    assert sorted(path.name for path in (tmp_path / "archive").iterdir()) == [".agsite", "_site", "answers"]
    assert len(list((tmp_path / "archive/_site/model").iterdir())) == len(names) + 1


@holds("XSS", "STRUCT")
def test_files_that_nobody_would_write_break_nothing():
    """Shortened; `bench/fuzz.py` does it for as long as one likes."""
    target, files = mutations.Target(), mutations.seeds()
    outcomes = Counter(target.run(*mutations.mutated(random.Random(number), files)) for number in range(1_500))
    assert outcomes["shown"] > 50
