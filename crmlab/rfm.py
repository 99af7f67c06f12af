"""RFM: how recently, how often and for how much a customer bought.

Three steps, each a table: :func:`summary` (orders to customers), :func:`score` (1 to 5), :func:`segment` (a
name and a next move).

Each takes a pandas DataFrame, a Polars frame (eager or lazy), a DuckDB relation or a PySpark frame, computes on that
engine, and gives back its kind; :mod:`crmlab.engines` says what is different then.

Source of the model: Hughes, A. M. (1994), Strategic Database Marketing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from crmlab import checks, engines, purchases, rfm_checks, rounding
from crmlab.counting import bincount
from crmlab.language import _

Frame = TypeVar("Frame")  # a table of pandas, Polars, DuckDB or PySpark: out comes the kind that went in

RULES = ("value", "equal_fifths")
RETURNS = ("leave_out", "subtract")

SEGMENTS = pd.DataFrame(
    [
        (
            "champions",
            _("Champions"),
            5,
            5,
            4,
            5,
            _("Thank them, ask for a referral, show them the new range first."),
        ),
        (
            "loyal",
            _("Loyal customers"),
            3,
            4,
            4,
            5,
            _("Offer the next product up, and ask what they still buy elsewhere."),
        ),
        (
            "potential_loyalists",
            _("Potential loyalists"),
            4,
            5,
            2,
            3,
            _("Suggest a fitting second product and agree on the next order."),
        ),
        (
            "new",
            _("New customers"),
            5,
            5,
            1,
            1,
            _("Call within a week: did all arrive, does it work, what comes next?"),
        ),
        (
            "promising",
            _("Promising"),
            4,
            4,
            1,
            1,
            _("Give a reason for the second order: a refill, an accessory, a date."),
        ),
        (
            "need_attention",
            _("Need attention"),
            3,
            3,
            3,
            3,
            _("Call now with a reason that fits what they bought."),
        ),
        (
            "about_to_sleep",
            _("About to sleep"),
            3,
            3,
            1,
            2,
            _("Send a short useful note; call those who answer."),
        ),
        (
            "cant_lose",
            _("Can't lose them"),
            1,
            2,
            5,
            5,
            _("Visit in person this week: ask what went wrong and put it right."),
        ),
        ("at_risk", _("At risk"), 1, 2, 3, 4, _("Phone: ask why they stopped, and make one concrete offer.")),
        ("hibernating", _("Hibernating"), 1, 2, 1, 2, _("Keep on the mailing list; spend no visit.")),
    ],
    columns=["segment", "name", "r_low", "r_high", "fm_low", "fm_high", "action"],
).set_index("segment")
"""The ten segments in the field's usual names, best first. R is the recency score, FM the mean of the scores
F and M, halves rounded up. Together they cover each of the 25 cells once. To use your own, change a copy and
pass it to :func:`segment`. ``name`` and ``action`` are English; :func:`crmlab.language.tr` renders them."""

EIGHT_TYPES = pd.DataFrame(
    [
        ("key_value", _("important, valuable"), True, True, True),
        ("key_develop", _("important, to develop"), True, False, True),
        ("key_keep", _("important, to keep"), False, True, True),
        ("key_win_back", _("important, to win back"), False, False, True),
        ("value", _("general, valuable"), True, True, False),
        ("develop", _("general, to develop"), True, False, False),
        ("keep", _("general, to keep"), False, True, False),
        ("win_back", _("general, to win back"), False, False, False),
    ],
    columns=["key", "name", "R", "F", "M"],
).set_index("key")
"""The eight types of Chinese CRM systems: whether R, F and M are high."""


def summary(
    orders: Frame,
    as_of: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str = "amount",
    order: str | None = "invoice",
    returns: str = "leave_out",
) -> Frame:
    """One row a customer: how many days ago, how many orders, how much money.

    ``orders`` has a row an order or a row an order line; ``customer``, ``date``, ``amount`` and ``order``
    name its columns. Lines with the same customer and order number are one order, dated by its last line,
    worth the sum of its lines. ``order=None`` takes each row for an order. Several orders on one day count as
    several.

    A purchase is an order with a net amount above zero. From the purchases come

    - ``recency``: whole days from the last purchase to ``as_of`` (int; 0 = on that day),
    - ``frequency``: number of purchases (int),
    - ``monetary``: their sum, in the unit of ``amount`` (float).

    ``returns`` says what happens to orders below zero (refunds, credit notes): ``"leave_out"`` ignores them;
    ``"subtract"`` takes them off ``monetary``, which may then be zero or less. A refund dated before the
    customer's first purchase belongs to a purchase before the data begin, so it is never subtracted.
    Frequency and recency count purchases in both cases.

    ``as_of`` is the last day that counts, and the day from which to look back: by default the last day in ``orders``.
    With an earlier day the table shows the customers as they stood then: later orders are left out.

    The result is sorted by customer. What was left out is counted in ``result.attrs["left_out"]``:
    ``rows_without_customer``, ``orders_after_as_of``, ``zero_orders``, ``returns``,
    ``returns_before_first_purchase``, ``customers_without_purchase``; the day in ``result.attrs["as_of"]``.

    On Polars, DuckDB and PySpark the customer is the first column of the result, and :func:`left_out` gives the counts.
    Lazy tables stay lazy: one pass checks them and finds the last day, and the result is computed when you collect it;
    that no purchase is left then shows as a result without rows.

    Raises :class:`~crmlab.checks.InputError` for a missing column, missing or infinite amounts, missing or
    ambiguous dates, mixed time zones, an empty table, and when no purchase is left.

    >>> orders = pd.DataFrame({"customer_id": [7, 7, 7, 8], "invoice": ["a", "a", "b", "c"],
    ...     "date": ["2024-05-01", "2024-05-01", "2024-05-20", "2024-05-30"], "amount": [10., 5., -4., 20.]})
    >>> summary(orders, as_of="2024-05-31")  # doctest: +NORMALIZE_WHITESPACE
                 recency  frequency  monetary
    customer_id
    7                 30          1      15.0
    8                  1          1      20.0
    >>> summary(orders, as_of="2024-05-31").attrs["left_out"]["returns"]
    1
    """
    checks.one_of(returns, "returns", RETURNS)
    if engines.kind(orders):
        from crmlab.engines import rfm as other

        return other.summary(orders, as_of, customer, date, amount, order, returns)
    lines = _frame(orders, "orders")
    rfm_checks.need(lines, {"customer": customer, "date": date, "amount": amount}, order)

    who, customers = purchases.codes(lines[customer])
    known = who >= 0
    left_out = {"rows_without_customer": int((~known).sum())}
    money = checks.numbers(lines[amount], amount)
    day = checks.days(lines[date], date)
    end = int(day.max()) if as_of is None else purchases.last_day(as_of, "as_of")
    checks.odd_days(int(day.min()), end if as_of is None else None, date)
    number = None if order is None else lines[order]
    if not known.all():
        who, money, day = who[known], money[known], day[known]
        number = None if number is None else number[known]
    owners = None  # of each order, where nothing else about the orders matters
    if number is not None:
        codes, n_orders = purchases.order_codes(number, order or "")
        if n_orders < len(codes):
            if money.min() > 0 and day.max() <= end:
                owners = _owners(who, codes, n_orders)
            else:
                who, money, day = _merge_lines(who, money, day, codes, n_orders)

    late = day > end
    zero = (money == 0) & ~late
    back = (money < 0) & ~late
    bought = (money > 0) & ~late
    left_out |= {"orders_after_as_of": int(late.sum()), "zero_orders": int(zero.sum())}
    n = len(customers)
    if bought.all():
        buyer, paid, on = who, money, day
    else:
        buyer, paid, on = who[bought], money[bought], day[bought]
    frequency = bincount(buyer if owners is None else owners, minlength=n)
    monetary = bincount(buyer, weights=paid, minlength=n)
    last = np.full(n, np.iinfo("int64").min)
    np.maximum.at(last, buyer, on)
    left_out |= {"returns": 0, "returns_before_first_purchase": 0}
    if returns == "subtract":
        first = np.full(n, np.iinfo("int64").max)
        np.minimum.at(first, buyer, on)
        early = back & (day < first[who])
        counted = back & ~early
        monetary = monetary + bincount(who[counted], weights=money[counted], minlength=n)
        left_out["returns_before_first_purchase"] = int(early.sum())
    else:
        left_out["returns"] = int(back.sum())

    keep = frequency > 0
    left_out["customers_without_purchase"] = int(n - keep.sum())
    if not keep.any():
        rfm_checks.refuse_empty(end, left_out)
    result: Any = pd.DataFrame(
        {
            "recency": end - last[keep],
            "frequency": frequency[keep].astype("int64"),
            "monetary": monetary[keep],
        },
        index=pd.Index(customers[keep], name=customer),
    )
    result.attrs |= {"left_out": left_out, "as_of": str(np.datetime64(end, "D"))}
    return result


def match_credits(
    lines: pd.DataFrame,
    customer: str = "customer_id",
    article: str = "stock_code",
    quantity: str = "quantity",
    price: str = "unit_price",
    date: str = "date",
) -> pd.Series:
    """Which purchase line each credited line takes back: one entry a line with a negative quantity, the label of its purchase in ``lines``.

    A pair has the same customer, article, price and number of pieces, and the purchase is not later than the credit. The
    latest such purchase counts, and each is taken back once. Missing where there is none: part of a delivery sent back,
    another price, bought before the data begin. Lines without a customer or an article, and of price 0, are not looked at.
    The time of day counts where the column holds times, not where it holds text.

    A pair is a likely one, not a proof: who bought the same twice may have sent back the first.

    Raises :class:`~crmlab.checks.InputError` for missing columns, missing numbers or dates, and labels that are not unique.

    >>> lines = pd.DataFrame({"customer_id": 1, "stock_code": "A", "quantity": [9, 9, -9, -4], "unit_price": 2.0,
    ...     "date": ["2024-01-02", "2024-02-02", "2024-02-03", "2024-02-04"]})
    >>> match_credits(lines).tolist()
    [1, <NA>]
    """
    checks.frame(lines, "lines")
    checks.need(lines, {"customer": customer, "article": article, "quantity": quantity, "price": price, "date": date})
    if not lines.index.is_unique:
        checks.fail(
            _("Each line needs a label of its own: two lines have the label {label!r}."),
            label=lines.index[lines.index.duplicated()][0],
        )
    pieces, each = checks.numbers(lines[quantity], quantity), checks.numbers(lines[price], price)
    each = rounding.without_noise(each)  # .1 + .2 is the price .3
    when = checks.days(lines[date], date)
    moments = lines[date].infer_objects()
    if pd.api.types.is_datetime64_any_dtype(moments.dtype):
        when = moments.to_numpy()
    who, what = purchases.codes(lines[customer])[0], purchases.factorized(lines[article])[0]
    used = (who >= 0) & (what >= 0) & (each > 0) & (pieces != 0)
    # Only what its customer sent back at some time: of most data a small part.
    both = who * (what.max(initial=0) + 1) + what
    used &= pd.Series(both).isin(both[used & (pieces < 0)]).to_numpy()
    table = pd.DataFrame(
        {
            "who": who[used],
            "what": what[used],
            "pieces": np.abs(pieces[used]),
            "each": each[used],
            "back": pieces[used] < 0,
            "when": when[used],
        },
        index=np.flatnonzero(used),
    ).sort_values(["when", "back"], kind="stable")
    backs = table[table["back"]]
    open_: dict[tuple[int, int, float, float], list[int]] = {}
    found: dict[int, int] = {}
    for place, who_, what_, count, money, back in table.drop(columns="when").itertuples(name=None):
        same = open_.setdefault((who_, what_, count, money), [])
        if not back:
            same.append(place)
        elif same:
            found[place] = same.pop()
    places = np.sort(backs.index.to_numpy())
    labels = [lines.index[found[place]] if place in found else pd.NA for place in places]
    kind = "Int64" if pd.api.types.is_integer_dtype(lines.index.dtype) else object
    return pd.Series(labels, index=lines.index[places], name="purchase", dtype=kind)


def left_out(
    orders: Any,
    as_of: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str = "amount",
    order: str | None = "invoice",
    returns: str = "leave_out",
) -> dict[str, int]:
    """What :func:`summary` with the same arguments leaves out, counted: what a pandas result has in ``attrs``.

    On a lazy table this reads it three or four times, and collects one row each time.

    >>> orders = pd.DataFrame({"customer_id": [7, 7], "invoice": ["a", "b"], "date": "2024-05-01", "amount": [10., -4.]})
    >>> {key: count for key, count in left_out(orders).items() if count}
    {'returns': 1}
    """
    if engines.kind(orders):
        from crmlab.engines import rfm as other

        checks.one_of(returns, "returns", RETURNS)
        return other.left_out(orders, as_of, customer, date, amount, order, returns)
    found: Any = summary(orders, as_of, customer, date, amount, order, returns)
    return found.attrs["left_out"]


def _frame(data: Any, what: str) -> pd.DataFrame:
    if not isinstance(data, pd.DataFrame):
        engines.refuse(data, what)
    return checks.frame(data, what)


def _owners(who: np.ndarray, codes: np.ndarray, n: int) -> np.ndarray:
    """The customer of each order. Order numbers need only be unique within a customer: shops that count from 1 for
    each customer exist."""
    owner = np.empty(n, dtype="int64")
    owner[codes] = who
    if (owner[codes] == who).all():
        return owner
    pair = who * n + codes
    pair.sort()
    return pair[np.concatenate(([True], pair[1:] != pair[:-1]))] // n


def _merge_lines(
    who: np.ndarray, money: np.ndarray, day: np.ndarray, codes: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lines of one order into one row: customer, sum, last day."""
    owner = np.empty(n, dtype="int64")
    owner[codes] = who
    if (owner[codes] != who).any():
        codes, pairs = pd.factorize(codes * (int(who.max()) + 1) + who)
        owner = np.asarray(pairs) % (int(who.max()) + 1)
    n = len(owner)
    net = bincount(codes, weights=money, minlength=n)
    # 0.1 + 0.2 - 0.3 is not quite 0: what is far below the sum's own precision is no money.
    net[np.abs(net) <= 1e-9 * bincount(codes, weights=np.abs(money), minlength=n)] = 0.0
    last = np.full(n, np.iinfo("int64").min)
    np.maximum.at(last, codes, day)
    return owner, net, last


def score(
    summary: Frame, rule: str = "value", groups: int = 5, cuts: Mapping[str, Sequence[float]] | None = None
) -> Frame:
    """Scores R, F, M from 1 to ``groups`` (5 = best), one row a customer, in the order of ``summary``.

    ``rule="value"``: each measure is cut at its own quantiles, so equal values always get equal scores, and
    the groups may be of unequal size. (The cut below group k + 1 of g is the value at place (n - 1) k / g, rounded
    down, of the n sorted values; a value on it belongs to the group below.) Where ``pandas.qcut`` works the scores are the same; where it stops at
    doubled cuts (many one-off buyers) a score is passed over. If all customers are equal in a measure, nobody
    is better: all get the middle score.

    ``rule="equal_fifths"``: Hughes' nested fifths. All customers are sorted by recency and cut into five
    groups of equal size; each of these is sorted by frequency and cut into five; each of those by monetary.
    The 125 cells differ by few customers at most, but customers with equal values can land in different
    groups. Ties are cut by the remaining two measures (for R: frequency, then monetary; for F: monetary, then
    recency; for M: frequency, then recency), then by customer, the first in the index taken for better.

    It needs ``groups`` x ``groups`` x ``groups`` customers: with fewer there would be cells without any.

    ``cuts``: your own cut points instead, by measure, rising and one fewer than ``groups``:
    ``{"recency": [30, 90, 180, 365], "monetary": [100, 250, 500, 1000]}``. A value on a cut belongs to the lower numbers: up
    to 30 days get R = 5, up to 100 of money M = 1. A measure that is not in it is cut by value.

    Rule and groups stand in ``result.attrs``, where :func:`segment` finds them. On Polars, DuckDB and PySpark the columns beside recency, frequency and
    monetary are kept, and the last resort for ties is their order. Lazy tables stay lazy, after one pass that checks
    them; both rules rank the whole table, which PySpark does on one worker.

    Raises :class:`~crmlab.checks.InputError` for missing
    columns, missing or infinite values, an unknown rule, a number of groups outside 2..10, too few customers for nested
    fifths, and cuts that do not rise or make another number of groups.

    Source: Hughes (1994); the rule by value is common practice.

    >>> table = pd.DataFrame({"recency": [1, 5, 20, 60, 300], "frequency": [9, 4, 1, 1, 1],
    ...                       "monetary": [900., 300., 80., 60., 20.]})
    >>> score(table)
       R  F  M
    0  5  5  5
    1  4  4  4
    2  3  1  3
    3  2  1  2
    4  1  1  1
    """
    checks.one_of(rule, "rule", RULES)
    groups = checks.number(groups, "groups", 2, 10, whole=True)
    own = rfm_checks.own_cuts(cuts, rule, groups)
    if engines.kind(summary):
        from crmlab.engines import rfm as other

        return other.score(summary, rule, groups, own)
    table = _frame(summary, "summary")
    checks.need(table, {"": "recency"})
    checks.need(table, {"": "frequency"})
    checks.need(table, {"": "monetary"})
    given = {name: checks.numbers(table[name], name) for name in rfm_checks.MEASURES}
    recency, frequency, monetary = (rounding.without_noise(values) for values in given.values())
    if rule == "value":
        columns = {
            "R": groups + 1 - _by_value(recency, groups, middle_down=True),
            "F": _by_value(frequency, groups),
            "M": _by_value(monetary, groups),
        }
        for name, points in own.items():
            above = np.add.reduce([given[name] > cut + 1e-9 * abs(cut) for cut in points], dtype="int64")
            columns[name[0].upper()] = groups - above if name == "recency" else 1 + above
    else:
        rfm_checks.enough(len(table), groups)
        columns = _nested(table.index, -recency, frequency, monetary, groups)
    result: Any = pd.DataFrame(columns, index=table.index).astype("int64")
    result.attrs |= {"rule": rule, "groups": groups, "left_out": {}} | ({"cuts": own} if own else {})
    return result


def _by_value(values: np.ndarray, groups: int, middle_down: bool = False) -> np.ndarray:
    """1 for the lowest group, ``groups`` for the highest; a value on a cut belongs to the group below it."""
    if values.min() == values.max():
        return np.full(len(values), groups // 2 + 1 if middle_down else (groups + 1) // 2)
    places = (len(values) - 1) * np.arange(1, groups) // groups  # whole numbers: a cut that lies on a value is exact
    cuts = np.partition(values, places)[places]
    return 1 + np.searchsorted(cuts, values, side="left")


def _nested(
    index: pd.Index, nearness: np.ndarray, frequency: np.ndarray, monetary: np.ndarray, groups: int
) -> dict[str, np.ndarray]:
    n = len(nearness)
    first = np.empty(n, dtype="int64")  # place in the order of the index: the last resort for ties
    try:
        first[index.argsort()] = np.arange(n)
    except TypeError:  # labels that cannot be compared, such as 17 and "A9"
        first[np.argsort(index.astype(str), kind="stable")] = np.arange(n)

    def fifths(cell: np.ndarray, *keys: np.ndarray) -> np.ndarray:
        """Within each cell: sort by the keys, the first key most important, and cut into equal groups."""
        order = np.lexsort((-first, *reversed(keys), cell))
        sizes = bincount(cell)
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        at = np.arange(n) - starts[cell[order]]
        result = np.empty(n, dtype="int64")
        result[order] = 1 + at * groups // sizes[cell[order]]
        return result

    r = fifths(np.zeros(n, dtype="int64"), nearness, frequency, monetary)
    f = fifths(r, frequency, monetary, nearness)
    m = fifths(r * (groups + 1) + f, monetary, frequency, nearness)
    return {"R": r, "F": f, "M": m}


def segment(scores: Any, segments: pd.DataFrame = SEGMENTS, groups: int | None = None) -> Any:
    """The key of each customer's segment, in the order of ``scores``.

    ``scores`` has columns R, F, M with whole numbers 1 to 5. The segment is found by R and by FM, the mean of
    F and M, halves rounded up; every (R, F, M) lies in exactly one. ``segments`` may be your own table with
    the columns of :data:`SEGMENTS`; it must cover each of the 25 cells (R, FM) once.

    Your own table may take R, F and M apart: with the columns ``r_low``, ``r_high``, ``f_low``, ``f_high``, ``m_low``,
    ``m_high`` it must cover each of the 125 cells once. In both, a row without bounds (NaN) is for all cells that no other
    row takes, and a segment of several boxes has a row for each.

    Scores in another number of groups than the table is for (``groups``; a pandas table of :func:`score` knows it) are mapped
    to it evenly: of 1, 2, 3 the best counts as 5, the middle as 3, the worst as 1.

    On Polars, DuckDB and PySpark the result is a table: the columns beside R, F and M, then ``segment``. Lazy tables stay
    lazy, after one pass that checks the scores.

    Raises :class:`~crmlab.checks.InputError` for scores outside 1..``groups``, and for segments that overlap or leave
    a gap. Scores that end below the highest of the table give an :class:`~crmlab.checks.InputWarning`.

    >>> segment(pd.DataFrame({"R": [5, 1], "F": [5, 4], "M": [4, 5]})).tolist()
    ['champions', 'cant_lose']
    >>> own = pd.DataFrame({"r_low": [4, None], "r_high": [5, None], "f_low": [1, None], "f_high": [5, None],
    ...                     "m_low": [5, None], "m_high": [5, None]}, index=["big and near", "others"])
    >>> segment(pd.DataFrame({"R": [5, 5], "F": [1, 5], "M": [5, 4]}), own).tolist()
    ['big and near', 'others']
    """
    if engines.kind(scores):
        from crmlab.engines import rfm as other

        return other.segment(scores, segments, groups)
    _frame(scores, "scores")
    cells = rfm_checks.segment_cells(segments)
    size = len(cells)
    made_in = rfm_checks.groups_of(scores, groups, size)
    values = _scores(scores, made_in)
    if groups is None and "groups" not in scores.attrs:
        rfm_checks.tell_if_fewer(min(v.min() for v in values.values()), max(v.max() for v in values.values()), size)
    r, f, m = (rfm_checks.mapped(made_in, size)[found - 1] for found in values.values())
    keys = segments.index.to_numpy(dtype=object)
    at = (r - 1, (f + m + 1) // 2 - 1) if cells.ndim == 2 else (r - 1, f - 1, m - 1)
    return pd.Series(keys[cells[at]], index=scores.index, name="segment")


def _scores(scores: pd.DataFrame, groups: int) -> dict[str, np.ndarray]:
    """R, F and M as whole numbers from 1 to ``groups``."""
    values = {}
    for name in "RFM":
        checks.need(scores, {"": name})
        found = checks.numbers(scores[name], name)
        wrong = (found < 1) | (found > groups) | (found % 1 != 0)
        if wrong.any():
            at = int(wrong.argmax())
            rfm_checks.refuse_score(name, scores.index[at], found[at], groups)
        values[name] = found.astype("int64")
    return values


def eight_types(scores: pd.DataFrame, high: int | None = None) -> pd.Series:
    """The type of each customer as Chinese CRM systems name it: each score is high (``high`` or more) or low.

    By default the upper two fifths of the scores are high: 4 and 5 of five groups, 3 and 4 of four. The number of groups
    stands in ``scores.attrs``; where it was lost, and no score is high, an :class:`~crmlab.checks.InputWarning` says so.

    >>> eight_types(pd.DataFrame({"R": [5, 1], "F": [4, 5], "M": [5, 3]})).tolist()
    ['key_value', 'keep']
    """
    checks.frame(scores, "scores")
    groups = rfm_checks.groups_of(scores, None, 5)
    values = _scores(scores, groups)
    if high is None:
        if "groups" not in scores.attrs:
            rfm_checks.tell_if_fewer_than(max(found.max() for found in values.values()), groups)
        high = groups * 3 // 5 + 1
    high = checks.number(high, "high", low=1, high=groups, whole=True)
    names = {(r, f, m): key for key, r, f, m in EIGHT_TYPES[["R", "F", "M"]].itertuples(name=None)}
    parts = [values[letter] >= high for letter in "RFM"]
    return pd.Series(
        [names[bool(r), bool(f), bool(m)] for r, f, m in zip(*parts, strict=True)], index=scores.index, name="type"
    )


def by_segment(summary: pd.DataFrame, keys: pd.Series, segments: pd.DataFrame = SEGMENTS) -> pd.DataFrame:
    """One row a segment, in the order of ``segments``, absent ones with 0 customers.

    Columns: ``customers``, ``customer_share``, ``monetary`` (sum), ``money_share``, ``recency`` (median
    days), ``frequency`` (mean number of orders). ``keys`` comes from :func:`segment` and has the index of
    ``summary``.

    >>> table = pd.DataFrame({"recency": [3, 200], "frequency": [9, 1], "monetary": [90., 10.]},
    ...                      index=["Li", "Wu"])
    >>> result = by_segment(table, segment(score(table)))
    >>> result[["customers", "money_share"]].query("customers > 0")  # doctest: +NORMALIZE_WHITESPACE
                 customers  money_share
    segment
    champions            1          0.9
    hibernating          1          0.1
    """
    checks.frame(summary, "summary")
    values = {}
    for name in rfm_checks.MEASURES:
        checks.need(summary, {"": name})
        values[name] = checks.numbers(summary[name], name)
    summary = pd.DataFrame(values, index=summary.index)
    summary, keys = checks.aligned(summary=summary, keys=checks.series(keys, "keys"))
    checks.frame(segments, "segments")
    unknown = ~keys.isin(segments.index).to_numpy()
    if unknown.any():
        checks.fail(_("There is no segment {key!r}."), key=keys[unknown].iloc[0])
    grouped = summary.groupby(keys.to_numpy())
    found = grouped.agg(monetary=("monetary", "sum"), recency=("recency", "median"), frequency=("frequency", "mean"))
    found.insert(0, "customers", grouped.size())
    found = found.reindex(segments.index.unique())
    found["customers"] = found["customers"].fillna(0).astype("int64")
    found["monetary"] = found["monetary"].fillna(0.0)
    total = found["monetary"].sum()
    found.insert(1, "customer_share", found["customers"] / len(summary))
    found.insert(3, "money_share", found["monetary"] / total if total > 0 else np.nan)
    return found


def grid(scores: pd.DataFrame) -> pd.DataFrame:
    """Number of customers by recency score (rows, 5 first) and frequency score (columns, 1 first); all 25
    cells (of five groups).

    >>> int(grid(pd.DataFrame({"R": [5, 5, 1], "F": [5, 5, 1], "M": [4, 3, 1]})).loc[5, 5])
    2
    """
    checks.frame(scores, "scores")
    groups = rfm_checks.groups_of(scores, None, 5)
    values = _scores(scores, groups)
    counts = pd.crosstab(values["R"], values["F"], rownames=["R"], colnames=["F"])
    return counts.reindex(index=range(groups, 0, -1), columns=range(1, groups + 1), fill_value=0)
