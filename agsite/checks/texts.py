"""Pages of Markdown that a site adds: a paper that one cites is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agsite.archive import Archive
from agsite.body import position
from agsite.ellipsis import quoted
from agsite.findings import Finding
from agsite.markup import read


def check(texts: Mapping[str, str], archive: Archive) -> Iterator[Finding]:
    """Find citations of papers that have no page; `texts` are those of the pages, by the paths of their files."""
    for path, text in texts.items():
        body = text.replace("\r\n", "\n")
        for leaf, _, paper, offset in read(body, gaps=False).cites() if "AG-" in body else ():
            if archive.canonical.get(paper) not in archive.papers:
                line, column = position(body, leaf, offset)
                message = f"{quoted(paper)} is no paper of the archive, so it is shown without a link"
                help = "Correct the id, or name the paper in an answer."
                yield Finding.of("AG217", message, path=path, line=line, column=column, help=help)
