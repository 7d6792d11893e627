"""Gaps: sentences in which answers say what the archive lacks."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from agsite import urls
from agsite.archive import Entry
from agsite.body import each_once
from agsite.markup import plain_text
from agsite.pages.page import Link, answer_link


class Gap(NamedTuple):
    """A sentence that names something missing from the archive; `url` leads to it, `answer` to where it stands."""

    text: str
    url: str
    answer: Link
    date: str
    category: str | None


def gaps(entries: Iterable[Entry]) -> list[Gap]:
    """Return the gaps that answers name, in their order."""
    found = []
    for entry in entries:
        for leaf in each_once(entry.body.alone(attrgetter("gap"))) if entry.body.gaps else ():
            sentence = leaf.sentences[0]
            text = plain_text(leaf.text, leaf.sentences)
            link = answer_link(entry)
            url = urls.sentence(link.url, sentence.anchor) if sentence.anchor else urls.gap(link.url, sentence.gap)
            found.append(Gap(text, url, link, entry.answer.date.isoformat(), entry.category))
    return found
