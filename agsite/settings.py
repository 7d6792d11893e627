"""Files of settings: `agsite.yml` and the catalogue of words, read and merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agsite import files
from agsite.answerfile import yamlsubset
from agsite.config import Config, parse
from agsite.errors import ConfigError
from agsite.findings import Finding
from agsite.words import Words


def load_config(path: str) -> tuple[Config, tuple[Finding, ...]]:
    """Read `agsite.yml`; where there is none, every setting has its default."""
    text = files.read_text(path)
    if text is None or not text.strip():
        return Config(), ()
    root, problems = yamlsubset.read(text)
    findings = tuple(problem._replace(code="AG503", path=path) for problem in problems)
    if root is None or not isinstance(root.value, dict):
        return Config(), findings or (Finding.of("AG503", "the file holds no settings", path=path, line=1),)
    lines = {key: node.key_line for key, node in root.value.items()}
    config, found = parse(root.plain(), lines, path)
    return config, (*findings, *found)


def load_words(folders: tuple[str, ...]) -> Words:
    """Read the words of the interface: ours, with those of a site's own `words.yml` on top."""
    import yaml  # noqa: PLC0415 - loaded only where a site is built

    phrases: dict[str, Any] = {}
    for folder in reversed(folders):
        path = Path(folder) / "words.yml"
        text = files.read_text(path)
        if text is not None:
            try:
                phrases |= yaml.safe_load(text) or {}
            except yaml.YAMLError as error:
                raise ConfigError(f"{path} cannot be read: {error}") from error
    return Words(phrases)
