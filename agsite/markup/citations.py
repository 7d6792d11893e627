"""Where a text cites papers: ids in brackets, groups of them, bare ids; never inside code, links or formulas."""

from __future__ import annotations

import re
import sys

from agsite.body import Group
from agsite.ids import PAPER_ID, PAPER_ID_SHAPE

_ID = rf"{PAPER_ID_SHAPE}(?![A-Za-z0-9_])"
_UNIT = rf"\[\s*{_ID}(?:\s*[,;]\s*{_ID})*\s*\]|\(\s*{_ID}(?:\s*[,;]\s*{_ID})*\s*\)|(?<![A-Za-z0-9_.-]){_ID}"

# Units that follow one another, with nothing or a comma or an “and” between, are one group.
_GROUP = re.compile(rf"(?:{_UNIT})(?:(?:\s*[,;]\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s*)(?:{_UNIT}))*")

# The usual group, one id in brackets, where nothing after it can go on with the group.
_ALONE = re.compile(rf"\[({_ID})\](?!\s*(?:[,;&\[(A]|and\s))")

# After one of these an id is a word of the sentence: “as in [AG-x]”, “where [AG-x] examines”.
_INTRODUCTIONS = """
    about across after against along among around as at before behind below beneath beside between beyond by despite
    during except following for from in inside into like near of off on onto over per since than through throughout to
    toward towards under unlike until upon versus via with within without
    and because both but however if or see so that when where whereas while
"""
_INTRODUCES = frozenset(_INTRODUCTIONS.split())
# The stops of scripts that have others; some of these scripts put no space after them.
WIDE_STOPS = "。｡！？؟۔।॥։።။"  # noqa: RUF001
_STOPS = (".", "!", "?", *WIDE_STOPS)
_BEFORE_SUBJECT = (*_STOPS, *",;:—–-(“\"‘'*_")
_LAST_WORD = re.compile(r"[A-Za-z]+$")
_GOES_ON = re.compile(r"[*_]*\s+[a-z(]")
# “[AG-x], however, shows …”: only where a sentence starts, for elsewhere the comma may end what the number supports.
_IS_SET_OFF = re.compile(r"[*_]*,\s+[a-z]")
_NEW_SENTENCE = re.compile(r"\s+[^a-z\s]")

# How far the words reach that decide; a longer look would only cost time.
_NEARBY = 24


def find_groups(text: str, opaque: list[re.Match[str]]) -> list[Group]:
    """Return the groups of citations in a leaf's text, in order."""
    searched = text
    for run in opaque:
        searched = searched[: run.start()] + "\x00" * (run.end() - run.start()) + searched[run.end() :]
    groups = []
    at = searched.find("AG-")
    while at >= 0:
        group = _group(text, searched, at)
        if group:
            groups.append(group)
        at = searched.find("AG-", group.end if group else at + 1)
    return groups


def _group(text: str, searched: str, at: int) -> Group | None:
    """Return the group whose first id starts at `at`, from its bracket on where it has one."""
    if at and (alone := _ALONE.match(searched, at - 1)):
        start, end = alone.span()
        return Group(start, end, (sys.intern(alone[1]),), (at,), _is_named(text, start, end))
    match = _match_group(searched, at)
    if match is None:
        return None
    start, end = match.span()
    ids = list(PAPER_ID.finditer(text, start, end))
    papers = tuple([sys.intern(i[0]) for i in ids])
    return Group(start, end, papers, tuple([i.start() for i in ids]), _is_named(text, start, end))


def _match_group(text: str, at: int) -> re.Match[str] | None:
    before = at
    while before and text[before - 1].isspace():
        before -= 1
    bracketed = _GROUP.match(text, before - 1) if before and text[before - 1] in "[(" else None
    return bracketed or _GROUP.match(text, at)


def _is_named(text: str, start: int, end: int) -> bool:
    """Say whether the ids are words of their sentence: bare, possessive, its subject, or after a preposition."""
    if text[start] == "A" or text.startswith(("'s", "’s"), end):
        return True
    before = text[max(0, start - _NEARBY) : start]
    if text.startswith(("*", "_"), end):
        before = before.rstrip("*_")
    clean = before.rstrip()
    if clean != before and _last_word(clean) in _INTRODUCES:
        return True
    # A subject has its verb next; “… here. [AG-x] Next” does not, and is a citation of the sentence before.
    if clean and not clean.endswith(_BEFORE_SUBJECT):
        return False
    starts = not clean or clean.endswith(_STOPS)
    return bool(_GOES_ON.match(text, end) or (starts and _IS_SET_OFF.match(text, end)))


def _last_word(text: str) -> str:
    word = text.rsplit(None, 1)[-1] if text else ""
    if not word.isalpha():
        letters = _LAST_WORD.search(word)
        word = letters[0] if letters else ""
    return word.lower()


def trails(text: str, group: Group) -> bool:
    """Say whether a group stands after the stop of the sentence that it supports."""
    if group.named:
        return False
    before = text[max(0, group.start - 8) : group.start].rstrip()
    if before[-1:].isalnum() or not before.rstrip("*_\"”’')").endswith(_STOPS):
        return False
    after = text[group.end : group.end + 8].lstrip("*_")
    if not after.strip() or _NEW_SENTENCE.match(after):
        return True
    # Where no space parts anything, what adheres to the stop belongs to it, and letters begin what comes next.
    adheres = text[max(0, group.start - 4) : group.start].rstrip("*_").endswith(tuple(WIDE_STOPS))
    return adheres and after[0].isalpha()
