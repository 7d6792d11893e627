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
from urllib.parse import unquote

from agsite import files, urls
from agsite.config import GROUNDS, Colours

COLOURS = "colours.css"

# How much of a site's own colour its soft tones hold, in percent, in light and dark; the rest is the ground.
_ACCENT_TONES = (("accent-soft", 14, 26), ("band", 22, 34))
_OPEN_TONES = (("open-soft", 12, 24),)

# Strings come first, for what looks like a comment in one is none.
_COMMENT = re.compile(rb"(\"[^\"\n]*\"|'[^'\n]*')|/\*.*?\*/", re.DOTALL)
_BREAK = re.compile(rb"(?<=[{};,])\s*\n\s*|\A\s+|;\s*(?=})|(?<=@media) (?=\()")

# How a file names others: a script its modules and styles, a style its fonts, pictures and styles.
_NAMED = {
    ".js": re.compile(rb"""(["'])\./(?P<path>[\w./-]+\.(?:js|css))\1"""),
    ".css": re.compile(rb"""url\(\s*(["'])?(?P<path>(?(1)[^'"?#:\n]+|[^()'"?#:\s]+))(?(1)\1)\s*\)"""),
}


class Assets(NamedTuple):
    """The files under `assets/`, and the address of each."""

    files: Mapping[str, bytes]
    addresses: Mapping[str, str]


def load(folders: Iterable[Path], colours: Colours) -> Assets:
    """Read the assets of several folders; a file of a later folder wins over its namesakes."""
    found: dict[str, bytes] = {}
    for folder in folders:
        found |= _read(folder)
    if style := _colour_style(colours):
        # A site's own file of this name comes after the settings, and wins where both say something.
        found[COLOURS] = style.encode() + found.get(COLOURS, b"")
    found |= {name: _plain_style(style) for name, style in found.items() if name.endswith(".css")}
    digests: dict[str, str] = {}
    begun: set[str] = set()
    for name in list(found):
        _link(name, found, digests, begun)
    addresses = {name: f"{urls.encoded(urls.asset(name))}?v={digest}" for name, digest in digests.items()}
    return Assets(dict(sorted(found.items())), addresses)


def names(folders: Iterable[Path], colours: Colours) -> set[str]:
    """Return the names of the assets that `load` reads."""
    found = (_named(files.find(folder, ("",))[0], folder) for folder in folders if folder.is_dir())
    return set().union({COLOURS} if _colour_style(colours) else (), *found)


def _read(folder: Path) -> dict[str, bytes]:
    return {name: files.read_bytes(path) for name, path in _named(files.find_all(folder, ("",)), folder).items()}


def _named(paths: Iterable[str], folder: Path) -> dict[str, str]:
    """Return the paths of the assets of a folder by name; pages of text are none."""
    named = {Path(path).relative_to(folder).as_posix(): path for path in paths}
    return {name: path for name, path in named.items() if not name.startswith("pages/")}


def _plain_style(style: bytes) -> bytes:
    """Return a style without comments and line breaks."""
    return _BREAK.sub(b"", _COMMENT.sub(lambda found: found[1] or b" ", style))


def _link(name: str, found: dict[str, bytes], digests: dict[str, str], begun: set[str]) -> None:
    """Let a style name its fonts, and a script others, by their full addresses; what they name comes first.

    Pages preload fonts and scripts by these addresses; another spelling would load them twice. Of files that name each
    other in a circle, the last keeps the name that it was given.
    """

    def address(match: re.Match[bytes]) -> bytes:
        # A style may be in another encoding; what it names is then no file of ours, but no mistake either.
        path = unquote(match["path"].decode("utf-8", "replace"))
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        if target in found:
            _link(target, found, digests, begun)
        if target not in digests:
            return match[0]
        end = match.end("path") - match.start()
        return b"%b?v=%b%b" % (match[0][:end], digests[target].encode(), match[0][end:])

    if name in begun:
        return
    begun.add(name)
    if named := _NAMED.get(posixpath.splitext(name)[1]):
        found[name] = named.sub(address, found[name])
    digests[name] = _digest(found[name])


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]


def _colour_style(colours: Colours) -> str:
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
