r"""Runs of Markdown that are taken letter by letter: code spans and formulas, in which no sign has a meaning.

Making Markdown of page text and reading Markdown must find the same runs. The patterns are parts of larger
ones, to be compiled with DOTALL where a text has several lines.
"""

from __future__ import annotations

# Lengths are bounded, no step is taken back (`++`), and an opener ends the search of the one before, so that a text of
# openers without closers costs no more than a few passes.
CODE = r"(?<!`)(?P<tick>`++).{1,4000}?(?<!`)(?P=tick)(?!`)"

# Rules of Pandoc for `$`: no space inside next to the marks, no digit after the closing one; `\(…\)`, `\[…\]` as TeX.
# What stands after a backslash opens nothing, and an id between brackets that were escaped is none.
MATHS = (
    r"(?<!\\)\$\$(?:[^$\\]++|\\.){1,2000}+\$\$"
    r"|(?<!\\)\$(?![\s$])[^$\\\n]*+(?:(?:\\.|\n(?!\n))[^$\\\n]*+){0,300}+(?<![\s\\])\$(?![0-9])"
    r"|(?<!\\)\\\((?:[^\\]++|\\[^()]){1,1000}+\\\)"
    r"|(?<!\\)\\\[(?!\s*AG-)(?:[^\\]++|\\[^\[\]]){1,2000}+\\\]"
)
