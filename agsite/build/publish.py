"""A planned site becomes the next generation of its folder, and takes the place of the one before."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator

from agsite import __version__, addresses, files, manifest, urls
from agsite.addresses import Settled
from agsite.build import making
from agsite.build.compiled import Compiled
from agsite.build.making import Maker
from agsite.build.site import Site
from agsite.build.traces import Traces
from agsite.errors import OutputError
from agsite.files import Generation, Placed, Stamp, State
from agsite.findings import Finding, fails
from agsite.fingerprints import Fingerprints, of_bytes
from agsite.options import Options
from agsite.pages import Page, Section, Versions
from agsite.pages.page import Head, MovedPage
from agsite.report import Report

More = Callable[[], Iterable[tuple[str, bytes]]]

# What build.json tells; all of it is the same by whatever road the site was made.
_COUNTS = ("answers", "withdrawn", "papers", "pages", "files")

_FEEDS = urls.feeds("/")

# No page has this fingerprint.
_NOTHING = "-"


def publish(site: Site, options: Options, report: Report, more: More) -> None:
    """Make what changed, keep what did not, and exchange the folders; `more` gives files that others make meanwhile."""
    state = State(options.output)
    with files.publication(state):
        generation = _open(state, full=options.full)
        look = Fingerprints(site.look).of_look
        traces = Traces(state.folder / "traces", look, Versions(site.overview))
        if not options.full:
            traces.load()
        compiled = Compiled(state.folder / "compiled", look, fresh=options.full)
        maker = Maker(generation, site.overview, site.look, traces, compiled)
        placed = _by_path(_pages(site, options, maker, report))
        placed |= _by_path(maker.join(site.joined, placed))
        placed |= _by_path(_left_standing(site, generation, placed, report))
        past, promised = site.past, _promised(placed)
        settled = addresses.settle(past.addresses, promised, past.rules.of, past.path, past.unread)
        report.add(*settled.findings)
        if _breaks(report, (*past.rules.findings, *settled.findings), strict=options.strict):
            state.clear()
            return
        placed |= _by_path(maker.make(_pages_of_the_past(site, settled, promised)))
        report.counts |= {**site.counts, "pages": sum(path.endswith(".html") for path in placed)}
        placed |= _by_path(_copies((*site.copies.items(), *more()), generation))
        report.counts["files"] = len(placed) + 1
        # Before the exchange, for what is kept is verified when it is used, and after it nothing may fail.
        traces.save()
        compiled.save()
        _close(state, generation, placed, report)
    report.published = True


def _breaks(report: Report, findings: Iterable[Finding], *, strict: bool) -> bool:
    """Say whether publishing would break an address that was published."""
    return fails(findings) or (strict and fails(report.findings, strict=True))


def _promised(placed: Iterable[str]) -> set[str]:
    return {url for url in map(urls.of_file, placed) if addresses.is_promised(url)}


def _left_standing(site: Site, generation: Generation, placed: Collection[str], report: Report) -> Iterator[Placed]:
    """Keep published pages of which nobody can say what became of them, because there are files that gave no answer.

    With the page of an answer go those of papers that have no other, which it leads to, and the feeds of its field
    where that has no other: who follows one would be told that it is gone.
    """
    past = site.past
    vanished = addresses.lost(past.addresses, _promised(placed), past.rules.of) if past.unread else []
    answers = {url: kept for url in vanished if url.startswith(urls.ANSWERS) and (kept := generation.keep_below(url))}
    report.add(*(addresses.left_standing(url, past.unread) for url in answers))
    papers = (generation.keep_below(url) for url in vanished if url.startswith(urls.PAPERS)) if answers else ()
    for kept in (*answers.values(), *papers, _vanished_feeds(generation, placed) if answers else ()):
        yield from kept or ()


def _vanished_feeds(generation: Generation, placed: Collection[str]) -> list[Placed] | None:
    published = [(path, stamp) for path, stamp in generation.old.items() if path.startswith(urls.CATEGORIES)]
    gone = [(path, stamp) for path, stamp in published if path.endswith(_FEEDS) and path not in placed]
    return generation.keep_all([(path, stamp.fingerprint) for path, stamp in gone if not stamp.is_foreign])


def _pages_of_the_past(site: Site, settled: Settled, pages: set[str]) -> Iterator[Page]:
    """The pages that lead on, and the lists of what leads on and of what is published."""
    config = site.look.config
    for url, target in settled.moves:
        if url.endswith("/"):
            head = Head(target, f"{config.base_path}{target}", "", indexed=False)
            yield Page(url, "moved.html", MovedPage(head, urls.encoded(target)))
    if settled.moves:
        yield Page(urls.REDIRECTS, "text", addresses.write_redirects(settled, site.past.rules.of, config.base_path))
    promised = pages - _only_drafts(site)
    yield Page(urls.URLS, "text", addresses.write_urls({*promised, *(url for url, _ in settled.moves)}))


def _only_drafts(site: Site) -> set[str]:
    """Return the addresses of drafts that were never published as anything else: they may go as they came."""
    drafts = (entry for entry in site.overview.archive.entries if entry.answer.status == "draft")
    return {urls.answer(draft.id) for draft in drafts} - set(site.past.addresses)


def _by_path(items: Iterable[Placed]) -> dict[str, Placed]:
    placed: dict[str, Placed] = {}
    for item in items:
        if placed.setdefault(item.path, item) is not item:
            raise OutputError(f"two pages want the place {item.path}", "Rename one of the two.")
    return placed


def _open(state: State, *, full: bool) -> Generation:
    """Begin the next generation, in the folder of the one before the published one if that is sound."""
    files.mend_exchange(state, is_known=bool(manifest.load(state.manifest(state.aside))))
    old_at, kept_at = state.manifest(state.target), state.manifest(state.next)
    old = manifest.load(old_at)
    kept = {} if full else manifest.load(kept_at)
    if full:
        old = {path: stamp if stamp.is_foreign else stamp._replace(fingerprint=_NOTHING) for path, stamp in old.items()}
    # From here on the folder is neither generation, so nothing may be believed of it if the build is killed.
    state.forget({old_at})
    if not kept:
        state.clear()
    state.next.mkdir(parents=True, exist_ok=True)
    return Generation(str(state.next), str(state.target), old, kept)


def _copies(files: Iterable[tuple[str, bytes]], generation: Generation) -> Iterator[Placed]:
    for path, data in files:
        yield generation.place(path, of_bytes(data), data.__bytes__)


def _pages(site: Site, options: Options, maker: Maker, report: Report) -> Iterator[Placed]:
    """Keep what the last build led to, and make all other pages by the road that pays."""
    sections = []
    for section in site.sections:
        kept = maker.kept(section)
        if kept is None:
            sections.append(section)
        else:
            yield from kept
    yield from _made(sections, site, options, maker, report)


def _made(sections: list[Section], site: Site, options: Options, maker: Maker, report: Report) -> Iterator[Placed]:
    """Make pages in one process, in several, or on a cluster."""

    def progress(done: int, total: int) -> None:
        report.progress("render", done, total)

    if options.cluster:
        from agsite.build.cluster import Cluster

        with Cluster(options.cluster, site.look) as cluster:
            yield from maker.sent(sections, cluster, progress)
    elif options.jobs == 1 or len(sections) < making.FEW:
        yield from maker.here(sections, progress)
    elif making.may_fork():
        site.overview.prepare()
        yield from maker.forked(sections, options.jobs, progress)
    else:
        yield from maker.sent(sections, making.spawned(options.jobs, site.look), progress)


def _close(state: State, generation: Generation, placed: dict[str, Placed], report: Report) -> None:
    """Complete the generation with the mark, and publish it where it differs from the published one."""
    for one, other in files.clashes((*placed, files.MARK)):
        raise OutputError(f"{one} and {other} are one file on a disk that ignores case", "Rename one of the two.")
    old = generation.old
    stamps: dict[str, Stamp] = {path: item.stamp for path, item in placed.items()}
    carried = generation.carry(stamps.keys() | {files.MARK})
    stamps |= carried
    generation.prune(stamps)
    mark = generation.mark(_facts(report))
    stamps[files.MARK] = mark.stamp
    written = sum(item.written for item in placed.values()) + mark.written
    deleted = sum(path not in stamps and not stamp.is_foreign for path, stamp in old.items())
    report.counts |= {
        "written": written,
        "unchanged": report.counts["files"] - written,
        "deleted": deleted,
        "foreign": sum(not path.endswith("/") for path in carried),
    }
    target_manifest = state.manifest(state.target)
    fresh_manifest = state.manifest(state.next)
    if fresh_manifest is None:
        raise OutputError(f"{state.next} was changed while it was written", "Build again.")
    manifest.save(fresh_manifest, stamps)
    if target_manifest is not None and generation.strangers:
        # The published folder is the next generation's ground; what others put there must not come back with it.
        manifest.save(target_manifest, {**old, **dict.fromkeys(generation.strangers, files.STRANGER)})
    if written or deleted or not old:
        files.exchange(state.next, state.target)
    report.generation = state.generation(state.target)


def _facts(report: Report) -> bytes:
    facts = {"agsite": __version__, **{key: report.counts[key] for key in _COUNTS}}
    return (json.dumps(facts, indent=1) + "\n").encode()
