"""Charts of lifetime value, retention and baskets, in both languages."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from crmlab import basket, clv, cross_selling, datasets, plots, retention
from crmlab.checks import InputError
from tests.plots import test_plots as looks

COUNTS = [1000, 869, 743, 653, 593, 551, 517, 491]
BEER = ("BEERS/ALES", "DIAPERS & DISPOSABLES")


@pytest.fixture(scope="module")
def charts():
    telco, orders = datasets.load("telco_churn"), datasets.load("online_retail_orders")
    sbg, check = clv.fit_sbg(COUNTS), clv.holdout(datasets.load("cdnow"), "1997-09-30", zero_orders="count")
    months, weeks = retention.cohorts(orders), retention.cohorts(orders, "week", as_of="2011-06-30")
    contracts = retention.kaplan_meier(telco["tenure"], telco["churned"], by=telco["contract"])
    one = retention.kaplan_meier(telco["tenure"], telco["churned"])
    groups = retention.churn_rates(telco, "contract")
    pairs = retention.churn_rates(telco, ["contract", "senior"])
    lines = datasets.load("online_retail_lines").head(200_000)
    rules = basket.rules(basket.frequent_sets(lines, 0.02), 0.3)
    goods = datasets.load("grocery_baskets")
    beer = {unit: basket.pair(goods, *BEER, unit, "category") for unit in ("basket", "household")}
    half = lines["invoice"].rank(method="dense") % 2 == 0
    parts = [cross_selling.counted(rules[["antecedent", "consequent"]], part) for part in (lines[half], lines[~half])]
    fate = cross_selling.by_count(cross_selling.back_test(*parts, lift=10), [100, 110, 150])
    return {
        "later_bars": lambda: plots.later_bars(fate),
        "sbg_curve": lambda: plots.sbg_curve(sbg, COUNTS),
        "sbg_model_only": lambda: plots.sbg_curve(sbg, periods=20),
        "holdout_check": lambda: plots.holdout_check(check),
        "cohort_heat": lambda: plots.cohort_heat(months),
        "cohort_weeks": lambda: plots.cohort_heat(weeks.iloc[:20]),
        "survival_curve": lambda: plots.survival_curve(one, at=12),
        "survival_by": lambda: plots.survival_curve(contracts, at=12, names={"One year": "1 year"}),
        "churn_bars": lambda: plots.churn_bars(groups),
        "churn_pairs": lambda: plots.churn_bars(pairs),
        "rule_bars": lambda: plots.rule_bars(rules, top=5),
        "lift_lines": lambda: plots.lift_lines(beer, names={"basket": "Baskets", "household": "Households"}),
        "lift_line": lambda: plots.lift_lines(beer["household"]),
    }


NAMES = [
    "sbg_curve", "sbg_model_only", "holdout_check", "cohort_heat", "cohort_weeks", "survival_curve", "survival_by",
    "churn_bars", "churn_pairs", "rule_bars", "lift_lines", "lift_line", "later_bars",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)


def test_titles_say_what_the_data_show(charts):
    want = {
        "sbg_curve": "After 12 periods 38% are expected to be still there",
        "survival_curve": "After 12 periods 84% are still customers",
        "churn_bars": "Month-to-month: 43% of 3,875 left, against 27% of all",
        "cohort_heat": "One period after the first purchase 22% buy again",
        "lift_lines": "Baskets: lift 0.78, no more than chance can do",
        "lift_line": "BEERS/ALES + DIAPERS & DISPOSABLES: lift 1.59, together more often than by chance",
    }
    for name, title in want.items():
        assert charts[name]().get_title(loc="left").replace("\n", " ") == title
    plt.close("all")


def test_says_what_is_wrong():
    with pytest.raises(InputError, match="ends at age 0"):
        plots.cohort_heat(pd.DataFrame({0: [4.0]}))
    many = retention.kaplan_meier([1] * 7, [1] * 7, by=list("abcdefg"))
    with pytest.raises(InputError, match="7 groups cannot be told apart"):
        plots.survival_curve(many)
    with pytest.raises(InputError, match="no column 'lift'"):
        plots.rule_bars(pd.DataFrame({"antecedent": [1], "consequent": [1], "confidence": [1]}))
    with pytest.raises(InputError, match="DataFrame"):
        plots.churn_bars([1])
    plt.close("all")
