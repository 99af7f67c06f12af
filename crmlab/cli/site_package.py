"""``crmlab site package``: the browser edition for a learning management system."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
