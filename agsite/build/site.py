"""The site as it is planned: sections of pages that can be made one by one, here or elsewhere, and files to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agsite import addresses, files, urls
from agsite.addresses import Rules
from agsite.archive import Archive
from agsite.build.inputs import Inputs, read_assets, read_look, read_texts
from agsite.build.unfit import Planned, unfit
from agsite.config import Config
from agsite.errors import ConfigError
from agsite.findings import Finding, fails
from agsite.look import Look
from agsite.options import Options
from agsite.pages import Overview, Section, joined, plan_sections, search_section
from agsite.settings import MistakesError


class Past(NamedTuple):
    """What was published before, and what became of it as far as anybody says."""

    addresses: tuple[str, ...]
    rules: Rules
    path: str
    """The list that the addresses were read from."""
    unread: Mapping[str, Finding]
    """What is wrong with each file that gave no answer, by its name."""


class Site(NamedTuple):
    """What is to be published: sections of pages, what all of them share, and files made of them or copied."""

    sections: Sequence[Section]
    joined: Mapping[str, Sequence[str]]
    """Files that consist of others, one after the other, by address."""
    look: Look
    copies: Mapping[str, bytes]
    counts: Mapping[str, int]
    past: Past
    overview: Overview


def plan(options: Options, config: Config, inputs: Inputs) -> Site:
    """Plan the site; the contexts of its pages are made when they are asked for."""
    texts = read_texts(options)
    overview = Overview(inputs.archive, config, {url: source.text for url, source in texts.items()})
    assets = read_assets(options, config)
    look = read_look(options, config, assets.addresses)
    sections = plan_sections(overview)
    if options.search:
        sections.append(search_section())
    if wrong := list(unfit(texts, inputs.rules.of, Planned(sections, assets.files, overview))):
        raise MistakesError(wrong)
    copies = {urls.asset(name): data for name, data in assets.files.items()}
    return Site(
        sections, joined(inputs.archive), look, copies, _counts(inputs.archive), _past(options, inputs), overview
    )


def _counts(archive: Archive) -> dict[str, int]:
    """Return how many answers and papers have a page, and how many of these answers are withdrawn."""
    withdrawn = sum(not entry.is_live for entry in archive.entries)
    return {"answers": len(archive.entries), "withdrawn": withdrawn, "papers": len(archive.papers)}


def _past(options: Options, inputs: Inputs) -> Past:
    path = options.previous or f"{options.output}/{urls.URLS}"
    text = files.read_text(path)
    if options.previous is not None:
        if text is None:
            raise ConfigError(f"there is no file {path}", "Name the urls.txt of the published site.")
        _refuse_others(text, path)
    # What could not be read may say of any address that is missing what became of it; nothing is published then.
    published = [] if fails(inputs.rules.findings) else addresses.read_urls(text)
    return Past(tuple(published), inputs.rules, path, addresses.by_name(inputs.corpus.unread.values()))


def _refuse_others(text: str, path: str) -> None:
    """Raise ConfigError where a file is not a list of addresses, such as the page that a host sends for none."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("/"):
            raise ConfigError(
                f"{path}:{number} is not an address of the published site",
                "Name the urls.txt of the published site; if it was fetched, look at what came instead.",
            )
