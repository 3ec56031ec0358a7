"""W15 defensive rotation, W16 correlation and W17 turbulence: what the sector funds say together (warnings.md C.2)."""

from __future__ import annotations

import numpy as np

from core.i18n import _
from core.metrics.sectors import class_spread
from core.metrics.statistics import std
from core.rules.machine import EvidenceValue, Hysteresis, Judgement
from core.rules.market import Market
from core.rules.rule import Deferred, WithThresholds, numbers
from core.rules.wording import number, percent, pp, share
from core.settings_warnings import W15Settings, W16Settings, W17Settings
from core.snapshot import Gauge

SUBJECT = "sectors"
RECENT = 5
"""W17 looks at this many sessions."""
SPREAD_WINDOWS = (5, 21, 63)


class DefensiveRotation(WithThresholds[W15Settings]):
    """W15: defensive sectors beat cyclical ones beyond ordinary noise, by the scheme in force, which is its label."""

    id = "W15"
    subjects = (SUBJECT,)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Defensive rotation")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "21-session spread of cyclical over defensive sectors by the scheme in force, scaled by its own deviation, "
            "at most {watch} (warning {warn}); left above {exit}"
        ).format(watch=number(limits.watch_z), warn=number(limits.warning_z), exit=number(limits.exit_z))

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="z21",
            label=_("z21 of cyclicals"),
            enter=limits.watch_z,
            warn=limits.warning_z,
            leave=limits.exit_z,
            direction="below",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits, sectors = self._limits, market.behind.sectors
        scheme = sectors.schemes[sectors.scheme]
        funds = (*scheme.cyclical, *scheme.defensive)
        z = market.risk("rotation_z", t) if market.columns.keys() >= set(funds) else np.nan
        if missing := market.missing(funds, t, (z,)):
            return Judgement(missing=missing)
        return Judgement(
            watch=z <= limits.watch_z,
            warn=z <= limits.warning_z,
            exit=z > limits.exit_z,
            evidence=Deferred(lambda: _rotation(market, t)),
            label=sectors.scheme,
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e, scheme = numbers(judgement), judgement.evidence["scheme"]
        month = [(name.removesuffix("_21s"), value) for name, value in e.items() if name.endswith("_21s")]
        return _(
            "z21 {z} by {scheme}   cyclicals less defensives / 21s: {spreads}   XLY/XLP {ratio}   appetite {y1}"
        ).format(
            z=number(e["z21"]),
            scheme=scheme,
            spreads=", ".join(f"{name} {pp(value)}" for name, value in month),
            ratio=percent(e["xly_xlp"]),
            y1=number(e["appetite"], 0),
        )


class SectorCorrelation(WithThresholds[W16Settings]):
    """W16: the sectors move as one, or ever more of their variance comes from few sources."""

    id = "W16"
    subjects = (SUBJECT,)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Correlation and fragility")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "mean correlation of two sectors over 63 sessions at least {watch} (warning {warn}) or shift of the "
            "absorption ratio at least {shift} (warning {shift_warn}); left when they are below {exit} and {shift_exit}"
        ).format(
            watch=number(limits.watch_correlation),
            warn=number(limits.warning_correlation),
            exit=number(limits.exit_correlation),
            shift=number(limits.watch_shift, 1),
            shift_warn=number(limits.warning_shift, 1),
            shift_exit=number(limits.exit_shift, 1),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="avg_corr",
            label=_("mean correlation"),
            enter=limits.watch_correlation,
            warn=limits.warning_correlation,
            leave=limits.exit_correlation,
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits, funds = self._limits, market.behind.sectors.symbols
        together, shift = market.risk("avg_corr", t), market.risk("delta_ar", t)
        if missing := market.missing(funds, t, (together, shift)):
            return Judgement(missing=missing)
        return Judgement(
            watch=together >= limits.watch_correlation or shift >= limits.watch_shift,
            warn=together >= limits.warning_correlation or shift >= limits.warning_shift,
            exit=together < limits.exit_correlation and shift < limits.exit_shift,
            evidence=Deferred(
                lambda: {
                    "avg_corr": together,
                    "absorption": market.risk("absorption", t),
                    "delta_ar": shift,
                    "dispersion": market.breadth("dispersion", t),  # V10 is of the members of a universe
                    "sector_dispersion": std(market.returns(funds, t, 1)[0]),
                }
            ),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        return _(
            "mean correlation {together}   absorption {share}, shift {shift}   dispersion of sectors {sectors}, of "
            "members {members}"
        ).format(
            together=number(e["avg_corr"]),
            share=number(e["absorption"]),
            shift=number(e["delta_ar"]),
            sectors=share(e["sector_dispersion"], 2),
            members=share(e["dispersion"], 2),
        )


class Turbulence(WithThresholds[W17Settings]):
    """W17: several of the last sessions moved the sectors as they rarely move together. Raised and left at once."""

    id = "W17"
    subjects = (SUBJECT,)
    hysteresis = Hysteresis(watch_in=1, warn_in=1, out=1)

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Turbulence")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "{watch} of the last 5 sessions (warning {warn}) with a turbulence of the sectors at or above its "
            "percentile {percentile} of 5 years; left at {exit} of 5"
        ).format(
            watch=limits.watch_sessions,
            warn=limits.warning_sessions,
            percentile=share(limits.percentile),
            exit=limits.exit_sessions,
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="turbulent_sessions",
            label=_("turbulent of 5 sessions"),
            enter=limits.watch_sessions,
            warn=limits.warning_sessions,
            leave=limits.exit_sessions + 1,  # left at so many, or fewer
            unit="count",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits, funds = self._limits, market.behind.sectors.symbols
        ranks = market.risk_tail("turbulence_pr", t, RECENT).tolist()
        if missing := market.missing(funds, t, ranks if len(ranks) == RECENT else ()):
            return Judgement(missing=missing)
        count = sum(rank >= limits.percentile for rank in ranks)
        watch = count >= limits.watch_sessions
        return Judgement(
            watch=watch,
            warn=count >= limits.warning_sessions,
            exit=count <= limits.exit_sessions and not watch,
            evidence=Deferred(
                lambda: {
                    "turbulent_sessions": count,
                    "turbulence": market.risk("turbulence", t),
                    "turbulence_pr": ranks[-1],
                    **_largest_moves(market, t),
                }
            ),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        moves = (f"{name.removeprefix('z_')} {value:+.1f}" for name, value in e.items() if name.startswith("z_"))
        return _("{n} of 5 sessions   today {d}, pr {rank}   {moves} σ").format(
            n=int(e["turbulent_sessions"]),
            d=number(e["turbulence"]),
            rank=share(e["turbulence_pr"]),
            moves=" ".join(moves),
        )


def _rotation(market: Market, t: int) -> dict[str, EvidenceValue]:
    sectors, columns = market.behind.sectors, market.columns
    spreads: dict[str, EvidenceValue] = {}
    for name, scheme in sectors.schemes.items():
        known = columns.keys() >= {*scheme.cyclical, *scheme.defensive}
        cyclical, defensive = (
            [columns[fund] for fund in side if known] for side in (scheme.cyclical, scheme.defensive)
        )
        spreads |= {f"{name}_{n}s": class_spread(market.history, t, cyclical, defensive, n) for n in SPREAD_WINDOWS}
    staples, discretionary = (1.0 + market.value("ret_21s", fund, t) for fund in ("XLP", "XLY"))
    return {
        "scheme": sectors.scheme,
        "z21": market.risk("rotation_z", t),
        **spreads,
        "xly_xlp": discretionary / staples - 1.0,
        "appetite": market.risk("appetite", t),
    }


def _largest_moves(market: Market, t: int) -> dict[str, float]:
    """S3 of the three sectors it is largest of, either way."""
    funds = market.behind.sectors.symbols
    before = market.returns(funds, t - 1, 60)
    moves = {f"z_{fund}": market.value("chg_1s", fund, t) / std(before[:, k]) for k, fund in enumerate(funds)}
    return dict(sorted(moves.items(), key=lambda move: -abs(move[1]))[:3])
