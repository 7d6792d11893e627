"""Does to builds whatever can happen to them, at every point where it can; after each, the site is a whole one.

python bench/kill.py                     all of it
python bench/kill.py random --kills 200  SIGKILL at random times, one and two processes by turns
python bench/kill.py systematic          SIGKILL at every call that has to do with a disk, by strace where there is one
python bench/kill.py signals             SIGINT and SIGTERM at random times
python bench/kill.py errors              ENOSPC, EDQUOT and EIO at every call
python bench/kill.py full                a disk with too little room, in twenty sizes (for root, who may mount one)
python bench/kill.py readers             somebody reads while the site is published 50 times
python bench/kill.py together            2, 4 and 8 builds at once, and one of them killed

The next build must always end in the bytes of a clean one. Anything else is printed, and ends in exit code 1.
"""

from __future__ import annotations

import argparse
import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.building import tree
from tests.faults import BUILD, Builds, Call, Edited, Ended

WATCHED = (
    *("rename", "renameat", "renameat2", "openat", "write", "pwrite64", "fsync", "ftruncate", "unlink", "unlinkat"),
    *("mkdir", "link", "linkat", "rmdir", "chmod", "fchmod", "utimensat", "close"),
)


class Bench:
    """An archive to which things happen, and what came of them."""

    def __init__(self, folder: Path, builds: Builds, chance: random.Random) -> None:
        self.edited = Edited(folder, builds, 4)
        self.builds, self.chance = builds, chance
        self.outcomes: Counter[str] = Counter()
        start = time.monotonic()
        self.edited.build()
        self.longest = time.monotonic() - start

    def judge(self, what: str, ended: Ended, *, expected: bool) -> None:
        """Look at the site, build again, look again."""
        edited, now = self.edited, tree(self.edited.site)
        kind = "old" if now == edited.old else "new" if now == edited.new else "MIXED"
        self.outcomes[kind] += 1
        mended = edited.is_mended_by_the_next_build()
        self.outcomes["next build whole" if mended else "next build WRONG"] += 1
        if not expected or "Traceback" in ended.said:
            self.outcomes["UNEXPECTED"] += 1
        if not expected or not mended or kind == "MIXED" or "Traceback" in ended.said:
            kept = sorted(path.name for path in (edited.folder / ".agsite/_site").iterdir())
            print(f"{what}: {kind}, mended {mended}, exit {ended.status}, {kept}, {ended.said[-400:]}", flush=True)

    # --- what can happen

    def random(self, count: int) -> None:
        """Kill at random times."""
        for number in range(count):
            self.edited.edit()
            after = self.chance.uniform(0, 1.1 * self.longest)
            arguments = (*BUILD[:-1], self.chance.choice(["1", "2"]))
            ended = self.builds.run_together(self.edited.folder, 1, *arguments, kill_after=after)[0]
            self.judge(f"kill {number} after {after:.3f} s", ended, expected=ended.status in {0, -signal.SIGKILL})

    def systematic(self) -> None:
        """Kill at every call."""
        if not shutil.which("strace"):
            print("there is no strace here: calls are counted in Python, which does not see all of them")
            for at in self.edited.some(self.edited.calls):
                self.judge(f"call {at}", ended := self.edited.build(Call(at)), expected=ended.status == -signal.SIGKILL)
            return
        for call, calls in self._calls().items():
            for at in range(1, calls + 1):
                options = ["-f", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={at}"]
                ended = self.edited.build(strace=options)
                self.judge(f"{call} {at}", ended, expected=ended.status in {0, -signal.SIGKILL})
                self.outcomes["killed"] += ended.status == -signal.SIGKILL

    def _calls(self) -> dict[str, int]:
        """How often a build makes each call."""
        counts = self.edited.folder / "counts"
        self.edited.build(strace=["-f", "-c", "-o", str(counts), "-e", f"trace={','.join(WATCHED)}"])
        rows = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", counts.read_text(), re.MULTILINE)
        found = {call: int(number) for number, call in rows if call != "total"}
        print(f"calls of one build: {found}", flush=True)
        return found

    def signals(self, count: int) -> None:
        """Stop at random times."""
        for number in range(count):
            for which, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
                at = self.chance.randrange(1, self.edited.calls + 1)
                ended = self.edited.build(Call(at, signal=which))
                said = ended.said.splitlines()[-1] == f"agsite: stopped by {which.name}"
                self.judge(f"{which.name} {number} at call {at}", ended, expected=ended.status == code and said)

    def errors(self) -> None:
        """Refuse every call."""
        for at in range(1, self.edited.calls + 1):
            for code in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                ended = self.edited.build(Call(at, error=code))
                now = tree(self.edited.site)
                said = str(self.edited.folder) in ended.said and os.strerror(code) in ended.said
                refused = ended.status == 3 and now == self.edited.old and said
                self.outcomes["refused" if ended.status else "done without"] += 1
                self.judge(
                    f"{errno.errorcode[code]} at call {at}",
                    ended,
                    expected=refused or (ended.status == 0 and now == self.edited.new),
                )

    def full(self) -> None:
        """Leave too little room on the disk, in twenty sizes."""
        folder = self.edited.folder
        filler, given_up = folder / "filler", folder / ".agsite/_site/next"
        shutil.rmtree(given_up)
        before = _free(folder)
        self.edited.build()
        need = before - _free(folder)
        for percent in range(5, 101, 5):
            self.edited.build()
            shutil.rmtree(given_up)
            with filler.open("wb") as file:
                file.write(bytes(max(0, _free(folder) - need * percent // 100)))
            ended = self.edited.build()
            filler.unlink()
            now = tree(self.edited.site)
            refused = ended.status == 3 and now == self.edited.old and "No space left on device" in ended.said
            refused = refused and str(folder) in ended.said
            self.outcomes["refused" if ended.status else "room enough"] += 1
            done = ended.status == 0 and now == self.edited.new
            self.judge(f"{percent} % of the room", ended, expected=refused or done)

    def readers(self, count: int) -> None:
        """Read while the site is published again and again."""
        site, stop = self.edited.site, threading.Event()
        pages = [site / path for path in tree(site) if re.fullmatch(r"ask/spoon-\d+/index\.(html|md|json)", path)]

        def read() -> None:
            while not stop.is_set():
                try:
                    generation = site.stat().st_ino
                    turns = {re.search(rb"Turn (\d)", page.read_bytes())[1] for page in pages * 2}
                    self.outcomes["reads"] += 2 * len(pages)
                    self.outcomes["MIXED"] += len(turns) > 1 and site.stat().st_ino == generation
                except FileNotFoundError as error:
                    self.outcomes["MISSING"] += 1
                    print(error, flush=True)

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(count):
            self.outcomes["published" if self.edited.build().status == 0 else "UNEXPECTED"] += 1
        while self.outcomes["reads"] < 100_000:
            self.edited.build()
        stop.set()
        reader.join()

    def together(self, rounds: int) -> None:
        """Build several times at once."""
        for number in range(rounds):
            for count in (2, 4, 8):
                self.edited.edit()
                after = self.chance.uniform(0, self.longest) if number % 2 else None
                ended = self.builds.run_together(self.edited.folder, count, *BUILD, kill_after=after)
                self.outcomes["locked"] += sum("is locked by process" in one.said for one in ended)
                first, *others = ended
                well = {one.status for one in others} <= {0, 3} and first.status in {0, 3, -signal.SIGKILL}
                same = 0 not in {one.status for one in ended} or tree(self.edited.site) == self.edited.new
                self.judge(f"round {number} with {count}", first, expected=well and same)


def _free(folder: Path) -> int:
    facts = os.statvfs(folder)
    return facts.f_bavail * facts.f_frsize


def _mount(folder: str) -> bool:
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "none", folder]
    return subprocess.run(mount, check=False).returncode == 0


MODES = ("random", "systematic", "signals", "errors", "full", "readers", "together")


def run(mode: str, args: argparse.Namespace) -> bool:
    """Do one of the things; return whether all went well."""
    with tempfile.TemporaryDirectory() as name:
        if mode == "full" and not _mount(name):
            print("full: no disk can be mounted here")
            return True
        with Builds() as builds:
            bench = Bench(Path(name), builds, random.Random(args.seed))
            start = time.monotonic()
            counts = {"random": args.kills, "signals": 50, "readers": 50, "together": 50}
            getattr(bench, mode)(*([counts[mode]] if mode in counts else []))
        if mode == "full":
            subprocess.run(["umount", name], check=True)
    outcomes = {key: number for key, number in bench.outcomes.items() if number}
    print(f"{mode}, seed {args.seed}: {outcomes} in {time.monotonic() - start:.0f} s", flush=True)
    return not any(key.split()[-1].isupper() for key in outcomes)


def main() -> None:
    """Do the things that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("modes", nargs="*", metavar="MODE", help=", ".join(MODES))
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    results = [run(mode, args) for mode in args.modes or MODES]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
