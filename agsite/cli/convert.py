"""`agsite convert`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from shlex import quote

import click

from agsite import answerfile, files
from agsite.answerfile import Format
from agsite.cli.console import say, show_findings
from agsite.errors import AnswerFileError, ConfigError


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--to", "target", type=click.Choice(answerfile.FORMATS), help="Format to write; the other one unless given."
)
@click.option("--output", metavar="DIR", help="Folder to write into, instead of beside each file.")
@click.option(
    "--check", is_flag=True, help="Write nothing; end with exit code 1 if a file is not in its canonical form."
)
def command(names: tuple[str, ...], target: Format | None, output: str | None, *, check: bool) -> None:
    """Write answer files in the other format, or in the canonical form of their own.

    Nothing is overwritten but a file of the same name in the format that is written.

    \b
    Examples:
      agsite convert answers/why.txt            # writes answers/why.md
      agsite convert --to md answers/*.md       # rewrites them in their canonical form
      agsite convert --check answers/*.md
    """
    if check and target and any(_own_format(Path(name)) != target for name in names):
        raise ConfigError("--check compares a file with its own format", "Leave --to out.")
    written: dict[Path, Path] = {}
    failed = [name for name in names if not _convert(Path(name), target, output, written, check=check)]
    sys.exit(1 if failed else 0)


def _convert(path: Path, target: Format | None, output: str | None, written: dict[Path, Path], *, check: bool) -> bool:
    """Convert a file, or compare it; `written` tells which files this run wrote, and from which."""
    own = _own_format(path)
    form = target or (own if check else "md" if own == "txt" else "txt")
    try:
        data = files.read_bytes(path, limit=answerfile.MAX_BYTES)
    except files.Unreadable as error:
        return _refuse(error.lines)
    parsed = answerfile.parse(data, path.name)
    show_findings(finding.at(str(path)) for finding in parsed.findings)
    if parsed.answer is None:
        return False
    place = Path(output or path.parent) / f"{path.stem}.{form}"
    try:
        text = answerfile.dumps(parsed.answer, form, place.name)
    except AnswerFileError as error:
        first, *rest = error.lines
        return _refuse((f"{path}: {first}", *rest))
    if check:
        same = text.encode() == data
        if not same:
            say(f"{path} is not in its canonical form; run: agsite convert --to {form} {quote(str(path))}")
        return same
    if written.setdefault(place, path) != path:
        say(f"{path}: {place} was just written from {written[place]}; rename one of the two.")
        return False
    files.write_text(place, text)
    say(f"{path} → {place}")
    if place.parent == path.parent and place != path:
        say(f"    An archive holds an answer once: delete {path} or {place}.")
    return True


def _refuse(lines: Iterable[str]) -> bool:
    for line in lines:
        say(line)
    return False


def _own_format(path: Path) -> Format:
    return "txt" if path.suffix == ".txt" else "md"
