"""What holds for every text: both ways of reading agree, nothing is lost, the HTML is sound, and no shape is slow."""

from __future__ import annotations

import re
import time
from unittest import mock

import html5lib
import pytest
from html5lib.constants import namespaces
from hypothesis import assume, given
from hypothesis import strategies as st

from agsite import markup
from agsite.markup import CiteMark, blocks, chips, citations, leaf_html, scanning, sentences, weaving
from agsite.markup.maths import formula_html
from tests.prose import CITING, PIECES, SHAPES, STRANGE

MARKS = {"AG-2024.01-1031": CiteMark("AG-2024.01-1031", 1, "../paper/AG-2024.01-1031/", '"Soup" <b> [1] & {spoons}')}

TEXTS = st.lists(PIECES | STRANGE, max_size=16).map("".join)


def shown(text: str) -> str:
    """The HTML of all blocks of a text."""
    pieces = []
    for block in markup.read(text).blocks:
        for leaf in block.leaves:
            inner = formula_html(leaf.text) if block.kind == "math" else leaf_html(leaf, chips(MARKS))
            pieces.append(leaf.open + inner + leaf.close)
    return "".join(pieces)


@given(TEXTS)
def test_the_quick_scan_of_blocks_finds_what_markdown_it_finds(text: str):
    quick = scanning.scan(text)
    assume(quick is not None)
    assert quick == blocks.parse(text)


@given(st.lists(CITING | PIECES, max_size=12).map("".join))
def test_the_usual_group_is_read_as_any_other(text: str):
    quick = citations.find_groups(text, [])
    with mock.patch.object(citations, "_ALONE", re.compile(r"(?!)")):
        assert citations.find_groups(text, []) == quick


@given(st.from_regex(r"([A-Z][a-z]{0,8}[ *_).?!\"]{1,3}){1,5}[a-zA-Z*_(]", fullmatch=True))
def test_a_plain_cut_needs_no_repair(text: str):
    cuts = [cut for cut in range(1, len(text)) if sentences._is_plain_cut(text, cut)]
    assert [sentences._repaired(text, 0, cut) for cut in cuts] == cuts


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_the_quick_rendering_of_prose_is_that_of_markdown_it(sentences: list[str]):
    lines = [" ".join(sentence.split()) or "x" for sentence in sentences]
    spans = [("<span>", "</span>")] * len(lines)
    quick = weaving.simple("\n".join(lines), spans)
    assume(quick)
    assert quick == weaving.full("\n".join(lines), spans)


@given(
    st.lists(PIECES | st.sampled_from(["[", "](", ")", "](x", "[AG-2024.01-1031]", "`", "\\"]), max_size=12).map(
        "".join
    )
)
def test_a_text_in_which_no_link_is_looked_for_has_none(text: str):
    assume(not weaving._may_link(text))
    found, *others = (weaving._inline_parser(links=links).parseInline(text) for links in (True, False))
    assert others == [found]


@given(st.lists(PIECES | st.from_regex(r"w[a-h]{6}", fullmatch=True), max_size=16).map("".join))
def test_no_word_of_a_text_is_lost(text: str):
    # The word behind a fence names a language.
    assume("```" not in text and "~~~" not in text)
    visible = re.sub(r"<[^>]*>", "", shown(text))
    assert [word for word in re.findall(r"w[a-h]{6}", text) if word not in visible] == []


_TAGS = """
p ul ol li blockquote table thead tbody tr th td pre code hr br h2 h3 h4 em strong a span
math mrow mi mn mo mtext mspace msub msup msubsup munder mover munderover mfrac msqrt mroot mstyle mpadded mphantom
mtable mtr mtd
"""
_ATTRIBUTES = """
id class href rel title data-paper aria-label aria-hidden start
display mathvariant stretchy fence form minsize maxsize accent linethickness width height depth displaystyle
scriptlevel lspace rspace voffset
"""


@given(TEXTS)
def test_the_html_is_sound_and_holds_nothing_but_what_is_allowed(text: str):
    # Strict: a tag without its partner, a link within a link or a quote in an attribute is an error.
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(shown(text))
    for element in tree.iter():
        tag = str(element.tag).removeprefix(f"{{{namespaces['mathml']}}}")
        if tag == "DOCUMENT_FRAGMENT":
            continue
        assert tag in _TAGS.split()
        assert set(element.keys()) <= set(_ATTRIBUTES.split())
        assert re.match(r"https?://|#s-|[a-z%]|\.\./", element.get("href", "a"))


@given(TEXTS)
def test_every_sentence_that_cites_has_its_anchor_once(text: str):
    anchors = [sentence.anchor for _, sentence in markup.read(text).all_sentences() if sentence.anchor]
    assert anchors == list(range(1, len(anchors) + 1))
    assert re.findall(r'id="s-([0-9]+)"', shown(text)) == [str(anchor) for anchor in anchors]


@given(TEXTS)
def test_sentences_cover_all_of_a_leaf_but_the_space_between(text: str):
    for leaf in markup.read(text).leaves():
        covered = "\n".join(leaf.text[sentence.start : sentence.end] for sentence in leaf.sentences)
        assert _without_space(covered) == _without_space(leaf.text)


def _without_space(text: str) -> str:
    """A text without its space and without the backslashes that break its lines."""
    return "".join(re.sub(r"(?<!\\)((?:\\\\)*)\\\n", r"\1\n", text).split())


@given(TEXTS)
def test_every_group_holds_its_ids_where_it_says(text: str):
    for leaf, sentence in markup.read(text).all_sentences():
        for group in sentence.groups:
            assert sentence.start <= group.start < group.end <= sentence.end
            for paper, offset in zip(group.papers, group.offsets, strict=True):
                assert leaf.text.startswith(paper, offset)


# --- Time -------------------------------------------------------------------------------------------------------------

SIZE = 100_000

# The slowest takes 1.5 s where nothing else runs, so that even the largest file, 256 KiB, is read within the 10 s that
# a file may cost. The limit here leaves room for slow and busy machines; what is quadratic takes minutes.
CPU_SECONDS = 6


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_no_shape_of_text_is_slow(shape: str):
    text = shape * (SIZE // len(shape))
    start = time.process_time()
    shown(text)
    assert time.process_time() - start < CPU_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "\n".join("  " * depth + "- a" for depth in range(400)),
        (">" * 300 + " a\n") * 300,
        "#" * SIZE,
        ("a" * 60 + "\n") * 1600,
        "!" * SIZE + " $x$",
        "$x$" + "!" * SIZE,
    ],
    ids=["nested lists", "nested quotes", "marks", "lines", "signs before a formula", "signs behind a formula"],
)
def test_no_depth_of_text_is_slow(text: str):
    start = time.process_time()
    shown(text)
    assert time.process_time() - start < CPU_SECONDS
