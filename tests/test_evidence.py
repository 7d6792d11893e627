"""Quotations and numbers are looked up in the abstracts, and nothing that a file claims is taken on trust."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest

from agsite import answerfile, checks, markup
from agsite.answerfile import Reading
from agsite.archive import build_archive
from agsite.evidence import claiming, contains, content_words, is_quoted_from, numbers_in, read_claims, verify
from agsite.evidence.texts import figures_in
from agsite.ids import PaperId
from agsite.records import Answer, Paper, Source

PAPER = PaperId.parse("AG-2025.01-101")
OTHER = PaperId.parse("AG-2025.02-212")
ABSTRACT = (
    "Grains with a porosity above 60% stick at speeds up to 4.2 metres per second. We let 20,000 pebbles collide."
)
KNOWN = {PAPER.key: ABSTRACT}


def facts(text: str) -> Any:
    return verify(markup.read(text), KNOWN)


@pytest.mark.parametrize(
    ("text", "piece", "found"),
    [
        ("Grains *stick* at “high” speed", 'stick at "high" speed', True),
        ("a 10-fold  rise", "a 10\u2011fold rise", True),
        ("the muon doesn't decay", "muon doesn´t decay", True),  # noqa: RUF001
        ("a ″small″ one", 'a "small" one', True),
        ("The grains stick.", "the grain", False),
        ("The grains stick.", "rains stick", False),
        ("Grains stick at 14 metres per second.", "4 metres per second", False),
        ("Grains stick below 10 K.", "stick below 1", False),
        ("It sticks, as grains stick.", "stick", True),
        ("growth that is “bouncing-limited” here", "that is ‘bouncing-limited’ here", True),
        ("growth that is ``bouncing-limited'' here", "that is 'bouncing-limited' here", True),
        ("The grains stick.", "[t]he grains stick", True),
        ("The grains stick.", "[a]he grains stick", False),
        ("The grains stick.", "The [ice] grains stick", False),
        ("The grains stick.", " . ", False),
        ("falls by $\\sim 3$ sigma", "falls by \\sim 3 sigma", True),
    ],
)
def test_words_are_found_whatever_their_marks_quotes_and_dashes(text: str, piece: str, found: bool):
    assert contains(text, piece) is found


def test_numbers_are_compared_by_value_and_small_ones_by_name_too():
    assert {"20000", "4.2", "3", "0.5"} <= numbers_in("20,000 pebbles, 4.20 metres, three runs, 00.5 [AG-2024.01-1031]")
    assert numbers_in("Twenty-five of ninety, fifteen twenty-fold and two-dimensional") == {"25", "90", "15", "20", "2"}


@pytest.mark.parametrize("text", ["two hundred and twenty", "one thousand twenty", "three hundred", "twenty-first"])
def test_a_part_of_a_larger_number_in_words_is_none(text: str):
    assert not numbers_in(text) & {"2", "3", "20"}


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("a .5 share, $.25$ and -.75", {"0.5", "0.25", "0.75"}),
        ("as in ref.5 and v1.2.3, which ended. 5 of them", {"5"}),
        ("1\u202f200 of 3\u00a0456\u2009789 events", {"1200", "3456789"}),
        ("1{,}200, 1\\,300 and 1,400 of 5 000", {"1200", "1300", "1400", "5000"}),
        ("at $z\\sim2$ with $1.2\\pm.3$, $\\lesssim5$ and $2\\times10^4$", {"2", "1.2", "0.3", "5", "10^4"}),
        ("of $\\alpha_2$ and $\\beta3$", set()),
        ("12 345 of 1 200 300, HD 189 733 and 2 000.5", {"12345", "1200300", "189733", "2000.5"}),
        (
            "1 200 3 400, in 2024 100, CO2 300, 4 5000 and 0.5 100",
            {"1", "200", "3", "400", "2024", "100", "300", "4", "5000", "0.5"},
        ),
        ("run 3 300 and Run 2 139 fb⁻¹, run 10 000 times", {"3", "300", "2", "139", "10000"}),
        ("in 2024\u00a0100 events and 12\u00a05 more", {"2024", "100", "12", "5"}),
    ],
)
def test_numbers_may_lack_a_zero_and_part_their_thousands(text: str, figures: set[str]):
    assert figures_in(text) == figures <= numbers_in(text)


def test_words_that_carry_meaning_are_long_and_agree_in_all_their_forms():
    assert content_words("The fragments of ice, which fragmented") == content_words("fragmentation") != frozenset()


def test_digits_of_ids_and_names_are_no_numbers():
    assert figures_in("CO2 and H1 rise [AG-2024.01-1031], as AG-2024.01-735 says") == frozenset()


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("below $10^{-13}$ eV", {"10^-13"}),
        ("below 10⁻¹³ eV", {"10^-13"}),
        ("below 1e-13, 1.0E−13 or 1.0 × 10^{-13} eV", {"10^-13"}),
        ("below $1 \\times 10^{-13}$, 1 $\\times$ 10$^{-13}$ and 1·10⁻¹³ eV", {"10^-13"}),
        ("1.5e5 and 21 × 10^5 of 1ES 1959", {"1.5", "10^5", "21", "1", "1959"}),
        ("below 10$^{-13}$ or 10^-13 eV", {"10^-13"}),
        ("some $3\\times10^{14}$ or $10^{+5}$ events", {"3", "10^14", "10^5"}),
        ("of $10^{n}$ grains 110⁵", {"10", "110"}),
        ("⁷⁶Ge, ^{76}Ge, $^{136}$Xe and $^{76}\\mathrm{Ge}$", set()),
        ("5 m s^{-1}, 6 m², $\\chi^2$, $^{\\rm 3}$He, 7^\\circ and $2^{16}$ bins", {"5", "6", "7", "2"}),
    ],
)
def test_what_is_raised_is_no_number_of_its_own(text: str, figures: set[str]):
    assert figures_in(text) == figures


def test_a_power_of_ten_is_looked_up_as_a_whole_however_it_is_written():
    known = {PAPER.key: "The rate is 4 × 10⁻¹³ per year for ^{76}Ge, with an error of 5^{+3}_{-2}."}
    found = verify(markup.read(f"In $^{{76}}$Ge 4 of $10^{{-13}}$, not $10^{{-12}}$ or 13, with +3 [{PAPER}]."), known)
    numbers = {fact.text: fact.found for fact in found.numbers}
    assert numbers == {"4": True, "10^-13": True, "10^-12": False, "13": False, "3": True}


def test_a_quotation_that_the_cited_abstract_has_is_found():
    found = facts(f"They “stick at speeds up to 4.2 metres” here [{PAPER}].")
    assert (len(found.quotes), found.quotes_found) == (1, 1)


def test_a_quotation_with_an_ellipsis_is_found_in_its_parts():
    assert facts(f"They say “grains … stick at speeds up to 4.2 metres” [{PAPER}].").quotes_found == 1


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("stick at [very high] speeds up to 4.2 metres per second", True),
        ("[Ice] grains with a porosity above 60% stick", True),
        ("stick at [high] speeds … We [then] let 20,000 pebbles collide", True),
        ("grains with a porosity [not] above 60% stick", False),
        ("grains [with ice] with [their] porosity stick", False),
        ("[It is really the] porosity", False),
        ("stick at [4] speeds up to 4.2 metres", False),
    ],
)
def test_a_quotation_may_have_a_few_words_put_in_brackets(quote: str, found: bool):
    assert [fact.found for fact in facts(f"They say “{quote}” [{PAPER}].").quotes] == [found]


@pytest.mark.parametrize(
    "quote", ["at speeds up to 4.2 … grains with a porosity", "with a porosity above … porosity above 60% stick"]
)
def test_what_stands_in_another_order_in_the_source_is_no_quotation(quote: str):
    assert [fact.found for fact in facts(f"They say “{quote}” [{PAPER}].").quotes] == [False]


def test_a_quotation_with_a_long_gap_takes_no_time():
    start = time.process_time()
    found = facts(f"They write “stick at speeds up to {' ' * 200_000} … four … {'a … ' * 50_000}”. [{PAPER}]").quotes
    assert [fact.found for fact in found] == [False]
    assert time.process_time() - start < 3


def test_many_quotations_and_numbers_of_long_abstracts_take_no_time():
    abstract = "In 5 of 1,234 events the quick brown fox jumps over the lazy dog. " * 300
    known = {(2025, 1, number): f"{abstract}{number}" for number in range(1, 41)}
    cited = "".join(f"“the quick brown fox jumps x{n}”, {n} times [AG-2025.01-{n % 40 + 1}]. " for n in range(1900))
    body = markup.read(cited + "He said “the quick brown fox jumps high”. " * 3000)
    start = time.process_time()
    found = verify(body, known)
    assert (len(found.quotes), len(found.numbers)) == (1000, 1900)
    assert time.process_time() - start < 8


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("We [then] let 20,000 pebbles", True),
        ("a porosity [p] above 60% stick [well] at speeds up", True),
        ("porosity [p] above 60% stick [well] at speeds up", False),
        ("with a porosity [of the grains] above 60% stick at speeds up to 4.2 metres per second", True),
        (
            "grains with a porosity [of the ice grains] above 60% stick at speeds up to 4.2 metres per second. We let",
            False,
        ),
    ],
)
def test_for_each_word_put_in_a_quotation_has_four_of_its_source(quote: str, found: bool):
    assert is_quoted_from(quote, [ABSTRACT.replace("We let", "We let 20,000 pebbles go. We let")]) is found


@pytest.mark.parametrize(("pieces", "found"), [(20, True), (21, False)])
def test_what_leaves_out_more_than_it_says_is_no_quotation(pieces: int, found: bool):
    words = [f"word{number}" for number in range(pieces)]
    assert is_quoted_from(" … ".join(words), [" and ".join(words)]) is found


def test_a_quotation_that_nobody_wrote_is_not_found():
    found = facts(f"They “stick at any speed whatsoever, always” [{PAPER}].")
    assert [fact.found for fact in found.quotes] == [False]


MARKS = "“{}” \"{}\" „{}“ „{}” «{}» »{}« ‹{}› ‘{}’ '{}' ‚{}‘ 「{}」 『{}』"  # noqa: RUF001


@pytest.mark.parametrize("marks", [*MARKS.split(), "« {} »"])
@pytest.mark.parametrize(
    ("words", "found"), [("stick at speeds up to 4.2", True), ("don't stick, as we’ve seen", False)]
)
def test_a_quotation_stands_between_marks_of_any_language(marks: str, words: str, found: bool):
    assert [fact.found for fact in facts(f"They {marks.format(words)} here [{PAPER}].").quotes] == [found]


def test_each_sentence_of_a_block_quote_is_a_quotation():
    body = (
        f"They say:\n\n> Grains with a porosity above 60% stick. Others\n> never stick to one another [{PAPER}].\n>\n"
    )
    found = facts(f"{body}> We let 20,000 pebbles collide.\n>\n> — the authors of the study, 2025")
    assert [fact.found for fact in found.quotes] == [True, False, True]


@pytest.mark.parametrize(
    "text",
    [
        "the 't Hooft limit and the authors' many other results",
        "the ‘t Hooft limit and the authors’ many other results",
        "in the '90s it didn't stick in the two groups' many towers",
        "the 'fast' grains and the authors' many other 'slow' ones",
        "the ‘fast’ grains and the authors’ many other ‘slow’ ones",
        "$f'$ and $g'$ of the grains' speed in all towers' air",
        "« fast » grains and a great many of the « slow » ones",
        "»fast« grains and a great many of the »slow« ones",
    ],
)
def test_an_apostrophe_and_what_stands_between_two_quotations_are_none(text: str):
    assert facts(f"Grains stick in {text} [{PAPER}].").quotes == ()


@pytest.mark.parametrize("text", ["'a" + "’a" * 5_000, "‘a" + "'a" * 5_000, " 'a" * 5_000, " ‘a" * 5_000, "»a" * 5_000])
def test_marks_that_never_close_take_no_time(text: str):
    began = time.perf_counter()
    assert facts(f"Grains {text} [{PAPER}].").quotes == ()
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "text", [f"10{' ' * 50_000}x", "10 ^{" * 20_000, "^{{a}" * 20_000, f"^{{{'{a}' * 20_000}", "10$" * 20_000]
)
def test_what_is_raised_and_never_ends_takes_no_time(text: str):
    began = time.perf_counter()
    figures_in(text)
    assert time.perf_counter() - began < 5


def test_four_words_in_quotes_are_no_quotation():
    assert facts(f"They “stick at any speed” [{PAPER}].").quotes == ()


def test_numbers_of_a_cited_sentence_are_looked_up():
    found = facts(f"Of 20,000 pebbles 17 stick above 60% [{PAPER}].")
    assert {fact.text: fact.found for fact in found.numbers} == {"20000": True, "17": False, "60": True}


def test_a_sentence_is_looked_up_in_any_of_the_abstracts_that_it_cites_and_in_no_other():
    known = {**KNOWN, OTHER.key: "In all of 17 towers the grains bounce."}
    quote = "stick at speeds up to 4.2"
    body = f"They “{quote}” in 17 of 20,000 [{PAPER}, {OTHER}]. They “{quote}” in 60 [{OTHER}]. So 33 “{quote}”."
    found = verify(markup.read(body), known)
    assert [fact.found for fact in found.quotes] == [True, False, True]
    assert [(fact.text, fact.found) for fact in found.numbers if fact.text != "4.2"] == [
        ("17", True),
        ("20000", True),
        ("60", False),
    ]


def test_what_cannot_be_looked_up_is_not_counted():
    found = facts(f"Of 99 pebbles “not one single one ever stuck” [{OTHER}].")
    assert (found.quotes, found.numbers) == ((), ())


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Five words are no claim.", 0),
        ("Six words are enough for one.", 1),
        (f"Ice sticks [{PAPER}].", 1),
        ("## A heading of six words claims nothing", 0),
        ("The archive does not contain a study of it.", 0),
    ],
)
def test_a_sentence_of_six_words_or_with_a_citation_claims_something(text: str, claims: int):
    assert len(claiming(markup.read(text))) == claims


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "text",
        [],
        {},
        {"sentence": "1", "paper": str(PAPER), "text": "x"},
        {"sentence": True, "paper": str(PAPER), "text": "x"},
        {"sentence": 0, "paper": str(PAPER), "text": "x"},
        {"sentence": 1, "paper": "AG-2025.13-1", "text": "x"},
        {"sentence": 1, "paper": f"{PAPER} and more", "text": "x"},
        {"sentence": 1, "paper": str(PAPER), "text": " "},
    ],
)
def test_an_entry_that_is_no_evidence_is_counted_and_not_used(entry: Any):
    assert read_claims({"evidence": [entry]}) == ((), 1)


def test_evidence_that_is_no_list_is_counted():
    assert read_claims({"evidence": "yes"}) == ((), 1)


def reading(body: str, **fields: Any) -> Reading:
    sources = (Source(id=PAPER, category="hep-ph", title="A Title", similarity=60),)
    answer = Answer(id="a", question="Why?", model="m", date=dt.date(2026, 5, 3), body=body, sources=sources, **fields)
    text = answerfile.dumps(answer, "md", "a.md")
    parsed = answerfile.parse(text.encode(), "a.md")
    assert parsed.answer == answer
    return Reading(answer, markup.read(body), "answers/a.md", parsed.origin)


def codes(found: Reading) -> list[str]:
    metadata = [Paper(id=PAPER, title="A Title", abstract=ABSTRACT)]
    archive = build_archive([(found.answer, found.body, found.path)], metadata)
    return [f.code for f in checks.check([found], archive, dt.date(2027, 1, 1)) if f.code.startswith("AG7")]


def evidence(**changes: Any) -> dict[str, Any]:
    entry = {"sentence": 1, "paper": str(PAPER), "first": 2, "last": 2, "text": "We let 20,000 pebbles collide."}
    return {"evidence": [{**entry, **changes}]}


def test_evidence_that_stands_in_the_abstract_brings_no_finding():
    assert codes(reading(f"Many collide [{PAPER}].", provenance=evidence())) == []


@pytest.mark.parametrize(
    ("body", "fields", "code"),
    [
        (f"They “stick at any speed whatsoever, always” [{PAPER}].", {}, "AG701"),
        (f"Of 99 pebbles some stick [{PAPER}].", {}, "AG702"),
        (f"Many collide [{PAPER}].", {"provenance": evidence(text="We let all pebbles go.")}, "AG703"),
        (f"Many collide [{PAPER}].", {"provenance": evidence(sentence=2)}, "AG704"),
        (f"Many collide [{PAPER}].", {"provenance": evidence(paper=str(OTHER))}, "AG704"),
        (f"Many collide [{PAPER}].", {"provenance": {"evidence": ["x"]}}, "AG705"),
        (f"Many collide [{PAPER}].", {"review": {"status": "pending"}}, "AG706"),
        (f"Many collide [{PAPER}].", {"review": {"status": "rejected"}}, "AG708"),
        (f"Many collide [{PAPER}].", {"review": {"status": "approved", "by": "A Reader"}}, "AG707"),
        (f"Many collide [{PAPER}].", {"review": {"status": "Accepted", "by": "A Reader"}}, "AG707"),
        (f"Many collide [{PAPER}].", {"review": {"status": ["accepted"], "by": "A Reader"}}, "AG707"),
        (f"Many collide [{PAPER}].", {"review": {"status": "accepted"}}, "AG707"),
        (f"Many collide [{PAPER}].", {"review": {"status": "accepted", "by": 5}}, "AG707"),
        (f"Many collide [{PAPER}].", {"review": {"by": "A Reader"}, "provenance": evidence()}, "AG707"),
    ],
)
def test_check_looks_evidence_up_again(body: str, fields: dict[str, Any], code: str):
    assert codes(reading(body, **fields)) == [code]


@pytest.mark.parametrize(
    "fields",
    [
        {"review": {"status": "accepted", "by": "A Reader", "saw": ["every claim"]}},
        {"review": {"saw": "two claims", "who": "A Reader"}},
        {"review": {"status": "rejected"}, "status": "draft"},
        {"review": {"status": "rejected", "by": "A Reader"}, "status": "withdrawn"},
    ],
)
def test_a_review_that_is_clear_or_free_in_form_brings_no_finding(fields: dict[str, Any]):
    assert codes(reading(f"Many collide [{PAPER}].", **fields)) == []


def test_a_quotation_may_end_in_an_ellipsis_and_a_stop():
    abstract = "Grains stick at low speeds in cold water ice."
    assert is_quoted_from("Grains stick at low speeds …", [abstract])
    assert is_quoted_from("Grains stick … in cold water ….", [abstract])
    assert not is_quoted_from("Grains stick … in warm water ….", [abstract])


def test_evidence_that_is_no_list_is_counted_as_unreadable_even_where_it_is_empty():
    assert [read_claims({"evidence": evidence}) for evidence in ("", {}, [], None)] == [
        ((), 1),
        ((), 1),
        ((), 0),
        ((), 0),
    ]
