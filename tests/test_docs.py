"""The documentation is true: what there is is documented, what is documented is there, and every example in it runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import click
import pytest
import yaml

from agsite import answerfile, cli, starter
from agsite.config import Config, parse
from agsite.config.model import GROUNDS, ModelPrice, Prices
from agsite.findings import CATALOGUE, fails
from agsite.records import Answer, Paper, Source
from scripts import reference
from tests.pregenerating import CASES, KEY
from tests.standin import StandIn

ROOT = Path(__file__).parents[1]
DOCUMENTS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
DOCUMENTS |= {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")
}

_BLOCK = re.compile(r"^( *)```(\w+)(?: (\S+))?[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)

# These have tests of their own that run their examples.
WITH_TESTS = {"findings.md"}

# What commands of others may stand in an example; they are not run.
OTHERS = {"cd", "git", "make", "pip", "python", "export"}


class Block(NamedTuple):
    """A fenced block of a document; `file` is what it says it is."""

    document: str
    language: str
    file: str
    text: str


def blocks() -> list[Block]:
    return [
        Block(name, match[2], match[3] or "", re.sub(f"^{match[1]}", "", match[4], flags=re.MULTILINE))
        for name, text in DOCUMENTS.items()
        if name not in WITH_TESTS
        for match in _BLOCK.finditer(text)
    ]


BLOCKS = blocks()


def commands(document: str) -> list[str]:
    """The command lines of a document's consoles, in order."""
    consoles = [block for block in BLOCKS if block.document == document and block.language == "console"]
    lines = [line for block in consoles for line in block.text.splitlines()]
    return [re.sub(r"\s+#.*", "", line[2:]) for line in lines if line.startswith("$ ")]


# --- What there is is documented ------------------------------------------------------------------------------------


def test_the_pages_of_commands_and_settings_are_as_the_program_writes_them():
    assert DOCUMENTS["commands.md"] == reference.commands_page(), "run make docs"
    assert DOCUMENTS["configuration.md"] == reference.with_settings(DOCUMENTS["configuration.md"]), "run make docs"


def test_every_command_and_option_has_its_help_and_an_example():
    for name, command in reference.commands():
        assert f"## {name}\n" in DOCUMENTS["commands.md"]
        assert isinstance(command, click.Group) or "\b\n" in (command.help or ""), f"{name} has no example"
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts}"
                assert all(option in DOCUMENTS["commands.md"] for option in parameter.opts)


def test_every_variable_that_is_read_is_documented():
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "agsite").rglob("*.py"))
    read = set(re.findall(r"""os\.environ(?:\.get\(|\[)"(\w+)""", sources))
    assert "ANTHROPIC_API_KEY" in read
    assert read == set(re.findall(r"^\| `([A-Z_]+)` \|", DOCUMENTS["commands.md"], re.MULTILINE))


def test_help_keeps_the_lines_of_its_examples():
    for name, command in reference.commands():
        shown = command.get_help(click.Context(command, info_name=name))
        assert "\\b" not in shown
        assert "Example" not in shown or re.search(r"^  Examples?:\n    agsite ", shown, re.MULTILINE), shown


def test_every_setting_is_documented():
    for name, field in Config.model_fields.items():
        assert field.description
        assert f"| `{name}` | " in DOCUMENTS["configuration.md"]


def test_every_setting_with_settings_of_its_own_has_an_example():
    nested = {name for name, field in Config.model_fields.items() if hasattr(field.default, "model_dump")}
    shown = [yaml.safe_load(block.text) for block in BLOCKS if block.file == "agsite.yml"]
    assert nested <= {key for values in shown for key in values}


def test_defaults_of_settings_with_settings_of_their_own_are_documented():
    page, style = DOCUMENTS["configuration.md"], (ROOT / "site_src/style.css").read_text(encoding="utf-8")
    for pair in (re.search(rf"--{name}:light-dark\((#\w+),(#\w+)\)", style) for name in ("accent", "open")):
        assert f"`{pair[1]}` and `{pair[2]}`" in page
    assert all(f"`{ground}`" in page for ground in GROUNDS)
    shown = [yaml.safe_load(block.text) for block in BLOCKS if block.file == "agsite.yml"]
    assert [parse(values)[0].match for values in shown if "match" in values] == [Config().match]
    assert {*Prices.model_fields, *ModelPrice.model_fields} <= set(re.findall(r"`(\w+)`", page))
    for name in ("max_tokens", "characters_per_token"):
        assert re.search(rf"^\| `{name}` .* \| `{ModelPrice.model_fields[name].default}` \|$", page, re.MULTILINE)


def test_where_templates_lie_is_told_by_the_command_that_is_documented():
    (line,) = [line for line in commands("theming.md") if line.startswith("python ")]
    done = subprocess.run(
        [sys.executable, *shlex.split(line)[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (Path(done.stdout.strip()) / "words.yml").is_file(), done.stderr


def test_every_code_is_documented():
    assert all(f"### {code} " in DOCUMENTS["findings.md"] for code in CATALOGUE)


@pytest.mark.parametrize(("kind", "record"), [("answer", Answer), ("source", Source)])
def test_every_field_is_documented(kind: str, record: type[Answer] | type[Source]):
    table = DOCUMENTS["format.md"].split(f"<!-- fields: {kind} -->")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(record.__pydantic_fields__) - {"body"}


def test_every_template_of_a_page_is_documented():
    templates = {path.name for path in (ROOT / "templates").glob("*.html")}
    pages = {name for name in templates if "{% extends" in (ROOT / "templates" / name).read_text(encoding="utf-8")}
    assert pages <= set(re.findall(r"`([\w-]+\.html)`", DOCUMENTS["theming.md"])) | {"404.html"}


def test_every_rule_of_security_names_a_test_that_is_there():
    rows = re.findall(r"^\| (R-[A-Z]+) \|.*\| (.*) \|$", DOCUMENTS["security.md"], re.MULTILINE)
    assert len(rows) == 17
    assert all((ROOT / path).is_file() for _, held in rows for path in re.findall(r"`([^`]+)`", held))


# --- What is documented is there ------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_between_documents_lead_somewhere(document: str):
    folder = ROOT if (ROOT / document).exists() else ROOT / "docs"
    text = re.sub(r"```.*?```|`[^`]*`", "", DOCUMENTS[document], flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert target.startswith(("https://", "mailto:")) or (folder / target).is_file(), f"{document}: {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_heading_has_an_empty_line_on_either_side(document: str):
    lines = ["", *_BLOCK.sub("", DOCUMENTS[document]).splitlines(), ""]
    headings = [number for number, line in enumerate(lines) if line.startswith("#")]
    assert [lines[number] for number in headings if lines[number - 1] or lines[number + 1]] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_targets_of_make_are_there(document: str):
    makefiles = (ROOT / "Makefile", ROOT / "starter/Makefile")
    targets = {name for path in makefiles for name in re.findall(r"^([a-z]+):", path.read_text("utf-8"), re.MULTILINE)}
    said = re.findall(r"`make ([a-z]+)|^\$ make ([a-z]+)", DOCUMENTS[document], re.MULTILINE)
    assert {a or b for a, b in said} <= targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_and_options_in_the_text_are_there(document: str):
    known = dict(reference.commands())
    for line in re.findall(r"`(agsite [^`\n]+)`", DOCUMENTS[document]):
        words = line.split()
        name = " ".join(words[:3]) if " ".join(words[:3]) in known else " ".join(words[:2])
        if words[1] in {"COMMAND", "--help", "--version"}:
            continue
        assert name in known, f"{document}: {line}"
        options = {option for parameter in known[name].params for option in parameter.opts} | {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} - {"--"} <= options, (
            f"{document}: {line}"
        )


def test_paths_in_the_text_are_there():
    for document, text in DOCUMENTS.items():
        for path in re.findall(r"`((?:tests|bench|scripts|starter|docs|\.github)/[\w./-]+)`", text):
            assert (ROOT / path).exists(), f"{document}: {path}"


# --- Examples run ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "yaml"], ids=lambda block: block.document)
def test_an_example_of_yaml_is_read(block: Block):
    values = yaml.safe_load(block.text)
    assert values
    if block.file == "agsite.yml":
        assert parse(values)[1] == ()


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.file.startswith("answers/")], ids=lambda block: block.file)
def test_an_example_of_an_answer_is_read(block: Block):
    parsed = answerfile.parse(block.text.removesuffix("\n").encode(), block.file)
    assert parsed.answer is not None
    assert not fails(parsed.findings, strict=True)


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.file.startswith("papers/")], ids=lambda block: block.file)
def test_an_example_of_a_paper_is_read(block: Block):
    for line in block.text.splitlines():
        assert Paper.model_validate(json.loads(line)).title


def test_examples_of_overrides_make_a_site(tmp_path: Path):
    starter.write(tmp_path / "archive", starter.Starter("Ours", "https://example.org/"))
    for block in BLOCKS:
        if block.document == "theming.md" and "/" in block.file:
            (tmp_path / "archive" / block.file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "archive" / block.file).write_text(block.text, encoding="utf-8")
    done = run("agsite build --strict", tmp_path / "archive", {})
    assert done.returncode == 0, done.stderr
    home = (tmp_path / "archive/_site/index.html").read_text(encoding="utf-8")
    assert "<h1>Ours</h1>" in home
    assert "Unanswered" in home
    for page in ("", "about/editors", *(f"ask/{path.name}" for path in (tmp_path / "archive/_site/ask").iterdir())):
        if (path := tmp_path / "archive/_site" / page / "index.html").is_file():
            assert "assets/ours.css" in path.read_text(encoding="utf-8")
    answer = (tmp_path / "archive/_site/ask/signals-nobody-simulated/index.html").read_text(encoding="utf-8")
    assert re.search(r"<title>[^<]+: an answer · Ours</title>", answer)
    assert 'class="plate"' in answer
    assert "Two of us read every answer" in (tmp_path / "archive/_site/about/editors/index.html").read_text("utf-8")


def run(line: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command line of agsite."""
    command = line.replace(".venv/bin/agsite", "agsite").replace(
        "agsite", f"{shlex.quote(sys.executable)} -m agsite", 1
    )
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def is_of_agsite(line: str) -> bool:
    return line.split(maxsplit=1)[0] in {"agsite", ".venv/bin/agsite"}


def prepare(document: str, folder: Path) -> None:
    """Make the archive that a document's examples are about, and the files that it shows."""
    if document == "pregenerate.md":
        shutil.copytree(CASES, folder)
    else:
        starter.write(folder, starter.Starter("Ours", "https://example.org/"))
    if document == "commands.md":
        prepare_commands(folder)


def prepare_commands(folder: Path) -> None:
    """Make what the examples of the commands name."""
    library = "@article{doe, title = {Strengthening Anomaly Awareness}, eprint = {2504.11520}, year = 2025}"
    (folder / "library.bib").write_text(library, encoding="utf-8")
    (folder / "arxiv.jsonl").write_text("", encoding="utf-8")
    shutil.copy(folder / "answers/a-few-labelled-examples.md", folder / "answers/why-it-works.md")
    text = (folder / "answers/why-it-works.md").read_text(encoding="utf-8").replace("Do a few", "Why do a few")
    (folder / "answers/why-it-works.md").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "answers/nothing-to-tune-on.txt", folder / "answers/why.txt")
    shutil.copytree(ROOT / "papers", folder / "papers", dirs_exist_ok=True)
    for command in ("init -q -b main", "add .", "-c user.name=A -c user.email=a@example.org commit -qm all"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    subprocess.run(["git", "update-ref", "refs/remotes/origin/main", "HEAD"], cwd=folder, check=True)
    for output in ("_before", "_site"):
        run(f"agsite build --output {output}", folder, {})
    for name in ("before", "after"):
        done = run("agsite check --format json", folder, {})
        (folder / f"{name}.json").write_text(done.stdout, encoding="utf-8")


def test_the_readme_shows_a_finding_as_the_program_tells_it(tmp_path: Path):
    shown = next(block.text for block in BLOCKS if block.document == "README.md" and "AG201" in block.text)
    command, told = shown.split("\n", 1)
    path, quoted = re.search(r"^(\S+\.md):", told)[1], re.search(r"\d+ \| (.*)", told)[1]
    facts = """---
question: Q?
model: hand-written
date: 2026-05-03
sources: [{id: AG-2025.03-1234, category: hep-ph, title: Made Up}]
follow_ups: ["A?", "B?", "C?"]
---""".splitlines()
    text = "\n".join([*facts, *["A line."] * (int(re.search(r":(\d+):", told)[1]) - len(facts) - 1), quoted, ""])
    (tmp_path / path).parent.mkdir()
    (tmp_path / path).write_text(text, encoding="utf-8")
    done = run(command.removeprefix("$ "), tmp_path, {})
    assert told in done.stderr


def parses(line: str) -> bool:
    """Say whether a command line names a command and options that there are, without running it."""
    name, *arguments = shlex.split(line)[1:]
    command = cli.commands.get_command(click.Context(cli.commands), name)
    assert command is not None, line
    command.make_context(name, arguments)
    return True


def is_run(document: str, line: str) -> bool:
    """Say whether a line is run, and not only read: previews never end, batches take a day, the README shows."""
    return document != "README.md" and not re.search(r"agsite serve|--batch|--resume", line)


def expected(document: str, line: str) -> set[int]:
    """The exit codes that a line may have: a new file has blanks to fill in, and a question may be declined."""
    may_find = "pregenerate" in line or (document == "CONTRIBUTING.md" and "check" in line)
    return {0, 1} if may_find else {0}


@pytest.mark.slow
@pytest.mark.parametrize("document", [name for name in DOCUMENTS if commands(name)])
def test_the_commands_of_a_document_run_in_its_order(document: str, tmp_path: Path):
    archive = tmp_path / "archive"
    prepare(document, archive)
    with StandIn() as service:
        environment = {"ANTHROPIC_BASE_URL": service.url, "ANTHROPIC_API_KEY": KEY}
        for number, line in enumerate(commands(document)):
            if not is_of_agsite(line):
                assert line.split()[0] in OTHERS, line
            elif not is_run(document, line):
                assert parses(line)
            else:
                # The page of all commands tells no story: each of its examples starts anew.
                folder = archive if document != "commands.md" else tmp_path / str(number)
                if folder != archive:
                    shutil.copytree(archive, folder)
                done = run(line, folder, environment)
                assert done.returncode in expected(document, line), f"{line}\n{done.stderr}"
