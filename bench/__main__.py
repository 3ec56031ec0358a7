"""Run every module of `bench` that has `main() -> bool`; exit 1 if one of them missed its floor."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def run() -> bool:
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"]
    kept = True
    for name in names:
        main = getattr(importlib.import_module(f"bench.{name}"), "main", None)
        if main is not None:
            print(f"== {name} ==", flush=True)
            kept &= main()
    return kept


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
