"""The files under papers/ have one form; what is wrong in them is said with its line, and the rest is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite.categories import CATEGORIES
from agsite.ids import PaperId
from agsite.papers import dump_files, dumps, loads, loads_all
from agsite.records import Author, Paper
from agsite.suspects import suspects

SOUP = Paper(
    id=PaperId("AG-2026.03-1712"),
    title="Soup of Größe “x”",
    authors=(Author(family="Ladle", given="Ada"), Author(family="The Spoon Collaboration")),
    arxiv_id="2603.00001",
    published="2026-03-05",
    categories=("hep-ph",),
)
BOWL = Paper(id=PaperId("AG-2026.04-007"))

TEXT = st.text(st.characters(codec="utf-8")).filter(lambda text: not suspects(text))
PAPERS = st.lists(
    st.builds(
        Paper,
        id=st.builds(
            "AG-{:04d}.{:02d}-{:03d}".format, st.integers(1991, 2031), st.integers(1, 12), st.integers(0, 999_999)
        ),
        title=st.none() | TEXT,
        authors=st.lists(st.builds(Author, family=TEXT, given=TEXT), max_size=3).map(tuple),
        abstract=st.none() | TEXT,
        summary=st.none() | TEXT,
        arxiv_id=st.sampled_from([None, "0704.0001", "2606.13780", "hep-ph/9901234"]),
        doi=st.sampled_from([None, "10.1103/physrevd.76.013009", "10.1000/<a>(b)"]),
        published=st.none() | st.dates().map(str) | st.dates().map(lambda day: str(day)[:7]) | st.just("2026"),
        categories=st.lists(st.sampled_from(sorted(CATEGORIES)), max_size=3).map(tuple),
    ),
    unique_by=lambda paper: paper.id.key,
)


def test_a_paper_is_one_line_with_its_keys_in_order_and_nothing_absent():
    assert dumps([BOWL, SOUP]) == (
        '{"id":"AG-2026.03-1712","title":"Soup of Größe “x”","authors":[{"family":"Ladle","given":"Ada"},'
        '{"family":"The Spoon Collaboration"}],"arxiv_id":"2603.00001","published":"2026-03-05",'
        '"categories":["hep-ph"]}\n'
        '{"id":"AG-2026.04-007"}\n'
    )


@given(PAPERS)
def test_reading_what_was_written_gives_the_same_papers(papers: list[Paper]):
    in_order = tuple(sorted(papers, key=lambda paper: paper.id))
    assert loads(dumps(papers), "x.jsonl") == (in_order, ())
    assert loads_all(dump_files(papers, {}).items()) == (in_order, ())


@given(PAPERS)
def test_there_is_one_form_of_a_file(papers: list[Paper]):
    assert dumps(loads(dumps(papers), "x.jsonl")[0]) == dumps(reversed(papers)) == dumps(papers)


def test_papers_are_sorted_by_number_not_by_letter():
    text = dumps([Paper(id=PaperId(id)) for id in ("AG-2026.01-1031", "AG-2026.01-735", "AG-2025.12-001")])
    assert [line[7:-2] for line in text.splitlines()] == ["AG-2025.12-001", "AG-2026.01-735", "AG-2026.01-1031"]


def test_each_month_has_a_file():
    assert dump_files([BOWL, SOUP], {}) == {"2026-03.jsonl": dumps([SOUP]), "2026-04.jsonl": dumps([BOWL])}


def test_a_paper_stays_in_the_file_where_it_stands_and_only_what_changes_is_written():
    old = {"own.jsonl": dumps([BOWL]), "2026-03.jsonl": dumps([SOUP])}
    other = Paper(id=PaperId("AG-2026.04-9"))
    assert dump_files([BOWL, SOUP], old) == {}
    assert dump_files([BOWL, SOUP, other], old) == {"2026-04.jsonl": dumps([other])}
    changed = BOWL.model_copy(update={"title": "Bowls"})
    assert dump_files([changed, SOUP], old) == {"own.jsonl": dumps([changed])}


@given(PAPERS, PAPERS, st.data())
def test_files_hold_every_paper_once_whatever_was_there(before: list[Paper], after: list[Paper], data: st.DataObject):
    names = data.draw(
        st.lists(st.sampled_from(["a.jsonl", "2026-01.jsonl"]), min_size=len(before), max_size=len(before))
    )
    old = {name: dumps([p for p, n in zip(before, names, strict=True) if n == name]) for name in set(names)}
    papers = {paper.id.key: paper for paper in (*before, *after)}
    got, findings = loads_all((old | dump_files(papers.values(), old)).items())
    assert not findings
    assert {paper.id.key: paper for paper in got} == papers


@pytest.mark.parametrize("char", ["\u202e", "\x1b", "\x00", "\u2066", "\U000e0041"])
@pytest.mark.parametrize("field", ["title", "abstract", "summary", "family"])
def test_no_field_hides_or_reorders_text(field: str, char: str):
    value = f"Soup {char} and spoons"
    author = Author(family=value if field == "family" else "Ladle")
    paper = BOWL.model_copy(update={"authors": (author,)} | ({} if field == "family" else {field: value}))
    papers, (finding,) = loads(dumps([SOUP, paper]), "x.jsonl")
    assert papers == (SOUP,)
    assert (finding.code, finding.line) == ("AG403", 2)
    assert f"U+{ord(char):04X}" in finding.message


@pytest.mark.parametrize("fact", ['"doi":"10.1000/a\\u202eb"', '"categories":["hep\\u202e"]'])
def test_no_identifier_reorders_text(fact: str):
    papers, (finding,) = loads(f'{{"id":"AG-2026.03-001",{fact}}}', "x.jsonl")
    assert (papers, finding.code, finding.line) == ((), "AG403", 1)


@pytest.mark.parametrize(("field", "most"), [("title", 1_000), ("abstract", 20_000), ("summary", 20_000)])
def test_a_text_has_an_end(field: str, most: int):
    fits, too_long = (BOWL.model_copy(update={field: "a" * size}) for size in (most, most + 1))
    assert loads(dumps([fits]), "x.jsonl") == ((fits,), ())
    papers, (finding,) = loads(dumps([SOUP, too_long]), "x.jsonl")
    assert (papers, finding.code, finding.line) == ((SOUP,), "AG403", 2)
    assert finding.message == f"the {field} has {most + 1:,} characters, more than {most:,}"


def test_what_looks_like_a_key_has_the_code_whose_line_is_not_shown():
    paper = BOWL.model_copy(update={"abstract": "sk-ant-" + "a" * 40})
    (finding,) = loads(dumps([paper]), "x.jsonl")[1]
    assert finding.code == "AG142"


@pytest.mark.parametrize("date", ["2026-02-31", "2026-13", "2026-1", "26", "2026-02-29"])
def test_a_day_that_does_not_exist_is_no_date(date: str):
    (finding,) = loads(f'{{"id":"AG-2026.03-001","published":"{date}"}}', "x.jsonl")[1]
    assert date in finding.message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "the line is not JSON: expected ident at line 1 column 2"),
        ("[1]", "the line: Input should be an object"),
        ("{}", "“id”: Field required"),
        ('{"id": "AG-1"}', "“id”: Value error, “AG-1” is not a paper id; it must look like AG-2026.03-1712"),
        ('{"id": "AG-2026.03-1", "zzzzqqq": "x"}', "“zzzzqqq” is not a key of a paper"),
        ('{"id": "AG-2026.03-1", "titel": "x"}', "“titel” is not a key of a paper; the nearest is “title”"),
        (
            '{"id": "AG-2026.03-1", "authors": [{"family": "x", "givn": "y"}]}',
            "“authors.0.givn” is not a key of a paper; the nearest is “given”",
        ),
        ('{"id": "AG-2026.03-1", "title": 5}', "“title”: Input should be a valid string"),
        (
            '{"id": "AG-2026.03-1", "published": "May 2026"}',
            "“published” is “May 2026”, not a date like 2026-03-05, 2026-03 or 2026",
        ),
        (
            '{"id": "AG-2026.03-1", "arxiv_id": "arXiv:2603.00001v2"}',
            "“arxiv_id” is “arXiv:2603.00001v2”, not an id like 2606.13780 or hep-ph/9901234",
        ),
        ('{"id": "AG-2026.03-1", "doi": "doi:X"}', "“doi” is “doi:X”, not a DOI in lower case like 10.1000/abc"),
    ],
)
def test_a_line_that_cannot_be_read_is_located_and_the_others_are_read(line: str, message: str):
    papers, findings = loads(f"{dumps([SOUP])}\n{line}\n{dumps([BOWL])}", "papers/x.jsonl")
    assert papers == (SOUP, BOWL)
    assert [(finding.code, finding.path, finding.line, finding.message) for finding in findings] == [
        ("AG403", "papers/x.jsonl", 3, message)
    ]


def test_a_key_that_nothing_resembles_is_told_with_those_that_there_are():
    (finding,) = loads('{"id": "AG-2026.03-1", "zzzzqqq": "x"}', "x.jsonl")[1]
    assert finding.help.startswith("Known keys: id, title, ")


def test_a_paper_given_twice_is_kept_once_and_both_places_are_named():
    other = '{"id": "AG-2026.03-01712", "title": "Other"}'
    papers, findings = loads_all([("b.jsonl", other), ("a.jsonl", dumps([BOWL, SOUP]))])
    assert papers == (SOUP, BOWL)
    assert str(findings[0]) == "b.jsonl:1: error AG404 AG-2026.03-01712 already stands in a.jsonl:1"


@given(st.text())
def test_no_text_makes_reading_fail(text: str):
    loads(text, "x.jsonl")


def test_deep_nesting_and_windows_line_ends_are_survived():
    papers, findings = loads(f"\ufeff{dumps([SOUP, BOWL])}{'[' * 100_000}\n".replace("\n", "\r\n"), "x.jsonl")
    assert (papers, [finding.line for finding in findings]) == ((SOUP, BOWL), [3])
