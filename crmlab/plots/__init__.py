"""One chart a model, in the reader's language: takes results, draws them, returns the Axes.

Every title states what the data show. Colours are Okabe and Ito's (told apart by the colour-blind), and nothing is
said by colour alone: words, hatches and markers repeat it, so that a chart reads in grey. Without ``ax`` a figure is
made that stays legible on a phone.
"""

from __future__ import annotations

from crmlab.plots.canvas import set_up
from crmlab.plots.complaints import mood_line, seven_steps
from crmlab.plots.qualification import eight_cards, win_rates
from crmlab.plots.rfm import rfm_heat, segment_bars
from crmlab.plots.satisfaction import index_bars, nps_bar
from crmlab.plots.value import abc_curve, lorenz

__all__ = [
    "abc_curve",
    "eight_cards",
    "index_bars",
    "lorenz",
    "mood_line",
    "nps_bar",
    "rfm_heat",
    "segment_bars",
    "set_up",
    "seven_steps",
    "win_rates",
]
