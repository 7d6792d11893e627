"""What a page is, and the facts that several kinds of pages show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from agsite import urls
from agsite.archive import Entry
from agsite.plates import Strip
from agsite.review import was_rejected

Say = Callable[..., str]
"""Gives a phrase of the interface as plain text, in the form for many: `say("citation_note", model="gpt-4")`."""


class Page(NamedTuple):
    """A file of the site: its bytes are a function of `template` and `context`, and of nothing else.

    `context` is made of tuples, strings, numbers and None, so it can be compared, hashed and sent to a worker.
    `template` is a file of `templates/`, the name of a writer, or `text` for a context that is the content itself, as a
    string or in bytes.
    """

    url: str
    template: str
    context: Any


class Link(NamedTuple):
    """A link within the site."""

    text: str
    url: str
    rejected: bool = False
    """Whether it leads to an answer that a reviewer has rejected."""


def answer_link(entry: Entry) -> Link:
    """Return the link to an answer."""
    return Link(entry.answer.question, urls.answer(entry.id), was_rejected(entry.answer))


class Crumb(NamedTuple):
    """A step of the breadcrumb; `kind` says which words the template uses for it."""

    kind: str
    text: str
    url: str


def category_crumbs(category: str | None) -> tuple[Crumb, ...]:
    """Return the step that leads to a category, if there is one."""
    return (Crumb("category", category, urls.category(category)),) if category else ()


# How many letters of a description search engines show.
DESCRIPTION = 155


class Head(NamedTuple):
    """What the head of a page says beyond the frame; without a title, its template gives it one."""

    url: str
    title: str = ""
    description: str = ""
    indexed: bool = True
    previous: str | None = None
    next: str | None = None
    date: str | None = None


class MovedPage(NamedTuple):
    """A page that leads on from an old address to a new one."""

    head: Head
    to: str
    thread: bool = False
    """Whether it was the address of a thread that became part of another one."""


class Coverage(NamedTuple):
    """Counts of facts about an answer's evidence; never a score."""

    sentences: int
    cited: int
    sources: int
    used: int
    gaps: int


class AnswerRow(NamedTuple):
    """An answer in a list."""

    id: str
    url: str
    question: str
    date: str
    category: str | None
    model: str
    coverage: Coverage
    plate: Strip
    rejected: bool
    """Whether a reviewer has rejected it."""


class PaperRow(NamedTuple):
    """A paper in a list; `number` is what the list counts, answers as a rule."""

    id: str
    url: str
    title: str | None
    category: str | None
    month: str
    number: int


class OpenRow(NamedTuple):
    """An open question in a list, with the answers that ask it (the first few) and how to answer it."""

    question: str
    category: str | None
    askers: int
    since: str
    after: tuple[Link, ...]
    answer_this: str | None
    asker: str
    """The id of the answer that asked first."""


class QuestionRow(NamedTuple):
    """A question of a thread: its words, its newest answer, the fields and the dates of all its answers."""

    text: str
    url: str | None
    fields: tuple[str, ...]
    dates: tuple[str, ...]
    rejected: bool
    """Whether a reviewer has rejected that answer."""
