"""The option that every command has."""

from __future__ import annotations

import argparse

from crmlab.language import LANGUAGES, _, tr


def add_language(command: argparse.ArgumentParser) -> None:
    """Add ``--lang`` to a command."""
    said = tr(_("language: {languages}; without it your system's"), languages=", ".join(LANGUAGES))
    command.add_argument("--lang", choices=LANGUAGES, help=said)
