"""Threads: what hangs together, how it is cut, laid out and lettered, and what the map shows of it."""

from __future__ import annotations

import base64
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agsite import urls
from agsite.config import Config
from agsite.threads import Answered, Node, cut, draw, find_threads, glyph, lettering, parts
from agsite.threads.layout import tidy
from tests.archives import answer_text, archive, plan_pages


def answered(id: str, asks: str = "", *, day: int = 1, question: str = "") -> Answered:
    """An answer to the question of the same letter, in capitals, that asks these letters' questions."""
    return Answered(id, f"2026-05-{day:02d}", question or id[0].upper(), tuple(asks.upper()))


@st.composite
def archives(draw):
    """Any follow-up graph of up to 14 questions, answered on up to four days."""
    letters = "abcdefghijklmn"
    ids = draw(st.lists(st.sampled_from(letters), max_size=12))
    asks = st.lists(st.sampled_from(letters), max_size=4, unique=True).map("".join)
    return [answered(f"{id}{n}", draw(asks), day=draw(st.integers(1, 4))) for n, id in enumerate(ids)]


def outlines(answers):
    return {thread.id: thread for thread in find_threads(answers)}


# --- What hangs together ---------------------------------------------------------------------------------------------


def test_a_follow_up_that_is_answered_joins_two_answers():
    (thread,) = find_threads([answered("a", "bc"), answered("b", "d", day=2)])
    assert (thread.id, thread.roots, thread.open) == ("a", ("A",), 2)
    assert thread.questions["A"].children == ("B", "C")
    assert thread.questions["B"].children == ("D",)
    assert [question.depth for question in thread.questions.values()] == [0, 1, 1, 2]


def test_one_answer_and_its_open_questions_are_no_thread():
    assert find_threads([answered("a", "bcd"), answered("e", "e")]) == ()


def test_answers_that_leave_the_same_question_open_are_a_thread():
    (thread,) = find_threads([answered("a", "x"), answered("b", "x")])
    assert (thread.roots, thread.questions["A"].children) == (("A", "B"), ("X",))
    assert (thread.questions["B"].children, thread.questions["B"].again) == ((), ("X",))


def test_a_question_stands_under_the_first_that_asked_it_even_on_the_day_it_was_answered():
    answers = [answered("z", "y"), answered("y", "b"), answered("b", "a"), answered("a", "z")]
    (thread,) = find_threads([*answers, answered("q", "z")])
    assert thread.id == "q"
    assert thread.roots == ("Q",)
    assert thread.questions["A"].again == ("Z",)
    assert [thread.questions[key].depth for key in "QZYBA"] == [0, 1, 2, 3, 4]


def test_all_answers_to_a_question_are_one_point_of_the_map():
    (thread,) = find_threads([answered("a1", "b"), answered("a2", "c", day=2), answered("b", day=3)])
    assert thread.questions["A"].answers == ("a1", "a2")
    assert thread.questions["A"].children == ("B", "C")


def test_threads_come_largest_first():
    answers = [answered("a", "b"), answered("b"), answered("m", "nop"), answered("n")]
    assert [thread.id for thread in find_threads(answers)] == ["m", "a"]


@given(archives())
def test_threads_are_the_connected_parts_with_two_answered_questions(answers):
    links = {frozenset((a.question, key)) for a in answers for key in a.asks}
    groups = [{a.question} | set(a.asks) for a in answers]
    for link in links:
        touching = [group for group in groups if group & link]
        groups = [group for group in groups if not group & link] + [set().union(*touching)]
    have = {a.question for a in answers}
    expected = {frozenset(group) for group in groups if len(group & have) > 1}
    found = find_threads(answers)
    assert {frozenset(thread.questions) for thread in found} == expected
    for thread in found:
        children = [child for question in thread.questions.values() for child in question.children]
        assert sorted([*thread.roots, *children]) == sorted(thread.questions)
        asked = {
            (a.question, key) for a in answers for key in a.asks if key != a.question and a.question in thread.questions
        }
        assert asked == {(q.key, other) for q in thread.questions.values() for other in (*q.children, *q.again)}


@given(archives())
def test_the_order_of_the_answers_changes_nothing(answers):
    assert find_threads(answers) == find_threads(reversed(answers))


def addresses(answers, limit: int) -> set[str]:
    """The ids of everything that the map shows or has moved."""
    found = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "LIMIT", limit)
        for thread in find_threads(answers):
            heads = [part.head for part in cut(thread) if part.head]
            found |= {thread.id, *thread.former, *(thread.questions[head].answers[0] for head in heads)}
    return found


@given(archives(), st.integers(1, 3), st.integers(3, 20))
def test_a_thread_that_grows_keeps_its_address_and_those_of_its_branches(answers, day, limit):
    before = [answer for answer in answers if answer.date <= f"2026-05-{day:02d}"]
    assert addresses(before, limit) <= addresses(answers, limit)


def test_threads_that_grow_together_keep_the_older_name_and_know_the_other():
    two = [answered("a", "b"), answered("b"), answered("m", "n", day=2), answered("n", "x", day=2)]
    assert set(outlines(two)) == {"a", "m"}
    (thread,) = find_threads([*two, answered("z", "bn", day=3)])
    assert (thread.id, thread.former) == ("a", ("m",))


# --- Pages of a thread -----------------------------------------------------------------------------------------------


def chain(length: int) -> list[Answered]:
    return [Answered(f"n{i}", "2026-05-01", f"N{i}", (f"N{i + 1}",)) for i in range(length)]


def test_a_thread_of_sixty_questions_is_shown_whole():
    (thread,) = find_threads(chain(59))
    (part,) = cut(thread)
    assert (len(part.shown), part.head, dict(part.hidden)) == (60, None, {})


def test_a_larger_thread_is_cut_every_three_levels_and_says_how_many_follow():
    (thread,) = find_threads(chain(60))
    pages = cut(thread)
    assert [page.head for page in pages] == [None, *(f"N{i}" for i in range(3, 60, 3))]
    assert (sorted(pages[0].shown), dict(pages[0].hidden)) == (["N0", "N1", "N2", "N3"], {"N3": 57})
    assert (sorted(pages[-1].shown), dict(pages[-1].hidden)) == (["N57", "N58", "N59", "N60"], {})


def asking(name: str, *asked: str) -> Answered:
    return Answered(name.lower(), "2026-05-01", name, asked)


def test_a_question_that_asks_more_than_a_page_holds_keeps_the_rest_to_itself():
    many = [f"Q{n:02}" for n in range(70)]
    (thread,) = find_threads([asking("R", *many), asking("Q00", "S")])
    (page,) = [page for page in cut(thread) if page.head is None]
    assert (len(page.shown), dict(page.hidden)) == (60, {"R": 11, "Q00": 1})
    assert [page.head for page in cut(thread)] == [None, "Q00"]


def test_of_what_a_page_has_no_room_for_the_questions_that_were_answered_first_stay():
    many = [f"Q{n:02}" for n in range(70)]
    (thread,) = find_threads([asking("R", *many), asking("Q69", "S")])
    page, branch = cut(thread)
    assert (page.shown, dict(page.hidden)) == (("R", *many[:58], "Q69"), {"R": 11, "Q69": 1})
    assert (branch.head, branch.shown) == ("Q69", ("Q69", "S"))


def test_questions_below_so_many_go_on_at_pages_of_their_own():
    many = [f"Q{n:02}" for n in range(40)]
    (thread,) = find_threads([asking("R", *many), *(asking(name, f"S{name}") for name in many)])
    page, *branches = cut(thread)
    assert (page.shown, dict(page.hidden)) == (("R", *many), dict.fromkeys(many, 1))
    assert [(branch.head, branch.shown) for branch in branches] == [(name, (name, f"S{name}")) for name in many]


def test_small_trees_of_a_large_thread_stand_together():
    large = [f"Q{n:02}" for n in range(55)]
    (thread,) = find_threads([asking("A", "X", *large), asking("B", "X", "Y"), asking("C", "X", "Z")])
    assert [page.roots for page in cut(thread)] == [("A", "B"), ("C",)]


@given(archives(), st.integers(3, 9))
def test_every_question_is_on_a_page_or_counted_and_no_page_is_too_large(answers, limit):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "LIMIT", limit)
        for thread in find_threads(answers):
            pages = cut(thread)
            assert all(len(page.shown) <= limit for page in pages)
            left_out = sum(page.hidden.get(page.head or "", 0) for page in pages)
            left_out += sum(page.hidden.get(root, 0) for page in pages if not page.head for root in page.roots)
            assert left_out or {key for page in pages for key in page.shown} == set(thread.questions)


# --- Drawing ---------------------------------------------------------------------------------------------------------


@st.composite
def forests(draw):
    """Roots, children and heights of any forest of up to 40 nodes."""
    size = draw(st.integers(1, 40))
    parents = [draw(st.integers(-1, node - 1)) for node in range(size)]
    children = {str(n): tuple(str(m) for m in range(size) if parents[m] == n) for n in range(size)}
    heights = {str(n): draw(st.sampled_from([17, 34, 51, 85])) for n in range(size)}
    return tuple(str(n) for n in range(size) if parents[n] < 0), children, heights, parents


def depth(node: int, parents: list[int]) -> int:
    return 0 if parents[node] < 0 else 1 + depth(parents[node], parents)


@given(forests())
def test_no_two_questions_overlap_and_parents_stand_amid_their_children(forest):
    roots, children, heights, parents = forest
    middles = tidy(roots, children, heights, 15, 26)
    assert middles.keys() == heights.keys()
    columns: dict[int, list[str]] = {}
    for key in middles:
        columns.setdefault(depth(int(key), parents), []).append(key)
    for column in columns.values():
        column.sort(key=middles.__getitem__)
        for upper, lower in pairwise(column):
            gap = middles[lower] - heights[lower] / 2 - middles[upper] - heights[upper] / 2
            assert gap >= 15 - 1e-6
    for key, below in children.items():
        if below:
            assert middles[key] == pytest.approx((middles[below[0]] + middles[below[-1]]) / 2)
    assert min(middles[key] - heights[key] / 2 for key in middles) == pytest.approx(0)


@given(forests())
def test_branches_do_not_cross(forest):
    roots, children, heights, parents = forest
    middles = tidy(roots, children, heights, 15, 26)
    column_of = {key: depth(int(key), parents) for key in middles}
    branches = [(key, child) for key, below in children.items() for child in below]
    for one, one_to in branches:
        for other, other_to in branches:
            if column_of[one] == column_of[other] and middles[one] < middles[other]:
                assert middles[one_to] < middles[other_to]


def test_a_subtree_moves_up_beside_a_shorter_one():
    children = {"r": ("a", "b"), "a": ("x", "y", "z"), "b": ()}
    middles = tidy(["r"], children, dict.fromkeys("rabxyz", 10), 5, 5)
    assert middles["b"] - middles["a"] == 15  # not three rows further down, below z


@given(forests())
def test_words_stand_in_the_picture_and_apart_and_every_question_has_a_line_to_it(forest):
    roots, children, _, parents = forest
    nodes = {
        key: Node("Soup? " * (1 + int(key) * 7 % 31), int(key) % 3 == 0, below, more=int(key) % 4 == 1)
        for key, below in children.items()
    }
    drawing = draw(roots, nodes)
    levels = 1 + max(depth(int(key), parents) for key in nodes)
    assert (drawing.width, drawing.scrolls) == (276 * levels, levels > 4)
    columns: dict[int, list[tuple[float, float]]] = {}
    for spot in drawing.spots:
        own = nodes[spot.key]
        assert spot.x == 20 + 276 * depth(int(spot.key), parents)
        assert max(lettering.width(line) for _, line in spot.lines) * 15 / 1000 <= 208
        text = " ".join(line for _, line in spot.lines)
        assert text == own.text.strip() or (len(spot.lines), text[-1]) == (5, "…")
        heights = [*(float(height) for height, _ in spot.lines), *([float(spot.more)] if own.more else [])]
        assert all(lower - upper == pytest.approx(17) for upper, lower in pairwise(heights))
        assert heights[0] + heights[-1] == pytest.approx(9)  # so that they stand amid their dot
        columns.setdefault(spot.x, []).append((float(spot.y) + heights[0] - 13, float(spot.y) + heights[-1] + 4))
        assert bool(spot.more) == own.more
    for column in map(sorted, columns.values()):
        assert column[0][0] >= 12
        assert column[-1][1] <= drawing.height - 11  # a round number
        assert all(lower[0] - upper[1] >= 14.5 for upper, lower in pairwise(column))
    ends = re.findall(r"M(\S+) \S+C\S+ \S+ \S+ \S+ (\S+) ([^MC]+)", drawing.solid + drawing.dotted)
    below = [spot for spot in drawing.spots if spot.key not in roots]
    assert sorted((float(x), y) for _, x, y in ends) == sorted((spot.x - 9, spot.y) for spot in below)
    assert {float(x) - float(start) for start, x, _ in ends} <= {276 - 9 - 230}


def test_solid_leads_to_answers_dotted_to_open_questions_thin_to_what_stands_elsewhere():
    nodes = {
        "a": Node("A?", open=False, children=("b", "c")),
        "b": Node("B?", open=False, again=("c", "a")),
        "c": Node("C?", open=True),
    }
    drawing = draw(["a"], nodes)
    assert [spot.key for spot in drawing.spots] == ["a", "b", "c"]
    assert drawing.dotted.count("C") == 1
    assert drawing.thin.count("C") == 2
    assert drawing.solid.count("C") == 1
    assert drawing.width == 2 * 276


def test_a_glyph_joins_what_is_asked_in_two_places():
    nodes = {
        "a": Node("", False, ("b",), ("d",)),
        "b": Node("", False, ("c",)),
        "c": Node("", False, (), ("c", "a")),
        "d": Node("", False, (), ("c", "z")),
    }
    lines = glyph(["a", "d"], nodes).lines
    assert lines.count("M") == 5
    # Within a column it bends out to the left; to what stands further left it is drawn from there.
    assert re.search(r"M14 \d+c-12 0-12 (-?\d+) 0 \1", lines)
    assert lines.count("M14 ") == 4


def test_a_glyph_has_a_point_for_each_question_and_stays_small():
    nodes = {
        str(n): Node("?", open=n % 2 == 1, children=tuple(map(str, range(3 * n + 1, 3 * n + 4)))) for n in range(40)
    }
    nodes |= {str(n): Node("?", open=True) for n in range(40, 121)}
    drawn = glyph(["0"], nodes)
    assert (drawn.answered + drawn.open).count("M") == 26
    assert sum(map(len, drawn)) < 1000
    numbers = [int(n) for n in re.findall(r"M(\d+) ", drawn.answered + drawn.open)]
    assert 14 <= min(numbers) <= max(numbers) <= 226


@given(st.text(max_size=200), st.integers(3_000, 20_000), st.integers(1, 6))
def test_lines_are_never_wider_than_their_room(text, room, most):
    lines = lettering.wrap(text, room, most)
    assert len(lines) <= most
    assert all(lettering.width(line) <= room for line in lines)
    if len(lines) < most:
        assert "".join(lines).replace(" ", "") == "".join(text.split())


def test_what_does_not_fit_gives_way_to_an_ellipsis():
    assert lettering.wrap("one two three four five", 4_500, 2) == ("one two", "three…")


# --- Pages -----------------------------------------------------------------------------------------------------------

FILES = {
    "a.md": answer_text("Does A hold?", "Text.", follow_ups=("Does B hold?", "Is C <open>?")),
    "b.md": answer_text("Does B hold?", "Text.", date="2026-05-04", follow_ups=("Does A hold?", "Is D open?")),
    "lone.md": answer_text("Does E hold?", "Text.", follow_ups=("Is F open?",)),
    "gone.md": answer_text("Is D open?", "Text.", more="status: withdrawn"),
}


def planned(files: dict[str, str], **settings):
    return {page.url: page for page in plan_pages(archive(files), Config(**settings))}


def test_an_answer_in_a_thread_leads_to_it_and_others_do_not():
    pages = planned(FILES)
    crumb = pages["ask/b/"].context.crumbs[-1]
    assert (crumb.kind, crumb.text, crumb.url) == ("thread", "Does A hold?", "map/a/")
    assert all(crumb.kind != "thread" for crumb in pages["ask/lone/"].context.crumbs)


def test_the_list_says_what_the_drawing_shows():
    page = planned(FILES)["map/a/"].context
    assert (page.questions, page.open, page.dates) == (4, 2, ("2026-05-03", "2026-05-04"))
    (root,) = page.items
    assert (root.text, root.url) == ("Does A hold?", "ask/a/")
    below, open_question = root.items
    assert (open_question.text, open_question.url) == ("Is C <open>?", None)
    assert [(item.text, item.again) for item in below.items] == [("Is D open?", False), ("Does A hold?", True)]
    assert [spot.key for spot in page.drawing.spots] == ["does a hold", "does b hold", "is d open", "is c <open>"]
    assert [path.count("C") for path in (page.drawing.solid, page.drawing.dotted, page.drawing.thin)] == [1, 2, 1]


def test_the_map_of_an_archive_without_threads_is_still_a_page():
    pages = planned({"lone.md": FILES["lone.md"]})
    assert pages[urls.MAP].context.total == 0


def test_every_parent_of_a_thread_page_is_a_page_and_cuts_lead_to_branches():
    files = {
        f"n{i}.md": answer_text(f"Question number {i}?", "Text.", follow_ups=(f"Question number {i + 1}?",))
        for i in range(70)
    }
    pages = planned(files)
    thread, branch = pages["map/n0/"].context, pages["map/n3/"].context
    assert thread.items[0].items[0].items[0].items[0].more == 67
    assert thread.items[0].items[0].items[0].items[0].more_url == "map/n3/"
    assert (branch.title, branch.head.indexed) == ("Question number 3?", False)
    assert [crumb.url for crumb in branch.crumbs] == ["map/", "map/n0/"]


def test_what_a_page_of_the_map_has_no_room_for_leads_to_the_answer_that_asks_it():
    many = tuple(f"Follow-up number {i}?" for i in range(75))
    files = {"r.md": answer_text("Does R hold?", "Text.", follow_ups=many)}
    files |= {"f.md": answer_text(many[70], "Text.", follow_ups=("Does S hold?",))}
    pages = planned(files)
    page = pages["map/r/"].context
    (root,) = page.items
    assert (root.more, root.more_url) == (16, "ask/r/")
    assert (page.labels[0].more, page.labels[0].more_url) == (16, "ask/r/")
    assert [(item.text, item.more_url) for item in root.items if item.more] == [(many[70], "map/f/")]
    assert pages["map/f/"].context.items[0].items[0].text == "Does S hold?"


def test_a_thread_that_became_part_of_another_leads_there():
    files = FILES | {
        "m.md": answer_text("Does M hold?", "Text.", date="2026-05-05", follow_ups=("Does N hold?",)),
        "n.md": answer_text("Does N hold?", "Text.", date="2026-05-06"),
        "z.md": answer_text("Does Z hold?", "Text.", date="2026-05-07", follow_ups=("Does N hold?", "Does A hold?")),
    }
    moved = planned(files)["map/m/"]
    assert (moved.template, moved.context.to, moved.context.head.indexed) == ("moved.html", "map/a/", False)
    assert moved.context.thread


def test_lines_fit_as_a_browser_sets_them(browser, root):
    text = (
        "Why might a search built to find peaks overlook a new scalar whose interference, at 95%, carves a dip (Γ → ∞)?"
    )
    lines = lettering.wrap(text, 13_866, 9)
    page = browser.new_page()
    for style, file in (("normal", "stix-two-text.woff2"), ("italic", "stix-two-text-italic.woff2")):
        font = base64.b64encode((root / "site_src" / "fonts" / file).read_bytes()).decode()
        face = f"@font-face{{font-family:T;font-style:{style};src:url(data:font/woff2;base64,{font})}}"
        page.set_content(f"<style>{face} p{{width:max-content;font:{style} 15px T}}</style><p>" + "<p>".join(lines))
        page.evaluate(f"document.fonts.load('{style} 15px T')")
        widths = page.eval_on_selector_all("p", "all => all.map(e => e.getBoundingClientRect().width)")
        estimates = [lettering.width(line) * 15 / 1000 for line in lines]
        assert max(widths) <= 209
        assert all(width - 4 <= guess <= width + 20 for width, guess in zip(widths, estimates, strict=True))
    page.close()


def test_a_line_is_full_with_the_space_between_its_words_and_no_comma_stands_before_an_ellipsis():
    room = lettering.width("ice ice")
    assert [lettering.wrap("ice ice", least, 2) for least in (room, room - 1)] == [("ice ice",), ("ice", "ice")]
    assert lettering.wrap("ice, water", lettering.width("ice,…"), 1) == ("ice…",)
