"""What becomes of published addresses: none breaks, but stays, leads on, or is declared gone; `urls` makes them.

`urls.txt` lists what was published, one `/address/` a line. `redirects.yml` says what became of addresses, and an
answer's `aliases` are ids that it had. Parts of lists, lists of a field, month or model, and papers come and go with
the answers that name them: they lead on to the list that they were part of, or to the same paper where its id is spelt
otherwise now.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote

from agsite import urls
from agsite.answerfile import yamlsubset
from agsite.findings import Finding
from agsite.ids import PAPER_ID_SHAPE, PaperId, PaperKey
from agsite.suspects import FORBIDDEN

GONE = "gone"

MAX_BYTES = 4 * 1024 * 1024
"""How large `redirects.yml` may be, which grows with the archive as no other file of settings does."""

# A page that the site adds is called after its file, in any script; what ends a path or begins a scheme is in none.
_ADDRESS = re.compile(rf"(?!\s)[^{FORBIDDEN}\t\n<>\"\\^`{{|}}?#:]*(?<!\s)")
# Lists whose members decide whether they exist, with what they are part of.
_LISTS = (urls.PAPERS, urls.OPEN, urls.CATEGORIES, urls.MONTHS, urls.MODELS, urls.MAP)
# The address of a page, without the slash at its end.
_PAGE = re.compile(f"(?:{'|'.join((urls.ANSWERS, *_LISTS))})[^/]+")
_PART = re.compile(r"(.*/)page/[0-9]+/")
# Addresses of which it is known before pages are planned whether anything is there.
_FORESEEN = re.compile(
    f"(?:{urls.ANSWERS}|{urls.PAPERS})[^/]+/|(?:{urls.CATEGORIES}|{urls.MONTHS}|{urls.MODELS})[^/]+/(?:page/[0-9]+/)?"
)
_PAPER = re.compile(rf"{urls.PAPERS}({PAPER_ID_SHAPE})/")


class Redirect(NamedTuple):
    """What became of an address: another one, or None where it is gone; `path` and `line` say who says so."""

    target: str | None
    path: str
    line: int


class Rules(NamedTuple):
    """What redirects and aliases say of addresses, and what is wrong with them."""

    of: Mapping[str, Redirect] = MappingProxyType({})
    findings: tuple[Finding, ...] = ()


class Settled(NamedTuple):
    """Addresses that lead on, each with where; and what is wrong."""

    moves: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]


def read_redirects(text: str | None, path: str) -> tuple[dict[str, Redirect], list[Finding]]:
    """Read `redirects.yml`: `old/address/: new/address/`, or `old/address/: gone`."""
    root, findings = yamlsubset.read_file(text or "", "AG606", path)
    if root is None:
        return {}, findings
    if not isinstance(root.value, dict):
        return {}, [Finding.of("AG606", "the file holds no redirects", path=path, line=1)]
    rules: dict[str, Redirect] = {}
    for written, node in root.value.items():
        value = unquote(node.value) if isinstance(node.value, str) else None
        key = unquote(written)
        if value is None or not is_address(key) or not is_address(value):
            message = f"“{written}” needs an address of this site such as ask/why/, or {GONE}"
            findings.append(Finding.of("AG606", message, path=path, line=node.key_line))
        else:
            rule = Redirect(None if value.lower() == GONE else address(value), path, node.key_line)
            first = rules.setdefault(address(key), rule)
            if first is not rule:
                message, help = f"“{written}” is the address in line {first.line} already", "Keep one of the two."
                findings.append(Finding.of("AG606", message, path=path, line=node.key_line, help=help))
    return rules, findings


def of_aliases(aliases: Iterable[tuple[str, str, str, int]]) -> tuple[dict[str, Redirect], list[Finding]]:
    """Return the redirects that aliases are, each given with the id of its answer, its file and its line."""
    rules: dict[str, Redirect] = {}
    findings = []
    for alias, id, path, line in aliases:
        rule = rules.setdefault(urls.answer(alias), Redirect(urls.answer(id), path, line))
        if rule.target != urls.answer(id):
            message = f"the alias “{alias}” belongs to {rule.path}:{rule.line} already"
            findings.append(Finding.of("AG607", message, path=path, line=line))
    return rules, findings


def overruled(aliases: Mapping[str, Redirect], redirects: Mapping[str, Redirect]) -> Iterator[Finding]:
    """Find aliases of which redirects say something else, which counts."""
    rules = {**aliases, **redirects}
    for url, alias in aliases.items():
        rule = redirects.get(url, alias)
        if alias.target not in {rule.target, destination(url, rules)}:
            told = f"leads to /{rule.target}" if rule.target is not None else "is gone"
            message = f"this alias is never used: {rule.path}:{rule.line} says that /{url} {told}"
            yield Finding.of("AG604", message, path=alias.path, line=alias.line, help="Delete one of the two.")


def is_address(text: str) -> bool:
    """Say whether a page can have this address: rules and links can name it."""
    return bool(_ADDRESS.fullmatch(text)) and "//" not in text and ".." not in text.split("/")


def address(text: str) -> str:
    """Return an address as pages have it, however people write it: `/ask/why`, `ask/why/index.html`."""
    written = text.removeprefix("/").removesuffix("index.html")
    return f"{written}/" if _PAGE.fullmatch(written) else written


def read_urls(text: str | None) -> list[str]:
    """Read a list of published addresses."""
    return [address(line.strip()) for line in (text or "").splitlines() if line.strip().startswith("/")]


def write_urls(addresses: Iterable[str]) -> str:
    """Write the list of published addresses."""
    return "".join(f"/{url}\n" for url in sorted(addresses))


def is_promised(url: str) -> bool:
    """Say whether an address is one that people link to: a page, a file at the root or one of data."""
    if url in {urls.BUILD, urls.NOT_FOUND, urls.URLS, urls.REDIRECTS}:
        return False
    return url.endswith("/") or "/" not in url or url.startswith(urls.DATA_FILES)


def settle(
    published: Iterable[str],
    pages: Collection[str],
    rules: Mapping[str, Redirect],
    path: str = urls.URLS,
    unread: Mapping[str, Finding] = MappingProxyType({}),
) -> Settled:
    """Decide what becomes of every address that was published and of every one that a rule names.

    `path` is the list that the published ones were read from; `unread` is what `by_name` gives.
    """
    findings = [_shadowed(url, rule) for url, rule in rules.items() if url in pages]
    vanished = _vanished(published, pages, rules)
    taken = {url.lower(): url for url in pages} if rules or vanished else {}
    moves: dict[str, str] = {}
    for url, rule in rules.items():
        if url in pages:
            continue
        target, found = _follow(url, rules, pages)
        findings += found
        if target is not None and taken.setdefault(url.lower(), url) != url:
            findings.append(_one_but_for_case(url, taken[url.lower()], rule))
        elif target is not None:
            moves[url] = target
    # A list that is spelt in another case now cannot leave a page where it was: on some disks that is the same place.
    moves |= {url: onward for url, onward in vanished.items() if onward is not None and url.lower() not in taken}
    findings += [_lost(url, path, unread) for url, onward in vanished.items() if onward is None]
    return Settled(tuple(sorted(moves.items())), tuple(findings))


def lost(published: Iterable[str], pages: Collection[str], rules: Mapping[str, Redirect]) -> list[str]:
    """Return published answers of which nothing says what became of them, and published papers that have no page.

    Papers lead on to the list of all papers by themselves, which is not what who follows a citation looks for.
    """
    return [
        url
        for url, onward in _vanished(published, pages, rules).items()
        if (onward is None and url.startswith(urls.ANSWERS)) or (onward == urls.PAPERS and _PAPER.fullmatch(url))
    ]


def foreseen(
    rules: Mapping[str, Redirect],
    pages: Collection[str],
    *,
    whole: bool = True,
    published: Iterable[str] = (),
    path: str = urls.URLS,
) -> tuple[Finding, ...]:
    """Return what is wrong with addresses as far as it can be said before pages are planned.

    `pages` are the answers, papers and lists of answers, the `whole` of them or not, and pages that the site adds;
    whatever else a rule leads to is taken for a page. `published` are addresses that are to be among the pages,
    unless a rule says what became of them.
    """
    targets = {rule.target for rule in rules.values() if rule.target}
    others = {target for target in targets if is_promised(target) and not (whole and _FORESEEN.fullmatch(target))}
    return settle(published, {*pages, *(others - rules.keys())}, rules, path).findings


def _vanished(published: Iterable[str], pages: Collection[str], rules: Mapping[str, Redirect]) -> dict[str, str | None]:
    """The addresses that have no page any more and no rule, each with where it leads on by itself, if anywhere."""
    vanished = sorted(set(published) - set(pages) - rules.keys())
    papers = {_paper_key(url): url for url in pages} if vanished else {}
    return {url: _successor(url, pages, papers) for url in vanished}


def by_name(unread: Iterable[Finding]) -> dict[str, Finding]:
    """Return what is wrong with files that gave no answer, by the names of the files, which mostly are their ids."""
    found: dict[str, Finding] = {}
    for finding in unread:
        found.setdefault(PurePath(finding.path).stem, finding)
    return found


def left_standing(url: str, unread: Mapping[str, Finding]) -> Finding:
    """Return the finding for a page that is left as it was published, because of files that gave no answer."""
    cause = _cause(url, unread)
    help = f"Correct {cause.path}, and the page is made again; until then lists and search leave the answer out."
    if _id_of(url) not in unread:
        help += f" If the page is of another file, which was renamed or deleted, say so in redirects.yml: “{url}: …”."
    return cause.like("AG608", f"/{url} stays as it was published until this is mended", help)


def _cause(url: str, unread: Mapping[str, Finding]) -> Finding:
    """What is wrong with the file that an address may be of: the one that is named like it, or else any."""
    return unread.get(_id_of(url)) or next(iter(unread.values()))


def _id_of(url: str) -> str:
    return url.removeprefix(urls.ANSWERS).rstrip("/")


def _lost(url: str, path: str, unread: Mapping[str, Finding]) -> Finding:
    message = f"/{url} was published and has no page any more"
    if unread and url.startswith(urls.ANSWERS):
        cause = _cause(url, unread)
        help = f"Correct {cause.path} first: it gave no answer, and the address may be that of the one it holds."
        return cause.like("AG601", message, help)
    if url in {urls.SEARCH, urls.OPENSEARCH}:
        help = f"Build without --no-search, or say in redirects.yml that there is none any more: “{url}: {GONE}”."
        return Finding.of("AG601", message, path=path, help=help)
    folder = url.rstrip("/").rpartition("/")[0]
    new = f"{folder}/new/" if folder else "new/"
    help = f"Add a line to redirects.yml: “{url}: {new}” with the address where it is now, or “{url}: {GONE}”."
    if url.startswith(urls.ANSWERS):
        # A redirect may also lead from one answer to another that was there before, so it says nothing to feeds.
        help += f" If its file was renamed, write “aliases: [{_id_of(url)}]” there instead: feeds do not show it again."
    return Finding.of("AG601", message, path=path, help=help)


def _shadowed(url: str, rule: Redirect) -> Finding:
    return Finding.of("AG604", f"/{url} is a page, so nobody is ever led on from it", path=rule.path, line=rule.line)


def _one_but_for_case(url: str, other: str, rule: Redirect) -> Finding:
    message = f"/{url} differs from /{other} by case alone, and would be the same file on some disks"
    return Finding.of("AG606", message, path=rule.path, line=rule.line, help="Delete the line.")


def _follow(url: str, rules: Mapping[str, Redirect], pages: Collection[str]) -> tuple[str | None, list[Finding]]:
    """Find the page that an address leads to in the end; None where it is gone or leads nowhere."""
    way, end = _way(url, rules, pages)
    first = rules[url]
    if end in way:
        steps = " → ".join(f"/{step}" for step in (*way, end))
        return None, [Finding.of("AG603", f"{steps} is a circle", path=first.path, line=first.line)]
    if end is not None and end not in pages:
        message = f"/{url} leads to /{end}, where there is no page"
        return None, [Finding.of("AG605", message, path=first.path, line=first.line)]
    if len(way) == 1:
        return end, []
    last = f"/{end}" if end is not None else "nowhere: it is gone"
    message = f"/{url} leads to /{first.target}, which leads on to {last}"
    return end, [Finding.of("AG602", message, path=first.path, line=first.line)]


def destination(url: str, rules: Mapping[str, Redirect]) -> str | None:
    """Return where the rules lead from an address in the end; None where they say nothing of it, or go in circles."""
    way, end = _way(url, rules, ())
    return end if way and end not in way else None


def _way(url: str, rules: Mapping[str, Redirect], pages: Collection[str]) -> tuple[list[str], str | None]:
    """Return the addresses that lead on from one, itself first, and where the last leads: a page, nowhere, or back."""
    way: list[str] = []
    end: str | None = url
    while end is not None and end in rules and end not in way and (not way or end not in pages):
        way.append(end)
        end = rules[end].target
    return way, end


def _successor(url: str, pages: Collection[str], papers: Mapping[PaperKey | None, str]) -> str | None:
    """Where readers of a page that vanished by itself go on: its paper under another spelling, or the list."""
    part = _PART.fullmatch(url)
    if part:
        return part[1] if part[1] in pages else _successor(part[1], pages, papers)
    key = _paper_key(url)
    if key is not None and key in papers:
        return papers[key]
    return next((whole for whole in _LISTS if url.startswith(whole) and url != whole), None)


def _paper_key(url: str) -> PaperKey | None:
    paper = _PAPER.fullmatch(url)
    return PaperId.parse(paper[1]).key if paper else None


def write_redirects(settled: Settled, rules: Collection[str], base_path: str) -> str:
    """Write `_redirects`, which hosts such as Netlify and Cloudflare Pages act on; others show the stubs.

    What leads on by itself does so for as long as there is no page: browsers remember a 301.
    """
    base = urls.encoded(unquote(base_path))
    return "".join(
        f"{base}{urls.encoded(place)} {base}{urls.encoded(onward)} {301 if url in rules else 302}\n"
        for url, target in settled.moves
        for place, onward in _with_twins(url, target)
    )


def _with_twins(url: str, target: str) -> Iterator[tuple[str, str]]:
    """Yield a move, and those of the files beside the page where both pages have them."""
    yield url, target
    for kind, twins in ((urls.ANSWERS, (urls.markdown, urls.json)), (urls.PAPERS, (urls.json,))):
        if all(address.startswith(kind) and address != kind and address.endswith("/") for address in (url, target)):
            yield from ((twin(url), twin(target)) for twin in twins)
