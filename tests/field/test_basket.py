"""Baskets: every set and rule counted by brute force, the tale of beer and nappies, size and memory."""

import itertools
import re
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import basket, datasets, itemsets, waiting
from crmlab.checks import InputError


def table(baskets):
    rows = [(number, item) for number, items in enumerate(baskets) for item in items]
    return pd.DataFrame(rows, columns=["invoice", "stock_code"])


def brute(baskets, least):
    """Every set in at least ``least`` baskets, by trying all."""
    found = {}
    for items in baskets:
        for length in range(1, len(set(items)) + 1):
            for one in itertools.combinations(sorted(set(items)), length):
                found[one] = found.get(one, 0) + 1
    return {one: count for one, count in found.items() if count >= least}


def as_dict(sets):
    return dict(zip(sets["items"], sets["count"], strict=True))


@pytest.fixture(scope="module")
def retail():
    lines = datasets.load("online_retail_lines")
    return lines[lines["customer_id"].notna() & (lines["quantity"] > 0) & (lines["unit_price"] > 0)]


# ---- real data


def test_online_retail(retail):
    sets = basket.frequent_sets(retail, 0.01)
    assert sets.attrs["baskets"] == 18_532
    assert sets["length"].value_counts().to_dict() == {1: 625, 2: 333, 3: 71, 4: 2}
    assert sets.iloc[0][["items", "count"]].tolist() == [("85123A",), 1978]
    held = retail.groupby("invoice")["stock_code"].agg(set)
    for row in sets.sample(25, random_state=1).itertuples():
        assert sum(set(row.items) <= items for items in held) == row.count
    deeper = basket.frequent_sets(retail, 0.005)
    assert deeper["length"].value_counts().to_dict() == {2: 1858, 1: 1246, 3: 941, 4: 355, 5: 54, 6: 1}
    assert as_dict(sets).items() <= as_dict(deeper).items()


def test_beer_and_nappies():
    lines = datasets.load("grocery_baskets")
    by_basket = basket.pair(lines, "BEERS/ALES", "DIAPERS & DISPOSABLES", "basket", "category")
    assert by_basket[["baskets", "first", "second", "both"]].tolist() == [47_243, 503, 120, 1]
    assert round(by_basket["lift"], 2) == 0.78
    assert by_basket["low"] < 1 < by_basket["high"]
    by_household = basket.pair(lines, "BEERS/ALES", "DIAPERS & DISPOSABLES", "household", "category")
    assert by_household[["baskets", "first", "second", "both"]].tolist() == [2377, 323, 97, 21]
    assert round(by_household["lift"], 2) == 1.59
    turned = basket.pair(lines, "DIAPERS & DISPOSABLES", "BEERS/ALES", "household", "category")
    assert turned["lift"] == pytest.approx(by_household["lift"])
    sets = basket.frequent_sets(lines, 0.005, "household", "category", max_length=2)
    found = basket.rules(sets, confidence=0)
    row = found[(found["antecedent"] == ("BEERS/ALES",)) & (found["consequent"] == ("DIAPERS & DISPOSABLES",))]
    assert row["lift"].iloc[0] == pytest.approx(by_household["lift"])


@pytest.mark.skipif(sys.platform == "win32", reason="resource is not on Windows")
def test_memory_stays_below_a_gibibyte(retail):
    import tracemalloc

    lines = retail[["invoice", "stock_code"]].copy()
    tracemalloc.start()
    try:
        basket.frequent_sets(lines, 0.005)
        top = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert top < 2**28  # a quarter of it


# ---- against brute force

BASKETS = st.lists(st.lists(st.integers(0, 7), max_size=8), min_size=1, max_size=25).filter(any)


@given(BASKETS, st.integers(1, 6), st.randoms(use_true_random=False))
def test_all_sets_are_found_and_counted(baskets, least, random):
    baskets = [items for items in baskets if items]
    if least > len(baskets):
        least = len(baskets)
    lines = table(baskets)
    sets = basket.frequent_sets(lines, least / len(baskets))
    assert as_dict(sets) == brute(baskets, least)
    assert (sets["support"] == sets["count"] / len(baskets)).all()
    assert sets["count"].is_monotonic_decreasing
    order = list(range(len(lines)))
    random.shuffle(order)
    twice = pd.concat([lines.iloc[order], lines.iloc[:3]])
    pd.testing.assert_frame_equal(basket.frequent_sets(twice, least / len(baskets)), sets)


@given(BASKETS)
def test_small_blocks_find_the_same(baskets):
    baskets = [items for items in baskets if items]
    with pytest.MonkeyPatch.context() as patched:
        for name in ("BLOCK", "BITS", "KEYS"):
            patched.setattr(itemsets, name, 8)
        assert as_dict(basket.frequent_sets(table(baskets), 1 / len(baskets))) == brute(baskets, 1)


@given(BASKETS, st.floats(0, 1), st.floats(0, 2))
def test_all_rules_are_found(baskets, confidence, lift):
    baskets = [items for items in baskets if items]
    n = len(baskets)
    counts = brute(baskets, 2 if n > 1 else 1)
    sets = basket.frequent_sets(table(baskets), min(2, n) / n)
    want = {}
    for whole, count in counts.items():
        for size in range(1, len(whole)):
            for left in itertools.combinations(whole, size):
                right = tuple(one for one in whole if one not in left)
                sure = count / counts[left]
                more = sure * n / counts[right]
                if sure >= confidence - 1e-12 and more >= lift - 1e-12:
                    want[left, right] = (count, sure, more)
    found = basket.rules(sets, confidence, lift)
    assert len(found) == len(want)
    for row in found.itertuples():
        assert (row.count, row.confidence, row.lift) == pytest.approx(want[row.antecedent, row.consequent])
        assert row.support == pytest.approx(row.count / n)
    assert (found["lift"].diff().dropna() <= 1e-9).all()


def test_many_articles_and_large_baskets():
    rng = np.random.default_rng(1)
    few_large = [sorted(set(rng.integers(0, 60, 120).tolist())) for _k in range(40)]  # counted by bits
    many_small = [sorted(set(rng.integers(0, 9000, 3).tolist())) for _k in range(9000)]  # too many for a table of pairs
    for baskets, least in ((few_large, 36), (many_small, 1)):
        lines = table(baskets)
        sets = basket.frequent_sets(lines, least / len(baskets), max_length=3)
        pairs = {one: count for one, count in as_dict(sets).items() if len(one) == 2}
        want = {}
        for items in baskets:
            for one in itertools.combinations(items, 2):
                want[one] = want.get(one, 0) + 1
        assert pairs == {one: count for one, count in want.items() if count >= least}
        for one in sets.loc[sets["length"] == 3, "items"].head(40):
            assert as_dict(sets)[one] == sum(set(one) <= set(items) for items in baskets)


def test_a_long_set():
    sets = basket.frequent_sets(table([range(12)] * 3 + [[0, 99]]), 0.5)
    assert sets["length"].max() == 12
    assert len(sets) == 2**12 - 1
    found = basket.rules(sets, 1, max_consequent=1)
    assert (found["consequent"].map(len) == 1).all()


def test_popcount_without_numpy_two(monkeypatch):
    bits = np.random.default_rng(2).integers(0, 2**63, (5, 7), dtype="uint64")
    want = [sum(bin(word).count("1") for word in row) for row in bits.tolist()]
    assert itemsets._popcount(bits).tolist() == want
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    assert itemsets._popcount(bits).tolist() == want


# ---- lengths, and what was left out


def test_lengths():
    baskets = [[1, 2, 3]] * 3 + [[1, 2]]
    whole = as_dict(basket.frequent_sets(table(baskets), 0.5))
    for low, high in ((1, 1), (2, 2), (1, 2), (2, 3), (3, None)):
        sets = basket.frequent_sets(table(baskets), 0.5, max_length=high, min_length=low)
        assert as_dict(sets) == {k: v for k, v in whole.items() if low <= len(k) <= (high or 9)}
    assert basket.frequent_sets(table([[1], [2], [3]]), 0.9).empty
    assert list(basket.frequent_sets(table([[1], [2], [3]]), 0.9).columns) == ["items", "length", "count", "support"]


def test_empty_cells_are_counted():
    lines = pd.DataFrame({"invoice": ["a", "a", None, "b", "c"], "stock_code": ["x", "x", "x", None, " "]})
    sets = basket.frequent_sets(lines, 0.3)
    assert sets.attrs["baskets"] == 3  # b and c hold nothing known, and are baskets all the same
    assert sets.attrs["left_out"] == {"rows_without_basket": 1, "rows_without_item": 2, "repeated_rows": 1}
    assert sets["support"].tolist() == [pytest.approx(1 / 3)]


def test_types_of_columns():
    lines = table([["tea", "cup"], ["tea"], ["cup", "tea"]])
    want = as_dict(basket.frequent_sets(lines, 0.5))
    for kind in ("category", "object"):
        assert as_dict(basket.frequent_sets(lines.astype({"stock_code": kind}), 0.5)) == want
    assert as_dict(basket.frequent_sets(lines.astype({"invoice": "float64"}), 0.5)) == want
    assert as_dict(basket.frequent_sets(lines.astype({"invoice": "Int64"}), 0.5)) == want
    mixed = table([[1, "a"], [1, "a"]])
    assert len(basket.frequent_sets(mixed, 0.5)) == 3


def test_missing_and_blank_keys_are_one_thing_in_every_dtype():
    lines = pd.DataFrame(
        {"invoice": ["x", "x", None, "", " ", "y", "y"], "stock_code": ["tea", "cup", "tea", None, "tea", "tea", ""]}
    )
    # Before pandas 3 "str" makes the word "None" of what is missing, before anybody else sees it.
    kept = "str" if lines.astype("str").isna().any(axis=None) else "string"
    for kind in ("object", "string", "category", kept):
        sets = basket.frequent_sets(lines.astype(kind), 0.5)
        assert as_dict(sets) == {("tea",): 2, ("cup",): 1, ("cup", "tea"): 1}, kind
        assert sets.attrs["baskets"] == 2
        assert sets.attrs["left_out"] == {"rows_without_basket": 3, "rows_without_item": 1, "repeated_rows": 0}
        assert basket.pair(lines.astype(kind), "tea", "cup")[["baskets", "both"]].tolist() == [2, 1]
    lines = pd.DataFrame({"invoice": [1, None, 2, 1], "stock_code": ["a", "b", pd.NA, "b"]})
    for one in (lines, lines.convert_dtypes(), lines.astype(object).where(lines.notna(), pd.NA)):
        assert as_dict(basket.frequent_sets(one, 0.5)) == {("a",): 1, ("b",): 1, ("a", "b"): 1}


@pytest.mark.parametrize(
    "wrong",
    [[["a"], 1], [2.0**53, 2.0**53 + 2], [float("inf"), 1.0]],
)
def test_keys_that_name_nothing(wrong):
    for column in ("invoice", "stock_code"):
        lines = pd.DataFrame({"invoice": [1, 2], "stock_code": ["a", "b"]}).assign(**{column: pd.Series(wrong)})
        for call in (basket.frequent_sets, lambda lines: basket.pair(lines, "a", "b")):
            with pytest.raises(InputError, match=f"{column}', row 0"):
                call(lines)


# ---- more sets than can be


def suggested(said):
    """Support, and number of sets, that a message names."""
    found = re.search(r"support=([\d.]+).*\(at least (\d+) baskets\) there are ([\d,]+)\.", said)
    return float(found[1]), int(found[2]), int(found[3].replace(",", ""))


def test_too_many_sets_are_refused_with_their_number_and_what_would_do():
    lines = datasets.load("online_retail_lines").head(300)  # 34 baskets, the largest of 34 articles
    with pytest.raises(InputError, match="of the 34 baskets, more than limit=1,000,000") as refused:
        basket.frequent_sets(lines, 0.01)
    expected = float(re.search(r"About ([\d,]+) sets", str(refused.value))[1].replace(",", ""))
    assert 2**34 / 3 < expected < 3 * 2**34
    support, least, number = suggested(str(refused.value))
    sets = basket.frequent_sets(lines, support)
    assert (sets.attrs["least"], len(sets)) == (least, number)
    # By default what one basket holds is no pattern.
    pd.testing.assert_frame_equal(basket.frequent_sets(lines), sets)


@settings(deadline=None, max_examples=25)
@given(BASKETS, st.integers(1, 3), st.integers(1, 40))
def test_the_budget_holds_and_what_is_suggested_does(baskets, least, limit):
    baskets = [items for items in baskets if items]
    lines, n = table(baskets), len(baskets)
    least = min(least, n)
    want = brute(baskets, least)
    try:
        sets = basket.frequent_sets(lines, least / n, limit=limit)
    except InputError as refused:
        assert len(want) > limit
        if "higher support" not in str(refused):
            support, at, number = suggested(str(refused))
            assert number <= limit
            assert len(basket.frequent_sets(lines, support, limit=limit)) == number == len(brute(baskets, at))
        else:
            assert len(brute(baskets, max(want.values()))) > limit
    else:
        assert as_dict(sets) == want
        assert len(want) <= limit


def test_where_no_support_would_do():
    for baskets in ([range(40)] * 5, [range(1500)]):
        with pytest.raises(InputError, match="a higher support does not help") as refused:
            basket.frequent_sets(table(baskets), 0.5)
        longest = int(re.search(r"max_length=(\d+)", str(refused.value))[1])
        assert len(basket.frequent_sets(table(baskets), 0.5, max_length=longest))


def test_estimate_against_the_search(retail):
    data, _names, _left_out = basket._baskets(retail, "invoice", "stock_code")
    guess = itemsets.Estimate(data).lengths(186)
    assert guess[:2] == pytest.approx([625, 333], rel=0.5)


def test_too_many_rules_are_refused():
    sets = basket.frequent_sets(table([range(15)] * 3 + [range(4)]), 0.25)
    with pytest.raises(InputError, match="These sets make 14,000,000 rules, more than limit=10,000,000") as refused:
        basket.rules(sets)
    length, width = map(int, re.findall(r"max_length=(\d+).*max_consequent=(\d+)", str(refused.value))[0])
    assert (length, width) == (10, 5)
    support = re.search(r"support=([\d.]+)", str(refused.value))[1]
    assert basket.frequent_sets(table([range(15)] * 3 + [range(4)]), float(support))["length"].max() == 4
    assert basket.rules(sets, lift=5, max_consequent=1).empty
    long = pd.DataFrame({"items": [tuple(range(3000))], "length": 3000, "count": 1, "support": 0.5})
    with pytest.raises(InputError, match="max_consequent=2"):
        basket.rules(long)
    with pytest.raises(InputError, match="lacks smaller sets"):
        basket.rules(long, max_consequent=1)


def test_progress_is_told_and_work_can_be_interrupted(monkeypatch, capsys):
    lines = table([sorted(set(row)) for row in np.random.default_rng(4).integers(0, 30, (400, 9)).tolist()])
    heard = []
    sets = basket.frequent_sets(lines, 0.01, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1

    def stop(share):
        raise KeyboardInterrupt

    for work in (lambda: basket.frequent_sets(lines, 0.01, progress=stop), lambda: basket.rules(sets, progress=stop)):
        with pytest.raises(KeyboardInterrupt):
            work()
    pd.testing.assert_frame_equal(basket.frequent_sets(lines, 0.01), sets)
    assert capsys.readouterr().err == ""  # quick, and nobody looks on
    monkeypatch.setattr(waiting, "PATIENCE", -1)
    monkeypatch.setattr(waiting, "_watched", lambda: True)
    monkeypatch.setattr(waiting, "EVERY", -1)
    basket.frequent_sets(lines, 0.01)
    shown = capsys.readouterr().err
    assert "Frequent sets: 100%" in shown
    assert shown.endswith("\r")


LINES = table([["tea", "cup"], ["tea"]])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: basket.frequent_sets(LINES, 5), "support must be a number from 0 to 1"),
        (lambda: basket.frequent_sets(LINES, 0), "above 0"),
        (lambda: basket.frequent_sets(LINES, item="item"), "no column 'item'"),
        (lambda: basket.frequent_sets(LINES.rename(columns={"invoice": "InvoiceNo"})), "basket='InvoiceNo'"),
        (lambda: basket.frequent_sets(LINES, max_length=1, min_length=2), "max_length"),
        (lambda: basket.frequent_sets(LINES.iloc[:0]), "no rows"),
        (lambda: basket.frequent_sets(LINES.assign(invoice=None)), "names no basket"),
        (lambda: basket.frequent_sets([[1, 2]]), "DataFrame"),
        (lambda: basket.rules(basket.frequent_sets(LINES, 0.5, min_length=2)), "lacks smaller sets"),
        (lambda: basket.rules(basket.frequent_sets(LINES, 0.5), confidence=50), "confidence must be"),
        (lambda: basket.rules(LINES), "no column 'items'"),
        (lambda: basket.rules(pd.DataFrame({"items": ["ab"], "length": 2, "count": 1, "support": 0.5})), "no table of"),
        (lambda: basket.frequent_sets(LINES, limit=0), "limit"),
        (lambda: basket.frequent_sets(LINES, progress=7), "progress must be a function"),
        (lambda: basket.pair(LINES, ["tea"], "cup"), "No basket holds"),
        (lambda: basket.pair(LINES, "tee", "cup"), "Did you mean 'tea'"),
        (lambda: basket.pair(LINES, "tea", "xylophone"), "No basket holds 'xylophone'"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()
