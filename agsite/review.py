"""The verdict of an answer's review. Its record may hold anything, so only what it plainly says counts."""

from __future__ import annotations

from typing import Literal, NamedTuple

from agsite.records import Answer

Verdict = Literal["pending", "accepted", "rejected", "unclear"]

_KNOWN: tuple[Verdict, ...] = ("pending", "accepted", "rejected")


class Review(NamedTuple):
    """A verdict, and who gave it; it is unclear unless the record says what it is, and who accepted the answer."""

    verdict: Verdict
    by: str = ""


def read_review(answer: Answer) -> Review | None:
    """Return the review of an answer; None where no verdict is recorded, and no generated text waits for one.

    >>> read_review(Answer.model_construct(review={"status": "accepted", "by": "A Reader"}, provenance=None))
    Review(verdict='accepted', by='A Reader')
    """
    if not answer.review:
        return Review("pending") if answer.provenance else None
    if "status" not in answer.review and not answer.provenance:
        return None  # notes of whoever wrote the answer, in a form of their own
    status, by = answer.review.get("status"), answer.review.get("by")
    name = by.strip() if isinstance(by, str) else ""
    if status == "accepted" and not name:
        return Review("unclear")
    return Review(status if status in _KNOWN else "unclear", name)


def was_rejected(answer: Answer) -> bool:
    """Say whether a reviewer has rejected an answer, which every list that shows it says."""
    review = read_review(answer)
    return review is not None and review.verdict == "rejected"
