"""Fixtures for tests of a firm's own files."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from crmlab.language import set_language


@pytest.fixture
def in_english_without_a_warning() -> Iterator[None]:
    """Sentences are English, and a warning is an error."""
    set_language("en")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    set_language(None)
