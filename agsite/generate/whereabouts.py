"""Where an answer that an earlier run wrote is today, or why nobody wants it back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agsite import files, urls
from agsite.addresses import Redirect
from agsite.archive import Archive, Entry
from agsite.generate.outcome import Row
from agsite.generate.questions import Item
from agsite.ids import made_id


class Whereabouts:
    """The answers that are there, by what they were made of, and the addresses that were given up."""

    def __init__(self, archive: Archive, given_up: Mapping[str, Redirect]) -> None:
        self._archive = archive
        self._given_up = given_up
        self._by_id: dict[str, Entry] = {}
        self._by_key: dict[str, Entry] = {}
        for entry in archive.entries:
            self._by_id |= dict.fromkeys((entry.id, *entry.answer.aliases), entry)
            self._by_key[str((entry.answer.provenance or {}).get("journal_key"))] = entry

    def of(self, key: str, row: Row, item: Item, supersedes: str | None) -> Row | None:
        """Return a row as it holds today; None where an answer was written, is missing, and should be there."""
        id = made_id(key)
        if row.result != "written" or holds(row.file, id):
            return row
        found = self._by_key.get(key) or self._by_id.get(id)
        if found is not None:
            return row._replace(file=found.path)
        reason = self._unwanted(id, item, supersedes)
        return row._replace(result="skipped", file="", reasons=(reason,)) if reason is not None else None

    def _unwanted(self, id: str, item: Item, supersedes: str | None) -> str | None:
        """Return why an answer that is in no file is not to be written again, if so."""
        rule = self._given_up.get(urls.answer(id))
        if rule is not None:
            return f"its address was given up: {rule.path}, line {rule.line}"
        others = self._archive.by_question.get(item.key, ())
        if others and supersedes is None:
            return f"{others[0].path} answers it"
        return None


def holds(path: str | Path, id: str) -> bool:
    """Say whether a file is the answer of this id."""
    text = files.read_text(path) or ""
    # An id that YAML would take for a number stands in quotes.
    return f"\nid: {id}\n" in text or f'\nid: "{id}"\n' in text
