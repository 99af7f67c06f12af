"""The chart of a result that was found in a firm's own file, by its name: existing charts wherever one fits, and a few more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import kano as field_kano
from crmlab import satisfaction as field_satisfaction
from crmlab.checks import InputError
from crmlab.language import _, size, tr
from crmlab.own.result import Result
from crmlab.plots.basket import lift_lines
from crmlab.plots.canvas import BLUE, GREY, INK, PALE, RED, SKY, axes, done, legend_below, set_up, title, wrap
from crmlab.plots.complaint_economics import reason_bars
from crmlab.plots.kano import better_worse
from crmlab.plots.rfm import segment_bars
from crmlab.plots.satisfaction import index_bars, nps_bar
from crmlab.plots.value import abc_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 12
"""Bars of a chart at most; the rest stands in the table."""
POINTS = 3000
"""Dots of a scatter at most: the flagged ones first, of the others each so many-th."""


def draw(result: Result) -> Figure | None:
    """The chart of a result; ``None`` for a result that has none, or too little to draw.

    Names in it are those of the result: give a masked one for a chart that others may see. Its title says what was found.
    """
    chart = _CHARTS.get(result.name)
    if chart is None:
        return None
    set_up()  # before pyplot, which would say on a new machine that it looks for fonts
    import matplotlib.pyplot as plt

    before = set(plt.get_fignums())
    try:
        ax = chart(result)
    except (InputError, LookupError, ValueError):
        # Too little for a chart: the table says what there is.
        for number in set(plt.get_fignums()) - before:
            plt.close(number)
        return None
    return ax.figure if ax is not None else None  # type: ignore[return-value]


def line(said: str) -> str:
    """A title that was broken into lines, as one line again: between Chinese characters there was no blank.

    >>> line("10 of 20\\ncustomers"), line("客户\\n流失")
    ('10 of 20 customers', '客户流失')
    """
    parts = said.split("\n")
    made = parts[0]
    for part in parts[1:]:
        wide = size(made[-1:]) == 2 and size(part[:1]) == 2
        made += part if wide else f" {part}"
    return made


def _bars(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
    texts: Sequence[str] = (),
    hatched: Sequence[bool] = (),
    xlabel: str = "",
    height: float = 0.42,
) -> Axes:
    """Bars one below the other with their interval and a text behind; hatched ones are of another kind."""
    ax = axes(None, 1.5 + height * len(labels))
    y = np.arange(len(labels))[::-1]
    for at, value, other in zip(y, values, hatched or [False] * len(labels), strict=True):
        ax.barh(
            at,
            value,
            0.6,
            color=PALE if other else SKY,
            hatch="///" if other else "",
            edgecolor="white" if not other else GREY,
            lw=0,
        )
    top = max(
        [
            *(v for v in values if np.isfinite(v)),
            *(v for v in (high if high is not None else ()) if np.isfinite(v)),
            0.0,
        ]
    )
    bottom = min(
        [*(v for v in values if np.isfinite(v)), *(v for v in (low if low is not None else ()) if np.isfinite(v)), 0.0]
    )
    wide = (top - bottom) or 1.0
    if low is not None and high is not None:
        for at, left, right in zip(y, low, high, strict=True):
            if np.isfinite(left) and np.isfinite(right):
                ax.plot([left, right], [at, at], color=INK, lw=1.6)
    room = 0.02 + 0.016 * max((size(text) for text in texts), default=0)
    for at, text in zip(y, texts, strict=False):
        ax.text(top + (room + 0.01) * wide, at, text, va="center", ha="right", fontsize=9.5)
    ax.set_xlim(bottom - (0.02 * wide if bottom < 0 else 0), top + (room + 0.02) * wide)
    if bottom < 0:
        ax.axvline(0, color=INK, lw=1)
    ax.set_yticks(y, [wrap(str(label), 26) for label in labels])
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=6)
    ax.xaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}" if wide > 3 else f"{value:g}")
    ax.set_xlabel(xlabel)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    return done(ax)


# -- orders ------------------------------------------------------------------------------------------------------------


def _stages(result: Result) -> Axes:
    table = result.table
    people = 100 * table["share"].to_numpy(dtype=float)
    money = 100 * table["revenue_share"].fillna(0.0).to_numpy(dtype=float)
    ax = axes(None, 3.9)
    y = np.arange(len(table))[::-1]
    ax.barh(y + 0.2, people, 0.38, color=SKY, label=tr(_("of the customers")))
    ax.barh(
        y - 0.2,
        money,
        0.38,
        color=BLUE,
        hatch="///",
        edgecolor="white",
        lw=0,
        label=tr(_("of the revenue of 12 months")),
    )
    for at, one, other, count in zip(y, people, money, table["customers"], strict=True):
        ax.text(one + 1, at + 0.2, f"{one:.0f}%  ({count:,})", va="center", fontsize=9)
        ax.text(other + 1, at - 0.2, f"{other:.0f}%", va="center", fontsize=9)
    ax.set_yticks(y, [wrap(tr(str(name)), 14) for name in table["stage"]])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 1.25 * max(people.max(), money.max(), 1))
    ax.set_xlabel(tr(_("Share (%)")))
    legend_below(ax, 2)
    count = dict(zip(table["stage"], table["customers"], strict=True))
    keys = list(table["stage"])
    lost = next((key for key in keys if "hurn" in key), keys[-1])
    loyal = next((key for key in keys if "oyal" in key), keys[0])
    total = int(sum(count.values()))
    title(
        ax,
        _("{churned:,} of {total:,} customers ({share:.0%}) have churned, {loyal:,} are loyal"),
        churned=int(count[lost]),
        total=total,
        share=count[lost] / max(total, 1),
        loyal=int(count[loyal]),
    )
    return done(ax)


def _abc(result: Result) -> Axes:
    people = next(table for table in result.more.values() if "cumulative_share" in table)
    return abc_curve(
        people.rename(columns={"revenue": "amount"})[["amount", "cumulative_share", "class"]].reset_index(drop=True)
    )


def _rfm(result: Result) -> Axes:
    table = result.table
    renamed = {"revenue_share": "money_share", "days_since_order": "recency", "orders": "frequency"}
    return segment_bars(table[table["customers"] > 0].set_index("segment").rename(columns=renamed))


def _leaving(result: Result) -> Axes:
    data = result.data
    silent, gap, flagged = (np.asarray(data[name]) for name in ("silent", "usual_gap", "flagged"))
    flagged = flagged.astype(bool)
    ax = axes(None, 3.9)
    rest = np.flatnonzero(~flagged)
    rest = rest[:: max(1, len(rest) // POINTS)]
    marked = np.flatnonzero(flagged)
    marked = marked[:: max(1, len(marked) // POINTS)]
    ax.plot(gap[rest], silent[rest], "o", ms=4, color=PALE, mec=GREY, mew=0.5, label=tr(_("within their rhythm")))
    ax.plot(gap[marked], silent[marked], "^", ms=6, color=RED, mec=INK, mew=0.5, label=tr(_("flagged")))
    right = float(np.quantile(gap, 0.99)) * 1.08 if len(gap) else 1.0
    top = float(np.max(silent)) * 1.06 if len(silent) else 1.0
    ax.plot([0, right], [0, right], color=INK, lw=1, ls="--", label=tr(_("silent for one usual pause")))
    ax.set_xlim(0, max(right, 1))
    ax.set_ylim(0, max(top, 1))
    ax.set_xlabel(tr(_("Usual pause between orders (days)")))
    ax.set_ylabel(tr(_("Silent for (days)")))
    legend_below(ax, 2)
    risk = float(np.asarray(data["at_risk"], dtype=float)[flagged].sum()) if flagged.any() else 0.0
    title(
        ax,
        _("{n:,} of {total:,} customers with a rhythm are flagged; they used to bring {money:,.0f} a year"),
        n=int(flagged.sum()),
        total=len(flagged),
        money=risk,
    )
    return done(ax)


def _calls(result: Result) -> Axes:
    data = result.data
    control = [str(one).startswith("control") for one in data["group"]]
    labels, revenue = list(map(str, data["labels"])), list(map(float, data["revenue"]))
    chosen = sorted(range(len(labels)), key=lambda at: -revenue[at])[:MOST]
    marked = [control[at] for at in chosen]
    ax = _bars(
        [labels[at] for at in chosen],
        [revenue[at] for at in chosen],
        texts=[f"{revenue[at]:,.0f}" for at in chosen],
        hatched=marked,
        xlabel=tr(_("Revenue of the last 12 months")),
        height=0.3,
    )
    for name, colour, hatch, edge in ((_("call"), SKY, "", SKY), (_("control: do not call"), PALE, "///", GREY)):
        ax.barh([0], [0], color=colour, hatch=hatch, edgecolor=edge, label=tr(name))
    legend_below(ax, 2)
    title(
        ax,
        _("{n:,} customers to call, {control:,} left alone to see what calling adds"),
        n=len(control) - sum(control),
        control=sum(control),
    )
    return ax


def _forecast(result: Result) -> Axes:
    from matplotlib.dates import AutoDateLocator, DateFormatter

    history, table = result.data["history"], result.data["table"]
    quarter, steps = table.iloc[0], table.iloc[1:]
    past = history.iloc[-36:] if len(history) > 36 and result.data["unit"] == "M" else history.iloc[-78:]
    ax = axes(None, 3.7)
    ax.plot(past.index, past.to_numpy(), color=GREY, lw=1.6, label=tr(_("what came")))
    ahead = pd.to_datetime(steps["from"])
    low, high, value = (steps[name].to_numpy(dtype=float) for name in ("low", "high", "forecast"))
    ax.plot(
        [past.index[-1], *ahead], [past.iloc[-1], *value], color=BLUE, lw=1.8, marker="o", ms=4, label=tr(_("forecast"))
    )
    if np.isfinite(low).all() and len(steps):
        ax.fill_between(
            ahead, low, high, color=SKY, alpha=0.35, hatch="..", lw=0, label=tr(_("80% of such forecasts lie in it"))
        )
    ax.set_ylim(bottom=min(0.0, float(np.nanmin([past.min(), *low, *value]))))
    ax.yaxis.set_major_formatter(lambda one, _place: f"{one:,.0f}")
    ax.xaxis.set_major_locator(AutoDateLocator(maxticks=6))
    ax.xaxis.set_major_formatter(DateFormatter("%Y-%m"))
    monthly = result.data["unit"] == "M"
    ax.set_xlabel(tr(_("Month")) if monthly else tr(_("Week")))
    ax.set_ylabel(tr(_("Revenue a month")) if monthly else tr(_("Revenue a week")))
    legend_below(ax, 2)
    if np.isfinite([quarter["low"], quarter["high"]]).all():
        text = _("Next quarter: {value:,.0f}, with a range of {low:,.0f} to {high:,.0f} (80%)")
    else:
        text = _("Next quarter: {value:,.0f}; too little is known for a range")
    title(ax, text, value=float(quarter["forecast"]), low=float(quarter["low"]), high=float(quarter["high"]))
    return done(ax)


def _together(result: Result) -> Axes:
    table = result.data["table"].dropna(subset=["later_lift", "low", "high"]).head(8)
    if table.empty:
        raise LookupError
    pairs = {
        f"{row['article']} + {row['goes_with']}": pd.Series(
            {"lift": row["later_lift"], "low": row["low"], "high": row["high"], "both": row["later_baskets"]}
        )
        for row in table.to_dict("records")
    }
    return lift_lines(pairs)


# -- survey ------------------------------------------------------------------------------------------------------------


def _satisfaction(result: Result) -> Axes:
    table = result.data["table"]
    if result.data.get("kind") == "index":
        keys = {name: key for key, name in field_satisfaction.VERDICTS.items()}
        shown = table.head(MOST).set_index("object")
        ax = index_bars(shown.assign(verdict=shown["verdict"].map(lambda one: keys.get(one, one))))
        weakest = shown["index"].astype(float).idxmin()
        title(
            ax,
            _("Weakest: {name}, with {share:.0%} of what was expected"),
            name=str(weakest),
            share=float(shown.at[weakest, "index"]),
        )
        return done(ax)
    shown = table.head(MOST)
    texts = [f"{share:.0%}  (n = {n:,.0f})" for share, n in zip(shown["satisfied"], shown["n"], strict=True)]
    ax = _bars(
        list(map(str, shown["object"])),
        list(100 * shown["satisfied"]),
        low=list(100 * shown["low"]),
        high=list(100 * shown["high"]),
        texts=texts,
        xlabel=tr(_("Satisfied: answers in the top quarter of the scale (%), with interval")),
    )
    first = shown.iloc[int(np.nanargmin(shown["satisfied"].to_numpy(dtype=float)))]
    title(
        ax,
        _("Satisfied with {name}: {share:.0%} (95% interval {low:.0%} to {high:.0%})")
        if len(shown) == 1
        else _("Fewest are satisfied with {name}: {share:.0%} (95% interval {low:.0%} to {high:.0%})"),
        name=str(first["object"]),
        share=float(first["satisfied"]),
        low=float(first["low"]),
        high=float(first["high"]),
    )
    return ax


def _nps(result: Result) -> Axes:
    table = result.data["table"].head(MOST)
    names = [str(one) or tr(_("all")) for one in table["group"]]
    return nps_bar(table.set_axis(names).drop(columns=["of", "group"]))


def _kano(result: Result) -> Axes:
    table = result.data["table"]
    letters = {name: letter for letter, name in field_kano.CATEGORIES.items()}
    if "category" in table:
        table = table.assign(category=table["category"].map(lambda one: letters.get(one, one)))
    return better_worse(table)


# -- complaints --------------------------------------------------------------------------------------------------------


def _triage(result: Result) -> Axes:
    counts = result.data["by_rule"].head(MOST)
    names = result.table.drop_duplicates("rule").set_index("rule")["why"].astype(str)
    late = counts["overdue"].fillna(0).astype(int)
    labels = [wrap(tr(str(names.get(rule, rule))), 40) for rule in counts.index]
    ax = axes(None, 1.7 + 0.62 * len(counts))
    y = np.arange(len(counts))[::-1]
    ax.barh(y, counts["open"], 0.56, color=SKY, label=tr(_("still open")))
    ax.barh(y, late, 0.56, color=RED, hatch="\\\\\\", edgecolor="white", lw=0, label=tr(_("of these past their time")))
    top = float(counts["open"].max())
    for at, number, over in zip(y, counts["open"], late, strict=True):
        ax.text(number + 0.02 * top, at, f"{number:,} ({over:,})", va="center", fontsize=9.5)
    ax.set_yticks(y, labels, fontsize=8.8)
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 1.25 * top)
    ax.set_xlabel(tr(_("Open complaints")))
    legend_below(ax, 2)
    title(
        ax,
        _("{n:,} complaints are open, {late:,} of them past their time"),
        n=int(counts["open"].sum()),
        late=int(late.sum()),
    )
    return done(ax)


def _reasons(result: Result) -> Axes:
    table = result.data["table"].set_index("reason")
    return reason_bars(table[["cases", "share", "low", "high"]], most=MOST)


def _recovery(result: Result) -> Axes:
    table = result.data["table"].dropna(subset=["worth"])
    low, high = (table[name].to_numpy(dtype=float) for name in ("worth_low", "worth_high"))
    ax = _bars(
        [tr(str(one)) for one in table["basis"]],
        list(table["worth"]),
        low=low,
        high=high,
        texts=[f"{worth:,.0f}" for worth in table["worth"]],
        hatched=[not np.isfinite(one) for one in low],
        xlabel=tr(_("Worth of settling a complaint: revenue a year, with interval")),
        height=0.7,
    )
    title(ax, result.title.text, **result.title.values)
    return ax


_CHARTS: Mapping[str, Callable[[Result], Axes | None]] = {
    "stages": _stages,
    "abc": _abc,
    "rfm": _rfm,
    "leaving": _leaving,
    "calls": _calls,
    "forecast": _forecast,
    "together": _together,
    "satisfaction": _satisfaction,
    "nps": _nps,
    "kano": _kano,
    "triage": _triage,
    "reasons": _reasons,
    "recovery": _recovery,
}
