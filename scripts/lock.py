"""Write a lock: `python scripts/lock.py FILE REQUIREMENT…` puts the packages with their versions and hashes into FILE.

What is locked are the wheels that pip would choose on the machines that workflows run on: CPython 3.12 on 64-bit Linux.
Names, versions and hashes are all there is, so it does not matter where the wheels come from. `make lock` calls this.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

PYTHON = "3.12"

# As pip prefers them, for what has a wheel for several is best taken from the newest.
PLATFORMS = [*(f"manylinux_2_{minor}_x86_64" for minor in range(39, 4, -1)), "manylinux2014_x86_64", "linux_x86_64"]

HEAD = """\
# What workflows install, and nothing else: `pip install --require-hashes -r {name}`.
# For CPython {python} on 64-bit Linux. Written by `make lock`; do not edit.
"""


def main(arguments: list[str]) -> None:
    """Write the lock of the requirements to the file named first."""
    target, *requirements = arguments
    lines = [HEAD.format(name=Path(target).name, python=PYTHON)]
    for name, version, digest in sorted(resolve(requirements)):
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest}\n")
    Path(target).write_text("".join(lines), encoding="utf-8")


def resolve(requirements: list[str]) -> list[tuple[str, str, str]]:
    """Ask pip what it would install, and return name, version and SHA-256 of each wheel; local folders have none."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", PYTHON, "--target", folder]
        command += [option for platform in PLATFORMS for option in ("--platform", platform)]
        command += ["--report", "-", *requirements]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"pip found no wheels for {' '.join(requirements)}: it says why above; nothing was written.")
    found = (item for item in json.loads(done.stdout)["install"] if "archive_info" in item["download_info"])
    return [
        (
            item["metadata"]["name"].lower().replace("_", "-"),
            item["metadata"]["version"],
            digest_of(item["download_info"]),
        )
        for item in found
    ]


def digest_of(download: dict[str, Any]) -> str:
    """Return the SHA-256 of a wheel; of one that lies on this machine, pip before 23.1 does not say it."""
    hashes = download["archive_info"].get("hashes")
    if hashes:
        return str(hashes["sha256"])
    return hashlib.sha256(Path(url2pathname(urlsplit(download["url"]).path)).read_bytes()).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1:])
