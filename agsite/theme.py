"""A site's own templates, words and pages of text: read, merged with ours, and checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agsite.answerfile import yamlsubset
from agsite.answerfile.yamlsubset import Node
from agsite.findings import Finding
from agsite.look import TextFile
from agsite.settings import MistakesError, find_own, read_own
from agsite.spelling import nearest_name
from agsite.suspects import located, suspects
from agsite.words import faults

if TYPE_CHECKING:
    from agsite.templating import Named

_OURS = "agsite/"


def load_templates(folders: tuple[str, ...]) -> dict[str, TextFile]:
    """Read all templates by name; a file of an earlier folder wins over its namesakes.

    The last folder holds ours. Those that others name as `agsite/NAME` are there under that name, too. Raises
    MistakesError where one holds what may not be published.
    """
    (own, faults), (ours, _) = _templates_in(folders[:-1]), _templates_in(folders[-1:])
    if faults:
        raise MistakesError(faults)
    named = {f"{_OURS}{name}": source for name, source in ours.items()}
    return ours | own | {name: named[name] for name in _quoted_in(own) & named.keys()}


def _templates_in(folders: tuple[str, ...]) -> tuple[dict[str, TextFile], list[Finding]]:
    found: dict[str, TextFile] = {}
    faults: list[Finding] = []
    for root in map(Path, reversed(folders)):
        paths, unread = find_own(root, (".html", ".xml", ".txt"))
        faults += unread
        for path in paths:
            found[Path(path).relative_to(root).as_posix()], wrong = read_text_file(path)
            faults += wrong
    return found, faults


# Templates are named and phrases asked for in quotes, whatever the statement around them.
_QUOTED = re.compile(r"""["']([\w./-]+)["']""")


def _quoted_in(templates: Mapping[str, TextFile]) -> set[str]:
    return set().union(*(_QUOTED.findall(source.text) for source in templates.values()))


def read_text_file(path: str) -> tuple[TextFile, list[Finding]]:
    """Read a template or a page of text, and find what it holds, or is called, and may not be published."""
    text, unread = read_own(path)
    return TextFile(path, text or ""), unread or _text_faults(path, text or "")


def _text_faults(path: str, text: str) -> list[Finding]:
    plain = text.replace("\r\n", "\n")
    named = [Finding.of(code, f"the name of the file: {why}", path=path, line=1) for code, _, why in suspects(path)]
    return [*named, *located(plain, suspects(plain), path)]


def load_phrases(folders: tuple[str, ...]) -> dict[str, Any]:
    """Read the words of the interface: the last folder's `words.yml`, with those of the folders before it on top.

    Raises MistakesError with every mistake in them.
    """
    phrases: dict[str, Any] = {}
    mistakes: list[Finding] = []
    for path, root, findings in _catalogues(folders):
        mistakes += findings
        if root is not None:
            mistakes += _phrase_faults(path, root, phrases) if phrases else ()
            phrases |= root.plain()
    if mistakes:
        raise MistakesError(mistakes)
    return phrases


_NEVER_USED = ("AG506", "AG507")


def check_look(folders: tuple[str, ...]) -> tuple[Finding, ...]:
    """Find what is wrong with a site's own words and templates; the last folder holds ours."""
    own, faults = _templates_in(folders[:-1])
    quoted = _quoted_in(own)
    found = (*_check_words(folders, quoted), *_check_templates(folders[-1], own, quoted))
    # What cannot be read may ask for any phrase and name any template.
    told = [finding for finding in found if finding.code not in _NEVER_USED] if faults else found
    return (*faults, *told)


def _catalogues(folders: tuple[str, ...]) -> Iterator[tuple[str, Node | None, list[Finding]]]:
    """Yield path, contents and mistakes of every `words.yml`, ours first."""
    for folder in reversed(folders):
        path = str(Path(folder) / "words.yml")
        text, unread = read_own(path)
        if text is None:
            if unread:
                yield path, None, unread
            continue
        root, findings = yamlsubset.read_file(text, "AG503", path)
        if root is None and not findings:
            continue  # all of it is commented out
        if root is None or not isinstance(root.value, dict):
            yield path, None, findings or [Finding.of("AG503", "the file holds no phrases", path=path, line=1)]
        else:
            yield path, root, findings


def _check_words(folders: tuple[str, ...], quoted: Collection[str]) -> list[Finding]:
    own = list(_catalogues(folders[:-1]))
    if not own:
        return []  # most sites have none, and ours takes longer to read than all else here
    phrases = next(root.plain() for _, root, _ in _catalogues(folders[-1:]) if root is not None)
    found: list[Finding] = []
    for path, root, findings in own:
        found += findings
        if root is not None:
            found += _phrase_faults(path, root, phrases)
            found += _never_asked_for(path, root, phrases.keys() | set(quoted))
    return found


def _phrase_faults(path: str, root: Node, ours: Mapping[str, Any]) -> Iterator[Finding]:
    for key, node in _pairs(root):
        for form, message, help in faults(key, node.data(), ours.get(key)):
            place = dict(_pairs(node)).get(form, node)
            yield Finding.of("AG505", message, path=path, line=place.key_line, column=place.key_column, help=help)


def _never_asked_for(path: str, root: Node, known: Collection[str]) -> Iterator[Finding]:
    for key, node in _pairs(root):
        if key not in known:
            near = nearest_name(key, known)
            message, help = f"no template asks for a phrase “{key}”", f"Did you mean “{near}”?" if near else None
            yield Finding.of("AG506", message, path=path, line=node.key_line, column=node.key_column, help=help)


def _check_templates(ours: str, own: Mapping[str, TextFile], quoted: Collection[str]) -> Iterator[Finding]:
    if not own:
        return  # most sites have none
    from agsite.templating import Fault, examine

    shipped = _templates_in((ours,))[0].keys()
    for name in sorted(own.keys() - set(shipped) - set(quoted)):
        near = nearest_name(name, shipped, 0.7)
        help = f"Did you mean {near}?" if near else None
        yield Finding.of("AG507", "no page and no other template uses it", path=own[name].path, line=1, help=help)
    known = shipped | own.keys() | {f"{_OURS}{name}" for name in shipped}
    for name, (path, text) in own.items():
        found = examine(text)
        if isinstance(found, Fault):
            yield Finding.of("AG509", found.reason, path=path, line=found.line)
        else:
            yield from _names_at_fault(name, path, found, known)


def _names_at_fault(name: str, path: str, named: Iterable[Named], known: Collection[str]) -> Iterator[Finding]:
    """Find what a template names that is not there, or is itself."""
    for other, line, extended in named:
        if other not in known:
            near = nearest_name(other, known, 0.7)
            message, help = f"there is no template {other}", f"Did you mean {near}?" if near else None
        elif extended and other == name:
            message, help = "it extends itself", f"To extend agsite's own, name it: {_OURS}{name}."
        else:
            continue
        yield Finding.of("AG509", message, path=path, line=line, help=help)


def _pairs(node: Node) -> Iterable[tuple[str, Node]]:
    return node.value.items() if isinstance(node.value, dict) else ()
