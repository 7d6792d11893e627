"""The JSON that the site publishes is what its published schemas say, in every file and every line."""

from __future__ import annotations

import json

import jsonschema
import pytest

from agsite.config import Config
from agsite.pages.schemas import schemas
from tests.published import BASE


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def validators(published):
    """A validator of each published schema by its name."""
    found = {}
    for path in (published / "data" / "schema").iterdir():
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"{BASE}data/schema/{path.name}"
        found[path.stem] = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return found


def test_there_is_a_schema_of_every_kind(validators):
    assert set(validators) == {"answer", "paper", "citation", "build"}


def test_every_twin_is_valid(published, validators):
    twins = {
        kind: sorted(published.glob(f"{folder}/*/index.json"))
        for kind, folder in (("answer", "ask"), ("paper", "paper"))
    }
    assert all(twins.values())
    for kind, paths in twins.items():
        for path in paths:
            validators[kind].validate(json.loads(path.read_text(encoding="utf-8")))


def test_every_line_of_the_data_files_is_valid(published, validators):
    for kind, name in (("answer", "answers"), ("paper", "papers"), ("citation", "citations")):
        found = lines(published / "data" / f"{name}.jsonl")
        assert found
        for item in found:
            validators[kind].validate(item)


def test_what_was_built_is_valid(published, validators):
    validators["build"].validate(json.loads((published / "build.json").read_text(encoding="utf-8")))


def test_every_key_of_a_twin_is_told_of_in_its_schema(published):
    told = schemas(Config())
    answer = json.loads((published / "ask" / "hard" / "index.json").read_text(encoding="utf-8"))
    paper = json.loads((published / "paper" / "AG-2025.03-1234" / "index.json").read_text(encoding="utf-8"))
    for kind, item in (("answer", answer), ("paper", paper)):
        assert set(item) == set(told[kind]["properties"])


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("answer", "date", "4 May 2026"),
        ("answer", "status", "lost"),
        ("answer", "coverage", {"sentences": -1}),
        ("paper", "id", "2503.01234"),
        ("paper", "published", "May 2025"),
    ],
)
def test_a_schema_refuses_what_is_wrong(published, validators, kind, key, value):
    path = {"answer": "ask/hard", "paper": "paper/AG-2025.03-1234"}[kind]
    item = json.loads((published / path / "index.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        validators[kind].validate(item | {key: value})


@pytest.mark.parametrize("kind", ["answer", "paper", "citation", "build"])
def test_no_key_may_be_missing(validators, kind):
    schema = validators[kind].schema
    assert schema["required"] == sorted(schema["properties"])
