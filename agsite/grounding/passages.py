"""What a request shows of a paper: cleaned, sentence by sentence, so that a citation names whole sentences."""

from __future__ import annotations

from typing import NamedTuple

from agsite.categories import CATEGORIES
from agsite.grounding.visible import as_seen
from agsite.ids import PaperId
from agsite.markup import find_opaque
from agsite.markup.sentences import split
from agsite.records import Paper

_LONGEST_SENTENCE = 2_000


class Passage(NamedTuple):
    """A paper as the model sees it; without an abstract its only sentence is its title."""

    paper: PaperId
    title: str
    category: str | None
    sentences: tuple[str, ...]
    has_abstract: bool

    @property
    def heading(self) -> str:
        """The title with category and month, and a word where nothing else is known."""
        facts = ", ".join(filter(None, (self.category, self.paper.month, "" if self.has_abstract else "title only")))
        return f"{self.title} ({facts})"

    @property
    def text(self) -> str:
        """Everything that the model sees of the paper's words."""
        return " ".join((self.title, *self.sentences))


def passage(paper: Paper) -> Passage:
    """Return what a request shows of a paper, a sentence to a block."""
    title = as_seen(paper.title or paper.id, 500)
    category = next((name for name in paper.categories if name in CATEGORIES), None)
    sentences = sentences_of(paper.abstract or "")
    return Passage(paper.id, title, category, sentences or (title,), bool(sentences))


def sentences_of(abstract: str) -> tuple[str, ...]:
    """Return the sentences of an abstract, cleaned."""
    text = as_seen(abstract)
    spans = split(text, find_opaque(text), [])
    return tuple(text[start:end][:_LONGEST_SENTENCE] for start, end in spans)
