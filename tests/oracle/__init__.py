"""Every metric against a library that others wrote (oracles.md D): scipy, statsmodels, TA-Lib, arch, pandas and more.

The numbers under test come off the real fold: `ScreenFold` read session by session, `History`, `Members`,
`risk_values`. The expectations come from the prices of the same panel and the library alone. A library that is not
installed is an ImportError here: it fails the tests, it skips none.
"""
