"""Pages to bytes: by a Jinja2 template, always escaped and nothing undefined, or by a writer."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import functools
import hashlib
import html
import operator
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from agsite import answerfile, markup, urls
from agsite.categories import name_of
from agsite.config import GROUNDS, Config
from agsite.errors import TemplateError
from agsite.look import Look, TextFile
from agsite.pages import Page, citing
from agsite.pages.linked_data import linked_data
from agsite.pages.writers import WRITERS
from agsite.words import Words

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup


KEYS = ("/", "n", "p", "s", "c", "?", "Esc")
"""The single keys that `site.js` knows; the words for them are `key_1` and so on."""


class Renderer:
    """Turns pages into bytes; a pure function of templates, words, settings and the page.

    `compiled` has templates that were compiled with the same look, and takes up those that are compiled now.
    """

    def __init__(self, look: Look, compiled: MutableMapping[str, bytes] | None = None) -> None:
        import jinja2

        from agsite.templating import CodeCache, DirectEnvironment

        config, words = look.config, Words(look.phrases)
        self.config = config
        self._say = functools.partial(_plainly, words)
        self._templates = look.templates
        asset = functools.partial(_asset, look.assets)
        self._environment = DirectEnvironment(
            loader=jinja2.FunctionLoader(functools.partial(_source, look.templates)),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=CodeCache(compiled) if compiled is not None else None,
        )
        self._environment.globals |= {
            "site": config,
            "t": functools.lru_cache(maxsize=5_000, typed=True)(words),
            "urls": urls,
            "months_short": words.months_short,
            "asset": asset,
            "features": look.features,
            "blank_answer": answerfile.BLANK_ANSWER,
            "grounds": GROUNDS,
            "keys": KEYS,
            "kept": functools.lru_cache(maxsize=256)(_call),
            "band": tuple(_on_axis(config.match.axis, end) for end in config.match.band),
            "cite_answer": functools.partial(citing.cite_answer, config, self._say),
            "cite_paper": functools.partial(citing.cite_paper, config),
            "linked_data": functools.partial(linked_data, config=config, say=self._say),
        }
        self._environment.fixed_functions = (self._environment.globals["t"], asset)
        made = _html_filters(words)
        self._environment.html_filters |= made
        self._environment.filters |= _filters(config, words)
        self._environment.filters |= {name: functools.partial(_marked, function) for name, function in made.items()}

    def render(self, page: Page) -> bytes:
        """Return the bytes of a page's file.

        Raises TemplateError naming page, template and line where a template fails.
        """
        if page.template == "text":
            return page.context if isinstance(page.context, bytes) else page.context.encode()
        if page.template in WRITERS:
            return WRITERS[page.template](page.context, self.config, self._say)
        import jinja2

        template = self._template(page)
        try:
            return template.render(page=page.context, root=self._root(page)).encode("utf-8", "replace")
        except TemplateError as error:
            raise TemplateError(f"{_line_of(error)}{error.message} (page /{page.url})", error.help) from error
        except jinja2.TemplateNotFound as error:
            raise TemplateError(f"{_line_of(error)}{_no_template(error)} (page /{page.url})", _PUT_IT) from error
        except Exception as error:
            raise TemplateError(f"{_line_of(error)}{error} (page /{page.url})", "Correct the template.") from error

    def load_all(self) -> None:
        """Compile every template, so that forked processes need not do it each; one that fails is told of when used."""
        import jinja2

        for name in self._templates:
            if name.endswith(".html"):
                with contextlib.suppress(jinja2.TemplateSyntaxError):
                    self._environment.get_template(name)

    def _root(self, page: Page) -> str:
        # The host serves 404.html at any depth, so its links start at the root of the host.
        return self.config.base_path if page.url == urls.NOT_FOUND else urls.to_root(page.url)

    def _template(self, page: Page) -> jinja2.Template:
        import jinja2

        try:
            return self._environment.get_template(page.template)
        except jinja2.TemplateNotFound as error:
            raise TemplateError(_no_template(error), _PUT_IT) from error
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"{error.filename or error.name}:{error.lineno}: {error.message}") from error


_PUT_IT = "Put it into templates/."


def _no_template(error: jinja2.TemplateNotFound) -> str:
    return f"there is no template {error.message}"


def _asset(assets: Mapping[str, str], name: str) -> str:
    try:
        return assets[name]
    except KeyError:
        raise TemplateError(f"there is no asset {name}", "Put it into site_src/.") from None


def _line_of(error: BaseException) -> str:
    """Where in a template an error happened, as `path:line: `; empty where no template had to do with it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".html")]
    return f"{frames[-1].filename}:{frames[-1].lineno}: " if frames else ""


def _source(templates: Mapping[str, TextFile], name: str) -> tuple[str, str, Callable[[], bool]] | None:
    source = templates.get(name)
    return (source.text, source.path, lambda: True) if source else None


def _filters(config: Config, words: Words) -> dict[str, Any]:
    kept = functools.lru_cache(maxsize=2_000)
    return {
        "day": kept(functools.partial(_day, words)),
        "month": kept(functools.partial(_month, words, "months")),
        "month_short": kept(functools.partial(_month, words, "months_short")),
        "category_name": name_of,
        "readable": markup.readable,
        "number": words.number,
        "on_axis": kept(functools.partial(_on_axis, config.match.axis)),
        "absolute": config.absolute,
        "yaml": answerfile.scalar,
        "sha256": functools.lru_cache(maxsize=100)(_sha256),
    }


def _html_filters(words: Words) -> dict[str, Callable[..., str]]:
    """Filters that make HTML and escape whatever they are given: nothing else in the project is ever marked so."""
    labels = markup.CiteLabels(*map(words.pattern, ("source_label", "named_label", "unlisted_label")))

    @functools.lru_cache(maxsize=8)
    def cite(marks: tuple[tuple[str, markup.CiteMark], ...]) -> markup.Cite:
        return markup.chips(dict(marks), labels)

    return {
        "title_html": functools.lru_cache(maxsize=20_000)(markup.title_html),
        "prose": lambda leaf, marks, gap_label="": markup.leaf_html(leaf, cite(marks), gap_label=gap_label),
        "sentence": lambda leaf, marks, base="": markup.leaf_html(leaf, cite(marks), anchors=False, base=base),
        "text": functools.partial(html.escape, quote=False),
        "open_tag": markup.open_tag,
        "close_tag": operator.attrgetter("close"),
        "data_block": str,
    }


def _marked(function: Callable[..., str], *values: Any) -> Markup:
    from markupsafe import Markup

    return Markup(function(*values))  # noqa: S704 - see _html_filters


def _call(macro: Callable[..., Markup], *arguments: str) -> Markup:
    """Call a macro whose arguments are few and recur; what it makes is kept for further pages."""
    return macro(*arguments)


def _sha256(text: str) -> str:
    """The digest of an inline block as a Content-Security-Policy names it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _plainly(words: Words, key: str, **values: object) -> str:
    return words.pattern(key).format(**values)


def _day(words: Words, iso: str) -> str:
    date = dt.date.fromisoformat(iso)
    return str(words("day", day=date.day, month=words.months[date.month - 1], year=str(date.year)))


def _month(words: Words, names: str, yyyy_mm: str) -> str:
    year, month = yyyy_mm.split("-")[:2]
    return str(words("month_year", month=getattr(words, names)[int(month) - 1], year=year))


_AXIS_WIDTH = 160


def _on_axis(axis: tuple[int, int], percent: int) -> str:
    """Where a match lies on its plot, in pixels; beyond the axis at its end."""
    share = (percent - axis[0]) / (axis[1] - axis[0])
    return f"{_AXIS_WIDTH * min(1, max(0, share)):.1f}".removesuffix(".0")
