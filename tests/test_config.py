"""Settings are typed, and a mistake in them is a finding with its line."""

from __future__ import annotations

import pytest

from agsite.answerfile import yamlsubset
from agsite.config import Config, Prices, parse
from agsite.config.mistakes import example
from agsite.settings import load_config


def test_an_archive_needs_no_settings(tmp_path):
    assert load_config(str(tmp_path / "agsite.yml")) == (Config(), ())


def test_every_setting_says_what_it_is_for():
    assert [name for name, field in Config.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(
    "text", ["", "\n", "---\n", "# title: A\n", "title:\n", "colours:\n  accent:\n", "match: {axis: }\n"]
)
def test_what_is_left_empty_has_its_default(tmp_path, text):
    path = tmp_path / "agsite.yml"
    path.write_text(text, encoding="utf-8")
    assert load_config(str(path)) == (Config(), ())


def test_settings_may_have_the_line_ends_of_windows(tmp_path):
    path = tmp_path / "agsite.yml"
    path.write_bytes(b"title: A\r\nmatch:\r\n  axis: [1, 2]\r\n")
    config, findings = load_config(str(path))
    assert (config.title, config.match.axis, findings) == ("A", (1, 2), ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("title: A\nbase_ulr: https://example.org/\n", "2:1: error AG501 there is no setting “base_ulr”"),
        (
            "base_url: example.org\n",
            "1:11: error AG502 base_url must be an address such as https://example.org/, and is “example.org”",
        ),
        ("title: [a, b]\n", "1:8: error AG502 title must be a text, and is a list"),
        ("title: {a: b}\n", "1:8: error AG502 title must be a text, and is a mapping"),
        ("per_page: [5]\n", "1:11: error AG502 per_page must be a whole number, and is a list"),
        ("share_images: [a]\n", "1:15: error AG502 share_images must be true or false, and is a list"),
        ("prices: {batch: low}\n", "1:17: error AG502 prices.batch must be a number, and is “low”"),
        ("prices: {batch: inf}\n", "1:17: error AG502 prices.batch must be a number, and is “inf”"),
        ("prices: {batch: [1]}\n", "1:17: error AG502 prices.batch must be a number, and is a list"),
        ("footer: a\n", "1:9: error AG502 footer must be a list, and is “a”"),
        ("per_page: many\n", "1:11: error AG502 per_page must be a whole number, and is “many”"),
        ("per_page: -3\n", "1:11: error AG502 per_page must be at least 5, and is “-3”"),
        (f"per_page: {'9' * 5000}\n", f"1:11: error AG502 per_page must be a smaller number, and is “{'9' * 59}…”"),
        ("share_images: maybe\n", "1:15: error AG502 share_images must be true or false, and is “maybe”"),
        ("direction: left\n", "1:12: error AG502 direction must be ltr or rtl, and is “left”"),
        (
            "language: English\n",
            "1:11: error AG502 language must be the code of a language such as en or pt-BR, and is “English”",
        ),
        ("colours: red\n", "1:10: error AG502 colours must be a mapping, and is “red”"),
        (
            "colours:\n  accent: ['#000000', 'red']\n",
            "2:23: error AG502 item 2 of colours.accent must be a colour such as #0b5c4a, and is “red”",
        ),
        (
            "colours:\n  accent:\n    - '#000000'\n",
            "3:5: error AG502 colours.accent must be a list of two values, and has 1",
        ),
        ("colours:\n  acent: []\n", "2:3: error AG501 there is no setting “acent” in colours"),
        ("match: {axis: [1, 2, 3]}\n", "1:15: error AG502 match.axis must be a list of two values, and has 3"),
        (
            "match: {axis: [50, 50]}\n",
            "1:15: error AG502 match.axis: the first number must be less than the second; 50 is not less than 50",
        ),
        (
            "match: {steps: [59, 51]}\n",
            "1:16: error AG502 match.steps: the first number must be less than the second; 59 is not less than 51",
        ),
        ("title: ''\n", "1:8: error AG502 title must be a text, and is empty"),
        (
            "footer:\n  - {label: '', href: /a/}\n",
            "2:13: error AG502 label of item 1 of footer must be a text, and is empty",
        ),
        (
            "footer:\n  - The preprints: https://arxiv.org/\n",
            "2:5: error AG502 item 1 of footer must be a label and an href, and is “The preprints: https://arxiv.org/”",
        ),
        ("footer:\n  - {label: a}\n", "2:5: error AG502 item 1 of footer has no “href”"),
        ("footer:\n  - {label: a, href: }\n", "2:5: error AG502 item 1 of footer has no “href”"),
        (
            "footer: [{label: a, href: a}]\n",
            "1:27: error AG502 href of item 1 of footer must be an address such as"
            " https://example.org/, mailto:me@example.org or /about/, and is “a”",
        ),
        (
            "footer:\n  - {label: a, href: /a/, hreff: b}\n",
            "2:27: error AG501 there is no setting “hreff” in item 1 of footer",
        ),
        (
            "footer:\n  - {label: [a], href: /a/}\n",
            "2:13: error AG502 label of item 1 of footer must be a text, and is a list",
        ),
        (
            "prices:\n  models:\n    m: {input: -1, output: 2}\n",
            "3:16: error AG502 prices.models.m.input must be at least 0, and is “-1”",
        ),
        (
            "prices:\n  models:\n    m: {input: 1, output: 2, efort: low}\n",
            "3:30: error AG501 there is no setting “efort” in prices.models.m",
        ),
        ("title: A\ntitle: B\n", "2:1: error AG503 “title” stands here and in line 1"),
        ("colours:\n\taccent: x\n", "2:1: error AG503 a tab stands where YAML allows spaces only"),
        (
            'tagline: "a\\u202eb"\n',
            "1:10: error AG104 U+202E (RIGHT-TO-LEFT OVERRIDE) may not stand here",
        ),
        ("# AKIA" + "ABCD" * 4 + "\n", "1:3: error AG142 this looks like a key or a password"),
        ("- a\n", "1:1: error AG503 the file holds a list, and no settings"),
        ("title\n", "1:1: error AG503 the file holds a text, and no settings"),
    ],
)
def test_a_mistake_is_told_in_plain_words_where_it_stands(tmp_path, text, found):
    path = tmp_path / "agsite.yml"
    path.write_text(text, encoding="utf-8")
    _, (finding,) = load_config(str(path))
    assert str(finding) == f"{path}:{found}"
    assert finding.help


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("per_page: many\n", "Write it as in “per_page: 50”."),
        ("repository: github\n", "Write it as in “repository: https://github.com/name/archive”."),
        ("colours: {accent: red}\n", 'Write it as in “colours: {accent: ["#0b5c4a", "#7fd6bd"]}”.'),
        ("colours: {acent: red}\n", "Did you mean “accent”?"),
        ("footer: [{label: a, href: /a/, q: b}]\n", "Known settings in item 1 of footer: label, href."),
        (
            'footer: ["Who we are, in short": /team/]\n',
            'Write it as “{label: "Who we are, in short", href: "/team/"}”.',
        ),
        ("title:\ta\n", "Replace the tab by spaces."),
    ],
)
def test_a_mistake_says_how_it_is_mended(tmp_path, text, help):
    path = tmp_path / "agsite.yml"
    path.write_text(text, encoding="utf-8")
    _, (finding,) = load_config(str(path))
    assert finding.help == help


@pytest.mark.parametrize("name", Config.model_fields)
def test_the_example_of_a_setting_can_be_written_so(name):
    root, _ = yamlsubset.read(f"{name}: {example(name)}\n")
    assert root is not None
    assert example(name)
    assert parse(root.plain())[1] == ()


def test_a_wrong_setting_keeps_its_default_and_the_others_count():
    config, mistakes = parse({"title": "Mine", "per_page": "0"})
    assert (config.title, config.per_page) == ("Mine", Config().per_page)
    assert [mistake.code for mistake in mistakes] == ["AG502"]


@pytest.mark.parametrize("address", ["https://example.org//", "https://example.org//a/", "https://example.org/a//b"])
def test_an_address_with_two_slashes_in_a_row_is_refused(address: str):
    """The page for what is not there would load its style from `//assets/style.css`, which is another host."""
    _, (mistake,) = parse({"base_url": address})
    assert mistake.message == f"base_url must be an address such as https://example.org/, and is “{address}”"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://me:s3cret@example.org/", "a name or a password before an @ would stand on every page"),
        ("https://me@example.org/?s3cret", "a name or a password before an @ would stand on every page"),
        ("https://example.org/archive/../..", "browsers leave “.” and “..” out of a path"),
        ("https://example.org/%2e%2E/", "browsers leave “.” and “..” out of a path"),
    ],
)
def test_an_address_that_nobody_may_see_or_that_is_another_is_refused_and_not_repeated(address: str, why: str):
    for setting in ("base_url", "repository"):
        config, (mistake,) = parse({setting: address})
        assert (mistake.code, mistake.message, config) == ("AG502", f"{setting}: {why}", Config())


@pytest.mark.parametrize(
    ("base_url", "path"),
    [
        ("https://example.org", "/"),
        ("https://example.org/", "/"),
        ("https://example.org/a/b", "/a/b/"),
        ("http://x.y/a/", "/a/"),
    ],
)
def test_the_sub_path_of_a_site_has_a_slash_at_both_ends(base_url, path):
    assert Config(base_url=base_url).base_path == path


def test_an_address_of_a_site_has_no_query():
    _, (mistake,) = parse({"base_url": "https://example.org/x?y=1#z"})
    assert (
        mistake.message
        == "base_url must be an address such as https://example.org/, and is “https://example.org/x?y=1#z”"
    )


@pytest.mark.parametrize("end", ["", "/", ".git", ".git/"])
def test_a_repository_may_be_named_as_git_clones_it(end):
    assert Config(repository=f"https://example.org/me/soup{end}").repository == "https://example.org/me/soup"


@pytest.mark.parametrize(
    ("model", "same_as"),
    [
        ("claude-opus-4-8", "claude-opus-4-8"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-opus-4-8-fast", None),
        ("claude-opus-4-8-2025", None),
        ("claude-opus-4-8-20251001-fast", None),
        ("claude-opus-4", None),
    ],
)
def test_a_model_has_the_price_of_its_name_without_a_date_and_no_others(model, same_as):
    prices = Prices()
    assert prices.of(model) == (prices.models[same_as] if same_as else None)


def test_a_price_of_a_dated_name_is_that_of_no_other_date():
    config, _ = parse({"prices": {"models": {"m-20260101": {"input": "1", "output": "2"}}}})
    dates = [config.prices.of(f"m-{date}") is not None for date in ("20260101", "20260102")]
    assert dates == [True, False]
