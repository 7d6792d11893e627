"""The language of queries: whole questions are words, operators are operators, and mistakes are one sentence."""

from __future__ import annotations

import pytest

from agsite.search.nodes import And, Field, Fuzzy, Not, Or, Phrase, Prefix, Words
from agsite.search.query import QueryError, misspelt_fields, parse


def words(*terms: str) -> Words:
    return Words(tuple((term, 1) for term in terms))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("dark matter", words("dark", "matter")),
        ("muon muon pion", Words((("muon", 2), ("pion", 1)))),
        ('"dark matter" halo', And((words("halo"), Phrase(("dark", "matter"))))),
        ("muon AND pion", And((words("muon"), words("pion")))),
        ("muon AND pion OR kaon", Or((And((words("muon"), words("pion"))), words("kaon")))),
        ("muon (pion OR kaon)", Or((words("muon"), Or((words("pion"), words("kaon")))))),
        ("muon -pion", And((words("muon"), Not(words("pion"))))),
        ("NOT pion", Not(words("pion"))),
        ("super*", Prefix("super")),
        ("muom~", Fuzzy("muom")),
        ("kind:papers", Field("kind", "paper")),
        ("category:hep-ph muon", And((words("muon"), Field("category", "hep-ph")))),
        ("Field:hep-ph muon", And((words("muon"), Field("category", "hep-ph")))),
        ("date:2026-03", Field("date", "2026-03", "2026-03~")),
        ("year:2026", Field("date", "2026", "2026~")),
        ("date:2026-01..2026-03", Field("date", "2026-01", "2026-03~")),
        ("date:>=2026-02", Field("date", "2026-02", "~")),
        ("date:<=2026-02", Field("date", "", "2026-02~")),
        ("date:2026-01..", Field("date", "2026-01", "~")),
        ("date:..2026", Field("date", "", "2026~")),
        ("kind:open", Field("kind", "question")),
        ("Kind:Open-Question", Field("kind", "question")),
        ("evidence:Half", Field("evidence", "half")),
        ('title:"dark matter"', And((Field("title", "dark"), Field("title", "matter")))),
        ("muon NOT (pion OR kaon)", And((words("muon"), Not(Or((words("pion"), words("kaon"))))))),
        ('"muon" -"dark matter"', And((words("muon"), Not(Phrase(("dark", "matter")))))),
        ("the of and", Words(())),
    ],
)
def test_queries(text: str, node):
    assert parse(text).node == node


@pytest.mark.parametrize(
    "question",
    [
        "CP violation: what remains to be seen?",
        "Is *Q*-flip ~6% or 1:20?",
        "Does A - B equal B - A?",
        "what: about * or ~ or :",
        "and or not in small letters",
        "xdate:2026 categry:muon mode:transverse",
    ],
)
def test_whole_questions_are_words_whatever_marks_they_have(question: str):
    assert isinstance(parse(question).node, Words)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("muon nucleu", "nucleu"),
        ("muon AND Schrödin", "schrodin"),
        ("nucleu ", "nucleu"),
        ("nu", ""),
        ("muon nucleu?", ""),
        ("muon of the", ""),
        ("(muon nucleu)", ""),
        ("muon -nucleu", ""),
        ("title:nucleu", ""),
        ("nucleu*", ""),
        ("\uff9e\uff9e\uff9e", ""),
    ],
)
def test_the_last_word_may_be_a_beginning(text: str, last: str):
    assert parse(text).last == last
    assert (parse(text, unfinished=True).node != parse(text).node) == bool(last)


def test_words_that_begin_as_the_last_one_are_asked_for_beside_it():
    assert parse("muon nucleu", unfinished=True).node == Or((words("muon", "nucleu"), Prefix("nucleu")))


def test_a_field_that_may_have_been_meant_is_named():
    text = "Categry:hep-ph NOT (xdate:2026) http:x title:muon"
    assert misspelt_fields(text) == {"Categry": "category", "xdate": "date"}


def test_brackets_nest_as_deep_as_anyone_writes_them():
    assert parse("(" * 50 + "muon" + ")" * 50).node == words("muon")
    assert parse("(muon) " * 200).node != words()


def test_a_star_behind_one_or_two_letters_is_part_of_a_name_beside_other_words():
    assert parse("Does the B → K* µµ anomaly persist?").node == parse("Does the B → K µµ anomaly persist?").node
    assert parse("(D* OR p*)").node == parse("(D OR p)").node


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a "phrase', "the quotation mark at character 3 is never closed"),
        ('""', "there is nothing to look for between the quotation marks at character 1"),
        ("(muon", "the bracket at character 1 is never closed"),
        ("muon)", "the bracket at character 5 was never opened"),
        ("muon AND", "there is nothing to look for after “AND”"),
        ("OR muon", "there is nothing to look for at the beginning"),
        (" ", "there is nothing to look for"),
        ("mu*", "“mu*” is too short to complete"),
        ("date:yesterday", "“yesterday” is not a date"),
        ("date:\uff12026", "“\uff12026” is not a date"),
        ("date:..", "the date is missing"),
        ("date:2026-08..2026-07", "“2026-08..2026-07” ends before it begins"),
        ("date:2027..2026-12-31", "“2027..2026-12-31” ends before it begins"),
        ("kind:song", "there is no kind “song”"),
        ("evidence:none", "there is no evidence “none”"),
        ("(" * 51 + "muon" + ")" * 51, "the bracket at character 51 is within 50 others"),
        ("-(" * 200 + "muon" + ")" * 200, "the bracket at character 102 is within 50 others"),
        ("x" * 2001, "the query has 2,001 characters, more than 2,000"),
    ],
)
def test_a_malformed_query_is_one_sentence(text: str, message: str):
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.message == message
    assert caught.value.help.endswith(".")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", ["date:>2026-03", "date:<2026", "date:after-2026", "date:.."])
def test_what_is_no_date_is_told_how_to_ask_for_all_since_one(text: str):
    with pytest.raises(QueryError, match="date") as caught:
        parse(text)
    assert ">=2026-03" in str(caught.value.help)
    assert parse("date:>=2026-03").node != parse("date:2026-03").node
