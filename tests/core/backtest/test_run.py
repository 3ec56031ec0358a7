"""The backtest on an eventful invented market: it looks at no future, draws fair blocks, and moves every threshold."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import msgspec
import numpy as np
import pytest
from arch.bootstrap import CircularBlockBootstrap

from core.backtest import run as module
from core.backtest.bootstrap import BLOCK, CircularBlocks, bounds, stationary_rows
from core.backtest.ground import Ground, shuffle
from core.backtest.measure import drawdown_starts
from core.backtest.result import Backtest, RuleResult
from core.backtest.run import run
from core.backtest.sensitivity import moves
from core.errors import UsageError
from core.panel import Floats, Panel
from tests.core import builders

TOLD = {"feed": "files", "simulated": False, "universe": "core"}


def silent(_done: int, _total: int, _name: str) -> None:
    pass


def ground(whole: Panel) -> Ground:
    levels = np.array([symbol.startswith("^") for symbol in whole.symbols])
    return Ground(whole, None, {}, levels, lambda panel, _members, _lines: builders.board(panel))


def measured(whole: Panel, *chosen: str) -> Backtest:
    return run(ground(whole), builders.settings(), chosen, null=False, progress=silent, **TOLD)


@cache
def whole() -> Panel:
    return builders.eventful()


@cache
def found() -> Backtest:
    return measured(whole(), "W01", "W07", "W19", "W19b")


def by_key(of: Backtest) -> dict[tuple[str, str], RuleResult]:
    return {(result.rule, result.subject): result for result in of.results}


def test_what_comes_later_changes_no_entry_and_no_window_that_was_whole() -> None:
    cut = measured(builders.part(whole(), slice(730)), "W01", "W07", "W19", "W19b")
    last = cut.last
    later = by_key(found())
    seen = 0
    for key, result in by_key(cut).items():
        entries = tuple(day for day in later[key].entries if day <= last)
        assert result.entries == entries
        seen += len(entries)
    assert seen > 8

    wild = {name: getattr(whole(), name).copy() for name in builders.FIELDS}
    for values in wild.values():
        values[730:] *= 3.0
    absurd = by_key(measured(replace(whole(), **wild), "W01", "W07", "W19", "W19b"))
    for key, result in absurd.items():
        assert tuple(day for day in result.entries if day <= last) == by_key(cut)[key].entries


def test_the_same_data_give_the_same_result() -> None:
    assert msgspec.json.encode(measured(whole(), "W19")) == msgspec.json.encode(measured(whole(), "W19"))


def test_a_result_survives_its_own_json() -> None:
    for result in found().results:
        assert msgspec.json.decode(msgspec.json.encode(result), type=RuleResult) == result


def test_cases_cut_by_the_end_are_counted_apart() -> None:
    for result in found().results:
        for window in result.windows:
            assert window.n + window.cut == len(result.entries)
    assert sum(result.windows[-1].cut for result in found().results) > 0


def test_few_cases_are_called_an_anecdote() -> None:
    result = by_key(found())["W07", "SPY"]
    assert 0 < result.windows[-1].n < 10
    assert result.few() == f"n = {result.windows[-1].n}: anecdote, not evidence"
    assert result.record().sentence().endswith(result.few())


def test_a_rule_without_its_inputs_says_what_it_needs() -> None:
    results = by_key(measured(builders.without(whole(), "IWM"), "W01", "W19"))
    assert results["W01", "IWM-SPY"].needs == ("IWM",)
    assert results["W19", "IWM"].sessions == 0
    assert results["W19", "SPY"].windows


def test_rules_about_the_data_are_left_out_and_unknown_ones_refused() -> None:
    assert found().left_out == ("W20",)
    for name in ("W20", "W99", "w19"):
        with pytest.raises(UsageError, match=f'no rule "{name}" can be tested: there are W01, W01b, W02'):
            measured(whole(), name)


def test_progress_reaches_its_total() -> None:
    told: list[tuple[int, int, str]] = []
    run(
        ground(whole()),
        builders.settings(),
        ("W19",),
        null=False,
        progress=lambda done, total, name: told.append((done, total, name)),
        **TOLD,
    )
    assert told == [(1, 4, "W19 SPY"), (2, 4, "W19 IWM"), (3, 4, "W19 QQQ"), (4, 4, "W19 DIA")]


class TestDrawdowns:
    def test_each_begins_at_the_last_of_its_highest_closes(self) -> None:
        closes = np.array([100.0, 110, 110, 99, 95, 105, 111, 100, 112, 100.8, 90, 100])
        assert drawdown_starts(closes) == (2, 8)  # 99 is 10 % below 110; 111 to 100 is 9.9 %

    def test_what_is_missing_is_neither_high_nor_low(self) -> None:
        assert drawdown_starts(np.array([np.nan, 100, np.nan, 90, 89, np.nan, 101])) == (1,)


class TestBootstrap:
    def test_sums_are_those_of_the_rows_drawn(self) -> None:
        values = np.random.default_rng(1).normal(size=150)
        blocks = CircularBlocks.drawn(150, draws=20)
        rows = (blocks.starts[:, :, None] + np.arange(BLOCK)) % 150
        assert blocks.sums(values) == pytest.approx(values[rows].sum(axis=(1, 2)))

    def test_fewer_rows_than_a_block_go_round(self) -> None:
        values = np.arange(10.0)
        blocks = CircularBlocks.drawn(10, draws=3)
        rows = (blocks.starts[:, :, None] + np.arange(BLOCK)) % 10
        assert blocks.sums(values) == pytest.approx(values[rows].sum(axis=(1, 2)))

    def test_bounds_agree_with_the_library_arch(self) -> None:
        """Other draws of the same scheme: their bounds agree within what 1,000 draws leave to chance."""
        rng = np.random.default_rng(3)
        entry = (rng.random(1700) < 0.03).astype(np.float64)
        fell = np.repeat(rng.random(85) < 0.35, 20).astype(np.float64)
        low, high = bounds(CircularBlocks.drawn(1700).mean(fell, entry)) or (np.nan, np.nan)

        def share(of: Floats) -> Floats:
            return np.array([(of[:, 0] * of[:, 1]).sum() / max(of[:, 1].sum(), 1.0)])

        drawn = CircularBlockBootstrap(BLOCK, np.column_stack([fell, entry]), seed=5).apply(share, 1000)
        assert (low, high) == pytest.approx(np.percentile(drawn, (5, 95)), abs=0.03)

    def test_where_draws_tell_nothing_there_are_no_bounds(self) -> None:
        assert bounds(np.array([0.1, np.nan, np.nan])) is None
        assert bounds(np.zeros(5)) is None
        assert bounds(np.array([0.0, 1.0, np.nan])) == pytest.approx((0.05, 0.95))

    def test_stationary_blocks_are_runs_of_the_mean_length(self) -> None:
        rows = stationary_rows(200_000, np.random.default_rng(2), mean_block=63)
        breaks = np.count_nonzero((np.diff(rows) - 1) % 200_000)
        assert 200_000 / breaks == pytest.approx(63, rel=0.1)
        assert rows.min() >= 0
        assert rows.max() < 200_000


class TestShuffledMarkets:
    def test_days_move_together_by_return_or_difference(self) -> None:
        panel = builders.panel(3, 400)
        levels = np.array([symbol.startswith("^") for symbol in panel.symbols])
        rows = 1 + stationary_rows(399, np.random.default_rng(1))
        made = shuffle(panel, rows, levels)
        for prices, found in ((panel.px, made.px), (panel.tr, made.tr)):
            expected = (prices[rows] / prices[rows - 1])[:, ~levels]
            assert (found[1:] / found[:-1])[:, ~levels] == pytest.approx(expected)
        assert made.px[0] == pytest.approx(panel.px[0])
        assert (made.high / made.px)[1:] == pytest.approx((panel.high / panel.px)[rows])
        assert (made.volume[1:] == panel.volume[rows]).all()
        steps, real = np.diff(made.px[:, levels], axis=0), (panel.px[rows] - panel.px[rows - 1])[:, levels]
        above = made.px[1:, levels] > panel.px[:, levels].min(axis=0) + 1e-9
        assert steps[above] == pytest.approx(real[above])
        assert (made.px[:, levels] >= panel.px[:, levels].min(axis=0) - 1e-9).all()

    def test_a_missing_bar_is_a_hole_and_no_move(self) -> None:
        panel = builders.without(builders.panel(3, 60), "QQQ", rows=slice(10, 12))
        rows = np.arange(1, 60)
        made = shuffle(panel, rows)
        column = panel.symbols.index("QQQ")
        assert np.isnan(made.px[10:12, column]).all()
        assert made.px[9, column] == pytest.approx(panel.px[9, column])
        assert made.px[12, column] == pytest.approx(made.px[9, column])  # over the hole nothing is known of the move
        others = [k for k in range(len(panel.symbols)) if k != column]
        assert made.px[:, others] == pytest.approx(panel.px[:, others])

    def test_null_tells_how_often_rules_fire_by_chance(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "PANELS", 3)
        told = []
        result = run(
            ground(whole()),
            builders.settings(),
            ("W19",),
            null=True,
            progress=lambda done, total, _name: told.append((done, total)),
            **TOLD,
        )
        assert told == [(k, 7) for k in range(1, 8)]
        for rule in result.results:
            assert rule.null is not None
            assert rule.null.panels == 3
            low, high = rule.null.bounds
            assert 0 <= low <= rule.null.per_year <= high


class TestSensitivity:
    def test_every_threshold_moves_both_ways(self) -> None:
        found = {(m.threshold, round(m.moved, 6)): m for m in moves(builders.settings(), "W06")}
        assert {("rsi", 56.0), ("rsi", 84.0)} <= found.keys()
        assert {name for name, _moved in found} == {
            *("rsi", "pct_b", "percentile", "watch_points", "warning_points", "exit_points", "exit_rsi"),
        }
        assert all(len([1 for name, _m in found if name == threshold]) == 2 for threshold, _m in found)
        assert found["watch_points", 1].settings is not None  # a count moves by one at least
        assert found["percentile", 1.14].settings is None  # no share above one
        assert found["exit_rsi", 78.0].settings is None  # it would stand above the one that raises the rule

    def test_zero_has_no_fifth_and_a_part_without_thresholds_none(self) -> None:
        assert "exit_z" not in {m.threshold for m in moves(builders.settings(), "W01")}
        assert list(moves(builders.settings(), "W19b")) == []

    def test_a_rule_is_judged_anew_with_the_moved_one(self) -> None:
        result = by_key(found())["W19", "SPY"]
        tried = {(v.threshold, round(v.moved, 3)): v for v in result.sensitivity}
        deeper, shallower = tried["watch", -0.06], tried["watch", -0.04]
        assert deeper.active is not None
        assert shallower.active is not None
        assert result.active is not None
        assert deeper.active <= result.active <= shallower.active
        assert deeper.active < shallower.active
