"""`agsite config`."""

from __future__ import annotations

import json

import click

from agsite.cli.console import say, show_data
from agsite.cli.options import config_option, read_config
from agsite.errors import ConfigError
from agsite.spelling import nearest_name, suggestion


@click.command()
@click.argument("setting", required=False)
@config_option
def command(setting: str | None, config: str) -> None:
    """Show the settings that hold, as JSON; or the value of one, for scripts.

    Settings that agsite.yml does not name have their defaults. A value that is text is shown without quotes.

    \b
    Examples:
      agsite config
      agsite config base_url
    """
    settings = read_config(config).model_dump(mode="json")
    if setting is None:
        show_data(settings, indent=2)
    elif setting in settings:
        value = settings[setting]
        say(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), err=False)
    else:
        help = suggestion(nearest_name(setting, settings), "settings", settings)
        raise ConfigError(f"there is no setting “{setting}”", help)
