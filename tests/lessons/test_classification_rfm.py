"""Lesson 2.3: what is its own in the exercises, by clicking and in code; the numbers in its prose against the data."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest

from crmlab import datasets, pipeline, places, rfm, value
from crmlab.course.exercises.classification import rfm as lesson
from tests.support.answers import live, quoted, run, untranslated, worked

NUMBER = "2.3"
RIGHT: dict[str, dict[str, Any]] = {
    **worked(NUMBER),
    "rfm-score": {
        **{"15749.R": 1, "15749.F": 3, "15749.M": 5},
        **{"15773.R": 5, "15773.F": 1, "15773.M": 3},
    },
    "rfm-cds": {
        **{"as_of": "1997-09-30", "order": ["champions", "loyal", "at_risk", "hibernating"]},
        **{"hibernating": 11.1, "no_f2": "once", "reading": "count"},
    },
}
NUMBERS = {
    **{key: [1, 2, 3, 4, 5] for key in RIGHT["rfm-score"]},
    **{"hibernating": [11.4, 0.111, 78, 30], "fm-mean": [3.5, 3, 12]},
}


@cache
def lines() -> pd.DataFrame:
    return datasets.load("online_retail_lines").assign(amount=lambda d: d["quantity"] * d["unit_price"])


@cache
def customers(as_of: str = "2011-12-10", returns: str = "subtract") -> pd.DataFrame:
    return rfm.summary(lines(), as_of=as_of, returns=returns)


# ---- the exercises


def test_wrong_sentences_quote_what_was_chosen():
    said = run("rfm-cards", NUMBER, clicks={"13093.R": "high"}).wrong()[0].text()
    assert "13093" in said
    assert "276 days" in said
    assert "51" in said
    said = run("rfm-score", NUMBER, clicks={"15749.F": "4"}).wrong()[0].text()
    assert "you wrote 4" in said
    assert "exactly on a cut" in said
    said = run("rfm-score", NUMBER, clicks={"15749.R": "5"}).wrong()[0].text()
    assert "you wrote 5 for 236 days" in said
    said = run("rfm-moves", NUMBER, clicks={"14646.segment": "new"}).wrong()[0].text()
    assert "New customers" in said
    assert "R 5 fits" in said
    said = run("rfm-moves", NUMBER, clicks={"14646.segment": "cant_lose"}).wrong()[0].text()
    assert "row R 5" in said
    said = run("rfm-moves", NUMBER, clicks={"15195.cell": "5.5"}).wrong()[0].text()
    assert "R 5, FM 5" in said
    assert "R 5 fits" in said
    said = run("rfm-moves", NUMBER, clicks={"12688.cell": "5.3"}).wrong()[0].text()
    assert "In which row stands R 2" in said
    said = run("rfm-moves", NUMBER, clicks={"16180.move": "champions"}).wrong()[0].text()
    assert "Thank them" in said
    assert "101 days" in said


def test_score_in_code():
    right = rfm.score(customers())
    assert run("rfm-score", NUMBER, code=right).state == "right"
    assert run("rfm-score", NUMBER, code=right.sample(frac=1, random_state=1)).state == "right"
    turned = right.assign(R=6 - right["R"])
    given = run("rfm-score", NUMBER, code=turned)
    assert given.points == 2
    assert "Few days" in given.wrong()[0].text()
    gross = run("rfm-score", NUMBER, code=rfm.score(customers(returns="leave_out")))
    assert gross.points == 2
    assert "credit notes" in gross.wrong()[0].text()
    by_line = rfm.score(rfm.summary(lines(), as_of="2011-12-10", order=None, returns="subtract"))
    assert "Were orders counted" in run("rfm-score", NUMBER, code=by_line).wrong()[0].text()
    fifths = run("rfm-score", NUMBER, code=rfm.score(customers(), rule="equal_fifths"))
    assert fifths.points == 0
    assert "Hughes" in fifths.message
    for junk in (5, "R", right["R"], right.head(9), right.drop(columns="M"), right.set_axis(range(len(right)))):
        assert run("rfm-score", NUMBER, code=junk).points == 0


def june(as_of="2011-06-10", returns="subtract", keys=("cant_lose", "at_risk"), n=20):
    found = customers(as_of, returns)
    return found[rfm.segment(rfm.score(found)).isin(keys)].nlargest(n, "monetary")


def test_the_cd_shop_in_code():
    cds = datasets.load("cdnow")

    def shares(day="1997-09-30", since="1997-09-30", **rule):
        found = rfm.summary(cds, as_of=day, order=None)
        came = found.index.isin(cds.loc[cds["date"] > since, "customer_id"])
        return pd.Series(came, found.index).groupby(rfm.segment(rfm.score(found, **rule))).mean()

    assert run("rfm-cds", NUMBER, code=shares()).state == "right"
    assert run("rfm-cds", NUMBER, code=shares().rename(index=rfm.SEGMENTS["name"])).state == "right"
    wrong = {
        "everybody ordered again": shares(since="1900-01-01"),
        "30 September 1997": shares("1997-03-31"),
        "the score by value": shares(rule="equal_fifths"),
        "A Series was expected": shares().to_frame(),
        "A row for each segment": pd.Series([0.5, 0.6]),
    }
    for words, answer in wrong.items():
        given = run("rfm-cds", NUMBER, code=answer)
        assert given.points < 5
        assert words in " ".join([given.message, *(one.text() for one in given.wrong())]), words
    for junk in (3, "x", shares().iloc[:0], shares().astype(str), pd.Series(["a"], ["champions"])):
        assert run("rfm-cds", NUMBER, code=junk).points == 0


def test_the_cd_shop_by_settings(language):
    shown_for = live("rfm-cds", NUMBER)
    assert len(shown_for({})) == 1
    shown = shown_for({"as_of": "1997-09-30"})
    assert len(shown) == 5
    assert "1,390" in shown[0]
    assert "702" in shown[2]
    assert "78" in shown[2]
    assert len(shown_for({"as_of": "1998-06-30"})) == 2
    assert "607" in shown_for({"as_of": "1997-03-31"})[2]


def test_the_cd_shop_is_as_the_feedback_says():
    found = lesson.discs(lesson.STAND)
    assert len(found) == 2349 == 2357 - 8
    assert set(found["F"]) == {1, 3, 4, 5}
    assert round((found["F"] == 1).mean(), 2) == 0.59
    shares = lesson.shares().round(2)
    assert shares[["champions", "loyal", "at_risk", "hibernating"]].tolist() == [0.68, 0.46, 0.17, 0.11]
    assert round(1 / lesson.shares()["hibernating"]) == 9  # "one in nine"
    assert found["again"].sum() * 0.114 == pytest.approx(lesson.again()["hibernating"][1], abs=0.1)
    assert run("rfm-cds", NUMBER, clicks={**RIGHT["rfm-cds"], "hibernating": 11}).state == "right"
    quoted(NUMBER, "2,357")


def test_every_text_is_in_chinese():
    assert not untranslated(lesson.here.content["tables"])


# ---- the numbers in the prose


def test_the_case():
    sales, net = customers(returns="leave_out"), customers()
    assert len(sales) == 4338
    assert -(-len(sales) // 20) == 217
    fourth = sales.nlargest(4, "monetary").iloc[3]
    assert (fourth.name, fourth["frequency"], fourth["recency"]) == (16446, 2, 1)
    assert f"{fourth['monetary']:,.2f}" == "168,472.50"
    assert f"{net.loc[16446, 'monetary']:.2f}" == "2.90"
    silent = net[rfm.segment(rfm.score(net)).isin(["cant_lose", "at_risk"])]
    assert len(silent) == 636
    assert f"{silent['monetary'].sum():,.0f}" == "871,907"
    assert f"{net['monetary'].sum() / 1e6:.1f}" == "8.3"
    assert round(silent["monetary"].sum() / net["monetary"].sum(), 2) == 0.10
    assert (net["recency"].median(), net["frequency"].median(), round(net["monetary"].median())) == (51, 2, 656)
    quoted(NUMBER, "4,338", "217", "168,472.50", "2.90", "636", "871,907", "656")


def test_from_lines_to_customers():
    sales, net = customers(returns="leave_out"), customers()
    left = sales.attrs["left_out"]
    assert left["rows_without_customer"] == 135_080
    assert left["returns"] == 3654
    assert left["zero_orders"] == 4
    assert left["customers_without_purchase"] == 34
    assert net.attrs["left_out"]["returns_before_first_purchase"] == 152
    assert len(lines()) == 541_909
    assert round(135_080 / 541_909, 2) == 0.25
    assert round(value.pareto_share(sales["monetary"], top=0.2), 3) == 0.746
    assert sales.loc[12346].tolist() == [326, 1, 77183.60]
    assert abs(net.loc[12346, "monetary"]) < 0.01
    orders = datasets.load("online_retail_orders").set_index("invoice")
    for order, credit, minutes, units in (
        ("581483", "C581484", 12, 80_995),
        ("541431", "C541433", 16, 74_215),
        ("550461", "C550456", -12, 9_014),
    ):
        assert (orders.loc[credit, "date"] - orders.loc[order, "date"]).total_seconds() == 60 * minutes
        assert orders.loc[order, "units"] == units == -orders.loc[credit, "units"]
    assert orders.loc["550461", "amount"] == 21535.90
    assert orders.loc["C550456", "amount"] == -22998.40
    many = orders[(orders["customer_id"] == 17850) & (orders["amount"] > 0)]
    per_day = many.groupby(many["date"].dt.strftime("%Y-%m-%d")).size()
    assert per_day.to_dict() == {"2010-12-01": 10, "2010-12-02": 24}
    quoted(NUMBER, "135,080", "3,654", "152", "74.6%", "77,183.60", "80,995", "22,998.40", "21,535.90", "9,014")


def test_cuts_segments_and_calls():
    net = customers()
    assert net["recency"].quantile([0.2, 0.4, 0.6, 0.8]).round(1).tolist() == [13.8, 33, 72, 180]
    scores = rfm.score(net)
    groups = net["frequency"].groupby(scores["F"]).agg(["min", "max"])
    assert groups["min"].tolist() == [1, 2, 3, 4, 7]
    assert groups["max"].tolist()[:4] == [1, 2, 3, 6]
    assert scores.loc[[15749, 15773]].sum(axis=1).tolist() == [9, 9]  # "added up, both make 9"
    gross = rfm.score(customers(returns="leave_out"))
    assert gross.loc[[12346, 16446], "M"].tolist() == [5, 5]
    keys = rfm.segment(scores)
    table = rfm.by_segment(net, keys)
    assert table["customers"][["champions", "cant_lose", "at_risk"]].tolist() == [628, 71, 565]
    shares = table[["customer_share", "money_share"]].round(2)
    assert shares.loc["champions"].tolist() == [0.14, 0.51]
    assert shares.loc["hibernating"].tolist() == [0.25, 0.04]
    assert table["customers"].idxmax() == "hibernating"
    silent = net[keys.isin(["cant_lose", "at_risk"])]
    calls = silent.nlargest(20, "monetary")
    assert f"{calls['monetary'].sum():,.0f}" == "146,614"
    assert round(silent["monetary"].sum() / calls["monetary"].sum()) == 6
    assert {15749, 17850} < set(calls.index)
    assert calls.index[0] == 15749
    classes = value.abc(net["monetary"]).loc[silent.index, "class"]
    assert (classes == "A").sum() == 180
    assert silent["recency"].min() > 72
    quoted(NUMBER, "14%", "51%", "25%", "146,614", "180", "13.8")


def test_the_map_in_the_prose_is_the_one_of_rfm():
    text = places.lessons() / "2-classification" / "3-rfm.md"
    rows = [line for line in text.read_text(encoding="utf-8").splitlines() if line.startswith("| **")]
    found = {row.split("|")[1].strip(" *"): [cell.strip() for cell in row.split("|")[2:-1]] for row in rows}
    for r in range(1, 6):
        scores = pd.DataFrame({"R": r, "F": range(1, 6), "M": range(1, 6)})
        assert found[str(r)] == rfm.segment(scores).map(rfm.SEGMENTS["name"]).tolist()


def test_what_became_of_the_list_of_june():
    then = customers("2011-06-10")
    names = rfm.segment(rfm.score(then))
    later = lines().loc[(lines()["date"] >= "2011-06-11") & (lines()["amount"] > 0), "customer_id"]
    again = pd.Series(then.index.isin(later), index=then.index)
    came = again.groupby(names).sum()
    assert came[["cant_lose", "new"]].tolist() == [29, 18]
    share = again.groupby(names).mean().round(2)
    assert share[["champions", "hibernating", "cant_lose", "new"]].tolist() == [0.92, 0.49, 0.76, 0.53]
    assert round(float(share["at_risk"]), 2) == 0.68  # "two thirds" in the quiz
    assert names.value_counts()[["cant_lose", "new"]].tolist() == [38, 34]
    _difference, low, high = pipeline.share_difference(29, 38, 18, 34)
    assert (round(100 * low), round(100 * high)) == (1, 43)
    calls = lesson.call_list("2011-06-10")
    assert calls.index[0] == 13093
    assert calls.iloc[0][["recency", "frequency"]].tolist() == [93, 8]
    assert customers().loc[13093, ["recency", "frequency"]].tolist() == [276, 8]
    assert again[calls.index].sum() == 14
    assert len(then) == 2811
    assert round(again.mean(), 2) == 0.69
    quoted(NUMBER, "92%", "49%", "76%", "53%", "2,811", "69%", "70%", "276")


def test_ties():
    net = customers()
    once = net["frequency"] == 1
    assert once.sum() == 1493
    assert (rfm.score(net)["F"][once] == 1).all()
    fifths = rfm.score(net, rule="equal_fifths")
    assert fifths["F"][once].value_counts().sort_index().index.tolist() == [1, 2, 3, 4]
    assert round((rfm.segment(fifths) != rfm.segment(rfm.score(net))).mean(), 2) == 0.39
    quoted(NUMBER, "1,493", "39%")


def test_the_memo_is_wrong_where_the_answers_say_so():
    right = rfm.segment(rfm.score(customers()))
    late = rfm.summary(lines(), as_of="2012-01-08", returns="subtract")
    assert late["recency"].min() == 30
    assert rfm.segment(rfm.score(late)).equals(right)
    assert not rfm.segment(rfm.score(customers(returns="leave_out"))).equals(right)
    by_line = rfm.summary(lines(), as_of="2011-12-10", order=None, returns="subtract")
    assert by_line.loc[12688, "frequency"] == 171
    assert customers().loc[12688, "frequency"] == 1
    assert (rfm.segment(rfm.score(by_line))[12688], right[12688]) == ("cant_lose", "at_risk")
    gross, calls = lesson.call_list(returns="leave_out").index, lesson.call_list().index
    assert gross[0] == 12346
    assert len(gross.difference(calls)) == 3
    # Counting lines keeps the twenty (M 5 makes FM 3 or more whatever F is), and gives eight of them another move.
    assert set(lesson.call_list(by="line").index) == set(calls)
    assert (lesson.segments(by="line")[calls] != lesson.segments()[calls]).sum() == 8
    assert set(lesson.call_list("2012-01-08").index) == set(calls)
    champions = [int((lesson.segments(day) == "champions").sum()) for day in ("2011-06-10", "2011-12-10")]
    assert champions == [386, 628]
    # As a part of all customers they are as good as unchanged.
    assert round(champions[0] / 2811, 2) == round(champions[1] / 4338, 2) == 0.14


def test_the_matched_credit_notes():
    lines = datasets.load("online_retail_lines")
    lines["amount"] = lines["quantity"] * lines["unit_price"]
    found = rfm.match_credits(lines)
    pairs = found.dropna().astype("int64")
    share = lines.loc[pairs.index, "amount"].sum() / lines.loc[found.index, "amount"].sum()
    assert (len(found), len(pairs), round(100 * share)) == (8905, 2787, 66)
    matched = rfm.summary(lines.drop(index=pairs.index.union(pairs)), as_of="2011-12-10", returns="subtract")
    assert 12346 not in matched.index
    assert matched.loc[16446, ["recency", "monetary"]].round(2).tolist() == [206, 2.9]
    plain = rfm.summary(lines, as_of="2011-12-10", returns="subtract")
    was, now = rfm.segment(rfm.score(plain)), rfm.segment(rfm.score(matched))
    assert (was.reindex(now.index) != now).sum() == 54
    quiet = [
        table[keys.isin(["cant_lose", "at_risk"])].nlargest(20, "monetary")
        for table, keys in ((plain, was), (matched, now))
    ]
    assert set(quiet[0].index) == set(quiet[1].index)
    quoted(NUMBER, "8,905", "2,787", "66%", "206", "54")


def test_the_eight_types():
    scores = rfm.score(rfm.summary(datasets.load("online_retail_orders"), as_of="2011-12-10", returns="subtract"))
    types = rfm.eight_types(scores)
    high = (scores[["R", "F", "M"]] >= 4).astype(bool)
    for key, (r, f, m) in rfm.EIGHT_TYPES[["R", "F", "M"]].iterrows():
        mine = (high["R"] == r) & (high["F"] == f) & (high["M"] == m)
        assert (types[mine] == key).all(), key
    assert types.isin(rfm.EIGHT_TYPES.index).all()
    names = rfm.segment(scores)
    assert types[names == "champions"].value_counts().to_dict()["key_value"] == 549
    assert set(types[names == "cant_lose"]) == {"key_keep"}
    assert types[names == "at_risk"].nunique() == 4
    quoted(NUMBER, "549", "628", "71", "565")
