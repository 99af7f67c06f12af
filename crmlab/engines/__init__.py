"""Tables of other engines: Polars (eager and lazy), DuckDB relations, PySpark.

The functions that read transactions take such a table where they take a pandas one, compute on its engine, and give
back its kind. The plans are written once, on narwhals, in the modules of this package; pandas keeps the numpy way in
the field modules. Importing this package imports no engine and not narwhals.

What is the same on all engines: the numbers, and the checks. What differs:

- There is no index, so the customer is a column of the result, the first.
- There is no ``attrs``: what was left out is asked for, as in ``rfm.left_out(orders)``.
- A row has no label. Messages name the row of an eager Polars frame by its number, and show one such row of the others.
- Lazy tables stay lazy. Checking them takes one pass that collects one row of counts and sums.
- Polars results are sorted as the docstring says. DuckDB and PySpark promise no order: sort at the end, if at all.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from crmlab import checks, daytext
from crmlab.language import _

POLARS, POLARS_LAZY, DUCKDB, PYSPARK = "polars", "polars lazy", "duckdb", "pyspark"
_UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff"
_BLANKS = "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
BLANK = f"^[\\s{_BLANKS}{_UNSEEN}]*$"  # \s alone is ASCII in DuckDB and Spark

_LEAVE_OUT = {
    POLARS: "drop_nulls({column!r})",
    POLARS_LAZY: "drop_nulls({column!r})",
    DUCKDB: "filter('\"{column}\" is not null')",
    PYSPARK: "dropna(subset=[{column!r}])",
}
_TO_NUMBER = {
    POLARS: "pl.col({column!r}).cast(pl.Float64)",
    POLARS_LAZY: "pl.col({column!r}).cast(pl.Float64)",
    DUCKDB: 'cast("{column}" as double)',
    PYSPARK: "F.col({column!r}).cast('double')",
}
_TO_DATE = {
    POLARS: "pl.col({column!r}).cast(pl.String).str.to_date('%Y%m%d')",
    POLARS_LAZY: "pl.col({column!r}).cast(pl.String).str.to_date('%Y%m%d')",
    DUCKDB: "strptime(cast(\"{column}\" as varchar), '%Y%m%d')",
    PYSPARK: "F.to_date(F.col({column!r}).cast('string'), 'yyyyMMdd')",
}


def kind(data: Any) -> str | None:
    """The engine of a table: "polars", "polars lazy", "duckdb", "pyspark"; None for anything else, pandas too.

    >>> kind(pd.DataFrame({"amount": [1.0]})) is None
    True
    """
    for cls in type(data).__mro__:
        at = (cls.__module__.partition(".")[0].lstrip("_"), cls.__name__)
        found = {
            ("polars", "DataFrame"): POLARS,
            ("polars", "LazyFrame"): POLARS_LAZY,
            ("duckdb", "DuckDBPyRelation"): DUCKDB,
            ("pyspark", "DataFrame"): PYSPARK,
        }.get(at)
        if found and not cls.__module__.startswith("pyspark.pandas"):
            return found
    return None


def refuse(data: Any, what: str) -> NoReturn:
    """Say that this is no table; pandas or otherwise."""
    checks.fail(
        _("{what} must be a DataFrame of pandas, Polars or PySpark, or a DuckDB relation, not {kind}."),
        what=what,
        kind=type(data).__name__,
    )


def not_a_result(customer: str, results: list[str]) -> None:
    """Refuse a column of customers whose name a column of the result has."""
    if customer in results:
        checks.fail(_("The column {column!r} of the customers has the name of a result. Rename it."), column=customer)


class Table:
    """One table of an engine: its columns, its plan, and how to get few rows out of it.

    ``plan`` is a narwhals LazyFrame; :meth:`back` makes a plan into a table of the kind that came in.
    """

    def __init__(self, data: Any, what: str, columns: dict[str, Any] | None = None) -> None:
        found = kind(data)
        if found is None:
            refuse(data, what)
        self.kind, self.what, self._native = found, what, data
        names = list(data.collect_schema().names() if found == POLARS_LAZY else data.columns)
        self.head = pd.DataFrame(columns=names)  # for the checks of column names that know pandas only
        checks.need(self.head, columns or {})
        import narwhals as nw

        self.plan = nw.from_native(data).lazy()
        self.schema = dict(self.plan.collect_schema())

    # --- what kind of column it is: no row is read

    def number(self, column: str) -> Any:
        """The column as floats (an expression); NaN, where the engine has it besides null, becomes null."""
        import narwhals as nw

        dtype = self.schema[column]
        if dtype == nw.Boolean:
            checks.fail(_("Column {column!r} holds True and False where numbers are needed."), column=column)
        if dtype.is_temporal():
            checks.fail(_("Column {column!r} holds dates or times where numbers are needed."), column=column)
        if dtype == nw.String:
            checks.fail(
                _("Column {column!r} holds text where numbers are needed. Turn it into numbers first: {how}."),
                column=column,
                how=self._how(_TO_NUMBER, column),
            )
        if not dtype.is_numeric():
            checks.fail(
                _("Column {column!r} holds {kind} objects where numbers are needed."), column=column, kind=dtype
            )
        return nw.col(column) if dtype == nw.Float64 else nw.col(column).cast(nw.Float64)

    def day(self, column: str) -> Any:
        """The day of a date or a time, in the calendar of its time zone: a date, or for texts the days since
        1970-01-01, null where the text is no date with the year first."""
        import narwhals as nw

        dtype = self.schema[column]
        if dtype == nw.Date:
            return nw.col(column)
        if dtype == nw.Datetime:
            return nw.col(column).dt.date()
        if dtype == nw.String:
            if _DAY not in self.plan.collect_schema():
                self.plan = _with_day_from_text(self.plan, column, self.plan.collect_schema().names())
            return nw.col(_DAY)
        if not dtype.is_numeric():
            checks.fail(_("Column {column!r} holds {kind} objects where dates are needed."), column=column, kind=dtype)
        return checks.fail(
            _("Column {column!r} holds numbers where dates are needed. For 20111209 use {how}."),
            column=column,
            how=self._how(_TO_DATE, column),
        )

    def key(self, column: str) -> Any:
        """The column as something to group by: categories as texts, NaN as null."""
        import narwhals as nw

        dtype = self.schema[column]
        if dtype in (nw.Categorical, nw.Enum):
            return nw.col(column).cast(nw.String)
        if dtype.is_nested() or dtype == nw.Object:
            checks.fail(
                _(
                    "Column {column!r} holds {kind}, which cannot name a customer, an article or a group. "
                    "Make a text or a number of it."
                ),
                column=column,
                kind=dtype,
            )
        if dtype.is_float():
            return nw.when(~nw.col(column).is_nan()).then(nw.col(column))
        return nw.col(column)

    # --- one pass over the rows

    def facts(self, **expressions: Any) -> dict[str, Any]:
        """One row of aggregates over the whole table."""
        return self.rows(self.plan.select(**expressions))[0]

    def number_facts(self, column: str, name: str) -> dict[str, Any]:
        """Aggregates that tell whether all numbers are there and finite, and their range."""
        value = self.number(column)
        return {
            f"{name}_n": value.count(),
            f"{name}_sum": value.sum(),
            f"{name}_min": value.min(),
            f"{name}_max": value.max(),
        }

    def date_facts(self, column: str, name: str) -> dict[str, Any]:
        """Aggregates that tell whether all dates are there and readable, and the last day."""
        import narwhals as nw

        day = self.day(column)
        found = {f"{name}_n": nw.col(column).count(), f"{name}_min": day.min(), f"{name}_max": day.max()}
        if self.schema[column] == nw.String:
            zone = nw.col(column).str.replace_all(_CLOCK, "")
            found |= {f"{name}_read": day.count(), f"{name}_zone": zone.min(), f"{name}_zone_2": zone.max()}
        return found

    def some_rows(self, n: int) -> None:
        """Refuse a table without rows."""
        if n == 0:
            checks.fail(_("{what} holds no rows. Look at the filter or the file it came from."), what=self.what)

    def all_numbers(self, facts: dict[str, Any], column: str, name: str, show: list[str]) -> None:
        """Refuse missing and infinite numbers, as :func:`crmlab.checks.numbers` does."""
        ends = (facts[f"{name}_min"], facts[f"{name}_max"])
        tame = ends[0] is not None and ends[0] >= -checks.LARGEST and ends[1] <= checks.LARGEST
        if facts[f"{name}_n"] == facts["n"] and tame and math.isfinite(facts[f"{name}_sum"]):
            return
        value = self.number(column)
        wrong = value.is_null() | value.is_nan()
        infinite = ~wrong & ~value.is_finite()
        bad = self.facts(missing=_count(wrong), infinite=_count(infinite))
        if bad["infinite"]:
            checks.fail(
                _("Column {column!r}, row {row}: the number is infinite. Correct it or leave the row out."),
                column=column,
                row=self.row(infinite, show),
            )
        if not bad["missing"]:
            large = value.abs() > checks.LARGEST
            found = self.rows(self.plan.filter(large).select(_v=value).head(1))[0]["_v"]
            checks.fail(
                _("Column {column!r}, row {row}: the number is too large to compute with ({value!r}). Correct it."),
                column=column,
                row=self.row(large, show),
                value=float(found),
            )
        if bad["missing"]:
            checks.fail(
                _(
                    "Column {column!r}, row {row}: the number is missing ({n} in all). "
                    "Fill it in, or leave such rows out with {how}."
                ),
                column=column,
                row=self.row(wrong, show),
                n=bad["missing"],
                how=self._how(_LEAVE_OUT, column),
            )

    def all_dates(self, facts: dict[str, Any], column: str, name: str, show: list[str]) -> int:
        """Refuse missing, unreadable and mixed dates as :func:`crmlab.checks.days` does; the last day as a number."""
        import narwhals as nw

        missing = facts["n"] - facts[f"{name}_n"]
        if missing:
            checks.fail(
                _(
                    "Column {column!r}, row {row}: the date is missing ({n} in all). "
                    "Fill it in, or leave such rows out with {how}."
                ),
                column=column,
                row=self.row(nw.col(column).is_null(), show),
                n=missing,
                how=self._how(_LEAVE_OUT, column),
            )
        text = self.schema[column] == nw.String
        if text and facts[f"{name}_read"] < facts["n"]:
            names = [name for name in self.plan.collect_schema().names() if name != _DAY]
            plain = self.plan.with_columns(_plain_text(nw.col(column)).alias(column))
            self.plan = _with_day_from_text(plain, column, names)
            facts = {"n": facts["n"]} | self.facts(**self.date_facts(column, name))
        if text and facts[f"{name}_read"] < facts["n"]:
            wrong = self.day(column).is_null()
            checks.fail(
                _(
                    "Column {column!r}, row {row}: {value!r} is not a date with the year first, such as "
                    "2011-12-09. Read it as a date first, and say the format."
                ),
                column=column,
                row=self.row(wrong, show),
                value=self.rows(self.plan.filter(wrong).select(column).head(1))[0][column],
            )
        if text and facts[f"{name}_zone"] != facts[f"{name}_zone_2"]:
            zones = [facts[f"{name}_zone"], facts[f"{name}_zone_2"]]
            checks.fail(
                _("Column {column!r} mixes time zones ({zones}), so the day is not certain. Bring all to one first."),
                column=column,
                zones=", ".join(zone or "-" for zone in zones),
            )
        ends = [facts[f"{name}_min"], facts[f"{name}_max"]]
        first, last = ends if text else (int(np.datetime64(end, "D").astype("int64")) for end in ends)
        if first < checks.FIRST_DAY or last > checks.LAST_DAY:
            day = self.day(column)
            low, high = (
                end if text else dt.date(1970, 1, 1) + dt.timedelta(days=end)
                for end in (checks.FIRST_DAY, checks.LAST_DAY)
            )
            checks.fail(
                _(
                    "Column {column!r}, row {row}: {value} is no day that anything can have happened on; many systems "
                    "write such a day for an unknown one. Correct it or leave the row out."
                ),
                column=column,
                row=self.row((day < low) | (day > high), show),
                value=np.datetime64(first if first < checks.FIRST_DAY else last, "D"),
            )
        return int(last)

    # --- who, what, which order

    def key_facts(self, column: str, name: str) -> dict[str, Any]:
        """Aggregates that tell whether all keys are there, and whether they can be told apart."""
        import narwhals as nw

        who, dtype = self.key(column), self.schema[column]
        found = {f"{name}_n": who.count()}
        if dtype.is_float() or dtype in (nw.String, nw.Categorical, nw.Enum):
            found |= {f"{name}_min": who.min(), f"{name}_max": who.max()}
        return found

    def distinct_keys(self, facts: dict[str, Any], column: str, name: str, show: list[str]) -> None:
        """Refuse numbers that were read as decimal ones and are too large to be exact, as :func:`crmlab.checks.keys` does."""
        import narwhals as nw

        dtype = self.schema[column]
        if not dtype.is_float() or facts[f"{name}_max"] is None:
            return
        most = 2.0**53 if dtype == nw.Float64 else 2.0**24
        if facts[f"{name}_max"] >= most or facts[f"{name}_min"] <= -most:
            vague = (nw.col(column) >= most) | (nw.col(column) <= -most)
            checks.fail(
                _(
                    "Column {column!r}, row {row}: {value:.0f} was read as a decimal number, and so large ones are not exact: "
                    "two could become one. Read the column as text."
                ),
                column=column,
                row=self.row(vague, show),
                value=self.rows(self.plan.filter(vague).select(column).head(1))[0][column],
            )

    def any_blank(self, facts: dict[str, Any], column: str, name: str) -> bool:
        """Whether some key may be missing: null, or, among texts, nothing but blanks (they sort before all letters, or
        lie beyond ASCII)."""
        if facts[f"{name}_n"] < facts["n"]:
            return True
        if self.schema[column].is_float() or f"{name}_min" not in facts:
            return False
        return not (facts[f"{name}_min"] > "!" and facts[f"{name}_max"] < "\x7f")

    # --- out of the engine

    def row(self, where: Any, show: list[str]) -> str:
        """What names the first row that meets a condition: its number in an eager frame, else what stands in it."""
        if self.kind == POLARS:
            mask = self.plan.select(_wrong=where).to_native().collect()
            return str(mask["_wrong"].arg_true()[0])
        names = list(dict.fromkeys(show))
        first = self.rows(self.plan.filter(where).select(*names).head(1))[0]
        return "(" + ", ".join(f"{key}={first[key]!s}" for key in names) + ")"

    def rows(self, plan: Any) -> list[dict[str, Any]]:
        """The rows of a plan that must be small, as dicts; no pyarrow is needed."""
        native = plan.to_native()
        if self.kind in (POLARS, POLARS_LAZY):
            return native.collect().to_dicts()
        if self.kind == DUCKDB:
            return [dict(zip(native.columns, row, strict=True)) for row in native.fetchall()]
        return [row.asDict() for row in native.collect()]

    def back(self, plan: Any, sort: list[str] | None = None, descending: bool | list[bool] = False) -> Any:
        """The plan as a table of the kind that came in; Polars frames sorted, eager ones collected."""
        if self.kind not in (POLARS, POLARS_LAZY):
            return plan.to_native()
        if sort:
            plan = plan.sort(*sort, descending=descending)
        native = plan.to_native()
        return native.collect() if self.kind == POLARS else native

    def _how(self, table: dict[str, str], column: str) -> str:
        return table[self.kind].format(column=column)


def _count(condition: Any) -> Any:
    """How many rows meet a condition (Spark adds up no booleans)."""
    import narwhals as nw

    return condition.cast(nw.Int64).sum()


def divided(number: Any, by: Any) -> Any:
    """A whole number divided, rounded down. ``//`` says the same, in SQL ten times longer."""
    import narwhals as nw

    return (number / by).floor().cast(nw.Int64)


def civil(year: Any, month: Any, day: Any) -> Any:
    """Days since 1970-01-01 from three expressions of whole numbers; the engines' own differences of dates differ.

    Source: the Julian day number of a Gregorian date; Fliegel and Van Flandern (1968), CACM 11(10).
    """
    late = divided(14 - month, 12)  # 1 for January and February, which count as months of the year before
    year, month = year + 4800 - late, month + 12 * late - 3
    leap_days = divided(year, 4) - divided(year, 100) + divided(year, 400)
    return day + divided(153 * month + 2, 5) + 365 * year + leap_days - 2472633


def day_number(date: Any) -> Any:
    """Days since 1970-01-01 of a column of dates."""
    import narwhals as nw

    part = date.dt
    return civil(part.year().cast(nw.Int64), part.month().cast(nw.Int64), part.day().cast(nw.Int64))


_TEXT = rf"^\s*{daytext.WITH_CLOCK}\s*{daytext.ZONE}?\s*$"
_CLOCK = rf"^\s*{daytext.WITH_CLOCK}\s*|\s+$"
_FULL_WIDTH = {chr(0xFF10 + digit): str(digit) for digit in range(10)} | {"：": ":", "／": "/", "．": "."}
_DAY, _READ, _MONTH_ENDS = "day of crmlab", "text of crmlab", "last of crmlab"  # as no table of a reader has them
_PARTS = ("year of crmlab", "month of crmlab", "number of crmlab")


def _plain_text(text: Any) -> Any:
    """Dates in full width and with signs that cannot be seen, as they are written in ASCII."""
    for wide, narrow in _FULL_WIDTH.items():
        text = text.str.replace_all(wide, narrow, literal=True)
    for wide, narrow in ((f"[{_BLANKS}]", " "), (f"[{_UNSEEN}]", ""), ("[\u2010-\u2015\u2212\uff0d]", "-")):
        text = text.str.replace_all(wide, narrow)
    return text


def _with_day_from_text(plan: Any, column: str, names: list[str]) -> Any:
    """The engines' readers of dates differ in what they forgive, so digits are taken out and counted here.

    In steps, each a column: an expression used twice is written twice into SQL, and such sentences grow long.
    """
    import narwhals as nw

    text = nw.col(column).str.replace_all(r"^\s+", "")
    plan = plan.with_columns(nw.when(text.str.contains(_TEXT)).then(text).alias(_READ))
    text, short = nw.col(_READ), nw.col(_READ).str.contains("^[0-9]{8}")
    # Taken off from both ends: no engine agrees with another on groups in regular expressions.
    month = text.str.replace_all(r"^[0-9]{4}\s*[-/.年]\s*|\s*[-/.月][\s\S]*$", "")
    day = text.str.replace_all(r"^[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*|[^0-9][\s\S]*$", "")
    plan = plan.with_columns(
        text.str.slice(0, 4).cast(nw.Int64).alias(_PARTS[0]),
        nw.when(short).then(text.str.slice(4, 2)).otherwise(month).cast(nw.Int64).alias(_PARTS[1]),
        nw.when(short).then(text.str.slice(6, 2)).otherwise(day).cast(nw.Int64).alias(_PARTS[2]),
    )
    year, month, day = (nw.col(part) for part in _PARTS)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    short = (month == 4) | (month == 6) | (month == 9) | (month == 11)
    long = nw.when(short).then(nw.lit(30)).otherwise(nw.lit(31))
    plan = plan.with_columns(
        nw.when(month != 2)
        .then(long)
        .otherwise(nw.when(leap).then(nw.lit(29)).otherwise(nw.lit(28)))
        .alias(_MONTH_ENDS)
    )
    right = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= nw.col(_MONTH_ENDS))
    return plan.select(*names, nw.when(right).then(civil(year, month, day)).alias(_DAY))
