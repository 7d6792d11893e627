"""Style, scripts, fonts and whatever a site puts beside them: ours, each replaced by the site's own file of that name.

An address carries a digest of what it leads to, `assets/style.css?v=1f0c22ab`, so that browsers may keep it for ever.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from agsite import files, urls
from agsite.config import GROUNDS, Colours

COLOURS = "colours.css"

# How much of a site's own colour its soft tones hold, in percent, in light and dark; the rest is the ground.
_ACCENT_TONES = (("accent-soft", 14, 26), ("band", 22, 34))
_OPEN_TONES = (("open-soft", 12, 24),)

# Strings come first, for what looks like a comment in one is none.
_COMMENT = re.compile(rb"(\"[^\"\n]*\"|'[^'\n]*')|/\*.*?\*/", re.DOTALL)
_BREAK = re.compile(rb"(?<=[{};,])\s*\n\s*|\A\s+|;\s*(?=})|(?<=@media) (?=\()")
_MODULE = re.compile(rb"""(["'])\./([\w./-]+\.(?:js|css))\1""")
_URL = re.compile(rb"""url\(\s*(["']?)([^()'"?#:\s]+)\1\s*\)""")


class Assets(NamedTuple):
    """The files under `assets/`, and the address of each."""

    files: Mapping[str, bytes]
    addresses: Mapping[str, str]


def load(folders: Iterable[Path], colours: Colours) -> Assets:
    """Read the assets of several folders; a file of a later folder wins over its namesakes."""
    found: dict[str, bytes] = {}
    for folder in folders:
        found |= _read(folder)
    if style := colour_style(colours):
        # A site's own file of this name comes after the settings, and wins where both say something.
        found[COLOURS] = style.encode() + found.get(COLOURS, b"")
    digests = {name: hashlib.sha256(data).hexdigest()[:8] for name, data in found.items()}
    # A style names its fonts by the addresses that pages preload them by; another spelling would load them twice.
    styled = {name: _style(name, data, digests) if name.endswith(".css") else data for name, data in found.items()}
    digests |= {name: hashlib.sha256(styled[name]).hexdigest()[:8] for name in styled if name.endswith(".css")}
    for name in [name for name in found if name.endswith(".js")]:
        _link_script(name, styled, digests, set())
    addresses = {name: f"{urls.asset(name)}?v={digest}" for name, digest in digests.items()}
    return Assets(dict(sorted(styled.items())), addresses)


def _read(folder: Path) -> dict[str, bytes]:
    paths = {Path(path).relative_to(folder).as_posix(): path for path in files.find_all(folder, ("",))}
    return {name: files.read_bytes(path) for name, path in paths.items() if not name.startswith("pages/")}


def _style(name: str, style: bytes, digests: Mapping[str, str]) -> bytes:
    """Return a style without comments and line breaks, its fonts and pictures by their full addresses."""
    return _versioned(name, _BREAK.sub(b"", _COMMENT.sub(lambda found: found[1] or b" ", style)), digests)


def _versioned(name: str, style: bytes, digests: Mapping[str, str]) -> bytes:
    def address(match: re.Match[bytes]) -> bytes:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2].decode()))
        quote, path = match.groups()
        return b"url(%b%b?v=%b%b)" % (quote, path, digests[target].encode(), quote) if target in digests else match[0]

    return _URL.sub(address, style)


def _link_script(name: str, found: dict[str, bytes], digests: dict[str, str], done: set[str]) -> None:
    """Let a script name others, `"./other.js"`, by their full addresses; those it names come first."""

    def address(match: re.Match[bytes]) -> bytes:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2].decode()))
        if target not in digests or target in done:
            return match[0]
        _link_script(target, found, digests, done | {name})
        quote, path = match.groups()
        return b"%b./%b?v=%b%b" % (quote, path, digests[target].encode(), quote)

    found[name] = _MODULE.sub(address, found[name]) if name.endswith(".js") else found[name]
    digests[name] = hashlib.sha256(found[name]).hexdigest()[:8]


def colour_style(colours: Colours) -> str:
    """Return the style that puts a site's own colours in place of ours; empty where it has none."""
    rules = [*_tones("accent", colours.accent, _ACCENT_TONES), *_tones("open", colours.open, _OPEN_TONES)]
    return f":root{{{';'.join(rules)}}}\n" if rules else ""


def _tones(name: str, pair: tuple[str, str] | None, tones: Iterable[tuple[str, int, int]]) -> Iterable[str]:
    if pair is None:
        return
    yield f"--{name}:light-dark({pair[0]},{pair[1]})"
    for tone, *shares in tones:
        mixed = map(_mixed, pair, shares, GROUNDS)
        yield f"--{tone}:light-dark({','.join(mixed)})"


def _mixed(colour: str, percent: int, ground: str) -> str:
    return f"color-mix(in srgb,{colour} {percent}%,{ground})"
