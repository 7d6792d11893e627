"""The data that a build writes, as far as the report needs them; anything else is damage, told with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agsite import files
from agsite.errors import ConfigError

Number = Annotated[int, Field(ge=0)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Ask(_Data):
    """A follow-up question."""

    question: str


class Citation(_Data):
    """A sentence that cites a paper."""

    paper_id: str
    sentence: str


class Coverage(_Data):
    """How many sentences an answer has, how many of them cite, and how many name a gap."""

    sentences: Number
    cited: Number
    gaps: Number


class AnswerLine(_Data):
    """A line of `data/answers.jsonl`."""

    id: str
    question: str
    model: str
    date: str
    status: str
    body: str
    note: str | None
    follow_ups: tuple[Ask, ...]
    citations: tuple[Citation, ...]
    coverage: Coverage


class PaperLine(_Data):
    """A line of `data/papers.jsonl`."""

    id: str
    title: str | None


class BuildFacts(_Data):
    """What `build.json` says."""

    pages: Number


Kind = TypeVar("Kind", bound=BaseModel)


def lines(path: Path, kind: type[Kind]) -> Iterator[Kind]:
    """Yield the records of a file, one a line."""
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line:
            yield _record(line, kind, f"{path}:{number}")


def whole(path: Path, kind: type[Kind]) -> Kind:
    """Return the record that a file is."""
    return _record(_text(path), kind, f"{path}:1")


def _text(path: Path) -> str:
    text = files.read_text(path)
    if text is None:
        raise ConfigError(
            f"there is no {path}", "Name the folder of a built site, or one with its build.json and data/."
        )
    return text


def _record(text: str, kind: type[Kind], place: str) -> Kind:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise ConfigError(f"{place}: {damage(error)}", "Build that site again.") from error


def damage(error: ValidationError) -> str:
    """Say in a sentence what is wrong first with data that a program wrote."""
    first = error.errors(include_url=False)[0]
    name = ".".join(map(str, first["loc"]))
    if first["type"] == "json_invalid":
        return f"this is not JSON ({first['ctx']['error']})"
    if first["type"] == "missing":
        return f"“{name}” is missing"
    return f"“{name}” is not as agsite writes it" if name else "this is not as agsite writes it"
