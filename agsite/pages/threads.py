"""The map: an overview of the threads of follow-up questions, and each thread as a drawing and as a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from agsite import threads, urls
from agsite.pages.lists import head_of, parts
from agsite.pages.page import Crumb, Head, Numbered
from agsite.pages.site import SitePlan
from agsite.threads import Drawing, Glyph, Node, Part, Question, Thread

_GLYPHS = 48
_DESCRIPTION = 155


class Label(NamedTuple):
    """What a spot of the drawing says and leads to; `more` is how many questions follow below it, at `more_url`."""

    url: str | None
    more: int
    more_url: str


class Item(NamedTuple):
    """A question of the list; `again` where it stands elsewhere in the thread and is only named here."""

    text: str
    url: str | None
    answers: int = 1
    again: bool = False
    more: int = 0
    more_url: str = ""
    items: tuple[Item, ...] = ()


class ThreadPage(NamedTuple):
    """Everything that a page of a thread shows."""

    head: Head
    crumbs: tuple[Crumb, ...]
    id: str
    title: str
    questions: int
    open: int
    fields: tuple[str, ...]
    dates: tuple[str, ...]
    drawing: Drawing
    labels: tuple[Label, ...]
    items: tuple[Item, ...]
    part: Numbered


class ThreadRow(NamedTuple):
    """A thread in the overview."""

    url: str
    title: str
    questions: int
    open: int
    glyph: Glyph


class MapPage(NamedTuple):
    """A page of the overview."""

    head: Head
    total: int
    rows: tuple[ThreadRow, ...]
    part: Numbered


class MovedPage(NamedTuple):
    """An address that another one has taken over."""

    head: Head
    to: str


def map_pages(plan: SitePlan) -> list[MapPage]:
    """Gather the overview: all threads, largest first."""
    rows = [_row(plan, thread) for thread in plan.threads]
    return [
        MapPage(head_of(urls.MAP, "", "", part), len(rows), tuple(rows[start:end]), part)
        for start, end, part in parts(urls.MAP, rows, _GLYPHS)
    ]


def _row(plan: SitePlan, thread: Thread) -> ThreadRow:
    first = threads.cut(thread)[0]
    drawn = threads.glyph(first.roots, _nodes(plan, thread, first))
    return ThreadRow(urls.thread(thread.id), plan.thread_title(thread), len(thread.questions), thread.open, drawn)


def thread_pages(plan: SitePlan, thread: Thread) -> Iterator[ThreadPage]:
    """Gather the pages of a thread: its own, then those of the branches that go on elsewhere."""
    cut = threads.cut(thread)
    own = [part for part in cut if part.head is None]
    branches = {part.head: urls.thread(thread.questions[part.head].answers[0]) for part in cut if part.head}
    addresses = parts(urls.thread(thread.id), own, 1)
    for part, (_, _, numbered) in zip(own, addresses, strict=True):
        yield _page(plan, thread, part, branches, numbered)
    for part in cut[len(own) :]:
        yield _page(plan, thread, part, branches, None)


def moved_pages(plan: SitePlan, thread: Thread) -> Iterator[MovedPage]:
    """Gather the addresses of threads that have become parts of this one and show nothing of their own."""
    branches = {thread.questions[part.head].answers[0] for part in threads.cut(thread) if part.head}
    for former in thread.former:
        if former not in branches:
            title = plan.thread_title(thread)
            yield MovedPage(Head(urls.thread(former), title, "", indexed=False), urls.thread(thread.id))


def _page(
    plan: SitePlan, thread: Thread, part: Part, branches: Mapping[str, str], numbered: Numbered | None
) -> ThreadPage:
    nodes = _nodes(plan, thread, part)
    labels = {key: _label(plan, part, branches, key) for key in nodes}
    drawing = threads.draw(part.roots, nodes)
    name = plan.thread_title(thread)
    title = nodes[part.head].text if part.head else name
    own_crumb = (Crumb("thread", name, urls.thread(thread.id)),) if part.head else ()
    return ThreadPage(
        head=head_of(urls.thread(thread.id), title, "", numbered) if numbered else _branch_head(branches, part, title),
        crumbs=(Crumb("map", "", urls.MAP), *own_crumb),
        id=thread.id,
        title=title,
        questions=len(thread.questions),
        open=thread.open,
        fields=_fields(plan, nodes),
        dates=_dates(plan, nodes),
        drawing=drawing,
        labels=tuple(labels[spot.key] for spot in drawing.spots),
        items=tuple(_item(plan, thread, nodes, labels, root) for root in part.roots),
        part=numbered or Numbered(1, 1, None, None, ()),
    )


def _branch_head(branches: Mapping[str, str], part: Part, title: str) -> Head:
    # A branch is a part of its thread, which is the page that search engines should show.
    return Head(branches[part.head or ""], title, "", indexed=False)


def _nodes(plan: SitePlan, thread: Thread, part: Part) -> dict[str, Node]:
    shown = set(part.shown)
    return {key: _node(plan, thread.questions[key], shown, more=key in part.hidden) for key in part.shown}


def _node(plan: SitePlan, question: Question, shown: Set[str], *, more: bool) -> Node:
    children = tuple(child for child in question.children if child in shown)
    return Node(plan.question_text(question.key), not question.answers, children, question.again, more)


def _label(plan: SitePlan, part: Part, branches: Mapping[str, str], key: str) -> Label:
    url = _answer_url(plan, key)
    return Label(url, part.hidden.get(key, 0), branches.get(key, "") if key != part.head else url or "")


def _answer_url(plan: SitePlan, key: str) -> str | None:
    """The newest answer to a question."""
    answers = plan.archive.by_question.get(key)
    return urls.answer(answers[0].id) if answers else None


def _item(plan: SitePlan, thread: Thread, nodes: Mapping[str, Node], labels: Mapping[str, Label], key: str) -> Item:
    node, label = nodes[key], labels[key]
    below = [_item(plan, thread, nodes, labels, child) for child in node.children]
    again = [Item(plan.question_text(other), _answer_url(plan, other), again=True) for other in node.again]
    items = (*below, *again)
    answers = len(thread.questions[key].answers)
    return Item(node.text, label.url, answers, more=label.more, more_url=label.more_url, items=items)


def _fields(plan: SitePlan, keys: Iterable[str]) -> tuple[str, ...]:
    found = (entry.category for key in keys for entry in plan.archive.by_question.get(key, ()))
    return tuple(dict.fromkeys(category for category in found if category))


def _dates(plan: SitePlan, keys: Iterable[str]) -> tuple[str, ...]:
    dates = [entry.answer.date for key in keys for entry in plan.archive.by_question.get(key, ())]
    return tuple(dict.fromkeys((min(dates).isoformat(), max(dates).isoformat()))) if dates else ()
