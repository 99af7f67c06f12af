"""Charts in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest

from crmlab import language


@pytest.fixture(params=["en", "zh"])
def in_language(request: pytest.FixtureRequest) -> Iterator[str]:
    language.set_language(request.param)
    yield request.param
    language.set_language(None)
    plt.close("all")
