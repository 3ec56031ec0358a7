"""Risk warnings: the state machine, the catalogue of conditions, and the verdict."""
