"""What the tests of the lessons share with pytest: each test that asks for a language runs in all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crmlab.language import LANGUAGES, set_language


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language(None)
