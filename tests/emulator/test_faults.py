"""Faults by themselves: when they are due, what they change, and that any two of them get along."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from itertools import product

import pytest

from core.sessions import NEW_YORK
from tests.emulator.catalogue import CATALOGUE, Kind, Manner
from tests.emulator.clock import VirtualClock
from tests.emulator.faults import Faults
from tests.emulator.market import Market
from tests.emulator.matrix import ROWS
from tests.emulator.wire import Answer, Endpoint, Head, Request
from tests.emulator.yahoo import CRUMB, Yahoo

HOST = "query1.finance.yahoo.com"
TARGETS = (
    "/v8/finance/chart/AAPL?range=1mo",
    "/v8/finance/chart/AAPL?range=1d",
    "/v8/finance/chart/AAPL?period1=9000000000&period2=9000000001",
    "/v8/finance/chart/AAPL?period1=0&period2=1",
    "/v7/finance/quote?symbols=AAPL,SPY",
    "/v7/finance/quote?symbols=AAPL,SPY&fields=marketCap",
)
CHANGES = {name: kind for name, kind in CATALOGUE.items() if kind.manner is Manner.ANSWER}


@pytest.fixture(scope="module")
def answered() -> list[tuple[Request, Answer]]:
    """Requests of every sort, and what Yahoo says to them."""
    clock = VirtualClock()
    clock.set(datetime(2025, 11, 25, 12, tzinfo=NEW_YORK))
    yahoo = Yahoo(Market(clock), clock)
    heads = (Head("GET", f"{target}&crumb={CRUMB}", {"cookie": "A3=x"}, b"") for target in TARGETS)
    requests = [Request.of(HOST, head) for head in heads]
    return [(request, yahoo.answer(request)) for request in requests]


@pytest.fixture
def faults() -> Faults:
    return Faults(changed=lambda: None, met=lambda: None)


def changed(kind: Kind, request: Request, answer: Answer) -> Answer:
    if kind.change is None or request.endpoint not in kind.endpoints:
        return answer
    return kind.change(request, answer, frozenset())


def test_the_requests_are_answered(answered: list[tuple[Request, Answer]]) -> None:
    assert [answer.status for _, answer in answered] == [200, 200, 200, 400, 200, 200]


@pytest.mark.parametrize("first", CHANGES)
def test_every_fault_changes_some_answer_and_gets_along_with_every_other(
    answered: list[tuple[Request, Answer]], first: str
) -> None:
    bodies = [(answer.status, answer.body()) for _, answer in answered]
    once = [changed(CHANGES[first], request, deepcopy(answer)) for request, answer in answered]
    if first != "429_getcrumb":
        assert [(answer.status, answer.body()) for answer in once] != bodies
    for second, ((request, _), answer) in product(CHANGES.values(), zip(answered, once, strict=True)):
        head, body = changed(second, request, deepcopy(answer)).encoded("now")
        assert f"Content-Length: {len(body)}\r\n".encode() in head


def test_a_fault_is_due_after_some_requests_for_some(faults: Faults) -> None:
    fault = faults.set("429", endpoints=["chart"], symbols=["AAPL", "SPY"], after=2, times=2)

    def meet(endpoint: Endpoint, *symbols: str) -> bool:
        return faults.meet({Manner.ANSWER}, {endpoint}, symbols) == [fault]

    assert not meet(Endpoint.QUOTE, "AAPL")
    assert not meet(Endpoint.CHART, "MSFT")
    assert [meet(Endpoint.CHART, "AAPL") for _ in range(5)] == [False, False, True, True, False]
    assert (fault.met, fault.played) == (5, 2)


def test_faults_are_switched_off_one_by_one_or_all(faults: Faults) -> None:
    for name in ("429", "stall", "down"):
        faults.set(name)
    faults.clear("429")
    assert ([fault.name for fault in faults.active], faults.down) == (["stall", "down"], True)
    faults.clear()
    assert (faults.active, faults.down) == ((), False)


def test_the_same_fault_again_takes_the_place_of_the_first(faults: Faults) -> None:
    faults.set("429", symbols=["AAPL"])
    second = faults.set("429", symbols=["SPY"])
    assert faults.active == (second,)


def test_what_cannot_be_is_refused(faults: Faults) -> None:
    with pytest.raises(ValueError, match="no fault 'rain'"):
        faults.set("rain")
    with pytest.raises(ValueError, match="'nowhere' is not a valid Endpoint"):
        faults.set("429", endpoints=["nowhere"])
    with pytest.raises(ValueError, match="befalls everything"):
        faults.set("down", after=1)
    with pytest.raises(ValueError, match="nobody knows the symbols"):
        faults.set("unreachable", symbols=["AAPL"])


def test_every_fault_of_the_catalogue_is_a_row_of_the_matrix(faults: Faults) -> None:
    assert {row.fault for row in ROWS if row.fault} == set(CATALOGUE)
    assert len({row.title for row in ROWS}) == len(ROWS)
    for row in ROWS:
        faults.clear()
        row.play(faults, ["AAPL", "MSFT", "SPY"])
        expected = [(row.fault, row.some)] if row.fault else []
        assert [(fault.name, len(fault.symbols)) for fault in faults.active] == expected
