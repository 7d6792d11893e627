"""Markdown to HTML for answers: citations, sentences with anchors, gaps, headings, formulas; raw HTML is off.

`read` finds the structure of a text without making HTML, quickly enough to do on every build; `leaf_html` renders a
part of it.

What lies where:

    reading, blocks, scanning, headings, sentences  a text to its structure
    citations, gaps, links, opaque                  what is found in prose, and what is passed over there
    inline, weaving, chips, breaks, direction       the structure to HTML
    maths, mathml                                   TeX to MathML
    plain                                           prose to plain text
"""

from __future__ import annotations

from agsite.markup.chips import Cite, CiteLabels, CiteMark, chips
from agsite.markup.direction import open_tag
from agsite.markup.inline import has_place, leaf_html, portable_html, title_html
from agsite.markup.links import find_links, hidden_host, leaves_site, refused_links
from agsite.markup.maths import find_formulas, readable, to_mathml
from agsite.markup.opaque import cover_opaque, cover_verbatim, find_opaque
from agsite.markup.plain import plain_body, plain_text
from agsite.markup.reading import read

__all__ = [
    "Cite",
    "CiteLabels",
    "CiteMark",
    "chips",
    "cover_opaque",
    "cover_verbatim",
    "find_formulas",
    "find_links",
    "find_opaque",
    "has_place",
    "hidden_host",
    "leaf_html",
    "leaves_site",
    "open_tag",
    "plain_body",
    "plain_text",
    "portable_html",
    "read",
    "readable",
    "refused_links",
    "title_html",
    "to_mathml",
]
