"""Markdown comes out as HTML that is safe, whole and the same by both ways through the parser.

A case is a pair of files in `cases/markup/`: `name.md` as written, `name.html` as shown, a block a line.
"""

from __future__ import annotations

import json
import re
from operator import attrgetter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from agsite import markup
from agsite.markup import CiteMark, chips, leaf_html, links
from agsite.markup.maths import find_formulas, formula_html, readable, to_mathml
from agsite.markup.opaque import OPAQUE
from tests.counting import grows_with_its_input

CASES = Path(__file__).parent / "cases" / "markup"

LISTED = ("AG-2024.01-1031", "AG-2025.02-077", "AG-2025.03-5", "AG-2025.04-1127")
MARKS = {
    paper: CiteMark(paper, number, f"../paper/{paper}/", f'Soup [{number}] & "Spoons"')
    for number, paper in enumerate(LISTED, 1)
}


def shown(text: str) -> str:
    """The HTML of a text, a block a line."""
    lines = []
    for block in markup.read(text).blocks:
        if block.kind == "math":
            lines.append("".join(formula_html(leaf.text) for leaf in block.leaves))
        else:
            lines.append("".join(leaf.open + leaf_html(leaf, chips(MARKS)) + leaf.close for leaf in block.leaves))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.md")), ids=lambda path: path.stem)
def test_a_text_is_shown_as_its_case_says(case: Path):
    assert shown(case.read_text(encoding="utf-8")) == case.with_suffix(".html").read_text(encoding="utf-8")


def lines_of(name: str) -> list[str]:
    return (CASES / name).read_text(encoding="utf-8").splitlines()


def sentences(text: str) -> list[str]:
    return [leaf.text[sentence.start : sentence.end] for leaf, sentence in markup.read(text).all_sentences()]


@pytest.mark.parametrize("line", lines_of("sentences.txt"))
def test_a_text_is_cut_where_its_sentences_end(line: str):
    assert " ¦ ".join(sentences(line.replace(" ¦ ", " "))) == line


@pytest.mark.parametrize("line", lines_of("sentences-without-space.txt"))
def test_a_text_without_spaces_is_cut_where_its_sentences_end(line: str):
    assert "¦".join(sentences(line.replace("¦", ""))) == line


def test_a_text_without_spaces_is_cut_however_long_it_is():
    text = "勺子改变汤的声音而且没有人知道为什么。" * 3_000
    assert sentences(text) == ["勺子改变汤的声音而且没有人知道为什么。"] * 3_000


def test_a_text_is_cut_whatever_the_length_of_its_words():
    said = [f"{'x' * 30_000} is one.", f"So is {'y' * 30_000}.", "It ends."]
    assert sentences(" ".join(said)) == said


def test_sentences_that_adhere_to_each_other_are_shown_so():
    text = "勺子改变 [AG-2024.01-1031]。**第二句。**第三句。 第四句。"
    (leaf,) = markup.read(text).leaves()
    assert (
        re.sub(r"<[^>]*>", "", markup.leaf_html(leaf, markup.chips({})))
        == "勺子改变。AG-2024.01-1031第二句。第三句。 第四句。"
    )
    assert markup.portable_html(leaf) == "勺子改变 [AG-2024.01-1031]。<strong>第二句。</strong>第三句。 第四句。"


@pytest.mark.parametrize("line", lines_of("groups.txt"))
def test_citations_are_found_in_groups(line: str):
    text, _, expected = line.partition(" → ")
    groups = [group for _, sentence in markup.read(text).all_sentences() for group in sentence.groups]
    found = [" ".join(group.papers) + (" as a word" if group.named else "") for group in groups]
    assert (" | ".join(found) or "none") == expected
    for group in groups:
        assert [
            text[offset : offset + len(paper)] for paper, offset in zip(group.papers, group.offsets, strict=True)
        ] == [*group.papers]


@pytest.mark.parametrize("line", lines_of("gaps.txt"))
def test_a_sentence_that_names_a_gap_is_known(line: str):
    expected, _, text = line.partition(" ")
    assert markup.read(text).gaps == (expected == "yes")


FORMULAS = [json.loads(line) for line in lines_of("formulas.jsonl")]

# Macros that the papers define for themselves; what they stand for is anybody's guess, so the TeX is shown.
UNREADABLE = [r"$\XQM$", r"$\cla$", r"$G-\cla$", r"$\F$", r"$(M,\F)$", r"$Sing(\F)$"]


def test_formulas_of_real_titles_and_abstracts_are_set():
    """They are all formulas of 200 arXiv records, found as texts' formulas are."""
    assert all(OPAQUE.fullmatch(formula) for formula in FORMULAS)
    assert [formula for formula in FORMULAS if to_mathml(formula) is None] == UNREADABLE
    assert len(UNREADABLE) <= 0.03 * len(FORMULAS)


MATHML = {
    "math": {"display"},
    **{tag: set() for tag in ("mrow", "mtext", "mn", "msub", "msup", "msubsup", "munder", "munderover")},
    **{tag: set() for tag in ("mroot", "msqrt", "mtable", "mtr", "mphantom")},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "form", "minsize", "maxsize", "accent", "lspace", "rspace", "movablelimits"},
    "mfrac": {"linethickness"},
    "mspace": {"width", "height", "depth"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mtd": {"columnspan"},
    "mover": {"accent"},
}
TRICKY = [
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{color:red}{x}$",
    r"$\class{cite}{\color{red}x}$",
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{&#x3c;b&#x3e;}$",
    r"$\begin{pmatrix}a&b\\c&d\end{pmatrix}$",
    r"$\binom{n}{k} \boxed{x} \overline{x} \hat{x} \mathrm{TeV} \mathbf{x} \mathcal{L} \hspace{1em} \rule{1em}{1em}$",
    r"$\xrightarrow{a} \left( \frac{a}{b} \right) \bigl( x \bigr) \sqrt[3]{x} \not= y$",
]


@pytest.mark.parametrize("source", [*FORMULAS, *TRICKY])
def test_a_formula_is_mathml_core_and_nothing_else(source: str):
    markup_of_formula = to_mathml(source)
    if markup_of_formula is None:
        return
    for element in ElementTree.fromstring(markup_of_formula).iter():
        assert set(element.keys()) <= MATHML[element.tag]
        assert element.get("mathvariant") in {None, "normal"}


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\mathrm{TeV}", '<mi mathvariant="normal">TeV</mi>'),
        (r"{\bf k}", "<mi>\N{MATHEMATICAL BOLD SMALL K}</mi>"),
        (r"{\cal L}", "<mi>\N{SCRIPT CAPITAL L}</mi>"),
        (r"\mathbb{R}", "<mi>\N{DOUBLE-STRUCK CAPITAL R}</mi>"),
        (r"\mbox{a b}", "<mtext>a\u00a0b</mtext>"),
        (r"a \lesssim b", "<mo>≲</mo>"),
        (r"a \simgt b", "<mo>≳</mo>"),
        (r"a \sim b", "<mo>\N{TILDE OPERATOR}</mo>"),
        (r"10\msun", "<msub><mi>M</mi><mo>⊙</mo></msub>"),
        (r"5\GeV", '<mi mathvariant="normal">GeV</mi>'),
    ],
)
def test_commands_that_papers_use_are_known(tex: str, shown: str):
    assert shown in (to_mathml(f"${tex}$") or "")


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\min_{i} x", '<munder><mo movablelimits="true">min</mo>'),
        (r"[-x]", '<mo form="prefix">−</mo>'),
        (r"a - x", "<mo>−</mo>"),
        (r"(a) - x", "<mo>−</mo>"),
        (r"\log x", '<mi mathvariant="normal">log</mi>'),
    ],
)
def test_limits_signs_and_words_are_set_as_such(tex: str, shown: str):
    assert shown in (to_mathml(f"${tex}$") or "")


@pytest.mark.parametrize("name", ["aligned", "split", "align*", "array", "cases", "pmatrix", "matrix"])
def test_a_table_has_its_rows_and_cells(name: str):
    html = to_mathml(f"$$\\begin{{{name}}} a &= b \\\\ c &= d \\end{{{name}}}$$") or ""
    assert (html.count("<mtr"), html.count("<mtd"), "&" in html) == (2, 4, False)


@pytest.mark.parametrize(
    "name", ["gathered", "gather", "multline", "eqnarray", "dcases", "rcases", "alignat", "nosuch"]
)
@pytest.mark.parametrize("rows", [r"a &= b", r"a \\ b", r"\& & b"])
def test_a_table_that_is_not_understood_is_shown_as_its_source(name: str, rows: str):
    source = f"$$\\begin{{{name}}} {rows} \\end{{{name}}}$$"
    assert to_mathml(source) is None


def test_the_sign_for_and_is_no_end_of_a_cell():
    assert to_mathml(r"$a \& b$") == "<math><mrow><mi>a</mi><mi>&amp;</mi><mi>b</mi></mrow></math>"


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"It costs \$5 and 6$ more.", []),
        (r"From \$5 on, $x$ grows.", ["$x$"]),
        (r"From \$$5 on$ it grows.", ["$5 on$"]),
        (r"Brackets \\[x\] and \\(x\), and \(x\).", [r"\(x\)"]),
        (r"A price in formulas, $\$5 + x$, and \$\$1$$.", [r"$\$5 + x$"]),
    ],
)
def test_a_mark_behind_a_backslash_opens_no_formula(text: str, formulas: list[str]):
    assert [run[0] for run in find_formulas(text)] == formulas


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.  \n\\\nTwo.", "<p>One.<br><br>Two.</p>\n"),
        ("One.  \nTwo. Three.  \nFour.", "<p>One.<br>Two. Three.<br>Four.</p>\n"),
        ("a\\\\\nb", "<p>a\\ b</p>\n"),
        ("a \nb", "<p>a  b</p>\n"),
        ("[a](<b  \nc>)", "<p>[a](&lt;b<br>c&gt;)</p>\n"),
        ('[a](b "t  \nu")', '<p><a href="b" title="t    u">a</a></p>\n'),
    ],
)
def test_a_line_break_is_neither_lost_nor_made_up(text: str, html: str):
    assert shown(text) == html


def test_a_line_break_is_space_where_a_text_is_plain():
    leaf = next(markup.read("One.\\\nTwo  \nthree.").leaves())
    assert markup.plain_text(leaf.text) == "One. Two three."
    assert markup.portable_html(leaf) == "One.<br>Two<br>three."
    assert sentences("One.\\\nTwo  \nthree.") == ["One.", "Two  \nthree."]


# Bars that open and close, by the signs that stand for them.
@pytest.mark.parametrize(
    ("tex", "bars"),
    [
        ("|x|", "()"),
        ("y = |x| + |z|", "()()"),
        ("|x|^2 + |y|_1", "()()"),
        ("x^{|a|}", "()"),
        (r"||x|| - |||y|||", "(())((()))"),
        ("|x||y|", "()()"),
        ("p(x|y)", ")"),
        (r"f(x)|_{x=0}", ")"),
        (r"\langle a | b \rangle", ")"),
        (r"\|x\| < \lVert y \rVert", "()()"),
        (r"\lvert x\rvert = \left|y\right|", "()()"),
        (r"\bigl| x \bigr|", "()"),
        (r"a \mid b", ""),
        (r"\left\langle a \middle| b \right\rangle", ""),
    ],
)
def test_bars_are_brackets(tex: str, bars: str):
    signs = ElementTree.fromstring(to_mathml(f"${tex}$") or "").iter("mo")
    forms = [sign.get("form") for sign in signs if sign.text in {"|", "‖"}]
    assert "".join({"prefix": "(", "postfix": ")", None: ""}[form] for form in forms) == bars


@pytest.mark.parametrize("tex", ["|-x|", r"\left|-x\right|", r"\|-x\|"])
def test_a_minus_behind_an_opening_bar_is_a_sign(tex: str):
    assert '<mo form="prefix">−</mo>' in (to_mathml(f"${tex}$") or "")
    assert "<mo>−</mo>" in (to_mathml("$|x|-y$") or "")


UNBALANCED = ["x_{i", "a}", "a}{b", r"\frac{a}{b", r"\{x_{i\}", r"a\\}", r"\lbrace a}", r"\text{a{b}"]


@pytest.mark.parametrize("tex", [r"\{a\}", r"\{a", r"a\}", r"x_{\}}", r"\left\{a\right.", r"\text{\{}"])
def test_a_brace_that_is_a_sign_needs_no_partner(tex: str):
    assert to_mathml(f"${tex}$")


@pytest.mark.parametrize(
    "tex", [r"\nosuchcommand", r"\frac{a}", r"\cancel{x}", "{" * 100 + "}" * 100, r"\left(", *UNBALANCED]
)
def test_a_formula_that_cannot_be_set_is_shown_as_its_source(tex: str):
    assert formula_html(f"${tex}$") == f'<code class="tex">${tex}$</code>'
    assert to_mathml(f"${tex}$") is None


# --- Links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["https://x.org", "HTTP://x.org/a", "mailto:a@x.org", "#s-1", "/ask/", "../x/", "./x", "x/y", "x.html?a=b:c"],
)
def test_an_address_within_the_site_or_on_the_web_is_linked(address: str):
    assert links.is_safe(address)
    assert f'<a href="{address}"' in shown(f"[x]({address})")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "java%0Ascript:alert(1)", "java&#115;cript:alert(1)",
        "vbscript:x",
        "//evil.example", "https:evil.example", "https:///evil.example", "blob:https://x",
        "data:text/html,x", "data:image/png;base64,AAAA", "file:///etc/passwd", "view-source:https://x", "intent://x",
        "jar:https://x!/", "ms-msdt:/id", "x-anything:y", "ftp://x.org", "tel:1", "mailto:", ":x",
    ],
)  # fmt: skip
def test_any_other_address_is_text(address: str):
    html = shown(f"[x]({address})")
    assert "<a" not in html
    assert [*markup.refused_links(f"so [x]({address}).")] == [(7, address)]


@pytest.mark.parametrize("address", ["/\\evil.example", "\\\\evil.example"])
def test_a_backslash_does_not_lead_to_another_host(address: str):
    assert re.search(r'href="/?%5Cevil.example"', shown(f"[x]({address})"))
    assert not [*markup.refused_links(f"[x]({address})")]


def test_a_link_in_code_or_a_formula_is_not_refused_because_it_is_none():
    assert list(markup.refused_links("`[x](javascript:y)` $[x](javascript:y)$ \\[x\\](javascript:y)")) == []


# --- Structure --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["نعم، إنه صحيح", "כן, זה נכון.", "It is called “سلام” there."])
def test_a_block_with_letters_that_run_from_right_to_left_runs_as_its_first_letter_does(text: str):
    assert [markup.open_tag(leaf) for leaf in markup.read(f"{text}\n\n- {text}\n\n## {text}").leaves()] == [
        '<p dir="auto">',
        '<ul><li dir="auto">',
        '<h2 id="section" dir="auto">' if not text.startswith("It") else '<h2 id="it-is-called-there" dir="auto">',
    ]


@pytest.mark.parametrize("text", ["Yes, it is.", "Да, это так – 100 %.", "はい、そうです。", "$x$ is “ü”"])
def test_all_other_blocks_run_as_the_page_does(text: str):
    (leaf,) = markup.read(text).leaves()
    assert markup.open_tag(leaf) == "<p>"


def test_half_of_a_surrogate_pair_is_a_question_mark():
    (leaf,) = markup.read("Ice \ud800 melts.").leaves()
    assert leaf.text == "Ice ? melts."


def test_a_body_counts_sentences_that_cite_and_name_gaps_outside_headings():
    body = markup.read("# On [AG-2024.01-1031]\n\nOne [AG-2024.01-1031]. Two.\n\n- The archive has no third.")
    assert (body.sentences, body.cited, body.gaps) == (3, 1, 1)
    assert [sentence.anchor for _, sentence in body.all_sentences()] == [1, 2, 0, 0]


def test_anchors_are_unique_and_none_is_a_page_part():
    body = markup.read("# A\n\n# A\n\n# a-2\n\n# Sources\n\n# s-1\n\n# src 2\n\n# !\n\n# ?")
    anchors = [block.anchor for block in body.blocks]
    assert anchors == ["a", "a-2", "a-2-2", "sources-2", "s-1-section", "src-2-section", "section", "section-2"]


# On pages that show no text: the search page, lists, papers, and the page for what is not there.
ELSEWHERE = {"cited-in", "find", "lost", "not-cited", "q", "results"}


def test_no_heading_takes_the_id_of_a_part_of_its_page(root: Path):
    files = [*(root / "templates").glob("*.html"), *(root / "site_src").glob("*.js")]
    ids = {id_ for file in files for id_ in re.findall(r'\bid="([a-z-]+)"', file.read_text(encoding="utf-8"))}
    assert {"answer", "blank", "palette", "pq"} <= ids
    assert {id_ for id_ in ids if markup.read(f"# {id_}").blocks[0].anchor == id_} == ELSEWHERE


def test_heading_levels_start_at_two_and_skip_none():
    body = markup.read("#### a\n\n# b\n\n###### c\n\n###### d\n\n###### e\n\n## f")
    assert [block.leaves[0].open[:3] for block in body.blocks] == ["<h2", "<h2", "<h3", "<h4", "<h4", "<h2"]


def test_a_row_of_a_table_counts_as_one_sentence_and_its_header_as_none():
    table = "| A | B [AG-2024.01-1] | C |\n|---|---|---|\n" + "| One | Two. And so | Three [AG-2024.01-1] |\n" * 3
    beside = "It holds [AG-2024.01-1]. So does that [AG-2024.01-1]. This does not."
    bare = "| One | Two | Three |\n| | | |\n"
    for text in (f"{beside}\n\n{table}{bare}", f"{beside}\n\n- {(table + bare).replace(chr(10), chr(10) + '  ')}"):
        body = markup.read(text)
        assert (body.sentences, body.cited) == (7, 5)
        assert [sentence.anchor for _, sentence in body.citing()] == [1, 2, 3, 4, 5, 6]


def test_a_sentence_alone_is_set_as_in_its_place():
    text = "It *holds* for $z<1$ `x*y` [AG-2024.01-1031]."
    body = markup.read(f"First comes this. {text} Then comes that.")
    (block,) = body.blocks
    (leaf,) = body.alone(attrgetter("groups"))
    assert leaf.text == text
    html = leaf_html(leaf, chips(MARKS), anchors=False)
    assert html in leaf_html(block.leaves[0], chips(MARKS))
    assert "<em>holds</em>" in html
    assert "<math" in html
    assert "id=" not in html


@pytest.mark.parametrize(
    ("row", "alone"),
    [
        ("| [AG-2024.01-1] | events | no *labels* |", "[AG-2024.01-1] events · no *labels*"),
        (
            "| events | | some. Or none | [AG-2024.01-1], [AG-2024.01-2] |",
            "events · some. Or none [AG-2024.01-1], [AG-2024.01-2]",
        ),
        ("| [AG-2024.01-1] | [AG-2024.01-2] | both |", "[AG-2024.01-1] [AG-2024.01-2] both"),
        ("| it has [AG-2024.01-1] | events |", "it has [AG-2024.01-1] · events"),
    ],
)
def test_a_sentence_of_a_table_alone_is_its_row(row: str, alone: str):
    body = markup.read(f"| A | B | C | D |\n|---|---|---|---|\n| other | [AG-2024.01-3] |\n{row}\n")
    _, sentence = body.citing()[1]
    _, whole, *_ = body.alone(attrgetter("groups"))
    assert whole.text == alone
    (own,) = whole.sentences
    assert own.anchor == sentence.anchor
    for group in own.groups:
        assert [whole.text[at : at + len(paper)] for paper, at in zip(group.papers, group.offsets, strict=True)] == [
            *group.papers
        ]


def test_plain_text_of_a_sentence():
    text = "It *holds* for $z<1$ `x*y` [AG-2024.01-1031]."
    assert markup.plain_text(text, ids=True).endswith("[AG-2024.01-1031].")
    assert markup.plain_text("It *holds* [AG-2024.01-1031].") == "It holds."


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            "No study of D* mesons in [lattice](https://a.example/b) work [AG-2024.01-1].",
            "No study of D* mesons in lattice work.",
        ),
        ("Does B → K* µµ hold in a C*-algebra, 2 * 3 times?", "Does B → K* µµ hold in a C*-algebra, 2 * 3 times?"),
        ("_Very_ **bold *and* slanted**, `a_b*c` and a_b.", "Very bold and slanted, a_b*c and a_b."),
        ("Salt &amp; soup&mdash;hot, <https://a.example/> 1 < 2.", "Salt & soup—hot, https://a.example/ 1 < 2."),
        (r"A \*star\* and $x^*_a < \alpha$.", r"A *star* and $x^*_a < \alpha$."),
        ("One line\\\nand two  \nmore.", "One line and two more."),
        (
            "It holds [AG-2024.01-1], as [AG-2024.01-2] shows, and more [AG-2024.01-3]. So is this [AG-2024.01-4].",
            "It holds, as [AG-2024.01-2] shows, and more. So is this.",
        ),
    ],
)
def test_plain_text_says_what_the_page_says(text: str, plain: str):
    assert markup.plain_text(text) == plain
    assert markup.plain_body(markup.read(text).leaves()).split() == plain.split()


def test_a_whole_text_in_plain_has_a_line_for_each_of_its_parts():
    leaves = markup.read("# Soup\n\nIt *holds* [AG-2024.01-1].\n\n- Pots\n- Ladles\n\n| A | B |\n|---|---|\n").leaves()
    assert markup.plain_body(leaves) == "Soup\nIt holds.\nPots\nLadles\nA\nB"


def test_a_sentence_alone_has_no_half_of_emphasis():
    body = markup.read("**The archive has no such study. None of the papers measures K* decays.** *Nor is it* here.")
    said = [markup.plain_text(leaf.text, leaf.sentences) for leaf in body.alone(lambda sentence: True)]
    assert said == ["The archive has no such study.", "None of the papers measures K* decays.", "Nor is it here."]
    assert markup.plain_text("**No paper has it, but K* may.") == "No paper has it, but K may."


def test_formulas_among_many_sentences_are_set_in_one_walk():
    def render(size: int) -> None:
        (leaf,) = markup.read("A $x$ bc. " * size).leaves()
        assert leaf_html(leaf, chips({})).count("<math") == size

    assert grows_with_its_input(render)


def test_a_title_is_text_but_for_its_formulas():
    assert markup.title_html("*A* <b> $x$ [b](c)") == "*A* &lt;b&gt; <math><mrow><mi>x</mi></mrow></math> [b](c)"


def test_of_gaps_that_follow_on_one_another_the_first_is_labelled():
    gap = "The archive has no study of it."
    (block,) = markup.read(f"It is so. {gap} {gap} It was so. {gap}").blocks
    labelled = leaf_html(block.leaves[0], chips({}), gap_label="Missing:")
    said = re.findall(r'id="g-(\d)">(<span class="label">Missing:</span> )?The', labelled)
    assert [(number, bool(label)) for number, label in said] == [("1", True), ("2", False), ("3", True)]
    assert "Missing" not in leaf_html(block.leaves[0], chips({}), anchors=False, gap_label="Missing:")


def test_a_sentence_is_marked_by_what_it_does():
    text = "It is so [AG-2024.01-1]. No paper measures more. By then no paper measures it [AG-2024.01-1]. So it is."
    (leaf,) = markup.read(text).leaves()
    html = leaf_html(leaf, chips({}))
    assert re.findall('<span class="([^"]*)" id="([^"]*)">', html) == [("cs", "s-1"), ("gs", "g-1"), ("cs gs", "s-2")]


def test_formulas_that_may_be_too_wide_scroll_in_themselves():
    (sentence, display) = markup.read("It is $a+b+c+d+e+f+g+h+i+j+k$ or $x$.\n\n$$x$$").blocks
    assert leaf_html(sentence.leaves[0], chips({})).count('<span class="eq"><math>') == 1
    assert leaf_html(display.leaves[0], chips({})).startswith('<span class="scroll"><math ')


@pytest.mark.parametrize("before", ["", "(", "“", "non-"])
@pytest.mark.parametrize("behind", ["", ",", ").", "-dimensional", " [AG-2024.01-1031]", " [AG-2024.01-1031], which"])
@pytest.mark.parametrize("formula", ["$x$", "$a+b+c+d+e+f+g+h+i+j+k$"], ids=["short", "long"])
def test_a_formula_stays_with_the_signs_beside_it(before: str, behind: str, formula: str):
    (block,) = markup.read(f"A word, {before}{formula}{behind} and more.").blocks
    html = re.sub(r'<span class="eq">(.*?</math>)</span>', r"\1", leaf_html(block.leaves[0], chips(MARKS)))
    assert (
        re.search(r"[^\w\s>;]<math>|</math>([^\w\s<]|<a )", re.sub(r'<span class="nb">.*?</math>.*?</span>', "", html))
        is None
    )
    assert ('<span class="nb">' in html) == bool(before or behind)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("*$x$*, and", "<em>X</em>,"),
        ("(**$x$**) and", "(<strong>X</strong>)"),
        ("*of $x$*, and", None),
        ("*($x$ of)* and", "(X"),
        ("*$x$ of*, and", None),
    ],
)
def test_an_emphasised_formula_stays_with_the_signs_beside_it(text: str, kept: str | None):
    (block,) = markup.read(text).blocks
    html = leaf_html(block.leaves[0], chips({})).replace("<math><mrow><mi>x</mi></mrow></math>", "X")
    assert re.findall('<span class="nb">(.*?)</span>', html) == ([kept] if kept else [])


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\frac{1}{2}", "1/2"),
        (r"\frac{a+b}{c}", "(a+b)/c"),
        (r"\sqrt{s}=13", "√s=13"),
        (r"\sqrt[3]{x+1}", "3√(x+1)"),
        ("10^{-4}", "10^−4"),
        ("x^{y^z}", "x^(y^z)"),
        (r"B_s^0 \to \mu^+\mu^-", "B_s^0→μ^+μ^−"),
        (r"\sum_{i=1}^{n} x_i", "∑_(i=1)^nx_i"),
        (r"\hat{H} \bar{B} \vec{p}", "ĤB̄p⃗"),
        (r"\overline{ab}", "ab"),
        (r"\underbrace{a+b}_{c}", "a+b_c"),
        (r"f''(x) = 90^\circ", "f″(x)=90°"),
        ("1.5 < x", "1.5<x"),
        (r"\nosuch{", r"$\nosuch{$"),
    ],
)
def test_a_formula_is_read_out_with_signs_for_what_its_shape_says(tex: str, said: str):
    assert readable(f"Of ${tex}$, here") == f"Of {said}, here"


def test_a_paper_that_need_not_be_listed_is_shown_by_its_id():
    mark = CiteMark("AG-2025.03-7", 0, "../paper/AG-2025.03-7/", "Soup", needs_list=False)
    chip = chips({"AG-2025.03-7": mark})("AG-2025.03-7", False)
    assert chip == (
        '<a class="cite named" href="../paper/AG-2025.03-7/" data-paper="AG-2025.03-7" '
        'aria-label="AG-2025.03-7: Soup">AG-2025.03-7</a>'
    )
