"""Replies that lie, in twenty ways: what a wrong, manipulated or broken model could send back."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.standin import replies

Message = dict[str, Any]
Lie = Callable[[Message, random.Random], None]

STRANGERS = (
    "AG-2024.05-77",
    "AG-2020.01-001",
    "AG-2031.12-999999",
    "AG-2025.01-0101",
    "AG-2025.13-1",
    "arXiv:2501.00001",
)


def _cited(message: Message, chance: random.Random) -> Message:
    found: Message = chance.choice([block for block in message["content"] if block["citations"]])
    return found


def _citation(message: Message, chance: random.Random) -> Message:
    found: Message = _cited(message, chance)["citations"][0]
    return found


def _stranger(message: Message, chance: random.Random) -> None:
    _citation(message, chance)["source"] = chance.choice(STRANGERS)


def _wrong_place(message: Message, chance: random.Random) -> None:
    _citation(message, chance)["search_result_index"] = chance.choice([7, 99, 10**9])


def _wrong_sentence(message: Message, chance: random.Random) -> None:
    citation = _citation(message, chance)
    citation["start_block_index"], citation["end_block_index"] = chance.choice([(2, 3), (50, 51), (3, 1), (0, 10**6)])


def _wrong_words(message: Message, chance: random.Random) -> None:
    _citation(message, chance)["cited_text"] = "The opposite was shown beyond doubt."


def _other_type(message: Message, chance: random.Random) -> None:
    _citation(message, chance)["type"] = chance.choice(["char_location", "page_location", "web_search_result_location"])


def _written(template: str) -> Lie:
    def lie(message: Message, chance: random.Random) -> None:
        block = _cited(message, chance)
        block["text"] = block["text"].rstrip(".") + template.format(id=chance.choice(STRANGERS)) + "."

    return lie


def _typed(message: Message, chance: random.Random) -> None:
    _citation(message, chance)["source"] = chance.choice([None, 5, ["AG-2025.01-101"], {"id": "x"}])


def _negative(message: Message, chance: random.Random) -> None:
    _citation(message, chance)["start_block_index"] = -1


def _nothing_cited(message: Message, chance: random.Random) -> None:
    for block in message["content"]:
        block["citations"] = None


def _misquoted(message: Message, chance: random.Random) -> None:
    block = _cited(message, chance)
    block["text"] = f"The authors say “this settles the matter once and for all”. {block['text']}"


def _in_tail(message: Message, chance: random.Random) -> None:
    tail = message["content"][-1]
    tail["text"] = tail["text"].replace("?\n", f" [{chance.choice(STRANGERS)}]?\n", 1)


def _content_none(message: Message, chance: random.Random) -> None:
    message["content"] = chance.choice([None, "text", [None], [["text"]], {}])


LIES: dict[str, Lie] = {
    "a citation of a stranger": _stranger,
    "a citation at another source's place": _wrong_place,
    "a citation of other sentences": _wrong_sentence,
    "a citation with other words": _wrong_words,
    "a citation of another type": _other_type,
    "a citation with a source of another type": _typed,
    "a citation that starts before the first sentence": _negative,
    "an id of a stranger in brackets": _written(" [{id}]"),
    "an id of a stranger in the text": _written(", as {id} shows"),
    "an id of a stranger among others": _written(" [AG-2025.01-101, {id}]"),
    "an id in code": _written(" `[{id}]`"),
    "an id in a link": _written(" [{id}](https://example.org/)"),
    "an id behind a definition": _written("\n\n[{id}]: https://example.org/\n\nText [{id}]"),
    "an id with other dashes": _written(" [AG‑2025.01‑101]"),  # noqa: RUF001
    "an id hidden by zero-width characters": _written(" [AG-2025\u200b.01-101] [{id}]"),
    "an id in HTML": _written(" <a href='/paper/{id}/'>{id}</a>"),
    "no citation at all": _nothing_cited,
    "words that nobody wrote, in quotes": _misquoted,
    "an id of a stranger in a follow-up": _in_tail,
    "content of another shape": _content_none,
}


def lying_reply(params: Message, name: str, chance: random.Random) -> Message:
    """A reply to the request that is true but for one or two lies of a kind."""
    message = replies.message(params, 0)
    LIES[name](message, chance)
    if name not in {"content of another shape", "no citation at all"} and chance.random() < 0.5:
        LIES[name](message, chance)
    return message
