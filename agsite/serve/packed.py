"""A built site in a ZIP file, served as it lies there: nothing is unpacked."""

from __future__ import annotations

import contextlib
import re
import zipfile
import zlib
from collections.abc import Collection
from typing import Any

from agsite import urls
from agsite.errors import ConfigError
from agsite.serve.preview import Response, Status

# A page is some kilobytes and the largest file of data some hundred megabytes; more is not a site of ours.
_MOST_BYTES = 512 * 1024 * 1024
# What macOS puts beside a folder that is packed in its Finder.
_FINDERS_OWN = "__MACOSX/"
# What comes of archives that are damaged, locked, or of a kind that Python does not read.
_UNREADABLE: tuple[type[Exception], ...]
_UNREADABLE = (OSError, RuntimeError, ValueError, EOFError, zlib.error, zipfile.BadZipFile)
# Python may be built without it, and then reads nothing that could be damaged in its way.
with contextlib.suppress(ImportError):
    from lzma import LZMAError

    _UNREADABLE += (LZMAError,)
# What names the address that the site was built for, whatever templates it has.
_SITEMAP = re.compile(rb"^Sitemap: https?://[!-.0-~]+(/(?:[!-.0-~]+/)*)sitemap\.xml$", re.MULTILINE)


class Packed:
    """The site in a ZIP file; what its paths say about places outside of it means nothing here."""

    def __init__(self, path: str) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except _UNREADABLE as error:
            why = getattr(error, "strerror", None) or error
            raise ConfigError(f"{path} is not a readable ZIP file ({why})", "Name a ZIP of a built site.") from error
        # The shell of Windows once wrote names as that has them.
        named = {info.filename.replace("\\", "/"): info for info in self._zip.infolist()}
        names = {name: info for name, info in named.items() if not name.startswith(_FINDERS_OWN)}
        top = _top(names)
        self._files = {name.removeprefix(top): info for name, info in names.items()}
        if "index.html" not in self._files:
            raise ConfigError(f"{path} holds no site: there is no index.html", "Name a ZIP of a built site.")
        self.status = Status(1, ())
        self.base_path = self._base_path()
        self.former_paths: tuple[str, ...] = ()

    def get(self, path: str) -> Response | None:
        """Return the file at an output path."""
        info = self._files.get(path)
        if info is None:
            return None
        if info.file_size > _MOST_BYTES:
            raise ConfigError(f"{path} has {info.file_size:,} bytes", "That is not a file of a site.")
        try:
            with self._zip.open(info) as file:
                return Response(file.read(_MOST_BYTES))
        except _UNREADABLE as error:
            raise ConfigError(
                f"{path} in {self._zip.filename} cannot be read ({error})", "Pack the site again."
            ) from error

    def _base_path(self) -> str:
        """Return the path that the site was built for: its page for what is not there begins every link with it."""
        robots = self.get(urls.ROBOTS)
        found = _SITEMAP.search(robots.data) if robots else None
        return found[1].decode() if found else "/"

    def search(self, parameters: dict[str, str]) -> dict[str, Any]:
        """A packed site searches in the browser."""
        return {"query": parameters.get("q", ""), "error": "a packed site has no index", "help": "Search on its pages."}


def _top(names: Collection[str]) -> str:
    """The folder that everything is in, where the ZIP was made of the folder and not of what it holds."""
    folder = f"{next(iter(names), '').partition('/')[0]}/"
    return folder if f"{folder}index.html" in names and all(name.startswith(folder) for name in names) else ""
