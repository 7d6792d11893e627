"""An archive in which one answer's text was edited, without linking all of it again.

Most edits change words and leave alone what an answer is about and what it rests on. Then a few records of the archive
change, and the rest stay the very same objects; the result equals that of `build_archive`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar

from agsite.archive.linking import entry_of
from agsite.archive.records import Archive, Context, Entry, OpenQuestion, PaperEntry, Retrieved
from agsite.body import Body
from agsite.ids import PaperId, question_key
from agsite.records import Answer

_OWN = frozenset({"body", "note"})
"""The fields of an answer that only its own pages show, as long as the same papers are cited."""

T = TypeVar("T")


def reworded(archive: Archive, answer: Answer, body: Body, path: str) -> Archive | None:
    """Return the archive with an answer's new text; None where the edit touches more than words."""
    old = next((entry for entry in archive.entries if entry.id == answer.id and entry.path == path), None)
    if old is None or not _same_record(old.answer, answer):
        return None
    try:
        new = entry_of(answer, body, path, archive.canonical)
    except KeyError:
        return None
    # Of as many papers of two categories, the one that is cited first decides.
    if {c.paper for c in new.citations} != {c.paper for c in old.citations} or new.category != old.category:
        return None
    keys = [new.key, *map(question_key, answer.follow_ups)]
    return dataclasses.replace(
        archive,
        entries=_swapped(archive.entries, old, new),
        by_question=_regrouped(archive.by_question, keys, old, new),
        asked_by=_regrouped(archive.asked_by, keys, old, new),
        papers=_papers(archive.papers, old, new),
        open_questions=tuple(_question(question, keys, old, new) for question in archive.open_questions),
    )


def _same_record(old: Answer, new: Answer) -> bool:
    return all(getattr(old, field) == getattr(new, field) for field in Answer.model_fields if field not in _OWN)


def _swapped(items: tuple[T, ...], old: T, new: T) -> tuple[T, ...]:
    return tuple([new if item is old else item for item in items])


def _regrouped(
    groups: Mapping[str, tuple[Entry, ...]], keys: list[str], old: Entry, new: Entry
) -> dict[str, tuple[Entry, ...]]:
    return dict(groups) | {key: _swapped(groups[key], old, new) for key in keys if key in groups}


def _question(question: OpenQuestion, keys: list[str], old: Entry, new: Entry) -> OpenQuestion:
    if question.key not in keys:
        return question
    return dataclasses.replace(question, askers=_swapped(question.askers, old, new))


def _papers(papers: Mapping[PaperId, PaperEntry], old: Entry, new: Entry) -> dict[PaperId, PaperEntry]:
    touched = {paper: papers[paper] for paper in {*old.citing, *old.listed}}
    return dict(papers) | {
        id: dataclasses.replace(
            paper,
            contexts=tuple(Context(new, new.citing[id]) if c.entry is old else c for c in paper.contexts),
            retrieved=tuple(Retrieved(new, *r[1:]) if r.entry is old else r for r in paper.retrieved),
        )
        for id, paper in touched.items()
    }
