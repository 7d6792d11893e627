"""The site as it is planned: sections of pages that can be made one by one, here or elsewhere, and files to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agsite import urls
from agsite.build.inputs import Inputs, Options, read_assets, read_look, read_texts
from agsite.config import Config
from agsite.look import Look
from agsite.pages import Section, plan_sections


class Site(NamedTuple):
    """What is to be published: sections of pages, what all of them share, and files that are copied as they are."""

    sections: Sequence[Section]
    look: Look
    copies: Mapping[str, bytes]
    counts: Mapping[str, int]


def plan(options: Options, config: Config, inputs: Inputs) -> Site:
    """Plan the site; the contexts of its pages are made when they are asked for."""
    assets = read_assets(options, config)
    look = read_look(options, config, assets.addresses)
    sections = plan_sections(inputs.archive, config, read_texts(options))
    copies = {urls.asset(name): data for name, data in assets.files.items()}
    counts = {"answers": len(inputs.archive.entries), "papers": len(inputs.archive.papers)}
    return Site(sections, look, copies, counts)
