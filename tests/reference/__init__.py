"""A second, independent reading of the specification: slow, literal, and never imported by the program.

Tests hold the engine's numbers against it. Nothing here imports `core` or `tui`, so that an error in the engine
cannot repeat itself in the expectation. Each file follows one part of the specification and names its metric ids.
"""
