"""Items that are put in order by moving one of them up or down at a time."""

from __future__ import annotations

from collections.abc import Sequence

SOON = 0.4
"""Seconds. A second press of one button within this time was made before the page could show the first one's move."""


class Ordering:
    """The present order, as lines from 0 on, and what a press of a button on a line does to it.

    Buttons belong to lines, so after a move another item stands on the line that was pressed. Who presses twice in
    quick succession means the same item both times.

    >>> order = Ordering(["ask", "offer", "listen"])
    >>> order.move(2, -1, when=10.0), order.values
    (1, ['ask', 'listen', 'offer'])
    >>> order.move(2, -1, when=10.2), order.values
    (0, ['listen', 'ask', 'offer'])
    >>> order.move(2, -1, when=12.0), order.values
    (1, ['listen', 'offer', 'ask'])
    """

    def __init__(self, values: Sequence[str]) -> None:
        self.values = list(values)
        self._last: tuple[int, int] | None = None
        self._when = 0.0
        self._at = 0

    def move(self, line: int, by: int, when: float) -> int:
        """Move the item on ``line`` up (``by=-1``) or down (``by=1``); ``when`` is the time of the press in seconds.

        Returns the line on which the item then stands: the same one at either end of the list.
        """
        if self._last == (line, by) and 0 <= when - self._when < SOON:
            line, self._when = self._at, when
        else:
            self._last, self._when = (line, by), when
        to = min(max(line + by, 0), len(self.values) - 1)
        self.values[line], self.values[to] = self.values[to], self.values[line]
        self._at = to
        return to
