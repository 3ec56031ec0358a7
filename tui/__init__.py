"""Tapeboard's face: the command line and the Textual screen. Shows what `core` computed, computes nothing."""
