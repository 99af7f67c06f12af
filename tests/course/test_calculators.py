"""Calculators: what they say is what the field modules compute, and the line of code gives the same number."""

from __future__ import annotations

import ast
import html
import html.parser
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import crmlab
from crmlab import clv, complaint_economics, pricing, visits
from crmlab.course import chart, session
from crmlab.course.calculators import CALCULATORS, Calculator
from crmlab.course.chart import Bar
from crmlab.course.exercises import open_lesson
from crmlab.course.state import Store
from crmlab.course.widgets.calculator_view import Shown, calculator, result_html

EACH = pytest.mark.parametrize("made", [pytest.param(one, id=name) for name, one in CALCULATORS.items()])


def run(code: str) -> float:
    """The value of the last expression of a line of code, in a namespace of its own."""
    *before, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {}
    exec(compile(ast.Module(before, []), "code", "exec"), names)
    return float(eval(compile(ast.Expression(last.value), "code", "eval"), names))


def positions(made: Calculator) -> st.SearchStrategy[dict[str, float]]:
    """Every position that the sliders can take."""
    return st.fixed_dictionaries(
        {
            one.key: st.integers(0, round((one.maximum - one.minimum) / one.step)).map(
                lambda step, one=one: one.snap(one.minimum + step * one.step)
            )
            for one in made.sliders
        }
    )


class Wellformed(html.parser.HTMLParser):
    """Counts that every tag is closed, and collects the shares of the chart."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@EACH
@given(data=st.data())
def test_every_position_gives_words_a_chart_and_code_with_the_same_number(
    made: Calculator, data: st.DataObject
) -> None:
    values = data.draw(positions(made))
    result = made.result(values)
    page = result_html(result)
    reader = Wellformed()
    reader.feed(page)
    assert reader.open == []
    assert "nan" not in page
    if result.problem:
        assert made.name == "order", "only counts of a shelf can contradict each other"
        assert values["stock"] > values["last_stock"] + values["last_order"]
        return
    assert "inf" not in page
    assert result.lines
    assert len(result.code.splitlines()) == 1
    assert run(result.code) == pytest.approx(result.value, rel=1e-9, abs=1e-9)


def test_the_numbers_are_those_of_the_field_modules() -> None:
    found = {name: made.result({}).value for name, made in CALCULATORS.items()}
    assert found["recovery"] == complaint_economics.recovery(2000).worth
    assert found["discount"] == pricing.break_even_volume(0.05, 0.2)
    assert found["funnel"] == 318
    assert found["clv"] == clv.simple(100, 0.8, 0.1)
    assert found["order"] == visits.order_quantity(20, 40, 24)


def test_the_words_say_the_turning_points() -> None:
    recovery, discount, order = (CALCULATORS[name].result for name in ("recovery", "discount", "order"))
    assert "pays: 0 are" in recovery({"cost": 700}).lines[1]
    assert "does not pay: 50 more" in recovery({"cost": 750}).lines[1]
    assert "keeps nobody" in recovery({"left": 60, "settled": 50}).lines[1]
    assert "no volume" in discount({"discount": 20, "margin": 20}).lines[0]
    assert "33.3%" in discount({}).lines[0]
    assert "Order nothing" in order({"last_stock": 50, "last_order": 0, "stock": 40}).lines[1]
    assert "Count again" in order({"stock": 61}).problem
    assert "36" in order({"pack": 12}).lines[1]


@EACH
def test_everything_is_said_in_both_languages(made: Calculator, language: str) -> None:
    shown = Shown(made, Store(None))
    text = re.sub(r"<[^>]*>", " ", shown._repr_html_().replace(html.escape(made.result({}).code), ""))
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    if language == "zh":
        assert chinese > 60
        words = set(re.findall(r"[A-Za-z]{4,}", text))
        allowed = {"Goodman", "TARP", "Consumer", "complaint", "handling", "America", "Gupta", "Lehmann", "Customers", "assets",
                   "Journal", "Interactive", "Marketing", "margin", "funnel", "conversion", "visits", "simulate"}  # fmt: skip
        assert words <= allowed
    else:
        assert chinese == 0
    assert repr(shown).endswith(made.result({}).code)


@pytest.mark.parametrize("name", ["", "nonsense", None, 3, ["clv"], {}, object()], ids=lambda name: type(name).__name__)
def test_an_unknown_name_is_a_sentence(name: Any) -> None:
    said = calculator(name)
    assert '"recovery"' in repr(said)
    assert "<script" not in said._repr_html_()


@EACH
@pytest.mark.parametrize("kept", [None, [], "x", {"nonsense": 1}, {"value": "x"}, {"margin": [1]}, {"margin": 1e99}])
def test_damaged_state_is_passed_over(made: Calculator, kept: Any) -> None:
    store = Store(None)
    store.change(f"calculator {made.name}", lambda record: record.update(fields=kept))
    assert Shown(made, store).values() == {one.key: one.start for one in made.sliders}


def test_a_move_is_kept_at_once_in_the_open_lesson_and_shown_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ipywidgets as w

    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    opened = open_lesson("1.1")
    try:
        shown = calculator("clv")
        assert isinstance(shown, Shown)
        view = shown.view()
        [box, *_rest] = [one for one in descendants(view) if isinstance(one, w.BoundedFloatText)]
        [slider, *_rest] = [one for one in descendants(view) if isinstance(one, w.FloatSlider)]
        slider.value = 250.0000000001  # as browsers send it
        assert box.value == 250
        again = Store(opened.store.path)
        assert again.record("calculator clv") == {"fields": {"margin": 250}}
        assert calculator("clv").values()["margin"] == 250  # type: ignore[union-attr]
        texts = "".join(one.value for one in descendants(view) if isinstance(one, w.HTML))
        assert CALCULATORS["clv"].result({"margin": 250}).code.replace('"', "&quot;") in texts
    finally:
        monkeypatch.setattr(session, "_open", None)


def descendants(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from descendants(child)


def test_it_is_a_public_name() -> None:
    assert crmlab.calculator is calculator


# -- the charts ------------------------------------------------------------------------------------------------------


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_an_axis_holds_its_values_and_zero_with_few_marks(one: float, other: float) -> None:
    marks = chart.ticks(max(one, other), min(one, other))
    assert 2 <= len(marks) <= 9
    assert marks == sorted(set(marks))
    slack = 1e-9 * max(abs(one), abs(other), 1)
    assert marks[0] <= min(one, other, 0) + slack
    assert marks[-1] >= max(one, other, 0) - slack
    assert 0 in marks


def test_bars_are_as_long_as_their_values() -> None:
    drawn = chart.bars([Bar("a", 50, "50"), Bar("b", 100, "100"), Bar("c", 0, "0")])
    assert re.findall(r"width:max\(([\d.]+)%", drawn) == ["50.00", "100.00", "0.00"]


def test_a_negative_bar_points_left_of_zero() -> None:
    drawn = chart.bars([Bar("a", -50, "−50"), Bar("b", 50, "50")])
    places = re.findall(r"left:([\d.]+)%;width:max\(([\d.]+)%", drawn)
    assert [(float(left), float(left) + float(width)) for left, width in places] == [(0.0, 50.0), (50.0, 100.0)]


def test_a_line_goes_through_its_points_and_breaks_where_there_is_none() -> None:
    drawn = chart.line([0, 5, 10, 15], [0, math.inf, 10, 20], (10, 10), x_name="x", y_name="y")
    [path] = re.findall(r'<path d="([^"]*)"', drawn)
    assert path.startswith("M0.00 100.00 M")
    assert path.count("M") == 2
    assert path.endswith("100.00 0.00")


@pytest.mark.parametrize("text", ["<script>", "a & b"])
def test_labels_are_escaped(text: str) -> None:
    assert text not in chart.bars([Bar(text, 1, text), Bar("b", 2, "2")])
    assert text not in chart.line([0, 1], [0, 1], None, x_name=text, y_name=text)
