"""The functions that write the files that are not HTML, by the name that a page has in place of a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from agsite import urls
from agsite.config import Config
from agsite.pages import feeds, indexes, share
from agsite.pages.answers import AnswerPage
from agsite.pages.citing import cite_answer, cite_paper
from agsite.pages.page import Page, Say
from agsite.pages.papers import PaperPage

Writer = Callable[[Any, Config, Say], bytes]

_FORMS = ("bib", "ris", "json")


class CitationFile(NamedTuple):
    """A reference as a file: which form it has, and the page that it is of."""

    form: str
    page: AnswerPage | PaperPage


def citation_pages(config: Config, page: AnswerPage | PaperPage) -> list[Page]:
    """Gather the files of a page's reference, where the site has them."""
    if not config.citation_files or (isinstance(page, PaperPage) and page.part.number > 1):
        return []
    return [Page(urls.citation(page.head.url, form), "cite", CitationFile(form, page)) for form in _FORMS]


def _citation(file: CitationFile, config: Config, say: Say) -> bytes:
    if isinstance(file.page, PaperPage):
        citation = cite_paper(config, file.page)
    else:
        citation = cite_answer(config, say, file.page)
    return citation[_FORMS.index(file.form)].encode()


def _picture(shared: share.SharePicture, config: Config, say: Say) -> bytes:
    del say
    return share.picture(shared, config)


WRITERS: Mapping[str, Writer] = {
    urls.ATOM: feeds.atom,
    urls.JSON_FEED: feeds.json_feed,
    urls.SITEMAP: indexes.sitemap,
    "sitemap-index.xml": indexes.sitemap_index,
    urls.OPENSEARCH: indexes.opensearch,
    urls.LLMS: indexes.llms,
    "og.png": _picture,
    "cite": _citation,
}
