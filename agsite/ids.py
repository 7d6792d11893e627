"""Identity: paper ids, answer ids, slugs, and the normal form in which two questions are the same."""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

PAPER_ID_SHAPE = r"AG-[0-9]{4}\.(?:0[1-9]|1[0-2])-[0-9]{1,6}"

# Rule: AG-YYYY.MM-N, ASCII, month 01-12, one to six digits, and whole: not the tail or head of a longer word.
PAPER_ID = re.compile(r"(?<![A-Za-z0-9_.-])AG-([0-9]{4})\.(0[1-9]|1[0-2])-([0-9]{1,6})(?![A-Za-z0-9_])")

# What looks as if somebody meant a paper id; `checks` reports those that are none. The look behind comes third, so that
# it is taken only where both letters stand. Space, or a line break, may stand only beside marks that are right: with
# others, “Ag 2024, 12-14 May” would be one.
_DASH = r"-\u2010-\u2015\u2212\uff0d"
_SLASH = r"/\u2044\u2215\uff0f"
ALMOST_PAPER_ID = re.compile(
    r"[Aa][Gg](?<![A-Za-z0-9_-]..)"
    rf"(?:[{_DASH}{_SLASH} _]?[0-9]{{4}}[.,\-\u2013\uff0e{_SLASH}][0-9]{{1,2}}[{_DASH}{_SLASH} _.][0-9]+"
    rf"|\s*[{_DASH}]\s*[0-9]{{4}}\s*\.\s*[0-9]{{1,2}}\s*[{_DASH}]\s*[0-9]+"
    r"|-[0-9]{3,5}\.[0-9]{1,3}-[0-9]+)"
)

# The same within square brackets, where more can only have been meant as an id: digits that are parted otherwise or not
# at all, letters for digits, and a letter after the number, as versions on arXiv have. Six digits, so that a name such
# as AG-2 is none; what follows a mark must not be the rest of an id that is right.
_MARK = rf"{_DASH}{_SLASH}_.:"
_LIKE_DIGIT = "0-9OoIl"
ALMOST_IN_BRACKETS = re.compile(
    rf"AG(?<![A-Za-z0-9_.-]..)[{_MARK}](?!(?<=AG-){PAPER_ID_SHAPE.removeprefix('AG-')}(?![A-Za-z0-9_]))"
    rf"[0-9](?=(?:[{_MARK}]?[{_LIKE_DIGIT}]){{5}})[{_LIKE_DIGIT}]*(?:[{_MARK}][{_LIKE_DIGIT}]+)*[A-Za-z0-9]*"
)

# An id that is right but for the word that it is stuck to; after a capital it may be the rest of another name.
STUCK_PAPER_ID = re.compile(rf"(?<=[a-z]){PAPER_ID_SHAPE}(?![A-Za-z0-9_])")

# A part of every id, and of all that is almost one, as it stands in a file with the marks of quotes and lists. Two
# searches, each for a letter, are quicker than one for either.
LIKE_PAPER_IDS = tuple(
    [
        re.compile(rf"{letter}[{_DASH}{_SLASH}_\s>]{{0,12}}[0-9]{{3,5}}[\s>]{{0,12}}[.,\-\u2013\uff0e{_SLASH}]")
        for letter in "Gg"
    ]
)

# Letters of other scripts that look like those of an id, and what TeX puts around a part of one.
_LOOKS_LIKE = str.maketrans("\u0410\u0391\u050c\u13aa\u13c0", "AAGAG")
_TEX = re.compile(r"\\(?:[A-Za-z]+|.)|[${}]")

ANSWER_ID_SHAPE = "[a-z0-9][a-z0-9-]{0,79}"
_ANSWER_ID = re.compile(ANSWER_ID_SHAPE)

# Path segments and object keys that an answer may not be called: `/ask/page/2/` is the list's second page.
RESERVED_IDS = frozenset({"page", "index", "con", "prn", "aux", "nul", "constructor", "prototype"})


PaperKey = tuple[int, int, int]
"""(year, month, number) of a paper's id: equal for zero-padded variants of it."""


class PaperId(str):
    """The archive's name of a paper, kept verbatim and ordered by (year, month, number).

    >>> PaperId("AG-2026.01-735") < PaperId("AG-2026.01-1031")
    True
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> PaperId:
        """Return the id that `text` spells; raise ValueError where it spells none."""
        return _parse_paper_id(text)

    @property
    def key(self) -> PaperKey:
        """The same for zero-padded variants of one id."""
        return _paper_key(self)

    @property
    def month(self) -> str:
        """The month of the paper as YYYY-MM."""
        year, month, _ = self.key
        return f"{year:04d}-{month:02d}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PaperId):
            return NotImplemented
        return (self.key, str(self)) < (other.key, str(other))

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, PaperId):
            return NotImplemented
        return (self.key, str(self)) > (other.key, str(other))

    def __le__(self, other: object) -> bool:
        return not self > other

    def __ge__(self, other: object) -> bool:
        return not self < other

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls.parse, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )


@functools.lru_cache(maxsize=200_000)
def _parse_paper_id(text: str) -> PaperId:
    if not PAPER_ID.fullmatch(text):
        raise ValueError(f"“{text}” is not a paper id; it must look like AG-2026.03-1712")
    return PaperId(text)


@functools.lru_cache(maxsize=200_000)
def _paper_key(text: str) -> PaperKey:
    match = PAPER_ID.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is not a paper id")
    return int(match[1]), int(match[2]), int(match[3])


def without_disguise(text: str) -> str:
    r"""Return a text in which ids stand as a reader sees them, whatever digits, look-alikes or formulas spell them.

    >>> without_disguise("$AG$-\uff12\uff10\uff12\uff14.05-77")
    'AG-2024.05-77'
    """
    if text.isascii() and "$" not in text and "\\" not in text:
        return text
    alike = unicodedata.normalize("NFKC", _TEX.sub("", text)).translate(_LOOKS_LIKE)
    return "".join([str(unicodedata.decimal(sign, sign)) for sign in alike])


def answer_id(stem: str) -> str:
    """Return the id of an answer whose file has this stem: lower case, anything outside `[a-z0-9-]` a hyphen."""
    return re.sub(r"[^a-z0-9-]", "-", stem.lower())


def is_answer_id(text: str) -> bool:
    """Say whether `text` can be an answer's id, and so a part of its address."""
    return bool(_ANSWER_ID.fullmatch(text)) and text not in RESERVED_IDS


_ALIKE = str.maketrans(
    {**dict.fromkeys("‘’‛′´`", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‐‑‒–—―−", "-")}  # noqa: RUF001
)


QUESTION_MARKS = "?？؟՞\u037e"  # noqa: RUF001
"""The marks at the end of a question, in several scripts; Greek has U+037E, which mostly is written as a semicolon."""


def folded(text: str) -> str:
    """Return a text in the form in which words are compared: one kind of quote, dash and space, and no case.

    >>> folded("It  DOES — “hold”")
    'it does - "hold"'
    """
    # Before NFKC, which takes some of them apart (accents, double primes), and after it, for those that it makes.
    normal = unicodedata.normalize("NFKC", text.translate(_ALIKE)).translate(_ALIKE)
    return " ".join(normal.casefold().split())


@functools.lru_cache(maxsize=200_000)
def question_key(question: str) -> str:
    """Return the normal form in which two questions count as the same.

    Case, runs of space, shapes of quotes and dashes and the final mark do not matter.

    >>> question_key("Does  it hold — “always”?") == question_key('does it hold - "always"')
    True
    """
    return folded(question).rstrip(f" !.;{QUESTION_MARKS}")


@functools.lru_cache(maxsize=4_096)
def slug(text: str, limit: int = 60) -> str:
    """Return a readable ASCII slug for a heading or a file name, cut at a word; empty where nothing is left."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    joined = "-".join(re.findall(r"[a-z0-9]+", plain.lower().replace("'", "")))
    if len(joined) <= limit:
        return joined
    cut = joined[: limit + 1].rfind("-")
    return joined[: cut if cut > 0 else limit]


_ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def made_id(digest: str) -> str:
    """Return the ten letters and digits that the program makes of a hexadecimal digest, for an id."""
    number = int(digest, 16)
    letters = ""
    for _ in range(10):
        number, place = divmod(number, 36)
        letters += _ID_LETTERS[place]
    return letters


def file_stem(question: str) -> str:
    """Return the name, without its ending, of a file for the answer to a question; always the same for one question.

    Where the readable name says less than half of the question, as in scripts without Latin letters, or is reserved,
    ten letters and digits of the question's own follow.
    """
    name = slug(question, 50)
    if is_answer_id(name) and (question.isascii() or _says_most(question)):
        return name
    return unique_stem(question)


def unique_stem(question: str) -> str:
    """Return the name of such a file that no other question shares: the readable one, if any, with ten signs more."""
    name = slug(question, 50)
    made = made_id(hashlib.sha256(question_key(question).encode("utf-8", "surrogatepass")).hexdigest())
    return f"{name}-{made}" if name else made


def _says_most(question: str) -> bool:
    kept = len(slug(question, len(question) * 4).replace("-", ""))
    return kept * 2 >= sum(map(str.isalnum, question))
