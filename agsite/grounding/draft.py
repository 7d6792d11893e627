"""A reply becomes the text of an answer: citations as `[AG-id]` before the closing mark, and what they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from agsite import markup
from agsite.body import Body
from agsite.ellipsis import quoted
from agsite.evidence import Claim, contains, content_words, is_long
from agsite.grounding.compose import Request
from agsite.grounding.passages import Passage
from agsite.grounding.reply import Citation, NoReply, Piece, Reply, decoded, questions_of
from agsite.ids import PAPER_ID, PaperId

# Each takes a row of spaces, lines or marks once, from its beginning: to try again from each place in it takes ages.
_TAIL = re.compile(r"^[\s*_#>-]*+(KEEP EXPLORING[\s*_:#]*$)?", re.MULTILINE | re.IGNORECASE)
_STOPS, _CLOSES = ".!?…:;,", "\"'”’)]*_"
_OWN_MARKS = re.compile(r"\[([^\[\]]*)\]\Z")
_ITEM = re.compile(r"^[^\S\n]*+(?:[-*•]|\d[.)])\s++(\S(?:.*\S)?)", re.MULTILINE)
MARKS = re.compile(r"(?<!\s)\s*+\[\s*AG-[^\[\]]*\]")
"""Citations as a text has them, each with the space before it."""


class Draft(NamedTuple):
    """What a reply says, before anybody has judged it."""

    text: str
    body: Body
    claims: tuple[Claim, ...]
    follow_ups: tuple[str, ...]
    faults: tuple[str, ...]
    """Citations that do not say what their source says, each as a sentence."""


class _Marked(NamedTuple):
    """A citation, and which of all ids of the text, counted from 0, is its mark."""

    place: int
    claim: Claim


def read_draft(request: Request, reply: Reply) -> Draft:
    """Return what a reply says; raise NoReply where it says nothing that can be read."""
    return _from_markers(request, reply) if request.mode == "markers" else _from_citations(request, reply)


def _from_citations(request: Request, reply: Reply) -> Draft:
    pieces, tail = _cut_tail(reply.pieces)
    writer = _Writer(request)
    for piece in pieces:
        writer.add(piece)
    text = _tidy("".join(writer.parts))
    return _draft(text, writer.marked, follow_ups_of(tail), writer.faults)


def _cut_tail(pieces: tuple[Piece, ...]) -> tuple[list[Piece], str]:
    """Part the answer from what follows the last line KEEP EXPLORING; a piece with both is cut in two."""
    text = "".join(piece.text for piece in pieces)
    marks = [match for match in _TAIL.finditer(text) if match[1]]
    if not marks:
        return list(pieces), ""
    left = marks[-1].start()
    kept = []
    for piece in pieces:
        if left > 0:
            kept.append(piece._replace(text=piece.text[:left]))
        left -= len(piece.text)
    return kept, text[marks[-1].end() :]


def follow_ups_of(tail: str) -> tuple[str, ...]:
    """Return the questions in the lines of a tail, as text."""
    items = (MARKS.sub("", match[1]).strip(" *_") for match in _ITEM.finditer(tail))
    return tuple(" ".join(item.split()) for item in items)


class _Writer:
    """Puts pieces together; `marked` says what each citation rests on, `faults` what is wrong with it."""

    def __init__(self, request: Request) -> None:
        self.passages = request.passages
        self.parts: list[str] = []
        self.marked: list[_Marked] = []
        self.faults: list[str] = []
        self.places = 0

    def add(self, piece: Piece) -> None:
        claims = [claim for claim in map(self._claim, piece.citations) if claim is not None]
        head, closing = _parted(piece.text)
        before = self.places + _ids_in(head)
        written = _written(head, before)
        added = [paper for paper in dict.fromkeys(claim.paper for claim in claims) if paper not in written]
        added = added if head.strip() else []
        places = written | {paper: before + number for number, paper in enumerate(added)}
        self.marked += [_Marked(places[claim.paper], claim) for claim in claims if claim.paper in places]
        mark = f" [{', '.join(added)}]" if added else ""
        self.parts += [head, mark, closing]
        self.places = before + len(added)

    def _claim(self, citation: Citation) -> Claim | None:
        """Check a citation against the source that it names."""
        if not PAPER_ID.fullmatch(citation.source):
            self.faults.append(f"it cites {quoted(citation.source, 60)}, which is not a paper")
            return None
        named = self.passages[citation.place] if citation.place < len(self.passages) else None
        if named is None or named.paper != citation.source:
            self.faults.append(f"it cites {citation.source} as source {citation.place}, which that is not")
            return None
        sentences = named.sentences[citation.start : citation.end]
        if not sentences or citation.end > len(named.sentences) or not _same(citation.text, sentences):
            self.faults.append(f"what it cites of {citation.source} does not stand there")
            return None
        return Claim(0, named.paper, " ".join(sentences), citation.start + 1, citation.end)


def _written(head: str, before: int) -> dict[PaperId, int]:
    """Return the ids that the model has put there itself, at the end of `head`, with their places."""
    own = _OWN_MARKS.search(head)
    ids = [PaperId.parse(match[0]) for match in PAPER_ID.finditer(own[1])] if own else []
    return {paper: before - len(ids) + number for number, paper in enumerate(ids)}


def _parted(text: str) -> tuple[str, str]:
    """Part a text from the marks and the space at its end."""
    words = text.rstrip()
    before = words.rstrip(_CLOSES)
    head = before.rstrip(_STOPS)
    return (head, text[len(head) :]) if head != before else (words, text[len(words) :])


def _ids_in(text: str) -> int:
    return sum(1 for _ in PAPER_ID.finditer(text))


def _same(text: str, sentences: Iterable[str]) -> bool:
    return "".join(text.split()) == "".join("".join(sentences).split())


def _tidy(text: str) -> str:
    """Return Markdown without space at line ends and without blank lines in a row."""
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n").lstrip()


def _draft(text: str, marked: Iterable[_Marked], follow_ups: tuple[str, ...], faults: Iterable[str]) -> Draft:
    body = markup.read(text)
    anchors = [citation.anchor for citation in body.citations]
    problems = list(faults)
    if len(anchors) != _ids_in(text):
        problems.append("an id stands in code, in a link or in a formula")
    claims = {mark.claim._replace(sentence=anchors[mark.place]): None for mark in marked if mark.place < len(anchors)}
    return Draft(text, body, tuple(claims), follow_ups, tuple(problems))


# --- Marker mode -----------------------------------------------------------------------------------------------------


def _from_markers(request: Request, reply: Reply) -> Draft:
    answer, quotes, follow_ups = _read_object(reply.text)
    text = _tidy(answer)
    body = markup.read(text)
    claims, faults = [], []
    for paper, quote in quotes:
        claim = _quoted_claim(request.passages, body, paper, quote)
        if claim is None:
            faults.append(f"the words it quotes of {paper[:40]} do not stand there")
        elif is_long(quote) or contains(quote, claim.text):
            claims.append(claim)
    return Draft(text, body, tuple(dict.fromkeys(claims)), follow_ups, tuple(faults))


def _read_object(text: str) -> tuple[str, list[tuple[str, str]], tuple[str, ...]]:
    try:
        value = decoded(text)
        quotes = [(str(item["id"]), str(item["quote"])) for item in value["quotes"]]
        return str(value["answer"]), quotes, questions_of(value)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoReply("the reply is not the object that was asked for") from None


def _quoted_claim(passages: tuple[Passage, ...], body: Body, paper: str, quote: str) -> Claim | None:
    """Find the sentences of the source that hold a quote, and the sentence of the answer that it fits best."""
    source = next((passage for passage in passages if passage.paper == paper), None)
    if source is None:
        return None
    numbers = [number for number, sentence in enumerate(source.sentences, 1) if contains(sentence, quote)]
    citing = [
        (len(content_words(leaf.text[s.start : s.end]) & content_words(quote)), -s.anchor)
        for leaf, s in body.citing()
        if paper in s.papers
    ]
    if not numbers or not citing:
        return None
    return Claim(-max(citing)[1], source.paper, source.sentences[numbers[0] - 1], numbers[0], numbers[0])
