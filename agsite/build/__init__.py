"""A folder of answer files becomes a site: read, link, check, plan, render what changed, publish in one step."""

from __future__ import annotations

from agsite import files
from agsite.build.inputs import (
    Inputs,
    check,
    kept_readings,
    link,
    no_answers,
    read,
    read_archive,
    read_corpus,
    read_paper_files,
    read_papers,
)
from agsite.build.memory import collector_paused
from agsite.build.publish import publish
from agsite.build.searching import Searching
from agsite.build.site import plan
from agsite.config import Config
from agsite.corpus import Corpus
from agsite.files import State
from agsite.findings import fails
from agsite.options import Options
from agsite.report import Report

__all__ = ["Inputs", "Options", "build", "read", "read_archive", "read_paper_files", "read_papers"]


def build(options: Options, config: Config, report: Report) -> None:
    """Build the site and publish it in one step; findings, counts and timings go into the report.

    With `strict`, an error or a warning means that nothing is published; an address that vanished always does. Raises
    OutputError where the site cannot be written; then what was published before still stands.
    """
    # First of all, so that nothing is read, and kept beside the output, for a build that is refused.
    target = State(options.output).target
    files.refuse_foreign(target)
    files.refuse_sources(target, options.folders)
    with collector_paused():
        linked = _linked(options, report)
        # Another process makes the index from here on, while this one checks and plans: pages come after that.
        with Searching(linked.archive, options, config) as searching:
            inputs = check(options, config, linked, report)
            if not _is_fit(inputs, options, report):
                return
            # Where everything stood in its file is of use to checks alone, and takes much of the memory.
            linked = inputs = inputs._replace(corpus=Corpus((), (), inputs.corpus.unread))
            with report.stage("plan"):
                site = plan(options, config, inputs)
            with report.stage("render"):
                publish(site, options, report, searching.files)


def _linked(options: Options, report: Report) -> Inputs:
    """Read answers, those that were read before from what is kept of them, and link them."""
    kept = kept_readings(options)
    found = read_corpus(options, report, kept=kept)
    kept.save()
    return link(options, found, report)


def _is_fit(inputs: Inputs, options: Options, report: Report) -> bool:
    """Report what was found, and say whether a site may be made of it."""
    report.add(*inputs.findings)
    if not inputs.archive.entries:
        if not inputs.corpus.unread:
            report.add(no_answers(options, inputs.corpus))
        return False
    return not (options.strict and fails(report.findings, strict=True))
