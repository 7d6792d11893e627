"""How a call can fail, and what follows: try again, give up the question, stop the run, or not know what was paid."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from agsite.ellipsis import clip
from agsite.errors import AgsiteError

Kind = Literal["again", "busy", "item", "pending", "stop", "unknown"]
"""`busy`: too many calls, all wait. `again`: the service failed. `unknown`: nobody knows whether it was paid for.
`pending`: a batch may bring it."""

LONGEST_PAUSE = 120.0

# No waiting helps against these before somebody has changed the account.
_LIMITS = frozenset(
    [
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "ramp_limit_exceeded",
        "linked_organization_spend_limit_reached",
        "organization_on_hold",
    ]
)
_LIMIT_WORDS = re.compile(r"spend(?:ing)? limit|usage limit|credit balance|billing", re.IGNORECASE)
_SECRETS = re.compile(r"sk-[A-Za-z0-9_-]{6,}|[A-Za-z0-9+/_=-]{60,}|Bearer\s+\S+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")

# The service is too busy to begin anything; 0 stands for one that was not reached at all.
_TURNED_AWAY = frozenset({0, 503, 529})

# What stands between had no reply, or no whole one, from the service, which may have made one.
_NO_REPLY = frozenset({502, 504, 520, 524})

_STOPS = {
    401: "the key is not accepted; set ANTHROPIC_API_KEY to a valid one",
    402: "the account cannot pay; see to its billing",
    403: "the key may not do this; use another or ask whoever manages it",
    404: "there is no such model or address; look at --model and ANTHROPIC_BASE_URL",
}


class Failure(AgsiteError):  # noqa: N818 - what became of a call; its class of error is `kind`
    """A call that brought no reply."""

    exit_code = 4

    def __init__(
        self, kind: Kind, message: str, *, status: int = 0, wait: float | None = None, request_id: str = ""
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.wait = wait
        self.request_id = request_id

    @property
    def made_nothing(self) -> bool:
        """Whether the service certainly began nothing: it never had the request, or turned it away."""
        return self.kind in {"busy", "item", "stop"} or (self.kind == "again" and self.status in _TURNED_AWAY)


class Problem(NamedTuple):
    """What an error reply says."""

    status: int
    type: str
    code: str
    message: str
    request_id: str
    wait: float | None


def classify(problem: Problem, *, buying: bool) -> Failure:
    """Turn an error reply into what follows from it; `buying` costs money."""
    said = quote(problem.message)
    what = f"the service answered {problem.status}" + (f" ({problem.type})" if problem.type else "")
    sentence = f"{what}: {said}" if said else what
    facts = {"status": problem.status, "wait": problem.wait, "request_id": problem.request_id}

    def failure(kind: Kind, text: str) -> Failure:
        return Failure(kind, text, **facts)  # type: ignore[arg-type]

    if problem.code in _LIMITS or (problem.status in {400, 402, 429} and _LIMIT_WORDS.search(problem.message)):
        return failure("stop", f"{sentence}; raise the limit of the account, or wait until it is renewed")
    if problem.status in _STOPS:
        return failure("stop", f"{sentence}; {_STOPS[problem.status]}")
    if problem.status == 429:
        if problem.wait is not None and problem.wait > LONGEST_PAUSE:
            return failure("stop", f"{sentence}; it asks to wait {problem.wait:.0f} seconds")
        return failure("busy", sentence)
    if problem.status in {408, 409} or problem.status >= 500:
        lost = buying and problem.status in _NO_REPLY
        return failure("unknown", f"{sentence}, so it may have been paid for") if lost else failure("again", sentence)
    return failure("item", sentence)


def quote(message: str) -> str:
    """Return a message from outside as it may be shown: one line, short, and without anything like a key."""
    return clip(_SECRETS.sub("[…]", _CONTROLS.sub(" ", message)).strip(), 200)


def inside(value: Any, name: str) -> dict[str, Any]:
    """Return the object under a name of another one, or an empty one where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
