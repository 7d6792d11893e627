"""Sentences that name a gap: what the archive, the preprints or the provided papers do not contain.

A rule of phrases, not of meaning; `docs/reading.md` lists what it finds and what it misses.
"""

from __future__ import annotations

import re

from agsite.markup.opaque import has_any

_CORPUS = (
    r"(?:(?:the|this|our)\s+archive(?:['’]s\s+\w+)?|(?:the|these|those|any|all)(?:\s+of\s+(?:the|these))?\s+(?:\w+\s+)?"
    r"(?:preprints|papers|sources|studies|documents)(?:\s+(?:here|provided|retrieved|listed|available|found|in\s+the\s+archive))?)"
)
_LACKS = (
    r"(?:(?:does|do|did|has|have|can|could|is|are)(?:\s+not|n['’]t)|cannot|lacks?|(?:has|have|holds?|contains?|offers?|includes?|"
    r"gives?|provides?|reports?|shows?|says?)\s+(?:no\b|nothing|little|none)|(?:is|are)\s+silent|stops?\s+short|leaves?\s+open)"
)
_NOUN = r"(?:archive|preprints?|papers?|stud(?:y|ies)|sources?|work)"

_PHRASES = re.compile(
    rf"\b{_CORPUS}\s+(?:(?:itself|themselves|here|also|still|currently|simply|directly|explicitly|alone)\s+)?{_LACKS}"
    rf"|\bnone\s+of\s+(?:the|these|those)\s+(?:\w+\s+){{0,2}}{_NOUN}\b"
    rf"|\bnothing\s+in\s+(?:the|this|these)\s+(?:\w+\s+)?{_NOUN}\b"
    rf"|\bno\s+(?:\w+\s+)?{_NOUN}\s+(?:\w+\s+)?(?:here|in\s+(?:the|this)\s+archive|(?:provided|retrieved|listed))\b"
    rf"|\bno\s+(?:\w+\s+)?(?:preprint|paper|study)\s+(?:in\s+\S+\s+\S+\s+)?(?:\w+s|has|have|does|do)\b"
    rf"|\b(?:not|nowhere)\s+(?:\w+\s+)?(?:in|by|among)\s+(?:the|this|these|any\s+of\s+the)\s+(?:\w+\s+)?{_NOUN}\b"
    rf"|\b(?:missing|absent)\s+from\s+(?:the|this|these)\s+(?:\w+\s+)?{_NOUN}\b"
    rf"|\boutside\s+(?:the\s+)?(?:scope\s+of\s+)?(?:this|the)\s+archive\b",
    re.IGNORECASE,
)
# Every phrase holds a word of the one row and a part of a word of the other.
_CORPUS_HINTS = ("archive", "preprint", "paper", "stud", "source", "work", "document")
_LACK_HINTS = (
    "no",
    "n't",
    "n’t",
    "lack",
    "silent",
    "missing",
    "absent",
    "outside",
    "neither",
    "open",
    "short",
    "little",
)

# “Not only does the archive …” and “the archive does not only …” say what it has.
_UNDONE = re.compile(r"\bnot\s+only\b|\bno\s+longer\b|\bno\s+doubt\b", re.IGNORECASE)

_EMPHASIS = str.maketrans("", "", "*_")


def gap_words(text: str) -> tuple[str, ...]:
    """Return words of which every sentence of a text that names a gap holds one; none where no sentence can."""
    lower = text.lower()
    return tuple(filter(lower.__contains__, _CORPUS_HINTS)) if has_any(_LACK_HINTS, lower) else ()


def names_gap(sentence: str) -> bool:
    """Say whether a sentence states that the archive or its papers do not contain something."""
    lower = sentence.lower()
    if not (has_any(_CORPUS_HINTS, lower) and has_any(_LACK_HINTS, lower)):
        return False
    # People stress the word that matters: “the archive does *not* contain”.
    sentence = sentence.translate(_EMPHASIS)
    return bool(_PHRASES.search(sentence)) and not _UNDONE.search(sentence)
