"""Links within the site: an answer or a paper that a text links to is there, and is linked to as a page."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from urllib.parse import unquote

from agsite import urls
from agsite.answerfile import Reading
from agsite.checks.place import in_text
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.markup import find_links, leaves_site
from agsite.spelling import nearest_name

# Below other addresses than those of answers a site may have such files, and does itself: /llms.txt.
_SOURCE = re.compile(rf"(?:{urls.ANSWERS}|(?:.*/)?answers/)(?:.*/)?(?!index\.)[^/]+\.(?:md|txt)")
# A letter begins the ending of a file; in the id of a paper a digit stands after the full stop.
_FILE = re.compile(r".*\.[A-Za-z]\w*")
# What was meant as an address elsewhere.
_NO_SCHEME = re.compile(r"www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|edu|gov|io|net|org)(?:/|$)")
_ALIKE = 0.8
# Each suggestion takes a look at all names.
_SUGGESTIONS = 20


class Places:
    """Where links may lead: to the `pages` of answers and papers; from a draft also to other drafts and their papers.

    Without pages, links are not looked up.
    """

    def __init__(self, pages: Collection[str], base_path: str = "/", readings: Iterable[Reading] = ()) -> None:
        self.base_path = unquote(base_path)
        self._pages = pages
        self._of_drafts = {url for reading in readings if _is_draft(reading) for url in _brought_by(reading)}
        self._left = _SUGGESTIONS

    def are_known(self) -> bool:
        """Say whether links are looked up."""
        return bool(self._pages)

    def lack(self, target: str, reading: Reading) -> bool:
        """Say whether an answer finds no page at an address."""
        return target not in self._pages and not (_is_draft(reading) and target in self._of_drafts)

    def nearest(self, kind: str, name: str, own: str) -> str | None:
        """Return the page of the nearest name, other than the `own`; None after some suggestions, which take long."""
        self._left -= 1
        if self._left < 0:
            return None
        names = self._names[kind]
        near = nearest_name(name, (known for known, page in names.items() if page != own), _ALIKE)
        return names[near] if near else None

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        return {
            kind: {page.removeprefix(kind).rstrip("/").lower(): page for page in self._pages if page.startswith(kind)}
            for kind in (urls.ANSWERS, urls.PAPERS)
        }


def _is_draft(reading: Reading) -> bool:
    return reading.answer.status == "draft"


def _brought_by(reading: Reading) -> Iterator[str]:
    """Yield the addresses of an answer and of its papers."""
    yield urls.answer(reading.answer.id)
    yield from (urls.paper(source.id) for source in reading.answer.sources)


def check(reading: Reading, places: Places) -> Iterator[Finding]:
    """Find links to files of answers, and to answers and papers that are not there, if these are known."""
    if "](" not in reading.answer.body:
        return
    own = urls.answer(reading.answer.id)
    for leaf in reading.body.leaves():
        for offset, address in find_links(leaf.text) if "](" in leaf.text else ():
            target = _target(address, own, places.base_path)
            if _SOURCE.fullmatch(target):
                yield in_text(reading, leaf, offset, "AG215", f"{quoted(address)} is not a page of the site")
            elif places.are_known() and (
                _NO_SCHEME.match(address) or (_is_page(target, own) and places.lack(target, reading))
            ):
                message = f"the link to {quoted(address)} leads to no answer and no paper of the archive"
                yield in_text(reading, leaf, offset, "AG217", message, _meant(address, target, own, places))


def _target(address: str, own: str, base_path: str) -> str:
    """Return where a link leads within the site, with a slash at the end if it has one; empty where it is elsewhere."""
    # A name in another script may be written as it is or percent-encoded.
    path = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    if not path or leaves_site(address) or (path.startswith("/") and not path.startswith(base_path)):
        return ""
    plain = posixpath.normpath(path.removeprefix(base_path) if path.startswith("/") else own + path)
    return f"{plain}/" if path.endswith("/") else plain


def _is_page(target: str, own: str) -> bool:
    """Say whether an answer or a paper would be there, and neither a list nor a file."""
    folder, name = posixpath.split(target.rstrip("/"))
    # Below its own page leads a link that lacks its “../”.
    folders = {f"{start}{kind}" for start in ("", own) for kind in (urls.ANSWERS, urls.PAPERS)} | {own}
    return f"{folder}/" in folders and not _FILE.fullmatch(name)


def _meant(address: str, target: str, own: str, places: Places) -> str | None:
    """Name the answer or the paper of the nearest name; or the address elsewhere."""
    if _NO_SCHEME.match(address):
        return f"Outside of the site an address begins so: https://{address}."
    kind = urls.PAPERS if urls.PAPERS in target else urls.ANSWERS
    page = places.nearest(kind, posixpath.basename(target.rstrip("/")).lower(), own)
    return f"Did you mean {posixpath.relpath(page, own)}/?" if page else None
