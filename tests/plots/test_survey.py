"""Charts of Kano, SERVQUAL, importance, the two factors, complaints and the funnel, in both languages."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from crmlab import (  # fmt: skip
    complaint_economics,
    complaints,
    datasets,
    funnel,
    importance_performance,
    kano,
    perceived_value,
    pipeline,
    plots,
    satisfaction,
    servqual,
    two_factor,
)
from crmlab.checks import InputError
from tests.plots import test_plots as looks

OBJECTS = {key: f"perceived_{key}" for key in satisfaction.OBJECTS}
EXPECTED = {key: f"expected_{key}" for key in satisfaction.OBJECTS}


@pytest.fixture(scope="module")
def charts():
    features = kano.counts(datasets.load("kano_survey"))
    by_segment = kano.counts(datasets.load("kano_survey"), ["app", "credit"], by="segment")
    quality, survey = datasets.load("servqual_survey"), datasets.load("satisfaction_survey")
    matter = importance_performance.derived_importance(survey, OBJECTS, "perceived_overall")["importance"]
    place = importance_performance.importance_performance(
        matter, survey[list(OBJECTS.values())].mean().set_axis(list(OBJECTS))
    )
    close = importance_performance.importance_performance(
        {f"feature {k}": 0.5 + 0.001 * k for k in range(6)}, {f"feature {k}": 4 + 0.001 * (k % 3) for k in range(6)}
    )
    cross = importance_performance.importance_performance(
        {"one": 31.4, "two": 12.2}, {"one": 4.9, "two": 5.7}, cuts=(18, 5.5)
    )
    factors = two_factor.penalty_reward(survey, OBJECTS, "perceived_overall", -1, 1, EXPECTED)
    issues = complaints.reasons(datasets.load("cfpb_complaints"), "issue")
    left = pd.DataFrame({"reason": ["neglect"] * 20 + ["quality"] * 15 + ["competition"] * 12 + ["moved"] * 6})
    offers = pd.DataFrame(
        {
            "product": [90, 100, 80], "service": [30, 5, 10], "personnel": [10, 10, 5], "image": [5, 20, 5],
            "money": [70, 75, 60], "time": [5, 20, 10], "energy": [5, 5, 5], "psychic": [2, 8, 9],
        },
        index=["We", "Dear rival", "Cheap rival"],
    )  # fmt: skip
    return {
        "better_worse": lambda: plots.better_worse(kano.summary(features)),
        "better_worse_segment": lambda: plots.better_worse(kano.summary(by_segment)),
        "better_worse_plain": lambda: plots.better_worse(kano.better_worse(features)),
        "gap_bars": lambda: plots.gap_bars(servqual.by_dimension(quality)),
        "gap_bars_items": lambda: plots.gap_bars(servqual.gaps(quality)),
        "importance_map": lambda: plots.importance_map(place, names=satisfaction.OBJECTS),
        "importance_close": lambda: plots.importance_map(close),
        "importance_cross": lambda: plots.importance_map(cross),
        "penalty_reward": lambda: plots.penalty_reward_bars(factors, names=satisfaction.OBJECTS),
        "value_bars": lambda: plots.value_bars(perceived_value.perceived_value(offers)),
        "recovery_curve": lambda: plots.recovery_curve(complaint_economics.recovery_curve(12_500)),
        "tarp_bars": plots.tarp_bars,
        "reason_bars": lambda: plots.reason_bars(issues),
        "reason_claimed": lambda: plots.reason_bars(
            complaints.reasons(left, claimed=complaints.HANDOUT_REASONS["claimed"])
        ),
        "funnel_bars": lambda: plots.funnel_bars(
            funnel.conversion({"Calls": 1840, "Talks": 412, "Visits": 95, "Orders": 21})
        ),
        "funnel_empty": lambda: plots.funnel_bars(funnel.conversion({"Calls": 30, "Visits": 2, "Orders": 0})),
        "evidence_bars": lambda: plots.evidence_bars(pipeline.evidence(datasets.load("b2b_deals"))),
    }


NAMES = [
    "better_worse", "better_worse_segment", "better_worse_plain", "gap_bars", "gap_bars_items", "importance_map",
    "importance_close", "importance_cross", "penalty_reward", "value_bars", "recovery_curve", "tarp_bars", "reason_bars", "reason_claimed",
    "funnel_bars", "funnel_empty", "evidence_bars",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)


@pytest.mark.parametrize("name", ["importance_map", "importance_close", "importance_cross"])
def test_names_of_the_quadrants_keep_clear_of_the_cross(charts, name, in_language):
    ax = charts[name]()
    try:
        ax.figure.draw_without_rendering()
        up, across = (line.get_window_extent() for line in ax.lines[:2])
        corners = [text.get_window_extent() for text in ax.texts if text.get_fontsize() == 10]
        assert len(corners) == 4
        for box in corners:
            assert box.x1 < up.x0 or box.x0 > up.x1
            assert box.y1 < across.y0 or box.y0 > across.y1
    finally:
        plt.close("all")


def test_titles_say_what_the_data_show():
    quality = datasets.load("servqual_survey")
    try:
        assert (
            plots.gap_bars(servqual.by_dimension(quality)).get_title(loc="left")
            == "Furthest short: Reliability, gap −1.15"
        )
        title = plots.recovery_curve(complaint_economics.recovery_curve(2000)).get_title(loc="left").replace("\n", " ")
        assert title == "A recovery pays up to a cost of 700 (at worst 480, at best 1,260)"
        features = kano.summary(kano.counts(datasets.load("kano_survey")))
        title = plots.better_worse(features).get_title(loc="left").replace("\n", " ")
        assert title == "Attractive: app, samples; must-be: complete"  # credit is M by 78 to 76: not clear
    finally:
        plt.close("all")


def test_says_what_is_wrong():
    with pytest.raises(InputError, match="no column 'better'"):
        plots.better_worse(pd.DataFrame({"x": [1]}))
    with pytest.raises(InputError, match="No feature has an answer"):
        plots.better_worse(kano.summary(dict.fromkeys("AOMIRQ", 0)))
    with pytest.raises(InputError, match="DataFrame"):
        plots.funnel_bars({"calls": 3})
    with pytest.raises(InputError, match="nothing to draw"):
        plots.evidence_bars(pd.DataFrame({"difference": [float("nan")], "low": 0.0, "high": 0.0, "verdict": "unclear"}))
    plt.close("all")
