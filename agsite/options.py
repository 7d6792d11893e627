"""What a build is asked to do, and which files it reads for that; the quick way out loads no more than this."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

# A folder that need not be there, unlike one that somebody names.
DEFAULT_PAPERS = ("papers",)


class Options(NamedTuple):
    """What a build is asked to do; everything from outside comes in here."""

    answers: tuple[str, ...] = ("answers",)
    papers: tuple[str, ...] = DEFAULT_PAPERS
    output: str = "_site"
    templates: tuple[str, ...] = ("templates",)
    assets: tuple[str, ...] = ("site_src",)
    redirects: str = "redirects.yml"
    previous: str | None = None
    """The `urls.txt` of the site as it was published last; else the one in the output."""
    strict: bool = False
    drafts: bool = False
    full: bool = False
    """Make every file anew, whatever the manifest says."""
    jobs: int = 1
    cluster: str | None = None
    search: bool = False
    """Whether the site has a search of its own."""
    search_index: str = ".agsite/index"
    """Folder of the index, which is a cache."""
    today: dt.date | None = None
    whole: bool = True
    """Whether the answers are those of an archive, and not some that may link to others."""

    @property
    def folders(self) -> tuple[str, ...]:
        """All folders that are read."""
        return (*self.answers, *self.papers, *self.templates, *self.assets)

    @property
    def around(self) -> tuple[str, ...]:
        """All that is read besides answers and settings."""
        return (*self.papers, *self.templates, *self.assets, self.redirects)
