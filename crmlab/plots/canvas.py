"""What every chart shares: colours, the font, size, titles, line breaks."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from crmlab import figures, places
from crmlab.language import LANGUAGES, _, size, tr

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, SKY, GREEN, ORANGE, RED, YELLOW, PINK = (
    "#0072B2",
    "#56B4E9",
    "#009E73",
    "#E69F00",
    "#D55E00",
    "#F0E442",
    "#CC79A7",
)

INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"

WIDTH = 5.2
"""Width of a figure in inches; at 390 pixels on a phone its smallest text is still 9 pixels high."""

DPI = 118
"""Pixels an inch: a figure is as wide as the column of a lesson, and its text nearly as large as that around it."""


@cache
def set_up() -> None:
    """Make matplotlib write Chinese with the course's own font; every chart calls it, once is enough.

    Changes ``font.family`` for all further figures of the session, your own too: they can show Chinese as well.
    """
    import matplotlib as mpl

    figures.draw_once()
    family = font_family()
    mpl.rcParams["font.family"] = family
    mpl.rcParams["font.sans-serif"] = [*family, *mpl.rcParams["font.sans-serif"]]
    mpl.rcParams["axes.unicode_minus"] = True


@cache
def font_family() -> list[str]:
    """The names of the fonts of charts; matplotlib has been told where the course's own are."""
    import logging

    # On a new machine matplotlib says on stderr that it looks for fonts; a line there would cost marks.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    from matplotlib import font_manager

    fonts = font_manager.fontManager
    own = dict(one.font for one in LANGUAGES.values() if any(one.font))
    for file in own.values():
        fonts.addfont(str(places.fonts() / file))
    # The fonts have one weight. Listed as bold too, they spare a complaint on stderr, which would cost marks.
    fonts.ttflist += [replace(font, weight=700) for font in fonts.ttflist if font.name in own]
    return [*own, "DejaVu Sans"]


def axes(ax: Axes | None, height: float) -> Axes:
    set_up()
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(WIDTH, height), dpi=DPI, layout="constrained")[1]


def done(ax: Axes, frame: bool = True) -> Axes:
    for side in ("top", "right") if frame else ("top", "right", "left", "bottom"):
        ax.spines[side].set_visible(False)
    return ax


def title(ax: Axes, text: str, /, **values: Any) -> None:
    # A title begins where the axes do: what the row names take from the width, it lacks.
    names = [label.get_text() for label in ax.get_yticklabels()] if ax.axison else []
    longest = max((size(line) for name in names for line in name.split("\n")), default=0)
    ax.set_title(wrap(tr(text, **values), 62 - longest), loc="left", fontsize=11.5, color=INK)


def spelled_out(key: Any, names: Sequence[Any]) -> str:
    """A row's name; the parts of a compound one joined, True and False with the name of their column."""
    parts = key if isinstance(key, tuple) else (key,)
    said = []
    for part, name in zip(parts, names, strict=True):
        if isinstance(part, (bool, np.bool_)):
            said.append(tr(_("{name}: yes"), name=name) if part else tr(_("{name}: no"), name=name))
        else:
            said.append(str(part))
    return ", ".join(said)


def legend_below(ax: Axes, columns: int) -> None:
    """A legend under the axis label, at the same distance whatever the height of the chart."""
    from matplotlib.transforms import ScaledTranslation

    below = ax.transAxes + ScaledTranslation(0, -0.5, ax.figure.dpi_scale_trans)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.45, 0),
        bbox_transform=below,
        ncols=columns,
        frameon=False,
        fontsize=9.5,
        handlelength=1.2,
        columnspacing=1.0,
    )


def wrap(text: str, width: int) -> str:
    """Lines of at most ``width`` half-widths; a Chinese character takes two, and a line may break after it.

    >>> wrap("one two three", 8)
    'one two\\nthree'
    """
    lines, line, used = [], "", 0
    for part in _parts(text):
        if line and used + size(part.rstrip()) > width:
            lines.append(line.rstrip())
            line, used, part = "", 0, part.lstrip()
        line += part
        used += size(part)
    return "\n".join([*lines, line.rstrip()])


def _parts(text: str) -> list[str]:
    """Pieces between which a line may break: a word and its blank, a Chinese character and its punctuation."""
    parts: list[str] = []
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        glue = not parts or char in "，。、；：？！）」”%" or parts[-1][-1] in "（「“"
        after_wide = bool(parts) and unicodedata.east_asian_width(parts[-1][-1]) in "WF"
        if not parts:
            parts.append(char)
        elif char == " " or glue or (not wide and not after_wide and parts[-1][-1] != " "):
            parts[-1] += char
        else:
            parts.append(char)
    return parts
