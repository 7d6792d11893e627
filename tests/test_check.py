"""`agsite check` for each of its readers, and of a built site."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import unicodedata
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite import answerfile
from agsite.annotations import (
    ANNOTATIONS,
    SUMMARY_BYTES,
    cell,
    clean,
    excerpt,
    to_markdown,
    to_sarif,
    to_workflow_commands,
)
from agsite.findings import CATALOGUE, Finding
from agsite.sitecheck import check_site
from tests.archives import answer_text
from tests.building import tree
from tests.commands import ANSWERS, BROKEN, ROOT, agsite

SARIF_SCHEMA = Path(__file__).parent / "browser/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"

HOSTILE = "x\n::stop-commands::y\r\n##[error]z\x1b]8;;http://evil\x07 \u202e \u2028::error::w"

codes = st.sampled_from(sorted(CATALOGUE))
texts = st.text() | st.just(HOSTILE)
findings = st.builds(
    lambda code, message, path, line, column: Finding.of(code, message, path=path, line=line, column=column),
    codes,
    texts,
    texts,
    st.integers(0, 9999),
    st.integers(0, 300),
)


@given(st.lists(findings, max_size=20))
def test_content_can_never_issue_a_command_of_a_workflow(found):
    lines = to_workflow_commands(found).split("\n")
    assert len(lines) - 1 == min(len(found), ANNOTATIONS)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines[:-1])
    assert all(line.count("::") >= 2 and not set(line) & set("\r\x1b\u2028") for line in lines[:-1])


@given(texts)
def test_what_is_printed_is_one_line_without_controls(text):
    assert not {unicodedata.category(char) for char in clean(text)} & {"Cc", "Zl", "Zp"}
    assert not set(clean(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_the_most_serious_findings_are_annotated_first():
    found = [Finding.of("AG306", "note", path="a.md", line=1)] * 12 + [
        Finding.of("AG201", "bad", path="z.md", line=3, column=4)
    ]
    first, *rest = to_workflow_commands(found).splitlines()
    assert first == (
        "::error file=z.md,line=3,col=4,title=AG201 cited but not listed::"
        "bad. Add it under the sources, or correct the id."
    )
    assert len(rest) == ANNOTATIONS - 1


def test_a_summary_stays_below_what_the_host_takes():
    found = [Finding.of("AG201", "m" * 300, path=f"answers/{number}.md", line=1) for number in range(9000)]
    text = to_markdown(found)
    assert len(text.encode()) < SUMMARY_BYTES
    assert text.rstrip().endswith("more.")


@given(texts)
def test_nothing_is_markup_in_a_cell(text):
    shown = cell(text)
    assert "\n" not in shown
    assert "|" not in shown.replace("\\|", "")


def test_an_excerpt_points_at_the_column():
    finding = Finding.of("AG201", "bad", path="a.md", line=2, column=7)
    assert excerpt(finding, lambda path, line: "It is [AG-2024.01-1].") == [
        "     2 | It is [AG-2024.01-1].",
        "               ^",
    ]


@pytest.mark.parametrize("line", ["A \u202e b \u202e c", "\x00\U000e0041 c", "\ud800\tc", "::x ##[stop] c"])
def test_a_caret_stands_under_its_character_whatever_is_spelt_out_before_it(line):
    finding = Finding.of("AG104", "bad", path="a.md", line=1, column=line.index("c") + 1)
    shown, caret = excerpt(finding, lambda path, number: line)
    assert shown[caret.index("^") :] == "c"


def test_an_excerpt_of_a_long_line_is_cut_around_the_column():
    finding = Finding.of("AG201", "bad", path="a.md", line=1, column=501)
    shown, caret = excerpt(finding, lambda path, line: "a" * 500 + "X" + "b" * 500)
    assert len(shown) < 120
    assert shown[caret.index("^")] == "X"


@pytest.fixture
def archive(tmp_path):
    """A repository with one good answer, and then a broken one."""
    (tmp_path / "answers").mkdir()
    shutil.copy(ANSWERS / "many-backgrounds.md", tmp_path / "answers")
    for command in (
        ["init", "-q", "-b", "main"],
        ["config", "user.email", "a@example.org"],
        ["config", "user.name", "A"],
        ["add", "."],
        ["commit", "-qm", "start"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    (tmp_path / "answers/broken.md").write_text(BROKEN, encoding="utf-8")
    return tmp_path


def test_line_ends_of_windows_and_a_byte_order_mark_are_not_shown(archive):
    (archive / "answers/crlf.md").write_bytes(b"\xef\xbb\xbf---\r\nquestion: Why?\r\nmodle: m\r\n---\r\nText.\r\n")
    done = agsite("check", "answers/crlf.md", cwd=archive)
    assert "     3 | modle: m\n         ^\n" in done.stderr
    assert "\\u" not in done.stderr


def test_the_text_shows_the_line_and_a_caret(archive):
    done = agsite("check", cwd=archive)
    assert "answers/broken.md:3:1: error AG134 there is no field “modle”" in done.stderr
    assert "     3 | modle: someone\n         ^\n    Did you mean “model”?" in done.stderr


def test_a_log_gets_annotations_and_the_summary_a_table(archive, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(archive / "summary.md"))
    done = agsite("check", "--format", "github", cwd=archive)
    assert done.stdout.startswith("::error file=answers/broken.md,line=3,col=1,title=AG134 unknown field::")
    assert "| `answers/broken.md:3:1` | **error** [AG134]" in (archive / "summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["16-UPPER.MD", "35.markdown", "notes.text", "sub/x.mdown", "Page.Txt"])
def test_a_file_that_looks_like_an_answer_is_not_lost_in_its_folder(archive, name: str):
    path = archive / "answers" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("What it says.", encoding="utf-8")
    done = agsite("check", cwd=archive)
    assert done.returncode == 1
    assert f"answers/{name}:1: error AG140 “answers/{name}” cannot name an answer file\n" in done.stderr
    assert "    End its name in .md or .txt, in small letters.\n" in done.stderr


def test_sarif_is_valid_against_its_schema(archive):
    if not SARIF_SCHEMA.is_file():
        pytest.skip(f"the schema of SARIF is not at {SARIF_SCHEMA}; make test brings it where there is npm")
    schema = json.loads(SARIF_SCHEMA.read_text(encoding="utf-8"))
    log = json.loads(agsite("check", "--format", "sarif", cwd=archive).stdout)
    jsonschema.Draft7Validator(schema).validate(log)
    (result,) = [r for r in log["runs"][0]["results"] if r["ruleId"] == "AG134"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 1}
    assert to_sarif([], "0")["runs"][0]["results"] == []


@pytest.mark.parametrize(
    ("matches", "axis", "told"),
    [
        (
            (12, 14, 60, 61),
            (35, 80),
            "2 of 4 matches lie beyond the axis of their plots, 35 to 80: they go from 12 to 61",
        ),
        ((12, 35, 80, 61), (35, 80), None),
        ((12, 14, 60, 61), (10, 70), None),
    ],
)
def test_matches_that_the_plots_are_not_made_for_are_told_of(tmp_path, matches, axis, told):
    sources = "\n".join(f"AG-2025.03-{n} hep-ph {match} A Title {n}" for n, match in enumerate(matches, 1))
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/a.md").write_text(answer_text("Why?", "So [AG-2025.03-1].", sources=sources), "utf-8")
    (tmp_path / "agsite.yml").write_text(f"match: {{axis: [{axis[0]}, {axis[1]}]}}\n", "utf-8")
    found = json.loads(agsite("check", "--format", "json", cwd=tmp_path).stdout)["findings"]
    assert [f["message"] for f in found if f["code"] == "AG510"] == ([told] if told else [])


def test_only_what_a_change_brings_is_reported(archive):
    old = archive / "answers/old.md"
    old.write_text(BROKEN.replace("Half", "Old"), encoding="utf-8")
    subprocess.run(["git", "add", "answers/old.md"], cwd=archive, check=True)
    subprocess.run(["git", "commit", "-qm", "an old mistake"], cwd=archive, check=True)
    done = agsite("check", "--changed-since", "HEAD", cwd=archive)
    assert "answers/broken.md:3:1" in done.stderr
    assert "old.md" not in done.stderr
    assert subprocess.run(
        ["git", "status", "--short"], cwd=archive, capture_output=True, text=True, check=True
    ).stdout == ("?? answers/broken.md\n")


def test_a_name_that_is_no_utf_8_does_not_end_the_comparison(archive):
    (archive / os.fsdecode(b"caf\xe9.txt")).write_text("Soup.", encoding="utf-8")
    done = agsite("check", "--changed-since", "HEAD", cwd=archive)
    assert "answers/broken.md:3:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_revision_that_is_none_is_a_sentence(archive):
    done = agsite("check", "--changed-since", "--upload-pack=x", cwd=archive)
    assert done.returncode == 2
    assert "git rev-parse failed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("more", [("answers",), ("--papers", "papers"), ("--changed-since", "HEAD")])
def test_what_a_check_of_a_built_site_would_pass_over_is_refused(archive, more):
    done = agsite("check", "--site", "_site", *more, cwd=archive)
    assert done.returncode == 2
    assert "--site checks a built site and nothing else" in done.stderr


@pytest.mark.parametrize("folder", ["answers", "agsite.yml", "nowhere"])
def test_what_is_no_site_does_not_pass_for_one(archive, folder):
    done = agsite("check", "--site", folder, cwd=archive)
    assert done.returncode == 2
    assert f"there is no index.html in {folder}" in done.stderr


def test_a_built_site_is_checked_from_outside(archive):
    (archive / "answers/broken.md").unlink()
    assert agsite("build", cwd=archive).returncode == 0
    page = archive / "_site/ask/many-backgrounds/index.html"
    text = (
        page.read_text(encoding="utf-8")
        .replace('href="#sources"', "")
        .replace("../../paper/AG-2024.01-1031/", "../../paper/none/", 1)
    )
    text = text.replace("default-src 'none'", "default-src *").replace(
        "</main>", '<p id="main"><img src="https://evil.example/x.png"></main>'
    )
    page.write_text(text.replace('href="#s-1"', 'href="#s-99"', 1), encoding="utf-8")
    done = agsite("check", "--site", "_site", "--format", "json", cwd=archive)
    assert done.returncode == 1
    broken = {f["code"] for f in json.loads(done.stdout)["findings"] if f["severity"] == "error"}
    assert broken == {"AG801", "AG802", "AG803", "AG804", "AG805"}


def test_in_a_site_as_agsite_makes_it_there_is_nothing_to_find(tmp_path):
    assert agsite("init", "archive", cwd=tmp_path).returncode == 0
    folder = tmp_path / "archive"
    assert agsite("build", "--answers", "answers", "--answers", ANSWERS, cwd=folder).returncode == 0
    done = agsite("check", "--site", "_site", "--format", "json", cwd=folder)
    assert json.loads(done.stdout)["findings"] == []


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("/archive/ask/x/", None),
        ("/archive/", None),
        ("ask/x/", None),
        ("/ask/x/", "the link /ask/x/ leads nowhere: the site is at /archive/"),
        ("/", "the link / leads nowhere: the site is at /archive/"),
        ("/archive/ask/y/", "the link /archive/ask/y/ leads nowhere"),
        ("../ask/x/", "the link ../ask/x/ leads nowhere"),
    ],
)
def test_a_site_in_a_sub_folder_is_not_left(link: str, message: str | None):
    files = {"index.html": f'<a href="{link}">x</a>'.encode(), "ask/x/index.html": b"<p>x</p>"}
    found = check_site(list(files), files.__getitem__, "/archive/")
    assert [finding.message for finding in found if finding.code == "AG801"] == ([message] if message else [])


def test_a_site_in_a_sub_folder_of_another_script_is_the_same_by_every_link():
    links = ("/archive/%C3%A9%20t/ask/x/", "/archive/é%20t/", "/archive/", "ask/x/")
    text = "".join(f'<a href="{link}">x</a>' for link in links)
    files = {"index.html": text.encode(), "ask/x/index.html": b"<p>x</p>"}
    found = check_site(list(files), files.__getitem__, "/archive/%C3%A9%20t/")
    assert [finding.message for finding in found if finding.code == "AG801"] == [
        "the link /archive/ leads nowhere: the site is at /archive/é t/"
    ]


BAD = sorted(path for path in (ROOT / "tests/cases/answerfile/bad").iterdir() if path.suffix in {".md", ".txt"})


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_broken_file_is_told_what_to_do_and_not_only_to_do_better(path: Path):
    for finding in answerfile.parse(path.read_bytes(), path.name).findings:
        assert finding.help != CATALOGUE["AG136"].help, finding
        assert len(finding.help.split()) >= 3, finding


@pytest.fixture
def linked(tmp_path):
    """An archive of two answers, with folders for what else is read."""
    for folder in ("answers", "site_src/pages", "papers"):
        (tmp_path / folder).mkdir(parents=True)
    source = "AG-2025.03-1 hep-ph 61 A Title"
    for name in ("pea-soup", "bean-soup"):
        text = answer_text(f"Why {name}?", "So [AG-2025.03-1].", sources=source)
        (tmp_path / f"answers/{name}.md").write_text(text, "utf-8")
    return tmp_path


def told(folder: Path, *arguments: str | Path) -> list[str]:
    """What `agsite check` finds, but for the number of follow-ups."""
    found = json.loads(agsite("check", *arguments, "--format", "json", cwd=folder).stdout)["findings"]
    return [f"{f['path']}:{f['line']}:{f['column']} {f['code']}" for f in found if f["code"] not in {"AG305", "AG306"}]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


REDIRECTS = """\
ask/old/: ask/none/
ask/pea-soup/: ask/bean-soup/
ask/a/: ask/b/
ask/b/: ask/bean-soup/
ask/c/: ask/d/
ask/d/: ask/c/
ask/e/: https://example.org/
ask/f/: category/hep-ph/
ask/g/: paper/AG-2025.03-1/
ask/h/: gone
ask/i/: category/hep-typo/
ask/j/: category/hep-ph/page/2/
ask/k/: month/2001-01/
ask/l/: category/hep-ph/feed.xml
ask/m/: model/test-model/
about/: ask/bean-soup/
category/hep-ph/: ask/bean-soup/
ask/n/: team/
"""


def test_what_a_build_finds_in_redirects_is_found_by_check(linked: Path):
    (linked / "redirects.yml").write_text(REDIRECTS, encoding="utf-8")
    (linked / "site_src/pages/team.md").write_text("# Cooks\n", encoding="utf-8")
    expected = {1: "AG605", 2: "AG604", 3: "AG602", 5: "AG603", 6: "AG603", 7: "AG606"}
    expected |= dict.fromkeys((11, 12, 13, 14), "AG605") | {16: "AG604", 17: "AG604"}
    assert told(linked) == [f"redirects.yml:{line}:0 {code}" for line, code in expected.items()]
    build = agsite("build", "--json", cwd=linked)
    found = [finding for finding in json.loads(build.stdout)["findings"] if finding["path"] == "redirects.yml"]
    assert {finding["line"]: finding["code"] for finding in found} == expected


def test_a_published_site_holds_no_answers_but_what_others_put_there(linked: Path):
    assert agsite("build", "--output", "out/site", cwd=linked).returncode == 0
    assert told(linked, ".") == []
    assert told(linked, "out/site") == ["out/site:0:0 AG504"]
    (linked / "out/site/mine.md").write_text(BROKEN, encoding="utf-8")
    (linked / "out/site/ask/mine").mkdir()
    (linked / "out/site/ask/mine/index.md").write_text(BROKEN, encoding="utf-8")
    put = {"./out/site/mine.md", "./out/site/ask/mine/index.md"}
    assert {place.split(":")[0] for place in told(linked, ".")} == put
    (linked / "out/site/build.json").unlink()
    assert {"./out/site/urls.txt:1:1 AG110", "./out/site/ask/pea-soup/index.md:1:0 AG140"} <= {*told(linked, ".")}


def test_a_file_elsewhere_is_not_asked_where_redirects_lead(linked: Path, tmp_path_factory: pytest.TempPathFactory):
    (linked / "redirects.yml").write_text("ask/old/: ask/pea-soup/\n", encoding="utf-8")
    alone = tmp_path_factory.mktemp("alone") / "soup.md"
    text = answer_text("Why?", "So [AG-2025.03-1], see [peas](../pea-soup/).", sources="AG-2025.03-1 hep-ph 61 A Title")
    alone.write_text(text, encoding="utf-8")
    assert told(linked, str(alone)) == []


def test_a_folder_elsewhere_is_not_the_archive_that_redirects_and_links_lead_to(linked: Path):
    (linked / "redirects.yml").write_text("ask/old/: ask/pea-soup/\nask/older/: ask/none/\n", encoding="utf-8")
    (linked / "new/answers").mkdir(parents=True)
    write(linked, "../new/answers/soup", "See [peas](../peas/).")
    assert told(linked, "new/answers") == []
    together = ["new/answers/soup.md:8:31 AG217", "redirects.yml:2:0 AG605"]
    assert told(linked, "answers/", "new/answers") == told(linked, linked / "answers", "new/answers") == together


def write(folder: Path, name: str, body: str, more: str = "", paper: str = "AG-2025.03-1") -> None:
    text = answer_text(f"Why {name}?", f"So [{paper}]. {body}", sources=f"{paper} hep-ph 61 A Title", more=more)
    (folder / f"answers/{name}.md").write_text(text, encoding="utf-8")


def test_drafts_may_link_to_what_other_drafts_bring(linked: Path):
    write(linked, "stew", "As [the other](../ragout/), by [them](../../paper/AG-2025.03-9/).", "status: draft")
    write(linked, "ragout", "As [the other](../stew/).", "status: draft", paper="AG-2025.03-9")
    assert told(linked) == []
    write(linked, "broth", "As [a draft](../stew/), by [them](../../paper/AG-2025.03-9/).")
    assert told(linked) == ["answers/broth.md:8:33 AG217", "answers/broth.md:8:54 AG217"]


def test_a_page_of_markdown_cites_papers_that_answers_name(linked: Path):
    page = "# Us\r\n\r\nSo [AG-2025.03-1] says, and *not*\r\n`[AG-2025.03-7]`, [AG-2025.3-1], [AG-2025.03-9].\r\n"
    (linked / "site_src/pages/us.md").write_bytes(page.encode())
    assert told(linked) == ["site_src/pages/us.md:4:35 AG217"]
    assert "AG217 “AG-2025.03-9” is no paper of the archive" in agsite("build", cwd=linked).stderr
    write(linked, "stew", "So.", paper="AG-2025.03-9")
    assert told(linked) == []
    edit(linked / "answers/stew.md", "question:", "layout: soup\nquestion:")
    assert told(linked) == ["answers/stew.md:2:1 AG134"]


def test_a_page_of_markdown_is_looked_through_as_answers_are(linked: Path):
    page = "# Us\r\n\r\nWe <b>cook</b>[^1] soup.\r\n\r\n![A pot](pot.png) at \\alpha, $\\undefinedword$\r\n\r\n"
    page += "| a |\r\n| --- |\r\n| b | c |\r\n\r\n`<b>` \\<b>\r\n"
    (linked / "site_src/pages/us.md").write_bytes(page.encode())
    codes = ["3:4 AG209", "3:11 AG209", "3:15 AG213", "5:1 AG212", "5:22 AG218", "5:30 AG210", "9:7 AG211"]
    assert told(linked) == [f"site_src/pages/us.md:{code}" for code in codes]


def test_a_page_of_markdown_that_is_named_is_checked_as_the_page_it_is(linked: Path):
    (linked / "site_src/pages/us.md").write_text("# Us\n\nWe <b>cook</b>, as in AG-2025.03-9999.\n", encoding="utf-8")
    write(linked, "stew", "As [the other](../ragout/).")
    page = ["site_src/pages/us.md:3:4 AG209", "site_src/pages/us.md:3:11 AG209", "site_src/pages/us.md:3:23 AG217"]
    for named in ("site_src/pages/us.md", "site_src", str(linked / "site_src/pages")):
        assert told(linked, named) == page
    assert told(linked, "answers/stew.md", "site_src/pages/us.md") == ["answers/stew.md:8:35 AG217", *page]
    (linked / "stock.md").write_text(answer_text("Is it stock?", "Yes."), encoding="utf-8")
    assert told(linked, "stock.md", "site_src/pages/us.md") == [*page[:2], "stock.md:2:0 AG203"]
    assert "site_src/pages/none.md:0:0 AG504" in told(linked, "site_src/pages/none.md")


@pytest.mark.parametrize("place", ["agsite.yml", "redirects.yml", "papers/2026-03.jsonl", "templates/words.yml"])
def test_what_an_archive_has_besides_answers_can_be_named_too(linked: Path, place):
    for folder in ("papers", "templates"):
        (linked / folder).mkdir(exist_ok=True)
    (linked / place).write_text("", encoding="utf-8")
    assert not [found for found in told(linked, place) if "AG1" in found]


def test_where_a_file_cannot_be_read_no_address_is_said_to_lead_nowhere(linked: Path):
    write(linked, "stew", "As [the other](../ragout/).")
    (linked / "redirects.yml").write_text("ask/old/: ask/ragout/\nask/pea-soup/: ask/ragout/\n", encoding="utf-8")
    assert told(linked) == ["answers/stew.md:8:35 AG217", "redirects.yml:1:0 AG605", "redirects.yml:2:0 AG604"]
    write(linked, "pot", "So.", "id: ragout\nlayout: soup")
    assert told(linked) == ["answers/pot.md:6:1 AG134", "redirects.yml:2:0 AG604"]


def test_what_may_not_be_published_in_a_page_of_the_site_is_found_by_check(linked: Path):
    (linked / "site_src/pages/us.md").write_text("# Us\n\nCooks \u202e of soup\n", encoding="utf-8")
    assert told(linked) == ["site_src/pages/us.md:3:7 AG104"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        *(("agsite.yml", "AG102"), ("redirects.yml", "AG102"), ("papers/2025-03.jsonl", "AG403")),
        *((path, "AG102") for path in ("templates/words.yml", "templates/404.html", "site_src/pages/us.md")),
    ],
)
def test_a_file_of_the_site_that_is_not_utf_8_is_one_finding_among_others(linked: Path, path: str, code: str):
    (linked / path).parent.mkdir(exist_ok=True)
    (linked / path).write_bytes(b"# Soup\n\n# of the d\xe9partement\n")
    edit(linked / "answers/pea-soup.md", "question:", "layout: soup\nquestion:")
    assert told(linked) == sorted(["answers/pea-soup.md:2:1 AG134", f"{path}:3:11 {code}"])
    done = agsite("build", cwd=linked)
    assert f"{path}:3:11: error {code} the byte 0xE9 is not UTF-8\n    Save the file as UTF-8" in done.stderr


def test_a_mistake_in_aliases_stands_in_their_line(linked: Path):
    for name in ("pea-soup", "bean-soup"):
        edit(linked / f"answers/{name}.md", "sources:", "aliases:\n  - pot\nsources:")
    edit(linked / "answers/bean-soup.md", "  - pot", "  - pan\n  - pot\n  - pea-soup")
    found = json.loads(agsite("check", "--format", "json", cwd=linked).stdout)["findings"]
    assert [(f["path"], f["line"], f["message"]) for f in found if f["code"] == "AG607"] == [
        ("answers/pea-soup.md", 6, "the alias “pot” belongs to answers/bean-soup.md:7 already")
    ]
    assert "answers/bean-soup.md:8:0 AG604" in told(linked)


def test_an_answer_that_is_checked_alone_is_judged_among_the_others(linked: Path):
    (linked / "agsite.yml").write_text("match: {axis: [50, 70]}\n", encoding="utf-8")
    edit(linked / "answers/pea-soup.md", "title: A Title", "title: Another Title")
    edit(linked / "answers/pea-soup.md", "similarity: 61", "similarity: 90")
    edit(linked / "answers/bean-soup.md", "date: 2026-05-03", "date: 2026-05-04\nlayout: soup")
    shutil.copy(linked / "answers/pea-soup.md", linked / "answers/lentil-soup.md")
    edit(linked / "answers/lentil-soup.md", "title: Another Title", "title: A Title")
    edit(linked / "answers/lentil-soup.md", "date: 2026-05-03", "date: 2026-05-02")
    assert told(linked, "answers/lentil-soup.md") == [":0:0 AG510", "answers/lentil-soup.md:6:0 AG401"]
    assert told(linked, str(linked / "answers/lentil-soup.md")) == told(linked, "./answers/lentil-soup.md")
    older = "answers/pea-soup.md:6:0 AG401"
    assert told(linked, "answers/bean-soup.md")[1:] == ["answers/bean-soup.md:5:1 AG134"]
    edit(linked / "answers/bean-soup.md", "\nlayout: soup", "")
    assert told(linked, "answers/bean-soup.md")[1:] == [older]
    assert told(linked, "answers/none.md")[-1:] == ["answers/none.md:0:0 AG504"]


@pytest.mark.parametrize(("other", "found"), [("id: stew", ["AG141"]), ("aliases: [pot]", ["AG607"]), ("id: pot", [])])
def test_what_an_answer_shares_with_another_is_told_whichever_of_the_two_is_checked(linked: Path, other, found):
    write(linked, "stew", "So.", "aliases: [pot]" if "pot" in other and found else "")
    write(linked, "steward", "So.", other)
    for asked in ("answers/stew.md", "answers/steward.md"):
        assert [place.split()[1] for place in told(linked, asked)] == found
    assert told(linked, "answers/pea-soup.md") == []


def test_what_a_build_kept_of_reading_answers_serves_a_check_which_writes_nothing(linked: Path):
    (linked / "site_src/pages/us.md").write_text("# Us\n\nCooks\n", encoding="utf-8")
    write(linked, "stew", "As [the other](../ragout/).")
    assert agsite("build", cwd=linked).returncode == 0
    kept = tree(linked / ".agsite")
    assert any("readings" in path for path in kept)
    assert told(linked) == told(linked, "answers/stew.md") == ["answers/stew.md:8:35 AG217"]
    edit(linked / "answers/pea-soup.md", "question:", "layout: soup\nquestion:")
    assert told(linked) == ["answers/pea-soup.md:2:1 AG134"]
    edit(linked / "answers/pea-soup.md", "layout: soup\n", "")
    assert told(linked) == ["answers/stew.md:8:35 AG217"]
    assert tree(linked / ".agsite") == kept


def test_a_slip_in_words_is_told_by_check_and_stops_a_build(archive):
    (archive / "answers/broken.md").unlink()
    (archive / "templates").mkdir()
    (archive / "templates/words.yml").write_text('preprints: "{n}, {yeers}"\n', encoding="utf-8")
    told = "templates/words.yml:1:1: error AG505 “preprints” has no value {yeers}"
    for command, code in (("check", 1), ("build", 2)):
        done = agsite(command, cwd=archive)
        assert (done.returncode, told in done.stderr) == (code, True)
