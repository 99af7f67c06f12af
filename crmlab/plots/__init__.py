"""One chart a model, in the reader's language: takes results, draws them, returns the Axes.

Every title states what the data show. Colours are Okabe and Ito's (told apart by the colour-blind), and nothing is
said by colour alone: words, hatches and markers repeat it, so that a chart reads in grey. Without ``ax`` a figure is
made that stays legible on a phone.
"""

from __future__ import annotations

from crmlab.plots.audit import audit_bars, audit_radar
from crmlab.plots.basket import lift_lines, rule_bars
from crmlab.plots.canvas import set_up
from crmlab.plots.clv import holdout_check, sbg_curve
from crmlab.plots.complaint_economics import reason_bars, recovery_curve, tarp_bars
from crmlab.plots.complaints import mood_line, seven_steps
from crmlab.plots.cross_selling import later_bars
from crmlab.plots.customers import match_lines
from crmlab.plots.forecasting import forecast_lines
from crmlab.plots.funnel import evidence_bars, funnel_bars
from crmlab.plots.importance_performance import importance_map
from crmlab.plots.kano import better_worse
from crmlab.plots.lifecycle import phase_bars, stage_bars, transition_heat
from crmlab.plots.moments import moment_dots
from crmlab.plots.negotiation import package_map, zone_bar
from crmlab.plots.planning import reconcile_bars, variance_bridge
from crmlab.plots.pricing import discount_lines, price_response
from crmlab.plots.qualification import eight_cards, win_rates
from crmlab.plots.relationship import board_bars, growth_bars, level_grid
from crmlab.plots.retention import churn_bars, cohort_heat, survival_curve
from crmlab.plots.rfm import rfm_heat, segment_bars
from crmlab.plots.satisfaction import index_bars, nps_bar
from crmlab.plots.servqual import gap_bars
from crmlab.plots.two_factor import penalty_reward_bars, value_bars
from crmlab.plots.value import abc_curve, lorenz
from crmlab.plots.visits import delivery_calendar, policy_tradeoff, route_lines

__all__ = [
    "abc_curve",
    "audit_bars",
    "audit_radar",
    "better_worse",
    "board_bars",
    "churn_bars",
    "cohort_heat",
    "delivery_calendar",
    "discount_lines",
    "eight_cards",
    "evidence_bars",
    "forecast_lines",
    "funnel_bars",
    "gap_bars",
    "growth_bars",
    "holdout_check",
    "importance_map",
    "index_bars",
    "later_bars",
    "level_grid",
    "lift_lines",
    "lorenz",
    "match_lines",
    "moment_dots",
    "mood_line",
    "nps_bar",
    "package_map",
    "penalty_reward_bars",
    "phase_bars",
    "policy_tradeoff",
    "price_response",
    "reason_bars",
    "reconcile_bars",
    "recovery_curve",
    "rfm_heat",
    "route_lines",
    "rule_bars",
    "sbg_curve",
    "segment_bars",
    "set_up",
    "seven_steps",
    "stage_bars",
    "survival_curve",
    "tarp_bars",
    "transition_heat",
    "value_bars",
    "variance_bridge",
    "win_rates",
    "zone_bar",
]
