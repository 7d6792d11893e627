"""Fingerprints of pages: equal where the bytes are, as far as anything that they are made from goes."""

from __future__ import annotations

import hashlib
import re
import sys
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from agsite import __version__, files
from agsite.encoding import to_json
from agsite.look import Look, TextFile
from agsite.pages import Page

_SIZE = 12

# What readings and the bytes of a page depend on besides this project's own code.
_PACKAGES = (
    *("jinja2", "latex2mathml", "markdown-it-py", "markupsafe", "msgspec"),
    *("pydantic", "pylatexenc", "pyyaml", "sentencex"),
)

# How one template names another: by a text alone, or by what may come to the name of any.
_REFERENCE = re.compile(r"\{%[-+]?\s*(?:extends|import|include|from)\b(.*?)[-+]?%\}", re.DOTALL)
_NAME = re.compile(r"""\s*["']([^"']+)["']\s*(?:$|(?:as|ignore|import|with|without)\b)""")

_NONE = TextFile("", "")


class Fingerprints:
    """Makes the fingerprints of the pages that have one look."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._salts: dict[str, bytes] = {"text": code_digest()}
        self._last: tuple[Any, bytes] = (None, b"null")

    def of(self, page: Page) -> str:
        """Return the fingerprint of a page's file."""
        salt = self._salts.get(page.template) or self._salt(page.template)
        return _digest(salt, page.url.encode(), self._content(page.context))

    @cached_property
    def of_look(self) -> str:
        """The fingerprint of all that pages have in common."""
        templates = sorted(self._look.templates.items())
        return _digest(self._common, *(part.encode() for name, source in templates for part in (name, source.text)))

    def _content(self, context: Any) -> bytes:
        """Return a context as bytes that differ where it does."""
        if isinstance(context, bytes):
            return context
        if isinstance(context, str):
            return context.encode("utf-8", "surrogatepass")
        if context is not self._last[0]:
            # The formats of a feed show the same, one after the other.
            self._last = context, to_json(context)
        return self._last[1]

    def _salt(self, template: str) -> bytes:
        texts = [self._look.templates.get(name, _NONE).text for name in sorted(self._family(template))]
        salt = _digest(self._common, *(text.encode() for text in texts)).encode()
        self._salts[template] = salt
        return salt

    def _family(self, template: str) -> set[str]:
        """A template and all that it extends, imports or includes; all there are where it computes a name."""
        family: set[str] = set()
        waiting = [template]
        while waiting:
            name = waiting.pop()
            if name not in family:
                family.add(name)
                for reference in _REFERENCE.findall(self._look.templates.get(name, _NONE).text):
                    named = _NAME.match(reference)
                    waiting += [named[1]] if named else self._look.templates
        return family

    @cached_property
    def _common(self) -> bytes:
        look = self._look
        shared = (look.config.model_dump_json(), look.phrases, sorted(look.assets.items()), sorted(look.features))
        return _digest(code_digest(), to_json(shared)).encode()


def of_bytes(data: bytes) -> str:
    """Return the fingerprint of a file that is copied as it is."""
    return _digest(data)


def _digest(*parts: bytes) -> str:
    hasher = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        hasher.update(len(part).to_bytes(8, "little"))
        hasher.update(part)
    return hasher.hexdigest()


@lru_cache(maxsize=1)
def code_digest() -> bytes:
    """Return a digest of the code that makes pages: ours by its text, so that a change in a checkout counts too.

    What letters and their cases are is a matter of Python's version.
    """
    package = Path(__file__).parent
    sources = [files.read_bytes(path) for path in files.find(package, (".py",))[0]]
    packages = ",".join(f"{name} {_version(name)}" for name in _PACKAGES)
    versions = f"{__version__} {sys.implementation.cache_tag} {packages}"
    return _digest(versions.encode(), *sources).encode()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # pragma: no cover - all are dependencies
        return "none"
