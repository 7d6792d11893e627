"""What an answer, a source and a paper are: frozen records that refuse what they do not know."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints
from pydantic.dataclasses import dataclass

from agsite.ids import PaperId

Line = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\n]+$", strip_whitespace=True)]
"""One line of text, never empty."""

HAND_WRITTEN = "hand-written"
"""The model of an answer that a person wrote."""

FOLLOW_UPS = 3
"""How many questions an answer usually ends on."""

LONGEST_TITLE = 1_000
"""How many characters the title of a paper may have: it stands at each of its citations, in other answers too."""

LONGEST_ABSTRACT = 20_000
"""How many characters an abstract or a summary may have: quotations of all answers that cite it are looked up in it."""

Status = Literal["draft", "published", "withdrawn"]


class Record(BaseModel):
    """The base of all records: frozen, exact, nothing extra."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Source:
    """A paper that retrieval found for an answer, as the answer's file gives it.

    A dataclass with slots: an archive holds eight for each answer, and as a model each would take 500 bytes, not 70.
    """

    id: PaperId
    category: str | None = None
    title: Line
    similarity: Annotated[int, Field(ge=0, le=100), Strict()] | None = None


class Answer(Record):
    """One answer: what was asked, who wrote it and when, the text in Markdown, its sources, what it leaves open."""

    id: str
    question: Line
    model: Line
    date: Annotated[dt.date, Strict()]
    body: Annotated[str, StringConstraints(min_length=1)]
    sources: tuple[Source, ...] = ()
    follow_ups: tuple[Line, ...] = ()
    status: Status = "published"
    note: str | None = None
    aliases: tuple[str, ...] = ()
    provenance: dict[str, Any] | None = None
    review: dict[str, Any] | None = None


class Author(Record):
    """A person or a collaboration as a bibliography names it; a collaboration has a family name only."""

    family: str
    given: str = ""

    @property
    def name(self) -> str:
        """The name in reading order."""
        return f"{self.given} {self.family}".strip()


class Paper(Record):
    """What is known of a paper from an imported bibliography; every field but the id may be missing."""

    id: PaperId
    title: str | None = None
    authors: tuple[Author, ...] = ()
    abstract: str | None = None
    summary: str | None = None
    arxiv_id: str | None = None
    doi: str | None = None
    published: str | None = None
    """YYYY, YYYY-MM or YYYY-MM-DD, as exact as the source was."""
    categories: tuple[str, ...] = ()


def body_digest(body: str) -> str:
    """Return the digest of an answer's text, which shows whether a generated text was edited since."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
