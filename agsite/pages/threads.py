"""The map: an overview of the threads of follow-up questions, and each thread as a drawing and as a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from agsite import threads, urls
from agsite.pages.overview import Overview, WholeThread
from agsite.pages.page import Crumb, Head, MovedPage, QuestionRow
from agsite.pages.pagination import Pagination, head_of, paginate
from agsite.threads import Drawing, Glyph, Node, Part

_GLYPHS = 48


class Label(NamedTuple):
    """What a spot of the drawing says and leads to; `more` is how many questions follow below it, at `more_url`."""

    url: str | None
    more: int
    more_url: str


class Item(NamedTuple):
    """A question of the list; `again` where it stands elsewhere in the thread and is only named here."""

    text: str
    url: str | None
    rejected: bool
    answers: int = 1
    again: bool = False
    more: int = 0
    more_url: str = ""
    items: tuple[Item, ...] = ()


class ThreadPage(NamedTuple):
    """Everything that a page of a thread shows."""

    head: Head
    crumbs: tuple[Crumb, ...]
    title: str
    questions: int
    open: int
    fields: tuple[str, ...]
    dates: tuple[str, ...]
    drawing: Drawing
    labels: tuple[Label, ...]
    items: tuple[Item, ...]
    part: Pagination


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
    part: Pagination


def map_pages(overview: Overview) -> list[MapPage]:
    """Gather the overview: all threads, largest first."""
    rows = [_row(overview.whole(thread)) for thread in overview.threads]
    return [
        MapPage(head_of(urls.MAP, part), len(rows), tuple(rows[start:end]), part)
        for start, end, part in paginate(urls.MAP, rows, _GLYPHS)
    ]


def _row(whole: WholeThread) -> ThreadRow:
    thread = whole.thread
    first = threads.cut(thread)[0]
    drawn = threads.glyph(first.roots, _nodes(whole, first))
    return ThreadRow(urls.thread(thread.id), whole.title, len(thread.questions), thread.open, drawn)


def thread_pages(whole: WholeThread) -> Iterator[ThreadPage]:
    """Gather the pages of a thread: its own, then those of the branches that go on elsewhere."""
    thread = whole.thread
    cut = threads.cut(thread)
    own = [part for part in cut if part.head is None]
    branches = {part.head: urls.thread(thread.questions[part.head].answers[0]) for part in cut if part.head}
    addresses = paginate(urls.thread(thread.id), own, 1)
    for part, (_, _, numbered) in zip(own, addresses, strict=True):
        yield _page(whole, part, branches, numbered)
    for part in cut[len(own) :]:
        yield _page(whole, part, branches, None)


def moved_pages(whole: WholeThread) -> Iterator[MovedPage]:
    """Gather the addresses of threads that have become parts of this one and show nothing of their own."""
    thread = whole.thread
    branches = {thread.questions[part.head].answers[0] for part in threads.cut(thread) if part.head}
    for former in thread.former:
        if former not in branches:
            head = Head(urls.thread(former), whole.title, indexed=False)
            yield MovedPage(head, urls.thread(thread.id), thread=True)


def _page(whole: WholeThread, part: Part, branches: Mapping[str, str], numbered: Pagination | None) -> ThreadPage:
    thread = whole.thread
    nodes = _nodes(whole, part)
    labels = {key: _label(whole, part, branches, key) for key in nodes}
    drawing = threads.draw(part.roots, nodes)
    title = nodes[part.head].text if part.head else whole.title
    own_crumb = (Crumb("thread", whole.title, urls.thread(thread.id)),) if part.head else ()
    return ThreadPage(
        head=head_of(urls.thread(thread.id), numbered, title) if numbered else _branch_head(branches, part, title),
        crumbs=(Crumb("map", "", urls.MAP), *own_crumb),
        title=title,
        questions=len(thread.questions),
        open=thread.open,
        fields=_fields(whole, nodes),
        dates=_dates(whole, nodes),
        drawing=drawing,
        labels=tuple(labels[spot.key] for spot in drawing.spots),
        items=tuple(_item(whole, nodes, labels, root) for root in part.roots),
        part=numbered or Pagination(1, 1, None, None, ()),
    )


def _branch_head(branches: Mapping[str, str], part: Part, title: str) -> Head:
    # A branch is a part of its thread, which is the page that search engines should show.
    return Head(branches[part.head or ""], title, indexed=False)


def _nodes(whole: WholeThread, part: Part) -> dict[str, Node]:
    shown = set(part.shown)
    return {key: _node(whole, key, shown, more=key in part.hidden) for key in part.shown}


def _node(whole: WholeThread, key: str, shown: Set[str], *, more: bool) -> Node:
    question = whole.thread.questions[key]
    children = tuple(child for child in question.children if child in shown)
    return Node(whole.questions[key].text, not question.answers, children, question.again, more)


def _label(whole: WholeThread, part: Part, branches: Mapping[str, str], key: str) -> Label:
    url = whole.questions[key].url
    branch = branches.get(key) if key != part.head else None
    return Label(url, part.hidden.get(key, 0), branch or url or "")


def _item(whole: WholeThread, nodes: Mapping[str, Node], labels: Mapping[str, Label], key: str) -> Item:
    node, label = nodes[key], labels[key]
    below = [_item(whole, nodes, labels, child) for child in node.children]
    again = [_again(whole.questions[other]) for other in node.again]
    items = (*below, *again)
    answers = len(whole.thread.questions[key].answers)
    rejected = whole.questions[key].rejected
    return Item(node.text, label.url, rejected, answers, more=label.more, more_url=label.more_url, items=items)


def _again(question: QuestionRow) -> Item:
    return Item(question.text, question.url, question.rejected, again=True)


def _fields(whole: WholeThread, keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field for key in keys for field in whole.questions[key].fields))


def _dates(whole: WholeThread, keys: Iterable[str]) -> tuple[str, ...]:
    dates = [date for key in keys for date in whole.questions[key].dates]
    return tuple(dict.fromkeys((min(dates), max(dates)))) if dates else ()
