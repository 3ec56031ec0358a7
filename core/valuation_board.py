"""The valuation block of the snapshot (L1 to L3, F1), and which of these metrics cannot be evaluated, and why."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import _
from core.metrics.fold import History
from core.snapshot import FundValuation, Valuation, number
from core.valuation import FUNDS, TEN_YEARS, Fundamentals
from core.valuation_series import Flow, ValuationSeries, gap


class ValuationBoard:
    """Valuation at the session in view; without a `series` there is no source of fundamentals."""

    def __init__(self, history: History, columns: Mapping[str, int], series: ValuationSeries | None) -> None:
        self._history = history
        self._yield = columns.get(TEN_YEARS)
        self.series = series

    def block(self, t: int) -> Valuation:
        """The block at row t."""
        series = self.series
        if series is None:
            return Valuation(status={"funds": "missing_input"})
        session, ten_years = self._history.session(t), self._yield_10y(t)
        there = {fund: one for fund in FUNDS if (one := series.of(fund, session)) is not None}
        reading = series.reading(session, ten_years)
        newest = max(there.values(), key=lambda one: one.fetched_at, default=None)
        reasons = {} if there else {"funds": "missing_input" if reading.newest is None else "stale_input"}
        values = {"relative_pe": number(reading.relative_pe), "relative_pe_pr": number(reading.percentile)}
        reasons |= {name: "missing_input" for name, value in values.items() if value is None}
        if values["relative_pe"] is not None and values["relative_pe_pr"] is None:
            reasons["relative_pe_pr"] = "short_history"
        return Valuation(
            funds={fund: _fund(one, series.flow(fund, session), ten_years) for fund, one in there.items()},
            relative_pe=values["relative_pe"],
            relative_pe_pr=values["relative_pe_pr"],
            snapshots=reading.snapshots,
            needed=series.minimum,
            source=newest.source if newest else "",
            fetched_at=newest.fetched_at if newest else None,
            negative_earnings=newest.losses if newest else "unknown",
            status=reasons or "ok",
        )

    def lacking(self, block: Valuation) -> dict[str, str]:
        """The metrics of the block that have no value, each with the reason."""
        if self.series is None:
            return dict.fromkeys(("L1", "L2", "L3", "F1"), _("no fundamentals source"))
        if not block.funds:
            told = _("no fundamentals of the last 7 days") if self.series.any else _("no fundamentals fetched yet")
            return dict.fromkeys(("L1", "L2", "L3", "F1"), told)
        funds = block.funds.values()
        reasons = {
            "L1": None if any(f.trailing_pe or f.price_to_book for f in funds) else _("the source gave no ratios"),
            "L2": None if block.relative_pe else _("the source gave no P/E of IWM and SPY for one session"),
            "L3": None
            if any(f.earnings_yield_gap is not None for f in funds)
            else _("needs P/E and the 10-year yield"),
            "F1": None if any(f.flow is not None for f in funds) else _no_flow(block),
        }
        return {metric: reason for metric, reason in reasons.items() if reason is not None}

    def _yield_10y(self, t: int) -> float:
        return float("nan") if self._yield is None else float(self._history["px"][t, self._yield]) / 100.0


def _fund(one: Fundamentals, moved: Flow, ten_years: float) -> FundValuation:
    values = {
        "trailing_pe": one.trailing_pe,
        "forward_pe": one.forward_pe,
        "price_to_book": one.price_to_book,
        "shares": one.shares,
        "earnings_yield_gap": number(gap(one, ten_years)),
        "flow": number(moved.dollars),
    }
    reasons = {name: "missing_input" for name, value in values.items() if value is None}
    if "flow" in reasons and one.shares is not None:
        reasons["flow"] = "stale_input" if moved.unchanged else "suspect" if moved.split else "short_history"
    return FundValuation(
        session=one.session,
        asof=one.asof,
        **values,
        flow_since=moved.since,
        shares_unchanged_since=moved.unchanged,
        status=reasons or "ok",
    )


def _no_flow(block: Valuation) -> str:
    if any(fund.shares_unchanged_since for fund in block.funds.values()):
        return _("the source does not keep its shares outstanding up to date")
    return _("needs two daily snapshots with shares outstanding")
