"""Run the modules of `bench` that have `main() -> bool`, all or those named; exit 1 if one of them missed its floor."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence

import bench


def run(chosen: Sequence[str]) -> bool:
    """Run them in the order of their names; a name may have hyphens. Raises SystemExit for one there is not."""
    modules = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"]
    named = [name.replace("-", "_") for name in chosen]
    if unknown := set(named).difference(modules):
        raise SystemExit(f"no bench {', '.join(sorted(unknown))}; there are: {', '.join(modules)}")
    kept = True
    for name in named or modules:
        main = getattr(importlib.import_module(f"bench.{name}"), "main", None)
        if main is not None:
            print(f"== {name} ==", flush=True)
            kept &= main()
    return kept


if __name__ == "__main__":
    sys.exit(0 if run(sys.argv[1:]) else 1)
