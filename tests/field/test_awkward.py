"""Awkward inputs to every public function of the field: the right result or a sentence, nothing else, and nothing slow.

What is tried stands in :mod:`tests.support.awkward`. By default each input is tried on one column of its kind in turn; with
``CRMLAB_AWKWARD=all`` on all of them, and with ``CRMLAB_AWKWARD=5000`` that many random compositions of inputs are tried, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

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
KNOWN_FILE = Path(__file__).parents[1] / "support/awkward_known.txt"
KNOWN = KNOWN_FILE.read_text(encoding="utf-8").splitlines() if KNOWN_FILE.exists() else []
"""What is not right yet, a line an input: ``rfm.summary | orders: amount: huge in it``. Take the line out when it is:
a line that is right fails as well."""


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
    found = one.faults(ASKED == "all", known(name))
    assert not found, f"{name}: " + "; ".join(f"{key} - {fault}" for key, fault in found.items())


@pytest.mark.parametrize("name", sorted({line.partition(" | ")[0] for line in KNOWN}))
def test_not_right_yet(name):
    """One test a function, not one an input: two thousand tests that fail would take minutes to report."""
    one = trial(name)
    right = [key for key in known(name) if key not in one.call.inputs() or one.fault(key) is None]
    assert not right, f"these are right now, take their lines out of {KNOWN_FILE.name}: " + "".join(
        f"\n{name} | {key}" for key in right
    )


def known(name: str) -> list[str]:
    """The inputs of a function that are not right yet."""
    return [line.partition(" | ")[2] for line in KNOWN if line.partition(" | ")[0] == name]


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
    free = sorted(inputs.keys() - set(known(name)))
    if not free:
        return
    chosen = data.draw(st.lists(st.sampled_from(free), min_size=2, max_size=4, unique=True))
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
