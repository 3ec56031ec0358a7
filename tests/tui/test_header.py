from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from core.snapshot import EMPTY, Evaluated, Evidence, ProblemNote, Snapshot
from tests.tui import builders
from tui.format import NEW_YORK
from tui.status import Status, Work
from tui.widgets.header import header_pieces, header_right, work_forms
from tui.widgets.line import Piece, fit, measure
from tui.widgets.verdict import verdict_pieces


def told(pieces: list[Piece], width: int = 400) -> str:
    return "  ".join(one.text for one in fit(pieces, width) if one.text)


def header(snapshot: Snapshot, width: int = 400, **status: object) -> str:
    state = Status(snapshot=snapshot, **status)  # type: ignore[arg-type] # whatever the test sets
    left, right = header_pieces(state)
    return told([*left, *right], width)


def test_a_sunday_shows_fridays_session_and_says_so() -> None:
    assert header(builders.rich()) == (
        "TAPEBOARD  files  Fri 2026-01-09 final  viewed Sun 01-11  ○ market closed, next Mon 09:30 ET  "
        "data 16:00 ET  0 problems  1 watch 0 warn  1 new  6/6 rules"
    )


def test_a_session_viewed_on_its_own_day_names_it_once() -> None:
    assert "viewed" not in header(builders.rich(viewed_at=datetime(2026, 1, 9, 21, 30, tzinfo=UTC), phase="after"))


def test_simulated_data_say_so_at_every_width() -> None:
    for width in (160, 120, 80, 40):
        text = header(builders.simulated(), width)
        assert "SIMULATED" in text
    assert "data 11:30:00" in header(builders.simulated(), 80)


def test_a_stale_session_and_a_half_day_are_named() -> None:
    assert "stale" in header(builders.rich(session_status="stale"), 80)
    assert "half day final" in header(builders.rich(half_day=True))


def test_muted_warnings_are_counted_at_every_width() -> None:
    mute = builders.warning(muted_until=date(2026, 1, 15))
    snapshot = builders.rich(warnings=(mute, mute, builders.warning(state="CLEAR")))
    assert "0 watch 0 warn 2 muted" in header(snapshot)
    assert "0 watch 2 muted" in header(snapshot, 80)


def test_an_empty_header_promises_nothing() -> None:
    assert header(EMPTY) == "TAPEBOARD"
    assert verdict_pieces(EMPTY) == []


def test_a_held_display_says_since_when_at_every_width() -> None:
    for width in (160, 80):
        assert "PAUSED 16:00" in header(builders.rich(), width, paused=True)


def test_a_stored_snapshot_tells_its_age() -> None:
    stored = builders.rich(viewed_at=datetime(2026, 1, 9, 21, 2, tzinfo=UTC))
    assert "stored 01-09 16:02 · refreshing" in header(stored, stored=True)
    assert "refreshing" not in header(stored, stored=True, failure="no", fatal=True)


def test_a_failure_shows_at_once_and_counts_as_a_problem() -> None:
    broken = builders.source(problems=(ProblemNote(kind="missing", symbol="XYZ", text="gone"),))
    text = header(builders.rich(source=broken), failure="connection refused")
    assert "✗ connection refused" in text
    assert "2 problems" in text
    assert "failed" in header(builders.rich(), 80, failure="a very long story " * 9)


def test_the_next_refresh_is_a_time_and_not_a_countdown() -> None:
    due = datetime(2026, 1, 9, 16, 30, 15, tzinfo=UTC)
    assert "next 11:30:15" in header(builders.simulated(), next_run=due)
    assert "next" not in header(builders.simulated())


def test_rules_that_could_not_be_judged_stand_out() -> None:
    state = Status(snapshot=builders.rich(evaluated=Evaluated(rules=5, of=6)))
    (rules,) = (one for one in header_right(state) if one.text == "5/6 rules")
    assert rules.style == "watch"


@pytest.mark.parametrize("width", [160, 120, 80])
@pytest.mark.parametrize("snapshot", [builders.rich(), builders.simulated()], ids=["files", "simulated"])
def test_both_lines_fit_the_sizes_they_are_made_for(snapshot: Snapshot, width: int) -> None:
    state = Status(snapshot=snapshot, next_run=snapshot.source.asof)
    left, right = header_pieces(state)
    assert measure(fit([*left, *right], width - 1)) <= width - 1
    assert measure(fit(verdict_pieces(snapshot), width - 1)) <= width - 1


def test_the_verdict_keeps_its_numbers_at_every_width() -> None:
    wide = told(verdict_pieces(builders.rich()), 250)
    assert wide == (
        "BROADENING  4 of 4  since 01-06  ✓ small caps +2.8 pp / 63s  fragile: -0.4..+3.2 by base date  "
        "✓ equal vs cap +1.0 pp / 63s  ✓ cyclicals vs defensives +1.6 pp / 21s msci  ✓ 9/11 sectors > 50d"
    )
    narrow = told(verdict_pieces(builders.rich()), 79)
    assert narrow == "BROADENING  ✓small +2.8pp  fragile  ✓equal +1.0pp  ✓cyc +1.6pp  ✓9/11>50d"
    unsure = told(verdict_pieces(builders.rich(verdict=builders.verdict(provisional=True))), 79)
    assert unsure == "≈ BROADENING  ✓small +2.8pp  fragile  ✓equal +1.0pp  ✓cyc +1.6pp  ✓9/11>50d"


def test_a_provisional_verdict_is_marked() -> None:
    assert told(verdict_pieces(builders.rich(verdict=builders.verdict(provisional=True)))).startswith("≈ BROADENING")


def test_a_verdict_without_its_evidence_has_no_score() -> None:
    missing = Evidence(id="equal_weight", text="equal vs cap — / 63s", value=None, holds=None)
    evidence = (builders.verdict().evidence[0], missing)
    verdict = builders.verdict(state="NOT EVALUATED", evidence=evidence, since=None, fragile=None)
    text = told(verdict_pieces(builders.rich(verdict=verdict)))
    assert text == "NOT EVALUATED  ✓ small caps +2.8 pp / 63s  ? equal vs cap — / 63s"


def test_evidence_that_fails_is_told_with_its_number() -> None:
    against = Evidence(id="small_lead", text="small caps -1.2 pp / 63s", value=-0.012, holds=False)
    verdict = builders.verdict(evidence=(against,), fragile=True, since=date(2026, 1, 6), score=0)
    text = told(verdict_pieces(builders.rich(verdict=verdict)))
    assert "✗ small caps -1.2 pp / 63s" in text
    assert "fragile" not in text, "there is no lead of the small caps"


def test_the_members_of_a_universe_keep_its_name_apart_in_the_fewest_words() -> None:
    piece = Evidence(id="participation", text="67 % of sp500 > 50d", value=0.67, holds=True)
    text = told(verdict_pieces(builders.rich(verdict=builders.verdict(evidence=(piece,)))), 34)
    assert text.endswith("✓67% sp500>50d")


def test_the_verdict_says_that_it_counts_dividends_where_the_panes_do_not() -> None:
    assert told(verdict_pieces(builders.rich(basis="px")), 250).endswith("sectors > 50d  verdict with dividends")
    assert "dividends" not in told(verdict_pieces(builders.rich()), 250)


def test_a_fragile_lead_without_a_band_is_still_fragile() -> None:
    spread = msgspec.structs.replace(builders.spreads()[0], band63=(None, None))
    assert "  fragile  " in told(verdict_pieces(builders.rich(spreads=(spread,))))


def test_stale_data_tell_their_age_in_days() -> None:
    stale = builders.rich(session_status="stale", viewed_at=datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    assert "Fri 2026-01-09 stale, 317 days old" in header(stale)


NOON = datetime(2026, 1, 9, 12, tzinfo=NEW_YORK)


def live(phase: str = "open", viewed: datetime = NOON, **source: object) -> Snapshot:
    """What Yahoo gave at noon, unless it is said otherwise."""
    times: dict[str, object] = {"asof": NOON, "oldest": NOON, "final_at": datetime(2026, 1, 9, 16, 15, tzinfo=NEW_YORK)}
    told = builders.source(**({"feed": "yahoo"} | times | source))
    return builders.rich(session_status="intraday", phase=phase, viewed_at=viewed, source=told)


@pytest.mark.parametrize("width", [79, 119, 159])
def test_what_the_exchange_does_looks_different_at_every_width(width: int) -> None:
    words = {"pre": "◐ pre", "open": "● ", "after": "◑ after", "closed": "○ "}
    seen = {phase: header(builders.rich(phase=phase), width) for phase in words}
    for phase, word in words.items():
        assert word in seen[phase]
    assert len(set(seen.values())) == len(words)


def test_the_oldest_quote_is_told_and_stands_out_when_it_is_late() -> None:
    fresh = live(oldest=NOON - timedelta(minutes=2))
    assert "data 12:00:00 ET  oldest quote 11:58" in header(fresh)
    assert "oldest" not in header(fresh, 79)
    late = live(oldest=NOON - timedelta(minutes=18))
    assert "oldest 11:42" in header(late, 79)
    (piece,) = (one for one in header_right(Status(snapshot=late)) if "oldest" in one.text)
    assert (piece.style, piece.action) == ("watch", "app.command('problems')")


def test_prices_that_are_all_late_say_so_beside_the_open_market() -> None:
    delayed = live(asof=NOON - timedelta(minutes=16), oldest=NOON - timedelta(minutes=20))
    assert "● open, prices delayed" in header(delayed)
    assert "● delayed" in header(delayed, 79)


def refused(**source: object) -> Snapshot:
    times = {"oldest": NOON - timedelta(minutes=4), "next_try": NOON + timedelta(minutes=1, seconds=4)}
    return live(**({"breaker": "Yahoo refuses (429)"} | times | source))  # type: ignore[arg-type] # whatever is told


@pytest.mark.parametrize("width", [159, 119, 79])
def test_a_refusal_is_told_in_words_before_all_that_is_smaller(width: int) -> None:
    text = header(refused(), width)
    assert "Yahoo refuses (429); next try 12:01; prices of 11:56" in text
    assert measure(fit([one for side in header_pieces(Status(snapshot=refused())) for one in side], width)) <= width


def test_a_long_refusal_is_shortened_and_the_prices_keep_their_day() -> None:
    cause = "the certificate of Yahoo is not trusted"
    text = header(refused(breaker=cause, oldest=NOON - timedelta(days=1)), 79)
    assert "the certificate of Yaho…; next 12:01; prices of 01-08 12:00" in text
    assert f"{cause}; next try 12:01; prices of 01-08 12:00" in header(
        refused(breaker=cause, oldest=NOON - timedelta(days=1)), 159
    )


def test_invented_prices_beside_a_refusal_are_still_called_so() -> None:
    text = header(refused(feed="simulated", simulated=True), 159)
    assert "SIMULATED" in text
    assert "Yahoo refuses (429); next try 12:01" in text
    assert "prices of" not in text


@pytest.mark.parametrize("width", [119, 79])
def test_invented_prices_keep_their_session_before_the_reason_why_they_stand_in(width: int) -> None:
    text = header(refused(feed="simulated", simulated=True, breaker="the name of Yahoo's server is not found"), width)
    for part in ("SIMULATED", "01-09 intraday", "data 1", "0 warn" if width > 79 else "watch"):
        assert part in text
    assert ("next try 12:01" in text) is (width > 79)


def test_what_is_wrong_leads_to_all_that_is() -> None:
    broken = builders.source(problems=(ProblemNote(kind="missing", symbol="XYZ", text="gone"),))
    (problems,) = (one for one in header_right(Status(snapshot=builders.rich(source=broken))) if "problem" in one.text)
    assert problems.action == "app.command('problems')"


def test_long_work_tells_how_far_it_is_and_how_it_is_stopped() -> None:
    work = Work("loading sp500", 120, 503, "AAPL", 2)
    assert work_forms(work) == (
        "loading sp500 120 of 503 · AAPL · 2 failed · esc stops it",
        "loading sp500 120 of 503 · esc stops it",
        "loading sp500 23 % · esc",
        "loading sp5… 23 %",
    )
    assert work_forms(Work("loading sp500"))[0] == "loading sp500 … · esc stops it"
    for width in (80, 120, 160):
        assert "loading sp5" in header(builders.rich(), width, work=work)
