"""Where the templates and assets are that come with agsite."""

from __future__ import annotations

from pathlib import Path


def default_folder(name: str) -> Path:
    """Return the folder of agsite's own templates or assets: in the wheel, or in the checkout it was installed from."""
    package = Path(__file__).parent
    shipped = package / "_defaults" / name
    return shipped if shipped.is_dir() else package.parent / name
