"""What was collected from a large file is kept beside the report, so that a run that was stopped goes on: keyed by the file's content and how it was read.

One file, a zip of plain arrays and JSON (NumPy's npz without pickle): whoever finds it can look into it, and nothing in it is ever run.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.engines.pairs import Pairs
from crmlab.own.export import Export, Plan, Problem, Question
from crmlab.own.said import Said
from crmlab.version import __version__

SUFFIX = ".collected"
READING = ".reading"
"""The ending of the folder in which a file is while it is read."""
_SAMPLE = 1 << 16
_FORM = 1


def key(files: Sequence[Path], plan: Plan) -> str:
    """Names, sizes, times of change and samples of the files, the plan and the version, as one word: another content or plan has another.

    Raises :class:`OSError` where a file cannot be read.
    """
    found = hashlib.sha256(json.dumps([_FORM, __version__, asdict(plan)], sort_keys=True, default=dict).encode())
    for file in files:
        stat = file.stat()
        found.update(json.dumps([file.name, stat.st_size, stat.st_mtime_ns]).encode())
        with file.open("rb") as source:
            for place in sorted({0, stat.st_size // 3, 2 * stat.st_size // 3, max(0, stat.st_size - _SAMPLE)}):
                source.seek(place)
                found.update(source.read(_SAMPLE))
    return found.hexdigest()[:24]


def write(export: Export, file: Path) -> None:
    """Keep an export of orders; the file appears whole or not at all."""
    table = export.table
    who, names = pd.factorize(table["customer"])
    arrays: dict[str, Any] = {
        "who": who.astype("int32"),
        "day": table["date"].to_numpy().astype("datetime64[D]").astype("int32"),
        "money": table["amount"].to_numpy("float64"),
    }
    for at, one in enumerate(export.problems):
        arrays[f"rows{at}"] = np.asarray(one.rows, dtype="int64")
    plain = {
        "form": _FORM,
        "file": str(export.file),
        "names": list(names),
        "rows": export.rows,
        "merged": export.merged,
        "currency": export.currency,
        "plan": asdict(export.plan),
        "contacts": _frame(export.contacts),
        "guesses": _frame(export.guesses),
        "notes": [_plain(one) for one in export.notes],
        "questions": [
            {
                "key": one.key,
                "says": _plain(one.says),
                "options": {name: _plain(value) for name, value in one.options.items()},
                "taken": one.taken,
            }
            for one in export.questions
        ],
        "problems": [
            {
                "says": _plain(one.says),
                "done": _plain(one.done),
                "column": one.column,
                "values": list(one.values),
                "left_out": one.left_out,
                "more": one.more,
            }
            for one in export.problems
        ],
        "pairs": _pairs(export.pairs),
    }
    half = file.with_name(f"{file.name}.{os.getpid()}.half")
    try:
        # It holds names: nobody else may read it, not even while it is being written.
        handle = os.open(half, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with (
            os.fdopen(handle, "w+b") as whole,
            zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            archive.writestr("export.json", json.dumps(plain, ensure_ascii=False, default=dict))
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, array, allow_pickle=False)
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


def read(file: Path) -> Export | None:
    """What :func:`write` kept; ``None`` where there is nothing, or nothing that can be read."""
    try:
        with zipfile.ZipFile(file) as archive:
            plain = json.loads(archive.read("export.json"))
            if plain["form"] != _FORM:
                return None

            def array(name: str) -> np.ndarray:
                return np.lib.format.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)

            problems = [
                Problem(
                    _said(one["says"]),
                    _said(one["done"]),
                    one["column"],
                    array(f"rows{at}"),
                    one["values"],
                    one["left_out"],
                    one["more"],
                )
                for at, one in enumerate(plain["problems"])
            ]
            table = orders_table(pd.Index(plain["names"]), array("who"), array("day"), array("money"))
        questions = [
            Question(
                one["key"],
                _said(one["says"]),
                {name: _said(value) for name, value in one["options"].items()},
                one["taken"],
            )
            for one in plain["questions"]
        ]
        return Export(
            Path(plain["file"]),
            "orders",
            table,
            _framed(plain["contacts"]),
            _framed(plain["guesses"]),
            Plan(**plain["plan"]),
            plain["rows"],
            problems,
            questions,
            [_said(one) for one in plain["notes"]],
            currency=plain["currency"],
            merged=plain["merged"],
            pairs=_paired(plain["pairs"]),
        )
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def forget(folder: Path) -> None:
    """Take away all that was kept in a folder, and what a stopped run has left there: it holds names."""
    for left in [*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*{SUFFIX}.*.half")]:
        with contextlib.suppress(OSError):
            left.unlink()
    for left in folder.glob(f"*{READING}"):
        shutil.rmtree(left, ignore_errors=True)


def orders_table(names: pd.Index, who: np.ndarray, day: np.ndarray, money: np.ndarray) -> pd.DataFrame:
    """Collected orders as ``Export.table`` has them; a customer's name is in memory once.

    >>> made = orders_table(pd.Index(["Li", "Wu"]), np.array([1]), np.array([0]), np.array([5.0]))
    >>> made[["customer", "amount"]].values.tolist()
    [['Wu', 5.0]]
    """
    return pd.DataFrame(
        {
            "customer": names.take(who),
            "order": pd.Categorical.from_codes(np.full(len(who), -1, "int8"), categories=pd.Index([], dtype=object)),
            "date": checks.timestamps(day),
            "amount": money,
        },
        index=pd.RangeIndex(1, len(who) + 1, name="row"),
    )


def _plain(value: Any) -> Any:
    """A sentence, or a value in one, as JSON."""
    if isinstance(value, Said):
        return {"text": str(value.text), "values": {name: _plain(one) for name, one in value.values.items()}}
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return Said(value["text"], **{name: _said(one) for name, one in value["values"].items()})
    return value


def _frame(table: pd.DataFrame) -> dict[str, Any]:
    cells = {
        str(name): [None if not isinstance(one, Said) and pd.isna(one) else _plain(one) for one in table[name]]
        for name in table
    }
    return {"index": [_plain(one) for one in table.index], "name": table.index.name, "columns": cells}


def _framed(plain: Mapping[str, Any]) -> pd.DataFrame:
    index = pd.Index(plain["index"], name=plain["name"], dtype=object if not plain["index"] else None)
    columns = {name: [_said(one) for one in cells] for name, cells in plain["columns"].items()}
    numbers = {name for name, cells in columns.items() if cells and all(isinstance(one, float) for one in cells)}
    return pd.DataFrame(
        {
            name: pd.Series(cells, index=index, dtype="float64" if name in numbers else object)
            for name, cells in columns.items()
        },
        index=index,
    )


def _pairs(pairs: Pairs | None) -> Any:
    if pairs is None:
        return None
    return {
        "items": {
            "item": pairs.items.index.tolist(),
            **{name: pairs.items[name].tolist() for name in ("before", "after")},
        },
        "pairs": {name: pairs.pairs[name].tolist() for name in ("first", "second", "before", "after", "customers")},
        "orders": list(pairs.orders),
        "since": pairs.since,
    }


def _paired(plain: Any) -> Pairs | None:
    if plain is None:
        return None
    return Pairs(
        pd.DataFrame(plain["items"]).set_index("item"),
        pd.DataFrame(plain["pairs"]),
        (plain["orders"][0], plain["orders"][1]),
        plain["since"],
    )
