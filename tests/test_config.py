"""Settings are typed, and a mistake in them is a finding with its line."""

from __future__ import annotations

import pytest

from agsite.config import Config, parse
from agsite.settings import load_config


def test_an_archive_needs_no_settings(tmp_path):
    assert load_config(str(tmp_path / "agsite.yml")) == (Config(), ())


def test_every_setting_says_what_it_is_for():
    assert [name for name, field in Config.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(
    ("text", "code", "line", "message"),
    [
        ("title: A\nbase_ulr: https://example.org/\n", "AG501", 2, "there is no setting “base_ulr”"),
        ("base_url: example.org\n", "AG502", 1, "base_url: "),
        ("title: A\ntitle: B\n", "AG503", 2, "“title” stands here and in line 1"),
        ("- a\n", "AG503", 1, "the file holds no settings"),
        ("title: [\n", "AG503", 2, "not readable as YAML"),
        ("per_page: many\n", "AG502", 1, "per_page: "),
        ("colours:\n  accent: ['#000000', 'red']\n", "AG502", 1, "colours.accent.1: "),
    ],
)
def test_a_mistake_is_found_where_it_stands(tmp_path, text, code, line, message):
    path = tmp_path / "agsite.yml"
    path.write_text(text, encoding="utf-8")
    _, (finding,) = load_config(str(path))
    assert (finding.code, finding.line, finding.path) == (code, line, str(path))
    assert finding.message.startswith(message)
    assert finding.help


def test_a_wrong_setting_keeps_its_default_and_the_others_count():
    config, findings = parse({"title": "Mine", "per_page": "0"}, {"title": 1, "per_page": 2})
    assert (config.title, config.per_page) == ("Mine", Config().per_page)
    assert [finding.code for finding in findings] == ["AG502"]


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
