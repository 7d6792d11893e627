"""What a run is asked to do; everything from outside comes in here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from agsite.addresses import Redirect
from agsite.archive import Archive
from agsite.config import ModelPrice, Prices
from agsite.generate.questions import Item
from agsite.llm import Client
from agsite.records import Paper

Batch = Literal["submit", "collect", "cancel"]
Citations = Literal["auto", "native", "markers"]

GO_ON: Mapping[Batch | None, str] = MappingProxyType(
    {
        None: "--resume",
        "submit": "--resume --batch submit",
        "collect": "--batch collect",
        "cancel": "--batch cancel",
    }
)
"""What takes a run up where it stopped; --resume alone would ask one by one, at the full price."""

Progress = Callable[[int, int, Decimal, str], None]
"""Called with how many questions are done, how many there are, what was spent, and the last one's result."""


def silent(done: int, total: int, spent: Decimal, last: str) -> None:
    """Show no progress."""


class Options(NamedTuple):
    """What a run is asked to do."""

    items: tuple[Item, ...]
    archive: Archive
    papers: tuple[Paper, ...]
    model: str
    price: ModelPrice
    prices: Prices
    cap: Decimal | None
    now: Callable[[], str]
    connect: Callable[[], Client]
    more: Iterable[Item] | None = None
    """Questions that take the place of items about which nothing would be asked; each is found when it is wanted."""
    uncapped: bool = False
    count_tokens: bool = False
    """Let a dry run ask the service how many tokens a request has."""
    out: Path = Path("answers")
    state: Path = Path(".agsite")
    journal: Path = Path(".agsite/pregenerate")
    concurrency: int = 4
    resume: bool = False
    retry_unknown: bool = False
    regenerate: bool = False
    """Ask anew what was answered, also from other papers by an answer that is in no file yet."""
    given_up: Mapping[str, Redirect] = MappingProxyType({})
    """Addresses that have no page any more, with who says what became of them."""
    batch: Batch | None = None
    wait: float | None = None
    """Seconds between looks at a batch; None looks once."""
    citations: Citations = "auto"
    embed: bool = False
    """Find papers by sentence vectors too, not by words alone."""
    progress: Progress = silent
