"""Programs that are measured at the same time do not disturb each other's end."""

from __future__ import annotations

from tests.feed.turns import Turns


class Noted:
    """A program that notes whether it stands still."""

    def __init__(self) -> None:
        self.still: list[bool] = []

    def stand_still(self, *, still: bool) -> None:
        self.still.append(still)


def test_while_one_ends_all_stand_still_but_those_that_share_files_with_it() -> None:
    turns, leaving, sibling, other, ended = Turns(), Noted(), Noted(), Noted(), Noted()
    with turns.running(leaving), turns.running(sibling), turns.running(other):
        with turns.running(ended):
            pass
        with turns.ending(leaving, sibling):
            assert other.still == [True]
        assert other.still == [True, False]
    assert leaving.still == sibling.still == ended.still == []
