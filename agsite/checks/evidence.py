"""Evidence, looked up again in the papers as they are now: quotations, numbers, what generated answers rest on.

And what a person found who did that: the review of an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agsite.answerfile import Reading
from agsite.archive import Archive
from agsite.checks.place import at_line, in_text
from agsite.counted import counted
from agsite.ellipsis import quoted
from agsite.evidence import Claim, contains, papers_of, read_claims, verify
from agsite.findings import Finding
from agsite.ids import PaperKey
from agsite.review import read_review


def check(reading: Reading, archive: Archive) -> Iterator[Finding]:
    """Find quotations and numbers that no cited abstract has, and evidence that is not what its source says."""
    yield from _facts(reading, archive.abstracts)
    claims, unreadable = read_claims(reading.answer.provenance)
    if unreadable:
        message = f"{counted(unreadable, 'entry', 'entries')} of the evidence cannot be read"
        yield at_line(reading, reading.origin.question, "AG705", message)
    cited = _cited(reading) if claims else {}
    for claim in claims:
        yield from _claim(reading, claim, cited, archive)
    yield from _review(reading)


def _review(reading: Reading) -> Iterator[Finding]:
    recorded = reading.answer.review
    review = read_review(reading.answer)
    if review is None or not recorded:
        return
    line = reading.origin.question
    if review.verdict == "pending":
        yield at_line(reading, line, "AG706", "nobody has said yet that this answer was reviewed")
    elif review.verdict == "rejected" and reading.answer.status == "published":
        yield at_line(reading, line, "AG708", "a reviewer has rejected this answer, and it is published")
    elif review.verdict == "unclear":
        yield at_line(reading, line, "AG707", f"the review {_unclear(recorded)}: pages call the answer not accepted")


def _unclear(review: Mapping[str, Any]) -> str:
    if "status" not in review:
        return "has no status"
    problem = "and names nobody" if review["status"] == "accepted" else "which is no verdict"
    return f"says {quoted(str(review['status']), 40)}, {problem}"


def _facts(reading: Reading, abstracts: Mapping[PaperKey, str]) -> Iterator[Finding]:
    found = verify(reading.body, abstracts)
    for quote in (fact for fact in found.quotes if not fact.found):
        message = f"{quoted(quote.text)} stands in no abstract of the papers cited"
        yield in_text(reading, quote.leaf, quote.offset, "AG701", message)
    for number in (fact for fact in found.numbers if not fact.found):
        message = f"{number.text} stands in no abstract of the papers that the sentence cites"
        yield in_text(reading, number.leaf, number.offset, "AG702", message)


def _cited(reading: Reading) -> dict[int, set[PaperKey]]:
    return {s.anchor: {paper.key for paper in papers_of(s)} for _, s in reading.body.all_sentences() if s.anchor}


def _claim(reading: Reading, claim: Claim, cited: Mapping[int, set[PaperKey]], archive: Archive) -> Iterator[Finding]:
    if claim.paper.key not in cited.get(claim.sentence, set()):
        message = f"the evidence names {claim.paper} for sentence s-{claim.sentence}, which does not cite it"
        yield at_line(reading, reading.origin.question, "AG704", message)
    abstract = archive.abstracts.get(claim.paper.key)
    if abstract is not None and not contains(abstract, claim.text):
        message = f"{quoted(claim.text)}, the evidence for sentence s-{claim.sentence}, does not stand in {claim.paper}"
        yield at_line(reading, reading.origin.question, "AG703", message)
