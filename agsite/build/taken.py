"""Pages of Markdown whose files are named so that they would stand in the place of another page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from agsite import urls
from agsite.findings import Finding
from agsite.pages import Facts, Overview, Section


def taken_addresses(texts: Mapping[str, str], sections: Sequence[Section], overview: Overview) -> Iterator[Finding]:
    """Find pages that have the address of another one; `texts` are the paths of their files by address."""
    pages = Counter([section.url for section in sections if section.url in texts])
    folders = {url[: slash.end()] for url in texts for slash in re.finditer("/", url)}
    around = [section for section in sections if section.url not in texts and _goes_on_in(section) in folders]
    pages.update({page.url for section in around for page in section.pages(Facts(overview)) if page.url in texts})
    for url, path in texts.items():
        if pages[url] > 1:
            yield Finding.of("AG511", f"it would take the address /{url} from another page", path=path)


def _goes_on_in(section: Section) -> str:
    """Return the folder in which the later pages of a section lie: branches of a thread lie beside it."""
    return urls.MAP if section.url.startswith(urls.MAP) else section.url
