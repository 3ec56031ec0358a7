"""The backtest of the warnings: how often each fired, and what followed against any day (warnings.md C.4)."""
