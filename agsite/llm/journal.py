"""The journal: what is about to be sent is on disk before it is sent, and what was paid for before it is looked at.

    folder/lock                one process at a time
    folder/runs/NAME.log       a line a record: checksum, length, JSON; appended and synced, never rewritten
    folder/requests/KEY.json   what was or is to be asked, with everything its reply is checked against
    folder/raw/KEY.json        the bytes of a reply, as they came

A damaged line is set aside and counted at the worst a call can have cost; replies that lie in `raw` are found again
whether or not a record tells of them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from agsite import files
from agsite.errors import JournalError, LockedError
from agsite.llm.disk import Slot, cannot_write, finish_parts, save, sync_folder, write_all
from agsite.llm.ledger import DONE, MISSING, UNDER_WAY, UNSETTLED, Ledger, Record
from agsite.llm.log import line_of, read_log, set_aside

RESULTS_KEPT = dt.timedelta(days=29)
"""How long the service keeps the results of a batch."""


class Journal:
    """The journal of all runs in a folder, open for one at a time; records and replies are safe once a call returns."""

    def __init__(self, folder: str | Path, now: Callable[[], str]) -> None:
        self.folder = Path(folder)
        self.now = now
        self.changed = threading.Condition()
        self.ledger = Ledger()
        self.earlier: dict[str, Ledger] = {}
        self.set_aside: list[str] = []
        self._incomplete = ""
        """The file in which records were lost, if there is one."""
        self.name = ""
        self._held = ExitStack()
        self._log: int | None = None
        try:
            for part in ("runs", "requests", "raw"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
            # Whoever waits would then ask what the other run has answered: the archive was read before.
            self._held.enter_context(files.locked(self.folder / "lock", str(self.folder), patient=False))
            finish_parts(self.folder / "raw")
        except LockedError as error:
            help_ = "Wait until it is done, or stop it."
            raise JournalError(f"another run is under way: {error.message}", help_) from None
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        self._read_runs()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the journal."""
        self._leave()
        self._held.close()

    def _leave(self) -> None:
        """Count the run that was open among the earlier ones."""
        if self._log is not None:
            os.close(self._log)
            self._log = None
            self.earlier[self.name] = self.ledger

    # --- Runs --------------------------------------------------------------------------------------------------------

    def _read_runs(self) -> None:
        for path in sorted((self.folder / "runs").glob("*.log")):
            records, damaged = read_log(path.read_bytes())
            ledger = Ledger(records)
            if damaged:
                # For each question one call for its answer, and one for its follow-ups.
                most = 2 * len(ledger.doubtful)
                self.set_aside.append(set_aside(path, records, damaged, ledger.largest, most))
                ledger = Ledger(read_log(path.read_bytes())[0])
            self.earlier[path.stem] = ledger
            self._incomplete = ledger.damaged or ("" if records else path.name) or self._incomplete

    @property
    def newest(self) -> str | None:
        """The name of the newest of the earlier runs."""
        return max(self.earlier, default=None)

    @property
    def interrupted(self) -> str | None:
        """The name of the newest run, where it did not come to its end and can go on."""
        newest = self.newest
        return newest if newest and not self.earlier[newest].ended and self.can_go_on(newest) else None

    def can_go_on(self, name: str) -> bool:
        """Say whether it is known what a run is about, from its first record or at least from a request."""
        ledger = self.earlier[name]
        return "items" in ledger.run or any(map(self.request, ledger.keys))

    def ledgers(self) -> tuple[Ledger, ...]:
        """Return the state of this run and of every earlier one."""
        return self.ledger, *self.earlier.values()

    def begin(self, **facts: Any) -> None:
        """Begin a run, whose name comes after all others, also where the clock was set back meanwhile."""
        self.name = _name_behind(self.newest or "", self.now().replace("-", "").replace(":", "")[:15])
        self._open_log()
        self.append("run", run=self.name, **facts)
        self._doubt_strays()

    def resume(self, name: str, **facts: Any) -> None:
        """Take up a run where it stopped, after another one, too; replies that no record tells of are found again."""
        self._leave()
        self.name = name
        self.ledger = self.earlier.pop(name)
        self._open_log()
        self.append("run", run=name, **facts)
        self._doubt_strays()

    def _doubt_strays(self) -> None:
        """Enter requests that no record tells of where records were lost: one may have told of a call."""
        if not self._incomplete:
            return
        named = {key for ledger in self.ledgers() for key in ledger.keys}
        for path in sorted((self.folder / "requests").glob("*.json")):
            if path.stem not in named:
                self.append("doubtful", key=path.stem, file=self._incomplete)

    def _open_log(self) -> None:
        path = self.folder / "runs" / f"{self.name}.log"
        try:
            self._log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            sync_folder(path.parent)
        except OSError as error:
            raise cannot_write(path, error) from error

    def append(self, kind: str, **facts: Any) -> None:
        """Write a record and wait until it is on disk, then let it count."""
        record = {"kind": kind, "at": self.now(), **facts}
        with self.changed:
            assert self._log is not None  # noqa: S101 - records belong to a run
            size = os.fstat(self._log).st_size
            try:
                write_all(self._log, line_of(record))
                os.fsync(self._log)
            except OSError as error:
                # Half a line would spoil the next one too.
                os.ftruncate(self._log, size)
                raise cannot_write(self.folder, error) from error
            self.ledger.apply(record)
            self.changed.notify_all()

    # --- Requests and replies ----------------------------------------------------------------------------------------

    def save_request(self, key: str, request: dict[str, Any]) -> None:
        """Keep what is to be asked."""
        save(self._request(key), json.dumps(request, ensure_ascii=False, sort_keys=True).encode())

    def request(self, key: str) -> dict[str, Any] | None:
        """Return what was to be asked, or None where that is lost."""
        try:
            stored = json.loads(self._request(key).read_bytes())
        except (OSError, ValueError):
            return None
        return stored if isinstance(stored, dict) else None

    def reply(self, key: str) -> bytes | None:
        """Return the bytes of the reply to a key, if they ever came."""
        path = self._raw(key)
        return path.read_bytes() if path.exists() else None

    def find(self, key: str) -> tuple[str, Record] | None:
        """Return how a key ended in the newest run that knows it, written, rejected or unknown, with its record."""
        for name in sorted(self.earlier, reverse=True):
            ledger = self.earlier[name]
            if key in ledger.outcomes and ledger.outcomes[key]["result"] in DONE:
                return ledger.outcomes[key]["result"], ledger.outcomes[key]
            if ledger.is_unknown(key) or key in ledger.open:
                return "unknown", {"reason": ledger.unknown.get(key, "the run was interrupted")}
        return None

    def paid(self, key: str) -> tuple[Record, Ledger] | None:
        """Return the record of a reply that was paid for, of this run rather than an earlier one, and its ledger."""
        return next(((ledger.paid[key], ledger) for ledger in self.ledgers() if key in ledger.paid), None)

    def doubt(self, key: str, of: str = "") -> str | None:
        """Return where a record was lost that may have told of a call, or of that for the follow-ups `of` a reply."""
        for ledger in self.ledgers():
            if key in ledger.doubtful or of in ledger.doubtful:
                return ledger.doubtful.get(key) or ledger.doubtful[of]
        return None

    def may_be_paid(self, key: str) -> bool:
        """Say whether a reply to a key was paid for in any run, may have been, or may still be."""
        return any(ledger.may_be_paid(key) for ledger in self.ledgers())

    def in_batches(self) -> set[str]:
        """Return the keys that batches of this run or an earlier one may still bring replies to."""
        return set().union(*(ledger.in_batches for ledger in self.ledgers()))

    def awaited(self, ledger: Ledger, batch: Mapping[str, Any]) -> list[str]:
        """Return the keys that a batch may still bring replies to; missing ones unless they came by another road."""
        if batch["state"] in UNDER_WAY:
            return list(batch["keys"])
        if batch["state"] != MISSING or self.age(batch) > RESULTS_KEPT:
            return []
        elsewhere = self.in_batches()
        missing = (key for key in batch["keys"] if key in ledger.unknown and key not in elsewhere)
        return [key for key in missing if self.reply(key) is None]

    def age(self, batch: Mapping[str, Any]) -> dt.timedelta:
        """Return how long ago a batch was made."""
        return dt.datetime.fromisoformat(self.now()) - dt.datetime.fromisoformat(batch["created"])

    @property
    def with_batches(self) -> list[str]:
        """The names of the earlier runs with batches that may still bring replies, the oldest first."""
        awaiting = {
            name for name, ledger in self.earlier.items() for b in ledger.batches.values() if self.awaited(ledger, b)
        }
        return sorted(awaiting)

    @property
    def with_unused_replies(self) -> list[str]:
        """The names of the earlier runs that stopped between a batch's replies and the answers, the oldest first."""
        return sorted(name for name, ledger in self.earlier.items() if self._has_unused(ledger))

    def _has_unused(self, ledger: Ledger) -> bool:
        """Say whether the batches of a run brought a reply of which no run has made anything.

        One that has failed, or of which nothing is known, waits for its follow-ups.
        """
        keys = (key for batch in ledger.batches.values() for key in batch["keys"])
        return any(not self._is_settled(key) for key in keys if self._raw(key).exists())

    def _is_settled(self, key: str) -> bool:
        """Say whether a run has made of a reply what it deserves."""
        return any(
            key in ledger.outcomes and ledger.outcomes[key]["result"] not in UNSETTLED
            for ledger in self.earlier.values()
        )

    def slot(self, key: str) -> Slot:
        """Make room for a reply, so that no call is made whose reply cannot be kept."""
        return Slot(self._raw(key))

    def keep(self, key: str, raw: bytes) -> None:
        """Keep the bytes of a reply that came with others."""
        if not self._raw(key).exists():
            save(self._raw(key), raw)

    def put_away(self, key: str) -> None:
        """Move a reply that cannot be read out of the way, so that it can be asked for again."""
        path = self._raw(key)
        number = next(n for n in range(1, 1000) if not path.with_suffix(f".{n}.json").exists())
        path.rename(path.with_suffix(f".{number}.json"))

    def save_batch(self, id: str, raw: bytes) -> None:
        """Keep the results of a batch as they came."""
        save(self.folder / "raw" / f"{id}.jsonl", raw)

    def _request(self, key: str) -> Path:
        return self.folder / "requests" / f"{key}.json"

    def _raw(self, key: str) -> Path:
        return self.folder / "raw" / f"{key}.json"


def _name_behind(newest: str, now: str) -> str:
    """Return the name of a run that begins now, in the order of names the last one, whatever the clock says."""
    if now > newest[:15]:
        return f"{now}-00"
    # Behind -99 comes -9900.
    number: str = re.findall(r"^\d*", newest[16:])[0]
    following = str(int(number) + 1).zfill(len(number)) if number.strip("9") else f"{number}00"
    return f"{newest[:15]}-{following}"
