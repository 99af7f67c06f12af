"""Names beside points, so that none lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmlab.language import size
from crmlab.plots.canvas import GREY, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Directions in which a name is tried, nearest first; in points.
_AROUND = [(1, 0), (-1, 0), (0, 1), (0, -1), (0.8, 0.9), (0.8, -0.9), (-0.8, 0.9), (-0.8, -0.9)]
_DISTANCES = (8, 13, 19, 27, 36, 46, 58)

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
        found: tuple[float, float, str, str] | None = None
        for distance in _DISTANCES:
            for dx, dy in _AROUND:
                cx, cy = px + dx * distance, py + dy * distance
                left = cx if dx > 0 else cx - wide if dx < 0 else cx - wide / 2
                bottom = cy if dy > 0.95 else cy - high if dy < -0.95 else cy - high / 2
                box = box_of(left, bottom, wide, high)
                inside = box[0] >= 2 and box[1] >= 2 and box[2] <= right - 2 and box[3] <= top - 2
                way = [box_of(px + dx * step, py + dy * step, 0, 0) for step in range(9, distance, 4)]
                if inside and not any(_meet(one, other) for one in (box, *way) for other in busy):
                    ha = "left" if dx > 0 else "right" if dx < 0 else "center"
                    va = "bottom" if dy > 0.95 else "top" if dy < -0.95 else "center"
                    found = dx * distance, dy * distance, ha, va
                    busy += [box, *way]
                    break
            if found:
                break
        offset_x, offset_y, ha, va = found or (8.0, 0.0, "left", "center")
        ax.annotate(
            word, at, (offset_x, offset_y), textcoords="offset points", ha=ha, va=va, fontsize=fontsize, color=INK
        )
        if abs(offset_x) + abs(offset_y) > 12:
            # The line is an annotation of its own: as part of the word it would count as its extent.
            line = {"arrowstyle": "-", "color": GREY, "lw": 0.7, "shrinkA": 0, "shrinkB": 4}
            ax.annotate("", at, (offset_x, offset_y), textcoords="offset points", arrowprops=line)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
