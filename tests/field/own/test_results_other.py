"""Results of order lines, surveys and complaints: against published and hand-computed numbers, and what they say where a file cannot tell."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from crmlab import complaint_economics, datasets, forecasting
from crmlab.checks import InputError
from crmlab.language import set_language
from crmlab.own import results
from crmlab.own.backtesting import offered
from crmlab.own.export import Export
from crmlab.own.result import HOLDS, UNTESTED, Result
from crmlab.own.results import forecast, recovery, together
from crmlab.pipeline import share_difference
from tests.support import own_exports

pytestmark = pytest.mark.usefixtures("in_english_without_a_warning")


# -- what is bought together --------------------------------------------------------------------------------------------


@cache
def baskets(days: int = 330, lasting: bool = True) -> Export:
    """Each day ten customers buy three of twenty articles at random; "tea" mostly goes with "cup", all the time or only in the first half;
    "bolt" goes with "nut" for one customer alone; "bag" is on nearly every bill."""
    random = np.random.default_rng(5)
    rows = []
    for day in pd.date_range("2024-01-01", periods=days):
        early = (day - pd.Timestamp("2024-01-01")).days < days // 2
        for number in range(10):
            who, order = f"c{random.integers(400)}", f"{day:%m%d}-{number}"
            items = {f"i{one}" for one in random.integers(20, size=3)} | {"bag"}
            if random.random() < 0.1:
                items |= {"tea", "cup"} if (lasting or early) and random.random() < 0.8 else {"tea"}
            elif random.random() < 0.05:
                items |= {"cup"}
            if number == 0:
                who, items = "c999", items | {"bolt", "nut"}
            rows += [(who, order, day, item, 1.0, 5.0) for item in sorted(items)]
    return own_exports.of_rows(rows, "lines")


def test_a_pair_that_lasts_is_found_counted_by_hand_and_offered() -> None:
    found = together.find(baskets())
    pair = found.table[found.table["verdict"] == "held"].iloc[0]
    assert {pair["article"], pair["goes_with"]} == {"tea", "cup"}
    lines = baskets().table
    firsts = lines.groupby(["customer", "order", "date"]).first().reset_index().sort_values("date", kind="stable")
    split = firsts["date"].iloc[int(together.FIRST * len(firsts))]
    later = lines[lines["date"] >= split]
    bills = later.groupby(["customer", "order"])["item"].agg(set)
    has = bills.map(lambda items: pair["article"] in items)
    other = bills.map(lambda items: pair["goes_with"] in items)
    assert pair["later_baskets"] == (has & other).sum()
    assert pair["later_lift"] == pytest.approx((has & other).sum() / has.sum() / other.mean())
    assert pair["low"] <= pair["later_lift"] <= pair["high"]
    assert pair["low"] >= together.LIFT
    offers = found.more["offers"]
    bought = lines.groupby("customer")["item"].agg(set)
    assert len(offers)
    assert (offers["offer"] == pair["goes_with"]).all()
    assert set(offers["customer"]) == {
        who for who, items in bought.items() if pair["article"] in items and pair["goes_with"] not in items
    }
    assert found.test is not None
    assert found.test.verdict == HOLDS
    assert found.personal == ()  # numbers tell nobody who it is
    # What one customer alone buys is no offer to others, and what is on every bill is bought no more often than by chance.
    verdicts = found.table.set_index("article")["verdict"]
    assert verdicts.filter(regex="bolt|nut").tolist() == [together.VERDICTS["habit"]]
    assert "bag" not in set(found.table["article"]) | set(found.table["goes_with"])


def test_a_pair_that_ended_is_shown_and_not_recommended() -> None:
    found = together.find(baskets(lasting=False))
    row = found.table.set_index("article").loc[["tea"] if "tea" in set(found.table["article"]) else ["cup"]].iloc[0]
    assert row["verdict"] != "held"
    assert "offers" not in found.more
    assert found.test is not None
    assert found.test.verdict != HOLDS
    assert "none is recommended" in own_exports.told(found)


def test_baskets_without_an_order_number_are_a_customers_day_and_returns_do_not_count() -> None:
    table = baskets(120).table.assign(order=None)
    back = table.head(50).assign(quantity=-1.0, amount=-5.0)
    found = together.find(own_exports.export(pd.concat([table, back]), "lines"))
    assert "50 lines are returns" in own_exports.told(found)


def test_the_offer_list_is_held_against_customers_who_bought_as_much() -> None:
    """Counted by hand: of two customers with a and without b one buys b later; of three with as many lines and neither, one; c9 has too many lines to compare."""
    rows = [(f"c{n}", n, "a" if n < 2 else "x") for n in range(5)] + [("c9", 100 + n, f"y{n}") for n in range(50)]
    before = pd.DataFrame(rows, columns=["customer", "basket", "item"])
    after = pd.DataFrame([("c0", 200, "b"), ("c3", 201, "b"), ("c9", 202, "b")], columns=list(before))
    pairs = pd.DataFrame({"antecedent": [("a",)], "consequent": [("b",)]})
    found = offered.test(before, after, pairs)
    assert (found.listed, found.share, found.other) == (2, 0.5, pytest.approx(1 / 3))
    assert found.gap == pytest.approx(1 / 6)
    assert found.low < found.gap < found.high
    assert not found.enough
    assert not offered.test(before.head(0), after, pairs).listed


def test_an_interval_of_the_offer_list_holds_nothing_where_there_is_nothing() -> None:
    """Articles bought at random by customers of very different size: whoever is on the list is a better customer, but no better for this offer."""
    held = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        often = random.poisson(random.gamma(1.5, 4.0, 300))
        who = np.repeat(np.arange(300), often)
        lines = pd.DataFrame(
            {"customer": who, "basket": np.arange(len(who)), "item": random.integers(12, size=len(who))}
        )
        later = lines.assign(item=random.integers(12, size=len(who)))
        pairs = pd.DataFrame({"antecedent": [(0,), (2,)], "consequent": [(1,), (3,)]})
        found = offered.test(lines, later, pairs)
        held.append(found.low <= 0 <= found.high)
    assert np.mean(held) >= 0.8


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("a", "1", "2025-01-01", "x", 1, 5)], "holds 1 baskets"),
        ([("a", str(n), "2025-01-01", "x", 1, 5) for n in range(120)], "of one day"),
        ([("a", str(n), f"2025-{1 + n // 20:02d}-01", "x", 1, 5) for n in range(120)], "single article"),
    ],
)
def test_too_few_baskets_get_a_sentence(rows: list[tuple[object, ...]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        together.find(own_exports.of_rows(rows, "lines"))
    with pytest.raises(InputError, match="no order lines"):
        together.find(own_exports.firm_orders())


# -- next quarter -------------------------------------------------------------------------------------------------------


def sold(days: int, noise: float = 0.05, season: float = 0.5, seed: int = 1, start: str = "2020-01-01") -> Export:
    """Daily sales with a yearly season and 10% growth a year."""
    random, dates = np.random.default_rng(seed), pd.date_range(start, periods=days)
    level = 1000 * (1 + season * np.sin(2 * np.pi * dates.day_of_year / 365)) * (1 + 0.1 * np.arange(days) / 365)
    amount = level * np.exp(noise * random.standard_normal(days))
    return own_exports.export(pd.DataFrame({"customer": "a", "date": dates, "amount": amount}))


def test_a_season_is_seen_the_running_month_left_out_and_the_sums_are_right() -> None:
    given = sold(4 * 365 + 40)  # to 9 February 2024
    found = forecast.find(given)
    assert found.data["unit"] == "M"
    assert found.data["method"].startswith("last_year")
    assert found.table["from"].iloc[0] == pd.Timestamp("2024-02-01")
    assert found.table["to"].iloc[0] == pd.Timestamp("2024-04-30")
    assert "running month is left out: the file ends on 2024-02-08" in own_exports.told(found)
    history = found.data["history"]
    january = given.table[given.table["date"].between("2024-01-01", "2024-01-31")]["amount"].sum()
    assert history.index[-1] == pd.Timestamp("2024-01-01")
    assert history.iloc[-1] == pytest.approx(january)
    whole, parts = found.table.iloc[0], found.table.iloc[1:]
    assert whole["forecast"] == pytest.approx(parts["forecast"].sum())
    truth = sold(4 * 365 + 40 + 90, noise=0.0).table
    came = truth[truth["date"].between("2024-02-01", "2024-04-30")]["amount"].sum()
    assert whole["forecast"] == pytest.approx(came, rel=0.05)
    assert whole["low_80"] < whole["forecast"] < whole["high_80"]
    assert found.test is not None
    assert found.test.verdict == HOLDS
    methods = found.more["methods"]
    assert {"the last quarter again", "the same quarter of last year"} == set(methods["against"])
    assert (methods["low"] <= methods["difference"]).all()
    assert (methods["difference"] <= methods["high"]).all()


def test_the_back_test_is_that_of_the_field_and_the_choice_sees_the_past_alone() -> None:
    values = sold(3 * 365).table.set_index("date")["amount"].resample("MS").sum()
    tests = forecasting.together(
        forecasting.back_test(values.to_numpy(), {"a": forecasting.naive, "b": forecasting.drift}, horizon=3, first=12)
    )
    choice, inside = forecast._as_chosen_then(tests, 3)
    for row in choice.itertuples():
        known = tests[tests["origin"] + 3 <= row.origin]
        best = known["error"].abs().groupby(known["method"]).mean().idxmin()
        expected = tests[(tests["origin"] == row.origin) & (tests["method"] == best)].iloc[0]
        assert (row.forecast, row.actual) == (expected["forecast"], expected["actual"])
    changed = tests.assign(error=tests["error"].where(tests["origin"] < tests["origin"].max(), 1e9))
    again, _inside = forecast._as_chosen_then(changed, 3)
    assert again["forecast"].tolist() == choice["forecast"].tolist()
    assert len(inside) == len(choice) - 1  # the first knows four errors, a range needs five


def test_ranges_hold_about_as_often_as_they_say() -> None:
    held = []
    for seed in range(12):
        values = pd.Series(1000 + 100 * np.random.default_rng(seed).standard_normal(75))
        tests = forecasting.together(forecasting.back_test(values.head(72), ["mean"], horizon=3, first=12))
        said = float(forecasting.mean(values.head(72), 3).sum())
        held.append(abs(values.tail(3).sum() - said) <= forecast._half(tests["error"], 3))
    assert 0.5 < np.mean(held) <= 1


def test_without_a_season_or_luck_nothing_is_claimed() -> None:
    random = np.random.default_rng(3)
    walk = 1000 + np.cumsum(random.standard_normal(900) * 20)
    found = forecast.find(
        own_exports.export(
            pd.DataFrame({"customer": "a", "date": pd.date_range("2022-01-03", periods=900), "amount": walk})
        )
    )
    assert found.test is not None
    assert found.test.verdict != HOLDS


@cache
def of_the_firm() -> Result:
    return forecast.find(own_exports.firm_orders(3))


def by_month(revenue: list[float]) -> Export:
    """Totals a month from January 2021 on."""
    days = pd.date_range("2021-01-01", periods=len(revenue), freq="MS")
    return own_exports.of_rows([("a", day, one) for day, one in zip(days, revenue, strict=True) if one], "months")


def test_an_empty_quarter_is_expected_again_only_where_two_years_show_it() -> None:
    year = [100.0, 102, 98, 101, 99, 103, 97, 100, 104]
    whole, empty = [*year, 101.0, 98, 103], [*year, 0.0, 0, 0]
    once = forecast.find(by_month([*empty, *year]))  # the fourth quarter is asked for, and was empty in the one year known
    assert once.data["method"] not in forecast.SEASONAL
    assert once.table["forecast"].iloc[0] == pytest.approx(300, abs=15)
    assert "last year 3 of the 3 months" in own_exports.told(once).lower()
    hole = forecast.find(by_month([*whole, *empty, *year]))
    assert hole.table["forecast"].iloc[0] == pytest.approx(300, abs=15)
    season = forecast.find(by_month([*empty, *empty, *year]))
    assert season.data["method"] in forecast.SEASONAL
    assert season.table["forecast"].iloc[0] == 0
    assert "0 is expected since nothing was sold in this quarter of earlier years" in own_exports.told(season)


def test_returns_alone_are_not_forecast_and_both_errors_are_named() -> None:
    with pytest.raises(InputError, match="above 0"):
        forecast.find(by_month([-5.0] * 30))
    random = np.random.default_rng(2)
    found = forecast.find(by_month([float(one) for one in random.integers(50, 150, 40)]))
    row = found.more["methods"][found.more["methods"]["method"] == forecast.METHOD_NAMES["chosen"]]
    row = row.loc[row["difference"].idxmax()]
    assert f"was off by {row['mae'] - row['difference']:,.0f}. The difference is {row['difference']:+,.0f}" in own_exports.told(found)  # fmt: skip


def test_weeks_where_months_are_few_and_months_where_days_are_rare() -> None:
    assert of_the_firm().data["unit"] == "W-SUN"
    rare = own_exports.export(
        pd.DataFrame({"customer": "a", "date": pd.date_range("2024-01-01", periods=14, freq="35D"), "amount": 100.0})
    )
    found = forecast.find(rare)
    assert found.data["unit"] == "M"
    assert (found.data["history"] == 0).any()
    totals = forecast.find(own_exports.months(own_exports.firm_orders(3)))
    assert totals.data["unit"] == "M"
    assert "totals a month" in own_exports.told(totals)


def test_short_files_say_what_they_cannot_tell() -> None:
    found = forecast.find(sold(100))
    assert found.test is not None
    assert found.test.verdict == UNTESTED
    assert found.table["low_80"].isna().all()
    assert "too few to test" in own_exports.told(found)
    assert "how far off it may be nobody knows" in own_exports.told(found)
    with pytest.raises(InputError, match="holds 0 whole months"):
        forecast.find(sold(20, start="2024-03-05"))


# -- complaints ---------------------------------------------------------------------------------------------------------


def test_the_regulators_complaints_give_the_numbers_of_their_card() -> None:
    table = datasets.load("cfpb_complaints")
    given = own_exports.answers(table, "complaints")
    waiting = results.find("triage", given)
    assert len(waiting.table) == 57
    assert "57 complaints the file does not say" in own_exports.told(waiting)
    counts = table["issue"].value_counts()
    why = results.find("reasons", given)
    assert why.table.set_index("reason")["cases"].to_dict() == counts.to_dict()
    assert why.table["cases"].sum() == 3186
    assert why.table["low"].lt(why.table["share"]).all()
    worth = results.find("recovery", given)
    assert "81% of 3,129 settled complaints were settled well" in own_exports.told(worth)  # 595 of 3,129 were disputed
    assert worth.test is not None
    assert worth.test.verdict == UNTESTED


FEW_COMPLAINTS = pd.DataFrame(
    [
        ("A1", "甲", "2025-03-01", "质量", "处理中", "低", "充电器漏电，差点触电", ""),
        ("A2", "乙", "2025-03-02", "物流", "已结案", "高", "起火", "是"),
        ("A3", "甲", "2025-03-05", "质量", "处理中", "", "没有受伤，但颜色不对", ""),
        ("A4", "丙", "2025-02-06", "物流", "待处理", "高", "少发", ""),
        ("A5", "丙", "2025-03-06", "发票", "待处理", "低", "抬头写错", ""),
    ],
    columns=["投诉编号", "customer_id", "受理时间", "问题分类", "处理状态", "优先级", "投诉内容", "客户是否满意"],
)


def test_danger_comes_first_and_what_is_not_said_is_not_harmless() -> None:
    found = results.find("triage", own_exports.answers(FEW_COMPLAINTS, "complaints"))
    assert found.table["complaint"].tolist() == ["A1", "A4", "A3", "A5"]
    assert found.table["rule"].tolist() == ["safety", "critical", "unstated", "other"]
    assert found.table["days_open"].tolist() == [5, 28, 1, 0]
    assert found.table["overdue"].tolist() == [
        True,
        True,
        False,
        False,
    ]
    assert found.table["danger"].iloc[0] in ("漏电", "触电")
    assert "1 may be a danger to people" in own_exports.told(found)


def test_orders_give_the_class_of_the_customers_and_the_third_time_counts() -> None:
    found = results.find("triage", own_exports.firm_complaints(3), own_exports.firm_orders(3))
    table = found.table
    assert set(table.loc[table["rule"] == "key_customer", "class"]) == {"A"}
    assert (table.loc[table["rule"] == "repeated", "repeat"] >= 3).all()
    spent = own_exports.firm_orders(3).table.groupby("customer")["amount"].sum()
    assert table.loc[table["customer"] == spent.idxmax(), "class"].isin(["A"]).all()
    rank = {
        rule: at
        for at, rule in enumerate(["safety", "critical", "repeated", "key_customer", "serious", "unstated", "other"])
    }
    assert table["rule"].map(rank).is_monotonic_increasing
    assert found.personal == ()  # numbers tell nobody who it is


def test_a_reason_that_grew_is_seen_and_spellings_are_one() -> None:
    reasons = ["late"] * 30 + ["Late "] * 10 + ["wrong"] * 40 + ["ＬＡＴＥ"] * 70 + ["wrong"] * 10
    table = pd.DataFrame(
        {
            "complaint": range(160),
            "date": pd.date_range("2025-01-01", periods=160),
            "reason": reasons,
            "customer_id": [f"c{n % 100}" for n in range(160)],
        }
    )
    found = results.find("reasons", own_exports.answers(table, "complaints"))
    rows = found.table.set_index("reason")
    assert len(rows) == 2
    assert rows["cases"].tolist() == [110, 50]
    late = rows.iloc[0]
    assert (late["earlier"], late["later"], late["trend"]) == (0.5, 0.875, "more")
    gap = share_difference(70, 80, 40, 80, 0.975)
    assert late[["change", "change_low", "change_high"]].tolist() == pytest.approx(list(gap))
    again = found.more["again"]
    assert len(again) == 60
    assert (again["within"] == 0).all()
    assert "60 of 100 customers complained more than once" in own_exports.told(found)


def test_free_text_is_no_list_of_reasons() -> None:
    table = pd.DataFrame({"complaint": range(90), "reason": [f"it broke on day {n}" for n in range(90)]})
    with pytest.raises(InputError, match="free text"):
        results.find("reasons", own_exports.answers(table, "complaints"))


def test_who_stayed_is_counted_by_hand_and_a_real_difference_is_told() -> None:
    """Forty customers complain on 1 March; of those settled well all order again, of the others one in four; four complained too late to tell."""
    people = [f"c{n}" for n in range(44)]
    heard = pd.DataFrame(
        {
            "complaint": range(44),
            "customer_id": people,
            "date": "2024-03-01",
            "settled": ["well", "badly"] * 22,
            "days": 2.0,
        }
    )
    heard.loc[40:, "date"] = "2024-12-20"
    rows = [(who, "2024-01-10", 100.0) for who in people] + [("x", "2024-12-31", 50.0)]
    rows += [(who, "2024-04-01", 100.0) for n, who in enumerate(people) if n % 2 == 0 or n % 8 == 1]
    orders = own_exports.of_rows(rows)
    found = recovery.find(own_exports.answers(heard, "complaints"), orders)
    stayed = found.more["stayed"]
    assert stayed[["customers", "stayed"]].to_numpy().tolist() == [[20, 20], [20, 5]]
    row = found.table.iloc[0]
    gap, low, high = share_difference(20, 20, 5, 20)
    assert row[["difference", "low", "high"]].tolist() == pytest.approx([gap, low, high])
    spent = sum(amount for who, _day, amount in rows if who != "x")
    assert row["value"] == pytest.approx(spent / 44 * 365 / 357)
    assert row["worth"] == pytest.approx(row["value"] * gap)
    assert row["worth_low"] == pytest.approx(row["value"] * low)
    assert found.test is not None
    assert found.test.verdict == HOLDS
    assert "Nobody drew lots" in own_exports.told(found)
    assumed = found.table[found.table["basis"].str.startswith("assumption")]
    assert assumed["difference"].tolist() == pytest.approx([0.24, 0.35, 0.63])
    assert assumed["low"].isna().all()
    assert assumed["keep_if_settled"].iloc[1] == complaint_economics.TARP.at["over_100", "satisfied"]


def test_names_that_never_meet_and_files_without_orders_are_said() -> None:
    given = own_exports.firm_complaints(3)
    strangers = own_exports.of_rows(
        [(f"z{n}", day, 10.0) for n in range(5) for day in pd.date_range("2024-01-01", periods=12, freq="30D")]
    )
    assert "are they written alike in both files" in own_exports.told(recovery.find(given, strangers))
    assert "Add the file of orders" in own_exports.told(recovery.find(given))


# -- all of them --------------------------------------------------------------------------------------------------------


def test_every_sentence_is_in_both_languages() -> None:
    survey = own_exports.answers(datasets.load("satisfaction_survey").head(80))
    found = [
        *results.of(survey).results,
        *results.of(own_exports.firm_complaints(3), orders=own_exports.firm_orders(3)).results,
        of_the_firm(),
        together.find(baskets()),
    ]
    assert [one.name for one in found] == [
        "satisfaction",
        "nps",
        "triage",
        "reasons",
        "recovery",
        "forecast",
        "together",
    ]
    for one in found:
        english = own_exports.told(one)
        set_language("zh")
        chinese = own_exports.told(one)
        set_language("en")
        assert english != chinese
        assert not {"{", "}"} & set(english + chinese), one.name
        assert not any(word in chinese for word in ("the ", "interval", "customers")), chinese


@pytest.mark.parametrize(
    "name", ["satisfaction", "nps", "kano", "triage", "reasons", "recovery", "forecast", "together"]
)
def test_a_file_of_another_kind_or_without_a_row_gets_a_sentence(name: str) -> None:
    kind = {"forecast": "orders", "together": "lines"}.get(
        name, "survey" if name in results.NAMES["survey"] else "complaints"
    )
    empty = own_exports.export(pd.DataFrame({"customer": []}), kind)
    others = own_exports.export(pd.DataFrame({"customer": ["a"], "date": ["2025-01-01"], "amount": [1.0]}), "customers")
    for wrong in (empty, others):
        with pytest.raises(InputError):
            results.find(name, wrong)
