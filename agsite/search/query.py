"""What somebody asks, parsed: words, whole questions, phrases, fields, AND, OR, NOT, prefixes, near spellings, dates.

dark matter halos                    any of the words; more of them, and rarer ones, count more
"dark matter" -axion                 with the phrase, without the word
muon AND (decay OR capture)          as written; AND binds closer than OR
supercond* regresion~                words that begin so; words that are spelt nearly so
category:hep-ph model:haiku date:2026-01..2026-03 paper:AG-2026.01-735 title:neutrino kind:paper evidence:gap
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import NoReturn

from agsite.errors import AgsiteError
from agsite.search.analysis import stem_of, terms, words
from agsite.search.nodes import And, Field, Fuzzy, Node, Not, Or, Phrase, Prefix, Query, Words
from agsite.search.stored import KINDS, QUESTION
from agsite.spelling import nearest_name

# What the filters of the site call a category and a date.
_LABELS = {"field": "category", "year": "date"}

FIELDS = ("category", "date", "evidence", "kind", "model", "paper", "title", *_LABELS)

# Shorter beginnings match a large part of the lexicon and say nothing.
SHORTEST_PREFIX = 3

# Nobody types more; a paste of a whole page would only cost time.
LONGEST_QUERY = 2000

# Every bracket within another takes the parser, and what evaluates the query, a few calls deeper.
DEEPEST_GROUP = 50


class QueryError(AgsiteError):
    """A query that cannot be understood."""


_TOKEN = re.compile(
    r"""\s*(?: (?P<quote>") | (?P<open>\() | (?P<close>\)) | (?P<operator>AND|OR|NOT)(?=[\s()]|$)
    | (?P<minus>-)(?=[^\W\d_]|"|\() | (?P<field>[A-Za-z]+):(?P<value>"[^"]*"|[^\s()"]+) | (?P<word>[^\s()"]+) )""",
    re.VERBOSE,
)


def parse(text: str, *, unfinished: bool = False) -> Query:
    """Parse a query; raise QueryError with one sentence that says what is wrong with it.

    With `unfinished`, words that begin as the query's `last` does are asked for, too.
    """
    if len(text) > LONGEST_QUERY:
        raise QueryError(
            f"the query has {len(text):,} characters, more than {LONGEST_QUERY:,}", "Ask with fewer words."
        )
    parser = _Parser(text, unfinished=unfinished)
    node = parser.any()
    if parser.peek("close"):
        raise QueryError(
            f"the bracket at character {parser.at + 1} was never opened", "Take it out, or put ( before it."
        )
    return Query(text, node, tuple(parser.words), tuple(parser.unknown), parser.last)


def misspelt_fields(text: str) -> dict[str, str]:
    """Return what a query has before a colon that is not a field and may have been meant as one, with that field."""
    near = {name: nearest_name(name.lower(), FIELDS, 0.75) for name in parse(text).unknown}
    return {name: meant for name, meant in near.items() if meant}


class _Parser:
    """Recursive descent: any → all (OR all)*, all → bag (AND bag)*, bag → item+."""

    def __init__(self, text: str, *, unfinished: bool) -> None:
        # White space in a browser, but not here; search-query.js does the same for what is so only here.
        self.text = text.replace("\ufeff", " ").rstrip()
        self.at = 0
        self.depth = 0
        self.words: list[str] = []
        self.unknown: list[str] = []
        self.unfinished = unfinished
        self.last = ""

    def match(self) -> re.Match[str] | None:
        return _TOKEN.match(self.text, self.at)

    def peek(self, kind: str, value: str | None = None) -> bool:
        match = self.match()
        return match is not None and match[kind] is not None and (value is None or match[kind] == value)

    def take(self) -> re.Match[str]:
        match = self.match()
        if match is None:
            self._nothing()
        self.at = match.end()
        return match

    def any(self) -> Node:
        nodes = [self.all()]
        while self.peek("operator", "OR"):
            self.take()
            nodes.append(self.all())
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def all(self) -> Node:
        nodes = [self.bag()]
        while self.peek("operator", "AND"):
            self.take()
            nodes.append(self.bag())
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def bag(self) -> Node:
        """Words side by side: any of the plain ones, all phrases and fields, none of those after NOT."""
        counts: Counter[str] = Counter()
        soft: list[Node] = []
        hard: list[Node] = []
        start = self.at
        while (
            self.match() and not self.peek("close") and not (self.peek("operator") and not self.peek("operator", "NOT"))
        ):
            self.item(counts, soft, hard)
        if self.at == start:
            self._nothing()
        if counts or not (soft or hard):
            soft.insert(0, Words(tuple(counts.items())))
        nodes = ([soft[0] if len(soft) == 1 else Or(tuple(soft))] if soft else []) + hard
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def item(self, counts: Counter[str], soft: list[Node], hard: list[Node]) -> None:
        if self.peek("operator", "NOT") or self.peek("minus"):
            self.take()
            hard.append(Not(self.atom()))
        elif self.peek("quote") or (self.peek("field") and self.is_field()):
            hard.append(self.atom())
        elif self.peek("open"):
            soft.append(self.atom())
        else:
            self.word(counts, soft)

    def atom(self) -> Node:
        if self.peek("open"):
            return self.group()
        if self.peek("quote"):
            return self.phrase()
        if self.peek("field") and self.is_field():
            return self.field()
        if not self.match() or self.peek("operator") or self.peek("close"):
            self._nothing()
        counts: Counter[str] = Counter()
        soft: list[Node] = []
        self.word(counts, soft, plain=False)
        return soft[0] if soft else Words(tuple(counts.items()))

    def group(self) -> Node:
        at = self.take().start("open")
        self.depth += 1
        if self.depth > DEEPEST_GROUP:
            raise QueryError(
                f"the bracket at character {at + 1} is within {DEEPEST_GROUP} others",
                "Take brackets out, or ask in parts.",
            )
        node = self.any()
        self.depth -= 1
        if not self.peek("close"):
            raise QueryError(f"the bracket at character {at + 1} is never closed", "Put ) at its end.")
        self.take()
        return node

    def phrase(self) -> Node:
        at = self.take().start("quote")
        end = self.text.find('"', self.at)
        if end < 0:
            raise QueryError(
                f"the quotation mark at character {at + 1} is never closed", 'Put " at the end of the phrase.'
            )
        found = tuple(terms(self.text[self.at : end]))
        if not found:
            raise QueryError(
                f"there is nothing to look for between the quotation marks at character {at + 1}", "Put words there."
            )
        self.at = end + 1
        return Phrase(found) if len(found) > 1 else Words(((found[0], 1),))

    def is_field(self) -> bool:
        match = self.match()
        return match is not None and match["field"].lower() in FIELDS

    def field(self) -> Node:
        match = self.take()
        return field(match["field"].lower(), match["value"].strip('"'))

    def word(self, counts: Counter[str], soft: list[Node], *, plain: bool = True) -> None:
        match = self.take()
        text = match[0].strip()
        if match["field"]:
            self.unknown.append(match["field"])
        found = re.fullmatch(r"([^\W_]+)\*", text)
        if found and len(found[1]) < SHORTEST_PREFIX:
            if text == self.text.strip():
                raise QueryError(
                    f"“{text}” is too short to complete", f"Give at least {SHORTEST_PREFIX} letters before the star."
                )
            found = None  # beside other words it is a name, as that of a particle
        if found:
            soft += [Prefix(word) for word in words(found[1])]
        elif found := re.fullmatch(r"([^\W_]+)~1?", text):
            soft += [Fuzzy(term) for term in terms(found[1])]
        else:
            counts.update(terms(text))
            if plain:
                self.words += words(text)
                if self.at == len(self.text) and text[-1].isalnum():
                    self.end(soft)

    def end(self, soft: list[Node]) -> None:
        """Note the word that the query ends with, if it may be the beginning of one."""
        word = self.words[-1] if self.words else ""
        self.last = stem_of(word) if len(word) >= SHORTEST_PREFIX else ""
        if self.last and self.unfinished:
            soft.append(Prefix(word))

    def _nothing(self) -> NoReturn:
        if not self.text.strip():
            raise QueryError("there is nothing to look for", "Write words, or a whole question.")
        where = f"after “{self.text[: self.at].split()[-1]}”" if self.text[: self.at].split() else "at the beginning"
        raise QueryError(
            f"there is nothing to look for {where}", "Put a word there, or write AND, OR and NOT in small letters."
        )


def field(name: str, value: str) -> Node:
    """Return what `name:value` asks for; raise QueryError where the field has no such value."""
    name = _LABELS.get(name, name)
    return _FIELD_READERS.get(name, Field)(name, value)


_DATES = "Write it as 2026, 2026-03 or 2026-03-09, a range as 2026-01..2026-03, >=2026-03 or <=2026-03."


def _date(name: str, value: str) -> Field:
    """Read `2026`, `2026-03`, `2026-03-09`, `A..B`, `A..`, `..B`, `>=A`, `<=B`."""
    start, dots, end = value.partition("..")
    if value.startswith((">=", "<=")):
        start, end, dots = (value[2:], "", "..") if value[0] == ">" else ("", value[2:], "..")
    for part in (start, end):
        if part and not re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?", part):
            raise QueryError(f"“{part}” is not a date", _DATES)
    if not (start or end):
        raise QueryError("the date is missing", _DATES)
    if end and start > f"{end}~":
        raise QueryError(f"“{value}” ends before it begins", "Write the earlier date first.")
    # “~” sorts after every digit and hyphen: 2026-03~ is the end of March.
    return Field(name, start, (end if dots else start) + "~" if end or not dots else "~")


_OTHER_NAMES = {"open": QUESTION, "open-question": QUESTION}


def _kind(name: str, value: str) -> Field:
    kind = _OTHER_NAMES.get(value.lower(), value.lower().removesuffix("s"))
    if kind not in KINDS:
        raise QueryError(f"there is no kind “{value}”", "Kinds are answer, paper and question.")
    return Field(name, kind)


def _evidence(name: str, value: str) -> Field:
    kind = value.lower()
    if kind not in {"half", "gap"}:
        raise QueryError(
            f"there is no evidence “{value}”",
            "Write evidence:half (at least half of the sentences cited) or evidence:gap (one names a gap).",
        )
    return Field(name, kind)


def _title(_: str, value: str) -> And:
    found = terms(value)
    if not found:
        raise QueryError("there is nothing to look for in title:", "Put a word after the colon.")
    return And(tuple(Field("title", term) for term in found))


_FIELD_READERS: dict[str, Callable[[str, str], Node]] = {
    "date": _date,
    "evidence": _evidence,
    "kind": _kind,
    "title": _title,
}
