"""Answers near each other: shared papers first, then words; counts only, so that lists hold still."""

from __future__ import annotations

import random

from agsite.related import Candidate, Related


def ids(related: Related, id: str, **options) -> list[str]:
    return [near.id for near in related.near(id, **options)]


def test_shared_papers_come_first_then_words_then_the_newest():
    related = Related(
        [
            Candidate("a", "Does the lattice vortex survive cooling?", ("p", "q", "r"), 10),
            Candidate("three", "Something else", ("p", "q", "r"), 1),
            Candidate("two-new", "Something else", ("p", "q"), 5),
            Candidate("two-old", "Something else", ("q", "r"), 2),
            Candidate("one-and-words", "Is the lattice vortex stable?", ("p",), 9),
            Candidate("one", "Something else", ("p",), 9),
            Candidate("one-and-word", "Is a lattice cold?", ("p",), 9),
            Candidate("words", "When does a lattice vortex survive?", (), 3),
            Candidate("none", "Something else entirely", ("z",), 9),
        ]
    )
    assert ids(related, "a") == ["three", "two-new", "two-old", "one-and-words", "words"]
    assert ids(related, "a", limit=2) == ["three", "two-new"]
    assert ids(related, "a", skip={"three"})[0] == "two-new"
    assert related.near("a")[0].papers == 3
    assert related.near("a")[4].papers == 0


def test_forms_of_a_word_are_one_word():
    related = Related(
        [
            Candidate("a", "How do classifiers generalise across simulations?", (), 1),
            Candidate("b", "Which classifier generalisation needs a simulation?", (), 1),
        ]
    )
    assert ids(related, "a") == ["b"]


def test_words_that_differ_after_six_letters_are_one_and_before_that_two():
    begun, other = ["planet ponder plural", "planes ponies pluvia"]
    related = Related(Candidate(text, text, (), 1) for text in (begun, "planetary ponderous pluralism", other))
    assert ids(related, begun) == ["planetary ponderous pluralism"]


def test_words_that_questions_of_all_kinds_have_bring_nobody_near():
    related = Related(
        [
            Candidate("a", "What could there have been, and where would these neutrinos have been seen?", ("p",), 1),
            Candidate("b", "What could there have been, and where would these quarks have been counted?", ("p",), 1),
        ]
    )
    assert ids(related, "a") == []


def test_two_words_in_common_are_too_few_without_a_paper():
    questions = ("Does a lattice vortex survive?", "Is the lattice vortex stable?")
    assert ids(Related(Candidate(question, question, (), 1) for question in questions), questions[0]) == []


def test_what_too_many_answers_share_tells_nothing():
    citing = [[Candidate(f"a{n:03}", "Why?", ("p", "q"), 1) for n in range(count)] for count in (200, 201)]
    assert [len(ids(Related(answers), "a000")) for answers in citing] == [5, 0]
    question = "Does a lattice vortex survive?"
    asking = [[Candidate(f"a{n:03}", question, (), 1) for n in range(count)] for count in (25, 26)]
    assert [len(ids(Related(answers), "a000")) for answers in asking] == [5, 0]


def test_a_list_of_near_answers_has_another_version_once_one_of_them_has_another_day_or_question():
    first = Candidate("a", "Why?", ("p", "q"), 1)
    others = [("Why?", 1), ("Why?", 2), ("When?", 1)]
    versions = {Related([first, Candidate("b", question, ("p", "q"), day)]).version("a") for question, day in others}
    assert len(versions) == 3


def archive(count: int, papers: int, seed: int = 1) -> list[Candidate]:
    chance = random.Random(seed)
    words = [f"word{i:05d}x" for i in range(400)]
    return [
        Candidate(
            f"a{n}", " ".join(chance.sample(words, 6)), tuple(f"p{chance.randrange(papers)}" for _ in range(4)), n
        )
        for n in range(count)
    ]


def test_an_answer_more_changes_only_lists_that_it_enters():
    before = archive(400, 300)
    new = Candidate("new", before[7].question, before[7].papers, 999)
    old, fresh = Related(before), Related([*before, new])
    for answer in before:
        now = fresh.near(answer.id)
        if "new" not in [near.id for near in now]:
            assert now == old.near(answer.id)


def test_a_paper_that_everybody_cites_costs_nothing_and_says_nothing():
    everybody = [Candidate(f"a{n}", f"Question number {n}", ("p", "q"), n) for n in range(1000)]
    assert Related(everybody).near("a1") == ()


def test_the_work_for_an_answer_does_not_grow_with_the_archive():
    def touched(count: int) -> float:
        related = Related(archive(count, count))
        lists = [related._citing.get(paper, ()) for a in list(related._answers.values())[:200] for paper in a.papers]
        return sum(len(found) for found in lists) / 200

    assert touched(4000) < 1.5 * touched(1000)
