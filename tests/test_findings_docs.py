"""`docs/findings.md` explains every code as the catalogue has it, and every example in it triggers what it says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from agsite import cli
from agsite.annotations import explained
from agsite.findings import CATALOGUE

DOCUMENT = (Path(__file__).parents[1] / "docs" / "findings.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^### (AG[0-9]{3}) (\w+): ([^\n]+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: commands, a file, a change to one, or a change that makes another file of it."""

    language: str
    file: str
    other: str
    text: str


SECTIONS = {match[1]: match for match in SECTION.finditer(DOCUMENT)}


def blocks(text: str) -> list[Block]:
    return [Block(*match) for match in BLOCK.findall(text)]


def lay_out(folder: Path, block: Block) -> None:
    """Do to the folder what a block says; commands of agsite itself are run by the test."""
    if block.language == "sh":
        commands = "\n".join(line for line in block.text.splitlines() if not line.startswith("agsite "))
        subprocess.run(["sh", "-e", "-c", commands], cwd=folder, check=True)
        return
    target = folder / (block.other or block.file)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = block.text.removesuffix("\n")
    if block.language == "diff":
        text = changed((folder / block.file).read_text(encoding="utf-8"), text)
    target.write_text(text, encoding="utf-8")


def changed(text: str, diff: str) -> str:
    """Put what a diff adds in the place of what it takes away."""
    lines = diff.split("\n")
    old = "\n".join(line[1:] for line in lines if line[:1] in {"-", " "})
    new = "\n".join(line[1:] for line in lines if line[:1] in {"+", " "})
    whole = f"\n{text}\n"
    assert whole.count(f"\n{old}\n") == 1, diff
    return whole.replace(f"\n{old}\n", f"\n{new}\n" if new else "\n").removeprefix("\n").removesuffix("\n")


def agsite(command: str) -> str:
    """What a command of agsite says."""
    done = CliRunner().invoke(cli.commands, command.split()[1:], prog_name="agsite")
    return done.output if done.exception is None or isinstance(done.exception, SystemExit) else repr(done.exception)


def said(folder: Path, example: list[Block]) -> str:
    """Do what an example says, block by block, and return what agsite says; `agsite check` goes without saying."""
    told = []
    for block in example:
        lay_out(folder, block)
        told += [agsite(line) for line in block.text.splitlines() if line.startswith("agsite ")]
    return "".join(told or [agsite("agsite check")])


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that all examples start from."""
    monkeypatch.chdir(tmp_path)
    for block in blocks(DOCUMENT[: DOCUMENT.index("\n## ")]):
        if block.file.startswith(("answers/", "papers/")):
            lay_out(tmp_path, block)
    return tmp_path


def test_all_codes_are_explained_in_order_and_no_others():
    assert list(SECTIONS) == sorted(CATALOGUE)


def test_links_to_what_is_explained_lead_to_its_heading():
    # As GitHub makes anchors: small letters, no signs, hyphens for spaces. A `#` at the end is not a part of a heading.
    headings = [re.sub(r"\s#+$", "", line) for line in re.findall(r"^### (.+)$", DOCUMENT, re.MULTILINE)]
    anchors = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert [explained(code).partition("#")[2] for code in CATALOGUE] == anchors


@pytest.mark.parametrize("code", SECTIONS)
def test_a_code_is_explained_as_the_catalogue_has_it(code: str):
    _, _, severity, title, text = (code, *SECTIONS[code].group(0, 2, 3, 4))
    assert (severity, title) == CATALOGUE[code][:2]
    assert f"**Mend:** {CATALOGUE[code].help}" in text


def test_nothing_is_found_in_the_files_that_the_examples_start_from(archive: Path):
    assert re.findall(r"AG[0-9]{3} ", agsite("agsite check")) == []


@pytest.mark.parametrize("code", SECTIONS)
def test_an_example_triggers_its_code(code: str, archive: Path):
    example = blocks(SECTIONS[code][4])
    assert example
    told = said(archive, example)
    assert f" {SECTIONS[code][2]} {code} " in told, told
