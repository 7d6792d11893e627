"""`agsite.yml` as it is read, and how any file that a site may have of its own is."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from agsite import files
from agsite.answerfile import MAX_BYTES, as_utf_8, yamlsubset
from agsite.answerfile.yamlsubset import Node
from agsite.config import Config, Mistake, parse
from agsite.errors import ConfigError
from agsite.findings import Finding


class MistakesError(ConfigError):
    """Files of settings, words, templates or pages hold mistakes."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> tuple[str, ...]:
        """What is wrong and how to mend it, for every mistake."""
        return tuple(line for finding in self.findings for line in (str(finding), f"    {finding.help}"))


def load_config(path: str) -> tuple[Config, tuple[Finding, ...]]:
    """Read `agsite.yml`; where there is none, every setting has its default."""
    text, unread = read_own(path)
    if text is None:
        return Config(), tuple(unread)
    root, findings = yamlsubset.read_file(text, "AG503", path)
    if root is None or root.value is None:
        return Config(), tuple(findings)
    if not isinstance(root.value, dict):
        findings.append(_no_settings(root, path))
        return Config(), tuple(findings)
    config, mistakes = parse(root.plain())
    return config, (*findings, *(_placed(mistake, root, path) for mistake in mistakes))


def _no_settings(root: Node, path: str) -> Finding:
    what = "a list" if isinstance(root.value, list) else "a text"
    help = "Write one setting a line, each “name: value”, as in “title: Questions about ice”."
    return Finding.of(
        "AG503", f"the file holds {what}, and no settings", path=path, line=root.line, column=root.column, help=help
    )


def _placed(mistake: Mistake, root: Node, path: str) -> Finding:
    node = root.follow(mistake.place)
    line, column = (node.key_line, node.key_column) if mistake.code == "AG501" else (node.line, node.column)
    return Finding.of(mistake.code, mistake.message, path=path, line=line, column=column, help=mistake.help)


def read_own(path: str, limit: int | None = MAX_BYTES) -> tuple[str | None, list[Finding]]:
    """Return the text of a file that the site may have, None where it has none or nobody can read it, and why not."""
    if not os.path.lexists(path):
        return None, []
    why = files.irregular(path)
    return (None, [_unread(path, *files.refusal(why))]) if why else read_found(path, limit)


def read_found(path: str, limit: int | None = MAX_BYTES) -> tuple[str | None, list[Finding]]:
    """Return the text of a file that is there, however it was named; None where nobody can read it, and why not."""
    try:
        data = files.read_bytes(path, limit)
    except files.TooLarge as error:
        return None, [Finding.of("AG101", error.reason, path=path, help=error.help)]
    except files.Unreadable as error:
        return None, [Finding.of("AG100", error.reason, path=path)]
    text, found = as_utf_8(data)
    return text and text.removeprefix("\ufeff"), [finding.at(path) for finding in found]


def find_own(folder: Path, suffixes: tuple[str, ...]) -> tuple[list[str], list[Finding]]:
    """Return the files with one of the suffixes in a folder that the site may have, and what of them is not read."""
    found, refused = files.find(folder, suffixes) if folder.is_dir() else ([], [])
    return found, [_unread(path, *files.refusal(why)) for path, why in refused]


def _unread(path: str, message: str, help: str) -> Finding:
    return Finding.of("AG100", message, path=path, help=help)
