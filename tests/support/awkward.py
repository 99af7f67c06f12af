"""Awkward inputs by kind of argument, and what may come of them: the right result, or a sentence.

:mod:`tests.support.awkward_calls` has one valid call of each public function; the kinds of its arguments say which inputs of
the tables below are tried in its place.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import datetime as dt
import importlib
import inspect
import pkgutil
import re
import signal
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

import crmlab
from crmlab.checks import InputError, InputWarning
from crmlab.datasets import DatasetError

SLOW = 2.0  # seconds of this thread's own time; no awkward input may take longer
REFUSALS = (InputError, DatasetError)

# ---- what there is: found by walking, so that nothing escapes

TOOLS = {  # called by the field modules with what these have checked
    "catalogue", "checks", "counting", "daytext", "engines", "itemsets", "language", "lookalike", "places", "rfm_checks",
    "rounding", "spreadsheets", "version", "waiting",
    "clv.fitting", "clv.likelihood", "clv.pareto_likelihood", "clv.repeats",
    "customers.likeness", "customers.reading", "customers.simplified",
    "plots.canvas", "plots.drawn", "plots.labels", "plots.own",
}  # fmt: skip
ROOMS = {"app", "cli", "course", "lite", "labextensions"}
INNER = {"datasets.Card", "datasets.CardText", "datasets.Column", "purchases.codes", "purchases.factorized", "purchases.order_codes"}


def public() -> dict[str, Callable[..., Any]]:
    """All public functions of the field and of plots, methods of public classes, and classes that check what they get."""
    found: dict[str, Callable[..., Any]] = {}
    for module in _modules():
        name = module.__name__.removeprefix("crmlab.")
        for key, thing in vars(module).items():
            if key.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
                continue
            whole = f"{name}.{key}"
            if inspect.isfunction(thing):
                found[whole] = thing
            elif inspect.isclass(thing) and not issubclass(thing, Exception):
                if "__post_init__" in vars(thing):
                    found[whole] = thing
                for part, method in inspect.getmembers(thing, inspect.isfunction):
                    if not part.startswith("_") and method.__module__.startswith("crmlab."):
                        found[f"{whole}.{part}"] = method
    return {name: what for name, what in sorted(found.items()) if name not in INNER}


def _modules() -> Iterator[types.ModuleType]:
    folders = [(crmlab.__path__, "")] + [
        (importlib.import_module(f"crmlab.{name}").__path__, f"{name}.") for name in ("clv", "customers", "plots")
    ]
    for folder, start in folders:
        for part in pkgutil.iter_modules(folder):
            name = start + part.name
            if name not in TOOLS | ROOMS:
                yield importlib.import_module(f"crmlab.{name}")


# ---- the kinds

ANY = "any"  # a result, or a sentence
REFUSED = "refused"  # a sentence
SAME = "same"  # the result of the plain call
PAIRED = "paired"  # the result of the plain call (rows may come in another order), or a sentence


@dataclass(frozen=True)
class Input:
    """An awkward input: ``make`` turns the plain value into it."""

    label: str
    make: Callable[[Any], Any]
    want: str = ANY


def _put(**values: Any) -> list[Input]:
    """Inputs that do not look at the plain value; the text before two underscores says what must come of them."""
    found = []
    for key, value in values.items():
        want, _mark, label = key.rpartition("__")
        found.append(Input(label, lambda _plain, value=value: copy.copy(value), want or ANY))
    return found


HUGE = 10**400
WRONG = _put(
    refused__object=object(), refused__text="x", refused__a_list=[[]], refused__a_dict={1: 2}, refused__NA=pd.NA,
    refused__NaT=pd.NaT, refused__timedelta=dt.timedelta(days=1), refused__period=pd.Period("2024-05", "M"),
    refused__complex=1j, refused__bytes=b"1", refused__sNaN=Decimal("sNaN"), refused__function=len,
)  # fmt: skip
NONE = Input("None", lambda _plain: None)
NUMBERS = [
    *WRONG, NONE,
    *_put(nan=float("nan"), inf=np.inf, minus_inf=-np.inf, huge=HUGE, minus_huge=-HUGE, zero=0, minus_one=-1,
          tiny=1e-308, large=1e308, decimal=Decimal("0.5"), fraction=Fraction(1, 2), true=True, refused__text_number="1",
          array=np.array([1.0, 2.0]), an_array_of_one=np.array(0.5), empty_list=[]),
    Input("numpy", lambda plain: None if plain is None else np.float64(plain), SAME),
    Input("numpy int", lambda plain: np.int64(plain) if plain is not None and plain == int(plain) else plain, SAME),
]  # fmt: skip
SHARES = [*NUMBERS, *_put(refused__percent=40, refused__percent_95=95.0, refused__below=-0.2)]
WHOLES = [*NUMBERS, *_put(half=2.5, billion=10**9, beyond_int64=2**70)]
SEEDS = [*WHOLES, *_put(refused__seed_minus=-1)]
DAYS = [
    *_put(refused__object=object(), refused__text="x", empty="", refused__day_first="31/12/2024", nan=float("nan"),
          NaT=pd.NaT, NA=pd.NA, refused__number=20240331, refused__numpy_number=np.int64(20240331), refused__true=True,
          refused__a_list=["2024-06-01"], refused__timedelta=dt.timedelta(days=1), refused__sNaN=Decimal("sNaN"),
          refused__huge=HUGE, last="9999-12-31", first="0001-01-01", last_date=dt.date(9999, 12, 31),
          first_date=dt.date(1, 1, 1), month=pd.Period("2024-06", "M"), far=np.datetime64("30000-01-01"),
          refused__no_day="2023-02-30", bytes=b"2024-06-01", zone=pd.Timestamp("2024-06-01", tz="Asia/Shanghai")),
    NONE,
    Input("Timestamp", lambda plain: plain and pd.Timestamp(plain), SAME),
    Input("date", lambda plain: plain and pd.Timestamp(plain).date(), SAME),
    Input("datetime", lambda plain: plain and pd.Timestamp(plain).to_pydatetime(), SAME),
    Input("datetime64", lambda plain: plain and np.datetime64(plain, "D"), SAME),
    Input("slashes", lambda plain: plain and str(plain).replace("-", "/"), SAME),
    Input("Period", lambda plain: plain and pd.Period(plain, "D"), SAME),
]  # fmt: skip
COLUMN = [
    NONE,
    *_put(refused__missing="no such column", refused__seven=7, refused__nan=float("nan"), refused__a_dict={}, empty="",
          refused__unhashable=[["x"]], refused__a_tuple=("x", "y"), refused__slice=slice(None), refused__true=True,
          refused__object=object(), refused__NA=pd.NA),
    Input("numpy text", lambda plain: None if plain is None else np.str_(plain), SAME),
    Input("blank behind", lambda plain: f"{plain} ", REFUSED),
]  # fmt: skip
BY = [
    *COLUMN,
    Input("list of one", lambda plain: plain and [plain], SAME),
    Input("tuple of one", lambda plain: plain and (plain,), SAME),
    *_put(refused__empty_list=[], refused__twice_unhashable=[["x"], ["y"]]),
]
CHOICES = [
    NONE,
    *_put(refused__missing="no such choice", refused__empty="", refused__seven=7, refused__nan=float("nan"),
          refused__a_list=["x"], refused__a_dict={}, refused__true=True, refused__object=object(), refused__NA=pd.NA),
    Input("numpy text", lambda plain: None if plain is None else np.str_(plain), SAME),
]  # fmt: skip
FLAGS = [
    NONE, *_put(text="yes", two=2, nan=float("nan"), NA=pd.NA, a_list=[], array=np.array([True, False]), object=object()),
    Input("numpy", lambda plain: np.bool_(plain), SAME),
]  # fmt: skip
MODELS = [NONE, *_put(refused__text="x", refused__seven=7, refused__a_dict={}, refused__object=object(), refused__frame=pd.DataFrame())]
TEXTS = [NONE, *_put(seven=7, nan=float("nan"), empty="", missing="no such", a_list=["x"], a_dict={}, object=object(), NA=pd.NA)]
THINGS = [
    NONE,
    *_put(nan=float("nan"), NA=pd.NA, NaT=pd.NaT, unhashable=[["x"]], a_dict={}, object=object(), huge=HUGE, empty="",
          sNaN=Decimal("sNaN"), seven=7, text="x"),
]  # fmt: skip
LABELS = [
    NONE,
    *_put(empty=[], refused__seven=7, missing=["no such"], nones=[None], nans=[float("nan")], unhashable=[["x"], {}],
          refused__object=object(), refused__true=True, refused__nan=float("nan"), refused__text="no such"),
    Input("twice", lambda plain: plain and [*plain, *plain]),
    Input("tuple", lambda plain: plain and tuple(plain), SAME),
    Input("Index", lambda plain: plain and pd.Index(list(plain)), SAME),
    Input("array", lambda plain: plain and np.array(list(plain), dtype=object), SAME),
]  # fmt: skip
LISTS = [
    NONE,
    *_put(empty=[], refused__text="x", refused__object=object(), refused__texts=["1", "2"], nones=[None], unhashable=[[1], {}],
          huge=[HUGE], sNaN=[Decimal("sNaN")], NAs=[pd.NA], infs=[np.inf, np.inf], dates=[pd.Timestamp(0)], zeros=[0, 0, 0],
          complexes=[1j], refused__true=True),
    Input("nan in it", lambda plain: [float("nan"), *list(plain)[1:]] if plain is not None else None),
    Input("tuple", lambda plain: None if plain is None else tuple(plain), SAME),
    Input("array", lambda plain: None if plain is None else np.array(plain), SAME),
    Input("Series", lambda plain: None if plain is None else pd.Series(list(plain)), SAME),
]  # fmt: skip
MAPPINGS = [
    NONE,
    *_put(empty={}, empty_list=[], refused__seven=7, refused__object=object(), refused__text="no such", other={"no such": 1},
          refused__true=True, none={None: None}),
    *[
        Input(f"{label} in it", lambda plain, bad=bad: {**dict(plain), next(iter(dict(plain))): bad} if plain else plain)
        for label, bad in {"None": None, "nan": float("nan"), "text": "x", "huge": HUGE, "inf": np.inf, "a list": [1],
                           "sNaN": Decimal("sNaN"), "NA": pd.NA, "minus": -1, "unhashable": {}}.items()
    ],
    Input("Series", lambda plain: pd.Series(plain, dtype=object) if plain else plain),
]  # fmt: skip
FOLDERS = [NONE, *_put(missing="no/such/folder", seven=7, empty="", nan=float("nan"), a_list=[])]


def _cell(bad: Any) -> Callable[[pd.Series], pd.Series]:
    def put(plain: pd.Series) -> pd.Series:
        values = plain.astype(object).tolist()
        values[1 % max(len(values), 1)] = copy.copy(bad)
        return pd.Series(_objects(values), plain.index, name=plain.name)

    return put


def _objects(values: list[Any]) -> np.ndarray:
    found = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        found[at] = value
    return found


def _all(bad: Any) -> Callable[[pd.Series], pd.Series]:
    return lambda plain: pd.Series(_objects([bad] * len(plain)), plain.index, name=plain.name)


def _as(dtype: Any) -> Callable[[pd.Series], pd.Series]:
    return lambda plain: plain.astype(dtype)


_DTYPES = [
    Input("object", _as(object), SAME),
    Input("nullable", lambda plain: plain.convert_dtypes(), SAME),
    Input("categorical", _as("category"), SAME),
]
_CELLS = {"None": None, "nan": float("nan"), "NA": pd.NA, "NaT": pd.NaT, "unhashable": [1], "huge": HUGE,
          "sNaN": Decimal("sNaN"), "a timestamp": pd.Timestamp("2024-01-01"), "object": ...}  # fmt: skip
_WHOLE = [
    Input("all missing", _all(None)),
    Input("timedelta", lambda plain: pd.Series(pd.to_timedelta(range(len(plain)), unit="D"), plain.index, name=plain.name)),
    Input("periods", lambda plain: pd.Series(pd.period_range("2024-01", periods=len(plain), freq="M"), plain.index, name=plain.name)),
]
NUMBER_COLUMN = [
    *_DTYPES, *_WHOLE,
    *[Input(f"{label} in it", _cell(bad)) for label, bad in _CELLS.items()],
    *[Input(f"{label} in it", _cell(bad)) for label, bad in {"inf": np.inf, "minus": -1, "large": 1e308, "true": True, "1j": 1j}.items()],
    Input("text in it", _cell("x"), REFUSED),
    Input("text numbers", lambda plain: plain.astype(str), REFUSED),
    Input("Decimals", lambda plain: pd.Series(_objects([Decimal(repr(float(v))) for v in plain]), plain.index, name=plain.name), SAME),
    Input("zeros", lambda plain: plain * 0),
    Input("booleans", lambda plain: plain > 0),
]  # fmt: skip
RATE_COLUMN = [*NUMBER_COLUMN, Input("percent", lambda plain: plain * 100, REFUSED)]
KEY_COLUMN = [
    *_DTYPES, *_WHOLE,
    *[Input(f"{label} in it", _cell(bad)) for label, bad in _CELLS.items() if label not in ("nan", "NA", "NaT", "unhashable")],
    *[Input(f"{label} in it", _cell(bad), "like None in it") for label, bad in
      {"nan": float("nan"), "NA": pd.NA, "NaT": pd.NaT, "blank": "", "blanks": "  ", "wide blank": "\u3000"}.items()],
    Input("unhashable in it", _cell([1]), REFUSED),
    Input("a dict in it", _cell({}), REFUSED),
    Input("string", lambda plain: plain.astype("string") if plain.dtype == object or plain.dtype == "str" else plain, SAME),
    Input("floats", lambda plain: plain.astype("float64") if plain.dtype.kind in "iu" else plain, SAME),
    Input("floats too large", lambda plain: pd.Series(2.0**53 + 2.0 * np.arange(len(plain)), plain.index, name=plain.name), REFUSED),
    Input("a tuple in it", _cell(("a", 1))),
]  # fmt: skip
DATE_COLUMN = [
    *_DTYPES,
    *[Input(f"{label} in it", _cell(bad)) for label, bad in _CELLS.items() if label != "a timestamp"],
    *[Input(f"{label} in it", _cell(bad)) for label, bad in
      {"first day": dt.date(1, 1, 1), "last day": dt.date(9999, 12, 31), "empty": "", "far": np.datetime64("30000-01-01")}.items()],
    *[Input(f"{label} in it", _cell(bad), REFUSED) for label, bad in
      {"day first": "31/12/2024", "number": 20240101, "true": True, "no day": "2023-02-30", "text": "x"}.items()],
    Input("text", lambda plain: plain.dt.strftime("%Y-%m-%d"), SAME),
    Input("slashes", lambda plain: plain.dt.strftime("%Y/%m/%d"), SAME),
    Input("points", lambda plain: plain.dt.strftime("%Y.%m.%d"), SAME),
    Input("Chinese", lambda plain: plain.dt.strftime("%Y年%m月%d日"), SAME),
    Input("dates", lambda plain: pd.Series(_objects(list(plain.dt.date)), plain.index, name=plain.name), SAME),
    Input("days", lambda plain: plain.dt.to_period("D"), SAME),
    Input("seconds", lambda plain: plain.astype("datetime64[s]"), SAME),
    Input("a zone", lambda plain: plain.dt.tz_localize("Asia/Shanghai"), SAME),
    Input("two zones", lambda plain: pd.Series(_objects([v.tz_localize("Asia/Shanghai" if i else "UTC") for i, v in enumerate(plain)]), plain.index, name=plain.name)),
    Input("first days in text", lambda plain: pd.Series(_objects(["0001-01-01", *plain.dt.strftime("%Y-%m-%d")[1:]]), plain.index, name=plain.name)),
    Input("last days in text", lambda plain: pd.Series(_objects(["9999-12-31", *plain.dt.strftime("%Y-%m-%d")[1:]]), plain.index, name=plain.name)),
    Input("numbers", lambda plain: pd.Series(20240101, plain.index, name=plain.name), REFUSED),
    *_WHOLE,
]  # fmt: skip
YES_NO_COLUMN = [
    *_DTYPES, *_WHOLE,
    Input("0 and 1", _as("int64"), SAME),
    Input("0. and 1.", _as("float64"), SAME),
    Input("boolean", _as("boolean"), SAME),
    *[Input(f"{label} in it", _cell(bad)) for label, bad in _CELLS.items()],
    *[Input(f"{label} in it", _cell(bad)) for label, bad in {"text": "maybe", "two": 2, "empty": "", "a half": 0.5}.items()],
]  # fmt: skip
WORD_COLUMN = [
    *_DTYPES, *_WHOLE,
    *[Input(f"{label} in it", _cell(bad)) for label, bad in _CELLS.items()],
    Input("empty in it", _cell("")), Input("other in it", _cell("no such word")),
]  # fmt: skip
COLUMN_KINDS = {
    "number": NUMBER_COLUMN, "rate": RATE_COLUMN, "key": KEY_COLUMN, "date": DATE_COLUMN, "yes_no": YES_NO_COLUMN, "word": WORD_COLUMN,
}  # fmt: skip

_NO_FRAME = _put(refused__None=None, refused__seven=7, refused__text="x", refused__a_list=[[1]], refused__object=object(),
                 refused__array=np.ones((2, 2)), refused__dict={"a": [1]}, refused__nothing=pd.DataFrame())  # fmt: skip


def _on_frame(change: Callable[[pd.DataFrame], Any]) -> Callable[[Any], Any]:
    return lambda plain: change(plain) if isinstance(plain, pd.DataFrame) else plain


def _with_index_named(name: Any) -> Callable[[Any], Any]:
    return _on_frame(lambda plain: plain.rename_axis(index=name) if plain.index.name is None else plain)


def frame_inputs(columns: Mapping[Any, str]) -> list[Input]:
    """For a table with such columns: as a whole, and each column."""
    found = [
        *_NO_FRAME,
        Input("no rows", _on_frame(lambda plain: plain.head(0))),
        Input("one row", _on_frame(lambda plain: plain.head(1))),
        Input("no columns", _on_frame(lambda plain: plain[[]])),
        Input("nullable", _on_frame(lambda plain: plain.convert_dtypes()), SAME),
        Input("object", _on_frame(lambda plain: plain.astype(object)), SAME),
        Input("same labels", _on_frame(lambda plain: plain.set_axis([0] * len(plain)))),
        Input("shuffled", _on_frame(lambda plain: plain.iloc[::-1])),
        Input("labels of two levels", _on_frame(lambda plain: plain.set_axis(pd.MultiIndex.from_product([["a"], range(len(plain))])))),
        Input("labels with gaps", _on_frame(lambda plain: plain.set_axis([None, *range(1, len(plain))]))),
        Input("headings of two levels", _on_frame(lambda plain: pd.concat({"a": plain}, axis=1))),
        Input("headings as numbers", _on_frame(lambda plain: plain.set_axis(range(plain.shape[1]), axis=1))),
        Input("odd headings too", _on_frame(lambda plain: plain.assign(**{"": 1}).rename(columns={"": None}))),
    ]  # fmt: skip
    for name, kind in columns.items():
        found += [
            Input(f"without {name}", _on_frame(lambda plain, name=name: plain.drop(columns=name))),
            Input(f"{name} twice", _on_frame(lambda plain, name=name: pd.concat([plain, plain[[name]]], axis=1))),
            Input(f"index named {name}", _with_index_named(name), SAME),
            Input(f"index is {name}", _on_frame(lambda plain, name=name: plain.set_index(name, drop=False))),
        ]
        for one in COLUMN_KINDS[kind]:

            def change(plain: pd.DataFrame, name: Any = name, make: Callable[[Any], Any] = one.make) -> pd.DataFrame:
                changed = plain.copy()
                changed[name] = make(plain[name])
                return changed

            want = f"like {name}: {one.want.removeprefix('like ')}" if one.want.startswith("like ") else one.want
            found.append(Input(f"{name}: {one.label}", _on_frame(change), want))
    return found


def series_inputs(kind: str, paired: bool) -> list[Input]:
    """For a Series of numbers, of yes and no, or of groups; ``paired`` if it belongs to another one."""
    found = [
        *_put(refused__object=object(), refused__text="x", a_list_of_lists=[[1], [2]], empty=[], empty_series=pd.Series(dtype=float),
              refused__frame=pd.DataFrame({"a": [1.0]}), NA=pd.NA, NaT=pd.NaT, huge=HUGE, sNaN=Decimal("sNaN"), nan=float("nan"),
              refused__a_set={1, 2}, refused__complex=1j, two_dimensions=np.ones((2, 2)), true=True, zero=0, minus=-1),
        Input("None", lambda _plain: None),
        *[Input(one.label, lambda plain, make=one.make: make(plain) if isinstance(plain, pd.Series) else plain, one.want)
          for one in COLUMN_KINDS[kind] if not one.want.startswith("like ")],
        Input("list", lambda plain: list(plain) if isinstance(plain, pd.Series) else plain),
        Input("array", lambda plain: plain.to_numpy() if isinstance(plain, pd.Series) else plain),
        Input("same labels", lambda plain: plain.set_axis([0] * len(plain)) if isinstance(plain, pd.Series) else plain),
        Input("labels of two levels", lambda plain: plain.set_axis(pd.MultiIndex.from_product([["a"], range(len(plain))]))
              if isinstance(plain, pd.Series) else plain),
        Input("one", lambda plain: plain.head(1) if isinstance(plain, pd.Series) else plain),
    ]  # fmt: skip
    if paired:
        found += [
            Input("shuffled", lambda plain: plain.iloc[::-1] if isinstance(plain, pd.Series) else plain, PAIRED),
            Input("other labels", lambda plain: plain.set_axis([f"other {i}" for i in range(len(plain))]), REFUSED),
            Input("shorter", lambda plain: plain.iloc[:-1], REFUSED),
            Input("shorter list", lambda plain: list(plain)[:-1], REFUSED),
            Input("longer list", lambda plain: [*list(plain), list(plain)[-1]], REFUSED),
        ]
    return found


RESULTS = [  # what a chart is drawn of
    *_put(refused__seven=7, refused__text="x", refused__a_list=[], refused__object=object(), refused__nothing=pd.DataFrame()),
    NONE,
    Input("no rows", _on_frame(lambda plain: plain.head(0))),
    Input("one row", _on_frame(lambda plain: plain.head(1))),
    Input("no columns", _on_frame(lambda plain: plain[[]])),
    Input("only missing numbers", _on_frame(lambda plain: plain.assign(
        **{name: float("nan") for name in plain.select_dtypes("number") if isinstance(name, str)}))),
    Input("text for numbers", _on_frame(lambda plain: plain.astype(dict.fromkeys(plain.select_dtypes("number"), str)))),
    Input("nullable", _on_frame(lambda plain: plain.convert_dtypes())),
]  # fmt: skip
KINDS: dict[str, list[Input]] = {
    "number": NUMBERS, "share": SHARES, "whole": WHOLES, "seed": SEEDS, "day": DAYS, "column": COLUMN, "by": BY,
    "choice": CHOICES, "flag": FLAGS, "model": MODELS, "text": TEXTS, "thing": THINGS, "labels": LABELS, "list": LISTS,
    "mapping": MAPPINGS, "folder": FOLDERS,
    "result": RESULTS,
}  # fmt: skip

_OF_COLUMN = re.compile(r"(?<=^without ).*|.*(?= twice$)|(?<=^index named ).*|(?<=^index is ).*")

# ---- calls


@dataclass
class Call:
    """A valid call: its arguments, their kinds, the kinds of the columns of its tables, and inputs that mean something
    else there than elsewhere (``but``: "argument: label" -> what may come of it)."""

    arguments: dict[str, Any]
    kinds: dict[str, str]
    columns: dict[str, dict[Any, str]] = field(default_factory=dict)
    but: dict[str, str] = field(default_factory=dict)

    @cached_property
    def tried(self) -> dict[str, tuple[str, Input]]:
        """See :meth:`inputs`."""
        return self._inputs()

    def inputs(self) -> dict[str, tuple[str, Input]]:
        """All that is tried: by "argument: label" the argument and the input."""
        return self.tried

    def _inputs(self) -> dict[str, tuple[str, Input]]:
        found: dict[str, tuple[str, Input]] = {}
        pairs = sum(kind.startswith("series") for kind in self.kinds.values()) > 1
        for argument, kind in self.kinds.items():
            if kind == "as it is":
                continue
            if kind.startswith("frame"):
                table = frame_inputs(self.columns[argument])
            elif kind.startswith("series"):
                table = series_inputs(kind.partition(" ")[2] or "number", pairs)
            else:
                table = KINDS[kind]
            for one in table:
                key = f"{argument}: {one.label}"
                want = self.but.get(key, self.but.get(f"*: {one.label}", one.want))
                if one.label == "None" and self.arguments[argument] is None:
                    continue
                found[key] = (argument, dataclasses.replace(one, want=want))
        return found

    def chosen(self) -> dict[str, tuple[str, Input]]:
        """So many of the inputs that each is tried on one argument, and one column of the tables, of its kind."""
        found = self.inputs()
        groups: dict[tuple[str, str], list[str]] = {}
        for key, (argument, one) in found.items():
            kind, label = self.kinds[argument], one.label
            if kind == "frame":
                column, colon, rest = label.rpartition(": ")
                if colon:
                    kind, label = self.columns[argument].get(column, column), rest
                else:
                    label = _OF_COLUMN.sub("", label)
            elif kind.startswith("series"):
                kind = argument  # each of those that belong together is put out of order
            groups.setdefault((kind, label), []).append(key)
        # Those that are compared with another input of their column stand together.
        turn = {label: at for at, label in enumerate(dict.fromkeys(label for _kind, label in groups))}
        kept = set()
        for (_kind, label), keys in groups.items():
            like = found[keys[0]][1].want
            at = turn.get(like.rpartition(": ")[2].removeprefix("like ") if like.startswith("like ") else label, 0)
            kept.add(keys[at % len(keys)])
        return {key: one for key, one in found.items() if key in kept}

    def fresh(self) -> dict[str, Any]:
        """Arguments that the function may spoil."""
        return {name: _copied(value) for name, value in self.arguments.items()}


def _copied(value: Any) -> Any:
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.copy()
    return copy.copy(value) if isinstance(value, (dict, list)) else value


# ---- outcomes


class TooSlow(BaseException):
    """Raised into a function that does not come to an end."""


@dataclass
class Outcome:
    """What a call gave: a canonical result, a sentence, or a fault."""

    result: Any = None
    sentence: str | None = None
    fault: str | None = None


def outcome(function: Callable[..., Any], arguments: dict[str, Any], show: bool = True) -> Outcome:
    """Call it, as a warning of numpy or pandas and a change of what went in are faults too."""
    before = {name: _copied(value) for name, value in arguments.items()}
    began = time.thread_time()
    try:
        with warnings.catch_warnings(), _limited():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", InputWarning)
            raw = function(**arguments)
            if show and not isinstance(raw, (pd.DataFrame, pd.Series, np.ndarray)):
                repr(raw)
    except REFUSALS as error:
        said = str(error)
        found = Outcome(sentence=said) if said.strip() else Outcome(fault="an empty sentence")
    except TooSlow:
        return Outcome(fault="does not come to an end")
    except Exception as error:
        return Outcome(fault=f"{type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else ''}")
    else:
        found = Outcome(result=raw)
    took = time.thread_time() - began
    if took > SLOW:
        return Outcome(fault=f"takes {took:.1f} s")
    for name, value in before.items():
        if not _alike(arguments[name], value):
            return Outcome(fault=f"changes {name}")
    return found


def _alike(one: Any, other: Any) -> bool:
    if not isinstance(one, (pd.DataFrame, pd.Series, dict, list)):
        return True
    with contextlib.suppress(Exception):  # signalling NaN and its like cannot be compared in pandas
        if isinstance(one, (pd.DataFrame, pd.Series)) and one.equals(other) and list(one.axes[-1]) == list(other.axes[-1]):
            return True
    return bool(canon(one) == canon(other))


class _limited:
    """Break off what runs on and on, where the system can."""

    def __enter__(self) -> None:
        self.able = hasattr(signal, "SIGPROF") and threading.current_thread() is threading.main_thread()
        if self.able:

            def stop(_number: int, _frame: Any) -> None:
                raise TooSlow

            self.old = signal.signal(signal.SIGPROF, stop)
            signal.setitimer(signal.ITIMER_PROF, 1.5 * SLOW)

    def __exit__(self, *_error: object) -> None:
        if self.able:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, self.old)


def canon(value: Any, rows_sorted: bool = False) -> Any:
    """A result as plain lists and numbers, so that dtypes do not matter and any two can be compared."""
    kind = type(value)
    if kind is float:
        return None if value != value else float(f"{value:.9g}")
    if kind is int or kind is str or kind is bool:
        return value
    if isinstance(value, pd.DataFrame):
        table = _by_label(value) if rows_sorted else value
        cells = [canon(column.tolist()) for _name, column in table.items()]
        attrs = {} if rows_sorted else value.attrs
        return ["frame", canon(list(table.columns)), canon(list(table.index)), cells, canon(attrs)]
    if isinstance(value, pd.Series):
        column = _by_label(value) if rows_sorted else value
        return ["series", canon(list(column.index)), canon(column.tolist()), {} if rows_sorted else canon(value.attrs)]
    if isinstance(value, Mapping):
        return ["dict", sorted(([repr(canon(key)), canon(one, rows_sorted)] for key, one in value.items()), key=lambda pair: pair[0])]
    if isinstance(value, (list, tuple, np.ndarray, pd.Index)):
        items = value.tolist() if isinstance(value, np.ndarray) else list(value)
        return [canon(one, rows_sorted) for one in items] if isinstance(items, list) else canon(items)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: canon(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if np.isnan(value) else float(f"{float(value):.9g}")
    if isinstance(value, Decimal):
        return None if value.is_nan() else float(f"{float(value):.9g}")
    if isinstance(value, (pd.Timestamp, dt.date, np.datetime64)):
        return str(value)[:10]
    if isinstance(value, pd.Period):
        return str(value)
    return str(value) if isinstance(value, str) else type(value).__name__


def _by_label(value: Any) -> Any:
    order = sorted(range(len(value)), key=lambda at: str(value.index[at]))
    return value.iloc[order]


@dataclass
class Trial:
    """One function with its valid call: what each input comes to."""

    function: Callable[..., Any]
    call: Call

    def __post_init__(self) -> None:
        self.plain = outcome(self.function, self.call.fresh())
        self.raw: dict[str, Outcome] = {}

    def given(self, argument: str, one: Input) -> dict[str, Any] | None:
        """The arguments with that one in place; None where it cannot be made of the plain value."""
        arguments = self.call.fresh()
        try:
            arguments[argument] = one.make(arguments[argument])
        except Exception:  # the plain value is of another kind; the test of all calls looks that few are left out
            return None
        return arguments

    def fault(self, key: str) -> str | None:
        """What is wrong with the outcome of that input; None if it is as it should be."""
        argument, one = self.call.inputs()[key]
        return self.fault_of(key, argument, one)

    def fault_of(self, key: str, argument: str, one: Input) -> str | None:
        """As :meth:`fault`."""
        arguments = self.given(argument, one)
        if arguments is None:
            return None
        found = self.raw[key] = outcome(self.function, arguments)
        if found.fault:
            return found.fault
        if one.want == REFUSED and found.sentence is None:
            return "is taken without a word"
        if one.want == SAME:
            if found.sentence is not None:
                return f"is refused: {found.sentence[:120]}"
            if canon(found.result) != canon(self.plain.result):
                return "gives another result than the plain call"
        if one.want == PAIRED and found.sentence is None and canon(found.result, True) != canon(self.plain.result, True):
            return "gives another result than the plain call"
        if one.want.startswith("like "):
            other = f"{argument}: {one.want.removeprefix('like ')}"
            twin = self.raw.get(other)
            if twin is not None and not twin.fault:
                if (twin.sentence is None) != (found.sentence is None):
                    return f"{'is refused' if found.sentence else 'is taken'}, unlike {other}"
                if found.sentence is None and canon(found.result) != canon(twin.result):
                    return f"gives another result than {other}"
        return None

    def faults(self, every: bool = True) -> dict[str, str]:
        """All faults, by input; without ``every``, each input is tried on one column of its kind, in turn."""
        found = {}
        for key, (argument, one) in (self.call.inputs() if every else self.call.chosen()).items():
            said = self.fault_of(key, argument, one)
            if said is not None:
                found[key] = said
        return found
