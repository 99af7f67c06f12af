"""``crmlab questions export`` and ``import``: questions in the formats of other systems."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
