"""What the last exercises of unit 2 ask about a firm's orders, made up or the trainee's own: their numbers, by the field modules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, clv, intervals, lifecycle, relationship, rfm, value
from crmlab.course.exercises.own_data import CUSTOMERS, Source
from crmlab.course.form import Answers
from crmlab.course.hooks import Numbers, Right, Signed
from crmlab.language import _, tr

_DAY = "%Y-%m-%d"
YEAR = pd.Timedelta(days=365)


def _two(source: Source, number: int, keys: pd.Series, wanted: tuple[str, ...]) -> list[Any]:
    """Two customers of different kinds, if there are: first by the kinds ``wanted``, else whoever the lot gives."""
    lot = source.lot(number)
    order = [keys.index[at] for at in lot.permutation(len(keys))]
    kinds = [wanted[at] for at in lot.permutation(len(wanted))]
    found: list[Any] = []
    for kind in [*kinds, *dict.fromkeys(keys)]:
        left = [one for one in order if keys[one] == kind and one not in found]
        if left and len(found) < 2 and kind not in {keys[one] for one in found}:
            found.append(left[0])
    return [*found, *[one for one in order if one not in found]][:2]


# -- 2.1: stages -------------------------------------------------------------------------------------------------------

LIMITS, AHEAD, MOST = (15, 30, 60, 180), 90, 0.40
"""Days of silence that are tried as a limit, one by lot, the days after which the lesson looks again, and the share that may come back at most."""


def lifecycle_numbers(source: Source) -> Numbers:
    """Stage of two customers; and whether the limit for churned keeps its word on this firm."""
    orders, today = source.orders, source.today
    table = lifecycle.stages(orders, today)
    table = table[(table["stage"] != "potential").to_numpy()]
    source.need(len(table), 20, CUSTOMERS)
    eve = today - pd.Timedelta(days=AHEAD)
    source.need(
        int((eve - orders["date"].min()).days), LIMITS[-1] + 30, _("days of orders before the last three months")
    )
    rows, right = {}, {}
    for key, who in zip(
        "ab", _two(source, 21, table["stage"].astype(str), ("churned", "loyal", "new", "active")), strict=True
    ):
        card = table.loc[who]
        rows[key] = {
            "name": source.called(who),
            **{name: int(card[name]) for name in ("age", "recency", "recent_orders")},
        }
        right[key] = str(card["stage"])
    then = lifecycle.stages(orders, eve)
    later = orders[(orders["date"] > eve) & (orders["amount"] > 0)]["customer_id"].unique()
    for at in source.lot(29).permutation(len(LIMITS)):
        limit = LIMITS[at]
        silent = then.index[(then["recency"] > limit).fillna(False).to_numpy(dtype=bool)]
        again = int(silent.isin(later).sum())
        low, high = intervals.wilson(again, len(silent)) if len(silent) else (0.0, 1.0)
        if min(abs(low - MOST), abs(high - MOST)) > 0.006:  # told apart in whole percents, as they are shown
            break
    else:
        checks.fail(_("Whatever the limit, the interval ends on 40%."))
    holds = "holds" if high <= MOST else "low" if low > MOST else "open"
    words = {
        "day": f"{today:{_DAY}}",
        "eve": f"{eve:{_DAY}}",
        "days": limit,
        "silent": len(silent),
        "again": again,
        "low": float(low),
        "high": float(high),
    }
    return Numbers(words=words, rows=rows, right={**right, "limit": holds})


# -- 2.2: ABC ----------------------------------------------------------------------------------------------------------


def revenue(source: Source) -> pd.Series:
    """What each customer brought in the last 365 days of the file, the largest first; who returned more than it bought is left out.

    Raises :class:`~crmlab.checks.InputError` for fewer than twenty.
    """
    table = source.export.table
    year = table[table["date"] > source.today - YEAR]
    found = year.groupby("customer")["amount"].sum()
    found = found[found > 0].sort_values(ascending=False, kind="stable")
    source.need(len(found), 20, CUSTOMERS)
    return found


def abc_numbers(source: Source) -> Numbers:
    """The share of the largest fifth, and the class of two customers near the cuts, one of whom crosses a line."""
    amounts = revenue(source)
    table = value.abc(amounts)
    fifth = max(1, round(len(table) / 5))
    total, largest = float(table["amount"].sum()), float(table["amount"].iloc[:fifth].sum())
    share = 100 * largest / total
    letters = table["class"].astype(str)
    a, b, c = (letters.index[(letters == letter).to_numpy()] for letter in "ABC")
    lot = source.lot(22).random_sample(2)
    # The last A or the first B; the last B or a C: there the rule decides, and not the look. Told apart in tenths, as they are shown.
    equal = table.groupby("amount")["amount"].sum().sort_index(ascending=False)
    larger = table["amount"].map((equal.cumsum() - equal) / total)
    told = (larger.sub(0.8).abs() > 0.0006) & (larger.sub(0.95).abs() > 0.0006)
    a, b, c = (who[told[who].to_numpy()] for who in (a, b, c))
    ends = [list(a[-1:]), list(b[:1])], [list(b[-1:]), list(c[:1])]
    near = [
        next(iter((one + other) if draw < 0.55 else (other + one)), letters.index[0])
        for (one, other), draw in zip(ends, lot, strict=True)
    ]
    rows, right = {}, {}
    for key, who in zip("ab", near, strict=True):
        running = float(table.at[who, "cumulative_share"])
        amount = float(table.at[who, "amount"])
        before = float(larger[who])
        rows[key] = {
            "name": source.called(who),
            "amount": source.money(amount),
            "before": 100 * before,
            "running": 100 * running,
        }
        right[key] = str(letters[who])
    slips = {
        "share": largest / total,
        "rest": 100 - share,
        "customers": 100 * fifth / len(table),
        "of-rest": 100 * largest / (total - largest) if total > largest else 0.0,
    }
    words = {
        "day": f"{source.today:{_DAY}}",
        "count": len(table),
        "k": fifth,
        "total": source.money(total),
        "sum": source.money(largest),
    }
    return Numbers(words=words, rows=rows, right={"top": Right(share, within=0.6, slips=slips), **right})


# -- 2.3: RFM ----------------------------------------------------------------------------------------------------------


def rfm_numbers(source: Source) -> Numbers:
    """The segment of two customers by their scores, and whether two segments of a day of the past really ordered at different rates."""
    table = rfm.summary(source.orders, source.today)
    source.need(len(table), 40, CUSTOMERS)
    scores = rfm.score(table)
    segments = rfm.segment(scores).astype(str)
    rows, right = {}, {}
    odd = segments.index[((scores["F"] + scores["M"]) % 2 == 1).to_numpy()]  # where halves are rounded up
    one = _two(
        source, 23, segments[odd] if len(odd) > 1 else segments, ("at_risk", "need_attention", "loyal", "champions")
    )
    for key, who in zip("ab", one, strict=True):
        row = scores.loc[who]
        rows[key] = {"name": source.called(who), "r": int(row["R"]), "f": int(row["F"]), "m": int(row["M"])}
        right[key] = str(segments[who])
    eve = source.today - pd.Timedelta(days=AHEAD)
    past = rfm.summary(source.orders, eve)
    source.need(len(past), 30, _("customers three months before the end"))
    then = rfm.segment(rfm.score(past)).astype(str)
    later = source.orders[(source.orders["date"] > eve) & (source.orders["amount"] > 0)]
    came = pd.Series(then.index.isin(later["customer_id"].unique()), index=then.index)
    sizes = then.value_counts()
    large = [str(name) for name in rfm.SEGMENTS.index if sizes.get(name, 0) >= 8]
    source.need(len(large), 2, _("segments of eight customers or more"))
    pairs = [(one, other) for at, one in enumerate(large) for other in large[at + 1 :]]
    lot = source.lot(24)
    for at in lot.permutation(len(pairs)):
        first, second = pairs[at][:: 1 if lot.random_sample() < 0.5 else -1]
        (x, n), (y, m) = ((int(came[then == name].sum()), int(sizes[name])) for name in (first, second))
        low, high = difference(x, n, y, m)
        if min(abs(low), abs(high)) > 0.006:  # told from 0 in whole points, as they are shown
            break
    else:
        checks.fail(_("Between all its segments, the interval ends on 0."))
    verdict = "first" if low > 0 else "second" if high < 0 else "open"
    names = {"first": _segment(first), "second": _segment(second)}
    words = {
        "day": f"{source.today:{_DAY}}",
        "eve": f"{eve:{_DAY}}",
        "count": n,
        "others": m,
        **names,
        "low": Signed(100 * low),
        "high": Signed(100 * high),
    }
    return Numbers(words=words, rows=rows, right={**right, "tested": verdict})


def _segment(key: str) -> str:
    return tr(rfm.SEGMENTS.at[key, "name"])


def difference(x: int, n: int, y: int, m: int) -> tuple[float, float]:
    """The 95% interval of the difference of two shares, x of n less y of m: Newcombe's, from Wilson's intervals of both.

    Source: Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine 17, 873-890.

    >>> [round(one, 3) for one in difference(56, 70, 48, 80)]
    [0.052, 0.334]
    """
    p, q = x / n, y / m
    (a, b), (c, d) = intervals.wilson(x, n), intervals.wilson(y, m)
    return float(p - q - np.hypot(p - a, d - q)), float(p - q + np.hypot(b - p, q - c))


# -- 2.4: lifetime value -----------------------------------------------------------------------------------------------


def clv_numbers(source: Source) -> Numbers:
    """Which of two customers is worth more from now on, and whether the model did better than a ruler on months it had not seen."""
    orders, today = source.orders, source.today
    first = orders["date"].min()
    source.need(int((today - first).days), 270, _("days of orders"))
    split = today - pd.Timedelta(days=min(182, int((today - first).days) // 3))
    whole = clv.repeat_summary(orders, today)
    source.need(int((whole["frequency"] > 0).sum()), 40, _("customers who bought again"))
    tested = clv.compare(orders, split, today, models=("bgnbd",))
    model, ruler = tested.loc["bgnbd"], tested.loc["same_pace"]
    came = tested.attrs["actual"]
    inside = bool(model["low"] <= came <= model["high"])
    better = bool(model["mae"] < ruler["mae"])
    verdict = "both" if better and inside else "better" if better else "worse"
    fitted = clv.fit_bgnbd(whole)
    past = clv.historic(orders, today)["revenue"].reindex(whole.index)
    table = whole.assign(past=past, p=fitted.p_alive(whole), ahead=fitted.expected_purchases(whole, 52.0))
    table = table[(table["frequency"] >= 3) & (table["past"] > 0)]
    table["value"] = table["ahead"] * table["monetary"]
    high, low = _turned(source, table)
    lot = source.lot(25)
    shown = [(high, low), (low, high)][int(2 * lot.random_sample())]
    rows = {}
    for key, who in zip("ab", shown, strict=True):
        row = table.loc[who]
        chance, ahead = 100 * float(row["p"]), float(row["ahead"])
        rows[key] = {
            "name": source.called(who),
            "past": source.money(row["past"]),
            "p": chance,
            "ahead": ahead,
            "mean": source.money(row["monetary"]),
        }
    right = "ab"[shown.index(max(shown, key=lambda who: float(table.at[who, "value"])))]
    words = {
        **{f"{name}_{key}": text for key, row in rows.items() for name, text in row.items()},
        **{"split": f"{split:{_DAY}}", "day": f"{today:{_DAY}}", "came": came, "total": float(model["total"])},
        **{
            "low": float(model["low"]),
            "high": float(model["high"]),
            "mae": float(model["mae"]),
            "ruler": float(ruler["mae"]),
        },
    }
    options = [(key, str(row["name"])) for key, row in rows.items()]
    return Numbers(words=words, right={"worth": right, "tested": verdict}, fields={"worth": {"options": options}})


def _turned(source: Source, table: pd.DataFrame) -> tuple[Any, Any]:
    """Two customers whose values the figures tell apart as they are shown, the one with the larger past first. By lot this one is worth less
    (twice in three), or more by fewer orders: neither the past nor the orders alone decide. Where there are no such two, any whose values differ."""
    lot = source.lot(26)
    order = table.iloc[lot.permutation(len(table))[:60]]
    past, orders = order["past"].to_numpy(), order["ahead"].round(1).to_numpy()
    ahead = orders * order["monetary"].round().to_numpy()
    larger, less = past[:, None] > 1.2 * past, 1.3 * ahead[:, None] < ahead
    near = (orders[:, None] >= 0.5) & (orders >= 0.5) & (ahead[:, None] < 4 * ahead) & (ahead < 4 * ahead[:, None])
    ways = [larger & less, larger & less.T & (orders[:, None] < orders)]
    if lot.random_sample() > 2 / 3:
        ways.reverse()
    found = next((way for way in [*(one & near for one in ways), *ways, less.T] if way.any()), less)
    source.need(int(found.any()), 1, _("pair of customers of different worth"))
    one, other = np.argwhere(found)[0]
    return order.index[one], order.index[other]


# -- 2.5: relationship -------------------------------------------------------------------------------------------------

MARGINS = (0.12, 0.25, 0.3, 0.45)
"""Margins of a class, by lot: an export of orders knows none."""


def relationship_numbers(source: Source) -> Numbers:
    """The level for class A and for class C at margins that are assumed, and how a customer stands who was last heard of at the last order."""
    amounts = revenue(source)
    letters = value.abc(amounts)["class"].astype(str)
    lot = source.lot(27)
    order = [MARGINS[at] for at in lot.permutation(len(MARGINS))]
    rows, right = {}, {}
    for key, letter in (("a", "A"), ("c", "C")):
        size = int((letters == letter).sum())
        # Many customers at a low margin: there the table leaves the choice between two levels.
        levels = [relationship.level(pd.DataFrame({"customers": [size], "margin": [margin]})) for margin in order]
        at = next(place for place, one in enumerate(levels) if one["alternative"].isna().all())
        rows[key] = {"letter": letter, "size": size, "margin": 100 * order[at]}
        right[key] = Right(str(levels[at]["level"].iloc[0]), slip=_nearby(key, str(levels[at]["level"].iloc[0])))
        order.pop(at)
    last = source.export.table.groupby("customer")["date"].max().reindex(letters.index)
    people = pd.DataFrame({"customer_id": letters.index.astype(object), "class": letters.to_numpy()})
    log = pd.DataFrame({"customer_id": letters.index.astype(object), "date": last.dt.normalize().to_numpy()})
    board = relationship.board(people, log, source.today)
    who = _two(source, 28, board["status"].astype(str), ("overdue", "this_week", "later"))[0]
    day = pd.Timestamp(board.at[who, "last_contact"])
    words = {
        "day": f"{source.today:{_DAY}}",
        "name": source.called(who),
        "letter": letters[who],
        "last": f"{day:{_DAY}}",
    }
    return Numbers(words=words, rows=rows, right={**right, "status": str(board.at[who, "status"])})


def _nearby(key: str, right: str) -> Any:
    """Whether a wrong level is too loose or too close."""
    levels = list(relationship.LEVELS.index)

    def slip(answers: Answers) -> str:
        return "loose" if levels.index(str(answers[key])) < levels.index(right) else "close"

    return slip
