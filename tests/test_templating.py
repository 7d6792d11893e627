"""Templates compiled to direct Python give the bytes that Jinja2's own code gives."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

from agsite.build import Options, read
from agsite.build.site import plan
from agsite.config import Config
from agsite.ids import PaperId
from agsite.pages import Facts
from agsite.render import Renderer
from agsite.shipped import default_folder
from agsite.templating import DirectEnvironment, html
from agsite.theme import check_look

ROOT = Path(__file__).parents[1]
OPTIONS = {"autoescape": True, "undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}


class Soup(NamedTuple):
    name: str
    spoons: int = 2
    lid: Soup | None = None


def say(key: str, **values: object) -> Markup:
    return Markup("<i>{}</i>").format(f"{key}{values or ''}")


def bold(text: str) -> Markup:
    return Markup("<b>{}</b>").format(text)


def both(sources: dict[str, str], **context: object) -> tuple[str, str]:
    """What the two environments make of `main`."""
    rendered = []
    for kind in (jinja2.Environment, DirectEnvironment):
        environment = kind(loader=jinja2.DictLoader(sources), **OPTIONS)
        environment.filters["bold"] = bold
        environment.globals |= {"t": say, "site": SimpleNamespace(title="Soup & Sons"), "say": say}
        if isinstance(environment, DirectEnvironment):
            environment.fixed_functions = (say,)
            environment.html_filters = {"bold": lambda text: str(bold(text))}
        rendered.append(environment.get_template("main").render(**context))
    return rendered[0], rendered[1]


BASE = "<title>{% block title %}{{ site.title }}{% endblock %}</title>{% block body %}none{% endblock %}{{ t('end') }}"
MACROS = (
    "{% macro row(soup, root='./') %}<a href='{{ root }}'>{{ soup.name }} {{ t('n', n=soup.spoons) }}</a>{% endmacro %}"
)

CASES = {
    "attributes and text": "<p>{{ soup.name }} & {{ soup.spoons }}, {{ soup.lid }}</p>",
    "an inherited block": "{% extends 'base' %}{% block body %}{{ soup.name }}{{ super() }}{% endblock %}",
    "text beside an extends is not shown": "{% extends 'base' %}lost {{ soup.name }}",
    "a macro of another file": "{% import 'macros' as m %}{{ m.row(soup) }}{{ m.row(soup, root='../') }}",
    "a phrase that never changes": "{{ t('fixed') }} and {{ t('other', n=2) }}",
    "a name that hides a global": "{% for t in 'ab' %}{{ t }}{% endfor %}{% set site = soup %}{{ site.name }}",
    "a loop": "{% for x in [soup, soup] %}{{ loop.index }} {{ x.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "a condition": "{{ soup.name if soup.lid is none else soup.lid.name }}",
    "an attribute that may be missing": "{{ soup.pot is defined }}{{ soup.pot | default('no <pot>') }}",
    "a filter": "{{ soup.name | upper }}{{ ('a', soup.name) | join('&') }}",
    "a filter that makes HTML": "{{ soup.name | bold }}, {{ say(soup.name | bold) }}, {{ soup.name | bold | upper }}",
    "the same in a loop and a set block": "{% for x in 'a<' %}{% set y %}{{ x | bold }}{% endset %}{{ y }}{% endfor %}",
    "a macro with too few and too many arguments": "{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}",
    "a set block": "{% set x %}<b>{{ soup.name }}</b>{% endset %}{{ x }}{{ x | length }}",
    "a call block": "{% macro box() %}[{{ caller() }}]{% endmacro %}{% call box() %}{{ soup.name }}!{% endcall %}",
    "arithmetic and concatenation": "{{ soup.spoons * 2 + 1 }}{{ soup.name ~ '<' ~ soup.spoons }}",
    "markup is not escaped twice": "{{ bold }}{{ bold ~ '<' }}{{ [bold, '<'] | join }}",
}


@pytest.mark.parametrize("source", CASES.values(), ids=CASES)
def test_the_bytes_are_those_of_jinja(source: str):
    soup = Soup("Pea <green> & 'thick'")
    plain, direct = both({"main": source, "base": BASE, "macros": MACROS}, soup=soup, bold=Markup("<b>"))
    assert plain == direct


@pytest.mark.parametrize(
    "source", ["{{ soup.pot }}", "{{ pot }}", "{{ pot.lid }}", "{% for x in soup.pot %}{% endfor %}"]
)
def test_what_is_missing_is_an_error_in_both(source: str):
    for kind in (jinja2.Environment, DirectEnvironment):
        with pytest.raises((jinja2.UndefinedError, AttributeError)):
            kind(**OPTIONS).from_string(source).render(soup=Soup("pea"))


@pytest.mark.parametrize("folder", ["answers", "../shared/seeds"])
def test_a_whole_site_is_the_same_bytes(folder: str, monkeypatch: pytest.MonkeyPatch):
    answers = ROOT / folder
    if not answers.is_dir():
        pytest.skip(f"{folder} is not here")
    options = Options(answers=(str(answers),), papers=(str(ROOT / "papers"),))
    site = plan(options, Config(), read(options, Config()))
    direct = Renderer(site.look)

    class Plain(DirectEnvironment):
        code_generator_class = CodeGenerator

    monkeypatch.setattr("agsite.templating.DirectEnvironment", Plain)
    plain = Renderer(site.look)
    every = (page for section in site.sections for page in section.pages(Facts(site.overview)))
    pages = [page for page in every if page.template.endswith(".html")]
    assert len(pages) > 50
    for page in pages:
        assert direct.render(page) == plain.render(page), page.url


@given(st.one_of(st.text(), st.integers(), st.none(), st.booleans(), st.floats(), st.text().map(Markup)))
def test_html_escapes_as_markupsafe_does(value: object):
    assert html(value) == str(escape(value))


def test_an_id_is_escaped_like_any_text():
    assert html(PaperId("AG-2025.03-1234")) == "AG-2025.03-1234"


def test_a_template_that_nothing_uses_is_a_note_with_the_nearest_name(tmp_path):
    (tmp_path / "home.html").write_text("{% extends 'base.html' %}{% include 'own/wall.html' %}", "utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own/wall.html").write_text("x", "utf-8")
    (tmp_path / "hom.html").write_text("x", "utf-8")
    (finding,) = check_look((str(tmp_path), str(default_folder("templates"))))
    assert str(finding) == f"{tmp_path}/hom.html:1: note AG507 no page and no other template uses it"
    assert finding.help == "Did you mean home.html?"


def test_what_a_template_that_cannot_be_read_may_name_is_not_said_to_be_unused(tmp_path):
    (tmp_path / "home.html").write_bytes(b"{% include 'wall.html' %}{{ t('motto') }}\xff")
    (tmp_path / "wall.html").write_text("x", "utf-8")
    (tmp_path / "words.yml").write_text("motto: x\n", "utf-8")
    (finding,) = check_look((str(tmp_path), str(default_folder("templates"))))
    assert str(finding) == f"{tmp_path}/home.html:1:42: error AG102 the byte 0xFF is not UTF-8"
