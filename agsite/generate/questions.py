"""Which questions are to be answered: given ones, a queue's, and those that published answers left open."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Literal, NamedTuple

from agsite.archive import Archive, Entry
from agsite.checks.questions import MAX_LENGTH
from agsite.corpus import Corpus
from agsite.counted import counted
from agsite.errors import ConfigError
from agsite.grounding import hides_something
from agsite.ids import question_key
from agsite.near_duplicates import KnownQuestions
from agsite.review import read_review

State = Literal["open", "bought", "settled"]
"""Whether something would be asked about a question now, its reply is there to be used, or neither."""

MAX_DEPTH = 4
# What is no number at all (`NaN`) is not within it, either.
_HIGHEST = 1e15
_FIELDS = {"question", "origin", "parent", "priority"}


class Item(NamedTuple):
    """A question that is to be answered, and how it came up."""

    question: str
    origin: str = "given"
    parent: str | None = None
    """The question of the answer that asks it."""
    asked_by: tuple[str, ...] = ()
    depth: int = 0
    """How many generated answers lie between it and a question that somebody chose."""
    priority: float = 0.0

    @property
    def key(self) -> str:
        """The normal form of the question."""
        return question_key(self.question)


def given(texts: Iterable[str]) -> Iterator[Item]:
    """Yield questions given on the command line."""
    return (Item(_checked(text, "the question")) for text in texts)


def read_queue(text: str, path: str) -> list[Item]:
    """Read a queue: lines of JSON with `question`, and perhaps `origin`, `parent` and `priority`; the highest first."""
    lines = text.removeprefix("\ufeff").split("\n")
    items = [_queued(line, f"{path}:{n}") for n, line in enumerate(lines, 1) if line.strip()]
    return sorted(items, key=lambda item: -item.priority)


def _queued(line: str, place: str) -> Item:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise ConfigError(f"{place}: the line is not JSON", 'Write it as {"question": "Why?"}.') from None
    if not isinstance(value, dict) or set(value) - _FIELDS or not isinstance(value.get("question"), str):
        raise ConfigError(f"{place}: the line is not a question", f"Its fields are {', '.join(sorted(_FIELDS))}.")
    parent, priority, origin = value.get("parent"), value.get("priority", 0), value.get("origin", "queue")
    ranks = isinstance(priority, int | float) and -_HIGHEST <= priority <= _HIGHEST
    if not ranks or not isinstance(origin, str) or not isinstance(parent, str | None):
        raise ConfigError(f"{place}: a field has a wrong value", "`priority` is a number, the others are text.")
    return Item(
        _checked(value["question"], f"{place}: “question”"),
        origin=_checked(origin, f"{place}: “origin”"),
        parent=_checked(parent, f"{place}: “parent”") if parent else None,
        priority=float(priority),
    )


def _checked(text: str, what: str) -> str:
    line = " ".join(text.split())
    if not question_key(line):
        raise ConfigError(f"{what} is empty", "Write one plain question.")
    if len(line) > MAX_LENGTH:
        raise ConfigError(f"{what} has {len(line)} characters, more than {MAX_LENGTH}", "Write one plain question.")
    if hides_something(line):
        raise ConfigError(f"{what} holds characters that nobody sees", "Type it again.")
    return line


def frontier(archive: Archive, unread: Iterable[str], max_depth: int = MAX_DEPTH) -> Iterator[Item]:
    """Yield open follow-ups of reviewed answers, most asked first; what is almost answered already is left out.

    `unread` are the keys of the questions of files that give no answer as they are; they count as answered.

    Answers that wait for their review count as answers, but their follow-ups do not count as asked: text that nobody
    has looked at must not decide what is bought next.
    """
    open_items = [item for question in archive.open_questions if (item := _open(question.text, question.askers))]
    ordered = sorted(open_items, key=lambda item: (-len(item.asked_by), item.depth))
    taken = KnownQuestions((*archive.by_question, *unread))
    for item in ordered:
        if item.depth <= max_depth and len(item.question) <= MAX_LENGTH and taken.nearest(item.key) is None:
            taken.add(item.key)
            yield item


def _open(question: str, askers: Iterable[Entry]) -> Item | None:
    merged = [entry for entry in askers if is_merged(entry)]
    if not merged:
        return None
    depth = 1 + min(_depth(entry) for entry in merged)
    return Item(question, "frontier", merged[0].answer.question, tuple(entry.id for entry in merged), depth)


def is_merged(entry: Entry) -> bool:
    """Say whether somebody stands behind an answer: it is published, and accepted where a review is called for."""
    review = read_review(entry.answer)
    return entry.is_published and (review is None or review.verdict == "accepted")


def _depth(entry: Entry) -> int:
    depth = (entry.answer.provenance or {}).get("depth", 0)
    return depth if isinstance(depth, int) and not isinstance(depth, bool) else 0


def choose(
    items: tuple[Item, ...], more: Iterable[Item], state: Callable[[Item], State]
) -> tuple[tuple[Item, ...], int]:
    """Let settled items give way to more that are open, as far as there are any; return how many gave way, too.

    What is bought comes along and takes no place.
    """
    chosen: list[Item] = []
    passed: list[Item] = []
    places = len(items)
    for item in chain(items, more):
        found = state(item)
        (passed if found == "settled" else chosen).append(item)
        places -= found == "open"
        if not places:
            break
    kept = passed[: max(0, len(items) - len(chosen))]
    return (*chosen, *kept), len(passed) - len(kept)


def passed_over(count: int) -> list[str]:
    """Return what there is to say of questions that gave way."""
    if count == 1:
        return ["1 question was passed over: nothing would be asked about it now"]
    return [f"{count} questions were passed over: nothing would be asked about them now"] if count else []


def unread_questions(corpus: Corpus) -> dict[str, str]:
    """Return the files that give no answer as they are, by the keys of their questions.

    Raises ConfigError where one does not tell its question: it may be any of those that are to be paid for.
    """
    told = [(question_key(rest.answer.question), rest.path) for rest in corpus.rests]
    questions = {key: path for key, path in told if key}
    hidden = sorted(corpus.unread.keys() - {path for key, path in told if key})
    if hidden:
        names = f"{hidden[0]} and {counted(len(hidden) - 1, 'more file')}" if hidden[1:] else hidden[0]
        raise ConfigError(
            f"nobody can tell which question is answered in {names}",
            "Mend what is named above first, or move it away; nothing was asked.",
        )
    return questions


def unanswered(
    items: Iterable[Item], archive: Archive, unread: Mapping[str, str], *, again: bool
) -> tuple[list[Item], list[tuple[Item, str]]]:
    """Part items into those to be answered, each once, and those left out with the reason.

    `unread` are the files that give no answer as they are, by the keys of their questions.
    """
    kept: dict[str, Item] = {}
    left_out = []
    for item in items:
        answers = archive.by_question.get(item.key, ())
        if item.key in kept:
            left_out.append((item, "it is asked twice"))
        elif answers and not again:
            left_out.append((item, f"{answers[0].path} answers it; --regenerate asks again"))
        elif item.key in unread:
            left_out.append((item, f"{unread[item.key]} answers it and has an error; mend that first"))
        else:
            kept[item.key] = item
    return list(kept.values()), left_out
