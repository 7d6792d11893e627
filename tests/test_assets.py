"""Assets: a site's own files replace ours one by one, addresses name their content, colours need no inline style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agsite import assets
from agsite.config import GROUNDS, Colours, parse
from agsite.shipped import default_folder

OURS = default_folder("site_src")


def folder(root: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = root / name.replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_a_file_of_the_site_replaces_ours_and_leaves_the_others(tmp_path: Path):
    found = assets.load((OURS, folder(tmp_path, favicon_svg="<svg/>")), Colours())
    assert found.files["favicon.svg"] == b"<svg/>"
    assert found.files["theme.js"] == (OURS / "theme.js").read_bytes()


def test_the_text_of_pages_is_no_asset():
    assert not [name for name in assets.load((OURS,), Colours()).files if name.startswith("pages/")]


def test_an_address_changes_with_the_content(tmp_path: Path):
    before = assets.load((folder(tmp_path, a_js="1"),), Colours()).addresses["a.js"]
    after = assets.load((folder(tmp_path, a_js="2"),), Colours()).addresses["a.js"]
    assert before.startswith("assets/a.js?v=")
    assert before != after


def test_a_style_loads_its_fonts_by_the_addresses_that_pages_preload():
    found = assets.load((OURS,), Colours())
    fonts = re.findall(r"url\((fonts/[^)]+)\)", found.files["style.css"].decode())
    assert sorted(f"assets/{font}" for font in fonts) == sorted(
        address for name, address in found.addresses.items() if name.endswith(".woff2")
    )


def test_a_new_font_gives_the_style_a_new_address(tmp_path: Path):
    style = {"a_css": "@font-face{src:url(f.woff2)}"}
    before = assets.load((folder(tmp_path, **style, f_woff2="1"),), Colours())
    after = assets.load((folder(tmp_path, **style, f_woff2="2"),), Colours())
    assert before.addresses["a.css"] != after.addresses["a.css"]


def test_a_style_that_imports_another_gets_a_new_address_with_it(tmp_path: Path):
    texts = {"a_css": '@import url("b.css");', "b_css": "@font-face{src:url(f.woff2)}@import url(a.css)"}
    before = assets.load((folder(tmp_path, **texts, f_woff2="1"),), Colours())
    after = assets.load((folder(tmp_path, **texts, f_woff2="2"),), Colours())
    assert before.addresses["b.css"] != after.addresses["b.css"]
    assert before.addresses["a.css"] != after.addresses["a.css"]
    version = after.addresses["b.css"].removeprefix("assets/b.css")
    assert after.files["a.css"].decode() == f'@import url("b.css{version}");'


def test_a_style_in_a_folder_names_files_from_there(tmp_path: Path):
    style = "@font-face{src:url(f.woff2)}p{background:url(../b.png)}"
    files = {"own/a_css": style, "own/f_woff2": "1", "b_png": "2", "f_woff2": "3"}
    found = assets.load((folder(tmp_path, **files),), Colours())
    font, picture = (found.addresses[name].rpartition("/")[2] for name in ("own/f.woff2", "b.png"))
    assert found.files["own/a.css"].decode() == style.replace("f.woff2", font).replace("b.png", picture)


@pytest.mark.parametrize("written", ["url(f.woff2)", "url('f.woff2')", 'url( "f.woff2" )'])
def test_a_style_may_quote_its_files(tmp_path: Path, written: str):
    found = assets.load((folder(tmp_path, a_css=f"@font-face{{src:{written}}}", f_woff2="1"),), Colours())
    assert re.search(r"""url\(\s?(["']?)f\.woff2\?v=\w{8}\1\s?\)""", found.files["a.css"].decode())


@pytest.mark.parametrize("written", ['url("a ü (1).png")', "url( a%20%C3%BC%20%281%29.png )", "url('a%20ü (1).png')"])
def test_a_file_of_any_name_is_found_as_people_write_it(tmp_path: Path, written: str):
    (tmp_path / "a ü (1).png").write_bytes(b"1")
    found = assets.load((folder(tmp_path, a_css=f"p{{background:{written}}}"),), Colours())
    address = found.addresses["a ü (1).png"]
    version = address.removeprefix("assets/a%20%C3%BC%20(1).png")
    assert re.fullmatch(r"\?v=\w{8}", version)
    assert found.files["a.css"].decode().count(version) == 1


def test_a_style_in_another_encoding_is_published_as_it_is(tmp_path: Path):
    style = "p{background:url(ü.png)}".encode("latin-1")
    (tmp_path / "a.css").write_bytes(style)
    assert assets.load((tmp_path,), Colours()).files["a.css"] == style


def test_a_script_may_quote_others_either_way(tmp_path: Path):
    found = assets.load((folder(tmp_path, a_js="import './b.js'; import \"./b.js\"", b_js="1"),), Colours())
    version = found.addresses["b.js"].removeprefix("assets/b.js")
    assert found.files["a.js"].decode() == f"import './b.js{version}'; import \"./b.js{version}\""


def test_a_comment_in_a_style_parts_what_it_stands_between(tmp_path: Path):
    found = assets.load((folder(tmp_path, a_css=".e{margin:0/**/auto;content:'/* */'}/* end */"),), Colours())
    assert found.files["a.css"].decode().strip() == ".e{margin:0 auto;content:'/* */'}"


def test_a_sites_own_colours_come_after_those_of_its_settings(tmp_path: Path):
    found = assets.load((folder(tmp_path, colours_css=":root{--accent:red}"),), Colours(accent=("#003388", "#88bbff")))
    style = found.files[assets.COLOURS].decode()
    assert style.index("#003388") < style.index("--accent:red")


def test_colours_of_the_site_are_a_file_that_the_policy_allows():
    found = assets.load((OURS,), Colours(accent=("#003388", "#88bbff")))
    style = found.files[assets.COLOURS].decode()
    assert "--accent:light-dark(#003388,#88bbff)" in style
    assert "--band:" in style
    assert "--open" not in style


def test_without_colours_there_is_no_such_file():
    assert assets.COLOURS not in assets.load((OURS,), Colours()).files


def test_the_grounds_that_colours_are_mixed_with_are_those_of_the_style():
    assert f"--paper:light-dark({','.join(GROUNDS)})" in (OURS / "style.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("pair", "item"), [(("#99bbaa", "#88bbff"), 0), (("#003388", "#203040"), 1)], ids=["light", "dark"]
)
def test_a_colour_that_nobody_could_read_is_refused_and_says_why(pair: tuple[str, str], item: int):
    config, (mistake,) = parse({"colours": {"accent": pair}})
    assert config.colours.accent is None
    assert (mistake.code, mistake.place) == ("AG502", ("colours", "accent", item))
    assert f"{pair[item]} has a contrast of" in mistake.message


@pytest.mark.parametrize("name", ["style.css", "search.css"])
def test_lines_below_words_are_drawn_in_safari_too(name: str):
    """Of the shorthand it reads the line alone, and drops what says more."""
    style = (OURS / name).read_text(encoding="utf-8")
    assert set(re.findall(r"text-decoration:([^;}]*)", style)) <= {"none", "underline"}
