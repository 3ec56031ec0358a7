"""Benchmarks that set one thing beside another in one run and print the ratio; `python -m bench` runs all."""
