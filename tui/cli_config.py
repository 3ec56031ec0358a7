"""`tapeboard config`: the effective settings as TOML, with where each comes from; the metrics of own rules."""

from __future__ import annotations

from core.metrics.nameable import nameable
from core.settings_dump import to_toml
from tui.cli_arguments import Options
from tui.cli_output import emit


def run(options: Options) -> int:
    """Print what is in force; the output can be read again as a configuration file."""
    loaded = options.load()
    if options.metrics:
        names = nameable()
        width = max(map(len, names))
        emit("".join(f"{name:<{width}}  {meaning}\n" for name, meaning in names.items()))
    else:
        emit(to_toml(loaded).encode())
    return 0
