"""What a check found: one record, one catalogue of stable codes.

A code never changes its meaning. `docs/findings.md` explains every code of the catalogue, and a test holds that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

_MOST_OF_A_KIND = 20


class Rule(NamedTuple):
    """A kind of finding: its severity, its name, and how to mend it when the finding does not say better."""

    severity: Severity
    title: str
    help: str


class Finding(NamedTuple):
    """One thing found, where it was found, and what to do about it. Line and column count from 1; 0 is unknown."""

    code: str
    severity: Severity
    path: str
    line: int
    column: int
    message: str
    help: str

    @classmethod
    def of(
        cls, code: str, message: str, *, path: str = "", line: int = 0, column: int = 0, help: str | None = None
    ) -> Finding:
        """Make a finding of the catalogue's `code`, with the catalogue's help unless told otherwise."""
        rule = CATALOGUE[code]
        return cls(code, rule.severity, path, line, column, message, rule.help if help is None else help)

    def at(self, path: str) -> Finding:
        """Return the same finding in the file `path`."""
        return self._replace(path=path)

    def like(self, code: str, message: str, help: str) -> Finding:
        """Return another finding that stands where this one does, and that it explains."""
        return Finding.of(code, message, path=self.path, line=self.line, column=self.column, help=help)

    def __str__(self) -> str:
        return f"{self.place}: {self.severity} {self.code} {self.message}"

    @property
    def place(self) -> str:
        """`path:line:column`, as far as they are known."""
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part) or "archive"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings as a person reads them: by file, then line, then column, then code; each once."""
    return tuple(sorted(set(findings), key=lambda f: (f.path, f.line, f.column, f.code, f.message)))


def few_of_a_kind(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in order, at most twenty of a kind in a file; the last of these says how many more there are."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in in_order(findings):
        kinds.setdefault((finding.path, finding.code), []).append(finding)
    kept = []
    for kind in kinds.values():
        few = kind[:_MOST_OF_A_KIND]
        if more := len(kind) - len(few):
            few[-1] = few[-1]._replace(message=f"{few[-1].message}; and {more:,} more like this")
        kept += few
    return in_order(kept)


def fails(findings: Iterable[Finding], *, strict: bool = False) -> bool:
    """Say whether one of the findings is an error, or with `strict` a warning: notes never stop anything."""
    grave = {"error", "warning"} if strict else {"error"}
    return any(finding.severity in grave for finding in findings)


CATALOGUE: dict[str, Rule] = {
    # AG1xx: the file as such
    "AG100": Rule("error", "file cannot be read", "Check that the file exists, is a regular file and may be read."),
    "AG101": Rule("error", "file is too large", "An answer file holds at most 256 KiB; split it or cut it down."),
    "AG102": Rule("error", "file is not UTF-8", "Save the file as UTF-8 text, or copy it again if it was cut off."),
    "AG103": Rule("error", "file is empty", "Write the answer, or delete the file."),
    "AG104": Rule(
        "error", "forbidden character", "Delete the character: it is invisible, or steers how others are shown."
    ),
    "AG105": Rule("note", "byte order mark", "Save the file as UTF-8 without a byte order mark; the mark is skipped."),
    "AG106": Rule("note", "Windows line ends", "Save the file with LF line ends; these are read as if they were."),
    "AG107": Rule("note", "stray line end", "Page text ends without a line end; this one is skipped."),
    "AG110": Rule(
        "error",
        "no page text",
        "Page text starts with the line “Antigravity Q&A”; write anything else as .md with front matter.",
    ),
    "AG111": Rule("error", "no question", "The second line of page text is the question."),
    "AG112": Rule(
        "error",
        "no model and date",
        "The third line must read like “Answered by claude-haiku-4-5 · 3 May 2026”, without a leading zero.",
    ),
    "AG113": Rule("error", "no answer", "The fourth line of page text is “Answer”, and the text follows in the next."),
    "AG114": Rule(
        "error",
        "no list of sources",
        "The text must be followed by a line “Sources · 8” and the sources; the file may be cut off.",
    ),
    "AG115": Rule(
        "error",
        "no list of follow-ups",
        "The sources must be followed by the line “Keep exploring”; the file may be cut off.",
    ),
    "AG116": Rule(
        "error", "no closing line", "The last line starts with “This is a research aid”; the file may be cut off."
    ),
    "AG117": Rule(
        "error",
        "source line cannot be read",
        "Write percent, category, title and id as in “- 61%hep-phA TitleAG-2025.03-1234”.",
    ),
    "AG118": Rule("warning", "number of sources differs", "Add the missing sources or correct the number."),
    "AG119": Rule("error", "follow-up cannot be read", "Every line after “Keep exploring” starts with “- ”."),
    "AG120": Rule("warning", "blank line", "Page text has no blank lines; delete it."),
    "AG121": Rule("note", "another closing line", "It is not kept: page text is always written with the usual one."),
    "AG122": Rule("note", "space around a line", "Delete the space; it is left out."),
    "AG123": Rule(
        "error", "two answers in one file", "Give each answer a file of its own, and delete what is here twice."
    ),
    "AG124": Rule(
        "note", "heading mark in page text", "Page text has lost this mark: delete it, or keep the answer as .md."
    ),
    "AG130": Rule(
        "error", "no front matter", "Start the file with a line “---”, then the fields, then another line “---”."
    ),
    "AG131": Rule(
        "error",
        "front matter is not YAML",
        "Correct the line; put quotes around a value that holds “: ” or “ #”, or starts with a sign such as * & ! [ "
        "or {.",
    ),
    "AG132": Rule("error", "YAML that is not allowed here", "Write plain values, lists and mappings only, in full."),
    "AG133": Rule("error", "field given twice", "Keep one of the two."),
    "AG134": Rule("error", "unknown field", "Correct the name or delete the line."),
    "AG135": Rule("error", "field missing", "Add it to the front matter."),
    "AG136": Rule("error", "field has a wrong value", "Correct the value."),
    "AG137": Rule("error", "no answer text", "Write the answer below the front matter."),
    "AG138": Rule(
        "error", "too much of it", "Keep to 200 sources, 200 follow-ups, 2,000 citations and 64 KiB of front matter."
    ),
    "AG139": Rule("warning", "text after a hash", "Put quotes around the whole text, or take the # out."),
    "AG140": Rule(
        "error",
        "file cannot have this name",
        "Rename it: a to z, digits, hyphens but not first, at most 80, then .md or .txt; or give an .md file an `id`.",
    ),
    "AG141": Rule("error", "two files with one id", "Rename one of the files, or give one of them an `id` of its own."),
    "AG142": Rule("error", "key-like text", "Delete it, and revoke the key: it has been written to a file."),
    "AG143": Rule(
        "error", "conflict of two versions", "Keep what shall stand, and delete the lines that git has put in."
    ),
    # AG2xx: citations and sources
    "AG201": Rule("error", "cited but not listed", "Add it under the sources, or correct the id."),
    "AG202": Rule("warning", "listed twice", "Delete one of the two lines."),
    "AG203": Rule("warning", "no sources", "List the papers that the answer draws on."),
    "AG204": Rule("warning", "no citation", "Cite the papers that support the answer, as [AG-2026.03-1712]."),
    "AG205": Rule("warning", "unknown category", "Use an arXiv category such as hep-ph or cs.LG."),
    "AG206": Rule("warning", "one paper spelt two ways", "Write the id the same way everywhere."),
    "AG207": Rule("warning", "almost a paper id", "Write it as [AG-2026.03-1712], or leave it out."),
    "AG208": Rule(
        "note", "link to a forbidden address", "Links go to http, https or mailto addresses, or within the site."
    ),
    "AG209": Rule("warning", "HTML in the text", "Write it in Markdown; HTML is shown as text."),
    "AG210": Rule("note", "formula cannot be set", "Simplify the TeX; the source is shown instead."),
    "AG211": Rule(
        "warning",
        "cells of a table do not fit",
        r"Give the header a cell for each, or take what is too much out; write a bar that ends no cell as \|.",
    ),
    "AG212": Rule(
        "warning", "picture in the text", "Say in words what it shows, or link to it: take the exclamation mark out."
    ),
    "AG213": Rule("warning", "footnote in the text", "Write the note into the text, where it belongs."),
    "AG214": Rule(
        "warning",
        "address apart from its link",
        "Write the address into the link itself, in round brackets after its words.",
    ),
    "AG215": Rule(
        "warning", "link to an answer's file", "Link to its page: from one answer to another that is ../its-name/."
    ),
    "AG216": Rule("warning", "citation in a link", "Put the citation after the link."),
    "AG217": Rule(
        "warning",
        "link to an answer or a paper that is not there",
        "Correct the address: an answer is at ../its-name/, a paper at ../../paper/its-id/.",
    ),
    "AG218": Rule("warning", "mark of another program", "Write it in Markdown, or delete it."),
    "AG219": Rule(
        "warning",
        "tab in a line",
        "Write a space; where TeX was meant, as in “\\theta”, put the text between single quotes.",
    ),
    "AG220": Rule(
        "warning", "address that hides its host", "Write the host as the message names it, or take the link out."
    ),
    "AG221": Rule(
        "warning", "half a bracket at an id", "Put a bracket on either side, as in [AG-2026.03-1712], or on none."
    ),
    # AG3xx: questions
    "AG301": Rule("warning", "question has no question mark", "Put it as a question."),
    "AG302": Rule(
        "warning", "question is a leaked prompt", "Keep the question itself and delete the instructions around it."
    ),
    "AG303": Rule("warning", "Markdown in the question", "A question is plain text; delete the marks."),
    "AG304": Rule("warning", "question is too long", "Keep it to one question of at most 200 characters."),
    "AG305": Rule(
        "note",
        "almost the same question",
        "Is it the same question? Then spell it the same way, so that the two are linked.",
    ),
    "AG306": Rule("note", "follow-ups other than three", "An answer usually ends with three follow-up questions."),
    "AG307": Rule("warning", "date in the future", "Correct the date."),
    "AG308": Rule("warning", "follow-up asked twice", "Delete one of the two."),
    "AG309": Rule("note", "answer asks its own question", "Delete the follow-up: it is the question itself."),
    "AG310": Rule("warning", "one model spelt two ways", "Write its name the same way everywhere."),
    "AG311": Rule("note", "note left from the form", "Delete it: the page links to the answers that ask its question."),
    # AG4xx: papers
    "AG401": Rule("warning", "titles of one paper differ", "Make them agree; the newest answer's title is shown."),
    "AG402": Rule(
        "warning", "categories of one paper differ", "Make them agree; the newest answer's category is shown."
    ),
    "AG403": Rule("error", "paper metadata cannot be read", "Correct the line, or import the paper again."),
    "AG404": Rule("error", "paper given twice", "Keep one of the two records."),
    "AG405": Rule("error", "bibliography entry cannot be read", "Correct the entry; the others are imported."),
    "AG406": Rule(
        "warning", "entry fits several papers", "File the entry under the id it has here, or add its arXiv id."
    ),
    "AG407": Rule("warning", "identifiers of one paper differ", "Correct the arXiv id or the DOI where it is wrong."),
    "AG408": Rule(
        "warning", "entry has no month", "Add the month or the arXiv id, so that the paper can be given an id."
    ),
    "AG409": Rule(
        "warning", "bibliography is not read", "Import it with `agsite papers import`, and keep it elsewhere."
    ),
    # AG5xx: the site
    "AG501": Rule("error", "unknown setting", "Correct the name or delete the line."),
    "AG502": Rule("error", "setting has a wrong value", "Correct the value."),
    "AG503": Rule("error", "configuration cannot be read", "Correct the file; it is YAML with one setting a line."),
    "AG504": Rule("error", "no answers", "Name the folder that holds them, or write an answer with `agsite new`."),
    "AG505": Rule("error", "phrase cannot be shown", "Correct it in words.yml, or delete the line."),
    "AG506": Rule("warning", "phrase is never used", "Correct the name or delete the line."),
    "AG507": Rule(
        "note", "template is never used", "Rename it to one of agsite's own, let a template include it, or delete it."
    ),
    "AG508": Rule(
        "warning", "metadata are not there", "Correct the path after --papers, or leave it out where there are none."
    ),
    "AG509": Rule("error", "template cannot be read", "Correct the template; pages that need it cannot be made."),
    "AG510": Rule(
        "note", "matches lie beyond their axis", "Set `match` in agsite.yml to where the matches of this archive lie."
    ),
    "AG511": Rule("error", "page with the address of another", "Rename the file."),
    "AG512": Rule(
        "error", "page without an address", "Rename the file: letters, digits, hyphens and full stops will do."
    ),
    # AG6xx: published addresses
    "AG601": Rule(
        "error", "published address has vanished", "Say in redirects.yml where it leads now, or that it is gone."
    ),
    "AG602": Rule("warning", "redirect leads to a redirect", "Write the last address of the chain into redirects.yml."),
    "AG603": Rule("error", "redirects run in a circle", "Let one of them lead to a page."),
    "AG604": Rule(
        "warning", "redirect is never used", "Delete the redirect or the alias: there is a page at its address."
    ),
    "AG605": Rule("error", "redirect leads to no page", "Correct the address, or declare it gone."),
    "AG606": Rule(
        "error",
        "redirects cannot be read",
        "Write one redirect a line, as in “ask/old/: ask/new/” or “ask/old/: gone”.",
    ),
    "AG607": Rule("error", "alias given twice", "Keep it with one of the two answers."),
    "AG608": Rule(
        "note", "page left as it was published", "Correct the file that gave no answer, and the page is made again."
    ),
    # AG7xx: evidence
    "AG701": Rule(
        "warning", "quotation not found", "Quote word for word, cite the paper that says it, or drop the quote marks."
    ),
    "AG702": Rule(
        "note", "number not found", "Compare the number with the paper; it may be right and stand outside the abstract."
    ),
    "AG703": Rule(
        "error",
        "evidence is not in its source",
        "Delete the entry or the claim; the abstract may also have been replaced.",
    ),
    "AG704": Rule(
        "warning",
        "evidence for another sentence",
        "Count the citing sentences again, or delete the entry from `evidence`.",
    ),
    "AG705": Rule(
        "warning", "evidence cannot be read", "Each entry has `sentence`, `paper`, `first`, `last` and `text`."
    ),
    "AG706": Rule(
        "note",
        "review is pending",
        "Compare each claim with its evidence, then write `status: accepted` and `by:` under `review`.",
    ),
    "AG707": Rule(
        "warning", "review without a verdict", "Write `status: pending`, `accepted` with the name `by:`, or `rejected`."
    ),
    "AG708": Rule(
        "error",
        "rejected answer is published",
        "Write `status: draft` or `status: withdrawn` beside `question`, or delete the file.",
    ),
    # AG8xx: a built site
    "AG801": Rule(
        "error", "link leads nowhere", "Correct the link, or add what it leads to; a template may be at fault."
    ),
    "AG802": Rule("error", "link to a place that is not there", "Correct the fragment after the #."),
    "AG803": Rule("error", "id given twice on a page", "An id belongs to one element; a template may be at fault."),
    "AG804": Rule(
        "error", "page without a strict policy", "Let the template extend base.html, which carries the policy."
    ),
    "AG805": Rule("error", "page loads from elsewhere", "Put the file into site_src/ and link to it there."),
    "AG806": Rule("warning", "page is too heavy", "Cut the page down; answers stay below 45 KB, lists below 90 KB."),
}
