"""The standard streams, whoever started the program: some may be closed, and nobody need read what is said."""

from __future__ import annotations

import io
import os
import sys


def open_missing() -> None:
    """Let streams that are closed lead nowhere; else a file that is opened later would take their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for good


def speak_utf_8() -> None:
    """Write data as UTF-8 whatever the locale says, but to a terminal what it can show."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        is_shown = sys.stdout.isatty()
        sys.stdout.reconfigure(encoding=None if is_shown else "utf-8", errors="replace" if is_shown else "strict")


def fall_silent() -> None:
    """Let what is still said to people lead nowhere: the pipe that they read is closed, or the disk of a log full."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    os.close(nowhere)
