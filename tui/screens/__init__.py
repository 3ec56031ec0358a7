"""Textual screens: the main board and the help."""
