"""What a page says of itself to search engines, in the vocabulary of schema.org, as the content of a data block.

An answer is a question with a suggested answer, and never more: nobody voted, nobody accepted it, and no model is an
author. `QAPage` is claimed only where readers can add answers, as search engines ask.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from agsite import urls
from agsite.categories import name_of
from agsite.config import Config
from agsite.encoding import to_json
from agsite.markup import plain_body
from agsite.pages.answers import AnswerPage, SourceRow
from agsite.pages.citing import credit
from agsite.pages.home import HomePage
from agsite.pages.page import Crumb, MovedPage, Say
from agsite.pages.papers import PaperPage
from agsite.pages.text import TextPage
from agsite.papers import ET_AL

_CONTEXT = "https://schema.org"
_MACHINE_TEXT = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"


def linked_data(page: Any, title: str, config: Config, say: Say) -> str:
    """Return a page's JSON-LD, safe to stand in HTML; empty where a page has nothing to say of itself."""
    facts = _facts(page, title, config, say)
    return to_json({"@context": _CONTEXT, **facts}).decode().replace("<", "\\u003c") if facts else ""


def _facts(page: Any, title: str, config: Config, say: Say) -> dict[str, Any]:
    if isinstance(page, AnswerPage):
        return _answer_page(page, config, say)
    if isinstance(page, PaperPage):
        return _paper(page, config, say)
    if isinstance(page, HomePage):
        return {**_site(config), "description": config.description, "inLanguage": config.language}
    if isinstance(page, MovedPage) or page.head.url == urls.NOT_FOUND:
        return {}
    kind = "WebPage" if isinstance(page, TextPage) else "CollectionPage"
    facts = _page(kind, config.absolute(page.head.url), title, config)
    crumbs = getattr(page, "crumbs", ())
    return {**facts, "breadcrumb": _breadcrumb(crumbs, title, config, say)} if crumbs else facts


def _page(kind: str, url: str, name: str, config: Config) -> dict[str, Any]:
    facts = {"@type": kind, "@id": url, "url": url, "name": name, "inLanguage": config.language}
    return {**facts, "isPartOf": _site(config)}


def _site(config: Config) -> dict[str, Any]:
    return {"@type": "WebSite", "name": config.title, "url": config.absolute("")}


def _breadcrumb(crumbs: tuple[Crumb, ...], title: str, config: Config, say: Say) -> dict[str, Any]:
    steps = [{"name": crumb.text or say(crumb.kind), "item": config.absolute(crumb.url)} for crumb in crumbs]
    places = enumerate([*steps, {"name": title}], 1)
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [{"@type": "ListItem", "position": place, **step} for place, step in places],
    }


def _answer_page(page: AnswerPage, config: Config, say: Say) -> dict[str, Any]:
    url = config.absolute(page.head.url)
    return {
        **_page("QAPage" if config.repository else "WebPage", url, page.question, config),
        "datePublished": page.date,
        "breadcrumb": _breadcrumb(page.crumbs, page.question, config, say),
        "mainEntity": {
            "@type": "Question",
            "name": page.question,
            "text": page.question,
            "answerCount": 1,
            "suggestedAnswer": [_answer(page, url, config, say)],
        },
    }


def _answer(page: AnswerPage, url: str, config: Config, say: Say) -> dict[str, Any]:
    facts = {
        "@type": "Answer",
        "url": f"{url}#answer",
        "text": plain_body(leaf for item in page.blocks for leaf in item.block.leaves),
        "datePublished": page.date,
        "author": {"@type": "Organization", "name": config.title, "url": config.absolute(urls.ABOUT)},
        "creditText": credit(page, say),
        "citation": [_cited(row, config) for row in page.sources if row.anchors],
    }
    return facts if page.by_hand else {**facts, "digitalSourceType": _MACHINE_TEXT}


def _cited(row: SourceRow, config: Config) -> dict[str, Any]:
    name = row.title or row.paper
    return {"@type": "ScholarlyArticle", "@id": _work(row.url, config), "name": name, "identifier": row.paper}


def _paper(page: PaperPage, config: Config, say: Say) -> dict[str, Any]:
    url = config.absolute(page.head.url)
    title = page.title or page.id
    crumbs = _breadcrumb(page.crumbs, title, config, say)
    same = [f"https://arxiv.org/abs/{page.arxiv_id}"] if page.arxiv_id else []
    same += [f"https://doi.org/{quote(page.doi)}"] if page.doi else []
    known = {
        "author": [_author(family, given) for family, given in page.names if family != ET_AL.family],
        "about": page.category and _subject(page.category),
        "sameAs": same,
    }
    return {
        "@type": "ScholarlyArticle",
        "@id": _work(urls.paper(page.id), config),
        "name": title,
        "identifier": page.id,
        "datePublished": page.published or page.month,
        **{key: value for key, value in known.items() if value},
        "mainEntityOfPage": {**_page("WebPage", url, title, config), "breadcrumb": crumbs},
    }


def _work(url: str, config: Config) -> str:
    """Return the name of a paper, which is another thing than the page about it."""
    return f"{config.absolute(url)}#paper"


def _author(family: str, given: str) -> dict[str, Any]:
    if not given:
        return {"@type": "Organization", "name": family}
    return {"@type": "Person", "name": f"{given} {family}", "familyName": family, "givenName": given}


def _subject(category: str) -> dict[str, Any]:
    return {
        "@type": "DefinedTerm",
        "name": name_of(category),
        "termCode": category,
        "inDefinedTermSet": "https://arxiv.org/category_taxonomy",
    }
