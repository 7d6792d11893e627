"""Text to terms: what physicists write stays findable, and Whoosh's mistakes are not repeated."""

from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path

import pytest

from agsite.search.analysis import STOP_WORDS, VERSION, clean, terms, words
from agsite.spelling import nearest_word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stopping stopped stops stop", ["stop"] * 4),  # Whoosh's StemmingAnalyzer: stopp, stopp, stop, stop
        ("running integrated integrate", ["run", "integr", "integr"]),  # there: runn, integrat, integr
        ("quantization quantize quantized", ["quantiz"] * 3),  # there, with Snowball: quantize, quantiz, quantiz
        ("the CP phase", ["cp", "phase"]),
        ("1t and 10^{-6}", ["1t", "10", "6"]),
        ("$\\nu_e$ and \u03bd_e", ["nu", "e", "nu", "e"]),
        ("Schrödinger's naïve", ["schroding", "naiv"]),
        ("\u03b3-ray Earth’s", ["gamma", "ray", "earth"]),
        ("x" * 41, []),
        ("", []),
    ],
)
def test_terms(text: str, expected: list[str]):
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## Why *it* works\n\n- one\n2. two", "Why it works · one two"),
        ("Shown [AG-2026.01-735, AG-2026.02-1] and [AG-2026.01-735].", "Shown and."),
        ("see [the page](https://example.org/a_b) now", "see the page now"),
        ("$\\mathrm{d}x \\approx \\alpha_s$", "d x approx alpha_s".replace("d x", "dx")),
        ("| a | b |\n|---|---|\n| c | d |", "a · b · c · d ·"),
        (" a\n\t :--|\n  |\n- b", "a b"),
        ("So:\n\n| *a* | `b\\|c` [AG-2026.01-735] |\n|  | $d$ |", "So: a · bc · d ·"),
    ],
)
def test_markdown_becomes_prose(markdown: str, expected: str):
    assert clean(markdown) == expected


# The largest size of an answer's file, of what nothing closes.
ENDLESS = ("![](" * 60_000, "[" * 250_000 + "](", "(AG-" * 60_000, " " * 250_000 + "x", " |" * 120_000 + "x")


@pytest.mark.parametrize("text", ENDLESS, ids=["links", "brackets", "citations", "spaces", "bars"])
def test_what_never_ends_becomes_prose_in_no_time(text: str):
    start = time.process_time()
    clean(text)
    assert time.process_time() - start < 6


def long_brackets(longest: int) -> list[str]:
    """Links and citations as long as those that are left out, and longer by one."""
    inside = ("[{}](x) a", "[a]({}) b", '[a](b "{}") c', "a [AG-{}] b")
    return [shape.format("x" * (longest + more)) for shape in inside for more in (-1, 0, 1)]


def test_other_terms_of_the_same_text_are_another_version():
    """Raise VERSION with the digest: an index of the version before, which is kept, would go on with its own terms."""
    texts = [
        "".join(map(chr, (*range(0x20, 0x530), *range(0x1E00, 0x2200), *range(0x1D400, 0x1D800)))),
        "# Why **it** *works*\n\n- K* and `code`\n2. two\n> three\n\n---\n```x\ny\n```",
        "| a | b |\n |:--|--|\n\n \t:-|\n| c |",
        r"$\mathrm{d}x \approx \alpha_s^{-1}\,\frac{a}{b}$ (AG-2026.01-735) [AG-2026.01-735; AG-2026.02-1]'s \begin{x}",
        "Physicists' running, quantized, naïve generalizations of the Schrödinger equation were easily stopped "
        + "x" * 41,
        *(text for longest in (1_000, 2_000) for text in long_brackets(longest)),
    ]
    digest = hashlib.sha256(json.dumps([terms(clean(text)) for text in texts]).encode()).hexdigest()
    assert (VERSION, digest[:16]) == (4, "09ab81fb8a292ab8")


def test_the_browser_leaves_the_same_words_out(root: Path):
    script = (root / "site_src" / "search-terms.js").read_text(encoding="utf-8")
    silent = re.search(r"const SILENT = new Set\(\((.*?)\)\.split", script, re.DOTALL)
    assert set("".join(re.findall(r'"([^"]*)"', silent[1])).split()) == STOP_WORDS


def test_words_keep_their_spelling():
    assert words("Stopping WORDS, not stems") == ["stopping", "words", "not", "stems"]


def test_the_nearest_word_is_suggested_then_the_most_frequent():
    count = {"regression": 3, "repression": 9, "recession": 50}.get
    assert nearest_word("regresion", ["recession", "regression", "repression"], count) == "regression"
    assert nearest_word("cat", ["car"], lambda word: 1) is None
