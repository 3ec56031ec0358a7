"""The lines of a fund on the sessions of the screen: weights rolled to any of them, returns over windows (B.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.model import Session
from core.panel import Floats, LiveRow, Panel
from core.weights import Weights, rolled

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class FundLines:
    """The lines of a fund laid out on the sessions of the screen's panel. `weights` None: every line weighs the same.

    `stands_in` marks a universe that stands for the fund. Rows are given as an array (B,) of finished sessions, or
    as the one after them, whose prices are those of the live row; without one they are NaN.
    """

    panel: Panel
    weights: Weights | None
    stands_in: str | None = None

    def status(self, session: np.datetime64) -> Literal["ok", "partial", "missing_input", "stale_input"]:
        """What a number made with the weights is worth at `session`; a universe in place of the fund is partial."""
        day: Session = session.astype(object)
        return "partial" if self.weights is None else self.weights.status(day)

    def weights_at(self, rows: Rows, live: LiveRow | None) -> Floats:
        """The dated weights rolled to each row, shape (B, N)."""
        panel, weights = self.panel, self.weights
        if weights is None:
            return np.full((len(rows), len(panel.symbols)), 1.0 / max(1, len(panel.symbols)))
        at = int(np.searchsorted(panel.sessions, np.datetime64(weights.dated, "D"), side="right")) - 1
        then = panel.px[at] if at >= 0 else np.full(len(panel.symbols), np.nan)
        return rolled(weights.fractions, then, self._prices("px", rows, live))

    def window(self, rows: Rows, n: int, live: LiveRow | None) -> tuple[Floats, Floats]:
        """Weights at the start of the n sessions up to each row and returns over them, both (B, N).

        The returns are NaN where there are not n sessions.
        """
        bases = np.maximum(rows - n, 0)
        returns = self._prices("tr", rows, live) / self.panel.tr[bases] - 1.0
        returns[rows < n] = np.nan
        return self.weights_at(bases, None), returns

    def _prices(self, basis: Literal["px", "tr"], rows: Rows, live: LiveRow | None) -> Floats:
        finished: Floats = getattr(self.panel, basis)
        if rows.size == 0 or rows[-1] < len(finished):
            return finished[rows]
        if live is None:
            return np.full((1, finished.shape[1]), np.nan)
        return (live.px if basis == "px" else live.tr(finished[-1] / self.panel.px[-1]))[None, :]
