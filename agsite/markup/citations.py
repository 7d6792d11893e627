"""Where a text cites papers: ids in brackets, groups of them, bare ids; never inside code, links or formulas."""

from __future__ import annotations

import re

from agsite.ids import PAPER_ID
from agsite.body import Group
from agsite.markup.opaque import HINT, OPAQUE

_ID = r"AG-[0-9]{4}\.(?:0[1-9]|1[0-2])-[0-9]{1,6}(?![A-Za-z0-9_])"
_UNIT = rf"\[\s*{_ID}(?:\s*[,;]\s*{_ID})*\s*\]|\(\s*{_ID}(?:\s*[,;]\s*{_ID})*\s*\)|(?<![A-Za-z0-9_.-]){_ID}"

# Units that follow one another, with nothing or a comma or an “and” between, are one group.
_GROUP = re.compile(rf"(?:{_UNIT})(?:(?:\s*[,;]\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s*)(?:{_UNIT}))*")

_PREPOSITIONS = frozenset(
    "about across after against along among around as at before behind below beneath beside between beyond by despite "
    "during except following for from in inside into like near of off on onto over per since than through throughout "
    "to toward towards under unlike until upon versus via with within without and both that whereas while but "
    "see however".split()  # noqa: SIM905 - one word list
)
_OPENS_CLAUSE = tuple(",;:—–-(“\"‘'*_")
_LAST_WORD = re.compile(r"([A-Za-z]+)\s+$")


def find_opaque(text: str) -> list[re.Match[str]]:
    """Return the runs of `text` that are code, formulas, links or addresses."""
    return list(OPAQUE.finditer(text)) if HINT.search(text) else []


def find_groups(text: str, opaque: list[re.Match[str]]) -> list[Group]:
    """Return the groups of citations in a leaf's text, in order."""
    if "AG-" not in text:
        return []
    if opaque:
        masked = list(text)
        for run in opaque:
            masked[run.start() : run.end()] = "\x00" * (run.end() - run.start())
        searched = "".join(masked)
    else:
        searched = text
    return [_group(text, match) for match in _GROUP.finditer(searched)]


def _group(text: str, match: re.Match[str]) -> Group:
    ids = list(PAPER_ID.finditer(match[0]))
    return Group(
        match.start(),
        match.end(),
        tuple(found[0] for found in ids),
        tuple(match.start() + found.start() for found in ids),
        _is_named(text, match),
    )


def _is_named(text: str, match: re.Match[str]) -> bool:
    """Say whether the ids are words of their sentence: bare, possessive, its subject, or after a preposition."""
    if match[0][0] == "A":
        return True
    # The words nearby decide; a longer look would only cost time.
    before, after = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 24]
    if after.startswith(("'s", "’s")):
        return True
    word = _LAST_WORD.search(before)
    if word and word[1].lower() in _PREPOSITIONS:
        return True
    # A subject has its verb next; “… here. [AG-x] Next” does not, and is a citation of the sentence before.
    followed = bool(re.match(r"\s+[a-z(]", after))
    clean = before.rstrip()
    starts = not clean or clean.endswith((".", "!", "?")) or clean.endswith(_OPENS_CLAUSE)
    return followed and starts and not (clean.endswith(")") and not before.endswith(" "))


def trails(text: str, group: Group) -> bool:
    """Say whether a group stands behind the stop of the sentence that it supports."""
    before = text[max(0, group.start - 8) : group.start].rstrip()
    if not before.rstrip("*_\"”’')").endswith((".", "!", "?")) or group.named:
        return False
    after = text[group.end : group.end + 8].lstrip("*_")
    return not after.strip() or bool(re.match(r"\s+[^a-z\s]", after))
