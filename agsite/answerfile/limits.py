"""How large an answer file may be, so that no file can take minutes or fill the memory."""

from __future__ import annotations

from agsite.findings import Finding
from agsite.ids import PAPER_ID

MAX_BYTES = 256 * 1024
MAX_FRONT_MATTER = 64 * 1024
MAX_SOURCES = 200
MAX_FOLLOW_UPS = 200
MAX_CITATIONS = 2_000

# How many findings of one kind a file may have before the rest are counted instead.
_MAX_OF_A_KIND = 20
_MAX_MESSAGE = 200


def too_many(sources: int, follow_ups: int, body: str, lines: tuple[int, int, int]) -> list[Finding]:
    """Return a finding for each part that is over its limit; `lines` say where the parts start."""
    # Counting letters is quick and never too low.
    citations = body.count("AG-")
    if citations > MAX_CITATIONS:
        citations = sum(1 for _ in PAPER_ID.finditer(body))
    counts = (
        (sources, MAX_SOURCES, "sources"),
        (follow_ups, MAX_FOLLOW_UPS, "follow-ups"),
        (citations, MAX_CITATIONS, "citations"),
    )
    return [
        Finding.of("AG138", f"there are {count:,} {what}, more than {limit:,}", line=line)
        for (count, limit, what), line in zip(counts, lines, strict=True)
        if count > limit
    ]


def abridge(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings with messages of a readable length, and no more of a kind than anybody reads."""
    kept: list[Finding] = []
    seen: dict[str, int] = {}
    for finding in findings:
        seen[finding.code] = seen.get(finding.code, 0) + 1
        if seen[finding.code] <= _MAX_OF_A_KIND:
            kept.append(_shortened(finding))
    for position in range(len(kept) - 1, -1, -1):
        # The last one that is kept of a kind says how many more there are.
        code = kept[position].code
        more = seen.pop(code, 0) - _MAX_OF_A_KIND
        if more > 0:
            kept[position] = kept[position]._replace(message=f"{kept[position].message}; and {more:,} more like this")
    return tuple(kept)


def _shortened(finding: Finding) -> Finding:
    message = finding.message
    if len(message) > _MAX_MESSAGE:
        message = message[: _MAX_MESSAGE - 1] + "…"
    return finding._replace(message=message.replace("\n", " "))
