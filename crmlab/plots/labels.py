"""Names beside points, so that none lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmlab.plots.canvas import GREY, INK, size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Directions in which a name is tried, nearest first; in points.
_AROUND = [(1, 0), (-1, 0), (0, 1), (0, -1), (0.8, 0.9), (0.8, -0.9), (-0.8, 0.9), (-0.8, -0.9)]
_DISTANCES = (8, 17, 27, 39, 52)

Box = tuple[float, float, float, float]


def place(
    ax: Axes,
    x: Sequence[float],
    y: Sequence[float],
    words: Sequence[str],
    taken: Sequence[Box] = (),
    fontsize: float = 9.5,
) -> None:
    """Write each word near its point: the first place that is free and inside the axes; a thin line where it is far.

    The axes must have their final limits. ``taken`` are boxes in the data's units that must stay free. Sizes
    are reckoned, not measured, so that nothing has to be drawn first.
    """
    figure, space = ax.figure, ax.get_position()
    width, height = (side / figure.dpi * 72 for side in (figure.bbox.width, figure.bbox.height))  # points
    (low_x, high_x), (low_y, high_y) = ax.get_xlim(), ax.get_ylim()
    across, up = space.width * width / (high_x - low_x), 0.94 * space.height * height / (high_y - low_y)

    def box_of(left: float, bottom: float, wide: float, high: float) -> Box:
        return left, bottom, left + wide, bottom + high

    busy: list[Box] = [
        ((a - low_x) * across, (b - low_y) * up, (c - low_x) * across, (d - low_y) * up) for a, b, c, d in taken
    ]
    points = [((px - low_x) * across, (py - low_y) * up) for px, py in zip(x, y, strict=True)]
    busy += [box_of(px - 5, py - 5, 10, 10) for px, py in points]
    right, top = (high_x - low_x) * across, (high_y - low_y) * up
    for (px, py), word, at in zip(points, words, zip(x, y, strict=True), strict=True):
        wide, high = 0.56 * fontsize * size(word) + 3, 1.62 * fontsize
        best: tuple[float, float, str, str, float] | None = None
        for distance in _DISTANCES:
            for dx, dy in _AROUND:
                cx, cy = px + dx * distance, py + dy * distance
                left = cx if dx > 0 else cx - wide if dx < 0 else cx - wide / 2
                bottom = cy if dy > 0.95 else cy - high if dy < -0.95 else cy - high / 2
                box = box_of(left, bottom, wide, high)
                inside = box[0] >= 2 and box[1] >= 2 and box[2] <= right - 2 and box[3] <= top - 2
                if inside and not any(_meet(box, other) for other in busy):
                    ha = "left" if dx > 0 else "right" if dx < 0 else "center"
                    va = "bottom" if dy > 0.95 else "top" if dy < -0.95 else "center"
                    best = (dx * distance, dy * distance, ha, va, distance)
                    busy.append(box)
                    break
            if best:
                break
        offset_x, offset_y, ha, va, away = best or (8.0, 0.0, "left", "center", 8.0)
        ax.annotate(
            word,
            at,
            (offset_x, offset_y),
            textcoords="offset points",
            ha=ha,
            va=va,
            fontsize=fontsize,
            color=INK,
            arrowprops={"arrowstyle": "-", "color": GREY, "lw": 0.7, "shrinkA": 0, "shrinkB": 4} if away > 10 else None,
        )


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
