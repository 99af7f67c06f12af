"""What the browser says about the click that is being handled."""

from __future__ import annotations

import time
from datetime import datetime

LATE = 1.0
"""Seconds. While the kernel is busy the browser holds a change back but sends a click at once, so that what was changed last
may come after the click on "Check" or "Save": within this time it belongs to what was clicked."""


def time_of_click() -> float:
    """When the browser sent the click that is being handled, in seconds; a busy kernel must not change what it means."""
    try:
        from IPython import get_ipython

        sent = get_ipython().kernel.get_parent()["header"]["date"]
        return (datetime.fromisoformat(sent.replace("Z", "+00:00")) if isinstance(sent, str) else sent).timestamp()
    except Exception:  # kernels of other makes keep it elsewhere, or not at all
        return time.monotonic()
