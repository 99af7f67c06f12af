"""Surveys: what their columns are and on which scale they were answered; index, NPS and Kano against published and hand-computed numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import datasets, kano, satisfaction
from crmlab.checks import InputError
from crmlab.own import results
from crmlab.own.export import Plan
from crmlab.own.result import HOLDS, UNCLEAR, UNTESTED
from crmlab.own.results import nps
from crmlab.own.understanding import answers, roles_survey, survey
from tests.support import own_exports

pytestmark = pytest.mark.usefixtures("in_english_without_a_warning")


# -- what the columns are -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (["expected_service", "perceived_service", "region"], "survey"),
        (["服务（期望）", "服务（实际感受）"], "survey"),
        (["如果有手机下单，您觉得如何？", "如果没有手机下单，您觉得如何？"], "survey"),
        ([f"{side}{number}" for side in "ep" for number in range(1, 23)], "survey"),
        (["Respondent", "How likely are you to recommend us?", "NPS"], "survey"),
        (["工单号", "受理时间", "问题分类", "处理状态", "优先级"], "complaints"),
        (["Complaint no.", "Received on", "Complaint reason", "Outcome"], "complaints"),
        (["订单编号", "下单时间", "客户名称", "金额", "状态"], ""),
        (["Order ID", "Date", "Customer", "Amount", "Status", "Reason"], ""),
    ],
)
def test_a_survey_and_complaints_are_told_from_orders(headings: list[str], kind: str) -> None:
    assert roles_survey.likely(headings, pd.DataFrame())[0] == kind


def test_both_halves_of_a_question_get_one_name() -> None:
    for data in ("satisfaction_survey", "kano_survey", "servqual_survey"):
        table = datasets.load(data)
        roles = {name: one.role for name, one in roles_survey.guess(list(table), table.head(50), "survey").items()}
        columns = set(roles_survey.names(roles).values())
        for first, second in roles_survey.PAIRS.items():
            halves = [{one.split(":")[1] for one in columns if one.startswith(f"{role}:")} for role in (first, second)]
            assert halves[0] == halves[1], data
    assert len(halves[0]) == 0
    assert len({one for one in columns if one.startswith("expected:")}) == 22


@pytest.mark.parametrize(
    ("cells", "values", "scale"),
    [
        (["9分", "10 (certainly)", 0, "8/10", " ７ "], [9, 10, 0, 8, 7], "0-10"),
        (["非常满意", "满意", "一般", "不满意", "非常不满意"], [5, 4, 3, 2, 1], "1-5"),
        (["很满意", "满意", "基本满意", "不满意"], [5, 4, 3, 2], "1-5"),
        (["非常满意", "满意", "比较满意", "一般", "不满意"], [7, 6, 5, 4, 2], "1-7"),
        (["Very satisfied", "Neutral", "n/a", "Dissatisfied"], [5, 3, np.nan, 2], "1-5"),
        (["A. 同意", "B. 不同意", "C. 非常同意"], [4, 2, 5], "1-5"),
        (["1、很满意", "2、满意", "5、很不满意"], [5, 4, 1], "1-5"),
        (["★★★★★", "★★☆☆☆"], [5, 2], "1-5"),
        ([1, 2, 3, 4, 5] * 5, [1, 2, 3, 4, 5] * 5, "1-5"),
        ([1, 2, 3, 4, 5, 6, 7] * 5, [1, 2, 3, 4, 5, 6, 7] * 5, "1-7"),
        ([3, 4, 5], [3, 4, 5], ""),
        ([80, 95, 100], [80, 95, 100], ""),
        ([True, False], [np.nan, np.nan], ""),
    ],
)
def test_answers_are_read_as_they_are_written_and_a_scale_is_told_or_not(
    cells: list[object], values: list[float], scale: str
) -> None:
    found = answers.read(pd.Series(cells, dtype=object))
    np.testing.assert_array_equal(found.values, values)
    assert found.scale.key == scale
    assert found.scale.sure == bool(scale)


def test_what_is_no_answer_is_listed_and_what_is_not_told_is_asked() -> None:
    table = pd.DataFrame(
        {"recommend": [10, 0, "maybe", 11, None], "rating:service": [3, 4, 4, 5, 5]}, index=[2, 3, 4, 5, 6]
    )
    plan = Plan("survey", roles={"Recommend (0-10)": "recommend", "Service": "rating"})
    wrong = survey.problems(table, plan)
    assert [(one.column, one.rows.tolist(), list(one.values), one.left_out) for one in wrong] == [
        ("Recommend (0-10)", [4, 5], ["maybe", "11"], False)
    ]
    assert [one.key for one in survey.questions(table, plan)] == ["scale:rating:service"]
    answered = Plan("survey", roles=plan.roles, answers={"scale:rating:service": "1-5"})
    assert not survey.questions(table, answered)


# -- results -----------------------------------------------------------------------------------------------------------


def test_the_index_is_that_of_the_data_set_and_the_west_is_found() -> None:
    survey = datasets.load("satisfaction_survey")
    found = results.find("satisfaction", own_exports.answers(survey))
    table = found.table.set_index("object")
    for name, column in (("service", "service"), ("overall", "overall"), ("audio visual", "audio_visual")):
        both = survey[[f"perceived_{column}", f"expected_{column}"]].dropna()
        assert table.at[name, "n"] == len(both)
        assert table.at[name, "index"] == pytest.approx(both.iloc[:, 0].mean() / both.iloc[:, 1].mean())
    assert (table.at["overall", "n"], round(table.at["overall", "index"], 3)) == (586, 0.946)
    west = found.more["region"].iloc[0]
    assert (west["object"], west["group"], west["n"], round(west["index"], 3)) == ("service", "West", 107, 0.734)
    assert found.test is not None
    assert found.test.verdict == HOLDS
    assert "586 of 600 rows" in own_exports.told(found)


def test_the_difference_of_two_indices_agrees_with_a_bootstrap() -> None:
    survey = datasets.load("satisfaction_survey")
    found = results.find(
        "satisfaction",
        own_exports.answers(survey[["expected_service", "perceived_service", "expected_overall", "perceived_overall"]]),
    )
    said = next(one for one in found.says if "gap" in one.values)
    both = (
        survey[["perceived_service", "expected_service", "perceived_overall", "expected_overall"]]
        .dropna()
        .to_numpy(dtype="float64")
    )
    random = np.random.default_rng(0)
    drawn = [both[random.integers(len(both), size=len(both))].mean(axis=0) for _draw in range(2000)]
    gaps = [100 * (mean[2] / mean[3] - mean[0] / mean[1]) for mean in drawn]
    assert [said.values["low"], said.values["high"]] == pytest.approx(np.quantile(gaps, [0.025, 0.975]), abs=0.35)


def test_the_nps_is_that_of_the_data_set() -> None:
    found = results.find("nps", own_exports.answers(datasets.load("satisfaction_survey")))
    rows = found.table.set_index(["of", "group"])["nps"].round(1)
    assert (rows["", ""], rows["segment", "A"], rows["segment", "B"], rows["segment", "C"]) == (9.8, 38.9, 12.6, 6.2)
    assert (found.table["low"] <= found.table["nps"]).all()
    assert (found.table["nps"] <= found.table["high"]).all()
    assert found.data["counts"].sum() == 580


def test_the_best_of_many_groups_is_not_called_better_by_chance() -> None:
    assert nps._wider(2) == 1.0
    assert nps._wider(10) == pytest.approx(3.261 * 2**0.5 / (2 * 1.96), abs=1e-3)  # 45 pairs, each at 0.11%
    said = []
    for up in (49, 60):  # promoters of 80 in the best group, detractors in the worst; eight groups lie between
        cells = [*[10] * up, *[3] * (80 - up), *[3] * up, *[10] * (80 - up), *([10, 3] * 320)]
        asked = pd.DataFrame({"recommend": cells, "region": [f"g{at // 80}" for at in range(len(cells))]})
        said.append(own_exports.told(results.find("nps", own_exports.answers(asked))))
    assert "of so many groups" in said[0]
    assert "do not meet" in said[1]


def test_kano_is_that_of_the_data_set() -> None:
    survey = datasets.load("kano_survey")
    found = results.find("kano", own_exports.answers(survey))
    table = found.table.set_index("feature")
    expected = kano.summary(kano.counts(survey)).rename(index=lambda name: name.replace("_", " "))
    for column in (*kano.ORDER, "n", "better", "worse_low", "clear"):
        assert table[column].to_dict() == expected[column].to_dict(), column
    assert set(table.index[~table["clear"]]) == {"credit", "driver"}
    assert table.at["app", "category"] == "Attractive"
    assert "app differs by segment" in own_exports.told(found)
    assert found.test is not None
    assert found.test.verdict == HOLDS


@pytest.mark.parametrize("words", [True, False])
def test_kano_in_words_is_kano_in_numbers_and_the_other_direction_is_asked(words: bool) -> None:
    survey = datasets.load("kano_survey").drop(columns="segment")
    right = results.find("kano", own_exports.answers(survey)).table
    if words:
        words_of = dict(enumerate(["喜欢", "理应如此", "无所谓", "勉强接受", "不喜欢"], 1))
        named = survey.set_index("customer_id").apply(lambda column: column.map(words_of)).reset_index()
        assert results.find("kano", own_exports.answers(named)).table.equals(right)
        return
    turned = survey.set_index("customer_id").rsub(6).reset_index()
    with pytest.raises(InputError, match="nothing is turned round by guess"):
        results.find("kano", own_exports.answers(turned))
    assert results.find("kano", own_exports.answers(turned, kano_direction="5")).table.equals(right)


def test_words_of_a_chinese_form_give_shares_and_no_index() -> None:
    form = pd.DataFrame({"1、您对我们的服务的满意度": ["非常满意", "满意", "不满意", "一般"] * 10, "2、您对价格的满意度": ["满意", "非常满意", "不适用", "满意"] * 10,
                         "3、您有多大可能推荐我们？（0~10）": ["9分", 10, "6", 0] * 10})  # fmt: skip
    found = results.find("satisfaction", own_exports.answers(form))
    rows = found.table.set_index("object")
    assert rows.loc["服务", ["n", "mean", "satisfied"]].tolist() == [40, 3.5, 0.5]
    assert rows.loc["价格", "n"] == 30
    assert "there is no index" in own_exports.told(found)
    assert results.find("nps", own_exports.answers(form)).table["nps"].iloc[0] == 0


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([1, 2, 3, 4, 5, 5, 4] * 10, "needs answers from 0 to 10"),
        (["very likely", "likely", "unlikely"] * 10, "needs answers from 0 to 10"),
        ([3, 4, 5], "say it"),
        ([8.5, 9.25, 10] * 10, "no whole numbers"),
        ([None] * 30, "Nobody answered"),
    ],
)
def test_an_nps_is_refused_where_the_answers_are_none_of_0_to_10(cells: list[object], says: str) -> None:
    given = own_exports.answers(pd.DataFrame({"recommend": cells, "region": "x"}))
    with pytest.raises(InputError, match=says):
        results.find("nps", given)


def test_a_scale_that_was_asked_for_is_taken() -> None:
    few = pd.DataFrame({"recommend": [3, 4, 5], "satisfaction": [3, 4, 5]})
    with pytest.raises(InputError, match="say it"):
        results.find("satisfaction", own_exports.answers(few))
    given = own_exports.answers(few, scale__recommend="0-10", scale__rating__satisfaction="1-5")
    assert results.find("nps", given).table["nps"].iloc[0] == -100
    found = results.find("satisfaction", given)
    assert found.table["satisfied"].iloc[0] == pytest.approx(2 / 3)
    assert found.test is not None
    assert found.test.verdict == UNTESTED


def test_pure_noise_is_not_called_told() -> None:
    random = np.random.default_rng(2)
    noise = {f"{half}_{name}": random.integers(1, 11, 60) for name in "abcdef" for half in ("expected", "perceived")}
    found = results.find("satisfaction", own_exports.answers(pd.DataFrame(noise)))
    assert found.test is not None
    assert found.test.verdict == UNCLEAR
    scores = results.find("nps", own_exports.answers(pd.DataFrame({"recommend": [0, 10] * 40})))
    assert scores.test is not None
    assert scores.test.verdict == UNCLEAR


@settings(max_examples=8)
@given(
    st.lists(st.sampled_from([0, 3, 6, 7, 8, 9, 10, None]), min_size=25, max_size=60), st.randoms(use_true_random=False)
)
def test_the_order_of_rows_changes_no_score(scores: list[int | None], luck: object) -> None:
    scores = [0, 10, *scores]
    mixed = list(scores)
    luck.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = (
        results.find("nps", own_exports.answers(pd.DataFrame({"recommend": pd.Series(each, dtype=object)})))
        for each in (scores, mixed)
    )
    assert one.table.equals(other.table)
    assert one.data["nps"] == satisfaction.nps(pd.Series([each for each in scores if each is not None])).nps
