"""Small charts as HTML: bars and a line, with an axis. They are redrawn at every move of a slider, so they are kept simple.

Nothing is computed here but places on the page. Every number of a chart also stands in words beside it, so the picture
itself is hidden from screen readers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

INK, GRID, BLUE, ORANGE = "#1b2330", "#d5dae1", "#1f5fa8", "#a35c00"


def ticks(highest: float, lowest: float = 0.0, about: int = 4) -> list[float]:
    """Round numbers for an axis that holds both, 0 among them if it lies between; steps of 1, 2 or 5 times a power of 10.

    >>> ticks(87), ticks(0.3), ticks(40, -15)
    ([0.0, 50.0, 100.0], [0.0, 0.1, 0.2, 0.3], [-20.0, 0.0, 20.0, 40.0])
    >>> ticks(0)
    [0.0, 1.0]
    """
    span = max(highest, 0.0) - min(lowest, 0.0)
    if not span > 1e-9 or not math.isfinite(span):
        return [0.0, 1.0]
    raw = span / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))
    first = math.floor(min(lowest, 0.0) / step + 1e-9)
    last = math.ceil(max(highest, 0.0) / step - 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def short(value: float) -> str:
    """A number for an axis: no more digits than it needs.

    >>> short(1500.0), short(0.3), short(-20)
    ('1,500', '0.3', '−20')
    """
    return f"{value:,.10g}".replace("-", "−")


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length, what is written beside the label. ``soft`` draws it hollow, as a comparison."""

    label: str
    value: float
    text: str
    soft: bool = False


def bars(items: Sequence[Bar], unit: str = "") -> str:
    """Lying bars, one below the other, labels above each: readable at any width. Negative values point left."""
    marks = ticks(max(one.value for one in items), min(one.value for one in items))
    place = _scale(marks)
    parts = [_rule(place(mark), mark == 0) for mark in marks]
    for one in items:
        left, right = sorted((place(0), place(one.value)))
        look = f"background:#fff;box-shadow:inset 0 0 0 2px {BLUE}" if one.soft else f"background:{BLUE}"
        said = f"{escape(one.label)}: <b>{escape(one.text)}</b>" if one.text else escape(one.label)
        parts.append(f'<div style="position:relative"><span style="background:#fff;padding-right:.3em">{said}</span></div>')
        parts.append(
            f'<div style="position:relative;height:16px;margin-bottom:8px"><div style="position:absolute;top:0;bottom:0;'
            f'left:{left:.2f}%;width:max({right - left:.2f}%,1px);{look}"></div></div>'
        )
    axis = "".join(
        f'<span style="position:absolute;left:{place(mark):.2f}%;transform:translateX({_shift(mark, marks)})">'
        f"{short(mark)}{f' {escape(unit)}' if unit and mark == marks[-1] else ''}</span>"
        for mark in marks
    )
    return _frame(
        f'<div style="position:relative">{"".join(parts)}</div>'
        f'<div style="position:relative;height:1.6em;border-top:1px solid {INK};white-space:nowrap">{axis}</div>'
    )


def line(
    xs: Sequence[float],
    ys: Sequence[float],
    at: tuple[float, float] | None,
    *,
    x_name: str,
    y_name: str,
) -> str:
    """A line, and a dot at ``at``: where the sliders stand. Values that are not finite break the line."""
    finite = [y for y in (*ys, *((at[1],) if at else ())) if math.isfinite(y)] or [0.0]
    x_marks, y_marks = ticks(max(xs), min(0.0, *xs), about=5), ticks(max(finite), min(finite))
    x, up = _scale(x_marks), _scale(y_marks)

    def y(value: float) -> float:
        return 100 - up(value)

    rules = "".join(
        f'<line x1="0" x2="100" y1="{y(mark):.2f}" y2="{y(mark):.2f}" stroke="{INK if mark == 0 else GRID}" {_THIN}/>'
        for mark in y_marks
    )
    drawn = f'<path d="{_path(xs, ys, x, y)}" fill="none" stroke="{BLUE}" stroke-width="3" vector-effect="non-scaling-stroke"/>'
    dot = ""
    if at and math.isfinite(at[1]):
        rules += f'<line x1="{x(at[0]):.2f}" x2="{x(at[0]):.2f}" y1="0" y2="100" stroke="{ORANGE}" {_THIN}/>'
        dot = (
            f'<span style="position:absolute;left:{x(at[0]):.2f}%;top:{y(at[1]):.2f}%;width:12px;height:12px;margin:-8px;'
            f'border-radius:50%;background:{ORANGE};border:2px solid #fff;box-sizing:content-box"></span>'
        )
    left = "".join(
        f'<span style="position:absolute;right:6px;top:{y(mark):.2f}%;transform:translateY(-50%)">{short(mark)}</span>'
        for mark in y_marks
    )
    below = "".join(
        f'<span style="position:absolute;left:{x(mark):.2f}%;transform:translateX({_shift(mark, x_marks)})">{short(mark)}</span>'
        for mark in x_marks
    )
    digits = max(len(short(mark)) for mark in y_marks)
    return _frame(
        f'<div style="margin-bottom:.6em">{escape(y_name)}</div>'
        f'<div style="display:grid;grid-template-columns:{digits * 0.62 + 0.7:.1f}em 1fr;white-space:nowrap">'
        f'<div style="position:relative;height:180px">{left}</div>'
        f'<div style="position:relative;height:180px"><svg viewBox="0 0 100 100" preserveAspectRatio="none" '
        f'style="position:absolute;width:100%;height:100%;overflow:visible">{rules}{drawn}</svg>{dot}</div>'
        f'<div></div><div style="position:relative;height:1.6em;margin-top:4px">{below}</div></div>'
        f'<div style="text-align:right">{escape(x_name)}</div>'
    )


_THIN = 'stroke-width="1" vector-effect="non-scaling-stroke"'


def _scale(marks: Sequence[float]) -> Callable[[float], float]:
    """From a value to its place between the first and the last mark, in percent."""
    return lambda value: 100 * (value - marks[0]) / (marks[-1] - marks[0])


def _shift(mark: float, marks: Sequence[float]) -> str:
    """Numbers at the ends of an axis stay inside the chart."""
    return "0" if mark == marks[0] else "-100%" if mark == marks[-1] else "-50%"


def _rule(place: float, zero: bool) -> str:
    return f'<div style="position:absolute;top:0;bottom:0;left:{place:.2f}%;border-left:1px solid {INK if zero else GRID}"></div>'


def _path(
    xs: Sequence[float], ys: Sequence[float], x: Callable[[float], float], y: Callable[[float], float]
) -> str:
    words, pen = [], "M"
    for one, other in zip(xs, ys, strict=True):
        if not math.isfinite(other):
            pen = "M"
            continue
        words.append(f"{pen}{x(one):.2f} {y(other):.2f}")
        pen = "L"
    return " ".join(words)


def _frame(body: str) -> str:
    return (
        '<div class="crmlab-chart" aria-hidden="true" style="background:#fff;'
        f'color:{INK};max-width:38em;padding:.6em .9em .4em .6em;line-height:1.45">{body}</div>'
    )
