"""Tests of the market note."""
