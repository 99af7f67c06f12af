"""A valid call of each public function, for :mod:`tests.support.awkward`: small, and quick.

An argument's kind comes from its name (:data:`BY_NAME`), a column's from the name of the column (:data:`COLUMNS`); a call says it
itself where the same name means something else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab import (
    audit,
    basket,
    clv,
    complaint_economics,
    complaints,
    cross_selling,
    customers,
    forecasting,
    funnel,
    importance_performance,
    kano,
    lifecycle,
    negotiation,
    perceived_value,
    pipeline,
    planning,
    pricing,
    qualification,
    relationship,
    retention,
    rfm,
    satisfaction,
    servqual,
    two_factor,
    value,
    visits,
)  # fmt: skip
from crmlab import (
    households as homes,
)
from tests.support.awkward import ANY, REFUSED, Call, public

BY_NAME = {
    **dict.fromkeys(["confidence", "top", "majority", "certainty", "complain", "settled", "quickly", "share_many", "keep_if_left",
                     "keep_if_settled", "lost_per_listener", "won_per_listener", "seller_gives", "buyer_gives", "support"], "share"),
    **dict.fromkeys(["amount", "customer", "date", "order", "article", "quantity", "price", "item", "basket", "perceived",
                     "expected", "won", "left", "severity", "safety", "repeat", "reason", "money", "authority", "need",
                     "forecast", "lift", "cost", "overall", "score", "call_back", "received", "volume"], "column"),
    **dict.fromkeys(["as_of", "until", "split", "start"], "day"),
    **dict.fromkeys(["by", "group"], "by"),
    **dict.fromkeys(["rule", "method", "returns", "zero_orders", "unit", "period", "interval", "test", "how", "kind", "first"], "choice"),
    **dict.fromkeys(["groups", "draws", "periods", "days", "min_purchases", "max_length", "min_length", "max_consequent",
                     "population", "every", "lead", "rounds", "talks", "digits", "skip", "shops", "ahead", "tenure", "most",
                     "silent", "trial", "limit"], "whole"),
    "progress": "as it is",
    **dict.fromkeys(["seed"], "seed"),
    **dict.fromkeys(["features", "columns"], "labels"),
}  # fmt: skip

COLUMNS = {
    "customer_id": "key", "invoice": "key", "date": "date", "amount": "number", "stock_code": "key", "quantity": "number",
    "unit_price": "number", "recency": "number", "frequency": "number", "monetary": "number", "T": "number", "won": "yes_no",
    "money": "yes_no", "authority": "yes_no", "need": "yes_no", "R": "number", "F": "number", "M": "number", "region": "key",
    "perceived": "number", "expected": "number", "recommend": "number", "churned": "yes_no", "volume": "number", "price": "number",
    "cost": "number", "reason": "key", "class": "word", "stage": "word", "segment": "key", "customers": "number",
    "margin": "rate", "lift": "number", "forecast": "number", "lines": "number",
}  # fmt: skip

CALLS: dict[str, Callable[[], Call]] = {}
"""The calls by the name of the function, such as ``rfm.summary``."""


def call(
    name: str,
    make: Callable[[], dict[str, Any]],
    kinds: dict[str, str] | None = None,
    columns: dict[str, dict[Any, str]] | None = None,
    but: dict[str, str] | None = None,
) -> None:
    """Register a call: ``make`` gives the arguments; kinds as in :data:`tests.support.awkward.KINDS`, or ``frame``, ``series``,
    ``series yes_no``, ``series key``, ``as it is``."""

    @lru_cache(maxsize=1)
    def made() -> Call:
        function = public()[name]
        given = make()
        known = dict(kinds or {})
        arguments, of, tables = {}, {}, {}
        if unknown := given.keys() - inspect.signature(function).parameters.keys():
            raise LookupError(f"{name}: it has no argument {', '.join(unknown)}; mend its call in tests/support/awkward_calls.py")
        for argument, parameter in inspect.signature(function).parameters.items():
            if argument not in given and parameter.default is inspect.Parameter.empty:
                raise LookupError(f"{name}: the call in tests/support/awkward_calls.py gives no {argument!r}")
            plain = given.get(argument, parameter.default)
            kind = known.get(argument)
            if kind is None and isinstance(plain, pd.DataFrame):
                kind = "frame"
            if kind is None:
                kind = "as it is" if argument in ("self", "ax") else BY_NAME.get(argument)
            if kind is None:
                raise LookupError(
                    f"{name}: say in tests/support/awkward_calls.py what kind of argument {argument!r} is, kinds={{{argument!r}: ...}}"
                )
            if kind == "frame":
                said = (columns or {}).get(argument, {})
                tables[argument] = {column: said.get(column, COLUMNS.get(column)) for column in plain.columns}
                tables[argument] = {column: its for column, its in tables[argument].items() if its is not None}
                if not tables[argument]:
                    raise LookupError(
                        f"{name}: say in tests/support/awkward_calls.py what kind the columns of {argument!r} are,"
                        f" columns={{{argument!r}: {{...}}}}"
                    )
            arguments[argument], of[argument] = plain, kind
        return Call(arguments, of, tables, dict(but or {}))

    CALLS[name] = made


def days(*texts: str) -> pd.DatetimeIndex:
    """Days, as the columns of the data sets hold them."""
    return pd.DatetimeIndex(texts).astype("datetime64[ns]")


def orders() -> pd.DataFrame:
    """Fourteen orders of five customers, one of them a return."""
    return pd.DataFrame(
        {
            "customer_id": [1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 2, 1],
            "invoice": list("abcdefghijklmn"),
            "date": days("2024-01-05", "2024-02-07", "2024-03-01", "2024-05-20", "2024-01-20", "2024-01-29", "2024-02-11",
                         "2024-02-29", "2024-06-01", "2024-03-03", "2024-04-04", "2024-05-05", "2024-05-06", "2024-06-03"),
            "amount": [50.0, 20.0, 35.5, 12.0, 9.0, 80.0, 14.0, 22.0, 31.0, 5.0, 64.0, 18.5, -9.0, 40.0],
        }
    )  # fmt: skip


def numbers(*found: float) -> pd.Series:
    """Numbers of shops, customers or stages by name."""
    return pd.Series(found, index=["Li", "Wu", "Ma", "Xu", "He", "Qi"][: len(found)], dtype="float64")


def words(*found: Any) -> pd.Series:
    """As :func:`numbers`, of words or of yes and no."""
    return pd.Series(list(found), index=["Li", "Wu", "Ma", "Xu", "He", "Qi"][: len(found)])


# ---- rfm

SCORES = pd.DataFrame({"R": [5, 1, 3, 2], "F": [5, 4, 1, 1], "M": [4, 5, 2, 1]}, index=["Li", "Wu", "Ma", "Xu"])
NO_TABLE = dict.fromkeys(["table: " + label for label in ("None", "dict", "a_list")], ANY)
call("rfm.summary", lambda: {"orders": orders()})
call("rfm.left_out", lambda: {"orders": orders()})
call("rfm.match_credits", lambda: {"lines": pd.DataFrame({
    "customer_id": [1, 1, 1, 2], "stock_code": list("AAAB"), "quantity": [9, 9, -9, 4], "unit_price": [2.0, 2.0, 2.0, 1.5],
    "date": days("2024-01-02", "2024-02-02", "2024-02-03", "2024-02-04")})})  # fmt: skip
call("rfm.score", lambda: {"summary": rfm.summary(orders()), "cuts": {"recency": [10, 40, 80, 120]}}, {"cuts": "as it is"})
call("rfm.segment", lambda: {"scores": SCORES, "segments": rfm.SEGMENTS}, {"segments": "as it is"})
call("rfm.eight_types", lambda: {"scores": SCORES}, {"high": "whole"})
call("rfm.by_segment", lambda: {"summary": rfm.summary(orders()), "keys": rfm.segment(rfm.score(rfm.summary(orders())))},
     {"keys": "series word", "segments": "as it is"})  # fmt: skip
call("rfm.grid", lambda: {"scores": SCORES})

# ---- lifecycle

STAGE = pd.Series({"Li": "active", "Wu": "new", "Ma": "new"})
call("lifecycle.Rules", lambda: {}, dict.fromkeys(["new_within", "churned_after", "loyal_orders", "loyal_within"], "whole"))
call("lifecycle.stages", lambda: {"orders": orders(), "as_of": "2024-07-01", "contacts": [1, 9]}, {"rules": "model", "contacts": "list"},
     but={"contacts: tuple": ANY, "contacts: texts": ANY, "contacts: nan in it": ANY})  # fmt: skip
call("lifecycle.left_out", lambda: {"orders": orders(), "as_of": "2024-07-01", "contacts": [1, 9]}, {"contacts": "list"})
call("lifecycle.by_stage", lambda: {"table": pd.DataFrame({"stage": ["new", "new", "churned", "loyal"]})},
     but={"table: a_list": ANY, "table: array": REFUSED})  # fmt: skip
call("lifecycle.by_phase", lambda: {"table": lifecycle.phases(lifecycle.trade(orders(), "2024-07-01", days=30))},
     columns={"table": {"phase": "word"}})
call("lifecycle.transitions", lambda: {"before": STAGE, "after": pd.Series({"Li": "loyal", "Wu": "churned", "Xu": "new"})},
     {"before": "series word", "after": "series word", "share": "flag"},
     but={f"{one}: {label}": ANY for one in ("before", "after") for label in ("shuffled", "other labels", "shorter", "shorter list", "longer list")})
call("lifecycle.trade", lambda: {"orders": orders(), "as_of": "2024-07-01", "days": 30})
call("lifecycle.first_purchases", lambda: {"orders": orders(), "as_of": "2024-07-01"})
call("lifecycle.phases", lambda: {"trade": lifecycle.trade(orders(), "2024-07-01", days=30),
                                  "first": lifecycle.first_purchases(orders(), "2024-07-01")},
     {"change": "number", "first": "as it is"},
     columns={"trade": dict.fromkeys(lifecycle.trade(orders(), "2024-07-01", days=30), "number")})

# ---- a customer list

FIRMS = pd.DataFrame({"name": ["华强包装（深圳）有限公司", "深圳市華強包装", "Huaqiang Ltd."], "phone": ["154 1234 5678", "+86 15412345678", ""],
                      "updated": ["2024-01-05", "2025-03-01", "2024-02-02"]}, index=["R1", "R2", "R3"])  # fmt: skip
LOOKS = {"name": customers.Compare("firm", 4), "phone": customers.Compare("phone", 3)}
PROPOSED = pd.DataFrame({"row_a": [1, 1], "row_b": [2, 3], "score": [0.9, 0.6]})
CELLS = {"table": {"name": "key", "phone": "key"}}
call("customers.profiling.profile", lambda: {"table": FIRMS}, {"rare": "share", "show": "whole"}, CELLS)
call("customers.validating.validate", lambda: {"table": FIRMS, "rules": customers.RULES[1:3]}, {"rules": "as it is"}, {"table": {"phone": "key"}})
call("customers.matching.duplicates", lambda: {"table": FIRMS, "compare": LOOKS}, {"compare": "as it is", "cut": "share", "largest": "whole"}, CELLS)
call("customers.matching.evidence", lambda: {"table": FIRMS, "row_a": "R1", "row_b": "R2", "compare": LOOKS},
     {"row_a": "as it is", "row_b": "as it is", "compare": "as it is"}, CELLS)  # fmt: skip
call("customers.matching.groups", lambda: {"table": FIRMS, "pairs": pd.DataFrame({"row_a": ["R1"], "row_b": ["R2"]})},
     {"table": "as it is"}, {"pairs": {"row_a": "key"}})  # fmt: skip
call("customers.matching.against_truth", lambda: {"pairs": PROPOSED, "truth": pd.Series({1: "A", 2: "A", 3: "B"}), "cuts": [0.5, 0.8]},
     {"truth": "series key", "cuts": "list"}, {"pairs": {"score": "number"}})  # fmt: skip
call("customers.merging.merge", lambda: {"table": FIRMS, "groups": pd.Series({"R1": "R1", "R2": "R1", "R3": "R3"}), "ways": {"name": "longest"}},
     {"groups": "series key", "ways": "as it is", "updated": "column", "faults": "as it is"}, CELLS)  # fmt: skip
call("customers.merging.restored", lambda: {"merged": customers.merge(FIRMS, pd.Series({"R1": "R1", "R2": "R1", "R3": "R3"}))}, {"merged": "as it is"})
call("customers.masking.mask", lambda: {"table": FIRMS, "key": "a key of sixteen", "names": ["name"], "phones": ["phone"]},
     {"key": "text", "names": "labels", "phones": "labels", "emails": "labels", "keep": "labels"}, CELLS)  # fmt: skip
call("customers.masking.pseudonym", lambda: {"value": "Huaqiang", "key": "a key of sixteen"}, {"value": "thing", "key": "text"})
call("customers.masking.hidden_phone", lambda: {"value": "154 1234 5678"}, {"value": "thing"})
call("customers.masking.hidden_email", lambda: {"value": "a@b.example"}, {"value": "thing"})
call("customers.masking.new_key", dict)

# ---- purchases, retention, value, visits

call("purchases.by_day", lambda: {"orders": orders().drop(columns="invoice")})
call("purchases.last_day", lambda: {"value": "2024-06-01", "name": "until"}, {"value": "day", "name": "as it is"})
call("retention.cohorts", lambda: {"orders": orders().drop(columns="invoice"), "as_of": "2024-06-10"})
COHORTS = pd.DataFrame([[4.0, 1.0, 1.0], [6.0, 2.0, np.nan], [5.0, np.nan, np.nan]])
call("retention.shares", lambda: {"table": COHORTS}, columns={"table": {0: "number", 1: "number", 2: "number"}})
call("retention.retention_curve", lambda: {"table": COHORTS}, columns={"table": {0: "number", 1: "number", 2: "number"}})
LONG, GONE, SORT = numbers(3, 5, 5, 8, 2, 9), words(True, False, True, False, True, True), words("a", "b", "a", "b", "a", "b")
call("retention.kaplan_meier", lambda: {"durations": LONG, "left": GONE, "by": SORT},
     {"durations": "series", "left": "series yes_no", "by": "series key"})
call("retention.compare_survival", lambda: {"durations": LONG, "left": GONE, "by": SORT},
     {"durations": "series", "left": "series yes_no", "by": "series key"})
CURVE = {"table": {name: ("number" if name == "survival" else None) for name in retention.kaplan_meier([1], [True])}}
call("retention.survival_at", lambda: {"table": retention.kaplan_meier(LONG, GONE), "time": numbers(4.0, 8.5)}, {"time": "series"}, CURVE)
call("retention.median_lifetime", lambda: {"table": retention.kaplan_meier(LONG, GONE)}, {}, CURVE)
call("retention.churn_rates", lambda: {"customers": pd.DataFrame({"region": list("NNSSW"), "churned": [True, True, True, False, False]}),
                                       "by": "region"})
call("retention.win_back", lambda: {"orders": orders().drop(columns="invoice"), "as_of": "2024-12-01", "min_purchases": 2, "overdue": 2.0},
     {"overdue": "number", "min_days": "number"})
call("value.abc", lambda: {"amounts": numbers(70, 5, 25, 40)}, {"amounts": "series", "cuts": "list"})
call("value.by_class", lambda: {"table": value.abc([80, 10, 6, 4])}, columns={"table": {"share": None, "cumulative_share": None}})
call("value.treatment", lambda: {"table": value.abc([80, 10, 6, 4]), "plan": value.TREATMENT},
     columns={"table": {"amount": None, "share": None, "cumulative_share": None},
              "plan": {"service": None, "who": None, "contact_days": "number", "answer_hours": None, "action": None}})
call("value.left_out", lambda: {"amounts": numbers(70, -5, 25, 40)}, {"amounts": "series"})
call("value.lorenz", lambda: {"amounts": numbers(70, 5, 25, 40)}, {"amounts": "series"})
call("value.pareto_share", lambda: {"amounts": numbers(70, 5, 25, 40)}, {"amounts": "series"})
call("value.gini", lambda: {"amounts": numbers(70, 5, 25, 40)}, {"amounts": "series"})


def households() -> pd.DataFrame:
    """Two records of Wang Yongqing's."""
    return pd.DataFrame({"household": ["Lin", "Ho"], "people": [5, 3], "grams": [400.0, 350.0], "jar": [30.0, 20.0],
                         "last_delivery": days("2024-03-01", "2024-03-04"), "pay_day": [5, 20]})  # fmt: skip


BOOK = {"households": {"household": "key", "people": "number", "grams": "number", "jar": "number", "last_delivery": "date", "pay_day": "number"}}
DEMAND = pd.DataFrame({"Li": [9, 8, 7, 6] * 7, "Wu": [1, 2, 3, 4] * 7})
call("visits.run_out", lambda: {"households": households()}, {}, BOOK)
call("visits.calendar", lambda: {"households": households(), "start": "2024-03-02", "days": 30, "price": 2.0}, {"price": "number"}, BOOK)
call("visits.order_quantity", lambda: {"last_stock": numbers(20, 5, 7), "last_order": numbers(40, 10, 7), "stock": numbers(24, 12, 3), "pack": 4},
     {"last_stock": "series", "last_order": "series", "stock": "series", "factor": "number", "pack": "number"})
call("visits.shop_demand", lambda: {"shops": 3, "days": 7}, {"mean": "number", "spread": "number", "swing": "number"})
call("visits.simulate", lambda: {"demand": DEMAND, "pack": 2}, {"factors": "list", "pack": "number", "start": "number", "replace": "flag"},
     {"demand": {"Li": "number", "Wu": "number"}})
call("visits.by_factor", lambda: {"route": visits.simulate(DEMAND)}, {},
     {"route": {"factor": "number", "shop": None, "visit": "number", "demand": "number", "sold": None, "lost": "number",
                "empty_days": "number", "stock": "number", "order": None}})

# ---- forecasting

PAST = pd.Series([8.0, 10, 9, 12, 11, 14, 10, 13, 15, 12, 16, 14, 13, 17, 15, 18, 16, 19, 20, 17, 21, 19, 18, 22, 20, 23, 21, 24, 22, 25])
for _name in ("naive", "seasonal_naive", "seasonal_mean", "mean", "moving_average", "drift", "smoothing"):
    call(f"forecasting.{_name}", lambda: {"history": PAST, "horizon": 2},
         {"history": "series", "horizon": "whole", "season": "whole", "window": "whole", "alpha": "share"})
call("forecasting.back_test", lambda: {"history": PAST, "first": 4}, {"history": "series", "methods": "labels", "horizon": "whole", "first": "whole"})
TESTS = {"tests": {"method": "word", "origin": "number", "step": "number", "actual": "number", "forecast": "number", "error": "number"}}
call("forecasting.together", lambda: {"tests": forecasting.back_test(PAST, ["naive"], 2, 4)}, {"tests": "frame"}, TESTS)
call("forecasting.mae", lambda: {"actual": numbers(10, 12, 9), "forecast": numbers(11, 9, 9)}, {"actual": "series", "forecast": "series"})
call("forecasting.mase", lambda: {"actual": numbers(10, 12, 9), "forecast": numbers(11, 9, 9), "history": PAST},
     {"actual": "series", "forecast": "series", "history": "series", "season": "whole"},
     but={f"history: {what}": ANY for what in ("other labels", "shorter", "shorter list", "longer list")})
call("forecasting.accuracy", lambda: {"tests": forecasting.back_test(PAST, ["naive", "mean"], 1, 4)}, {"against": "choice", "season": "whole"}, TESTS)
call("forecasting.interval", lambda: {"errors": PAST, "forecast": 100.0}, {"errors": "series", "forecast": "number", "coverage": "share"})
call("forecasting.covered", lambda: {"tests": forecasting.back_test(PAST, ["naive"], 1, 4), "first": 5}, {"coverage": "share", "first": "whole"}, TESTS)

# ---- planning, relationship

PLAN = pd.DataFrame({"volume": [100.0, 100.0], "price": [10.0, 20.0], "cost": [4.0, 5.0]}, index=["tea", "rice"])
call("planning.bottom_up", lambda: {"parts": pd.DataFrame({"region": list("NNS"), "forecast": [10.0, 5.0, 20.0]}), "by": "region"})
call("planning.top_down", lambda: {"total": 120, "history": numbers(30, 10, 5)}, {"total": "number", "history": "series"})
call("planning.reconcile", lambda: {"parts": numbers(60, 40, 5), "total": 120.0, "method": "least_squares", "variances": numbers(9, 1, 2)},
     {"parts": "series", "total": "number", "variances": "series", "total_variance": "number"})
call("pricing.break_even_volume", lambda: {"discount": numbers(0.05, 0.1, 0.2), "margin": numbers(0.2, 0.3, 0.4), "fixed": numbers(0.01, 0, 0)},
     {"discount": "series", "margin": "series", "fixed": "series"})
call("pricing.discount_table", lambda: {"discounts": [0.05, 0.1], "margins": [0.2, 0.3]}, {"discounts": "list", "margins": "list"})
PRICED = pd.DataFrame([(code, week, units * (2 if code == "tea" and week > 2 else 1), price * (0.8 if code == "tea" and week > 2 else 1.0))
                       for week in range(6) for code, units, price in (("tea", 6, 2.0), ("rice", 9, 1.5))],
                      columns=["stock_code", "week", "quantity", "unit_price"])  # fmt: skip
PRICED["date"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * PRICED.pop("week"), unit="D")
call("pricing.price_changes", lambda: {"lines": PRICED, "weeks": 3}, {"weeks": "whole", "least": "share"})
call("pricing.volume_response", lambda: {"changes": pricing.price_changes(PRICED, weeks=3), "cuts": [-1.0, 0.0, 1.0], "margin": 0.4},
     {"cuts": "list", "margin": "number", "runs": "whole"},
     {"changes": {"change": "number", "volume": "number", "week": None, "before": None, "after": None, "units_before": None,
                  "units_after": None, "others": None}})
call("pricing.reward_budget", lambda: {"groups": pd.DataFrame({"customers": [10, 40], "amount": [50_000.0, 900.0], "margin": [0.3, 0.2], "lift": [0.1, 0.2]},
                                                               index=["A", "B"])}, {"share": "share", "customers": "column", "margin": "column"})
call("negotiation.zone", lambda: {"seller": 80, "buyer": 100}, {"seller": "number", "buyer": "number"})
if "negotiation.Zone" in public():
    call("negotiation.Zone", lambda: {"seller": 80, "buyer": 100}, {"seller": "number", "buyer": "number"})
call("negotiation.Zone.shares", lambda: {"self": negotiation.zone(80, 100), "price": 85}, {"price": "number"})
call("negotiation.negotiate", lambda: {"limits": negotiation.zone(80, 100), "ask": 120, "bid": 70, "talks": 20},
     {"limits": "model", "ask": "number", "bid": "number"})
call("negotiation.zone_of_package", lambda: {"limits": negotiation.zone(80, 100), "seller": 50, "buyer": -20, "volume": 10},
     {"limits": "model", "seller": "number", "buyer": "number", "volume": "number"})
call("negotiation.price_options", lambda: {"limits": negotiation.zone(80, 100), "prices": [85, 90, 95], "volume": 10},
     {"limits": "model", "prices": "list", "volume": "number"})
call("negotiation.first_offers", lambda: {"limits": negotiation.zone(80, 100), "asks": [110, 120], "bid": 70, "talks": 20},
     {"limits": "model", "asks": "list", "bid": "number"})
call("negotiation.packages", lambda: {"issues": {"price": pd.DataFrame({"seller": [4, 0], "buyer": [0, 4]}, index=["100", "96"]),
                                              "pay": pd.DataFrame({"seller": [6, 0], "buyer": [0, 1]}, index=["now", "later"])}}, {"issues": "mapping"})
call("planning.variances", lambda: {"plan": PLAN, "actual": PLAN * [1.2, 0.9, 1.1], "cost": "cost"})
call("planning.attainment", lambda: {"plan": numbers(10, 10, 20), "actual": pd.Series([8.0, 12.0, np.nan], ["Li", "Wu", "Ma"])},
     {"plan": "series", "actual": "series"}, but={"plan: shuffled": ANY})
call("relationship.level", lambda: {"groups": pd.DataFrame({"customers": [8000, 120, 9], "margin": [0.1, 0.3, 0.5]}, index=["pens", "desks", "fit-out"])},
     {"many": "number", "few": "number", "high": "number", "low": "number", "customers": "column", "margin": "column", "choice": "frame"},
     {"groups": {"margin": "number"}, "choice": {"high": "word", "medium": "word", "low": "word"}},
     but={f"choice: {name}: {label}": ANY for name in ("high", "medium", "low") for label in ("object",)})
call("relationship.growth", lambda: {"before": numbers(100, 80, 0), "after": numbers(125, 60, 5)}, {"before": "series", "after": "series"})
call("relationship.growth_matrix", lambda: {"customers": numbers(0.3, 0.08, -0.1), "company": 0.1},
     {"customers": "series", "company": "number", "tolerance": "number"})
call("relationship.buyer_types", lambda: {"weights": pd.DataFrame({"price": [70, 40], "value": [20, 30], "service": [10, 30]})}, {},
     {"weights": {"price": "number", "value": "number", "service": "number"}})
call("relationship.board", lambda: {
    "customers": pd.DataFrame({"customer_id": ["Li", "Wu", "Ma"], "class": ["B", "A", "A"]}),
    "contacts": pd.DataFrame({"customer_id": ["Wu", "Li"], "date": days("2024-05-01", "2024-05-20"), "call_back": days("2024-06-20", "2024-06-21")}),
    "as_of": "2024-05-31", "intervals": {"A": 14, "B": 30}},
    {"intervals": "mapping", "sort": "labels", "group": "column"}, {"customers": {"customer_id": "key", "class": "word"},
     "contacts": {"customer_id": "key", "date": "date", "call_back": "date"}},
    but={"contacts: None": ANY, "contacts: nothing": ANY})  # nobody was called yet
call("audit.scores", lambda: {"answers": pd.Series(3, audit.QUESTIONS.index)}, {"answers": "series", "low": "number", "high": "number"})
call("audit.radar_area", lambda: {"shares": numbers(0.5, 0.4, 0.3, 0.2)}, {"shares": "series"})
call("audit.agreement", lambda: {"one": numbers(1, 2, 3, 4), "other": numbers(1, 3, 3, 4)},
     {"one": "series", "other": "series", "weights": "choice", "low": "number", "high": "number"})

# ---- clv


@lru_cache(maxsize=1)
def repeats() -> pd.DataFrame:
    """Some forty customers as BG/NBD and Gamma-Gamma have them."""
    random = np.random.default_rng(7)
    frequency = random.poisson(random.gamma(1, 2, 40))
    long = random.uniform(20, 39, 40).round(2)
    recency = np.where(frequency > 0, (long * random.uniform(0.2, 1, 40)).round(2), 0.0)
    spend = np.where(frequency > 0, random.gamma(6, 6, 40).round(2) + 1, 1.0)
    return pd.DataFrame({"frequency": frequency, "recency": recency, "T": long, "monetary": spend}, index=pd.RangeIndex(1, 41, name="customer_id"))


@lru_cache(maxsize=1)
def models() -> tuple[clv.BGNBD, clv.GammaGamma, clv.ShiftedBetaGeometric, clv.ParetoNBD]:
    """Fitted to :func:`repeats`, and to the counts of Fader and Hardie."""
    contracts = clv.fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
    return clv.fit_bgnbd(repeats()), clv.fit_gamma_gamma(repeats()), contracts, clv.fit_pareto_nbd(repeats())


LEFT = pd.Series([1000.0, 869.0, 743.0, 653.0])
call("clv.historic", lambda: {"orders": orders(), "as_of": "2024-06-03", "margin": 0.4, "discount": 0.1}, {"margin": "number", "discount": "share"},
     {"orders": {"invoice": None}}, {"margin: percent": REFUSED})
call("clv.simple", lambda: {"margin": numbers(100, 80, 60), "retention": numbers(0.8, 0.7, 0.5), "discount": numbers(0.1, 0.2, 0.1), "periods": 3},
     {"margin": "series", "retention": "series", "discount": "series"})
call("clv.customer_equity", lambda: {"values": numbers(120, 40, -10)}, {"values": "series"})
call("clv.repeat_summary", lambda: {"orders": orders(), "as_of": "2024-06-10"}, columns={"orders": {"invoice": None}})
call("clv.rounded", lambda: {"summary": repeats()})
call("clv.lifetime_value", lambda: {"summary": repeats().head(6), "purchases_model": models()[0], "spend_model": models()[1], "unit": "week"},
     {"purchases_model": "model", "spend_model": "model", "years": "number", "margin": "number", "discount": "share"},
     columns={"summary": {"recency": None, "T": None}})
call("clv.holdout", lambda: {"orders": orders(), "split": "2024-04-15", "as_of": "2024-06-10"}, {"model": "choice"}, columns={"orders": {"invoice": None}})
call("clv.compare", lambda: {"orders": orders(), "split": "2024-04-15", "as_of": "2024-06-10", "models": ["bgnbd"]}, {"models": "list"}, {"orders": {"invoice": None}})
call("clv.bgnbd.fit_bgnbd", lambda: {"summary": repeats()}, columns={"summary": {"monetary": None}})
call("clv.gamma_gamma.fit_gamma_gamma", lambda: {"summary": repeats()}, columns={"summary": {"recency": None, "T": None}})
call("clv.sbg.fit_sbg", lambda: {"survivors": LEFT}, {"survivors": "series"})
call("clv.pareto_nbd.fit_pareto_nbd", lambda: {"summary": repeats()}, columns={"summary": {"monetary": None}})
for name, at in {"bgnbd.BGNBD": 0, "pareto_nbd.ParetoNBD": 3}.items():
    call(f"clv.{name}.p_alive", lambda at=at: {"self": models()[at], "summary": repeats().head(5)}, columns={"summary": {"monetary": None}})
    call(f"clv.{name}.log_likelihood_of", lambda at=at: {"self": models()[at], "summary": repeats().head(5)}, columns={"summary": {"monetary": None}})
    for ahead in ("expected_purchases", "error_of_total"):
        call(f"clv.{name}.{ahead}", lambda at=at: {"self": models()[at], "summary": repeats().head(5), "periods": 10}, {"periods": "number"},
             {"summary": {"monetary": None}})
    call(f"clv.{name}.expected_of_new", lambda at=at: {"self": models()[at], "periods": numbers(10, 20)}, {"periods": "series"})
call("clv.gamma_gamma.GammaGamma.expected_spend", lambda: {"self": models()[1], "summary": repeats().head(5)}, columns={"summary": {"recency": None, "T": None}})
call("clv.sbg.ShiftedBetaGeometric.retention_rate", lambda: {"self": models()[2], "period": numbers(1, 5)}, {"period": "series"})
call("clv.sbg.ShiftedBetaGeometric.survival", lambda: {"self": models()[2], "period": numbers(1, 5)}, {"period": "series"})
call("clv.sbg.ShiftedBetaGeometric.expected_lifetime", lambda: {"self": models()[2], "discount": 0.1}, {"discount": "share"})
for name, at in {"bgnbd.BGNBD": 0, "gamma_gamma.GammaGamma": 1, "sbg.ShiftedBetaGeometric": 2, "pareto_nbd.ParetoNBD": 3}.items():
    call(f"clv.{name}.parameters", lambda at=at: {"self": models()[at]})
call("clv.migration.return_rates", lambda: {"orders": orders(), "cuts": ["2024-01-01", "2024-03-01", "2024-05-01", "2024-07-01"]}, {"cuts": "list"},
     {"orders": {"invoice": None}}, {"cuts: texts": ANY})
call("clv.migration.expected_buyers", lambda: {"customers": 100, "rates": numbers(0.6, 0.4), "periods": 3}, {"customers": "number", "rates": "series"})
call("clv.migration.migration_value", lambda: {"margin": 100, "rates": numbers(0.6, 0.4), "discount": 0.1, "cost": 1.0},
     {"margin": "number", "rates": "series", "discount": "share", "cost": "number"})

# ---- basket


def lines() -> pd.DataFrame:
    """Four baskets."""
    return pd.DataFrame({"invoice": [1, 1, 2, 2, 2, 3, 4, 4], "stock_code": ["tea", "cup", "tea", "cup", "jam", "tea", "jam", "cup"]})


SETS = {"sets": { "count": "number", "support": "number"}}
call("basket.frequent_sets", lambda: {"lines": lines(), "support": 0.4, "max_length": 3}, {"support": "share"})
call("basket.rules", lambda: {"sets": basket.frequent_sets(lines(), 0.2), "max_consequent": 2}, {"lift": "number"}, SETS)
call("basket.pair", lambda: {"lines": lines(), "first": "tea", "second": "cup"}, {"first": "thing", "second": "thing"})

# ---- cross_selling


def known_lines() -> pd.DataFrame:
    """The four baskets, of two customers."""
    return lines().assign(customer_id=[7, 7, 7, 7, 7, 8, 8, 8])


def two_rules() -> pd.DataFrame:
    """Rules between tea, cups and jam."""
    return pd.DataFrame({"antecedent": [("tea",), ("cup",)], "consequent": [("cup",), ("jam",)]})


COUNTED = dict.fromkeys(("first", "second", "both", "room", "expected", "lift", "low", "high"), "number")
JUDGED = {"both": "number", "lift": "number", "later_both": "number", "later_expected": "number", "verdict": "word", "later_lift": None,
          "low": None, "high": None, "later_low": None, "later_high": None, "later_room": None}


def judged_rules() -> pd.DataFrame:
    """The rules, held to the same baskets."""
    counts = cross_selling.counted(two_rules(), lines())
    return cross_selling.back_test(counts, counts, least=1)


call("cross_selling.counted", lambda: {"rules": two_rules(), "lines": known_lines(), "customer": "customer_id"}, {"customer": "column"},
     {"rules": {"antecedent": "word", "consequent": "word"}})
call("cross_selling.back_test", lambda: {"before": cross_selling.counted(two_rules(), lines()), "after": cross_selling.counted(two_rules(), lines()), "least": 1},
     {"lift": "number", "least": "whole"}, {"before": COUNTED, "after": COUNTED})
call("cross_selling.by_count", lambda: {"table": judged_rules(), "edges": [1, 2]}, {"edges": "as it is"}, {"table": JUDGED})
call("cross_selling.offer_value", lambda: {"shown": 150, "bought": 48, "not_shown": 150, "bought_anyway": 37, "chances": 1000, "margin": 8},
     dict.fromkeys(("shown", "bought", "not_shown", "bought_anyway", "chances", "margin", "cost"), "number"))
call("cross_selling.each_half", lambda: {"base": 0.25, "extra": 0.05}, dict.fromkeys(("base", "extra", "power"), "share"))
call("cross_selling.halves", lambda: {"customers": words(12, 13, 14, 15)}, {"customers": "series key"})

# ---- what customers want and think

SURVEY = pd.DataFrame({"region": list("NNNSSS"), "expected": [8, 9, 8, 7, 9, 6], "perceived": [8, 9, 6, 6, 7, 7], "recommend": [10, 9, 3, 7, 8, 0]})
call("intervals.z_value", lambda: {})
call("intervals.wilson", lambda: {"successes": numbers(1, 5, 9), "n": numbers(10, 20, 30)}, {"successes": "series", "n": "series"})
if "intervals.exact" in public():
    call("intervals.exact", lambda: {"successes": numbers(1, 5, 9), "n": numbers(10, 20, 30)}, {"successes": "series", "n": "series"})
call("satisfaction.index", lambda: {"perceived": numbers(7, 6, 5), "expected": numbers(8, 8, 8)}, {"perceived": "series", "expected": "series"})
call("satisfaction.group_index", lambda: {"perceived": numbers(7, 6, 5), "expected": numbers(8, 8, 8)}, {"perceived": "series", "expected": "series"})
call("satisfaction.verdict", lambda: {"c": numbers(0.9, 1, 1.2), "tolerance": 0.05}, {"c": "series", "tolerance": "share"})
call("satisfaction.by", lambda: {"survey": SURVEY, "group": "region"}, columns={"survey": {"recommend": None}})
call("satisfaction.by_object", lambda: {"survey": SURVEY.rename(columns={"expected": "expected_service", "perceived": "perceived_service"}),
                                        "objects": {"service": "Service"}}, {"objects": "mapping", "perceived": "text", "expected": "text"},
     {"survey": {"region": None, "recommend": None, "expected_service": "number", "perceived_service": "number"}})
call("satisfaction.nps", lambda: {"scores": numbers(10, 9, 3, 7)}, {"scores": "series"})
call("satisfaction.nps_by", lambda: {"survey": SURVEY, "group": "region"}, columns={"survey": {"expected": None, "perceived": None}})
call("satisfaction.sample_size", lambda: {"margin": 0.05, "population": 600},
     {"margin": "share", "share": "share", "sd": "number", "promoters": "share", "detractors": "share"})
KANO = pd.DataFrame({"region": list("NNSS"), "functional_app": [1, 1, 3, 2], "dysfunctional_app": [3, 5, 3, 5]})
TALLY = pd.DataFrame({"A": [18, 4], "O": [174, 3], "M": [90, 1], "I": [42, 2], "R": [7, 0], "Q": [27, 0]}, index=["app", "pay"])
LETTERS = {"table": dict.fromkeys("AOMIRQ", "number")}
LETTER_COLUMNS = dict.fromkeys(kano.ANSWERS, "word")
call("kano.evaluate", lambda: {"functional": words(1, 1, 3), "dysfunctional": words(3, 5, 3), "coding": None},
     {"functional": "series", "dysfunctional": "series", "coding": "mapping"}, {"table": LETTER_COLUMNS})
call("kano.counts", lambda: {"survey": KANO, "features": ["app"], "by": "region"},
     {"functional": "text", "dysfunctional": "text", "coding": "mapping"},
     {"survey": {"region": "key", "functional_app": "number", "dysfunctional_app": "number"}, "table": LETTER_COLUMNS})
call("kano.better_worse", lambda: {"table": TALLY}, {}, LETTERS)
call("kano.significance", lambda: {"table": TALLY}, {"z": "number"}, LETTERS)
call("kano.category", lambda: {"table": TALLY, "rule": "priority"}, {"z": "number"}, LETTERS)
call("kano.summary", lambda: {"table": TALLY}, {"z": "number"}, LETTERS)
call("kano.stability", lambda: {"table": TALLY, "draws": 200}, {"z": "number"}, LETTERS)
ASKED = pd.DataFrame({"e1": [7, 6, 7, 5], "e2": [6, 6, 5, 7], "p1": [5, 6, 4, 5], "p2": [6, 3, 5, 5], "weight_tangibles": [100, 100, 100, 100]})
ASKED_KINDS = {"survey": dict.fromkeys(["e1", "e2", "p1", "p2", "weight_tangibles"], "number"), "items": {"dimension": "key", "meaning": None}}
SERVQUAL = {"perceived": "text", "expected": "text", "scale": "list", "reverse": "labels"}
for name in ("gaps", "by_dimension"):
    call(f"servqual.{name}", lambda: {"survey": ASKED.drop(columns="weight_tangibles"), "items": servqual.ITEMS.loc[[1, 2]]}, SERVQUAL,
         {**ASKED_KINDS, "survey": dict.fromkeys(["e1", "e2", "p1", "p2"], "number")})
call("servqual.score", lambda: {"survey": ASKED, "weights": "weight_", "items": servqual.ITEMS.loc[[1, 2]]},
     {**SERVQUAL, "weights": "mapping"}, ASKED_KINDS)
ITEMS = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 2, 3, 5, 5], "c": [1, 3, 3, 4, 4]})
for name in ("cronbach_alpha", "alpha_without", "composite_reliability"):
    if f"servqual.{name}" in public():
        call(f"servqual.{name}", lambda: {"answers": ITEMS}, {}, {"answers": dict.fromkeys("abc", "number")})
LEVELS = pd.DataFrame({name: [6.0, 5.0] for name in ("expected", "understood", "specified", "delivered", "promised", "perceived")}, index=["N", "S"])
call("servqual.five_gaps", lambda: {"levels": LEVELS}, {}, {"levels": dict.fromkeys(LEVELS, "number")})
MARKS = pd.DataFrame({"clean": [1, 3, 3, 5, 1, 3, 5, 3], "gift": [3, 3, 5, 3, 3, 1, 5, 5], "all": [3, 7, 9, 7, 3, 7, 8, 9]})
call("importance_performance.derived_importance", lambda: {"survey": MARKS, "features": ["clean", "gift"], "overall": "all", "method": "regression"}, {},
     {"survey": dict.fromkeys(MARKS, "number")})
call("importance_performance.importance_performance", lambda: {"importance": numbers(0.6, 0.2, 0.3), "performance": numbers(3.1, 4.2, 4.0)},
     {"importance": "series", "performance": "series", "cuts": "text"})
call("two_factor.penalty_reward", lambda: {"survey": MARKS, "features": ["clean", "gift"], "overall": "all", "low": 2, "high": 4},
     {"low": "number", "high": "number", "expected": "mapping"}, {"survey": dict.fromkeys(MARKS, "number")})
call("two_factor.clear_of_zero", lambda: {"table": two_factor.penalty_reward(MARKS, ["clean", "gift"], "all", 2, 4)}, {"table": "as it is"})
OFFERS = pd.DataFrame({"product": [90, 100], "service": [30, 5], "money": [70, 60], "time": [5, 20]}, index=["we", "they"])
call("perceived_value.perceived_value", lambda: {"offers": OFFERS, "values": ["product", "service"], "costs": ["money", "time"]},
     {"values": "labels", "costs": "labels"}, {"offers": dict.fromkeys(OFFERS, "number")})

# ---- complaints

HEARD = pd.DataFrame({"safety": [False, True, False], "severity": [1, 2, 3], "repeat": [1, 1, 2], "value": ["A", "C", "B"],
                      "received": days("2024-05-01 09:30", "2024-05-01 11:00", "2024-05-02 08:15")})
call("complaints.triage", lambda: {"complaints": HEARD, "received": "received"}, {"value": "column"},
     {"rules": {"rule": "word", "safety": "word", "severity": "number", "repeat": "number", "value": "word", "who": "word", "hours": "number", "why": None},
      "complaints": {"safety": "yes_no", "severity": "number", "repeat": "number", "value": "word", "received": "date"}},
     but={f"complaints: received: {label}": ANY for label in ("text", "slashes", "points", "Chinese", "dates", "days", "a zone", "seconds")})
call("complaints.reasons", lambda: {"table": pd.DataFrame({"reason": ["price", "price", "moved"], "amount": [5.0, 6.0, 1.0]}), "amount": "amount",
                                    "claimed": {"price": 0.5, "moved": 0.5}}, {"claimed": "mapping"}, but={"claimed: Series": "same"})
call("complaints.review", lambda: {"steps_done": ["sympathy", "offer", "ask"]}, {"steps_done": "labels"}, but={"steps_done: array": ANY, "steps_done: Index": ANY})
call("complaints.follow", lambda: {"steps_done": ["ask", "name"], "order": ["name", "ask", "thank"]}, {"steps_done": "labels", "order": "labels"},
     but={f"{one}: {label}": ANY for one in ("steps_done", "order") for label in ("array", "Index")})
call("complaints.Review.sentences", lambda: {"self": complaints.review(["ask"])})
call("complaint_economics.unhappy_behind", lambda: {"complaints": 10}, {"complaints": "number"})
call("complaint_economics.outcomes", lambda: {"unhappy": 1000, "complain": 0.5, "settled": 0.6, "quickly": 0.5, "value": 100.0},
     {"unhappy": "number", "keep": "choice", "value": "number"})
call("complaint_economics.word_of_mouth", lambda: {"customers": {"silent": 100, "quickly": 10}, "told": {"silent": 9}, "mood": {"silent": -1}},
     {"customers": "mapping", "told": "mapping", "mood": "mapping"}, but={"*: Series": ANY, "customers: Series": "same"})
call("complaint_economics.told_by_the_rest", lambda: {}, {"mean": "number", "many": "number"})
call("complaint_economics.recovery", lambda: {"value": numbers(2000, 500)},
     {"value": "series", "told_if_left": "number", "told_if_settled": "number", "prospect_value": "number"})
call("complaint_economics.recovery_curve", lambda: {"value": 1000, "costs": [0, 350, 500]}, {"value": "number", "uplift": "list", "costs": "list"})

# ---- from calls to orders

DEALS = pd.DataFrame({"region": list("NNSSNNSS"), "money": [True] * 6 + [False] * 2, "authority": [True] * 4 + [False] * 4,
                      "need": [True, False] * 4, "won": [True, True, False, True, False, False, True, False], "amount": np.arange(8) * 100.0})
OPEN = DEALS[["region", "money", "authority", "need", "amount"]].head(3)
call("funnel.conversion", lambda: {"stages": numbers(200, 80, 20)}, {"stages": "series"}, but={"stages: list": REFUSED})
call("funnel.stage_counts", lambda: {"deals": pd.DataFrame({"called": [1, 1, 1], "met": [1, 0, 1]}), "stages": ["called", "met"]},
     {"stages": "labels"}, {"deals": {"called": "yes_no", "met": "yes_no"}})
call("funnel.needed", lambda: {"orders": 2, "rates": numbers(0.4, 0.25, 0.25)}, {"orders": "whole", "rates": "series"})
call("funnel.calls_per_order", lambda: {"calls": numbers(200, 100, 50), "orders": numbers(5, 4, 0)}, {"calls": "series", "orders": "series"})
call("pipeline.share_difference", lambda: dict(zip(("successes", "n", "other_successes", "other_n"),
     (numbers(5, 6, 7), numbers(10, 10, 10), numbers(3, 4, 5), numbers(9, 9, 9)), strict=True)),
     dict.fromkeys(("successes", "n", "other_successes", "other_n"), "series"))
call("pipeline.evidence", lambda: {"deals": DEALS, "columns": ["need", "money"]}, {"yes": "thing", "no": "thing"}, {"deals": {"region": None, "authority": None, "amount": None}})
call("pipeline.chances", lambda: {"deals": DEALS, "by": "region"}, {"pseudo_deals": "number"},
     {"deals": {"money": None, "authority": None, "need": None, "amount": None}})
call("pipeline.score", lambda: {"deals": OPEN, "history": DEALS, "by": "region"}, {"pseudo_deals": "number"},
     {"deals": {"money": None, "authority": None, "need": None}, "history": {"money": None, "authority": None, "need": None, "amount": None}})
call("qualification.verdict", lambda: {"money": words(True, True, False), "authority": words(True, False, True), "need": words(True, True, False)},
     dict.fromkeys(("money", "authority", "need"), "series yes_no"))
call("qualification.label", lambda: {"deals": DEALS[["money", "authority", "need"]]})
call("qualification.win_rates", lambda: {"deals": DEALS, "by": "region"}, {}, {"deals": {"money": None, "authority": None, "need": None, "amount": None}})

# ---- data sets

for name in ("card", "check", "load"):
    call(f"datasets.{name}", lambda: {"name": "b2b_deals"}, {"name": "choice", "folder": "folder"})
call("datasets.names", lambda: {}, {"folder": "folder"})

# ---- charts: the result that they are drawn of, and numbers


def chart(name: str, make: Callable[[], dict[str, Any]], kinds: dict[str, str] | None = None) -> None:
    """Register a chart: its first argument is a result, the others are as they are unless ``kinds`` says more."""

    def arguments() -> dict[str, Any]:
        given = make()
        return {next(iter(inspect.signature(public()[f"plots.{name}"]).parameters)): given.pop("of"), **given}

    known = dict.fromkeys(inspect.signature(public()[f"plots.{name}"]).parameters, "as it is")
    call(f"plots.{name}", arguments, known | {next(iter(known)): "result"} | (kinds or {}))


MOMENTS = pd.DataFrame({"bad": [40, 9], "bad_left": [0.5, 0.2], "low": [0.35, 0.06], "high": [0.65, 0.5], "others_left": [0.1, 0.15]},
                       index=["delivery", "bill"])  # fmt: skip
BOARD = {"customers": pd.DataFrame({"customer_id": ["Li", "Wu"], "class": ["B", "A"]}), "contacts": None, "as_of": "2024-05-31"}
chart("basket.rule_bars", lambda: {"of": basket.rules(basket.frequent_sets(lines(), 0.2))}, {"top": "whole"})
chart("basket.lift_lines", lambda: {"of": basket.pair(lines(), "tea", "cup")})
chart("clv.sbg_curve", lambda: {"of": models()[2]}, {"periods": "whole"})
chart("clv.holdout_check", lambda: {"of": clv.holdout(orders(), "2024-04-15")})
chart("complaint_economics.recovery_curve", lambda: {"of": complaint_economics.recovery_curve(1000)})
chart("complaint_economics.tarp_bars", lambda: {"of": complaint_economics.TARP})
chart("complaint_economics.reason_bars", lambda: {"of": complaints.reasons(pd.DataFrame({"reason": list("aab")}))}, {"most": "whole"})
chart("complaints.seven_steps", lambda: {"of": complaints.review(["ask"])})
chart("complaints.mood_line", lambda: {"of": [2, 1, 3]}, {"moods": "list"})
chart("funnel.funnel_bars", lambda: {"of": funnel.conversion(numbers(200, 80, 20))})
chart("cross_selling.later_bars", lambda: {"of": cross_selling.by_count(judged_rules(), [1, 2])})
chart("funnel.evidence_bars", lambda: {"of": pipeline.evidence(DEALS)}, {"most": "whole"})
chart("importance_performance.importance_map", lambda: {"of": importance_performance.importance_performance(numbers(1, 2, 3), numbers(3, 2, 2))})
chart("kano.better_worse", lambda: {"of": kano.better_worse(TALLY)})
chart("lifecycle.phase_bars", lambda: {"of": lifecycle.by_phase(lifecycle.phases(lifecycle.trade(orders(), "2024-07-01", days=30)))})
chart("lifecycle.stage_bars", lambda: {"of": lifecycle.by_stage(lifecycle.stages(orders()))})
chart("lifecycle.transition_heat", lambda: {"of": lifecycle.transitions(STAGE, STAGE)})
chart("moments.moment_dots", lambda: {"of": MOMENTS})
chart("pricing.price_response", lambda: {"of": pricing.price_changes(PRICED, weeks=3), "margin": 0.4}, {"margin": "number"})
chart("pricing.discount_lines", lambda: {"of": pricing.discount_table()})
chart("negotiation.package_map", lambda: {"of": negotiation.packages({"price": pd.DataFrame({"seller": [4, 0], "buyer": [0, 4]})})})
chart("forecasting.forecast_lines", lambda: {"of": [8.0, 10.0, 9.0], "forecasts": pd.DataFrame({"naive": [9.0, 9.0], "mean": [9.0, 9.0]})})
chart("planning.reconcile_bars", lambda: {"of": planning.reconcile(numbers(60, 40), 120)})
chart("planning.variance_bridge", lambda: {"of": planning.variances(PLAN, PLAN * 1.1)})
chart("negotiation.zone_bar", lambda: {"of": negotiation.zone(80, 100)})
chart("qualification.win_rates", lambda: {"of": qualification.win_rates(DEALS)})
chart("qualification.eight_cards", lambda: {"of": None}, {"ax": "as it is"})
chart("audit.audit_radar", lambda: {"of": audit.scores(pd.Series(3, audit.QUESTIONS.index))})
chart("audit.audit_bars", lambda: {"of": audit.scores(pd.Series(3, audit.QUESTIONS.index))})
chart("relationship.board_bars", lambda: {"of": relationship.board(**BOARD)}, {"group": "column"})
chart("relationship.growth_bars", lambda: {"of": relationship.growth_matrix(numbers(0.3, 0.08, -0.1), 0.1)})
chart("relationship.level_grid", lambda: {"of": None})
chart("customers.match_lines", lambda: {"of": customers.against_truth(PROPOSED, pd.Series({1: "A", 2: "A", 3: "B", 4: "B"}), [0.5, 0.8]),
                                      "at": 0.8}, {"at": "number"})  # fmt: skip
chart("retention.churn_bars", lambda: {"of": retention.churn_rates(pd.DataFrame({"a": list("xxy"), "churned": [1, 0, 1]}), "a")})
chart("retention.cohort_heat", lambda: {"of": retention.cohorts(orders())})
chart("retention.survival_curve", lambda: {"of": retention.kaplan_meier(LONG, GONE)}, {"at": "number"})
chart("rfm.rfm_heat", lambda: {"of": SCORES})
chart("rfm.segment_bars", lambda: {"of": rfm.by_segment(rfm.summary(orders()), rfm.segment(rfm.score(rfm.summary(orders()))))})
chart("satisfaction.index_bars", lambda: {"of": satisfaction.by(SURVEY, "region")})
chart("satisfaction.nps_bar", lambda: {"of": satisfaction.nps_by(SURVEY, "region")})
chart("servqual.gap_bars", lambda: {"of": servqual.gaps(ASKED, servqual.ITEMS.loc[[1, 2]])})
chart("two_factor.penalty_reward_bars", lambda: {"of": two_factor.penalty_reward(MARKS, ["clean", "gift"], "all", 2, 4)})
chart("two_factor.value_bars", lambda: {"of": perceived_value.perceived_value(OFFERS)})
chart("value.abc_curve", lambda: {"of": value.abc([80, 10, 6, 4])})
chart("value.lorenz", lambda: {"of": value.lorenz([80, 10, 6, 4])})
chart("visits.delivery_calendar", lambda: {"of": visits.calendar(households(), "2024-03-02", 30)})
chart("visits.policy_tradeoff", lambda: {"of": visits.by_factor(visits.simulate(DEMAND))})
chart("visits.route_lines", lambda: {"of": visits.simulate(DEMAND)})


# ---- what is made up

BOOK = homes.notebook(6, seed=1)
EATEN = homes.needs(BOOK, seed=1)
call("firm.make", lambda: {"seed": 3}, {"seed": "seed"})
call("households.notebook", lambda: {"households": 6, "seed": 1, "start": "2025-09-15"}, {"households": "whole"})
call("households.happenings", lambda: {"book": BOOK.copy(), "start": "2025-09-15", "days": 60, "seed": 1}, {"book": "as it is"})
call("households.needs", lambda: {"book": BOOK.copy(), "start": "2025-09-15", "days": 60, "seed": 1},
     {"book": "as it is", "events": "as it is", "start": "as it is", "error": "as it is", "swing": "as it is"})
call("households.deliver", lambda: {"book": BOOK.copy(), "eaten": EATEN.copy(), "start": "2025-09-15", "ahead": 1},
     {"book": "as it is", "eaten": "as it is", "start": "as it is", "learn": "as it is", "told": "as it is"})
