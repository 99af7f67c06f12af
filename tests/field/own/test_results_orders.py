"""Stages, ABC, RFM, who is leaving and whom to call: numbers counted by hand, the same in whatever order and under whatever names, and no look ahead."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import checks, clv, firm, lifecycle, value
from crmlab import rfm as field_rfm
from crmlab.language import LANGUAGES, set_language
from crmlab.own import results
from crmlab.own.backtesting import book as books
from crmlab.own.backtesting import hold_out
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED
from crmlab.own.results import calls, leaving, stages
from tests.support import own_exports as made

ALL = ("stages", "abc", "rfm", "leaving", "calls")
DAY = pd.Timestamp("2024-01-01")


def row(customer, day, amount):
    return customer, DAY + pd.Timedelta(days=int(day)), float(amount)


@pytest.fixture(scope="module")
def town():
    """Everybody orders each tenth day. From day 0 to 200: 14 regulars; 20 quitters end on day 100; 10 returners do so too, and come once more on day
    190; 5 pause after day 180; one is new on day 192. The cut is day 151: a quarter of 201 days is 50."""
    rows = [row(f"regular {i}", day, 100) for i in range(14) for day in range(0, 201, 10)]
    rows += [row(f"quitter {i}", day, 200) for i in range(20) for day in range(0, 101, 10)]
    rows += [row(f"a returner {i}", day, 50) for i in range(10) for day in [*range(0, 101, 10), 190]]
    rows += [row(f"pausing {i}", day, 100) for i in range(5) for day in range(0, 181, 10)]
    rows += [row("new", 192, 500)]
    rows += [row("quitter 3", day, -10) for day in (110, 160, 195)]  # what is sent back is no purchase
    phones = pd.DataFrame({"phone": ["13800000001"]}, index=pd.Index(["pausing 0"], name="customer"))
    return made.of_rows(rows, contacts=phones)


# ---- by hand


def test_stages_by_hand(town):
    found = results.find("stages", town)
    # Only 10 of 539 pauses are longer than 10 days, so the limits are 10, and one and a half of that; the busiest quarter makes 21 orders.
    assert stages.rules(books.of(town)) == (lifecycle.Rules(10, 15, 21, 365), True)
    assert found.table["customers"].tolist() == [0, 1, 10, 14, 25]  # potential, new, active, loyal, churned
    assert found.table.set_index("stage").at["Loyal customers", "revenue_12_months"] == 14 * 2100
    assert found.test.verdict == HOLDS
    counts = found.test.table.set_index("group")
    assert counts.loc["Churned customers", ["customers", "bought_again"]].tolist() == [30, 10]
    assert counts.loc[["Loyal customers", "Active customers"], ["customers", "bought_again"]].sum().tolist() == [19, 19]
    assert "2024-05-31" in str(found.test.says)  # day 151
    assert "50 days after" in str(found.test.says)


def test_abc_by_hand(town):
    found = results.find("abc", town)
    # Days 1 to 100: quitters 2,000 each, regulars and pausing 1,000 (62.5% lies above them), returners 500 (92% above them).
    # Days 101 to 200: regulars 1,000, pausing 800, new 500, returners 50: of 19,000 come 18,000 from who was A, 500 from the new one.
    moves = found.test.table.set_index("class_before")
    assert moves.loc["A"].tolist() == [19, 0, 0, 20]
    assert moves.loc["B"].tolist() == [0, 0, 10, 0]
    assert moves.loc["no revenue"].tolist() == [0, 1, 0, 0]
    said = str(found.test.says)
    assert "brought 95% of the later revenue" in said
    assert "without revenue before brought 3%" in said
    assert found.test.verdict == HOLDS
    assert "fewer than half" in said
    whole = pd.Series([2100] * 14 + [2200] * 19 + [2170] + [600] * 10 + [1900] * 5 + [500])
    assert found.data["top_fifth"] == pytest.approx(value.pareto_share(whole))
    assert found.table["revenue"].sum() == whole.sum()


def test_leaving_by_hand(town):
    found = results.find("leaving", town)
    assert sorted(found.table["customer"]) == sorted(f"quitter {i}" for i in range(20))
    assert set(found.table["standing"]) == {"probably gone"}  # silent for 10 pauses
    assert found.table[["usual_gap", "silent_days"]].drop_duplicates().values.tolist() == [[10, 101]]
    assert found.table["at_risk"].tolist() == [2200] * 19 + [2170]  # most money first
    assert found.test.verdict == HOLDS
    assert found.test.table[["customers", "not_back"]].values.tolist() == [[30, 20], [19, 0]]
    assert "nearly the same list: 67% of ours and 67% of those" in str(found.test.says)


def test_calls_by_hand(town):
    found = results.find("calls", town)
    assert found.data["why"] == ["quiet"] * 5 + [
        "new"
    ]  # nobody who came once is older, so nothing of the new one is at stake
    assert found.table["at_stake"].tolist() == pytest.approx([1900 * 2.1 / 6] * 5 + [0])
    assert sorted(found.data["group"]) == ["call"] * 3 + ["control: do not call"] * 3
    assert found.table.set_index("customer")["phone"].dropna().to_dict() == {"pausing 0": "13800000001"}
    assert set(found.table["heard"]) == {""}
    assert set(found.personal) == {"customer", "phone"}
    # At the cut: the 20 quitters, who had brought more than the returners; all 29 others are of the nearest value.
    assert found.test.table[["customers", "bought_again"]].values.tolist() == [[20, 0], [29, 29]]
    assert found.test.verdict == HOLDS
    assert "untested" in str(found.test.says)


@pytest.mark.parametrize("export", [made.cdnow, made.retail_orders], ids=["cdnow", "retail"])
def test_rfm_counts_as_pandas_does(export):
    found = results.find("rfm", export())
    orders = export().table
    last = orders["date"].max()
    cut = last + pd.Timedelta(days=1) - pd.Timedelta(days=((last - orders["date"].min()).days + 1) // 4)
    before, after = orders[orders["date"] < cut], orders[orders["date"] >= cut]
    measures = field_rfm.summary(before, cut, "customer", order=None, returns="subtract")
    keys = field_rfm.segment(field_rfm.score(measures))
    back = keys.index.isin(after.loc[after["amount"] > 0, "customer"])
    wanted = pd.DataFrame({"n": keys.value_counts(), "k": keys[back].value_counts()}).reindex(field_rfm.SEGMENTS.index)
    assert found.test.table[["customers", "bought_again"]].to_numpy().tolist() == wanted.fillna(0).to_numpy().tolist()
    assert found.table["customers"].sum() == orders.loc[orders["amount"] > 0, "customer"].nunique()
    assert found.more["The eight types"]["customers"].sum() == found.table["customers"].sum()
    champions = wanted.loc["champions"]
    rest = wanted.drop("champions").sum()
    share = hold_out.compared(champions["k"], champions["n"], rest["k"], rest["n"])
    assert found.test.verdict == share.verdict
    assert f"{100 * share.low:+z.0f} to {100 * share.high:+z.0f}" in str(found.test.says)


def test_rfm_against_recency_alone_counts_ties_in_part():
    listed = np.array([True, True, False, False])
    came = np.array([True, False, True, False])
    silent = np.array([3.0, 9.0, 3.0, 3.0])
    found = hold_out.against_simple(listed, silent, came)  # two places for three who are equal: two thirds each
    assert (found.n, found.k) == pytest.approx((1 / 3 + 1, 1 / 3))
    assert (found.other_n, found.other_k) == pytest.approx((4 / 3, 2 / 3))


def test_the_model_is_the_one_that_foresaw_better():
    book = books.of(made.cdnow())
    cut = hold_out.cut(book)
    tried = clv.compare(made.cdnow().table.rename(columns={"customer": "customer_id"}), books.text(cut.day - 1))
    found = leaving.watched(book).alive
    assert found.model == tried["log_likelihood"].idxmax()
    assert found.model == "pareto_nbd"
    assert np.nanmax(found.chance) <= 1
    assert "Pareto/NBD" in str(results.find("leaving", made.cdnow()).says[2])


def test_who_is_flagged_has_left_the_made_up_firm():
    truth = firm.make(0).truth["alive"]
    found = results.find("leaving", made.firm_orders())
    flagged = truth[found.table["customer"]]
    seen = books.of(made.firm_orders()).names(leaving.watched(books.of(made.firm_orders())).table.index)
    others = truth[seen.difference(found.table["customer"])]
    assert flagged.mean() < 0.2 < 0.8 < others.mean()


def test_lines_become_orders_once():
    lines = made.retail_lines(200)
    rows = lines.table.groupby(["customer", "order"], as_index=False).agg(
        date=("date", "max"), amount=("amount", "sum")
    )
    one, other = books.of(lines), books.of(made.export(rows))
    assert len(one.who) == lines.table["order"].nunique() < len(lines.table)
    assert one.amount.tolist() == pytest.approx(other.amount.tolist())
    assert (one.day == other.day).all()
    assert (
        results.find("stages", lines).table["customers"].tolist()
        == results.find("stages", made.export(rows)).table["customers"].tolist()
    )


def test_what_could_not_be_used_is_said():
    rows = [row("Li", day, 10) for day in range(0, 100, 10)]
    rows += [(None, DAY, 5.0), ("Li", pd.NaT, 5.0), ("Li", DAY, np.nan), ("Wu", DAY, -5.0)]
    told = [str(one) for one in results.find("stages", made.of_rows(rows)).says]
    assert "1 rows name no customer and are not counted here." in told
    assert "1 rows have no day and are not counted here." in told
    assert "1 rows have no amount and are not counted here: unknown is not nought." in told


def test_a_hole_in_the_export_is_said():
    days = [*range(0, 100, 2), *range(400, 500, 2)]
    told = [str(one) for one in results.find("abc", made.of_rows([row(f"K{day % 14}", day, 10) for day in days])).says]
    assert any("From 2024-04-09 to 2025-02-03 the file has no order at all." in one for one in told)  # days 99 to 399
    months = [row(f"K{day % 14}", day, 10) for day in [*range(100), *range(161, 300)]]  # 10 April to 8 June
    told = [str(one) for one in results.find("abc", made.of_rows(months)).says]
    assert any("From 2024-04-10 to 2024-06-09 the file has no order at all." in one for one in told)
    steady = [row(f"K{day % 14}", day, 10) for day in range(0, 3000, 100)]
    assert not any("no order at all" in str(one) for one in results.find("abc", made.of_rows(steady)).says)


# ---- the same in whatever order, under whatever names, whatever comes later


ROWS = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 160), st.integers(-30, 300)), min_size=30, max_size=120
).filter(lambda rows: any(amount > 0 for _who, _day, amount in rows))


def found_in(export):
    """Tables and tests of all results, those that are refused left out."""
    found = results.of(export, ALL)
    return {one.name: (one.table, one.test.table, one.test.verdict) for one in found.results}, found.not_possible


@settings(max_examples=3)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_change_nothing(rows, random):
    # Amounts that no two rows share: who is alike in all cannot be told apart but by the name.
    rows = [row(f"K{who:02d}", day, amount + at / 1000) for at, (who, day, amount) in enumerate(rows)]
    first, refused = found_in(made.of_rows(rows))
    mixed = rows.copy()
    random.shuffle(mixed)
    again, _refused = found_in(made.of_rows(mixed))
    assert first.keys() == again.keys()
    for name, (table, counts, verdict) in first.items():
        pd.testing.assert_frame_equal(table, again[name][0])
        assert verdict == again[name][2]
        assert (counts is None) == (again[name][1] is None)
    called = {f"K{who:02d}": f"N{99 - who}" for who in range(15)}
    other, refused_too = found_in(made.of_rows([(called[who], day, amount) for who, day, amount in rows]))
    assert refused.keys() == refused_too.keys()
    for name in ("leaving", "calls"):
        if name in first:
            assert {called[who] for who in first[name][0]["customer"]} == set(other[name][0]["customer"])
    for name in ("stages", "rfm", "abc"):
        if name in first:
            assert first[name][0]["customers"].tolist() == other[name][0]["customers"].tolist()


@settings(max_examples=4)
@given(ROWS, ROWS)
def test_what_comes_after_the_cut_changes_nothing_that_was_found_at_it(rows, later):
    edges = [row("first", 0, 1), row("last", 160, 1)]
    cut = 161 - max(161 // 4, 28)
    past = [row(f"K{who}", day, amount) for who, day, amount in rows if day < cut]
    found = []
    for future in (rows, later):
        book = books.of(
            made.of_rows(edges + past + [row(f"K{who}", day, amount) for who, day, amount in future if day >= cut])
        )
        when = hold_out.cut(book)
        assert when.day == (DAY - pd.Timestamp(0)).days + cut
        before = hold_out.before(book, when)
        names = book.customers
        watched = leaving.watched(before).table
        found.append(
            (
                stages.rules(before),
                sorted(names[calls.listed(before).index]),
                sorted(names[watched.index[watched["flagged"]]]),
                {names[at]: stage for at, stage in stages._stages(before, stages.rules(before)[0])["stage"].items()},
            )
        )
    assert found[0] == found[1]


def test_what_cannot_be_shown_by_any_number_of_customers_is_called_none():
    told = str(hold_out.compared(29, 50, 28.9, 50).says())
    assert "take it for none" in told
    assert "in each group would show it" in str(hold_out.compared(30, 50, 25, 50).says())


def test_a_firm_without_champions_is_told_so(town):
    assert "None of them is a champion" in " ".join(map(str, results.find("rfm", town).says))


# ---- short, odd and bad files


def some(seed, n, days, customers, begin=0):
    random = np.random.RandomState(seed)
    return [row(f"K{random.randint(customers)}", begin + random.randint(days), random.lognormal(4)) for _ in range(n)]


SHORT = {
    "three months": some(1, 150, 90, 40),
    "20 customers": some(2, 150, 400, 20),
    "one customer": some(3, 30, 400, 1),
    "one order": [row("Li", 0, 5)],
    "one order each": [row(f"K{i}", i % 200, 10 + i) for i in range(100)],
    "one day": some(4, 50, 1, 20),
    "returns only": [(who, day, -amount) for who, day, amount in some(5, 50, 300, 20)],
    "returns at last": some(6, 60, 300, 20) + [row(f"K{i}", 900 + i, -1000) for i in range(20)],
    "ten years with a gap": some(7, 100, 600, 30) + some(8, 100, 600, 30, begin=3000),
    "yearly": [row(f"K{i}", 365 * year + i, 100 + i) for i in range(25) for year in range(4)],
    "unknown days": [("K0", pd.Timestamp("1900-01-01"), 5.0), *some(9, 100, 300, 30)],
    "far days": [("K0", pd.Timestamp("2200-01-01"), 5.0), *some(9, 100, 300, 30)],
    "nothing": [],
    "amounts missing": [row("Li", 3, np.nan)],
    "all alike": [row(f"K{i}", day, 1) for i in range(12) for day in range(0, 120, 10)],
}


@pytest.mark.parametrize("rows", SHORT.values(), ids=SHORT.keys())
def test_short_and_odd_files_get_sentences(rows, capfd, recwarn):
    export = made.of_rows(rows)
    for name in ALL:
        try:
            found = results.find(name, export)
        except checks.InputError:
            continue
        assert found.test.verdict in (HOLDS, UNCLEAR, FAILS, UNTESTED)
        for language in LANGUAGES:
            set_language(language)
            try:
                told = [str(found.title), *map(str, found.says), str(found.test.says)]
                told += [str(one) for one in found.table.get("reason", [])]
            finally:
                set_language(None)
            assert not re.search(r"nan|inf\b|[{}]", " ".join(told))
        personal = found.personal
        assert all(any(name in table for table in (found.table, *found.more.values())) for name in personal)
    assert not recwarn.list
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ["survey", "customers"])
def test_another_kind_of_file_is_refused(kind):
    with pytest.raises(checks.InputError, match="another kind"):
        results.find("abc", made.export(pd.DataFrame({"customer": ["Li"]}), kind))


def test_months_have_classes():
    found = results.find("abc", made.months(made.firm_orders()))
    assert found.test.verdict == HOLDS
    assert "2024-10-01 to 2025-06-30" in str(found.test.says)  # nine whole months each
    # The last 12 months are those of the orders, day by day.
    assert found.table.equals(results.find("abc", made.firm_orders()).table)


def test_too_short_to_be_tested_says_what_is_needed():
    found = results.find("stages", made.of_rows(some(1, 60, 50, 20)))
    assert found.test.verdict == UNTESTED
    assert "84" in str(found.test.says)
    few = results.find("stages", made.of_rows(some(1, 90, 200, 8)))
    assert few.test.verdict == UNTESTED
    assert "at least; they have" in str(few.test.says)


# ---- verdicts


@settings(max_examples=25)
@given(st.integers(10, 200), st.integers(10, 200), st.floats(0, 1), st.floats(0, 1))
def test_a_verdict_follows_its_interval(n, other, share, other_share):
    found = hold_out.compared(round(n * share), n, round(other * other_share), other)
    assert found.low <= found.difference <= found.high
    assert {HOLDS: found.low > 0, FAILS: found.high < 0, UNCLEAR: found.low <= 0 <= found.high}[found.verdict]
    assert re.search(r"It holds|Do not rely", str(found.says()))
    back = hold_out.compared(found.other_k, other, found.k, n)
    assert back.verdict == {HOLDS: FAILS, FAILS: HOLDS, UNCLEAR: UNCLEAR}[found.verdict]


@settings(max_examples=25)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.data())
def test_as_many_names_as_places(values, data):
    places = data.draw(st.integers(0, len(values)))
    part = hold_out.first_by(np.array(values, dtype=float), places)
    assert part.sum() == pytest.approx(places)
    assert ((part >= 0) & (part <= 1)).all()


def test_a_list_is_drawn_the_same_way_each_time(town):
    one, other = (
        results.find("calls", made.of_rows(town.table[["customer", "date", "amount"]].to_numpy().tolist()))
        for _ in range(2)
    )
    assert one.table["group"].tolist() == other.table["group"].tolist()


def test_one_of_few_is_chance():
    # 1 of 10 against 2 of 240: Wilson's limits alone would call that more than chance.
    assert hold_out.compared(1, 10, 2, 240).verdict == UNCLEAR
    assert hold_out.compared(20, 21, 7, 117).verdict == HOLDS
    exact = hold_out.compared(2, 12, 0, 300)  # Clopper and Pearson: 2.1% to 48.4%, and 0 to 1.2%
    assert (exact.low, exact.high) == pytest.approx((1 / 6 - np.hypot(1 / 6 - 0.0209, 0.0122), 0.484), abs=2e-4)


def world(seed, leaving_after, customers=200, days=500):
    """Everybody orders at random, each 25 days on average, until they leave (at random, after so many days on average)."""
    random = np.random.RandomState(seed)
    at = random.uniform(0, 20, customers)[:, None] + np.cumsum(random.exponential(25, (customers, 60)), axis=1)
    end = np.minimum(random.exponential(leaving_after, customers) if leaving_after else np.inf, days)
    who, _turn = np.nonzero(at < np.reshape(end, (-1, 1)))
    day = at[at < np.reshape(end, (-1, 1))].astype(int)
    orders = {
        "customer": who,
        "date": DAY + pd.to_timedelta(day, "D"),
        "amount": random.lognormal(4, 1, len(who)).round(2),
    }
    return made.export(pd.DataFrame(orders))


def test_what_is_chance_does_not_hold_and_what_is_there_does():
    chance = [results.find(name, world(seed, None)).test.verdict for seed in range(5) for name in ("stages", "rfm")]
    assert chance.count(HOLDS) <= 1  # of 100 at most 2 or 3
    there = [results.find(name, world(seed, 300)).test.verdict for seed in range(2) for name in ("stages", "rfm")]
    assert set(there) == {HOLDS}
