"""An archive written by somebody who means harm, and what may never be found in a site that was built from it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import html5lib

from agsite import answerfile
from tests.archives import answer_text

EVIL = "https://evil.example"
MARK = "pwned"
"""What every payload would call; it may stand in text, never in a place that does something."""

MARKUP = (
    f"<script>{MARK}()</script>",
    f"</title></script><script src={EVIL}/x.js></script>",
    f'"><img src=x onerror={MARK}()>',
    f"' onmouseover='{MARK}()' x='",
    f"<svg/onload={MARK}()><math><mi//xlink:href='data:x,{MARK}'>",
    f"<iframe srcdoc='<script>{MARK}()</script>'></iframe>",
    f"<a href='javascript:{MARK}()'>x</a><form action={EVIL}><input name=location id=main></form>",
    f"<style>@import '{EVIL}/x.css'</style><link rel=stylesheet href={EVIL}/x.css><base href={EVIL}>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    f"]]><script>{MARK}()</script><![CDATA[ --> <!-- {MARK}",
    "{{ 7 * 191 }} {% include 'home.html' %} ${7*191} #{7*191} <%= 7*191 %>",
    "__proto__ constructor prototype toString",
)

# What a link may be (shown as one), and what it may not.
LINKS = (f"{EVIL}/page", "http://evil.example/", "mailto:a@evil.example", "#sources", "../../about/")
NO_LINKS = (
    *(f"javascript:{MARK}()", f"JaVaScRiPt:{MARK}()", f"java%0Ascript:{MARK}()", f"java&#10;script:{MARK}()"),
    *(
        f"vbscript:{MARK}",
        f"data:text/html,<script>{MARK}()</script>",
        "data:image/png;base64,AAAA",
        "blob:https://x/y",
    ),
    *("//evil.example/x", "\\\\evil.example\\x", "/\\evil.example", "file:///etc/passwd", "intent://x#Intent;end"),
    *("view-source:https://x", "jar:https://x!/", "ms-msdt:/id", "feed:https://x", "tel:1", "ws://x/"),
)

HIJACKS = f"""\
[AG-2025.03-1234]: {EVIL} "x"

It holds [AG-2025.03-1234]. It holds [AG-2025.03-1234]({EVIL}).
It holds [AG-2025.03-1234][x] and ![AG-2025.03-1234]({EVIL}/x.png).

[x]: {EVIL}
"""

SOURCES = "AG-2025.03-1234 hep-ph 61 Title"

GOOD = answer_text("Is it good?", "It is [AG-2025.03-1234].", sources=SOURCES)
"""What is nothing but an answer, to be spoilt."""


def files() -> dict[str, str]:
    """The hostile answers, by the names of their files."""
    written = {}
    for number, payload in enumerate(MARKUP):
        flat = payload.replace("|", "")
        body = (
            f"{payload}\n\nIt holds {payload} [AG-2025.03-1234].\n\n## {payload}\n\n`{payload}` and **{payload}**\n\n"
        )
        body += f"| a | {flat} |\n|---|---|\n| b | {flat} |\n\n$ {payload} $\n\n> {payload}\n\n- {payload}\n"
        text = answer_text(
            f"{payload} {number}?",
            body,
            sources=f"AG-2025.03-{1234 + number} hep-ph 61 {payload}\nAG-2025.03-77 hep-ph 60 Title",
            follow_ups=(f"{payload} and then?", "Why?", "How?"),
            more=f"note: {answerfile.scalar(payload)}",
        )
        written[f"markup-{number}.md"] = text.replace("test-model", answerfile.scalar(payload))
        if "\n" not in payload and not payload.startswith("{{"):
            written[f"page-{number}.txt"] = page_text(payload, number)
    body = "\n\n".join(
        f"[link {n}]({address}) ![image {n}]({address}) <{address}>" for n, address in enumerate((*LINKS, *NO_LINKS))
    )
    written["links.md"] = answer_text("Where do links lead?", body, sources=SOURCES)
    written["hijacks.md"] = answer_text("Where do citations lead?", HIJACKS, sources=SOURCES)
    written["unlisted.md"] = answer_text("What if it is not listed?", "It is not [AG-2025.03-9999].", sources=SOURCES)
    return written


def page_text(payload: str, number: int) -> str:
    """Page text that holds a payload wherever there is room for one."""
    lines = [
        "Antigravity Q&A",
        f"{payload} {number} as copied?",
        f"Answered by {payload.replace('·', '')} · 3 May 2026",
        "Answer",
        f"{payload} [AG-2025.03-1234].",
        "Sources · 1",
        f"- 61%hep-ph{payload}AG-2025.03-1234",
        "Keep exploring",
        *(f"- {payload} and {word}?" for word in ("then", "now", "ever")),
        "This is a research aid — not a peer review. Verify sources before citing.",
    ]
    return "\n".join(lines)


def write(folder: Path) -> None:
    """Write the hostile archive."""
    (folder / "answers").mkdir(parents=True)
    for name, text in files().items():
        (folder / "answers" / name).write_text(text, encoding="utf-8")


class Tags(HTMLParser):
    """All tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def check_page(page: str) -> None:
    """Hold a page against the standard's parser: sound, and nothing in it does anything."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    assert not [error for error in parser.errors if error[1] not in {"unexpected-character-token-after-doctype"}]
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        assert node.tag not in {"iframe", "object", "embed", "base", "style", "img"}
        assert not [key for key in node.attrib if key.startswith("on") or key == "style"]
        if node.tag == "a":
            assert urlsplit(node.attrib.get("href", "")).scheme in {"", "http", "https", "mailto"}
