"""Price and reward: the volume that pays for a discount, what volume did when prices moved, what a reward may cost.

Source: training handout; the methods are named at each function.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _


def break_even_volume(discount: Any, margin: Any, fixed: Any = 0.0) -> Any:
    """How much more must be sold so that a discount costs nothing, as a share of today's volume.

    ``discount`` and ``margin`` are shares of today's price: .05 = 5% off; the margin is price less variable cost.
    From volume x (margin - discount) = margin follows more volume = margin / (margin - discount) - 1. ``fixed`` is
    what the campaign itself costs, as a share of today's revenue; it is added to the margin that must be earned.
    A negative discount is a price rise; the result then is the volume that may be lost (below 0).

    A discount of the whole margin or more can never pay: infinite. Numbers give a number, Series or arrays the
    same kind.

    Raises :class:`~crmlab.checks.InputError` for missing numbers, a margin not above 0 or above 1, a discount of 1 or
    more (say .05, not 5), negative fixed costs.

    >>> round(break_even_volume(.05, .20), 4), break_even_volume(.2, .2)
    (0.3333, inf)
    """
    discount, margin, fixed = checks.aligned(discount=discount, margin=margin, fixed=fixed)
    given = {"discount": discount, "margin": margin, "fixed": fixed}
    arrays = {}
    for name, value in given.items():
        if not _many(value):
            one = checks.rate(value, name, zero=False) if name == "margin" else checks.number(value, name)
            arrays[name] = np.asarray(one)
            continue
        column = checks.series(np.ravel(value) if isinstance(value, np.ndarray) else value, name)
        found = checks.rates(column, name, zero=False) if name == "margin" else checks.numbers(column, name)
        arrays[name] = found.reshape(value.shape) if isinstance(value, np.ndarray) else found
    try:
        d, m, f = np.broadcast_arrays(*arrays.values())
    except ValueError:
        checks.fail(_("The tables of discount, margin and fixed do not fit together; give columns of one length."))
    if (d >= 1).any() or (d < -10).any():
        checks.fail(_("discount must be a share of the price below 1, such as 0.05 for 5%."))
    if (f < 0).any():
        checks.fail(_("fixed must be a share of today's revenue from 0 up."))
    checks.tell_percent(f, "fixed", 1.0)
    left = m - d
    pays = left > 1e-12
    more = np.where(pays, (m + f) / np.where(pays, left, 1.0) - 1, np.inf)
    for value in given.values():
        if isinstance(value, pd.Series):
            return pd.Series(more, index=value.index, name="more_volume")
    return float(more) if more.ndim == 0 else more


def _many(value: Any) -> bool:
    """Whether it is a list, a column or an array, not a single value."""
    return hasattr(value, "__len__") and not isinstance(value, str) and getattr(value, "ndim", 1) > 0


def discount_table(discounts: Any = (0.02, 0.05, 0.1, 0.15, 0.2), margins: Any = (0.1, 0.2, 0.3, 0.4)) -> pd.DataFrame:
    """:func:`break_even_volume` for several discounts (rows) and margins (columns).

    >>> discount_table([.05], [.1, .2, .25]).round(2).loc[.05].tolist()
    [1.0, 0.33, 0.25]
    """
    rows, columns = (
        checks.numbers(checks.series(values if _many(values) else [values], name), name)
        for values, name in ((discounts, "discounts"), (margins, "margins"))
    )
    values = break_even_volume(rows[:, None], columns[None, :])
    return pd.DataFrame(values, index=pd.Index(rows, name="discount"), columns=pd.Index(columns, name="margin"))


def reward_budget(
    groups: pd.DataFrame,
    share: float = 0.5,
    customers: str = "customers",
    amount: str = "amount",
    margin: str = "margin",
    lift: str = "lift",
) -> pd.DataFrame:
    """What a reward may cost, group by group: a share of the extra margin that it brings.

    ``groups`` has a row a group of customers: their number, the ``amount`` they buy now (money, all together), the
    ``margin`` (share of the amount, from -1 to 1; below 0 gives no budget) and the ``lift`` expected of the reward (.1 = they buy 10%
    more). ``share`` is the part of the extra margin that goes back to the customers; 1 = nothing is left.

    Columns: ``extra_amount``, ``extra_margin``, ``budget``, ``per_customer``, ``rate`` (budget / (amount + extra amount):
    the reward as a share of what they then buy), ``needed_lift`` (the lift below which this budget, once spent, costs
    more than it brings). The lift is a guess until it is measured against customers without the reward.

    Raises :class:`~crmlab.checks.InputError` for missing columns or numbers, negative customers, amounts or lifts.

    >>> groups = pd.DataFrame({"customers": [10], "amount": [50_000.], "margin": [.3], "lift": [.1]}, index=["A"])
    >>> reward_budget(groups).loc["A", ["extra_margin", "budget", "per_customer"]].round(6).tolist()
    [1500.0, 750.0, 75.0]
    """
    share = checks.rate(share, "share")
    checks.frame(groups, "groups")
    checks.need(groups, {"customers": customers, "amount": amount, "margin": margin, "lift": lift})
    n, money, more = (checks.within(groups[name], name, 0) for name in (customers, amount, lift))
    rate = checks.within(groups[margin], margin, -1, 1)
    checks.tell_percent(more, lift)
    extra = money * more
    budget = share * np.maximum(extra * rate, 0.0)

    def ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
        return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)

    return pd.DataFrame(
        {
            "extra_amount": extra,
            "extra_margin": extra * rate,
            "budget": budget,
            "per_customer": ratio(budget, n),
            "rate": ratio(budget, money + extra),
            "needed_lift": ratio(budget, money * rate),
        },
        index=groups.index,
    )


WEEKS, WITHIN, LEAST = 6, 0.015, 0.05
_RESULT = ("week", "before", "after", "change", "units_before", "units_after", "others", "volume")
_MONDAY = 4
"""The first Monday of 1970, in days since 1970-01-01."""


def price_changes(
    lines: pd.DataFrame,
    weeks: int = WEEKS,
    least: float = LEAST,
    article: str = "stock_code",
    quantity: str = "quantity",
    price: str = "unit_price",
    date: str = "date",
) -> pd.DataFrame:
    """Articles whose price moved and stayed, and how many units were sold before and after.

    ``lines`` has a row an order line: the ``article``, the ``quantity`` (units), the ``price`` of one unit and the ``date``.
    The usual price of an article in a calendar week is that of most of its lines. The price moved where the median of
    the usual prices of ``weeks`` weeks and that of the next ``weeks`` differ by ``least`` or more (a share: .05 = 5%), where
    the article was sold in all of these weeks but one at most, on either side, and where four weeks of five, on either side,
    are within 1.5% of the median. Of several such places the first is taken in which the price really is another one.

    A row an article that moved: ``week`` (the first with the new price), ``before``, ``after`` (prices), ``change`` (share;
    below 0 = a cut), ``units_before``, ``units_after`` (of so many weeks each), ``others`` (units after over units before, in the
    same weeks, of all articles whose usual price stood all along), ``volume``: units after over before, divided by
    ``others``; 1 = sold as the others did. ``result.attrs``: ``articles`` (looked at), ``steady`` (whose price stood), ``weeks``.

    Nobody drew these articles by lot, so ``volume`` is no effect of the price alone: what is cut may be going out of
    fashion, what is raised may be in demand. An article that hardly sold any more after its price moved is not in the table,
    so the volume of those that are is flattered.

    Raises :class:`~crmlab.checks.InputError` for missing columns or numbers, prices or quantities not above 0, and if no
    article's price stood.

    >>> rows = [("tea", w, 10 if w < 6 else 20, 2.0 if w < 6 else 1.8) for w in range(12)]
    >>> rows += [("rice", w, 10, 1.0) for w in range(12)]
    >>> sold = pd.DataFrame(rows, columns=["stock_code", "week", "quantity", "unit_price"])
    >>> sold["date"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * sold["week"], unit="D")
    >>> price_changes(sold)[["before", "after", "volume"]].round(2).loc["tea"].tolist()
    [2.0, 1.8, 2.0]
    """
    checks.frame(lines, "lines")
    checks.need(lines, {"article": article, "quantity": quantity, "price": price, "date": date})
    weeks = checks.number(weeks, "weeks", low=2, high=200, whole=True)
    least = checks.rate(least, "least", zero=False)
    checks.not_a_result({"article": article}, _RESULT)
    number = {name: _above_zero(lines[name], name) for name in (quantity, price)}
    articles = checks.keys(lines[article], article)
    _filled(articles, article)
    codes, names = pd.factorize(articles.to_numpy())
    sold = pd.DataFrame(
        {
            "article": codes,
            "quantity": number[quantity],
            "price": number[price],
            "week": (np.asarray(checks.days(lines[date], date), dtype="int64") - _MONDAY) // 7,
        }
    )
    usual, units = _by_week(sold)
    at, many = units.to_numpy(), usual.shape[1]
    prices = usual.to_numpy()
    steady = (np.nanmax(prices, axis=1) / np.nanmin(prices, axis=1) < 1 + 2 * WITHIN) & (
        np.isfinite(prices).sum(axis=1) > 1
    )
    if not steady.any():
        checks.fail(_("There is no article whose price stood all along, so there is nothing to compare with."))
    rows: list[list[Any]] = []
    found: set[int] = set()
    for week in range(weeks, many - weeks + 1):
        before, old = _level(prices[:, week - weeks : week])
        after, new = _level(prices[:, week : week + weeks])
        with np.errstate(invalid="ignore"):
            moved = old & new & (np.abs(after / before - 1) >= least) & (np.abs(prices[:, week] / after - 1) < WITHIN)
        for place in sorted(set(np.flatnonzero(moved).tolist()) - found):
            found.add(place)
            sums = at[place, week - weeks : week].sum(), at[place, week : week + weeks].sum()
            rest = at[steady, week - weeks : week].sum()
            others = at[steady, week : week + weeks].sum() / rest if rest else np.nan
            change = float(after[place] / before[place] - 1)
            rows.append([place, usual.columns[week], before[place], after[place], change, *sums, others])
    table = pd.DataFrame(rows, columns=["article", *_RESULT[:-1]])
    table["week"] = checks.timestamps(_MONDAY + 7 * table["week"].to_numpy(dtype="int64"))
    table["volume"] = (table["units_after"] / table["units_before"] / table["others"]).replace(np.inf, np.nan)
    labels = pd.Series(names)[usual.index[table.pop("article").to_numpy(dtype="int64")]]
    table.index = pd.Index(labels.tolist(), tupleize_cols=False, name=article)
    table = table.sort_values("change", kind="stable")
    table.attrs |= {"articles": len(usual), "steady": int(steady.sum()), "weeks": weeks}
    return table


def _filled(values: pd.Series, column: str) -> None:
    """Raise for an empty cell."""
    gone = values.isna().to_numpy()
    if gone.any():
        checks.fail(
            _("Column {column!r}, row {row}: the cell is empty. Fill it in, or leave the row out."),
            column=column,
            row=values.index[int(gone.argmax())],
        )


def _above_zero(values: pd.Series, column: str) -> np.ndarray:
    """Numbers above 0: returns and gifts are no sales at a price."""
    found = checks.within(values, column, 0)
    if (found == 0).any():
        checks.fail(
            _("Column {column!r} must be above 0 in every row; leave returns and gifts out first."), column=column
        )
    return found


def _by_week(sold: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The usual price and the units of each article (rows) in each week (columns, all from the first to the last)."""
    counted = sold.groupby(["article", "week", "price"]).size().reset_index(name="lines")
    best = counted.sort_values(["lines", "price"]).drop_duplicates(["article", "week"], keep="last")
    every = range(int(sold["week"].min()), int(sold["week"].max()) + 1)
    usual = best.pivot(index="article", columns="week", values="price").reindex(columns=every)
    units = sold.groupby(["article", "week"])["quantity"].sum().unstack("week").reindex(columns=every).fillna(0.0)
    return usual, units.reindex(usual.index)


def _level(prices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median price of each row, and whether it stood: known in all weeks but one, in four of five within 1.5%."""
    known = np.isfinite(prices)
    often = known.sum(axis=1) >= prices.shape[1] - 1
    median = np.full(len(prices), np.nan)
    median[often] = np.nanmedian(prices[often], axis=1)
    with np.errstate(invalid="ignore"):
        near = (np.abs(prices / median[:, None] - 1) < WITHIN).sum(axis=1)
    return median, often & (near >= 0.8 * np.maximum(known.sum(axis=1), 1))


def volume_response(
    changes: pd.DataFrame, cuts: Any, margin: float | None = None, runs: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """How volume went with the price, for groups of price changes, with a 95% interval, and what would have paid.

    ``changes`` as :func:`price_changes` gives it. ``cuts`` are the borders of the groups, as for ``pandas.cut``: [-1, -.05, 0, .2].
    Columns: ``articles``, ``waves`` (weeks in which such changes began), ``change`` (median), ``volume`` (geometric mean), ``low``,
    ``high``: the interval by bootstrap over the weeks, since what changes in one week shares its season (of fewer than
    five weeks none is given: NaN). Changes beyond the borders are in no group. With ``margin`` (share of the old price): ``needed``, the volume at which the
    median change earns as much as before (infinite: none does).

    Raises :class:`~crmlab.checks.InputError` for missing columns or weeks, borders that do not rise.

    >>> changes = pd.DataFrame({"week": pd.date_range("2024-01-01", periods=6), "change": -.1, "volume": [1, 2, 2, 2, 2, 4]})
    >>> volume_response(changes, [-.2, 0], margin=.3)[["articles", "volume", "needed"]].round(2).to_numpy().tolist()
    [[6.0, 2.0, 1.5]]
    """
    checks.frame(changes, "changes")
    for name in ("week", "change", "volume"):
        checks.need(changes, {"": name})
    seed = checks.number(seed, "seed", low=0, high=2**32 - 1, whole=True)
    runs = checks.number(runs, "runs", low=100, high=100_000, whole=True)
    moved, volume = checks.numbers(changes["change"], "change"), _above_zero(changes["volume"], "volume")
    _filled(changes["week"], "week")
    borders = checks.numbers(checks.series(cuts, "cuts"), "cuts")
    if len(borders) < 2 or (np.diff(borders) <= 0).any():
        checks.fail(_("cuts must rise from the lowest border to the highest, such as [-1, -0.05, 0]."))
    groups = pd.cut(moved, borders)
    generator = np.random.RandomState(seed)
    rows = []
    for group in groups.categories:
        inside = np.asarray(groups == group)
        logs = pd.Series(np.log(volume[inside])).groupby(changes["week"].to_numpy()[inside]).agg(["sum", "size"])
        sums, sizes, waves = logs["sum"].to_numpy(), logs["size"].to_numpy(), len(logs)
        low = high = np.nan
        if waves >= 5:
            drawn = generator.randint(0, waves, (runs, waves))
            low, high = np.exp(np.percentile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [2.5, 97.5]))
        typical = float(np.median(moved[inside])) if waves else np.nan
        mean = float(np.exp(sums.sum() / sizes.sum())) if waves else np.nan
        rows.append([int(inside.sum()), waves, typical, mean, low, high])
    table = pd.DataFrame(
        rows,
        index=pd.Index(groups.categories, name="group"),
        columns=["articles", "waves", "change", "volume", "low", "high"],
    )
    if margin is not None:
        rate = checks.rate(margin, "margin", zero=False)
        table["needed"] = [
            1 + break_even_volume(-change, rate) if np.isfinite(change) else np.nan for change in table["change"]
        ]
    return table
