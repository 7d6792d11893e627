"""The files under `papers/`: one a month unless somebody made others, one paper a line, in one canonical form.

Sorted lines with few and ordered keys make a pull request show the papers that changed and nothing else, and two
branches that add papers of different months never meet. The law: `loads(dumps(papers), path)` gives the papers back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from agsite.findings import Finding, few_of_a_kind
from agsite.ids import PaperKey
from agsite.papers import dates, identifiers
from agsite.papers.imported import refuse_long
from agsite.records import Paper
from agsite.spelling import nearest_name
from agsite.suspects import suspects


def loads(text: str, path: str) -> tuple[tuple[Paper, ...], tuple[Finding, ...]]:
    """Read one file: the papers, sorted by id, and what is wrong with its lines."""
    return loads_all([(path, text)])


def loads_all(files: Iterable[tuple[str, str]]) -> tuple[tuple[Paper, ...], tuple[Finding, ...]]:
    """Read files given as (path, text), in the order of their paths; a paper given twice is kept once, the first."""
    papers: dict[PaperKey, Paper] = {}
    places: dict[PaperKey, str] = {}
    findings: list[Finding] = []
    for path, text in sorted(files):
        for number, line in _lines(text):
            try:
                paper = _paper(line)
            except ValueError as error:
                findings.append(_unreadable(error, path, number))
                continue
            if found := suspects(_text(paper)):
                # What looks like a key has a code of its own, so that its line is not shown.
                code = "AG142" if any(suspect.code == "AG142" for suspect in found) else "AG403"
                findings.append(Finding.of(code, found[0].message, path=path, line=number))
            elif paper.id.key in papers:
                message = f"{paper.id} already stands in {places[paper.id.key]}"
                findings.append(Finding.of("AG404", message, path=path, line=number))
            else:
                papers[paper.id.key] = paper
                places[paper.id.key] = f"{path}:{number}"
    return tuple(sorted(papers.values(), key=_by_id)), few_of_a_kind(findings)


def dumps(papers: Iterable[Paper]) -> str:
    """Write papers in the canonical form: sorted by id, absent fields left out, a line end after each."""
    return "".join(f"{_line(paper)}\n" for paper in sorted(papers, key=_by_id))


def dump_files(papers: Iterable[Paper], old: Mapping[str, str]) -> dict[str, str]:
    """Write papers as the files of an archive, given as the text of each by its name; only those that change.

    A paper stays in the file that it stands in; a new one comes into that of its month.
    """
    homes = {paper.id.key: name for name in sorted(old, reverse=True) for paper in loads(old[name], name)[0]}
    files: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        files[homes.get(paper.id.key, f"{paper.id.month}.jsonl")].append(paper)
    texts = {name: dumps(group) for name, group in sorted(files.items())}
    return {name: text for name, text in texts.items() if text != old.get(name)}


def _by_id(paper: Paper) -> tuple[PaperKey, str]:
    return paper.id.key, paper.id


def _line(paper: Paper) -> str:
    return paper.model_dump_json(exclude_defaults=True)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    # Not `splitlines`: it also splits at characters that JSON allows within a string.
    numbered = enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    return ((number, line) for number, line in numbered if line and not line.isspace())


def _text(paper: Paper) -> str:
    """All that a record says, for a look at its characters."""
    names = [name for author in paper.authors for name in (author.family, author.given)]
    texts = (paper.title, paper.abstract, paper.summary, paper.doi, *paper.categories, *names)
    return "\n".join(filter(None, texts))


def _paper(line: str) -> Paper:
    paper = Paper.model_validate_json(line)
    refuse_long(paper)
    if paper.published is not None and not dates.is_published(paper.published):
        raise ValueError(f"“published” is “{paper.published}”, not a date like 2026-03-05, 2026-03 or 2026")
    if paper.arxiv_id is not None and not identifiers.is_arxiv_id(paper.arxiv_id):
        raise ValueError(f"“arxiv_id” is “{paper.arxiv_id}”, not an id like 2606.13780 or hep-ph/9901234")
    if paper.doi is not None and not identifiers.is_doi(paper.doi):
        raise ValueError(f"“doi” is “{paper.doi}”, not a DOI in lower case like 10.1000/abc")
    return paper


def _unreadable(error: ValueError, path: str, line: int) -> Finding:
    if isinstance(error, ValidationError):
        message, help = _explain(error)
        return Finding.of("AG403", message, path=path, line=line, help=help)
    return Finding.of("AG403", str(error), path=path, line=line)


def _explain(error: ValidationError) -> tuple[str, str | None]:
    """Say in a sentence what Pydantic found first, and for an unknown key which known one it resembles, if any."""
    first: Any = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    if first["type"] == "json_invalid":
        return f"the line is not JSON: {first['ctx']['error']}", None
    if first["type"] != "extra_forbidden":
        return f"{f'“{place}”' if place else 'the line'}: {first['msg']}", None
    known = list(Paper.model_fields) if len(first["loc"]) == 1 else ["family", "given"]
    near = nearest_name(str(first["loc"][-1]), known)
    message = f"“{place}” is not a key of a paper"
    return (f"{message}; the nearest is “{near}”", None) if near else (message, f"Known keys: {', '.join(known)}.")
