"""A built site, with what the report compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from agsite import files, urls
from agsite.ids import question_key
from agsite.impact import data
from agsite.impact.data import AnswerLine, BuildFacts, PaperLine


class Citing(NamedTuple):
    """A sentence that cites a paper. It is known by its words, for its number changes when another is put before it."""

    paper: str
    answer: str
    sentence: str


class BuiltSite(NamedTuple):
    """A built site; `sizes` are those of its files, which may be the data alone."""

    root: Path
    answers: Mapping[str, AnswerLine]
    papers: Mapping[str, PaperLine]
    citing: frozenset[Citing]
    open: Mapping[str, str]
    pages: int
    sizes: Mapping[str, int]

    @property
    def whole(self) -> bool:
        """Whether the pages themselves are at hand."""
        return "index.html" in self.sizes


def read(root: Path) -> BuiltSite:
    """Read the data of a built site; raise ConfigError where there is none, or none that a build wrote."""
    answers = {line.id: line for line in data.lines(root / urls.ANSWER_LINES, AnswerLine)}
    papers = {line.id: line for line in data.lines(root / urls.PAPER_LINES, PaperLine)}
    live = [answer for answer in answers.values() if answer.status != "withdrawn"]
    answered = {question_key(answer.question) for answer in live}
    asked = {question_key(ask.question): ask.question for answer in live for ask in answer.follow_ups}
    names = files.find(root, ("",))[0]
    return BuiltSite(
        root=root,
        answers=answers,
        papers=papers,
        citing=frozenset(citing for answer in live for citing in _citing(answer)),
        open={key: question for key, question in asked.items() if key not in answered},
        pages=data.whole(root / urls.BUILD, BuildFacts).pages,
        sizes={Path(name).relative_to(root).as_posix(): Path(name).stat().st_size for name in names},
    )


def _citing(answer: AnswerLine) -> Iterable[Citing]:
    return (Citing(citation.paper_id, answer.id, citation.sentence) for citation in answer.citations)
