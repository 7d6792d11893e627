"""Prose that is hard to read: pieces of it for Hypothesis, and what a long text may repeat."""

from __future__ import annotations

from hypothesis import strategies as st

# Pieces that mean something to Markdown, to the rules of citations or to those of sentences.
_WORDS = r"""
word Word A et_al. e.g. Fig. 3 1.5 é ﬁ μ 10⁻³ — … ’s “q” "q" x<y ^ { } #x s-1 ~ ~~ & &amp; &lt; : ; , . ? !
[AG-2024.01-1031] AG-2024.01-1031 (AG-2024.01-1031) [AG-2024.01-1031 [AG-2024.01-1031](http://evil)
[AG-2024.01-1031]: http://x.y/AG-2024.01-1031 * ** *** _ __ ` `` $x$ $a*b_c$ $ $$ \[ \] \(x\) \ \* ( ) [ ] < >
<b> </b> <script> <!-- --> <http://x.y> ![a](b) [a](javascript:x) [x ](http://q.r) ](<y - * + 1. 2) # ## #### >
``` ~~~ === --- | |-|-| 。 第 ؟
"""
_WITH_SPACE = """. |? |! |; |, |- |* |+ |1. |# |## |> |et al. | and |[AG-2024.01-1031, AG-2025.02-77]|](<y z>)"""
_SPACE = ["  \n", "\\\n", " ", "  ", "    ", "\t", "\n", "\n", "\n\n", "\n\n", "\u00a0"]
PIECES = st.sampled_from([*_WORDS.split(), *_WITH_SPACE.split("|"), '[a](http://x.y/z "t")', "a | b", *_SPACE])
STRANGE = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=5)
CITING = st.sampled_from(
    [" [AG-2024.01-1031]", "[AG-2024.01-1031]", "[AG-2024.01-1031", " and ", ", ", "'s", " a", ". A"]
)

# What is read in a time that grows with its length, however often it is repeated.
_INLINE = """
*a *a**b * _a__b a* **a*b *a.* [ ] [a]( ![a [x]((( [x](< [x](y" `a``b `$ < <b> <!-- <http://a http://a/ & &amp; $ $a
$a\\ $$ $a$ $x^{ $\\( \\ \\[ \\( |a a A. . .”)*_ " AG- [AG-2024.01-1031 [AG-2024.01-1031] AG-2024.01-1031,
(AG-2024.01-1031
"""
_PHRASES = [
    "*a **b ",
    "_a __b ",
    '[x](y "',
    "`a ``b ",
    "<http://a ",
    "$a ",
    "a ",
    "A. ",
    ".) ",
    "[AG-2024.01-1031] and ",
]
_CLAIMS = [
    "。",
    "。*",
    "第**二。**",
    "。[AG-2024.01-1031]第",
    "a [AG-2024.01-1031].",
    "the archive ",
    "no paper ",
    "none of the ",
    "\u00a0",
    " ",
    "\t",
    "- ",
    "1. ",
    "> ",
]
_LINES = ["\\[\n", "$$\na\n", "> \\[\n", "- \\[ a\n", "- a\n1. b\n", "1. a\n", "# a\n", "## a\n\n", "a\n===\n"]
_MORE_LINES = ["a  \n", "A.\\\n", "* * *\n", "```\n", "|a|b|\n|-|-|\n", "[a]: http://b\n", "a\n\n", "\n", ". \n"]
SHAPES = [*_INLINE.split(), *_PHRASES, *_CLAIMS, *_LINES, *_MORE_LINES]
