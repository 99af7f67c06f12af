"""Item analysis: published numbers, and what must hold for any answers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crmlab.classroom import items

# Section 6 of the Law School Admission Test, 1000 people, five items: how many gave each pattern of right and wrong answers.
# Bock, R. D. & Lieberman, M. (1970), Fitting a response model for n dichotomously scored items, Psychometrika 35, 179-197.
LSAT = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1, "00110": 3, "00111": 4, "01000": 1, "01001": 8, "01011": 16, "01101": 3,
    "01110": 2, "01111": 15, "10000": 10, "10001": 29, "10010": 14, "10011": 81, "10100": 3, "10101": 28, "10110": 15, "10111": 80, "11000": 16,
    "11001": 56, "11010": 21, "11011": 173, "11100": 11, "11101": 61, "11110": 28, "11111": 298,
}  # fmt: skip


def one(columns: pd.Index) -> pd.Series:
    return pd.Series(1.0, columns)


def test_lsat_section_6() -> None:
    """Difficulties, corrected item-total correlations and alphas as ``descript`` of the R package ltm (Rizopoulos 2006, Journal of Statistical
    Software 17(5)) prints them for these data."""
    table = pd.DataFrame([list(map(int, pattern)) for pattern, n in LSAT.items() for _ in range(n)])
    assert len(table) == 1000
    found = items.analysis(table, one(table.columns))
    assert found.items["p"].round(3).tolist() == [0.924, 0.709, 0.553, 0.763, 0.870]
    assert found.items["item_rest"].round(4).tolist() == [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]
    assert found.items["alpha_without"].round(4).tolist() == [0.2754, 0.2376, 0.2168, 0.2459, 0.2663]
    assert found.alpha is not None
    assert round(found.alpha.alpha, 4) == 0.2950


def test_what_never_varies_is_no_part_of_alpha() -> None:
    """By hand: variances of a, b, c are 1/4, 1/3, 1/4, that of the sum 5/3: alpha = 3/2 (1 - 5/6 / (5/3)) = 3/4, with or without d and e."""
    three = pd.DataFrame({"a": [1, 1, 1, 0], "b": [1, 1, 0, 0], "c": [1, 0, 0, 0]})
    five = three.assign(d=0, e=1)
    for table in (three, five):
        found = items.analysis(table, one(table.columns))
        assert found.alpha is not None
        assert (found.alpha.items, round(found.alpha.alpha, 12)) == (3, 0.75)
        assert found.items["alpha_without"][["a", "b", "c"]].round(4).tolist() == [0.7273, 0.5, 0.7273]
    assert found.items["alpha_without"][["d", "e"]].isna().all()


def test_forty_people_have_groups_of_eleven() -> None:
    """27 % of 40 is 11: nine of the upper and three of the lower group have it right, D = 6 / 11."""
    total = np.arange(40)
    first = np.zeros(40)
    first[-9:] = 1
    first[:3] = 1
    table = pd.DataFrame({"first": first, "rest": total - first})
    assert items.upper_lower(table, pd.Series({"first": 1, "rest": 100}))["first"] == pytest.approx(6 / 11)


def test_a_small_class_has_no_upper_and_lower_group() -> None:
    table = pd.DataFrame(np.random.default_rng(1).integers(0, 2, (19, 4)))
    assert items.analysis(table, one(table.columns)).items["d"].isna().all()


def test_what_cannot_be_computed_is_none_and_nothing_is_raised() -> None:
    for table in (pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [1, 1], "b": [0, 0]}), pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, 1.0]})):
        found = items.analysis(table, one(table.columns))
        assert found.alpha is None
        assert found.items["item_rest"].isna().all()
    with pytest.raises(ValueError, match="maximum"):
        items.analysis(pd.DataFrame({"a": [1]}), pd.Series({"a": 0}))


TABLES = arrays(np.int64, st.tuples(st.integers(2, 40), st.integers(1, 6)), elements=st.integers(0, 4)).map(pd.DataFrame)


@given(TABLES, st.integers(0, 1000))
def test_for_any_answers(table: pd.DataFrame, seed: int) -> None:
    most = pd.Series(4.0, table.columns)
    found = items.analysis(table, most)
    d = items.upper_lower(table, most)
    assert found.items["p"].between(0, 1).all()
    for name in table.columns:
        value = found.items["item_rest"][name]
        assert math.isnan(value) or -1 <= value <= 1
        assert -1 - 1e-9 <= d[name] <= 1 + 1e-9
    # Nobody's place in the list matters.
    mixed = table.iloc[np.random.default_rng(seed).permutation(len(table))].reset_index(drop=True)
    again = items.analysis(mixed, most)
    pd.testing.assert_frame_equal(found.items, again.items, atol=1e-8)
    np.testing.assert_allclose(items.upper_lower(mixed, most), d, atol=1e-9)
    # An exercise of twice the points is as difficult, and ranks people in its rest as before.
    twice = items.analysis(table * 2, most * 2)
    pd.testing.assert_frame_equal(found.items, twice.items, atol=1e-8)
