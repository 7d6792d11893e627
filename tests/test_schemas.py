"""The JSON that the site publishes is what its published schemas say, in every file and every line."""

from __future__ import annotations

import json

import jsonschema
import pytest

from agsite.config import Config
from agsite.pages.schemas import schemas
from tests.published import ANSWERS, BASE, HARD, HARD_TITLE


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


def test_the_twin_of_an_answer_says_what_its_file_says(published):
    twin = json.loads((published / "ask" / "hard" / "index.json").read_text(encoding="utf-8"))
    said = ("id", "question", "model", "date", "status", "category", "note", "related", "provenance", "review")
    assert [twin[key] for key in said] == [
        *("hard", HARD, "test-model", "2026-05-04", "published", "hep-ph", None, [], None, None)
    ]
    assert ANSWERS["hard.md"].endswith(f"---\n{twin['body']}\n\n")
    assert [tuple(source.values()) for source in twin["sources"]] == [
        ("AG-2025.03-1234", "hep-ph", HARD_TITLE, 61, True),
        ("AG-2024.11-077", "astro-ph.GA", "A Plain Title", 55, True),
        ("AG-2024.11-078", "hep-ph", "Never Cited", 41, False),
    ]
    assert [tuple(citation.values()) for citation in twin["citations"]] == [
        ("AG-2025.03-1234", "It does [AG-2025.03-1234].", "s-1", True, 3, 10),
        ("AG-2024.11-077", "With $x^* < y$ it holds & stays [AG-2024.11-077].", "s-2", True, 3, 63),
        ("AG-2025.01-9", "two [AG-2025.01-9]", "s-3", False, 10, 8),
    ]
    assert [tuple(asked.values()) for asked in twin["follow_ups"]] == [
        ("Does the plain one hold?", ["plain"]),
        ("Is this open?", []),
    ]
    assert [*twin["coverage"].items()][:4] == [("sentences", 5), ("cited", 3), ("gaps", 1), ("sources_used", 2)]


def test_the_twin_of_a_paper_says_who_cites_it(published):
    cited, unlisted, unused = (
        json.loads((published / "paper" / paper / "index.json").read_text(encoding="utf-8"))
        for paper in ("AG-2025.03-1234", "AG-2025.01-9", "AG-2024.11-078")
    )
    assert cited == {
        "id": "AG-2025.03-1234",
        "title": HARD_TITLE,
        "category": "hep-ph",
        "authors": ["Åsa Müller & Søn", "The {X} Collaboration", "et al."],
        "abstract": "On $\\alpha$ & <b>.",
        "arxiv_id": "2503.01234",
        "doi": "10.1000/a_b&c<d>",
        "published": "2025-03-05",
        "cited_in": [{"answer": "hard", "sentences": ["s-1"]}],
        "retrieved_in": [{"answer": "plain", "similarity": 61}, {"answer": "hard", "similarity": 61}],
    }
    assert (unlisted["title"], unlisted["cited_in"]) == (None, [{"answer": "hard", "sentences": ["s-3"]}])
    assert (unlisted["retrieved_in"], unused["cited_in"]) == ([], [])
    assert lines(published / "data" / "citations.jsonl") == [
        {"answer": "plain", "paper": "AG-2024.11-077", "anchor": "s-1", "listed": True},
        {"answer": "hard", "paper": "AG-2025.03-1234", "anchor": "s-1", "listed": True},
        {"answer": "hard", "paper": "AG-2024.11-077", "anchor": "s-2", "listed": True},
        {"answer": "hard", "paper": "AG-2025.01-9", "anchor": "s-3", "listed": False},
    ]


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
