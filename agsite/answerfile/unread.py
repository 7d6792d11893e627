"""Why YAML stops in the middle of the front matter, and the line as it was meant."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from agsite.answerfile import lists
from agsite.answerfile.braces import braced
from agsite.answerfile.keyless import STRAY_COLON
from agsite.answerfile.quotes import advice, in_quotes, with_line
from agsite.ellipsis import quoted
from agsite.findings import Finding

_QUOTES = ("'", '"')

_FIELD = re.compile(r" +(?=([A-Za-z_]+) *:(?: |$))")
# What stands before a value: a field or the mark of an item, at the start of a line or within braces.
_BEFORE = re.compile(r" *(?:- +)?(?:([A-Za-z_]+) *: +|(?<=- ))")
_BEFORE_IN_BRACES = re.compile(r".*[{,] *([A-Za-z_]+) *: +")
_FIELD_FOUND = ("found '<block mapping start>'", "found '?'")
# A comment that takes the rest of a list or of fields with it stands after a text, and ends in a comma or a bracket.
_CUT_BY_HASH = re.compile(r"[,}\]]\s*\Z")
_ENDS_IN_TEXT = re.compile(r"[^\s,{\[]\s*\Z")
_TOP_FIELD = re.compile(r"[A-Za-z_]+ *:(?: |$)")
_NEXT = re.compile(r"[\"']?(id|category|title|similarity)[\"']? *:")
_NEXT_ITEM = tuple(f"but got '{what}'" for what in ("<scalar>", "{", "["))
_JOINED = re.compile(r" (id|category|title|similarity) *\Z")
_AFTER_IN_BRACES = re.compile(r", *[a-z_]+ *:|(?<!\s)\s*\}\s*$")
# What PyYAML says of a text whose first sign is one of YAML's own.
_SIGN_FIRST = (
    *("found character", "expected alphabetic or numeric character", "expected chomping or indentation"),
    *("expected a comment or a line break", "sequence entries are not allowed", "mapping keys are not allowed"),
)
# Of a tag it says “expected URI escape sequence”, and that has no backslash.
_NO_ESCAPE = ("found unknown escape character", "expected escape sequence")
_ASTERISK = re.compile(r"( *)\* +")
_AFTER_A_VALUE = tuple(f"expected <block end>, but found '{what}'" for what in ("<scalar>", ",", "}", "]"))
_IN_QUOTES = re.compile(r"(?<![^\s\[{,:])(?:\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')")
_OPENS = re.compile(r"(?:^|[\s\[{,])\Z")
_BACKSLASH = re.compile(r"\\([\\\"])|\\")


class _Value(NamedTuple):
    """What was meant as one value: what stands before it, where it starts, and its text."""

    lead: str
    column: int
    text: str


_Fault = tuple[int, int, str, str]
"""Line and column, counted from 0, what is wrong, and how to mend it."""


def unread(lines: list[str], first_line: int, error: Any) -> Finding | None:
    """Return the finding for what made PyYAML's `error`; None where nothing better is known than what it says."""
    mark = error.problem_mark
    fault = _fault(lines, error.problem, mark, error.context_mark) if mark and mark.line < len(lines) else None
    if fault is None:
        return None
    line, column, message, help_ = fault
    return Finding.of("AG131", message, line=first_line + line, column=column + 1, help=help_)


def _fault(lines: list[str], problem: str, mark: Any, context: Any) -> _Fault | None:
    if problem.startswith(("found unexpected end", "found unexpected document")) and context:
        return _unclosed(lines, context.line, context.column)
    return _opened_above(lines, mark) or _at_mark(lines, problem, mark, context)


def _at_mark(lines: list[str], problem: str, mark: Any, context: Any) -> _Fault | None:
    """Judge by what stands where YAML stopped."""
    if problem.startswith(_NO_ESCAPE):
        return _no_escape(lines[mark.line], mark)
    if problem.startswith(_SIGN_FIRST):
        return _sign_first(lines[mark.line], mark)
    if problem.startswith(_AFTER_A_VALUE):
        return _unbraced(lines, mark) or _after_a_value(lines, mark)
    if problem.startswith("expected ','") and context:
        judge = _in_braces if problem.startswith("expected ',' or '}'") else _in_brackets
        return _comment(lines, mark, context) or judge(lines, problem, mark, context)
    if problem == STRAY_COLON:
        return _unbraced(lines, mark) or _apart(lines, problem, mark) or _colon(lines, mark)
    return _apart(lines, problem, mark)


def _apart(lines: list[str], problem: str, mark: Any) -> _Fault | None:
    """Point at a line that is indented differently from those it belongs to."""
    if problem.endswith(("found '<block sequence start>'", "found '-'")):
        return _item_apart(lines, mark.line, mark.column)
    if problem == STRAY_COLON and lists.ITEM.match(lines[mark.line]):
        return _item_apart(lines, mark.line, lists.indent(lines[mark.line]))
    if problem == STRAY_COLON and lines[mark.line].find(":") == mark.column:
        return _field_apart(lines, mark.line)
    if problem.startswith("expected <block end>") and problem.endswith(_FIELD_FOUND):
        return _field_apart(lines, mark.line)
    if problem.startswith("expected '<document start>'"):
        return _field_apart(lines, next(number for number, line in enumerate(lines) if line.strip()))
    return None


def _comment(lines: list[str], mark: Any, context: Any) -> _Fault | None:
    """Point at the hash that makes a comment of what was to go on within brackets or braces, or to close them."""
    for number in range(context.line, mark.line + 1):
        line = lines[number]
        start = context.column if number == context.line else 0
        hidden = _IN_QUOTES.sub(lambda text: "." * len(text[0]), line)
        column = hidden.find(" #", start)
        if column < 0 or not _CUT_BY_HASH.search(hidden, column) or not _ENDS_IN_TEXT.search(hidden, start, column):
            continue
        message = f"{quoted(line[column:])} is left out: without quotes, what follows “ #” is a comment"
        value = _value_in_braces(line, column)
        help_ = advice("text", value.lead, value.text) if value else "Put quotes around the whole text."
        return number, column + 1, message, help_
    return None


def _in_braces(lines: list[str], problem: str, mark: Any, context: Any) -> _Fault | None:
    if _is_open(lines, mark, context, "{}"):
        column, meant = braced(lines, context.line) or (-1, "")
        return _open("brace", "}", context, meant if column == context.column else "")
    line, column = lines[mark.line], mark.column
    if line[column : column + 1] == ":" and (field := _JOINED.search(line, 0, column)):
        return _no_comma(lines, mark.line, field.start(1), field[1])
    if problem.endswith("'<scalar>'") and (field := _NEXT.match(line, column)):
        return _no_comma(lines, mark.line, column, field[1])
    return _cut_off(lines, _value_in_braces(line, column), mark)


def _no_comma(lines: list[str], number: int, column: int, text: str) -> _Fault:
    """Point at what begins without a comma before it."""
    is_first = not lines[number][:column].strip()
    help_ = "Put one there, or quotes around the whole text if it belongs to it."
    message = f"there is no comma before {quoted(text, 40)}"
    return number, column, message, "Put one at the end of the line above." if is_first else help_


def _in_brackets(lines: list[str], problem: str, mark: Any, context: Any) -> _Fault:
    """Point at a sign with a meaning in a list between brackets, or at the bracket that nothing closes."""
    if _is_open(lines, mark, context, "[]"):
        return _open("bracket", "]", context)
    if problem.endswith(_NEXT_ITEM):
        return _no_comma(lines, mark.line, mark.column, lines[mark.line][mark.column :])
    message = f"“{lines[mark.line][mark.column]}” cannot stand here, within the brackets of a list"
    return (
        mark.line,
        mark.column,
        message,
        "Put each item on a line of its own below the field's name: “  - Is it hot?”.",
    )


def _is_open(lines: list[str], mark: Any, context: Any, pair: str) -> bool:
    """Say whether no bracket of its field, but those in quotes, closes the one at `context`; or YAML met the end."""
    end = next((n for n in range(context.line + 1, len(lines)) if _TOP_FIELD.match(lines[n])), len(lines))
    written = _IN_QUOTES.sub("", "\n".join(lines[context.line : end]))
    return written.count(pair[0]) > written.count(pair[1]) or not lines[mark.line][mark.column :]


def _open(name: str, closing: str, context: Any, meant: str = "") -> _Fault:
    message = f"the {name} that opens here is not closed"
    help_ = with_line(f"Put “{closing}” at the end of what belongs to it", meant and f"“{meant}”")
    return context.line, context.column, message, help_


def _unbraced(lines: list[str], mark: Any) -> _Fault | None:
    """Point at the fields of a source on one line around which braces are missing, or the first of the two."""
    column, meant = braced(lines, mark.line) or (-1, "")
    if column < 0 or lines[mark.line][column] == "{":
        return None
    message = "the fields of a source on one line stand between braces"
    help_ = with_line("Put “{” before the first and “}” after the last", meant and f"“{meant}”")
    return mark.line, column, message, help_


def _unclosed(lines: list[str], number: int, column: int) -> _Fault:
    message = "the quote mark that opens here is not closed"
    value = _value_at(lines[number], column + 1)
    if value is None or value.column != column or not value.text.startswith("'"):
        return number, column, message, "Put a second one at the end of the text, or take this one out."
    whole = "Put a second one at the end of the text; if it is an apostrophe, double quotes around the whole"
    return number, column, message, with_line(whole, value.lead + in_quotes(value.text))


def _item_apart(lines: list[str], number: int, column: int) -> _Fault | None:
    """Point at an item of a list that begins elsewhere than the one above."""
    field = lines[number - 1].strip()
    if field.endswith("[]"):
        help_ = f"Take “[]” out: “{field.removesuffix('[]').rstrip()}”."
        return number, column, f"items stand below “{field}”, an empty list", help_
    found = lists.apart(lines, number)
    if found is None:
        return None
    index, meant = found
    return index, lists.indent(lines[index]), lists.APART, with_line(lists.ADVICE, f"“{meant}”")


def _field_apart(lines: list[str], number: int) -> _Fault | None:
    """Point at a field that stands further in than those around it, or less far."""
    field = _FIELD.match(lines[number])
    if field is None:
        return None
    above = next((line for line in reversed(lines[:number]) if line.strip()), "")
    indent = len(above) - len(above.lstrip("- "))
    how = "further" if field.end() > indent else "less"
    help_ = with_line("Begin it where the others begin", f"“{' ' * indent}{lines[number].strip()}”")
    return number, field.end(), f"“{field[1]}” is indented {how} than the fields around it", help_


def _no_escape(line: str, mark: Any) -> _Fault:
    """Point at a backslash, as those of TeX, that begins no escape between double quotes."""
    column = line.rindex("\\", 0, mark.column)
    message = f"“{line[column : column + 2]}” is not an escape, and between double quotes a backslash begins one"
    value = _value_at(line, column)
    text = value.text[1:-1] if value and len(value.text) > 1 and value.text[0] == value.text[-1] == '"' else ""
    if not value or not text:
        return mark.line, column, message, "Use single quotes, or write two backslashes for one."
    if "'" in text or any(escape[1] for escape in _BACKSLASH.finditer(text)):
        doubled = _BACKSLASH.sub(lambda escape: escape[0] if escape[1] else r"\\", text)
        return mark.line, column, message, with_line("Write two backslashes for one", f'{value.lead}"{doubled}"')
    return mark.line, column, message, with_line("Use single quotes", f"{value.lead}'{text}'")


def _sign_first(line: str, mark: Any) -> _Fault | None:
    """Point at a text that begins with a sign to which YAML gives a meaning."""
    if item := _ASTERISK.match(line):
        help_ = with_line("Begin it so", f"“{item[1]}- {line[item.end() :].rstrip()}”")
        return mark.line, item.end(1), "an item of a list begins with “- ”", help_
    value = _value_at(line, mark.column)
    if value is None:
        return None
    help_ = with_line("Put them around the whole text", value.lead + in_quotes(value.text))
    return mark.line, value.column, f"a text that begins with “{value.text[:1]}” needs quotes", help_


def _after_a_value(lines: list[str], mark: Any) -> _Fault | None:
    """Point at what follows a text in quotes, or a list or fields between brackets."""
    value, rest = _value(lines[mark.line]), lines[mark.line][mark.column :].strip()
    if value and value.text[:1] not in _QUOTES and not rest.strip(",]}"):
        return mark.line, mark.column, f"“{rest}” stands after the end of the value", "Take it out."
    return _cut_off(lines, value, mark)


def _colon(lines: list[str], mark: Any) -> _Fault | None:
    """Point at a text without quotes of which a colon has made a field."""
    line = lines[mark.line]
    value = _value(line)
    if value is None or value.text[:1] in _QUOTES:
        return _cut_off(lines, value, mark)
    message = f"the colon after “{line[value.column : mark.column].strip()}” makes a field of it"
    help_ = advice("text", value.lead, value.text)
    return mark.line, value.column, message, help_


def _value_at(line: str, column: int) -> _Value | None:
    value = _value(line)
    return _value_in_braces(line, column) if value and value.text.startswith("{") else value


def _value(line: str) -> _Value | None:
    match = _BEFORE.match(line)
    return _Value(f"{match[1]}: " if match[1] else "- ", match.end(), line[match.end() :].rstrip()) if match else None


def _value_in_braces(line: str, column: int) -> _Value | None:
    match, end = _BEFORE_IN_BRACES.match(line, 0, column), _AFTER_IN_BRACES.search(line, column)
    return _Value(f"{match[1]}: ", match.end(), line[match.end() : end.start()]) if match and end else None


def _cut_off(lines: list[str], value: _Value | None, mark: Any) -> _Fault | None:
    """Point at what a quote mark or a bracket has cut off a text."""
    if value is None:
        return None
    sign, text = value.text[:1], value.text
    if sign in _QUOTES:
        message = "the text ends at its second quote mark, and more follows"
        if len(text) > 1 and text.endswith(sign):
            text = text[1:-1]
            if sign not in text:
                return _opened_before(lines, mark.line, sign)
        if sign == '"':
            text = _BACKSLASH.sub(lambda escape: escape[1] or escape[0], text)
    elif sign in {"[", "{"}:
        message = f"“{sign}” at the start begins a list or fields, and more follows them"
    else:
        message = f"“{lines[mark.line][mark.column]}” has a meaning within braces"
    return mark.line, mark.column, message, advice("text", value.lead, text)


def _opened_above(lines: list[str], mark: Any) -> _Fault | None:
    """Point at a quote mark above that was closed by the one before the mark only, which was to open another text."""
    before = lines[mark.line][: mark.column].rstrip()
    sign = before[-1:]
    return _opened_before(lines, mark.line, sign) if sign in _QUOTES and before.count(sign) % 2 else None


def _opened_before(lines: list[str], number: int, sign: str) -> _Fault | None:
    """Point at a quote mark above that was closed by one of line `number` only."""
    line = next((index for index in range(number - 1, -1, -1) if lines[index].count(sign) % 2), None)
    if line is None:
        return None
    column = lines[line].rindex(sign)
    # An apostrophe opens nothing.
    return _unclosed(lines, line, column) if _OPENS.search(lines[line], 0, column) else None
