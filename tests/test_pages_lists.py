"""Lists: paging, groups, walls, and the pages of open questions and gaps."""

from __future__ import annotations

import functools
import re

import pytest

from agsite.build import Options
from agsite.build.inputs import read_assets, read_look
from agsite.config import Config
from agsite.markup import CiteMark
from agsite.pages.facts import Facts
from agsite.pages.overview import Overview
from agsite.pages.page import Page
from agsite.pages.pagination import Pagination, paginate
from agsite.pages.text import TextPage, text_page
from agsite.render import Renderer
from tests.archives import answer_text, archive, plan_pages

CONFIG = Config(per_page=5)


def planned(files: dict[str, str]) -> dict[str, object]:
    """The contexts of all pages by address."""
    return {page.url: page.context for page in plan_pages(archive(files), CONFIG)}


@functools.cache
def renderer() -> Renderer:
    return Renderer(read_look(Options(), CONFIG, read_assets(Options(), CONFIG).addresses))


def main(page: Page) -> str:
    """What a page shows between its head and its foot."""
    return renderer().render(page).decode().partition("<main")[2].partition("</main>")[0]


def many(count: int) -> dict[str, str]:
    return {
        f"a{n:02}.md": answer_text(
            f"Question {n}?",
            f"A claim [AG-2025.{n % 3 + 1:02}-{n}]. The archive has no study of thing {n}.",
            sources=f"AG-2025.{n % 3 + 1:02}-{n} {'hep-ph' if n % 2 else 'cs.LG'} 60 Paper {n}",
            date=f"2026-05-{n + 1:02}",
            follow_ups=(f"Open {n}?",),
        )
        for n in range(count)
    }


def test_a_list_goes_on_at_page_two_and_only_the_first_is_for_search_engines():
    found = planned(many(12))
    first, second, third = found["month/2026-05/"], found["month/2026-05/page/2/"], found["month/2026-05/page/3/"]
    assert [len(page.rows) for page in (first, second, third)] == [5, 5, 2]
    assert [page.head.indexed for page in (first, second, third)] == [True, False, False]
    assert (first.head.previous, first.head.next) == (None, second.head.url)
    assert (second.head.previous, second.head.next) == (first.head.url, third.head.url)
    assert third.head.next is None


@pytest.mark.parametrize(
    "url", ["month/2026-05/", "paper/", "paper/AG-2025.01-0/", "open/", "open/cs.LG/", "gaps/", "map/", "map/a00/"]
)
def test_a_list_says_at_its_head_which_part_of_it_one_sees(url: str):
    files = many(2) | {"b.md": answer_text("Before?", "Text.", follow_ups=("Question 0?",))}
    pages = {page.url: page for page in plan_pages(archive(files), CONFIG)}
    page = pages[url]
    assert "page 1 of 1" not in main(page)
    part = Pagination(2, 3, url, f"{url}page/3/", tuple((n, f"{url}page/{n}/") for n in (1, 2, 3)))
    second = page._replace(context=page.context._replace(part=part))
    assert re.search(r"<title>[^<]* \(page 2 of 3\) · ", renderer().render(second).decode())
    head, _, rest = main(second).partition("page 2 of 3")
    assert "<li data-" not in head
    assert 'class="pager"' in rest


@pytest.mark.parametrize(
    ("number", "total", "shown"),
    [(1, 1, [1]), (1, 20, [1, 2, 3, 20]), (10, 20, [1, 8, 9, 10, 11, 12, 20]), (20, 20, [1, 18, 19, 20])],
)
def test_few_numbers_are_worth_a_link(number: int, total: int, shown: list[int]):
    part = paginate("list/", range(total), 1)[number - 1][2]
    assert [n for n, _ in part.pages] == shown


@pytest.mark.parametrize(
    ("number", "shown"), [(1, "1 2 3 … 20"), (4, "1 2 3 4 5 6 … 20"), (10, "1 … 8 9 10 11 12 … 20")]
)
def test_numbers_that_are_left_out_are_hinted_at(number: int, shown: str):
    page = next(page for page in plan_pages(archive(many(2)), CONFIG) if page.url == "month/2026-05/")
    part = paginate("month/2026-05/", range(20), 1)[number - 1][2]
    pager = main(page._replace(context=page.context._replace(part=part))).partition('class="pager"')[2]
    numbers = re.findall(r">([0-9]+|…)<", pager.partition("</nav>")[0])
    assert " ".join(numbers) == shown


def test_a_month_draws_a_wall_on_its_first_page():
    found = planned(many(7))
    assert found["month/2026-05/"].wall.rows == 7
    assert found["month/2026-05/page/2/"].wall is None
    assert found["month/2026-05/"].wall.g.count("M") == 7


def test_a_wall_is_no_higher_than_a_screen_and_drawn_for_months_alone():
    files = {f"a{n}.md": answer_text(f"Question {n}?", "So.", date=f"2026-05-{n % 28 + 1:02}") for n in range(61)}
    found = planned(files | many(1))
    assert found["month/2026-05/"].wall.rows == 60
    assert (found["category/cs.LG/"].wall, found["model/test-model/"].wall) == (None, None)


def test_a_list_counts_the_sentences_of_all_its_answers():
    first, second = (planned(many(7))[f"month/2026-05/{page}"] for page in ("", "page/2/"))
    assert [(page.cited_sentences, page.sentences) for page in (first, second)] == [(7, 14), (0, 0)]


def test_a_row_tells_how_many_of_its_sources_an_answer_uses():
    sources = "AG-2025.01-1 hep-ph 60 Paper\nAG-2025.01-2 hep-ph 60 Other"
    page = planned({"a.md": answer_text("Why?", "A claim [AG-2025.01-1].", sources=sources)})["month/2026-05/"]
    assert page.rows[0].coverage == (1, 1, 2, 1, 0)


def test_a_thread_is_called_as_its_newest_answer_words_the_question():
    first = answer_text("Why is ice slippery?", "So.", date="2026-05-01", follow_ups=("When?",))
    then = answer_text("When?", "Now.", date="2026-05-02")
    again = answer_text("WHY is ice slippery?", "So.", date="2026-05-03")
    overview = Overview(archive({"a.md": first, "b.md": then, "c.md": again}), CONFIG)
    row = overview.question(overview.entries["a"].key)
    assert (row.text, row.url, row.dates) == ("WHY is ice slippery?", "ask/c/", ("2026-05-01", "2026-05-03"))


def test_a_list_of_lists_leads_to_the_list_of_all_answers_which_leads_nowhere():
    found = planned(many(1))
    assert [[crumb.url for crumb in found[url].crumbs] for url in ("month/", "ask/")] == [["ask/"], []]


def test_few_papers_and_open_questions_stand_beside_a_category():
    sources = "\n".join(f"AG-2025.01-{n} hep-ph 60 Paper {n}" for n in range(10))
    body = " ".join(f"A claim [AG-2025.01-{n}]." for n in range(9))
    follow_ups = tuple(f"Open {n}?" for n in range(10))
    page = planned({"a.md": answer_text("Why?", body, sources=sources, follow_ups=follow_ups)})["category/hep-ph/"]
    assert ([row.id for row in page.papers], len(page.open_rows)) == ([f"AG-2025.01-{n}" for n in range(8)], 8)
    few = planned({"a.md": answer_text("Why?", "A claim [AG-2025.01-1].", sources=sources)})["category/hep-ph/"]
    assert [row.id for row in few.papers] == ["AG-2025.01-1"]


def test_an_open_question_is_as_old_as_the_first_answer_that_asked_it():
    dates = ("2026-05-03", "2026-05-01", "2026-05-04", "2026-05-02")
    files = {f"a{date}.md": answer_text(f"{date}?", "So.", date=date, follow_ups=("Open?",)) for date in dates}
    row = planned(files)["open/"].groups[0].rows[0]
    assert (row.since, row.askers, len(row.after)) == ("2026-05-01", 4, 3)


def test_who_answers_an_open_question_is_said_to_be_asked_by_the_newest_answer():
    files = {f"a{n}.md": answer_text(f"{n}?", "So.", date=f"2026-05-0{n}", follow_ups=("Open?",)) for n in (1, 3, 2)}
    (row,) = Overview(archive(files), Config(repository="https://github.com/somebody/archive")).open_rows
    assert (row.asker, "Asked%20by%20a3" in (row.answer_this or "")) == ("a3", True)


def test_a_category_lists_its_papers_and_open_questions():
    page = planned(many(4))["category/cs.LG/"]
    assert [row.id for row in page.papers] == ["AG-2025.01-0", "AG-2025.03-2"]
    assert [row.question for row in page.open_rows] == ["Open 0?", "Open 2?"]


def test_papers_stand_month_by_month_newest_first():
    page = planned(many(4))["paper/"]
    assert [(group.month, [row.id for row in group.rows]) for group in page.groups] == [
        ("2025-03", ["AG-2025.03-2"]),
        ("2025-02", ["AG-2025.02-1"]),
        ("2025-01", ["AG-2025.01-3", "AG-2025.01-0"]),
    ]


def with_an_old_one() -> dict[str, object]:
    """The pages of an archive in which an older answer cites two papers that others cite as well."""
    sources = "AG-2025.01-0 hep-ph 50 Paper 0\nAG-2025.01-9 hep-ph 50 Paper 9"
    old = answer_text("Old?", "On [AG-2025.01-0] and [AG-2025.01-9].", date="2025-04-02", sources=sources)
    older = answer_text("Older?", "Again [AG-2025.01-9].", date="2025-04-01", sources=sources)
    return planned(many(12) | {"old.md": old, "older.md": older})


def test_a_list_is_headed_by_the_name_of_what_it_lists():
    found = with_an_old_one()
    pages = [found["category/hep-ph/"], found["month/2025-04/"], found["model/test-model/"]]
    assert [(page.head.title, page.label, page.head.description) for page in pages] == [
        (
            "High Energy Physics - Phenomenology (hep-ph)",
            "High Energy Physics - Phenomenology",
            "High Energy Physics - Phenomenology: 8",
        ),
        ("2025-04", "2025-04", "2025-04: 2"),
        ("test-model", "test-model", "test-model: 14"),
    ]


def test_lists_of_lists_are_grouped_and_months_begin_with_the_newest():
    found = with_an_old_one()
    items = {url: [(item.url, item.group) for item in found[url].items] for url in ("category/", "month/", "ask/")}
    months = [("month/2026-05/", "2026"), ("month/2025-04/", "2025")]
    assert items == {
        "category/": [("category/cs.LG/", "Computer Science"), ("category/hep-ph/", "Physics")],
        "month/": months,
        "ask/": months,
    }


def test_the_papers_that_most_answers_cite_come_first():
    found = with_an_old_one()
    most = [("AG-2025.01-9", 3), ("AG-2025.01-0", 2)]
    assert [(row.id, row.number) for row in found["paper/"].most_cited] == most
    assert [(row.id, row.number) for row in found[""].most_cited] == [*most, ("AG-2025.01-3", 1)]
    assert found["paper/page/2/"].most_cited == ()


def test_open_questions_and_gaps_are_grouped_by_field():
    found = planned(many(4))
    assert [group.name for group in found["open/"].groups] == ["Computer Science", "High Energy Physics"]
    assert [(group.name, len(group.rows)) for group in found["gaps/"].groups] == [
        ("Computer Science", 2),
        ("High Energy Physics", 2),
    ]
    assert (found["open/cs.LG/"].total, found["open/cs.LG/"].everything) == (2, 4)


def test_home_shows_the_newest_of_everything_and_counts_all_of_it():
    source = "AG-2025.01-{} {} 60 Paper {}"
    files = {
        f"a{n:02}.md": answer_text(
            f"Question {n}?",
            f"A claim [AG-2025.01-{n % 2}].",
            sources=source.format(n % 2, "hep-ph" if n % 3 else "cs.LG", n % 2),
            date=f"2026-{n // 28 + 1:02}-{n % 28 + 1:02}",
            follow_ups=(f"Open {n}?",),
        )
        for n in range(36)
    }
    unused = answer_text("Gone?", "Nothing.", sources=source.format(7, "math.CO", 7), more="status: withdrawn")
    home = planned(files | {"gone.md": unused})[""]
    assert (home.answers, home.open_total, home.wall.rows) == (36, 36, 34)
    assert [row.id for row in home.latest] == [f"a{n}" for n in range(35, 27, -1)]
    assert len(home.open_rows) == 4
    assert [row.id for row in home.most_cited] == ["AG-2025.01-0", "AG-2025.01-1"]
    assert [item.number for item in home.fields] == sorted((item.number for item in home.fields), reverse=True)
    assert "math.CO" not in [item.name for item in home.fields]


def test_fields_with_more_answers_come_first_at_home():
    sources = {"a": "AG-2025.01-1 cs.LG 60 P", "b": "AG-2025.01-2 hep-ph 60 Q", "c": "AG-2025.01-2 hep-ph 60 Q"}
    files = {f"{name}.md": answer_text(f"{name}?", "So.", sources=source) for name, source in sources.items()}
    assert [(item.name, item.number) for item in planned(files)[""].fields] == [("hep-ph", 2), ("cs.LG", 1)]


@pytest.mark.parametrize(
    ("follow_ups", "said"), [(("One?",), "Every follow-up has an answer."), ((), "No answer ends on a question.")]
)
def test_where_no_question_is_open_home_and_list_say_whether_any_was_asked(follow_ups: tuple[str, ...], said: str):
    found = planned({"a.md": answer_text("One?", "Text.", follow_ups=follow_ups)})
    for url, template in (("", "home.html"), ("open/", "open.html")):
        assert said in main(Page(url, template, found[url]))


def test_every_page_of_open_questions_tells_how_many_there_are():
    found = planned(many(12))
    assert [(found[url].total, found[url].everything) for url in ("open/", "open/page/2/", "open/cs.LG/")] == [
        (12, 12),
        (12, 12),
        (6, 12),
    ]
    assert found["open/cs.LG/"].head.title == "cs.LG"


def test_open_questions_without_a_category_have_no_page_of_a_category():
    found = planned(many(1) | {"none.md": answer_text("None?", "So.", follow_ups=("What else?",))})
    assert {url for url in found if url.startswith("open/")} == {"open/", "open/cs.LG/"}
    assert [item.name for item in found["open/"].fields] == ["cs.LG"]


def test_a_category_of_which_no_answer_counts_is_not_for_search_engines():
    source = "AG-2025.01-1 hep-ph 60 Paper"
    found = planned({"a.md": answer_text("Why?", "So.", sources=source, more="status: withdrawn")} | many(1))
    pages = [found["category/hep-ph/"], found["category/cs.LG/"]]
    assert [(page.total, page.head.indexed) for page in pages] == [(0, False), (1, True)]


def test_an_answer_that_cites_nothing_names_its_gaps():
    gaps = planned({"a.md": answer_text("Why?", "The archive has no study of that.")})["gaps/"].groups[0].rows
    assert [(gap.text, gap.url) for gap in gaps] == [("The archive has no study of that.", "ask/a/#g-1")]


def test_a_gap_leads_to_its_sentence_whether_or_not_it_cites():
    source = "AG-2025.01-1 hep-ph 60 Paper"
    body = "The archive has no study of this [AG-2025.01-1]. The archive has no study of that either."
    gaps = planned({"a.md": answer_text("Why?", body, sources=source)})["gaps/"].groups[0].rows
    assert [gap.url for gap in gaps] == ["ask/a/#s-1", "ask/a/#g-2"]


def test_a_gap_in_a_table_is_its_whole_row_and_leads_there():
    body = "| Pot | Known |\n|---|---|\n| Tin | So. |\n"
    body += "| Iron | Nothing [AG-2025.01-1]. The archive has no study of *it*. |\n"
    body += "| Clay | The archive has no study of it. |\n"
    source = "AG-2025.01-1 hep-ph 60 Soup"
    gaps = planned({"a.md": answer_text("Why?", body, sources=source)})["gaps/"].groups[0].rows
    assert [(gap.text, gap.url) for gap in gaps] == [
        ("Iron · Nothing. The archive has no study of it.", "ask/a/#g-1"),
        ("Clay · The archive has no study of it.", "ask/a/#g-2"),
    ]


def test_home_shows_the_newest_of_everything():
    page = planned(many(12))[""]
    assert (page.answers, page.papers, page.open_total, page.wall.rows) == (12, 12, 12, 12)
    assert [row.id for row in page.latest][:2] == ["a11", "a10"]
    assert page.latest_gap.url == "ask/a11/#g-1"


def test_every_row_that_leads_to_a_rejected_answer_says_so():
    sources = "\n".join(f"AG-2025.03-{n} hep-ph {60 - n} Of Soup" for n in range(3))
    texts = {
        "bad": ("Is it hot?", "review: {status: rejected}", ()),
        "again": ("Is it hot?", "review: {status: accepted, by: A Cook}", ()),
        "asks": ("Is it soup?", "", ("Is it hot?",)),
        "near": ("Is there another soup?", "", ()),
    }
    files = {
        f"{name}.md": answer_text(
            question, "A claim [AG-2025.03-0, AG-2025.03-1].", sources=sources, more=more, follow_ups=follow_ups
        )
        for name, (question, more, follow_ups) in texts.items()
    }
    pages = {page.url: page for page in plan_pages(archive(files), CONFIG)}
    lists = ("", "category/hep-ph/", "month/2026-05/", "model/test-model/", "ask/again/", "ask/near/")
    for url in (*lists, "paper/AG-2025.03-0/", "paper/AG-2025.03-2/"):
        rows = re.findall(r'class="q"><a href="[^"]*ask/(\w+)/">.*?class="meta">(.*?)</p>', main(pages[url]), re.DOTALL)
        rejected = {name for name, facts in rows if facts.startswith('<span class="label">A reviewer has rejected')}
        assert rejected == {"bad"}, url
    # Of two answers to a follow-up one stands in the row of the other.
    assert re.search(r'has rejected this answer\.</span> <a href="[^"]*ask/bad/"', main(pages["ask/asks/"]))


def test_every_link_to_a_rejected_answer_says_so():
    more = "review: {status: rejected}"
    asks = ("Is it hot?", "Is it soup?", "Who knows?", "Who else?")
    files = {
        **{f"bad{n}.md": answer_text(f"Bad {n}?", "Text.", more=more, follow_ups=asks) for n in range(2)},
        "good.md": answer_text("Good?", "Text.", follow_ups=(*asks, "Bad 0?")),
        "hot.md": answer_text("Is it hot?", "Text."),
        "worse.md": answer_text("Is it soup?", "Text.", more=more),
    }
    pages = {page.url: page for page in plan_pages(archive(files), CONFIG)}
    for url in ("ask/hot/", "open/", "map/bad1/"):
        links = r'<a href="[./]*ask/(\w+)/">[^<]*</a>(.*?)(?:</p>|</dd>|</li>|</div>)'
        told = dict(re.findall(links, main(pages[url])))
        rejected = {name for name, rest in told.items() if "rejected by a reviewer" in rest}
        assert rejected == {name for name in told if name.startswith(("bad", "worse"))}, url
        assert len(rejected) < len(told), url


def test_a_gap_that_a_rejected_answer_names_says_so():
    for verdict, says in (("rejected", True), ("accepted, by: A Cook", False)):
        text = answer_text("Is it hot?", "The archive has no study of soup.", more=f"review: {{status: {verdict}}}")
        pages = {page.url: page for page in plan_pages(archive({"a.md": text}), CONFIG)}
        for url in ("gaps/", ""):
            gap = main(pages[url]).split("no study of soup.")[1].partition("</div>")[0]
            assert ("A reviewer has rejected this answer." in gap) == says, url


def test_numbers_beside_names_are_written_as_those_in_sentences():
    pages = {page.url: page for page in plan_pages(archive(many(2)), CONFIG)}

    def large(context, *lists: str, **values: int):
        """A context with 1,934 in every row of these lists."""
        rows = {name: tuple(row._replace(number=1934) for row in getattr(context, name)) for name in lists}
        return context._replace(**rows, **values)

    lists = {
        "": ("most_cited", "fields", "months", "models"),
        "open/": ("fields",),
        "category/": ("items",),
        "month/": ("items",),
        "model/": ("items",),
        "month/2026-05/": (),
    }
    values = {"open/": {"everything": 1934}, "month/2026-05/": {"total": 1934}}
    for url, names in lists.items():
        page = pages[url]._replace(context=large(pages[url].context, *names, **values.get(url, {})))
        body = main(page)
        assert ("1934" in body, "1,934" in body) == (False, True), url


def test_every_parent_path_is_a_page():
    urls = {url for url in planned(many(6)) if url.endswith("/") or not url}
    parents = {url[: url.rstrip("/").rfind("/") + 1] for url in urls if url}
    assert {parent for parent in parents if not parent.endswith("/page/")} - urls == set()


def text_of(markdown: str, url: str = "about/team/") -> TextPage:
    return text_page(url, Facts(Overview(archive({}), CONFIG, {url: markdown})))


def test_a_page_of_markdown_takes_its_title_from_its_first_heading():
    page = text_of("# Who we are\n\nPeople. More.\n")
    assert (page.head.title, page.head.description) == ("Who we are", "People. More.")
    assert [block.kind for block in page.blocks] == ["p"]
    assert text_of("People.").head.title == "about/team"


@pytest.mark.parametrize(
    ("markdown", "title", "kinds"),
    [
        ("# Who we are #\n\nPeople.", "Who we are", ["p"]),
        ("Who we are\n===\n\nPeople.", "Who we are", ["p"]),
        ("#1 of its kind\n\nPeople.", "about/team", ["p", "p"]),
        ("People.\n\n# Who we are", "about/team", ["p", "h"]),
        ("#\n\nPeople.", "about/team", ["p"]),
    ],
)
def test_what_is_a_heading_on_a_page_is_what_markdown_says(markdown: str, title: str, kinds: list[str]):
    page = text_of(markdown)
    assert (page.head.title, [block.kind for block in page.blocks]) == (title, kinds)


def test_a_paper_that_a_page_of_markdown_cites_is_linked_by_its_id():
    texts = {"about/cite/": "As in [AG-2025.01-0], not in [AG-2025.01-99]."}
    facts = Facts(Overview(archive(many(1)), CONFIG, texts))
    page = text_page("about/cite/", facts)
    href = "../../paper/AG-2025.01-0/"
    assert page.marks == (
        ("AG-2025.01-0", CiteMark("AG-2025.01-0", 0, href, "Paper 0", needs_list=False)),
        ("AG-2025.01-99", CiteMark("AG-2025.01-99", 0, "", "AG-2025.01-99", needs_list=False)),
    )
    assert facts.asked is not None
    assert "known AG-2025.01-0" in facts.asked
