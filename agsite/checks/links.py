"""Links within the site: an answer or a paper that a text links to is there, and is linked to as a page."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator

from agsite import urls
from agsite.answerfile import Reading
from agsite.checks.place import in_text, quoted
from agsite.findings import Finding
from agsite.likeness import nearest_name
from agsite.markup import find_links, leaves_site

# Below other addresses than those of answers a site may have such files, and does itself: /llms.txt.
_SOURCE = re.compile(rf"(?:{urls.ANSWERS}|(?:.*/)?answers/)(?:.*/)?(?!index\.)[^/]+\.(?:md|txt)")
# A letter begins the ending of a file; in the id of a paper a digit stands behind the full stop.
_FILE = re.compile(r".*\.[A-Za-z]\w*")
# What was meant as an address elsewhere.
_NO_SCHEME = re.compile(r"www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|edu|gov|io|net|org)(?:/|$)")
_ALIKE = 0.8


def check(reading: Reading, pages: Collection[str], base_path: str) -> Iterator[Finding]:
    """Find links to files of answers, and to answers and papers that are none of the `pages`, if these are known."""
    if "](" not in reading.answer.body:
        return
    own = urls.answer(reading.answer.id)
    for leaf in reading.body.leaves():
        for offset, address in find_links(leaf.text) if "](" in leaf.text else ():
            target = _target(address, own, base_path)
            if _SOURCE.fullmatch(target):
                yield in_text(reading, leaf, offset, "AG215", f"{quoted(address)} is no page of the site")
            elif pages and (_NO_SCHEME.match(address) or _is_dead(target, own, pages)):
                message = f"the link to {quoted(address)} leads to no answer and no paper of the archive"
                yield in_text(reading, leaf, offset, "AG217", message, _meant(address, target, own, pages))


def _target(address: str, own: str, base_path: str) -> str:
    """Return where a link leads within the site, with a slash at the end if it has one; empty where it is elsewhere."""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    if not path or leaves_site(address) or (path.startswith("/") and not path.startswith(base_path)):
        return ""
    plain = posixpath.normpath(path.removeprefix(base_path) if path.startswith("/") else own + path)
    return f"{plain}/" if path.endswith("/") else plain


def _is_dead(target: str, own: str, pages: Collection[str]) -> bool:
    """Say whether there is no page where an answer or a paper would be; lists and files are not looked up."""
    folder, name = posixpath.split(target.rstrip("/"))
    # Below its own page leads a link that lacks its “../”.
    folders = {f"{start}{kind}" for start in ("", own) for kind in (urls.ANSWERS, urls.PAPERS)} | {own}
    return f"{folder}/" in folders and name != "page" and not _FILE.fullmatch(name) and target not in pages


def _meant(address: str, target: str, own: str, pages: Collection[str]) -> str | None:
    """Name the answer or the paper of the nearest name, but never the answer that links; or the address elsewhere."""
    if _NO_SCHEME.match(address):
        return f"Outside of the site an address begins so: https://{address}."
    kind = urls.PAPERS if urls.PAPERS in target else urls.ANSWERS
    names = {page.removeprefix(kind).rstrip("/").lower(): page for page in pages if page.startswith(kind)}
    names.pop(own.removeprefix(kind).rstrip("/"), None)
    near = nearest_name(posixpath.basename(target.rstrip("/")).lower(), names, _ALIKE)
    return f"Did you mean {posixpath.relpath(names[near], own)}/?" if near else None
