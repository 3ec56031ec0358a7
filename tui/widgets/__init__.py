"""Widgets the panes share: the live table and its parts."""
