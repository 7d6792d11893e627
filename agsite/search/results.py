"""The results of a search: hits with excerpts, counts of facets, suggestions; the same for people and programs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any, NamedTuple

from agsite.ids import PAPER_ID, PaperId, PaperKey
from agsite.papers.identifiers import arxiv_id
from agsite.search.analysis import stem_of
from agsite.search.nodes import Field, Node, Or, Query, positive_leaves
from agsite.search.passages import Asked, passage
from agsite.search.query import QueryError, field, parse
from agsite.search.stored import FACETS, PAPER, Stored
from agsite.spelling import nearest_name, nearest_word

if TYPE_CHECKING:
    from agsite.search.searcher import Searcher


# With this few hits, a slip of the pen is likelier than a rare subject.
FEW = 3

_NEAREST = 3

_OPEN = ("category", "model")
"""The fields that may have any value; those that no document has are worth a hint."""


class Hit(NamedTuple):
    """A document that was found; `excerpt` is a passage of its text in pieces, each with whether it was asked for."""

    id: str
    kind: str
    url: str
    title: str
    category: str
    date: str
    model: str
    counts: tuple[int, ...]
    score: float
    excerpt: tuple[tuple[str, bool], ...]
    rejected: bool


class Found(NamedTuple):
    """The answer to a query; `goto` is the address of the one paper whose id the query is."""

    query: str
    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]
    suggestion: str | None
    goto: str | None

    def facts(self) -> dict[str, Any]:
        """The answer as one object for programs."""
        hits = [{**hit._asdict(), "excerpt": [{"text": t, "mark": m} for t, m in hit.excerpt]} for hit in self.hits]
        return {**self._asdict(), "hits": hits}


class Wanted(NamedTuple):
    """Filters and order beside the query itself."""

    kind: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    since: str = ""
    limit: int = 10
    by_date: bool = False
    facets: bool = False
    """Whether to count the values of facets, which takes longer than to find the documents."""


_ANYTHING = Wanted()


def find(searcher: Searcher, text: str, wanted: Wanted = _ANYTHING) -> Found:
    """Answer a query; raise QueryError where it cannot be understood."""
    query = _understood(searcher, text)
    goto = _paper_of(searcher, text)
    matched = {goto: 0.0} if goto is not None else _nearest_papers(searcher, text) or searcher.match(query.node)
    filters = {} if goto is not None else _filters(searcher, wanted)
    scores = {doc: score for doc, score in matched.items() if all(doc in passing for passing in filters.values())}
    best = searcher.ranked(scores, wanted.limit, by_date=wanted.by_date)
    asked = searcher.asked(query.node)
    hits = tuple(_hit(searcher.stored(doc), score, asked) for doc, score in best)
    meant = _did_you_mean(searcher, query) if len(scores) < FEW and goto is None else None
    url = searcher.stored(goto).url if goto is not None else None
    facets = _facets(searcher, matched, filters) if wanted.facets else {}
    return Found(text, len(scores), hits, facets, meant, url)


def _understood(searcher: Searcher, text: str) -> Query:
    """A query, whose last word counts as a beginning where no document has it."""
    query = parse(text)
    return parse(text, unfinished=True) if query.last and not searcher.holding(query.last) else query


def api_response(searcher: Searcher, params: dict[str, str]) -> dict[str, Any]:
    """Answer `/api/search?q=…&kind=…&limit=…` as `agsite search --json` does; what is wrong is said under `error`."""
    try:
        limit = _limit(params.get("limit") or "10")
        several = {name: tuple(filter(None, params.get(name, "").split(","))) for name in ("kind", "category", "model")}
        by_date = params.get("sort") == "date"
        wanted = Wanted(**several, since=params.get("since", ""), limit=limit, by_date=by_date, facets=True)
        return find(searcher, params.get("q", ""), wanted).facts()
    except QueryError as error:
        return {"query": params.get("q", ""), "error": error.message, "help": error.help}


def _limit(text: str) -> int:
    try:
        return min(100, max(1, int(text)))
    except ValueError:
        raise QueryError("the limit is not a number", "Give a number from 1 to 100.") from None


def _filters(searcher: Searcher, wanted: Wanted) -> dict[str, Set[int]]:
    """The documents that pass the filter of each facet that has one; its values are alternatives."""
    chosen: dict[str, tuple[str, ...]] = {name: getattr(wanted, name) for name in ("kind", "category", "model")}
    nodes = {name: Or(tuple(field(name, value) for value in values)) for name, values in chosen.items() if values}
    since: dict[str, Node] = {"month": field("date", f"{wanted.since}..")} if wanted.since else {}
    return {name: searcher.match(node).keys() for name, node in {**nodes, **since}.items()}


def _paper_of(searcher: Searcher, text: str) -> int | None:
    """The document of the paper whose archive id or arXiv id the text is, in any spelling."""
    text = text.strip().strip("[]")
    if PAPER_ID.fullmatch(text.upper()):
        names = _spellings(PaperId.parse(text.upper()))
    elif arxiv := arxiv_id(text):
        names = (f"arxiv:{arxiv}",)
    else:
        return None
    docs = (doc for name in names for doc in searcher.reader.postings("paper", name).docs)
    return next((doc for doc in docs if searcher.stored(doc).kind == PAPER), None)


def absent_paper(searcher: Searcher, text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the archive id or arXiv id that the text is, where no paper has it, and the nearest archive ids."""
    text = text.strip().strip("[]")
    if _paper_of(searcher, text) is not None:
        return None
    if not PAPER_ID.fullmatch(text.upper()):
        arxiv = arxiv_id(text)
        return (f"arXiv:{arxiv}", ()) if arxiv else None
    wanted = PaperId.parse(text.upper())
    others = {PaperId(name).key: name for name in searcher.reader.lexicon("paper", "AG-") if PAPER_ID.fullmatch(name)}
    nearest = sorted(others, key=lambda key: (*_distance(key, wanted.key), key))
    there = (others[key] for key in nearest if _paper_of(searcher, others[key]) is not None)
    return str(wanted), tuple(itertools.islice(there, _NEAREST))


def _nearest_papers(searcher: Searcher, text: str) -> dict[int, float]:
    """The papers whose ids are nearest to the one that the text is and no paper has, the nearest with most score."""
    absent = absent_paper(searcher, text)
    found = (_paper_of(searcher, id) for id in absent[1]) if absent else ()
    return {doc: 1 / place for place, doc in enumerate(found, 1) if doc is not None}


def absent_values(searcher: Searcher, text: str, wanted: Wanted) -> Iterator[tuple[str, str, str | None]]:
    """Yield the categories and models that a query asks for and no document has, each with the most similar one."""
    asked = {(node.name, node.value) for node in positive_leaves(parse(text).node) if isinstance(node, Field)}
    asked |= {(name, value) for name in _OPEN for value in getattr(wanted, name)}
    for name, value in sorted(asked):
        if name in _OPEN and not searcher.match(field(name, value)):
            yield name, value, nearest_name(value.lower(), searcher.reader.lexicon(name))


def _distance(one: PaperKey, other: PaperKey) -> tuple[int, int]:
    """Return how many months are between two papers, and how many numbers."""
    return abs(12 * (one[0] - other[0]) + one[1] - other[1]), abs(one[2] - other[2])


def _spellings(paper: PaperId) -> tuple[str, ...]:
    year, month, number = paper.key
    padded = (f"AG-{year:04d}.{month:02d}-{number:0{width}d}" for width in range(1, 7))
    return tuple(dict.fromkeys((str(paper), *padded)))


def _facets(
    searcher: Searcher, matched: Mapping[int, float], filters: Mapping[str, Set[int]]
) -> dict[str, dict[str, int]]:
    """How many have each value of a facet, most first, of the documents that pass the filters of the others.

    So a value that is ticked leaves the others of its facet there, with what each would add.
    """
    counted = {}
    for name in FACETS:
        docs = frozenset(matched).intersection(*(passing for facet, passing in filters.items() if facet != name))
        values = ((value, searcher.reader.postings(name, value).docs) for value in searcher.reader.lexicon(name))
        counts = {value: count for value, holding in values if (count := len(docs.intersection(holding)))}
        counted[name] = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return counted


def _did_you_mean(searcher: Searcher, query: Query) -> str | None:
    """The query with the words that occur nowhere replaced by the likeliest that do; None where there are none."""

    # Titles have words, too, that no search looks for.
    def holding(word: str) -> int:
        return len(searcher.reader.postings("words", word).docs) if stem_of(word) else 0

    text = query.text
    for word in dict.fromkeys(query.words):
        if stem_of(word) and not searcher.holding(stem_of(word)):
            near = nearest_word(word, searcher.reader.lexicon("words", word[:1]), holding)
            if near:
                text = re.sub(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", near, text)
    return text if text != query.text else None


def _hit(stored: Stored, score: float, asked: Asked) -> Hit:
    return Hit(
        id=stored.key.partition("/")[2],
        kind=stored.kind,
        url=stored.url,
        title=stored.heading,
        category=stored.category,
        date=stored.date,
        model=stored.model,
        counts=stored.counts,
        score=score,
        excerpt=tuple(passage(stored.text, asked)),
        rejected=stored.rejected,
    )
