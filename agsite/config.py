"""`agsite.yml` as typed settings: every field with a default and a help text, every mistake a finding with its line."""

from __future__ import annotations

import difflib
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from agsite.findings import Finding

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"']+$")]


class Settings(BaseModel):
    """The base of all settings: frozen, exact, nothing extra."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Link(Settings):
    """A link in the footer."""

    label: str
    href: Annotated[str, StringConstraints(pattern=r"^(https?://|mailto:|/)[^\s<>\"']*$")]


class Match(Settings):
    """How matches are drawn: the range of the axis, the middle half of all matches, where lines get heavier."""

    axis: tuple[int, int] = (35, 80)
    band: tuple[int, int] = (49, 63)
    steps: tuple[int, int] = (51, 59)


GROUNDS = ("#f3f6f1", "#0d1412")
"""What text stands on, in light and dark."""

_LEAST_CONTRAST = 4.5  # WCAG 2.2, level AA, for text


def _readable(colours: tuple[Colour, Colour]) -> tuple[Colour, Colour]:
    for colour, ground, theme in zip(colours, GROUNDS, ("light", "dark"), strict=True):
        found = _contrast(colour, ground)
        if found < _LEAST_CONTRAST:
            raise ValueError(f"{colour} has a contrast of {found:.1f} to the {theme} ground {ground}; text needs 4.5")
    return colours


def _contrast(colour: str, ground: str) -> float:
    darker, lighter = sorted(map(_luminance, (colour, ground)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


Pair = Annotated[tuple[Colour, Colour], AfterValidator(_readable)]
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
        return self.models.get(model) or self.models.get(model.rpartition("-")[0])


class Config(Settings):
    """The settings of an archive."""

    title: str = Field("Answers", description="Name of the site, in the masthead, titles and feeds.")
    tagline: str = Field("Questions, answered from preprints.", description="The sentence at the top of the home page.")
    description: str = Field(
        "Answers to science questions, written by language models from arXiv preprints, "
        "with every citation open to inspection.",
        description="What search engines and feed readers show for the site.",
    )
    base_url: Url = Field(
        "https://example.org/", description="Address at which the site is published, sub-path included."
    )
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = Field(
        "en", description="Language of the answers, as in `<html lang>`."
    )
    direction: Literal["ltr", "rtl"] = Field("ltr", description="Direction of the text.")
    repository: Url | None = Field(
        None, description="Address of the repository on its host; “Answer this” and “Suggest an edit” lead there."
    )
    branch: str = Field("main", description="Branch of the repository that contributions go to.")
    archive_name: str = Field("", description="Name of the archive that the AG ids belong to, as citations give it.")
    caveat: str = Field(
        "Answers here are written by language models from arXiv preprints and are not peer reviewed. "
        "Read the papers before you rely on them. Nothing on this site tracks you.",
        description="The sentence at the foot of every page.",
    )
    license: str | None = Field(None, description="Licence of the answers, named on the about page and in feeds.")
    footer: tuple[Link, ...] = Field((), description="Further links at the foot of every page.")
    colours: Colours = Field(Colours(), description="Accent and open colour, each as [light, dark].")
    match: Match = Field(Match(), description="Axis, band and steps of the match plots, in percent.")
    per_page: Annotated[int, Field(ge=5, le=200)] = Field(50, description="Rows on a page of a list.")
    feed_entries: Annotated[int, Field(ge=1, le=200)] = Field(50, description="Newest answers in a feed.")
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
    )

    def absolute(self, url: str) -> str:
        """The full address of a page or a file of the site."""
        return self.base_url.rstrip("/") + "/" + url

    @property
    def base_path(self) -> str:
        """The path of `base_url`, with a slash at both ends: `/` or `/archive/`."""
        path = "/" + self.base_url.split("://", 1)[1].partition("/")[2]
        return path if path.endswith("/") else path + "/"


def parse(
    values: dict[str, Any], lines: dict[str, int], path: str = "agsite.yml"
) -> tuple[Config, tuple[Finding, ...]]:
    """Return settings from what the file holds; a wrong one keeps its default and is a finding.

    `lines` gives the line of each top-level key.
    """
    findings = [_unknown(key, lines.get(key, 0), path) for key in values if key not in Config.model_fields]
    good = {key: value for key, value in values.items() if key in Config.model_fields and value is not None}
    try:
        return Config.model_validate(good), tuple(findings)
    except ValidationError as error:
        bad = set()
        for problem in error.errors():
            key, *rest = (str(step) for step in problem["loc"])
            bad.add(key)
            name = ".".join([key, *rest])
            message = f"{name}: {problem['msg'][:1].lower()}{problem['msg'][1:]}"
            help_ = Config.model_fields[key].description if key in Config.model_fields else None
            findings.append(Finding.of("AG502", message, path=path, line=lines.get(key, 0), help=help_))
        return Config.model_validate({k: v for k, v in good.items() if k not in bad}), tuple(findings)


def _unknown(key: str, line: int, path: str) -> Finding:
    near = difflib.get_close_matches(key, Config.model_fields, n=1, cutoff=0.5)
    help_ = f"Did you mean “{near[0]}”?" if near else f"Known settings: {', '.join(Config.model_fields)}."
    return Finding.of("AG501", f"there is no setting “{key}”", path=path, line=line, column=1, help=help_)
