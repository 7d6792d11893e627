"""The words of the interface: one catalogue holds them all, nothing else speaks, and a site may say it differently."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agsite.errors import ConfigError, TemplateError
from agsite.theme import check_look, load_phrases
from agsite.words import Words

ROOT = Path(__file__).parents[1]
OURS = load_phrases((str(ROOT / "templates"),))

# Keys that templates put together: `t(page.kind ~ "_index")`.
TOGETHER = re.compile(
    r"nav_(answers|papers|open|map)|key_[1-7]|(category|month|model|answers)_index(_text)?"
    r"|draft|withdrawn|answers|papers|category|bibtex|ris|csl|summary|abstract|months|months_short|llms_lists"
)

# What is not text of a page: the name of its section, tags of Jinja2 and HTML, comments, data, names of keys.
JINJA = r"\{% block section %\}.*?\{% endblock %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}"
HTML = r"<script.*?</script>|<kbd[^>]*>.*?</kbd>|<[^>]*>"
DATA = r'\{"prefetch":[^\n]*'

SPEAKERS = [*ROOT.glob("templates/*.html"), *ROOT.glob("agsite/**/*.py"), *ROOT.glob("site_src/*.js")]
SPOKEN = "\n".join(path.read_text(encoding="utf-8") for path in SPEAKERS)


def test_every_phrase_that_a_template_asks_for_is_there():
    templates = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("templates/*.html"))
    asked = set(re.findall(r"""\bt\("([a-z_0-9]+)"[,)]""", templates))
    assert len(asked) > 100
    assert asked - OURS.keys() == set()


def test_every_phrase_of_the_catalogue_is_asked_for():
    unused = {key for key in OURS if not TOGETHER.fullmatch(key) and f'"{key}"' not in SPOKEN}
    assert unused == set()


def test_templates_hold_no_words_of_their_own():
    """Between tags and expressions stand signs, not words."""
    for path in ROOT.glob("templates/*.html"):
        text = path.read_text(encoding="utf-8")
        for known in (JINJA, HTML, DATA):
            text = re.sub(known, " ", text, flags=re.DOTALL)
        assert re.findall(r"[A-Za-z]{2,}", text) == [], path.name


def test_scripts_show_no_words_of_their_own():
    for path in (ROOT / "site_src" / "site.js", ROOT / "site_src" / "theme.js"):
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        shown = [
            text for text in re.findall(r'"([^"]*)"', code) if re.search(r"[A-Z][a-z]+ |[a-z]+ [a-z]+ [a-z]+", text)
        ]
        assert shown == []


def test_attributes_that_are_read_out_come_from_the_catalogue():
    for path in ROOT.glob("templates/*.html"):
        for value in re.findall(r'(?:aria-label|placeholder|title|alt)="([^"{]*)', path.read_text(encoding="utf-8")):
            assert value == "", f"{path.name}: {value}"


def test_a_phrase_agrees_with_its_number():
    words = Words(OURS)
    assert words("answers_n", n=1) == "1 answer"
    assert words("answers_n", n=0) == "0 answers"
    assert words("answers_n", n=12_345) == "12,345 answers"


def test_thousands_are_parted_as_the_catalogue_says():
    words = Words(OURS | {"thousands": "."})
    assert words("answers_n", n=12_345) == "12.345 answers"
    assert words.number(1_234_567) == "1.234.567"


def test_values_are_escaped_and_the_phrase_is_not():
    words = Words(OURS | {"loud": "<b>{text}</b>"})
    assert words("loud", text="<i>") == "<b>&lt;i&gt;</b>"


def test_a_brace_that_is_doubled_is_shown_as_one_wherever_the_phrase_is_filled_in():
    words = Words(OURS | {"braced": "{{all}} of {site}"})
    assert words("braced", site="soup") == words.pattern("braced").format(site="soup") == "{all} of soup"


def test_a_phrase_that_is_missing_says_so():
    with pytest.raises(TemplateError, match="the catalogue has no phrase “no_such_thing”"):
        Words(OURS)("no_such_thing")


def test_a_sites_own_phrases_stand_in_for_ours_one_by_one(tmp_path: Path):
    (tmp_path / "words.yml").write_text("sources: Quellen\n", encoding="utf-8")
    phrases = load_phrases((str(tmp_path), str(ROOT / "templates")))
    assert phrases["sources"] == "Quellen"
    assert phrases["nearby"] == OURS["nearby"]


@pytest.mark.parametrize(
    ("text", "place", "message", "help"),
    [
        ('nav_map: {one: "x"}', "1:1: error AG505", "“nav_map” has no form “other”", "Write both: nav_map:"),
        ("nav_map: {one: a, other: b, few: c}", "1:29: error AG505", "“nav_map” has a form “few”", "The forms are"),
        ('by_hand: x\npreprints: "{n}, {yeers}"', "2:1: error AG505", "“preprints” has no value {yeers}", "{years}?"),
        ('nav_map: "{n} maps"', "1:1: error AG505", "“nav_map” has no value {n}", "There is no value to show"),
        ("preprints:\n  one: '{n'\n  other: x", "2:3: error AG505", "a brace in “preprints” has no partner", "{{"),
        (
            "theme_names: Hell|Dunkel",
            "1:1: error AG505",
            "“theme_names” does not have 3 parts",
            "theme_names: Auto|Light",
        ),
        ("preprints: 5", "1:1: error AG505", "“preprints” is not text", "Put quotes around it: preprints: {one: "),
        ("nav_map:", "1:1: error AG505", "“nav_map” is not text", 'Put quotes around it: nav_map: "Map"'),
        (
            "months: [Januar]",
            "1:1: error AG505",
            "“months” is not a list of 12 texts",
            "months: [January, February, …]",
        ),
        ("- a", "1: error AG503", "the file holds no phrases", ""),
        ("nav_map: *", "1:10: error AG503", "", ""),
        ("nav_map: a\nnav_map: b", "2:1: error AG503", "“nav_map” stands here and in line 1", ""),
        ("xyzzy: x", "1:1: warning AG506", "no template asks for a phrase “xyzzy”", "Correct the name or"),
        ("nav_mapp: x", "1:1: warning AG506", "no template asks for a phrase “nav_mapp”", "Did you mean “nav_map”?"),
    ],
)
def test_a_slip_in_a_sites_own_phrases_is_found_where_it_stands(
    tmp_path: Path, text: str, place: str, message: str, help: str
):
    path = tmp_path / "words.yml"
    path.write_text(text + "\n", encoding="utf-8")
    folders = (str(tmp_path), str(ROOT / "templates"))
    (finding,) = check_look(folders)
    assert str(finding).startswith(f"{path}:{place} {message}")
    assert help in finding.help
    if finding.severity == "error":
        with pytest.raises(ConfigError, match=re.escape(f"{finding}\n    {finding.help}")):
            load_phrases(folders)


@pytest.mark.parametrize("text", ["", "\n", "# nav_map: Karte\n"])
def test_a_file_of_words_may_hold_none(tmp_path: Path, text: str):
    (tmp_path / "words.yml").write_text(text, encoding="utf-8")
    folders = (str(tmp_path), str(ROOT / "templates"))
    assert check_look(folders) == ()
    assert load_phrases(folders) == load_phrases(folders[-1:])


def test_our_own_phrases_and_those_that_own_templates_ask_for_have_no_slip(tmp_path: Path):
    ours = str(ROOT / "templates")
    assert check_look((ours, ours)) == ()
    (tmp_path / "words.yml").write_text("motto: Stir.\n", encoding="utf-8")
    (tmp_path / "home.html").write_text('{{ t("motto") }}', encoding="utf-8")
    assert check_look((str(tmp_path), ours)) == ()
