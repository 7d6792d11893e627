"""A published address stays, leads on, or is declared gone."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from agsite import addresses, answerfile, urls
from agsite.addresses import Redirect
from agsite.config import Config
from agsite.errors import ConfigError
from agsite.findings import Finding, fails
from agsite.report import Report
from tests.archives import answer_text
from tests.building import built, tree, write_answers
from tests.counting import grows_with_its_input

PAGES = {"", "ask/pea/", "ask/bean/", "paper/", "paper/AG-2025.03-1/", "open/", "month/", "category/", "map/", "model/"}


def rules(text: str) -> dict[str, Redirect]:
    found, problems = addresses.read_redirects(text, "redirects.yml")
    assert problems == []
    return found


def settled(text: str = "", published: tuple[str, ...] = ()) -> tuple[dict[str, str], list[str]]:
    """Where addresses lead, and the codes of what is wrong."""
    found = addresses.settle(published, PAGES, rules(text))
    return dict(found.moves), [finding.code for finding in found.findings]


def test_an_address_that_vanished_is_an_error():
    assert settled(published=("ask/pea/", "ask/leek/")) == ({}, ["AG601"])


@pytest.mark.parametrize("url", ["search/", "opensearch.xml"])
def test_where_the_search_was_left_out_the_option_is_named(url: str):
    (finding,) = addresses.settle((url,), PAGES, {}).findings
    assert finding.help.startswith("Build without --no-search")
    assert addresses.settle((url,), PAGES, rules(f"{url}: gone")).findings == ()


def test_of_files_that_gave_no_answer_the_one_of_the_same_name_is_to_be_mended():
    unread = [Finding.of("AG136", "no", path=f"answers/{name}.md", line=1) for name in ("stew", "leek", "soup")]
    found = addresses.settle(("ask/leek/", "ask/turnip/"), PAGES, {}, unread=addresses.by_name(unread))
    assert [finding.help.partition(":")[0] for finding in found.findings] == [
        "Correct answers/leek.md first",
        "Correct answers/stew.md first",
    ]


def test_files_that_gave_no_answer_are_looked_through_once():
    def look(size: int) -> object:
        unread = [Finding.of("AG136", "no", path=f"answers/{n}.md", line=1) for n in range(size)]
        published = [f"ask/{n}/" for n in range(size)]
        return addresses.settle(published, (), {}, unread=addresses.by_name(unread))

    assert grows_with_its_input(look)


@pytest.mark.parametrize("rule", ["ask/leek/: ask/pea/", "/ask/leek/: /ask/pea/"])
def test_a_rule_says_where_it_went(rule: str):
    assert settled(rule, ("ask/leek/",)) == ({"ask/leek/": "ask/pea/"}, [])


def test_a_rule_says_that_it_is_gone():
    assert settled("ask/leek/: gone", ("ask/leek/",)) == ({}, [])


@pytest.mark.parametrize(
    ("url", "onward"),
    [
        ("open/page/7/", "open/"),
        ("paper/AG-2025.03-1/page/2/", "paper/AG-2025.03-1/"),
        ("paper/AG-2025.03-001/", "paper/AG-2025.03-1/"),
        ("paper/AG-2025.03-001/page/2/", "paper/AG-2025.03-1/"),
        ("paper/AG-2025.03-99/", "paper/"),
        ("paper/AG-2025.03-99/page/2/", "paper/"),
        ("category/hep-ph/page/3/", "category/"),
        ("month/2025-01/", "month/"),
    ],
)
def test_lists_and_papers_that_come_and_go_lead_on_by_themselves(url: str, onward: str):
    assert settled(published=(url,)) == ({url: onward}, [])


@pytest.mark.parametrize("text", ["ask/Pea/: ask/pea/", "ask/leek/: ask/pea/\nask/LEEK/: ask/pea/"])
def test_an_address_that_differs_from_another_by_case_alone_cannot_lead_on(text: str):
    found = addresses.settle((), PAGES, rules(text))
    assert [(finding.code, finding.line) for finding in found.findings] == [("AG606", 1 + text.count("\n"))]


@pytest.mark.parametrize(
    ("text", "moves", "codes"),
    [
        ("ask/a/: ask/b/\nask/b/: ask/pea/", {"ask/a/": "ask/pea/", "ask/b/": "ask/pea/"}, ["AG602"]),
        ("ask/a/: ask/b/\nask/b/: gone", {}, ["AG602"]),
        ("ask/a/: ask/b/\nask/b/: ask/a/", {}, ["AG603", "AG603"]),
        ("ask/a/: ask/a/", {}, ["AG603"]),
        ("ask/pea/: ask/bean/", {}, ["AG604"]),
        ("ask/a/: ask/b/", {}, ["AG605"]),
    ],
)
def test_chains_circles_shadows_and_dead_ends_are_found(text: str, moves: dict[str, str], codes: list[str]):
    assert settled(text) == (moves, codes)


def test_what_is_wrong_with_a_rule_is_told_in_its_line():
    text = """
        ask/b/: ask/pea/
        ask/a/: ask/b/
        ask/c/: ask/c/
        ask/pea/: ask/bean/
        ask/d/: ask/none/
        ask/e/: ask/f/
        ask/f/: gone
        ask/Pea/: ask/bean/
        a?b: gone"""
    rules, problems = addresses.read_redirects(text.replace("        ", ""), "redirects.yml")
    found = addresses.settle((), PAGES, rules)
    assert found.moves == (("ask/a/", "ask/pea/"), ("ask/b/", "ask/pea/"))
    assert sorted(map(str, (*problems, *found.findings)), key=lambda told: int(told.split(":")[1])) == [
        "redirects.yml:3: warning AG602 /ask/a/ leads to /ask/b/, which leads on to /ask/pea/",
        "redirects.yml:4: error AG603 /ask/c/ → /ask/c/ is a circle",
        "redirects.yml:5: warning AG604 /ask/pea/ is a page, so nobody is ever led on from it",
        "redirects.yml:6: error AG605 /ask/d/ leads to /ask/none/, where there is no page",
        "redirects.yml:7: warning AG602 /ask/e/ leads to /ask/f/, which leads on to nowhere: it is gone",
        "redirects.yml:9: error AG606 /ask/Pea/ differs from /ask/pea/ by case alone,"
        " and would be the same file on some disks",
        "redirects.yml:10: error AG606 “a?b” needs an address of this site such as ask/why/, or gone",
    ]


def test_a_list_that_is_spelt_in_another_case_now_stays_where_it_is():
    found = addresses.settle(("model/GPT-x/", "model/other/"), {"model/", "model/gpt-X/"}, {})
    assert (found.moves, found.findings) == ((("model/other/", "model/"),), ())


def test_a_page_of_the_site_that_vanished_is_not_looked_for_among_answers():
    unread = addresses.by_name([Finding.of("AG136", "no", path="answers/stew.md", line=1)])
    (finding,) = addresses.settle(("team/",), PAGES, {}, unread=unread).findings
    assert str(finding) == "urls.txt: error AG601 /team/ was published and has no page any more"
    assert "“team/: new/”" in finding.help
    assert "aliases" not in finding.help


@pytest.mark.parametrize("rule", ["/ask/a: /ask/b", "ask/a/index.html: ask/b/index.html", "ask/a/: /ask/b/"])
def test_an_address_may_be_written_as_people_do(rule: str):
    rules, problems = addresses.read_redirects(rule, "redirects.yml")
    assert (list(rules), rules["ask/a/"].target, problems) == (["ask/a/"], "ask/b/", [])


def test_an_address_that_is_written_twice_is_an_error_that_names_both_lines():
    found, problems = addresses.read_redirects("ask/a/: ask/pea/\n\n/ask/a: gone\n", "redirects.yml")
    assert found["ask/a/"].target == "ask/pea/"
    assert [str(problem) for problem in problems] == [
        "redirects.yml:3: error AG606 “/ask/a” is the address in line 1 already"
    ]


@pytest.mark.parametrize("written", ["Über uns/", "/Über uns/index.html", "/%C3%9Cber%20uns/"])
def test_a_page_called_after_a_file_in_any_script_leads_on_too(written: str):
    found = addresses.settle(("Über uns/",), {"équipe/"}, rules(f"{written}: équipe/"))
    assert (found.moves, found.findings) == ((("Über uns/", "équipe/"),), ())
    lines = addresses.write_redirects(found, {"Über uns/"}, "/archive/")
    assert lines == "/archive/%C3%9Cber%20uns/ /archive/%C3%A9quipe/ 301\n"


@pytest.mark.parametrize("written", ["%2e%2e/a/", "a%0a/b/", "%2F/b/", "a?b/", "a#b/"])
def test_what_is_encoded_is_looked_at_as_it_will_be_read(written: str):
    found, problems = addresses.read_redirects(f"'{written}': gone\n", "redirects.yml")
    assert (found, [problem.code for problem in problems]) == ({}, ["AG606"])


def test_files_beside_a_page_move_with_it_where_both_pages_have_them():
    text = "ask/a/: ask/pea/\nask/b/: ask/\nask/c/: open/\nask/d/old.html: ask/pea/\n"
    text += "paper/AG-2025.03-9/: paper/AG-2025.03-1/"
    found = addresses.settle(("month/2025-01/",), {*PAGES, "ask/"}, rules(text))
    assert addresses.write_redirects(found, rules(text), "/").splitlines() == [
        "/ask/a/ /ask/pea/ 301",
        "/ask/a/index.md /ask/pea/index.md 301",
        "/ask/a/index.json /ask/pea/index.json 301",
        "/ask/b/ /ask/ 301",
        "/ask/c/ /open/ 301",
        "/ask/d/old.html /ask/pea/ 301",
        "/month/2025-01/ /month/ 302",
        "/paper/AG-2025.03-9/ /paper/AG-2025.03-1/ 301",
        "/paper/AG-2025.03-9/index.json /paper/AG-2025.03-1/index.json 301",
    ]


def test_gone_may_be_written_large():
    assert addresses.read_redirects("ask/a/: Gone", "redirects.yml")[0]["ask/a/"].target is None


@pytest.mark.parametrize(
    "text", ["ask/a/: https://example.org/", "ask/../a/: gone", "a: [b]", "- a", "a: //b/", "' a': gone", "a: [b"]
)
def test_redirects_that_lead_out_of_the_site_or_make_no_sense_are_errors(text: str):
    found, problems = addresses.read_redirects(text, "redirects.yml")
    assert (found, [problem.code for problem in problems]) == ({}, ["AG606"])


def test_the_list_of_addresses_comes_back_as_it_was_written():
    assert addresses.read_urls(addresses.write_urls(PAGES)) == sorted(PAGES)
    assert addresses.read_urls(" /ask/a/ \r\n# Ours\n\n/ask/b") == ["ask/a/", "ask/b/"]
    assert addresses.read_urls(None) == []


def test_twins_and_assets_are_not_promised():
    assert not any(
        map(addresses.is_promised, ("ask/a/index.md", "assets/style.css", "404.html", "urls.txt", "search/x.bin"))
    )
    assert all(map(addresses.is_promised, ("", "ask/a/", "feed.xml", "data/answers.jsonl", "search/")))


def codes(report) -> list[str]:
    return [finding.code for finding in report.findings if finding.code.startswith("AG6")]


def test_a_build_that_would_break_an_address_publishes_nothing(tmp_path: Path):
    answers = write_answers(tmp_path)
    built(tmp_path)
    before = (tmp_path / "_site/ask/spoon-2/index.html").read_bytes()
    (answers / "spoon-2.md").rename(answers / "ladle.md")
    report = built(tmp_path)
    assert not report.published
    assert codes(report) == ["AG601"]
    assert fails(report.findings)
    assert (tmp_path / "_site/ask/spoon-2/index.html").read_bytes() == before
    assert not (tmp_path / "_site/ask/ladle").exists()
    (finding,) = [finding for finding in report.findings if finding.code == "AG601"]
    assert finding.path == f"{tmp_path}/_site/urls.txt"
    assert "“ask/spoon-2/: ask/new/”" in finding.help
    assert "“ask/spoon-2/: gone”" in finding.help
    assert "write “aliases: [spoon-2]” there instead" in finding.help


@pytest.mark.parametrize("text", [b"ask/spoon-2/: ask/ladle/ # \xff\n", b"ask/spoon-2/: ask/ladle/\n: [\n"])
def test_while_redirects_cannot_be_read_no_address_is_called_lost(tmp_path: Path, text: bytes):
    answers = write_answers(tmp_path)
    built(tmp_path)
    (answers / "spoon-2.md").rename(answers / "ladle.md")
    (tmp_path / "redirects.yml").write_bytes(text)
    report = built(tmp_path)
    assert not report.published
    assert {finding.path for finding in report.findings if finding.severity == "error"} == {f"{tmp_path}/redirects.yml"}


@pytest.mark.parametrize("how", ["redirects.yml", "aliases"])
def test_an_address_that_moved_leads_on(tmp_path: Path, how: str):
    answers = write_answers(tmp_path)
    built(tmp_path)
    (answers / "spoon-2.md").rename(answers / "ladle.md")
    if how == "aliases":
        text = (answers / "ladle.md").read_text("utf-8")
        (answers / "ladle.md").write_text(text.replace("\nmodel:", "\naliases: [spoon-2]\nmodel:"), "utf-8")
    else:
        (tmp_path / "redirects.yml").write_text("ask/spoon-2/: ask/ladle/\n")
    report = built(tmp_path, Config(base_url="https://example.org/soup/", share_images=False))
    assert report.published, report.findings
    stub = (tmp_path / "_site/ask/spoon-2/index.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../../ask/ladle/">' in stub
    assert "This page has moved" in stub
    assert '<a href="../../ask/ladle/">/soup/ask/ladle/</a>' in stub
    assert '<link rel="canonical" href="https://example.org/soup/ask/ladle/">' in stub
    assert '<meta name="robots" content="noindex' in stub
    redirects = (tmp_path / "_site/_redirects").read_text("utf-8").splitlines()
    for name in ("", "index.md", "index.json"):
        assert f"/soup/ask/spoon-2/{name} /soup/ask/ladle/{name} 301" in redirects
    assert "/ask/spoon-2/" in (tmp_path / "_site/urls.txt").read_text("utf-8").splitlines()


def test_the_list_of_the_published_site_can_be_given(tmp_path: Path):
    write_answers(tmp_path)
    (tmp_path / "urls.txt").write_text("/ask/leek/\n/ask/spoon-1/\n")
    report = built(tmp_path, previous=str(tmp_path / "urls.txt"))
    assert codes(report) == ["AG601"]
    assert not (tmp_path / "_site").exists()


def test_the_list_of_the_published_site_may_come_through_a_link_or_a_pipe(tmp_path: Path):
    write_answers(tmp_path)
    (tmp_path / "urls.txt").write_text("/ask/leek/\n")
    (tmp_path / "link").symlink_to("urls.txt")
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["sh", "-c", "cat urls.txt > pipe"], cwd=tmp_path) as writer:
        for name in ("link", "pipe"):
            assert codes(built(tmp_path, previous=str(tmp_path / name))) == ["AG601"]
        assert writer.wait(20) == 0
    with pytest.raises(ConfigError, match="there is no file nowhere"):
        built(tmp_path, previous="nowhere")


def misspell(path: Path) -> None:
    """Write the date as people do."""
    path.write_text(re.sub("(?m)^date: .*$", "date: 3 May 2026", path.read_text("utf-8")), "utf-8")


def told(report: Report) -> list[str]:
    """The codes of what is said of files that cannot be read and of addresses, in order."""
    return [finding.code for finding in report.findings if finding.code.startswith(("AG1", "AG6"))]


def test_a_published_page_stands_while_its_file_cannot_be_read(tmp_path: Path):
    answers = write_answers(tmp_path)
    search = {"search": True, "search_index": str(tmp_path / "index")}
    built(tmp_path, **search)
    before = tree(tmp_path / "_site")
    whole = (answers / "spoon-2.md").read_text("utf-8")
    misspell(answers / "spoon-2.md")
    page = {path for path in before if path.startswith("ask/spoon-2/")}
    for full in (False, False, True):
        report = built(tmp_path, full=full, **search)
        assert (report.published, fails(report.findings)) == (True, True)
        assert told(report) == ["AG136", "AG608"]
        after = tree(tmp_path / "_site")
        assert {path: after[path] for path in page} == {path: before[path] for path in page}
        assert "/ask/spoon-2/" in (tmp_path / "_site/urls.txt").read_text("utf-8").splitlines()
    (answers / "spoon-2.md").rename(tmp_path / "spoon-2.md")
    (tmp_path / "redirects.yml").write_text("ask/spoon-2/: gone\n")
    assert built(tmp_path, output=str(tmp_path / "without"), **search).published
    others = {path: after[path] for path in after.keys() - page - {"urls.txt", "build.json"}}
    without = tree(tmp_path / "without")
    # What only that answer had leads on to its list, as it does wherever an answer goes.
    assert {path: digest for path, digest in others.items() if path in without} == {
        path: without[path] for path in without.keys() - {"urls.txt", "build.json"}
    }
    (tmp_path / "redirects.yml").unlink()
    (answers / "spoon-2.md").write_text(whole, "utf-8")
    assert not fails(built(tmp_path, **search).findings)
    assert tree(tmp_path / "_site") == before


def test_what_leads_to_an_answer_stands_too_while_its_file_cannot_be_read(tmp_path: Path):
    answers = write_answers(tmp_path)
    built(tmp_path)
    text = (answers / "spoon-2.md").read_text("utf-8")
    (answers / "spoon-2.md").unlink()
    (answers / "ladle.md").write_text(text.replace("\nmodel:", "\naliases: [spoon-2]\nmodel:"), "utf-8")
    built(tmp_path)
    misspell(answers / "ladle.md")
    report = built(tmp_path)
    assert report.published
    assert codes(report) == ["AG608", "AG608"]
    assert "../../ask/ladle/" in (tmp_path / "_site/ask/spoon-2/index.html").read_text("utf-8")


def test_papers_of_a_page_that_stands_stand_too_and_come_back_as_they_were(tmp_path: Path):
    answers = write_answers(tmp_path)
    text = answer_text(
        "Why ladles?", "It is so [AG-2024.02-9].", sources="AG-2024.02-9 gr-qc 48 Ladles", date="2024-02-01"
    )
    (answers / "ladle.md").write_text(text, "utf-8")
    built(tmp_path)
    before = tree(tmp_path / "_site")
    misspell(answers / "ladle.md")
    assert told(built(tmp_path)) == ["AG136", "AG608"]
    after = tree(tmp_path / "_site")
    paper = {path for path in before if path.startswith("paper/AG-2024.02-9/")}
    assert len(paper) > 1
    assert {path: after.get(path) for path in paper} == {path: before[path] for path in paper}
    for feed in ("category/gr-qc/feed.xml", "category/gr-qc/feed.json"):
        assert after.get(feed) == before[feed]
    # A list leads on for as long as there is none; browsers would remember a 301.
    assert "/category/gr-qc/ /category/ 302" in (tmp_path / "_site/_redirects").read_text("utf-8")
    (answers / "ladle.md").write_text(text, "utf-8")
    built(tmp_path)
    assert tree(tmp_path / "_site") == before


def test_a_page_that_may_be_of_another_file_is_said_to_be_so(tmp_path: Path):
    answers = write_answers(tmp_path)
    built(tmp_path)
    misspell(answers / "spoon-2.md")
    (answers / "spoon-1.md").rename(answers / "fork.md")
    of_another, of_itself = (f for f in built(tmp_path).findings if f.code == "AG608")
    assert of_another.message.startswith("/ask/spoon-1/ stays")
    assert of_another.help.endswith(
        "If the page is of another file, which was renamed or deleted, say so in redirects.yml: “ask/spoon-1/: …”."
    )
    assert "redirects.yml" not in of_itself.help


@pytest.mark.parametrize("why", ["an empty folder", "touched"])
def test_where_there_is_no_page_to_keep_the_file_to_mend_is_named(tmp_path: Path, why: str):
    answers = write_answers(tmp_path)
    built(tmp_path)
    misspell(answers / "spoon-2.md")
    if why == "touched":
        (tmp_path / "_site/ask/spoon-2/index.html").write_text("by hand")
        report = built(tmp_path)
    else:
        report = built(tmp_path, output=str(tmp_path / "clean"), previous=str(tmp_path / "_site/urls.txt"))
    assert not report.published
    assert told(report) == ["AG136", "AG601"]
    (help_,) = [finding.help for finding in report.findings if finding.code == "AG601"]
    assert help_.startswith(f"Correct {answers}/spoon-2.md first")
    assert "gone" not in help_


def test_an_answer_that_is_declared_gone_goes_though_another_cannot_be_read(tmp_path: Path):
    answers = write_answers(tmp_path)
    built(tmp_path)
    misspell(answers / "spoon-2.md")
    (answers / "spoon-3.md").unlink()
    (tmp_path / "redirects.yml").write_text("ask/spoon-3/: gone\n")
    assert built(tmp_path).published
    assert (tmp_path / "_site/ask/spoon-2/index.html").exists()
    assert not (tmp_path / "_site/ask/spoon-3").exists()


def test_a_name_has_a_digest_only_where_it_needs_one_and_one_that_no_other_can_be_found_for():
    assert urls.model("gpt-4-abcdef") == "model/gpt-4-abcdef/"
    assert re.fullmatch("model/GPT-4-[0-9a-f]{16}/", urls.model("GPT 4"))
    assert re.fullmatch("model/GPT-4-[0-9a-f]{16}-[0-9a-f]{16}/", urls.model(urls.model("GPT 4").split("/")[1]))


def test_no_name_is_too_long_for_a_disk_or_takes_the_place_of_another(tmp_path: Path):
    names = ["GPT 4/..", "m" * 255, "m" * 256, "m" * 300, "\u00e9" * 20_000, "Index.html"]
    taken = urls.model(names[0]).split("/")[1]
    places = [urls.model(name) for name in (*names, taken)]
    places += [urls.category("cs.lg"), urls.category("cs.lg").removeprefix("category/").rstrip("/")]
    assert len({place.lower() for place in places}) == len(places)
    assert max(len(part.encode()) for place in places for part in place.split("/")) == 255
    (tmp_path / "answers").mkdir()
    for number, name in enumerate((*names, taken)):
        text = answer_text(f"Why, for the {number}th time?", "It is.").replace("test-model", answerfile.scalar(name))
        (tmp_path / f"answers/a{number}.md").write_text(text, "utf-8")
    assert not fails(built(tmp_path).findings)
    assert len(list((tmp_path / "_site/model").iterdir())) == len({*names, taken}) + 1


def test_a_model_may_be_spelt_in_another_case(tmp_path: Path):
    answers = write_answers(tmp_path)
    built(tmp_path)
    for path in answers.iterdir():
        path.write_text(path.read_text("utf-8").replace("test-model", "Test-Model"), "utf-8")
    for _ in range(2):
        assert not fails(built(tmp_path).findings)
        assert {path.name for path in (tmp_path / "_site/model").iterdir()} == {"index.html", "Test-Model"}


@pytest.mark.parametrize("text", ["<html>soft 404</html>", "/ask/spoon-1/\n\nask/spoon-2/\n"])
def test_what_is_no_list_of_addresses_is_refused(tmp_path: Path, text: str):
    write_answers(tmp_path)
    (tmp_path / "previous.txt").write_text(text)
    line = text.count("\n") or 1
    with pytest.raises(ConfigError, match=f"previous.txt:{line} is not an address of the published site"):
        built(tmp_path, previous=str(tmp_path / "previous.txt"))
    assert not (tmp_path / "_site").exists()
    (tmp_path / "previous.txt").write_text("\n")
    assert built(tmp_path, previous=str(tmp_path / "previous.txt")).published


def test_an_alias_that_two_answers_claim_is_an_error():
    found, problems = addresses.of_aliases([("x", "a", "a.md", 5), ("x", "b", "b.md", 7)])
    assert found["ask/x/"].target == "ask/a/"
    assert [problem.code for problem in problems] == ["AG607"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ask/x/: gone", "says that /ask/x/ is gone"),
        ("ask/x/: ask/pea/", "says that /ask/x/ leads to /ask/pea/"),
        ("ask/x/: ask/bean/", ""),
        ("ask/x/: ask/y/", ""),
        ("ask/z/: gone", ""),
    ],
)
def test_an_alias_of_which_a_redirect_says_something_else_is_told_of(text: str, told: str):
    aliases, _ = addresses.of_aliases([("x", "bean", "bean.md", 5), ("y", "bean", "bean.md", 6)])
    found = list(addresses.overruled(aliases, rules(text)))
    expected = [("AG604", "bean.md", 5, f"this alias is never used: redirects.yml:1 {told}")] if told else []
    assert [(f.code, f.path, f.line, f.message) for f in found] == expected


def test_a_build_tells_of_an_alias_that_a_redirect_overrules(tmp_path: Path):
    answers = write_answers(tmp_path, 1)
    (answers / "bean.md").write_text(answer_text("Why beans?", "So.", more="aliases: [old]"), "utf-8")
    (tmp_path / "redirects.yml").write_text("ask/old/: ask/spoon-0/\n", "utf-8")
    report = built(tmp_path)
    assert [finding.path for finding in report.findings if finding.code == "AG604"] == [str(answers / "bean.md")]
    assert "/ask/old/ /ask/spoon-0/ 301" in (tmp_path / "_site/_redirects").read_text("utf-8")


@pytest.mark.parametrize("path", ["süp/", "s%C3%BCp/"])
def test_hosts_are_told_of_moves_below_a_path_in_any_script(tmp_path: Path, path: str):
    write_answers(tmp_path, 1)
    (tmp_path / "redirects.yml").write_text("ask/old/: ask/spoon-0/\n", "utf-8")
    built(tmp_path, Config(base_url=f"https://example.org/{path}", share_images=False))
    assert "/s%C3%BCp/ask/old/ /s%C3%BCp/ask/spoon-0/ 301\n" in (tmp_path / "_site/_redirects").read_text("utf-8")


def test_a_draft_that_was_looked_at_may_go_but_not_an_answer_that_became_one(tmp_path: Path):
    write_answers(tmp_path, 1)
    draft = tmp_path / "answers/draft.md"
    draft.write_text(answer_text("Why drafts?", "So.", more="status: draft"), "utf-8")
    assert built(tmp_path, drafts=True).published
    assert (tmp_path / "_site/ask/draft/index.html").exists()
    assert built(tmp_path).published
    assert not (tmp_path / "_site/ask/draft").exists()
    draft.write_text(draft.read_text("utf-8").replace("status: draft\n", ""), "utf-8")
    assert built(tmp_path).published
    draft.write_text(answer_text("Why drafts?", "So.", more="status: draft"), "utf-8")
    assert built(tmp_path, drafts=True).published
    report = built(tmp_path)
    assert not report.published
    assert "/ask/draft/ was published and has no page any more" in [f.message for f in report.findings]
