"""The only place that knows Jinja2: pages to bytes, always escaped, nothing undefined."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agsite import markup, urls
from agsite.body import Leaf
from agsite.categories import name_of
from agsite.config import Config
from agsite.errors import TemplateError
from agsite.markup import CiteMark
from agsite.pages import Page
from agsite.words import Words

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup


class Renderer:
    """Turns pages into bytes; a pure function of templates, words, settings and the page."""

    def __init__(self, config: Config, templates: tuple[str, ...], words: Words, assets: Mapping[str, str], features: frozenset[str] = frozenset()) -> None:
        import jinja2  # noqa: PLC0415 - loaded only where something is rendered

        self.config = config
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(list(templates)),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals |= {"site": config, "t": words, "urls": urls, "asset": assets.__getitem__, "features": features}
        self._environment.filters |= _filters(config, words)

    def render(self, page: Page) -> bytes:
        """Return the bytes of a page's file.

        Raises TemplateError naming page, template and line where a template fails.
        """
        if page.template == "text":
            return str(page.context).encode()
        if page.template == "json":
            return (json.dumps(page.context, ensure_ascii=False, indent=1) + "\n").encode()
        return self._template(page).render(page=page.context, root=self._root(page)).encode()

    def _root(self, page: Page) -> str:
        # The host serves 404.html at any depth, so its links start at the root of the host.
        return self.config.base_path if page.url == urls.NOT_FOUND else urls.to_root(page.url)

    def _template(self, page: Page) -> jinja2.Template:
        import jinja2  # noqa: PLC0415

        try:
            return self._environment.get_template(page.template)
        except jinja2.TemplateNotFound as error:
            raise TemplateError(f"there is no template {error.name}", "Put it into templates/.") from error
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"{error.filename}:{error.lineno}: {error.message}") from error


def _filters(config: Config, words: Words) -> dict[str, Any]:
    from markupsafe import Markup  # noqa: PLC0415

    def safe(function: Any) -> Any:
        """Mark what the renderer made as HTML: nothing else in the project is ever marked so."""

        @functools.wraps(function)
        def wrapped(*values: Any) -> Markup:
            return Markup(function(*values))  # noqa: S704 - markup.* escapes whatever it is given

        return wrapped

    return {
        "day": functools.partial(_day, words),
        "month": functools.partial(_month, words, "months"),
        "month_short": functools.partial(_month, words, "months_short"),
        "category_name": name_of,
        "title_html": safe(markup.title_html),
        "prose": safe(_leaf),
        "sentence": safe(lambda text, marks: markup.inline_html(text, dict(marks))),
        "open_tag": safe(lambda leaf: leaf.open),
        "close_tag": safe(lambda leaf: leaf.close),
        "on_axis": functools.partial(_on_axis, config.match.axis),
        "absolute": lambda url: config.base_url.rstrip("/") + "/" + url,
    }


def _leaf(leaf: Leaf, marks: tuple[tuple[str, CiteMark], ...]) -> str:
    return markup.leaf_html(leaf, dict(marks))


def _day(words: Words, iso: str) -> str:
    date = dt.date.fromisoformat(iso)
    return str(words("day", day=date.day, month=words.months[date.month - 1], year=str(date.year)))


def _month(words: Words, names: str, yyyy_mm: str) -> str:
    year, month = yyyy_mm.split("-")[:2]
    return f"{getattr(words, names)[int(month) - 1]} {year}"


_AXIS_WIDTH = 160


def _on_axis(axis: tuple[int, int], percent: int) -> str:
    """Where a match lies on its plot, in pixels; beyond the axis at its end."""
    share = (percent - axis[0]) / (axis[1] - axis[0])
    return f"{_AXIS_WIDTH * min(1, max(0, share)):.1f}".removesuffix(".0")


def default_folder(name: str) -> Path:
    """Return the folder of agsite's own templates or assets: in the wheel, or in the checkout it was installed from."""
    package = Path(__file__).parent
    shipped = package / "_defaults" / name
    return shipped if shipped.is_dir() else package.parent / name
