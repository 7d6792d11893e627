"""Addresses at the host of the archive's repository: its forms to answer a question, edit an answer and report one."""

from __future__ import annotations

import posixpath
from urllib.parse import quote

from agsite import answerfile, urls
from agsite.archive import Entry
from agsite.config import Config
from agsite.ids import file_stem

# Above this, hosts refuse the address of their “new file” form.
_MAX_FORM_URL = 6000


def answer_this(config: Config, question: str, asker: Entry) -> str | None:
    """Return the address of the form for a new file, filled in with the answer file to begin with."""
    if config.repository is None:
        return None
    file = answerfile.blank_answer(question, f"Asked by {asker.id}")
    base = f"{config.repository}/new/{quote(config.branch)}/answers"
    address = f"{base}?filename={quote(file_stem(question) + '.md')}&value={quote(file)}"
    return address if len(address) < _MAX_FORM_URL else None


def edit_url(config: Config, entry: Entry) -> str | None:
    """Return the address where an answer's file is edited; None for one that lies outside the repository."""
    path = posixpath.normpath(entry.path)
    if config.repository is None or path.startswith(("/", "../")):
        return None
    return f"{config.repository}/edit/{quote(config.branch)}/{quote(path)}"


def report_url(config: Config, entry: Entry) -> str | None:
    """Return the address of the form for a wrong citation, filled in with the answer."""
    if config.repository is None:
        return None
    base = f"{config.repository}/issues/new?template=wrong-citation.yml"
    title = quote(f"Wrong citation: {entry.answer.question[:100]}")
    return f"{base}&title={title}&answer={quote(config.absolute(urls.answer(entry.id)))}"
