"""Pages of Markdown whose files are named so that they cannot be published, for checks and builds alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from agsite import addresses, urls
from agsite.findings import Finding
from agsite.pages import Facts, Overview, Section


def unfit_pages(texts: Mapping[str, str], sections: Sequence[Section], overview: Overview) -> Iterator[Finding]:
    """Find pages that have no address, or that of another one; `texts` are the paths of their files by address."""
    pages = Counter([section.url for section in sections if section.url in texts])
    folders = {url[: slash.end()] for url in texts for slash in re.finditer("/", url)}
    around = [section for section in sections if section.url not in texts and _goes_on_in(section) in folders]
    pages.update({page.url for section in around for page in section.pages(Facts(overview)) if page.url in texts})
    for url, path in texts.items():
        if pages[url] > 1:
            yield Finding.of("AG511", f"it would take the address /{url} from another page", path=path)
        # Percent signs are how an address writes what it cannot hold.
        if "%" in url or not addresses.is_address(url):
            yield Finding.of("AG512", f"/{url} is no address that links and redirects can name", path=path)


def _goes_on_in(section: Section) -> str:
    """Return the folder in which the later pages of a section lie: branches of a thread lie beside it."""
    return urls.MAP if section.url.startswith(urls.MAP) else section.url
