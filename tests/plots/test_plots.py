"""Every chart, drawn for real in both languages; a warning (a missing glyph, a layout that fails) is a failure."""

import logging
import warnings

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from crmlab import complaints, datasets, plots, qualification, rfm, satisfaction, value
from crmlab.checks import InputError
from crmlab.plots import canvas


@pytest.fixture(scope="module")
def charts():
    customers = rfm.summary(datasets.load("online_retail_orders"))
    scores = rfm.score(customers)
    deals = datasets.load("b2b_deals")
    survey = datasets.load("satisfaction_survey")
    done = complaints.review(["sympathy", "offer", "ask", "confirm", "agree"])
    return {
        "abc_curve": lambda: plots.abc_curve(value.abc(customers["monetary"])),
        "abc_narrow": lambda: plots.abc_curve(value.abc([1000, 60, 50, *[1] * 40], cuts=(0.5, 0.85, 0.93))),
        "lorenz": lambda: plots.lorenz(value.lorenz(customers["monetary"])),
        "rfm_heat": lambda: plots.rfm_heat(scores),
        "segment_bars": lambda: plots.segment_bars(rfm.by_segment(customers, rfm.segment(scores))),
        "win_rates": lambda: plots.win_rates(qualification.win_rates(deals)),
        "win_rates_by": lambda: plots.win_rates(qualification.win_rates(deals, by=["need", "money"])),
        "eight_cards": plots.eight_cards,
        "index_bars": lambda: plots.index_bars(satisfaction.by_object(survey)),
        "index_bars_by": lambda: plots.index_bars(
            satisfaction.by(survey, "region", "perceived_overall", "expected_overall"), names={"West": "The West"}
        ),
        "nps_bar": lambda: plots.nps_bar(satisfaction.nps(survey["recommend"])),
        "nps_bar_by": lambda: plots.nps_bar(satisfaction.nps_by(survey, "segment")),
        "seven_steps": plots.seven_steps,
        "seven_steps_review": lambda: plots.seven_steps(done),
        "mood_line": lambda: plots.mood_line([2, 1, 3, 4, 5]),
    }


NAMES = [
    "abc_curve",
    "abc_narrow",
    "lorenz",
    "rfm_heat",
    "segment_bars",
    "win_rates",
    "win_rates_by",
    "eight_cards",
    "index_bars",
    "index_bars_by",
    "nps_bar",
    "nps_bar_by",
    "seven_steps",
    "seven_steps_review",
    "mood_line",
]


def texts(ax):
    """The texts that are really drawn: no ticks beyond the ends of an axis, no axis that is switched off."""
    found = [*ax.texts, ax._left_title]
    if ax.axison:
        found += [ax.xaxis.label, ax.yaxis.label]
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            found += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    if ax.get_legend():
        found += ax.get_legend().get_texts()
    return [text for text in found if text.get_text().strip() and text.get_visible()]


@pytest.mark.parametrize("name", NAMES)
def test_draws_without_a_warning(charts, name, in_language, caplog):
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        ax = charts[name]()
        ax.figure.canvas.draw()
    assert not caplog.records  # matplotlib logs a font it cannot find, and a log goes to stderr
    assert ax.get_title(loc="left")
    has_chinese = any("一" <= char <= "鿿" for text in texts(ax) for char in text.get_text())
    assert has_chinese == (in_language == "zh")


@pytest.mark.parametrize("name", NAMES)
def test_fits_and_nothing_lies_on_anything(charts, name, in_language):
    ax = charts[name]()
    figure = ax.figure
    figure.canvas.draw()
    width, height = figure.get_size_inches()
    assert width == pytest.approx(canvas.WIDTH)
    assert 1.5 < height < 8
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(ax)]
    for text, box in boxes:
        assert box.x0 >= -1, text
        assert box.x1 <= figure.bbox.x1 + 1, text
        assert box.y0 >= -1, text
        assert box.y1 <= figure.bbox.y1 + 1, text
    for i, (text, box) in enumerate(boxes):
        for other, other_box in boxes[i + 1 :]:
            across = min(box.x1, other_box.x1) - max(box.x0, other_box.x0)
            down = min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
            assert across < 2 or down < 3, f"{text!r} lies on {other!r}"


@pytest.mark.parametrize("name", NAMES)
def test_letters_are_large_enough_on_a_phone(charts, name, in_language):
    ax = charts[name]()
    shrunk = 420 / (100 * canvas.WIDTH)
    for text in texts(ax):
        assert text.get_fontsize() * 100 / 72 * shrunk >= 9, text.get_text()


def test_titles_say_what_the_data_show(in_language):
    titles = {
        "abc": plots.abc_curve(value.abc([60, 25, 10, 5])).get_title(loc="left"),
        "mood": plots.mood_line([1, 2, 5]).get_title(loc="left"),
        "nps": plots.nps_bar(satisfaction.nps([10, 10, 8, 2])).get_title(loc="left"),
    }
    assert (
        titles
        == {
            "en": {
                "abc": "50% of the customers bring 85% of the amount: class A",
                "mood": "Mood from 1 to 5; never worse than at the start",
                "nps": "NPS +25: 50% promoters less 25% detractors",
            },
            "zh": {
                "abc": "50% 的客户带来 85% 的金额：A 类客户",
                "mood": "客户心情从 1 到 5，没有比开头更糟",
                "nps": "NPS +25：推荐者 50% 减去贬损者 25%",
            },
        }[in_language]
    )


def test_win_rates_speaks_of_large_groups():
    rows = pd.DataFrame(
        {"deals": [100, 100, 2], "won": [60, 20, 2], "share": [0.6, 0.2, 1.0], "low": [0.5, 0.13, 0.34],
         "high": [0.69, 0.29, 1.0]},
        index=["M A N", "m A N", "M a N"],
    )  # fmt: skip
    title = plots.win_rates(rows).get_title(loc="left").replace("\n", " ")
    assert title == "M A N wins 60% of 100, m A N 20% of 100: the intervals lie apart"
    plt.close("all")


def test_draws_into_given_axes_and_leaves_the_data_alone():
    table = value.abc([60, 25, 10, 5])
    before = table.copy()
    _figure, (left, right) = plt.subplots(1, 2)
    assert plots.abc_curve(table, ax=left) is left
    assert not right.get_title(loc="left")
    pd.testing.assert_frame_equal(table, before)
    plt.close("all")


def test_group_without_answers_is_shown():
    survey = pd.DataFrame({"g": ["N", "N", "S"], "perceived": [8, 9, None], "expected": 8, "recommend": [9, 8, None]})
    for ax in (plots.nps_bar(satisfaction.nps_by(survey, "g")), plots.index_bars(satisfaction.by(survey, "g"))):
        assert "no answers" in [text.get_text() for text in ax.texts]
    plt.close("all")


def test_says_what_is_wrong():
    with pytest.raises(InputError, match="between 1 and 5"):
        plots.mood_line([1, 9])
    with pytest.raises(InputError, match="DataFrame"):
        plots.win_rates([1, 2])


def test_wrapping_never_loses_a_character():
    for text in ("one two three four five six", "先处理心情，再处理事情：（七步）NPS +25 分。", "x" * 50):
        for width in (5, 12, 30):
            wrapped = canvas.wrap(text, width)
            assert wrapped.replace("\n", "").replace(" ", "") == text.replace(" ", "")
            assert not any(line.startswith(("，", "。", "）", "：")) for line in wrapped.split("\n"))
