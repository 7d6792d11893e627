"""Which paper of the archive is it? Entries of a bibliography find their papers; new papers get the next free id.

An entry belongs to the paper that has its AG id, arXiv id or DOI, and else to the one paper that has its title.
The result does not depend on the order of the entries, and importing the same entries again changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple, TypeVar

from agsite.findings import Finding, in_order
from agsite.ids import PaperId, PaperKey
from agsite.papers import identifiers
from agsite.papers.imported import ET_AL, Imported
from agsite.papers.titles import title_key
from agsite.records import Author, Paper


class Assignment(NamedTuple):
    """What an import comes to: all papers, and what became of each entry."""

    papers: tuple[Paper, ...]
    """The stored papers, filled up, and the new ones, sorted by id."""
    matches: tuple[tuple[Imported, PaperId], ...]
    """The entries that have a paper, each with its id."""
    numbered: tuple[PaperId, ...]
    """Papers that nobody named or stored before."""
    added: tuple[PaperId, ...]
    changed: tuple[PaperId, ...]
    left_out: tuple[Imported, ...]
    """Entries that are nobody's: ambiguous, disputed, without a month, or (with `only_matched`) unknown here."""
    unnamed: tuple[Imported, ...]
    """Those of them that are unknown here; the others are findings."""
    findings: tuple[Finding, ...]


def assign(
    imported: Iterable[Imported],
    known: Iterable[tuple[PaperId, str]],
    stored: Iterable[Paper],
    *,
    only_matched: bool = False,
    replace: bool = False,
) -> Assignment:
    """Match entries to the papers that answers name (`known`: id and title) and that are `stored`; number the rest.

    Data fill fields that are missing or less exact; others they replace only with `replace`, where the entry that is
    identified best wins. With `only_matched`, entries of papers that are neither known nor stored are left out
    instead of being numbered.
    """
    register = _Register(known, stored, replace=replace)
    before = dict(register.papers)
    left = register.settle_all(sorted(imported, key=_rank), number=not only_matched)
    reasons = [register.why_left(entry, number=not only_matched) for entry in left]
    added = register.papers.keys() - before.keys()
    return Assignment(
        papers=tuple(paper for _, paper in sorted(register.papers.items(), key=lambda item: item[0])),
        matches=tuple(register.matches),
        numbered=tuple(sorted(register.papers[key].id for key in added - register.named)),
        added=tuple(sorted(register.papers[key].id for key in added)),
        changed=tuple(sorted(old.id for key, old in before.items() if register.papers[key] != old)),
        left_out=tuple(left),
        unnamed=tuple(entry for entry, reason in zip(left, reasons, strict=True) if reason is None),
        findings=in_order((*register.findings, *filter(None, reasons))),
    )


def _rank(entry: Imported) -> tuple[bool, bool, bool, str, str]:
    """Put the best identified entries first, and within a month the order of arXiv; no two different ones are equal."""
    content = entry.model_dump_json(exclude={"path", "line"})
    return entry.id is None, entry.arxiv_id is None, entry.doi is None, entry.arxiv_id or "", content


class _Register:
    """Who has which identifier and title, kept up to date while entries find their papers."""

    def __init__(self, known: Iterable[tuple[PaperId, str]], stored: Iterable[Paper], *, replace: bool) -> None:
        self._replaces = replace
        self._given: set[PaperKey] = set()
        self.papers: dict[PaperKey, Paper] = {}
        self.matches: list[tuple[Imported, PaperId]] = []
        self.findings: list[Finding] = []
        self._spelling: dict[PaperKey, PaperId] = {}
        self._titles: defaultdict[PaperKey, dict[str, str]] = defaultdict(dict)
        self._with_arxiv_id: defaultdict[str, set[PaperKey]] = defaultdict(set)
        self._with_doi: defaultdict[str, set[PaperKey]] = defaultdict(set)
        self._with_title: defaultdict[str, set[PaperKey]] = defaultdict(set)
        self._numbers: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._free: dict[tuple[int, int], Iterator[int]] = {}
        for paper in sorted(stored, key=lambda paper: (paper.id.key, paper.id)):
            if paper.id.key not in self.papers:
                self._enter(paper)
        for id, title in sorted(known, key=lambda pair: (pair[0].key, pair)):
            self._name(id, title)
        self.named = frozenset(self._spelling)

    def _enter(self, paper: Paper) -> None:
        key = paper.id.key
        self.papers[key] = paper
        self._name(paper.id, paper.title or "")
        if paper.arxiv_id:
            self._with_arxiv_id[paper.arxiv_id].add(key)
        if paper.doi:
            self._with_doi[paper.doi].add(key)

    def _name(self, id: PaperId, title: str) -> None:
        year, month, number = id.key
        self._spelling.setdefault(id.key, id)
        self._numbers[year, month].add(number)
        if normal := title_key(title):
            self._with_title[normal].add(id.key)
            self._titles[id.key].setdefault(normal, title)

    def settle_all(self, waiting: list[Imported], *, number: bool) -> list[Imported]:
        """Give each entry to its paper; return those that have none."""
        while True:
            # Each step can tell the register what another entry waits for, so all of them run until none helps.
            left = self._settle_by_title(self._settle(waiting, self._by_identifier))
            if number and len(left) == len(waiting):
                left = self._settle(left, self._by_new_id)
            if len(left) == len(waiting):
                return left
            waiting = left

    def _settle(self, entries: Iterable[Imported], find: Callable[[Imported], PaperId | None]) -> list[Imported]:
        return [entry for entry in entries if not self._give(entry, find(entry))]

    def _give(self, entry: Imported, id: PaperId | None) -> bool:
        if id is None:
            return False
        paper = self.papers.get(id.key, Paper(id=id))
        self.findings += self._conflicts(entry, paper)
        if self._replaces and id.key not in self._given:
            paper = _without(paper, entry)
        self._given.add(id.key)
        self._enter(_filled(paper, entry))
        self.matches.append((entry, id))
        return True

    def _by_identifier(self, entry: Imported) -> PaperId | None:
        """Name the one paper that all identifiers of the entry allow."""
        claims = self._claims(entry)
        common = set.intersection(*claims) if claims else set()
        return self._spelling.get(common.pop()) if len(common) == 1 else None

    def _claims(self, entry: Imported) -> list[set[PaperKey]]:
        """Return the papers that have the entry's AG id, its arXiv id, and its DOI, as far as there are such papers.

        One DOI can stand for two preprints, as that of a volume does; the arXiv ids then tell them apart.
        """
        claims = (
            {entry.id.key} if entry.id else set(),
            self._with_arxiv_id.get(entry.arxiv_id or "", set()),
            {key for key in self._with_doi.get(entry.doi or "", ()) if self._fits(entry, key)},
        )
        return [claim for claim in claims if claim]

    def _is_disputed(self, entry: Imported) -> bool:
        claims = self._claims(entry)
        return bool(claims) and len(set.intersection(*claims)) != 1

    def _settle_by_title(self, entries: list[Imported]) -> list[Imported]:
        """Give entries to the one paper that has their title; return those for which there is none, or no one."""
        namesakes: defaultdict[PaperKey, list[Imported]] = defaultdict(list)
        for entry in entries:
            if len(keys := self._with_title.get(title_key(entry.title), set())) == 1:
                namesakes[min(keys)].append(entry)
        chosen = {id(one): self._spelling[key] for key, all_ in namesakes.items() for one in self._rightful(all_, key)}
        return self._settle(entries, lambda entry: self._if_agreed(entry, chosen.get(id(entry))))

    def _if_agreed(self, entry: Imported, id: PaperId | None) -> PaperId | None:
        """Return the id unless identifiers speak against it: a title is not enough when they do."""
        if id is None or self._claims(entry):
            return None
        paper = self.papers.get(id.key)
        return None if paper and paper.doi and entry.doi and paper.doi != entry.doi else id

    def _rightful(self, namesakes: list[Imported], key: PaperKey) -> list[Imported]:
        """Choose, of the entries with a paper's title, those that are it; the month decides between arXiv ids."""
        namesakes = [entry for entry in namesakes if not self._claims(entry)]
        own = self.papers[key].arxiv_id if key in self.papers else None
        rivals = {entry.arxiv_id for entry in namesakes if entry.arxiv_id} | ({own} if own else set())
        if len(rivals) <= 1:
            return namesakes
        if own:
            return []
        by_distance = sorted((_months_between(key, arxiv_id), arxiv_id) for arxiv_id in rivals)
        if by_distance[0][0] == by_distance[1][0]:
            return []
        return [entry for entry in namesakes if entry.arxiv_id == by_distance[0][1]]

    def _by_new_id(self, entry: Imported) -> PaperId | None:
        """Name the id that a paper unknown so far is to have: its own, or the next free one of its month."""
        if self._is_disputed(entry):
            return None
        if entry.id:
            return self._spelling.get(entry.id.key, entry.id)
        # What became of an entry before this one may have made this one's paper known.
        month = None if self._claims(entry) or self._possible(entry) else _month(entry)
        return self._next_free(month) if month else None

    def _next_free(self, month: tuple[int, int]) -> PaperId:
        used = self._numbers[month]
        if month not in self._free:
            # Above all others, since the gaps are papers that no answer has named yet; into the gaps only at the end.
            last = max(used, default=0)
            self._free[month] = chain(range(last + 1, 1_000_000), range(1, last))
        number = next(number for number in self._free[month] if number not in used)
        return PaperId.parse(f"AG-{month[0]:04d}.{month[1]:02d}-{number:03d}")

    def _possible(self, entry: Imported) -> list[PaperKey]:
        """Return the papers that have the entry's title and may be the entry's paper."""
        return sorted(key for key in self._with_title.get(title_key(entry.title), ()) if self._fits(entry, key))

    def _fits(self, entry: Imported, key: PaperKey) -> bool:
        """Say whether the arXiv ids of entry and paper leave it open that the two are one."""
        paper = self.papers.get(key)
        return not (paper and paper.arxiv_id and entry.arxiv_id and paper.arxiv_id != entry.arxiv_id)

    def _conflicts(self, entry: Imported, paper: Paper) -> Iterable[Finding]:
        titles = self._titles.get(paper.id.key, {})
        if titles and title_key(entry.title) not in titles:
            message = f"{paper.id} is “{min(titles.values())}” in the archive and “{entry.title}” here"
            kept = "The record has the entry's title now" if self._replaces else "The archive keeps its title"
            help = f"Is it the same paper? {kept}; correct that, or the entry's identifiers."
            yield _found("AG401", message, entry, help)
        for name, ours, theirs in (("arXiv id", paper.arxiv_id, entry.arxiv_id), ("DOI", paper.doi, entry.doi)):
            if ours and theirs and ours != theirs:
                yield _found("AG407", f"the {name} of {paper.id} is {ours} in the archive and {theirs} here", entry)

    def why_left(self, entry: Imported, *, number: bool) -> Finding | None:
        """Report why an entry has no paper; that its paper is unknown, and is not to be numbered, is not a finding."""
        if self._is_disputed(entry):
            names = ", ".join(
                str(self._spelling.get(key, entry.id)) for key in sorted(set().union(*self._claims(entry)))
            )
            return _found("AG407", f"the identifiers of “{entry.title}” are those of {names}", entry)
        if possible := [] if entry.id else self._possible(entry):
            names = ", ".join(self._spelling[key] for key in possible)
            help = "File the entry under the id that it has here." if entry.arxiv_id else None
            return _found("AG406", f"“{entry.title}” may be {names}, and nothing decides it", entry, help)
        return _found("AG408", f"nothing tells the month of “{entry.title}”", entry) if number else None


def _found(code: str, message: str, entry: Imported, help: str | None = None) -> Finding:
    return Finding.of(code, message, path=entry.path, line=entry.line, help=help)


def _month(entry: Imported) -> tuple[int, int] | None:
    told = entry.published if entry.published and len(entry.published) > 4 else None
    told = told or (identifiers.arxiv_month(entry.arxiv_id) if entry.arxiv_id else None)
    return (int(told[:4]), int(told[5:7])) if told else None


def _months_between(key: PaperKey, arxiv_id: str) -> int:
    year, month = map(int, identifiers.arxiv_month(arxiv_id).split("-"))
    return abs((key[0] - year) * 12 + key[1] - month)


_REPLACED = ("title", "authors", "abstract", "published", "categories")
"""What a newer entry may say otherwise; the identifiers are what it was found by."""


def _without(paper: Paper, entry: Imported) -> Paper:
    """Return the paper without what the entry knows, too, but for what it knows less exactly."""
    empty = Paper(id=paper.id)
    known = {name for name in _REPLACED if getattr(entry, name)} - set(_less_exact(paper, entry))
    return paper.model_copy(update={name: getattr(empty, name) for name in known})


def _less_exact(paper: Paper, entry: Imported) -> Iterator[str]:
    """Name what the entry says no otherwise, but leaves the rest of out: a day, further categories, further authors."""
    if paper.published and paper.published.startswith(entry.published or ""):
        yield "published"
    if paper.categories[: len(entry.categories)] == entry.categories:
        yield "categories"
    some = entry.authors[:-1]
    if entry.authors[-1:] == (ET_AL,) and _families(paper.authors[: len(some)]) == _families(some):
        yield "authors"


def _families(authors: Iterable[Author]) -> list[str]:
    return [author.family for author in authors]


def _filled(paper: Paper, entry: Imported) -> Paper:
    """Return the paper with what the entry knows and the paper does not, or not as exactly."""
    better = {
        "title": paper.title or entry.title,
        "authors": _more_authors(paper.authors, entry.authors),
        "abstract": paper.abstract or entry.abstract,
        "arxiv_id": paper.arxiv_id or entry.arxiv_id,
        "doi": paper.doi or entry.doi,
        "published": _longer(paper.published or "", entry.published or "") or None,
        "categories": _longer(paper.categories, entry.categories),
    }
    return paper.model_copy(update=better)


Part = TypeVar("Part", str, tuple[str, ...])


def _longer(old: Part, new: Part) -> Part:
    """Return the new value where it says the same as the old one and more: 2026-03 after 2026, a second category."""
    return new if new[: len(old)] == old else old


def _more_authors(old: tuple[Author, ...], new: tuple[Author, ...]) -> tuple[Author, ...]:
    incomplete = not old or (old[-1] == ET_AL and bool(new) and new[-1] != ET_AL)
    return new if incomplete else old
