"""The journal: what is about to be sent is on disk before it is sent, and what was paid for before it is looked at.

    folder/lock                one process at a time
    folder/runs/NAME.log       a line a record: checksum, length, JSON; appended and synced, never rewritten
    folder/requests/KEY.json   what was or is to be asked, with everything its reply is checked against
    folder/raw/KEY.json        the bytes of a reply, as they came

A damaged line is set aside and counted at the worst a call can have cost; replies that lie in `raw` are found again
whether or not a record tells of them.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import threading
import zlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from agsite.errors import JournalError
from agsite.llm.ledger import Ledger, Record

LARGEST_REPLY = 1024 * 1024
_RECORD_ROOM = 64 * 1024


class Journal:
    """The journal of all runs in a folder, open for one of them; records and replies are safe once a call returns."""

    def __init__(self, folder: str | Path, now: Callable[[], str]) -> None:
        self.folder = Path(folder)
        self.now = now
        self.changed = threading.Condition()
        self.ledger = Ledger()
        self.earlier: dict[str, Ledger] = {}
        self.set_aside: list[str] = []
        self.name = ""
        try:
            for part in ("runs", "requests", "raw"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self.folder / "lock")
        except OSError as error:
            raise _cannot_write(self.folder, error) from error
        self._log: int | None = None
        self._finish_parts()
        self._read_runs()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the journal."""
        if self._log is not None:
            os.close(self._log)
            self._log = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _finish_parts(self) -> None:
        """Keep the replies that a killed process had written but not named yet, and drop the room it had reserved."""
        for part in (self.folder / "raw").glob("*.part"):
            data = part.read_bytes().rstrip(b"\0")
            if data and _is_json(data):
                Slot(part.with_suffix(".json"), len(data)).store(data)
            else:
                part.unlink()

    # --- Runs --------------------------------------------------------------------------------------------------------

    def _read_runs(self) -> None:
        for path in sorted((self.folder / "runs").glob("*.log")):
            ledger = Ledger()
            records, damaged = read_log(path.read_bytes())
            for record in records:
                ledger.apply(record)
            for _ in damaged:
                ledger.apply({"kind": "damaged", "worst": str(ledger.largest)})
            if damaged:
                self.set_aside.append(_set_aside(path, records, damaged, ledger.largest))
            self.earlier[path.stem] = ledger

    @property
    def interrupted(self) -> str | None:
        """The name of the newest run, where it did not come to its end."""
        newest = max(self.earlier, default=None)
        return newest if newest is not None and not self.earlier[newest].ended else None

    def begin(self, **facts: Any) -> None:
        """Begin a run."""
        stem = self.now().replace("-", "").replace(":", "")[:15]
        self.name = next(n for n in (f"{stem}-{i:02d}" for i in range(100)) if n not in self.earlier)
        self._open_log()
        self.append("run", run=self.name, **facts)

    def resume(self, name: str | None = None, **facts: Any) -> None:
        """Take up a run where it stopped, the newest unless named; replies that no record tells of are found again."""
        found = name or max(self.earlier, default=None)
        if found is None or found not in self.earlier:
            raise JournalError(f"there is no run to resume in {self.folder}", "Start one without --resume.")
        self.name = found
        self.ledger = self.earlier.pop(found)
        self._open_log()
        self.append("run", run=found, **facts)

    def _open_log(self) -> None:
        path = self.folder / "runs" / f"{self.name}.log"
        try:
            self._log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            _sync_folder(path.parent)
        except OSError as error:
            raise _cannot_write(path, error) from error

    def append(self, kind: str, **facts: Any) -> None:
        """Write a record and wait until it is on disk, then let it count."""
        record = {"kind": kind, "at": self.now(), **facts}
        with self.changed:
            assert self._log is not None  # noqa: S101 - records belong to a run
            size = os.fstat(self._log).st_size
            try:
                _write(self._log, _line(record))
                os.fsync(self._log)
            except OSError as error:
                # Half a line would spoil the next one too.
                os.ftruncate(self._log, size)
                raise _cannot_write(self.folder, error) from error
            self.ledger.apply(record)
            self.changed.notify_all()

    # --- Requests and replies ----------------------------------------------------------------------------------------

    def save_request(self, key: str, request: dict[str, Any]) -> None:
        """Keep what is to be asked."""
        path = self.folder / "requests" / f"{key}.json"
        if not path.exists():
            self._save(path, json.dumps(request, ensure_ascii=False, sort_keys=True).encode())

    def request(self, key: str) -> dict[str, Any]:
        """Return what was to be asked."""
        path = self.folder / "requests" / f"{key}.json"
        try:
            stored: dict[str, Any] = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise JournalError(f"{path} cannot be read", "Restore it from a backup, or start a new run.") from error
        return stored

    def reply(self, key: str) -> bytes | None:
        """Return the bytes of the reply to a key, if they ever came."""
        path = self._raw(key)
        return path.read_bytes() if path.exists() else None

    def find(self, key: str) -> tuple[str, Record] | None:
        """Return how a key ended in the newest run that knows it, written, rejected or unknown, with its record."""
        for name in sorted(self.earlier, reverse=True):
            ledger = self.earlier[name]
            if key in ledger.outcomes and ledger.outcomes[key]["result"] in {"written", "rejected"}:
                return ledger.outcomes[key]["result"], ledger.outcomes[key]
            if key in ledger.unknown or key in ledger.open:
                return "unknown", {"reason": ledger.unknown.get(key, "the run was interrupted")}
        return None

    def slot(self, key: str) -> Slot:
        """Make room for a reply, so that no call is made whose reply cannot be kept."""
        return Slot(self._raw(key))

    def keep(self, key: str, raw: bytes) -> None:
        """Keep the bytes of a reply that came with others."""
        if not self._raw(key).exists():
            self._save(self._raw(key), raw)

    def put_away(self, key: str) -> None:
        """Move a reply that cannot be read out of the way, so that it can be asked for again."""
        path = self._raw(key)
        number = next(n for n in range(1, 1000) if not path.with_suffix(f".{n}.json").exists())
        path.rename(path.with_suffix(f".{number}.json"))

    def save_batch(self, id: str, raw: bytes) -> None:
        """Keep the results of a batch as they came."""
        self._save(self.folder / "raw" / f"{id}.jsonl", raw)

    def _raw(self, key: str) -> Path:
        return self.folder / "raw" / f"{key}.json"

    def _save(self, path: Path, data: bytes) -> None:
        try:
            slot = Slot(path, max(len(data), 1))
            slot.store(data)
        except OSError as error:
            raise _cannot_write(path, error) from error


class Slot:
    """Room on disk for one reply, given back if none comes."""

    def __init__(self, path: Path, room: int = LARGEST_REPLY + _RECORD_ROOM) -> None:
        self._path = path
        self._part = path.with_suffix(".part")
        self.stored = False
        try:
            self._file = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
            try:
                _reserve(self._file, room)
            except OSError:
                self.free()
                raise
        except OSError as error:
            raise _cannot_write(path, error) from error

    def store(self, data: bytes) -> None:
        """Put the bytes of a reply on disk under their name; what is more than a reply can have is cut off."""
        data = data[:LARGEST_REPLY]
        os.lseek(self._file, 0, os.SEEK_SET)
        _write(self._file, data)
        os.ftruncate(self._file, len(data))
        os.fsync(self._file)
        os.close(self._file)
        self._file = -1
        self._part.replace(self._path)
        _sync_folder(self._path.parent)
        self.stored = True

    def free(self) -> None:
        """Give the room back."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            self._part.unlink(missing_ok=True)


def read_log(data: bytes) -> tuple[list[Record], list[bytes]]:
    """Return the records of a log in order, and the lines that are none."""
    records: list[Record] = []
    damaged: list[bytes] = []
    for line in data.split(b"\n")[:-1] + ([tail] if (tail := data.rpartition(b"\n")[2]) else []):
        record = _record(line)
        if record is None:
            damaged.append(line)
        else:
            records.append(record)
    return records, damaged


def _line(record: Record) -> bytes:
    text = json.dumps(record, ensure_ascii=True, separators=(",", ":")).encode()
    return b"%08x %d %s\n" % (zlib.crc32(text), len(text), text)


def _record(line: bytes) -> Record | None:
    checksum, _, rest = line.partition(b" ")
    length, _, text = rest.partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(text) or int(length) != len(text):
            return None
        record = json.loads(text)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _set_aside(path: Path, records: list[Record], damaged: list[bytes], worst: Decimal) -> str:
    """Move damaged lines to a file of their own, and leave a record of each in their place."""
    aside = next(p for p in (path.with_suffix(f".damaged-{n}") for n in range(1, 1000)) if not p.exists())
    aside.write_bytes(b"\n".join(damaged) + b"\n")
    mended = path.with_suffix(".mended")
    marks = [{"kind": "damaged", "worst": str(worst), "file": aside.name}] * len(damaged)
    with mended.open("wb") as file:
        file.write(b"".join(map(_line, [*records, *marks])))
        file.flush()
        os.fsync(file.fileno())
    mended.replace(path)
    _sync_folder(path.parent)
    lines = "1 record" if len(damaged) == 1 else f"{len(damaged)} records"
    return f"{lines} of {path} cannot be read; set aside as {aside.name} and counted at the worst a call can cost"


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _lock(path: Path) -> int | None:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
        os.close(file)
        raise JournalError(
            f"another run is under way (process {holder})", "Wait until it is done, or stop it."
        ) from None
    os.ftruncate(file, 0)
    os.write(file, f"{os.getpid()}\n".encode())
    return file


def _reserve(file: int, room: int) -> None:
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file, 0, room)
        except OSError as error:
            if error.errno not in {errno.EOPNOTSUPP, errno.EINVAL}:
                raise
        else:
            return
    _write(file, bytes(room))


def _write(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot_write(path: Path, error: OSError) -> JournalError:
    help_ = (
        "Nothing is sent that could not be kept: make room or name another folder with --journal, then use --resume."
    )
    return JournalError(f"{path} cannot be written: {error.strerror}", help_)
