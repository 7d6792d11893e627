"""A section is left alone where its facts are as they were, and only there; traces that cannot be believed are none."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from agsite.build.traces import Traces

FILES = (("ask/a/index.html", "f1"), ("ask/a/index.json", "f2"))


class World:
    """Facts with versions that a test chooses; counts how often it is asked."""

    def __init__(self, facts: Mapping[str, int]) -> None:
        self.facts = facts
        self.asked = 0

    def of(self, fact: str) -> bytes:
        self.asked += 1
        return str(self.facts.get(fact)).encode()


def noted(path: Path, facts: Mapping[str, int], sections: Mapping[str, set[str]], salt: str = "salt") -> None:
    """Keep the traces of a build in which sections asked for facts."""
    traces = Traces(path, salt, World(facts))
    for url, asked in sections.items():
        traces.note(url, asked, FILES)
    traces.save()


def kept(path: Path, facts: Mapping[str, int], salt: str = "salt") -> Traces:
    traces = Traces(path, salt, World(facts))
    traces.load()
    return traces


def test_a_section_is_left_alone_where_all_its_facts_stand(tmp_path: Path):
    noted(tmp_path / "t", {"entry a": 1, "entry b": 1}, {"ask/a/": {"entry a"}, "ask/b/": {"entry a", "entry b"}})
    traces = kept(tmp_path / "t", {"entry a": 1, "entry b": 2})
    assert traces.files("ask/a/") == FILES
    assert traces.files("ask/b/") is None
    assert traces.files("ask/c/") is None


def test_a_fact_that_is_gone_is_not_as_it_was(tmp_path: Path):
    noted(tmp_path / "t", {"entry a": 1}, {"ask/a/": {"entry a"}})
    assert kept(tmp_path / "t", {}).files("ask/a/") is None


def test_a_section_that_asked_for_nothing_or_saw_everything_has_no_trace(tmp_path: Path):
    traces = Traces(tmp_path / "t", "salt", World({}))
    traces.note("about/", set(), FILES)
    traces.note("map/", None, FILES)
    traces.save()
    after = kept(tmp_path / "t", {})
    assert after.files("about/") is None
    assert after.files("map/") is None


def test_traces_that_were_made_with_another_look_are_none(tmp_path: Path):
    noted(tmp_path / "t", {"entry a": 1}, {"ask/a/": {"entry a"}})
    assert kept(tmp_path / "t", {"entry a": 1}, "other").files("ask/a/") is None


def test_damaged_traces_are_none_and_no_error(tmp_path: Path):
    path = tmp_path / "t"
    noted(path, {"entry a": 1}, {"ask/a/": {"entry a"}})
    whole = path.read_bytes()
    for data in (*(whole[:size] for size in range(0, len(whole), 7)), whole + b"x", b"soup"):
        path.write_bytes(data)
        assert kept(path, {"entry a": 1}).files("ask/a/") is None


def test_where_traces_cannot_be_kept_the_build_goes_on(tmp_path: Path):
    (tmp_path / "t").mkdir()
    noted(tmp_path / "t", {"entry a": 1}, {"ask/a/": {"entry a"}})
    assert kept(tmp_path / "t", {"entry a": 1}).files("ask/a/") is None


def test_what_nobody_asks_for_any_more_is_forgotten(tmp_path: Path):
    path, facts = tmp_path / "t", {f"entry {number}": 1 for number in range(100)}
    noted(path, facts, {f"ask/{number}/": {f"entry {number}"} for number in range(100)})
    size = path.stat().st_size
    traces = kept(path, facts)
    assert traces.files("ask/7/") == FILES
    traces.save()
    assert path.stat().st_size < size / 20
    assert kept(path, facts).files("ask/7/") == FILES


def test_a_version_that_was_compared_is_not_made_twice(tmp_path: Path):
    facts = {"entry a": 1}
    noted(tmp_path / "t", facts, {"ask/a/": {"entry a"}})
    world = World(facts)
    traces = Traces(tmp_path / "t", "salt", world)
    traces.load()
    traces.files("ask/a/")
    traces.save()
    assert world.asked == 1


names = st.sampled_from("abcdefgh")
worlds = st.dictionaries(names, st.integers(0, 2))


@given(st.lists(st.tuples(worlds, st.dictionaries(st.sampled_from("uvwxyz"), st.sets(names, min_size=1))), min_size=2))
def test_whatever_builds_there_were_only_what_stands_is_left_alone(
    builds: list[tuple[dict[str, int], dict[str, set[str]]]],
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t")
        before: dict[str, dict[str, int | None]] = {}
        for facts, sections in builds:
            traces = kept(path, facts)
            now = {}
            for url, asked in sections.items():
                stands = url in before and all(facts.get(fact) == version for fact, version in before[url].items())
                assert (traces.files(url) is not None) == stands
                if not stands:
                    traces.note(url, asked, FILES)
                now[url] = before[url] if stands else {fact: facts.get(fact) for fact in asked}
            traces.save()
            before = now
