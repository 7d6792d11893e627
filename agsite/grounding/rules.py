"""What an answer must hold to be written (B) and what its reviewer should look at (W), one function a rule.

The numbers are stable: `docs/pregenerate.md` explains each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from agsite.ellipsis import quoted
from agsite.evidence import (
    Claim,
    claiming,
    content_words,
    count_backed,
    figures_in,
    is_quoted_from,
    numbers_in,
    papers_of,
    quotes_in,
)
from agsite.grounding.compose import Request
from agsite.grounding.draft import MARKS, Draft
from agsite.grounding.reply import Reply
from agsite.grounding.visible import hides_something
from agsite.ids import ALMOST_PAPER_ID, PaperId, without_disguise
from agsite.markup import plain_body, plain_text
from agsite.suspects import suspects
from agsite.tags import ELEMENT, TAG

WORDS = (120, 700)
LEAST_CITED = 2
LEAST_COVERAGE = 0.4
GOOD_COVERAGE = 0.7
LEAST_OVERLAP = 0.25
MOST_OF_ONE = 0.7

# A colon after a citation or an interval, or after “the data” at the end of a clause, makes no link.
_ADDRESS = re.compile(
    r"https?:|www\.|(?<![\w.+-])[.+-]*\w[\w.+-]*@[\w.-]+\.[a-z]{2}|\]\(|^(?:[^\S\n]|[>*+-])*\[(?!AG-)[^\[\]\n]*\]:|!\["
    r"|\b(?:javascript|data|file|ftp|mailto):\S",
    re.IGNORECASE | re.MULTILINE,
)
# What may be a tag by its form, is one by its name, or would do something though its end is missing; “0.5<z<1” and
# “a <b and c> d” are none of these.
_HTML = re.compile(
    rf"</?[a-z][\w:-]*(?:\s[^<>=]*=[^<>]*|\s*/?)>|{TAG}"
    rf"|<{ELEMENT}[\s/](?:[^<>]*[\s/\"'])?(?:on[a-z]{{4,}}|href|src|srcdoc|style|action)\s*="
    r"|<[!?]|&(?:#\w|\w\w)\w*;",
    re.IGNORECASE,
)
# An identifier begins with a year and a month; “1420.40575 MHz” does not.
_OTHER_IDS = re.compile(r"\barXiv:\s?[\w.-]*\d|\b10\.\d{4,9}/\S+|\b\d\d(?:0[1-9]|1[0-2])\.\d{5}(?!\d)", re.IGNORECASE)
_BACKGROUND = re.compile(
    r"\b(?:previous(?:ly)?|earlier|prior|existing|traditional|conventional)\s+(?:work|studies|methods|approaches|results|shown)"
    r"|\b(?:has|have) (?:long )?been (?:shown|proposed|used|studied|known)|\brecent(?:ly| years)\b|\bis well known\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:may|might|could|can|possibl[ey]|potential(?:ly)?|suggest\w*|hint\w*|indicat\w*|expect\w*|likely|would|appear\w*|"
    r"seem\w*|preliminary|promis\w*)\b",
    re.IGNORECASE,
)
# A model answers under its name or under that of the version it is, which ends in a day.
_DAY = r"(-\d{8})?"
_INJECTION = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|prompts?|rules|above|previous)\b"
    r"|\bsystem prompt\b|\byou are (?:now|an? (?:ai|assistant|language model))\b|\bas an ai\b|\b(?:assistant|system) ?:"
    r"|\bdo not (?:follow|obey|mention|tell)\b|\bgive (?:a )?positive review\b|\bapi[ _-]?key\b|\bnew instructions?\b",
    re.IGNORECASE,
)


class Remark(NamedTuple):
    """A rule that an answer breaks, and how."""

    rule: str
    message: str


class Metrics(NamedTuple):
    """Counts of facts about an answer's text; never a score."""

    words: int
    sentences: int
    substantive: int
    """Sentences that claim something."""
    covered: int
    """Of these, the sentences with evidence; a mark alone, which says nothing of where its claim stands, is none."""
    cited_papers: int

    @property
    def coverage(self) -> float:
        """The part of the substantive sentences that have evidence."""
        return round(self.covered / self.substantive, 3) if self.substantive else 0.0


def measure(draft: Draft) -> Metrics:
    """Count what an answer's text is made of."""
    substantive = claiming(draft.body)
    return Metrics(
        words=len(MARKS.sub("", draft.text).split()),
        sentences=draft.body.sentences,
        substantive=len(substantive),
        covered=count_backed(substantive, {claim.sentence for claim in draft.claims}),
        cited_papers=len(set(cited_papers(draft))),
    )


def cited_papers(draft: Draft) -> list[PaperId]:
    """Return the papers that the text cites, in order, each time they are cited."""
    return [paper for _, sentence in draft.body.all_sentences() for paper in papers_of(sentence)]


def blocks(request: Request, reply: Reply, draft: Draft, metrics: Metrics) -> Iterator[Remark]:
    """Yield the rules that forbid to write the answer; follow-ups have their own."""
    yield from stopped(reply)
    yield from _too_few(draft, metrics)
    texts = _as_read(draft.text, plain_body(draft.body.leaves()))
    yield from _strangers(request, texts)
    yield from (Remark("B4", fault) for fault in draft.faults)
    yield from _misquotes(request, draft)
    yield from _forbidden(texts)
    yield from _wrong_length(draft, metrics)
    if metrics.coverage < LEAST_COVERAGE and not _only_names_gaps(draft, metrics):
        few = f"{metrics.covered} of {metrics.substantive} sentences that claim something rest on a passage of a source"
        yield Remark("B10", f"{few}; it needs {LEAST_COVERAGE:.0%}")


def faults_of_follow_ups(request: Request, draft: Draft) -> Iterator[str]:
    """Yield what follow-ups hold that no answer may, each as a sentence."""
    texts = tuple(text for question in draft.follow_ups for text in _as_read(question, plain_text(question)))
    for remark in (*_strangers(request, texts), *_forbidden(texts)):
        yield f"in a follow-up, {remark.message}"


def stopped(reply: Reply) -> Iterator[Remark]:
    """Yield why a reply is not a whole text."""
    if reply.stop_reason != "end_turn":
        how = "; raise max_tokens of the model in `prices`" if reply.stop_reason == "max_tokens" else ""
        yield Remark("B1", f"the reply ended with {quoted(reply.stop_reason, 40)}, not with its end{how}")
    if reply.others:
        yield Remark("B1", f"the reply holds a block of the type {quoted(reply.others[0], 40)}")


def _only_names_gaps(draft: Draft, metrics: Metrics) -> bool:
    return draft.body.gaps > 0 and metrics.substantive == 0


def _too_few(draft: Draft, metrics: Metrics) -> Iterator[Remark]:
    if metrics.cited_papers < LEAST_CITED and not _only_names_gaps(draft, metrics):
        needed = f"it needs {LEAST_CITED}, or to do nothing but say what the archive lacks"
        yield Remark("B2", f"papers that it cites: {metrics.cited_papers}; {needed}")


def _wrong_length(draft: Draft, metrics: Metrics) -> Iterator[Remark]:
    # Where the archive lacks everything, a sentence that says so is the answer.
    least = 1 if _only_names_gaps(draft, metrics) else WORDS[0]
    if not least <= metrics.words <= WORDS[1]:
        yield Remark("B9", f"it has {metrics.words} words, not {least} to {WORDS[1]}")


def _strangers(request: Request, texts: tuple[str, ...]) -> Iterator[Remark]:
    undisguised = map(without_disguise, texts)
    named = (match[0] for text in (*texts, *undisguised) for match in ALMOST_PAPER_ID.finditer(text))
    for name in dict.fromkeys(named):
        if name not in request.papers:
            yield Remark("B3", f"it cites {name[:60]}, which was not among its sources")
    if elsewhere := _first(_OTHER_IDS, texts):
        yield Remark("B3", f"it names {elsewhere[0][:60]}, which was not among its sources")


def _as_read(written: str, seen: str) -> tuple[str, ...]:
    """Return what is written, and what a reader sees of it: no escape and no emphasis within an id or an address."""
    return tuple(dict.fromkeys((written, seen)))


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> re.Match[str] | None:
    return next(filter(None, map(pattern.search, texts)), None)


def _misquotes(request: Request, draft: Draft) -> Iterator[Remark]:
    texts = [request.papers[paper].text for paper in dict.fromkeys(cited_papers(draft)) if paper in request.papers]
    for quote in quotes_in(draft.text, draft.body):
        if not is_quoted_from(quote, texts):
            yield Remark("B5", f"it quotes {quoted(quote, 100)}, which stands in no source that it cites")


def _forbidden(texts: tuple[str, ...]) -> Iterator[Remark]:
    for pattern, what in ((_ADDRESS, "an address or a link"), (_HTML, "HTML")):
        if match := _first(pattern, texts):
            yield Remark("B6", f"it holds {what}: {quoted(match.string[match.start() :], 40)}")
    for text in texts:
        if hides_something(text):
            yield Remark("B6", "it holds characters that nobody sees")
        yield from (Remark("B6", suspect.message) for suspect in suspects(text)[:1])


def warnings(request: Request, reply: Reply, draft: Draft, metrics: Metrics) -> Iterator[Remark]:
    """Yield what a reviewer should look at."""
    if LEAST_COVERAGE <= metrics.coverage < GOOD_COVERAGE:
        bare = f"{metrics.substantive - metrics.covered} of {metrics.substantive} sentences that claim something"
        yield Remark("W1", f"{bare} rest on no passage of a source")
    for number, (sentence, papers) in _sentences(draft).items():
        claims = [claim for claim in draft.claims if claim.sentence == number]
        yield from _about_sentence(sentence, papers, claims)
    counts = Counter(cited_papers(draft))
    if counts and len(counts) > 1 and max(counts.values()) > MOST_OF_ONE * counts.total():
        yield Remark("W4", f"{counts.most_common(1)[0][0]} carries most of the citations")
    yield from _injections(request, draft)
    if not re.fullmatch(re.escape(request.params["model"]) + _DAY, reply.model):
        yield Remark("W8", f"the reply is by {reply.model}, not by {request.params['model']}")


def _sentences(draft: Draft) -> dict[int, tuple[str, list[PaperId]]]:
    return {
        sentence.anchor: (leaf.text[sentence.start : sentence.end], papers_of(sentence))
        for leaf, sentence in draft.body.all_sentences()
        if sentence.anchor
    }


def _about_sentence(sentence: str, papers: list[PaperId], claims: list[Claim]) -> Iterator[Remark]:
    shown = quoted(sentence)
    if bare := set(papers) - {claim.paper for claim in claims}:
        yield Remark("W9", f"{shown} cites {', '.join(sorted(bare))} without a passage that it rests on")
    if claims:
        yield from _against_evidence(shown, sentence, claims)


def _against_evidence(shown: str, sentence: str, claims: list[Claim]) -> Iterator[Remark]:
    texts = [claim.text for claim in claims]
    missing = figures_in(sentence) - frozenset().union(*map(numbers_in, texts))
    if missing:
        yield Remark("W2", f"{shown} has {', '.join(sorted(missing))}, which its evidence does not")
    words = content_words(sentence)
    if words and len(words & frozenset().union(*map(content_words, texts))) < LEAST_OVERLAP * len(words):
        yield Remark("W3", f"{shown} shares few words with its evidence")
    if all(_BACKGROUND.search(claim.text) for claim in claims):
        yield Remark("W5", f"{shown} rests on what a paper says about earlier work")
    if all(_HEDGE.search(claim.text) for claim in claims) and not _HEDGE.search(sentence):
        yield Remark("W7", f"{shown} states as a fact what its source calls possible")


def _injections(request: Request, draft: Draft) -> Iterator[Remark]:
    for passage in request.passages:
        if _INJECTION.search(passage.text):
            yield Remark("W6", f"the abstract or title of {passage.paper} reads like an instruction to a model")
    if _INJECTION.search(draft.text) or any(map(_INJECTION.search, draft.follow_ups)):
        yield Remark("W6", "the answer reads as if it followed or repeated an instruction")
