"""How large an answer file may be, so that no file can take minutes or fill the memory."""

from __future__ import annotations

from agsite.answerfile.parsed import Reading
from agsite.ellipsis import clip
from agsite.findings import Finding, few_of_a_kind
from agsite.ids import PAPER_ID
from agsite.records import LONGEST_TITLE

MAX_BYTES = 256 * 1024
MAX_FRONT_MATTER = 64 * 1024
MAX_SOURCES = 200
MAX_FOLLOW_UPS = 200
MAX_CITATIONS = 2_000
MAX_REPEATED = 4 * 1024 * 1024
"""How many characters the citations of an answer may repeat: each brings its sentence and the title of its paper."""

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


def too_heavy(reading: Reading) -> list[Finding]:
    """Return a finding where pages would repeat sentences and titles so often that they would fill a disk."""
    sizes = [len(source.title) for source in reading.answer.sources]
    title = max(sizes, default=0)
    if title > LONGEST_TITLE:
        message = f"the title has {title:,} characters, more than {LONGEST_TITLE:,}"
        lines = reading.origin.sources[sizes.index(title) :]
        return [Finding.of("AG138", message, line=lines[0] if lines else 1, help="Shorten it.")]
    # The longest title for all of them: an id may be spelt in another way than in the list.
    # No sentence is longer than the text.
    if len(reading.body.citations) * (len(reading.answer.body) + title) <= MAX_REPEATED:
        return []
    cited = ((len(sentence.papers), sentence.end - sentence.start) for _, sentence in reading.body.citing())
    repeated = sum(times * (length + title) for times, length in cited)
    if repeated <= MAX_REPEATED:
        return []
    message = f"its citations repeat {repeated:,} characters of sentences and titles, more than {MAX_REPEATED:,}"
    line = reading.origin.in_body(1, 1)[0]
    return [Finding.of("AG138", message, line=line, help="Shorten the sentences that cite many papers.")]


def abridge(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings in order, with messages that can be shown, and no more of a kind than anybody reads."""
    return few_of_a_kind(finding._replace(message=_shown(finding.message)) for finding in findings)


def _shown(message: str) -> str:
    """Return a message, which may quote the file, on one line of a bearable length and with nothing hidden in it."""
    message = clip(message, _MAX_MESSAGE)
    if message.isprintable():
        return message
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in message)
