"""What goes into the field modules is read rightly or refused in a sentence, whatever pandas made of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from crmlab import checks, daytext, lookalike
from crmlab.checks import InputError

# ---- days

DAY = int(np.datetime64("2024-01-05", "D").astype("int64"))


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-05", "2024-1-5", "2024/01/05", " 2024/1/5 ", "2024.01.05", "2024.1.5", "2024. 1. 5.", "20240105",
        "20240105103000", "20240105T1030", "2024-01-05 23:59", "2024-01-05T23:59:59.123Z", "2024-01-05 23:59:59,123",
        "2024-01-05T10:00:00+08:00", "2024-01-05T10:00+08", "2024/1/5 3:05 PM", "2024年1月5日", "2024年01月05日 10:30",
        "2024年1月5日10时30分", "2024年 1月 5日 下午3:05", "2024年1月5日下午3点", "2024/1/5 上午 9:30:00", "2024年1月5日星期五",
        "2024年1月5日 星期五 10:30", "２０２４－０１－０５", "２０２４年１月５日", "2024–01–05", "\u200e2024-01-05\u200e", "2024-01-05\u202f3:05\u202fPM",
        "2024-01-05 24:00",
    ],
)  # fmt: skip
def test_a_day_with_the_year_first_is_read(text: str) -> None:
    assert (
        checks.days(pd.Series([text, "2024-01-06"] if "Z" not in text and "+" not in text else [text]), "d")[0] == DAY
    )


@pytest.mark.parametrize(
    "text",
    [
        "05.01.2024", "03/04/2011", "2024-13-01", "2024-02-30", "2023-02-29", "20122011", "31122011", "12312011", "2024-01",
        "240105", "2024-01-05 25:61", "2024-01-05 10:60", "2024年1月", "2024-01-05 later", "0000-01-01", "20240230", "yesterday", "",
        "2024-01-05-06", "9" * 400,
    ],
)  # fmt: skip
def test_what_is_no_such_day_is_refused_with_its_row(text: str) -> None:
    with pytest.raises(InputError, match=r"'d', row 1: .* is not a date with the year first"):
        checks.days(pd.Series(["2024-01-05", text]), "d")


def test_the_format_in_the_message_is_that_of_the_text() -> None:
    with pytest.raises(InputError, match=r"format='%d\.%m\.%Y'"):
        checks.days(pd.Series(["31.12.2024"]), "d")


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([dt.date(2024, 1, 5)]),
        pd.Series([dt.datetime(2024, 1, 5, 23, 59)], dtype=object),
        pd.Series(pd.to_datetime(["2024-01-05"])).dt.tz_localize("Asia/Shanghai"),
        pd.Series(pd.to_datetime(["2024-01-05"]).astype("datetime64[s]")),
        pd.Series(["2024-01-05"], dtype="string"),
        pd.Series(["2024-01-05"], dtype="category"),
        pd.Series(pd.to_datetime(["2024-01-05"])).astype("category"),
        pd.Series(pd.PeriodIndex(["2024-01-05"], freq="D")),
        pd.Series([np.datetime64("2024-01-05T10:00")], dtype=object),
    ],
)
def test_a_day_of_any_dtype_is_read(values: pd.Series) -> None:
    assert checks.days(values, "d").tolist() == [DAY]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1601-01-01", "2999-12-31"])
@pytest.mark.parametrize("kind", [str, "datetime64[s]", object])
def test_days_that_mean_unknown_are_refused(day: str, kind: object) -> None:
    values = pd.Series(["2024-01-05", day])
    if kind is object:
        values = values.map(dt.date.fromisoformat)
    elif kind is not str:
        values = pd.Series(np.array(values, dtype="datetime64[s]"))
    with pytest.raises(InputError, match=f"row 1: {day} is no day"):
        checks.days(values, "d")


@pytest.mark.parametrize("values", [[20240105], [20240105.0], [Decimal(20240105)]])
@pytest.mark.parametrize("kind", [None, object])
def test_numbers_are_no_days(values: list[object], kind: object) -> None:
    with pytest.raises(InputError, match="holds numbers where dates are needed"):
        checks.days(pd.Series(values, dtype=kind), "d")


@pytest.mark.parametrize("gone", [None, np.nan, pd.NA, pd.NaT, Decimal("NaN"), Decimal("sNaN")])
def test_a_missing_day_is_said(gone: object) -> None:
    with pytest.raises(InputError, match=r"row 1: the date is missing \(1 in all\)"):
        checks.days(pd.Series(["2024-01-05", gone], dtype=object), "d")


def test_time_zones_are_not_mixed() -> None:
    with pytest.raises(InputError, match=r"mixes time zones \(\+08:00, Z\)"):
        checks.days(pd.Series(["2024-01-05T10:00Z", "2024-01-05T10:00+08:00"]), "d")


def test_every_day_of_four_centuries_is_read_as_numpy_counts_it() -> None:
    days = np.arange("1678-01-01", "2262-01-01", 97, dtype="datetime64[D]")
    for shape in ("{}-{}-{}", "{}.{}.{}", "{}年{}月{}日"):
        texts = [shape.format(*str(day).split("-")) for day in days]
        assert (daytext.read(texts)[0] == days.astype("int64")).all()


# ---- numbers


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, 2], dtype=object), pd.Series([1, 2], dtype="Int64"), pd.Series([1, 2], dtype="Float32"),
        pd.Series([1, 2], dtype="category"), pd.Series([Decimal(1), Decimal(2)]), pd.Series([1.0, 2.0], dtype="float16"),
        pd.Series([np.int8(1), 2.0], dtype=object), pd.Series([1, 2], dtype="Sparse[int64]"),
    ],
)  # fmt: skip
def test_numbers_of_any_dtype(values: pd.Series) -> None:
    assert checks.numbers(values, "n").tolist() == [1.0, 2.0]


@pytest.mark.parametrize("gone", [None, np.nan, pd.NA, Decimal("NaN"), Decimal("sNaN")])
def test_missing_numbers(gone: object) -> None:
    values = pd.Series([1, gone], dtype=object)
    assert np.isnan(checks.numbers(values, "n", missing=True)).tolist() == [False, True]
    with pytest.raises(InputError, match=r"row 1: the number is missing \(1 in all\)"):
        checks.numbers(values, "n")


@pytest.mark.parametrize("kind", ["Int64", "category", "Float64", object])
def test_missing_numbers_of_other_dtypes(kind: str) -> None:
    values = pd.Series([1, None, 3], dtype="Int64" if kind == "category" else kind)
    found = checks.numbers(values.astype(kind), "n", missing=True)
    assert found[0] == 1
    assert np.isnan(found[1])
    assert found[2] == 3


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (10**400, r"row 1: the number is too large to compute with \(10\*\*400\)"),
        (Decimal("Infinity"), "row 1: the number is infinite"),
        ("2", "row 1: '2' is not a number"),
        (np.bool_(True), "row 1: .*True.* is not a number"),
        (1j, "complex"),
        (dt.date(2024, 1, 5), "date objects"),
        ([1], "list objects"),
        (pd.Timestamp("2024-01-05"), "Timestamp objects"),
    ],
)
def test_what_is_no_number(value: object, words: str) -> None:
    values = pd.Series([1.0, None], dtype=object)
    values.iat[1] = value
    with pytest.raises(InputError, match=words):
        checks.numbers(values, "n")


@pytest.mark.parametrize(
    ("value", "whole", "words"),
    [
        (10**400, False, r"n is too large to compute with: 10\*\*400"),
        (True, False, "n must be a number from 0 up; it is True"),
        (Decimal("sNaN"), False, "n must be a number from 0 up"),
        (pd.NA, False, "n must be a number from 0 up; it is <NA>"),
        (1.5, True, "n must be a whole number from 0 up; it is 1.5"),
        (float("nan"), True, "n must be a whole number"),
        (np.array([1, 2]), False, "it is ndarray"),
        ([1, 2], False, r"it is \[1, 2\]"),
    ],
)
def test_one_number(value: object, whole: bool, words: str) -> None:
    with pytest.raises(InputError, match=words):
        checks.number(value, "n", low=0, whole=whole)


def test_digits_without_end_are_not_shown() -> None:
    with pytest.raises(InputError, match=r"too large to compute with \(-10\*\*5000\)"):
        checks.numbers(pd.Series([1, -(10**5000)], dtype=object), "n")


def test_one_number_of_any_kind() -> None:
    for value in (2, 2.0, np.int64(2), np.float32(2), Decimal(2), np.array(2)):
        assert checks.number(value, "n", 0, 5) == 2.0
        assert checks.number(value, "n", 0, 5, whole=True) == 2
    assert checks.number(2**60 + 1, "n", whole=True) == 2**60 + 1


# ---- columns


def test_lists_keep_what_they_hold_and_tables_are_told_so() -> None:
    assert checks.series([1, "1"], "x").tolist() == [1, "1"]
    for table in ([[1, 2], [3, 4]], np.ones((2, 2)), [[1], [1, 2]]):
        with pytest.raises(InputError, match="x must be one column or one list of numbers, not a table"):
            checks.series(table, "x")
    for thing, kind in (({1: 2}, "dict"), ({1}, "set"), (5, "int"), ("ab", "str"), (None, "NoneType")):
        with pytest.raises(InputError, match=f"not {kind}"):
            checks.series(thing, "x")
    with pytest.raises(InputError, match="no rows"):
        checks.series([], "x")


@pytest.mark.parametrize("name", [["a"], np.array(["a"]), {"a"}, None])
def test_a_column_is_named_by_one_name(name: object) -> None:
    with pytest.raises(InputError, match="date must be the name of a column, not "):
        checks.need(pd.DataFrame({"a": [1]}), {"date": name})


def test_columns_may_have_any_name() -> None:
    odd = pd.DataFrame([[1, 2, 3]], columns=[0, "0", pd.NA])
    checks.need(odd, {"x": 0, "y": "0"})
    checks.need(pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), {"x": ("a", "b")})
    with pytest.raises(InputError, match="no column \\('a', 'c'\\)"):
        checks.need(pd.DataFrame([[1, 2]], columns=["a", "c"]), {"": ("a", "c")})


def test_yes_and_no_of_any_dtype() -> None:
    for kind in (bool, int, float, object, "boolean", "Int64", "Float64", "category"):
        assert checks.yes_no(pd.Series([True, False]).astype(kind), "won").tolist() == [True, False]
    for wrong in ("True", 2, [1], pd.Timestamp(0), Decimal("0.5")):
        values = pd.Series([True, None], dtype=object)
        values.iat[1] = wrong
        with pytest.raises(InputError, match=r"row 1: .* neither True nor False"):
            checks.yes_no(values, "won")
    with pytest.raises(InputError, match="1 empty"):
        checks.yes_no(pd.Series([True, pd.NA], dtype="boolean"), "won")


# ---- keys


@pytest.mark.parametrize("gone", [None, np.nan, pd.NA, pd.NaT, "", "  ", "\u3000", "\u200b", "\u00a0", Decimal("sNaN")])
def test_missing_keys_are_one_thing(gone: object) -> None:
    found = checks.keys(pd.Series(["A", gone, 7], index=list("xyz"), dtype=object), "k")
    assert found.tolist() == ["A", None, 7]
    assert list(found.index) == list("xyz")
    assert found.isna().tolist() == [False, True, False]


@pytest.mark.parametrize("kind", ["string", "category", object, str])
def test_text_keys_of_any_dtype(kind: str) -> None:
    found = checks.keys(pd.Series(["A", "", None], dtype=object).astype(kind if kind is not str else "str"), "k")
    assert found.dtype == object
    assert found.isna().tolist() == [False, True, kind is not str or found[2] is None]


@pytest.mark.parametrize("kind", ["int64", "Int64", "int32", "UInt8", "category"])
def test_whole_numbers_stay_whole(kind: str) -> None:
    found = checks.keys(pd.Series([1, 2]).astype(kind), "k")
    assert found.dtype.kind in "iu"
    assert found.tolist() == [1, 2]


def test_large_whole_numbers_are_never_rounded() -> None:
    big = 2**53
    assert checks.keys(pd.Series([big, big + 1]), "k").nunique() == 2
    assert checks.keys(pd.Series([big, big + 1, None], dtype="Int64"), "k").tolist() == [big, big + 1, None]
    assert checks.keys(pd.Series([10**300, 10**300 + 1], dtype=object), "k").nunique() == 2
    with pytest.raises(InputError, match="row 0: the number is too large"):
        checks.keys(pd.Series([10**400, 10**400 + 1], dtype=object), "k")
    for vague in (pd.Series([float(big)]), pd.Series([big, None], dtype="Float64"), pd.Series([float(big), "x"]),
                  pd.Series([2.0**24], dtype="float32"), pd.Series([np.inf]), pd.Series([float(big)]).astype("category")):  # fmt: skip
        with pytest.raises(InputError, match=r"row 0: .* was read as a decimal number"):
            checks.keys(vague, "k")


def test_what_cannot_be_looked_up() -> None:
    values = pd.Series(["A", None], index=[7, 8], dtype=object)
    values.iat[1] = ["B"]
    with pytest.raises(InputError, match="row 8: list cannot name"):
        checks.keys(values, "k")
    with pytest.raises(InputError, match="row 8: list cannot name"):
        checks.once(values, "k")


def test_blank_names_are_missing() -> None:
    with pytest.raises(InputError, match="row 1: the cell is empty"):
        checks.once(pd.Series(["Li", " "]), "customer")


# ---- groups


def test_groups_by_a_name_or_a_list_of_one() -> None:
    table = pd.DataFrame({"g": ["a", "b", " "], "x": [1, 2, 3]}, index=pd.Index([1, 2, 3], name="g"))
    for by in ("g", ["g"], pd.Index(["g"]), np.array(["g"])):
        found = checks.by_column(table, by)
        assert found.tolist() == ["a", "b", None]
        assert found.name == "g"
        assert table.groupby(found)["x"].sum().to_dict() == {"a": 1, "b": 2}
    for by, words in (
        ([], "not of 0"),
        (["g", "x"], "not of 2"),
        (None, "name of a column"),
        ({"g"}, "name of a column"),
        ("h", "no column 'h'"),
    ):
        with pytest.raises(InputError, match=words):
            checks.by_column(table, by)


# ---- what belongs together


def test_series_are_brought_into_one_order() -> None:
    first, second = pd.Series([1, 2, 3], index=list("abc")), pd.Series([30, 10, 20], index=list("cab"))
    one, two, three, four, five = checks.aligned(a=first, b=second, c=[7, 8, 9], d=0.5, e=None)
    assert two.tolist() == [10, 20, 30]
    assert three == [7, 8, 9]
    assert four == 0.5
    assert five is None
    assert one is first
    assert checks.aligned(a={"x": 1, "y": 2}, b={"y": 4, "x": 3})[1].tolist() == [3, 4]
    assert checks.aligned(a=[1, 2], b=second.to_frame()[:2])[1].shape == (2, 1)
    twice = pd.Series([1, 2], index=["a", "a"])
    assert checks.aligned(a=twice, b=twice + 1)[1].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ([1, 2], [1], "two has 1 entries, one has 2"),
        (np.ones(3), pd.Series([1, 2]), "two has 2 entries, one has 3"),
        (
            pd.Series([1, 2], index=list("ab")),
            pd.Series([1, 2], index=list("ac")),
            "label 'b' is in one but not in two",
        ),
        (pd.Series([1], index=["a"]), pd.Series([1, 2], index=list("ac")), "label 'c' is in two but not in one"),
        (pd.Series([1], index=[1]), pd.Series([1], index=["1"]), "label 1 is in one"),
        (
            pd.Series([1, 2], index=list("aa")),
            pd.Series([1, 2], index=list("ab")),
            "one: the label 'a' stands there twice",
        ),
    ],
)
def test_what_does_not_belong_together(one: object, two: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        checks.aligned(one=one, two=two)


# ---- shares


def test_shares() -> None:
    assert checks.rate(0, "r") == 0
    assert checks.rate(1, "r") == 1
    assert checks.rate(Decimal("0.5"), "r") == 0.5
    for wrong in (40, -0.1, 1.01, True, "0.5", np.nan, None, 10**400, pd.NA):
        with pytest.raises(InputError, match="r must lie between 0 and 1, such as"):
            checks.rate(wrong, "r")
    with pytest.raises(InputError, match="0 itself is not possible"):
        checks.rate(np.int64(0), "r", zero=False)
    with pytest.raises(InputError, match="1 itself is not possible"):
        checks.rate(1, "r", one=False)
    assert checks.rates(pd.Series([0, None, 1]), "r", missing=True)[[0, 2]].tolist() == [0, 1]
    with pytest.raises(InputError, match=r"row 1: it must lie between 0 and 1, such as 0.4 for 40%; it is 40"):
        checks.rates(pd.Series([0.4, 40]), "r")
    with pytest.raises(InputError, match=r"row 0: .* 1 itself"):
        checks.rates(pd.Series([1.0]), "r", one=False)


# ---- names that look alike


def test_names_that_look_alike_are_named_with_their_nearest() -> None:
    assert lookalike.find(["a", "b", 1, "2"]) == {}
    assert lookalike.find(["A1", "A1 ", "Ａ１", "a1", "A\u200b1", "B"]) == dict.fromkeys(
        ["A1 ", "Ａ１", "a1", "A\u200b1"], "A1"
    )
    assert lookalike.find([1, "1"]) == {"1": 1}
    assert lookalike.find(["x", "X"], known=["X"]) == {"x": "X"}
    with pytest.warns(checks.InputWarning, match=r"'k': 'A1 ' only looks like 'A1' \(2 such in all\)"):
        checks.alike(["A1", "A1 ", "Ａ１"], "k")
    with pytest.raises(InputError, match=r"'A\\u200b1' only looks like 'A1'"):
        checks.alike(["A\u200b1"], "k", known=["A1"], refuse=True)


def test_a_million_names_are_looked_through_quickly() -> None:
    assert lookalike.find(f"C{i}" for i in range(10**5)) == {}
    assert lookalike.find([*(f"C{i}" for i in range(10**5)), "c7"]) == {"c7": "C7"}
