"""Entries find their papers and nobody else's, whatever their order, and importing twice is importing once."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite import answerfile
from agsite.ids import PaperId
from agsite.papers import ET_AL, Assignment, Imported, assign, read_bibtex, title_key
from agsite.papers.latex import to_text
from agsite.records import Author, Paper

SHARED = Path(__file__).parents[2] / "shared"
SOUP = PaperId("AG-2026.03-1712")
BOWL = PaperId("AG-2026.04-007")


def entry(title: str = "Soup", **fields: object) -> Imported:
    return Imported.model_validate({"title": title, **fields})


def ids(assignment: Assignment) -> dict[str, str]:
    """Which id each entry went to, by its arXiv id or else its title."""
    return {given.arxiv_id or given.title: str(id) for given, id in assignment.matches}


def codes(assignment: Assignment) -> list[str]:
    return [finding.code for finding in assignment.findings]


@pytest.mark.parametrize(
    "other",
    [
        "MUON AND TAU DIPS: a “Soup” of 10−6",
        "Muon & tau dips -- a 'soup' of 10^-6",
        r"Mu{\"o}n \& $\tau$ {D}ips: a ``\emph{Soup}'' of $10^{-6}$",
        "Muón and τ–dips a soup of 10⁻⁶",
        "Muon &amp; tau <i>dips</i>:  a soup of 10<sup>−6</sup>.",
    ],
)
def test_one_title_has_many_spellings(other: str):
    assert title_key("Muon and tau dips: a soup of 10-6") == title_key(other)


def test_titles_of_other_words_are_other_titles():
    assert title_key("Soup of muons I") != title_key("Soup of muons II")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Search for Z' bosons at the LHC", "Search for Z bosons at the LHC"),
        (r"Decays $B^+\to K^+$", r"Decays $B^-\to K^-$"),
        (r"Decays $B^+\to K^+$", r"Decays $B^+\to K^-$"),
        ("The C++ library", "The C library"),
        ("B⁺ decays", "B decays"),
        ("D* mesons", "D mesons"),
        (r"$\eta' K$ decays", r"$\eta K$ decays"),
        ("e+e- collisions", "ee collisions"),
        ("C*-algebras", "C-algebras"),
        (r"$U(1)^\prime$ models", "U(1) models"),
        ("D<sup>*+</sup>", "D<sup>*-</sup>"),
        ("Z'' bosons", "Z' bosons"),
        ("Z'' bosons", "Z bosons"),
        ("Z\u2033 bosons", "Z\u2032 bosons"),
        (r"$Z^{\prime\prime}$ bosons", r"$Z^\prime$ bosons"),
        ("``Soup'' of $Z''$ bosons", "``Soup'' of $Z'$ bosons"),
    ],
)
def test_marks_at_symbols_tell_papers_apart(one: str, other: str):
    assert title_key(one) != title_key(other)
    result = assign([entry(one, doi="10.1000/a")], [(SOUP, other)], [], only_matched=True)
    assert (result.matches, result.papers) == ((), ())


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "Z' bosons",
            "Z’ bosons",
            "Z\u2032 bosons",
            r"$Z'$ bosons",
            r"$Z^\prime$ bosons",
            r"Z$^{\prime}$ bosons",
            "Z$'$ bosons",
        ),
        ("Z' bosons", "Z<sup>\u2032</sup> bosons", "Z-prime bosons", "{Z'} Bosons"),
        (r"$\eta' K$", r"$\eta^\prime K$", "η\u2032K", "η' K", "eta' K"),
        ("e+e- → K", "e⁺e⁻→K", r"$e^+e^-\to K$", "e<sup>+</sup>e<sup>−</sup> → K"),
        (r"$K^-\pi^+$ pairs", "K⁻π⁺ pairs"),
        (r"$D_s^{*+}$", "D_s*+", r"\(D_{s}^{\ast+}\)"),
        ("C*-algebras", "C^*-algebras", "$C^*$-algebras", "C* algebras"),
        ("e-e+ → W-W+", r"$e^-e^+\to W^-W^+$"),
        ("W+jets", "W + jets", "$W$ + jets"),
        (r"$U(1)'$", r"U(1)$^\prime$", "U(1)\u2032"),
        (
            "Z'' bosons",
            "Z\u2033 bosons",
            "Z\u2032\u2032 bosons",
            "$Z''$ bosons",
            "$Z^{''}$ bosons",
            r"$Z^{\prime\prime}$ bosons",
            r"$Z^{\prime}{}^{\prime}$ bosons",
        ),
        (r"$\eta''\to K$", "η'' → K", "η\u2033→K"),
        ("``Model Z'' is soup", "“Model Z” is soup", "''Model Z'' is soup", '"Model Z" is soup', "Model Z is soup"),
        ("``U(1)'' and ``Z''", "“U(1)” and “Z”", "U(1) and Z"),
        ("'Type I' models", "“Type I” models", "``Type I'' models", "`Type I' models", "Type I models"),
        ("B-meson and p-value", "B meson and p value", "$B$–meson and $p$ value"),
        (
            "Noether's theorem, L'Hôpital's rule",
            "Noether’s theorem, L’Hôpital’s rule",
            "Noethers theorem, LHopitals rule",
        ),
        ("SU(3)--SU(2)", "SU(3)–SU(2)", "SU(3)-SU(2)"),
        ("The muons' soup", "The muons soup"),
        ("$B-L$", "B−L", "B-L", "B L"),
    ],
)
def test_a_mark_has_many_spellings_and_a_hyphen_or_an_apostrophe_is_none(spellings: tuple[str, ...]):
    assert {title_key(title) for title in spellings} == {title_key(spellings[0])}
    assert {title_key(to_text(title)) for title in spellings} == {title_key(spellings[0])}


def test_a_title_in_any_script_is_a_title():
    assert title_key("粒子のスープ") != title_key("粒子のボウル")


PIECES = [
    "Z'",
    "Z''",
    "$f''$",
    "``X''",
    "C++",
    "D^*",
    "$B^+$",
    "K^-",
    "soup",
    "of",
    r"$\tau$",
    "Größe",
    "B_s^0",
    "[x]",
    "{Y}",
    "—",
    "café",
    "Ørsted",
    "10^{-6}",
    "“q”",
]
WORDS = st.lists(st.sampled_from(PIECES))


@given(WORDS.map(lambda words: [*words, "soup"]))
def test_case_space_braces_and_latex_conversion_do_not_change_a_title(words: list[str]):
    title = " ".join(words)
    key = title_key(title)
    assert key
    assert title_key(title.upper().replace("\\TAU", "\\tau")) == key
    assert title_key("  ".join(f"{{{word}}}" for word in words)) == key
    assert title_key(to_text(title)) == key
    assert title_key(key) == key


@pytest.mark.parametrize(
    "fields",
    [{"id": "AG-2026.03-01712"}, {"arxiv_id": "2603.00001"}, {"doi": "10.1000/a"}],
)
def test_a_paper_is_found_by_any_identifier(fields: dict[str, str]):
    stored = Paper(id=SOUP, title="Another wording", arxiv_id="2603.00001", doi="10.1000/a")
    result = assign([entry("Soup", abstract="Hot.", **fields)], [], [stored])
    assert result.papers == (stored.model_copy(update={"abstract": "Hot."}),)
    assert (result.changed, result.added, result.left_out) == ((SOUP,), (), ())
    assert result.findings[0].message == "AG-2026.03-1712 is “Another wording” in the archive and “Soup” here"


def test_a_paper_that_only_answers_name_is_found_by_its_title():
    result = assign([entry(r"{S}oup!", arxiv_id="2603.00001")], [(SOUP, "soup")], [])
    assert result.papers == (Paper(id=SOUP, title="{S}oup!", arxiv_id="2603.00001"),)
    assert (result.added, result.findings) == ((SOUP,), ())


def test_a_title_of_two_papers_matches_neither_and_names_both():
    result = assign([entry("Soup", path="a.bib", line=3)], [(SOUP, "Soup"), (BOWL, "Soup")], [])
    assert (result.papers, result.unnamed) == ((), ())
    assert [str(finding) for finding in result.findings] == [
        "a.bib:3: warning AG406 “Soup” may be AG-2026.03-1712, AG-2026.04-007, and nothing decides it"
    ]


@pytest.mark.parametrize(("arxiv_id", "advice"), [("2603.00001", False), (None, True)])
def test_only_an_entry_without_an_arxiv_id_is_told_to_add_one(arxiv_id: str | None, advice: bool):
    (finding,) = assign([entry("Soup", arxiv_id=arxiv_id)], [(SOUP, "Soup"), (BOWL, "Soup")], []).findings
    assert ("add its arXiv id" in finding.help) == advice


def test_an_identifier_decides_where_a_title_cannot():
    stored = [Paper(id=SOUP, title="Soup", doi="10.1000/a"), Paper(id=BOWL, title="Soup")]
    result = assign([entry("Soup", doi="10.1000/a")], [], stored)
    assert (result.matches[0][1], result.findings) == (SOUP, ())


def test_what_a_record_says_otherwise_is_replaced_where_that_is_asked_for():
    stored = Paper(
        id=SOUP,
        title="Soop",
        authors=(Author(family="Ladel"),),
        abstract="Cold.",
        summary="Ours.",
        arxiv_id="2603.00001",
        doi="10.1000/a",
        categories=("cs.LG",),
    )
    new = entry("Soup", authors=(Author(family="Ladle"),), arxiv_id="2603.00001", published="2026-03-01")
    assert assign([new], [(SOUP, "Soop")], [stored]).papers == (stored.model_copy(update={"published": "2026-03-01"}),)
    result = assign([new], [(SOUP, "Soop")], [stored], replace=True)
    assert result.papers == (
        stored.model_copy(update={"title": "Soup", "authors": new.authors, "published": "2026-03-01"}),
    )
    assert (result.changed, [finding.code for finding in result.findings]) == ((SOUP,), ["AG401"])
    assert "The record has the entry's title now" in result.findings[0].help
    again = assign([new], [(SOUP, "Soop")], result.papers, replace=True)
    assert (again.papers, again.changed) == (result.papers, ())


def test_abstract_day_and_categories_are_replaced_too():
    stored = Paper(id=SOUP, title="Soup", abstract="Cold.", published="2026-02", categories=("cs.LG",))
    new = entry("Soup", abstract="Hot.", published="2026-03", categories=("hep-ph", "hep-th"))
    assert assign([new], [], [stored]).papers == (stored,)
    said = {"abstract": "Hot.", "published": "2026-03", "categories": ("hep-ph", "hep-th")}
    assert assign([new], [], [stored], replace=True).papers == (stored.model_copy(update=said),)


@pytest.mark.parametrize(
    "less",
    [
        {"published": "2026-03"},
        {"published": "2026"},
        {"categories": ("hep-ph",)},
        {"authors": (Author(family="Ladle", given="L."), ET_AL)},
    ],
)
def test_what_an_entry_says_less_exactly_replaces_nothing(less: dict[str, object]):
    authors = (Author(family="Ladle", given="Lou"), Author(family="Spoon"))
    stored = Paper(id=SOUP, title="Soup", authors=authors, published="2026-03-09", categories=("hep-ph", "hep-th"))
    result = assign([entry("Soup", **less)], [], [stored], replace=True)
    assert (result.papers, result.changed) == ((stored,), ())


def test_some_other_authors_replace_all_of_a_record():
    stored = Paper(id=SOUP, title="Soup", authors=(Author(family="Ladle"), Author(family="Spoon")))
    some = (Author(family="Bowl"), ET_AL)
    (paper,) = assign([entry("Soup", authors=some)], [], [stored], replace=True).papers
    assert paper.authors == some


@pytest.mark.parametrize(
    ("names", "taken"), [("", False), ("Ladle Spoon Bowl …", False), ("Ladle Spoon Bowl Cup", True), ("Spoon", True)]
)
def test_authors_that_are_all_there_take_the_place_of_some(names: str, taken: bool):
    first = (Author(family="Ladle"), Author(family="Spoon"), ET_AL)
    more = tuple(ET_AL if name == "…" else Author(family=name) for name in names.split())
    (paper,) = assign([entry("Soup", authors=more)], [], [Paper(id=SOUP, title="Soup", authors=first)]).papers
    assert paper.authors == (more if taken else first)


@pytest.mark.parametrize(("ours", "theirs"), [(None, "10.1000/a"), ("10.1000/a", None)])
def test_a_title_is_enough_where_one_of_the_two_has_no_doi(ours: str | None, theirs: str | None):
    result = assign([entry("Soup", doi=theirs, abstract="Hot.")], [], [Paper(id=SOUP, title="Soup", doi=ours)])
    assert result.papers == (Paper(id=SOUP, title="Soup", doi="10.1000/a", abstract="Hot."),)


def test_of_two_entries_that_replace_a_record_the_one_identified_best_wins():
    stored = Paper(id=SOUP, title="Soop", arxiv_id="2603.00001", doi="10.1000/a")
    rivals = [entry("Soup, published", doi="10.1000/a"), entry("Soup", arxiv_id="2603.00001")]
    for order in itertools.permutations(rivals):
        (paper,) = assign(order, [], [stored], replace=True).papers
        assert paper.title == "Soup"


def test_two_spellings_of_one_id_are_one_paper():
    known = [(PaperId("AG-2026.03-7"), "Soup"), (PaperId("AG-2026.03-007"), "Soup")]
    assert ids(assign([entry("Soup")], known, [])) == {"Soup": "AG-2026.03-007"}


def test_the_month_decides_between_two_preprints_of_one_title():
    rivals = [entry("Soup", arxiv_id="2511.00001"), entry("Soup", arxiv_id="2602.00001")]
    for order in itertools.permutations(rivals):
        result = assign(order, [(SOUP, "Soup")], [])
        assert ids(result) == {"2602.00001": "AG-2026.03-1712", "2511.00001": "AG-2025.11-001"}


def test_months_are_counted_over_the_turn_of_the_year():
    rivals = [entry("Soup", arxiv_id="2603.00001"), entry("Soup", arxiv_id="2512.00001")]
    for order in itertools.permutations(rivals):
        assert ids(assign(order, [(PaperId("AG-2026.01-5"), "Soup")], []))["2512.00001"] == "AG-2026.01-5"


def test_two_preprints_as_near_as_each_other_are_left_out():
    rivals = [entry("Soup", arxiv_id="2603.00001", line=1), entry("Soup", arxiv_id="2603.00002", line=2)]
    result = assign(rivals, [(SOUP, "Soup")], [])
    assert (result.papers, codes(result)) == ((), ["AG406", "AG406"])


def test_a_preprint_of_the_same_title_is_another_paper_when_the_arxiv_id_says_so():
    stored = Paper(id=SOUP, title="Soup", arxiv_id="2603.00001")
    result = assign([entry("Soup", arxiv_id="2603.00002")], [], [stored])
    assert ids(result) == {"2603.00002": "AG-2026.03-1713"}


def test_one_title_with_two_dois_is_left_to_people():
    stored = Paper(id=SOUP, title="Soup", doi="10.1000/a")
    result = assign([entry("Soup", doi="10.1000/b", published="2026-03")], [], [stored])
    assert (result.papers, codes(result)) == ((stored,), ["AG406"])


def test_one_doi_can_stand_for_two_preprints():
    pair = [
        entry("Soup", arxiv_id="2603.00001", doi="10.1000/v"),
        entry("Bowl", arxiv_id="2603.00002", doi="10.1000/v"),
    ]
    result = assign(pair, [(SOUP, "Soup"), (BOWL, "Bowl")], [])
    assert ids(result) == {"2603.00001": str(SOUP), "2603.00002": str(BOWL)}


def test_identifiers_of_two_papers_are_nobodys():
    stored = [Paper(id=SOUP, title="Soup", arxiv_id="2603.00001"), Paper(id=BOWL, title="Bowl", doi="10.1000/b")]
    result = assign([entry("Soup", arxiv_id="2603.00001", doi="10.1000/b")], [], stored)
    assert (result.papers, len(result.left_out)) == (tuple(stored), 1)
    message = "the identifiers of “Soup” are those of AG-2026.03-1712, AG-2026.04-007"
    assert [(finding.code, finding.message) for finding in result.findings] == [("AG407", message)]


def test_an_entry_cannot_take_an_id_when_its_arxiv_id_has_another():
    stored = Paper(id=SOUP, title="Soup", arxiv_id="2603.00001")
    for only_matched in (True, False):
        result = assign([entry("Soup", id=BOWL, arxiv_id="2603.00001")], [], [stored], only_matched=only_matched)
        assert (result.papers, codes(result)) == ((stored,), ["AG407"])


def test_new_papers_get_the_numbers_after_those_in_use():
    new = [entry("A", published="2026-03"), entry("B", published="2026-03-05"), entry("C", published="2026-05")]
    result = assign(new, [(SOUP, "Soup")], [Paper(id=PaperId("AG-2026.03-003"))])
    assert [str(id) for id in result.added] == ["AG-2026.03-1713", "AG-2026.03-1714", "AG-2026.05-001"]
    assert result.numbered == result.added


def test_new_numbers_keep_clear_of_ids_that_entries_bring_and_follow_arxiv_wherever_entries_stand():
    new = [
        entry("Cup", published="2026-03", path="a.bib", line=1),
        entry("Bowl", published="2026-03", path="b.bib", line=2),
        entry("Ant soup", arxiv_id="2603.00002"),
        entry("Zest", arxiv_id="2603.00001"),
        entry("Filed", id="AG-2026.03-001"),
    ]
    numbers = {"Filed": 1, "2603.00001": 2, "2603.00002": 3, "Bowl": 4, "Cup": 5}
    for order in (new, new[::-1]):
        assert ids(assign(order, [], [])) == {name: f"AG-2026.03-{number:03}" for name, number in numbers.items()}


def test_numbers_go_into_the_gaps_when_the_last_one_is_taken():
    taken = [(PaperId(f"AG-2026.03-{number}"), f"Soup {number}") for number in ("1", "003", "999999")]
    assert ids(assign([entry("New", published="2026-03")], taken, [])) == {"New": "AG-2026.03-002"}


def test_an_entry_filed_under_a_new_archive_id_keeps_it():
    assert ids(assign([entry("Soup", id=BOWL)], [], [])) == {"Soup": str(BOWL)}


def test_without_a_month_there_is_no_number():
    result = assign([entry("Soup", published="2026")], [], [])
    assert (result.papers, [finding.message for finding in result.findings]) == (
        (),
        ["nothing tells the month of “Soup”"],
    )


def test_unknown_papers_can_be_left_out():
    unknown = [entry("A", published="2026-03"), entry("B", id=BOWL)]
    result = assign([*unknown, entry("Soup")], [(SOUP, "Soup")], [], only_matched=True)
    assert (ids(result), set(result.left_out), result.findings) == ({"Soup": str(SOUP)}, set(unknown), ())
    assert set(result.unnamed) == set(unknown)


def test_two_entries_of_one_paper_become_one():
    twice = [
        entry("Soup", arxiv_id="2603.00001", published="2026-03"),
        entry("Soup, revised", arxiv_id="2603.00001", doi="10.1000/a"),
        entry("Soup, a third time", doi="10.1000/a", abstract="Hot."),
    ]
    for order in itertools.permutations(twice):
        result = assign(order, [], [])
        assert [(paper.id, paper.doi, paper.abstract) for paper in result.papers] == [
            ("AG-2026.03-001", "10.1000/a", "Hot.")
        ]
        assert codes(result) == ["AG401", "AG401"]


def test_import_fills_what_is_missing_or_less_exact_and_erases_nothing():
    stored = Paper(
        id=SOUP,
        title="Soup",
        authors=(Author(family="Ladle"), ET_AL),
        summary="Kept.",
        doi="10.1000/old",
        published="2026",
        categories=("hep-ph",),
    )
    new = entry(
        "Soup",
        id=SOUP,
        authors=(Author(family="Ladle"), Author(family="Spoon")),
        abstract="Hot.",
        arxiv_id="2603.00001",
        doi="10.1000/new",
        published="2026-03-05",
        categories=("hep-ph", "hep-ex"),
    )
    result = assign([new, entry("Soup", id=SOUP, published="2025-01", categories=("cs.LG",))], [], [stored])
    assert result.papers == (
        stored.model_copy(
            update={
                "authors": new.authors,
                "abstract": "Hot.",
                "arxiv_id": "2603.00001",
                "published": "2026-03-05",
                "categories": ("hep-ph", "hep-ex"),
            }
        ),
    )
    message = "the DOI of AG-2026.03-1712 is 10.1000/old in the archive and 10.1000/new here"
    assert [finding.message for finding in result.findings] == [message]


# Few values, so that entries collide in every way that identifiers and titles can.
TITLES = st.sampled_from(["Soup", "Bowl", "Spoon", "SOUP!"])
MONTHS = st.sampled_from([None, "2026", "2026-03", "2026-04", "2026-03-05"])
PAPER_IDS = st.sampled_from([PaperId(f"AG-2026.{month}-{n}") for month in ("03", "04") for n in ("001", "01", "17")])
ARXIV_IDS = st.sampled_from([None, "2603.00001", "2603.00002", "2604.00001"])
DOIS = st.sampled_from([None, "10.1000/a", "10.1000/b"])
NAMES = st.lists(st.sampled_from([Author(family="Ladle"), Author(family="Spoon", given="A."), ET_AL]), max_size=2).map(
    tuple
)
CATEGORIES = st.sampled_from([(), ("hep-ph",), ("hep-ph", "hep-ex")])
FIELDS = {"authors": NAMES, "arxiv_id": ARXIV_IDS, "doi": DOIS, "published": MONTHS, "categories": CATEGORIES}
ENTRIES = st.lists(st.builds(Imported, title=TITLES, id=st.none() | PAPER_IDS, **FIELDS), max_size=8)
KNOWN = st.lists(st.tuples(PAPER_IDS, TITLES), max_size=4)
STORED = st.lists(
    st.builds(Paper, id=PAPER_IDS, title=st.none() | TITLES, **FIELDS), max_size=3, unique_by=lambda p: p.id.key
)


@given(ENTRIES, KNOWN, STORED, st.booleans())
def test_importing_again_changes_nothing(entries, known, stored, only_matched):
    once = assign(entries, known, stored, only_matched=only_matched)
    again = assign(entries, known, once.papers, only_matched=only_matched)
    assert (again.papers, again.added, again.changed) == (once.papers, (), ())


@given(ENTRIES, KNOWN, STORED, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_the_entries_does_not_matter(entries, known, stored, only_matched, shuffler):
    shuffled = shuffler.sample(entries, len(entries))
    first = assign(entries, known, stored, only_matched=only_matched)
    other = assign(shuffled, reversed(known), reversed(stored), only_matched=only_matched)
    assert first == other


@given(ENTRIES, KNOWN, STORED)
def test_a_new_number_is_above_all_that_are_in_use(entries, known, stored):
    result = assign(entries, known, stored)
    in_use = {id.key for id, _ in known} | {paper.id.key for paper in stored}
    own = {entry.id.key for entry in entries if entry.id}
    for id in result.added:
        if id.key not in in_use | own:
            assert all(id.key > other for other in in_use if other[:2] == id.key[:2])
    assert len({paper.id.key for paper in result.papers}) == len(result.papers)


@given(ENTRIES, KNOWN, STORED, st.booleans())
def test_every_entry_is_matched_or_left_out_and_every_stored_field_stays(entries, known, stored, only_matched):
    result = assign(entries, known, stored, only_matched=only_matched)
    assert len(result.matches) + len(result.left_out) == len(entries)
    now = {paper.id: paper for paper in result.papers}
    for paper in stored:
        assert paper.id in now
        for field in ("title", "abstract", "summary", "arxiv_id", "doi"):
            assert getattr(paper, field) in {None, getattr(now[paper.id], field)}
        assert now[paper.id].categories[: len(paper.categories)] == paper.categories
        assert (now[paper.id].published or "").startswith(paper.published or "")


# Read off both files by hand: id and title in the answers, arXiv id in the bibliography.
IN_BOTH = {
    "AG-2024.01-1031": "2401.08777",
    "AG-2024.04-1123": "2404.07258",
    "AG-2024.06-1375": "2406.18469",
    "AG-2024.07-1501": "2407.20315",
    "AG-2024.11-1226": "2411.09296",
    "AG-2024.11-1249": "2411.09927",
    "AG-2024.12-1648": "2412.16286",
    "AG-2025.02-1304": "2502.13047",
    "AG-2025.03-1432": "2503.07962",
    "AG-2025.03-220": "2503.13755",
    "AG-2025.04-1494": "2504.11520",
    "AG-2025.04-1518": "2504.12418",
    "AG-2025.04-1540": "2504.13249",
    "AG-2025.05-1524": "2505.13228",
    "AG-2025.11-1264": "2511.09335",
    "AG-2026.03-1712": "2603.25794",
    "AG-2026.04-1329": "2604.20965",
    "AG-2026.04-1331": "2604.21035",
    "AG-2026.04-1515": "2604.25407",
    "AG-2026.04-892": "2604.18936",
}


@pytest.fixture(scope="module")
def real() -> tuple[tuple[Imported, ...], list[tuple[PaperId, str]]]:
    bibliography, answers = SHARED / "data" / "hepml.bib", sorted((SHARED / "seeds").glob("*.txt"))
    if not (bibliography.exists() and answers):
        pytest.skip("needs the real data in ../shared/data and ../shared/seeds, which are not part of the repository")
    parsed = [answerfile.parse(path.read_bytes(), path.name).answer for path in answers]
    known = [(source.id, source.title) for answer in parsed if answer for source in answer.sources]
    return read_bibtex(bibliography.read_text(encoding="utf-8")).entries, known


def test_the_twenty_known_papers_of_the_hepml_bibliography_are_found(real):
    entries, known = real
    assert len({id.key for id, _ in known}) == 34
    result = assign(entries, known, [], only_matched=True)
    assert {str(id): entry.arxiv_id for entry, id in result.matches} == IN_BOTH
    assert len(result.matches) == 20
    assert result.findings == ()


def test_the_whole_hepml_bibliography_can_be_imported_twice_in_any_order(real):
    entries, known = real
    once = assign(entries, known, [])
    again = assign(random.Random(7).sample(entries, len(entries)), known, once.papers)
    assert (again.papers, again.changed, again.added) == (once.papers, (), ())
    assert len(once.papers) == 2388
    assert {finding.code for finding in once.findings} <= {"AG401", "AG408"}


@pytest.mark.parametrize("end", ["x-", "x''"])
def test_a_title_of_carets_takes_no_time(end: str):
    start = time.process_time()
    title_key("^" * 60_000 + end)
    assert time.process_time() - start < 3
