"""What was asked already: a question keeps the request that may have been paid for, whatever papers came since."""

from __future__ import annotations

import datetime as dt

from agsite.generate.options import Options
from agsite.generate.questions import Item
from agsite.ids import question_key
from agsite.llm import Caller, Journal
from agsite.llm.ledger import Ledger


class Asked:
    """The questions of all runs in a journal, each with the key that it was asked under last."""

    def __init__(self, options: Options, journal: Journal, caller: Caller) -> None:
        self._options = options
        self._journal = journal
        self._caller = caller
        self._last = _last(journal)

    def key(self, item: Item) -> str:
        """Return the key that a question keeps, from this run or an earlier one; "" where it gets a new one."""
        planned = {record["question"]: key for key, record in self._journal.ledger.planned.items()}
        own = planned.get(item.key, "")
        run, last = self._last.get(item.key, ("", ""))
        # What older runs had asked was known when this one planned.
        is_settled = own and (run < self._journal.name or self._journal.ledger.may_be_paid(own))
        return last if not is_settled and self._stands(item, last) else own

    def _stands(self, item: Item, key: str) -> bool:
        """Say whether what was asked is under way, may have been paid for, or was bought and is not wanted anew."""
        earlier = self._journal.find(key)
        is_done = earlier is not None and earlier[0] != "unknown"
        anew = self._options.regenerate or item.key in self._options.archive.by_question
        if not key or (is_done and anew):
            return False
        return self._caller.refuses(key) or (self.is_bought(key) and not anew)

    def is_bought(self, key: str) -> bool:
        """Say whether the reply to a key is there, and no other is wanted in its place."""
        return self._journal.reply(key) is not None and not self._caller.asks_again(key)

    def is_sent(self, key: str) -> bool:
        """Say whether the request under a key would be sent now."""
        return not self.is_bought(key) and not self._caller.refuses(key)

    def remark(self, key: str, model: str) -> str:
        """Return what is to be said of a reply that is used though other papers would be sent by now."""
        paid = self._journal.paid(key)
        day = f"{dt.datetime.fromisoformat(paid[0]['at']):%-d %B %Y}" if paid else "an earlier day"
        return f"it was bought on {day} from {model} with the papers of then; --regenerate buys another"


def _last(journal: Journal) -> dict[str, tuple[str, str]]:
    """Return for each question the key under which it may last have been paid for, or may still be, after its run."""
    found: dict[str, tuple[str, str]] = {}
    for run, ledger in sorted({**journal.earlier, journal.name: journal.ledger}.items()):
        found |= {_question(journal, ledger, key): (run, key) for key in ledger.keys if ledger.may_be_paid(key)}
    return found


def _question(journal: Journal, ledger: Ledger, key: str) -> str:
    """Return the question that a key belongs to, also where the record that says so is damaged; "" for follow-ups."""
    if key in ledger.planned:
        return str(ledger.planned[key]["question"])
    request = journal.request(key)
    return question_key(request["item"]["question"]) if request is not None else ""
