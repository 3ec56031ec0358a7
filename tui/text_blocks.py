"""The blocks of the text snapshot: breadth, concentration, risk, valuation. A line for each measure."""

from __future__ import annotations

from collections.abc import Iterator

from core.i18n import _
from core.snapshot import Breadth, Concentration, FundValuation, Risk, Snapshot, Value
from tui.format import DASH, number, pct


def blocks(snapshot: Snapshot) -> list[list[str]]:
    """The lines of each block, its heading first; none before there is a session."""
    if snapshot.session is None:
        return []
    return [
        list(_breadth(snapshot.breadth)),
        list(_concentration(snapshot.concentration)),
        list(_risk(snapshot.risk)),
        list(_valuation(snapshot)),
    ]


def _breadth(breadth: Breadth) -> Iterator[str]:
    if not breadth.members:
        yield _("Breadth: no universe chosen; {above} of the sector funds above their 50-day average").format(
            above=_whole(breadth.sectors_above_sma50)
        )
        return
    yield _("Breadth of {universe}: {used} of {members} members used ({share} %), {notes}").format(
        universe=breadth.universe,
        used=breadth.used,
        members=breadth.members,
        share=_percent(breadth.coverage),
        notes=_("; ").join(breadth.notes),
    )
    yield _("  advances {a}  declines {d}  unchanged {u}  net {net}  A/D line {line} since {seeded}").format(
        a=_whole(breadth.advances),
        d=_whole(breadth.declines),
        u=_whole(breadth.unchanged),
        net=_whole(breadth.net_advances),
        line=_whole(breadth.ad_line),
        seeded=breadth.seeded or DASH,
    )
    yield _(
        "  above 20d {s20} %  50d {s50} %  200d {s200} %  new highs {nh}  new lows {nl}  high-low index {hli}"
    ).format(
        s20=_percent(breadth.above_sma20),
        s50=_percent(breadth.above_sma50),
        s200=_percent(breadth.above_sma200),
        nh=_whole(breadth.new_highs),
        nl=_whole(breadth.new_lows),
        hli=_plain(breadth.high_low_index, 1),
    )
    yield _("  McClellan {osc}  summation over 21s {change}  thrust {thrust}  TRIN {trin}  up volume {up} %").format(
        osc=_plain(breadth.mcclellan, 1),
        change=_plain(breadth.summation_chg_21s, 0),
        thrust=_plain(breadth.zweig, 3),
        trin=_plain(breadth.trin, 2),
        up=_percent(breadth.upvol_share),
    )


def _concentration(found: Concentration) -> Iterator[str]:
    if not found.weights_date:
        yield _("Concentration: not evaluated, [holdings] names no file of weights, and no market caps are known")
        return
    dated = _(", ").join(
        f"{fund} {day}" + (f" ({found.sources[fund]})" if fund in found.sources else "")
        for fund, day in found.weights_date.items()
    )
    yield _("Concentration, weights of {dated}").format(dated=dated)
    yield _(
        "  seven largest weigh {c1} %  their share of 63s {c2} %  effective names {c3}  small-cap top ten {c5} %"
    ).format(c1=_percent(found.c1), c2=_percent(found.c2.get("63s")), c3=_plain(found.c3, 1), c5=_percent(found.c5))


def _risk(risk: Risk) -> Iterator[str]:
    appetite = risk.appetite
    yield _("Risk")
    yield _(
        "  appetite {score} {state} ({parts} of {of} parts)  VIX {vix}  VIX/VIX3M {term}  volatility {regime}"
    ).format(
        score=_plain(appetite.score, 0),
        state=_(appetite.state or DASH),
        parts=appetite.parts,
        of=appetite.of,
        vix=_plain(risk.vix, 1),
        term=_plain(risk.vix_term, 2),
        regime=_(risk.regime or DASH),
    )
    yield _(
        "  sector correlation {corr}  absorption shift {shift}  turbulence percentile {turbulence}  10y-3m {curve}"
    ).format(
        corr=_plain(risk.avg_corr, 2),
        shift=_plain(risk.delta_ar, 2),
        turbulence=_percent(risk.turbulence_pr),
        curve=_plain(risk.curve_10y_3m, 2),
    )
    yield _("  10y over 21s {rate} bp  credit z {credit}  small caps on bonds {gamma} (t {t})").format(
        rate=_plain(risk.rate_21s_bp, 0),
        credit=_plain(risk.credit_z, 2),
        gamma=_plain(risk.rate_gamma_ief, 2),
        t=_plain(risk.rate_t_ief, 2),
    )


def _valuation(snapshot: Snapshot) -> Iterator[str]:
    found = snapshot.valuation
    if not found.funds:
        reason = snapshot.not_evaluated.get("L1", _("no fundamentals source"))
        yield _("Valuation: not evaluated, {reason}").format(reason=reason)
        return
    yield _("Valuation, fundamentals of {source}, negative earnings: {losses}").format(
        source=found.source, losses=found.negative_earnings
    )
    for symbol, fund in found.funds.items():
        yield _(
            "  {symbol}  {day}  P/E {pe}  forward {forward}  P/B {pb}  yield less 10y {gap} pp  flow {flow}"
        ).format(
            symbol=symbol,
            day=fund.session,
            pe=_plain(fund.trailing_pe, 1),
            forward=_plain(fund.forward_pe, 1),
            pb=_plain(fund.price_to_book, 1),
            gap=pct(fund.earnings_yield_gap, 1),
            flow=_flow(fund),
        )
    yield _(
        "  P/E of IWM over that of SPY {ratio}, percentile {pr} of {n} own daily snapshots ({needed} needed)"
    ).format(
        ratio=_plain(found.relative_pe, 2),
        pr=_percent(found.relative_pe_pr),
        n=found.snapshots,
        needed=found.needed,
    )


def _flow(fund: FundValuation) -> str:
    if fund.shares_unchanged_since is not None:
        return _("unknown, the source's shares stand still since {day}").format(day=fund.shares_unchanged_since)
    if fund.flow is None:
        return DASH
    return _("{millions} M$ since {day}").format(millions=number(fund.flow / 1e6, 0), day=fund.flow_since)


def _whole(x: Value) -> str:
    return DASH if x is None else f"{x:,.0f}"


def _plain(x: Value, digits: int) -> str:
    return number(x, digits, sign=False)


def _percent(x: Value) -> str:
    return pct(x, 1, sign=False)
