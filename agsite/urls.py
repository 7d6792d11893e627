"""The only place where an address or an output path is made.

An address is relative to the root of the site, `paper/AG-2026.03-1712/`, and ends in a slash where it is a page; a page
links with `to_root(its own address) + address`, so that the site works from any sub-path and any file server.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

from agsite import categories

HOME = ""
ABOUT = "about/"
MADE = "about/how/"
ACCESSIBILITY = "about/accessibility/"
DATA = "about/data/"
OPEN = "open/"
GAPS = "gaps/"
MAP = "map/"
SEARCH = "search/"
SEARCH_FILES = "search/meta.json"
ANSWERS = "ask/"
PAPERS = "paper/"
CATEGORIES = "category/"
MONTHS = "month/"
MODELS = "model/"
NOT_FOUND = "404.html"
BUILD = "build.json"
DATA_FILES = "data/"
ANSWER_LINES = "data/answers.jsonl"
PAPER_LINES = "data/papers.jsonl"
CITATION_LINES = "data/citations.jsonl"
BIBLIOGRAPHY = "data/papers.bib"
URLS = "urls.txt"
REDIRECTS = "_redirects"
ATOM = "feed.xml"
JSON_FEED = "feed.json"
SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"
OPENSEARCH = "opensearch.xml"
LLMS = "llms.txt"

# How many bytes a part of a path may have on most disks.
_LONGEST_SEGMENT = 255
# So many hexadecimal digits that nobody finds a second name with the digits of a given one.
_DIGEST = 16
# The file of a folder's own page, and what looks as if it had a digest.
_TAKEN = re.compile(rf"index\..*|.*-[0-9a-f]{{{_DIGEST}}}", re.IGNORECASE)

_USUAL_CASE = {id.lower(): id for id in categories.CATEGORIES}


def answer(id: str) -> str:
    """Return the address of an answer."""
    return f"ask/{id}/"


def paper(id: str) -> str:
    """Return the address of a paper, its id verbatim."""
    return f"paper/{id}/"


def category(id: str) -> str:
    """Return the address of a category."""
    return f"category/{_category(id)}/"


def month(yyyy_mm: str) -> str:
    """Return the address of a month, YYYY-MM."""
    return f"month/{yyyy_mm}/"


def model(name: str) -> str:
    """Return the address of a model."""
    return f"model/{_segment(name)}/"


def open_category(category_id: str) -> str:
    """Return the address of one category's open questions."""
    return f"open/{_category(category_id)}/"


def _category(id: str) -> str:
    """Return a category as a part of a path, which no other has on a disk that ignores case.

    >>> _category("cs.LG"), _category("cs.lg")
    ('cs.LG', 'cs.lg-11e1d3312524073b')
    """
    return _segment(id, usual=_USUAL_CASE.get(id.lower(), id.lower()))


def _segment(name: str, usual: str | None = None) -> str:
    """Return a name that anybody may have chosen as a part of a path, one of its own for each name.

    It has a digest where it differs from the `usual` spelling, if there is one, is too long for a disk, or is that of
    something else: else somebody could name a model after the page of another.

    >>> _segment("gpt-4"), _segment("GPT 4/..")
    ('gpt-4', 'GPT-4--b277864c1de22d2a')
    """
    safe = re.sub(r"[^A-Za-z0-9._-]", "-", name).strip(".")
    if safe and safe == name == (usual or name) and len(safe) <= _LONGEST_SEGMENT and not _TAKEN.fullmatch(safe):
        return safe
    digest = f"-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:_DIGEST]}"
    return safe[: _LONGEST_SEGMENT - len(digest)] + digest


def thread(id: str) -> str:
    """Return the address of a thread, or of a branch of one, by the id of its oldest answer."""
    return f"map/{id}/"


def numbered(url: str, number: int) -> str:
    """Return the address of a list's page `number`; the first is the list itself."""
    return url if number == 1 else f"{url}page/{number}/"


def gap(url: str, number: int) -> str:
    """Return the address of a sentence that names a gap."""
    return f"{url}#g-{number}"


def asset(name: str) -> str:
    """Return the address of a style, a script, a font or a picture."""
    return f"assets/{name}"


def markdown(url: str) -> str:
    """Return the address of a page's Markdown twin."""
    return f"{url}index.md"


def json(url: str) -> str:
    """Return the address of a page's JSON twin."""
    return f"{url}index.json"


def feeds(url: str) -> tuple[str, str]:
    """Return the addresses of the feeds of a page, Atom and JSON Feed."""
    return f"{url}{ATOM}", f"{url}{JSON_FEED}"


def sitemap(number: int) -> str:
    """Return the address of a part of a sitemap that is too large for one file."""
    return f"sitemap-{number}.xml"


def schema(name: str) -> str:
    """Return the address of the JSON Schema of a kind of JSON."""
    return f"data/schema/{name}.json"


def picture(url: str) -> str:
    """Return the address of the picture that is shown with a link to an answer."""
    return f"{url}og.png"


def citation(url: str, form: str) -> str:
    """Return the address of a page's reference as a file; `form` is bib, ris or json."""
    return f"{url}cite.{form}"


def sentence(url: str, anchor: int) -> str:
    """Return the address of a cited sentence."""
    return f"{url}#s-{anchor}"


def file_of(url: str) -> str:
    """Return the output path of an address: a page is an `index.html` in its folder."""
    return f"{url}index.html" if url == HOME or url.endswith("/") else url


def of_file(path: str) -> str:
    """Return the address of an output path; the inverse of `file_of`."""
    return path.removesuffix("index.html") if path == "index.html" or path.endswith("/index.html") else path


def encoded(url: str) -> str:
    """Return an address as a link or a list for hosts holds it: a page may be called after a file in any script.

    >>> encoded("Über uns/")
    '%C3%9Cber%20uns/'
    """
    return quote(url, safe="/!$&'()+,;=@")


def to_root(url: str) -> str:
    """Return the way from a page back to the root of the site: `../../`, or `./` from the root itself.

    >>> to_root("ask/why/")
    '../../'
    """
    return "../" * url.count("/") or "./"
