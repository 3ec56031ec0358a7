"""What single sections say of snapshots that the real market does not have, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from core.agenda import Agenda
from core.period import Period, PeriodRow
from core.report.facts import Facts
from core.report.headline import headline
from core.report.indices import indices
from core.report.leadership import leadership
from core.report.period import period_section
from core.report.risks import risks
from core.snapshot import Appetite, Evaluated, Risk, RiskWarning, Row, Snapshot, Verdict
from tests.core.report.notes import spoken

FRIDAY, SUNDAY = date(2026, 1, 9), datetime(2026, 1, 11, 12, tzinfo=UTC)
GROUPS = {"index_funds": "Index funds", "style": "Style"}


def said(snapshot: Snapshot, language: str = "en") -> str:
    """The headline and the risks of a snapshot."""
    with spoken(language):
        facts = Facts(snapshot, agenda=Agenda())
        return "\n".join(s.text for section in (headline(facts), risks(facts)) for s in section.sentences)


def watched(**about: object) -> RiskWarning:
    raised = RiskWarning(
        id="W06",
        subject="SPY",
        title="Overbought",
        state="WATCH",
        since=FRIDAY,
        sessions=2,
        text="RSI 71.0   2 of 4",
        condition="2 of 4 points",
    )
    return msgspec.structs.replace(raised, **about)


def of(*warnings: RiskWarning, **about: object) -> Snapshot:
    found = Snapshot(
        session=FRIDAY,
        session_status="final",
        viewed_at=SUNDAY,
        warnings=warnings,
        evaluated=Evaluated(rules=1, of=1),
    )
    return msgspec.structs.replace(found, **about)


@pytest.mark.parametrize(
    ("language", "words", "verdict", "state"),
    [
        ("en", "is in progress; everything here is provisional", "≈ BROADENING", "Overbought SPY: ≈ WATCH since"),
        ("zh", "的交易仍在进行", "≈ 上涨扩散", "Overbought SPY：≈ 关注"),
    ],
)
def test_a_session_in_progress_is_marked_on_a_closed_day_too(
    language: str, words: str, verdict: str, state: str
) -> None:
    """The invented market trades on a Sunday."""
    judged = Verdict(state="BROADENING", score=4, of=4, since=FRIDAY, provisional=True)
    text = said(of(watched(provisional=True), session_status="intraday", verdict=judged), language)
    assert words in text
    assert verdict in text
    assert state in text


def test_a_finished_session_has_no_such_mark() -> None:
    text = said(of(watched(), verdict=Verdict(state="BROADENING", score=4, of=4, since=FRIDAY)))
    assert "≈" not in text
    assert "≥" not in text
    assert "Overbought SPY: WATCH since Fri 2026-01-09 (2 sessions)." in text


@pytest.mark.parametrize(("language", "bound"), [("en", "since ≥ Fri 2026-01-09"), ("zh", "≥ 2026")])
def test_a_state_older_than_the_data_is_a_bound(language: str, bound: str) -> None:
    assert bound in said(of(watched(since_at_least=True)), language)


def test_a_clear_rule_without_an_input_stands_apart() -> None:
    whole, part = watched(state="CLEAR"), watched(id="W10", title="Mega-cap concentration", state="CLEAR", partial=True)
    text = said(of(whole, msgspec.structs.replace(part, missing=("holdings of SPY",), text="partial: weights missing")))
    assert "Clear: Overbought SPY." in text
    assert (
        "Mega-cap concentration SPY: clear on a part of its inputs, without holdings of SPY. partial: weights missing."
    ) in text


def test_a_raised_rule_without_an_input_says_so() -> None:
    text = said(of(watched(partial=True, missing=("holdings of IWM",))))
    assert "Overbought SPY is judged on a part of its inputs, without holdings of IWM." in text


@pytest.mark.parametrize(
    ("score", "state", "told"),
    [
        (30.0, "risk-on", None),
        (21.0, "risk-on", "That state is held"),
        (-21.0, "risk-off", "That state is held"),
        (8.0, "risk-on", "The score asks for another state"),
        (26.0, "neutral", "The score asks for another state"),
        (24.0, "neutral", None),
    ],
)
def test_an_appetite_whose_score_asks_for_another_word_explains_it(score: float, state: str, told: str | None) -> None:
    appetite = Appetite(score=score, state=state, since=FRIDAY, parts=5)
    text = said(of(risk=Risk(appetite=appetite)))
    assert f"state {state} since Fri 2026-01-09" in text
    found = [words for words in ("That state is held", "The score asks for another state") if words in text]
    assert found == ([told] if told else [])


def fund(symbol: str, group: str, rank: float, ret: float) -> Row:
    return Row(
        symbol=symbol,
        name=symbol,
        group=group,
        last=1.0,
        ret={"63s": ret},
        base=dict.fromkeys(("5s", "21s", "63s", "126s", "252s"), FRIDAY),
        rank={"63s": rank},
        rank_of={"63s": 2},
        spark=(1.0, 2.0),
    )


def test_funds_stand_group_by_group() -> None:
    rows = (
        *(fund("SPY", "index_funds", 2, 0.01), fund("IWD", "style", 1, 0.09)),
        *(fund("IWM", "index_funds", 1, 0.05), fund("IWF", "style", 2, 0.02)),
    )
    (table,) = leadership(Facts(of(leadership=rows), agenda=Agenda(), groups=GROUPS)).tables
    assert [(row[0].text, row[1].text, row[-2].text) for row in table.rows] == [
        ("Index funds", "IWM", "1"),
        ("Index funds", "SPY", "2"),
        ("Style", "IWD", "1"),
        ("Style", "IWF", "2"),
    ]


@pytest.mark.parametrize(
    ("language", "n", "words"),
    [
        ("en", 1, "has set 1 closing record in this calendar week."),
        ("en", 2, "has set 2 closing records in this calendar week."),
        ("zh", 1, "本周创下 1 次收盘新高。"),
    ],
)
def test_one_record_is_one(language: str, n: int, words: str) -> None:
    row = msgspec.structs.replace(fund("^GSPC", "indices", 1, 0.03), sma20=1.0, records_week=n)
    with spoken(language):
        section = indices(Facts(of(leadership=(row,)), agenda=Agenda()))
    assert any(sentence.text.endswith(words) for sentence in section.sentences)


def test_an_index_is_not_ranked_among_funds_with_dividends() -> None:
    returns = {"IWM": (0.05, "tr"), "^RUT": (0.049, "px"), "SPY": (0.02, "tr"), "^GSPC": (0.015, "px")}
    rows = tuple(PeriodRow(symbol=s, name=s, group="", basis=basis, ret=ret) for s, (ret, basis) in returns.items())
    table = Period(
        asked_from=FRIDAY,
        asked_to=FRIDAY,
        first_session=FRIDAY,
        last_session=FRIDAY,
        base_session=date(2026, 1, 8),
        sessions=1,
        base="close",
        basis="tr",
        ddof=1,
        rows=rows,
    )
    section = period_section(Facts(of(), agenda=Agenda(), period=table), table)
    assert [(t.caption.partition(",")[0], [row[0].text for row in t.rows]) for t in section.tables] == [
        ("With dividends (basis tr)", ["IWM", "SPY"]),
        ("Prices alone (basis px)", ["^RUT", "^GSPC"]),
    ]
    assert "1 session;" in section.sentences[0].text
