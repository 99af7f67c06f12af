"""How far long work is: shown where somebody looks on, once it takes longer than two seconds."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from crmlab import checks
from crmlab.language import _, tr

PATIENCE = 2.0
"""Seconds of work before anything is shown."""

EVERY = 0.2
"""Seconds from one look to the next."""


@contextlib.contextmanager
def shown(what: str, progress: Callable[[float], Any] | None = None) -> Iterator[Callable[[float], None]]:
    """A function to be told the share of the work that is done (0 to 1).

    It calls ``progress``, if there is one; else it writes a line to the terminal or under the cell, and takes it away at the
    end. An exception, KeyboardInterrupt too, goes through.

    Raises :class:`~crmlab.checks.InputError` for a ``progress`` that cannot be called.

    >>> heard = []
    >>> with shown("Counting", heard.append) as tell:
    ...     tell(.5)
    >>> heard
    [0.5]
    """
    if progress is not None and not callable(progress):
        checks.fail(
            _("progress must be a function that takes a share, such as print; it is {value!r}."), value=progress
        )
    begin = last = time.monotonic()
    width = 0

    def tell(share: float) -> None:
        nonlocal last, width
        if progress is not None:
            progress(float(share))
            return
        now = time.monotonic()
        if now - begin < PATIENCE or now - last < EVERY or not _watched():
            return
        last = now
        line = f"{tr(what)}: {100 * share:.0f}%"
        sys.stderr.write("\r" + line.ljust(width))
        sys.stderr.flush()
        width = max(width, len(line))

    try:
        yield tell
    finally:
        if width:
            sys.stderr.write("\r" + " " * width + "\r")
            sys.stderr.flush()


def _watched() -> bool:
    """Whether somebody sees what is written: at a terminal or in a notebook."""
    return sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)
