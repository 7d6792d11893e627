"""Normal forms of the names that the world outside gives to a paper: arXiv ids and DOIs."""

from __future__ import annotations

import re
from urllib.parse import unquote

from agsite.suspects import suspects

# Since April 2007 `YYMM.NNNN` (five digits since 2015), before that `archive/YYMMNNN`, with a subject class at times.
_YYMM = "[0-9]{2}(?:0[1-9]|1[0-2])"
_NEW, _ARCHIVE, _OLD = rf"{_YYMM}\.[0-9]{{4,5}}", "[a-z]+(?:-[a-z]+)?", f"{_YYMM}[0-9]{{3}}"
_ID = rf"(?P<new>{_NEW})|(?P<archive>{_ARCHIVE})(?:\.[a-z]{{2}})?/(?P<old>{_OLD})"
_MARK = r"(?:oai:)?arxiv(?:\.org/(?:abs|pdf)/|[:./])\s*"
_ARXIV = re.compile(rf"(?:https?://(?:[a-z]+\.)?)?(?:{_MARK})?(?:{_ID})(?:v[0-9]+)?(?:\.pdf)?", re.IGNORECASE)
_ARXIV_INSIDE = re.compile(rf"{_MARK}(?:{_ID})(?![0-9])", re.IGNORECASE)
_NORMAL_ARXIV = re.compile(f"{_NEW}|{_ARCHIVE}/{_OLD}")

_DOI_PREFIX = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s*", re.IGNORECASE)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\x00-\x1f\x7f]+")
# arXiv's own DOIs say nothing that the arXiv id does not, and would hide the publisher's.
_ARXIV_DOI = "10.48550/arxiv."


def arxiv_id(text: str) -> str | None:
    """Return the arXiv id that the whole text spells, without version; None where it spells none.

    >>> arxiv_id("https://arxiv.org/abs/2606.13780v2")
    '2606.13780'
    """
    return _spelt(_ARXIV.fullmatch(text.strip()))


def arxiv_id_in(text: str) -> str | None:
    """Return the first arXiv id in running text that is marked as one, as in “arXiv preprint arXiv:2606.13780”."""
    return _spelt(_ARXIV_INSIDE.search(text))


def is_arxiv_id(text: str) -> bool:
    """Say whether the text is an arXiv id in the normal form."""
    return bool(_NORMAL_ARXIV.fullmatch(text))


def arxiv_month(arxiv_id: str) -> str:
    """Return the month that a normal arXiv id tells, as YYYY-MM."""
    digits = arxiv_id.rpartition("/")[2]
    century = "19" if digits[:2] > "90" else "20"
    return f"{century}{digits[:2]}-{digits[2:4]}"


def doi(text: str) -> str | None:
    """Return the DOI that the text spells, bare and in lower case; None where it spells none.

    >>> doi("https://doi.org/10.1103/PhysRevD.76.013009")
    '10.1103/physrevd.76.013009'
    """
    text = text.strip()
    bare = _DOI_PREFIX.sub("", text, count=1)
    bare = unquote(bare) if bare != text else bare
    name = bare.split(maxsplit=1)[0].rstrip(".,;").lower() if bare.strip() else ""
    spelt = _DOI.fullmatch(name) and not name.startswith(_ARXIV_DOI) and not suspects(name)
    return name if spelt else None


def is_doi(text: str) -> bool:
    """Say whether the text is a DOI in the normal form."""
    return bool(_DOI.fullmatch(text)) and text == text.lower()


def _spelt(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    return match["new"] or f"{match['archive'].lower()}/{match['old']}"
