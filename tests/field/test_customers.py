"""The customer list: reading, profile, rules, likeness, duplicates, merging, masking; the card against its file."""

from __future__ import annotations

import hashlib
import random
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import customers, datasets
from crmlab.checks import InputError
from crmlab.customers import COMPARE, RULES, Compare, Rule, likeness, reading
from crmlab.customers.simplified import _SIMPLIFIED, _TRADITIONAL, simplified

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
if (ROOT / "tools").is_dir():
    from tools import customer_list

KEY = "a key of sixteen and more"
NAMES = (
    "华强包装（深圳）有限公司",
    "深圳市華強包装有限公司",
    "华强包装",
    "Huaqiang Packaging Ltd.",
    "HUAQIANG PACKAGING (SHENZHEN) CO., LIMITED",
    "华强电子厂",
    "",
)
PHONES = ("154 1234 5678", "＋86 15412345678", "0755-12345678", "(0755) 1234 5678", "12345678", "Mr Chen", "")
MAILS = ("info@huaqiang.example", "buy@huaqiang.example", "info at huaqiang", "")
CELLS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "phone": st.sampled_from(PHONES),
        "email": st.sampled_from(MAILS),
        "address": st.sampled_from(("创业路18号", "18 Chuangye Road", "")),
        "contact": st.sampled_from(("张三", "张三经理", "Mr Zhang San", "张总", "")),
        "town": st.sampled_from(("深圳", "Shenzhen", "东莞", "")),
        "updated": st.sampled_from(("2024-01-05", "2025-03-01", "")),
    }
)
TABLES = st.lists(CELLS, min_size=2, max_size=9).map(lambda rows: _table(rows))


def _table(rows: list[dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, index=[f"R{number}" for number in range(len(rows))])


def _pairs(found: pd.DataFrame) -> set[tuple[frozenset[str], float]]:
    return {(frozenset((a, b)), s) for a, b, s in zip(found["row_a"], found["row_b"], found["score"], strict=True)}


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "深圳市华强包装有限公司",
        "华强包装（深圳）有限责任公司",
        "深圳華強包装股份有限公司",
        " 华强包装 (深圳) ",
        "深圳市华强包装",
    ],
)
def test_ways_of_writing_a_chinese_firm_agree(name: str) -> None:
    assert (reading.firm(name).core, reading.firm(name).town) == ("华强包装", "shenzhen")


@pytest.mark.parametrize(
    "name",
    [
        "Huaqiang Packaging Co., Ltd.",
        "HUAQIANG PACKAGING LIMITED",
        "Huaqiang Packaging Co Ltd",
        "Ｈｕａｑｉａｎｇ Packaging Co., Limited",
    ],
)
def test_ways_of_writing_an_english_firm_agree(name: str) -> None:
    assert reading.firm(name).core == "huaqiang packaging"


def test_a_name_that_is_only_a_form_or_a_town_is_not_emptied() -> None:
    assert reading.firm("有限公司").core
    assert reading.firm("深圳").core == "深圳"
    assert reading.firm("Shenzhen Ltd.").core == "shenzhen"
    assert reading.firm("华强包装厂").core == "华强包装厂", "a works is no legal form"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("154 1234 5678", "+8615412345678"),
        ("154-1234-5678", "+8615412345678"),
        ("０１５４１２３４５６７８", ""),
        ("１５４１２３４５６７８", "+8615412345678"),
        ("+86 755 1234 5678", "+8675512345678"),
        ("0086 755 12345678", "+8675512345678"),
        ("（０７５５）１２３４５６７８", "+8675512345678"),
        ("0755-12345678 转 8012", "+8675512345678"),
        ("010-12345678", "+861012345678"),
        ("+86 10 1234 5678", "+861012345678"),
        ("+852 1234 5678", "+85212345678"),
        ("12345678", ""),
        ("154 1234 567", ""),
        ("12345678901", ""),
        ("李女士", ""),
        ("", ""),
    ],
)
def test_telephones(text: str, number: str) -> None:
    assert reading.phone(text) == number


@pytest.mark.parametrize(
    ("text", "first", "day"),
    [
        ("2021-03-05", "", "2021-03-05"),
        ("2021/3/5", "", "2021-03-05"),
        ("2021年3月5日", "", "2021-03-05"),
        ("２０２１．３．５", "", "2021-03-05"),
        ("20210305", "", "2021-03-05"),
        ("25/04/2021", "", "2021-04-25"),
        ("04/25/2021", "", "2021-04-25"),
        ("04/04/2021", "", "2021-04-04"),
        ("03/04/2021", "day", "2021-04-03"),
        ("03/04/2021", "month", "2021-03-04"),
    ],
)
def test_dates(text: str, first: str, day: str) -> None:
    assert reading.day(text, first).value == pd.Timestamp(day)


@pytest.mark.parametrize(
    "text", ["2021-02-30", "0000-00-00", "2021.6", "last year", "03/04/2021", "25/13/2021", "", "20211301"]
)
def test_dates_that_are_none_say_why(text: str) -> None:
    found = reading.day(text)
    assert found.value is None
    assert found.why


def test_amounts() -> None:
    read = {"12万": 120_000, "1.2 万元": 12_000, "35,000": 35_000, "RMB 120k": 120_000, "５０００元": 5_000, "3亿": 3e8}
    assert {text: reading.amount(text).value for text in read} == {text: (value, "CNY") for text, value in read.items()}
    assert reading.amount("HKD 35,000").value == reading.amount("35000HKD").value == (35_000, "HKD")
    for text in ("about ten", "12 boxes", "HKD 12 RMB", "", "1.2.3"):
        assert reading.amount(text).value is None


def test_traditional_characters_have_one_simplified_each() -> None:
    assert len(_TRADITIONAL) == len(_SIMPLIFIED)
    assert len(set(_TRADITIONAL)) >= len(_TRADITIONAL) - 10, "hardly one stands twice"
    assert simplified(simplified(_TRADITIONAL)) == simplified(_TRADITIONAL)
    assert simplified("駿逸電子 聯芃 寶屹 萬沅 啟晟") == "骏逸电子 联芃 宝屹 万沅 启晟"


# -- likeness ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "jaro", "winkler"),
    [
        ("MARTHA", "MARHTA", 0.944, 0.961),
        ("DWAYNE", "DUANE", 0.822, 0.840),
        ("DIXON", "DICKSONX", 0.767, 0.813),
        ("JONES", "JOHNSON", 0.790, 0.832),
        ("SHACKLEFORD", "SHACKELFORD", 0.970, 0.982),
        ("NICHLESON", "NICHULSON", 0.926, 0.956),
        ("JERALDINE", "GERALDINE", 0.926, 0.926),
    ],
)
def test_the_published_numbers(one: str, other: str, jaro: float, winkler: float) -> None:
    """Winkler (1990), table; three places."""
    assert likeness.jaro(one, other) == pytest.approx(jaro, abs=6e-4)
    assert likeness.jaro_winkler(one, other) == pytest.approx(winkler, abs=6e-4)


@given(st.text("华强包装电子AB ", max_size=12), st.text("华强包装电子AB ", max_size=12))
def test_likeness_is_that_of_rapidfuzz(one: str, other: str) -> None:
    distance = pytest.importorskip("rapidfuzz.distance")
    assert likeness.jaro(one, other) == pytest.approx(distance.Jaro.similarity(one, other))
    assert likeness.jaro_winkler(one, other) == pytest.approx(distance.JaroWinkler.similarity(one, other))


@given(st.text(max_size=12), st.text(max_size=12))
def test_likeness_is_symmetric_and_a_share(one: str, other: str) -> None:
    found = likeness.jaro_winkler(one, other)
    assert 0 <= found <= 1
    assert found == pytest.approx(likeness.jaro_winkler(other, one))
    assert likeness.jaro_winkler(one, one) == 1


# -- profile and rules -------------------------------------------------------------------------------------------------


def test_profile_counts_and_names_what_is_odd() -> None:
    table = pd.DataFrame({"phone": ["154 1234 5678"] * 30 + ["Mr Chen", None]}, index=[f"R{k}" for k in range(32)])
    found = customers.profile(table).loc["phone"]
    assert found[["filled", "distinct", "odd"]].tolist() == [31, 2, 1]
    assert found["share"] == 31 / 32
    assert found["examples"] == "R30: Mr Chen"


@given(TABLES, st.randoms(use_true_random=False))
def test_profile_does_not_depend_on_the_order(table: pd.DataFrame, dice: random.Random) -> None:
    order = dice.sample(range(len(table)), len(table))
    kept = ["filled", "share", "distinct", "kinds", "odd"]
    pd.testing.assert_frame_equal(customers.profile(table)[kept], customers.profile(table.iloc[order])[kept])


def test_each_check_finds_its_fault_and_says_why() -> None:
    table = pd.DataFrame(
        {
            "a": ["x", "x", "", "test"],
            "phone": ["154 1234 5678", "1541234567", "Mr Chen", ""],
            "email": ["a@b.example", "a at b", "a@", ""],
            "day": ["2024-02-29", "2023-02-29", "1980-01-01", "2030-01-01"],
            "sales": ["12万", "1.2", "9亿", "many"],
            "postcode": ["518000", "51800", "510000", ""],
            "town": ["深圳", "深圳", "深圳", "somewhere"],
        },
        index=list("wxyz"),
    )
    rules = [
        (Rule("a", "filled"), "y"),
        (Rule("a", "once"), "x"),
        (Rule("a", "unlike", pattern="test"), "z"),
        (Rule("phone", "phone"), "xy"),
        (Rule("email", "email"), "xy"),
        (Rule("day", "date", low="1990-01-01", high="2026-01-01"), "xyz"),
        (Rule("sales", "amount", low=1000, high=1e8), "xyz"),
        (Rule("postcode", "like", pattern=r"\d{6}"), "x"),
        (Rule("postcode", "begins", other="town", values=customers.POSTCODES), "y"),
    ]
    for rule, rows in rules:
        found = customers.validate(table, [rule])
        assert "".join(found["row"]) == rows, rule
        assert (found["reason"].str.len() > 3).all()
        assert (found["column"] == rule.column).all()
        assert found["value"].tolist() == [table.at[row, rule.column] for row in rows]
    assert list(customers.validate(table, []).columns) == ["row", "column", "value", "rule", "reason"]


def test_what_the_rules_ask_is_found_in_the_made_up_list() -> None:
    rows, truth = _made_up()
    found = customers.validate(rows, RULES)
    by = found.groupby("rule")["row"].agg(set)
    for rule, planted in (
        ("contact is a name", "swapped"),
        ("sales", "no unit"),
        ("test row", "test row"),
        ("person has left", "person left"),
    ):
        assert by[rule] == set(truth.index[truth["planted"] == planted]), rule
    dates = customers.validate(
        rows,
        [
            Rule(
                "since", "date", low="1990-01-01", high="2026-09-30", other="source", values={"Hong Kong office": "day"}
            )
        ],
    )
    assert set(dates["row"]) == set(truth.index[truth["planted"] == "bad date"])
    wrong = customers.validate(
        rows,
        [
            Rule("postcode", "like", pattern=r"\d{6}"),
            Rule("postcode", "begins", other="town", values=customers.POSTCODES),
        ],
    )
    assert len(set(wrong["row"])) >= 9, (
        "a Dongguan code in an English Dongguan row is not seen: the rule knows Chinese towns only"
    )
    assert set(wrong["row"]) <= set(truth.index[truth["planted"] == "wrong postcode"])


# -- duplicates --------------------------------------------------------------------------------------------------------


def _made_up() -> tuple[pd.DataFrame, pd.DataFrame]:
    return datasets.load("customer_list").set_index("row"), datasets.load("customer_truth").set_index("row")


@given(TABLES, st.randoms(use_true_random=False))
def test_pairs_do_not_depend_on_the_order_of_the_rows(table: pd.DataFrame, dice: random.Random) -> None:
    order = dice.sample(range(len(table)), len(table))
    assert _pairs(customers.duplicates(table, cut=0)) == _pairs(customers.duplicates(table.iloc[order], cut=0))


@given(TABLES)
def test_scores_are_symmetric_and_what_the_evidence_adds_up_to(table: pd.DataFrame) -> None:
    scores = dict(_pairs(customers.duplicates(table, cut=0)))
    for one, other in combinations(table.index, 2):
        found = customers.evidence(table, one, other)
        assert found.attrs["score"] == customers.evidence(table, other, one).attrs["score"]
        assert found.attrs["score"] == pytest.approx(found["points"].sum() / found["weight"].sum(), abs=1e-6)
        assert 0 <= found.attrs["score"] <= 1
        assert scores.get(frozenset((one, other)), found.attrs["score"]) == found.attrs["score"]


def test_blocking_finds_what_all_pairs_would_above_the_cut() -> None:
    rows, _truth = _made_up()
    part = rows.sort_values("phone").head(60)
    found = {pair for pair, _score in _pairs(customers.duplicates(part, cut=0.6))}
    every = {
        frozenset(pair) for pair in combinations(part.index, 2) if customers.evidence(part, *pair).attrs["score"] >= 0.6
    }
    assert found == every


def test_precision_and_recall_on_the_made_up_list() -> None:
    rows, truth = _made_up()
    found = customers.against_truth(customers.duplicates(rows, cut=0.3), truth["firm"], [0.6])
    assert found.at[0.6, "precision"] > 0.95
    assert found.at[0.6, "recall"] > 0.8
    assert found.at[0.6, "recall_low"] < found.at[0.6, "recall"] < found.at[0.6, "recall_high"]


@pytest.mark.skipif(not (ROOT / "tools").is_dir(), reason="the maker is not installed")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_precision_and_recall_on_lists_that_nobody_looked_at(seed: int) -> None:
    rows = pd.DataFrame(customer_list.rows(seed)).set_index("row")
    truth = pd.DataFrame(customer_list.truth(seed)).set_index("row")["firm"].replace("", None)
    found = customers.against_truth(customers.duplicates(rows, cut=0.3), truth, [0.6]).loc[0.6]
    assert found["precision"] > 0.93
    assert found["recall"] > 0.75


def test_large_blocks_are_left_out_and_told() -> None:
    table = _table([{"name": "华强包装", "phone": f"154 0000 {k:04d}", "email": ""} for k in range(30)])
    compare = {"name": Compare("firm", 2), "phone": Compare("phone", 1)}
    assert len(customers.duplicates(table, compare)) == 30 * 29 // 2
    found = customers.duplicates(table, compare, largest=20)
    assert found.empty
    assert found.attrs["left_out"] == 2


def test_groups_follow_the_chain_whatever_the_order() -> None:
    table = _table([{"name": "x"}] * 5)
    pairs = pd.DataFrame({"row_a": ["R3", "R1"], "row_b": ["R4", "R3"]})
    want = {"R0": "R0", "R1": "R1", "R2": "R2", "R3": "R1", "R4": "R1"}
    assert customers.groups(table, pairs).to_dict() == want
    assert customers.groups(table.iloc[::-1], pairs.iloc[::-1]).to_dict() == want


# -- merging -----------------------------------------------------------------------------------------------------------


def _grouped(table: pd.DataFrame, numbers: list[int]) -> pd.Series:
    return pd.Series(
        [f"R{number % len(table)}" for number, _label in zip(numbers, table.index, strict=False)], index=table.index
    )


@given(
    TABLES, st.lists(st.integers(0, 8), min_size=9, max_size=9), st.sampled_from(("newest", "longest", "most", "all"))
)
def test_merging_loses_nothing(table: pd.DataFrame, numbers: list[int], way: str) -> None:
    groups = _grouped(table, numbers)
    merged = customers.merge(
        table, groups, dict.fromkeys(("name", "phone"), way), faults=customers.validate(table, RULES[1:3])
    )
    told = merged.provenance
    assert len(merged.golden) == groups.nunique()
    assert sorted(label for rows in merged.golden["rows"] for label in rows.split(", ")) == sorted(table.index)
    cells = {(label, column): cell for column in table for label, cell in table[column].items() if cell}
    assert {
        (row, column): value for row, column, value in zip(told["row"], told["column"], told["value"], strict=True)
    } == cells
    assert (told["reason"].str.len() > 0).all()
    for customer, row in merged.golden.iterrows():
        for column in table.columns:
            kept = told[(told["customer"] == customer) & (told["column"] == column) & told["kept"]]["value"]
            assert bool(row[column]) == bool(len(kept)), "a filled cell is kept somewhere"
            if len(kept) and " | " not in str(row[column]):
                assert row[column] in set(kept)
    known = table.loc[(table != "").any(axis=1)].sort_index()
    pd.testing.assert_frame_equal(
        customers.restored(merged).loc[known.index, list(table.columns)], known, check_dtype=False
    )


@given(TABLES, st.lists(st.integers(0, 8), min_size=9, max_size=9), st.randoms(use_true_random=False))
def test_merging_does_not_depend_on_the_order_of_the_rows(
    table: pd.DataFrame, numbers: list[int], dice: random.Random
) -> None:
    groups = _grouped(table, numbers)
    mixed = table.iloc[dice.sample(range(len(table)), len(table))]
    one, other = customers.merge(table, groups), customers.merge(mixed, groups)
    pd.testing.assert_frame_equal(one.golden, other.golden)
    pd.testing.assert_frame_equal(one.provenance, other.provenance)


def test_which_value_is_kept() -> None:
    table = pd.DataFrame(
        {
            "name": ["Hua", "Huaqiang", "Hua"],
            "phone": ["154 1234 5678", "154 1234 5678", "154 123"],
            "note": ["a", "b", ""],
            "updated": ["2023-01-01", "2024-01-01", "2025-01-01"],
        },
        index=["R1", "R2", "R3"],
    )
    same = pd.Series("R1", index=table.index)
    faults = customers.validate(table, [Rule("phone", "phone")])
    merged = customers.merge(table, same, {"name": "most", "note": "all"}, faults=faults)
    assert merged.golden.loc["R1"].tolist() == ["Hua", "154 1234 5678", "a | b", "2025-01-01", "R1, R2, R3"]
    assert customers.merge(table, same, {"name": "longest"}).golden.at["R1", "name"] == "Huaqiang"
    assert customers.merge(table, same).golden.at["R1", "phone"] == "154 123", "without faults the newest wins"
    alone = customers.merge(table.loc[["R3"]], same, faults=faults)
    assert alone.golden.at["R1", "phone"] == "154 123"
    assert alone.provenance.set_index("column").at["phone", "reason"] == "breaks a rule, but there is nothing better"


# -- masking -----------------------------------------------------------------------------------------------------------


@given(TABLES)
def test_masking_is_stable_and_needs_the_key(table: pd.DataFrame) -> None:
    sent = customers.mask(table, KEY, names=["name"], phones=["phone"], emails=["email"])
    again = customers.mask(table.iloc[::-1], KEY, names=["name"], phones=["phone"], emails=["email"])
    assert sent["name"].tolist() == again["name"].tolist()[::-1]
    other = customers.mask(table, KEY + "!", names=["name"])["name"]
    filled = sent["name"] != ""
    assert not set(sent["name"][filled]) & set(other[filled.to_numpy()])
    # Whoever knows all names and the way, but not the key, looks in vain.
    looked_up = {hashlib.sha256(name.encode()).hexdigest()[:12].upper() for name in NAMES}
    looked_up |= {customers.pseudonym(name, "0" * 16) for name in NAMES if name}
    assert not set(sent["name"][filled]) & looked_up
    assert sent["name"].nunique() == len({reading.plain(name) for name in table["name"]})


@given(TABLES)
def test_what_is_hidden_is_not_there(table: pd.DataFrame) -> None:
    sent = customers.mask(table, KEY, names=["name"], phones=["phone"], emails=["email"])
    assert set(sent.columns) == {"name", "phone", "email"}, "columns that are not named stay at home"
    assert list(sent.index) == list(range(1, len(table) + 1)), "the labels of the rows stay at home"
    for before, after in zip(table["phone"], sent["phone"], strict=True):
        number = reading.phone(before)
        assert after == ("" if not before else "***" if not number else after)
        assert not number or number[-6:-2] not in after
    assert not sent["email"].str.contains("huaqiang").any()


def test_masking_refuses_what_is_not_safe() -> None:
    table = _table([{"name": "Huaqiang", "phone": ""}])
    for key in ("short", "", None, 12345678901234567):
        with pytest.raises(InputError, match="16"):
            customers.mask(table, key, names=["name"])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="twice"):
        customers.mask(table, KEY, names=["name"], keep=["name"])
    with pytest.raises(InputError, match="Nothing"):
        customers.mask(table, KEY)
    with pytest.raises(InputError, match="no column"):
        customers.mask(table, KEY, names=["nmae"])


# -- refusals ----------------------------------------------------------------------------------------------------------

TWICE = pd.DataFrame({"name": ["a", "b"], "updated": ["", ""]}, index=["R1", "R1"])
ONE = pd.DataFrame({"name": ["a"], "updated": [""]}, index=["R1"])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: customers.profile([1]), "DataFrame"),  # type: ignore[arg-type]
        (lambda: customers.profile(ONE, rare=8), "between 0 and 1"),
        (lambda: customers.validate(TWICE, []), "label"),
        (lambda: customers.validate(ONE, ["name"]), "Rule"),  # type: ignore[list-item]
        (lambda: customers.validate(ONE, [Rule("nmae", "filled")]), "no column"),
        (lambda: customers.validate(ONE, [Rule("name", "nice")]), "one of"),
        (lambda: customers.validate(ONE, [Rule("name", "like", pattern="(")]), "pattern"),
        (lambda: customers.duplicates(ONE), "no column"),
        (lambda: customers.duplicates(ONE, {}), "at least"),
        (lambda: customers.duplicates(ONE, {"name": Compare("firm", 0)}), "above 0"),
        (lambda: customers.duplicates(ONE, {"name": Compare("smell", 1)}), "one of"),
        (lambda: customers.duplicates(ONE, {"name": 3}), "Compare"),  # type: ignore[dict-item]
        (lambda: customers.duplicates(TWICE, {"name": COMPARE["name"]}), "label"),
        (lambda: customers.evidence(ONE, "R1", "R9", {"name": COMPARE["name"]}), "R9"),
        (lambda: customers.groups(ONE, pd.DataFrame({"row_a": ["R1"], "row_b": ["R9"]})), "R9"),
        (lambda: customers.merge(ONE, pd.Series({"R2": "R2"})), "customer once"),
        (lambda: customers.merge(ONE, pd.Series({"R1": "R1"}), {"name": "best"}), "one of"),
        (lambda: customers.merge(ONE.assign(rows=""), pd.Series({"R1": "R1"})), "Rename"),
        (lambda: customers.against_truth(pd.DataFrame({"row_a": [1]}), pd.Series({1: "A"}), [0.5]), "row_b"),
        (lambda: reading.day("2024-01-01", "year"), "one of"),
    ],
)
def test_refusals_say_what_to_do(call: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        call()


def test_truth_without_doubles_is_refused() -> None:
    pairs = pd.DataFrame({"row_a": [1], "row_b": [2], "score": [0.9]})
    with pytest.raises(InputError, match="nothing to be found"):
        customers.against_truth(pairs, pd.Series({1: "A", 2: "B"}), [0.5])


# -- the card ----------------------------------------------------------------------------------------------------------


def test_what_the_cards_say() -> None:
    rows, truth = _made_up()
    assert truth["firm"].nunique() == 323
    assert truth["firm"].notna().sum() == 407
    assert (truth["planted"] == "no unit").sum() == 10
    assert truth["firm"].value_counts().value_counts().to_dict() == {1: 249, 2: 65, 3: 8, 4: 1}
    read = rows["phone"].dropna().map(reading.phone)
    local = read[read != ""].str.replace(r"^\+86154|^\+86(?:20|\d{3})1|^\+8521", "", regex=True)
    assert not local.str.startswith("+").any(), "no number that anybody could have"
    assert rows["email"].dropna().str.endswith(".example").all()
    assert rows.loc["R172", "sales"] == "28.2"


@pytest.mark.skipif(not (ROOT / "tools").is_dir(), reason="the maker is not installed")
def test_the_files_are_what_the_maker_makes() -> None:
    rows, truth = _made_up()
    made = pd.DataFrame(customer_list.rows()).set_index("row")
    assert (made["name"] == rows["name"]).all()
    assert (pd.DataFrame(customer_list.truth()).set_index("row")["firm"] == truth["firm"].fillna("")).all()
    assert customer_list.rows(5) != customer_list.rows()
