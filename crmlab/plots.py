"""One chart a model, in the reader's language: takes results, draws them, returns the Axes.

Every title states what the data show. Colours are Okabe and Ito's (told apart by the colour-blind), and nothing is
said by colour alone: words, hatches and markers repeat it, so that a chart reads in grey. Without ``ax`` a figure is
made that stays legible on a phone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks, complaints, places, qualification, rfm, satisfaction, value
from crmlab.language import _, tr

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

FAMILY = ["Noto Sans SC", "DejaVu Sans"]
WIDTH = 5.2
"""Width of a figure in inches; at 420 pixels on a phone its smallest text is still 9 pixels high."""


@cache
def set_up() -> None:
    """Make matplotlib write Chinese with the course's own font; every chart calls it, once is enough.

    Changes ``font.family`` for all further figures of the session, your own too: they can show Chinese as well.
    """
    import matplotlib as mpl
    from matplotlib import font_manager

    fonts = font_manager.fontManager
    fonts.addfont(str(places.fonts() / "NotoSansSC-GB2312.otf"))
    # The font has one weight. Listed as bold too, it spares a complaint on stderr, which would cost marks.
    fonts.ttflist += [replace(font, weight=700) for font in fonts.ttflist if font.name == FAMILY[0]]
    mpl.rcParams["font.family"] = FAMILY
    mpl.rcParams["font.sans-serif"] = [*FAMILY, *mpl.rcParams["font.sans-serif"]]
    mpl.rcParams["axes.unicode_minus"] = True


def abc_curve(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The concentration curve of a :func:`crmlab.value.abc` table: customers against their share of the amount.

    >>> abc_curve(value.abc([70, 20, 6, 4])).get_xlabel()
    'Customers, largest first (%)'
    """
    checks.frame(table, "table")
    classes = value.by_class(table)
    ax = _axes(ax, 3.9)
    x = 100 * np.arange(len(table) + 1) / len(table)
    y = 100 * np.concatenate(([0.0], table["cumulative_share"].to_numpy()))
    start, previous, level = 0, -100.0, 0
    for i, (letter, row) in enumerate(classes.iterrows()):
        stop = start + int(row["customers"])
        centre = min(max((x[start] + x[stop]) / 2, 13), 87)
        level = level + 1 if centre - previous < 25 else 0
        previous = centre
        part = slice(start, stop + 1)
        ax.fill_between(x[part], y[part], color=_CLASS_COLOURS[i % 3], alpha=0.35, hatch=_HATCHES[i % 3], lw=0)
        ax.text(
            centre,
            5 + 21 * level,  # labels of narrow classes stand above one another
            tr(
                _("{letter}\n{customers:,} customers\n{share:.0%}"),
                letter=letter,
                customers=int(row["customers"]),
                share=row["amount_share"],
            ),
            ha="center",
            va="bottom",
            fontsize=9.5,
            bbox=_LABEL,
        )
        if start:
            ax.axvline(x[start], color=INK, lw=0.8, ls=":")
        start = stop
    ax.plot(x, y, color=INK, lw=2)
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 102)
    ax.set_xlabel(tr(_("Customers, largest first (%)")))
    ax.set_ylabel(tr(_("Share of the amount (%)")))
    first = classes.iloc[0]
    _title(
        ax,
        _("{customers:.0%} of the customers bring {share:.0%} of the amount: class {letter}"),
        customers=first["customer_share"],
        share=first["amount_share"],
        letter=classes.index[0],
    )
    return _done(ax)


_CLASS_COLOURS = (BLUE, ORANGE, PINK)
_HATCHES = ("//", "..", "")
_LABEL = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}


def lorenz(curve: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The Lorenz curve from :func:`crmlab.value.lorenz`, with the line of equal customers.

    >>> lorenz(value.lorenz([1, 1])).get_title(loc="left")
    'The smaller half of customers brings 50% of the amount'
    """
    checks.frame(curve, "curve")
    ax = _axes(ax, 3.9)
    x, y = 100 * curve["customer_share"], 100 * curve["amount_share"]
    ax.plot([0, 100], [0, 100], color=GREY, ls="--", lw=1.3)
    ax.plot(x, y, color=BLUE, lw=2.4)
    ax.fill_between(x, y, x, color=SKY, alpha=0.25, lw=0)
    ax.text(48, 52, tr(_("if all were equal")), rotation=37, ha="center", va="bottom", color=GREY, fontsize=9.5)
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 100)
    ax.set_xlabel(tr(_("Customers, smallest first (%)")))
    ax.set_ylabel(tr(_("Share of the amount (%)")))
    half = float(np.interp(50, x, y)) / 100
    _title(ax, _("The smaller half of customers brings {share:.0%} of the amount"), share=half)
    return _done(ax)


def rfm_heat(scores: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Number of customers by recency and frequency score; ``scores`` from :func:`crmlab.rfm.score`.

    >>> rfm_heat(pd.DataFrame({"R": [5, 1], "F": [5, 1], "M": [5, 1]})).get_xlabel()
    'F: how often (5 = most often)'
    """
    counts = rfm.grid(scores)
    ax = _axes(ax, 4.0)
    values = counts.to_numpy()
    ax.imshow(values, cmap="Blues", vmin=0, vmax=max(values.max(), 1) * 1.15, aspect="auto")
    for (row, column), count in np.ndenumerate(values):
        dark = count > 0.6 * values.max()
        ax.text(column, row, f"{count:,}", ha="center", va="center", color="white" if dark else INK, fontsize=11)
    ax.set_xticks(range(5), [str(f) for f in counts.columns])
    ax.set_yticks(range(5), [str(r) for r in counts.index])
    ax.set_xlabel(tr(_("F: how often (5 = most often)")))
    ax.set_ylabel(tr(_("R: how recently (5 = just now)")))
    ax.tick_params(length=0)
    at = divmod(int(values.argmax()), values.shape[1])
    _title(
        ax,
        _("Fullest: R {r}, F {f} with {n:,} of {total:,} customers ({share:.0%})"),
        r=counts.index[at[0]],
        f=counts.columns[at[1]],
        n=int(values.max()),
        total=int(values.sum()),
        share=values.max() / values.sum(),
    )
    return _done(ax, frame=False)


def segment_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Each segment's share of customers and of money; ``table`` from :func:`crmlab.rfm.by_segment`.

    >>> import pandas as pd
    >>> customers = pd.DataFrame({"recency": [3, 200], "frequency": [9, 1], "monetary": [90., 10.]})
    >>> table = rfm.by_segment(customers, rfm.segment(rfm.score(customers)))
    >>> segment_bars(table).get_title(loc="left").split(",")[0]
    'Champions: 50% of the customers'
    """
    checks.frame(table, "table")
    ax = _axes(ax, 4.9)
    names = [tr(str(rfm.SEGMENTS["name"].get(key, key))) for key in table.index]
    y = np.arange(len(table))[::-1]
    ax.barh(y + 0.2, 100 * table["customer_share"], 0.38, color=SKY, label=tr(_("of the customers")))
    ax.barh(
        y - 0.2,
        100 * table["money_share"],
        0.38,
        color=BLUE,
        hatch="///",
        edgecolor="white",
        lw=0,
        label=tr(_("of the money")),
    )
    for at, customers, money in zip(y, table["customer_share"], table["money_share"], strict=True):
        ax.text(100 * customers + 0.8, at + 0.2, f"{customers:.0%}", va="center", fontsize=9)
        ax.text(100 * money + 0.8, at - 0.2, f"{money:.0%}", va="center", fontsize=9)
    ax.set_yticks(y, names)
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 100 * float(table[["customer_share", "money_share"]].max().max()) * 1.14)
    ax.set_xlabel(tr(_("Share (%)")))
    ax.legend(loc="lower right", frameon=False, fontsize=10)
    top = int(np.nanargmax(table["money_share"]))
    _title(
        ax,
        _("{name}: {customers:.0%} of the customers, {money:.0%} of the money"),
        name=names[top],
        customers=table["customer_share"].iloc[top],
        money=table["money_share"].iloc[top],
    )
    return _done(ax)


def win_rates(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Win rates with intervals and number of deals; ``table`` from :func:`crmlab.qualification.win_rates`.

    A hollow mark stands for fewer than 30 deals. The title speaks of the groups of 30 or more, if there are two.

    >>> import pandas as pd
    >>> deals = pd.DataFrame({"money": True, "authority": True, "need": True, "won": [True, True, False, True]})
    >>> win_rates(qualification.win_rates(deals)).get_title(loc="left")
    'M A N: 75% of 4 deals won'
    """
    checks.frame(table, "table")
    ax = _axes(ax, 1.5 + 0.36 * len(table))
    y = np.arange(len(table))[::-1]
    for at, (deals, share, low, high) in zip(
        y, table[["deals", "share", "low", "high"]].itertuples(index=False), strict=True
    ):
        if deals == 0:
            ax.text(50, at, tr(_("no deals")), ha="center", va="center", color=GREY, fontsize=10)
            continue
        ax.plot([100 * low, 100 * high], [at, at], color=BLUE, lw=2.2, solid_capstyle="butt")
        few = deals < 30
        ax.plot(100 * share, at, "o", ms=8, mfc="white" if few else BLUE, mec=BLUE, mew=1.8, clip_on=False)
        ax.text(113, at, f"{share:.0%}", va="center", ha="right", fontsize=10.5)
    for at, n in zip(y, table["deals"], strict=True):
        ax.text(117, at, f"n = {int(n):,}", va="center", ha="left", fontsize=9.5)
    words = [_words(key, table.index.names) for key in table.index]
    ax.set_yticks(y, words)
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(-4, 100)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlabel(
        tr(
            _("Deals won (%), with {level:.0%} interval; hollow = fewer than 30 deals"),
            level=table.attrs.get("confidence", 0.95),
        )
    )
    rows = [row | {"name": name} for row, name in zip(table.to_dict("records"), words, strict=True)]
    seen = [row for row in rows if row["deals"] >= 30]
    if len(seen) < 2:
        seen = [row for row in rows if row["deals"] > 0]
    best, worst = max(seen, key=lambda row: row["share"]), min(seen, key=lambda row: row["share"])
    if best is worst:
        _title(
            ax,
            _("{best}: {high:.0%} of {n:,} deals won"),
            best=best["name"],
            high=best["share"],
            n=int(best["deals"]),
        )
        return _done(ax)
    if worst["high"] < best["low"]:
        text = _("{best} wins {high:.0%} of {n_high:,}, {worst} {low:.0%} of {n_low:,}: the intervals lie apart")
    else:
        text = _("{best} wins {high:.0%} of {n_high:,}, {worst} {low:.0%} of {n_low:,}: the intervals overlap")
    _title(
        ax,
        text,
        best=best["name"],
        worst=worst["name"],
        high=best["share"],
        low=worst["share"],
        n_high=int(best["deals"]),
        n_low=int(worst["deals"]),
    )
    return _done(ax)


_VERDICT_LOOK = {
    "customer": ("#BFE5D8", GREEN, "●"),
    "approach": ("#D4E9F8", BLUE, "▲"),
    "cultivate": ("#FBE7BF", ORANGE, "■"),
    "stop": ("#E4E4E4", GREY, "×"),
}


def eight_cards(ax: Axes | None = None) -> Axes:
    """The eight combinations of money, authority and need as cards, with verdict and next move.

    >>> len(eight_cards().texts) > 8
    True
    """
    from matplotlib.patches import Rectangle

    ax = _axes(ax, 6.6)
    ax.set_xlim(0, 2)
    ax.set_ylim(-0.02, 4.62)
    ax.axis("off")
    cards = {
        (card["money"], card["authority"], card["need"]): card
        for card in qualification.EIGHT.reset_index().to_dict("records")
    }
    top = 4.36
    for need in (True, False):
        ax.text(
            0.02,
            top + 0.05,
            tr(_("N: there is a need")) if need else tr(_("n: no need yet")),
            fontsize=11,
            va="bottom",
        )
        for row, money in enumerate((True, False)):
            for column, authority in enumerate((True, False)):
                card = cards[money, authority, need]
                face, edge, mark = _VERDICT_LOOK[card["verdict"]]
                x, y = column + 0.02, top - 1.0 * (row + 1) + 0.04
                ax.add_patch(Rectangle((x, y), 0.96, 0.92, facecolor=face, edgecolor=edge, lw=1.8))
                ax.text(x + 0.05, y + 0.86, card["combination"], fontsize=14, va="top")
                ax.text(x + 0.91, y + 0.85, mark, fontsize=13, va="top", ha="right", color=edge)
                ax.text(
                    x + 0.05,
                    y + 0.56,
                    tr(qualification.VERDICTS[card["verdict"]]),
                    fontsize=10.5,
                    va="top",
                )
                ax.text(
                    x + 0.05,
                    y + 0.37,
                    _wrap(tr(card["action"]), 30),
                    fontsize=9.5,
                    va="top",
                    linespacing=1.2,
                )
        top -= 2.32
    verdicts = qualification.EIGHT["verdict"].value_counts()
    _title(
        ax,
        _("MAN: {customer} of 8 is a customer now, {approach} can be approached, {cultivate} need patience"),
        **{str(key): int(count) for key, count in verdicts.items()},
    )
    return ax


def index_bars(table: pd.DataFrame, ax: Axes | None = None, names: Any = None) -> Axes:
    """Satisfaction indices around the line 1, with their intervals.

    ``table`` comes from :func:`crmlab.satisfaction.by` or ``by_object``. ``names`` maps its row keys to
    names to show; the five objects have theirs.

    >>> import pandas as pd
    >>> survey = pd.DataFrame({"region": list("NNSS"), "expected": [8, 9, 8, 7], "perceived": [8, 9, 6, 6]})
    >>> index_bars(satisfaction.by(survey, "region")).get_title(loc="left")
    'Weakest: S with c = 0.80'
    """
    from matplotlib.ticker import MaxNLocator

    checks.frame(table, "table")
    if not (table["n"] > 0).any():
        checks.fail(_("No group has an answer, so there is nothing to draw."))
    ax = _axes(ax, 1.6 + 0.5 * len(table))
    labels = {**{key: tr(name) for key, name in satisfaction.OBJECTS.items()}, **dict(names or {})}
    words = [tr(str(labels.get(key, key))) for key in table.index]
    y = np.arange(len(table))[::-1]
    look = {
        "unhappy": (RED, "\\\\\\", tr(_("below 1"))),
        "delighted": (GREEN, "///", tr(_("above 1"))),
        "unclear": (PALE, "", tr(_("cannot be told from 1"))),
    }
    ends = [1.0]
    seen = set()
    for at, row in zip(y, table.to_dict("records"), strict=True):
        if row["n"] == 0:
            ax.text(1, at, tr(_("no answers")), ha="center", va="center", color=GREY, fontsize=10)
            continue
        colour, hatch, word = look[row["verdict"]]
        ax.barh(
            at,
            row["index"] - 1,
            0.6,
            left=1,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            lw=0,
            label=None if word in seen else word,
        )
        seen.add(word)
        if np.isfinite(row["low"]):
            ax.plot([row["low"], row["high"]], [at, at], color=INK, lw=1.6)
        ends += [end for end in (row["index"], row["low"], row["high"]) if np.isfinite(end)]
    ax.axvline(1, color=INK, lw=1.2)
    width = max(max(ends) - min(ends), 0.02)
    ax.set_xlim(min(ends) - 0.06 * width, max(ends) + 0.34 * width)
    for at, row in zip(y, table.to_dict("records"), strict=True):
        if row["n"] == 0:
            continue
        ax.text(
            max(ends) + 0.32 * width,
            at,
            f"{row['index']:.2f}  (n = {row['n']:,})",
            va="center",
            ha="right",
            fontsize=9.5,
        )
    ax.set_yticks(y, words)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlabel(tr(_("Index c = perceived / expected (1 = as expected)")))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter("{x:.2f}")
    _legend_below(ax, 2)
    worst = int(np.nanargmin(table["index"]))
    _title(ax, _("Weakest: {name} with c = {c:.2f}"), name=words[worst], c=table["index"].iloc[worst])
    return _done(ax)


def nps_bar(result: satisfaction.NPS | pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Shares of detractors, passives and promoters, and the score.

    ``result`` comes from :func:`crmlab.satisfaction.nps` (one bar) or ``nps_by`` (a bar a group).

    >>> nps_bar(satisfaction.nps([10, 9, 8, 3])).get_title(loc="left")
    'NPS +25: 50% promoters less 25% detractors'
    """
    if isinstance(result, satisfaction.NPS):
        names = ["nps", "low", "high", "promoters", "passives", "detractors", "n"]
        table = pd.DataFrame([[getattr(result, name) for name in names]], columns=names, index=[""])
    else:
        table = checks.frame(result, "table")
    if not (table["n"] > 0).any():
        checks.fail(_("No group has an answer, so there is nothing to draw."))
    ax = _axes(ax, 1.9 + 0.62 * len(table))
    y = np.arange(len(table))[::-1]
    left = np.zeros(len(table))
    parts = (
        ("detractors", tr(_("Detractors 0-6")), RED, "\\\\\\", INK),
        ("passives", tr(_("Passives 7-8")), PALE, "", INK),
        ("promoters", tr(_("Promoters 9-10")), BLUE, "", "white"),
    )
    for key, word, colour, hatch, ink in parts:
        shares = (100 * table[key] / table["n"].clip(lower=1)).to_numpy()
        ax.barh(y, shares, 0.56, left=left, color=colour, hatch=hatch, edgecolor="white", lw=0.8, label=word)
        for at, start, share in zip(y, left, shares, strict=True):
            if share >= 8:
                ax.text(
                    start + share / 2,
                    at,
                    f"{share:.0f}%",
                    ha="center",
                    va="center",
                    color=ink,
                    fontsize=10,
                    bbox={"facecolor": "white" if hatch else colour, "edgecolor": "none", "pad": 1},
                )
        left = left + shares
    for at, row in zip(y, table.to_dict("records"), strict=True):
        if row["n"] == 0:
            ax.text(50, at, tr(_("no answers")), ha="center", va="center", color=GREY, fontsize=10)
            continue
        ax.text(
            0,
            at + 0.31,
            tr(
                _("NPS {nps:+d}, interval {low:+d} to {high:+d}, n = {n:,}"),
                nps=round(row["nps"]),
                low=round(row["low"]),
                high=round(row["high"]),
                n=int(row["n"]),
            ),
            fontsize=9.5,
            va="bottom",
        )
    ax.set_yticks(y, [tr(str(key)) for key in table.index])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 100)
    ax.set_ylim(-0.45, len(table) - 0.35)
    ax.set_xlabel(tr(_("Answers (%)")))
    _legend_below(ax, 3)
    rows = table[table["n"] > 0].reset_index(names="name").to_dict("records")
    best, worst = max(rows, key=lambda row: row["nps"]), min(rows, key=lambda row: row["nps"])
    if len(rows) == 1:
        _title(
            ax,
            _("NPS {nps:+d}: {promoters:.0%} promoters less {detractors:.0%} detractors"),
            nps=round(best["nps"]),
            promoters=best["promoters"] / best["n"],
            detractors=best["detractors"] / best["n"],
        )
    else:
        _title(
            ax,
            _("From {low:+d} points ({worst}, n = {n_low:,}) to {high:+d} ({best}, n = {n_high:,})"),
            worst=tr(str(worst["name"])),
            low=round(worst["nps"]),
            n_low=int(worst["n"]),
            best=tr(str(best["name"])),
            high=round(best["nps"]),
            n_high=int(best["n"]),
        )
    return _done(ax)


def seven_steps(review: complaints.Review | None = None, ax: Axes | None = None) -> Axes:
    """The seven steps of a complaint talk; with a :func:`crmlab.complaints.review`, what became of each.

    >>> seven_steps().get_title(loc="left")
    'First the feelings, then the matter: seven steps'
    """
    from matplotlib.patches import FancyBboxPatch

    ax = _axes(ax, 5.6)
    ax.set_xlim(0, 10)
    ax.set_ylim(-0.1, 9.0)
    ax.axis("off")
    y = 8.85
    half = ""
    for key, step in complaints.STEPS.items():
        if step.half != half:
            half = step.half
            ax.text(0.1, y - 0.12, tr(complaints.HALVES[half]), fontsize=11, va="top")
            y -= 0.62
        face, edge, style = ("#FBE7BF", ORANGE, "-") if half == "feelings" else ("#D4E9F8", BLUE, "-")
        state = ""
        if review is not None:
            if key in review.skipped:
                face, style, state = "white", "--", tr(_("skipped"))
            elif key in review.out_of_order:
                state = tr(_("too early"))
            else:
                state = tr(_("done"))
        ax.add_patch(
            FancyBboxPatch(
                (0.15, y - 0.94),
                9.7,
                0.84,
                boxstyle="round,pad=0,rounding_size=0.15",
                facecolor=face,
                edgecolor=edge,
                lw=1.5,
                ls=style,
            )
        )
        ax.text(0.5, y - 0.52, str(step.number), fontsize=15, va="center", ha="center", color=INK)
        ax.text(1.0, y - 0.34, tr(step.name), fontsize=11, va="center")
        ax.text(1.0, y - 0.71, _wrap(tr(step.meaning), 64), fontsize=8.8, va="center")
        if state:
            sign = {tr(_("skipped")): "○", tr(_("too early")): "↑"}.get(state, "●")
            ax.text(9.7, y - 0.34, f"{sign} {state}", fontsize=10, va="center", ha="right")
        y -= 1.06
    if review is None:
        _title(ax, _("First the feelings, then the matter: seven steps"))
    else:
        _title(
            ax,
            _("{done} of 7 steps done, {early} of them too early, {skipped} skipped"),
            done=len(review.done),
            early=len(review.out_of_order),
            skipped=len(review.skipped),
        )
    return ax


def mood_line(moods: Sequence[float], ax: Axes | None = None, limits: tuple[float, float] = (1, 5)) -> Axes:
    """A customer's mood through a talk: ``moods`` from the first word to the last, within ``limits``.

    >>> mood_line([2, 1, 3, 4]).get_title(loc="left")
    'Mood from 2 to 4; lowest after line 1'
    """
    values = checks.numbers(checks.series(list(moods), "moods"), "moods")
    low, high = limits
    if ((values < low) | (values > high)).any():
        checks.fail(_("Moods must lie between {low:g} and {high:g}."), low=low, high=high)
    ax = _axes(ax, 3.2)
    turns = np.arange(len(values))
    ax.axhspan(low - 1, (low + high) / 2, color=ORANGE, alpha=0.14, lw=0)
    ax.plot(turns, values, color=BLUE, lw=2.2, marker="o", ms=7, mfc="white", mew=2)
    worst = int(values.argmin())
    ax.plot(worst, values[worst], marker="v", ms=11, color=RED, ls="none")
    ax.set_ylim(low - 0.5, high + 0.5)
    ax.set_xlim(-0.3, max(len(values) - 0.7, 0.7))
    ax.set_yticks([low, (low + high) / 2, high], [tr(_("furious")), tr(_("neutral")), tr(_("pleased"))])
    ax.set_xticks(turns[:: max(1, len(turns) // 10)])
    ax.set_xlabel(tr(_("Your lines, one after the other (0 = before the first)")))
    ax.set_ylabel(tr(_("Mood")))
    if worst == 0 and len(values) > 1 and values.min() < values.max():
        text = _("Mood from {first:g} to {last:g}; never worse than at the start")
    elif values.min() == values.max():
        text = _("Mood {first:g} from first to last")
    else:
        text = _("Mood from {first:g} to {last:g}; lowest after line {line}")
    _title(ax, text, first=values[0], last=values[-1], line=worst)
    return _done(ax)


def _axes(ax: Axes | None, height: float) -> Axes:
    set_up()
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(WIDTH, height), dpi=100, layout="constrained")[1]


def _done(ax: Axes, frame: bool = True) -> Axes:
    for side in ("top", "right") if frame else ("top", "right", "left", "bottom"):
        ax.spines[side].set_visible(False)
    return ax


def _title(ax: Axes, text: str, /, **values: Any) -> None:
    # A title begins where the axes do: what the row names take from the width, it lacks.
    names = [label.get_text() for label in ax.get_yticklabels()] if ax.axison else []
    longest = max((_size(name) for name in names), default=0)
    ax.set_title(_wrap(tr(text, **values), 62 - longest), loc="left", fontsize=11.5, color=INK)


def _words(key: Any, names: Sequence[Any]) -> str:
    """A row's name; the parts of a compound one joined, True and False with the name of their column."""
    parts = key if isinstance(key, tuple) else (key,)
    said = []
    for part, name in zip(parts, names, strict=True):
        if isinstance(part, (bool, np.bool_)):
            said.append(tr(_("{name}: yes"), name=name) if part else tr(_("{name}: no"), name=name))
        else:
            said.append(str(part))
    return ", ".join(said)


def _legend_below(ax: Axes, columns: int) -> None:
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


def _wrap(text: str, width: int) -> str:
    """Lines of at most ``width`` half-widths; a Chinese character takes two, and a line may break after it.

    >>> _wrap("one two three", 8)
    'one two\\nthree'
    """
    lines, line, used = [], "", 0
    for part in _parts(text):
        if line and used + _size(part.rstrip()) > width:
            lines.append(line.rstrip())
            line, used, part = "", 0, part.lstrip()
        line += part
        used += _size(part)
    return "\n".join([*lines, line.rstrip()])


def _size(text: str) -> int:
    """Half-widths: about one for a letter, two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


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
