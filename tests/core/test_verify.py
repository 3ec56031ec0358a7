"""Claims judged on small made panels, where every convention can be worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from core.claims import Claim, ClaimFile, ClaimGroup
from core.panel import Panel
from core.verify import GroupFinding, verify

SESSIONS = np.array(
    ["2025-12-29", "2025-12-30", "2025-12-31", "2026-01-02", "2026-01-05", "2026-01-06", "2026-01-07"],
    dtype="datetime64[D]",
)


def panel(**closes: list[float]) -> Panel:
    """Opens 1.3 % above the close before (of the first day: the close); `tr` 2 % under `px` before 2026-01-05."""
    symbols = tuple(closes)
    px = np.array(list(closes.values()), dtype=float).T
    opens = np.vstack([px[:1], px[:-1] * 1.013])
    tr = np.where((np.datetime64("2026-01-05") > SESSIONS)[:, None], px * 0.98, px)
    volume = np.tile(np.arange(1.0, 8.0)[:, None] * 1e6, (1, len(symbols)))
    return Panel(SESSIONS, symbols, opens, px * 1.02, px * 0.97, px, tr, volume, np.ones(len(symbols), np.bool_))


def judged(prices: Panel, group: ClaimGroup) -> GroupFinding:
    (finding,) = verify(ClaimFile(title="T", group=(group,)), prices).groups
    return finding


def group(*claims: Claim, **more: object) -> ClaimGroup:
    fields: dict[str, object] = {"title": "G", "to": date(2026, 1, 6), "begin": date(2026, 1, 2)} | more
    return ClaimGroup(claim=claims, **fields)  # type: ignore[arg-type] # the keywords of one test, checked by msgspec


RISING = [100.0, 101.0, 102.0, 104.0, 107.0, 111.0, 116.0]


def test_a_return_from_the_close_before_holds_as_stated() -> None:
    found = judged(panel(A=RISING), group(Claim(subject="A", metric="return", value="8.82 %"), basis="px"))
    assert found.finding == "holds"  # 111 / 102
    assert found.fits[0].base_session == date(2025, 12, 31)
    assert found.claims[0].measured == pytest.approx(111 / 102 - 1, abs=1e-12)


def test_a_return_from_the_open_is_found_and_named() -> None:
    value = f"{100 * (111 / (102 * 1.013) - 1):.3f} %"
    found = judged(panel(A=RISING), group(Claim(subject="A", metric="return", value=value)))
    assert found.finding == "holds otherwise"
    assert [(fit.base, fit.basis, fit.shift) for fit in found.fits] == [("open", "px", 0)]
    assert found.fits[0].base_session == date(2026, 1, 2)
    assert found.claims[0].fits


def test_one_convention_must_fit_all_claims_of_a_group() -> None:
    prices = panel(A=RISING, B=[50.0, 50.0, 51.0, 50.0, 52.0, 53.0, 53.0])
    close, opened = f"{100 * (111 / 102 - 1):.3f} %", f"{100 * (53 / (51 * 1.013) - 1):.3f} %"
    claims = (Claim(subject="A", metric="return", value=close), Claim(subject="B", metric="return", value=opened))
    found = judged(prices, group(*claims, basis="px"))
    assert found.finding == "fails"
    assert found.fits == ()
    assert [[(fit.base, fit.shift) for fit in claim.alone] for claim in found.claims] == [[("close", 0)], [("open", 0)]]


def test_the_search_moves_the_start_of_a_window_and_counts_its_conventions() -> None:
    value = f"{100 * (111 / 101 - 1):.3f} %"
    found = judged(panel(A=RISING), group(Claim(subject="A", metric="return", value=value), basis="px"))
    assert [(fit.shift, fit.base_session) for fit in found.fits] == [(-1, date(2025, 12, 30))]
    # starts from row 1 to row 5 on three kinds of base; others leave the panel or the window
    assert found.tried == 3 * 5


def test_deviations_are_tried_only_where_a_volatility_is_claimed() -> None:
    closes = np.array([104.0, 107.0, 111.0])
    r = closes[1:] / closes[:-1] - 1
    value = f"{100 * r.std(ddof=0):.4f} %"
    found = judged(panel(A=RISING), group(Claim(subject="A", metric="volatility", value=value), basis="px"))
    assert found.finding == "holds otherwise"
    assert {fit.ddof for fit in found.fits} == {0}


def test_a_mean_volume_and_a_rank() -> None:
    prices = panel(A=RISING, B=[50.0, 50.0, 51.0, 50.0, 52.0, 53.0, 53.0])
    claims = (
        Claim(subject="A", metric="volume", value="5.0 million"),
        Claim(subject="B", metric="rank", value="2", among=("A", "B")),
    )
    found = judged(prices, group(*claims))
    assert found.finding == "holds"
    assert [claim.measured for claim in found.claims] == [5e6, 2.0]


def test_levels_belong_to_the_session_named() -> None:
    claims = (
        Claim(subject="A", metric="close", value="111.00"),
        Claim(subject="A", metric="high", value="113.22"),
        Claim(subject="A", metric="low", value="107.67"),
        Claim(subject="A", metric="average", value="107.33", n=3),
    )
    assert judged(panel(A=RISING), group(*claims, begin=date.min)).finding == "holds"


def test_a_day_without_trading_makes_a_claim_fail_and_tells_the_session_before() -> None:
    claim = Claim(subject="A", metric="close", value="104.00")
    found = judged(panel(A=RISING), group(claim, begin=date.min, to=date(2026, 1, 4)))
    assert found.finding == "fails"
    assert found.no_session == date(2026, 1, 4)
    assert found.claims[0].fits
    assert found.fits[0].end_session == date(2026, 1, 2)


def test_a_window_of_months_begins_after_its_calendar_base() -> None:
    claim = Claim(subject="A", metric="return", value=f"{100 * (116 / 101 - 1):.3f} %")
    prices = panel(A=RISING)
    sessions = SESSIONS.copy()
    sessions[:2] = np.array(["2025-12-05", "2025-12-07"], dtype="datetime64[D]")
    moved = Panel(sessions, *(getattr(prices, name) for name in Panel.__slots__[1:]))
    found = judged(moved, group(claim, begin=date.min, window="1m", to=date(2026, 1, 7), basis="px"))
    assert found.finding == "holds"
    assert found.fits[0].base_session == date(2025, 12, 7)


def test_without_prices_nothing_is_judged_and_the_symbol_is_named() -> None:
    found = judged(panel(A=RISING), group(Claim(subject="Z", metric="return", value="1 %")))
    assert found.finding == "not judged"
    assert found.missing == ("Z",)
    assert found.claims[0].measured is None


def test_no_price_is_made_up_inside_a_window() -> None:
    gap = [*RISING[:4], float("nan"), *RISING[5:]]
    found = judged(panel(A=gap), group(Claim(subject="A", metric="volatility", value="3.0 %")))
    assert found.finding == "not judged"
    assert found.missing == ("A",)
