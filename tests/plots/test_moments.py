"""The map of moments as a chart, in both languages."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from crmlab import plots
from crmlab.checks import InputError
from crmlab.course.exercises.complaints import service
from tests.plots import test_plots as looks


@pytest.fixture(scope="module")
def charts():
    return {
        "winter": lambda: plots.moment_dots(service.whole_map()),
        "river": lambda: plots.moment_dots(service.whole_map("river")),
        "three": lambda: plots.moment_dots(service.whole_map().head(3)),
    }


@pytest.mark.parametrize("name", ["winter", "river", "three"])
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)


def test_titles_say_what_the_data_show(charts):
    want = {
        "winter": "The crates are handed over: 50% left after a bad score, 9% of the others",
        "river": "A problem is settled: 48% left after a bad score, 8% of the others",
        "three": "No contact point stands apart: all may be chance",
    }
    for name, title in want.items():
        assert charts[name]().get_title(loc="left").replace("\n", " ") == title
    plt.close("all")


def test_marks_stand_at_the_shares():
    table = service.whole_map()
    squares, circles = plots.moment_dots(table).get_lines()
    assert list(squares.get_xdata()) == pytest.approx(list(100 * table["bad_left"]))
    assert list(circles.get_xdata()) == pytest.approx(list(100 * table["others_left"]))
    assert list(squares.get_ydata()) == list(range(8, -1, -1)), "the path runs from top to bottom"
    plt.close("all")


def test_a_row_without_bad_scores_shows_the_others_alone():
    answers = service.survey()
    answers["bill"] = 9
    ax = plots.moment_dots(service.moments_map(answers))
    ax.figure.canvas.draw()
    assert "n = 0" in [text.get_text() for text in ax.texts]
    answers[list(service.MOMENTS)] = 9
    none = plots.moment_dots(service.moments_map(answers))
    assert none.get_title(loc="left").replace("\n", " ").startswith("No contact point stands apart")
    plt.close("all")


def test_says_what_is_wrong():
    with pytest.raises(InputError, match="DataFrame"):
        plots.moment_dots([1, 2])
    with pytest.raises(InputError, match="bad_left"):
        plots.moment_dots(pd.DataFrame({"bad": [1]}))
