"""Inputs that are harmless, or nearly so, and the values that must come of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab import (
    complaints,
    funnel,
    intervals,
    kano,
    lifecycle,
    pipeline,
    planning,
    pricing,
    qualification,
    relationship,
    satisfaction,
    servqual,
)
from crmlab import importance_performance as ip
from crmlab.checks import InputError, InputWarning

ONE, OTHER = pd.Series([1, 2], index=list("ab")), pd.Series([10, 3], index=list("ba"))


def test_what_belongs_together_is_put_together_by_its_label():
    low, high = intervals.wilson(ONE, OTHER)
    assert (low["a"], high["a"]) == intervals.wilson(1, 3)
    assert (low["b"], high["b"]) == intervals.wilson(2, 10)
    assert funnel.calls_per_order(OTHER, ONE)["per_order"].to_dict() == {"b": 5.0, "a": 3.0}
    difference, _low, _high = pipeline.share_difference(ONE, OTHER, 1, 2)
    assert difference.to_dict() == pytest.approx({"a": 1 / 3 - 0.5, "b": 0.2 - 0.5})
    assert satisfaction.index(ONE, OTHER).to_dict() == pytest.approx({"a": 1 / 3, "b": 0.2})
    said = qualification.verdict(pd.Series([True, False], index=list("ab")), pd.Series([True, True], index=list("ba")), True)
    assert said.to_dict() == {"a": "customer", "b": "approach"}
    with pytest.raises(InputError, match="'b' is in successes but not in n"):
        intervals.wilson(ONE, pd.Series([10, 3], index=list("ca")))
    with pytest.raises(InputError, match="n has 3 entries, successes has 2"):
        intervals.wilson([1, 2], [3, 4, 5])


def test_a_group_is_named_by_a_list_of_one_and_the_index_may_have_its_name():
    survey = pd.DataFrame({"seg": list("AABB"), "recommend": [10, 9, 8, 2], "expected": 8, "perceived": [8, 8, 6, 6]})
    want = satisfaction.nps_by(survey, "seg")
    for data in (survey, survey.rename_axis("seg"), survey.astype({"seg": "category"}), survey.convert_dtypes()):
        assert satisfaction.nps_by(data, ["seg"])["nps"].to_dict() == want["nps"].to_dict() == {"A": 100.0, "B": -50.0}
        assert satisfaction.by(data, ["seg"])["index"].to_dict() == {"A": 1.0, "B": 0.75}
    blank = satisfaction.nps_by(survey.assign(seg=["A", "", " ", None]), "seg")
    assert blank.index.tolist() == ["A"]
    assert blank.attrs["left_out"]["without_group"] == 3
    with pytest.raises(InputError, match="not of 0"):
        satisfaction.nps_by(survey, [])
    cases = pd.DataFrame({"why": ["price", "", None, "price"]}).rename_axis("why")
    assert complaints.reasons(cases, "why")["cases"].to_dict() == {"price": 2}


def test_open_deals_that_write_1_where_the_history_writes_text_are_refused():
    past = pd.DataFrame({"cell": [1, 1, 2, 2], "won": [1, 0, 1, 1]})
    now = pd.DataFrame({"cell": [1, 2], "amount": 100.0})
    assert pipeline.score(now, past, by="cell")["cell_deals"].tolist() == [2, 2]
    with pytest.raises(InputError, match="different ways: '1' and 1"):
        pipeline.score(now.astype({"cell": str}), past, by="cell")


def test_sample_size_takes_only_what_belongs_to_its_kind():
    with pytest.raises(InputError, match="promoters and detractors both"):
        satisfaction.sample_size(5, kind="nps", promoters=0.5)
    with pytest.raises(InputError, match="sd is only used with kind='mean'"):
        satisfaction.sample_size(0.05, sd=1.8)
    assert satisfaction.sample_size(5, kind="nps", promoters=0.5, detractors=0.1) == 677
    assert satisfaction.sample_size(0.05, population=np.float64(600)) == 235


def test_verdict_of_nothing_is_nothing():
    assert np.isnan(satisfaction.verdict(float("nan")))
    assert satisfaction.verdict(1, np.int64(0)) == "satisfied"
    with pytest.raises(InputError, match=r"tolerance must lie between 0 and 1, such as 0\.05 for 5%"):
        satisfaction.verdict(1, 5)


def test_derived_importance_goes_straight_into_the_map():
    survey = pd.DataFrame({0: [1, 2, 3, 4, 5, 4], 1: [3, 1, 3, 1, 3, 2], "all": [1, 2, 3, 4, 5, 5]})
    derived = ip.derived_importance(survey, [0, 1], "all")
    done = survey[[0, 1]].mean()
    by_table, by_column = (ip.importance_performance(one, done) for one in (derived, derived["importance"]))
    pd.testing.assert_frame_equal(by_table, by_column)
    survey[1] = 2 * survey[0]
    with pytest.raises(InputError, match="features 0, 1 follows exactly"):
        ip.derived_importance(survey, [0, 1], "all", "regression")


def test_alpha_does_not_depend_on_the_unit():
    answers = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 2, 3, 5], "c": [1, 3, 3, 4]})
    for unit in (1e-7, 1e-100, 1e100):
        assert servqual.cronbach_alpha(answers * unit).alpha == pytest.approx(servqual.cronbach_alpha(answers).alpha)
    with pytest.raises(InputError, match="same sum"):
        servqual.cronbach_alpha(pd.DataFrame({"a": [0.1, 0.2, 0.3], "b": [0.3, 0.2, 0.1]}))
    with pytest.raises(InputError, match="scale must be a number; it is '1'"):
        servqual.gaps(pd.DataFrame({"e1": [7], "p1": [5]}), servqual.ITEMS.loc[[1]], scale=("1", "7"))


def test_complaints_are_due_by_the_hour_however_the_time_is_written():
    heard = pd.DataFrame({"safety": [True, False], "severity": 1, "repeat": 1, "value": "C"})
    due = {
        "text": ["2024-05-01 09:30", "2024/5/1 9:30:00"],
        "Chinese": ["2024年5月1日 上午9:30", "2024年5月1日 9:30"],
        "Timestamp": pd.to_datetime(["2024-05-01 09:30", "2024-05-01 09:30"]),
        "Period": pd.PeriodIndex(["2024-05-01 09:30", "2024-05-01 09:30"], freq="min"),
    }
    for given in due.values():
        found = complaints.triage(heard.assign(at=given), received="at")["due"]
        assert found.tolist() == [pd.Timestamp("2024-05-01 10:30"), pd.Timestamp("2024-05-03 09:30")]
    found = complaints.triage(heard.assign(at="2024年5月1日 下午3:05"), received="at")["due"]
    assert found.iloc[0] == pd.Timestamp("2024-05-01 16:05")
    for given, hour in {
        "2024-05-01 12:30 AM": "00:30", "2024年5月1日 上午12:30": "00:30", "2024-05-01 12:30 PM": "12:30", "2024年5月1日 中午1:30": "13:30",
        "2024年5月1日15时30分": "15:30", "2024年5月1日 下午3点30分": "15:30", "20240501T153000": "15:30", "2024-05-01": "00:00",
    }.items():  # fmt: skip
        found = complaints.triage(heard.head(1).assign(at=given), received="at")["due"]
        assert found.iloc[0] == pd.Timestamp(f"2024-05-01 {hour}") + pd.Timedelta(hours=1), given
    found = complaints.triage(heard.head(1).assign(at="2024-05-01+08:00"), received="at")["due"]
    assert found.iloc[0] == pd.Timestamp("2024-05-01 01:00+08:00")
    for wrong in ("2024-05-01 25:61", "2024-05-01 24:00", "2024-05-01 14:00 AM", "2024年5月1日 晚上12:00"):
        with pytest.raises(InputError, match=r"date with the year first|time of a day"):
            complaints.triage(heard.assign(at=wrong), received="at")


def test_a_heading_with_a_blank_behind_it_is_named():
    survey = pd.DataFrame({"functional_ship": [1, 2], "dysfunctional_ship ": [5, 5], "functional_pay": 1, "dysfunctional_pay": 5})
    with pytest.raises(InputError, match="'ship' only looks like 'ship '"):
        kano.counts(survey)
    with pytest.raises(InputError, match="seed must be a whole number from 0 up; it is -1"):
        kano.stability({"A": 4, "O": 3, "M": 1, "I": 2, "R": 0, "Q": 0}, seed=-1)


def test_a_group_may_have_the_name_of_a_column_of_the_result():
    survey = pd.DataFrame({"g": list("NNSS"), "expected": [8, 9, 8, 7], "perceived": [8, 9, 6, 6], "recommend": [9, 10, 3, 9]})
    for function, name in ((satisfaction.by, "index"), (satisfaction.nps_by, "nps"), (complaints.reasons, "cases")):
        found = function(survey.rename(columns={"g": name}), name)
        pd.testing.assert_frame_equal(found, function(survey, "g"), check_names=False)
        assert found.index.name == name


def test_what_would_be_lost_under_a_column_of_the_result_is_refused():
    past = pd.DataFrame({"region": list("NNSS"), "won": [1, 0, 1, 1]})
    now = pd.DataFrame({"region": list("NS"), "amount": [900.0, 500.0]})
    with pytest.raises(InputError, match="amount='chance': the result has a column of that name"):
        pipeline.score(now.rename(columns={"amount": "chance"}), past, amount="chance", by="region")
    with pytest.raises(InputError, match="by='low': the result has a column of that name"):
        pipeline.score(now.rename(columns={"region": "low"}), past.rename(columns={"region": "low"}), by="low")
    people = pd.DataFrame({"customer_id": ["Li", "Wu"], "class": ["B", "A"]})
    for argument, column in (("group", "class"), ("customer", "customer_id")):
        with pytest.raises(InputError, match=f"{argument}='due': the result has a column of that name"):
            relationship.board(people.rename(columns={column: "due"}), None, "2024-05-31", **{argument: "due"})


def test_names_that_only_look_alike_are_not_taken_for_others():
    told = pd.DataFrame({"reason": [1, 1, 2]})
    with pytest.raises(InputError, match=r"'1' only looks like 1.*one is text"):
        complaints.reasons(told, claimed={"1": 0.6, "2": 0.4})
    plan = pd.DataFrame({"volume": [100, 100], "price": [10.0, 20.0]}, index=["tea", "rice"])
    with pytest.raises(InputError, match="'tea ' only looks like 'tea'"):
        planning.variances(plan, plan.rename({"tea": "tea "}))
    before = pd.Series(["new", "new"], index=pd.Index([1, "2"], dtype=object))
    with pytest.warns(InputWarning, match="'1' only looks like 1"):
        lifecycle.transitions(before, pd.Series(["loyal", "new"], index=["1", "2"]))


def test_what_looks_like_percent_is_told_of():
    with pytest.warns(InputWarning, match=r"company: 10 means 1000%\. If 10% is meant, write 0.1"):
        relationship.growth_matrix(pd.Series([30.0, 8.0]), company=10)
    with pytest.warns(InputWarning, match="fixed: 2 means 200%"):
        pricing.break_even_volume(0.05, 0.2, fixed=2)
    groups = pd.DataFrame({"customers": [10], "amount": [50.0], "margin": [0.3], "lift": [10.0]})
    with pytest.warns(InputWarning, match="lift: 10 means 1000%"):
        pricing.reward_budget(groups)
    with pytest.raises(InputError, match="-30 is below -1"):
        pricing.reward_budget(groups.assign(margin=-30.0))
