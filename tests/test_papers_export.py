"""What other tools read from the exports is what the archive knows: checked with parsers that are not ours."""

from __future__ import annotations

import json
import unicodedata

import pybtex.database
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from agsite.ids import PaperId
from agsite.papers import ET_AL, Reference, read_bibtex, read_csl, to_bibtex, to_csl, to_ris
from agsite.papers.latex import from_text, to_text
from agsite.records import Author

ID = PaperId("AG-2026.03-1712")
FULL = Reference(
    id=ID,
    title='A "Soup" of {B} & $B_s^0\\to\\mu$: 50% of café_x #1 — ~x^2 \\ $5',
    authors=(
        Author(family="van der Spoon", given="Floris"),
        Author(family="Müller & Söhne", given="A. B."),
        Author(family="The Ladle and Bowl Collaboration"),
        Author(family="Cup, Inc."),
    ),
    arxiv_id="2603.00001",
    doi="10.1000/a_b(c)",
    published="2026-03-05",
    category="hep-ph",
    url="https://example.org/paper/AG-2026.03-1712/?a=1&b=%20#x_y",
)
BARE = Reference(id=PaperId("AG-2026.04-007"))

# Every character that means something to one of the formats, in every order.
SPECIAL = st.sampled_from([*'&_%#${}\\"~^<>,=@|`', "$x_1$", r"$\{$", " and ", "é", "B", "--", "1", "ER  - "])
TITLES = st.lists(SPECIAL | st.characters(codec="utf-8", categories=["L", "N", "S"]), min_size=1).map(
    lambda letters: unicodedata.normalize("NFC", "".join(letters))
)
NAMES = st.text(st.sampled_from("abcABC éü.-'{}&"), min_size=1).map(lambda name: " ".join(name.split())).filter(bool)


def by_pybtex(text: str) -> pybtex.database.BibliographyData:
    return pybtex.database.parse_string(text, "bibtex")


def test_bibtex_is_what_people_would_write():
    assert to_bibtex([FULL._replace(title="Soup of $B_s$ & Co")], "Example Archive") == (
        "@misc{AG-2026.03-1712,\n"
        "  author = {van der Spoon, Floris and Müller \\& Söhne, A. B. and {The Ladle and Bowl Collaboration}"
        " and {Cup, Inc.}},\n"
        "  title = {{Soup of $B_s$ \\& Co}},\n"
        "  year = {2026},\n"
        "  month = mar,\n"
        "  eprint = {2603.00001},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {hep-ph},\n"
        "  doi = {10.1000/a_b(c)},\n"
        "  url = {https://example.org/paper/AG-2026.03-1712/?a=1&b=%20#x_y},\n"
        "  note = {Example Archive id AG-2026.03-1712},\n"
        "}\n"
    )


@pytest.mark.parametrize("arxiv_id", [None, "2603.00001"])
def test_a_category_of_any_signs_stays_in_its_field(arxiv_id: str | None):
    """Answers may give any category: that arXiv has no such one is a warning."""
    category = "a},title={b}, 50%\\"
    bibtex = to_bibtex([BARE._replace(category=category, arxiv_id=arxiv_id), FULL])
    first, second = by_pybtex(bibtex).entries.values()
    assert "title" not in first.fields
    assert to_text(first.fields["primaryClass" if arxiv_id else "keywords"]) == category
    assert second.fields["primaryClass"] == "hep-ph"


def test_what_is_not_known_is_not_written():
    assert to_bibtex([BARE]) == "@misc{AG-2026.04-007,\n  year = {2026},\n  month = apr,\n}\n"
    assert to_ris([BARE]) == "TY  - UNPB\r\nID  - AG-2026.04-007\r\nPY  - 2026\r\nDA  - 2026/04//\r\nER  - \r\n"
    assert json.loads(to_csl([BARE])) == [
        {"id": "AG-2026.04-007", "type": "article", "genre": "preprint", "issued": {"date-parts": [[2026, 4]]}}
    ]


def test_another_bibtex_parser_reads_the_same_paper():
    entry = by_pybtex(to_bibtex([FULL, BARE], "Example")).entries[str(ID)]
    assert to_text(entry.fields["title"]) == FULL.title
    assert (entry.fields["doi"], entry.fields["url"]) == (FULL.doi, FULL.url)
    assert (entry.fields["year"], entry.fields["month"]) == ("2026", "March")
    people = [
        (" ".join(person.prelast_names + person.last_names), " ".join(person.first_names + person.middle_names))
        for person in entry.persons["author"]
    ]
    assert [(to_text(family), given) for family, given in people] == [(a.family, a.given) for a in FULL.authors]


def test_our_own_readers_read_our_own_exports():
    for read, write in ((read_bibtex, to_bibtex), (read_csl, to_csl)):
        full, bare = read(write([FULL, BARE._replace(title="Bowl")], "Example")).entries
        assert (full.id, full.title, full.authors) == (ID, FULL.title, FULL.authors)
        assert (full.arxiv_id, full.doi) == (FULL.arxiv_id, FULL.doi)
        assert full.published in {FULL.published, "2026-03"}
        assert (bare.id, bare.published) == (BARE.id, "2026-04")


def test_left_out_authors_are_said_to_be_left_out():
    reference = BARE._replace(authors=(Author(family="Ladle", given="Ada"), ET_AL))
    assert "author = {Ladle, Ada and others}" in to_bibtex([reference])
    assert "AU  - et al." in to_ris([reference])
    titled = reference._replace(title="Soup")
    assert read_bibtex(to_bibtex([titled])).entries[0].authors == reference.authors
    assert read_csl(to_csl([titled])).entries[0].authors == reference.authors


def test_the_note_names_the_archive_that_it_is_told():
    assert "note = {Example \\& Co id AG-2026.03-1712}" in to_bibtex([FULL], "Example & Co")
    assert json.loads(to_csl([FULL], "Example"))[0]["note"] == "Example id AG-2026.03-1712"
    assert "N1  - Example id AG-2026.03-1712\r\n" in to_ris([FULL], "Example")
    assert not any("note" in export for export in (to_bibtex([FULL]), to_csl([FULL])))


@given(title=TITLES, author=st.builds(Author, family=NAMES, given=NAMES | st.just("")))
def test_any_title_and_name_survive_bibtex(title: str, author: Author):
    written = Reference(id=BARE.id, title=title, authors=(author,))
    text = to_bibtex([written, FULL], "Example")
    theirs = by_pybtex(text).entries
    assert list(theirs) == [written.id, FULL.id]
    first, second = read_bibtex(text).entries
    assert (second.title, second.authors) == (FULL.title, FULL.authors)
    assert first.title == to_text(theirs[written.id].fields["title"]) == to_text(from_text(title))
    assert [read.name for read in first.authors] == [to_text(from_text(author.name))]


@given(st.text(SPECIAL.filter(lambda text: len(text) == 1), max_size=60))
def test_latex_from_any_text_has_balanced_braces(text: str):
    depth = 0
    for character in from_text(text):
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0


@given(st.text(st.sampled_from('ab &_%#{}\\"~^<>,=@|é'), max_size=60).map(lambda text: " ".join(text.split())))
def test_text_without_dollars_dashes_and_quotes_survives_latex_unchanged(text: str):
    assert to_text(from_text(text)) == text


def test_formulas_are_kept_as_they_are():
    assert from_text("a_b $x_1 \\& y$ & $5") == "a\\_b $x_1 \\& y$ \\& \\$5"
    assert from_text("$5\\%$ and 5% and $50%$") == "$5\\%$ and 5\\% and $50\\%$"
    assert from_text("an open $\\{$ brace") == "an open \\$\\textbackslash{}\\textbraceleft{}\\$ brace"


@pytest.mark.parametrize(
    "formula",
    [
        *(r"$\input{/etc/passwd}$", r"$\immediate\write18{id}$", r"$^^5cinput x$", r"$\csname input\endcsname x$"),
        *(r"$\begin{input}{/etc/passwd}\end{input}$", r"$\href{run:calc.exe}{x}$"),
        *(r"$\directlua{x}$", r"$\def\a{b}$", r"$\newcommand{\a}{b}$", r"$\let\a\b$", r"$\includegraphics{x}$"),
    ],
)
def test_a_formula_that_does_more_than_show_something_is_text(formula: str):
    assert from_text(f"On {formula}.").replace(r"\textbackslash{}", "").count("\\$") == 2
    assert "\\input" not in from_text(formula)
    assert to_text(from_text(formula)) == formula


@pytest.mark.parametrize(
    "formula", [r"$\inf_x \left| \leq \int \infty \right|$", r"$\mathfrak{f} \text{def} \lesssim \pi$"]
)
def test_a_formula_that_shows_something_stays_one(formula: str):
    assert from_text(formula) == formula


@given(title=TITLES, authors=st.lists(st.builds(Author, family=NAMES, given=NAMES), max_size=3))
def test_an_independent_ris_parser_reads_the_same_paper(title: str, authors: list[Author]):
    references = [FULL._replace(title=title, authors=tuple(authors)), FULL]
    first, second = rispy.loads(to_ris(references, "Example"))
    assert first["title"] == " ".join(title.split())
    assert first.get("authors", []) == [f"{author.family}, {author.given}" for author in authors]
    assert (second["title"], second["doi"]) == (FULL.title, FULL.doi)
    assert (second["id"], second["type_of_reference"], second["urls"]) == (ID, "UNPB", [FULL.url])
    assert (second["year"], second["date"], second["keywords"]) == ("2026", "2026/03/05/", ["hep-ph"])


# The properties of the CSL-JSON schema (version 1.0.2) that the export uses, with their types there.
CSL_TYPES = {
    "id": str,
    "type": str,
    "genre": str,
    "title": str,
    "author": list,
    "issued": dict,
    "publisher": str,
    "number": str,
    "DOI": str,
    "URL": str,
    "categories": list,
    "archive": str,
    "archive_location": str,
    "note": str,
}


@given(title=TITLES)
def test_csl_items_keep_the_schema_and_every_character(title: str):
    item, bare = json.loads(to_csl([FULL._replace(title=title), BARE], "Example"))
    assert item["title"] == title
    for key, value in (*item.items(), *bare.items()):
        assert isinstance(value, CSL_TYPES[key])
    assert item["type"] == "article"  # the type that the schema's documentation gives to preprints
    assert item["issued"] == {"date-parts": [[2026, 3, 5]]}
    assert all(set(name) in ({"family", "given"}, {"literal"}) for name in item["author"])


def test_csl_is_utf_8_that_people_can_read():
    assert "Müller & Söhne" in to_csl([FULL])


@pytest.mark.parametrize("write", [to_bibtex, to_ris, to_csl])
def test_the_order_given_is_the_order_written(write):
    text = write([BARE, FULL])
    assert text.index(str(BARE.id)) < text.index(str(FULL.id))
