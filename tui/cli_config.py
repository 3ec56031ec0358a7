"""`tapeboard config`: the effective settings as TOML, with where each comes from."""

from __future__ import annotations

from core.settings_dump import to_toml
from tui.cli_arguments import Options
from tui.cli_output import emit


def run(options: Options) -> int:
    """Print what is in force; the output can be read again as a configuration file."""
    emit(to_toml(options.load()).encode())
    return 0
