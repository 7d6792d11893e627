"""The index is a cache that is right or made again, and its scores and shards depend on the documents alone."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import index as whoosh_index
from whoosh import query as whoosh_query
from whoosh.qparser import QueryParser
from whoosh.scoring import BaseScorer, WeightingModel

from agsite import seal
from agsite.errors import OutputError
from agsite.search import (
    Index,
    Searcher,
    Wanted,
    documents,
    find,
    patching,
    stored,
)
from agsite.search.analysis import terms
from agsite.search.bundles import Bundle
from agsite.search.engine import IndexBusyError, Posted, Store
from agsite.search.manifest import read_manifest
from agsite.search.scoring import LENGTHS, idf, length_byte
from tests.archives import answer_text, archive
from tests.canary import put_in, seal_in
from tests.searching import indexed, kept, made_up, queries, refresh, shards

SMALL = range(25)
real = patching.patched


def answers(searcher: Searcher) -> list[tuple]:
    """What an index answers to forty queries: total, hits with scores, facets."""
    found = [find(searcher, query, Wanted(facets=True)) for query in queries(searcher, 40)]
    return [(f.total, [(h.id, h.score) for h in f.hits], f.facets) for f in found]


def update(folder: Path, numbers, revisions=None):
    index = Index(folder)
    return index, index.update(documents(made_up(numbers, revisions)))


def _data(folder: Path) -> Path:
    """The data of an index, which has another name where it was made anew."""
    return folder / read_manifest(folder).data


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


# --- Bringing it up to date


def test_only_what_changed_is_written(tmp_path: Path):
    update(tmp_path, range(40))
    data = _data(tmp_path)
    _, again = update(tmp_path, range(40))
    assert (again.added, again.changed, again.removed) == ((), (), ())
    _, changes = update(tmp_path, range(1, 41), {3: 1})
    assert _data(tmp_path) == data
    assert "answer/a040" in changes.added
    assert "answer/a003" in changes.changed
    assert "answer/a000" in changes.removed


def test_an_edit_opens_only_the_bundles_that_hold_what_it_changed(tmp_path: Path):
    update(tmp_path, SMALL)
    opened: list[str] = []

    def watched(bundle: Bundle) -> Bundle:
        return bundle._replace(documents=lambda: opened.append(bundle.name) or bundle.documents())

    changes = Index(tmp_path).update(map(watched, documents(made_up(SMALL, {3: 1}))))
    assert changes.changed == ("answer/a003",)
    assert [name.partition("/")[0] for name in opened] == ["answer"]


@settings(max_examples=12)
@given(steps=st.lists(st.sets(st.tuples(st.integers(0, 30), st.integers(0, 2)), max_size=6), min_size=1, max_size=4))
def test_after_any_edits_it_answers_like_a_fresh_one_and_its_shards_are_the_same_bytes(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("index")
    held = dict.fromkeys(range(15), 0)
    update(folder, sorted(held), held)
    for step in steps:
        for number, revision in step:
            if held.get(number) == revision:
                del held[number]
            else:
                held[number] = revision
        index, _ = update(folder, sorted(held), held)
    with Searcher(index.reader()) as edited, indexed(made_up(sorted(held), held)) as fresh:
        assert answers(edited) == answers(fresh)
        assert shards(edited) == shards(fresh)


def test_shards_after_a_few_edits_are_patched_into_the_bytes_of_fresh_ones(tmp_path: Path, monkeypatch):
    revisions = dict.fromkeys(range(40), 0)
    refresh(made_up(range(40)), tmp_path)
    patches = []
    monkeypatch.setattr(patching, "patched", lambda *given: patches.append(real(*given)) or patches[-1])
    chance = random.Random(3)
    for step in range(1, 9):
        for number in chance.sample(range(40), chance.randint(1, 5)):
            revisions[number] = step
        archive_ = made_up(range(40), revisions)
        refresh(archive_, tmp_path)
        with indexed(archive_) as fresh:
            assert kept(tmp_path) == shards(fresh)
    assert sum(parts is not None for parts in patches) >= 6


def test_strips_are_drawn_anew_where_a_site_sets_other_steps(tmp_path: Path):
    refresh(made_up(SMALL), tmp_path)
    usual = kept(tmp_path)
    refresh(made_up(SMALL), tmp_path, steps=(90, 95))
    names = usual.keys() ^ kept(tmp_path).keys()
    assert names
    assert all(re.search("/(c[0-9]+|catalogue)-", name) for name in names)
    refresh(made_up(SMALL), tmp_path)
    assert kept(tmp_path) == usual


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), _truncate, lambda path: path.write_bytes(b"")])
def test_shards_that_are_not_whole_are_made_again(tmp_path: Path, harm):
    refresh(made_up(SMALL), tmp_path)
    expected = kept(tmp_path)
    harm(next((tmp_path / "export").glob("t0-*.bin")))
    refresh(made_up(SMALL), tmp_path)
    assert kept(tmp_path) == expected


def test_the_order_of_the_files_does_not_matter(tmp_path: Path):
    found = list(documents(made_up(SMALL)))
    for name, order in (("one", found), ("other", random.Random(1).sample(found, len(found)))):
        Index(tmp_path / name).update(order)
    with Searcher(Index(tmp_path / "one").reader()) as one, Searcher(Index(tmp_path / "other").reader()) as other:
        assert shards(one) == shards(other)
        assert answers(one) == answers(other)


def test_a_card_tells_the_match_of_a_paper_however_the_text_spells_it():
    text = answer_text("Is it so?", "It is [AG-2025.03-12].", sources="AG-2025.03-0012 hep-ph 75 A title")
    found = [one.make().stored for bundle in documents(archive({"a.md": text})) for one in bundle.documents()]
    assert [[percent for _, percent in one.cites] for one in found if one.kind == stored.ANSWER] == [[75]]


def test_a_reader_keeps_its_view_while_the_index_is_written(tmp_path: Path):
    index, _ = update(tmp_path, SMALL)
    with Searcher(index.reader()) as before:
        expected = answers(before)
        update(tmp_path, range(10, 40), {12: 1})
        assert answers(before) == expected


def test_documents_that_share_a_shelf_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stored, "_SHELVES", 1)
    update(tmp_path, SMALL)
    data = _data(tmp_path)
    index, _ = update(tmp_path, range(1, 25), {3: 1})
    assert _data(tmp_path) == data
    with Searcher(index.reader()) as edited, indexed(made_up(range(1, 25), {3: 1})) as fresh:
        assert answers(edited) == answers(fresh)


def test_a_withdrawn_answer_is_not_found(tmp_path: Path):
    held = archive(
        {"a.md": answer_text("Why muons?", "Muons."), "b.md": answer_text("Muons?", "M.", more="status: withdrawn")}
    )
    with indexed(held) as searcher:
        assert [hit.id for hit in find(searcher, "muons").hits] == ["a"]


# --- A cache that cannot be trusted is made again


def _of_another_version(folder: Path) -> None:
    seal.store(folder / "manifest", tuple(read_manifest(folder)), "search manifest 0")


DAMAGE = {
    "no manifest": lambda folder: (folder / "manifest").unlink(),
    "half a manifest": lambda folder: _truncate(folder / "manifest"),
    "no manifest but null": lambda folder: (folder / "manifest").write_text("null"),
    "half a key": lambda folder: _truncate(folder / "key"),
    "no bundles": lambda folder: (folder / "bundles").unlink(),
    "no table of contents": lambda folder: next(_data(folder).glob("_MAIN_*.toc")).unlink(),
    "half a table of contents": lambda folder: _truncate(next(_data(folder).glob("_MAIN_*.toc"))),
    "half a segment": lambda folder: _truncate(next(_data(folder).glob("*.seg"))),
    "no segment": lambda folder: next(_data(folder).glob("*.seg")).unlink(),
    "another version": _of_another_version,
}


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Whoosh leaves a file open that it cannot read
@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_index_is_made_again_without_a_word(tmp_path: Path, kind: str, capsys):
    update(tmp_path, SMALL)
    DAMAGE[kind](tmp_path)
    index, _ = update(tmp_path, SMALL, {3: 1})
    with Searcher(index.reader()) as mended, indexed(made_up(SMALL, {3: 1})) as fresh:
        assert answers(mended) == answers(fresh)
    assert capsys.readouterr() == ("", "")


def _hostile(folder: Path, canary: Path) -> None:
    """Make an index that is whole and sealed, and runs something when it is opened."""
    update(folder, SMALL)
    seal_in(folder, canary)


def test_what_another_user_put_into_the_folder_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder, canary = tmp_path / "index", tmp_path / "canary"
    _hostile(folder, canary)
    key, (data,) = (folder / "key").stat().st_ino, folder.glob("data-*")
    real_fstat = os.fstat

    def of_another(handle: int) -> os.stat_result:
        facts = list(real_fstat(handle))
        facts[stat.ST_UID] += facts[stat.ST_INO] == key
        return os.stat_result(facts)

    monkeypatch.setattr(os, "fstat", of_another)
    made, _ = update(folder, SMALL)
    assert _data(folder) != data
    assert not canary.exists()
    assert made.reader().lengths().docs


def test_an_index_that_came_with_a_repository_is_never_opened(tmp_path: Path):
    shipped, folder, canary = tmp_path / "shipped", tmp_path / "index", tmp_path / "canary"
    _hostile(shipped, canary)
    shutil.copytree(shipped, folder, copy_function=shutil.copyfile)  # a checkout sets no times
    made, _ = update(folder, SMALL)
    assert not canary.exists()
    assert made.reader().lengths().docs
    assert read_manifest(shipped).data != read_manifest(folder).data
    assert canary.exists(), "it runs where it was made"


def test_where_files_have_no_owner_or_time_of_their_own_no_index_is_kept(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: -2)
    with pytest.raises(OutputError, match="cannot be kept"):
        update(tmp_path, SMALL)


def test_a_file_that_would_run_when_it_is_opened_is_not_opened(tmp_path: Path):
    """Even in a folder of one's own: what is opened is what was written."""
    folder, canary = tmp_path / "index", tmp_path / "canary"
    update(folder, SMALL)
    first = _data(folder)
    put_in(first, canary)
    update(folder, SMALL)
    second = _data(folder)
    contents = put_in(second, canary)
    contents.rename(contents.with_name("_MAIN_999.toc"))
    update(folder, SMALL)
    assert len({first, second, _data(folder)}) == 3
    assert not canary.exists()
    with contextlib.suppress(Exception):
        Store(put_in(_data(folder), canary).parent, create=False)
    assert canary.exists(), "it runs where it is opened"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # as above
def test_an_index_with_any_bit_flipped_gives_the_shards_of_a_fresh_one(tmp_path: Path):
    refresh(made_up(SMALL), tmp_path / "whole")
    wanted = made_up(SMALL, {3: 1})
    with indexed(wanted) as fresh:
        expected = shards(fresh)
    chance = random.Random(4)
    written = sorted(path for path in (tmp_path / "whole").rglob("*") if path.is_file() and path.stat().st_size)
    assert {path.suffix for path in written} >= {".bin", ".json", ".seg", ".toc"}
    for path in written:
        folder = tmp_path / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tmp_path / "whole", folder)
        damaged = bytearray(path.read_bytes())
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        (folder / path.relative_to(tmp_path / "whole")).write_bytes(damaged)
        refresh(wanted, folder)
        assert kept(folder) == expected, path


def test_two_archives_that_share_a_folder_get_each_their_own_shards(tmp_path: Path):
    one, other = made_up(SMALL), made_up(range(5, 30))
    with indexed(one) as first, indexed(other) as second:
        wanted = shards(first), shards(second)
    got: dict[int, list[bool]] = {0: [], 1: []}

    def take(number: int) -> None:
        for _ in range(3):
            got[number].append(refresh((one, other)[number], tmp_path) == wanted[number])

    threads = [threading.Thread(target=take, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {0: [True] * 3, 1: [True] * 3}


def test_what_killed_runs_left_is_gone_after_the_next(tmp_path: Path):
    update(tmp_path, SMALL)
    (tmp_path / "data-dead").mkdir()
    (tmp_path / ".manifest.x1").write_text("{")
    (tmp_path / ".key.x3").write_text("")
    (tmp_path / ".stamp.x2").write_text("")
    update(tmp_path, SMALL)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["bundles", "key", "lock", "manifest", "stamp", _data(tmp_path).name]
    )


KILLED = """
    import os, signal, sys
    from whoosh.filedb.filestore import FileStorage
    sys.path.insert(0, sys.argv[3])
    from tests.searching import made_up, refresh
    at, seen = int(sys.argv[2]), 0
    def dying(name):
        method = getattr(FileStorage, name)
        def counted(*arguments, **options):
            global seen
            seen += 1
            if seen == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return method(*arguments, **options)
        setattr(FileStorage, name, counted)
    for name in ("create_file", "rename_file", "delete_file"):
        dying(name)
    refresh(made_up(range(4, 30), {6: 1}), sys.argv[1])
    print(seen)
"""


def test_a_run_that_is_killed_anywhere_leaves_an_index_that_the_next_one_mends(tmp_path: Path, root: Path):
    code = textwrap.dedent(KILLED)

    def run(folder: Path, at: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, str(folder), str(at), str(root)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    update(tmp_path / "whole", SMALL)
    whole = run(tmp_path / "whole", 0)
    assert whole.returncode == 0, whole.stderr
    operations = int(whole.stdout)
    wanted = made_up(range(4, 30), {6: 1})
    with indexed(wanted) as fresh:
        expected, files = answers(fresh), shards(fresh)
    for at in range(1, operations + 1, max(1, operations // 4)):
        folder = tmp_path / f"killed-{at}"
        update(folder, SMALL)
        assert run(folder, at).returncode == -signal.SIGKILL
        refresh(wanted, folder)
        with Searcher(Index(folder).reader()) as mended:
            assert answers(mended) == expected
        assert kept(folder) == files


def test_a_run_that_is_killed_at_any_time_does_no_harm(tmp_path: Path):
    context = multiprocessing.get_context("fork")
    wanted = made_up(range(5, 30))
    for wait in (0.01, 0.03, 0.08):
        update(tmp_path, SMALL)
        process = context.Process(target=refresh, args=(wanted, tmp_path))
        process.start()
        time.sleep(wait)
        process.kill()
        process.join()
        refresh(wanted, tmp_path)
        with indexed(wanted) as fresh:
            assert kept(tmp_path) == shards(fresh)


def test_two_who_write_at_once_wait_for_each_other(tmp_path: Path):
    failures: list[Exception] = []

    def write(numbers: range) -> None:
        try:
            Index(tmp_path).update(documents(made_up(numbers)))
        except Exception as error:  # noqa: BLE001 - the thread's failure is the test's
            failures.append(error)

    threads = [threading.Thread(target=write, args=(range(start, start + 20),)) for start in (0, 5, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Index(tmp_path).reader().lengths().docs


def test_a_store_that_somebody_writes_is_busy(tmp_path: Path, monkeypatch):
    store = Store(tmp_path, create=True)
    lock = store._index.lock("WRITELOCK")
    assert lock.acquire()
    monkeypatch.setattr("agsite.search.engine.LOCK_SECONDS", 0.1)
    with pytest.raises(IndexBusyError, match="another process is writing the search index"):
        Store(tmp_path, create=False).write([])
    lock.release()


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file/index"):
        Index(tmp_path / "file" / "index").update([])


# --- Whoosh's own scorer and parser, as a second opinion


class Oracle(WeightingModel):
    """BM25 as Whoosh would have it done: its own frequencies and matchers."""

    def __init__(self, averages: dict[str, float]) -> None:
        self.averages = averages

    def scorer(self, searcher, fieldname, text, qf=1):
        averages, lengths = self.averages, lengths_of(searcher)

        class Scorer(BaseScorer):
            def supports_block_quality(self):
                return False

            def score(self, matcher):
                doc, tf = matcher.id(), matcher.weight()
                n, total = searcher.doc_frequency(fieldname, text), searcher.doc_count_all()
                length = LENGTHS[length_byte(lengths[doc])]
                norm = 1.6 * (1 - 0.75 + 0.75 * length / averages[searcher.stored_fields(doc)["stored"][1]])
                return math.log(1 + (total - n + 0.5) / (n + 0.5)) * tf * 2.6 / (tf + norm)

        return Scorer()


def lengths_of(searcher) -> dict[int, float]:
    """The lengths of all documents, posting by posting."""
    matcher, lengths = searcher.reader().postings("length", "all"), {}
    while matcher.is_active():
        lengths[matcher.id()] = matcher.weight()
        matcher.next()
    return lengths


@pytest.fixture(scope="module")
def whoosh(tmp_path_factory):
    """An index, our searcher of it, and Whoosh's own."""
    folder = tmp_path_factory.mktemp("index")
    index, _ = update(folder, range(60))
    ours = Searcher(index.reader())
    averages = dict(zip(("answer", "paper", "question"), ours.averages, strict=True))
    theirs = whoosh_index.open_dir(str(_data(folder))).searcher(weighting=Oracle(averages))
    yield ours, theirs
    theirs.close()


def test_whoosh_itself_finds_the_same_documents_with_the_same_scores(whoosh):
    ours, theirs = whoosh
    for text in [
        query for query in queries(ours, 260) if query.replace(" ", "").replace("?", "").replace(",", "").isalnum()
    ]:
        counts = {term: terms(text).count(term) for term in terms(text)}
        asked = whoosh_query.Or([whoosh_query.Term("text", term, boost=count) for term, count in counts.items()])
        expected = {hit.docnum: hit.score for hit in theirs.search(asked, limit=None)}
        found = ours.score(counts.items())
        assert found.keys() == expected.keys(), text
        assert all(math.isclose(found[doc], score, rel_tol=1e-6) for doc, score in expected.items()), text


def test_whole_questions_are_answered_where_whooshs_parser_finds_nothing(whoosh):
    ours, theirs = whoosh
    question = "Why on earth would an unheard of neutrino decay in the middle of a plasma?"
    assert not theirs.search(QueryParser("text", None).parse(" ".join(terms(question)) + " unheard"))
    assert find(ours, question).total > 10


def test_all_words_can_be_asked_for_though_whoosh_ignores_its_minimum(whoosh):
    ours, theirs = whoosh
    names = terms("neutrino lattice vortex")
    either = [whoosh_query.Term("text", name) for name in names]
    ignored = theirs.search(whoosh_query.Or(either, minmatch=3), limit=None)
    assert len(ignored) == find(ours, "neutrino lattice vortex").total
    every = find(ours, "neutrino AND lattice AND vortex").total
    assert 0 < every < len(ignored)
    assert every == len(theirs.search(whoosh_query.And(either), limit=None))


def test_a_word_that_is_asked_for_twice_counts_twice(whoosh):
    ours, _ = whoosh
    once, twice = ours.score([("neutrino", 1)]), ours.score([("neutrino", 2)])
    assert all(math.isclose(2 * once[doc], twice[doc]) for doc in once)


def test_a_word_that_all_documents_have_says_next_to_nothing(whoosh):
    ours, _ = whoosh
    assert ours.idf("case") < 1.4  # in all answers; Whoosh's own BM25F would start from 1
    assert idf(1000, 1000) < 0.001


def test_whooshs_files_differ_from_run_to_run_and_the_shards_do_not(tmp_path: Path):
    names, files = [], []
    for run in ("one", "two"):
        refresh(made_up(SMALL), tmp_path / run)
        names.append({path.name for path in _data(tmp_path / run).iterdir()})
        files.append(kept(tmp_path / run))
    assert names[0] != names[1]
    assert files[0] == files[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("soup", ["early", "late", "late-cs", "old"]),
        ("soup date:2026", ["early", "late", "late-cs"]),
        ("soup date:2026-03", ["late", "late-cs"]),
        ("soup date:2026-02..2026-03", ["early", "late", "late-cs"]),
        ("soup date:2026-02-28", ["early"]),
        ("soup date:..2026-02", ["early", "old"]),
        ("soup date:<=2025", ["old"]),
        ("soup date:>=2026-03", ["late", "late-cs"]),
        ("soup NOT date:2026", ["old"]),
        ("soup category:cs.LG", ["late-cs"]),
        ("soup category:cs", ["late-cs"]),
        ("soup category:astro-ph", ["early"]),
        ("soup category:hep", []),
        ("soup model:TEST", ["early", "late", "late-cs"]),
        ("soup model:hand", ["old"]),
        ("date:2026-03", ["late", "late-cs"]),
    ],
)
def test_a_field_leaves_out_what_does_not_have_it(query: str, found: list[str]):
    given_ = {"old": ("2025-12-31", "hep-ph"), "early": ("2026-02-28", "astro-ph.CO"), "late": ("2026-03-01", "hep-ex")}
    given_["late-cs"] = ("2026-03-31", "cs.LG")
    files = {
        f"{name}.md": answer_text(
            f"Is {name} hot?", "Soup it is.", date=date, sources=f"AG-2025.01-1 {category} 60 Pot"
        )
        for name, (date, category) in given_.items()
    }
    files["old.md"] = files["old.md"].replace("test-model", "hand-written")
    hits = find(indexed(archive(files)), f"{query} kind:answer", Wanted()).hits
    assert sorted(hit.id for hit in hits) == found


def test_a_beginning_finds_words_with_a_shorter_stem_and_none_that_do_not_begin_so():
    with indexed(archive({"a.md": answer_text("Why?", "Superconducting parts.")})) as searcher:
        assert find(searcher, "superconductivi*").total == 1
        assert find(searcher, "partameter*").total == 0


def test_a_word_that_every_text_says_twice_counts_more_than_one_that_every_text_says_once():
    def score(body: str) -> float:
        files = {f"{name}.md": answer_text(f"Is {name} hot?", body) for name in ("soup", "stew")}
        return find(indexed(archive(files)), "kettle").hits[0].score

    assert score("Kettle, kettle.") > score("Kettle, pot.")


def test_a_field_takes_its_terms_as_they_are():
    assert Posted().format.__class__.__name__ == "Existence"
