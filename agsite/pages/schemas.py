"""JSON Schemas (draft 2020-12) of the JSON that the site publishes: its contract with other programs."""

from __future__ import annotations

from typing import Any, get_args

from agsite import urls
from agsite.config import Config
from agsite.ids import ANSWER_ID_SHAPE, PAPER_ID_SHAPE
from agsite.records import Status

Schema = dict[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PAPER_ID: Schema = {"type": "string", "pattern": f"^{PAPER_ID_SHAPE}$"}
_ANSWER_ID: Schema = {"type": "string", "pattern": f"^{ANSWER_ID_SHAPE}$"}
_ANCHOR: Schema = {"type": "string", "pattern": "^s-[1-9][0-9]*$"}
_TEXT: Schema = {"type": "string"}
_LINE: Schema = {"type": "string", "minLength": 1}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_PERCENT: Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": 100}
_MAYBE: Schema = {"type": ["string", "null"]}
_FLAG: Schema = {"type": "boolean"}


def _object(**properties: Schema) -> Schema:
    """An object in which every one of these keys is there; more may be added to it later."""
    return {"type": "object", "required": sorted(properties), "properties": properties}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_SOURCE = _object(id=_PAPER_ID, category=_MAYBE, title=_LINE, similarity=_PERCENT, cited=_FLAG)
_POSITION: Schema = {"type": "integer", "minimum": 1}
_CITATION = _object(paper_id=_PAPER_ID, sentence=_TEXT, anchor=_ANCHOR, listed=_FLAG, line=_POSITION, column=_POSITION)
_FOLLOW_UP = _object(question=_LINE, answers=_list(_ANSWER_ID))
_COVERAGE = _object(
    sentences=_COUNT,
    cited=_COUNT,
    gaps=_COUNT,
    sources_used=_COUNT,
    quotations=_COUNT,
    quotations_found=_COUNT,
    numbers=_COUNT,
    numbers_found=_COUNT,
)

_ANSWER = _object(
    id=_ANSWER_ID,
    question=_LINE,
    model=_LINE,
    date={"type": "string", "format": "date"},
    status={"enum": list(get_args(Status))},
    category=_MAYBE,
    body=_LINE,
    note=_MAYBE,
    sources=_list(_SOURCE),
    citations=_list(_CITATION),
    follow_ups=_list(_FOLLOW_UP),
    related=_list(_ANSWER_ID),
    coverage=_COVERAGE,
    provenance={"type": ["object", "null"]},
    review={"type": ["object", "null"]},
)

_PAPER = _object(
    id=_PAPER_ID,
    title=_MAYBE,
    category=_MAYBE,
    authors=_list(_LINE),
    abstract=_MAYBE,
    arxiv_id=_MAYBE,
    doi=_MAYBE,
    published={"type": ["string", "null"], "pattern": "^[0-9]{4}(-[0-9]{2}){0,2}$"},
    cited_in=_list(_object(answer=_ANSWER_ID, sentences=_list(_ANCHOR))),
    retrieved_in=_list(_object(answer=_ANSWER_ID, similarity=_PERCENT)),
)

_CITATION_LINE = _object(answer=_ANSWER_ID, paper=_PAPER_ID, anchor=_ANCHOR, listed=_FLAG)

_BUILD = _object(agsite=_LINE, answers=_COUNT, withdrawn=_COUNT, papers=_COUNT, pages=_COUNT, files=_COUNT)

_SCHEMAS = {
    "answer": ("An answer: /ask/ID/index.json, and a line of /data/answers.jsonl", _ANSWER),
    "paper": ("A paper: /paper/ID/index.json, and a line of /data/papers.jsonl", _PAPER),
    "citation": ("A citation: a line of /data/citations.jsonl", _CITATION_LINE),
    "build": ("What was built: /build.json", _BUILD),
}


def schemas(config: Config) -> dict[str, Schema]:
    """Return every schema by its name."""
    return {
        name: {"$schema": _DRAFT, "$id": config.absolute(urls.schema(name)), "title": title, **schema}
        for name, (title, schema) in _SCHEMAS.items()
    }
