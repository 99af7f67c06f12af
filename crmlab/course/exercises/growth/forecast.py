"""Lesson 6.4, forecast and plan: the wholesaler's weeks and countries, the numbers of the exercises, and the one-page plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from crmlab import datasets, forecasting, planning
from crmlab.course import session
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right, Slip
from crmlab.language import current, tr

here = Lesson("6.4")

TODAY = "2011-11-06"
"""The Sunday after which the case begins."""
AHEAD = 4
TOP = 1_100_000
"""What head office says for the next four weeks, in pounds; made up."""
METHODS = ("naive", "mean", "drift", "moving_average")
WEEKDAY = ("naive", "mean", "seasonal_naive", "seasonal_mean")
DESKS = {
    "United Kingdom": "United Kingdom",
    "Netherlands": "Netherlands",
    "France": "France",
    "EIRE": "Ireland",
    "Germany": "Germany",
}
"""The countries with a desk of their own, by their name in the data; all others share one."""

_MONEY = "{:,.0f}"
FORMATS = {
    **dict.fromkeys(
        (
            "mae", "difference", "low", "high", "forecast", "reconciled", "change", "plan", "actual", "plan_so_far",
            "actual_so_far", "volume", "mix", "price", "back-test error (£)", "forecast (£)", "MAE (£)", "gap (£)",
        ),
        _MONEY,
    ),
    "MASE": "{:.2f}",
    "attainment": "{:.1%}",
}  # fmt: skip
"""How the numbers in the lesson's tables are written."""

METHOD_NAMES, WEEKDAY_NAMES = here.options("methods"), here.options("weekday-methods")


def named(table: pd.DataFrame) -> pd.DataFrame:
    """A table of :func:`crmlab.forecasting.accuracy` in few and short words, so that the interval stays in sight."""
    return table.drop(columns="origins").rename(
        index=lambda name: str(name).replace("_", " "),
        columns={"mae": "MAE (£)", "mase": "MASE", "difference": "gap (£)"},
    )


def drawn_on(sales: pd.Series, methods: Iterable[str]) -> pd.DataFrame:
    """What each method says of the next four weeks, a column a method.

    >>> drawn_on(pd.Series([8.0, 10.0]), ["naive", "mean"]).sum().to_dict()
    {'naive': 40.0, 'mean': 36.0}
    """
    return pd.DataFrame({name: forecasting.METHODS[name](sales, AHEAD) for name in methods})


# -- the orders --------------------------------------------------------------------------------------------------------


@cache
def _orders() -> pd.DataFrame:
    return datasets.load("online_retail_orders")


def weekly(until: str = TODAY) -> pd.Series:
    """Net sales a week (pounds), Monday to Sunday, from the first whole week of 2011 to the week that ends on ``until``.

    >>> len(weekly()), round(weekly().iloc[-1])
    (44, 255140)
    """
    amounts = _orders().set_index("date")["amount"].resample("W-SUN").sum()
    return amounts.loc["2011-01-09":until]


def daily(until: str = TODAY) -> pd.Series:
    """Net sales a day (pounds), from Monday, 3 January 2011; 0 on days without orders, as on all Saturdays."""
    amounts = _orders().set_index("date")["amount"].resample("D").sum()
    return amounts.loc["2011-01-03":until]


@cache
def _by_desk(column: str) -> pd.DataFrame:
    table = _orders().assign(week=_orders()["date"].dt.to_period("W-SUN").dt.end_time.dt.normalize())
    table["desk"] = table["country"].map(DESKS).fillna("other countries")
    wide = table.pivot_table(index="week", columns="desk", values=column, aggfunc="sum", fill_value=0)
    return wide.loc["2011-01-09":"2011-12-04", [*DESKS.values(), "other countries"]]


def desks(until: str = TODAY) -> pd.DataFrame:
    """Net sales (pounds), a row a week as in :func:`weekly`, a column a country desk."""
    return _by_desk("amount").loc[:until].rename_axis(None, axis=1)


def desk_errors() -> pd.Series:
    """The mean squared error of the four-week forecast of each desk in the back-test, in squared pounds: its variance."""
    return desks().apply(lambda sales: float((_four(sales)["error"] ** 2).mean())).rename("variance")


def _four(sales: pd.Series, method: str = "moving_average") -> pd.DataFrame:
    """The back-test of four weeks together, of one method."""
    tests = forecasting.together(forecasting.back_test(sales, ["naive", method], horizon=AHEAD))
    return tests[tests["method"] == method]


def sharing_out() -> pd.DataFrame:
    """Two ways to a number for each desk, back-tested: each desk for itself (the mean of its last four weeks), and the same total
    shared out from above by the shares so far; the error is that of all six desks added up, beside each desk's naive forecast."""
    rows: list[tuple[Any, ...]] = []
    sales = desks()
    for origin in range(12, len(sales) - AHEAD + 1):
        known, came = sales.iloc[:origin], sales.iloc[origin : origin + AHEAD].sum()
        own = known.apply(lambda one: float(forecasting.moving_average(one, AHEAD).sum()))
        ways = {
            "each desk: naive": AHEAD * known.iloc[-1],
            "each desk: four weeks": own,
            "shared out from above": planning.top_down(float(own.sum()), known.sum()),
        }
        for way, said in ways.items():
            off = float((came - said).abs().sum())
            rows.append((way, origin, AHEAD, off, 0.0, off))
    tests = pd.DataFrame(rows, columns=list(forecasting.COLUMNS))
    tests.attrs["horizon"] = AHEAD
    found = forecasting.accuracy(tests, against="each desk: four weeks").drop(columns="origins")
    return found.rename(columns={"mae": "MAE (£)", "difference": "gap (£)"})


@cache
def reach(desk: str = "") -> tuple[float, float, float]:
    """The four-week forecast of a desk, or of all, and the 80% interval from the errors of its back-test.

    >>> [round(x) for x in reach()]
    [900340, 806845, 1138887]
    """
    sales = desks()[desk] if desk else weekly()
    said = float(forecasting.moving_average(sales, AHEAD).sum())
    return said, *forecasting.interval(_four(sales)["error"], said)


# -- which beats naive? ------------------------------------------------------------------------------------------------


@cache
def four_weeks() -> pd.DataFrame:
    """How far off each method was over four weeks together."""
    return forecasting.accuracy(forecasting.together(forecasting.back_test(weekly(), METHODS, horizon=AHEAD)))


@cache
def by_weekday() -> pd.DataFrame:
    """How far off each method was on the days of the next week."""
    tests = forecasting.back_test(daily(), WEEKDAY, horizon=7, first=84, every=7)
    return forecasting.accuracy(tests, season=7)


def _read(id: str, table: pd.DataFrame, answers: Answers) -> list[str]:
    names = WEEKDAY_NAMES if id == "weekday" else METHOD_NAMES
    say, method = here.says(id), str(answers.get("method", ""))
    if method not in table.index:
        return [tr(say["choose"])]
    row = table.loc[method]
    line = "itself" if method == "naive" else "line"
    return [tr(say[line], method=tr(names[method]), **row.to_dict())]


@here.live("four-weeks")
def _four_live(answers: Answers) -> list[str]:
    return _read("four-weeks", four_weeks(), answers)


@here.live("weekday")
def _weekday_live(answers: Answers) -> list[str]:
    return _read("weekday", by_weekday(), answers)


@here.numbers("four-weeks")
def _four_numbers() -> Numbers:
    table = four_weeks()
    best = table.loc["moving_average"]
    slips: dict[str, Slip] = {"error": float(best["mae"]), "naive": float(table.at["naive", "mae"])}
    return Numbers(right={"gain": Right(-float(best["difference"]), within=600, slips=slips)})


@here.code("four-weeks")
def _four_code(answer: Any) -> Iterator[Case]:
    say, want = here.says("four-weeks"), four_weeks()
    yield from frame(answer, ["mae", "difference", "low", "high"])
    yield gate(set(METHODS) <= set(answer.index), say["methods"], got=", ".join(map(str, list(answer.index)[:5])))
    got = float(answer.at["moving_average", "mae"])
    yield case(abs(got - want.at["moving_average", "mae"]) < 1, say["stands"], got=got, weight=2)
    gap = float(answer.at["moving_average", "difference"])
    yield case(abs(gap - want.at["moving_average", "difference"]) < 1, say["against"], got=gap, weight=2)


@here.numbers("weekday")
def _weekday_numbers() -> Numbers:
    table = by_weekday()
    row, best = table.loc["seasonal_naive"], table.loc["seasonal_mean"]
    slips: dict[str, Slip] = {
        "error": float(row["mae"]), "naive": float(table.at["naive", "mae"]), "mean": -float(best["difference"]),
    }  # fmt: skip
    return Numbers(right={"gain": Right(-float(row["difference"]), within=60, slips=slips)})


# -- from below and from above -----------------------------------------------------------------------------------------


def side_by_side() -> pd.DataFrame:
    """The forecast of each desk for four weeks, and how far off it was in the back-test (root of the mean squared error), in pounds."""
    columns = {"forecast (£)": desks().tail(AHEAD).sum(), "back-test error (£)": desk_errors() ** 0.5}
    return pd.DataFrame(columns).rename_axis("desk")


@cache
def agreed() -> pd.DataFrame:
    """Both forecasts reconciled by the variances of the back-test; head office yields as much as all desks together."""
    parts = desks().tail(AHEAD).sum().rename("forecast")
    variances = desk_errors()
    return planning.reconcile(parts, TOP, "least_squares", variances, float(variances.sum()))


@here.numbers("agree")
@cache
def _agree_numbers() -> Numbers:
    table = agreed()
    errors = desk_errors()
    bars = {key: round(float(errors[desk]) ** 0.5) for key, desk in zip(_keys(), table.index, strict=True)}
    most = max(bars, key=lambda key: float(table.at[table.index[_keys().index(key)], "change"]))
    total = float(table["reconciled"].sum())
    slips: dict[str, Slip] = {"above": float(TOP), "below": float(table["forecast"].sum())}
    right = {"total": Right(total, within=1500, slips=slips), "moves": Right(most)}
    return Numbers(right=right, fields={"moves": {"bars": bars}})


def _keys() -> list[str]:
    return [desk.lower().replace(" ", "-") for desk in [*DESKS.values(), "other"]]


@here.code("agree")
def _agree_code(answer: Any) -> Iterator[Case]:
    say, want = here.says("agree"), agreed()
    yield from frame(answer, ["forecast", "reconciled"], rows=len(want))
    yield gate(set(answer.index) == set(want.index), say["rows"], got=", ".join(map(str, list(answer.index)[:3])))
    total = float(answer["reconciled"].sum())
    yield case(abs(total - want["reconciled"].sum()) < 1, say["total"], got=total)
    off = (answer["reconciled"] - want["reconciled"]).abs()
    row = off.idxmax()
    yield case(off[row] < 1, say["part"], row=tr(str(row)), got=float(answer.at[row, "reconciled"]), weight=2)


# -- goal and plan of the German desk ----------------------------------------------------------------------------------

COSTS = {"ring": 100, "mail": 60, "fair": 2400}
"""What the actions of the German desk cost, in pounds; asking the store costs nothing. Made up."""


@cache
def german() -> dict[str, int]:
    """How many German customers there have been in 2011, and how many of them bought in the last four weeks."""
    table = _orders()
    bought = table[(table["country"] == "Germany") & (table["amount"] > 0) & (table["date"] < "2011-11-07")]
    known = set(bought.loc[bought["date"] >= "2011-01-03", "customer_id"])
    lately = set(bought.loc[bought["date"] >= "2011-10-10", "customer_id"])
    return {"known": len(known), "lately": len(lately), "silent": len(known - lately)}


@here.numbers("smart-words")
def _smart_numbers() -> Numbers:
    _said, low, high = reach()
    return Numbers(words={"low": low, "high": high})


@here.numbers("own-goal")
def _goal_numbers() -> Numbers:
    said, low, high = reach("Germany")
    right = Right((said + high) / 2, within=(high - said) / 2)
    return Numbers(words={"said": said, "low_end": low, "high_end": high, **german()}, right={"sum": right})


@here.numbers("plan-sheet")
def _plan_numbers() -> Numbers:
    cost = float(COSTS["ring"] + COSTS["mail"])
    slips: dict[str, Slip] = {"fair": cost + COSTS["fair"], "calls": float(COSTS["ring"])}
    words = {"said": reach("Germany")[0], "rest": german()["silent"] - 20, **german()}
    return Numbers(words=words, right={"budget": Right(cost, slips=slips)})


# -- plan against actual -----------------------------------------------------------------------------------------------


def what_came() -> pd.Series:
    """Net sales (pounds) of the four weeks after the case, a row a week."""
    return weekly("2011-12-04").tail(AHEAD).rename("actual")


@cache
def _sold(first: int, last: int | None) -> pd.DataFrame:
    units, money = (_by_desk(column).iloc[first:last].sum() for column in ("units", "amount"))
    return pd.DataFrame({"volume": units, "price": money / units}).rename_axis("desk")


def planned() -> pd.DataFrame:
    """The agreed plan by desk: ``price`` a unit (pounds) as in the last four weeks, ``volume`` (units) what the agreed money buys."""
    before = _sold(-2 * AHEAD, -AHEAD)
    return before.assign(volume=agreed()["reconciled"] / before["price"])


def sold() -> pd.DataFrame:
    """What came, by desk: ``volume`` (units) and ``price`` a unit (pounds)."""
    return _sold(-AHEAD, None)


@cache
def steps() -> pd.DataFrame:
    """Plan against actual, desk by desk."""
    return planning.variances(planned(), sold())


@here.numbers("came")
def _came_numbers() -> Numbers:
    table, total = steps(), steps().attrs["total"]
    off = dict(zip(_keys(), table["difference"], strict=True))
    return Numbers(words={"difference": total["difference"]}, right={"below": min(off, key=lambda key: off[key])})


# -- what leaves the notebook ------------------------------------------------------------------------------------------


def one_page() -> str:
    """The plan of the German desk on one page, for printing: five steps with what the trainee typed and chose, the actions in the
    order chosen, with room for who and when, and a line a week for what came."""
    text = here.texts
    opened = session.opened()
    goal = opened.fields(here["own-goal"]) if opened is not None else {}
    sheet = opened.fields(here["plan-sheet"]) if opened is not None else {}
    fields = {field.key: field for field in here.fields("plan-sheet")}

    def chosen(key: str) -> str:
        return fields[key].show(sheet[key]) if key in sheet else ""

    said, low, high = reach("Germany")
    typed = goal.get("goal") or {}
    wanted = goal.get("sum")
    result = tr(text["result"], goal=wanted, said=said) if isinstance(wanted, int | float) else ""
    cost = tr(text["cost"], cost=sheet["budget"]) if isinstance(sheet.get("budget"), int | float) else ""
    rows = [
        ("step-1", chosen("situation")),
        ("step-2", str(typed.get("text", "")) if isinstance(typed, dict) else ""),
        ("step-3", chosen("assumptions")),
        ("step-5", ("" if current() == "zh" else " ").join(filter(None, (cost, result)))),
    ]
    actions = sheet.get("first") or [""] * 4
    names = dict(_order_items())
    if cost and sheet["budget"] < COSTS["fair"]:
        names["fair"] = tr(text["later"], action=names["fair"])
    todo = "".join(_row([str(place), names.get(key, ""), "", "", ""]) for place, key in enumerate(actions, 1))
    weeks = "".join(_row([tr(text["week"], n=n), "", "", ""]) for n in range(1, AHEAD + 1))
    lines = {
        name: f"<tr><th>{escape(tr(text[name]))}</th><td class='own'>{escape(words)}</td></tr>" for name, words in rows
    }
    return (
        "<style>table{width:100%;margin-bottom:1em}th{width:18%;text-align:left;vertical-align:top}td{height:1.6em}</style>"
        f"<h1>{escape(tr(text['page-title']))}</h1><p>{escape(tr(text['page-range'], said=said, low=low, high=high))}</p>"
        f"<table>{lines['step-1']}{lines['step-2']}{lines['step-3']}</table>"
        f"<h2>{escape(tr(text['step-4']))}</h2><table>{_head('actions-head')}{todo}</table>"
        f"<table>{lines['step-5']}</table>"
        f"<h2>{escape(tr(text['check-title']))}</h2><table>{_head('check-head')}{weeks}</table>"
    )


def _order_items() -> list[tuple[str, str]]:
    """The actions as the trainee reads them, by key."""
    field: Any = next(one for one in here.fields("plan-sheet") if one.key == "first")
    return [(str(key), tr(label)) for key, label in field.items]


def _row(cells: list[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _head(name: str) -> str:
    return _row([one.strip() for one in tr(here.texts[name]).split("|")], "th")
