"""`agsite.yml` as typed settings: every field with a default and a help text."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import quote, unquote

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

COLOUR = r"^#[0-9a-fA-F]{6}$"
# Without an empty part, for a path that begins with two slashes leads to another host.
ADDRESS = r"^https?://[^\s<>\"'?#/\\]+(/[^\s<>\"'?#/\\]+)*/?$"
TARGET = r"^(https?://|mailto:|/)[^\s<>\"']*$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"

Colour = Annotated[str, StringConstraints(pattern=COLOUR)]


def _for_everybody(address: object) -> object:
    """Refuse what no page may show, before the address is repeated in a message, and what browsers read otherwise."""
    host, _, path = str(address).partition("://")[2].partition("/")
    if "@" in host:
        raise ValueError("a name or a password before an @ would stand on every page")
    if {".", ".."} & {unquote(part) for part in path.split("/")}:
        raise ValueError("browsers leave “.” and “..” out of a path")
    return address


Url = Annotated[str, BeforeValidator(_for_everybody), StringConstraints(pattern=ADDRESS)]


def _without_git(address: str) -> str:
    # The address that git clones ends in “.git”; those of the host's pages do not.
    return address.rstrip("/").removesuffix(".git")


Label = Annotated[str, StringConstraints(min_length=1)]
Repository = Annotated[Url, AfterValidator(_without_git)]


class Settings(BaseModel):
    """The base of all settings: frozen, exact, nothing extra."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Link(Settings):
    """A link in the footer; one that begins with a slash leads to a page of the site, below its sub-path."""

    label: Label
    href: Annotated[str, StringConstraints(pattern=TARGET)]


def _rising(pair: tuple[int, int]) -> tuple[int, int]:
    if pair[0] >= pair[1]:
        raise ValueError(f"the first number must be less than the second; {pair[0]} is not less than {pair[1]}")
    return pair


Range = Annotated[tuple[int, int], AfterValidator(_rising)]


class Match(Settings):
    """How matches are drawn: the range of the axis, the middle half of all matches, where lines get heavier."""

    axis: Range = (35, 80)
    band: Range = (49, 63)
    steps: Range = (51, 59)


GROUNDS = ("#f3f6f1", "#0d1412")
"""What text stands on, in light and dark."""

_LEAST_CONTRAST = 4.5  # WCAG 2.2, level AA, for text


def _on_light(colour: str) -> str:
    return _readable(colour, "light", GROUNDS[0])


def _on_dark(colour: str) -> str:
    return _readable(colour, "dark", GROUNDS[1])


def _readable(colour: str, theme: str, ground: str) -> str:
    if (found := _contrast(colour, ground)) < _LEAST_CONTRAST:
        raise ValueError(
            f"{colour} has a contrast of {found:.1f} to the {theme} ground {ground}; text needs {_LEAST_CONTRAST}"
        )
    return colour


def _contrast(colour: str, ground: str) -> float:
    darker, lighter = sorted(map(_luminance, (colour, ground)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


Pair = tuple[Annotated[Colour, AfterValidator(_on_light)], Annotated[Colour, AfterValidator(_on_dark)]]
"""A colour in light and in dark, each readable on its ground."""


class Colours(Settings):
    """Replacements for the accent and the colour of what is open, in light and dark."""

    accent: Pair | None = None
    open: Pair | None = None


class ModelPrice(Settings):
    """What a model costs in US dollars per million tokens, and how it is asked."""

    input: Annotated[Decimal, Field(ge=0)]
    output: Annotated[Decimal, Field(ge=0)]
    max_tokens: Annotated[int, Field(ge=256, le=20_000)] = 8_000
    """The most it may write for one answer, its thinking included."""
    effort: Literal["low", "medium", "high"] | None = None
    characters_per_token: Annotated[Decimal, Field(gt=0)] = Decimal("2.8")
    """What estimates go by; reservations count every byte as a token."""


_DATE = re.compile(r"-\d{8}\Z", re.ASCII)


class Prices(Settings):
    """Prices of models as of a date; batches cost a part of them."""

    date: str = "2026-11-20"
    batch: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.5")
    models: dict[str, ModelPrice] = {
        "claude-haiku-4-5": ModelPrice(
            input=Decimal(1), output=Decimal(5), max_tokens=2_000, characters_per_token=Decimal("3.6")
        ),
        "claude-haiku-5-5": ModelPrice(input=Decimal("0.1"), output=Decimal("0.5"), effort="low"),
        "claude-sonnet-4-6": ModelPrice(input=Decimal(3), output=Decimal(15), effort="low"),
        "claude-sonnet-5-5": ModelPrice(input=Decimal(2), output=Decimal(10), effort="low"),
        "claude-opus-4-8": ModelPrice(input=Decimal(5), output=Decimal(25), effort="low"),
        "claude-opus-5-5": ModelPrice(input=Decimal(4), output=Decimal(20), effort="low"),
    }

    def of(self, model: str) -> ModelPrice | None:
        """Return the price of a model, a dated name such as `claude-haiku-4-5-20251001` included."""
        return self.models.get(model) or self.models.get(_DATE.sub("", model))


_ODD = re.compile(r"[^\w./#?=&%~:@!$'()*+,;-]", re.ASCII)


class Config(Settings):
    """The settings of an archive."""

    title: Label = Field("Answers", description="Name of the site, in the masthead, titles and feeds.")
    tagline: str = Field("Questions, answered from preprints.", description="The sentence at the top of the home page.")
    description: str = Field(
        "Answers to science questions, written by language models from arXiv preprints, "
        "with every citation open to inspection.",
        description="What search engines and feed readers show for the site.",
        examples=["Answers to questions about ice."],
    )
    base_url: Url = Field(
        "https://example.org/", description="Address at which the site is published, sub-path included."
    )
    language: Annotated[str, StringConstraints(pattern=LANGUAGE)] = Field(
        "en", description="Language of the answers, as in `<html lang>`."
    )
    direction: Literal["ltr", "rtl"] = Field("ltr", description="Direction of the text.")
    repository: Repository | None = Field(
        None,
        description="Address of the repository on GitHub; “Answer this” and “Suggest an edit” lead to its forms.",
        examples=["https://github.com/name/archive"],
    )
    branch: str = Field("main", description="Branch of the repository that contributions go to.")
    archive_name: str = Field(
        "",
        description="Name of the archive that the AG ids belong to, as citations give it.",
        examples=["Antigravity archive"],
    )
    caveat: str = Field(
        "Answers here are written by language models from arXiv preprints and are not peer reviewed. "
        "Read the papers before you rely on them. Nothing on this site tracks you.",
        description="The sentence at the foot of every page.",
        examples=["Answers here are not peer reviewed."],
    )
    license: str | None = Field(
        None,
        description="Licence of the answers, named at the foot of every page and in Atom feeds.",
        examples=["CC BY 4.0"],
    )
    footer: tuple[Link, ...] = Field(
        (),
        description="Further links at the foot of every page; `/team/` is a page of the site.",
        examples=['[{label: The preprints, href: "https://arxiv.org/"}, {label: Who we are, href: /team/}]'],
    )
    colours: Colours = Field(
        Colours(),
        description="Accent and open colour, each as [light, dark].",
        examples=['{accent: ["#0b5c4a", "#7fd6bd"]}'],
    )
    match: Match = Field(
        Match(),
        description="Axis, band and steps of the match plots, in percent.",
        examples=["{axis: [35, 80], band: [49, 63], steps: [51, 59]}"],
    )
    per_page: Annotated[int, Field(ge=5, le=200)] = Field(50, description="Rows on a page of a list, 5 to 200.")
    feed_entries: Annotated[int, Field(ge=1, le=200)] = Field(50, description="Newest answers in a feed, 1 to 200.")
    share_images: bool = Field(
        default=True, description="Draw a picture of every answer, `og.png`, for links to it elsewhere."
    )
    citation_files: bool = Field(
        default=False,
        description="Write `cite.bib`, `cite.ris` and `cite.json` beside every paper and answer: three files a page.",
    )

    model: str = Field("claude-haiku-4-5", description="Model that `agsite pregenerate` asks unless told otherwise.")
    prices: Prices = Field(
        Prices(),
        description="Dollars per million tokens of the models that `agsite pregenerate` may ask, and their date.",
        examples=["{batch: 0.5, models: {a-model: {input: 2, output: 10, effort: low}}}"],
    )

    def absolute(self, url: str) -> str:
        """The full address of a page or a file of the site."""
        # A page of the site may be called after a file whose name has spaces or accents.
        return self.base_url.rstrip("/") + "/" + (quote(url, safe="/#?=&%") if _ODD.search(url) else url)

    @property
    def base_path(self) -> str:
        """The path of `base_url`, with a slash at both ends: `/` or `/archive/`."""
        path = "/" + self.base_url.split("://", 1)[1].partition("/")[2]
        return path if path.endswith("/") else path + "/"
