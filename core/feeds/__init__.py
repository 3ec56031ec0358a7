"""Where market data come from: one seam (`feeds/base.py`), one module per source."""
