"""Threads: the connected parts of the graph of follow-up questions, cut into pages and laid out as tidy trees.

Values in, values out: what is asked and answered comes in as keys of questions, and places come out as numbers.
"""

from __future__ import annotations

from agsite.threads.drawing import Drawing, Glyph, Node, draw, glyph
from agsite.threads.graph import Answered, Thread, find_threads
from agsite.threads.parts import Part, cut

__all__ = [
    "Answered",
    "Drawing",
    "Glyph",
    "Node",
    "Part",
    "Thread",
    "cut",
    "draw",
    "find_threads",
    "glyph",
]
