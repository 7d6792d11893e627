"""Bibliographies of every format are read, each bad entry is reported where it stands, and no good one is lost."""

from __future__ import annotations

import doctest
import importlib
import json
import logging
import pkgutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite import papers
from agsite.papers import ET_AL, Bibliography, Imported, read_arxiv, read_bibtex, read_csl
from agsite.papers.bibtex import authors_of
from agsite.papers.identifiers import arxiv_id, arxiv_id_in, arxiv_month, doi
from agsite.papers.latex import to_text
from agsite.records import Author

CASES = Path(__file__).parent / "cases" / "papers"
SHARED = Path(__file__).parents[2] / "shared"


def case(name: str) -> str:
    return (CASES / name).read_text(encoding="utf-8")


def shared(name: str) -> str:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs the real data in ../shared/{name}, which is not part of the repository")
    return path.read_text(encoding="utf-8")


def places(read: Bibliography) -> list[tuple[int, str]]:
    return [(finding.line, finding.message) for finding in read.findings]


@pytest.fixture(scope="module")
def bibtex() -> dict[str, Imported]:
    read = read_bibtex(case("accents-strings-and-months.bib"), "a.bib")
    assert read.findings == ()
    return {entry.title.split()[0]: entry for entry in read.entries}


def test_bibtex_accents_become_unicode_and_formulas_stay(bibtex: dict[str, Imported]):
    assert bibtex["Soup"].title == r"Soup and Neural Networks: from $\sqrt{s}=13$ TeV to $\tau$ leptons & back"
    assert [author.name for author in bibtex["Soup"].authors] == [
        "Łucja Kowalska",
        "Jörg Müller",
        "Íñigo Sánchez-Núñez",
        "Ayşe Şahin",
        "et al.",
    ]


def test_a_tilde_in_a_name_is_an_accent_or_a_space():
    names = r"Crispim Rom\~ao, Miguel and Jo\~{a}o P.~Silva and {\~N}u\~nez~Sousa, \~{\i}."
    (entry,) = read_bibtex(f'@misc{{x, title = "T", author = "{names}"}}').entries
    assert [author.name for author in entry.authors] == ["Miguel Crispim Romão", "João P. Silva", "ĩ. Ñuñez Sousa"]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (r"\'Etienne Ducas", "Étienne Ducas"),
        (r"\AA ngstr{\"o}m, Anna", "Anna Ångström"),
        (r"{\O}rsted, Hans", "Hans Ørsted"),
        (r"\v{S}im\c{s}ek, K.", "K. Šimşek"),
    ],
)
def test_a_name_that_begins_with_a_command_is_read_like_the_first_one(name: str, read: str):
    assert [author.name for author in authors_of(f"Lee, A. and {name} AND\n  {name}")] == ["A. Lee", read, read]


def test_authors_that_a_bibliography_leaves_out_are_not_forgotten(bibtex: dict[str, Imported]):
    assert bibtex["Soup"].authors[-1] == ET_AL


def test_what_would_be_refused_later_is_refused_now():
    items = [{"title": "A", "abstract": "a" * 20_001}, {"title": "B"}, {"title": "C" * 1_001}]
    entries, findings = read_csl(json.dumps(items))
    assert [entry.title for entry in entries] == ["B"]
    assert [(finding.code, finding.message) for finding in findings] == [
        ("AG405", "the abstract has 20,001 characters, more than 20,000"),
        ("AG405", "the title has 1,001 characters, more than 1,000"),
    ]


def test_identifiers_are_read_in_their_normal_forms(bibtex: dict[str, Imported]):
    assert (bibtex["Soup"].arxiv_id, bibtex["Soup"].doi) == ("2401.01234", "10.1000/soup.2024_7")
    assert (bibtex["Stirring"].arxiv_id, bibtex["Stirring"].categories) == ("hep-ex/0103007", ("hep-ex",))


def test_bibtex_strings_are_put_in_and_joined(bibtex: dict[str, Imported]):
    assert bibtex["Spoons"].title == "Spoons and Ladles"
    assert bibtex["Spoons"].published == "2020-02"


def test_names_keep_their_particles_suffixes_and_braces(bibtex: dict[str, Imported]):
    assert bibtex["Spoons"].authors == (
        Author(family="van der Spoon", given="Floris"),
        Author(family="The Ladle Collaboration"),
        Author(family="Bowl Jr.", given="Ray"),
        Author(family="Cup III", given="Anna"),
    )


def test_an_entry_filed_under_an_archive_id_says_whose_it_is(bibtex: dict[str, Imported]):
    entry = bibtex["Stirring"]
    assert (entry.id, entry.published) == ("AG-2025.03-0042", "2001-03-02")
    assert entry.title == "Stirring at LHCb—a first look"
    assert entry.authors == (Author(family="Whisk", given="Paula"),)


def test_the_month_is_that_of_the_preprint_not_of_the_journal(bibtex: dict[str, Imported]):
    assert (bibtex["Preprint"].arxiv_id, bibtex["Preprint"].published) == ("1912.00001", "2019-12")


@pytest.mark.parametrize(
    "field",
    [
        "url = {https://arxiv.org/abs/2503.01234v2}",
        "journal = {arXiv preprint arXiv:2503.01234}",
        "note = {Also as arXiv:2503.01234 [hep-ph]}",
        r"howpublished = {\url{https://arxiv.org/pdf/2503.01234}}",
        "doi = {10.48550/arXiv.2503.01234}",
        "arxivId = {2503.01234}",
        "arxivId = {arXiv:2503.01234}",
        "eprint = {2503.01234}, eprinttype = {arXiv}",
    ],
)
def test_an_arxiv_id_is_found_in_whatever_field_it_stands(field: str):
    (entry,) = read_bibtex(f"@misc{{soup, title = {{Soup}}, {field}}}").entries
    assert (entry.arxiv_id, entry.published) == ("2503.01234", "2025-03")


def test_entries_know_their_place(bibtex: dict[str, Imported]):
    assert (bibtex["Soup"].path, bibtex["Soup"].line) == ("a.bib", 7)
    assert read_bibtex("@misc{soup, title = {Soup}}").entries[0].line == 1


def test_one_bad_bibtex_entry_does_not_stop_the_others():
    read = read_bibtex(case("broken-entries.bib"), "b.bib")
    assert [entry.title for entry in read.entries] == [
        "Read Before the Trouble",
        "Read After a Missing Brace",
        "The Same Twice",
        "Read Under a Key Used Before",
        "Strange Category",
        "Read at the End",
    ]
    assert [(finding.line, finding.code) for finding in read.findings] == [
        (2, "AG405"),
        (4, "AG405"),
        (5, "AG405"),
        (6, "AG405"),
        (9, "AG205"),
        (10, "AG405"),
    ]
    assert str(read.findings[3]) == "b.bib:6: error AG405 the entry gives “title” twice, with different values"


def test_an_unknown_category_is_left_out_and_said():
    read = read_bibtex(case("broken-entries.bib"))
    strange = next(entry for entry in read.entries if entry.title == "Strange Category")
    assert strange.categories == ()
    assert (9, "“hep-xx” is not an arXiv category and was left out") in places(read)


def test_a_text_without_any_entry_is_no_bibliography():
    assert places(read_bibtex("Dear librarian, here are my papers.")) == [(1, "there is no BibTeX entry in the text")]
    assert read_bibtex(" \n") == Bibliography((), ())


def test_arxiv_metadata_is_read_without_its_line_breaks_and_latex():
    entry = read_arxiv(case("arxiv-metadata.jsonl"), "a.jsonl").entries[0]
    assert entry == Imported(
        title=r"A study of $B\to\pi$ soup at 5% accuracy and Gröbner bases",
        authors=(
            Author(family="Stirrer", given="A."),
            Author(family="Größe Jr", given="B.-C."),
            Author(family="The Ladle Collaboration"),
        ),
        abstract="We stiré the soup & wait; the result is $x_1$ mm.",
        arxiv_id="0704.0001",
        doi="10.1000/abc",
        published="2007-04-02",
        categories=("hep-ph", "math.AC"),
        path="a.jsonl",
        line=1,
    )


def test_an_arxiv_line_without_parsed_authors_or_versions_still_says_enough():
    entry = read_arxiv(case("arxiv-metadata.jsonl")).entries[1]
    assert (entry.arxiv_id, entry.published) == ("math/9905123", "1999-05")
    assert entry.authors == (Author(family="Ladle", given="Ada"), Author(family="van der Bowl", given="Bo"))


def test_one_bad_arxiv_line_does_not_stop_the_others():
    read = read_arxiv(case("arxiv-metadata.jsonl"))
    assert read.entries[2].id == "AG-2026.03-1712"
    assert places(read) == [
        (1, "“hep-xx” is not an arXiv category and was left out"),
        (3, "the line is not JSON: Expecting value at column 1"),
        (4, "the line is not a JSON object"),
        (6, "the entry has no title"),
        (7, "“authors_parsed” is not a list of family name, given name, suffix"),
    ]


def test_csl_items_are_read():
    soup, journal, own = read_csl(case("items.csl.json"), "items.json").entries
    assert soup == Imported(
        title="Soup of B mesons & R_K",
        authors=(
            Author(family="van der Spoon Jr.", given="Floris"),
            Author(family="The Ladle Collaboration"),
            Author(family="Sudha"),
            ET_AL,
        ),
        arxiv_id="2405.01234",
        published="2024-05-17",
        path="items.json",
        line=2,
    )
    assert (journal.arxiv_id, journal.doi, journal.published) == ("hep-ph/0007001", "10.1000/bowl", "2020-07")
    assert (own.id, own.arxiv_id, own.published) == ("AG-2026.03-1712", "2603.00001", "2026-03")


def test_one_bad_csl_item_does_not_stop_the_others():
    assert places(read_csl(case("items.csl.json"))) == [
        (14, "the entry has no title"),
        (15, "there is no CSL item here"),
        (16, "“title” is not a text"),
        (17, "“issued” is not a date"),
        (20, "there is no CSL item here: Expecting property name enclosed in double quotes"),
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Heat &amp; <i>cold</i> at T &lt; 4 K", "Heat & cold at T < 4 K"),
        ("The &#946; decay&#x2009;rate &mdash; again", "The β decay rate — again"),
        ("AT&T, R&D and x&not y; &nosuch; &amp;lt;", "AT&T, R&D and x&not y; &nosuch; &lt;"),
        ("Soup&#10;and&#x202e; spoons", "Soup and spoons"),
    ],
)
def test_entities_in_a_csl_item_are_the_characters_that_they_name(written: str, read: str):
    (entry,) = read_csl(json.dumps([{"title": written, "abstract": written}])).entries
    assert (entry.title, entry.abstract) == (read, read)


def test_a_single_csl_item_needs_no_list():
    assert [entry.title for entry in read_csl('{"title": "Alone"}').entries] == ["Alone"]


@pytest.mark.parametrize("read", [read_arxiv, read_bibtex, read_csl])
@given(text=st.text(alphabet=st.sampled_from('@{}[]"\\,=#$%&~\n abcé1:-_') | st.characters(), max_size=200))
def test_no_text_makes_a_reader_fail(read, text: str):
    assert isinstance(read(text), Bibliography)


@given(
    fields=st.dictionaries(
        st.sampled_from(["title", "author", "year", "month", "eprint", "doi", "abstract", "primaryClass", "date"]),
        st.text(st.sampled_from("{}\"\\$ ,~'ouandv.#/-1290é&%^") | st.characters(codec="utf-8"), max_size=40),
    )
)
def test_no_field_makes_a_reader_fail(fields: dict[str, str]):
    body = "".join(f"{name} = {{{value}}},\n" for name, value in fields.items())
    read_bibtex(f"@article{{key,\n{body}}}")
    read_arxiv(json.dumps(fields))
    read_csl(json.dumps([fields]))


HUGE = "9" * 5000
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from([10**20, 1e999]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_csl, '[{"id":"a","title":"A","issued":{"date-parts":[[99999999999999999999]]}},{"id":"b","title":"B"}]'),
        (read_csl, '[{"id":"a","title":"A","issued":{"date-parts":[[1e999]]}},{"id":"b","title":"B"}]'),
        (read_arxiv, '{"id":"2601.00001","title":"A","authors_parsed":[["Doe",null,""]]}\n{"id":"2601.2","title":"B"}'),
        (read_arxiv, '{"id":"2601.00001","title":"A","authors_parsed":["Doe"]}\n{"id":"2601.00002","title":"B"}'),
        (read_arxiv, f'{{"id":"2601.00001","title":"A","n":{HUGE}}}\n{{"id":"2601.00002","title":"B"}}'),
    ],
)
def test_an_odd_value_leaves_out_its_own_entry_alone(read, text: str):
    found = read(text)
    assert [entry.title for entry in found.entries] == ["B"]
    assert [finding.code for finding in found.findings] == ["AG405"]


def test_a_number_that_nothing_can_hold_is_the_affair_of_its_own_item():
    dated = f'{{"title":"C","issued":{{"date-parts":[[{HUGE}]]}}}}'
    found = read_csl(f'[{{"title":"A","volume":{HUGE}}},\n{dated},\n{{"title":"B"}}]')
    assert [entry.title for entry in found.entries] == ["A", "B"]
    assert places(found) == [(2, "“issued” is not a date")]


@pytest.mark.parametrize("text", ["10.1000/a\ud800", "https://doi.org/10.1000/a%E2%80%AEb"])
def test_a_doi_that_hides_something_is_none(text: str):
    assert doi(text) is None


def test_a_day_beyond_all_calendars_is_left_out():
    (entry,) = read_bibtex("@misc{a, title={A}, year={2020}, month={3}, day={99999999999999999999}}").entries
    assert entry.published == "2020"


@given(st.dictionaries(st.sampled_from(["id", "title", "authors_parsed", "versions", "issued", "author", "DOI"]), ODD))
def test_no_value_of_a_field_makes_a_reader_fail(fields: dict[str, object]):
    text = json.dumps({"title": "A"} | fields)
    for read in (read_arxiv, read_csl):
        found = read(text)
        assert len(found.entries) + len([f for f in found.findings if f.code == "AG405"]) == 1


def test_deeply_nested_input_is_a_finding():
    assert places(read_csl("[" * 100_000)) == [(1, "there is no CSL item here: it is nested too deeply")]
    assert read_arxiv('{"title": ' + "[" * 100_000).findings[0].code == "AG405"
    assert read_bibtex("@article{x, title = {" + "{" * 5_000 + r"\'a" + "}" * 5_000 + "}}").entries


def test_hidden_and_steering_characters_do_not_come_in():
    (entry,) = read_arxiv(json.dumps({"title": "A\u202eB\x00C\ud800 D\x85E", "id": "2401.00001"})).entries
    assert entry.title == "ABC D E"


def test_all_of_the_hepml_bibliography_is_read():
    read = read_bibtex(shared("data/hepml.bib"), "hepml.bib")
    assert len(read.entries) == 2422
    assert sum(entry.arxiv_id is not None for entry in read.entries) >= 2378
    assert places(read) == [(32882, "the entry has no title")]  # a dummy entry without fields
    assert not [entry for entry in read.entries if not entry.authors]


def test_all_of_the_arxiv_sample_is_read():
    read = read_arxiv(shared("data/arxiv-metadata-sample.jsonl"))
    assert (len(read.entries), read.findings) == (200, ())
    assert all(entry.authors and entry.abstract and entry.categories for entry in read.entries)
    assert not any("\n" in entry.title or "  " in entry.title for entry in read.entries)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2606.13780", "2606.13780"),
        ("arXiv:2606.13780v2", "2606.13780"),
        ("0704.0001", "0704.0001"),
        ("https://arxiv.org/pdf/2606.13780v1.pdf", "2606.13780"),
        ("HEP-PH/9901234v3", "hep-ph/9901234"),
        ("math.GT/0309136", "math/0309136"),
        ("10.48550/arXiv.2606.13780", None),
        ("2613.13780", None),
        ("hep-ph/9913234", None),
        ("12345", None),
        ("", None),
    ],
)
def test_arxiv_ids_have_one_form(text: str, normal: str | None):
    assert arxiv_id(text) == normal


def test_an_arxiv_id_in_a_sentence_counts_where_it_is_marked():
    assert arxiv_id_in("see arXiv preprint arXiv:2606.13780v2, 2026") == "2606.13780"
    assert arxiv_id_in("10.48550/arXiv.2606.13780") == "2606.13780"
    assert arxiv_id_in("report 2606.13780") is None


@pytest.mark.parametrize(
    ("id", "month"), [("9108.0001", "1991-08"), ("hep-th/9108001", "1991-08"), ("0001.1", "2000-01")]
)
def test_arxiv_ids_tell_the_month(id: str, month: str):
    assert arxiv_month(id) == month


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("10.1103/PhysRevD.76.013009", "10.1103/physrevd.76.013009"),
        ("https://dx.doi.org/10.1000/a%28b%29", "10.1000/a(b)"),
        ("doi: 10.1000/abc.", "10.1000/abc"),
        ("10.1000/first, 10.1000/second", "10.1000/first"),
        ("10.48550/arXiv.2606.13780", None),
        ("n/a", None),
        ("", None),
    ],
)
def test_dois_have_one_form(text: str, normal: str | None):
    assert doi(text) == normal


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"Gr\"obner and Erd\H{o}s, \AA ngstr\"om, {\ss}, \'{\i}", "Gröbner and Erdős, Ångström, ß, í"),
        (r"\emph{one} {\bf two} {Three}", "one two Three"),
        (r"\(a\), \[b\], $$c$$ and $ d $", "$a$, $b$, $c$ and $d$"),
        (r"about $\sim$10 and $m_X$ 2", r"about $\sim{}10$ and $m_X$ 2"),
        (r"z~2 but Fig.~3, Belle~II and $13$~TeV", "z~2 but Fig. 3, Belle II and $13$ TeV"),
        (r"5\% of 5%, R_K # 1 & C^*", "5% of 5%, R_K # 1 & C^*"),
        (r"``so'' -- it's a--b---c", "“so” – it's a–b—c"),
        (r"\ensuremath{\beta}-decay \textrightarrow{} \textbackslash{} \{x\}", "β-decay → \\ {x}"),
        (r"a \$5 note, an open { brace and a lone $ sign", "a $5 note, an open brace and a lone $ sign"),
        (r"\unknown{kept}", "kept"),
        (r"of \ae $y$ and \ss\ too", "of æ $y$ and ß too"),
        (r"{this} is no \verb", r"this is no \verb"),
        ("two\n  lines", "two lines"),
    ],
)
def test_latex_becomes_text(tex: str, text: str):
    assert to_text(tex) == text


def test_what_is_said_of_nothing_is_not_printed(capfd: pytest.CaptureFixture[str]):
    read_bibtex(case("broken-entries.bib"))
    read_bibtex(r"@article{x, title = {A bare \frac and \'}}")
    assert capfd.readouterr() == ("", "")


def test_a_bibliography_that_is_read_anew_leaves_nothing_behind():
    read_bibtex("@article{a, title = {A title}}")
    handlers = [*logging.getLogger("bibtexparser").handlers]
    read_bibtex("@article{b, title = {Another}}")
    assert logging.getLogger("bibtexparser").handlers == handlers


def test_the_examples_in_the_docstrings_hold():
    for module in pkgutil.iter_modules(papers.__path__, "agsite.papers."):
        assert doctest.testmod(importlib.import_module(module.name)).failed == 0
