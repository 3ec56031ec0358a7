"""W06 overbought, W07 extended near a high, W19 drawdown and W19b trend, one instance per index fund (C.2)."""

from __future__ import annotations

from core.i18n import _
from core.metrics.trend import SLOPE_SESSIONS
from core.rules.machine import Hysteresis, Judgement
from core.rules.market import Market
from core.rules.rule import Deferred, WithThresholds, numbers, without_nan
from core.rules.wording import number, percent, share
from core.settings_warnings import W06Settings, W07Settings, W19Settings
from core.snapshot import Gauge
from core.universe import INDEX_FUNDS


class Overbought(WithThresholds[W06Settings]):
    """W06: how many of four readings are stretched. Described, not feared: history shows no raised risk."""

    id = "W06"
    subjects = INDEX_FUNDS

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Overbought")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "{watch} of 4 points (warning {warn}): RSI14 at least {rsi}, %b at least {pct_b}, distance to the 50-day "
            "average and 63-session return each at or above their percentile {percentile} of 5 years; left at {out} "
            "point or none with RSI below {exit}. History: lower closes were no likelier than on any day"
        ).format(
            watch=limits.watch_points,
            warn=limits.warning_points,
            rsi=number(limits.rsi, 0),
            pct_b=number(limits.pct_b),
            percentile=share(limits.percentile),
            out=limits.exit_points,
            exit=number(limits.exit_rsi, 0),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="points",
            label=_("points"),
            enter=limits.watch_points,
            warn=limits.warning_points,
            leave=limits.exit_points + 1,  # left at so many, or fewer
            unit="count",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits = self._limits
        rsi, pct_b = market.value("rsi14", subject, t), market.value("pct_b", subject, t)
        stretch = market.percentile("dist_sma50", subject, t)
        momentum = market.percentile("ret_63s", subject, t)
        if missing := market.missing((subject,), t, (rsi, pct_b, stretch, momentum)):
            return Judgement(missing=missing)
        points = sum(
            (rsi >= limits.rsi, pct_b >= limits.pct_b, stretch >= limits.percentile, momentum >= limits.percentile)
        )
        return Judgement(
            watch=points >= limits.watch_points,
            warn=points >= limits.warning_points,
            exit=points <= limits.exit_points and rsi < limits.exit_rsi,
            evidence={
                "rsi14": rsi,
                "pct_b": pct_b,
                "pr_dist_sma50": stretch,
                "pr_ret_63s": momentum,
                "points": points,
            },
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        return _("RSI {rsi}   %b {pct_b}   vs 50d pr {stretch}   63s pr {momentum}   {points} of 4").format(
            rsi=number(e["rsi14"], 1),
            pct_b=number(e["pct_b"]),
            stretch=share(e["pr_dist_sma50"]),
            momentum=share(e["pr_ret_63s"]),
            points=int(e["points"]),
        )


class ExtendedNearHigh(WithThresholds[W07Settings]):
    """W07: close to the 252-session closing high and far above the 50-session average."""

    id = "W07"
    subjects = INDEX_FUNDS

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Extended near high")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "within {near} of the 252-session closing high and at least {watch} σ above the 50-day average (warning "
            "{warn} σ); left beyond {out} below the high or under {exit} σ. History shows no raised risk"
        ).format(
            near=share(limits.near_high),
            watch=number(limits.watch_extension, 1),
            warn=number(limits.warning_extension, 1),
            out=share(limits.exit_distance),
            exit=number(limits.exit_extension, 1),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="extension",
            label=_("σ above 50d"),
            enter=limits.watch_extension,
            warn=limits.warning_extension,
            leave=limits.exit_extension,
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits = self._limits
        distance = market.value("dist_high_close_252", subject, t)
        extension = market.value("extension", subject, t)
        if missing := market.missing((subject,), t, (distance, extension)):
            return Judgement(missing=missing)
        near = distance >= -limits.near_high
        return Judgement(
            watch=near and extension >= limits.watch_extension,
            warn=near and extension >= limits.warning_extension,
            exit=distance < -limits.exit_distance or extension < limits.exit_extension,
            evidence=Deferred(
                lambda: {
                    "dist_high_close_252": distance,
                    "extension": extension,
                    "days_since_high": int(market.tail("px", subject, t, 252)[::-1].argmax()),  # the latest of equals
                }
            ),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        return _("{distance} from the closing high   {extension} σ above 50d   history shows no raised risk").format(
            distance=percent(e["dist_high_close_252"]), extension=number(e["extension"])
        )


class Drawdown(WithThresholds[W19Settings]):
    """W19: how far the close stands below its highest close of 252 sessions. Descriptive."""

    id = "W19"
    subjects = INDEX_FUNDS

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Drawdown")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        limits = self._limits
        return _(
            "close {watch} or more below its 252-session closing high (pullback), warning at {warn} (correction), "
            "named bear at {bear}; left above {exit}"
        ).format(
            watch=percent(limits.watch, 0),
            warn=percent(limits.warning, 0),
            bear=percent(limits.bear, 0),
            exit=percent(limits.exit, 0),
        )

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        limits = self._limits
        return Gauge(
            id="drawdown_252",
            label=_("from the closing high"),
            enter=limits.watch,
            warn=limits.warning,
            leave=limits.exit,
            direction="below",
            unit="fraction",
        )

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        limits = self._limits
        drawdown = market.value("drawdown_252", subject, t)
        if missing := market.missing((subject,), t, (drawdown,)):
            return Judgement(missing=missing)
        return Judgement(
            watch=drawdown <= limits.watch,
            warn=drawdown <= limits.warning,
            exit=drawdown > limits.exit,
            evidence={"drawdown_252": drawdown},
            label=self._label(drawdown),
        )

    def _label(self, drawdown: float) -> str | None:
        names = (
            (self._limits.bear, _("bear")),
            (self._limits.warning, _("correction")),
            (self._limits.watch, _("pullback")),
        )
        return next((name for limit, name in names if drawdown <= limit), None)

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        return _("{drawdown} from the 252-session closing high").format(
            drawdown=percent(numbers(judgement)["drawdown_252"])
        )


class TrendState:
    """W19b: below the 200-session average, and whether that average falls. Descriptive."""

    id = "W19b"
    subjects = INDEX_FUNDS
    hysteresis = Hysteresis()
    informs = False

    def title(self, subject: str) -> str:
        """See `Rule`."""
        return _("Below the 200-day average")

    def condition(self, subject: str) -> str:
        """See `Rule`."""
        return _(
            "close below its 200-session average; warning while that average is lower than {n} sessions ago; left "
            "after 3 sessions above"
        ).format(n=SLOPE_SESSIONS)

    def gauge(self, subject: str) -> Gauge | None:
        """See `Rule`."""
        return Gauge(id="dist_sma200", label=_("vs 200d"), enter=0.0, leave=0.0, direction="below", unit="fraction")

    def judge(self, market: Market, subject: str, t: int) -> Judgement:
        """See `Rule`."""
        values = {name: market.value(name, subject, t) for name in ("below_sma200", "above_sma200", "slope_sma200")}
        if missing := market.missing((subject,), t, values.values()):
            return Judgement(missing=missing)
        below = values["below_sma200"] > 0
        return Judgement(
            watch=below,
            warn=below and values["slope_sma200"] < 0,
            exit=values["above_sma200"] > 0,
            evidence=without_nan(
                {
                    "dist_sma200": market.value("dist_sma200", subject, t),
                    "slope_sma200": values["slope_sma200"],
                }
            ),
        )

    def text(self, subject: str, judgement: Judgement) -> str:
        """See `Rule`."""
        e = numbers(judgement)
        return _("{distance} vs 200d   200d over 20 sessions {slope}").format(
            distance=percent(e["dist_sma200"]), slope=percent(e["slope_sma200"])
        )
