"""What a benchmark ran on, and how it measures: clock and processor, since the clock suffers from other work."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def described(*packages: str) -> str:
    """Date, processor, cores, load, Python and versions, in two lines."""
    versions = []
    for name in packages:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{name} -")
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores of {_processor()}{load}; {platform.system()}, "
        f"Python {platform.python_version()};\n{', '.join(versions)}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    known = dict(tuple(part.strip() for part in line.split(":", 1)) for line in lines if ":" in line)
    name = known.get("model name", platform.machine())
    return f"{name} (family {known.get('cpu family')}, model {known.get('model')}, {known.get('cache size')} cache)"


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What comes out, seconds by the clock, seconds of the processor (all threads of this process)."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - clock, time.process_time() - processor
