"""A trainee's value, on its way from the kernel that computed it to the judge: plain JSON, so that nothing in it can run.

Numbers, texts, lists, tables, Series and the records of the field modules come out as they went in. Of anything else only the name
of its type comes out: the judge then says that this is no answer.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import sys
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd

from crmlab.course.grading import MOST, VALUE

BLANK = '{"k": "blank"}'
"""The text of no answer."""

DEEPEST = 12

_DTYPE = re.compile(
    r"u?int(8|16|32|64)|float(16|32|64)|bool|(datetime64|timedelta64)\[(s|ms|us|ns)\]"
    r"|datetime64\[(s|ms|us|ns), [\w/+:-]+\]|U?Int(8|16|32|64)|Float(32|64)|boolean|string|str|object|category"
)


def shown(get: Callable[[], Any]) -> Any:
    """What a kernel shows in place of a check: the value, as text of its own media type. Never raises."""
    try:
        text = dumps(get())
    except Exception:  # the name is not there, or the answer cannot be looked at
        text = dumps(...)
    return _Shown(text)


class _Shown:
    def __init__(self, text: str) -> None:
        self._text = text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {VALUE: self._text, "text/plain": ""}


def dumps(value: Any) -> str:
    """The value as JSON.

    >>> dumps((1, float("nan")))
    '{"k": "tuple", "v": [1, NaN]}'
    """
    text = json.dumps(_pack(value))
    return text if len(text) <= MOST else json.dumps({"k": "long"})


def loads(text: Any) -> Any:
    """The value of a text from :func:`dumps`; the text may be anything. ``...`` stands for no answer.

    Raises ``ValueError`` for a text that is no value, or is too long.

    >>> loads(dumps({"a": pd.Series([1.5, 2.0], ["x", "y"])}))["a"].to_dict()
    {'x': 1.5, 'y': 2.0}
    >>> loads(dumps(...))
    Ellipsis
    """
    if not isinstance(text, str) or len(text) > MOST:
        raise ValueError("no value, or a longer one than can be judged")
    try:
        return _unpack(json.loads(text))
    except Exception as error:  # a made-up text: whatever it does to pandas
        raise ValueError("no value") from error


class Unknown:
    """Stands for a value that cannot be brought here; its class has the name of that of the value."""


def _unknown(name: str) -> Any:
    return type(name[:80], (Unknown,), {})()


# -- to JSON -----------------------------------------------------------------------------------------------------------


def _pack(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        return {"k": "other", "v": "..."}
    if value is ...:
        return {"k": "blank"}
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.bool_ | np.integer | np.floating):
        return value.item()
    if value is pd.NaT or value is pd.NA:
        return {"k": "missing", "v": "NaT" if value is pd.NaT else "NA"}
    if isinstance(value, np.datetime64 | datetime.date):
        return {"k": "time", "v": pd.Timestamp(value).isoformat()}
    if isinstance(value, np.timedelta64 | datetime.timedelta):
        return {"k": "span", "v": pd.Timedelta(value).isoformat()}
    if isinstance(value, dict):
        return {"k": "dict", "v": [[_pack(key, depth + 1), _pack(one, depth + 1)] for key, one in value.items()]}
    if isinstance(value, pd.DataFrame):
        columns = [_column(value.iloc[:, number], depth) for number in range(value.shape[1])]
        packed = {"k": "frame", "columns": _index(value.columns, depth), "index": _index(value.index, depth)}
        return {**packed, "v": columns, "attrs": _pack(dict(value.attrs), depth + 1)}
    if isinstance(value, pd.Series):
        name = _pack(value.name, depth + 1)
        return {"k": "series", "v": _column(value, depth), "index": _index(value.index, depth), "name": name}
    if isinstance(value, pd.Index):
        return {"k": "index", "v": _index(value, depth)}
    if isinstance(value, np.ndarray):
        return {"k": "array", "shape": list(value.shape), "v": _column(pd.Series(value.ravel()), depth)}
    if (fields := _fields(value)) and not isinstance(value, type):
        packed = {name: _pack(getattr(value, name), depth + 1) for name in fields}
        return {"k": "record", "class": f"{type(value).__module__}.{type(value).__qualname__}", "v": packed}
    if isinstance(value, list | tuple | set | frozenset):
        kind = next(kind for kind in ("list", "tuple", "set", "frozenset") if isinstance(value, _LISTS[kind]))
        return {"k": kind, "v": [_pack(one, depth + 1) for one in value]}
    return {"k": "other", "v": type(value).__name__}


_LISTS: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


def _fields(value: Any) -> list[str]:
    """The fields of a dataclass or named tuple of the package."""
    kind = value if isinstance(value, type) else type(value)
    if not _of_the_field(kind.__module__):
        return []
    if dataclasses.is_dataclass(kind):
        return [one.name for one in dataclasses.fields(kind)]
    return list(getattr(kind, "_fields", ())) if issubclass(kind, tuple) else []


def _of_the_field(module: str) -> bool:
    return module.startswith("crmlab.") and module.split(".")[1] not in ("course", "app", "lite", "cli", "plots")


def _index(index: pd.Index, depth: int) -> dict[str, Any]:
    parts = [index.get_level_values(number) for number in range(index.nlevels)]
    names = [_pack(name, depth + 1) for name in index.names]
    return {"v": [_column(part, depth) for part in parts], "names": names, "many": isinstance(index, pd.MultiIndex)}


def _column(values: Any, depth: int) -> dict[str, Any]:
    dtype = values.dtype
    name = str(dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        cat = pd.Series(values).cat
        return {
            "dtype": "category",
            "v": cat.codes.tolist(),
            "categories": _column(dtype.categories, depth),
            "ordered": bool(dtype.ordered),
        }
    if not _DTYPE.fullmatch(name) or name == "object":
        return {"dtype": "object", "v": [_pack(one, depth + 1) for one in values]}
    if name.startswith(("datetime64", "timedelta64")):
        return {"dtype": name, "v": pd.Series(values).astype("int64").tolist()}
    if isinstance(dtype, np.dtype):
        return {"dtype": name, "v": values.tolist()}
    return {"dtype": name, "v": [None if pd.isna(one) else _pack(one) for one in values]}


# -- from JSON ---------------------------------------------------------------------------------------------------------


def _unpack(packed: Any) -> Any:
    if not isinstance(packed, dict):
        if isinstance(packed, list):
            raise ValueError("a bare list")
        return packed
    kind, value = packed.get("k"), cast("Any", packed.get("v"))
    if kind == "blank":
        return ...
    if kind == "missing":
        return pd.NaT if value == "NaT" else pd.NA
    if kind == "time":
        return pd.Timestamp(str(value))
    if kind == "span":
        return pd.Timedelta(str(value))
    if kind in _LISTS:
        return _LISTS[kind](_unpack(one) for one in _listed(value))
    if kind == "dict":
        return {_unpack(key): _unpack(one) for key, one in _listed(value)}
    if kind == "frame":
        index = _from_index(packed["index"])
        columns = [_from_column(one, index) for one in _listed(value)]
        made = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=index)
        made.columns = _from_index(packed["columns"])
        if isinstance(attrs := _unpack(packed["attrs"]), dict):
            made.attrs.update(attrs)
        return made
    if kind == "series":
        made = _from_column(value, _from_index(packed["index"]))
        made.name = _unpack(packed["name"])
        return made
    if kind == "index":
        return _from_index(value)
    if kind == "array":
        return _from_column(value).to_numpy().reshape([int(one) for one in _listed(packed["shape"])])
    if kind == "record":
        return _record(str(packed["class"]), value)
    return _unknown({"long": "too-long"}.get(str(kind)) or str(value))


def _record(name: str, value: Any) -> Any:
    module, _dot, qualname = name.rpartition(".")
    # Only what the lesson has loaded already: a name from outside imports nothing.
    kind = getattr(sys.modules.get(module), qualname, None) if _of_the_field(module) else None
    if not isinstance(kind, type) or not (fields := _fields(kind)):
        return _unknown(qualname)
    found = {field: _unpack(value[field]) for field in fields}
    if issubclass(kind, tuple):
        return tuple.__new__(kind, found.values())
    made = object.__new__(kind)
    for field, one in found.items():
        object.__setattr__(made, field, one)
    return made


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


def _from_index(packed: dict[str, Any]) -> pd.Index:
    names = [_unpack(name) for name in _listed(packed["names"])]
    parts = [pd.Index(_from_column(one)) for one in _listed(packed["v"])]
    if packed["many"]:
        return pd.MultiIndex.from_arrays(parts, names=names)
    return parts[0].rename(names[0])


def _from_column(packed: dict[str, Any], index: pd.Index | None = None) -> pd.Series:
    name, values = str(packed["dtype"]), _listed(packed["v"])
    if not _DTYPE.fullmatch(name):
        raise ValueError("no such type")
    if name == "category":
        categories = pd.Index(_from_column(packed["categories"]))
        made: Any = pd.Categorical.from_codes(values, categories=categories, ordered=bool(packed["ordered"]))
    elif name == "object":
        made = np.empty(len(values), dtype=object)
        made[:] = [_unpack(one) for one in values]
    elif name.startswith(("datetime64", "timedelta64")):
        made = np.array(values, dtype="int64")
        if "," in name:
            unit, zone = name[len("datetime64[") : -1].split(", ")
            made = pd.DatetimeIndex(made.view(f"datetime64[{unit}]")).tz_localize("UTC").tz_convert(zone)
        else:
            made = made.view(name)
    else:
        made = pd.array(values, dtype=name) if name[0].isupper() or name in ("boolean", "string", "str") else values
    return pd.Series(made, index=index, dtype=None if name == "category" else name)
