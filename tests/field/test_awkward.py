"""Awkward inputs to every public function of the field: the right result or a sentence, nothing else, and nothing slow.

What is tried stands in :mod:`tests.support.awkward`. By default each input is tried on one column of its kind in turn; with
``CRMLAB_AWKWARD=all`` on all of them, and with ``CRMLAB_AWKWARD=5000`` that many random compositions of inputs are tried, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import awkward
from tests.support.awkward_calls import CALLS

ASKED = os.environ.get("CRMLAB_AWKWARD", "")
FUNCTIONS = awkward.public()


@lru_cache(maxsize=8)
def trial(name: str) -> awkward.Trial:
    """The function with its valid call."""
    return awkward.Trial(FUNCTIONS[name], CALLS[name]())


@pytest.fixture(autouse=True)
def no_figures_left() -> Iterator[None]:
    yield
    plt.close("all")


def test_every_public_function_is_tried():
    missing = sorted(FUNCTIONS.keys() - CALLS.keys())
    assert not missing, (
        f"{', '.join(missing)}: add a valid call to tests/support/awkward_calls.py, call(NAME, lambda: {{arguments}}), "
        "so that awkward inputs are tried on it, too"
    )
    assert not CALLS.keys() - FUNCTIONS.keys(), "there are calls of functions that are gone"
    assert len(FUNCTIONS) > 120


@pytest.mark.parametrize("name", sorted(CALLS.keys() & FUNCTIONS.keys()))
def test_awkward(name):
    one = trial(name)
    assert (one.plain.fault or one.plain.sentence) is None, f"the valid call: {one.plain}"
    found = one.faults(ASKED == "all")
    assert not found, f"{name}: " + "; ".join(f"{key} - {fault}" for key, fault in found.items())


@settings(
    max_examples=int(ASKED) if ASKED.isdigit() else 100,
    derandomize=not ASKED.isdigit(),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_awkward_inputs_together(data):
    name = data.draw(st.sampled_from(sorted(CALLS)))
    one = trial(name)
    inputs = one.call.inputs()
    if not inputs:
        return
    chosen = data.draw(st.lists(st.sampled_from(sorted(inputs)), min_size=1, max_size=4, unique=True))
    arguments = one.call.fresh()
    for key in chosen:
        argument, what = inputs[key]
        try:
            arguments[argument] = what.make(arguments[argument])
        except Exception:
            continue
    found = awkward.outcome(FUNCTIONS[name], arguments)
    plt.close("all")
    assert found.fault is None, f"{name} with {', '.join(chosen)}: {found.fault}"
