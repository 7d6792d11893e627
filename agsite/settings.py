"""Files of settings: `agsite.yml` and the catalogue of words, read and merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agsite import files
from agsite.answerfile import yamlsubset
from agsite.config import Config, parse
from agsite.errors import ConfigError
from agsite.findings import Finding
from agsite.look import Source


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


def load_templates(folders: tuple[str, ...]) -> dict[str, Source]:
    """Read all templates by name; a file of an earlier folder wins over its namesakes."""
    templates = {}
    for folder in reversed(folders):
        root = Path(folder)
        for path in files.find_all(root, (".html", ".xml", ".txt")):
            templates[Path(path).relative_to(root).as_posix()] = Source(path, files.read_text(path) or "")
    return templates


def load_phrases(folders: tuple[str, ...]) -> dict[str, Any]:
    """Read the words of the interface: the last folder's `words.yml`, with those of the folders before it on top."""
    phrases: dict[str, Any] = {}
    for folder in reversed(folders):
        path = Path(folder) / "words.yml"
        text = files.read_text(path)
        if text is not None:
            root, problems = yamlsubset.read(text)
            if root is None or problems or not isinstance(root.value, dict):
                first = problems[0] if problems else Finding.of("AG503", "it holds no phrases", line=1)
                raise ConfigError(str(first.at(str(path))), first.help)
            phrases |= root.plain()
    return phrases
