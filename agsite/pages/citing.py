"""How an answer or a paper is cited: BibTeX, RIS and CSL-JSON, as its page offers them for copying.

Made when a page is rendered, from what the page knows, so that planning a page stays cheap.
"""

from __future__ import annotations

from typing import NamedTuple

from agsite import urls
from agsite.config import Config
from agsite.ids import PaperId
from agsite.pages.answers import AnswerPage
from agsite.pages.page import Say
from agsite.pages.papers import PaperPage
from agsite.papers import Reference, to_bibtex, to_csl, to_ris, write_bibtex, write_csl, write_ris
from agsite.papers.dates import month_name
from agsite.papers.latex import from_text
from agsite.records import Author


class Citation(NamedTuple):
    """The same reference in three formats."""

    bibtex: str
    ris: str
    csl: str


def cite_paper(config: Config, page: PaperPage) -> Citation:
    """Return how a paper is cited; its address is that of its page in the archive."""
    reference = Reference(
        id=PaperId(page.id),
        title=page.title,
        authors=tuple(Author(family=family, given=given) for family, given in page.names),
        arxiv_id=page.arxiv_id,
        doi=page.doi,
        published=page.published,
        category=page.category,
        url=config.absolute(urls.paper(page.id)),
    )
    name = config.archive_name
    return Citation(to_bibtex([reference], name), to_ris([reference], name), to_csl([reference], name))


def credit(page: AnswerPage, say: Say) -> str:
    """Say who wrote an answer, for those who would take a model for an author."""
    note = say("citation_note_hand") if page.by_hand else say("citation_note", model=page.model)
    return say("citation_withdrawn", note=note) if page.status == "withdrawn" else note


def cite_answer(config: Config, say: Say, page: AnswerPage) -> Citation:
    """Return how an answer is cited: as a page with its date and a note on who wrote it: a model is not an author."""
    year, month, day = page.date.split("-")
    url, note = config.absolute(page.head.url), credit(page, say)
    fields = (
        ("title", f"{{{from_text(page.question)}}}"),
        ("year", year),
        ("month", month_name(int(month))),
        ("howpublished", from_text(config.title)),
        ("url", url),
        ("note", from_text(note)),
    )
    tags = (
        ("TI", page.question),
        ("PB", config.title),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/"),
        ("UR", url),
        ("N1", note),
    )
    item = {
        "id": page.id,
        "type": "webpage",
        "title": page.question,
        "container-title": config.title,
        "issued": {"date-parts": [[int(year), int(month), int(day)]]},
        "URL": url,
        "note": note,
    }
    return Citation(write_bibtex(page.id, fields), write_ris("ELEC", tags), write_csl([item]))
