"""Waiting for something on a page, for benchmarks in a browser."""

from __future__ import annotations

import re
import time
from typing import Any


def wait_for(page: Any, condition: str) -> None:
    """Wait until a function of JavaScript gives something true; the page may go on to another address meanwhile."""
    while True:
        try:
            if page.evaluate(condition):
                return
        except Exception as error:
            if not re.search("navigation|destroyed|null", str(error)):
                raise
        time.sleep(0.02)
