"""Front matter is the plain part of YAML, and means the same whichever parser PyYAML was built with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from agsite import answerfile
from agsite.answerfile import writing, yamlsubset
from agsite.records import Answer
from tests import strategies

CASES = sorted((Path(__file__).parent / "cases" / "answerfile").rglob("*.md"))

SYNTAX = (
    *(
        "? ",
        ": ",
        " #",
        "- ",
        "\n- ",
        "\n? ",
        "\n  ",
        "...",
        "\n...\n",
        "--- ",
        "%YAML 1.1\n",
        "&a ",
        "*a",
        "!",
        "!!str ",
    ),
    *("{", "}", "[", "]", ",", "'", '"', "|\n", ">-\n", "|2\n", "<<: ", "\\u202e", '"\\x41"', "\t", "@", "a: b\n", "~"),
)

both_parsers = pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="PyYAML has only one parser here")


@contextmanager
def slow_parser() -> Iterator[None]:
    """As on a machine where PyYAML was built without libyaml."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader")
        yield


@both_parsers
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_both_parsers_read_a_case_alike(path: Path):
    quick = answerfile.parse(path.read_bytes(), "soup.md")
    with slow_parser():
        assert answerfile.parse(path.read_bytes(), "soup.md") == quick


@both_parsers
@given(st.data())
def test_both_parsers_read_damaged_front_matter_alike(data: st.DataObject):
    text = data.draw(st.sampled_from(CASES)).read_text(encoding="utf-8").split("\n---")[0].removeprefix("---\n")[:500]
    pieces = st.one_of(st.sampled_from(SYNTAX), strategies.texts(max_size=2))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        text = text[:start] + data.draw(pieces) + text[start + data.draw(st.integers(0, 3)) :]
    quick = yamlsubset.read(text)
    with slow_parser():
        assert yamlsubset.read(text) == quick


ODD = ["", "x", "[x]", "{x: y}", "[[x], {y: z}]", "[{id: x}]", "[{id: AG-2025.03-1, title: T, similarity: x}, y]"]


@given(st.dictionaries(st.sampled_from([*Answer.model_fields, "other"]), st.sampled_from(ODD), min_size=1))
def test_whatever_a_field_holds_the_text_can_be_checked(fields: dict[str, str]):
    lines = "\n".join(f"{key}: {value}" for key, value in fields.items())
    parsed = answerfile.parse(f"---\n{lines}\n---\nA text.\n".encode(), "soup.md")
    assert parsed.answer is None
    assert parsed.rest is not None
    assert parsed.rest.body == "A text."


@given(strategies.texts(controls="\n\t"))
def test_a_scalar_is_read_as_it_was_written(text: str):
    assume(text != "<<")  # refused as a key, however it is written
    for field in ("note: {}", "a: [{}]", "a: {{{}: b}}"):
        line = field.format(writing.scalar(text, flow=field != "note: {}"))
        root, findings = yamlsubset.read(line)
        assert (root is not None, findings) == (True, [])
        assert text in flat(root.plain())


def flat(value: object) -> Iterator[str]:
    """Every text in a value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from flat(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from flat(item)


def test_a_plain_scalar_is_text_for_every_reader():
    for word in ("yes", "No", "NULL", "true", "010", "1:20", "2024_01", "1e3", ".inf", "~", "2026-05-03", "0x1F", "y"):
        assert yaml.safe_load(f"a: {writing.scalar(word)}") == {"a": word}


def test_numbers_stay_numbers_only_where_any_data_may_stand():
    root, _ = yamlsubset.read("a: [1, 1.5, -2e3, true, false, null, '1', 010, no, 1_0, 1e999, 0x1F]")
    assert root is not None
    assert root.data() == {"a": [1, 1.5, -2000.0, True, False, None, "1", "010", "no", "1_0", "1e999", "0x1F"]}
    assert root.plain()["a"][:4] == ("1", "1.5", "-2e3", "true")


def test_places_count_characters_and_not_bytes():
    root, _ = yamlsubset.read('é🍲: "ü"\nb:\n  - {c: 🍲, d: e}', first_line=2)
    assert root is not None
    assert isinstance(root.value, dict)
    assert root.value["é🍲"][1:] == (2, 5, False, 2, 1)
    item = root.value["b"].value[0]
    assert item.value["d"][1:] == (4, 15, True, 4, 12)


@pytest.mark.parametrize(
    ("text", "place"), [("a:\n\tb: c", (2, 1)), ("a:\tb", (1, 3)), ("a:\n  -\tb", (2, 4)), ("a: b\n\t\nc: d", (2, 1))]
)
def test_a_tab_is_to_be_replaced_by_spaces(text: str, place: tuple[int, int]):
    root, (finding,) = yamlsubset.read(text)
    assert root is None
    assert (finding.line, finding.column, finding.help) == (*place, "Replace the tab by spaces.")


@pytest.mark.parametrize("text", ["a: 1\n{0}: 1", "a: {{b: 1, {0}, c: 2}}", '"{0}": 1'])
def test_a_key_is_no_longer_than_what_can_be_written_on_one_line(text: str):
    root, findings = yamlsubset.read(text.format("k" * 200))
    assert root is not None
    assert findings == []
    root, (finding,) = yamlsubset.read(text.format("k" * 201))
    assert (root, finding.code, finding.message) == (None, "AG132", "a key is longer than 200 characters")
