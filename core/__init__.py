"""Tapeboard's engine room: feeds, store, metrics, rules and the snapshot. Knows nothing of terminals."""

__version__ = "0.1.0"
