"""Rules held to later months: counts by brute force, verdicts at their limits, and the offer with its two halves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import basket, cross_selling
from crmlab.checks import InputError
from crmlab.pipeline import share_difference

BASKETS = st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=1, max_size=25)


def table(baskets: list[set[str]]) -> pd.DataFrame:
    rows = [(number, item, number % 3) for number, items in enumerate(baskets) for item in sorted(items)]
    return pd.DataFrame(rows, columns=["invoice", "stock_code", "customer_id"])


def rules(*pairs: tuple[tuple[str, ...], tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(
        {"antecedent": [left for left, _right in pairs], "consequent": [right for _left, right in pairs]}
    )


@given(BASKETS)
def test_counts_are_those_of_brute_force(baskets: list[set[str]]) -> None:
    wanted = rules((("a",), ("b",)), (("a", "b"), ("c",)), (("c",), ("a", "d")), (("z",), ("a",)))
    counts = cross_selling.counted(wanted, table(baskets), customer="customer_id")
    assert counts.attrs["baskets"] == len(baskets)
    for row in counts.to_dict("records"):
        left, right = set(row["antecedent"]), set(row["consequent"])
        with_both = [number for number, items in enumerate(baskets) if left | right <= items]
        assert row["first"] == sum(left <= items for items in baskets)
        assert row["second"] == sum(right <= items for items in baskets)
        assert row["both"] == len(with_both)
        assert row["customers"] == len({number % 3 for number in with_both})
        assert row["room"] == row["first"] - row["both"] >= 0
        if row["first"] and row["second"]:
            assert row["lift"] == pytest.approx(row["both"] / row["expected"])
            assert row["low"] <= row["lift"] * (1 + 1e-12) <= row["high"] * (1 + 2e-12)
        else:
            assert np.isnan(row["lift"])


@given(BASKETS)
def test_counts_agree_with_the_rules_that_were_found_and_with_a_pair(baskets: list[set[str]]) -> None:
    lines = table(baskets)
    found = basket.rules(basket.frequent_sets(lines, 1 / len(baskets)), confidence=0)
    if found.empty:
        return
    counts = cross_selling.counted(found, lines)
    assert counts["both"].tolist() == found["count"].tolist()
    assert counts["lift"].to_numpy() == pytest.approx(found["lift"].to_numpy())
    row = counts[counts["antecedent"].map(len).eq(1) & counts["consequent"].map(len).eq(1)].iloc[0]
    one = basket.pair(lines, row["antecedent"][0], row["consequent"][0])
    for name in ("first", "second", "both", "expected", "lift", "low", "high"):
        assert row[name] == pytest.approx(one[name]), name


@given(BASKETS, st.randoms())
def test_the_order_of_the_lines_does_not_matter(baskets: list[set[str]], random) -> None:
    lines = table(baskets)
    turned = list(range(len(lines)))
    random.shuffle(turned)
    wanted = rules((("a",), ("b",)), (("b",), ("c",)))
    one, other = (cross_selling.counted(wanted, part, customer="customer_id") for part in (lines, lines.iloc[turned]))
    pd.testing.assert_frame_equal(one, other)


def test_customers_are_known_beside_lines_without_an_item_or_a_customer() -> None:
    lines = pd.DataFrame(
        {
            "invoice": [1, 1, 1, 1, 2, 2, 3, 3, 4],
            "stock_code": ["a", None, None, "b", "a", "b", "a", "b", "a"],
            "customer_id": pd.array([7, 7, 7, 7, 8, 8, None, None, 9], dtype="Int64"),
        }
    )
    row = cross_selling.counted(rules((("a",), ("b",))), lines, customer="customer_id").iloc[0]
    assert row[["first", "both", "customers", "room"]].tolist() == [4, 3, 2, 1]
    for one, who in ((1, 1), (2, 1), (3, 0)):
        part = lines[lines["invoice"].isin([one, 4])]
        assert cross_selling.counted(rules((("a",), ("b",))), part, customer="customer_id")["customers"].tolist() == [
            who
        ]


def counts(**given: float) -> pd.DataFrame:
    row = {"first": 100, "second": 100, "both": 50, "expected": 10.0, "lift": 5.0, "low": 4.0, "high": 6.0, "room": 50}
    return rules((("a",), ("b",))).assign(**{**row, **given})


def test_verdicts_at_their_limits() -> None:
    def verdict(**given: float) -> str:
        return str(cross_selling.back_test(counts(), counts(**given))["verdict"].iloc[0])

    assert verdict(low=2.0) == "held"
    assert verdict(low=1.99, high=2.0) == "open"
    assert verdict(low=1.0, high=1.99) == "refuted"
    assert verdict(second=29) == "rare"
    assert verdict(second=30) == "held"
    assert verdict(first=0, lift=np.nan, low=np.nan, high=np.nan) == "rare"
    assert cross_selling.back_test(counts(), counts(low=2.0), lift=3)["verdict"].tolist() == ["open"]


def test_classes_hold_every_rule_once() -> None:
    many = pd.concat([counts(both=n) for n in (2, 3, 4, 10, 11, 500)], ignore_index=True)
    many["antecedent"] = [(str(n),) for n in range(len(many))]
    result = cross_selling.by_count(cross_selling.back_test(many, many), [3, 4, 11])
    assert result["rules"].to_dict() == {"3": 1, "4 to 10": 2, "11 or more": 2}
    assert (result[list(cross_selling.VERDICTS)].sum(axis=1) == result["rules"]).all()
    empty = cross_selling.by_count(cross_selling.back_test(many, many), [600])
    assert empty["rules"].tolist() == [0]
    assert np.isnan(empty["share"].iloc[0])


@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_an_offer_is_worth_the_difference_and_no_more(shown: int, other: int, data) -> None:
    took, anyway = data.draw(st.integers(0, shown)), data.draw(st.integers(0, other))
    worth = cross_selling.offer_value(shown, took, other, anyway, chances=1000, margin=5)
    extra, low, high = share_difference(took, shown, anyway, other)
    assert worth[["extra", "low", "high"]].tolist() == pytest.approx([extra, low, high])
    assert worth["value_low"] <= worth["value"] <= worth["value_high"]
    assert worth["value"] <= worth["credited"]
    nothing = cross_selling.offer_value(shown, took, shown, took, chances=1000, margin=5)
    assert nothing["value"] == 0
    paid = cross_selling.offer_value(shown, took, other, anyway, chances=1000, margin=5, cost=1)
    assert paid["value"] == pytest.approx(worth["value"] - 1000)
    assert paid["pays_from"] == 0.2


def test_sizes_that_are_published() -> None:
    assert cross_selling.each_half(0.10, 0.10) == 199  # two-sided 5%, power 80%: 199 in each group in the usual tables
    assert cross_selling.each_half(0.50, 0.10) == 388


@pytest.mark.parametrize(("base", "extra"), [(0.1, 0.1), (0.25, 0.09), (0.5, 0.1)])
def test_sizes_do_what_they_promise(base: float, extra: float) -> None:
    n = cross_selling.each_half(base, extra)
    random = np.random.default_rng(7)
    one, other = random.binomial(n, base + extra, 20_000), random.binomial(n, base, 20_000)
    pooled = (one + other) / (2 * n)
    z = (one - other) / n / np.sqrt(2 * pooled * (1 - pooled) / n)
    assert (z > 1.96).mean() == pytest.approx(0.8, abs=0.02)


@given(st.sets(st.integers(1, 10_000), min_size=2, max_size=60), st.integers(0, 50))
def test_halves_are_halves_whatever_the_order(customers: set[int], seed: int) -> None:
    listed = list(customers)
    drawn = cross_selling.halves(listed + listed[:1], seed)
    assert drawn.sum() == len(customers) // 2
    assert drawn.index.tolist() == sorted(customers)
    assert drawn.equals(cross_selling.halves(sorted(customers, reverse=True), seed))


def test_each_customer_is_as_likely_as_any_other() -> None:
    seen = sum(cross_selling.halves(range(10), seed).astype(int) for seed in range(2000))
    assert seen.min() > 900
    assert seen.max() < 1100


def test_says_what_is_wrong() -> None:
    lines, one = table([{"a", "b"}]), rules((("a",), ("b",)))
    with pytest.raises(InputError, match="antecedent"):
        cross_selling.counted(lines, lines)
    with pytest.raises(InputError, match="tuple"):
        cross_selling.counted(pd.DataFrame({"antecedent": ["a"], "consequent": ["b"]}), lines)
    with pytest.raises(InputError, match="who"):
        cross_selling.counted(one, lines, customer="who")
    with pytest.raises(InputError, match="same rules"):
        cross_selling.back_test(counts(), counts().assign(consequent=[("c",)]))
    with pytest.raises(InputError, match="tuple"):
        cross_selling.counted(pd.DataFrame({"antecedent": [("a",)], "consequent": [([],)]}), lines)
    with pytest.raises(InputError, match="rise"):
        cross_selling.by_count(cross_selling.back_test(counts(), counts()), 5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="rise"):
        cross_selling.by_count(cross_selling.back_test(counts(), counts()), [4, 3])
    with pytest.raises(InputError, match="bought"):
        cross_selling.offer_value(10, 11, 10, 1, 100, 1)
    with pytest.raises(InputError, match="below 1"):
        cross_selling.each_half(0.9, 0.2)
    with pytest.raises(InputError, match="two customers"):
        cross_selling.halves([7, 7])
