"""Readings kept between builds: the same as reading again, whatever became of the files that hold them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agsite import corpus
from agsite.build.readings import KeptReadings
from agsite.corpus import Corpus
from agsite.ids import PaperId
from tests.archives import answer_text

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"

SALT = b"salt"
SOURCES = "AG-2025.03-1 hep-ph 61 Soup & <Spoons>"
MORE = 'status: withdrawn\nprovenance:\n  evidence: [{sentence: 1, text: "It hums."}]\n  cost_usd: 0.5\n  depth: 2'
FILES = {
    "plain.md": answer_text(
        "Why?", "One [AG-2025.03-1].\n\n- *Two*\n- three $x^2$", sources=SOURCES, follow_ups=("How?",)
    ),
    "rich.md": answer_text("How?", "The archive has no study of forks. “Quoted” [AG-2025.03-01].", more=MORE),
    "huge.md": answer_text("Who?", "Text.", more=f"provenance:\n  depth: {2**70}"),
    "broken.md": "---\nquestion: [\n---\n",
    "wrong.md": answer_text("When?", "Now [AG-2025.03-2].", sources=SOURCES, more="layout: x"),
}


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """A folder of answer files of many kinds."""
    folder = tmp_path / "answers"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


class Counting(KeptReadings):
    """Says how many files were read."""

    parsed = 0

    def note(self, path: str, data: bytes, result: corpus.Result) -> None:
        self.parsed += 1
        super().note(path, data, result)


def read(folder: Path, state: Path, salt: bytes = SALT) -> tuple[Corpus, int]:
    """Read a folder with what is kept in another; return how many files were read anew, too."""
    kept = Counting(state, salt)
    found = corpus.read([str(folder)], kept=kept)
    kept.save()
    return found, kept.parsed


def test_what_is_kept_is_what_reading_gives(answers: Path, tmp_path: Path):
    fresh = corpus.read([str(answers)])
    assert read(answers, tmp_path / "state") == (fresh, len(FILES))
    found, parsed = read(answers, tmp_path / "state")
    assert found == fresh
    assert parsed == 0
    assert {type(source.id) for reading in found.readings for source in reading.answer.sources} == {PaperId}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the founding answers are not here")
def test_founding_answers_are_kept_whole(tmp_path: Path):
    assert read(SEEDS, tmp_path / "state")[0] == read(SEEDS, tmp_path / "state")[0] == corpus.read([str(SEEDS)])


def test_a_file_is_read_again_where_its_bytes_its_name_or_agsite_are_others(answers: Path, tmp_path: Path):
    read(answers, tmp_path / "state")
    (answers / "plain.md").write_text(FILES["plain.md"].replace("One", "Once"), "utf-8")
    assert read(answers, tmp_path / "state")[1] == 1
    (answers / "plain.md").rename(answers / "other.md")
    found, parsed = read(answers, tmp_path / "state")
    assert parsed == 1
    assert {reading.answer.id for reading in found.readings} == {"other", "rich", "huge"}
    assert read(answers, tmp_path / "state", b"another agsite")[1] == len(FILES)


def test_an_old_state_of_a_file_is_not_kept_for_ever(answers: Path, tmp_path: Path):
    read(answers, tmp_path / "state")
    size = sum(path.stat().st_size for path in (tmp_path / "state").iterdir())
    for name in ("plain.md", "rich.md", "huge.md", "wrong.md"):
        (answers / name).unlink()
    read(answers, tmp_path / "state")
    assert sum(path.stat().st_size for path in (tmp_path / "state").iterdir()) < size / 2


def test_damage_costs_time_and_nothing_else(answers: Path, tmp_path: Path):
    fresh, _ = read(answers, tmp_path / "state")
    for number, path in enumerate(sorted((tmp_path / "state").iterdir())):
        data = path.read_bytes()
        at = len(data) * number // 16
        path.write_bytes(data[:at] if number % 2 else data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    assert read(answers, tmp_path / "state") == (fresh, len(FILES))


def test_where_nothing_can_be_kept_all_is_read(answers: Path, tmp_path: Path):
    fresh, _ = read(answers, tmp_path / "state")
    shutil.rmtree(tmp_path / "state")
    (tmp_path / "state").write_text("in the way")
    assert read(answers, tmp_path / "state") == (fresh, len(FILES))


def test_what_could_be_read_of_a_file_is_that_of_its_last_state(answers: Path):
    known: dict[str, corpus.Remembered] = {}
    (answers / "sub").mkdir()
    double = answers / "sub/plain.md"
    double.write_text(FILES["plain.md"].replace("One", "Twice"), "utf-8")
    last = corpus.read([str(answers)], known=known)
    double.write_text(FILES["plain.md"].replace("One", "Thrice"), "utf-8")
    assert corpus.read_again(last, [str(double)], known) is None
    assert any("Thrice" in rest.answer.body for rest in corpus.read([str(answers)], known=known).rests)
