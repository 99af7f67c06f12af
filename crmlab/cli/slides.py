"""``crmlab workshop slides``: a lesson as slides."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
