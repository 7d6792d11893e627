"""Small archives for tests, written as their files would be."""

from __future__ import annotations

from collections.abc import Iterator

from agsite import answerfile, markup
from agsite.archive import Archive, build_archive
from agsite.config import Config
from agsite.pages import Facts, Overview, Page, plan_sections
from agsite.records import Paper


def reading(name: str, text: str):
    """An answer as the archive reads it: (answer, structure of its text, path)."""
    answer = answerfile.loads(text, name)
    return answer, markup.read(answer.body), f"answers/{name}"


def answer_text(
    question: str,
    body: str,
    *,
    date: str = "2026-05-03",
    sources: str = "",
    follow_ups: tuple[str, ...] = (),
    more: str = "",
) -> str:
    """The text of a `.md` file; `sources` is one `id category percent title` a line."""
    lines = ["---", f"question: {answerfile.scalar(question)}", "model: test-model", f"date: {date}"]
    if more:
        lines.append(more)
    rows = [line.split(maxsplit=3) for line in sources.strip().splitlines()]
    if rows:
        lines.append("sources:")
        lines += [
            f"  - {{id: {i}, category: {c}, title: {answerfile.scalar(t, flow=True)}, similarity: {p}}}"
            for i, c, p, t in rows
        ]
    if follow_ups:
        lines += ["follow_ups:", *(f"  - {answerfile.scalar(question)}" for question in follow_ups)]
    return "\n".join([*lines, "---", body, ""])


def archive(files: dict[str, str], papers: tuple[Paper, ...] = (), *, drafts: bool = False) -> Archive:
    """The archive of these files."""
    return build_archive((reading(name, text) for name, text in files.items()), papers, drafts=drafts)


def plan_pages(archive: Archive, config: Config) -> Iterator[Page]:
    """Every page of an archive's site, as it is planned."""
    plan = Overview(archive, config)
    return (page for section in plan_sections(plan) for page in section.pages(Facts(plan)))
